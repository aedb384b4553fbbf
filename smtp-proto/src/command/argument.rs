//! The arguments of single commands: client names, free text, mechanisms, base64, nodes, URLs.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::address::{Domain, Host};
use crate::cursor::{BASE64, LDH, MECHANISM, NON_ASCII, TEXT, VCHAR, all};
use crate::error::{ParseError, ParseErrorKind};
use crate::text::checked_text;

fn invalid() -> ParseError {
    ParseError::new(0, ParseErrorKind::InvalidArgument)
}

fn non_empty(text: &str, classes: u16) -> Result<(), ParseError> {
    if !text.is_empty() && all(text.as_bytes(), classes) {
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

fn check_helo_name(text: &str) -> Result<(), ParseError> {
    non_empty(text, VCHAR | NON_ASCII)
}

checked_text! {
    /// Free text without control characters: the string of VRFY, EXPN, HELP and NOOP.
    Argument, check_argument
}

fn check_argument(text: &str) -> Result<(), ParseError> {
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(invalid());
    }
    non_empty(text, TEXT)
}

checked_text! {
    /// The name of a SASL mechanism, 1 to 20 upper-case letters, digits, hyphens and underscores
    /// (RFC 4422 section 3.1).
    Mechanism, check_mechanism
}

impl<'a> Mechanism<'a> {
    /// Takes a name in any case, as servers have to (RFC 4954 section 4).
    pub(super) fn folded(text: &'a str) -> Result<Self, ParseError> {
        if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            Self::new(text.to_ascii_uppercase())
        } else {
            Self::new(text)
        }
    }

    /// Whether this is the mechanism that `name` names, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(name)
    }
}

fn check_mechanism(text: &str) -> Result<(), ParseError> {
    if text.len() > 20 || text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Err(invalid());
    }
    non_empty(text, MECHANISM)
}

checked_text! {
    /// The argument of ETRN: a domain, `@` and a domain for it and all below it, or `#` and the
    /// name of a queue (RFC 1985 section 5.3).
    Node, check_node
}

fn check_node(text: &str) -> Result<(), ParseError> {
    if let Some(queue) = text.strip_prefix('#') {
        return non_empty(queue, VCHAR);
    }
    Domain::new(text.strip_prefix('@').unwrap_or(text)).map(drop)
}

checked_text! {
    /// An absolute URI (RFC 3986), checked only for what would break the line.
    Url, check_url
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
    non_empty(text, VCHAR)
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
pub struct Base64<'a>(Cow<'a, str>);

impl<'a> Base64<'a> {
    /// Takes base64 text, padded and without blanks; an empty text stands for no octets.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidBase64`].
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        let text = text.into();
        check_base64(&text)?;
        Ok(Self(text))
    }

    /// Encodes `octets`.
    #[must_use]
    pub fn encode_from(octets: &[u8]) -> Base64<'static> {
        Base64(Cow::Owned(ENGINE.encode(octets)))
    }

    /// The octets.
    pub fn decode(&self) -> Vec<u8> {
        // The constructor has checked all that decoding can stumble over.
        ENGINE.decode(self.0.as_bytes()).unwrap_or_default()
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Base64<'static> {
        Base64(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Debug for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Base64(***)")
    }
}

pub(crate) fn check_base64(text: &str) -> Result<(), ParseError> {
    let bytes = text.as_bytes();
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
            check_argument(arguments)?;
            line.push(' ');
            line.push_str(arguments);
        }
        match super::Command::parse_line(line.as_bytes(), &crate::Options::default())? {
            super::Command::Unknown(unknown) => Ok(unknown.into_owned()),
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
