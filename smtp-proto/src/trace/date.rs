//! `date-time` of RFC 5322 section 3.3, from a clock that the caller has read.

use core::fmt;

/// A moment and an offset from UTC, written as RFC 5322 section 3.3 has it.
///
/// ```
/// use smtp_proto::trace::Date;
/// let date = Date::new(0, -480).unwrap();
/// assert_eq!(date.to_string(), "Wed, 31 Dec 1969 16:00:00 -0800");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts", into = "Parts"))]
pub struct Date {
    /// Seconds of local time since 1 January of the year 0, which makes all numbers positive.
    local: u64,
    offset: i16,
}

/// Days from 1 January of the year 0 to the Unix epoch in the Gregorian calendar.
const EPOCH_DAYS: i64 = 719_528;
const DAY: u64 = 86_400;

impl Date {
    /// The moment `unix` seconds after the Unix epoch, at a place `offset` minutes east of UTC.
    ///
    /// `None` if the local year is not 1900 to 9999 or the offset is 24 hours or more.
    pub fn new(unix: i64, offset: i16) -> Option<Self> {
        if offset.unsigned_abs() >= 24 * 60 {
            return None;
        }
        let local = unix
            .checked_add(i64::from(offset) * 60)?
            .checked_add(EPOCH_DAYS * DAY.cast_signed())?;
        let date = Self {
            local: u64::try_from(local).ok()?,
            offset,
        };
        // 1 January 10000 is day 3,652,425 of this calendar.
        (date.local / DAY < 3_652_425 && date.civil().0 >= 1900).then_some(date)
    }

    /// Seconds after the Unix epoch.
    pub fn unix(self) -> i64 {
        self.local.cast_signed() - EPOCH_DAYS * DAY.cast_signed() - i64::from(self.offset) * 60
    }

    /// Minutes east of UTC.
    pub const fn offset(self) -> i16 {
        self.offset
    }

    /// Year, month from 0 to 11, and day of the month from 1.
    fn civil(self) -> (u64, usize, u64) {
        let mut days = self.local / DAY;
        // 400 years have 146,097 days; within them the estimate is off by at most one year.
        let mut year = days / 146_097 * 400;
        days %= 146_097;
        let mut part = days / 365;
        let before = |part: u64| {
            // Leap days in the years from 0 up to `part`; the year 0 has one.
            part * 365 + part.div_ceil(4) - part.div_ceil(100) + part.div_ceil(400)
        };
        if before(part) > days {
            part = part.saturating_sub(1);
        }
        days = days.saturating_sub(before(part));
        year += part;
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let lengths = [
            31,
            28 + u64::from(leap),
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ];
        for (month, length) in lengths.into_iter().enumerate() {
            if days < length {
                return (year, month, days + 1);
            }
            days -= length;
        }
        (year, 11, 31)
    }
}

/// What a [`Date`] is made of.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Parts {
    unix: i64,
    offset: i16,
}

#[cfg(feature = "serde")]
impl From<Date> for Parts {
    fn from(date: Date) -> Self {
        Self {
            unix: date.unix(),
            offset: date.offset(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for Date {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Self::new(parts.unix, parts.offset).ok_or("date out of range")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 1 January of the year 0 was a Saturday.
        const DAYS: [&str; 7] = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let (year, month, day) = self.civil();
        let weekday = DAYS
            .iter()
            .cycle()
            .nth(usize::try_from(self.local / DAY % 7).unwrap_or(0));
        let weekday = weekday.copied().unwrap_or_default();
        let month = MONTHS.get(month).copied().unwrap_or_default();
        let (hour, minute, second) = (
            self.local / 3600 % 24,
            self.local / 60 % 60,
            self.local % 60,
        );
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.unsigned_abs();
        write!(
            f,
            "{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {sign}{:02}{:02}",
            offset / 60,
            offset % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn dates() {
        let cases = [
            (0, 0, "Thu, 1 Jan 1970 00:00:00 +0000"),
            (951_782_400, 0, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (951_868_799, 1, "Wed, 1 Mar 2000 00:00:59 +0001"),
            (1_709_251_199, 0, "Thu, 29 Feb 2024 23:59:59 +0000"),
            (1_735_689_599, 330, "Wed, 1 Jan 2025 05:29:59 +0530"),
            (-2_208_988_800, 0, "Mon, 1 Jan 1900 00:00:00 +0000"),
            (4_107_542_400, 0, "Mon, 1 Mar 2100 00:00:00 +0000"),
            (253_402_300_799, 0, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ];
        for (unix, offset, text) in cases {
            let date = Date::new(unix, offset).unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!((date.unix(), date.offset()), (unix, offset));
        }
        assert_eq!(Date::new(-2_208_988_801, 0), None);
        assert_eq!(Date::new(253_402_300_800, 0), None);
        assert_eq!(Date::new(i64::MAX, 1), None);
        assert_eq!(Date::new(i64::MIN, -1), None);
        assert_eq!(Date::new(0, 1440), None);
        assert_eq!(Date::new(0, i16::MIN), None);
    }

    /// Day after day from 1900 to 2500 against a calendar that only counts.
    #[test]
    fn every_day() {
        let (mut year, mut month, mut day) = (1900, 0, 1);
        for days in -25_567..193_579_i64 {
            let date = Date::new(days * 86_400, 0).unwrap();
            assert_eq!(date.civil(), (year, month, day));
            let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
            let length = match month {
                1 => 28 + u64::from(leap),
                3 | 5 | 8 | 10 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month == 12 {
                (year, month) = (year + 1, 0);
            }
        }
        assert_eq!(year, 2500);
    }
}
