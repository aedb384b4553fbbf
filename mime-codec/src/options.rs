//! How a message is to be parsed.

use crate::Limits;

/// Choices for [`Message::parse_with`](crate::Message::parse_with).
///
/// ```
/// let mut options = mime_codec::Options::default();
/// options.limits.depth = 10;
/// options.count_lines = true;
/// let message = mime_codec::Message::parse_with(b"A: b\r\n\r\none\r\ntwo\r\n", &options);
/// assert_eq!(message.root().body_lines(), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Bounds on what the message may cost.
    pub limits: Limits,
    /// Count the lines of every entity while parsing, so that a stored
    /// [`Structure`](crate::Structure) has them (IMAP BODYSTRUCTURE). Otherwise they are counted when
    /// asked for. Default: no.
    pub count_lines: bool,
    /// Look at every octet for what [`DefectKind`](crate::DefectKind) says about octets and lines (NUL,
    /// bare CR and LF, long lines, header octets that are not UTF-8), for malformed media types and
    /// parameters, and for fields that may occur once. Default: no, because it costs a pass over the message; a strict parse always does it.
    pub check_octets: bool,
}
