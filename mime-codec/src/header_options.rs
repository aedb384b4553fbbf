//! How the values of header fields are read.

use crate::Limits;

/// Leniency and limits for everything that reads the value of one header field.
///
/// ```
/// let mut options = mime_codec::HeaderOptions::default();
/// options.fallback_charset = Some("windows-1252");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderOptions {
    /// Bounds on the work for one field.
    pub limits: Limits,
    /// Decode `=?...?=` inside a quoted string of a phrase, which RFC 2047 section 5 forbids
    /// and many programs write. Never applies to an addr-spec. Default `true`.
    pub quoted_encoded_words: bool,
    /// The charset of octets that are not valid UTF-8 (RFC 6532 allows no other 8-bit text).
    /// `None` turns each of them into U+FFFD. Default `None`.
    pub fallback_charset: Option<&'static str>,
}

/// What is used where nobody asks for something else.
pub(crate) static DEFAULT_OPTIONS: HeaderOptions = HeaderOptions::DEFAULT;

impl HeaderOptions {
    /// The defaults, for a `const`.
    pub const DEFAULT: Self = Self {
        limits: Limits::DEFAULT,
        quoted_encoded_words: true,
        fallback_charset: None,
    };
}

impl Default for HeaderOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}
