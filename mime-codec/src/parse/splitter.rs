//! The structural core: cuts a message, whole or as it trickles in, into fields, bodies and delimiter
//! lines (RFC 5322 section 2.1, RFC 2046 sections 5.1 and 5.2.1).
//!
//! Both the tree and the push parser are drivers of this one machine. It looks at every octet once
//! whatever the nesting: a line is compared with all open boundaries when it starts like a delimiter,
//! and never again when a multipart is left.

#[expect(clippy::inline_always, reason = "a tenth of the cost of small parts")]
mod delimiter;
#[expect(clippy::inline_always, reason = "a tenth of the cost of small parts")]
mod text;

use alloc::vec::Vec;

use memchr::{memchr, memmem};

use crate::header::content_type::{Class, classify};
use crate::parse::scan::{
    End, MARK, Name, field_end, field_name, is_envelope_line, is_word, is_wsp, name_len,
};
use crate::transfer::Mechanism;
use crate::{Defect, DefectKind, Limits, TransferEncoding};

/// What an entity is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum PartKind {
    /// A body without structure of its own.
    Leaf,
    /// `multipart/*`: parts between delimiter lines.
    Multipart,
    /// `message/rfc822` or `message/global`: one message.
    Message,
}

/// Which text a run of body octets is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Text {
    /// The body of a leaf.
    Leaf,
    /// Text of a multipart before its first delimiter.
    Preamble,
    /// Text of a multipart behind its close delimiter.
    Epilogue,
}

/// The next thing at the front of the input. Lengths count octets to be taken off the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// More input is needed to tell.
    Input,
    /// An entity starts here.
    PartStart,
    /// The byte order mark of UTF-8.
    Mark { len: usize },
    /// An mbox `From ` line.
    Envelope { len: usize },
    /// A header field with its line end.
    Field {
        len: usize,
        name: usize,
        colon: usize,
    },
    /// The header section is over; `len` octets of empty line follow it.
    HeadersEnd { len: usize, kind: PartKind },
    /// Octets of a body.
    Body { len: usize, text: Text },
    /// The line end that belongs to a delimiter, and the delimiter line.
    Delimiter { len: usize, close: bool },
    /// The entity that started last and has not ended ends here.
    PartEnd,
    /// Nothing follows.
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Header,
    Text(Text),
    /// So many entities end here; then comes the delimiter, or the end of the input.
    Close {
        parts: usize,
        then: Option<Delimiter>,
    },
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Delimiter {
    len: usize,
    close: bool,
}

/// What a line that starts with two hyphens is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Text,
    Incomplete,
    /// A delimiter of the frame at this index; `len` octets with the line end.
    Delimiter {
        frame: usize,
        delimiter: Delimiter,
    },
}

/// An entity that contains others and is still open.
#[derive(Clone, Copy, Debug)]
struct Frame {
    kind: PartKind,
    /// Where the boundary starts in `names`; it ends where the next frame's starts.
    boundary: usize,
    /// Hash of the boundary.
    hash: u64,
    /// Two sets of hashes and one of lengths, modulo 64, of this boundary and the outer ones.
    hashes: [u64; 2],
    lengths: u64,
    digest: bool,
    /// The close delimiter has been seen.
    closed: bool,
    /// A part has started.
    parts: bool,
}

/// What is known of the entity whose header section is being read.
#[derive(Clone, Copy, Debug, Default)]
struct Current {
    /// Octets and fields of the header section so far.
    octets: usize,
    fields: usize,
    /// Where the value of the Content-Type field starts.
    content_type: Option<u64>,
    class: Option<PartKind>,
    digest: bool,
    encoding: Option<Mechanism>,
    /// The line in front has been compared with the delimiters.
    compared: bool,
    /// It is a message, so that a byte order mark and an mbox `From ` line may stand in front of its fields.
    message: bool,
}

/// A field name with fewer octets is looked at without asking for limits.
const PLAIN_NAME: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Splitter {
    limits: Limits,
    /// Fields are taken off without telling.
    skip_fields: bool,
    finder: memmem::Finder<'static>,
    state: State,
    frames: Vec<Frame>,
    /// How many frames are multiparts.
    multiparts: usize,
    /// The boundaries of the open frames, one behind the other, and of the current entity.
    names: Vec<u8>,
    /// Length of `names` without the current entity's boundary.
    named: usize,
    current: Current,
    parts: usize,
    /// A part was refused.
    full: bool,
    /// Octets at the front of the input that hold no line end.
    scanned: usize,
    /// Name and colon of the field in front, if already found.
    name: Option<(usize, usize)>,
    line_start: bool,
    /// Octets taken off so far.
    offset: u64,
    defects: Vec<Defect>,
}

impl Splitter {
    /// `skip_fields` leaves [`Token::Field`] out; then the lengths of the tokens do not add up, but
    /// [`offset`](Self::offset) counts.
    pub(crate) fn new(limits: &Limits, skip_fields: bool) -> Self {
        Self {
            limits: *limits,
            skip_fields,
            finder: memmem::Finder::new(b"\n--"),
            state: State::Start,
            frames: Vec::new(),
            multiparts: 0,
            names: Vec::new(),
            named: 0,
            current: Current::default(),
            parts: 0,
            full: false,
            scanned: 0,
            name: None,
            line_start: true,
            offset: 0,
            defects: Vec::new(),
        }
    }

    /// Octets taken off so far.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn defects(&self) -> &[Defect] {
        &self.defects
    }

    pub(crate) fn into_defects(self) -> Vec<Defect> {
        self.defects
    }

    /// Enclosing entities of the current one.
    pub(crate) const fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Whether the entity whose header section just ended has a transfer encoding that hides its structure.
    pub(crate) const fn is_encoded(&self) -> bool {
        matches!(self.current.encoding, Some(found) if found.hides_structure())
    }

    /// The transfer encoding of the entity whose header section just ended.
    pub(crate) fn encoding(&self) -> Mechanism {
        self.current.encoding.unwrap_or(Mechanism::SevenBit)
    }

    /// Whether the multipart whose header section just ended is a digest.
    pub(crate) const fn is_digest(&self) -> bool {
        self.current.digest
    }

    /// Where the value of the Content-Type field starts, of the entity whose header section just ended.
    pub(crate) const fn content_type(&self) -> Option<u64> {
        self.current.content_type
    }

    fn defect(&mut self, at: usize, kind: DefectKind) {
        if self.defects.len() < self.limits.defects {
            let offset = self
                .offset
                .saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
            let defect = Defect { offset, kind };
            // A line that turns out to be no field is looked at again as text.
            if !self
                .defects
                .iter()
                .rev()
                .take(4)
                .any(|known| *known == defect)
            {
                self.defects.push(defect);
            }
        }
    }

    /// Tells what is at the front of `input`, and counts it as taken off. `eof` says that nothing
    /// follows `input`.
    pub(crate) fn step(&mut self, input: &[u8], eof: bool) -> Token {
        match self.state {
            State::Header => {
                let token = self.header(input, eof);
                self.count(token)
            }
            State::Text(text) => {
                let found = self.find_delimiter(text, input, eof);
                self.act(found, text, input, eof)
            }
            _ => {
                let token = self.between(input, eof);
                self.count(token)
            }
        }
    }

    /// Counts the octets of `token` as taken off.
    #[inline]
    fn count(&mut self, token: Token) -> Token {
        match token {
            Token::Mark { len }
            | Token::Envelope { len }
            | Token::Field { len, .. }
            | Token::HeadersEnd { len, .. }
            | Token::Body { len, .. }
            | Token::Delimiter { len, .. } => self.take(len),
            Token::Input | Token::PartStart | Token::PartEnd | Token::Done => {}
        }
        token
    }

    #[inline]
    fn take(&mut self, len: usize) {
        self.offset = self
            .offset
            .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        self.scanned = 0;
    }

    /// What comes between the texts: entities start and end, and delimiters.
    fn between(&mut self, input: &[u8], eof: bool) -> Token {
        match self.state {
            State::Start => {
                // Where nothing follows there is no message, not one without header and body.
                let enclosed = self
                    .frames
                    .last()
                    .is_some_and(|frame| frame.kind == PartKind::Message);
                let mut compared = false;
                if enclosed && matches!(input, [] | [b'-', ..]) {
                    match self.nothing_enclosed(input, eof) {
                        Some(true) => return self.between(input, eof),
                        Some(false) => compared = true,
                        None => return Token::Input,
                    }
                }
                self.start_part(enclosed || self.frames.is_empty(), compared);
                Token::PartStart
            }
            State::Close {
                parts: 0,
                then: None,
            } => {
                self.state = State::Done;
                Token::Done
            }
            State::Close {
                parts: 0,
                then: Some(Delimiter { len, close }),
            } => {
                if len > input.len() {
                    return Token::Input;
                }
                self.state = if close {
                    State::Text(Text::Epilogue)
                } else {
                    State::Start
                };
                self.line_start = true;
                Token::Delimiter { len, close }
            }
            State::Close { parts, then } => {
                self.state = State::Close {
                    parts: parts - 1,
                    then,
                };
                Token::PartEnd
            }
            State::Done | State::Header | State::Text(_) => Token::Done,
        }
    }

    /// The header section of an entity comes next.
    #[inline]
    fn start_part(&mut self, message: bool, compared: bool) {
        self.state = State::Header;
        self.current = Current {
            compared,
            message,
            ..Current::default()
        };
        self.parts += 1;
    }

    /// Whether a `message/rfc822` ends before its message starts; `None` if more input is needed to tell.
    #[inline(never)]
    fn nothing_enclosed(&mut self, input: &[u8], eof: bool) -> Option<bool> {
        if input.is_empty() {
            if eof {
                let parts = self.frames.len();
                self.leave(0, 0);
                self.state = State::Close { parts, then: None };
            }
            return eof.then_some(true);
        }
        if self.multiparts == 0 {
            return Some(false);
        }
        match self.compare(input, 0, eof) {
            Line::Incomplete => None,
            Line::Delimiter { frame, delimiter } => {
                let parts = self.delimit(frame, delimiter.close, 0);
                let then = Some(delimiter);
                self.state = State::Close { parts, then };
                Some(true)
            }
            Line::Text => {
                self.scanned = 0;
                Some(false)
            }
        }
    }

    #[inline]
    fn header(&mut self, input: &[u8], eof: bool) -> Token {
        let mut rest = input;
        if self.skip_fields {
            rest = rest.get(self.skip_plain(input)..).unwrap_or_default();
        }
        loop {
            let token = self.header_line(rest, eof);
            let Token::Field { len, .. } = token else {
                return token;
            };
            if !self.skip_fields {
                return token;
            }
            rest = rest.get(len..).unwrap_or_default();
            self.offset = self
                .offset
                .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        }
    }

    /// Takes fields off that start with a letter, have nothing between name and colon, and are within
    /// the limits; returns how many octets. The whole of the header section is in `input`.
    #[inline]
    fn skip_plain(&mut self, input: &[u8]) -> usize {
        let start = self.offset;
        let mut at = 0;
        while let Some(line @ [first, ..]) = input.get(at..)
            && first.is_ascii_alphabetic()
            && self.current.fields < self.limits.header_fields
        {
            let name = name_len(line.get(..PLAIN_NAME).unwrap_or(line));
            let (End::At(len) | End::Incomplete(len)) = match line.get(name) {
                Some(b':') => field_end(line, name, true),
                _ => break,
            };
            if self.current.octets + len > self.limits.header_bytes {
                break;
            }
            if matches!(name, 12 | 25) && first | 0x20 == b'c' {
                self.content_field(line, name, name, len);
            }
            self.current.fields += 1;
            self.current.octets += len;
            at += len;
            self.offset = start.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
        }
        at
    }

    #[inline]
    fn header_line(&mut self, input: &[u8], eof: bool) -> Token {
        let first = match input {
            [b'\n', ..] => return self.headers_end(1),
            [b'\r', b'\n', ..] => return self.headers_end(2),
            [] | [b'\r'] if !eof => return Token::Input,
            [] => return self.headers_end(0),
            [first, ..] => *first,
        };
        if first == b'-' && self.multiparts > 0 && !self.current.compared {
            match self.compare(input, 0, eof) {
                Line::Incomplete => return Token::Input,
                Line::Delimiter { .. } => {
                    self.defect(0, DefectKind::DelimiterInHeader);
                    return self.headers_end(0);
                }
                Line::Text => {
                    self.current.compared = true;
                    self.scanned = 0;
                }
            }
        }
        let (name, colon) = match self.name {
            Some(found) => found,
            None => match field_name(input, self.scanned) {
                Name::Field { name, colon } => {
                    self.name = Some((name, colon));
                    (name, colon)
                }
                Name::Incomplete if !eof => {
                    self.scanned = input
                        .iter()
                        .rposition(|&octet| !is_wsp(octet))
                        .map_or(0, |at| at + 1);
                    return Token::Input;
                }
                Name::None | Name::Incomplete => return self.no_field(input, eof),
            },
        };
        let room = self.limits.header_bytes.saturating_sub(self.current.octets);
        let len = match field_end(input, self.scanned.max(colon), eof) {
            End::At(len) if len <= room => len,
            End::Incomplete(scanned) if input.len() <= room => {
                self.scanned = scanned;
                return Token::Input;
            }
            _ => return self.over_limit(),
        };
        if self.current.fields >= self.limits.header_fields {
            return self.over_limit();
        }
        self.name = None;
        self.current.compared = false;
        self.current.fields += 1;
        self.current.octets += len;
        if name < colon {
            self.defect(name, DefectKind::SpaceBeforeColon);
        }
        match name {
            0 => self.defect(0, DefectKind::EmptyFieldName),
            12 | 25 if first | 0x20 == b'c' => self.content_field(input, name, colon, len),
            _ => {}
        }
        Token::Field { len, name, colon }
    }

    #[inline(never)]
    fn over_limit(&mut self) -> Token {
        self.defect(0, DefectKind::HeaderLimit);
        self.name = None;
        self.headers_end(0)
    }

    /// The line in front is no field.
    #[inline(never)]
    fn no_field(&mut self, input: &[u8], eof: bool) -> Token {
        let start = self.current.message && self.current.octets == 0;
        if start && input.starts_with(MARK) {
            self.defect(0, DefectKind::ByteOrderMark);
            self.current.octets = MARK.len();
            return Token::Mark { len: MARK.len() };
        }
        if start && MARK.starts_with(input) && !eof {
            return Token::Input;
        }
        if self.current.message && self.current.fields == 0 && is_envelope_line(input) {
            let window = input.get(..self.limits.line).unwrap_or(input);
            match memchr(b'\n', window) {
                Some(at) => {
                    self.defect(0, DefectKind::EnvelopeLine);
                    self.current.message = false;
                    return Token::Envelope { len: at + 1 };
                }
                None if window.len() < self.limits.line && !eof => return Token::Input,
                None => {}
            }
        }
        self.defect(0, DefectKind::MissingSeparator);
        self.headers_end(0)
    }

    /// Takes note of Content-Type and Content-Transfer-Encoding.
    #[inline(never)]
    fn content_field(&mut self, input: &[u8], name: usize, colon: usize, len: usize) {
        let Some((name, value)) = input.get(..name).zip(input.get(colon + 1..len)) else {
            return;
        };
        if is_word(name, b"content-type") {
            if self.current.content_type.is_some() {
                self.defect(0, DefectKind::DuplicateContentType);
                return;
            }
            let offset = self.offset;
            self.current.content_type =
                Some(offset.saturating_add(u64::try_from(colon + 1).unwrap_or(u64::MAX)));
            let (defects, limit) = (&mut self.defects, self.limits.defects);
            let class = classify(value, &self.limits, |kind| {
                if defects.len() < limit {
                    defects.push(Defect { offset, kind });
                }
            });
            self.current.class = Some(match class {
                Class::Leaf => PartKind::Leaf,
                Class::Message => PartKind::Message,
                Class::Multipart { boundary, digest } => {
                    self.names.extend_from_slice(&boundary);
                    self.current.digest = digest;
                    PartKind::Multipart
                }
            });
        } else if is_word(name, b"content-transfer-encoding") {
            if self.current.encoding.is_some() {
                self.defect(0, DefectKind::DuplicateTransferEncoding);
            } else {
                self.current.encoding = Some((&TransferEncoding::parse(value)).into());
            }
        }
    }

    /// Ends the header section with `len` octets of empty line, and decides what the entity is.
    #[inline(never)]
    fn headers_end(&mut self, len: usize) -> Token {
        self.scanned = 0;
        self.line_start = true;
        self.current.compared = false;
        let digest = self.frames.last().is_some_and(|frame| frame.digest);
        let default = if digest {
            PartKind::Message
        } else {
            PartKind::Leaf
        };
        let mut kind = self.current.class.unwrap_or(default);
        if kind != PartKind::Leaf && self.frames.len() >= self.limits.depth {
            self.defect(0, DefectKind::DepthLimit);
            kind = PartKind::Leaf;
        }
        if kind == PartKind::Message && self.is_encoded() {
            self.defect(0, DefectKind::EncodedMessage);
            kind = PartKind::Leaf;
        }
        if kind == PartKind::Message && self.parts >= self.limits.parts {
            self.defect(0, DefectKind::PartLimit);
            kind = PartKind::Leaf;
        }
        self.state = match kind {
            PartKind::Leaf => {
                self.names.truncate(self.named);
                State::Text(Text::Leaf)
            }
            PartKind::Message => State::Start,
            PartKind::Multipart => State::Text(Text::Preamble),
        };
        if kind != PartKind::Leaf {
            self.open(kind);
        }
        Token::HeadersEnd { len, kind }
    }
}
