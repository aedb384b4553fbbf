//! Content transfer encodings (RFC 2045 section 6) and their de facto relatives.
//!
//! [`Decoder`] undoes any of them, fed with chunks of any size: how the chunks are cut never
//! changes the result. Decoding never fails and never yields more octets than it was given; what
//! was wrong is listed in [`Problems`]. [`decode`] does it in one call and borrows where nothing
//! has to be undone. [`Survey`] looks at content once and says which encoding carries it cheapest;
//! [`Encoder`] applies it.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::header::grammar::{COMMA, QUOTE, SEMICOLON};
use crate::header::lexer::Lexer;
use crate::parse::scan::line_end;

pub mod base64;
mod choose;
mod kernel;
mod problem;
pub mod quoted_printable;
mod stops;
pub mod uuencode;
pub mod yenc;

pub use choose::{Encoder, Survey, Transport};
pub use problem::{KEPT_PROBLEMS, Problem, ProblemKind, Problems};
pub use quoted_printable::Content;

/// A content transfer encoding (RFC 2045 section 6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferEncoding<'a> {
    /// `7bit`, the default: short lines of US-ASCII.
    #[default]
    SevenBit,
    /// `8bit`: short lines of any octets but NUL.
    EightBit,
    /// `binary`: anything.
    Binary,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
    /// `x-uuencode` and its other names.
    Uuencode,
    /// `x-yenc`.
    Yenc,
    /// Any other token, as it was written; its content is opaque (RFC 2045 section 6.4).
    Other(Cow<'a, [u8]>),
}

/// What is recognised, the common names first.
static NAMES: [(&[u8], TransferEncoding<'static>); 15] = [
    (b"7bit", TransferEncoding::SevenBit),
    (b"8bit", TransferEncoding::EightBit),
    (b"base64", TransferEncoding::Base64),
    (b"quoted-printable", TransferEncoding::QuotedPrintable),
    (b"binary", TransferEncoding::Binary),
    (b"7-bit", TransferEncoding::SevenBit),
    (b"8-bit", TransferEncoding::EightBit),
    (b"base-64", TransferEncoding::Base64),
    (b"quotedprintable", TransferEncoding::QuotedPrintable),
    (b"uuencode", TransferEncoding::Uuencode),
    (b"x-uuencode", TransferEncoding::Uuencode),
    (b"x-uue", TransferEncoding::Uuencode),
    (b"uue", TransferEncoding::Uuencode),
    (b"x-uu", TransferEncoding::Uuencode),
    (b"x-yenc", TransferEncoding::Yenc),
];

impl<'a> TransferEncoding<'a> {
    /// Reads the value of a Content-Transfer-Encoding field.
    ///
    /// Never fails: the mechanism is the first token, white space, quotes, comments in front of it
    /// and whatever follows it do not matter, nor does case.
    ///
    /// ```
    /// use mime_codec::TransferEncoding;
    /// assert_eq!(TransferEncoding::parse(b" Base64 (RFC 2045);"), TransferEncoding::Base64);
    /// ```
    pub fn parse(value: &'a [u8]) -> Self {
        if let Some(encoding) = Self::quick(value) {
            return encoding;
        }
        let mut lexer = Lexer::new(value);
        lexer.skip_cfws();
        lexer.eat(b'"');
        let token = lexer.word(SEMICOLON | QUOTE | COMMA);
        if token.is_empty() {
            return Self::SevenBit;
        }
        NAMES
            .iter()
            .find(|(name, _)| token.eq_ignore_ascii_case(name))
            .map_or(Self::Other(Cow::Borrowed(token)), |(_, encoding)| {
                encoding.clone()
            })
    }

    /// Reads a value of the most common form: one space, one of the five names that the RFC gives,
    /// and the end of the line.
    fn quick(value: &[u8]) -> Option<Self> {
        let token = value.strip_prefix(b" ")?;
        let token = token.get(..token.len() - line_end(token))?;
        Some(match token {
            b"base64" | b"BASE64" | b"Base64" => Self::Base64,
            b"quoted-printable" | b"QUOTED-PRINTABLE" | b"Quoted-Printable" => {
                Self::QuotedPrintable
            }
            b"7bit" | b"7BIT" | b"7Bit" => Self::SevenBit,
            b"8bit" | b"8BIT" | b"8Bit" => Self::EightBit,
            b"binary" | b"BINARY" | b"Binary" => Self::Binary,
            _ => return None,
        })
    }

    /// The token of this encoding.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::SevenBit => b"7bit",
            Self::EightBit => b"8bit",
            Self::Binary => b"binary",
            Self::QuotedPrintable => b"quoted-printable",
            Self::Base64 => b"base64",
            Self::Uuencode => b"x-uuencode",
            Self::Yenc => b"x-yenc",
            Self::Other(token) => token,
        }
    }

    /// Whether the content is its own encoding: 7bit, 8bit, binary and what is not known.
    pub fn is_identity(&self) -> bool {
        matches!(
            self,
            Self::SevenBit | Self::EightBit | Self::Binary | Self::Other(_)
        )
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> TransferEncoding<'static> {
        match self {
            Self::SevenBit => TransferEncoding::SevenBit,
            Self::EightBit => TransferEncoding::EightBit,
            Self::Binary => TransferEncoding::Binary,
            Self::QuotedPrintable => TransferEncoding::QuotedPrintable,
            Self::Base64 => TransferEncoding::Base64,
            Self::Uuencode => TransferEncoding::Uuencode,
            Self::Yenc => TransferEncoding::Yenc,
            Self::Other(token) => TransferEncoding::Other(Cow::Owned(token.into_owned())),
        }
    }
}

/// The encoding of a body, as the tree remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Mechanism {
    SevenBit,
    EightBit,
    Binary,
    QuotedPrintable,
    Base64,
    /// The field has to be read again.
    Other,
}

impl Mechanism {
    /// Whether the octets of the body are not those of the content (RFC 2045 section 6.2).
    pub(crate) const fn hides_structure(self) -> bool {
        !matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }

    pub(crate) const fn encoding(self) -> Option<TransferEncoding<'static>> {
        Some(match self {
            Self::SevenBit => TransferEncoding::SevenBit,
            Self::EightBit => TransferEncoding::EightBit,
            Self::Binary => TransferEncoding::Binary,
            Self::QuotedPrintable => TransferEncoding::QuotedPrintable,
            Self::Base64 => TransferEncoding::Base64,
            Self::Other => return None,
        })
    }
}

impl From<&TransferEncoding<'_>> for Mechanism {
    fn from(encoding: &TransferEncoding<'_>) -> Self {
        match encoding {
            TransferEncoding::SevenBit => Self::SevenBit,
            TransferEncoding::EightBit => Self::EightBit,
            TransferEncoding::Binary => Self::Binary,
            TransferEncoding::QuotedPrintable => Self::QuotedPrintable,
            TransferEncoding::Base64 => Self::Base64,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for TransferEncoding<'_> {
    /// The token; octets that are not printable US-ASCII are escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_bytes().escape_ascii())
    }
}

/// Undoes `encoding`; borrows `input` if there is nothing to undo.
///
/// ```
/// use mime_codec::transfer::{TransferEncoding, decode};
/// let (content, problems) = decode(&TransferEncoding::QuotedPrintable, b"=41=");
/// assert_eq!(&*content, b"A");
/// assert_eq!(problems.count(), 1);
/// ```
pub fn decode<'a>(encoding: &TransferEncoding<'_>, input: &'a [u8]) -> (Cow<'a, [u8]>, Problems) {
    if encoding.is_identity() {
        return (Cow::Borrowed(input), Problems::default());
    }
    let mut out = Vec::new();
    let problems = decode_into(encoding, input, &mut out);
    (Cow::Owned(out), problems)
}

/// Undoes `encoding` and appends the content to `out`.
pub fn decode_into(encoding: &TransferEncoding<'_>, input: &[u8], out: &mut Vec<u8>) -> Problems {
    match encoding {
        TransferEncoding::Base64 => base64::decode(input, out),
        TransferEncoding::QuotedPrintable => quoted_printable::decode(input, out),
        TransferEncoding::Uuencode => uuencode::decode(input, out),
        TransferEncoding::Yenc => yenc::decode(input, out),
        _ => {
            out.extend_from_slice(input);
            Problems::default()
        }
    }
}

/// The same content as [`decode`] gives, without looking for what was wrong where that takes time.
///
/// ```
/// use mime_codec::transfer::{TransferEncoding, decode_quietly};
/// assert_eq!(&*decode_quietly(&TransferEncoding::Base64, b"SGk!="), b"Hi");
/// ```
pub fn decode_quietly<'a>(encoding: &TransferEncoding<'_>, input: &'a [u8]) -> Cow<'a, [u8]> {
    if *encoding == TransferEncoding::Base64 {
        let mut out = Vec::new();
        base64::decode_quietly(input, &mut out);
        return Cow::Owned(out);
    }
    decode(encoding, input).0
}

/// A decoder of any transfer encoding, fed with any chunks.
#[derive(Clone, Debug)]
pub struct Decoder(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Identity(Problems),
    Base64(base64::Decoder),
    QuotedPrintable(quoted_printable::Decoder),
    Uuencode(uuencode::Decoder),
    Yenc(yenc::Decoder),
}

impl Decoder {
    /// A decoder at the start of a body encoded with `encoding`.
    pub fn new(encoding: &TransferEncoding<'_>) -> Self {
        Self(match encoding {
            TransferEncoding::Base64 => Kind::Base64(base64::Decoder::new()),
            TransferEncoding::QuotedPrintable => {
                Kind::QuotedPrintable(quoted_printable::Decoder::new())
            }
            TransferEncoding::Uuencode => Kind::Uuencode(uuencode::Decoder::new()),
            TransferEncoding::Yenc => Kind::Yenc(yenc::Decoder::new()),
            _ => Kind::Identity(Problems::default()),
        })
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Identity(_) => out.extend_from_slice(input),
            Kind::Base64(decoder) => decoder.decode(input, out),
            Kind::QuotedPrintable(decoder) => decoder.decode(input, out),
            Kind::Uuencode(decoder) => decoder.decode(input, out),
            Kind::Yenc(decoder) => decoder.decode(input, out),
        }
    }

    /// Ends the body: appends what was held back. The decoder is then ready for another body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Identity(_) => {}
            Kind::Base64(decoder) => decoder.finish(out),
            Kind::QuotedPrintable(decoder) => decoder.finish(out),
            Kind::Uuencode(decoder) => decoder.finish(out),
            Kind::Yenc(decoder) => decoder.finish(out),
        }
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        match &self.0 {
            Kind::Identity(problems) => problems,
            Kind::Base64(decoder) => decoder.problems(),
            Kind::QuotedPrintable(decoder) => decoder.problems(),
            Kind::Uuencode(decoder) => decoder.problems(),
            Kind::Yenc(decoder) => decoder.problems(),
        }
    }
}
