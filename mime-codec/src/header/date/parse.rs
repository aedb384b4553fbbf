//! Reading dates: the common form at once, all others step by step (RFC 5322 sections 3.3 and 4.3).

use super::{DateError, DateErrorKind, DateTime, Zone};
use crate::header::defect_sink::Sink;
use crate::header::grammar::{Cursor, DIGIT, WSP, is};
use crate::{DefectKind, Options};

/// Reads `[day-of-week,] day month year hh:mm:ss +zone [(comment)]` with single spaces, if it is
/// sound. All else is left to [`Reader`].
#[inline]
pub(super) fn common(value: &[u8]) -> Option<DateTime> {
    let mut rest = value;
    while let [b' ', tail @ ..] = rest {
        rest = tail;
    }
    let mut weekday = None;
    if let [a, b, c, b',', b' ', tail @ ..] = rest {
        weekday = Some(weekday_number(letters(*a, *b, *c))?);
        rest = tail;
    }
    // What is no digit is noted and looked at once in the end.
    let mut bad = 0;
    let mut digits = |ten: u8, one: u8| {
        let (ten, one) = (ten.wrapping_sub(b'0'), one.wrapping_sub(b'0'));
        bad |= u8::from(ten > 9) | u8::from(one > 9);
        ten.wrapping_mul(10).wrapping_add(one)
    };
    let (day, rest) = match rest {
        [one, b' ', tail @ ..] | [b' ', one, b' ', tail @ ..] => (digits(b'0', *one), tail),
        [ten, one, b' ', tail @ ..] => (digits(*ten, *one), tail),
        _ => return None,
    };
    let &[
        a,
        b,
        c,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b' ',
        sign,
        z1,
        z2,
        z3,
        z4,
        ref tail @ ..,
    ] = rest
    else {
        return None;
    };
    let month = month_number(letters(a, b, c))?;
    let year = u16::from(digits(y1, y2)) * 100 + u16::from(digits(y3, y4));
    let time = (digits(h1, h2), digits(m1, m2), digits(s1, s2));
    let (hours, minutes) = (digits(z1, z2), digits(z3, z4));
    if bad != 0 || minutes > 59 {
        return None;
    }
    let offset = i16::from(hours) * 60 + i16::from(minutes);
    let zone = match sign {
        b'+' => Zone::Offset(offset),
        b'-' if offset == 0 => Zone::Unknown,
        b'-' => Zone::Offset(-offset),
        _ => return None,
    };
    let mut tail = tail;
    if let [b' ', b'(', comment @ ..] = tail {
        let end = comment.iter().position(|b| !b.is_ascii_alphanumeric())?;
        tail = comment.get(end..)?.strip_prefix(b")")?;
    }
    if !tail.iter().all(|&b| is(b, WSP)) {
        return None;
    }
    let date = DateTime::new((year, month, day), time, zone).ok()?;
    if weekday.is_some_and(|weekday| weekday != date.weekday()) {
        return None;
    }
    Some(date)
}

/// Three letters in lower case.
#[inline]
fn letters(a: u8, b: u8, c: u8) -> u32 {
    u32::from_be_bytes([0, a, b, c]) | 0x20_2020
}

const fn key(name: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, name[0], name[1], name[2]])
}

#[inline]
fn weekday_number(letters: u32) -> Option<u8> {
    const SUN: u32 = key(*b"sun");
    const MON: u32 = key(*b"mon");
    const TUE: u32 = key(*b"tue");
    const WED: u32 = key(*b"wed");
    const THU: u32 = key(*b"thu");
    const FRI: u32 = key(*b"fri");
    const SAT: u32 = key(*b"sat");
    Some(match letters {
        SUN => 0,
        MON => 1,
        TUE => 2,
        WED => 3,
        THU => 4,
        FRI => 5,
        SAT => 6,
        _ => return None,
    })
}

#[inline]
fn month_number(letters: u32) -> Option<u8> {
    const NAMES: [u32; 12] = [
        key(*b"jan"),
        key(*b"feb"),
        key(*b"mar"),
        key(*b"apr"),
        key(*b"may"),
        key(*b"jun"),
        key(*b"jul"),
        key(*b"aug"),
        key(*b"sep"),
        key(*b"oct"),
        key(*b"nov"),
        key(*b"dec"),
    ];
    (1..)
        .zip(NAMES)
        .find(|(_, name)| *name == letters)
        .map(|(number, _)| number)
}

/// Date, time of day and zone.
type Parts = ((u16, u8, u8), (u8, u8, u8), Zone);

/// Reads a date step by step.
pub(super) struct Reader<'a, 'r, 's> {
    cursor: Cursor<'a>,
    options: &'r Options,
    sink: &'r mut Sink<'s>,
}

impl<'a, 'r, 's> Reader<'a, 'r, 's> {
    pub(super) fn new(value: &'a [u8], options: &'r Options, sink: &'r mut Sink<'s>) -> Self {
        Self {
            cursor: Cursor::new_ascii(value),
            options,
            sink,
        }
    }

    pub(super) fn date_time(&mut self) -> Result<DateTime, DateError> {
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
        let Some(weekday) = weekday_number(self.name()) else {
            // Perhaps a month: the form of `asctime` without the day of the week.
            self.cursor.set_pos(start);
            return None;
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
        month_number(self.name()).ok_or(DateError {
            offset: at,
            kind: DateErrorKind::Month,
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
            3 => {
                self.sink.report(DefectKind::DateSyntax, at);
                (number / 100, number % 100)
            }
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
            b"EDT\0" => -4,
            b"EST\0" | b"CDT\0" => -5,
            b"CST\0" | b"MDT\0" => -6,
            b"MST\0" | b"PDT\0" => -7,
            b"PST\0" => -8,
            // Also all single letters: RFC 822 defined most of them wrongly, and RFC 5322 section 4.3 takes
            // every one, `Z` among them, as `-0000`. For `Z` that is the same moment.
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

/// Reads the date at the end of a trace field, in front of which some programs put an underscore.
pub(crate) fn parse_loose(
    value: &[u8],
    options: &Options,
    sink: &mut Sink<'_>,
) -> Option<DateTime> {
    let start = value.iter().position(|&b| !is(b, WSP) && b != b'_')?;
    DateTime::read(value.get(start..)?, options, sink).ok()
}
