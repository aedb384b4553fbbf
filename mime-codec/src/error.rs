//! Errors of strict parsing and of encoding.

use crate::DefectKind;

/// Why a strict parse failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    offset: u64,
    kind: ParseErrorKind,
}

impl ParseError {
    /// An error at `offset` octets from the start of the input.
    pub(crate) const fn new(offset: u64, kind: ParseErrorKind) -> Self {
        Self { offset, kind }
    }

    /// Offset of the first octet concerned.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// What is wrong there.
    pub const fn kind(&self) -> ParseErrorKind {
        self.kind
    }
}

/// The kinds of [`ParseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// A defect, which strict parsing does not accept.
    #[error("{0}")]
    Defect(DefectKind),
}

/// Why a value, a header field or a report cannot be made or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The field name is empty or holds something else than visible US-ASCII without a colon
    /// (RFC 5322 section 3.6.8).
    #[error("not a header field name")]
    Name,
    /// The value holds CR, LF or NUL, which would end the field or hide what follows.
    #[error("CR, LF or NUL in a header field")]
    LineBreak,
    /// The value needs UTF-8, and the writer may only write US-ASCII (RFC 6532).
    #[error("not US-ASCII in a header field")]
    NonAscii,
    /// A part that cannot be folded makes a line of more than 998 octets (RFC 5322 section 2.1.1).
    #[error("a header line would exceed 998 octets")]
    LineTooLong,
    /// The value, or a part of it, is outside the grammar of its type: an empty token, for instance, or
    /// a control character, which no field may hold but for TAB (RFC 5322 section 2.2).
    #[error("outside the grammar of the field")]
    Syntax,
    /// A field that the RFC requires of a report has no value.
    #[error("no {0} field")]
    Missing(&'static str),
}
