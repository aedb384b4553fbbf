//! `Reverse-path`, `Forward-path` and source routes (RFC 5321 sections 4.1.2, 4.5.1 and appendix C).

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::domain::{Domain, skip_domain};
use super::mailbox::Mailbox;
use crate::cursor::{Cursor, Word};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, Limits, Options};
use crate::text::{check_utf8, checked_text};

checked_text! {
    /// The source route of a path, `@a.example,@b.example`, without the colon that ends it.
    ///
    /// It must be accepted and should be ignored (RFC 5321 appendix C).
    SourceRoute, check_route
}

impl SourceRoute<'_> {
    /// Whether every hop is ASCII, so that no SMTPUTF8 is needed.
    pub fn is_ascii(&self) -> bool {
        self.0.as_bytes().is_ascii()
    }

    /// The hosts of the route, first hop first.
    pub fn domains(&self) -> impl Iterator<Item = Domain<'_>> {
        self.as_str()
            .split(',')
            .map(|hop| Domain::trusted(hop.trim_start_matches('@').as_bytes()))
    }
}

/// A mailbox in angle brackets, possibly with a source route before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Path<'a> {
    /// The route, to be ignored by everyone but an archivist.
    pub route: Option<SourceRoute<'a>>,
    /// The mailbox.
    pub mailbox: Mailbox<'a>,
}

impl<'a> From<Mailbox<'a>> for Path<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self {
            route: None,
            mailbox,
        }
    }
}

impl Path<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Path<'static> {
        Path {
            route: self.route.map(SourceRoute::into_owned),
            mailbox: self.mailbox.into_owned(),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.route {
            Some(route) => write!(f, "<{route}:{}>", self.mailbox),
            None => write!(f, "<{}>", self.mailbox),
        }
    }
}

/// The argument of MAIL: where reports about the message go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ReversePath<'a> {
    /// `<>`: a report itself, about which nobody is to be told (RFC 5321 section 4.5.5).
    Null,
    /// A sender.
    Path(Path<'a>),
}

/// The argument of RCPT.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ForwardPath<'a> {
    /// `<Postmaster>` without a domain: whoever runs this host (RFC 5321 section 4.5.1).
    Postmaster,
    /// A recipient.
    Path(Path<'a>),
}

macro_rules! path_impl {
    ($name:ident, $special:ident, $text:literal, $parse:ident) => {
        impl<'a> $name<'a> {
            /// Reads a path with its brackets, within the default limits.
            ///
            /// # Errors
            /// [`ParseError`] with the offset of the first fault.
            pub fn parse(text: &'a str) -> Result<Self, ParseError> {
                let mut cursor = Cursor::new(text.as_bytes());
                let path = $parse(&mut cursor, &Options::DEFAULT)?;
                if cursor.is_empty() {
                    Ok(path)
                } else {
                    Err(cursor.error(ParseErrorKind::InvalidPath))
                }
            }

            /// The mailbox, if there is one.
            pub const fn mailbox(&self) -> Option<&Mailbox<'a>> {
                match self {
                    Self::$special => None,
                    Self::Path(path) => Some(&path.mailbox),
                }
            }

            /// Whether the path is ASCII, so that no SMTPUTF8 is needed.
            #[inline]
            pub fn is_ascii(&self) -> bool {
                match self {
                    Self::$special => true,
                    Self::Path(path) => {
                        path.mailbox.is_ascii()
                            && path.route.as_ref().is_none_or(|route| route.is_ascii())
                    }
                }
            }

            /// The same value, free of the input it was parsed from.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                match self {
                    Self::$special => $name::$special,
                    Self::Path(path) => $name::Path(path.into_owned()),
                }
            }

            #[inline]
            pub(crate) fn encode(&self, out: &mut Vec<u8>) {
                match self {
                    Self::$special => out.extend_from_slice($text.as_bytes()),
                    Self::Path(Path { route, mailbox }) => {
                        out.push(b'<');
                        if let Some(route) = route {
                            out.extend_from_slice(route.0.as_bytes());
                            out.push(b':');
                        }
                        out.extend_from_slice(mailbox.as_bytes());
                        out.push(b'>');
                    }
                }
            }
        }

        impl<'a> From<Mailbox<'a>> for $name<'a> {
            fn from(mailbox: Mailbox<'a>) -> Self {
                Self::Path(mailbox.into())
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::$special => f.write_str($text),
                    Self::Path(path) => path.fmt(f),
                }
            }
        }

        impl FromStr for $name<'static> {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                $name::parse(text).map($name::into_owned)
            }
        }
    };
}

path_impl!(ReversePath, Null, "<>", parse_reverse_path);
path_impl!(ForwardPath, Postmaster, "<Postmaster>", parse_forward_path);

/// The mailbox of the path at the start of `bytes`, and what follows the path, if it is of the kind
/// that nearly all are: a plain mailbox in brackets.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a third less than with a call")]
pub(crate) fn parse_plain_path<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Option<(Mailbox<'a>, &'a [u8])> {
    let inner = bytes.strip_prefix(b"<")?;
    let (mailbox, rest) = Mailbox::parse_plain(inner, limits)?;
    let rest = rest.strip_prefix(b">")?;
    (bytes.len() - rest.len() <= limits.path).then_some((mailbox, rest))
}

/// Reads the argument of `MAIL FROM:`.
pub(crate) fn parse_reverse_path<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<ReversePath<'a>, ParseError> {
    let start = cursor.clone();
    if cursor.eat(b'<') && cursor.eat(b'>') {
        return Ok(ReversePath::Null);
    }
    *cursor = start;
    parse_path(cursor, options).map(ReversePath::Path)
}

/// `Postmaster`, in two words.
const POSTMAST: Word = Word::new(b"POSTMAST");
const ER: Word = Word::new(b"ER");

/// Reads the argument of `RCPT TO:`.
pub(crate) fn parse_forward_path<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<ForwardPath<'a>, ParseError> {
    if let [b'<', b'P' | b'p', ..] = cursor.remaining() {
        let start = cursor.clone();
        if cursor.eat(b'<')
            && cursor.eat_word(&POSTMAST)
            && cursor.eat_word(&ER)
            && cursor.eat(b'>')
        {
            return Ok(ForwardPath::Postmaster);
        }
        *cursor = start;
    }
    parse_path(cursor, options).map(ForwardPath::Path)
}

fn parse_path<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<Path<'a>, ParseError> {
    let start = cursor.pos();
    let brackets = cursor.eat(b'<');
    if !brackets && !options.bare_paths {
        return Err(cursor.error(ParseErrorKind::InvalidPath));
    }
    let route = if brackets && cursor.peek() == Some(b'@') {
        Some(parse_route(cursor, &options.limits)?)
    } else {
        None
    };
    let mailbox = Mailbox::parse_at(cursor, &options.limits)?;
    if brackets && !cursor.eat(b'>') {
        return Err(cursor.error(ParseErrorKind::InvalidPath));
    }
    if cursor.pos() - start > options.limits.path {
        return Err(ParseError::new(
            start,
            ParseErrorKind::LimitExceeded(Limit::Path),
        ));
    }
    Ok(Path { route, mailbox })
}

fn parse_route<'a>(
    cursor: &mut Cursor<'a>,
    limits: &Limits,
) -> Result<SourceRoute<'a>, ParseError> {
    let start = cursor.pos();
    skip_route(cursor, limits)?;
    let route = cursor.since(start);
    check_utf8(route).map_err(|error| error.shifted(start))?;
    if cursor.eat(b':') {
        Ok(SourceRoute::trusted(route))
    } else {
        Err(cursor.error(ParseErrorKind::InvalidSourceRoute))
    }
}

fn check_route(octets: &[u8]) -> Result<(), ParseError> {
    let mut cursor = Cursor::new(octets);
    skip_route(&mut cursor, &Limits::default())?;
    if cursor.is_empty() {
        check_utf8(octets)
    } else {
        Err(cursor.error(ParseErrorKind::InvalidSourceRoute))
    }
}

fn skip_route(cursor: &mut Cursor<'_>, limits: &Limits) -> Result<(), ParseError> {
    loop {
        if !cursor.eat(b'@') {
            return Err(cursor.error(ParseErrorKind::InvalidSourceRoute));
        }
        let hop = cursor.pos();
        skip_domain(cursor)?;
        if cursor.pos() - hop > limits.domain {
            return Err(ParseError::new(
                hop,
                ParseErrorKind::LimitExceeded(Limit::Domain),
            ));
        }
        if !cursor.eat(b',') {
            return Ok(());
        }
    }
}
