//! Encoded words: other charsets in header fields (RFC 2047, language tags of RFC 2231 section 5).

mod decode;
mod encode;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use crate::transfer::quoted_printable::Place;
pub(crate) use decode::{Finder, Joiner, decode_text, find_start, starts_word};
pub(crate) use encode::{looks_encoded, write_words};

/// How the octets of an encoded word are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordEncoding {
    /// The "B" encoding: base64 (RFC 2047 section 4.1).
    B,
    /// The "Q" encoding, near to quoted-printable (RFC 2047 section 4.2).
    Q,
}

/// One encoded word: `=?charset*language?encoding?text?=`.
///
/// A view of a word as it is written. Field values that may hold encoded words
/// ([`Unstructured`](crate::Unstructured), display names, comments) come decoded; this type is
/// for those who want to know the charset or the language.
///
/// ```
/// let word = mime_codec::EncodedWord::parse(b"=?US-ASCII*EN?Q?Keith_Moore?=").unwrap();
/// assert_eq!((word.charset(), word.language()), ("US-ASCII", Some("EN")));
/// assert_eq!(word.octets().as_ref(), b"Keith Moore");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EncodedWord<'a> {
    charset: &'a str,
    language: Option<&'a str>,
    encoding: WordEncoding,
    text: &'a [u8],
}

impl<'a> EncodedWord<'a> {
    /// Reads one encoded word and nothing else.
    ///
    /// White space and question marks inside the encoded text are tolerated. `None` if this is
    /// no encoded word.
    pub fn parse(word: &'a [u8]) -> Option<Self> {
        match Finder::default().word_at(word, 0) {
            Some((found, end)) if end == word.len() => Some(found),
            _ => None,
        }
    }

    /// The charset as written.
    pub fn charset(&self) -> &'a str {
        self.charset
    }

    /// The language tag as written (RFC 2231 section 5).
    pub fn language(&self) -> Option<&'a str> {
        self.language
    }

    /// How the octets are written.
    pub fn encoding(&self) -> WordEncoding {
        self.encoding
    }

    /// The octets of the text in its charset.
    ///
    /// They may be part of a character that the next word continues, so text is decoded only
    /// after the octets of adjacent words have been joined.
    pub fn octets(&self) -> Cow<'a, [u8]> {
        let mut out = Vec::with_capacity(self.text.len());
        decode::octets(self, &mut out);
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests;
