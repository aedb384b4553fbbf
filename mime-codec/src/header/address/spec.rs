//! The addr-spec: local part and domain (RFC 5322 sections 3.4.1 and 4.4, UTF-8 of RFC 6532).

use alloc::borrow::Cow;
use core::fmt;
use core::str::FromStr;

use super::parse::whole_addr_spec;
use crate::EncodeError;
use crate::header::grammar::{self, DTEXT, is};

/// An address is not an addr-spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not an addr-spec (at byte {offset})")]
pub struct AddrSpecError {
    offset: usize,
}

impl AddrSpecError {
    pub(crate) fn new(offset: usize) -> Self {
        Self { offset }
    }

    /// Offset of the first octet that does not fit the grammar.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// The address itself: a local part and nearly always a domain.
///
/// Both are kept by meaning: quoting, comments and white space of the written form are gone.
/// Encoded words are never decoded here (RFC 2047 section 5), and no other interpretation takes
/// place: percent signs, exclamation marks and A-labels stay as they are.
///
/// ```
/// use mime_codec::AddrSpec;
///
/// let addr = AddrSpec::parse(b"\"john doe\"@ example (comment) . com")?;
/// assert_eq!(addr.local(), "john doe");
/// assert_eq!(addr.domain(), Some("example.com"));
/// assert_eq!(addr.to_string(), "\"john doe\"@example.com");
/// assert_eq!(addr.to_string().parse(), Ok(addr));
/// # Ok::<(), mime_codec::AddrSpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts<'a>"))]
pub struct AddrSpec<'a> {
    pub(super) local: Cow<'a, str>,
    pub(super) domain: Option<Cow<'a, str>>,
}

impl<'a> AddrSpec<'a> {
    /// An address from its two parts. The local part is quoted when written, if it needs that.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the local part holds control characters or the domain is neither
    /// labels separated by single dots nor an address literal in square brackets.
    pub fn new(
        local: impl Into<Cow<'a, str>>,
        domain: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let (local, domain) = (local.into(), domain.into());
        if local.chars().any(char::is_control) || !is_domain(&domain) {
            return Err(EncodeError::Syntax);
        }
        Ok(Self {
            local,
            domain: Some(domain),
        })
    }

    /// Reads an addr-spec and nothing else, with the obsolete syntax of RFC 5322 section 4.4.
    ///
    /// # Errors
    ///
    /// If `text` is anything else, for example an address without a domain.
    pub fn parse(text: &'a [u8]) -> Result<Self, AddrSpecError> {
        whole_addr_spec(text)
    }

    /// The local part, without quotes.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain, or an address literal with its square brackets; `None` for an address such
    /// as `postmaster`.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// Whether the address needs SMTPUTF8 (RFC 6531), because it is not US-ASCII.
    pub fn is_international(&self) -> bool {
        !self.local.is_ascii()
            || self
                .domain
                .as_deref()
                .is_some_and(|domain| !domain.is_ascii())
    }

    /// The same address on its own.
    pub fn into_owned(self) -> AddrSpec<'static> {
        AddrSpec {
            local: Cow::Owned(self.local.into_owned()),
            domain: self.domain.map(|domain| Cow::Owned(domain.into_owned())),
        }
    }
}

/// An address as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts<'a> {
    local: Cow<'a, str>,
    domain: Option<Cow<'a, str>>,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Parts<'a>> for AddrSpec<'a> {
    type Error = EncodeError;

    fn try_from(parts: Parts<'a>) -> Result<Self, EncodeError> {
        let domain = parts.domain.clone();
        let checked = Self::new(parts.local, domain.unwrap_or(Cow::Borrowed("x")))?;
        Ok(Self {
            domain: parts.domain,
            ..checked
        })
    }
}

impl fmt::Display for AddrSpec<'_> {
    /// Writes the address as RFC 5322 does, quoting the local part if need be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if grammar::is_dot_atom(&self.local) {
            f.write_str(&self.local)?;
        } else {
            f.write_str(&grammar::quote(&self.local))?;
        }
        match &self.domain {
            Some(domain) => write!(f, "@{domain}"),
            None => Ok(()),
        }
    }
}

impl FromStr for AddrSpec<'static> {
    type Err = AddrSpecError;

    /// As [`parse`](AddrSpec::parse).
    fn from_str(text: &str) -> Result<Self, AddrSpecError> {
        AddrSpec::parse(text.as_bytes()).map(AddrSpec::into_owned)
    }
}

/// Whether this is `dot-atom` or a `domain-literal` without quoted pairs and folds.
pub(super) fn is_domain(domain: &str) -> bool {
    match domain.strip_prefix('[') {
        Some(rest) => rest
            .strip_suffix(']')
            .is_some_and(|text| text.bytes().all(|b| is(b, DTEXT))),
        None => grammar::is_dot_atom(domain),
    }
}
