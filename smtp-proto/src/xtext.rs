//! xtext (RFC 3461 section 4) and its Unicode relatives (RFC 6533 section 3).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::cursor::text;
use crate::cursor::{ATEXT, TEXT, Word, XCHAR, class_len, is};
use crate::error::{ParseError, ParseErrorKind};
use crate::text::{Text, checked_text};

checked_text! {
    /// Text in which everything but visible ASCII, and `+` and `=`, is written as `+HH`.
    ///
    /// ```
    /// use smtp_proto::XText;
    /// let envid = XText::encode_from("a=b");
    /// assert_eq!(envid.as_str(), "a+3Db");
    /// assert_eq!(&*envid.decode(), b"a=b");
    /// ```
    XText, check
}

impl XText<'_> {
    /// Writes `text` as xtext.
    #[must_use]
    pub fn encode_from(text: &str) -> XText<'static> {
        let mut out = String::with_capacity(text.len());
        for byte in text.bytes() {
            if is(byte, XCHAR) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "+{byte:02X}");
            }
        }
        XText(Text::new(Cow::Owned(out)))
    }

    /// The octets that the text stands for.
    pub fn decode(&self) -> Cow<'_, [u8]> {
        decode(self.0.as_bytes())
    }
}

pub(crate) fn check(octets: &[u8]) -> Result<(), ParseError> {
    check_that(octets, |_| true)
}

/// Checks xtext that stands for printable ASCII only, as ENVID and ORCPT must (RFC 3461 sections
/// 4.2 and 4.4): a line end hidden in it would surface in a report.
pub(crate) fn check_printable(octets: &[u8]) -> Result<(), ParseError> {
    check_that(octets, |octet| is(octet, TEXT) && octet.is_ascii())
}

fn check_that(bytes: &[u8], allowed: impl Fn(u8) -> bool) -> Result<(), ParseError> {
    let mut pos = 0;
    while let Some(&byte) = bytes.get(pos) {
        if is(byte, XCHAR) {
            pos += 1;
        } else if byte == b'+' && hex_pair(bytes, pos + 1).is_some_and(&allowed) {
            pos += 3;
        } else {
            return Err(ParseError::new(pos, ParseErrorKind::InvalidXtext));
        }
    }
    Ok(())
}

/// The octets that checked text stands for.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'+') {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut pos = 0;
    while let Some(&byte) = bytes.get(pos) {
        if byte == b'+'
            && let Some(value) = hex_pair(bytes, pos + 1)
        {
            out.push(value);
            pos += 3;
        } else {
            out.push(byte);
            pos += 1;
        }
    }
    Cow::Owned(out)
}

/// Two upper-case hexadecimal digits at `pos`.
fn hex_pair(bytes: &[u8], pos: usize) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let high = digit(*bytes.get(pos)?)?;
    let low = digit(*bytes.get(pos + 1)?)?;
    Some(high << 4 | low)
}

/// Octets of an ORCPT value (RFC 3461 section 4.2).
const ORCPT: usize = 500;

checked_text! {
    /// The recipient as its sender wrote it: the value of ORCPT, `addr-type ";" xtext`
    /// (RFC 3461 section 4.2), or with the type `utf-8` one of the forms of RFC 6533 section 3.
    ///
    /// ```
    /// use smtp_proto::OriginalRecipient;
    /// let orcpt = OriginalRecipient::new("rfc822;Bob+40home@example.org")?;
    /// assert_eq!(orcpt.address_type(), "rfc822");
    /// assert_eq!(orcpt.address(), "Bob@home@example.org");
    /// # Ok::<(), smtp_proto::ParseError>(())
    /// ```
    OriginalRecipient, check_original_recipient
}

impl<'a> OriginalRecipient<'a> {
    /// The value at the start of `bytes`, if it is of type `rfc822` and nothing in it is encoded,
    /// and what follows.
    pub(crate) fn strip_plain(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        const RFC822: Word = Word::new(b"RFC822;");
        let address = class_len(RFC822.strip(bytes)?, XCHAR);
        let len = RFC822.len() + address;
        if address == 0 || len > ORCPT {
            return None;
        }
        let (value, rest) = bytes.split_at_checked(len)?;
        Some((Self::trusted(value), rest))
    }
}

impl OriginalRecipient<'_> {
    /// Writes an address of type `rfc822`, or `utf-8` if it is not ASCII (in the 7-bit form that
    /// needs no SMTPUTF8).
    ///
    /// # Errors
    /// The address is longer than 500 octets once encoded.
    pub fn from_address(address: &str) -> Result<OriginalRecipient<'static>, ParseError> {
        if address.is_ascii() {
            let text = XText::encode_from(address);
            let mut out = String::from("rfc822;");
            out.push_str(text.as_str());
            return OriginalRecipient::new(out);
        }
        let mut out = String::from("utf-8;");
        for c in address.chars() {
            if c.is_ascii() && c != '\\' && is(c as u8, XCHAR) {
                out.push(c);
            } else {
                let _ = write!(out, "\\x{{{:02X}}}", u32::from(c));
            }
        }
        OriginalRecipient::new(out)
    }

    /// The `addr-type`, such as `rfc822`.
    pub fn address_type(&self) -> &str {
        self.as_str().split_once(';').map_or("", |(kind, _)| kind)
    }

    /// The address, still encoded.
    pub fn encoded_address(&self) -> &str {
        self.as_str()
            .split_once(';')
            .map_or("", |(_, address)| address)
    }

    /// The address that was encoded.
    pub fn address(&self) -> String {
        let encoded = self.encoded_address();
        if self.address_type().eq_ignore_ascii_case("utf-8") {
            return decode_utf8(encoded);
        }
        String::from_utf8_lossy(&decode(encoded.as_bytes())).into_owned()
    }

    /// Whether the value may stand in a command only if the transaction has SMTPUTF8.
    pub fn needs_smtputf8(&self) -> bool {
        !self.0.as_bytes().is_ascii()
    }
}

fn check_original_recipient(octets: &[u8]) -> Result<(), ParseError> {
    let error = |offset| ParseError::new(offset, ParseErrorKind::InvalidXtext);
    if octets.len() > ORCPT {
        return Err(error(ORCPT));
    }
    let len = class_len(octets, ATEXT);
    let (kind, address) = match octets.split_at_checked(len) {
        Some((kind, address)) if len > 0 => (kind, address.strip_prefix(b";")),
        _ => return Err(error(0)),
    };
    let address = address.ok_or(error(len))?;
    let start = len + 1;
    if address.is_empty() {
        return Err(error(start));
    }
    let checked = if kind.eq_ignore_ascii_case(b"utf-8") {
        text(address).and_then(check_utf8)
    } else {
        check_printable(address)
    };
    checked.map_err(|error| error.shifted(start))
}

/// `utf-8-addr-xtext` and `utf-8-addr-unitext`: like xtext, with `\x{HEXPOINT}` for `+HH`.
fn check_utf8(text: &str) -> Result<(), ParseError> {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = if c == '\\' {
            embedded(rest).map(|(_, len)| len)
        } else {
            let plain = !c.is_ascii() || is(c as u8, XCHAR);
            plain.then(|| c.len_utf8())
        };
        let offset = text.len() - rest.len();
        let len = len.ok_or(ParseError::new(offset, ParseErrorKind::InvalidXtext))?;
        rest = rest.get(len..).unwrap_or_default();
    }
    Ok(())
}

fn decode_utf8(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (c, len) = embedded(rest).unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = rest.get(len..).unwrap_or_default();
    }
    out
}

/// An `EmbeddedUnicodeChar` at the start of `text`, and its length.
///
/// A HEXPOINT has no leading zeros beyond two digits, and visible ASCII other
/// than `+`, `=` and `\` is never written so.
fn embedded(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\x{")?;
    let end = digits.bytes().take(7).position(|byte| byte == b'}')?;
    let digits = digits.get(..end)?;
    let valid = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F'));
    let padded = end < 2 || (end > 2 && digits.starts_with('0'));
    if !valid || padded {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    let visible = c.is_ascii_graphic() && !matches!(c, '+' | '=' | '\\');
    // A line end hidden in an address would surface in a report.
    let line_end = matches!(c, '\0' | '\r' | '\n');
    (!visible && !line_end).then_some((c, end + 4))
}
