//! `Domain` (RFC 5321 section 4.1.2) with U-labels (RFC 6531 section 3.3).

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use core::fmt;

use super::literal::AddressLiteral;
use crate::cursor::{Cursor, LDH, NON_ASCII, split_class};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::Limit;
use crate::text::{Text, check_utf8, checked_text};

/// The octets of a DNS label (RFC 1035 section 2.3.4).
const LABEL: usize = 63;

/// The octets of a domain (RFC 5321 section 4.5.3.1.2).
const DOMAIN: usize = 255;

checked_text! {
    /// A domain name: labels of letters, digits and inner hyphens, or U-labels, joined by dots.
    ///
    /// ```
    /// use smtp_proto::Domain;
    /// assert!(Domain::new("mail.example.org").is_ok());
    /// assert!(Domain::new("-b.example").is_err());
    /// assert!(Domain::new("a..example").is_err());
    /// ```
    Domain, check
}

impl Domain<'_> {
    /// The name with ASCII letters in lower case, the form to compare and to look up.
    #[must_use]
    pub fn canonical(&self) -> Domain<'static> {
        Domain(Text::new(Cow::Owned(self.as_str().to_ascii_lowercase())))
    }

    /// Whether every label is ASCII, so that no SMTPUTF8 is needed.
    pub fn is_ascii(&self) -> bool {
        self.0.as_bytes().is_ascii()
    }
}

fn check(octets: &[u8]) -> Result<(), ParseError> {
    if octets.len() > DOMAIN {
        let kind = ParseErrorKind::LimitExceeded(Limit::Domain);
        return Err(ParseError::new(DOMAIN, kind));
    }
    let mut cursor = Cursor::new(octets);
    skip_domain(&mut cursor)?;
    if cursor.is_empty() {
        check_utf8(octets)
    } else {
        Err(cursor.error(ParseErrorKind::InvalidDomain))
    }
}

/// Steps over one domain and stops at the first octet that cannot belong to it.
pub(super) fn skip_domain(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    match domain_len(cursor.remaining(), LDH | NON_ASCII) {
        Ok(len) => {
            cursor.advance(len);
            Ok(())
        }
        Err(label) => {
            cursor.advance(label);
            Err(cursor.error(ParseErrorKind::InvalidDomain))
        }
    }
}

/// The length of the domain at the start of `bytes` whose labels are of the classes in `mask`.
///
/// # Errors
/// Where the label starts that is none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the mask is then a constant")]
pub(super) fn domain_len(bytes: &[u8], mask: u16) -> Result<usize, usize> {
    let mut rest = bytes;
    loop {
        let start = bytes.len() - rest.len();
        let (label, tail) = split_class(rest, mask).unwrap_or_default();
        let hyphen = label.starts_with(b"-") || label.ends_with(b"-");
        if hyphen || !(1..=LABEL).contains(&label.len()) {
            return Err(start);
        }
        match tail {
            [b'.', tail @ ..] => rest = tail,
            _ => return Ok(bytes.len() - tail.len()),
        }
    }
}

/// What may stand behind the `@`, or name a client in EHLO: a domain or an address literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host<'a> {
    /// A domain name, to be looked up.
    Domain(Domain<'a>),
    /// An address in brackets, to be connected to as it is.
    Literal(AddressLiteral<'a>),
}

impl<'a> Host<'a> {
    /// Reads a domain or a literal with its brackets.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidDomain`] or [`ParseErrorKind::InvalidAddressLiteral`].
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        if text.starts_with('[') {
            AddressLiteral::parse(text).map(Self::Literal)
        } else {
            Domain::new(text).map(Self::Domain)
        }
    }

    /// The form to compare: lower case, addresses in their shortest spelling.
    #[must_use]
    pub fn canonical(&self) -> Host<'static> {
        match self {
            Self::Domain(domain) => Host::Domain(domain.canonical()),
            Self::Literal(literal) => Host::Literal(literal.clone().into_owned()),
        }
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Host<'static> {
        match self {
            Self::Domain(domain) => Host::Domain(domain.into_owned()),
            Self::Literal(literal) => Host::Literal(literal.into_owned()),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => domain.fmt(f),
            Self::Literal(literal) => f.write_str(&literal.to_string()),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Host<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Host<'_> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
        Host::parse(&text)
            .map(Host::into_owned)
            .map_err(serde::de::Error::custom)
    }
}
