//! The values of single parameters: BY, HOLDFOR, MT-PRIORITY, MTRK, RRVS, SOLICIT, ENVID, TRANSID.

use alloc::borrow::Cow;
use core::fmt;
use core::ops::RangeInclusive;
use core::str::FromStr;

use crate::command::argument::check_base64;
use crate::cursor::{VCHAR, is};
use crate::error::{ParseError, ParseErrorKind};
use crate::text::{checked_text, on_text};

use super::decimal;

fn invalid() -> ParseError {
    ParseError::new(0, ParseErrorKind::InvalidParameterValue)
}

/// The value of `BY` (RFC 2852 section 4): deliver within this time, or else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct By {
    seconds: i32,
    mode: ByMode,
    trace: bool,
}

/// What happens to a message that is late (RFC 2852 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ByMode {
    /// `N`: deliver it all the same and notify the sender.
    Notify,
    /// `R`: return it.
    Return,
}

impl By {
    /// Seconds left, from -999,999,999 to 999,999,999; with [`ByMode::Return`] at least 1.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidParameterValue`] outside that range.
    pub fn new(seconds: i32, mode: ByMode, trace: bool) -> Result<Self, ParseError> {
        if seconds.unsigned_abs() > 999_999_999 || (mode == ByMode::Return && seconds < 1) {
            return Err(invalid());
        }
        Ok(Self {
            seconds,
            mode,
            trace,
        })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (time, mode) = text.split_once(';')?;
        let digits = time.strip_prefix(['-', '+']).unwrap_or(time);
        if !(1..=9).contains(&digits.len()) {
            return None;
        }
        let mut seconds = i32::try_from(decimal(digits.as_bytes())?).ok()?;
        if time.starts_with('-') {
            seconds = -seconds;
        }
        let (mode, trace) = match mode.as_bytes() {
            [b'N' | b'n'] => (ByMode::Notify, false),
            [b'N' | b'n', b'T' | b't'] => (ByMode::Notify, true),
            [b'R' | b'r'] => (ByMode::Return, false),
            [b'R' | b'r', b'T' | b't'] => (ByMode::Return, true),
            _ => return None,
        };
        Self::new(seconds, mode, trace).ok()
    }

    /// Seconds left until the message is late; negative if it already is.
    pub const fn seconds(self) -> i32 {
        self.seconds
    }

    /// What happens when it is late.
    pub const fn mode(self) -> ByMode {
        self.mode
    }

    /// Whether each relay is to send a report (`T`).
    pub const fn trace(self) -> bool {
        self.trace
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            ByMode::Notify => 'N',
            ByMode::Return => 'R',
        };
        let trace = if self.trace { "T" } else { "" };
        write!(f, "{};{mode}{trace}", self.seconds)
    }
}

/// The value of `HOLDFOR` or `HOLDUNTIL` (RFC 4865 section 4): release the message later.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Hold<'a> {
    /// Seconds to wait, from 1 to 999,999,999; others are refused when the command is parsed and
    /// cut to the range when it is encoded.
    For(u32),
    /// The moment to wait for.
    Until(DateTime<'a>),
}

impl<'a> Hold<'a> {
    pub(super) fn parse_for(text: &'a str) -> Option<Self> {
        if text.len() > 9 || text.starts_with('0') {
            return None;
        }
        u32::try_from(decimal(text.as_bytes())?).ok().map(Self::For)
    }

    pub(super) fn parse_until(text: &'a str) -> Option<Self> {
        DateTime::new(text).ok().map(Self::Until)
    }
}

checked_text! {
    /// A moment as RFC 3339 writes it, `2026-11-20T19:02:27Z`.
    DateTime, check_date_time
}

fn check_date_time(octets: &[u8]) -> Result<(), ParseError> {
    date_time(octets).ok_or(invalid())
}

/// Checks form and ranges; the calendar is left to whoever needs the moment.
fn date_time(bytes: &[u8]) -> Option<()> {
    let number = |from: usize, len: usize, range: RangeInclusive<u64>| {
        range
            .contains(&decimal(bytes.get(from..from + len)?)?)
            .then_some(())
    };
    let mark = |at: usize, marks: &[u8]| marks.contains(bytes.get(at)?).then_some(());
    number(0, 4, 0..=9999)?;
    mark(4, b"-")?;
    number(5, 2, 1..=12)?;
    mark(7, b"-")?;
    number(8, 2, 1..=31)?;
    mark(10, b"Tt")?;
    number(11, 2, 0..=23)?;
    mark(13, b":")?;
    number(14, 2, 0..=59)?;
    mark(16, b":")?;
    number(17, 2, 0..=60)?;
    let mut at = 19;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let digits = bytes
            .get(at..)?
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        (count > 0).then_some(())?;
        at += count;
    }
    let end = match bytes.get(at)? {
        b'Z' | b'z' => at + 1,
        b'+' | b'-' => {
            number(at + 1, 2, 0..=23)?;
            mark(at + 3, b":")?;
            number(at + 4, 2, 0..=59)?;
            at + 6
        }
        _ => return None,
    };
    (bytes.len() == end).then_some(())
}

/// The value of `MT-PRIORITY` (RFC 6710 section 4): from -9, the lowest, to 9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "i8", into = "i8"))]
pub struct Priority(i8);

impl Priority {
    /// The priority as a number.
    pub const fn get(self) -> i8 {
        self.0
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let value = match text.as_bytes() {
            [digit @ b'0'..=b'9'] => (digit - b'0').cast_signed(),
            [b'-', digit @ b'1'..=b'9'] => -(digit - b'0').cast_signed(),
            _ => return None,
        };
        Some(Self(value))
    }
}

impl TryFrom<i8> for Priority {
    type Error = ParseError;

    fn try_from(value: i8) -> Result<Self, ParseError> {
        if (-9..=9).contains(&value) {
            Ok(Self(value))
        } else {
            Err(invalid())
        }
    }
}

impl From<Priority> for i8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

checked_text! {
    /// The value of `MTRK` (RFC 3885 section 3): who may ask where the message is, and how long.
    Mtrk, |octets| on_text(octets, check_mtrk)
}

impl Mtrk<'_> {
    /// The base64 of the hash that authenticates a query.
    pub fn certifier(&self) -> &str {
        self.as_str()
            .split_once(':')
            .map_or(self.as_str(), |(certifier, _)| certifier)
    }

    /// Seconds for which the tracking data is to be kept.
    pub fn timeout(&self) -> Option<u32> {
        let (_, timeout) = self.as_str().split_once(':')?;
        u32::try_from(decimal(timeout.as_bytes())?).ok()
    }
}

fn check_mtrk(text: &str) -> Result<(), ParseError> {
    let (certifier, timeout) = match text.split_once(':') {
        Some((certifier, timeout)) => (certifier, Some(timeout)),
        None => (text, None),
    };
    let valid = !certifier.is_empty()
        && check_base64(certifier.as_bytes()).is_ok()
        && timeout
            .is_none_or(|timeout| timeout.len() <= 9 && decimal(timeout.as_bytes()).is_some());
    valid.then_some(()).ok_or(invalid())
}

/// The value of `RRVS` (RFC 7293 section 3): deliver only if the mailbox has had the same owner
/// since this moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rrvs<'a> {
    /// Since when the owner must be the same.
    pub since: DateTime<'a>,
    /// What a relay does when the next hop does not know the extension.
    pub action: Option<RrvsAction>,
}

/// What a relay does when the next hop does not offer RRVS (RFC 7293 section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum RrvsAction {
    /// `R`: return the message.
    Reject,
    /// `C`: continue without the protection.
    Continue,
}

impl<'a> Rrvs<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (since, action) = match text.split_once(';') {
            None => (text, None),
            Some((since, action)) => {
                let action = match action.as_bytes() {
                    [b'C' | b'c'] => RrvsAction::Continue,
                    [b'R' | b'r'] => RrvsAction::Reject,
                    _ => return None,
                };
                (since, Some(action))
            }
        };
        Some(Self {
            since: DateTime::new(since).ok()?,
            action,
        })
    }

    pub(super) fn into_owned(self) -> Rrvs<'static> {
        Rrvs {
            since: self.since.into_owned(),
            action: self.action,
        }
    }
}

impl fmt::Display for Rrvs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.since.as_str())?;
        f.write_str(match self.action {
            None => "",
            Some(RrvsAction::Continue) => ";C",
            Some(RrvsAction::Reject) => ";R",
        })
    }
}

checked_text! {
    /// The value of `SOLICIT` (RFC 3865 section 4): keywords that class a solicitation.
    Solicit, |octets| on_text(octets, check_solicit)
}

impl Solicit<'_> {
    /// The keywords, such as `org.example:ADV`.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        self.as_str().split(',')
    }
}

fn check_solicit(text: &str) -> Result<(), ParseError> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte))
    };
    (text.len() <= 1_000 && text.split(',').all(word))
        .then_some(())
        .ok_or(invalid())
}

checked_text! {
    /// The value of `ENVID` (RFC 3461 section 4.4): xtext of at most 100 octets that comes back in
    /// delivery reports.
    EnvelopeId, check_envelope_id
}

impl EnvelopeId<'_> {
    /// The most octets (RFC 3461 section 4.4).
    pub(super) const MAX: usize = 100;

    /// The identifier that was encoded.
    pub fn decode(&self) -> Cow<'_, [u8]> {
        crate::xtext::decode(self.0.as_bytes())
    }
}

fn check_envelope_id(octets: &[u8]) -> Result<(), ParseError> {
    if octets.is_empty() || octets.len() > EnvelopeId::MAX {
        return Err(invalid());
    }
    crate::xtext::check_printable(octets)
}

checked_text! {
    /// The value of `TRANSID` (RFC 1845 section 4): names a transaction that may be resumed.
    TransactionId, |octets| on_text(octets, check_transaction_id)
}

fn check_transaction_id(text: &str) -> Result<(), ParseError> {
    let inner = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'));
    let valid = inner.is_some_and(|id| {
        !id.is_empty()
            && id
                .bytes()
                .all(|byte| is(byte, VCHAR) && byte != b'<' && byte != b'>')
    });
    (valid && text.len() <= 80).then_some(()).ok_or(invalid())
}

impl FromStr for By {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text).ok_or(invalid())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for By {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(rename = "By")]
        struct Fields {
            seconds: i32,
            mode: ByMode,
            trace: bool,
        }
        let fields = Fields::deserialize(deserializer)?;
        Self::new(fields.seconds, fields.mode, fields.trace).map_err(serde::de::Error::custom)
    }
}
