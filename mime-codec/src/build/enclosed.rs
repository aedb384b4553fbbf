//! Whole messages and entities within a message: how they are carried, and what a message is labelled
//! (RFC 2046 section 5.2.1, RFC 6532 section 3.7).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::BuildError;
use super::plan::{Item, domain, highest};
use crate::transfer::{Content, Survey, Transport};
use crate::{EditError, Message, TransferEncoding};

/// The media type of an enclosed message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Label {
    /// `message/rfc822`, which may not be encoded and whose header sections are US-ASCII.
    #[default]
    Rfc822,
    /// `message/global`, which may be encoded and whose header sections are UTF-8.
    Global,
    /// `application/octet-stream`: a file, since its header sections are in no charset that is known.
    File,
}

impl Label {
    /// What the header sections of a message and of all parts in it allow.
    fn of(message: &[u8]) -> Self {
        if message.is_ascii() {
            return Self::Rfc822;
        }
        let mut label = Self::Rfc822;
        for part in Message::parse(message).parts() {
            let section = part.headers().raw();
            if section.is_ascii() {
                continue;
            }
            if core::str::from_utf8(section).is_err() {
                return Self::File;
            }
            label = Self::Global;
        }
        label
    }
}

/// Labels a message and says how it is carried: as it is, recoded, or else encoded as a whole.
pub(super) fn message(item: &mut Item<'_>, transport: Transport) -> TransferEncoding<'static> {
    item.label = Label::of(&item.content);
    let carried = match item.label {
        Label::Rfc822 => entity(item, transport).ok(),
        Label::Global => as_it_is(item, transport),
        Label::File => None,
    };
    carried.unwrap_or_else(|| {
        if item.label == Label::Rfc822 {
            item.label = Label::Global;
        }
        item.kind = Content::Binary;
        TransferEncoding::Base64
    })
}

/// Whether a transport of seven bits carries an entity, as it is or recoded.
pub(crate) fn is_sendable(entity: &[u8]) -> bool {
    domain(&needed(entity)) == 0 || recode(entity).is_ok()
}

/// The encoding of an entity with its header section, which may be no other than the identities; if the
/// transport does not carry it, what is within is recoded.
pub(super) fn entity(
    item: &mut Item<'_>,
    transport: Transport,
) -> Result<TransferEncoding<'static>, BuildError> {
    if let Some(encoding) = as_it_is(item, transport) {
        return Ok(encoding);
    }
    item.content = Cow::Owned(recode(&item.content)?);
    item.kind = Content::Text;
    Ok(TransferEncoding::SevenBit)
}

/// An entity for a transport of seven bits.
fn recode(entity: &[u8]) -> Result<Vec<u8>, BuildError> {
    let message = Message::parse(entity);
    let mut edit = message.edit();
    edit.to_seven_bit().map_err(|error| match error {
        EditError::Signed => BuildError::Signed,
        EditError::Field(error) => BuildError::Field {
            field: "Content-Type",
            error,
        },
        _ => BuildError::Encoding,
    })?;
    let recoded = edit.apply();
    if domain(&needed(&recoded)) > 0 {
        return Err(BuildError::Encoding);
    }
    Ok(recoded)
}

/// The identity that the transport carries, if there is one.
fn as_it_is(item: &mut Item<'_>, transport: Transport) -> Option<TransferEncoding<'static>> {
    let needed = needed(&item.content);
    item.kind = if domain(&needed) == 2 {
        Content::Binary
    } else {
        Content::Text
    };
    (domain(&needed) <= highest(transport)).then_some(needed)
}

/// What of the identities octets need. Bare line ends are common in messages from files, and say nothing
/// about that.
fn needed(octets: &[u8]) -> TransferEncoding<'static> {
    Survey::of(octets, Content::Text).choose(Transport::Binary)
}
