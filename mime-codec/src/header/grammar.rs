//! The tokens of structured header fields: white space, comments, atoms, quoted strings
//! (RFC 5322 section 3.2 with the obsolete forms of section 4.1, UTF-8 of RFC 6532).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::header::defect_sink::Sink;
use crate::{DefectKind, Options, charset};

/// SP, HTAB, CR, LF: CR and LF of a value are folds.
pub(crate) const WSP: u16 = 1;
/// `atext`, octets of UTF-8 sequences included.
pub(crate) const ATEXT: u16 = 2;
/// `atext` without `=`, which may start an encoded word.
pub(crate) const PLAIN: u16 = 4;
/// What stands for itself in a quoted string and can be no part of an encoded word's `=?`.
pub(crate) const QTEXT: u16 = 8;
/// `dtext`, octets of UTF-8 sequences included.
pub(crate) const DTEXT: u16 = 16;
/// `token` of RFC 2045 section 5.1 (parameter names, tags, methods).
pub(crate) const TOKEN: u16 = 32;
/// ASCII digits.
pub(crate) const DIGIT: u16 = 64;
/// [`PLAIN`] and the dot: a word of a display name that needs no decoding.
pub(crate) const WORD: u16 = 128;
/// White space, a line end or the start of a comment.
pub(crate) const CFWS: u16 = 256;
/// `;`
pub(crate) const SEMICOLON: u16 = 512;
/// `=`
pub(crate) const EQUALS: u16 = 1024;
/// `"`
pub(crate) const QUOTE: u16 = 2048;
/// `,`
pub(crate) const COMMA: u16 = 4096;
/// `/`
pub(crate) const SLASH: u16 = 8192;
/// What a boundary may have (RFC 2046 section 5.1.1).
pub(crate) const BOUNDARY: u16 = 16384;
/// `attribute-char` of RFC 2231 section 7: a token without `*`, `'` and `%`.
pub(crate) const ATTRIBUTE: u16 = 32768;

static CLASS: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [0_u16; 256];
    let mut b = 0_usize;
    while b < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "b is below 256")]
        let c = b as u8;
        let mut class = 0;
        if matches!(c, b' ' | b'\t' | b'\r' | b'\n') {
            class |= WSP | CFWS;
        }
        class |= match c {
            b'(' => CFWS,
            b';' => SEMICOLON,
            b'=' => EQUALS,
            b'"' => QUOTE,
            b',' => COMMA,
            b'/' => SLASH,
            _ => 0,
        };
        if c.is_ascii_alphanumeric()
            || matches!(
                c,
                b'\''
                    | b'('
                    | b')'
                    | b'+'
                    | b'_'
                    | b','
                    | b'-'
                    | b'.'
                    | b'/'
                    | b':'
                    | b'='
                    | b'?'
                    | b' '
            )
        {
            class |= BOUNDARY;
        }
        let special = matches!(
            c,
            b'(' | b')'
                | b'<'
                | b'>'
                | b'['
                | b']'
                | b':'
                | b';'
                | b'@'
                | b'\\'
                | b','
                | b'.'
                | b'"'
        );
        let text = c.is_ascii_graphic() || c >= 0x80;
        if text && !special {
            class |= ATEXT;
            if c != b'=' {
                class |= PLAIN | WORD;
            }
        }
        if c == b'.' {
            class |= WORD;
        }
        if (text && !matches!(c, b'"' | b'\\' | b'=')) || matches!(c, b' ' | b'\t') {
            class |= QTEXT;
        }
        if text && !matches!(c, b'[' | b']' | b'\\') {
            class |= DTEXT;
        }
        if c.is_ascii_graphic() && (!special || c == b'.') && !matches!(c, b'/' | b'?' | b'=') {
            class |= TOKEN;
            if !matches!(c, b'*' | b'\'' | b'%') {
                class |= ATTRIBUTE;
            }
        }
        if c.is_ascii_digit() {
            class |= DIGIT;
        }
        table[b] = class;
        b += 1;
    }
    table
}

/// Whether `byte` belongs to one of the classes in `mask`.
#[inline]
pub(crate) fn is(byte: u8, mask: u16) -> bool {
    CLASS[usize::from(byte)] & mask != 0
}

/// Whether `text` is a non-empty `dot-atom-text`.
pub(crate) fn is_dot_atom(text: &str) -> bool {
    let mut before = b'.';
    let fits = text.bytes().all(|b| {
        let before = core::mem::replace(&mut before, b);
        is(b, ATEXT) || (b == b'.' && before != b'.')
    });
    fits && before != b'.'
}

/// Whether `word` is a token: not empty, neither `tspecials` nor space nor control in it
/// (RFC 2045 section 5.1).
pub(crate) fn is_token(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(|&b| is(b, TOKEN))
}

/// Whether RFC 2046 section 5.1.1 allows all of this in a boundary.
pub(crate) fn is_boundary(word: &[u8]) -> bool {
    word.iter().all(|&b| is(b, BOUNDARY))
}

/// Octets of the comment at the start of `bytes`, which is a `(`; `None` if it is not closed.
///
/// `deeper` is told each depth and the place where it is reached.
pub(crate) fn comment_len(bytes: &[u8], mut deeper: impl FnMut(usize, usize)) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        at += memchr::memchr3(b'(', b')', b'\\', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'(' => {
                depth += 1;
                deeper(depth, at);
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => at += 1,
        }
        at += 1;
    }
}

/// A position in the value of a field.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    /// The whole value if it is UTF-8, so that its parts need no further validation.
    text: Option<&'a str>,
    pos: usize,
    /// A quotation mark was met that nothing closes; looking for another end each time would
    /// take quadratic time.
    quotes_broken: bool,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            text: core::str::from_utf8(bytes).ok(),
            pos: 0,
            quotes_broken: false,
        }
    }

    /// A cursor whose value is never turned into text.
    #[inline]
    pub(crate) fn new_ascii(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            text: None,
            pos: 0,
            quotes_broken: false,
        }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The whole value if it is UTF-8.
    #[inline]
    pub(crate) fn utf8(&self) -> Option<&'a str> {
        self.text
    }

    #[inline]
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    #[inline]
    pub(crate) fn set_pos(&mut self, pos: usize) {
        self.pos = pos;
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    /// The octet `ahead` places further on.
    #[inline]
    pub(crate) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.pos + ahead).copied()
    }

    #[inline]
    pub(crate) fn bump(&mut self) {
        self.pos += 1;
    }

    pub(crate) fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    /// Moves past `byte` if it is next.
    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.pos += usize::from(found);
        found
    }

    /// Moves past all octets of the classes in `mask` and returns what they were.
    #[inline]
    pub(crate) fn take(&mut self, mask: u16) -> &'a [u8] {
        let start = self.pos;
        self.skip(mask);
        self.slice(start, self.pos)
    }

    /// Moves past all octets of the classes in `mask`.
    #[inline]
    pub(crate) fn skip(&mut self, mask: u16) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        self.pos += rest
            .iter()
            .position(|&b| !is(b, mask))
            .unwrap_or(rest.len());
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The octets from `start` to `end` as text.
    #[inline]
    pub(crate) fn text(&self, start: usize, end: usize, options: &Options) -> Cow<'a, str> {
        match self.text.and_then(|text| text.get(start..end)) {
            Some(text) => Cow::Borrowed(text),
            None => to_text(self.slice(start, end), options),
        }
    }

    /// Moves past white space and comments.
    #[inline]
    pub(crate) fn skip_cfws(&mut self, options: &Options, sink: &mut Sink<'_>) {
        loop {
            self.skip(WSP);
            if self.peek() != Some(b'(') {
                return;
            }
            self.comment(options, sink);
        }
    }

    /// Moves past the comment that starts here, and returns where its content starts and ends.
    ///
    /// A comment that is not closed reaches to the end of the value.
    #[cold]
    pub(crate) fn comment(&mut self, options: &Options, sink: &mut Sink<'_>) -> (usize, usize) {
        let open = self.pos;
        let limit = options.limits.comment_depth.saturating_add(1);
        let rest = self.bytes.get(open..).unwrap_or_default();
        let len = comment_len(rest, |depth, at| {
            if depth == limit {
                sink.report(DefectKind::CommentTooDeep, open + at);
            }
        });
        if let Some(len) = len {
            self.pos = open + len;
            return (open + 1, self.pos - 1);
        }
        sink.report(DefectKind::UnclosedComment, open);
        self.pos = self.bytes.len();
        (open + 1, self.bytes.len())
    }

    /// Moves past the quoted string that starts here.
    ///
    /// `None`, and no move, if it is not closed, or an earlier one was not.
    #[inline]
    pub(crate) fn quoted_string(&mut self) -> Option<Quoted> {
        if self.quotes_broken {
            return None;
        }
        let start = self.pos + 1;
        self.pos = start;
        let mut plain = true;
        loop {
            self.skip(QTEXT);
            match self.peek() {
                Some(b'"') => {
                    self.pos += 1;
                    return Some(Quoted {
                        start,
                        end: self.pos - 1,
                        plain,
                    });
                }
                Some(b'\\') => {
                    plain = false;
                    self.pos += 2;
                }
                Some(_) => {
                    plain = false;
                    self.pos += 1;
                }
                None => {
                    self.quotes_broken = true;
                    self.pos = start - 1;
                    return None;
                }
            }
        }
    }
}

/// Where the content of a quoted string is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The content means itself: no quoted pair, fold or control, nor anything like an encoded word.
    pub(crate) plain: bool,
}

/// Octets as text: UTF-8, else the fallback charset, else with replacement characters.
pub(crate) fn to_text<'a>(bytes: &'a [u8], options: &Options) -> Cow<'a, str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => match options
            .fallback_charset
            .and_then(|label| charset::decode(label.as_bytes(), bytes))
        {
            Some(decoded) => decoded.text,
            None => String::from_utf8_lossy(bytes),
        },
    }
}

/// Text without folds and, if it may hold them (`escapes`), without quoted pairs.
///
/// CR, LF and NUL never remain: a quoted or bare one becomes a space or U+FFFD.
pub(crate) fn clean<'a>(content: &'a [u8], escapes: bool, options: &Options) -> Cow<'a, str> {
    if memchr::memchr3(0, b'\r', b'\n', content).is_none()
        && !(escapes && memchr::memchr(b'\\', content).is_some())
    {
        return to_text(content, options);
    }
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\\' if escapes => {
                if let Some((&quoted, tail)) = rest.split_first() {
                    // A fold after the backslash is no quoted pair.
                    if !matches!(quoted, b'\r' | b'\n') {
                        rest = tail;
                        push_safe(&mut out, quoted);
                    }
                }
            }
            b'\r' | b'\n' => {
                // CRLF, or LF alone, in front of white space is a fold: it vanishes.
                if byte == b'\r' && rest.first() == Some(&b'\n') {
                    rest = rest.get(1..).unwrap_or_default();
                }
                if !matches!(rest.first(), Some(b' ' | b'\t')) {
                    out.push(b' ');
                }
            }
            _ => push_safe(&mut out, byte),
        }
    }
    Cow::Owned(to_text(&out, options).into_owned())
}

/// Whether the text has what no field value can hold: CR, LF or NUL.
pub(crate) fn has_line_break(text: &str) -> bool {
    memchr::memchr3(0, b'\r', b'\n', text.as_bytes()).is_some()
}

/// The text with a space for each CR and LF and U+FFFD for each NUL; `found` is told if there was one.
pub(crate) fn without_breaks(text: Cow<'_, str>, found: impl FnOnce()) -> Cow<'_, str> {
    if !has_line_break(&text) {
        return text;
    }
    found();
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\0' => char::REPLACEMENT_CHARACTER,
                '\r' | '\n' => ' ',
                c => c,
            })
            .collect(),
    )
}

fn push_safe(out: &mut Vec<u8>, byte: u8) {
    match byte {
        0 => out.extend_from_slice("\u{fffd}".as_bytes()),
        b'\r' | b'\n' => out.push(b' '),
        _ => out.push(byte),
    }
}

/// Writes `items` with `separator` between them.
pub(crate) fn separated<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    separator: &str,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// Appends the quoted string that means `text` (RFC 5322 section 3.2.4).
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
