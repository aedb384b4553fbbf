//! Which of the offered mechanisms to take (RFC 4422 section 3.2, RFC 4954 section 4).

/// What the connection protects, and what may go over it all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Transport {
    /// TLS is in place.
    Tls,
    /// There is no TLS: only mechanisms that do not show a password or token.
    Clear,
    /// There is no TLS and the user insists: any mechanism.
    ClearAllowed,
}

/// The strongest mechanism among `able`, the names the caller can do, that the server offers.
///
/// Strong is what proves most and shows least: a certificate, then SCRAM and Kerberos, tokens,
/// CRAM-MD5, mechanisms this crate does not know, PLAIN, LOGIN and, last, ANONYMOUS. Within one
/// rank the earlier of `able` wins. Names are compared in any case. `None` means that nothing fits:
/// without TLS that is so for a server with PLAIN and LOGIN alone, unless
/// [`Transport::ClearAllowed`] is given.
///
/// ```
/// use smtp_proto::sasl::{Transport, choose};
/// let offered = ["LOGIN", "PLAIN", "SCRAM-SHA-256"];
/// assert_eq!(choose(offered, ["PLAIN", "LOGIN"], Transport::Tls), Some("PLAIN"));
/// assert_eq!(choose(offered, ["PLAIN", "LOGIN"], Transport::Clear), None);
/// ```
pub fn choose<'o, 'a>(
    offered: impl IntoIterator<Item = &'o str, IntoIter: Clone>,
    able: impl IntoIterator<Item = &'a str>,
    transport: Transport,
) -> Option<&'a str> {
    let offered = offered.into_iter();
    able.into_iter()
        .filter_map(|name| {
            let (rank, clear) = rank(name);
            let fits = match transport {
                Transport::Tls | Transport::ClearAllowed => true,
                Transport::Clear => clear,
            };
            (fits
                && offered
                    .clone()
                    .any(|offer| offer.eq_ignore_ascii_case(name)))
            .then_some((rank, name))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, name)| name)
}

/// The place in the order, 0 for the strongest, and whether an eavesdropper learns no secret.
fn rank(name: &str) -> (usize, bool) {
    const KNOWN: [(&str, bool); 16] = [
        ("EXTERNAL", true),
        ("SCRAM-SHA-512-PLUS", true),
        ("SCRAM-SHA-256-PLUS", true),
        ("SCRAM-SHA-1-PLUS", true),
        ("SCRAM-SHA-512", true),
        ("SCRAM-SHA-256", true),
        ("SCRAM-SHA-1", true),
        ("GS2-KRB5", true),
        ("GSSAPI", true),
        ("OAUTHBEARER", false),
        ("XOAUTH2", false),
        ("CRAM-MD5", true),
        // A name that is not in the table ranks here.
        ("", false),
        ("PLAIN", false),
        ("LOGIN", false),
        ("ANONYMOUS", true),
    ];
    let find = |name: &str| {
        KNOWN
            .iter()
            .enumerate()
            .find(|(_, (known, _))| known.eq_ignore_ascii_case(name))
            .map(|(rank, (_, clear))| (rank, *clear))
    };
    find(name).or_else(|| find("")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sasl::MECHANISMS;

    #[test]
    fn strongest_first() {
        let all = "ANONYMOUS LOGIN PLAIN XOAUTH2 OAUTHBEARER external";
        let offered = || all.split(' ');
        for (at, expected) in MECHANISMS.into_iter().enumerate() {
            let able = MECHANISMS.into_iter().skip(at);
            assert_eq!(choose(offered(), able, Transport::Tls), Some(expected));
        }
        assert_eq!(choose(offered(), ["X-OWN"], Transport::Tls), None);
        let own = ["LOGIN", "X-OWN", "PLAIN"];
        assert_eq!(
            choose(["x-own", "PLAIN"], own, Transport::Tls),
            Some("X-OWN")
        );
    }

    #[test]
    fn no_secret_in_the_clear() {
        let secret = ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER", "X-OWN"];
        assert_eq!(choose(secret, secret, Transport::Clear), None);
        assert_eq!(
            choose(secret, secret, Transport::ClearAllowed),
            Some("OAUTHBEARER")
        );
        let offered = ["PLAIN", "CRAM-MD5"];
        assert_eq!(choose(offered, offered, Transport::Clear), Some("CRAM-MD5"));
    }
}
