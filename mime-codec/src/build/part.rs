//! One part of a message to be built (RFC 2045, RFC 2046, RFC 2183).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::error::{BuildError, FirstError};
use crate::{
    ContentDisposition, ContentType, DispositionKind, EncodeError, FieldBody, MessageId, Parameter,
    Part, TransferEncoding, media_type_for_file,
};

/// A part of a message that is being built: text, octets, a message, or a multipart.
///
/// What is wrong with an argument is told when the message is encoded, so that calls can be chained.
///
/// ```
/// use mime_codec::{Builder, PartBuilder};
///
/// let part = PartBuilder::multipart(
///     "mixed",
///     [
///         PartBuilder::text("see below"),
///         PartBuilder::file("notes.csv", b"a,b\r\n").inline(),
///     ],
/// );
/// let message = Builder::new().draft().body(part).build()?;
/// assert!(String::from_utf8(message)?.contains("Content-Type: text/csv\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartBuilder<'a> {
    pub(super) body: Body<'a>,
    pub(super) content_type: Option<ContentType<'a>>,
    pub(super) encoding: Option<TransferEncoding<'static>>,
    pub(super) disposition: Option<ContentDisposition<'a>>,
    pub(super) content_id: Option<MessageId<'a>>,
    pub(super) fields: Vec<(Cow<'a, str>, FieldBody<'a>)>,
    pub(super) error: FirstError,
}

/// What a part is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// Text of `text/` this subtype.
    Text(Cow<'a, str>, &'static str),
    /// `format=flowed` text, with `delsp=yes` or not.
    Flowed(Cow<'a, str>, bool),
    Octets(Cow<'a, [u8]>),
    Message(Cow<'a, [u8]>),
    Multipart(Vec<PartBuilder<'a>>),
    /// A whole entity, header section and body.
    Entity(&'a [u8]),
}

impl<'a> PartBuilder<'a> {
    fn new(body: Body<'a>) -> Self {
        Self {
            body,
            content_type: None,
            encoding: None,
            disposition: None,
            content_id: None,
            fields: Vec::new(),
            error: FirstError::default(),
        }
    }

    /// Plain text. Line breaks may be LF or CRLF.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Body::Text(text.into(), "plain"))
    }

    /// HTML. Line breaks may be LF or CRLF.
    pub fn html(html: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Body::Text(html.into(), "html"))
    }

    /// Plain text whose paragraphs, one line each, are broken so that the reader can join them again
    /// (`format=flowed`, RFC 3676). Lines that start with `>` are quoted that deep.
    ///
    /// `delsp` is for languages without spaces between words (RFC 3676 section 4.1).
    pub fn flowed(text: impl Into<Cow<'a, str>>, delsp: bool) -> Self {
        Self::new(Body::Flowed(text.into(), delsp))
    }

    /// Octets of any type, kept as they are.
    pub fn octets(content_type: ContentType<'a>, octets: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            content_type: Some(content_type),
            ..Self::new(Body::Octets(octets.into()))
        }
    }

    /// A file, to be attached. Its name gives the media type, `application/octet-stream` if it is not
    /// in the table of [`media_type_for_file`]. Text that is UTF-8 and not US-ASCII is labelled so.
    pub fn file(name: impl Into<Cow<'a, str>>, octets: impl Into<Cow<'a, [u8]>>) -> Self {
        let name = name.into();
        let media_type = media_type_for_file(&name).unwrap_or("application/octet-stream");
        let octets = octets.into();
        let mut content_type = ContentType::parse(media_type.as_bytes());
        if content_type.is_kind("text")
            && !octets.is_ascii()
            && core::str::from_utf8(&octets).is_ok()
            && let Ok(charset) = Parameter::new("charset", "utf-8")
        {
            content_type.parameters_mut().set(charset);
        }
        Self::octets(content_type, octets).attachment(name)
    }

    /// A multipart of this subtype: `mixed`, `alternative`, `related` and so on.
    pub fn multipart(
        subtype: impl Into<Cow<'a, str>>,
        parts: impl IntoIterator<Item = Self>,
    ) -> Self {
        let mut part = Self::new(Body::Multipart(parts.into_iter().collect()));
        let content_type = ContentType::new("multipart", subtype);
        part.content_type = part.error.keep("Content-Type", content_type);
        part
    }

    /// A message as a part of another, whatever it holds.
    ///
    /// It is `message/rfc822`, or `message/global` if a header section in it is UTF-8 beyond US-ASCII
    /// (RFC 6532 section 3.7), with its lines ended by CRLF. If the transport does not carry it:
    ///
    /// * `message/rfc822`, which must not be encoded, is recoded inside as
    ///   [`Edit::to_seven_bit`](crate::Edit::to_seven_bit) does.
    /// * Where that cannot be done, as for signed parts and too long header lines, and for
    ///   `message/global`, the octets are kept, as `message/global` in base64.
    ///
    /// A message with a header section that is not UTF-8 fits neither type. It is sent over any transport
    /// as a file, `application/octet-stream` in base64, attached as `message.eml` unless a disposition
    /// with another file name is set.
    pub fn message(message: impl Into<Cow<'a, [u8]>>) -> Self {
        Self::new(Body::Message(message.into()))
    }

    /// A part of a parsed message, octet for octet.
    ///
    /// Nothing else of this builder applies to it. If the transport is not for its octets, it is
    /// recoded as [`Edit::to_seven_bit`](crate::Edit::to_seven_bit) does; where that cannot be done, the
    /// message is not built: [`BuildError::Signed`](crate::BuildError::Signed) or
    /// [`BuildError::Encoding`](crate::BuildError::Encoding).
    pub fn copy_of(part: Part<'a>) -> Self {
        Self::new(Body::Entity(part.raw()))
    }

    /// Sets the media type. Parameters such as `charset` are taken as they are; the `boundary` of a
    /// multipart is always made here.
    #[must_use]
    pub fn content_type(mut self, content_type: ContentType<'a>) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Sets the transfer encoding instead of letting the content decide.
    ///
    /// One that cannot carry the content is an error when the message is encoded.
    #[must_use]
    pub fn encoding(mut self, encoding: TransferEncoding<'static>) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Makes the part an attachment with a file name.
    #[must_use]
    pub fn attachment(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        let disposition = ContentDisposition::attachment().with_parameter("filename", name);
        self.disposition = self.error.keep("Content-Disposition", disposition);
        self
    }

    /// Makes the part one to be shown within the message; a file name that was set stays.
    #[must_use]
    pub fn inline(mut self) -> Self {
        let name = self.disposition.take().and_then(|disposition| {
            let name = disposition.parameters().find("filename")?;
            Some(name.clone())
        });
        let mut disposition = ContentDisposition::inline();
        if let Some(name) = name {
            disposition.parameters_mut().set(name);
        }
        self.disposition = Some(disposition);
        self
    }

    /// Sets the whole Content-Disposition.
    #[must_use]
    pub fn disposition(mut self, disposition: ContentDisposition<'a>) -> Self {
        if let DispositionKind::Other(word) = disposition.kind()
            && !crate::header::grammar::is_token(word.as_bytes())
        {
            self.error.set(BuildError::Field {
                field: "Content-Disposition",
                error: EncodeError::Syntax,
            });
        }
        self.disposition = Some(disposition);
        self
    }

    /// Sets the Content-ID, by which a `cid:` URL names the part (RFC 2392), without angle brackets.
    #[must_use]
    pub fn content_id(mut self, id: impl Into<Cow<'a, str>>) -> Self {
        let id = MessageId::content_id(id.into());
        self.content_id = self.error.keep("Content-ID", id);
        self
    }

    /// Sets the Content-Description.
    #[must_use]
    pub fn description(self, text: impl Into<Cow<'a, str>>) -> Self {
        self.header("Content-Description", text.into())
    }

    /// Adds a field. Content-Type, Content-Transfer-Encoding, Content-Disposition and Content-ID have
    /// methods of their own and are refused here.
    #[must_use]
    pub fn header(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl TryInto<FieldBody<'a>, Error: Into<EncodeError>>,
    ) -> Self {
        let name = name.into();
        let reserved = is_reserved(&name) || name.starts_with("--");
        if let Some(value) = self.error.keep_field(reserved, value.try_into()) {
            self.fields.push((name, value));
        }
        self
    }
}

/// Whether a field comes from the settings of its part.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Fields of a part that come from its settings.
const RESERVED: [&str; 5] = [
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "Content-ID",
    "MIME-Version",
];
