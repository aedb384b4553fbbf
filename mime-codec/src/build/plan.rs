//! What a message to be built consists of, before its first octet is written: the tree of parts, the
//! transfer encoding of each, and a boundary that none of them has (RFC 2045 section 6, RFC 2046
//! section 5.1).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::enclosed::{self, Label};
use super::part::{Body, PartBuilder};
use super::{BuildError, Builder};
use crate::transfer::{Content, Survey, Transport, base64};
use crate::{Limits, TransferEncoding, flowed};

/// The message as a row of entities, each in front of those within it.
#[derive(Debug)]
pub(super) struct Plan<'b> {
    pub(super) items: Vec<Item<'b>>,
    /// What all boundaries of the message have in common.
    pub(super) token: [u8; TOKEN],
}

/// One entity.
#[derive(Debug)]
pub(super) struct Item<'b> {
    pub(super) source: Source<'b>,
    pub(super) encoding: TransferEncoding<'static>,
    /// The content to be encoded; empty for a multipart.
    pub(super) content: Cow<'b, [u8]>,
    pub(super) kind: Content,
    /// What an enclosed message is labelled; of no meaning for anything else.
    pub(super) label: Label,
    /// The first item that is not within this one.
    pub(super) end: usize,
    parent: usize,
}

/// Where an entity comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'b> {
    Part(&'b PartBuilder<'b>),
    /// Text with nothing else set.
    Text(&'b Body<'b>),
    /// A multipart that nobody made by hand: its subtype.
    Made(&'static str),
}

impl Item<'_> {
    /// Lets a lone body end with a line end, as every message in lines does: octets that do not end so
    /// are encoded rather than changed.
    fn end_with_line(&mut self) {
        let Source::Part(part) = self.source else {
            return;
        };
        let changed = matches!(part.body, Body::Octets(_)) && !self.content.ends_with(b"\r\n");
        if changed
            && part.encoding.is_none()
            && !self.content.is_empty()
            && self.encoding.is_identity()
        {
            self.encoding = if domain(&self.encoding) < 2 {
                TransferEncoding::QuotedPrintable
            } else {
                TransferEncoding::Base64
            };
        }
    }

    /// Whether parts are within.
    pub(super) fn is_multipart(&self) -> bool {
        match self.source {
            Source::Made(_) => true,
            Source::Text(_) => false,
            Source::Part(part) => matches!(part.body, Body::Multipart(_)),
        }
    }

    /// Whether header section and body are written as they are.
    pub(super) fn is_entity(&self) -> bool {
        matches!(self.source, Source::Part(part) if matches!(part.body, Body::Entity(_)))
    }
}

/// Octets of the part of a boundary that is made of the seed.
pub(super) const TOKEN: usize = 13;

/// Tries to find a boundary. Each uses what was in the way before, so that content made to defeat one
/// seed does not defeat the next.
const TRIES: usize = 16;

impl<'b> Plan<'b> {
    /// The plan of a part on its own.
    pub(super) fn of_part(
        part: &'b PartBuilder<'_>,
        transport: Transport,
        seed: u64,
    ) -> Result<Self, BuildError> {
        let mut plan = Self {
            items: Vec::new(),
            token: [0; TOKEN],
        };
        plan.part(part, transport)?;
        plan.join_domains();
        plan.find_token(seed)?;
        Ok(plan)
    }

    pub(super) fn new(builder: &'b Builder<'_>) -> Result<Self, BuildError> {
        let mut plan = Self {
            items: Vec::with_capacity(5 + builder.inlines.len() + builder.attachments.len()),
            token: [0; TOKEN],
        };
        plan.lay_out(builder)?;
        match plan.items.as_mut_slice() {
            [] => {}
            [item] => item.end_with_line(),
            _ => {
                plan.join_domains();
                plan.find_token(builder.seed)?;
            }
        }
        Ok(plan)
    }

    /// mixed(related(alternative(text, html), inline ...), attachment ...), each level only if it has
    /// more than one part; the related multipart is within the alternative, as its root is the HTML.
    fn lay_out(&mut self, builder: &'b Builder<'_>) -> Result<(), BuildError> {
        let transport = builder.transport;
        let body = builder.body.as_deref();
        let whole = body.is_some_and(|part| !matches!(part.body, Body::Entity(_)));
        let texts = usize::from(builder.text.is_some()) + usize::from(builder.html.is_some());
        let related = builder.html.is_some() && !builder.inlines.is_empty();
        // Without HTML nothing refers to inline parts, and they are shown where they stand.
        let rest = builder.attachments.len() + if related { 0 } else { builder.inlines.len() };
        let bodies = usize::from(body.is_some()) + usize::from(texts > 0);
        let mixed = (bodies + rest > 1 || (bodies + rest == 1 && body.is_some() && !whole))
            .then(|| self.open("mixed"));
        if let Some(body) = body {
            self.part(body, transport)?;
        }
        let alternative = (texts > 1).then(|| self.open("alternative"));
        if let Some(text) = &builder.text {
            self.add(Source::Text(text), text, None, transport)?;
        }
        if let Some(html) = &builder.html {
            let level = related.then(|| self.open("related"));
            self.add(Source::Text(html), html, None, transport)?;
            if related {
                for part in &builder.inlines {
                    self.part(part, transport)?;
                }
            }
            self.close(level);
        }
        self.close(alternative);
        if !related {
            for part in &builder.inlines {
                self.part(part, transport)?;
            }
        }
        for part in &builder.attachments {
            self.part(part, transport)?;
        }
        self.close(mixed);
        Ok(())
    }

    /// Makes room for `fields` octets and all entities as far as it is known what they need.
    pub(super) fn reserve(&self, fields: usize, out: &mut Vec<u8>) {
        const ENTITY: usize = 256;
        let total = self.items.iter().fold(fields, |total, item| {
            let grown = match item.encoding {
                TransferEncoding::Base64 => base64::encoded_len(item.content.len()),
                _ => item.content.len() + item.content.len() / 8,
            };
            total.saturating_add(grown).saturating_add(ENTITY)
        });
        out.reserve(total);
    }

    /// Adds an entity, of which what is within it is not known yet; returns where it is.
    fn add(
        &mut self,
        source: Source<'b>,
        body: &'b Body<'_>,
        encoding: Option<&TransferEncoding<'static>>,
        transport: Transport,
    ) -> Result<usize, BuildError> {
        let (content, kind): (Cow<'b, [u8]>, _) = match body {
            Body::Text(text, _) => (Cow::Borrowed(text.as_bytes()), Content::Text),
            Body::Flowed(text, delsp) => {
                (Cow::Owned(flow(text, *delsp).into_bytes()), Content::Text)
            }
            Body::Octets(octets) | Body::Message(octets) => {
                (Cow::Borrowed(octets), Content::Binary)
            }
            Body::Entity(octets) => (Cow::Borrowed(*octets), Content::Binary),
            Body::Multipart(_) => (Cow::Borrowed(&b""[..]), Content::Binary),
        };
        let index = self.items.len();
        let mut item = Item {
            source,
            encoding: TransferEncoding::SevenBit,
            content,
            kind,
            label: Label::default(),
            end: index + 1,
            parent: 0,
        };
        item.encoding = match (body, encoding) {
            (Body::Multipart(_), None) => TransferEncoding::SevenBit,
            (Body::Multipart(_), Some(_)) => return Err(BuildError::Encoding),
            (Body::Message(_), _) => enclosed::message(&mut item, transport),
            (Body::Entity(_), _) => enclosed::entity(&mut item, transport)?,
            (_, Some(encoding)) => fitting(encoding, &item, transport)?,
            (_, None) => Survey::choose_for(&item.content, kind, transport),
        };
        self.items.push(item);
        Ok(index)
    }

    fn open(&mut self, subtype: &'static str) -> usize {
        self.items.push(Item {
            source: Source::Made(subtype),
            encoding: TransferEncoding::SevenBit,
            content: Cow::Borrowed(b""),
            kind: Content::Binary,
            label: Label::default(),
            end: 0,
            parent: 0,
        });
        self.items.len() - 1
    }

    /// Ends the multipart at `level`.
    fn close(&mut self, level: Option<usize>) {
        let end = self.items.len();
        if let Some(item) = level.and_then(|level| self.items.get_mut(level)) {
            item.end = end;
        }
    }

    /// Adds a part with all that is within it.
    fn part(&mut self, part: &'b PartBuilder<'_>, transport: Transport) -> Result<(), BuildError> {
        let mut open: Vec<(usize, core::slice::Iter<'b, PartBuilder<'_>>)> = Vec::new();
        let mut next = Some(part);
        loop {
            let Some(part) = next else {
                let Some((level, rest)) = open.last_mut() else {
                    return Ok(());
                };
                next = rest.next();
                if next.is_none() {
                    let level = *level;
                    open.pop();
                    self.close(Some(level));
                }
                continue;
            };
            part.error.check()?;
            let encoding = part.encoding.as_ref();
            let index = self.add(Source::Part(part), &part.body, encoding, transport)?;
            next = None;
            if let Body::Multipart(parts) = &part.body {
                if parts.is_empty() {
                    return Err(BuildError::EmptyMultipart);
                }
                if open.len() >= Limits::DEFAULT.depth {
                    return Err(BuildError::Depth);
                }
                open.push((index, parts.iter()));
            }
        }
    }

    /// A multipart needs what its neediest part needs (RFC 2045 section 6.4).
    fn join_domains(&mut self) {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (index, item) in self.items.iter_mut().enumerate() {
            while open.last().is_some_and(|&(_, end)| end <= index) {
                open.pop();
            }
            item.parent = open.last().map_or(index, |&(parent, _)| parent);
            if item.is_multipart() {
                open.push((index, item.end));
            }
        }
        for index in (1..self.items.len()).rev() {
            let Some(item) = self.items.get(index) else {
                continue;
            };
            let (parent, encoding) = (item.parent, item.encoding.clone());
            if parent != index
                && let Some(parent) = self.items.get_mut(parent)
                && domain(&encoding) > domain(&parent.encoding)
            {
                parent.encoding = encoding;
            }
        }
    }

    fn find_token(&mut self, seed: u64) -> Result<(), BuildError> {
        let mut seed = seed;
        for _ in 0..TRIES {
            self.token = token(mix(seed));
            // Nothing that is encoded holds the `=_` in front of a token.
            let mut content = self.items.iter().filter(|item| item.encoding.is_identity());
            let finder = memchr::memmem::Finder::new(&self.token);
            let Some(taken) = content.find(|item| finder.find(&item.content).is_some()) else {
                return Ok(());
            };
            seed = taken.content.iter().fold(mix(seed), |hash, &octet| {
                (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
            });
        }
        Err(BuildError::Boundary)
    }
}

/// Scatters a seed (the finaliser of `splitmix64`).
const fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn token(mut number: u64) -> [u8; TOKEN] {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    core::array::from_fn(|_| {
        let digit = DIGITS[(number & 31) as usize];
        number >>= 5;
        digit
    })
}

/// What of the transport an encoding needs: 0 for 7bit, 1 for 8bit, 2 for binary.
pub(super) fn domain(encoding: &TransferEncoding<'_>) -> u8 {
    match encoding {
        TransferEncoding::EightBit => 1,
        TransferEncoding::Binary => 2,
        _ => 0,
    }
}

/// The highest [`domain`] that a transport carries.
pub(super) fn highest(transport: Transport) -> u8 {
    match transport {
        Transport::SevenBit => 0,
        Transport::EightBit => 1,
        Transport::Binary => 2,
    }
}

/// An encoding that the caller chose, if it can carry the content.
fn fitting(
    encoding: &TransferEncoding<'static>,
    item: &Item<'_>,
    transport: Transport,
) -> Result<TransferEncoding<'static>, BuildError> {
    let fits = match encoding {
        TransferEncoding::Base64 | TransferEncoding::QuotedPrintable => true,
        TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {
            let needed = Survey::of(&item.content, item.kind).choose(Transport::Binary);
            domain(encoding) <= highest(transport) && domain(&needed) <= domain(encoding)
        }
        _ => false,
    };
    if fits {
        Ok(encoding.clone())
    } else {
        Err(BuildError::Encoding)
    }
}

/// Breaks the paragraphs of `text`, one line each, by RFC 3676.
fn flow(text: &str, delsp: bool) -> String {
    let encoder = flowed::Encoder::new(delsp);
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        let rest = line.trim_start_matches('>');
        let depth = line.len() - rest.len();
        let rest = if depth > 0 {
            rest.strip_prefix(' ').unwrap_or(rest)
        } else {
            rest
        };
        encoder.encode(u32::try_from(depth).unwrap_or(u32::MAX), rest, &mut out);
    }
    out
}
