//! Address ranges (RFC 4632) for `--allow`.

use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses: `192.0.2.0/24`, `2001:db8::/32`, or a single address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cidr {
    network: u128,
    mask: u128,
}

impl Cidr {
    /// Whether `address` lies in the range. An IPv4 address that came in through an IPv6 socket is
    /// the IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.network
    }
}

/// IPv4 addresses in their IPv4-mapped place, so that one comparison serves both families.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' is no address range such as 192.0.2.0/24");
        let (address, length) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            "" if !text.ends_with('/') => width,
            length => length.parse().map_err(|_| bad())?,
        };
        let host = width.checked_sub(length).ok_or_else(bad)?;
        let mask = u128::MAX.checked_shl(host).unwrap_or(0);
        Ok(Self {
            network: bits(address) & mask,
            mask,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        range
            .parse::<Cidr>()
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn ranges() {
        assert!(contains("192.0.2.0/24", "192.0.2.255"));
        assert!(!contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("192.0.2.77/24", "192.0.2.1"));
        assert!(contains("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!contains("192.0.2.1", "192.0.2.2"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
        assert!(!contains("2001:db8::/32", "2001:db9::1"));
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1"));
    }

    #[test]
    fn nonsense() {
        for text in [
            "",
            "/",
            "1.2.3.4/",
            "1.2.3.4/33",
            "::/129",
            "1.2.3/8",
            "1.2.3.4/-1",
            "host",
        ] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }
}
