//! The private cursor over one line, and the character classes of RFC 5321 section 4.1.2.

use alloc::vec::Vec;

use crate::error::{ParseError, ParseErrorKind};

/// `atext` (RFC 5322 section 3.2.3).
pub(crate) const ATEXT: u16 = 1;
/// `Let-dig`.
pub(crate) const LET_DIG: u16 = 1 << 1;
/// The characters of `Ldh-str` and `esmtp-keyword`: letters, digits, hyphen.
pub(crate) const LDH: u16 = 1 << 2;
/// `esmtp-value`, and `=`, which base64 values such as MTRK's need (RFC 3885 section 3).
pub(crate) const VALUE: u16 = 1 << 3;
/// `qtextSMTP`.
pub(crate) const QTEXT: u16 = 1 << 4;
/// `dcontent`.
pub(crate) const DCONTENT: u16 = 1 << 5;
/// `xchar` (RFC 3461 section 4).
pub(crate) const XCHAR: u16 = 1 << 6;
/// Octets of a UTF-8 sequence beyond ASCII.
pub(crate) const NON_ASCII: u16 = 1 << 7;
/// Visible ASCII, %d33-126.
pub(crate) const VCHAR: u16 = 1 << 8;
/// What may stand in free text: everything but control characters.
pub(crate) const TEXT: u16 = 1 << 9;
/// The base64 alphabet without padding.
pub(crate) const BASE64: u16 = 1 << 10;
/// The characters of a SASL mechanism's name (RFC 4422 section 3.1), in any case.
pub(crate) const MECHANISM: u16 = 1 << 11;

/// The characters of a SASL mechanism's name in upper case.
pub(crate) const UPPER_MECHANISM: u16 = 1 << 12;

const fn class_of(byte: u8) -> u16 {
    let alpha = byte.is_ascii_alphabetic();
    let digit = byte.is_ascii_digit();
    let vchar = byte > 32 && byte < 127;
    let mut class = 0;
    if alpha || digit {
        class |= ATEXT | LET_DIG | LDH | BASE64 | MECHANISM;
    }
    if byte.is_ascii_uppercase() || digit || byte == b'-' || byte == b'_' {
        class |= UPPER_MECHANISM;
    }
    if matches!(
        byte,
        b'!' | b'#'
            | b'$'
            | b'%'
            | b'&'
            | b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'/'
            | b'='
            | b'?'
            | b'^'
            | b'_'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'~'
    ) {
        class |= ATEXT;
    }
    if byte == b'-' {
        class |= LDH | MECHANISM;
    }
    if byte == b'_' {
        class |= MECHANISM;
    }
    if byte == b'+' || byte == b'/' {
        class |= BASE64;
    }
    if vchar {
        class |= VCHAR | TEXT | VALUE;
        if byte != b'"' && byte != b'\\' {
            class |= QTEXT;
        }
        if byte != b'[' && byte != b'\\' && byte != b']' {
            class |= DCONTENT;
        }
        if byte != b'+' && byte != b'=' {
            class |= XCHAR;
        }
    }
    if byte == b' ' {
        class |= QTEXT | TEXT;
    }
    if byte == b'\t' {
        class |= TEXT;
    }
    if byte >= 128 {
        class |= NON_ASCII | TEXT;
    }
    class
}

static CLASSES: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "byte is below 256")]
        #[expect(clippy::indexing_slicing, reason = "byte is below the length")]
        {
            table[byte] = class_of(byte as u8);
        }
        byte += 1;
    }
    table
};

/// Whether `byte` is in one of the classes of `mask`.
#[inline]
pub(crate) fn is(byte: u8, mask: u16) -> bool {
    #[expect(
        clippy::indexing_slicing,
        reason = "the table has an entry for every byte"
    )]
    let class = CLASSES[byte as usize];
    class & mask != 0
}

/// How many octets at the start of `bytes` are in one of the classes of `mask`.
///
/// Eight or four at a time, without a look at the length for each: words are short, and most of a
/// line is words.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the mask is then a constant")]
pub(crate) fn class_len(bytes: &[u8], mask: u16) -> usize {
    let other = |&byte: &u8| !is(byte, mask);
    let mut rest = bytes;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        if let Some(at) = chunk.iter().position(other) {
            return bytes.len() - rest.len() + at;
        }
        rest = tail;
    }
    if let Some((chunk, tail)) = rest.split_first_chunk::<4>() {
        if let Some(at) = chunk.iter().position(other) {
            return bytes.len() - rest.len() + at;
        }
        rest = tail;
    }
    let at = rest.iter().position(other).unwrap_or(rest.len());
    bytes.len() - rest.len() + at
}

/// The octets at the start of `bytes` that are in one of the classes of `mask`, and the others.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the mask is then a constant")]
pub(crate) fn split_class(bytes: &[u8], mask: u16) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(class_len(bytes, mask))
}

/// Whether a word that `rest` follows is complete: a space comes, or the end of the line.
#[inline]
pub(crate) const fn ends_word(rest: &[u8]) -> bool {
    matches!(rest, [] | [b' ' | b'\r', ..])
}

/// Whether all of `bytes` are in one of the classes of `mask`.
pub(crate) fn all(bytes: &[u8], mask: u16) -> bool {
    bytes.iter().all(|&byte| is(byte, mask))
}

/// Whether each LF follows a CR and each CR but a last one is followed by LF.
///
/// Written as one pass without branches, which the compiler turns into vector instructions.
#[inline]
pub(crate) fn line_ends_are_paired(before: u8, block: &[u8]) -> bool {
    let Some((&first, rest)) = block.split_first() else {
        return true;
    };
    let mut odd = (before == b'\r') != (first == b'\n');
    for (previous, next) in block.iter().zip(rest) {
        odd |= (*previous == b'\r') != (*next == b'\n');
    }
    !odd
}

/// The offset of the first octet that shows a CR or LF to be alone, in a block that has one.
#[cold]
pub(crate) fn first_bare(before: u8, block: &[u8]) -> usize {
    let mut previous = before;
    for (at, &next) in block.iter().enumerate() {
        if (previous == b'\r') != (next == b'\n') {
            return at;
        }
        previous = next;
    }
    block.len()
}

/// Folds up to 8 octets of a keyword into one word in which case does not matter.
///
/// Clearing bit 5 maps letters to upper case and the other characters of a
/// keyword, digits and hyphen, to values that no letter has, so two keywords
/// have the same word only if they are the same.
pub(crate) const fn keyword64(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut i = 0;
    while i < bytes.len() && i < 8 {
        #[expect(clippy::indexing_slicing, reason = "i is below the length")]
        {
            word = word << 8 | (bytes[i] & !0x20) as u64;
        }
        i += 1;
    }
    word
}

/// Appends the `Display` form of `value`.
pub(crate) fn push_display(value: &(impl core::fmt::Display + ?Sized), out: &mut Vec<u8>) {
    struct Sink<'a>(&'a mut Vec<u8>);

    impl core::fmt::Write for Sink<'_> {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            self.0.extend_from_slice(text.as_bytes());
            Ok(())
        }
    }

    // Writing to a Vec cannot fail.
    let _ = core::fmt::Write::write_fmt(&mut Sink(out), format_args!("{value}"));
}

/// The text that `octets` are; values become text only where they are kept, not line by line.
#[inline]
pub(crate) fn text(octets: &[u8]) -> Result<&str, ParseError> {
    core::str::from_utf8(octets)
        .map_err(|error| ParseError::new(error.valid_up_to(), ParseErrorKind::InvalidUtf8))
}

/// Up to eight octets to compare at once, in which the case of letters does not matter.
///
/// Only the two cases of a letter fold into that letter, so a match is exact.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    value: u64,
    mask: u64,
    len: usize,
}

impl Word {
    /// Takes at most eight octets, letters in upper case.
    pub(crate) const fn new(text: &[u8]) -> Self {
        let mut octets = [0; 8];
        let mut mask = [0; 8];
        let mut i = 0;
        while i < text.len() {
            #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
            {
                octets[i] = text[i];
                mask[i] = if text[i].is_ascii_uppercase() {
                    !0x20
                } else {
                    !0
                };
            }
            i += 1;
        }
        Self {
            value: u64::from_le_bytes(octets),
            mask: u64::from_le_bytes(mask),
            len: text.len(),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// What follows the word in `bytes`, if they start with it.
    #[inline]
    pub(crate) fn strip<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let next = match (bytes.first_chunk(), bytes.first_chunk()) {
            (Some(chunk), _) => u64::from_le_bytes(*chunk),
            (None, Some(chunk)) if self.len <= 4 => u64::from(u32::from_le_bytes(*chunk)),
            _ => short(bytes),
        };
        if next & self.mask == self.value {
            bytes.get(self.len..)
        } else {
            None
        }
    }
}

/// Less than eight octets as a word, filled up with octets that no word has.
#[inline(never)]
fn short(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(u64::MAX, |word, &byte| word << 8 | u64::from(byte))
}

/// A position in one line, of which the end may be there or not: a CR ends it as well.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    line: &'a [u8],
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) const fn new(line: &'a [u8]) -> Self {
        Self { rest: line, line }
    }

    #[inline]
    pub(crate) const fn pos(&self) -> usize {
        self.line.len() - self.rest.len()
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether the line ends here.
    #[inline]
    pub(crate) const fn is_end(&self) -> bool {
        matches!(self.rest, [] | [b'\r', ..])
    }

    /// All that the cursor runs over.
    #[inline]
    pub(crate) const fn line(&self) -> &'a [u8] {
        self.line
    }

    #[inline]
    pub(crate) const fn peek(&self) -> Option<u8> {
        match self.rest {
            [next, ..] => Some(*next),
            [] => None,
        }
    }

    /// What lies ahead.
    #[inline]
    pub(crate) const fn remaining(&self) -> &'a [u8] {
        self.rest
    }

    /// Goes on at `rest`, which ends where the line does.
    #[inline]
    pub(crate) const fn resume(&mut self, rest: &'a [u8]) {
        self.rest = rest;
    }

    /// Steps over octets of [`remaining`](Self::remaining).
    #[inline]
    pub(crate) fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Steps over the octet that [`peek`](Self::peek) showed.
    #[inline]
    pub(crate) fn bump(&mut self) {
        self.advance(1);
    }

    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let Some((_, rest)) = self.rest.split_first().filter(|&(&next, _)| next == byte) else {
            return false;
        };
        self.rest = rest;
        true
    }

    /// Steps over `word` if it comes next and is complete, in any case.
    #[inline]
    pub(crate) fn eat_verb(&mut self, word: &Word) -> bool {
        let Some(rest) = word.strip(self.rest).filter(|rest| ends_word(rest)) else {
            return false;
        };
        self.rest = rest;
        true
    }

    /// Steps over `word` if it comes next, in any case.
    #[inline]
    pub(crate) fn eat_word(&mut self, word: &Word) -> bool {
        let Some(rest) = word.strip(self.rest) else {
            return false;
        };
        self.rest = rest;
        true
    }

    #[inline]
    pub(crate) fn skip_spaces(&mut self) {
        let mut rest = self.rest;
        while let [b' ', tail @ ..] = rest {
            rest = tail;
        }
        self.rest = rest;
    }

    /// Steps up to the next space or control character, or to the end.
    #[inline]
    pub(crate) fn skip_word(&mut self) {
        let mut rest = self.rest;
        while let [b'!'..=0xFF, tail @ ..] = rest {
            rest = tail;
        }
        self.rest = rest;
    }

    /// Steps over the octets of the classes in `mask`; how many there were.
    #[inline]
    pub(crate) fn skip_class(&mut self, mask: u16) -> usize {
        let len = class_len(self.rest, mask);
        self.advance(len);
        len
    }

    /// The octets from `start` to the position.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.line.get(start..self.pos()).unwrap_or_default()
    }

    /// The text from `start` to the position.
    #[inline]
    pub(crate) fn text_since(&self, start: usize) -> Result<&'a str, ParseError> {
        text(self.since(start)).map_err(|error| error.shifted(start))
    }

    /// The octets of the classes in `mask`.
    #[inline]
    pub(crate) fn take_class(&mut self, mask: u16) -> &'a [u8] {
        let (taken, rest) = split_class(self.rest, mask).unwrap_or_default();
        self.rest = rest;
        taken
    }

    pub(crate) const fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::new(self.pos(), kind)
    }

    /// Demands that nothing but spaces is left of the line.
    #[inline]
    pub(crate) fn end(&mut self) -> Result<(), ParseError> {
        if let [b'\r', ..] = self.rest {
            return Ok(());
        }
        self.skip_spaces();
        if self.is_end() {
            Ok(())
        } else {
            Err(self.error(ParseErrorKind::UnexpectedArgument))
        }
    }
}
