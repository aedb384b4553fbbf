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

const fn class_of(byte: u8) -> u16 {
    let alpha = byte.is_ascii_alphabetic();
    let digit = byte.is_ascii_digit();
    let vchar = byte > 32 && byte < 127;
    let mut class = 0;
    if alpha || digit {
        class |= ATEXT | LET_DIG | LDH | BASE64 | MECHANISM;
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
#[inline]
pub(crate) fn class_len(bytes: &[u8], mask: u16) -> usize {
    let mut len = 0;
    while bytes.get(len).is_some_and(|&byte| is(byte, mask)) {
        len += 1;
    }
    len
}

/// Whether all of `bytes` are in one of the classes of `mask`.
pub(crate) fn all(bytes: &[u8], mask: u16) -> bool {
    bytes.iter().all(|&byte| is(byte, mask))
}

/// Folds up to 16 octets of a keyword into one word in which case does not matter.
///
/// Clearing bit 5 maps letters to upper case and the other characters of a
/// keyword, digits and hyphen, to values that no letter has, so two keywords
/// have the same word only if they are the same.
pub(crate) const fn keyword(bytes: &[u8]) -> u128 {
    let mut word = 0;
    let mut i = 0;
    while i < bytes.len() && i < 16 {
        #[expect(clippy::indexing_slicing, reason = "i is below the length")]
        {
            word = word << 8 | (bytes[i] & !0x20) as u128;
        }
        i += 1;
    }
    word
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

/// [`keyword`] for at most 8 octets.
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
pub(crate) fn push_display(value: &impl core::fmt::Display, out: &mut Vec<u8>) {
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

/// A position in one line, of which the end may be there or not: a CR ends it as well.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    line: &'a [u8],
    pos: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) const fn new(line: &'a [u8]) -> Self {
        Self { line, pos: 0 }
    }

    #[inline]
    pub(crate) const fn pos(&self) -> usize {
        self.pos
    }

    #[inline]
    pub(crate) const fn is_empty(&self) -> bool {
        self.pos >= self.line.len()
    }

    /// Whether the line ends here.
    #[inline]
    pub(crate) fn is_end(&self) -> bool {
        matches!(self.peek(), None | Some(b'\r'))
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.line.get(self.pos).copied()
    }

    /// What lies ahead.
    #[inline]
    pub(crate) fn remaining(&self) -> &'a [u8] {
        self.line.get(self.pos..).unwrap_or_default()
    }

    /// Steps over octets of [`remaining`](Self::remaining).
    #[inline]
    pub(crate) const fn advance(&mut self, count: usize) {
        self.pos += count;
    }

    /// Steps over the octet that [`peek`](Self::peek) showed.
    #[inline]
    pub(crate) const fn bump(&mut self) {
        self.pos += 1;
    }

    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.pos += usize::from(found);
        found
    }

    /// Steps over `word`, whose letters are upper case, if it comes next in any case.
    ///
    /// Exact for letters only, as [`keyword`] is.
    #[inline]
    pub(crate) fn eat_letters<const N: usize>(&mut self, word: &[u8; N]) -> bool {
        let next = self
            .line
            .get(self.pos..)
            .and_then(|rest| rest.first_chunk());
        let found = next.is_some_and(|next: &[u8; N]| next.map(|byte| byte & !0x20) == *word);
        self.pos += if found { N } else { 0 };
        found
    }

    /// Steps up to the next space or control character, or to the end.
    #[inline]
    pub(crate) fn skip_word(&mut self) {
        let rest = self.remaining();
        let mut len = 0;
        while rest.get(len).is_some_and(|&byte| byte > b' ') {
            len += 1;
        }
        self.pos += len;
    }

    /// Steps over the octets of the classes in `mask`; how many there were.
    #[inline]
    pub(crate) fn skip_class(&mut self, mask: u16) -> usize {
        let len = class_len(self.remaining(), mask);
        self.pos += len;
        len
    }

    /// The octets from `start` to the position.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.line.get(start..self.pos).unwrap_or_default()
    }

    /// The text from `start` to the position.
    #[inline]
    pub(crate) fn text_since(&self, start: usize) -> Result<&'a str, ParseError> {
        text(self.since(start)).map_err(|error| error.shifted(start))
    }

    /// The octets of the classes in `mask`.
    #[inline]
    pub(crate) fn take_class(&mut self, mask: u16) -> &'a [u8] {
        let start = self.pos;
        self.skip_class(mask);
        self.since(start)
    }

    pub(crate) const fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::new(self.pos, kind)
    }

    /// Demands that nothing but spaces is left of the line.
    #[inline]
    pub(crate) fn end(&mut self) -> Result<(), ParseError> {
        while self.eat(b' ') {}
        if self.is_end() {
            Ok(())
        } else {
            Err(self.error(ParseErrorKind::UnexpectedArgument))
        }
    }
}
