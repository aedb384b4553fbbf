//! Unstructured text such as Subject and Comments (RFC 5322 sections 2.2.1, 2.2.3 and 3.6.5).

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{self, Place, decode_text};
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
        let mut i = 0;
        while i < words.len() {
            let run = words.encoded_run(i);
            if run > i {
                encoded_word::write_words(words.text(i, run), Place::Text, field)?;
                i = run;
            } else {
                field.write(words.text(i, i + 1))?;
                i += 1;
            }
            if i < words.len() {
                field.space();
            }
        }
        Ok(())
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

/// Blank words in a row from which on they are encoded, so that a line never grows without end.
const MAX_BLANKS: usize = 8;

/// Text cut at each space, and which of the words must be written as encoded words.
struct Words<'t> {
    text: &'t str,
    /// Start, end, and whether it must be encoded.
    words: Vec<(usize, usize, bool)>,
}

impl<'t> Words<'t> {
    fn new(text: &'t str, utf8: bool) -> Self {
        let mut words = Vec::with_capacity(16);
        let mut blanks = text.starts_with('\t') || text.ends_with('\t');
        let mut word = |start, end, found: u8| {
            let plain = match found & (ODD | NON_ASCII) {
                0 => end - start < LONG,
                NON_ASCII if utf8 => is_plain(text.get(start..end).unwrap_or_default()),
                _ => false,
            };
            words.push((start, end, !plain));
            blanks |= found & VISIBLE == 0;
        };
        let (mut start, mut found, mut before) = (0, 0, b' ');
        for (at, &octet) in text.as_bytes().iter().enumerate() {
            if octet == b' ' {
                word(start, at, found);
                start = at + 1;
                found = 0;
            } else {
                found |= KIND[usize::from(octet)];
                if octet == b'?' && before == b'=' {
                    found |= ODD;
                }
            }
            before = octet;
        }
        word(start, text.len(), found);
        let mut this = Self { text, words };
        if blanks {
            this.encode_blanks();
        }
        this
    }

    /// White space that a reader would drop belongs to encoded words: at the ends of the text and
    /// between two encoded words.
    fn encode_blanks(&mut self) {
        let count = self.words.len();
        let first = (0..count).find(|&k| !is_blank(self.text(k, k + 1)));
        let last = (0..count).rfind(|&k| !is_blank(self.text(k, k + 1)));
        let (Some(first), Some(last)) = (first, last) else {
            if count > 1 || !self.text.is_empty() {
                self.encode(0, count);
            }
            return;
        };
        if first > 0 || self.text.starts_with('\t') {
            self.encode(0, first + 1);
        }
        if last + 1 < count || self.text.ends_with('\t') {
            self.encode(last, count);
        }
        let mut i = 0;
        while i < count {
            let after = i
                + (i..count)
                    .take_while(|&k| is_blank(self.text(k, k + 1)))
                    .count();
            let encoded =
                |k: Option<usize>| k.and_then(|k| self.words.get(k)).is_some_and(|word| word.2);
            if after - i >= MAX_BLANKS
                || (after > i && encoded(i.checked_sub(1)) && encoded(Some(after)))
            {
                self.encode(i, after);
            }
            i = after + 1;
        }
    }

    fn encode(&mut self, from: usize, to: usize) {
        self.words
            .iter_mut()
            .take(to)
            .skip(from)
            .for_each(|word| word.2 = true);
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    /// The text from word `from` to the word in front of `to`.
    fn text(&self, from: usize, to: usize) -> &'t str {
        let start = self.words.get(from).map_or(self.text.len(), |word| word.0);
        let end = to
            .checked_sub(1)
            .and_then(|last| self.words.get(last))
            .map_or(0, |word| word.1);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The end of the run of words to be encoded that starts at `from`.
    fn encoded_run(&self, from: usize) -> usize {
        from + self
            .words
            .iter()
            .skip(from)
            .take_while(|word| word.2)
            .count()
    }
}

/// Not a tab.
const VISIBLE: u8 = 1;
/// A control, or the `=?` that starts an encoded word: cannot be written as it is.
const ODD: u8 = 2;
/// Part of a character that is not US-ASCII.
const NON_ASCII: u8 = 4;

/// Octets of a word from which on it is encoded, so that it can be folded.
pub(crate) const LONG: usize = 900;

static KIND: [u8; 256] = {
    let mut table = [VISIBLE; 256];
    let mut octet = 0;
    while octet < 256 {
        if octet >= 128 {
            table[octet] |= NON_ASCII;
        } else if octet < 32 || octet == 127 {
            table[octet] |= ODD;
        }
        octet += 1;
    }
    table[b'\t' as usize] = 0;
    table
};

/// Whether a word that is not US-ASCII can be written as it is where UTF-8 is.
fn is_plain(word: &str) -> bool {
    word.len() < LONG && word.chars().all(|c| c == '\t' || !c.is_control())
}

fn is_blank(word: &str) -> bool {
    word.bytes().all(|b| b == b'\t')
}

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
        round_trip(&" ".repeat(3000), false);
        round_trip(&alloc::format!("a{}b", " ".repeat(3000)), false);
        round_trip(&"x".repeat(3000), false);
        round_trip(&"\u{20ac}".repeat(300), false);
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
        fn any_text(text in "[ \t!-~\u{1}\u{e9}\u{20ac}=?_]{0,120}") {
            round_trip(&text, false);
            round_trip(&text, true);
        }
    }
}
