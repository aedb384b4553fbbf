//! The hosts of a domain in the order to try them (RFC 5321 section 5.1, RFC 7504, RFC 7505).

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::{RouteConfig, RouteError, host_name};
use crate::address::Domain;
use crate::reply::{ReplyCode, Severity};

/// An MX record, as DNS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
            let host = MxHost::new(0, domain.as_str()).ok_or(RouteError::NotADomain)?;
            Ok(Hosts::new(alloc::vec![host]))
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
        .filter_map(|record| MxHost::new(record.preference, record.exchange))
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "UncheckedHost"))]
pub struct MxHost {
    preference: u16,
    name: String,
}

/// An [`MxHost`] whose name nobody has looked at.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct UncheckedHost {
    preference: u16,
    name: String,
}

#[cfg(feature = "serde")]
impl TryFrom<UncheckedHost> for MxHost {
    type Error = &'static str;

    fn try_from(host: UncheckedHost) -> Result<Self, Self::Error> {
        Self::new(host.preference, &host.name).ok_or("not a host name")
    }
}

impl MxHost {
    /// The host of a record; `None` if `name` is no host name.
    pub(crate) fn new(preference: u16, name: &str) -> Option<Self> {
        Some(Self {
            preference,
            name: host_name(name)?,
        })
    }

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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

    use super::*;
    use crate::route::tests::config;

    fn route(records: &[Mx<'_>]) -> Result<Hosts, RouteError> {
        let domain = Domain::new("b.example").unwrap();
        hosts(&domain, MxAnswer::Records(records), &config(), |bytes| {
            bytes.fill(0);
        })
    }

    fn names(hosts: &Hosts) -> Vec<&str> {
        hosts.remaining().iter().map(MxHost::name).collect()
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
            "0x7f.1",
            "0x7f000001",
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
