//! What a hop is deserialized from: the same fields, checked as those that a program sets.

use alloc::borrow::Cow;
use core::net::IpAddr;

use super::{domain, word};
use crate::{AddrSpec, DateTime, EncodeError};

#[derive(serde::Deserialize)]
pub(super) struct Received<'a> {
    from: Option<Cow<'a, str>>,
    helo: Option<Cow<'a, str>>,
    client_name: Option<Cow<'a, str>>,
    client_ip: Option<IpAddr>,
    by: Option<Cow<'a, str>>,
    via: Option<Cow<'a, str>>,
    protocol: Option<Cow<'a, str>>,
    tls_version: Option<Cow<'a, str>>,
    tls_cipher: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    recipient: Option<Cow<'a, str>>,
    date: Option<DateTime>,
}

impl<'a> TryFrom<Received<'a>> for super::Received<'a> {
    type Error = EncodeError;

    fn try_from(from: Received<'a>) -> Result<Self, EncodeError> {
        if from
            .recipient
            .as_deref()
            .is_some_and(|text| !is_recipient(text))
        {
            return Err(EncodeError::Syntax);
        }
        Ok(Self {
            from: from.from.map(word).transpose()?,
            helo: from.helo.map(word).transpose()?,
            client_name: from.client_name.map(domain).transpose()?,
            client_ip: from.client_ip,
            by: from.by.map(word).transpose()?,
            via: from.via.map(word).transpose()?,
            protocol: from.protocol.map(word).transpose()?,
            tls_version: from.tls_version.map(word).transpose()?,
            tls_cipher: from.tls_cipher.map(word).transpose()?,
            id: from.id.map(word).transpose()?,
            recipient: from.recipient,
            date: from.date,
        })
    }
}

/// Whether this is what may stand behind `for`: an address, or the word that some servers write instead,
/// as in `for root`.
///
/// An address alone would let in line ends: they may stand in the folds around its parts.
fn is_recipient(text: &str) -> bool {
    let is_address = || AddrSpec::parse(text.as_bytes()).is_ok();
    !text.chars().any(char::is_control) && (is_address() || word(Cow::Borrowed(text)).is_ok())
}
