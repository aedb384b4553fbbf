//! How the texts of a hop are deserialized: checked as those that a program sets.

use alloc::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::{AddrSpec, EncodeError};

type Text<'a> = Cow<'a, str>;

fn checked<'de, 'a, D: Deserializer<'de>>(
    deserializer: D,
    check: fn(Text<'a>) -> Result<Text<'a>, EncodeError>,
) -> Result<Option<Text<'a>>, D::Error> {
    let text = Option::<Text<'a>>::deserialize(deserializer)?;
    text.map(check).transpose().map_err(D::Error::custom)
}

pub(super) fn word<'de, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    checked(deserializer, super::word)
}

pub(super) fn domain<'de, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    checked(deserializer, super::domain)
}

/// What may stand behind `for`: an address, or the word that some servers write instead, as in
/// `for root`.
pub(super) fn recipient<'de, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'a>>, D::Error> {
    checked(deserializer, |text| {
        // An address alone would let in line ends: they may stand in the folds around its parts.
        if !text.chars().any(char::is_control) && AddrSpec::parse(text.as_bytes()).is_ok() {
            return Ok(text);
        }
        super::word(text)
    })
}
