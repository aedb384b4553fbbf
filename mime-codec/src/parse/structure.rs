//! The structure of a message apart from its octets: a flat tree of spans.

use alloc::vec::Vec;
use core::ops::Range;

use crate::parse::splitter::{Splitter, Text, Token};
use crate::transfer::Mechanism;
use crate::{Defect, Options, PartKind};

/// "No such place" in a [`Node`].
const NONE: u32 = u32::MAX;

/// One entity. Offsets count from the start of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Node {
    /// Where the header section starts.
    pub(crate) start: u32,
    /// Where the body starts, behind the empty line.
    pub(crate) body: u32,
    /// Where the body ends, in front of the line end that belongs to a delimiter.
    pub(crate) end: u32,
    parent: u32,
    /// Index behind the last node of this subtree.
    next: u32,
    /// For a multipart the index of its [`Spans`], for others where the Content-Type value starts.
    detail: u32,
    pub(crate) kind: PartKind,
    /// Octets of the empty line between header section and body.
    pub(crate) separator: u8,
    /// For a multipart: parts without Content-Type are messages.
    pub(crate) digest: bool,
    /// The transfer encoding of the body.
    pub(crate) encoding: Mechanism,
}

impl Node {
    pub(crate) const EMPTY: Self = Self {
        start: 0,
        body: 0,
        end: 0,
        parent: NONE,
        next: 1,
        detail: NONE,
        kind: PartKind::Leaf,
        separator: 0,
        digest: false,
        encoding: Mechanism::SevenBit,
    };

    pub(crate) fn parent(&self) -> Option<usize> {
        (self.parent != NONE).then_some(wide(self.parent))
    }

    pub(crate) fn next(&self) -> usize {
        wide(self.next)
    }

    pub(crate) fn header(&self) -> Range<usize> {
        wide(self.start)
            ..wide(self.body)
                .saturating_sub(usize::from(self.separator))
                .max(wide(self.start))
    }

    pub(crate) fn body(&self) -> Range<usize> {
        wide(self.body)..wide(self.end)
    }
}

/// What only a multipart has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Spans {
    /// Where the Content-Type value starts.
    content_type: u32,
    /// Where the preamble ends.
    preamble: u32,
    /// Where the epilogue starts, if there is a close delimiter.
    epilogue: u32,
}

impl Spans {
    pub(crate) fn preamble_end(self) -> usize {
        wide(self.preamble)
    }

    pub(crate) fn epilogue(self) -> Option<usize> {
        (self.epilogue != NONE).then_some(wide(self.epilogue))
    }
}

pub(crate) const fn wide(offset: u32) -> usize {
    offset as usize
}

/// The structure of a message: where each entity, header section and body is, without any octet of it.
///
/// It can be kept (with the feature `serde`) and joined with the octets again by
/// [`Message::attach`](crate::Message::attach), which costs nothing compared with parsing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Structure {
    len: u64,
    nodes: Vec<Node>,
    spans: Vec<Spans>,
    /// Line ends in front of the header, the body and the end of each node, if they were counted.
    lines: Vec<[u32; 3]>,
    defects: Vec<Defect>,
}

impl Structure {
    /// Octets of the message it was made of.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether the message has no octets.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many entities there are: the message itself, its parts, enclosed messages and their parts.
    pub const fn parts(&self) -> usize {
        self.nodes.len()
    }

    /// What was wrong, by the offset at which it was noticed.
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    pub(crate) const fn defects_mut(&mut self) -> &mut Vec<Defect> {
        &mut self.defects
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// The last node that starts at `offset` or before.
    pub(crate) fn index_at(&self, offset: usize) -> Option<usize> {
        self.nodes
            .partition_point(|node| wide(node.start) <= offset)
            .checked_sub(1)
    }

    pub(crate) fn spans(&self, node: &Node) -> Option<&Spans> {
        let index = wide(node.detail);
        self.spans
            .get(index)
            .filter(|_| node.kind == PartKind::Multipart)
    }

    /// Where the value of the Content-Type field of a node starts.
    pub(crate) fn content_type(&self, node: &Node) -> Option<usize> {
        let at = match node.kind {
            PartKind::Multipart => self.spans(node)?.content_type,
            PartKind::Leaf | PartKind::Message => node.detail,
        };
        (at != NONE).then_some(wide(at))
    }

    /// Lines of the header section (with the empty line) and of the body, if they were counted.
    pub(crate) fn lines(&self, index: usize) -> Option<(u64, u64)> {
        let [start, body, end] = *self.lines.get(index)?;
        Some((
            u64::from(body.saturating_sub(start)),
            u64::from(end.saturating_sub(body)),
        ))
    }

    /// How many octets of the input a tree can address.
    pub(crate) const MAX: usize = NONE as usize - 1;

    /// Finds the structure of `bytes`, of which only the first [`Self::MAX`] count.
    pub(crate) fn scan(bytes: &[u8], options: &Options) -> Self {
        let input = bytes.get(..Self::MAX).unwrap_or(bytes);
        let mut splitter = Splitter::new(&options.limits, true);
        let mut tree = Builder {
            nodes: Vec::new(),
            spans: Vec::new(),
            lines: Vec::new(),
            count: options.count_lines.then_some((0, 0)),
            input,
            open: NONE,
            limit: options.limits.parts,
        };
        let mut at = 0_usize;
        loop {
            let step = splitter.leap(input.get(at..).unwrap_or_default());
            let before = at;
            at = usize::try_from(splitter.offset()).unwrap_or(usize::MAX);
            let token = match step {
                Ok(leap) => {
                    let end = before + leap.before;
                    if leap.text == Text::Preamble {
                        tree.preamble(end);
                    }
                    for _ in 0..leap.ended {
                        tree.end(end);
                    }
                    if leap.close {
                        tree.epilogue(at);
                    } else {
                        tree.start(at);
                    }
                    continue;
                }
                Err(token) => token,
            };
            match token {
                Token::PartStart => tree.start(at),
                Token::HeadersEnd { len, kind } => tree.body(at, len, kind, &splitter),
                Token::Body {
                    text: Text::Preamble,
                    ..
                } => tree.preamble(at),
                Token::Delimiter { close: true, .. } => tree.epilogue(at),
                Token::Mark { .. }
                | Token::Envelope { .. }
                | Token::Field { .. }
                | Token::Body { .. }
                | Token::Delimiter { .. } => {}
                Token::PartEnd => tree.end(at),
                Token::Done | Token::Input => break,
            }
        }
        Self {
            len: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            nodes: tree.nodes,
            spans: tree.spans,
            lines: tree.lines,
            defects: splitter.into_defects(),
        }
    }

    /// Whether every index and span is in order for `len` octets; what comes from storage may not be.
    pub(crate) fn is_sound(&self, len: usize) -> bool {
        let fits =
            |node: &Node| node.start <= node.body && node.body <= node.end && wide(node.end) <= len;
        let Some(root) = self.nodes.first() else {
            return false;
        };
        u64::try_from(len) == Ok(self.len)
            && root.parent == NONE
            && root.start == 0
            && root.next() == self.nodes.len()
            && (self.lines.is_empty() || self.lines.len() == self.nodes.len())
            && self.nodes.iter().enumerate().all(|(index, node)| {
                let nested = node.parent().map_or(index == 0, |above| {
                    above < index
                        && self.node(above).is_some_and(|parent| {
                            parent.kind != PartKind::Leaf
                                && node.next() <= parent.next()
                                && node.start >= parent.body
                                && node.end <= parent.end
                        })
                });
                let previous = index.checked_sub(1).and_then(|before| self.node(before));
                let ordered = previous.is_none_or(|previous| previous.start <= node.start);
                let spans = node.kind != PartKind::Multipart
                    || self.spans(node).is_some_and(|spans| {
                        (node.body..=node.end).contains(&spans.preamble)
                            && (spans.epilogue == NONE
                                || (spans.preamble..=node.end).contains(&spans.epilogue))
                    });
                fits(node)
                    && nested
                    && ordered
                    && spans
                    && node.next() > index
                    && usize::from(node.separator) <= wide(node.body - node.start)
                    && self
                        .content_type(node)
                        .is_none_or(|at| node.header().contains(&at) || at == node.header().end)
            })
    }
}

/// Collects nodes while the splitter runs.
struct Builder<'a> {
    nodes: Vec<Node>,
    spans: Vec<Spans>,
    lines: Vec<[u32; 3]>,
    /// Place and line number that counting has come to.
    count: Option<(usize, u32)>,
    input: &'a [u8],
    /// The innermost open node.
    open: u32,
    limit: usize,
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(NONE)
}

impl Builder<'_> {
    /// Line ends in front of `at`; every octet is counted once.
    fn lines_at(&mut self, at: usize) -> Option<u32> {
        let (from, lines) = self.count?;
        let more = self
            .input
            .get(from..at)
            .map_or(0, |bytes| memchr::memchr_iter(b'\n', bytes).count());
        let lines = lines.saturating_add(narrow(more));
        self.count = Some((at.max(from), lines));
        Some(lines)
    }

    fn current(&mut self) -> Option<&mut Node> {
        self.nodes.get_mut(wide(self.open))
    }

    /// Makes room for the node of an entity that starts at `at`.
    #[cold]
    fn grow(&mut self, at: usize) {
        // As many as the input will have if it goes on like this: one step then does for a flood of
        // empty parts, and memory stays in proportion to the input.
        let len = self.nodes.len();
        let rest = self.input.len().saturating_sub(at);
        let more = if len < 256 {
            // Most messages have few parts; those with more have many.
            if len == 4 { 60 } else { len.max(4) }
        } else {
            (rest / (at / len).max(1)).max(len / 8)
        };
        self.nodes
            .reserve_exact(more.min(self.limit.saturating_sub(len)).max(1));
    }

    #[inline]
    fn start(&mut self, at: usize) {
        if self.nodes.len() == self.nodes.capacity() {
            self.grow(at);
        }
        let index = narrow(self.nodes.len());
        self.nodes.push(Node {
            start: narrow(at),
            body: narrow(at),
            end: narrow(at),
            parent: self.open,
            next: index.saturating_add(1),
            detail: NONE,
            kind: PartKind::Leaf,
            separator: 0,
            digest: false,
            encoding: Mechanism::SevenBit,
        });
        self.open = index;
        if let Some(lines) = self.lines_at(at) {
            self.lines.push([lines; 3]);
        }
    }

    fn body(&mut self, at: usize, separator: usize, kind: PartKind, splitter: &Splitter) {
        let spans = narrow(self.spans.len());
        let Some(node) = self.current() else { return };
        node.body = narrow(at);
        node.end = node.body;
        node.kind = kind;
        node.digest = splitter.is_digest();
        node.encoding = splitter.encoding();
        let content_type = splitter
            .content_type()
            .and_then(|at| u32::try_from(at).ok())
            .unwrap_or(NONE);
        node.detail = if kind == PartKind::Multipart {
            spans
        } else {
            content_type
        };
        node.separator = u8::try_from(separator).unwrap_or(0);
        if kind == PartKind::Multipart {
            if self.spans.len() == 4 {
                self.spans.reserve(60);
            }
            self.spans.push(Spans {
                content_type,
                preamble: narrow(at),
                epilogue: NONE,
            });
        }
        let open = wide(self.open);
        if let Some(lines) = self.lines_at(at)
            && let Some(entry) = self.lines.get_mut(open)
        {
            entry[1] = lines;
        }
    }

    fn multipart(&mut self) -> Option<&mut Spans> {
        let index = wide(self.current()?.detail);
        self.spans.get_mut(index)
    }

    fn preamble(&mut self, at: usize) {
        if let Some(spans) = self.multipart() {
            spans.preamble = narrow(at);
        }
    }

    fn epilogue(&mut self, at: usize) {
        if let Some(spans) = self.multipart() {
            spans.epilogue = narrow(at);
        }
    }

    fn end(&mut self, at: usize) {
        let next = narrow(self.nodes.len());
        let open = wide(self.open);
        if let Some(node) = self.current() {
            node.end = narrow(at);
            node.next = next;
            self.open = node.parent;
        }
        if let Some(lines) = self.lines_at(at)
            && let Some(entry) = self.lines.get_mut(open)
        {
            entry[2] = lines;
        }
    }
}
