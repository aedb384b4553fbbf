//! The canonicalisation of DKIM, simple and relaxed (RFC 6376 section 3.4).
//!
//! Works on the raw octets of a message, so that what is hashed is what was sent. Bodies are fed
//! with any chunks and go piece by piece to a sink, such as a hash function, with bounded memory.
//! A bare LF counts as a line break, so that messages stored with LF have the hash of what was on
//! the wire; a bare CR is data.

use alloc::vec::Vec;

use memchr::memchr;

/// A canonicalisation algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Canonicalization {
    /// Almost no change is tolerated (RFC 6376 sections 3.4.1 and 3.4.3).
    #[default]
    Simple,
    /// White space and case of field names may change (RFC 6376 sections 3.4.2 and 3.4.4).
    Relaxed,
}

/// Appends the canonical form of a header field to `out`, CRLF included.
///
/// `field` is the raw field, from its name to its last octet, with or without its line break.
///
/// ```
/// use mime_codec::dkim::{Canonicalization, header_field};
/// let mut out = Vec::new();
/// header_field(Canonicalization::Relaxed, b"B : Y\t\r\n\tZ  \r\n", &mut out);
/// assert_eq!(out, b"b:Y Z\r\n");
/// ```
pub fn header_field(canonicalization: Canonicalization, field: &[u8], out: &mut Vec<u8>) {
    field_without_end(canonicalization, field, out);
    out.extend_from_slice(b"\r\n");
}

/// Appends the canonical form of the DKIM-Signature field that is being made or checked to `out`.
///
/// It goes last into the header hash, without the value of its `b=` tag and without CRLF (RFC 6376
/// section 3.7).
pub fn signature_field(canonicalization: Canonicalization, field: &[u8], out: &mut Vec<u8>) {
    let Some(colon) = memchr(b':', field) else {
        field_without_end(canonicalization, field, out);
        return;
    };
    let mut stripped = Vec::with_capacity(field.len());
    let (name, value) = field.split_at(colon + 1);
    stripped.extend_from_slice(name);
    for (index, tag) in value.split(|octet| *octet == b';').enumerate() {
        if index > 0 {
            stripped.push(b';');
        }
        match memchr(b'=', tag).map(|equals| tag.split_at(equals + 1)) {
            Some((name, _))
                if name
                    .strip_suffix(b"=")
                    .is_some_and(|name| name.trim_ascii() == b"b") =>
            {
                stripped.extend_from_slice(name);
            }
            _ => stripped.extend_from_slice(tag),
        }
    }
    field_without_end(canonicalization, &stripped, out);
}

fn field_without_end(canonicalization: Canonicalization, field: &[u8], out: &mut Vec<u8>) {
    let field = field.strip_suffix(b"\n").unwrap_or(field);
    let field = field.strip_suffix(b"\r").unwrap_or(field);
    match canonicalization {
        Canonicalization::Simple => {
            let mut last = None;
            for &octet in field {
                if octet == b'\n' && last != Some(b'\r') {
                    out.push(b'\r');
                }
                out.push(octet);
                last = Some(octet);
            }
        }
        Canonicalization::Relaxed => {
            let colon = memchr(b':', field).unwrap_or(field.len());
            let (name, value) = field.split_at(colon);
            out.extend(name.trim_ascii_end().iter().map(u8::to_ascii_lowercase));
            let Some((_, value)) = value.split_first() else {
                return;
            };
            out.push(b':');
            let mut space = false;
            let mut empty = true;
            let mut rest = value.iter().peekable();
            while let Some(&octet) = rest.next() {
                match octet {
                    b' ' | b'\t' => space = true,
                    b'\n' => {}
                    b'\r' if rest.peek() == Some(&&b'\n') => {}
                    _ => {
                        if space && !empty {
                            out.push(b' ');
                        }
                        out.push(octet);
                        space = false;
                        empty = false;
                    }
                }
            }
        }
    }
}

/// The canonical form of a whole body.
///
/// ```
/// use mime_codec::dkim::{Canonicalization, body};
/// let raw = b" C \r\nD \t E\r\n\r\n\r\n";
/// assert_eq!(body(Canonicalization::Simple, raw), b" C \r\nD \t E\r\n");
/// assert_eq!(body(Canonicalization::Relaxed, raw), b" C\r\nD E\r\n");
/// ```
pub fn body(canonicalization: Canonicalization, raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut body = Body::new(canonicalization, None);
    body.update(raw, |piece| out.extend_from_slice(piece));
    body.finish(|piece| out.extend_from_slice(piece));
    out
}

/// The canonicalisation of a body that is fed with any chunks.
#[derive(Clone, Debug)]
pub struct Body {
    canonicalization: Canonicalization,
    limit: Option<u64>,
    length: u64,
    /// Line breaks since the last content; those at the end do not count.
    breaks: u64,
    /// White space since the last content of the line.
    space: bool,
    /// A CR that is a line break only if LF follows.
    cr: bool,
}

/// Line breaks on their way to the sink.
const BREAKS: &[u8; 128] = &{
    let mut breaks = [b'\r'; 128];
    let mut index = 1;
    while index < breaks.len() {
        breaks[index] = b'\n';
        index += 2;
    }
    breaks
};

impl Body {
    /// The start of a body. Of its canonical form the sink gets no more than `limit` octets, the
    /// value of the `l=` tag (RFC 6376 section 3.5).
    pub fn new(canonicalization: Canonicalization, limit: Option<u64>) -> Self {
        Self {
            canonicalization,
            limit,
            length: 0,
            breaks: 0,
            space: false,
            cr: false,
        }
    }

    /// Octets of the canonical form so far, those beyond the limit included.
    ///
    /// After [`finish`](Self::finish) it is the value for an `l=` tag; a signature whose `l=` is
    /// larger is invalid (RFC 6376 section 3.5).
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Canonicalises the next chunk into `sink`.
    pub fn update(&mut self, chunk: &[u8], mut sink: impl FnMut(&[u8])) {
        let sink: &mut dyn FnMut(&[u8]) = &mut sink;
        let mut rest = chunk;
        while !rest.is_empty() {
            let (line, more) = match memchr(b'\n', rest) {
                Some(end) => (
                    rest.get(..end).unwrap_or_default(),
                    rest.get(end + 1..).unwrap_or_default(),
                ),
                None => (rest, [].as_slice()),
            };
            let ends = line.len() < rest.len();
            if self.cr && !(ends && line.is_empty()) {
                self.content(b"\r", sink);
            }
            self.cr = false;
            let (line, cr) = match line {
                [line @ .., b'\r'] => (line, true),
                _ => (line, false),
            };
            match self.canonicalization {
                Canonicalization::Simple => self.content(line, sink),
                Canonicalization::Relaxed => self.relaxed(line, sink),
            }
            if ends {
                self.space = false;
                self.breaks = self.breaks.saturating_add(1);
            } else {
                self.cr = cr;
            }
            rest = more;
        }
    }

    /// Ends the body: adds its last line break if there must be one.
    pub fn finish(&mut self, mut sink: impl FnMut(&[u8])) {
        let sink: &mut dyn FnMut(&[u8]) = &mut sink;
        if core::mem::take(&mut self.cr) {
            self.content(b"\r", sink);
        }
        if self.length > 0 || self.canonicalization == Canonicalization::Simple {
            self.emit(b"\r\n", sink);
        }
        self.breaks = 0;
        self.space = false;
    }

    /// Part of a line: words with single spaces between them.
    fn relaxed(&mut self, line: &[u8], sink: &mut dyn FnMut(&[u8])) {
        let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
        let mut rest = line;
        while !rest.is_empty() {
            let word = rest.iter().position(blank).unwrap_or(rest.len());
            let (word, after) = rest.split_at(word);
            self.content(word, sink);
            let words = after.iter().position(|octet| !blank(octet));
            self.space |= !after.is_empty();
            rest = words.and_then(|at| after.get(at..)).unwrap_or_default();
        }
    }

    /// Content of a line, which makes the line breaks and spaces before it count.
    fn content(&mut self, octets: &[u8], sink: &mut dyn FnMut(&[u8])) {
        if octets.is_empty() {
            return;
        }
        while self.breaks > 0 {
            let count = self.breaks.min(BREAKS.len() as u64 / 2);
            self.breaks -= count;
            let length = usize::try_from(count * 2).unwrap_or(0);
            self.emit(BREAKS.get(..length).unwrap_or_default(), sink);
        }
        if core::mem::take(&mut self.space) {
            self.emit(b" ", sink);
        }
        self.emit(octets, sink);
    }

    fn emit(&mut self, octets: &[u8], sink: &mut dyn FnMut(&[u8])) {
        let allowed = match self.limit {
            Some(limit) => usize::try_from(limit.saturating_sub(self.length)).unwrap_or(usize::MAX),
            None => usize::MAX,
        };
        let piece = octets.get(..allowed).unwrap_or(octets);
        if !piece.is_empty() {
            sink(piece);
        }
        self.length = self.length.saturating_add(octets.len() as u64);
    }
}
