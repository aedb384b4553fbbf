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
    /// A media type or disposition without the form that its RFC demands.
    #[error("malformed value")]
    Syntax,
}

/// Why a value cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A word that must be a token has other octets, or none (RFC 2045 section 5.1).
    #[error("not a token")]
    Token,
    /// CR, LF or NUL, which would start another line or end the text.
    #[error("CR, LF or NUL in a value")]
    ControlOctet,
}
