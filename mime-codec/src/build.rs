//! Building messages (RFC 5322, RFC 2045 to 2049).

mod enclosed;
mod error;
mod part;
mod plan;
mod write;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::transfer::Transport;
use crate::{
    AddrSpec, AddressList, DateTime, EncodeError, FieldBody, Mailbox, MessageId, MessageIdList,
    Unstructured,
};
pub(crate) use enclosed::is_sendable;
pub use error::BuildError;
use error::FirstError;
use part::Body;
pub use part::PartBuilder;
use plan::Plan;
pub(crate) use write::encode_part;

/// Builds a message.
///
/// The same input always gives the same output: the date, the identifier and the seed of the boundaries
/// come from the caller. What is wrong with an argument is told by [`encode`](Self::encode), so that
/// calls can be chained; nothing that a caller passes can add a field or a line.
///
/// Text, HTML, inline parts and attachments are arranged in multiparts as readers expect it. To arrange
/// them by hand use [`body`](Self::body).
///
/// ```
/// use mime_codec::{Builder, DateTime, Message, Zone};
///
/// let message = Builder::new()
///     .from(("Alice", "alice@example.org"))
///     .to("bob@example.net, Carol <carol@example.net>")
///     .date(DateTime::from_unix(1_795_000_000, Zone::UTC).unwrap())
///     .message_id("1@example.org")
///     .subject("Grüße")
///     .text("Hello,\n\nsee the picture.\n")
///     .attach("a.png", &b"\x89PNG"[..])
///     .build()?;
///
/// let parsed = Message::parse(&message);
/// assert_eq!(parsed.subject().as_deref(), Some("Grüße"));
/// assert_eq!(parsed.attachments()[0].file_name().as_deref(), Some("a.png"));
/// # Ok::<(), mime_codec::BuildError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Builder<'a> {
    date: Option<DateTime>,
    from: AddressList<'a>,
    sender: Option<Mailbox<'a>>,
    reply_to: AddressList<'a>,
    to: AddressList<'a>,
    cc: AddressList<'a>,
    bcc: AddressList<'a>,
    message_id: Option<MessageId<'a>>,
    in_reply_to: MessageIdList<'a>,
    references: MessageIdList<'a>,
    subject: Option<Unstructured<'a>>,
    fields: Vec<(Cow<'a, str>, FieldBody<'a>)>,
    body: Option<Box<PartBuilder<'a>>>,
    text: Option<Body<'a>>,
    html: Option<Body<'a>>,
    inlines: Vec<PartBuilder<'a>>,
    attachments: Vec<PartBuilder<'a>>,
    seed: u64,
    transport: Transport,
    utf8: bool,
    #[cfg(feature = "idna")]
    ascii_domains: bool,
    draft: bool,
    keep_bcc: bool,
    error: FirstError,
}

macro_rules! lists {
    ($($(#[$doc:meta])* $method:ident $field:literal)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $method(
            mut self,
            list: impl TryInto<AddressList<'a>, Error: Into<EncodeError>>,
        ) -> Self {
            if let Some(list) = self.error.keep($field, list.try_into()) {
                self.$method.append(list);
            }
            self
        })*
    };
}

impl<'a> Builder<'a> {
    /// A message without anything.
    pub fn new() -> Self {
        Self::default()
    }

    lists! {
        /// Adds authors: a list as text, a name and an address, a [`Mailbox`], or an [`AddressList`].
        from "From"
        /// Adds addresses for answers.
        reply_to "Reply-To"
        /// Adds recipients.
        to "To"
        /// Adds recipients of a copy.
        cc "Cc"
        /// Adds recipients that others do not see: they are in [`recipients`](Self::recipients), and
        /// only with [`keep_bcc`](Self::keep_bcc) in the message.
        bcc "Bcc"
    }

    /// Sets the one who sends the message, if it is not the only author.
    #[must_use]
    pub fn sender(mut self, sender: impl TryInto<Mailbox<'a>, Error: Into<EncodeError>>) -> Self {
        self.sender = self.error.keep("Sender", sender.try_into());
        self
    }

    /// Sets the date.
    #[inline]
    #[must_use]
    pub fn date(mut self, date: DateTime) -> Self {
        self.date = Some(date);
        self
    }

    /// Sets the identifier: a [`MessageId`], or text with or without angle brackets.
    #[must_use]
    pub fn message_id(mut self, id: impl TryInto<MessageId<'a>, Error: Into<EncodeError>>) -> Self {
        self.message_id = self.error.keep("Message-ID", id.try_into());
        self
    }

    /// Sets the identifiers of the messages that this one answers.
    #[must_use]
    pub fn in_reply_to(mut self, ids: impl Into<MessageIdList<'a>>) -> Self {
        self.in_reply_to = ids.into();
        self
    }

    /// Sets the identifiers of the thread, the oldest first.
    #[must_use]
    pub fn references(mut self, ids: impl Into<MessageIdList<'a>>) -> Self {
        self.references = ids.into();
        self
    }

    /// Sets the subject.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<Cow<'a, str>>) -> Self {
        self.subject = self.error.keep("Subject", Unstructured::new(subject));
        self
    }

    /// Adds a field of any other name, behind those added before.
    ///
    /// Fields that this builder has methods for are refused.
    #[must_use]
    pub fn header(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl TryInto<FieldBody<'a>, Error: Into<EncodeError>>,
    ) -> Self {
        let name = name.into();
        let is_own = OWN.iter().any(|own| name.eq_ignore_ascii_case(own));
        let reserved = is_own || part::is_reserved(&name);
        if let Some(value) = self.error.keep_field(reserved, value.try_into()) {
            self.fields.push((name, value));
        }
        self
    }

    /// Sets the plain text. Line breaks may be LF or CRLF.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.text = Some(Body::Text(text.into(), "plain"));
        self
    }

    /// Sets the plain text, to be broken into lines that readers join again: see
    /// [`PartBuilder::flowed`].
    #[must_use]
    pub fn flowed(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.text = Some(Body::Flowed(text.into(), false));
        self
    }

    /// Sets the HTML. Line breaks may be LF or CRLF.
    #[must_use]
    pub fn html(mut self, html: impl Into<Cow<'a, str>>) -> Self {
        self.html = Some(Body::Text(html.into(), "html"));
        self
    }

    /// Adds a file that the HTML shows by `cid:` and this identifier.
    #[must_use]
    pub fn inline(
        self,
        content_id: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
        octets: impl Into<Cow<'a, [u8]>>,
    ) -> Self {
        let part = PartBuilder::file(name, octets).inline();
        self.inline_part(part.content_id(content_id))
    }

    /// Adds a part that belongs to the HTML.
    #[inline]
    #[must_use]
    pub fn inline_part(mut self, part: PartBuilder<'a>) -> Self {
        self.inlines.push(part);
        self
    }

    /// Attaches a file; its name gives the media type.
    #[must_use]
    pub fn attach(self, name: impl Into<Cow<'a, str>>, octets: impl Into<Cow<'a, [u8]>>) -> Self {
        self.attach_part(PartBuilder::file(name, octets))
    }

    /// Attaches any part.
    #[inline]
    #[must_use]
    pub fn attach_part(mut self, part: PartBuilder<'a>) -> Self {
        self.attachments.push(part);
        self
    }

    /// Sets a body that was arranged by hand. Text, HTML and attachments, if there are any, follow it in
    /// a multipart.
    #[must_use]
    pub fn body(mut self, part: PartBuilder<'a>) -> Self {
        self.body = Some(Box::new(part));
        self
    }

    /// What boundaries are made of. Any number does, since boundaries are checked against the content;
    /// another number gives others. Default 0.
    #[inline]
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What the way to the recipients carries. Default: US-ASCII in lines, which every server takes.
    #[inline]
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Writes the header section in UTF-8 (RFC 6532), for servers with SMTPUTF8 (RFC 6531).
    ///
    /// Otherwise names and text that need it are written as encoded words, and an address that is not
    /// US-ASCII is an error: there is no way to write it.
    #[inline]
    #[must_use]
    pub fn utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// Writes international domains as A-labels (RFC 5890), so that a message whose local parts are
    /// US-ASCII needs no SMTPUTF8; with [`utf8`](Self::utf8) they stay as they are. This holds for
    /// addresses in added fields, too, unless they were added as text.
    ///
    /// The envelope needs the same addresses: [`recipients`](Self::recipients) through
    /// [`AddrSpec::to_ascii`].
    #[cfg(feature = "idna")]
    #[must_use]
    pub fn ascii_domains(mut self) -> Self {
        self.ascii_domains = true;
        self
    }

    /// Lets Date, From and Sender be missing, as in a draft or in what a submission server completes
    /// (RFC 6409 section 8).
    #[must_use]
    pub fn draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// Writes the Bcc field, as in a draft or in the sender's own copy.
    #[must_use]
    pub fn keep_bcc(mut self) -> Self {
        self.keep_bcc = true;
        self
    }

    /// The addresses of To, Cc and Bcc: those that the envelope must name.
    pub fn recipients(&self) -> impl Iterator<Item = &AddrSpec<'a>> {
        [&self.to, &self.cc, &self.bcc]
            .into_iter()
            .flat_map(AddressList::mailboxes)
            .map(Mailbox::addr)
    }

    /// Whether an address or an identifier is international and has no other form, so that the message
    /// needs [`utf8`](Self::utf8). Fields that were added by [`header`](Self::header) count, too, unless
    /// they were added as text.
    pub fn needs_utf8(&self) -> bool {
        let lists = [&self.from, &self.reply_to, &self.to, &self.cc, &self.bcc];
        let mut addrs = lists
            .into_iter()
            .flat_map(AddressList::mailboxes)
            .chain(&self.sender)
            .map(Mailbox::addr);
        let is_international = |addr: &AddrSpec<'_>| {
            #[cfg(feature = "idna")]
            if self.ascii_domains {
                return addr.to_ascii().is_err();
            }
            addr.is_international()
        };
        let mut ids = [&self.in_reply_to, &self.references]
            .into_iter()
            .flat_map(MessageIdList::ids)
            .chain(&self.message_id);
        addrs.any(is_international)
            || ids.any(|id| !id.as_str().is_ascii())
            || write::needs_utf8(self)
    }

    /// Appends the message to `out`, all lines ended by CRLF.
    ///
    /// # Errors
    ///
    /// The first thing that was wrong with an argument, or is wrong with all of them together; `out` is
    /// then unchanged.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), BuildError> {
        let start = out.len();
        let result = self.encode_all(out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// The message in a vector of its own.
    ///
    /// # Errors
    ///
    /// Those of [`encode`](Self::encode).
    pub fn build(&self) -> Result<Vec<u8>, BuildError> {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }

    fn encode_all(&self, out: &mut Vec<u8>) -> Result<(), BuildError> {
        self.error.check()?;
        if !self.draft {
            if self.date.is_none() {
                return Err(BuildError::MissingDate);
            }
            let mut authors = self.from.mailboxes();
            if authors.next().is_none() {
                return Err(BuildError::MissingFrom);
            }
            if authors.next().is_some() && self.sender.is_none() {
                return Err(BuildError::MissingSender);
            }
        }
        let plan = Plan::new(self)?;
        // The fields that most messages have.
        plan.reserve(512, out);
        write::message_fields(self, out)?;
        if plan.items.is_empty() {
            out.extend_from_slice(b"\r\n");
            return Ok(());
        }
        write::entities(&plan, self.utf8, true, out)
    }
}

/// Fields of a message that come from settings.
const OWN: [&str; 11] = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
];
