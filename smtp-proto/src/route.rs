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

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr};

use crate::address::{AddressLiteral, Domain, ForwardPath, Host};
use crate::reply::{Class, EnhancedCode, ReplyCode, Severity};

/// What this host knows about itself.
///
/// Names are compared without regard to ASCII case and a trailing dot. A name beyond ASCII is
/// compared as it is written: give both its U-label and its A-label form.
#[derive(Clone, Debug, PartialEq, Eq)]
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
pub struct NextHop {
    /// A name to look up A and AAAA for, not MX, or an address.
    pub host: Host<'static>,
    /// The TCP port.
    pub port: u16,
}

/// The first decision about a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// An MX record, as DNS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mx<'a> {
    preference: u16,
    exchange: &'a str,
}

impl<'a> Mx<'a> {
    /// A record; `exchange` with or without the trailing dot, `.` for the root.
    #[must_use]
    pub const fn new(preference: u16, exchange: &'a str) -> Self {
        Self {
            preference,
            exchange,
        }
    }

    const fn is_root(&self) -> bool {
        matches!(self.exchange.as_bytes(), b"" | b".")
    }
}

/// What DNS has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MxAnswer<'a> {
    /// The domain exists and has these records, perhaps none.
    Records(&'a [Mx<'a>]),
    /// The domain does not exist (NXDOMAIN).
    NoSuchDomain,
    /// DNS did not answer, or with an error that may pass.
    Failed,
}

/// The hosts to try for a domain, best first.
///
/// `domain` is the name that the answer is about: where the resolver has followed a CNAME, the
/// name it led to (RFC 5321 section 5.1). Without MX records it is itself the host to try.
///
/// Hosts of equal preference are shuffled by `entropy`, which fills the buffer it is given; a
/// function and not a seed, because the number of draws depends on the records. Load is spread by
/// it and nothing is kept secret, so it need not be cryptographic. Records whose exchange is not a
/// host name, such as an IP address, are passed over, and so are all that are not better than this
/// host's own, wherever that stands.
///
/// # Errors
/// [`RouteError`]: see its variants.
pub fn hosts(
    domain: &Domain<'_>,
    answer: MxAnswer<'_>,
    config: &RouteConfig,
    mut entropy: impl FnMut(&mut [u8]),
) -> Result<Hosts, RouteError> {
    let records = match answer {
        MxAnswer::Records(records) => records,
        MxAnswer::NoSuchDomain => return Err(RouteError::NoSuchDomain),
        MxAnswer::Failed => return Err(RouteError::DnsFailure),
    };
    if records.is_empty() {
        return if config.is_own_name(domain.as_str()) {
            Err(RouteError::Loop)
        } else {
            let name = host_name(domain.as_str()).ok_or(RouteError::NotADomain)?;
            Ok(Hosts::new(alloc::vec![MxHost {
                preference: 0,
                name
            }]))
        };
    }
    // RFC 7505 section 3 knows one such record only, but the root is no host in any other either.
    if records.iter().all(Mx::is_root) {
        return Err(RouteError::NullMx);
    }
    let own = records
        .iter()
        .filter(|record| config.is_own_name(record.exchange))
        .map(|record| record.preference)
        .min();
    let mut list: Vec<MxHost> = records
        .iter()
        .filter(|record| own.is_none_or(|own| record.preference < own))
        .filter_map(|record| {
            Some(MxHost {
                preference: record.preference,
                name: host_name(record.exchange)?,
            })
        })
        .collect();
    list.sort_unstable();
    let mut seen = BTreeSet::new();
    list.retain(|host| seen.insert(host.name.clone()));
    if list.is_empty() {
        return Err(if own.is_some() {
            RouteError::Loop
        } else {
            RouteError::NoUsableHost
        });
    }
    for equal in list.chunk_by_mut(|a, b| a.preference == b.preference) {
        shuffle(equal, &mut entropy);
    }
    list.truncate(config.max_hosts.max(2));
    Ok(Hosts::new(list))
}

/// A host to look up A and AAAA for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MxHost {
    preference: u16,
    name: String,
}

impl MxHost {
    /// The preference of its record; 0 for a domain without MX records.
    pub const fn preference(&self) -> u16 {
        self.preference
    }

    /// The name, in lower case and without a trailing dot. It is not a CNAME in a well-kept zone
    /// (RFC 2181 section 10.3); following one all the same is common.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The hosts of a domain and how far the attempts have got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    list: Vec<MxHost>,
    next: usize,
    /// Why the last host failed; a temporary reason is never replaced by a permanent one.
    failure: Option<RouteError>,
}

/// How an attempt with one host ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attempt {
    /// The host has no address.
    NoAddress,
    /// DNS did not tell the host's addresses.
    AddressLookupFailed,
    /// This address of the host; it is looked up among [`RouteConfig::addresses`] before anyone
    /// connects to it. [`Next::Try`] keeps the host if the address is not this host's own.
    Address(IpAddr),
    /// No connection to any address, or one that broke or timed out before the final reply.
    Unreachable,
    /// The greeting, if it is not 220.
    Greeting(ReplyCode),
    /// The reply that decided about this recipient.
    Reply(ReplyCode),
}

/// How to go on after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// With [`Hosts::current`].
    Try,
    /// The recipient is done.
    Delivered,
    /// Not now: keep the message and start again with the MX lookup later
    /// (RFC 5321 section 4.5.4.1).
    Later(RouteError),
    /// Never: return the message to its sender.
    Failed(RouteError),
}

impl Hosts {
    const fn new(list: Vec<MxHost>) -> Self {
        Self {
            list,
            next: 0,
            failure: None,
        }
    }

    /// The host to try now.
    pub fn current(&self) -> Option<&MxHost> {
        self.list.get(self.next)
    }

    /// The hosts not tried yet, with the current one at the front.
    pub fn remaining(&self) -> &[MxHost] {
        self.list.get(self.next..).unwrap_or_default()
    }

    /// Takes note of how the attempt with the current host ended.
    ///
    /// A temporary failure or none at all leads to the next host, a permanent one to the end; so
    /// does 556, by which a relay passes on that the domain takes no mail. A greeting of 521 is about
    /// that host alone (RFC 7504 section 3), so another one may still take the message.
    pub fn after(&mut self, attempt: Attempt, config: &RouteConfig) -> Next {
        let failure = match attempt {
            Attempt::Address(ip) if config.is_own_address(ip) => {
                let own = self.current().map_or(0, MxHost::preference);
                // The list is sorted, so what is left at this preference and above is its tail.
                let keep = self.list.iter().take_while(|host| host.preference < own);
                let keep = keep.count();
                self.list.truncate(keep);
                self.next = self.next.min(keep);
                if keep == 0 {
                    self.failure = Some(RouteError::Loop);
                }
                return self.verdict();
            }
            Attempt::Address(_) => return self.verdict(),
            Attempt::NoAddress => RouteError::NoUsableHost,
            Attempt::AddressLookupFailed => RouteError::DnsFailure,
            Attempt::Unreachable => RouteError::Unreachable,
            Attempt::Greeting(code) if code.get() == 521 => RouteError::HostTakesNoMail,
            Attempt::Greeting(code) | Attempt::Reply(code) => match code.severity() {
                Severity::PositiveCompletion => return Next::Delivered,
                Severity::PermanentNegative => return Next::Failed(RouteError::Refused(code)),
                Severity::TransientNegative | Severity::PositiveIntermediate => {
                    RouteError::Deferred(code)
                }
            },
        };
        if failure.is_temporary() || !self.failure.is_some_and(RouteError::is_temporary) {
            self.failure = Some(failure);
        }
        self.next = self.next.saturating_add(1).min(self.list.len());
        self.verdict()
    }

    fn verdict(&self) -> Next {
        if self.current().is_some() {
            return Next::Try;
        }
        match self.failure.unwrap_or(RouteError::NoUsableHost) {
            failure if failure.is_temporary() => Next::Later(failure),
            failure => Next::Failed(failure),
        }
    }
}

/// Why a message cannot go where it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
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
/// together up to 253 octets, of which the last is not all digits, as an IPv4 address would be.
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
    let numeric = name.parse::<Ipv4Addr>().is_ok() || last.bytes().all(|b| b.is_ascii_digit());
    (name.len() <= 253 && name.split('.').all(label) && !numeric).then(|| name.to_ascii_lowercase())
}

/// Fisher and Yates; the bias of a 64-bit draw over so few hosts is immaterial.
fn shuffle(hosts: &mut [MxHost], entropy: &mut impl FnMut(&mut [u8])) {
    for last in (1..hosts.len()).rev() {
        let mut bytes = [0; 8];
        entropy(&mut bytes);
        let draw = u128::from(u64::from_le_bytes(bytes)) * (last as u128 + 1);
        hosts.swap(last, usize::try_from(draw >> 64).unwrap_or(last).min(last));
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec;

    use super::*;

    fn config() -> RouteConfig {
        let domain = |name: &'static str| Domain::new(name).unwrap();
        RouteConfig {
            local_domains: vec![domain("own.example")],
            host_names: vec![domain("mx.own.example")],
            addresses: vec!["192.0.2.1".parse().unwrap()],
            ..RouteConfig::default()
        }
    }

    fn route(records: &[Mx<'_>]) -> Result<Hosts, RouteError> {
        let domain = Domain::new("b.example").unwrap();
        hosts(&domain, MxAnswer::Records(records), &config(), |bytes| {
            bytes.fill(0);
        })
    }

    fn names(hosts: &Hosts) -> Vec<&str> {
        hosts.remaining().iter().map(MxHost::name).collect()
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

    #[test]
    fn sorted_by_preference() {
        let list = route(&[
            Mx::new(30, "c.example."),
            Mx::new(10, "A.example"),
            Mx::new(20, "b.example"),
            Mx::new(40, "a.example."),
        ])
        .unwrap();
        assert_eq!(names(&list), ["a.example", "b.example", "c.example"]);
    }

    #[test]
    fn equal_preferences_are_spread() {
        let records = ["a.x", "b.x", "c.x", "d.x"].map(|name| Mx::new(10, name));
        let domain = Domain::new("b.example").unwrap();
        let mut first = [0; 4];
        let mut state = 1_u64;
        for _ in 0..4000 {
            let list = hosts(&domain, MxAnswer::Records(&records), &config(), |bytes| {
                // The generator of Marsaglia's "Xorshift RNGs".
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                bytes.copy_from_slice(&state.to_le_bytes());
            })
            .unwrap();
            let mut sorted = names(&list);
            let at = records.iter().position(|mx| mx.exchange == sorted[0]);
            first[at.unwrap()] += 1;
            sorted.sort_unstable();
            assert_eq!(sorted, ["a.x", "b.x", "c.x", "d.x"]);
        }
        assert!(first.iter().all(|&n| (800..1200).contains(&n)), "{first:?}");
    }

    #[test]
    fn own_host_cuts_the_list() {
        let list = route(&[
            Mx::new(10, "a.example"),
            Mx::new(20, "b.example"),
            Mx::new(20, "MX.own.example."),
            Mx::new(30, "c.example"),
        ])
        .unwrap();
        assert_eq!(names(&list), ["a.example"]);
        let best = [Mx::new(5, "mx.own.example"), Mx::new(10, "a.example")];
        assert_eq!(route(&best), Err(RouteError::Loop));
        let (code, enhanced, _) = RouteError::Loop.reply_hint();
        assert_eq!(format!("{code} {enhanced}"), "554 5.4.6");
    }

    #[test]
    fn own_address_cuts_the_list() {
        let records = [
            Mx::new(10, "a.example"),
            Mx::new(20, "b.example"),
            Mx::new(30, "c.example"),
        ];
        let own = Attempt::Address("192.0.2.1".parse().unwrap());
        let other = Attempt::Address("192.0.2.2".parse().unwrap());
        let mut list = route(&records).unwrap();
        assert_eq!(list.after(other, &config()), Next::Try);
        assert_eq!(names(&list).len(), 3);
        let mut first = list.clone();
        assert_eq!(first.after(own, &config()), Next::Failed(RouteError::Loop));
        // Not best: the better hosts were tried and the message waits for them.
        assert_eq!(list.after(Attempt::Unreachable, &config()), Next::Try);
        assert_eq!(
            list.after(own, &config()),
            Next::Later(RouteError::Unreachable)
        );
    }

    #[test]
    fn no_records() {
        let list = route(&[]).unwrap();
        assert_eq!(names(&list), ["b.example"]);
        let domain = Domain::new("b.example").unwrap();
        let with = |answer| hosts(&domain, answer, &config(), |_| ());
        assert_eq!(with(MxAnswer::NoSuchDomain), Err(RouteError::NoSuchDomain));
        assert_eq!(with(MxAnswer::Failed), Err(RouteError::DnsFailure));
        // A CNAME that led here.
        let own = Domain::new("mx.own.example").unwrap();
        let list = hosts(&own, MxAnswer::Records(&[]), &config(), |_| ());
        assert_eq!(list, Err(RouteError::Loop));
    }

    #[test]
    fn null_mx() {
        assert_eq!(route(&[Mx::new(0, ".")]), Err(RouteError::NullMx));
        let (code, enhanced, _) = RouteError::NullMx.reply_hint();
        assert_eq!(format!("{code} {enhanced}"), "556 5.1.10");
        let mixed = route(&[Mx::new(0, "."), Mx::new(10, "a.example")]).unwrap();
        assert_eq!(names(&mixed), ["a.example"]);
    }

    #[test]
    fn useless_exchanges_are_passed_over() {
        let bad = [
            "192.0.2.7",
            "192.0.2.7.",
            "[192.0.2.7]",
            "2001:db8::1",
            "a..b",
            "-a.example",
            "a b.example",
            "321",
        ];
        let long = "a.".repeat(127);
        let records: Vec<Mx<'_>> = bad
            .into_iter()
            .chain([long.as_str()])
            .map(|name| Mx::new(1, name))
            .collect();
        // 253 octets and the trailing dot are still a name.
        assert_eq!(names(&route(&records).unwrap()), [&long[..253]]);
        assert_eq!(route(&records[..bad.len()]), Err(RouteError::NoUsableHost));
        let underscore = route(&[Mx::new(1, "mx_1.example")]).unwrap();
        assert_eq!(names(&underscore), ["mx_1.example"]);
    }

    #[test]
    fn number_of_hosts_is_bounded() {
        let many: Vec<String> = (0..5000).map(|n| format!("h{n}.example")).collect();
        let records: Vec<Mx<'_>> = many.iter().map(|name| Mx::new(1, name)).collect();
        assert_eq!(route(&records).unwrap().remaining().len(), 10);
    }

    #[test]
    fn attempts() {
        use Attempt::{AddressLookupFailed, Greeting, NoAddress, Reply, Unreachable};

        let code = |code| ReplyCode::new(code).unwrap();
        let records = [Mx::new(10, "a.example"), Mx::new(20, "b.example")];
        let run = |attempts: &[Attempt]| {
            let mut list = route(&records).unwrap();
            let mut next = Next::Try;
            for attempt in attempts {
                assert_eq!(next, Next::Try);
                next = list.after(*attempt, &config());
            }
            next
        };
        let unreachable = RouteError::Unreachable;
        assert_eq!(run(&[Reply(code(250))]), Next::Delivered);
        let refused = RouteError::Refused(code(550));
        assert_eq!(run(&[Reply(code(550))]), Next::Failed(refused));
        let refused = RouteError::Refused(code(556));
        assert_eq!(run(&[Reply(code(556))]), Next::Failed(refused));
        let refused = RouteError::Refused(code(554));
        assert_eq!(run(&[Greeting(code(554))]), Next::Failed(refused));
        assert_eq!(run(&[Unreachable, Reply(code(250))]), Next::Delivered);
        assert_eq!(run(&[Unreachable, Unreachable]), Next::Later(unreachable));
        let deferred = RouteError::Deferred(code(451));
        assert_eq!(run(&[Unreachable, Reply(code(451))]), Next::Later(deferred));
        let no_mail = Greeting(code(521));
        assert_eq!(run(&[no_mail, Reply(code(250))]), Next::Delivered);
        assert_eq!(run(&[Unreachable, no_mail]), Next::Later(unreachable));
        assert_eq!(
            run(&[no_mail, no_mail]),
            Next::Failed(RouteError::HostTakesNoMail)
        );
        assert_eq!(
            run(&[NoAddress, NoAddress]),
            Next::Failed(RouteError::NoUsableHost)
        );
        assert_eq!(
            run(&[NoAddress, AddressLookupFailed]),
            Next::Later(RouteError::DnsFailure)
        );
    }
}
