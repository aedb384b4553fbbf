//! Answering and forwarding a message (RFC 5322 sections 3.6.3 to 3.6.5, RFC 3676 section 4.5,
//! RFC 2369 section 3.4).

mod quote;
mod subject;

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::build::is_sendable;
use crate::{
    AddrSpec, Address, AddressList, Builder, ContentDisposition, ContentType, ListUris, Mailbox,
    Message, MessageId, MessageIdList, Part, PartBuilder, PartKind, reply_references,
};

/// Whom an answer is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyTo {
    /// The addresses of Reply-To, or else of From.
    #[default]
    Author,
    /// These, and the other recipients in Cc.
    All,
    /// The addresses of Mail-Followup-To, a field that no RFC defines; without it [`All`](Self::All).
    Followup,
    /// The mailing list alone, if List-Post names an address; without it [`Author`](Self::Author).
    List,
}

/// How a message is answered.
///
/// ```
/// use mime_codec::{AddrSpec, Message, ReplyOptions, ReplyTo};
///
/// let message = Message::parse(
///     b"From: a@x.example\r\nTo: me@y.example, b@x.example\r\nSubject: plans\r\nMessage-ID: <1@x.example>\r\n\r\nhow?\r\n",
/// );
/// let mut options = ReplyOptions::default();
/// options.to = ReplyTo::All;
/// options.own = vec![AddrSpec::new("me", "y.example")?];
/// options.text = "so".into();
/// let answer = message.reply(&options).draft().build()?;
/// let answer = Message::parse(&answer);
/// assert_eq!(answer.subject().as_deref(), Some("Re: plans"));
/// assert_eq!(answer.to().mailboxes().next().unwrap().to_string(), "a@x.example");
/// assert_eq!(answer.cc().mailboxes().next().unwrap().to_string(), "b@x.example");
/// assert_eq!(answer.root().body_raw(), b"a@x.example wrote:\r\n> how?\r\n\r\nso\r\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyOptions<'a> {
    /// Whom the answer is for. Default: the author.
    pub to: ReplyTo,
    /// The addresses of the one who answers, which get no copy.
    pub own: Vec<AddrSpec<'a>>,
    /// Quote the text of the message. Default: yes.
    pub quote: bool,
    /// The line above the quoted text. Default: date and name, in English.
    pub attribution: Option<Cow<'a, str>>,
    /// The answer, below the quoted text.
    pub text: Cow<'a, str>,
    /// Write `format=flowed` text (RFC 3676). Default: yes.
    pub flowed: bool,
}

impl Default for ReplyOptions<'_> {
    fn default() -> Self {
        Self {
            to: ReplyTo::Author,
            own: Vec::new(),
            quote: true,
            attribution: None,
            text: Cow::Borrowed(""),
            flowed: true,
        }
    }
}

impl Message<'_> {
    /// Starts an answer: recipients, subject, In-Reply-To, References and text.
    ///
    /// Author, date and identifier are left to the caller.
    pub fn reply<'m>(&'m self, options: &ReplyOptions<'_>) -> Builder<'m> {
        let (to, cc) = self.reply_recipients(options);
        let mut builder = Builder::new()
            .to(to)
            .cc(cc)
            .subject(subject::reply(&self.subject().unwrap_or_default()));
        if let Some(id) = self.message_id().filter(can_be_written) {
            builder = builder
                .references(self.thread(&id))
                .in_reply_to(MessageIdList::from(id));
        }
        let mut text = String::new();
        if options.quote {
            match &options.attribution {
                Some(attribution) => text.push_str(attribution),
                None => text.push_str(&self.attribution()),
            }
            text.push('\n');
            text.push_str(&self.quoted_text());
            text.push('\n');
        }
        text.push_str(&options.text);
        with_text(builder, text, options.flowed)
    }

    /// Starts a message that shows this one in its text, below `text`, and has its attachments.
    pub fn forward<'m>(&'m self, text: &str) -> Builder<'m> {
        let mut whole = String::from(text);
        if !text.is_empty() {
            whole.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        whole.push_str("---------- Forwarded message ----------\n");
        for name in ["From", "Date", "Subject", "To", "Cc"] {
            let value = match name {
                "Subject" => self.subject().map(Cow::into_owned),
                "Date" => self.header(name).map(|header| header.text().into_owned()),
                _ => self
                    .header_as::<AddressList<'_>>(name)
                    .map(|list| names(&list)),
            };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                for piece in [name, ": ", &value, "\n"] {
                    whole.push_str(piece);
                }
            }
        }
        whole.push('\n');
        whole.push_str(&self.shown_text().join("\n"));
        let mut builder = self.forward_start();
        for part in self.attachments() {
            builder = builder.attach_part(copy(part));
        }
        with_text(builder, whole, true)
    }

    /// Starts a message that has this one as an attachment: octet for octet where
    /// [`PartBuilder::message`] can, which says what is done about transports that do not carry it.
    pub fn forward_attached<'m>(&'m self, text: &str) -> Builder<'m> {
        let builder = self
            .forward_start()
            .attach_part(PartBuilder::message(self.raw()));
        if text.is_empty() {
            builder
        } else {
            with_text(builder, String::from(text), true)
        }
    }

    fn forward_start(&self) -> Builder<'_> {
        Builder::new().subject(subject::forward(&self.subject().unwrap_or_default()))
    }

    fn thread<'m>(&'m self, id: &MessageId<'m>) -> MessageIdList<'m> {
        let [references, in_reply_to] = self.headers().get_many(["References", "In-Reply-To"]);
        let list = reply_references(
            references.map(|header| header.value_raw()),
            in_reply_to.map(|header| header.value_raw()),
            id.clone(),
        );
        let ids = list.into_ids().into_iter();
        MessageIdList::new(ids.filter(can_be_written).collect())
    }

    /// `On <date>, <name> wrote:`
    fn attribution(&self) -> String {
        let from = self.from();
        let name = from.mailboxes().next().map(|mailbox| match mailbox.name() {
            Some(name) if mailbox.name_warning().is_none() => name.to_string(),
            _ => mailbox.addr().to_string(),
        });
        match (self.date(), name) {
            (Some(date), Some(name)) => alloc::format!("On {date}, {name} wrote:"),
            (Some(date), None) => alloc::format!("On {date}:"),
            (None, Some(name)) => alloc::format!("{name} wrote:"),
            (None, None) => String::from("Somebody wrote:"),
        }
    }

    /// To and Cc of an answer.
    fn reply_recipients<'m>(
        &'m self,
        options: &ReplyOptions<'_>,
    ) -> (AddressList<'m>, AddressList<'m>) {
        let post = self
            .header_as::<ListUris<'_>>("List-Post")
            .filter(|_| options.to == ReplyTo::List);
        if let Some(list) = post.and_then(|uris| list_address(&uris)) {
            return (list.into(), AddressList::default());
        }
        let is_own =
            |mailbox: &Mailbox<'_>| options.own.iter().any(|own| same(own, mailbox.addr()));
        let followup = self
            .header_as::<AddressList<'m>>("Mail-Followup-To")
            .filter(|list| options.to == ReplyTo::Followup && list.mailboxes().next().is_some());
        let named = followup.is_some();
        let mut main = followup.unwrap_or_else(|| self.reply_to());
        if main.mailboxes().next().is_none() {
            main = self.from();
        }
        // An answer to one's own message goes to those whom it was sent to.
        let again = main.mailboxes().all(is_own);
        if again && self.to().mailboxes().any(|mailbox| !is_own(mailbox)) {
            main = self.to();
        }
        let mut seen = BTreeSet::new();
        let to = pick(
            &main,
            |mailbox| !again && !named || !is_own(mailbox),
            &mut seen,
        );
        if named || matches!(options.to, ReplyTo::Author | ReplyTo::List) {
            return (to, AddressList::default());
        }
        let mut cc = pick(&self.to(), |mailbox| !is_own(mailbox), &mut seen);
        cc.append(pick(&self.cc(), |mailbox| !is_own(mailbox), &mut seen));
        (to, cc)
    }
}

/// Whether an identifier that a stranger chose can be written.
fn can_be_written(id: &MessageId<'_>) -> bool {
    fits(id.as_str())
}

/// Whether what a stranger chose fits on a line and holds no control character.
fn fits(text: &str) -> bool {
    const MAX: usize = 900;
    text.len() <= MAX && !text.chars().any(char::is_control)
}

/// A part as it stands, or if it cannot be sent everywhere or is the whole message, a new one with its
/// content.
fn copy(part: Part<'_>) -> PartBuilder<'_> {
    if part.parent().is_some() && is_sendable(part.raw()) {
        return PartBuilder::copy_of(part);
    }
    if part.kind() == PartKind::Message {
        return PartBuilder::message(part.content());
    }
    let media = part.media_type();
    let new = ContentType::new(media.kind(), media.subtype());
    // RFC 2046 sections 5.1 and 5.2 do not let a multipart and most of message/* be encoded.
    let mut content_type = match new {
        Ok(new) if !media.is_kind("message") && !media.is_kind("multipart") => new,
        _ => ContentType::octet_stream(),
    };
    if let Some(charset) = part.content_type().parameters().find("charset") {
        content_type
            .parameters_mut()
            .set(charset.clone().into_owned());
    }
    let copy = PartBuilder::octets(content_type, part.content());
    match part.file_name() {
        Some(name) => copy.attachment(name),
        None => copy.disposition(ContentDisposition::attachment()),
    }
}

fn with_text(builder: Builder<'_>, text: String, flowed: bool) -> Builder<'_> {
    if flowed {
        builder.flowed(text)
    } else {
        builder.text(quote::wrap(&text))
    }
}

/// The mailboxes that `keep` accepts and that can be written, each address once.
fn pick<'m>(
    list: &AddressList<'m>,
    keep: impl Fn(&Mailbox<'_>) -> bool,
    seen: &mut BTreeSet<String>,
) -> AddressList<'m> {
    list.mailboxes()
        .filter(|mailbox| keep(mailbox))
        .filter(|mailbox| {
            let addr = mailbox.addr().to_string();
            fits(&addr) && seen.insert(addr.to_ascii_lowercase())
        })
        .cloned()
        .collect()
}

/// Whether both are one mailbox in practice: no provider tells local parts apart by case.
fn same(a: &AddrSpec<'_>, b: &AddrSpec<'_>) -> bool {
    let domains = match (a.domain(), b.domain()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    };
    domains && a.local().eq_ignore_ascii_case(b.local())
}

fn names(list: &AddressList<'_>) -> String {
    let mut text = String::new();
    for address in list.addresses() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        match address {
            Address::Mailbox(mailbox) => text.push_str(&mailbox.to_string()),
            Address::Group(group) => text.push_str(group.name()),
            Address::Invalid(invalid) => text.push_str(invalid),
        }
    }
    text
}

/// The address of a `mailto:` URI (RFC 6068 section 2), without its fields.
fn list_address(uris: &ListUris<'_>) -> Option<Mailbox<'static>> {
    let (_, address) = uris.mailto()?.split_once(':')?;
    let address = address.split('?').next()?;
    let mut octets = Vec::with_capacity(address.len());
    let mut rest = address.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let digit = |octet: Option<u8>| char::from(octet?).to_digit(16);
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            octets.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            octets.push(octet);
        }
    }
    let addr = AddrSpec::parse(&octets).ok()?;
    Some(Mailbox::new(addr.into_owned()))
}
