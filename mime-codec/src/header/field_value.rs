//! The types of header field values behind one trait and one enum, so that any field can be read,
//! written and edited by its type (RFC 5322 section 3.6, RFC 2045 section 3).

use alloc::borrow::Cow;
use alloc::string::String;

use crate::header::fold::FieldWriter;
use crate::{
    AddressList, AuthResults, ContentDisposition, ContentType, DateTime, EncodeError, Header,
    Headers, Keywords, ListId, ListUris, Mailbox, Message, MessageId, MessageIdList, MimeVersion,
    Part, Received, ReturnPath, TagList, Unstructured,
};

/// A type that the value of a header field can be read as and written from.
///
/// ```
/// use mime_codec::{Keywords, Message};
///
/// let message = Message::parse(b"Keywords: one, two\r\n\r\n");
/// let keywords: Keywords = message.root().header_as("Keywords").unwrap();
/// assert_eq!(keywords.phrases(), ["one", "two"]);
/// ```
pub trait FieldValue<'a>: Sized {
    /// Reads the value of a field, folded or not; `None` if it is no such value.
    fn read(value: &'a [u8]) -> Option<Self>;

    /// Writes the value behind the colon.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError>;
}

macro_rules! values {
    ($($(#[$doc:meta])* $variant:ident($type:ty): $read:expr, $write:expr, $own:expr;)*) => {
        /// The value of a header field that is to be written, of any type.
        ///
        /// Made of the value itself, or of text, which becomes [`Unstructured`]:
        ///
        /// ```
        /// use mime_codec::{FieldBody, MessageId};
        /// let id: FieldBody = MessageId::new("1", "x.example")?.into();
        /// let text = FieldBody::try_from("Grüße")?;
        /// assert!(FieldBody::try_from("a\r\nBcc: b@x.example").is_err());
        /// # Ok::<(), mime_codec::EncodeError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum FieldBody<'a> {
            $($(#[$doc])* $variant($type),)*
        }

        impl FieldBody<'_> {
            /// Writes the value behind the colon.
            ///
            /// # Errors
            ///
            /// Those of [`FieldWriter::write`].
            pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
                match self {
                    $(Self::$variant(value) => FieldValue::write(value, field),)*
                }
            }

            /// The same value on its own.
            pub fn into_owned(self) -> FieldBody<'static> {
                match self {
                    $(Self::$variant(value) => FieldBody::$variant($own(value)),)*
                }
            }
        }

        $(
            impl<'a> FieldValue<'a> for $type {
                fn read(value: &'a [u8]) -> Option<Self> {
                    let read: fn(&'a [u8]) -> Option<Self> = $read;
                    read(value)
                }

                fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
                    let write: fn(&Self, &mut FieldWriter<'_>) -> Result<(), EncodeError> = $write;
                    write(self, field)
                }
            }

            impl<'a> From<$type> for FieldBody<'a> {
                fn from(value: $type) -> Self {
                    Self::$variant(value)
                }
            }
        )*
    };
}

values! {
    /// Text: Subject, Comments and fields that nobody specified.
    Text(Unstructured<'a>): |value| Some(Unstructured::parse(value)), Unstructured::write, Unstructured::into_owned;
    /// From, To and their kin.
    Addresses(AddressList<'a>): |value| Some(AddressList::parse(value)), AddressList::write, AddressList::into_owned;
    /// Sender: one mailbox.
    Mailbox(Mailbox<'a>):
        |value| crate::Mailboxes::new(value).next(),
        Mailbox::write_value, Mailbox::into_owned;
    /// Date and Resent-Date.
    Date(DateTime): |value| DateTime::parse(value).ok(), DateTime::write, core::convert::identity;
    /// Message-ID and Content-ID.
    MessageId(MessageId<'a>): |value| MessageId::parse(value), MessageId::write, MessageId::into_owned;
    /// In-Reply-To and References.
    MessageIds(MessageIdList<'a>): |value| Some(MessageIdList::parse(value)), MessageIdList::write, MessageIdList::into_owned;
    /// Keywords.
    Keywords(Keywords<'a>): |value| Some(Keywords::parse(value)), Keywords::write, Keywords::into_owned;
    /// Content-Type.
    ContentType(ContentType<'a>):
        |value| Some(ContentType::parse(value)),
        |value, field| field.folded(|out| value.encode(out)), ContentType::into_owned;
    /// Content-Disposition.
    Disposition(ContentDisposition<'a>):
        |value| ContentDisposition::parse(value),
        |value, field| field.folded(|out| value.encode(out)), ContentDisposition::into_owned;
    /// MIME-Version.
    MimeVersion(MimeVersion): |value| MimeVersion::parse(value), MimeVersion::write, core::convert::identity;
    /// List-Post, List-Unsubscribe and their kin.
    ListUris(ListUris<'a>): |value| Some(ListUris::parse(value)), ListUris::write, ListUris::into_owned;
    /// List-Id.
    ListId(ListId<'a>): |value| ListId::parse(value), ListId::write, ListId::into_owned;
    /// Received.
    Received(Received<'a>): |value| Some(Received::parse(value)), Received::write, Received::into_owned;
    /// Return-Path.
    ReturnPath(ReturnPath<'a>): |value| ReturnPath::parse(value).ok(), ReturnPath::write, ReturnPath::into_owned;
    /// Tag lists such as DKIM-Signature.
    Tags(TagList<'a>): |value| Some(TagList::parse(value)), TagList::write, TagList::into_owned;
    /// Authentication-Results.
    AuthResults(AuthResults<'a>): |value| Some(AuthResults::parse(value)), AuthResults::write, AuthResults::into_owned;
}

impl<'a> TryFrom<&'a str> for FieldBody<'a> {
    type Error = EncodeError;

    fn try_from(text: &'a str) -> Result<Self, EncodeError> {
        Unstructured::new(text).map(Self::Text)
    }
}

impl TryFrom<String> for FieldBody<'_> {
    type Error = EncodeError;

    fn try_from(text: String) -> Result<Self, EncodeError> {
        Unstructured::new(text).map(Self::Text)
    }
}

impl<'a> TryFrom<Cow<'a, str>> for FieldBody<'a> {
    type Error = EncodeError;

    fn try_from(text: Cow<'a, str>) -> Result<Self, EncodeError> {
        Unstructured::new(text).map(Self::Text)
    }
}

impl From<core::convert::Infallible> for EncodeError {
    fn from(never: core::convert::Infallible) -> Self {
        match never {}
    }
}

impl<'a> Header<'a> {
    /// The value as a type: `header.read::<AddressList>()`.
    pub fn read<T: FieldValue<'a>>(&self) -> Option<T> {
        T::read(self.value_raw())
    }
}

impl<'a> Headers<'a> {
    /// The value of the first field called `name` as a type.
    pub fn read<T: FieldValue<'a>>(&self, name: &str) -> Option<T> {
        self.get(name)?.read()
    }
}

impl<'m> Part<'m> {
    /// The value of the first field called `name` as a type; `None` if there is no such field or its
    /// value does not fit.
    pub fn header_as<T: FieldValue<'m>>(&self, name: &str) -> Option<T> {
        self.header(name)?.read()
    }
}

impl Message<'_> {
    /// The value of the first field called `name` as a type; `None` if there is no such field or its
    /// value does not fit.
    pub fn header_as<'m, T: FieldValue<'m>>(&'m self, name: &str) -> Option<T> {
        self.root().header_as(name)
    }
}
