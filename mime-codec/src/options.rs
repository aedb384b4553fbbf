//! How messages and the values of their fields are read.

use crate::Limits;

/// Leniency, limits and other choices of everything that reads.
///
/// A [`Message`](crate::Message) does not keep them: its accessors, such as
/// [`subject`](crate::Message::subject), read fields with the defaults. For other choices give the field to
/// the type of its value:
///
/// ```
/// use mime_codec::{Message, Options, Unstructured};
///
/// let message = Message::parse(b"Subject: caf\xe9\r\n\r\n");
/// let mut options = Options::default();
/// options.fallback_charset = Some("windows-1252");
/// let field = message.header("Subject").unwrap();
/// let subject = Unstructured::parse_with(field.value_raw(), &options, &mut Vec::new());
/// assert_eq!((subject.as_str(), message.subject().as_deref()), ("café", Some("caf\u{fffd}")));
/// ```
///
/// ```
/// let mut options = mime_codec::Options::default();
/// options.limits.depth = 10;
/// options.count_lines = true;
/// let message = mime_codec::Message::parse_with(b"A: b\r\n\r\none\r\ntwo\r\n", &options);
/// assert_eq!(message.root().body_lines(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub struct Options {
    /// Bounds on what a message or one value may cost.
    pub limits: Limits,
    /// Of a message: count the lines of every entity while parsing, so that a stored
    /// [`Structure`](crate::Structure) has them (IMAP BODYSTRUCTURE). Otherwise they are counted when
    /// asked for. Default `false`.
    pub count_lines: bool,
    /// Of a message: look at every octet for what [`DefectKind`](crate::DefectKind) says about octets
    /// and lines (NUL, bare CR and LF, long lines, header octets that are not UTF-8), for malformed
    /// media types and parameters, and for fields that may occur once. Default `false`, because it
    /// costs a pass over the message; a strict parse always does it.
    pub check_octets: bool,
    /// Decode `=?...?=` inside a quoted string of a phrase, which RFC 2047 section 5 forbids
    /// and many programs write. Never applies to an addr-spec. Default `true`.
    pub quoted_encoded_words: bool,
    /// Decode `=?...?=` in the parameters `name` and `filename`, which RFC 2047 section 5 forbids and
    /// many programs write; where it happens there is
    /// [`DefectKind::EncodedWordInParameter`](crate::DefectKind::EncodedWordInParameter).
    /// Default `true`.
    pub parameter_encoded_words: bool,
    /// The charset of octets that are not valid UTF-8 (RFC 6532 allows no other 8-bit text).
    /// `None` turns each of them into U+FFFD. Default `None`.
    pub fallback_charset: Option<&'static str>,
}

/// What is used where nobody asks for something else.
pub(crate) static DEFAULT_OPTIONS: Options = Options::DEFAULT;

impl Options {
    /// The defaults, for a `const`.
    pub const DEFAULT: Self = Self {
        limits: Limits::DEFAULT,
        count_lines: false,
        check_octets: false,
        quoted_encoded_words: true,
        parameter_encoded_words: true,
        fallback_charset: None,
    };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}
