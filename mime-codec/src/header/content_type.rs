//! The Content-Type field (RFC 2045 section 5) and what the tree needs of it.

pub(crate) mod quick;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::defect_sink::{Sink, strictly};
use crate::header::grammar::is_token;
use crate::header::lexer::Lexer;
use crate::header::param::{LINE, Parameter, Parameters, UNFOLDED};
use crate::header::unstructured::LONG;
use crate::options::DEFAULT_OPTIONS;
use crate::parse::scan::{is_word, trim_padding};
use crate::{Defect, DefectKind, EncodeError, Limits, Options, ParseError};

/// A media type with its parameters.
///
/// ```
/// use mime_codec::{ContentType, Parameter};
/// let parsed = ContentType::parse(b"Text/HTML; charset=utf-8");
/// assert!(parsed.is("text", "html"));
/// assert_eq!(parsed.parameter("charset"), Some("utf-8"));
///
/// let built = ContentType::new("image", "png")?.with_parameter("name", "ü.png")?;
/// let mut out = Vec::new();
/// built.encode(&mut out);
/// assert_eq!(out, b"image/png; name*=UTF-8''%C3%BC.png");
/// assert_eq!(built.to_string().parse(), Ok(built));
/// # Ok::<(), mime_codec::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts<'a>"))]
pub struct ContentType<'a> {
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    kind: Cow<'a, str>,
    subtype: Cow<'a, str>,
    parameters: Parameters<'a>,
}

/// A media type as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts<'a> {
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    subtype: Cow<'a, str>,
    parameters: Parameters<'a>,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Parts<'a>> for ContentType<'a> {
    type Error = EncodeError;

    fn try_from(from: Parts<'a>) -> Result<Self, EncodeError> {
        Ok(Self {
            parameters: from.parameters,
            ..Self::new(from.kind, from.subtype)?
        })
    }
}

impl ContentType<'static> {
    /// What an entity without Content-Type is: `text/plain; charset=us-ascii` (RFC 2045 section 5.2).
    pub fn text_plain() -> Self {
        Self {
            kind: Cow::Borrowed("text"),
            subtype: Cow::Borrowed("plain"),
            parameters: Parameters::new(),
        }
    }

    /// What is known of anything: `application/octet-stream` (RFC 2046 section 4.5.1).
    pub fn octet_stream() -> Self {
        Self {
            kind: Cow::Borrowed("application"),
            subtype: Cow::Borrowed("octet-stream"),
            parameters: Parameters::new(),
        }
    }

    /// What a part of a digest without Content-Type is: `message/rfc822` (RFC 2046 section 5.1.5).
    pub fn message() -> Self {
        Self {
            kind: Cow::Borrowed("message"),
            subtype: Cow::Borrowed("rfc822"),
            parameters: Parameters::new(),
        }
    }
}

impl<'a> ContentType<'a> {
    /// A media type without parameters.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if either word is no token (RFC 2045 section 5.1),
    /// [`EncodeError::LineTooLong`] if they have 900 octets or more together.
    pub fn new(
        kind: impl Into<Cow<'a, str>>,
        subtype: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let (kind, subtype) = (kind.into(), subtype.into());
        if !is_token(kind.as_bytes()) || !is_token(subtype.as_bytes()) {
            return Err(EncodeError::Syntax);
        }
        if kind.len() + subtype.len() >= LONG {
            return Err(EncodeError::LineTooLong);
        }
        Ok(Self {
            kind,
            subtype,
            parameters: Parameters::new(),
        })
    }

    /// The same type with one parameter more, or another value for it.
    ///
    /// # Errors
    ///
    /// Those of [`Parameter::new`].
    pub fn with_parameter(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        self.parameters.set(Parameter::new(name, value)?);
        Ok(self)
    }

    /// Reads the value of a Content-Type field, folded or not; what cannot be read is left out, and a
    /// value that is not `type/subtype` gives `text/plain` (RFC 2045 section 5.2).
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Like [`parse`](Self::parse), with choices, and appends what is wrong with the value to
    /// `defects`: each kind once, with the offset of the first parameter concerned.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        let value = limit(value, &options.limits, sink);
        let mut lexer = Lexer::new(value);
        let found = if let Some(found) = media_type(&mut lexer) {
            lexer.skip_cfws();
            if !lexer.is_empty() && !lexer.eat(b';') {
                let at = value.len() - lexer.rest().len();
                sink.report_once(DefectKind::MalformedParameter, at);
            }
            found
        } else {
            sink.report_once(DefectKind::MalformedContentType, 0);
            MediaType::TEXT_PLAIN
        };
        let parameters = Parameters::parse(lexer, value.len(), options, sink);
        Self {
            kind: Cow::Borrowed(found.kind),
            subtype: Cow::Borrowed(found.subtype),
            parameters,
        }
    }

    /// The top-level type as it was written, `text` for instance.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The subtype as it was written.
    pub fn subtype(&self) -> &str {
        &self.subtype
    }

    /// Whether this is the media type `kind/subtype`, without regard to case.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.is_kind(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// Whether the top-level type is `kind`, without regard to case.
    #[inline]
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind == kind || self.kind.eq_ignore_ascii_case(kind)
    }

    /// The value of a parameter, its name compared without regard to case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// All parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }

    /// All parameters, to be changed.
    pub const fn parameters_mut(&mut self) -> &mut Parameters<'a> {
        &mut self.parameters
    }

    /// Appends the value of the field, folded; the column is counted from the last line end in `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.write(LINE, out);
    }

    fn write(&self, width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.kind.as_bytes());
        out.push(b'/');
        out.extend_from_slice(self.subtype.as_bytes());
        self.parameters.encode(width, out);
    }

    /// The same type without borrows.
    pub fn into_owned(self) -> ContentType<'static> {
        ContentType {
            kind: Cow::Owned(self.kind.into_owned()),
            subtype: Cow::Owned(self.subtype.into_owned()),
            parameters: self.parameters.into_owned(),
        }
    }
}

impl fmt::Display for ContentType<'_> {
    /// Writes the value of the field in US-ASCII, as [`encode`](Self::encode) does, but in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(UNFOLDED, &mut out);
        f.write_str(core::str::from_utf8(&out).unwrap_or_default())
    }
}

impl FromStr for ContentType<'static> {
    type Err = ParseError;

    /// Reads a value without defects.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        strictly(|defects| {
            ContentType::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects).into_owned()
        })
    }
}

/// The part of a field's value that typed accessors look at.
pub(crate) fn limit<'a>(value: &'a [u8], limits: &Limits, sink: &mut Sink<'_>) -> &'a [u8] {
    value.get(..limits.field_bytes).map_or(value, |cut| {
        if cut.len() < value.len() {
            sink.report_once(DefectKind::FieldLimit, cut.len());
        }
        cut
    })
}

/// Takes `type "/" subtype`; `None` if it is malformed.
fn media_type<'a>(lexer: &mut Lexer<'a>) -> Option<MediaType<'a>> {
    lexer.skip_cfws();
    let kind = lexer.token();
    lexer.skip_cfws();
    if kind.is_empty() || !lexer.eat(b'/') {
        return None;
    }
    lexer.skip_cfws();
    let subtype = lexer.token();
    // What could not be written again is not read either.
    if subtype.is_empty() || !lexer.at_word_end() || kind.len() + subtype.len() >= LONG {
        return None;
    }
    let kind = core::str::from_utf8(kind).ok()?;
    let subtype = core::str::from_utf8(subtype).ok()?;
    Some(MediaType { kind, subtype })
}

/// A media type without its parameters, as it stands in a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MediaType<'a> {
    kind: &'a str,
    subtype: &'a str,
}

impl<'a> MediaType<'a> {
    pub(crate) const TEXT_PLAIN: Self = Self {
        kind: "text",
        subtype: "plain",
    };
    pub(crate) const MESSAGE: Self = Self {
        kind: "message",
        subtype: "rfc822",
    };

    /// The top-level type as it was written, `text` for instance; a token.
    pub const fn kind(&self) -> &'a str {
        self.kind
    }

    /// The subtype as it was written; a token.
    pub const fn subtype(&self) -> &'a str {
        self.subtype
    }

    /// Whether this is the media type `kind/subtype`, without regard to case.
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.is_kind(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// Whether the top-level type is `kind`, without regard to case.
    #[inline]
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind == kind || self.kind.eq_ignore_ascii_case(kind)
    }

    /// Reads a whole Content-Type value; `None` if it is not `type/subtype`.
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        media_type(&mut Lexer::new(value))
    }
}

impl fmt::Display for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind(), self.subtype())
    }
}

impl fmt::Debug for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a Content-Type means for the structure of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Class<'a> {
    /// Anything without structure of its own.
    Leaf,
    /// `multipart/*` with its boundary.
    Multipart {
        boundary: Cow<'a, [u8]>,
        digest: bool,
    },
    /// `message/rfc822` or `message/global`.
    Message,
}

/// Reads what the tree needs of a Content-Type value: the boundary of a multipart is read exactly as
/// [`ContentType::parse_with`] reads it, other types cost only a look at their first word.
pub(crate) fn classify<'a>(
    value: &'a [u8],
    limits: &Limits,
    mut defect: impl FnMut(DefectKind),
) -> Class<'a> {
    // Most values start with a letter, and it is not that of `multipart` or `message`.
    let first = value.strip_prefix(b" ").unwrap_or(value).first();
    if first.is_some_and(|octet| octet.is_ascii_alphabetic() && octet | 0x20 != b'm') {
        return Class::Leaf;
    }
    let value = value.get(..limits.field_bytes).unwrap_or(value);
    let mut lexer = Lexer::new(value);
    let found = if let Some((found, rest)) = quick::media_type(value) {
        lexer = Lexer::new(rest);
        found
    } else if let Some(found) = media_type(&mut lexer) {
        found
    } else {
        defect(DefectKind::MalformedContentType);
        return Class::Leaf;
    };
    if found.kind.len() == 7 && found.is_kind("message") {
        let message = ["rfc822", "global"];
        let message = message
            .iter()
            .any(|name| found.subtype.eq_ignore_ascii_case(name));
        return if message { Class::Message } else { Class::Leaf };
    }
    if !is_word(found.kind.as_bytes(), b"multipart") {
        return Class::Leaf;
    }
    let digest = found.subtype.eq_ignore_ascii_case("digest");
    let boundary = match quick::only_boundary(lexer.rest()) {
        Some(boundary) if limits.parameters > 0 => Some(Cow::Borrowed(boundary)),
        _ => boundary(value, lexer, limits, &mut defect),
    };
    match boundary {
        Some(boundary) if !boundary.is_empty() => {
            if boundary.len() > limits.boundary {
                defect(DefectKind::BoundaryLimit);
                return Class::Leaf;
            }
            if boundary.len() > 70 {
                defect(DefectKind::BoundaryTooLong);
            }
            Class::Multipart { boundary, digest }
        }
        _ => {
            defect(DefectKind::MissingBoundary);
            Class::Leaf
        }
    }
}

/// The boundary parameter.
fn boundary<'a>(
    value: &'a [u8],
    mut lexer: Lexer<'a>,
    limits: &Limits,
    mut defect: impl FnMut(DefectKind),
) -> Option<Cow<'a, [u8]>> {
    let mut found: Option<Cow<'a, [u8]>> = None;
    if memchr::memchr(b'*', value).is_some() {
        let mut defects = Vec::new();
        let parameters = Parameters::parse(
            lexer,
            value.len(),
            &Options {
                limits: *limits,
                ..Options::DEFAULT
            },
            &mut Sink::to(&mut defects),
        );
        let kinds = defects.into_iter().map(|defect| defect.kind);
        kinds.for_each(&mut defect);
        found = parameters
            .get("boundary")
            .map(|value| Cow::Owned(value.as_bytes().to_vec()));
    } else {
        let mut count = 0_usize;
        while let Some(parameter) = lexer.parameter().filter(|_| count < limits.parameters) {
            count += 1;
            if !parameter.name.eq_ignore_ascii_case(b"boundary") {
                continue;
            }
            if found.is_some() {
                defect(DefectKind::DuplicateParameter);
            } else {
                found = Some(parameter.value);
            }
        }
    }
    found.map(|value| match value {
        Cow::Borrowed(value) => Cow::Borrowed(trim_padding(value)),
        Cow::Owned(mut value) => {
            value.truncate(trim_padding(&value).len());
            Cow::Owned(value)
        }
    })
}

#[cfg(test)]
mod tests;
