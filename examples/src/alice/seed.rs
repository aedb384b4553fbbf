//! Where a run's random numbers and times come from: without a seed from the system, with one from
//! it alone.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use smtp_proto::trace::Date;

use crate::machine::Failure;

/// Friday, 20 November 2026, 09:00 UTC: when seeded runs begin.
const START: i64 = 1_795_165_200;
const DAY: u64 = 24 * 60 * 60;

/// The source of ids. Each purpose has a number of its own, so that one more step changes none of
/// the others.
#[derive(Clone, Debug)]
pub struct Seed {
    value: u64,
    given: bool,
}

impl Seed {
    /// The seed given, or one that nobody can guess.
    pub fn new(given: Option<u64>) -> Self {
        Self {
            value: given.unwrap_or_else(|| RandomState::new().hash_one(0)),
            given: given.is_some(),
        }
    }

    /// A number for this purpose.
    pub fn word(&self, purpose: &str) -> u64 {
        purpose
            .bytes()
            .fold(mix(self.value), |word, byte| mix(word ^ u64::from(byte)))
    }
}

/// The step function of `SplitMix64`.
const fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The time of day, in a seeded run a second later at each look.
#[derive(Debug)]
pub struct Clock(Option<AtomicI64>);

impl Clock {
    /// The clock that goes with this seed.
    pub fn new(seed: &Seed) -> Self {
        let moment = (seed.word("clock") % DAY).cast_signed();
        Self(seed.given.then(|| (START + moment).into()))
    }

    /// Now, as SMTP's trace fields have it.
    ///
    /// # Errors
    ///
    /// If the system's clock is set to a time beyond imagination.
    pub fn now(&self) -> Result<Date, Failure> {
        Date::new(self.unix()?, 0).ok_or_else(|| "the clock is wrong".into())
    }

    /// Now, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`now`](Self::now).
    pub fn unix(&self) -> Result<i64, Failure> {
        Ok(match &self.0 {
            Some(next) => next.fetch_add(1, Ordering::Relaxed),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)?
                .as_secs()
                .try_into()?,
        })
    }
}
