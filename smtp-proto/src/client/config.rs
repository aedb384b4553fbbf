//! How a client is set up.

use crate::command::HeloName;
use crate::limits::Options;
use crate::machine::{Protocol, TlsPolicy};

/// How a [`Client`](super::Client) is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// How to name this host: its domain, or an address literal if it has none
    /// (RFC 5321 section 4.1.1.1).
    pub name: HeloName<'static>,
    /// SMTP, submission or LMTP.
    pub protocol: Protocol,
    /// When there is TLS.
    pub tls: TlsPolicy,
    /// Whether to say HELO right away and use no extension. Default `false`: EHLO, and HELO only
    /// for a server that does not know it.
    pub helo_only: bool,
    /// Leniency and limits. [`Options::clear_text_auth`] lets credentials out without TLS.
    pub options: Options,
}

impl Config {
    /// A client that relays.
    pub fn smtp(name: HeloName<'static>) -> Self {
        Self::new(name, Protocol::Smtp)
    }

    /// A client that submits.
    pub fn submission(name: HeloName<'static>) -> Self {
        Self::new(name, Protocol::Submission)
    }

    /// A client that hands mail to a delivery agent.
    pub fn lmtp(name: HeloName<'static>) -> Self {
        Self::new(name, Protocol::Lmtp)
    }

    fn new(name: HeloName<'static>, protocol: Protocol) -> Self {
        Self {
            name,
            protocol,
            tls: TlsPolicy::default(),
            helo_only: false,
            options: Options::default(),
        }
    }
}
