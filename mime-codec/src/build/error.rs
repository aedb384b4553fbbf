//! Why a message cannot be built.

use crate::EncodeError;

/// Why a message or part cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A field name or value cannot be written.
    #[error(transparent)]
    Field(#[from] EncodeError),
    /// There is no Date, which every message must have (RFC 5322 section 3.6).
    #[error("no Date")]
    MissingDate,
    /// There is no From, which every message must have (RFC 5322 section 3.6).
    #[error("no From")]
    MissingFrom,
    /// There is more than one author, and no Sender (RFC 5322 section 3.6.2).
    #[error("several authors and no Sender")]
    MissingSender,
    /// A field that is made from other settings, or a second one of a field that occurs once.
    #[error("a field that is set otherwise")]
    ReservedField,
    /// A multipart without parts (RFC 2046 section 5.1.1).
    #[error("a multipart without parts")]
    EmptyMultipart,
    /// Multiparts in multiparts beyond [`Limits::depth`](crate::Limits::depth).
    #[error("parts are nested too deeply")]
    Depth,
    /// The transfer encoding that was asked for cannot carry the content or the transport cannot carry it.
    #[error("the transfer encoding does not fit the content")]
    Encoding,
    /// An enclosed message or part must be recoded for the transport, which would break its signature.
    #[error("a signed part cannot be recoded")]
    Signed,
    /// No boundary was found that the content does not have.
    #[error("no boundary found")]
    Boundary,
}
