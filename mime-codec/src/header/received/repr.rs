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
        let recipient = from.recipient.as_deref();
        if recipient.is_some_and(|addr| AddrSpec::parse(addr.as_bytes()).is_err()) {
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
