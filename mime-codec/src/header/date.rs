//! Dates: Date, Resent-Date, the end of Received (RFC 5322 sections 3.3 and 4.3).

mod parse;

use alloc::vec::Vec;
use core::fmt;

use crate::header::defect_sink::Sink;
use crate::header::fold::FieldWriter;
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, EncodeError, Options};
use parse::Reader;
pub(crate) use parse::parse_loose;

/// Why a value is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} (at byte {offset})")]
pub struct DateError {
    offset: usize,
    kind: DateErrorKind,
}

impl DateError {
    /// Offset in the value of what does not fit.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What does not fit.
    pub fn kind(&self) -> DateErrorKind {
        self.kind
    }
}

/// The kinds of [`DateError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DateErrorKind {
    /// There is no day of the month, or the month does not have it.
    #[error("no such day")]
    Day,
    /// There is no month.
    #[error("no such month")]
    Month,
    /// There is no year of two to four digits.
    #[error("no such year")]
    Year,
    /// There is no time of day, or it does not exist.
    #[error("no such time of day")]
    Time,
    /// The zone is not at most 99 hours and 59 minutes away from UTC.
    #[error("no such zone")]
    Zone,
}

/// How local time relates to UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Zone {
    /// Local time is this many minutes ahead of UTC: `+0130` is 90, `-0500` is -300.
    Offset(i16),
    /// The time is UTC and says nothing about local time: `-0000`, and obsolete zones whose
    /// meaning is not known, single letters such as `Z` among them (RFC 5322 section 4.3).
    Unknown,
}

impl Zone {
    /// UTC as a local time: `+0000`.
    pub const UTC: Self = Self::Offset(0);

    /// Minutes ahead of UTC.
    pub fn minutes(self) -> i16 {
        match self {
            Self::Offset(minutes) => minutes,
            Self::Unknown => 0,
        }
    }
}

/// A date and time as a header field gives them.
///
/// A value always names a day that exists, between the years 0 and 9999; the second may be 60
/// for a leap second.
///
/// ```
/// use mime_codec::{DateTime, Zone};
///
/// let date = DateTime::parse(b"Fri, 21 Nov 1997 09(comment):   55  :  06 EST")?;
/// assert_eq!(date.zone(), Zone::Offset(-300));
/// assert_eq!(date.to_string(), "Fri, 21 Nov 1997 09:55:06 -0500");
/// assert_eq!(date.to_unix(), 880_124_106);
/// # Ok::<(), mime_codec::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    zone: Zone,
}

impl DateTime {
    /// A date and time of day in `zone`; the month counts from 1.
    ///
    /// # Errors
    ///
    /// [`DateError`] with offset 0 if there is no such day, time or zone.
    pub fn new(
        (year, month, day): (u16, u8, u8),
        (hour, minute, second): (u8, u8, u8),
        zone: Zone,
    ) -> Result<Self, DateError> {
        let kind = if year > 9999 {
            DateErrorKind::Year
        } else if !(1..=12).contains(&month) {
            DateErrorKind::Month
        } else if day == 0 || day > days_in_month(year, month) {
            DateErrorKind::Day
        } else if hour > 23 || minute > 59 || second > 60 {
            DateErrorKind::Time
        } else if zone.minutes().unsigned_abs() > 99 * 60 + 59 {
            DateErrorKind::Zone
        } else {
            return Ok(Self {
                year,
                month,
                day,
                hour,
                minute,
                second,
                zone,
            });
        };
        Err(DateError { offset: 0, kind })
    }

    /// The moment `seconds` after 1970-01-01 00:00:00 UTC, as local time of `zone`.
    ///
    /// `None` outside of the years 0 to 9999.
    pub fn from_unix(seconds: i64, zone: Zone) -> Option<Self> {
        let local = seconds.checked_add(i64::from(zone.minutes()) * 60)?;
        let (year, month, day) = civil_from_days(local.div_euclid(86_400))?;
        let time = u32::try_from(local.rem_euclid(86_400)).ok()?;
        let part = |value: u32| u8::try_from(value).ok();
        let time = (part(time / 3600)?, part(time / 60 % 60)?, part(time % 60)?);
        Self::new((year, month, day), time, zone).ok()
    }

    /// Seconds since 1970-01-01 00:00:00 UTC. A leap second counts as the second after it.
    pub fn to_unix(&self) -> i64 {
        let time =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days_from_civil(self.year, self.month, self.day) * 86_400 + time
            - i64::from(self.zone.minutes()) * 60
    }

    /// Reads a date in the current or the obsolete syntax, and in some forms of old programs.
    ///
    /// # Errors
    ///
    /// [`DateError`] if there is no date, or one that does not exist.
    pub fn parse(value: &[u8]) -> Result<Self, DateError> {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// As [`parse`](Self::parse), and appends what is wrong with the value to `defects`.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_with(
        value: &[u8],
        options: &Options,
        defects: &mut Vec<Defect>,
    ) -> Result<Self, DateError> {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &[u8], options: &Options, sink: &mut Sink<'_>) -> Result<Self, DateError> {
        match parse::common(value) {
            Some(date) => Ok(date),
            None => Reader::new(value, options, sink).date_time(),
        }
    }

    /// The year.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(&self) -> u8 {
        self.day
    }

    /// The hour, 0 to 23.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// The second, 0 to 60.
    pub fn second(&self) -> u8 {
        self.second
    }

    /// The zone.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The day of the week, 0 for Sunday to 6 for Saturday.
    pub fn weekday(&self) -> u8 {
        // Years that start in March; 400 of them, 20,871 weeks, keep the numbers positive.
        let (year, month) = (u32::from(self.year) + 400, u32::from(self.month));
        let (year, month) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let leaps = year / 4 - year / 100 + year / 400;
        let day_of_year = (153 * month + 2) / 5 + u32::from(self.day);
        // 1 March 0000 was a Wednesday.
        ((year + leaps + day_of_year + 2) % 7).to_le_bytes()[0]
    }

    /// Writes the date as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        let mut text = [0; TEXT];
        field.append(|out| out.extend_from_slice(self.format(&mut text)))
    }
}

const WEEKDAYS: [[u8; 3]; 7] = [
    *b"Sun", *b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat",
];
const MONTHS: [[u8; 3]; 12] = [
    *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct",
    *b"Nov", *b"Dec",
];

/// Octets of the longest form of a date.
const TEXT: usize = 31;

impl DateTime {
    /// The form of RFC 5322 section 3.3.
    #[expect(
        clippy::many_single_char_names,
        reason = "one for each character of a date"
    )]
    fn format<'t>(&self, text: &'t mut [u8; TEXT]) -> &'t [u8] {
        let name = |names: &[[u8; 3]], at: u8| {
            let name = names.get(usize::from(at));
            name.copied().unwrap_or(*b"???")
        };
        // No number is above 99.
        let two = |number: u8| [b'0' + number / 10, b'0' + number % 10];
        let four = |number: u16, unit: u16| {
            [number / unit, number % unit].map(|part| two(part.to_le_bytes()[0]))
        };
        let [w, e, k] = name(&WEEKDAYS, self.weekday());
        let [m, o, n] = name(&MONTHS, self.month.wrapping_sub(1));
        let [d, a] = two(self.day);
        let [[y, y1], [y2, y3]] = four(self.year, 100);
        let [[h, h1], [i, i1], [s, s1]] = [self.hour, self.minute, self.second].map(two);
        let zone = self.zone.minutes();
        let sign = if self.zone == Zone::Unknown || zone < 0 {
            b'-'
        } else {
            b'+'
        };
        let [[z, z1], [z2, z3]] = four(zone.unsigned_abs(), 60);
        *text = [
            w, e, k, b',', b' ', d, a, b' ', m, o, n, b' ', y, y1, y2, y3, b' ', h, h1, b':', i,
            i1, b':', s, s1, b' ', sign, z, z1, z2, z3,
        ];
        let mut from = 0;
        if self.day < 10 {
            // The day has one digit, and what is in front of it moves.
            text.copy_within(0..5, 1);
            from = 1;
        }
        text.get(from..).unwrap_or_default()
    }
}

impl fmt::Display for DateTime {
    /// Writes the form of RFC 5322 section 3.3: `Tue, 1 Jul 2003 10:52:37 +0200`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; TEXT];
        f.write_str(core::str::from_utf8(self.format(&mut text)).unwrap_or_default())
    }
}

impl core::str::FromStr for DateTime {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text.as_bytes())
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days_from_civil(year: u16, month: u8, day: u8) -> i64 {
    // Years that start in March end with the leap day.
    let (year, month) = (i32::from(year) - i32::from(month <= 2), i32::from(month));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + i32::from(day) - 1;
    i64::from(year * 365 + leaps + day_of_year - 719_468)
}

/// The day that is `days` after 1970-01-01; `None` outside of the years 0 to 9999.
fn civil_from_days(days: i64) -> Option<(u16, u8, u8)> {
    if !(-719_528..=2_932_896).contains(&days) {
        return None;
    }
    // Years that start in March, from 400 before the year 0.
    let days = u32::try_from(days + 719_468 + 146_097).ok()?;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    Some((
        u16::try_from(year.checked_sub(400)?).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DefectKind;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn defects(value: &str) -> (Result<DateTime, DateError>, Vec<DefectKind>) {
        let mut out = Vec::new();
        let date = DateTime::parse_with(value.as_bytes(), &Options::default(), &mut out);
        (date, out.into_iter().map(|defect| defect.kind).collect())
    }

    #[test]
    fn forms_and_zones() {
        let cases = [
            (
                "Tue, 1 Jul 2003 10:52:37 +0200",
                "Tue, 1 Jul 2003 10:52:37 +0200",
            ),
            ("1 jul 2003 10:52 -0000", "Tue, 1 Jul 2003 10:52:00 -0000"),
            ("21 Nov 97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"),
            ("1 Jan 49 00:00:00 EDT", "Fri, 1 Jan 2049 00:00:00 -0400"),
            ("1 Jan 099 00:00:00 Z", "Fri, 1 Jan 1999 00:00:00 -0000"),
            ("21 Nov 1997 09:55:06 A", "Fri, 21 Nov 1997 09:55:06 -0000"),
            (
                "Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)",
                "Thu, 13 Feb 1969 23:32:00 -0330",
            ),
            (
                "31 Dec 2016 23:59:60 +0000",
                "Sat, 31 Dec 2016 23:59:60 +0000",
            ),
        ];
        for (value, written) in cases {
            let (date, defects) = defects(value);
            assert_eq!(date.map(|date| date.to_string()).as_deref(), Ok(written));
            assert_eq!(defects, []);
        }
    }

    #[test]
    fn old_programs() {
        let cases = [
            (
                "Fri Nov 21 09:55:06 1997",
                "Fri, 21 Nov 1997 09:55:06 -0000",
            ),
            (
                "Fri Nov 21 09:55:06 EST 1997",
                "Fri, 21 Nov 1997 09:55:06 -0500",
            ),
            ("21-Nov-97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"),
            (
                "21 November 1997 09:55:06.123 +01:00",
                "Fri, 21 Nov 1997 09:55:06 +0100",
            ),
            (
                "Thu, 10 Jul 1997 14:53:31 EST5EDT",
                "Thu, 10 Jul 1997 14:53:31 -0500",
            ),
            (
                "Mon, 21 Nov 1997 09:55:06 +0000",
                "Fri, 21 Nov 1997 09:55:06 +0000",
            ),
            ("21 Nov 1997 09:55", "Fri, 21 Nov 1997 09:55:00 -0000"),
        ];
        for (value, written) in cases {
            let (date, defects) = defects(value);
            assert_eq!(
                date.map(|date| date.to_string()).as_deref(),
                Ok(written),
                "{value}"
            );
            assert_ne!(defects, [], "{value}");
        }
        assert_eq!(
            defects("Mon, 21 Nov 1997 09:55:06 +0000").1,
            [DefectKind::WrongWeekday]
        );
        assert_eq!(defects("21 Nov 1997 09:55").1, [DefectKind::MissingZone]);
    }

    #[test]
    fn days_that_do_not_exist() {
        let cases = [
            ("29 Feb 2023 00:00:00 +0000", DateErrorKind::Day),
            ("32 Jan 2023 00:00:00 +0000", DateErrorKind::Day),
            ("1 Foo 2023 00:00:00 +0000", DateErrorKind::Month),
            ("1 Jan 12345 00:00:00 +0000", DateErrorKind::Year),
            ("1 Jan 2023 24:00:00 +0000", DateErrorKind::Time),
            ("1 Jan 2023", DateErrorKind::Time),
            ("", DateErrorKind::Day),
        ];
        for (value, kind) in cases {
            assert_eq!(
                DateTime::parse(value.as_bytes()).map_err(|error| error.kind()),
                Err(kind),
                "{value}"
            );
        }
    }

    #[test]
    fn every_prefix_is_survived() {
        let value = b"Fri, 21 Nov 1997 (a (b) \\) c) 09:55:06 -0600 (x";
        for end in 0..=value.len() {
            let _ = DateTime::parse(value.get(..end).unwrap_or_default());
        }
    }

    #[test]
    fn unix_time() {
        assert_eq!(
            DateTime::from_unix(0, Zone::UTC)
                .map(|d| d.to_string())
                .as_deref(),
            Some("Thu, 1 Jan 1970 00:00:00 +0000")
        );
        assert_eq!(
            DateTime::from_unix(-62_167_219_200, Zone::UTC).map(|d| d.year()),
            Some(0)
        );
        assert_eq!(DateTime::from_unix(-62_167_219_201, Zone::UTC), None);
        assert_eq!(
            DateTime::from_unix(253_402_300_799, Zone::UTC).map(|d| d.year()),
            Some(9999)
        );
        assert_eq!(DateTime::from_unix(253_402_300_800, Zone::UTC), None);
        assert_eq!(DateTime::from_unix(i64::MAX, Zone::Offset(60)), None);
    }

    proptest! {
        #[test]
        fn round_trip(seconds in -62_000_000_000_i64..253_000_000_000, minutes in -5999_i16..=5999) {
            for zone in [Zone::Offset(minutes), Zone::Unknown] {
                let date = DateTime::from_unix(seconds, zone).expect("in range");
                prop_assert_eq!(date.to_unix(), seconds);
                let (read, defects) = defects(&date.to_string());
                prop_assert_eq!(read, Ok(date));
                prop_assert_eq!(defects, []);
            }
        }
    }
}
