//! Unstructured text such as Subject and Comments (RFC 5322 sections 2.2.1, 2.2.3 and 3.6.5).

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{self, Place, decode_text, looks_encoded};
use crate::header::fold::{self, FieldWriter};
use crate::header::grammar::{WSP, is};
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options};

/// The text of an unstructured field: unfolded, encoded words decoded, without white space at
/// either end.
///
/// Unfolding removes line breaks and keeps the white space behind them, as RFC 5322 section
/// 2.2.3 says. The text never holds CR, LF or NUL: what an encoded word smuggles in becomes a
/// space or U+FFFD and is reported.
///
/// ```
/// let subject = mime_codec::Unstructured::parse(b" Re: =?utf-8?q?caf=C3=A9?=\r\n");
/// assert_eq!(subject.as_str(), "Re: caf\u{e9}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Cow<'a, str>"))]
pub struct Unstructured<'a>(Cow<'a, str>);

impl<'a> Unstructured<'a> {
    /// Text to be written.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if it holds CR, LF or NUL.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        let text = text.into();
        fold::check_value(&text)?;
        Ok(Self(text))
    }

    /// Reads the value of a field. Never fails.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        let (start, content) = trim(value);
        let text = decode_text(content, start, false, options, sink);
        if sink.listens() {
            if let Some(nul) = memchr::memchr(0, content) {
                sink.report(DefectKind::NulInHeader, start + nul);
            }
            if let Err(error) = core::str::from_utf8(content) {
                sink.report(DefectKind::NotUtf8, start + error.valid_up_to());
            }
        }
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    pub fn into_text(self) -> Cow<'a, str> {
        self.0
    }

    /// The same text on its own.
    pub fn into_owned(self) -> Unstructured<'static> {
        Unstructured(Cow::Owned(self.0.into_owned()))
    }

    /// Writes the text as the value of `field`, with encoded words where it needs them.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        if self.0.is_empty() {
            return Ok(());
        }
        field.space();
        if is_simple(&self.0) {
            return field.write_folding(&self.0);
        }
        let words = Words::new(&self.0, field.utf8());
        let mut from = 0;
        while let Some((start, end)) = words.encoded(from) {
            if start > from {
                field.write_folding(words.text(from, start - 1))?;
                field.space();
            }
            encoded_word::write_words(words.text(start, end), Place::Text, field)?;
            if end == self.0.len() {
                return Ok(());
            }
            field.space();
            from = end + 1;
        }
        field.write_folding(words.text(from, self.0.len()))
    }
}

impl fmt::Display for Unstructured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> TryFrom<Cow<'a, str>> for Unstructured<'a> {
    type Error = EncodeError;

    /// As [`new`](Self::new).
    fn try_from(text: Cow<'a, str>) -> Result<Self, EncodeError> {
        Self::new(text)
    }
}

impl From<Unstructured<'_>> for String {
    fn from(text: Unstructured<'_>) -> Self {
        text.0.to_string()
    }
}

/// The value without white space and folds at its ends, and where it starts.
pub(crate) fn trim(value: &[u8]) -> (usize, &[u8]) {
    let start = value
        .iter()
        .position(|&b| !is(b, WSP))
        .unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(|&b| !is(b, WSP))
        .map_or(start, |last| last + 1);
    (start, value.get(start..end).unwrap_or_default())
}

/// Whether the text is nothing but words that can be written as they are, one space between them.
fn is_simple(text: &str) -> bool {
    let mut before = b' ';
    let words = text.bytes().all(|b| {
        let pair = (core::mem::replace(&mut before, b), b);
        matches!(b, b' '..=b'~') && !matches!(pair, (b' ', b' ') | (b'=', b'?'))
    });
    words && before != b' ' && text.len() < LONG
}

/// Octets of white space from which on it is encoded, so that a line never grows without end.
const WIDE: usize = 8;
/// Octets of a word from which on it is encoded, so that it can be folded.
pub(crate) const LONG: usize = 900;
/// Octets between two words to be encoded up to which they are encoded with them: fewer than a second
/// encoded word has around its text.
const NEAR: usize = 12;

/// Text cut at each space, and which of the words must be written as encoded words.
struct Words<'t> {
    text: &'t str,
    /// Where the white space at the end of the text starts.
    end: usize,
    utf8: bool,
}

impl<'t> Words<'t> {
    fn new(text: &'t str, utf8: bool) -> Self {
        let last = text.bytes().rposition(|octet| !is_blank(octet));
        Self {
            text,
            end: last.map_or(0, |last| last + 1),
            utf8,
        }
    }

    fn text(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Where the next encoded text starts and ends that is needed in what starts at `from`.
    ///
    /// White space that a reader would drop belongs to it: at the ends of the text and between two
    /// encoded words.
    fn encoded(&self, from: usize) -> Option<(usize, usize)> {
        if self.end == 0 {
            return Some((0, self.text.len()));
        }
        let mut found: Option<(usize, usize)> = None;
        // Where the white space in front of a word starts, and where the word starts.
        let (mut blank, mut start) = (from, from);
        while start < self.end {
            let (kinds, end) = self.word(start);
            if kinds & VISIBLE != 0 {
                let follows = start - blank >= WIDE
                    || blank == 0 && self.text.bytes().next().is_some_and(is_blank);
                let ends = end >= self.end && self.end < self.text.len();
                if follows || ends || self.is_odd(start, end, kinds) {
                    let first = if follows { blank } else { start };
                    let last = if ends { self.text.len() } else { end };
                    found = Some((found.map_or(first, |(first, _)| first), last));
                } else if found.is_some_and(|(_, last)| end - last > NEAR) {
                    break;
                }
                blank = end + 1;
            }
            start = end + 1;
        }
        found
    }

    /// The kinds of octets of the word at `start`, and where it ends.
    #[inline]
    fn word(&self, start: usize) -> (u8, usize) {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let mut kinds = 0;
        let space = rest.iter().position(|&octet| {
            kinds |= KIND[usize::from(octet)];
            octet == b' '
        });
        (kinds, start + space.unwrap_or(rest.len()))
    }

    /// Whether the word with these kinds of octets cannot be written as it is.
    #[inline]
    fn is_odd(&self, start: usize, end: usize, kinds: u8) -> bool {
        let word = || self.text(start, end);
        match kinds & (CONTROL | NON_ASCII) {
            0 => end - start >= LONG || kinds & QUESTION != 0 && looks_encoded(word()),
            NON_ASCII if self.utf8 => {
                end - start >= LONG
                    || looks_encoded(word())
                    || word().chars().any(|c| c != '\t' && c.is_control())
            }
            _ => true,
        }
    }
}

/// What is cut from the ends of a value by those who read it.
fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// Not white space.
const VISIBLE: u8 = 1;
/// A control other than a tab.
const CONTROL: u8 = 2;
/// Part of a character that is not US-ASCII.
const NON_ASCII: u8 = 4;
/// `?`, which may be part of the `=?` that starts an encoded word.
const QUESTION: u8 = 8;

static KIND: [u8; 256] = {
    let mut table = [VISIBLE; 256];
    let mut octet = 0;
    while octet < 256 {
        if octet >= 128 {
            table[octet] |= NON_ASCII;
        } else if octet < 32 || octet == 127 {
            table[octet] |= CONTROL;
        }
        octet += 1;
    }
    table[b'?' as usize] |= QUESTION;
    table[b' ' as usize] = 0;
    table[b'\t' as usize] = 0;
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(text: &str, utf8: bool) {
        let value = Unstructured::new(text).expect("no line breaks");
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "Subject", utf8).expect("a name");
        value.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        let field = core::str::from_utf8(&out).expect("UTF-8");
        for line in field.split("\r\n") {
            assert!(line.len() <= 998);
            assert!(
                line.is_empty() || !line.trim().is_empty(),
                "blank line in {field:?}"
            );
        }
        let raw = out.strip_prefix(b"Subject:").expect("the name");
        assert_eq!(Unstructured::parse(raw), value, "{field}");
    }

    #[test]
    fn edges_survive() {
        for text in [
            "",
            " ",
            "a",
            " a",
            "a ",
            "  a  b  ",
            "\ta",
            "a\t",
            "\t",
            "a \t b",
            "=?x",
            "a =?utf-8?q?b?= c",
            "\u{e9} \u{e9}",
            "\u{e9}  \t \u{e9}",
            "a \u{e9} b \u{e9} c",
            "\u{1}",
            "\u{e9} ",
        ] {
            round_trip(text, false);
            round_trip(text, true);
        }
        for blank in ["\t", "\t \t", " \t", "\t "] {
            let word = "x".repeat(160);
            round_trip(
                &alloc::format!("a{blank}{word}{blank}b{blank}{word}{word}"),
                false,
            );
            round_trip(&alloc::format!("{word}{blank}").repeat(40), true);
        }
        round_trip(&" ".repeat(3000), false);
        round_trip(&alloc::format!("a{}b", " ".repeat(3000)), false);
        round_trip(&"x".repeat(3000), false);
        round_trip(&"\u{20ac}".repeat(300), false);
    }

    #[test]
    fn near_words_share_an_encoded_word() {
        for (text, expected) in [
            ("a \u{e9} b \u{e9} c", " a =?utf-8?b?w6kgYiDDqQ==?= c"),
            (
                "\u{e9} twelve apart \u{e9}",
                " =?utf-8?b?w6k=?= twelve apart =?utf-8?b?w6k=?=",
            ),
        ] {
            let value = Unstructured::new(text).expect("no line breaks");
            let mut out = Vec::new();
            FieldWriter::field(&mut out, "X", false, |field| value.write(field)).expect("writes");
            assert_eq!(out, alloc::format!("X:{expected}\r\n").as_bytes());
        }
    }

    #[test]
    fn controls_are_reported() {
        let mut defects = Vec::new();
        let text = Unstructured::parse_with(
            b"=?utf-8?q?a=0D=0Ab=00c?=",
            &Options::default(),
            &mut defects,
        );
        assert_eq!(text.as_str(), "a  b\u{fffd}c");
        assert_eq!(
            defects,
            [Defect {
                offset: 0,
                kind: DefectKind::ControlInEncodedWord
            }]
        );
    }

    #[test]
    fn rfc5322_unfolding() {
        assert_eq!(
            Unstructured::parse(b" This\r\n is a test\r\n").as_str(),
            "This is a test"
        );
        assert_eq!(Unstructured::parse(b" a\n\tb\r\n").as_str(), "a\tb");
        assert_eq!(Unstructured::parse(b"a\rb").as_str(), "a b");
    }

    proptest! {
        #[test]
        fn simple_text_needs_no_encoded_words(text in "([ a]|=|\\?|\t){0,12}", times in 1..300_usize) {
            let text = text.repeat(times);
            if is_simple(&text) {
                prop_assert_eq!(Words::new(&text, false).encoded(0), None);
            }
        }

        #[test]
        fn any_text(text in "[ \t!-~\u{1}\u{e9}\u{20ac}=?_]{0,120}|([ \t]{1,2}[a-z\u{e9}]{0,90}){0,5}") {
            round_trip(&text, false);
            round_trip(&text, true);
        }
    }
}
