//! Dates: Date, Resent-Date, the end of Received (RFC 5322 sections 3.3 and 4.3).

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use crate::defect_sink::Sink;
use crate::fold::FieldWriter;
use crate::grammar::{Cursor, DIGIT, WSP};
use crate::header_options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, FieldError, HeaderOptions};

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
pub enum Zone {
    /// Local time is this many minutes ahead of UTC: `+0130` is 90, `-0500` is -300.
    Offset(i16),
    /// The time is UTC and says nothing about local time: `-0000`, and obsolete zones whose
    /// meaning is not known (RFC 5322 section 4.3).
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
        options: &HeaderOptions,
        defects: &mut Vec<Defect>,
    ) -> Result<Self, DateError> {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &[u8], options: &HeaderOptions, sink: &mut Sink<'_>) -> Result<Self, DateError> {
        let mut reader = Reader {
            cursor: Cursor::new_ascii(value),
            options,
            sink,
        };
        reader.date_time()
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
        let days = days_from_civil(self.year, self.month, self.day);
        u8::try_from((days + 4).rem_euclid(7)).unwrap_or_default()
    }

    /// Writes the date as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), FieldError> {
        field.space();
        field.write_folding(&self.to_string())
    }
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl fmt::Display for DateTime {
    /// Writes the form of RFC 5322 section 3.3: `Tue, 1 Jul 2003 10:52:37 +0200`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = WEEKDAYS.get(usize::from(self.weekday())).unwrap_or(&"");
        let month = usize::from(self.month)
            .checked_sub(1)
            .and_then(|month| MONTHS.get(month))
            .unwrap_or(&"");
        let Self {
            year,
            day,
            hour,
            minute,
            second,
            zone,
            ..
        } = self;
        write!(
            f,
            "{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} "
        )?;
        let sign = if *zone == Zone::Unknown || zone.minutes() < 0 {
            '-'
        } else {
            '+'
        };
        let minutes = zone.minutes().unsigned_abs();
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

impl core::str::FromStr for DateTime {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text.as_bytes())
    }
}

/// Date, time of day and zone.
type Parts = ((u16, u8, u8), (u8, u8, u8), Zone);

struct Reader<'a, 'r, 's> {
    cursor: Cursor<'a>,
    options: &'r HeaderOptions,
    sink: &'r mut Sink<'s>,
}

impl Reader<'_, '_, '_> {
    fn date_time(&mut self) -> Result<DateTime, DateError> {
        self.gap();
        let weekday_at = self.cursor.pos();
        let weekday = self.weekday();
        let start = self.cursor.pos();
        let (date, time, zone) = if self.letters_next() {
            self.asctime()?
        } else {
            let day = self.day()?;
            self.separator();
            let month = self.month()?;
            self.separator();
            let year = self.year()?;
            self.gap();
            ((year, month, day), self.time()?, self.zone())
        };
        self.gap();
        if !self.cursor.at_end() {
            self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
        }
        let date = DateTime::new(date, time, zone).map_err(|error| DateError {
            offset: start,
            ..error
        })?;
        if let Some(weekday) = weekday
            && date.weekday() != weekday
        {
            self.sink.report(DefectKind::WrongWeekday, weekday_at);
        }
        Ok(date)
    }

    /// `Nov 21 09:55:06 [zone] 1997`, as `asctime` and `date` write it.
    #[cold]
    fn asctime(&mut self) -> Result<Parts, DateError> {
        self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
        let month = self.month()?;
        self.gap();
        let day = self.day()?;
        self.separator();
        let (digits, len) = self.peek_number();
        // `Nov 21 1997 09:55:06 [zone]`
        if len == 4 {
            self.cursor.set_pos(self.cursor.pos() + len);
            self.separator();
            let year = u16::try_from(digits).map_err(|_| self.error(DateErrorKind::Year))?;
            return Ok(((year, month, day), self.time()?, self.zone()));
        }
        let time = self.time()?;
        let zone = if self.letters_next() {
            self.zone()
        } else {
            Zone::Unknown
        };
        self.gap();
        let year = self.year()?;
        self.gap();
        let zone = if self.cursor.at_end() {
            zone
        } else {
            self.zone()
        };
        Ok(((year, month, day), time, zone))
    }

    #[inline]
    fn gap(&mut self) {
        self.cursor.skip_cfws(self.options, self.sink);
    }

    /// What stands between the parts of a date: white space, or a hyphen of old programs.
    #[inline]
    fn separator(&mut self) {
        self.gap();
        if let Some(b'-' | b',' | b'.' | b'/') = self.cursor.peek() {
            self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
            self.cursor.bump();
            self.gap();
        }
    }

    #[inline]
    fn letters_next(&self) -> bool {
        self.cursor.peek().is_some_and(|b| b.is_ascii_alphabetic())
    }

    /// Three letters as a number, in lower case; moves past all letters.
    #[inline]
    fn name(&mut self) -> u32 {
        let letter = |ahead| {
            self.cursor
                .peek_at(ahead)
                .filter(u8::is_ascii_alphabetic)
                .unwrap_or(0)
                | 0x20
        };
        let name = u32::from_be_bytes([0, letter(0), letter(1), letter(2)]);
        let mut len = 0;
        while self.letters_next() {
            self.cursor.bump();
            len += 1;
        }
        if len > 3 {
            self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
        }
        name
    }

    /// The day of the week with its comma.
    #[inline]
    fn weekday(&mut self) -> Option<u8> {
        if !self.letters_next() {
            return None;
        }
        let start = self.cursor.pos();
        let weekday = match &self.name().to_be_bytes() {
            b"\0sun" => 0,
            b"\0mon" => 1,
            b"\0tue" => 2,
            b"\0wed" => 3,
            b"\0thu" => 4,
            b"\0fri" => 5,
            b"\0sat" => 6,
            _ => {
                // Perhaps a month: the form of `asctime` without the day of the week.
                self.cursor.set_pos(start);
                return None;
            }
        };
        self.gap();
        if self.cursor.eat(b',') {
            self.gap();
        } else {
            self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
            if self.cursor.eat(b'.') {
                self.gap();
            }
        }
        Some(weekday)
    }

    #[inline]
    fn day(&mut self) -> Result<u8, DateError> {
        self.two_digits()
            .ok_or_else(|| self.error(DateErrorKind::Day))
    }

    #[inline]
    fn month(&mut self) -> Result<u8, DateError> {
        if !self.letters_next() {
            self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
            return self
                .two_digits()
                .ok_or_else(|| self.error(DateErrorKind::Month));
        }
        let at = self.cursor.pos();
        Ok(match &self.name().to_be_bytes() {
            b"\0jan" => 1,
            b"\0feb" => 2,
            b"\0mar" => 3,
            b"\0apr" => 4,
            b"\0may" => 5,
            b"\0jun" => 6,
            b"\0jul" => 7,
            b"\0aug" => 8,
            b"\0sep" => 9,
            b"\0oct" => 10,
            b"\0nov" => 11,
            b"\0dec" => 12,
            _ => {
                return Err(DateError {
                    offset: at,
                    kind: DateErrorKind::Month,
                });
            }
        })
    }

    /// A year; two digits and three digits by RFC 5322 section 4.3.
    #[inline]
    fn year(&mut self) -> Result<u16, DateError> {
        let (number, len) = self.peek_number();
        let year = match len {
            2 if number < 50 => number + 2000,
            2 | 3 => number + 1900,
            4 => number,
            _ => return Err(self.error(DateErrorKind::Year)),
        };
        self.cursor.set_pos(self.cursor.pos() + len);
        u16::try_from(year).map_err(|_| self.error(DateErrorKind::Year))
    }

    #[inline]
    fn time(&mut self) -> Result<(u8, u8, u8), DateError> {
        let hour = self
            .two_digits()
            .ok_or_else(|| self.error(DateErrorKind::Time))?;
        self.gap();
        if !self.cursor.eat(b':') {
            return Err(self.error(DateErrorKind::Time));
        }
        self.gap();
        let minute = self
            .two_digits()
            .ok_or_else(|| self.error(DateErrorKind::Time))?;
        self.gap();
        let mut second = 0;
        if self.cursor.eat(b':') {
            self.gap();
            second = self
                .two_digits()
                .ok_or_else(|| self.error(DateErrorKind::Time))?;
            if matches!(self.cursor.peek(), Some(b'.' | b',')) {
                self.sink.report(DefectKind::DateSyntax, self.cursor.pos());
                self.cursor.bump();
                self.cursor.skip(DIGIT);
            }
            self.gap();
        }
        Ok((hour, minute, second))
    }

    /// A zone; what is no zone that RFC 5322 defines is an unknown one (section 4.3).
    #[inline]
    fn zone(&mut self) -> Zone {
        match self.cursor.peek() {
            Some(sign @ (b'+' | b'-')) => self.numeric_zone(sign),
            _ => self.named_zone(),
        }
    }

    #[inline]
    fn numeric_zone(&mut self, sign: u8) -> Zone {
        let at = self.cursor.pos();
        self.cursor.bump();
        let (number, len) = self.peek_number();
        self.cursor.set_pos(self.cursor.pos() + len);
        let (hours, minutes) = match len {
            4 => (number / 100, number % 100),
            // `+02:00`, `+2`
            1 | 2 => {
                self.sink.report(DefectKind::DateSyntax, at);
                let minutes = if self.cursor.eat(b':') {
                    self.two_digits().unwrap_or(0)
                } else {
                    0
                };
                (number, u32::from(minutes))
            }
            _ => (100, 0),
        };
        if hours > 99 || minutes > 59 {
            self.sink.report(DefectKind::DateSyntax, at);
            return Zone::Unknown;
        }
        let total = i16::try_from(hours * 60 + minutes).unwrap_or_default();
        match (sign, total) {
            (b'-', 0) => Zone::Unknown,
            (b'-', total) => Zone::Offset(-total),
            (_, total) => Zone::Offset(total),
        }
    }

    #[cold]
    fn named_zone(&mut self) -> Zone {
        let at = self.cursor.pos();
        while self.letters_next() {
            self.cursor.bump();
        }
        let name = self.cursor.slice(at, self.cursor.pos());
        let mut upper = [0_u8; 4];
        if name.is_empty() {
            self.sink.report(DefectKind::MissingZone, at);
            return Zone::Unknown;
        }
        if name.len() > upper.len() {
            return Zone::Unknown;
        }
        upper
            .iter_mut()
            .zip(name)
            .for_each(|(to, from)| *to = from.to_ascii_uppercase());
        let hours = match &upper {
            b"GMT\0" | b"UT\0\0" | b"UTC\0" => {
                // `GMT+0200`
                if let Some(sign @ (b'+' | b'-')) = self.cursor.peek() {
                    self.sink.report(DefectKind::DateSyntax, at);
                    return self.numeric_zone(sign);
                }
                0
            }
            b"Z\0\0\0" => 0,
            b"EDT\0" => -4,
            b"EST\0" | b"CDT\0" => -5,
            b"CST\0" | b"MDT\0" => -6,
            b"MST\0" | b"PDT\0" => -7,
            b"PST\0" => -8,
            _ => return Zone::Unknown,
        };
        Zone::Offset(hours * 60)
    }

    /// The number that comes next and how many digits it has, at most five of them read.
    #[inline]
    fn peek_number(&self) -> (u32, usize) {
        let mut number = 0;
        let mut len = 0;
        while let Some(digit @ b'0'..=b'9') = self.cursor.peek_at(len)
            && len < 5
        {
            number = number * 10 + u32::from(digit - b'0');
            len += 1;
        }
        (number, len)
    }

    #[inline]
    fn two_digits(&mut self) -> Option<u8> {
        let first = self.cursor.peek().filter(u8::is_ascii_digit)? - b'0';
        self.cursor.bump();
        match self.cursor.peek() {
            Some(digit @ b'0'..=b'9') => {
                self.cursor.bump();
                if self.cursor.peek().is_some_and(|b| b.is_ascii_digit()) {
                    None
                } else {
                    Some(first * 10 + digit - b'0')
                }
            }
            _ => Some(first),
        }
    }

    #[cold]
    fn error(&self, kind: DateErrorKind) -> DateError {
        DateError {
            offset: self.cursor.pos(),
            kind,
        }
    }
}

/// Reads a date that other text may follow, such as the end of a trace field.
pub(crate) fn parse_loose(
    value: &[u8],
    options: &HeaderOptions,
    sink: &mut Sink<'_>,
) -> Option<DateTime> {
    let start = value
        .iter()
        .position(|&b| !crate::grammar::is(b, WSP) && b != b'_')?;
    DateTime::read(value.get(start..)?, options, sink).ok()
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
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
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
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((
        u16::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(day).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn defects(value: &str) -> (Result<DateTime, DateError>, Vec<DefectKind>) {
        let mut out = Vec::new();
        let date = DateTime::parse_with(value.as_bytes(), &HeaderOptions::default(), &mut out);
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
            ("1 Jan 099 00:00:00 Z", "Fri, 1 Jan 1999 00:00:00 +0000"),
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
