//! Finding, joining and decoding encoded words (RFC 2047 sections 2, 4 and 6).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{EncodedWord, WordEncoding};
use crate::header::defect_sink::Sink;
use crate::header::grammar::{self, DTEXT, WSP, is};
use crate::transfer::{base64, quoted_printable};
use crate::{DefectKind, Options, charset};

/// Finds where encoded words end, in time that is linear for a whole value.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// The last `?=` found; none lies between the places asked for so far and this one.
    close: Option<usize>,
    /// There is no further `?=` in the value.
    exhausted: bool,
}

impl Finder {
    /// The encoded word that starts at `start`, and where it ends.
    ///
    /// Places must be asked for in ascending order.
    pub(crate) fn word_at<'a>(
        &mut self,
        bytes: &'a [u8],
        start: usize,
    ) -> Option<(EncodedWord<'a>, usize)> {
        let head = bytes.get(start..)?.strip_prefix(b"=?")?;
        let name_len = head
            .iter()
            .position(|&b| matches!(b, b'?' | b'=') || !is(b, DTEXT) || b >= 0x80)?;
        let (name, tail) = head.split_at_checked(name_len)?;
        let encoding = match tail.first_chunk::<3>()? {
            [b'?', b'B' | b'b', b'?'] => WordEncoding::B,
            [b'?', b'Q' | b'q', b'?'] => WordEncoding::Q,
            _ => return None,
        };
        let name = core::str::from_utf8(name).ok()?;
        let (charset, language) = match name.split_once('*') {
            Some((charset, language)) => (charset, Some(language)),
            None => (name, None),
        };
        if charset.is_empty() {
            return None;
        }
        let text_start = start + 2 + name_len + 3;
        let close = self.close_from(bytes, text_start)?;
        let text = bytes.get(text_start..close)?;
        // Another word starts before this one ends: this one was never finished.
        if find_start(text, 0).is_some() {
            return None;
        }
        Some((
            EncodedWord {
                charset,
                language,
                encoding,
                text,
            },
            close + 2,
        ))
    }

    fn close_from(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.exhausted {
            return None;
        }
        if self.close.is_none_or(|close| close < from) {
            let mut at = from;
            self.close = loop {
                let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'?', rest))
                else {
                    self.exhausted = true;
                    break None;
                };
                at += found + 1;
                if bytes.get(at) == Some(&b'=') {
                    break Some(at - 1);
                }
            };
        }
        self.close
    }
}

/// Whether an encoded word might start at `at`.
#[inline]
pub(crate) fn starts_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&b'=') && bytes.get(at + 1) == Some(&b'?')
}

pub(crate) fn find_start(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'=', bytes.get(at..)?)?;
        if starts_word(bytes, at) {
            return Some(at);
        }
        at += 1;
    }
}

/// Text under construction: literal text and encoded words, whose octets are joined while
/// their charset stays the same, so that characters split across words survive.
#[derive(Debug)]
pub(crate) struct Joiner<'a, 'o> {
    out: String,
    octets: Vec<u8>,
    /// The charset of `octets`, and the words they come from.
    pending: Option<(&'a str, usize, usize)>,
    bytes: &'a [u8],
    options: &'o Options,
}

impl<'a, 'o> Joiner<'a, 'o> {
    /// `bytes` is the slice that word positions refer to.
    pub(crate) fn new(bytes: &'a [u8], options: &'o Options) -> Self {
        Self {
            out: String::with_capacity(bytes.len()),
            octets: Vec::new(),
            pending: None,
            bytes,
            options,
        }
    }

    /// Appends an encoded word that was found from `start` to `end`.
    pub(crate) fn push_word(
        &mut self,
        word: &EncodedWord<'a>,
        start: usize,
        end: usize,
        offset: usize,
        sink: &mut Sink<'_>,
    ) {
        match &mut self.pending {
            Some((charset, _, last)) if charset.eq_ignore_ascii_case(word.charset) => *last = end,
            _ => {
                self.flush(offset, sink);
                self.pending = Some((word.charset, start, end));
            }
        }
        let joint = self.octets.len();
        if !octets(word, &mut self.octets) {
            sink.report(DefectKind::EncodedWordSyntax, offset + start);
        }
        // ISO-2022 words each return to US-ASCII at their end; where the next one leaves it again
        // at once, decoders see two escapes in a row, which they take for an error.
        let (before, after) = self.octets.split_at_checked(joint).unwrap_or_default();
        let shifts = word.charset.get(..8);
        if joint > 0
            && shifts.is_some_and(|start| start.eq_ignore_ascii_case("iso-2022"))
            && after.starts_with(b"\x1b")
            && (before.ends_with(b"\x1b(B") || before.ends_with(b"\x1b(J"))
        {
            self.octets.drain(joint - 3..joint);
        }
    }

    /// Appends literal text.
    pub(crate) fn push_text(&mut self, text: &str, offset: usize, sink: &mut Sink<'_>) {
        self.flush(offset, sink);
        self.out.push_str(text);
    }

    pub(crate) fn finish(mut self, offset: usize, sink: &mut Sink<'_>) -> String {
        self.flush(offset, sink);
        self.out
    }

    fn flush(&mut self, offset: usize, sink: &mut Sink<'_>) {
        let Some((charset, start, end)) = self.pending.take() else {
            return;
        };
        let at = offset + start;
        if is_utf8_label(charset)
            && let Ok(text) = core::str::from_utf8(&self.octets)
            && !grammar::has_line_break(text)
        {
            self.out.push_str(text);
        } else if let Some(decoded) = charset::decode(charset.as_bytes(), &self.octets) {
            if decoded.replaced {
                sink.report(DefectKind::UndecodableText, at);
            }
            let text = grammar::without_breaks(decoded.text, || {
                sink.report(DefectKind::ControlInEncodedWord, at);
            });
            self.out.push_str(&text);
        } else {
            sink.report(DefectKind::UnknownCharset, at);
            let raw = self.bytes.get(start..end).unwrap_or_default();
            self.out.push_str(&grammar::clean(raw, false, self.options));
        }
        self.octets.clear();
    }
}

fn is_utf8_label(label: &str) -> bool {
    label.eq_ignore_ascii_case("utf-8") || label.eq_ignore_ascii_case("us-ascii")
}

/// Decodes the encoded words of `content`; all else is literal text.
///
/// `offset` is where `content` lies in the field value; `escapes` tells that literal text has
/// quoted pairs (comments and quoted strings).
pub(crate) fn decode_text<'a>(
    content: &'a [u8],
    offset: usize,
    escapes: bool,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Cow<'a, str> {
    let Some(first) = find_start(content, 0) else {
        return grammar::clean(content, escapes, options);
    };
    let mut joiner = Joiner::new(content, options);
    let mut finder = Finder::default();
    let mut literal = 0;
    let mut next = Some(first);
    while let Some(start) = next {
        let Some((word, end)) = finder.word_at(content, start) else {
            next = find_start(content, start + 2);
            continue;
        };
        let between = content.get(literal..start).unwrap_or_default();
        let adjacent = literal > 0 && between.iter().all(|&b| is(b, WSP));
        if !adjacent && !between.is_empty() {
            joiner.push_text(&grammar::clean(between, escapes, options), offset, sink);
        }
        let glued = between.last().is_some_and(|&b| !is(b, WSP))
            || (literal > 0 && between.is_empty())
            || (start > 0 && literal == start)
            || content
                .get(end)
                .is_some_and(|&b| !is(b, WSP) && !starts_word(content, end));
        if glued {
            sink.report(DefectKind::EncodedWordNotSeparated, offset + start);
        }
        joiner.push_word(&word, start, end, offset, sink);
        literal = end;
        next = find_start(content, end);
    }
    let rest = content.get(literal..).unwrap_or_default();
    if !rest.is_empty() {
        joiner.push_text(&grammar::clean(rest, escapes, options), offset, sink);
    }
    Cow::Owned(joiner.finish(offset, sink))
}

/// Appends the octets that a word means; `false` if it breaks the rules of its encoding.
pub(super) fn octets(word: &EncodedWord<'_>, out: &mut Vec<u8>) -> bool {
    out.reserve(word.text.len());
    match word.encoding {
        WordEncoding::Q => quoted_printable::decode_q(word.text, out),
        WordEncoding::B => base64::decode_word(word.text, out),
    }
}
