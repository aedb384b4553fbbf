//! How many connections one source may have at a time, for `--max-per-source`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts open connections by source. Clones count together.
#[derive(Clone, Debug)]
pub struct Limiter {
    max: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One counted connection; dropping it frees the place.
#[derive(Debug)]
pub struct Place {
    source: IpAddr,
    limiter: Limiter,
}

impl Limiter {
    /// At most `max` connections from each source.
    pub fn new(max: usize) -> Self {
        Self {
            max,
            open: Arc::default(),
        }
    }

    /// A place for a connection from `address`, or `None` if its source has used up its places. An
    /// IPv6 source is a /64: one customer has all of its addresses.
    pub fn enter(&self, address: IpAddr) -> Option<Place> {
        let source = match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => v4,
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(source).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(Place {
            source,
            limiter: self.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self
            .limiter
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_source_and_freed() {
        let limiter = Limiter::new(2);
        let enter = |address: &str| limiter.enter(address.parse().unwrap());
        let first = enter("192.0.2.1");
        let second = enter("::ffff:192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(enter("192.0.2.1").is_none());
        assert!(enter("192.0.2.2").is_some());
        drop(first);
        assert!(enter("192.0.2.1").is_some());

        let six = [enter("2001:db8::1"), enter("2001:db8::2")];
        assert!(enter("2001:db8::3").is_none());
        assert!(enter("2001:db8:0:1::1").is_some());
        drop((six, second));
        assert!(limiter.open.lock().unwrap().is_empty());
    }
}
