//! Where a message goes next (RFC 5321 section 5), null MX (RFC 7505) and hosts that take no mail
//! (RFC 7504): pure functions between the caller's configuration and its DNS answers.
//!
//! [`plan`] makes the first decision, [`hosts`] turns an MX answer into the hosts to try, and
//! [`Hosts::after`] tells after each attempt how to go on.
//!
//! ```
//! use smtp_proto::ForwardPath;
//! use smtp_proto::route::{Attempt, Mx, MxAnswer, Next, Plan, RouteConfig, hosts, plan};
//!
//! let config = RouteConfig::default();
//! let recipient = ForwardPath::parse("<bob@hamburger.example>")?;
//! let Plan::NeedMx(domain) = plan(&recipient, &config)? else { panic!() };
//! // The caller asks DNS for the MX records of `domain`.
//! let answer = [Mx::new(20, "mx2.hamburger.example."), Mx::new(10, "mx1.hamburger.example.")];
//! let mut hosts = hosts(&domain, MxAnswer::Records(&answer), &config, |bytes| bytes.fill(7))?;
//! assert_eq!(hosts.current().unwrap().name(), "mx1.hamburger.example");
//! // The caller looks up A and AAAA, connects, and nobody answers.
//! assert_eq!(hosts.after(Attempt::Unreachable, &config), Next::Try);
//! assert_eq!(hosts.current().unwrap().name(), "mx2.hamburger.example");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod hosts;

pub use hosts::{Attempt, Hosts, Mx, MxAnswer, MxHost, Next, hosts};

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::address::{AddressLiteral, Domain, ForwardPath, Host};
use crate::reply::{Class, EnhancedCode, ReplyCode};

/// What this host knows about itself.
///
/// Names are compared without regard to ASCII case and a trailing dot. A name beyond ASCII is
/// compared as it is written: give both its U-label and its A-label form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct RouteConfig {
    /// The domains whose mail is delivered here.
    pub local_domains: Vec<Domain<'static>>,
    /// The names by which this host may be known in MX records; mail for them is delivered here.
    pub host_names: Vec<Domain<'static>>,
    /// The addresses by which this host may be known; mail for their literals is delivered here.
    pub addresses: Vec<IpAddr>,
    /// Next hops for single domains, looked at before [`smart_host`](Self::smart_host).
    pub routes: Vec<(Domain<'static>, NextHop)>,
    /// The host that takes all mail that is not local, instead of what DNS says.
    pub smart_host: Option<NextHop>,
    /// How many hosts of one domain are tried at most (RFC 5321 section 5.1 asks for two or more,
    /// so less than 2 counts as 2). Default 10.
    pub max_hosts: usize,
}

impl Default for RouteConfig {
    fn default() -> Self {
        Self {
            local_domains: Vec::new(),
            host_names: Vec::new(),
            addresses: Vec::new(),
            routes: Vec::new(),
            smart_host: None,
            max_hosts: 10,
        }
    }
}

impl RouteConfig {
    /// Whether `name` is one of this host's own domains or names.
    pub fn is_own_name(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name);
        self.local_domains
            .iter()
            .chain(&self.host_names)
            .any(|own| own.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether `ip` is one of this host's own addresses; IPv4-mapped IPv6 is the IPv4 address.
    pub fn is_own_address(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.addresses.iter().any(|own| own.to_canonical() == ip)
    }
}

/// A host that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NextHop {
    /// A name to look up A and AAAA for, not MX, or an address.
    pub host: Host<'static>,
    /// The TCP port.
    pub port: u16,
}

/// The first decision about a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Plan {
    /// Delivered here; DNS is not asked.
    Local,
    /// Handed to a host that the configuration names.
    NextHop(NextHop),
    /// Sent to this address, without MX.
    Literal(IpAddr),
    /// Look up the MX records of this domain, then call [`hosts`]. The name is in lower case and,
    /// if it is not ASCII, in U-labels that the resolver has to turn into A-labels.
    NeedMx(Domain<'static>),
}

/// Decides how `recipient` is reached.
///
/// # Errors
/// [`RouteError::UnknownLiteral`] and [`RouteError::NotADomain`].
pub fn plan(recipient: &ForwardPath<'_>, config: &RouteConfig) -> Result<Plan, RouteError> {
    match recipient.mailbox() {
        None => Ok(Plan::Local),
        Some(mailbox) => plan_host(&mailbox.host(), config),
    }
}

/// Decides how mail for any mailbox at `host` is reached.
///
/// # Errors
/// [`RouteError::UnknownLiteral`] and [`RouteError::NotADomain`].
pub fn plan_host(host: &Host<'_>, config: &RouteConfig) -> Result<Plan, RouteError> {
    let local = match host {
        Host::Domain(domain) => config.is_own_name(domain.as_str()),
        Host::Literal(literal) => literal.ip().is_some_and(|ip| config.is_own_address(ip)),
    };
    if local {
        return Ok(Plan::Local);
    }
    if let Host::Domain(domain) = host
        && let Some((_, hop)) = config
            .routes
            .iter()
            .find(|(name, _)| name.as_str().eq_ignore_ascii_case(domain.as_str()))
    {
        return Ok(Plan::NextHop(hop.clone()));
    }
    if let Some(hop) = &config.smart_host {
        return Ok(Plan::NextHop(hop.clone()));
    }
    match host {
        Host::Literal(AddressLiteral::V4(ip)) => Ok(Plan::Literal(IpAddr::V4(*ip))),
        Host::Literal(AddressLiteral::V6(ip)) => Ok(Plan::Literal(IpAddr::V6(*ip))),
        Host::Literal(AddressLiteral::General(_)) => Err(RouteError::UnknownLiteral),
        Host::Domain(domain) if host_name(domain.as_str()).is_some() => {
            Ok(Plan::NeedMx(domain.canonical()))
        }
        Host::Domain(_) => Err(RouteError::NotADomain),
    }
}

/// Why a message cannot go where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum RouteError {
    /// An address literal of a kind that is not IP.
    #[error("unknown kind of address literal")]
    UnknownLiteral,
    /// The domain is an IP address without brackets, or too long for DNS.
    #[error("not a domain name")]
    NotADomain,
    /// The domain does not exist.
    #[error("no such domain")]
    NoSuchDomain,
    /// The domain takes no mail (RFC 7505).
    #[error("the domain does not accept mail")]
    NullMx,
    /// MX records lead back to this host, which does not know the domain as its own.
    #[error("mail for the domain loops back to this host")]
    Loop,
    /// There are MX records, but no host in them can be used (RFC 5321 section 5.1).
    #[error("no usable mail host")]
    NoUsableHost,
    /// DNS did not answer.
    #[error("DNS lookup failed")]
    DnsFailure,
    /// No host answered.
    #[error("no mail host answered")]
    Unreachable,
    /// The last host greeted with 521 (RFC 7504 section 3).
    #[error("the host does not accept mail")]
    HostTakesNoMail,
    /// The last host said 4yz.
    #[error("deferred with {0}")]
    Deferred(ReplyCode),
    /// A host said 5yz.
    #[error("refused with {0}")]
    Refused(ReplyCode),
}

impl RouteError {
    /// Whether a later attempt may succeed.
    pub const fn is_temporary(self) -> bool {
        matches!(
            self,
            Self::DnsFailure | Self::Unreachable | Self::Deferred(_)
        )
    }

    /// The reply to RCPT, or the status in a report, that RFC 5321, 3463, 7504 and 7505 give for it.
    pub const fn reply_hint(self) -> (ReplyCode, EnhancedCode, &'static str) {
        use Class::{Permanent, Transient};
        let (code, class, subject, detail, text) = match self {
            Self::UnknownLiteral => (550, Permanent, 1, 2, "Unknown kind of address literal"),
            Self::NotADomain => (550, Permanent, 1, 2, "Not a domain name"),
            Self::NoSuchDomain => (550, Permanent, 1, 2, "Domain not found"),
            Self::NullMx => (556, Permanent, 1, 10, "Domain does not accept mail"),
            Self::Loop => (554, Permanent, 4, 6, "Mail loops back to this host"),
            Self::NoUsableHost => (550, Permanent, 4, 4, "No usable mail host"),
            Self::DnsFailure => (451, Transient, 4, 3, "DNS lookup failed"),
            Self::Unreachable => (451, Transient, 4, 1, "No answer from mail host"),
            Self::HostTakesNoMail => (521, Permanent, 3, 2, "Host does not accept mail"),
            Self::Deferred(code) => (code.get(), Transient, 0, 0, "Deferred by mail host"),
            Self::Refused(code) => (code.get(), Permanent, 0, 0, "Refused by mail host"),
        };
        (
            ReplyCode::constant(code),
            EnhancedCode::new(class, subject, detail),
            text,
        )
    }
}

/// The name in lower case without a trailing dot, if it can be looked up: labels of 1 to 63 and
/// together up to 253 octets, of which the last is not a number: address lookups of many systems take
/// `192.0.2.7`, `0x7f.1` and `0x7f000001` for IPv4 addresses, and no top-level domain is one.
///
/// The underscore is no letter of a host name, but it stands in those of live MX records.
fn host_name(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte >= 128 || b"-_".contains(&byte))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(last.as_bytes(), [b'0', b'x' | b'X', hex @ ..] if hex.iter().all(u8::is_ascii_hexdigit));
    (name.len() <= 253 && name.split('.').all(label) && !numeric).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    pub(super) fn config() -> RouteConfig {
        let domain = |name: &'static str| Domain::new(name).unwrap();
        RouteConfig {
            local_domains: vec![domain("own.example")],
            host_names: vec![domain("mx.own.example")],
            addresses: vec!["192.0.2.1".parse().unwrap()],
            ..RouteConfig::default()
        }
    }

    fn planned(recipient: &str) -> Result<Plan, RouteError> {
        plan(&ForwardPath::parse(recipient).unwrap(), &config())
    }

    #[test]
    fn first_decision() {
        assert_eq!(planned("<Postmaster>"), Ok(Plan::Local));
        assert_eq!(planned("<a@OWN.Example>"), Ok(Plan::Local));
        assert_eq!(planned("<a@mx.own.example>"), Ok(Plan::Local));
        assert_eq!(planned("<a@[192.0.2.1]>"), Ok(Plan::Local));
        assert_eq!(planned("<a@[IPv6:::ffff:192.0.2.1]>"), Ok(Plan::Local));
        let ip = "192.0.2.9".parse().unwrap();
        assert_eq!(planned("<a@[192.0.2.9]>"), Ok(Plan::Literal(ip)));
        let domain = Domain::new("b.example").unwrap();
        assert_eq!(planned("<a@B.example>"), Ok(Plan::NeedMx(domain)));
        assert_eq!(planned("<a@[x:y]>"), Err(RouteError::UnknownLiteral));
        assert_eq!(planned("<a@192.0.2.9>"), Err(RouteError::NotADomain));
        let sub = planned("<a@sub.own.example>");
        assert!(matches!(sub, Ok(Plan::NeedMx(_))));
    }

    #[test]
    fn next_hops_come_before_dns_and_after_local() {
        let hop = |port| NextHop {
            host: Host::parse("relay.example").unwrap(),
            port,
        };
        let mut config = config();
        config.smart_host = Some(hop(587));
        config.routes = vec![(Domain::new("sut.example").unwrap(), hop(2525))];
        let plan = |text| plan(&ForwardPath::parse(text).unwrap(), &config);
        assert_eq!(plan("<a@own.example>"), Ok(Plan::Local));
        assert_eq!(plan("<a@SUT.example>"), Ok(Plan::NextHop(hop(2525))));
        assert_eq!(plan("<a@b.example>"), Ok(Plan::NextHop(hop(587))));
        assert_eq!(plan("<a@[192.0.2.9]>"), Ok(Plan::NextHop(hop(587))));
    }
}
