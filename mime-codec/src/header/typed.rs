//! The fields that nearly every message has, by name and type (RFC 5322 section 3.6).
//!
//! Nothing is read before it is asked for, and nothing fails: a field that is missing or cannot be
//! read gives nothing, or an empty list. Of a field that must not occur twice and does, the first one
//! counts; [`Headers::get_all`](crate::Headers::get_all) has the others.

use alloc::borrow::Cow;

use crate::{
    AddressList, DateTime, Mailbox, Message, MessageId, MessageIdList, MimeVersion, Part,
    Unstructured,
};

macro_rules! accessors {
    ($($(#[$doc:meta])* $method:ident: $type:ty = $read:expr;)*) => {
        impl<'m> Part<'m> {
            $($(#[$doc])*
            pub fn $method(&self) -> $type {
                let read: fn(&Part<'m>) -> $type = $read;
                read(self)
            })*
        }

        impl Message<'_> {
            $($(#[$doc])*
            pub fn $method<'m>(&'m self) -> $type {
                self.root().$method()
            })*
        }
    };
}

fn list<'m>(part: &Part<'m>, name: &str) -> AddressList<'m> {
    part.header_as(name).unwrap_or_default()
}

fn ids<'m>(part: &Part<'m>, name: &str) -> MessageIdList<'m> {
    part.header_as(name).unwrap_or_default()
}

accessors! {
    /// The Subject, decoded.
    subject: Option<Cow<'m, str>> =
        |part| part.header_as("Subject").map(Unstructured::into_text);
    /// Who wrote the message.
    from: AddressList<'m> = |part| list(part, "From");
    /// Who sent it, if that is somebody else or there is more than one author.
    sender: Option<Mailbox<'m>> = |part| part.header_as("Sender");
    /// Where answers go instead of From.
    reply_to: AddressList<'m> = |part| list(part, "Reply-To");
    /// The primary recipients.
    to: AddressList<'m> = |part| list(part, "To");
    /// The other recipients.
    cc: AddressList<'m> = |part| list(part, "Cc");
    /// Recipients that others should not see.
    bcc: AddressList<'m> = |part| list(part, "Bcc");
    /// The identifier of the message.
    message_id: Option<MessageId<'m>> = |part| part.header_as("Message-ID");
    /// What this message answers.
    in_reply_to: MessageIdList<'m> = |part| ids(part, "In-Reply-To");
    /// The thread that this message continues, the oldest message first.
    references: MessageIdList<'m> = |part| ids(part, "References");
}

impl Part<'_> {
    /// When the author finished the message. To learn why a date cannot be read, use
    /// [`DateTime::parse`] on the field.
    pub fn date(&self) -> Option<DateTime> {
        self.header("Date")?.read()
    }

    /// The version of MIME.
    pub fn mime_version(&self) -> Option<MimeVersion> {
        self.header("MIME-Version")?.read()
    }
}

impl Message<'_> {
    /// When the author finished the message, see [`Part::date`].
    pub fn date(&self) -> Option<DateTime> {
        self.root().date()
    }

    /// The version of MIME.
    pub fn mime_version(&self) -> Option<MimeVersion> {
        self.root().mime_version()
    }
}

#[cfg(test)]
mod tests {
    use crate::{AddressList, Message, MimeVersion};

    #[test]
    fn rfc_5322_example() {
        let message = Message::parse(
            b"From: John Doe <jdoe@machine.example>\r\nTo: Mary Smith <mary@example.net>\r\nSubject: Saying\r\n Hello\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <1234@local.machine.example>\r\nReferences: <a@b> <c@d>\r\nMIME-Version: 1.0\r\n\r\n",
        );
        assert_eq!(message.subject().as_deref(), Some("Saying Hello"));
        let from = message.from();
        assert_eq!(from.mailboxes().next().unwrap().name(), Some("John Doe"));
        assert_eq!(message.to().addresses().len(), 1);
        assert_eq!(message.cc(), AddressList::default());
        assert_eq!(message.sender(), None);
        assert_eq!(
            message.date().unwrap().to_string(),
            "Fri, 21 Nov 1997 09:55:06 -0600"
        );
        assert_eq!(
            message.message_id().unwrap().as_str(),
            "1234@local.machine.example"
        );
        assert_eq!(message.references().ids().len(), 2);
        assert!(message.in_reply_to().ids().is_empty());
        assert_eq!(message.mime_version(), Some(MimeVersion::V1_0));
        assert_eq!(message.header_as::<crate::DateTime>("Subject"), None);
    }

    use alloc::string::ToString;
}
