//! How a server is set up.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::net::SocketAddr;

use super::Session;
use crate::capabilities::Capabilities;
use crate::extension::{Extension, Extensions};
use crate::limits::Options;
use crate::machine::{Protocol, TlsPolicy};

/// How a [`Server`](super::Server) is set up.
///
/// ```
/// use smtp_proto::server::Config;
/// use smtp_proto::TlsPolicy;
/// let mut config = Config::submission("mail.example.org");
/// config.tls = TlsPolicy::Required;
/// config.capabilities.auth = "PLAIN LOGIN".into();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The name of this host, for greetings and farewells.
    pub hostname: String,
    /// SMTP, submission or LMTP.
    pub protocol: Protocol,
    /// When there is TLS.
    pub tls: TlsPolicy,
    /// Whether MAIL needs AUTH first (RFC 6409 section 4.3).
    pub require_auth: bool,
    /// What EHLO offers. The machine adds SIZE from the limits, STARTTLS and AUTH as the policy
    /// and the moment allow; AUTH is offered if `auth` names mechanisms.
    pub capabilities: Capabilities<'static>,
    /// Leniency and limits.
    pub options: Options,
    /// The address of the other end, handed back with [`Event::Connect`](super::Event::Connect).
    pub peer: Option<SocketAddr>,
}

impl Config {
    /// A server that takes mail for relay or delivery.
    pub fn smtp(hostname: impl Into<String>) -> Self {
        Self::new(hostname.into(), Protocol::Smtp)
    }

    /// A server that takes mail from its own users, after AUTH.
    pub fn submission(hostname: impl Into<String>) -> Self {
        Self {
            require_auth: true,
            ..Self::new(hostname.into(), Protocol::Submission)
        }
    }

    /// A server that delivers to mailboxes.
    pub fn lmtp(hostname: impl Into<String>) -> Self {
        Self::new(hostname.into(), Protocol::Lmtp)
    }

    fn new(hostname: String, protocol: Protocol) -> Self {
        let mut capabilities = Capabilities::default();
        capabilities.extensions.extend([
            Extension::Pipelining,
            Extension::EightBitMime,
            Extension::Smtputf8,
            Extension::Chunking,
            Extension::EnhancedStatusCodes,
        ]);
        Self {
            hostname,
            protocol,
            tls: TlsPolicy::None,
            require_auth: false,
            capabilities,
            options: Options::default(),
            peer: None,
        }
    }

    /// What EHLO offers at this moment.
    pub(super) fn offered(&self, tls: bool, greeting: Option<&str>) -> Capabilities<'_> {
        let mut offered = self.capabilities.clone();
        offered.greeting = match greeting {
            Some(greeting) => Cow::Owned(String::from(greeting)),
            None => Cow::Owned(format!("{} greets you", self.hostname)),
        };
        offered.extensions.insert(Extension::Size);
        offered.size = Some(self.options.limits.message_size);
        if !tls && matches!(self.tls, TlsPolicy::StartTls | TlsPolicy::Required) {
            offered.extensions.insert(Extension::StartTls);
        } else {
            offered.extensions.remove(Extension::StartTls);
        }
        if self.auth_allowed(tls) && !offered.auth.is_empty() {
            offered.extensions.insert(Extension::Auth);
        } else {
            offered.extensions.remove(Extension::Auth);
        }
        offered
    }

    /// The extensions that a client may use at this moment.
    ///
    /// One that has authenticated may name the submitter in MAIL even if AUTH itself is over.
    #[inline]
    pub(super) fn extensions(&self, session: &Session) -> Extensions {
        let mut extensions = self.capabilities.extensions;
        extensions.insert(Extension::Size);
        if session.authenticated
            || (self.auth_allowed(session.tls) && !self.capabilities.auth.is_empty())
        {
            extensions.insert(Extension::Auth);
        } else {
            extensions.remove(Extension::Auth);
        }
        extensions
    }

    /// Whether credentials may cross the connection as it is.
    pub(super) const fn auth_allowed(&self, tls: bool) -> bool {
        tls || self.options.clear_text_auth
    }
}
