//! The quoted-printable transfer encoding (RFC 2045 section 6.7) and, next to it, the "Q" encoding of
//! encoded words (RFC 2047 section 4.2).
//!
//! Decoding follows the section's advice for robust decoders: lower-case digits are read, an `=`
//! that starts nothing stays with the character that follows it, white space before a line break
//! is removed. Line breaks stay as they are (CRLF or bare LF). All of it is reported.

mod plain;
mod q;

use alloc::vec::Vec;

use super::problem::{ProblemKind, Problems};
pub(crate) use q::Place;
pub use q::{QContext, decode_q, encode_q, q_encoded_len};

/// Longest encoded line, the `=` of a soft break included (RFC 2045 section 6.7 rule 5).
pub const LINE_LENGTH: usize = 76;

/// White space octets before a line break that are looked at; more than that is data.
const MAX_BLANKS: usize = 1024;

const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// Marks the value of a lower-case digit in [`DIGIT`].
const LOWER: u8 = 0x10;
const NO_DIGIT: u8 = 0x80;

/// Values of hexadecimal digits.
static DIGIT: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut octet = 0u8;
    loop {
        table[octet as usize] = match octet {
            b'0'..=b'9' => octet - b'0',
            b'A'..=b'F' => octet - b'A' + 10,
            b'a'..=b'f' => (octet - b'a' + 10) | LOWER,
            _ => NO_DIGIT,
        };
        if octet == 255 {
            break;
        }
        octet += 1;
    }
    table
};

/// The octet that two digits name, and whether one is lower case.
#[inline]
pub(crate) fn hex_pair(high: u8, low: u8) -> Option<(u8, bool)> {
    let value = |octet: u8| DIGIT.get(usize::from(octet)).copied().unwrap_or(NO_DIGIT);
    let (high, low) = (value(high), value(low));
    ((high | low) & NO_DIGIT == 0).then_some(((high << 4) | (low & 15), (high | low) & LOWER != 0))
}

/// Appends the decoded octets of `input` to `out`.
///
/// At most as many octets are appended as `input` has.
///
/// ```
/// let mut out = Vec::new();
/// let problems = mime_codec::transfer::quoted_printable::decode(b"caf=C3=A9=\r\n s\r\n", &mut out);
/// assert_eq!(out, "café s\r\n".as_bytes());
/// assert!(problems.is_empty());
/// ```
pub fn decode(input: &[u8], out: &mut Vec<u8>) -> Problems {
    let mut decoder = Decoder::new();
    decoder.decode(input, out);
    decoder.finish(out);
    decoder.problems
}

/// A decoder fed with any chunks.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    /// Literal white space, and perhaps CR, at the end of the last chunk: data only if no line
    /// break follows.
    held: Vec<u8>,
    /// The start of an escape at the end of the last chunk.
    escape: Vec<u8>,
    /// Offset of the next octet.
    offset: u64,
    /// Offset of the first octet of the line.
    line_start: u64,
    problems: Problems,
}

/// What an `=` and the octets after it are, if it is not followed by two digits.
enum Escape {
    /// Not decided without more octets.
    Open,
    /// A soft line break of so many octets, the `=` included.
    SoftBreak(usize),
    /// `=` and so many octets after it are data.
    Literal(usize),
}

impl Escape {
    /// Reads an escape at the start of `input`, which is an `=`.
    fn read(input: &[u8]) -> Self {
        let after = input.get(1..).unwrap_or_default();
        match *after {
            [] => Self::Open,
            [b' ' | b'\t' | b'\r' | b'\n', ..] => {
                let blanks = after
                    .iter()
                    .take(MAX_BLANKS)
                    .take_while(|octet| is_blank(**octet))
                    .count();
                match after.get(blanks..).unwrap_or_default() {
                    [b'\n', ..] => Self::SoftBreak(blanks + 2),
                    [b'\r', b'\n', ..] => Self::SoftBreak(blanks + 3),
                    [] | [b'\r'] => Self::Open,
                    // The CR or blank is read again, as data.
                    _ => Self::Literal(0),
                }
            }
            [high] if high.is_ascii_hexdigit() => Self::Open,
            _ => Self::Literal(1),
        }
    }
}

impl Decoder {
    /// A decoder at the start of a body.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        if self.escape.is_empty()
            && self.held.last() != Some(&b'\r')
            && input.iter().all(|octet| is_blank(*octet))
        {
            // White space that trickles in is not moved to and fro.
            self.held.extend_from_slice(input);
            let excess = self.held.len().saturating_sub(MAX_BLANKS);
            out.extend(self.held.drain(..excess));
            self.offset = self.offset.saturating_add(input.len() as u64);
            return;
        }
        out.reserve(
            input
                .len()
                .saturating_add(self.held.len() + self.escape.len()),
        );
        let mut floor = out.len();
        out.append(&mut self.held);
        let mut rest = input;
        // An escape that the last chunk began: at most a few octets decide it.
        while !self.escape.is_empty() {
            let Some((&octet, tail)) = rest.split_first() else {
                break;
            };
            rest = tail;
            self.escape.push(octet);
            let only_blanks = matches!(*self.escape, [.., a, b] if is_blank(a) && is_blank(b));
            let open = only_blanks && self.escape.len() <= MAX_BLANKS;
            if open || matches!(Escape::read(&self.escape), Escape::Open) {
                continue;
            }
            let escape = core::mem::take(&mut self.escape);
            let used = self.run(&escape, &mut floor, out);
            // What was not used is the start of another escape.
            self.escape
                .extend_from_slice(escape.get(used..).unwrap_or_default());
        }
        let used = self.run(rest, &mut floor, out);
        self.escape
            .extend_from_slice(rest.get(used..).unwrap_or_default());
        self.hold(floor, out);
    }

    /// Ends the body. The decoder is then ready for another body; its problems remain.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.escape.is_empty() {
            let blanks = self
                .held
                .iter()
                .rev()
                .take_while(|octet| is_blank(**octet))
                .count();
            if blanks > 0 {
                self.problems.push(
                    self.offset.saturating_sub(blanks as u64),
                    ProblemKind::TrailingWhiteSpace,
                );
                self.held.truncate(self.held.len().saturating_sub(blanks));
            }
            out.append(&mut self.held);
        } else {
            out.append(&mut self.held);
            self.problems
                .push(self.offset, ProblemKind::TruncatedEscape);
            // `=` and white space is a soft break at the very end; a digit is data.
            if self.escape.iter().any(u8::is_ascii_hexdigit) {
                out.append(&mut self.escape);
            }
            self.offset = self.offset.saturating_add(self.escape.len() as u64);
        }
        self.check_line(self.offset);
        *self = Self {
            problems: core::mem::take(&mut self.problems),
            ..Self::default()
        };
    }

    /// Decodes all of `input` but an escape that is open at its end; returns what was used.
    ///
    /// `floor` is the end of what was decoded last: white space in front of it is not literal.
    fn run(&mut self, input: &[u8], floor: &mut usize, out: &mut Vec<u8>) -> usize {
        let base = self.offset;
        let at = |index: usize| base.saturating_add(index as u64);
        let mut read = 0;
        let mut tile = [0; plain::TILE];
        loop {
            read = self.plain(input, read, &mut tile, floor, out);
            let rest = input.get(read..).unwrap_or_default();
            match rest {
                [] => break,
                [b'\n', ..] => {
                    self.line_end(at(read), *floor, out);
                    read += 1;
                    self.line_start = at(read);
                    *floor = out.len();
                }
                [_, after @ ..] => match Escape::read(rest) {
                    Escape::Open => break,
                    Escape::SoftBreak(length) => {
                        if !matches!(after, [b'\r' | b'\n', ..]) {
                            self.problems
                                .push(at(read + 1), ProblemKind::TrailingWhiteSpace);
                        }
                        self.check_line(at(read + 1));
                        read += length;
                        self.line_start = at(read);
                        *floor = out.len();
                    }
                    Escape::Literal(length) => {
                        self.problems.push(at(read), ProblemKind::InvalidEscape);
                        let data = rest.get(..=length).unwrap_or_default();
                        out.extend_from_slice(data);
                        read += data.len();
                        *floor = out.len();
                    }
                },
            }
        }
        self.offset = at(read);
        read
    }

    /// A hard line break, whose LF is at `offset`: `out` ends with what stood before the LF.
    fn line_end(&mut self, offset: u64, floor: usize, out: &mut Vec<u8>) {
        let literal = out.get(floor..).unwrap_or_default();
        let (literal, ending): (_, &[u8]) = match literal {
            [literal @ .., b'\r'] => (literal, b"\r\n"),
            _ => (literal, b"\n"),
        };
        let end = offset.saturating_sub(ending.len() as u64 - 1);
        let blanks = trailing_blanks(literal);
        if blanks > 0 {
            self.problems.push(
                end.saturating_sub(blanks as u64),
                ProblemKind::TrailingWhiteSpace,
            );
            let kept = out.len().saturating_sub(blanks + ending.len() - 1);
            out.truncate(kept);
            out.extend_from_slice(ending);
        } else {
            out.push(b'\n');
        }
        self.check_line(end);
    }

    #[inline]
    fn check_line(&mut self, end: u64) {
        if end.saturating_sub(self.line_start) > LINE_LENGTH as u64 {
            self.problems.push(
                self.line_start.saturating_add(LINE_LENGTH as u64),
                ProblemKind::LineTooLong,
            );
        }
    }

    /// Takes back the white space and CR at the end of `out` that a line break may follow.
    fn hold(&mut self, floor: usize, out: &mut Vec<u8>) {
        let literal = out.get(floor..).unwrap_or_default();
        let (literal, cr) = match literal {
            [literal @ .., b'\r'] => (literal, 1),
            _ => (literal, 0),
        };
        let keep = out.len().saturating_sub(trailing_blanks(literal) + cr);
        self.held
            .extend_from_slice(out.get(keep..).unwrap_or_default());
        out.truncate(keep);
    }
}

#[inline]
fn trailing_blanks(literal: &[u8]) -> usize {
    literal
        .iter()
        .rev()
        .take(MAX_BLANKS)
        .take_while(|octet| is_blank(**octet))
        .count()
}

/// What the content is, which decides how its line breaks are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Text: CRLF and bare LF are line breaks, written as CRLF (RFC 2045 section 6.7 rule 4).
    Text,
    /// Anything else: CR and LF are data.
    Binary,
}

/// Appends the encoding of `data` to `out`.
///
/// No line is longer than 76 octets; no white space stands before a line break.
pub fn encode(data: &[u8], content: Content, out: &mut Vec<u8>) {
    let mut encoder = Encoder::new(content);
    encoder.encode(data, out);
    encoder.finish(out);
}

/// An encoder fed with any chunks.
#[derive(Clone, Debug)]
pub struct Encoder {
    content: Content,
    /// Octets on the line so far.
    column: usize,
    /// White space or CR whose form depends on the octet that follows.
    held: Option<u8>,
}

/// Octets that stand for themselves wherever they are (RFC 2045 section 6.7 rule 2).
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = b'!';
    while octet <= b'~' {
        table[octet as usize] = octet != b'=';
        octet += 1;
    }
    table
};

#[inline]
fn is_plain(octet: u8) -> bool {
    PLAIN.get(usize::from(octet)).copied().unwrap_or(false)
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The escape of each octet.
static ESCAPED: [[u8; 3]; 256] = {
    let mut table = [[b'='; 3]; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = [b'=', HEX[octet >> 4], HEX[octet & 15]];
        octet += 1;
    }
    table
};

#[inline]
fn escape(octet: u8) -> [u8; 3] {
    ESCAPED[usize::from(octet)]
}

impl Encoder {
    /// An encoder at the start of a body.
    pub fn new(content: Content) -> Self {
        Self {
            content,
            column: 0,
            held: None,
        }
    }

    /// Encodes the next chunk and appends to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        while let Some((&octet, tail)) = rest.split_first() {
            let here = rest;
            if let Some(held) = self.held.take() {
                if octet == b'\n' && self.content == Content::Text {
                    if held != b'\r' {
                        self.put_escaped(held, out);
                    }
                } else if held == b'\r' {
                    self.put_escaped(held, out);
                } else if octet == b'\r' && self.content == Content::Text {
                    // White space before CR: decided as if the line ended, which is always safe.
                    self.put_escaped(held, out);
                } else {
                    self.put_plain(&[held], out);
                }
            }
            if is_plain(octet) {
                let run = rest
                    .iter()
                    .position(|octet| !is_plain(*octet) && !is_blank(*octet))
                    .unwrap_or(rest.len());
                let run = rest.get(..run).unwrap_or_default();
                // White space at its end depends on what follows.
                let (run, after) = rest.split_at(run.trim_ascii_end().len());
                self.put_plain(run, out);
                rest = after;
                continue;
            }
            rest = tail;
            match octet {
                b'\n' if self.content == Content::Text => {
                    out.extend_from_slice(b"\r\n");
                    self.column = 0;
                }
                b'\r' if self.content == Content::Text => self.held = Some(octet),
                b' ' | b'\t' => match tail.first() {
                    Some(&next) if is_plain(next) => self.put_plain(&[octet], out),
                    _ => self.held = Some(octet),
                },
                _ => {
                    let stop = |octet: &u8| is_plain(*octet) || octet.is_ascii_whitespace();
                    let run = tail.iter().position(stop).unwrap_or(tail.len()) + 1;
                    let (octets, after) = here.split_at(run);
                    self.put_escapes(octets, out);
                    rest = after;
                }
            }
        }
    }

    /// Ends the body. The encoder is then ready for another body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            self.put_escaped(held, out);
        }
        self.column = 0;
    }

    fn put_plain(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        while !rest.is_empty() {
            if self.column >= LINE_LENGTH - 1 {
                self.soft_break(out);
            }
            let room = LINE_LENGTH - 1 - self.column;
            let (line, more) = rest.split_at(room.min(rest.len()));
            out.extend_from_slice(line);
            self.column += line.len();
            rest = more;
        }
    }

    fn put_escaped(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.put_escapes(&[octet], out);
    }

    /// Writes escapes, a line at a time.
    fn put_escapes(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        let mut rest = octets;
        while !rest.is_empty() {
            let room = (LINE_LENGTH - 1).saturating_sub(self.column) / 3;
            if room == 0 {
                self.soft_break(out);
                continue;
            }
            let (line, more) = rest.split_at(room.min(rest.len()));
            let mut escapes = [0; LINE_LENGTH - 1];
            for (slot, &octet) in escapes.as_chunks_mut::<3>().0.iter_mut().zip(line) {
                *slot = escape(octet);
            }
            let written = line.len() * 3;
            out.extend_from_slice(escapes.get(..written).unwrap_or_default());
            self.column += written;
            rest = more;
        }
    }

    fn soft_break(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"=\r\n");
        self.column = 0;
    }
}
