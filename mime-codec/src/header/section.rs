//! Header sections and their fields, found when asked for (RFC 5322 section 2.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::parse::scan::{
    End, MARK, Name, eq_fold, field_end, field_name, is_envelope_line, line_end, trim,
};

/// One header field as it stands in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header<'a> {
    raw: &'a [u8],
    name: usize,
    colon: usize,
    offset: u64,
}

impl<'a> Header<'a> {
    pub(crate) const fn new(raw: &'a [u8], name: usize, colon: usize, offset: u64) -> Self {
        Self {
            raw,
            name,
            colon,
            offset,
        }
    }

    /// The name as it was written, without white space before the colon; printable ASCII.
    pub fn name(&self) -> &'a str {
        self.raw
            .get(..self.name)
            .and_then(|name| core::str::from_utf8(name).ok())
            .unwrap_or_default()
    }

    /// Whether the field is called `name`, without regard to case.
    pub fn is(&self, name: &str) -> bool {
        self.raw
            .get(..self.name)
            .is_some_and(|own| eq_fold(own, name.as_bytes()))
    }

    /// The whole field with its line ends, octet for octet.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Everything between the colon and the last line end, folds included.
    pub fn value_raw(&self) -> &'a [u8] {
        let end = self.raw.len() - line_end(self.raw);
        self.raw.get(self.colon + 1..end).unwrap_or_default()
    }

    /// The value without folds and without white space at its ends (RFC 5322 section 2.2.3).
    ///
    /// A line end in front of white space goes, the white space stays. Nothing is decoded.
    pub fn value(&self) -> Cow<'a, [u8]> {
        unfold(trim(self.value_raw()))
    }

    /// The value as text: like [`value`](Self::value), octets that are not UTF-8 as U+FFFD.
    ///
    /// Encoded words are not decoded.
    pub fn text(&self) -> Cow<'a, str> {
        match self.value() {
            Cow::Borrowed(value) => String::from_utf8_lossy(value),
            Cow::Owned(value) => Cow::Owned(String::from_utf8_lossy(&value).into_owned()),
        }
    }

    /// Offset of the field's first octet, counted from the start of the parsed input.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Offset of the first octet behind the colon.
    pub fn value_offset(&self) -> u64 {
        self.offset
            .saturating_add(u64::try_from(self.colon).unwrap_or(u64::MAX))
            .saturating_add(1)
    }
}

/// Removes line ends that white space follows.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let mut ends = memchr::memchr_iter(b'\n', value).peekable();
    if ends.peek().is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut from = 0;
    for end in ends {
        let line = value.get(from..=end).unwrap_or_default();
        out.extend_from_slice(line.get(..line.len() - line_end(line)).unwrap_or_default());
        from = end + 1;
    }
    out.extend_from_slice(value.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The header section of an entity: a view that looks fields up in the octets.
///
/// ```
/// use mime_codec::Message;
/// let message = Message::parse(b"To: a@example.org\r\nsubject: one\r\n two\r\n\r\n");
/// let headers = message.root().headers();
/// assert_eq!(headers.get("Subject").unwrap().text(), "one two");
/// assert_eq!(headers.iter().count(), 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Headers<'a> {
    section: &'a [u8],
    offset: u64,
}

impl<'a> Headers<'a> {
    /// The header section at the start of `bytes`, up to the empty line or the first line that is no field.
    ///
    /// A byte order mark and an mbox `From ` line in front are skipped.
    ///
    /// For a header section without its message, of a delivery report for instance.
    pub fn parse(bytes: &'a [u8]) -> Self {
        let all = Self {
            section: bytes,
            offset: 0,
        };
        let mut fields = all.iter();
        while fields.next().is_some() {}
        let len = bytes.len() - fields.rest.len();
        Self {
            section: bytes.get(..len).unwrap_or_default(),
            offset: 0,
        }
    }

    /// `section` is made of fields only, after an optional byte order mark and mbox line.
    pub(crate) const fn new(section: &'a [u8], offset: u64) -> Self {
        Self { section, offset }
    }

    /// The octets of the section, without the empty line behind it.
    pub const fn raw(&self) -> &'a [u8] {
        self.section
    }

    /// The fields in their order.
    pub fn iter(&self) -> Fields<'a> {
        Fields {
            rest: self.section,
            offset: self.offset,
            at_start: true,
        }
    }

    /// The first field called `name`, without regard to case.
    pub fn get(&self, name: &str) -> Option<Header<'a>> {
        self.get_all(name).next()
    }

    /// All fields called `name`, in their order.
    pub fn get_all<'n>(&self, name: &'n str) -> impl Iterator<Item = Header<'a>> + use<'a, 'n> {
        let mut fields = self.iter();
        core::iter::from_fn(move || fields.find_name(name.as_bytes()))
    }

    /// The first field of each name, found in one pass.
    ///
    /// ```
    /// use mime_codec::Headers;
    /// let headers = Headers::parse(b"From: a\nTo: b\nFrom: c\n");
    /// let [from, date] = headers.get_many(["from", "date"]);
    /// assert_eq!(from.unwrap().text(), "a");
    /// assert!(date.is_none());
    /// ```
    pub fn get_many<const N: usize>(&self, names: [&str; N]) -> [Option<Header<'a>>; N] {
        let mut found = [None; N];
        let mut left = N;
        for header in self {
            for (slot, name) in found.iter_mut().zip(names) {
                if slot.is_none() && header.is(name) {
                    *slot = Some(header);
                    left -= 1;
                }
            }
            if left == 0 {
                break;
            }
        }
        found
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<'a> IntoIterator for Headers<'a> {
    type Item = Header<'a>;
    type IntoIter = Fields<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &Headers<'a> {
    type Item = Header<'a>;
    type IntoIter = Fields<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterator over the fields of a header section.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
    offset: u64,
    /// Nothing has been taken.
    at_start: bool,
}

impl<'a> Fields<'a> {
    /// Takes what may stand in front of the first field.
    #[inline]
    fn skip_start(&mut self) {
        if core::mem::take(&mut self.at_start)
            && matches!(self.rest.first(), Some(b'F' | b'>' | 0xEF))
        {
            self.skip_front();
        }
    }

    #[cold]
    fn skip_front(&mut self) {
        if self.rest.starts_with(MARK) {
            self.take(MARK.len());
        }
        // `From : x` is a field.
        if is_envelope_line(self.rest) && field_name(self.rest, 0) == Name::None {
            let len = memchr::memchr(b'\n', self.rest).map_or(self.rest.len(), |at| at + 1);
            self.take(len);
        }
    }

    /// Takes the field of `len` octets in front.
    fn take(&mut self, len: usize) -> (&'a [u8], u64) {
        let (raw, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, &[]));
        let offset = self.offset;
        self.rest = rest;
        self.offset = offset.saturating_add(u64::try_from(raw.len()).unwrap_or(u64::MAX));
        (raw, offset)
    }

    fn end(&self, from: usize) -> usize {
        match field_end(self.rest, from, true) {
            End::At(len) | End::Incomplete(len) => len,
        }
    }

    /// The next field called `name`; others are skipped without looking at them closely.
    fn find_name(&mut self, name: &[u8]) -> Option<Header<'a>> {
        self.skip_start();
        loop {
            let candidate = self
                .rest
                .split_at_checked(name.len())
                .is_some_and(|(start, rest)| {
                    matches!(rest.first(), Some(b':' | b' ' | b'\t')) && eq_fold(start, name)
                });
            if candidate {
                let header = self.next()?;
                if header.is(core::str::from_utf8(name).unwrap_or_default()) {
                    return Some(header);
                }
            } else if self.rest.is_empty() {
                return None;
            } else {
                let len = self.end(0);
                self.take(len);
            }
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        self.skip_start();
        // Anything else ends the section.
        let Name::Field { name, colon } = field_name(self.rest, 0) else {
            return None;
        };
        Some(self.field(name, colon))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self, name: usize, colon: usize) -> Header<'a> {
        let len = self.end(colon);
        let (raw, offset) = self.take(len);
        Header::new(raw, name, colon, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views() {
        let section = b"From x Mon\r\nA: b\r\n c\r\n \r\nFrom : d\r\nB:\r\na:e\n\nbody: no";
        let headers = Headers::parse(section);
        assert_eq!(headers.raw().len(), section.len() - 9);
        let all: Vec<_> = headers
            .iter()
            .map(|header| (header.name(), header.text(), header.offset()))
            .collect();
        assert_eq!(
            all,
            [
                ("A", Cow::Borrowed("b c"), 12),
                ("From", "d".into(), 25),
                ("B", "".into(), 35),
                ("a", "e".into(), 39),
            ]
        );
        let same: Vec<_> = headers.get_all("a").map(|header| header.offset()).collect();
        assert_eq!(same, [12, 39]);
        let from = headers.get("FROM").unwrap();
        assert_eq!(from.value_raw(), b" d");
        assert_eq!(from.value_offset(), 31);
        assert_eq!(headers.get("body"), None);
        assert_eq!(headers.get(""), None);
    }

    #[test]
    fn what_stands_in_front() {
        for (front, fields) in [
            ("", 1),
            ("\u{feff}", 1),
            ("From x\n", 1),
            (">From x\n", 1),
            ("From : x\n", 2),
            ("\u{feff}From x\n", 1),
            ("\u{feff}\u{feff}", 0),
            ("From x\nFrom x\n", 0),
            ("From x\n\u{feff}", 0),
        ] {
            let section = [front, "A: b\n"].concat();
            let headers = Headers::parse(section.as_bytes());
            assert_eq!(headers.iter().count(), fields, "{section:?}");
            assert_eq!(headers.get("a").is_some(), fields > 0, "{section:?}");
        }
        let between = Headers::parse(b"A: b\nFrom x\nC: d\n");
        assert_eq!(between.raw(), b"A: b\n");
    }

    #[test]
    fn a_section_that_stops_early() {
        assert!(Headers::parse(b"").is_empty());
        assert!(Headers::parse(b" a: b\r\n").is_empty());
        assert_eq!(
            Headers::parse(b"A: b\r\nnot a field\r\nC: d\r\n")
                .iter()
                .count(),
            1
        );
    }
}
