//! Address literals (RFC 5321 section 4.1.3).

use alloc::borrow::Cow;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cursor::{DCONTENT, LDH, LET_DIG, all, is};
use crate::error::{ParseError, ParseErrorKind};

/// An address in brackets, such as `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressLiteral<'a> {
    /// `IPv4-address-literal`.
    V4(Ipv4Addr),
    /// `IPv6-address-literal`.
    V6(Ipv6Addr),
    /// `General-address-literal`: a tag that a standard defines, and its content.
    General(GeneralLiteral<'a>),
}

/// The two halves of a `General-address-literal`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GeneralLiteral<'a> {
    tag: Cow<'a, str>,
    content: Cow<'a, str>,
}

impl GeneralLiteral<'_> {
    /// The `Standardized-tag`.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// What follows the colon.
    pub fn content(&self) -> &str {
        &self.content
    }
}

impl<'a> AddressLiteral<'a> {
    /// Reads a literal with its brackets.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidAddressLiteral`].
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        text.strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'))
            .and_then(parse_inner)
            .ok_or(ParseError::new(0, ParseErrorKind::InvalidAddressLiteral))
    }

    /// The IP address, unless the literal is of another kind.
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::V4(ip) => Some(IpAddr::V4(*ip)),
            Self::V6(ip) => Some(IpAddr::V6(*ip)),
            Self::General(_) => None,
        }
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> AddressLiteral<'static> {
        match self {
            Self::V4(ip) => AddressLiteral::V4(ip),
            Self::V6(ip) => AddressLiteral::V6(ip),
            Self::General(GeneralLiteral { tag, content }) => {
                AddressLiteral::General(GeneralLiteral {
                    tag: Cow::Owned(tag.into_owned()),
                    content: Cow::Owned(content.into_owned()),
                })
            }
        }
    }
}

impl From<IpAddr> for AddressLiteral<'_> {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::V4(ip),
            IpAddr::V6(ip) => Self::V6(ip),
        }
    }
}

impl fmt::Display for AddressLiteral<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(ip) => write!(f, "[{ip}]"),
            Self::V6(ip) => write!(f, "[IPv6:{ip}]"),
            Self::General(GeneralLiteral { tag, content }) => write!(f, "[{tag}:{content}]"),
        }
    }
}

/// Reads what stands between the brackets.
fn parse_inner(text: &str) -> Option<AddressLiteral<'_>> {
    let Some((tag, content)) = text.split_once(':') else {
        return parse_v4(text).map(AddressLiteral::V4);
    };
    if tag.eq_ignore_ascii_case("IPv6") {
        return parse_v6(content).map(AddressLiteral::V6);
    }
    let valid = all(tag.as_bytes(), LDH)
        && tag.as_bytes().last().is_some_and(|&byte| is(byte, LET_DIG))
        && !content.is_empty()
        && all(content.as_bytes(), DCONTENT);
    valid.then_some(AddressLiteral::General(GeneralLiteral {
        tag: Cow::Borrowed(tag),
        content: Cow::Borrowed(content),
    }))
}

/// `Snum` allows leading zeros, which [`Ipv4Addr`]'s own parser refuses.
fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if !(1..=3).contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// The grammar wants `::` to stand for two groups or more, which [`Ipv6Addr`]'s own parser does not.
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let ip: Ipv6Addr = text.parse().ok()?;
    if text.contains("::") {
        let groups: usize = text
            .split(':')
            .filter(|group| !group.is_empty())
            .map(|group| if group.contains('.') { 2 } else { 1 })
            .sum();
        if groups > 6 {
            return None;
        }
    }
    Some(ip)
}
