//! What addresses are deserialized from: the same fields, checked as those that a program sets.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{checked, trimmed};
use crate::{AddrSpec, EncodeError};

#[derive(serde::Deserialize)]
pub(super) struct Mailbox<'a> {
    name: Option<Cow<'a, str>>,
    addr: AddrSpec<'a>,
    comment: Option<Cow<'a, str>>,
    route: Option<Cow<'a, str>>,
}

#[derive(serde::Deserialize)]
pub(super) struct Group<'a> {
    name: Cow<'a, str>,
    comment: Option<Cow<'a, str>>,
    mailboxes: Vec<super::Mailbox<'a>>,
}

fn text(text: Option<Cow<'_, str>>) -> Result<Option<Cow<'_, str>>, EncodeError> {
    text.map_or(Ok(None), checked)
}

impl<'a> TryFrom<Mailbox<'a>> for super::Mailbox<'a> {
    type Error = EncodeError;

    fn try_from(from: Mailbox<'a>) -> Result<Self, EncodeError> {
        Ok(Self {
            name: text(from.name)?,
            addr: from.addr,
            comment: text(from.comment.map(trimmed))?,
            route: text(from.route)?,
        })
    }
}

impl<'a> TryFrom<Group<'a>> for super::Group<'a> {
    type Error = EncodeError;

    fn try_from(from: Group<'a>) -> Result<Self, EncodeError> {
        Ok(Self {
            name: checked(from.name)?.unwrap_or_default(),
            comment: text(from.comment.map(trimmed))?,
            mailboxes: from.mailboxes,
        })
    }
}
