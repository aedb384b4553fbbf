//! `Mailbox` and `Local-part` (RFC 5321 section 4.1.2, RFC 6531 section 3.3).

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use core::fmt::Write as _;

use super::domain::{Domain, Host, domain_len, skip_domain};
use super::literal::AddressLiteral;
use crate::cursor::{ATEXT, Cursor, LDH, NON_ASCII, QTEXT, VCHAR, all, is, split_class, text};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, Limits};
use crate::text::{Text, text_traits};

/// A mail address: a local part, `@` and a domain or address literal.
///
/// The text is kept exactly as it came; [`canonical`](Self::canonical) is the
/// form to compare. Two values are equal if their texts are.
///
/// ```
/// use smtp_proto::Mailbox;
/// let mailbox = Mailbox::new(r#""alice"@Example.ORG"#)?;
/// assert_eq!(mailbox.local_part().as_str(), r#""alice""#);
/// assert_eq!(mailbox.local_part().unquoted(), "alice");
/// assert_eq!(mailbox.canonical().as_str(), "alice@example.org");
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mailbox<'a> {
    text: Text<'a>,
    /// Offset of the `@` that ends the local part.
    at: usize,
    ascii: bool,
}

impl<'a> Mailbox<'a> {
    /// Takes `text` if it is a mailbox within the default [`Limits`].
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, ParseError> {
        Self::new_with(text, &Limits::default())
    }

    /// Takes `text` if it is a mailbox within `limits`.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn new_with(text: impl Into<Cow<'a, str>>, limits: &Limits) -> Result<Self, ParseError> {
        let text = text.into();
        let mut cursor = Cursor::new(text.as_bytes());
        let at = skip_mailbox(&mut cursor, limits)?;
        if !cursor.is_empty() {
            return Err(cursor.error(ParseErrorKind::InvalidDomain));
        }
        // In a path it gets brackets.
        if text.len() + 2 > limits.path {
            let kind = ParseErrorKind::LimitExceeded(Limit::Path);
            return Err(ParseError::new(0, kind));
        }
        Ok(Self {
            ascii: text.is_ascii(),
            text: Text::new(text),
            at,
        })
    }

    /// Joins a local part, given as the text it stands for, and a host; quotes are added if the
    /// local part needs them.
    ///
    /// ```
    /// use smtp_proto::{Host, Mailbox};
    /// let mailbox = Mailbox::from_parts("a b", &Host::parse("example.org")?)?;
    /// assert_eq!(mailbox.as_str(), r#""a b"@example.org"#);
    /// # Ok::<(), smtp_proto::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidLocalPart`] for control characters, and the length limits.
    pub fn from_parts(local_part: &str, host: &Host<'_>) -> Result<Mailbox<'static>, ParseError> {
        let mut text = String::with_capacity(local_part.len() + 32);
        quote_if_needed(local_part, &mut text);
        text.push('@');
        // Writing to a String cannot fail.
        let _ = write!(text, "{host}");
        Mailbox::new(text)
    }

    /// Reads a mailbox at the cursor.
    pub(super) fn parse_at(cursor: &mut Cursor<'a>, limits: &Limits) -> Result<Self, ParseError> {
        let start = cursor.pos();
        let at = skip_mailbox(cursor, limits)?;
        let octets = cursor.since(start);
        let ascii = octets.is_ascii();
        if !ascii {
            text(octets).map_err(|error| error.shifted(start))?;
        }
        Ok(Self {
            text: Text::trusted(octets),
            at: at - start,
            ascii,
        })
    }

    /// The mailbox at the start of `bytes`, if it is of the kind that nearly all are: a dot-string
    /// and a domain in ASCII.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a third less than with a call")]
    pub(super) fn parse_plain(bytes: &'a [u8], limits: &Limits) -> Option<(Self, &'a [u8])> {
        let at = dot_string_len(bytes, ATEXT).ok()?;
        let (_, host) = bytes.split_at_checked(at)?;
        let host = host.strip_prefix(b"@")?;
        let domain = domain_len(host, LDH).ok()?;
        if at > limits.local_part || domain > limits.domain {
            return None;
        }
        let (octets, rest) = bytes.split_at_checked(at + 1 + domain)?;
        let mailbox = Self {
            text: Text::trusted(octets),
            at,
            ascii: true,
        };
        Some((mailbox, rest))
    }

    /// The text as it stands on the wire.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> LocalPart<'_> {
        LocalPart {
            text: self.as_str().get(..self.at).unwrap_or_default(),
        }
    }

    /// What stands behind the `@`.
    pub fn host(&self) -> Host<'_> {
        let text = self.as_str().get(self.at + 1..).unwrap_or_default();
        if text.starts_with('[')
            && let Ok(literal) = AddressLiteral::parse(text)
        {
            return Host::Literal(literal);
        }
        Host::Domain(Domain::trusted(text.as_bytes()))
    }

    /// The domain, unless the host is an address literal.
    pub fn domain(&self) -> Option<Domain<'_>> {
        match self.host() {
            Host::Domain(domain) => Some(domain),
            Host::Literal(_) => None,
        }
    }

    /// Whether the whole address is ASCII, so that no SMTPUTF8 is needed.
    pub const fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// The form to compare: no quotes that are not needed, the domain in lower case, an address
    /// literal in its shortest spelling.
    ///
    /// The case of the local part is kept: only its own host may fold it (RFC 5321 section 2.4).
    #[must_use]
    pub fn canonical(&self) -> Mailbox<'static> {
        let mut text = String::with_capacity(self.as_bytes().len());
        quote_if_needed(&self.local_part().unquoted(), &mut text);
        let at = text.len();
        text.push('@');
        text.push_str(&self.host().canonical().to_string());
        Mailbox {
            text: Text::new(Cow::Owned(text)),
            at,
            ascii: self.ascii,
        }
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Mailbox<'static> {
        Mailbox {
            text: self.text.into_owned(),
            at: self.at,
            ascii: self.ascii,
        }
    }
}

text_traits!(Mailbox);

/// What stands before the `@` of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalPart<'a> {
    text: &'a str,
}

impl<'a> LocalPart<'a> {
    /// The text as it stands on the wire, with quotes and backslashes.
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// Whether it is a `Quoted-string`.
    pub fn is_quoted(&self) -> bool {
        self.text.starts_with('"')
    }

    /// The text that the local part stands for, without quotes and backslashes.
    pub fn unquoted(&self) -> Cow<'a, str> {
        let Some(inner) = self
            .text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        else {
            return Cow::Borrowed(self.text);
        };
        if !inner.contains('\\') {
            return Cow::Borrowed(inner);
        }
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            text.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
        Cow::Owned(text)
    }
}

/// Appends the spelling of a local part with the fewest quotes.
fn quote_if_needed(local_part: &str, out: &mut String) {
    let dot_string = local_part
        .split('.')
        .all(|atom| !atom.is_empty() && all(atom.as_bytes(), ATEXT | NON_ASCII));
    if dot_string {
        out.push_str(local_part);
        return;
    }
    out.push('"');
    for c in local_part.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

/// Steps over one mailbox; the offset of its `@`.
fn skip_mailbox(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<usize, ParseError> {
    let start = cursor.pos();
    skip_local_part(cursor)?;
    let at = cursor.pos();
    if at - start > limits.local_part {
        return Err(ParseError::new(
            start,
            ParseErrorKind::LimitExceeded(Limit::LocalPart),
        ));
    }
    if !cursor.eat(b'@') {
        return Err(cursor.error(ParseErrorKind::InvalidLocalPart));
    }
    let host = cursor.pos();
    if cursor.peek() == Some(b'[') {
        skip_literal(cursor)?;
    } else {
        skip_domain(cursor)?;
    }
    if cursor.pos() - host > limits.domain {
        return Err(ParseError::new(
            host,
            ParseErrorKind::LimitExceeded(Limit::Domain),
        ));
    }
    Ok(at)
}

fn skip_literal(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    let start = cursor.pos();
    while cursor
        .peek()
        .is_some_and(|byte| byte != b']' && is(byte, VCHAR))
    {
        cursor.bump();
    }
    if !cursor.eat(b']') {
        return Err(ParseError::new(
            start,
            ParseErrorKind::InvalidAddressLiteral,
        ));
    }
    AddressLiteral::parse(cursor.text_since(start)?)
        .map(drop)
        .map_err(|error| error.shifted(start))
}

/// Steps over a local part.
fn skip_local_part(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    if cursor.peek() == Some(b'"') {
        return skip_quoted_string(cursor);
    }
    match dot_string_len(cursor.remaining(), ATEXT | NON_ASCII) {
        Ok(len) => {
            cursor.advance(len);
            Ok(())
        }
        Err(len) => {
            cursor.advance(len);
            Err(cursor.error(ParseErrorKind::InvalidLocalPart))
        }
    }
}

/// The length of the dot-string at the start of `bytes` whose atoms are of the classes in `mask`.
///
/// # Errors
/// Where an atom is missing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the mask is then a constant")]
fn dot_string_len(bytes: &[u8], mask: u16) -> Result<usize, usize> {
    let mut rest = bytes;
    loop {
        let (atom, tail) = split_class(rest, mask).unwrap_or_default();
        let end = bytes.len() - tail.len();
        if atom.is_empty() {
            return Err(end);
        }
        match tail {
            [b'.', tail @ ..] => rest = tail,
            _ => return Ok(end),
        }
    }
}

fn skip_quoted_string(cursor: &mut Cursor<'_>) -> Result<(), ParseError> {
    cursor.bump();
    loop {
        cursor.skip_class(QTEXT | NON_ASCII);
        match cursor.peek() {
            Some(b'"') => {
                cursor.bump();
                return Ok(());
            }
            Some(b'\\') => {
                cursor.bump();
                if !cursor
                    .peek()
                    .is_some_and(|byte| byte == b' ' || is(byte, VCHAR))
                {
                    return Err(cursor.error(ParseErrorKind::InvalidLocalPart));
                }
                cursor.bump();
            }
            _ => return Err(cursor.error(ParseErrorKind::InvalidLocalPart)),
        }
    }
}
