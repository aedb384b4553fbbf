//! Charsets of text: labels, decoding to UTF-8 and what was lost (RFC 2045 section 5.1, RFC 2152).

use alloc::borrow::Cow;

/// Text decoded to UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; undecodable octets appear as U+FFFD.
    pub text: Cow<'a, str>,
    /// Whether something was replaced by U+FFFD.
    pub replaced: bool,
}

/// Decodes `bytes` from the charset that `label` names.
///
/// `None` if the label is unknown.
#[must_use]
pub fn decode<'a>(label: &[u8], bytes: &'a [u8]) -> Option<Decoded<'a>> {
    if !label.eq_ignore_ascii_case(b"utf-8") && !label.eq_ignore_ascii_case(b"us-ascii") {
        return None;
    }
    let text = alloc::string::String::from_utf8_lossy(bytes);
    let replaced = matches!(text, Cow::Owned(_));
    Some(Decoded { text, replaced })
}
