//! Why a message cannot be built.

use crate::EncodeError;

/// Why a message or part cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A field name or value cannot be written.
    #[error("{field}: {error}")]
    Field {
        /// The usual name of the field, or `header` for one that was added by its name.
        field: &'static str,
        /// What is wrong with it.
        error: EncodeError,
    },
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

/// What stands for the name of a field that has no setting of its own.
pub(super) const HEADER: &str = "header";

/// What was wrong first with the arguments of chained calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstError(Option<BuildError>);

impl FirstError {
    pub(super) fn set(&mut self, error: BuildError) {
        self.0.get_or_insert(error);
    }

    /// The value, or the error for later.
    pub(super) fn keep<T, E: Into<EncodeError>>(
        &mut self,
        field: &'static str,
        result: Result<T, E>,
    ) -> Option<T> {
        let error = |error: E| BuildError::Field {
            field,
            error: error.into(),
        };
        result.map_err(|found| self.set(error(found))).ok()
    }

    /// The value of a field that others may set.
    pub(super) fn keep_field<T, E: Into<EncodeError>>(
        &mut self,
        reserved: bool,
        value: Result<T, E>,
    ) -> Option<T> {
        if reserved {
            self.set(BuildError::ReservedField);
            return None;
        }
        self.keep(HEADER, value)
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        self.0.map_or(Ok(()), Err)
    }
}
