//! Writing one header field: folding and what may not be written (RFC 5322 sections 2.1.1, 2.2 and 3.2.2).

use alloc::vec::Vec;

use crate::EncodeError;

/// Octets of a line that should not be exceeded (RFC 5322 section 2.1.1), CRLF not counted.
const SOFT_LIMIT: usize = 78;
/// Octets of a line that must not be exceeded (RFC 5322 section 2.1.1), CRLF not counted.
const HARD_LIMIT: usize = 998;
/// Octets of an encoded word (RFC 2047 section 2).
const WORD_LIMIT: usize = 75;

/// Writes one header field, folded at 78 octets and never beyond 998.
///
/// All that reaches the output passes one check, which refuses control characters but TAB. A field that
/// is not finished, because of an error or because the writer was dropped, leaves nothing in
/// the output.
///
/// ```
/// use mime_codec::FieldWriter;
///
/// let mut out = Vec::new();
/// let mut field = FieldWriter::new(&mut out, "X-Note", false)?;
/// field.space();
/// field.write("plain")?;
/// field.finish()?;
/// assert_eq!(out, b"X-Note: plain\r\n");
/// # Ok::<(), mime_codec::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct FieldWriter<'w> {
    out: &'w mut Vec<u8>,
    /// Where the field starts in `out`; it is cut off there when it is not finished.
    start: usize,
    /// Where the current line starts in `out`.
    line: usize,
    /// The last place of the current line where CRLF may be inserted: a space or a tab.
    fold_at: Option<usize>,
    utf8: bool,
    finished: bool,
}

impl<'w> FieldWriter<'w> {
    /// Starts the field `name`, and writes the name and its colon.
    ///
    /// With `utf8` the value may hold UTF-8 (RFC 6532); otherwise it must be US-ASCII.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Name`] if `name` is not a field name.
    pub fn new(out: &'w mut Vec<u8>, name: &str, utf8: bool) -> Result<Self, EncodeError> {
        if !is_field_name(name.as_bytes()) {
            return Err(EncodeError::Name);
        }
        Ok(Self::start(out, name, utf8))
    }

    #[inline]
    fn start(out: &'w mut Vec<u8>, name: &str, utf8: bool) -> Self {
        let start = out.len();
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        Self {
            out,
            start,
            line: start,
            fold_at: None,
            utf8,
            finished: false,
        }
    }

    /// As [`field`](Self::field), for a name that is not looked at since it was written down here.
    pub(crate) fn known_field(
        out: &'w mut Vec<u8>,
        name: &'static str,
        utf8: bool,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        debug_assert!(is_field_name(name.as_bytes()));
        let mut field = Self::start(out, name, utf8);
        write(&mut field)?;
        field.finish()
    }

    /// Appends the field `name` with the value that `write` writes.
    pub(crate) fn field(
        out: &'w mut Vec<u8>,
        name: &str,
        utf8: bool,
        write: impl FnOnce(&mut Self) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let mut field = Self::new(out, name, utf8)?;
        write(&mut field)?;
        field.finish()
    }

    /// Whether the value may hold UTF-8 (RFC 6532).
    pub fn utf8(&self) -> bool {
        self.utf8
    }

    /// Octets that the current line holds.
    pub fn column(&self) -> usize {
        self.out.len() - self.line
    }

    /// Writes one space, where the field may be folded.
    pub fn space(&mut self) {
        self.blank(b' ');
    }

    /// Writes a space or a tab, where the field may be folded.
    #[inline]
    fn blank(&mut self, octet: u8) {
        // Folding in the middle of white space could leave a line of nothing else.
        if !matches!(self.out.last(), Some(b' ' | b'\t')) {
            self.fold_at = Some(self.out.len());
        }
        self.out.push(octet);
    }

    /// Writes `text`, which is not folded inside.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`], [`EncodeError::NonAscii`] or [`EncodeError::LineTooLong`];
    /// [`EncodeError::Syntax`] for any other control character but TAB.
    pub fn write(&mut self, text: &str) -> Result<(), EncodeError> {
        self.append(|out| out.extend_from_slice(text.as_bytes()))
    }

    /// Writes pieces that are not folded, neither inside nor between them.
    pub(crate) fn write_all(&mut self, pieces: &[&str]) -> Result<(), EncodeError> {
        self.append(|out| {
            for piece in pieces {
                out.extend_from_slice(piece.as_bytes());
            }
        })
    }

    /// Writes what `encode` appends to the output, which is not folded inside: whatever a value is
    /// made of passes here.
    #[inline]
    pub(crate) fn append(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), EncodeError> {
        let start = self.out.len();
        encode(self.out);
        let added = self.out.get(start..).unwrap_or_default();
        // Nearly always.
        if is_printable(added) && self.column() <= SOFT_LIMIT {
            return Ok(());
        }
        self.check(start)
    }

    #[cold]
    fn check(&mut self, start: usize) -> Result<(), EncodeError> {
        let class = classes(self.out.get(start..).unwrap_or_default());
        let refused = if class & LINE_BREAK != 0 {
            Some(EncodeError::LineBreak)
        } else {
            self.refused(class)
        };
        if let Some(error) = refused {
            self.out.truncate(start);
            return Err(error);
        }
        if self.column() > SOFT_LIMIT
            && let Some(at) = self.fold_at.take()
        {
            // A name can fill more than a line.
            if at - self.line > HARD_LIMIT {
                return Err(EncodeError::LineTooLong);
            }
            self.out.splice(at..at, *b"\r\n");
            self.line = at + 2;
        }
        if self.column() > HARD_LIMIT {
            return Err(EncodeError::LineTooLong);
        }
        Ok(())
    }

    /// Why text of these [`classes`], line breaks apart, is not written.
    fn refused(&self, class: u8) -> Option<EncodeError> {
        if class & CONTROL != 0 {
            Some(EncodeError::Syntax)
        } else if class & NON_ASCII != 0 && !self.utf8 {
            Some(EncodeError::NonAscii)
        } else {
            None
        }
    }

    /// Writes `text` and folds at its spaces and tabs where a line would become too long.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn write_folding(&mut self, text: &str) -> Result<(), EncodeError> {
        if self.column() + text.len() <= SOFT_LIMIT && !text.ends_with([' ', '\t']) {
            return self.write(text);
        }
        let mut rest = text;
        while let Some(end) = memchr::memchr2(b' ', b'\t', rest.as_bytes())
            && let Some((word, blank)) = rest.split_at_checked(end)
            && let Some((&octet, _)) = blank.as_bytes().split_first()
        {
            if !word.is_empty() {
                self.write(word)?;
            }
            self.blank(octet);
            rest = blank.get(1..).unwrap_or_default();
        }
        if rest.is_empty() {
            return Ok(());
        }
        self.write(rest)
    }

    /// Writes a space, and what `encode` appends to the output, which folds by itself.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if it holds NUL, or CR or LF that is no fold;
    /// the others as for [`write`](Self::write).
    pub(crate) fn folded(&mut self, encode: impl FnOnce(&mut Vec<u8>)) -> Result<(), EncodeError> {
        self.space();
        let start = self.out.len();
        encode(self.out);
        let added = self.out.get(start..).unwrap_or_default();
        let class = classes(added);
        if let Some(error) = self.refused(class) {
            return Err(error);
        }
        self.fold_at = None;
        let mut at = 0;
        while class & LINE_BREAK != 0
            && let Some(found) =
                memchr::memchr3(b'\r', b'\n', 0, added.get(at..).unwrap_or_default())
        {
            at += found;
            let fold = matches!(added.get(at..at + 4), Some([b'\r', b'\n', b' ' | b'\t', next]) if !next.is_ascii_whitespace());
            if !fold {
                return Err(EncodeError::LineBreak);
            }
            if start + at - self.line > HARD_LIMIT {
                return Err(EncodeError::LineTooLong);
            }
            at += 2;
            self.line = start + at;
        }
        if self.column() > HARD_LIMIT {
            return Err(EncodeError::LineTooLong);
        }
        Ok(())
    }

    /// Ends the field with CRLF.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineTooLong`] if spaces at the end make the line too long.
    pub fn finish(mut self) -> Result<(), EncodeError> {
        if self.column() > HARD_LIMIT {
            return Err(EncodeError::LineTooLong);
        }
        self.out.extend_from_slice(b"\r\n");
        self.finished = true;
        Ok(())
    }

    /// Octets that the next encoded word may have: what is left of the line if that is worth
    /// it, else a whole word, which will start a line of its own.
    pub(crate) fn word_room(&self) -> usize {
        let left = SOFT_LIMIT.saturating_sub(self.column());
        if left < WORD_LIMIT / 2 {
            WORD_LIMIT
        } else {
            left.min(WORD_LIMIT)
        }
    }
}

impl Drop for FieldWriter<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.out.truncate(self.start);
        }
    }
}

/// Whether `name` is a field name: visible US-ASCII without a colon (RFC 5322 section 3.6.8).
pub(crate) fn is_field_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&b| b.is_ascii_graphic() && b != b':')
}

/// Refuses what may stand in no header field value.
pub(crate) fn check_value(text: &str) -> Result<(), EncodeError> {
    if classes(text.as_bytes()) & LINE_BREAK != 0 {
        return Err(EncodeError::LineBreak);
    }
    Ok(())
}

/// CR, LF or NUL.
const LINE_BREAK: u8 = 1;
/// Part of a character that is not US-ASCII.
const NON_ASCII: u8 = 2;

/// Any other control character but TAB.
const CONTROL: u8 = 4;

/// What kinds of octets `text` has, of those that matter to a writer.
fn classes(text: &[u8]) -> u8 {
    static CLASSES: [u8; 256] = {
        let mut table = [0; 256];
        let mut octet = 0;
        while octet < 256 {
            table[octet] = match octet {
                0 | 0x0a | 0x0d => LINE_BREAK,
                0x09 | 0x20..=0x7e => 0,
                0..=0x7f => CONTROL,
                _ => NON_ASCII,
            };
            octet += 1;
        }
        table
    };
    if is_printable(text) {
        return 0;
    }
    let class = |octet: u8| {
        CLASSES
            .get(usize::from(octet))
            .copied()
            .unwrap_or(LINE_BREAK)
    };
    text.iter().fold(0, |found, &octet| found | class(octet))
}

/// Whether there are surely no controls and nothing beyond US-ASCII: eight octets at a time, as nearly
/// all that is written is such.
fn is_printable(text: &[u8]) -> bool {
    const SPACES: u64 = 0x2020_2020_2020_2020;
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The first term has a high bit for 0 to 31 and for 255, the second for 127 to 254: no borrow and no
    // carry reaches the lowest of them.
    let odd = |octets: [u8; 8]| {
        let octets = u64::from_le_bytes(octets);
        octets.wrapping_sub(SPACES) | octets.wrapping_add(ONES)
    };
    let (whole, rest) = text.as_chunks::<8>();
    let found = whole.iter().fold(0, |found, octets| found | odd(*octets));
    found & HIGH == 0
        && match text.last_chunk::<8>() {
            Some(last) => odd(*last) & HIGH == 0,
            None => rest.iter().all(|octet| (b' '..=b'~').contains(octet)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn write(name: &str, value: &str) -> Result<String, EncodeError> {
        let mut out = b"A: b\r\n".to_vec();
        let result = FieldWriter::new(&mut out, name, false).and_then(|mut field| {
            field.space();
            field.write_folding(value)?;
            field.finish()
        });
        let rest = out.strip_prefix(b"A: b\r\n").expect("earlier output stays");
        let rest = String::from_utf8(rest.to_vec()).expect("US-ASCII");
        match result {
            Ok(()) => Ok(rest),
            Err(error) => {
                assert!(rest.is_empty());
                Err(error)
            }
        }
    }

    #[test]
    fn folds_at_78() {
        let value = "abcdefghi ".repeat(20);
        let field = write("X", value.trim_end()).expect("writes");
        assert!(field.split("\r\n").all(|line| line.len() <= 78));
        assert_eq!(
            field.replace("\r\n", ""),
            alloc::format!("X: {}", value.trim_end())
        );
    }

    #[test]
    fn folds_at_tabs() {
        let word = "b".repeat(160);
        let expected = alloc::format!("X: a\r\n\t{word}\r\n");
        assert_eq!(write("X", &alloc::format!("a\t{word}")), Ok(expected));
        let expected = alloc::format!("X: a\r\n \t{word}\r\n\t {word}\r\n");
        assert_eq!(
            write("X", &alloc::format!("a \t{word}\t {word}")),
            Ok(expected),
            "a line of white space would follow from another place"
        );
    }

    #[test]
    fn long_words_up_to_998() {
        // The word moves to a line of its own, one space in front.
        assert!(write("X", &"a".repeat(997)).is_ok());
        assert_eq!(write("X", &"a".repeat(998)), Err(EncodeError::LineTooLong));
        assert_eq!(write("X", &" ".repeat(998)), Err(EncodeError::LineTooLong));
        // A name with its colon, and the value on the next line.
        assert!(write(&"a".repeat(997), "b").is_ok());
        assert_eq!(write(&"a".repeat(998), "b"), Err(EncodeError::LineTooLong));
        assert_eq!(write(&"a".repeat(1200), ""), Err(EncodeError::LineTooLong));
    }

    #[test]
    fn refuses_controls_wherever_they_are() {
        for octet in 0..=u8::MAX {
            for (before, after) in [(0, 0), (3, 0), (0, 3), (8, 0), (0, 8), (5, 9), (20, 20)] {
                let mut text = alloc::vec![b'x'; before];
                text.push(octet);
                text.resize(before + 1 + after, b'y');
                let printable = (b' '..=b'~').contains(&octet);
                assert_eq!(is_printable(&text), printable, "{octet} after {before}");
                let Ok(text) = core::str::from_utf8(&text) else {
                    continue;
                };
                let expected = match octet {
                    0 | b'\r' | b'\n' => Some(EncodeError::LineBreak),
                    b'\t' | b' '..=b'~' => None,
                    _ => Some(EncodeError::Syntax),
                };
                assert_eq!(write("X", text).err(), expected, "{octet} after {before}");
                let mut out = Vec::new();
                let folded = FieldWriter::field(&mut out, "X", false, |field| {
                    field.folded(|out| out.extend_from_slice(text.as_bytes()))
                });
                assert_eq!(folded.err(), expected, "{octet} after {before}");
            }
        }
    }

    #[test]
    fn refuses_line_breaks() {
        for bad in ["a\r\nBcc: x@evil.example", "a\rb", "a\nb", "a\0b"] {
            assert_eq!(write("X", bad), Err(EncodeError::LineBreak));
        }
        assert_eq!(write("X", "caf\u{e9}"), Err(EncodeError::NonAscii));
        for bad in ["", "a b", "a:", "a\r\nB", "\u{e9}"] {
            assert_eq!(write(bad, "x"), Err(EncodeError::Name));
        }
    }
}
