//! Replies: codes, enhanced codes and lines (RFC 5321 section 4.2, RFC 2034, RFC 3463).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::cursor::{TEXT, all};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, LineEnds, Options};
use crate::swar::find_below;

/// A reply code from 200 to 599.
///
/// ```
/// use smtp_proto::{ReplyCode, Severity};
/// let code = ReplyCode::new(550)?;
/// assert_eq!(code.severity(), Severity::PermanentNegative);
/// assert!(ReplyCode::new(999).is_err());
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u16", into = "u16"))]
pub struct ReplyCode(u16);

/// What the first digit of a reply code says (RFC 5321 section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// 2yz: done.
    PositiveCompletion,
    /// 3yz: go on.
    PositiveIntermediate,
    /// 4yz: not now.
    TransientNegative,
    /// 5yz: no.
    PermanentNegative,
}

impl ReplyCode {
    /// Takes a code from 200 to 599.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidReplyCode`].
    pub const fn new(code: u16) -> Result<Self, ParseError> {
        if code >= 200 && code <= 599 {
            Ok(Self(code))
        } else {
            Err(ParseError::new(0, ParseErrorKind::InvalidReplyCode))
        }
    }

    /// A code that is known to be in range.
    pub(crate) const fn constant(code: u16) -> Self {
        Self(code)
    }

    /// The code as a number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The three digits as they stand on the wire.
    #[inline]
    pub(crate) fn digits(self) -> [u8; 3] {
        // The value is below 600, so each quotient is one digit.
        [self.0 / 100, self.0 / 10 % 10, self.0 % 10].map(|digit| b'0' + digit.to_le_bytes()[0])
    }

    /// What the first digit says.
    pub const fn severity(self) -> Severity {
        match self.0 {
            ..300 => Severity::PositiveCompletion,
            300..400 => Severity::PositiveIntermediate,
            400..500 => Severity::TransientNegative,
            500.. => Severity::PermanentNegative,
        }
    }

    /// Whether the code is 2yz or 3yz.
    pub const fn is_positive(self) -> bool {
        self.0 < 400
    }

    /// Reads three digits.
    #[inline]
    fn from_digits(digits: [u8; 3]) -> Option<Self> {
        let [a, b, c] = digits.map(|digit| u16::from(digit.wrapping_sub(b'0')));
        ((2..=5).contains(&a) && b <= 9 && c <= 9).then_some(Self(a * 100 + b * 10 + c))
    }
}

impl TryFrom<u16> for ReplyCode {
    type Error = ParseError;

    fn try_from(code: u16) -> Result<Self, ParseError> {
        Self::new(code)
    }
}

impl From<ReplyCode> for u16 {
    fn from(code: ReplyCode) -> Self {
        code.0
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An enhanced status code, `class.subject.detail` (RFC 3463 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EnhancedCode {
    /// Success, transient or permanent failure.
    pub class: Class,
    /// What it is about, such as 1 for addressing; on the wire at most 999.
    pub subject: u16,
    /// What exactly; on the wire at most 999.
    pub detail: u16,
}

/// The class of an enhanced status code (RFC 3463 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Class {
    /// 2: success.
    Success,
    /// 4: persistent transient failure.
    Transient,
    /// 5: permanent failure.
    Permanent,
}

impl EnhancedCode {
    /// A code of these three numbers; the last two are cut to 999.
    pub const fn new(class: Class, subject: u16, detail: u16) -> Self {
        Self {
            class,
            subject: if subject > 999 { 999 } else { subject },
            detail: if detail > 999 { 999 } else { detail },
        }
    }

    /// Reads a code at the start of a reply's text, up to a space or the end of the line, and tells
    /// its length.
    fn parse_prefix(text: &[u8]) -> Option<(Self, usize)> {
        let [class, b'.', rest @ ..] = text else {
            return None;
        };
        let class = match class {
            b'2' => Class::Success,
            b'4' => Class::Transient,
            b'5' => Class::Permanent,
            _ => return None,
        };
        let (subject, len) = number(rest)?;
        let [b'.', tail @ ..] = rest.get(len..)? else {
            return None;
        };
        let (detail, detail_len) = number(tail)?;
        matches!(tail.get(detail_len), None | Some(b' ' | b'\r' | b'\n')).then_some((
            Self {
                class,
                subject,
                detail,
            },
            2 + len + 1 + detail_len,
        ))
    }
}

/// One to three digits.
#[inline]
fn number(text: &[u8]) -> Option<(u16, usize)> {
    let mut value = 0;
    let mut len = 0;
    while let Some(digit) = text.get(len).map(|byte| byte.wrapping_sub(b'0'))
        && digit <= 9
    {
        if len == 3 {
            return None;
        }
        value = value * 10 + u16::from(digit);
        len += 1;
    }
    (len > 0).then_some((value, len))
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = match self.class {
            Class::Success => 2,
            Class::Transient => 4,
            Class::Permanent => 5,
        };
        write!(
            f,
            "{class}.{}.{}",
            self.subject.min(999),
            self.detail.min(999)
        )
    }
}

impl FromStr for EnhancedCode {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match Self::parse_prefix(text.as_bytes()) {
            Some((code, len)) if len == text.len() => Ok(code),
            _ => Err(ParseError::new(0, ParseErrorKind::InvalidReplyCode)),
        }
    }
}

/// A reply of one line or more, kept as it stands on the wire.
///
/// ```
/// use smtp_proto::Reply;
/// let reply = Reply::parse(b"550-5.1.1 No such user\r\n550 5.1.1 Try bob@b.example\r\n")?;
/// assert_eq!(reply.code().get(), 550);
/// assert_eq!(reply.enhanced_code().map(|code| code.to_string()).as_deref(), Some("5.1.1"));
/// assert_eq!(reply.text(), "No such user\nTry bob@b.example");
/// assert_eq!(Reply::new(250, "Ok")?.to_string(), "250 Ok");
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply<'a> {
    code: ReplyCode,
    enhanced: Option<EnhancedCode>,
    /// All lines with their line ends.
    raw: Cow<'a, [u8]>,
}

impl<'a> Reply<'a> {
    /// A reply with `text`, in which each `\n` starts a new line.
    ///
    /// An enhanced code may stand at the start of each line.
    ///
    /// # Errors
    /// A code outside 200 to 599, or a control character in the text.
    pub fn new(code: u16, text: &str) -> Result<Reply<'static>, ParseError> {
        let code = ReplyCode::new(code)?;
        let mut raw = Vec::with_capacity(text.len() + 6);
        push_reply(code, text, &mut raw)?;
        Ok(Reply {
            code,
            enhanced: enhanced_code(code, raw.get(4..).unwrap_or_default()),
            raw: Cow::Owned(raw),
        })
    }

    /// Reads one reply, which is all of `bytes`.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        Self::parse_with(bytes, &Options::DEFAULT)
    }

    /// Reads one reply, which is all of `bytes`.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_with(bytes: &'a [u8], options: &Options) -> Result<Self, ParseError> {
        match Self::parse_prefix_with(bytes, options)? {
            Some((reply, used)) if used == bytes.len() => Ok(reply),
            Some((_, used)) => Err(ParseError::new(used, ParseErrorKind::TrailingBytes)),
            None => Err(ParseError::new(bytes.len(), ParseErrorKind::UnexpectedEnd)),
        }
    }

    /// Reads the first reply in `bytes` and tells how many octets it took; `None` if its last line
    /// is not there yet.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_prefix(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, ParseError> {
        Self::parse_prefix_with(bytes, &Options::DEFAULT)
    }

    /// Like [`parse_prefix`](Self::parse_prefix), with options.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_prefix_with(
        bytes: &'a [u8],
        options: &Options,
    ) -> Result<Option<(Self, usize)>, ParseError> {
        ReplyScan::default().parse(bytes, options)
    }

    /// The code, the same on every line.
    pub const fn code(&self) -> ReplyCode {
        self.code
    }

    /// The enhanced code of the first line, if its class fits the code (RFC 2034 section 4).
    pub const fn enhanced_code(&self) -> Option<EnhancedCode> {
        self.enhanced
    }

    /// Whether the code is 2yz or 3yz.
    pub const fn is_positive(&self) -> bool {
        self.code.is_positive()
    }

    /// The lines without code, separator and line end, enhanced codes included.
    ///
    /// They are octets because servers send what they like; RFC 6531 allows UTF-8.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let lines = self.raw.strip_suffix(b"\n").unwrap_or(&self.raw);
        lines.split(|&byte| byte == b'\n').map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            line.get(4..).unwrap_or_default()
        })
    }

    /// The lines without enhanced codes, joined by `\n`; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (i, line) in self.lines().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            let skip = enhanced_len(self.code, line);
            text.push_str(&String::from_utf8_lossy(
                line.get(skip..).unwrap_or_default(),
            ));
        }
        text
    }

    /// All lines as they stand on the wire, with their line ends.
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// Appends the reply, with CRLF behind every line.
    pub fn encode(&self, out: &mut Vec<u8>) {
        for line in self.raw.split_inclusive(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Reply<'static> {
        Reply {
            code: self.code,
            enhanced: self.enhanced,
            raw: Cow::Owned(self.raw.into_owned()),
        }
    }
}

/// The lines joined by `\n`, with code and separator; octets that are not UTF-8 are replaced.
impl fmt::Display for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.raw);
        for (i, line) in text.lines().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(line)?;
        }
        Ok(())
    }
}

impl FromStr for Reply<'static> {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut raw = Vec::with_capacity(text.len() + 2);
        for line in text.split('\n') {
            raw.extend_from_slice(line.as_bytes());
            raw.extend_from_slice(b"\r\n");
        }
        Reply::parse(&raw).map(Reply::into_owned)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Reply<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Reply<'_> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How far a reply that trickles in has been read, so that no octet is looked at twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyScan {
    /// Where the first incomplete line starts.
    line: usize,
    /// Octets in which no line end is left to find.
    searched: usize,
    lines: usize,
    /// The code of the first line.
    code: ReplyCode,
}

impl Default for ReplyScan {
    fn default() -> Self {
        Self {
            line: 0,
            searched: 0,
            lines: 0,
            code: ReplyCode::constant(250),
        }
    }
}

/// The highest of the octets that matter within a line: NUL, LF and CR.
const LAST_CONTROL: u8 = b'\r';

impl ReplyScan {
    #[inline]
    pub(crate) fn parse<'a>(
        &mut self,
        bytes: &'a [u8],
        options: &Options,
    ) -> Result<Option<(Reply<'a>, usize)>, ParseError> {
        let Some(end) = self.find_end(bytes, options)? else {
            return Ok(None);
        };
        let code = self.code;
        let raw = bytes.get(..end).unwrap_or_default();
        let reply = Reply {
            code,
            enhanced: enhanced_code(code, raw.get(4..).unwrap_or_default()),
            raw: Cow::Borrowed(raw),
        };
        Ok(Some((reply, end)))
    }

    /// The offset behind the last line of the reply.
    #[inline]
    fn find_end(&mut self, bytes: &[u8], options: &Options) -> Result<Option<usize>, ParseError> {
        let limits = &options.limits;
        loop {
            let Some((end, next)) = self.find_line_end(bytes, options)? else {
                return Ok(None);
            };
            if next > limits.reply {
                return Err(self.exceeded(Limit::Reply));
            }
            self.lines += 1;
            if self.lines > limits.reply_lines {
                return Err(self.exceeded(Limit::ReplyLines));
            }
            let last = self.check_line(bytes, end)?;
            self.line = next;
            self.searched = next;
            if last {
                return Ok(Some(next));
            }
        }
    }

    /// The offsets of the line end and of what follows it. No text may hold NUL, and unless the
    /// options let it pass, no bare CR or LF.
    #[inline]
    fn find_line_end(
        &mut self,
        bytes: &[u8],
        options: &Options,
    ) -> Result<Option<(usize, usize)>, ParseError> {
        let strict = options.line_ends == LineEnds::Strict;
        // What lies beyond the limit does not matter, whether it is there already or not.
        let limit = self.line.saturating_add(options.limits.reply_line);
        let bytes = bytes.get(..limit).unwrap_or(bytes);
        loop {
            let at = find_below(bytes, self.searched, LAST_CONTROL + 1);
            self.searched = at;
            let rest = bytes.get(at..).unwrap_or_default();
            let error = match *rest {
                [b'\r', b'\n', ..] => return Ok(Some((at, at + 2))),
                [b'\n', ..] if !strict => return Ok(Some((at, at + 1))),
                [b'\n', ..] => ParseErrorKind::BareLineFeed,
                [] | [b'\r'] if bytes.len() < limit => return Ok(None),
                [] | [b'\r'] => return Err(self.exceeded(Limit::ReplyLine)),
                [b'\r', ..] if strict => ParseErrorKind::BareCarriageReturn,
                [0, ..] => ParseErrorKind::ControlCharacter,
                [_, ..] => {
                    self.searched += 1;
                    continue;
                }
            };
            return Err(ParseError::new(at, error));
        }
    }

    /// Checks code and separator of the line that ends at `end`; whether it is the last line.
    #[inline]
    fn check_line(&mut self, bytes: &[u8], end: usize) -> Result<bool, ParseError> {
        let error = |at, kind| Err(ParseError::new(at, kind));
        let line = bytes.get(self.line..end).unwrap_or_default();
        let (Some(digits), Some(first)) = (line.first_chunk::<3>(), bytes.first_chunk::<3>())
        else {
            return error(self.line, ParseErrorKind::InvalidReplyCode);
        };
        if self.line == 0 || digits != first {
            match ReplyCode::from_digits(*digits) {
                Some(code) if self.line == 0 => self.code = code,
                Some(_) => return error(self.line, ParseErrorKind::ReplyCodeMismatch),
                None => return error(self.line, ParseErrorKind::InvalidReplyCode),
            }
        }
        match line.get(3) {
            None | Some(b' ') => Ok(true),
            Some(b'-') => Ok(false),
            Some(_) => error(self.line + 3, ParseErrorKind::InvalidReplySeparator),
        }
    }

    fn exceeded(&self, limit: Limit) -> ParseError {
        ParseError::new(self.line, ParseErrorKind::LimitExceeded(limit))
    }
}

/// The enhanced code at the start of a line's text, if its class fits the reply code.
#[inline]
fn enhanced_code(code: ReplyCode, text: &[u8]) -> Option<EnhancedCode> {
    let (enhanced, _) = EnhancedCode::parse_prefix(text)?;
    let fits = match enhanced.class {
        Class::Success => code.get() < 300,
        Class::Transient => (400..500).contains(&code.get()),
        Class::Permanent => code.get() >= 500,
    };
    fits.then_some(enhanced)
}

/// Octets of the enhanced code and the space behind it.
fn enhanced_len(code: ReplyCode, line: &[u8]) -> usize {
    if enhanced_code(code, line).is_none() {
        return 0;
    }
    line.iter()
        .position(|&byte| byte == b' ')
        .map_or(line.len(), |at| at + 1)
}

/// Appends a reply of `text`, in which `\n` starts a new line; nothing if the text is malformed.
pub(crate) fn push_reply(code: ReplyCode, text: &str, out: &mut Vec<u8>) -> Result<(), ParseError> {
    let wrong = |byte: &u8| !crate::cursor::is(*byte, TEXT) && *byte != b'\n';
    if !all(text.as_bytes(), TEXT)
        && let Some(at) = text.as_bytes().iter().position(wrong)
    {
        return Err(ParseError::new(at, ParseErrorKind::ControlCharacter));
    }
    let mut rest = text;
    while let Some((line, more)) = rest.split_once('\n') {
        push_line(code, b'-', line, out);
        rest = more;
    }
    push_line(code, b' ', rest, out);
    Ok(())
}

/// Appends one line of a reply.
#[inline]
pub(crate) fn push_line(code: ReplyCode, separator: u8, text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&code.digits());
    out.push(separator);
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}
