//! The separator line of an mbox file (RFC 4155 appendix A).

use core::fmt;

/// A separator line: `From `, the sender and the time of delivery.
///
/// ```
/// use mime_codec::mbox::FromLine;
/// let line = FromLine::parse(b"From a@example.org  Tue Jul 23 19:39:23 2002\n").unwrap();
/// assert_eq!(line.sender, b"a@example.org");
/// assert_eq!(line.date.unwrap().to_string(), "Tue Jul 23 19:39:23 2002");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromLine<'a> {
    /// The envelope sender, or what stands there instead, such as `-`.
    pub sender: &'a [u8],
    /// The time of delivery, if the line has one that can be read.
    pub date: Option<Timestamp>,
}

/// The time in a separator line, in UTC unless the writer did otherwise.
///
/// The day of the week is worked out from the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 60.
    pub second: u8,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

impl<'a> FromLine<'a> {
    /// Reads a line; `None` if it does not start with `From `.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"From ")?.trim_ascii();
        // The sender may hold spaces: the date starts at a day of the week before a month.
        let is_day = |word: &[u8]| {
            DAYS.iter()
                .any(|day| word.eq_ignore_ascii_case(day.as_bytes()))
        };
        let mut from = 0;
        while let Some(word) = next_word(rest, from) {
            if is_day(word.text)
                && let Some(date) = rest.get(word.end..).and_then(Timestamp::parse)
            {
                let sender = rest.get(..word.start).unwrap_or_default().trim_ascii();
                return Some(Self {
                    sender,
                    date: Some(date),
                });
            }
            from = word.end;
        }
        Some(Self {
            sender: rest,
            date: None,
        })
    }

    /// Whether this is a separator rather than text that begins with `From `.
    ///
    /// It is with a date, with `-` for the sender, or with an address alone.
    pub fn is_plausible(&self) -> bool {
        let address = self.sender.contains(&b'@') && !self.sender.contains(&b' ');
        self.date.is_some() || self.sender == b"-" || self.sender.starts_with(b"- ") || address
    }
}

struct Word<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
}

fn next_word(text: &[u8], from: usize) -> Option<Word<'_>> {
    let rest = text.get(from..)?;
    let start = from + rest.iter().position(|octet| !octet.is_ascii_whitespace())?;
    let rest = text.get(start..)?;
    let length = rest
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(rest.len());
    Some(Word {
        text: rest.get(..length)?,
        start,
        end: start + length,
    })
}

impl Timestamp {
    /// Reads `Jul 23 19:39:23 2002`, with a zone before or after the year, or without seconds.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut words = text
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .map(|word| core::str::from_utf8(word).unwrap_or_default());
        let name = words.next()?;
        let month = MONTHS
            .iter()
            .position(|month| month.eq_ignore_ascii_case(name))?;
        let day = words.next()?.parse().ok()?;
        let mut clock = words.next()?.split(':');
        let hour = clock.next()?.parse().ok()?;
        let minute = clock.next()?.parse().ok()?;
        let second = clock.next().map_or(Some(0), |second| second.parse().ok())?;
        let year = words
            .take(3)
            .find(|word| word.len() == 4 && word.bytes().all(|octet| octet.is_ascii_digit()))?
            .parse()
            .ok()?;
        let date = Self {
            year,
            month: u8::try_from(month + 1).ok()?,
            day,
            hour,
            minute,
            second,
        };
        date.is_valid().then_some(date)
    }

    /// Whether every field is in its range.
    pub fn is_valid(&self) -> bool {
        (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=31).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 61
    }

    /// Days since Sunday (Sakamoto's method).
    fn weekday(self) -> usize {
        const OFFSETS: [usize; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let month = usize::from(self.month.max(1) - 1);
        let year = usize::from(self.year.max(1)) - usize::from(month < 2);
        let offset = OFFSETS.get(month).copied().unwrap_or(0);
        (year + year / 4 - year / 100 + year / 400 + offset + usize::from(self.day)) % 7
    }
}

impl fmt::Display for Timestamp {
    /// As C's `asctime` writes it, which RFC 4155 asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            |names: &[&'static str], index: usize| names.get(index).copied().unwrap_or("???");
        write!(
            f,
            "{} {} {:2} {:02}:{:02}:{:02} {:04}",
            name(&DAYS, self.weekday()),
            name(&MONTHS, usize::from(self.month.wrapping_sub(1))),
            self.day,
            self.hour,
            self.minute,
            self.second,
            self.year
        )
    }
}
