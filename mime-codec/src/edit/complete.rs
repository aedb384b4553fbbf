//! What a submission server may add to a message (RFC 6409 section 8).

use alloc::vec::Vec;

use super::{Edit, EditError};
use crate::{AddressList, DateTime, Mailbox, MessageId};

/// Values for fields that a submitted message may lack.
///
/// ```
/// use mime_codec::{Completion, DateTime, Message, MessageId, Zone};
///
/// let message = Message::parse(b"From: a@x.example\r\n\r\nhello\r\n");
/// let mut values = Completion::default();
/// values.date = DateTime::from_unix(0, Zone::UTC);
/// values.message_id = Some(MessageId::new("1", "x.example")?);
/// let mut edit = message.edit();
/// assert_eq!(edit.complete(&values)?, ["Date", "Message-ID"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion<'a> {
    /// For a message without a date, or one that cannot be read (section 8.2).
    pub date: Option<DateTime>,
    /// For a message without an identifier, or one that cannot be read (section 8.3).
    pub message_id: Option<MessageId<'a>>,
    /// For a message without an author.
    pub from: Option<Mailbox<'a>>,
    /// The one who submitted the message, if that is known: Sender is added unless it is there or the
    /// same as the only author (section 8.1).
    pub sender: Option<Mailbox<'a>>,
}

impl Edit<'_> {
    /// Adds what the message lacks and `values` has, and tells the names of these fields.
    ///
    /// # Errors
    ///
    /// [`EditError::Field`] or [`EditError::Overlap`].
    pub fn complete(&mut self, values: &Completion<'_>) -> Result<Vec<&'static str>, EditError> {
        let message = self.message;
        let root = message.root();
        let mut added = Vec::new();
        if let Some(date) = values.date.filter(|_| message.date().is_none()) {
            self.set_header(root, "Date", date)?;
            added.push("Date");
        }
        let mut from = message.from();
        if from.mailboxes().next().is_none()
            && let Some(author) = &values.from
        {
            self.set_header(root, "From", AddressList::from(author.clone()))?;
            added.push("From");
            from = AddressList::from(author.clone());
        }
        if let Some(sender) = &values.sender
            && message.sender().is_none()
        {
            let mut authors = from.mailboxes().map(Mailbox::addr);
            let is_author = authors.next() == Some(sender.addr()) && authors.next().is_none();
            if !is_author {
                self.set_header(root, "Sender", sender.clone())?;
                added.push("Sender");
            }
        }
        if let Some(id) = &values.message_id
            && message.message_id().is_none()
        {
            self.set_header(root, "Message-ID", id.clone())?;
            added.push("Message-ID");
        }
        Ok(added)
    }
}
