//! What a message answers: the references by which threads are built (RFC 5322 section 3.6.4,
//! RFC 5256 section 3).

use alloc::vec::Vec;

use crate::{MessageId, MessageIdList};

/// The ancestors of a message, the oldest first and the parent last, from the values of its
/// References and In-Reply-To fields.
///
/// In-Reply-To counts only if References has no identifier, and then only its first one
/// (RFC 5256 section 3, REFERENCES step 1). Identifiers that occur twice are kept once.
///
/// ```
/// let ids = mime_codec::thread_references(None, Some(b"Your mail of Monday <a@x.example> <b@x.example>"));
/// assert_eq!(ids.len(), 1);
/// ```
pub fn thread_references<'a>(
    references: Option<&'a [u8]>,
    in_reply_to: Option<&'a [u8]>,
) -> Vec<MessageId<'a>> {
    let ids = references
        .map(MessageIdList::parse)
        .map(MessageIdList::into_ids)
        .unwrap_or_default();
    if ids.is_empty() {
        return in_reply_to
            .and_then(|value| MessageIdList::parse(value).into_ids().into_iter().next())
            .into_iter()
            .collect();
    }
    let mut seen = alloc::collections::BTreeSet::new();
    ids.into_iter()
        .filter(|id| seen.insert(id.clone()))
        .collect()
}

/// The References of an answer: those of the message, or else its In-Reply-To, and its own
/// identifier (RFC 5322 section 3.6.4).
///
/// ```
/// use mime_codec::{MessageId, reply_references};
///
/// let parent = MessageId::parse(b"<c@x.example>").unwrap();
/// let list = reply_references(Some(b"<a@x.example> <b@x.example>"), None, parent);
/// assert_eq!(list.ids().len(), 3);
/// ```
pub fn reply_references<'a>(
    references: Option<&'a [u8]>,
    in_reply_to: Option<&'a [u8]>,
    message_id: MessageId<'a>,
) -> MessageIdList<'a> {
    let mut ids = references
        .map(MessageIdList::parse)
        .map(MessageIdList::into_ids)
        .unwrap_or_default();
    if ids.is_empty()
        && let Some(list) = in_reply_to.map(MessageIdList::parse)
        && list.ids().len() == 1
    {
        ids = list.into_ids();
    }
    ids.retain(|id| *id != message_id);
    ids.push(message_id);
    MessageIdList::new(ids)
}
