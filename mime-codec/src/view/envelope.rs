//! The envelope structure of IMAP (RFC 9051 section 7.5.2, RFC 3501 section 7.4.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::header::section;
use crate::parse::scan::trim;
use crate::{Address, AddressList, FieldWriter, Mailbox, Message, Part};

/// What an IMAP server tells of a message in an ENVELOPE.
///
/// Date, Subject, In-Reply-To and Message-ID are the values of their fields, unfolded and not decoded,
/// as the protocol wants them; [`Part::subject`] and its kin have them decoded.
///
/// ```
/// let message = mime_codec::Message::parse(b"From: =?utf-8?q?J=C3=B8rn?= <j@x.example>\r\nSubject: a\r\n\r\n");
/// let envelope = message.root().envelope();
/// assert_eq!(envelope.subject.as_deref(), Some(&b"a"[..]));
/// assert_eq!(envelope.reply_to, envelope.from);
/// let address = &envelope.from[0];
/// assert_eq!(address.name.as_deref(), Some("=?utf-8?b?SsO4cm4=?="));
/// assert_eq!((address.mailbox.as_deref(), address.host.as_deref()), (Some("j"), Some("x.example")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Envelope<'m> {
    /// The Date field.
    pub date: Option<Cow<'m, [u8]>>,
    /// The Subject field.
    pub subject: Option<Cow<'m, [u8]>>,
    /// The From field.
    pub from: Vec<EnvelopeAddress<'m>>,
    /// The Sender field, or From if there is none.
    pub sender: Vec<EnvelopeAddress<'m>>,
    /// The Reply-To field, or From if there is none.
    pub reply_to: Vec<EnvelopeAddress<'m>>,
    /// The To field.
    pub to: Vec<EnvelopeAddress<'m>>,
    /// The Cc field.
    pub cc: Vec<EnvelopeAddress<'m>>,
    /// The Bcc field.
    pub bcc: Vec<EnvelopeAddress<'m>>,
    /// The In-Reply-To field.
    pub in_reply_to: Option<Cow<'m, [u8]>>,
    /// The Message-ID field.
    pub message_id: Option<Cow<'m, [u8]>>,
}

/// One address structure; a group starts with one that has only a mailbox, its name, and ends with one
/// that has nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EnvelopeAddress<'m> {
    /// The display name in US-ASCII, with encoded words where it needs them.
    pub name: Option<Cow<'m, str>>,
    /// The source route (at-domain-list).
    pub route: Option<Cow<'m, str>>,
    /// The local part without quotes; the name of a group where one starts.
    pub mailbox: Option<Cow<'m, str>>,
    /// The domain: `None` only where a group starts or ends, and empty for an address without one, which
    /// clients would take for the start of a group else.
    pub host: Option<Cow<'m, str>>,
}

impl<'m> Part<'m> {
    /// The envelope of the message: of the whole one for [`Message::root`], of an enclosed one for the
    /// child of a `message/rfc822`.
    pub fn envelope(&self) -> Envelope<'m> {
        let text = |name| {
            let header = self.header(name)?;
            Some(section::unfold(trim(header.value_raw())))
        };
        let addresses = |name| match self.header_as::<AddressList<'m>>(name) {
            Some(list) => flatten(&list),
            None => Vec::new(),
        };
        let from = addresses("From");
        let or_from =
            |list: Vec<EnvelopeAddress<'m>>| if list.is_empty() { from.clone() } else { list };
        Envelope {
            date: text("Date"),
            subject: text("Subject"),
            sender: or_from(addresses("Sender")),
            reply_to: or_from(addresses("Reply-To")),
            to: addresses("To"),
            cc: addresses("Cc"),
            bcc: addresses("Bcc"),
            in_reply_to: text("In-Reply-To"),
            message_id: text("Message-ID"),
            from,
        }
    }
}

impl Message<'_> {
    /// The envelope of the message, see [`Part::envelope`].
    pub fn envelope(&self) -> Envelope<'_> {
        self.root().envelope()
    }
}

fn flatten<'m>(list: &AddressList<'m>) -> Vec<EnvelopeAddress<'m>> {
    let mut flat = Vec::with_capacity(list.addresses().len());
    for address in list.addresses() {
        match address {
            Address::Mailbox(mailbox) => flat.push(one(mailbox)),
            Address::Group(group) => {
                flat.push(EnvelopeAddress {
                    mailbox: Some(ascii(group.name())),
                    ..EnvelopeAddress::default()
                });
                flat.extend(group.mailboxes().iter().map(one));
                flat.push(EnvelopeAddress::default());
            }
            Address::Invalid(_) => {}
        }
    }
    flat
}

fn one<'m>(mailbox: &Mailbox<'m>) -> EnvelopeAddress<'m> {
    let addr = mailbox.addr();
    let own = |text: &str| Some(Cow::Owned(String::from(text)));
    EnvelopeAddress {
        name: mailbox.name().map(ascii),
        route: mailbox.route().and_then(own),
        mailbox: own(addr.local()),
        host: own(addr.domain().unwrap_or_default()),
    }
}

/// A name as it is, or in encoded words if it is more than printable US-ASCII.
fn ascii(name: &str) -> Cow<'static, str> {
    if name
        .bytes()
        .all(|octet| octet == b' ' || octet.is_ascii_graphic())
        && !name.contains("=?")
    {
        return Cow::Owned(String::from(name));
    }
    let mut out = Vec::new();
    let written = FieldWriter::new(&mut out, "N", false).and_then(|mut field| {
        crate::header::encoded_word::write_words(
            name,
            crate::header::encoded_word::Place::Phrase,
            &mut field,
        )?;
        field.finish()
    });
    let text = match written {
        Ok(()) => String::from_utf8_lossy(&section::unfold(out.get(2..).unwrap_or_default()))
            .trim_end()
            .into(),
        Err(_) => String::new(),
    };
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use crate::Message;

    #[test]
    fn address_structures() {
        let message = Message::parse(
            b"From: \"a \\\"b\" <\"john \\\"d\"@x.example>, postmaster, g: \"@\"@y.example;\r\n\r\n",
        );
        let envelope = message.envelope();
        let from: Vec<_> = envelope
            .from
            .iter()
            .map(|address| {
                (
                    address.name.as_deref(),
                    address.mailbox.as_deref(),
                    address.host.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            from,
            [
                (Some("a \"b"), Some("john \"d"), Some("x.example")),
                (None, Some("postmaster"), Some("")),
                (None, Some("g"), None),
                (None, Some("@"), Some("y.example")),
                (None, None, None),
            ]
        );
    }
}
