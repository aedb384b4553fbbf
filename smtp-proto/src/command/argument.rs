//! The arguments of single commands: client names, free text, mechanisms, base64, nodes, URLs.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::address::{Domain, Host};
use crate::cursor::{
    BASE64, Cursor, LDH, MECHANISM, NON_ASCII, TEXT, UPPER_MECHANISM, VCHAR, all, ends_word,
    split_class, text,
};
use crate::error::{ParseError, ParseErrorKind};
use crate::text::{Text, check_utf8, checked_text, on_text};

fn invalid() -> ParseError {
    ParseError::new(0, ParseErrorKind::InvalidArgument)
}

fn non_empty(octets: &[u8], classes: u16) -> Result<(), ParseError> {
    if !octets.is_empty() && all(octets, classes) {
        Ok(())
    } else {
        Err(invalid())
    }
}

checked_text! {
    /// How a client names itself in EHLO, HELO or LHLO.
    ///
    /// RFC 5321 section 4.1.1.1 wants a domain or an address literal, but a server must not refuse
    /// mail because the name is wrong (section 4.1.4), so any visible text is taken;
    /// [`host`](Self::host) tells whether it is what the RFC wants.
    HeloName, check_helo_name
}

impl HeloName<'_> {
    /// The name as a domain or address literal, if it is one.
    pub fn host(&self) -> Option<Host<'_>> {
        Host::parse(self.as_str()).ok()
    }
}

fn check_helo_name(octets: &[u8]) -> Result<(), ParseError> {
    non_empty(octets, VCHAR | NON_ASCII)?;
    check_utf8(octets)
}

checked_text! {
    /// Free text without control characters: the string of VRFY, EXPN, HELP and NOOP.
    Argument, check_argument
}

fn check_argument(octets: &[u8]) -> Result<(), ParseError> {
    if octets.starts_with(b" ") || octets.ends_with(b" ") {
        return Err(invalid());
    }
    non_empty(octets, TEXT)?;
    check_utf8(octets)
}

checked_text! {
    /// The name of a SASL mechanism, 1 to 20 upper-case letters, digits, hyphens and underscores
    /// (RFC 4422 section 3.1).
    Mechanism, check_mechanism
}

impl<'a> Mechanism<'a> {
    /// Takes a name at the cursor if it is in upper case, as nearly all are.
    #[inline]
    pub(super) fn take_upper(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (name, rest) = split_class(cursor.remaining(), UPPER_MECHANISM)?;
        if !ends_word(rest) || !(1..=20).contains(&name.len()) {
            return None;
        }
        cursor.resume(rest);
        Some(Self::trusted(name))
    }

    /// Takes a name in any case, as servers have to (RFC 4954 section 4).
    pub(super) fn folded(octets: &'a [u8]) -> Result<Self, ParseError> {
        if octets.iter().any(u8::is_ascii_lowercase) {
            Self::new(text(octets)?.to_ascii_uppercase())
        } else {
            Self::from_octets(octets)
        }
    }

    /// Whether this is the mechanism that `name` names, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(name)
    }
}

fn check_mechanism(octets: &[u8]) -> Result<(), ParseError> {
    if octets.len() > 20 || octets.iter().any(u8::is_ascii_lowercase) {
        return Err(invalid());
    }
    non_empty(octets, MECHANISM)
}

checked_text! {
    /// The argument of ETRN: a domain, `@` and a domain for it and all below it, or `#` and the
    /// name of a queue (RFC 1985 section 5.3).
    Node, |octets| on_text(octets, check_node)
}

fn check_node(text: &str) -> Result<(), ParseError> {
    if let Some(queue) = text.strip_prefix('#') {
        return non_empty(queue.as_bytes(), VCHAR);
    }
    Domain::new(text.strip_prefix('@').unwrap_or(text)).map(drop)
}

checked_text! {
    /// An absolute URI (RFC 3986), checked only for what would break the line.
    Url, |octets| on_text(octets, check_url)
}

fn check_url(text: &str) -> Result<(), ParseError> {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !valid {
        return Err(invalid());
    }
    non_empty(text.as_bytes(), VCHAR)
}

/// Padding is demanded, but bits beyond the last octet are not looked at, so that what
/// [`Base64::new`] accepts can be decoded.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// Octets of a SASL exchange in base64 (RFC 4954 section 4, RFC 4648 section 4).
///
/// They may hold a password, so there is no `Display` and `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Base64<'a>(Text<'a>);

impl<'a> Base64<'a> {
    /// Takes base64 text, padded and without blanks; an empty text stands for no octets.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidBase64`].
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        let text = text.into();
        check_base64(text.as_bytes())?;
        Ok(Self(Text::new(text)))
    }

    /// Takes base64 text at the cursor, if there is any.
    #[inline]
    pub(super) fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let text = cursor.remaining();
        let (digits, mut rest) = split_class(text, BASE64)?;
        for _ in 0..2 {
            rest = rest.strip_prefix(b"=").unwrap_or(rest);
        }
        let len = text.len() - rest.len();
        if digits.is_empty() || !len.is_multiple_of(4) || !ends_word(rest) {
            return None;
        }
        cursor.resume(rest);
        Some(Self(Text::trusted(text.get(..len)?)))
    }

    /// Takes the octets of base64 text.
    pub(crate) fn from_octets(octets: &'a [u8]) -> Result<Self, ParseError> {
        check_base64(octets)?;
        Ok(Self(Text::trusted(octets)))
    }

    /// Encodes `octets`.
    #[must_use]
    pub fn encode_from(octets: &[u8]) -> Base64<'static> {
        Base64(Text::new(Cow::Owned(ENGINE.encode(octets))))
    }

    /// The octets.
    pub fn decode(&self) -> Vec<u8> {
        // The constructor has checked all that decoding can stumble over.
        ENGINE.decode(self.0.as_bytes()).unwrap_or_default()
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Base64<'static> {
        Base64(self.0.into_owned())
    }
}

impl fmt::Debug for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Base64(***)")
    }
}

pub(crate) fn check_base64(bytes: &[u8]) -> Result<(), ParseError> {
    let digits = match bytes {
        [digits @ .., b'=', b'='] | [digits @ .., b'='] | digits => digits,
    };
    if bytes.len().is_multiple_of(4) && all(digits, BASE64) {
        Ok(())
    } else {
        Err(ParseError::new(0, ParseErrorKind::InvalidBase64))
    }
}

/// A command whose verb this crate does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown<'a> {
    verb: Cow<'a, str>,
    arguments: Cow<'a, str>,
}

impl<'a> Unknown<'a> {
    pub(super) const fn trusted(verb: &'a str, arguments: &'a str) -> Self {
        Self {
            verb: Cow::Borrowed(verb),
            arguments: Cow::Borrowed(arguments),
        }
    }

    /// A command to send: a verb of letters, digits and hyphens that is none of RFC 5321's and the
    /// extensions', and the text behind it, which may be empty.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidVerb`] or [`ParseErrorKind::InvalidArgument`].
    pub fn new(verb: &str, arguments: &str) -> Result<Unknown<'static>, ParseError> {
        if !all(verb.as_bytes(), LDH) {
            return Err(ParseError::new(0, ParseErrorKind::InvalidVerb));
        }
        let mut line = String::from(verb);
        if !arguments.is_empty() {
            check_argument(arguments.as_bytes())?;
            line.push(' ');
            line.push_str(arguments);
        }
        match super::parse_line(line.as_bytes(), &crate::Options::DEFAULT)? {
            super::Command::Unknown(unknown) if unknown.verb == verb => Ok(unknown.into_owned()),
            _ => Err(ParseError::new(0, ParseErrorKind::InvalidVerb)),
        }
    }

    /// The verb as it was written; its case does not matter.
    pub fn verb(&self) -> &str {
        &self.verb
    }

    /// What follows the verb, without the space between them.
    pub fn arguments(&self) -> &str {
        &self.arguments
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Unknown<'static> {
        Unknown {
            verb: Cow::Owned(self.verb.into_owned()),
            arguments: Cow::Owned(self.arguments.into_owned()),
        }
    }
}
