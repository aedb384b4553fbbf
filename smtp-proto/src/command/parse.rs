//! Parsing of commands: the verb by its first four octets, the arguments by one pass of a cursor.

use super::argument::{Argument, Base64, HeloName, Mechanism, Node, Unknown, Url};
use super::attributes::Attributes;
use super::{Auth, Bdat, Burl, Command, Mail, Query, Rcpt};
use crate::address::{ReversePath, parse_forward_path, parse_reverse_path};
use crate::cursor::{Cursor, LDH, LET_DIG, NON_ASCII, TEXT, VCHAR, is, keyword, text};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, LineEnds, Options};
use crate::parameter::decimal;
use crate::text::check_utf8;

impl<'a> Command<'a> {
    /// Reads one command, which is all of `bytes`, CRLF included.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        Self::parse_with(bytes, &Options::DEFAULT)
    }

    /// Reads one command, which is all of `bytes`, CRLF included.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_with(bytes: &'a [u8], options: &Options) -> Result<Self, ParseError> {
        // Every second command is a verb and nothing else.
        match *bytes {
            [a, b, c, d, b'\r', b'\n'] => match verb([a, b, c, d]) {
                DATA => return Ok(Self::Data),
                RSET => return Ok(Self::Rset),
                NOOP => return Ok(Self::Noop(None)),
                QUIT => return Ok(Self::Quit),
                _ => {}
            },
            _ if bytes.eq_ignore_ascii_case(b"STARTTLS\r\n") => return Ok(Self::StartTls),
            _ => {}
        }
        let mut command = Self::Quit;
        match command.read(bytes, options)? {
            Some(used) if used == bytes.len() => Ok(command),
            Some(used) => Err(ParseError::new(used, ParseErrorKind::TrailingBytes)),
            None => Err(ParseError::new(bytes.len(), ParseErrorKind::UnexpectedEnd)),
        }
    }

    /// Reads the first command in `bytes` and tells how many octets it took; `None` if its line is
    /// not complete.
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
        let mut command = Command::Quit;
        let used = command.read(bytes, options)?;
        Ok(used.map(|used| (command, used)))
    }

    /// Becomes the first command in `bytes`; how many octets it took.
    ///
    /// In place, because a command is large: moving it about costs more than reading it.
    #[inline]
    fn read(&mut self, bytes: &'a [u8], options: &Options) -> Result<Option<usize>, ParseError> {
        if let Some(used) = self.read_unframed(bytes, options) {
            return Ok(Some(used));
        }
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            return if bytes.len() >= line_limit(bytes, options) {
                Err(too_long(bytes, options))
            } else {
                Ok(None)
            };
        };
        if end >= line_limit(bytes, options) {
            return Err(too_long(bytes, options));
        }
        let line = line_content(bytes.get(..end).unwrap_or_default(), options)?;
        self.read_line(line, options)?;
        Ok(Some(end + 1))
    }

    /// Becomes the first command in `bytes` without looking for the end of its line first.
    ///
    /// `None` says only that the line has to be looked at as a whole: it may be faulty or not
    /// complete.
    #[inline]
    pub(crate) fn read_unframed(&mut self, bytes: &'a [u8], options: &Options) -> Option<usize> {
        let mut cursor = Cursor::new(bytes);
        parse(&mut cursor, options, self).ok()?;
        let end = cursor.pos() + 2;
        let whole = cursor.remaining().starts_with(b"\r\n") && end <= options.limits.command_line;
        whole.then_some(end)
    }

    /// Becomes the command of a line without its line end.
    pub(crate) fn read_line(
        &mut self,
        line: &'a [u8],
        options: &Options,
    ) -> Result<(), ParseError> {
        let mut cursor = Cursor::new(line);
        parse(&mut cursor, options, self)?;
        if cursor.is_empty() {
            Ok(())
        } else {
            Err(cursor.error(ParseErrorKind::BareCarriageReturn))
        }
    }
}

const EHLO: u32 = verb(*b"EHLO");
const HELO: u32 = verb(*b"HELO");
const LHLO: u32 = verb(*b"LHLO");
const MAIL: u32 = verb(*b"MAIL");
const RCPT: u32 = verb(*b"RCPT");
const DATA: u32 = verb(*b"DATA");
const BDAT: u32 = verb(*b"BDAT");
const RSET: u32 = verb(*b"RSET");
const VRFY: u32 = verb(*b"VRFY");
const EXPN: u32 = verb(*b"EXPN");
const HELP: u32 = verb(*b"HELP");
const NOOP: u32 = verb(*b"NOOP");
const QUIT: u32 = verb(*b"QUIT");
const AUTH: u32 = verb(*b"AUTH");
const ETRN: u32 = verb(*b"ETRN");
const ATRN: u32 = verb(*b"ATRN");
const BURL: u32 = verb(*b"BURL");
const TURN: u32 = verb(*b"TURN");
const SEND: u32 = verb(*b"SEND");
const SOML: u32 = verb(*b"SOML");
const SAML: u32 = verb(*b"SAML");

/// Reads a command up to the end of its line.
#[inline]
fn parse<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    command: &mut Command<'a>,
) -> Result<(), ParseError> {
    let line = cursor.remaining();
    let Some(first) = line.first_chunk::<4>() else {
        return parse_other(cursor, command);
    };
    if !matches!(line.get(4), None | Some(b' ' | b'\r')) {
        return parse_other(cursor, command);
    }
    let word = verb(*first);
    cursor.advance(4);
    match word {
        MAIL => return parse_mail(cursor, options, command),
        RCPT => return parse_rcpt(cursor, options, command),
        DATA => {
            cursor.end()?;
            *command = Command::Data;
        }
        RSET => {
            cursor.end()?;
            *command = Command::Rset;
        }
        QUIT => {
            cursor.end()?;
            *command = Command::Quit;
        }
        NOOP => *command = Command::Noop(parse_optional(cursor)?),
        EHLO => *command = Command::Ehlo(parse_name(cursor, options)?),
        HELO => *command = Command::Helo(parse_name(cursor, options)?),
        LHLO => *command = Command::Lhlo(parse_name(cursor, options)?),
        BDAT => *command = Command::Bdat(parse_bdat(cursor)?),
        AUTH => *command = Command::Auth(parse_auth(cursor)?),
        VRFY => *command = Command::Vrfy(parse_query(cursor)?),
        EXPN => *command = Command::Expn(parse_query(cursor)?),
        HELP => *command = Command::Help(parse_optional(cursor)?),
        ETRN => *command = Command::Etrn(checked(cursor, Node::from_octets)?),
        ATRN => *command = Command::Atrn(parse_optional(cursor)?),
        BURL => *command = Command::Burl(parse_burl(cursor)?),
        TURN => {
            cursor.end()?;
            *command = Command::Turn;
        }
        SEND => *command = Command::Send(parse_from(cursor, options)?),
        SOML => *command = Command::Soml(parse_from(cursor, options)?),
        SAML => *command = Command::Saml(parse_from(cursor, options)?),
        _ => {
            *cursor = Cursor::new(line);
            return parse_other(cursor, command);
        }
    }
    Ok(())
}

/// Folds the first four octets of a line into a word in which the case of letters does not matter.
///
/// Only the two cases of a letter fold into that letter, so a match is exact.
const fn verb(octets: [u8; 4]) -> u32 {
    u32::from_be_bytes(octets) & 0xDFDF_DFDF
}

/// The verbs of more than four letters, and the unknown ones.
#[inline(never)]
fn parse_other<'a>(cursor: &mut Cursor<'a>, command: &mut Command<'a>) -> Result<(), ParseError> {
    const STARTTLS: u128 = keyword(b"STARTTLS");
    const XCLIENT: u128 = keyword(b"XCLIENT");
    const XFORWARD: u128 = keyword(b"XFORWARD");
    let name = cursor.take_class(LDH);
    let starts = name.first().is_some_and(|&byte| is(byte, LET_DIG));
    if !starts || !(cursor.is_end() || cursor.peek() == Some(b' ')) {
        return Err(cursor.error(ParseErrorKind::InvalidVerb));
    }
    *command = match keyword(name) {
        STARTTLS => {
            cursor.end()?;
            Command::StartTls
        }
        XCLIENT => Command::Xclient(checked(cursor, Attributes::from_octets)?),
        XFORWARD => Command::Xforward(checked(cursor, Attributes::from_octets)?),
        _ => {
            let arguments = text(free_text(cursor)?)?;
            Command::Unknown(Unknown::trusted(text(name)?, arguments))
        }
    };
    Ok(())
}

#[inline]
fn parse_mail<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    command: &mut Command<'a>,
) -> Result<(), ParseError> {
    keyword_and_colon(cursor, b"FROM")?;
    let start = cursor.pos();
    *command = Command::Mail(Mail::from(parse_reverse_path(cursor, options)?));
    let Command::Mail(mail) = command else {
        return Ok(());
    };
    if !cursor.is_end() {
        mail.parameters.parse_at(cursor, options)?;
    }
    if !mail.parameters.smtputf8 && !mail.is_ascii() {
        return Err(ParseError::new(start, ParseErrorKind::Utf8WithoutSmtputf8));
    }
    Ok(())
}

#[inline]
fn parse_rcpt<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    command: &mut Command<'a>,
) -> Result<(), ParseError> {
    keyword_and_colon(cursor, b"TO")?;
    *command = Command::Rcpt(Rcpt::from(parse_forward_path(cursor, options)?));
    let Command::Rcpt(rcpt) = command else {
        return Ok(());
    };
    if !cursor.is_end() {
        rcpt.parameters.parse_at(cursor, options)?;
    }
    Ok(())
}

fn parse_from<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<ReversePath<'a>, ParseError> {
    keyword_and_colon(cursor, b"FROM")?;
    let path = parse_reverse_path(cursor, options)?;
    cursor.end()?;
    Ok(path)
}

/// ` FROM:` or ` TO:`, and the spaces behind it that the grammar does not have but many clients send.
#[inline]
fn keyword_and_colon<const N: usize>(
    cursor: &mut Cursor<'_>,
    word: &[u8; N],
) -> Result<(), ParseError> {
    skip_spaces(cursor);
    if cursor.is_end() {
        return Err(cursor.error(ParseErrorKind::MissingArgument));
    }
    if !cursor.eat_letters(word) || !cursor.eat(b':') {
        return Err(cursor.error(ParseErrorKind::InvalidArgument));
    }
    skip_spaces(cursor);
    Ok(())
}

#[inline]
fn skip_spaces(cursor: &mut Cursor<'_>) {
    while cursor.eat(b' ') {}
}

fn parse_name<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<HeloName<'a>, ParseError> {
    let (start, name) = word(cursor)?;
    if name.len() > options.limits.domain {
        return Err(ParseError::new(
            start,
            ParseErrorKind::LimitExceeded(Limit::Domain),
        ));
    }
    check_utf8(name).map_err(|error| error.shifted(start))?;
    cursor.end()?;
    Ok(HeloName::trusted(name))
}

/// The next word, which must be there, and where it starts.
#[inline]
fn word<'a>(cursor: &mut Cursor<'a>) -> Result<(usize, &'a [u8]), ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    match cursor.take_class(VCHAR | NON_ASCII) {
        [] => Err(ParseError::new(start, ParseErrorKind::MissingArgument)),
        word => Ok((start, word)),
    }
}

/// One argument, up to the end of the line, that `new` accepts.
fn checked<'a, T>(
    cursor: &mut Cursor<'a>,
    new: impl FnOnce(&'a [u8]) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    let argument = free_text(cursor)?;
    if argument.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    new(argument).map_err(|error| error.shifted(start))
}

/// The rest of the line without the spaces around it; UTF-8 without control characters.
fn free_text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    let mut rest = cursor.take_class(TEXT);
    if !cursor.is_end() {
        return Err(cursor.error(ParseErrorKind::ControlCharacter));
    }
    while let [shorter @ .., b' '] = rest {
        rest = shorter;
    }
    check_utf8(rest).map_err(|error| error.shifted(start))?;
    Ok(rest)
}

#[inline]
fn parse_optional<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Argument<'a>>, ParseError> {
    if cursor.is_end() {
        return Ok(None);
    }
    let argument = free_text(cursor)?;
    Ok((!argument.is_empty()).then(|| Argument::trusted(argument)))
}

fn parse_query<'a>(cursor: &mut Cursor<'a>) -> Result<Query<'a>, ParseError> {
    let start = cursor.pos();
    let whole = text(free_text(cursor)?)?;
    let (argument, smtputf8) = match whole.rsplit_once(' ') {
        Some((argument, word)) if word.eq_ignore_ascii_case("SMTPUTF8") => {
            (argument.trim_end_matches(' '), true)
        }
        _ => (whole, false),
    };
    if argument.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    if !smtputf8 && !argument.is_ascii() {
        return Err(ParseError::new(start, ParseErrorKind::Utf8WithoutSmtputf8));
    }
    Ok(Query {
        argument: Argument::trusted(argument.as_bytes()),
        smtputf8,
    })
}

fn parse_bdat(cursor: &mut Cursor<'_>) -> Result<Bdat, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    if cursor.is_end() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    let digits = cursor.take_class(LET_DIG);
    let size = decimal(digits).ok_or(ParseError::new(start, ParseErrorKind::InvalidArgument))?;
    skip_spaces(cursor);
    let last = cursor.eat_letters(b"LAST");
    cursor.end()?;
    Ok(Bdat { size, last })
}

fn parse_auth<'a>(cursor: &mut Cursor<'a>) -> Result<Auth<'a>, ParseError> {
    let (start, name) = word(cursor)?;
    let mechanism = Mechanism::folded(name).map_err(|error| error.shifted(start))?;
    skip_spaces(cursor);
    let start = cursor.pos();
    let initial_response = match cursor.take_class(VCHAR | NON_ASCII) {
        [] => None,
        b"=" => Some(Base64::from_octets(b"")?),
        response => Some(Base64::from_octets(response).map_err(|error| error.shifted(start))?),
    };
    cursor.end()?;
    Ok(Auth {
        mechanism,
        initial_response,
    })
}

fn parse_burl<'a>(cursor: &mut Cursor<'a>) -> Result<Burl<'a>, ParseError> {
    let (start, url) = word(cursor)?;
    let url = Url::from_octets(url).map_err(|error| error.shifted(start))?;
    skip_spaces(cursor);
    let last = cursor.eat_letters(b"LAST");
    cursor.end()?;
    Ok(Burl { url, last })
}

/// The octets a line may have, its line end included; AUTH carries whole tickets.
pub(crate) fn line_limit(line: &[u8], options: &Options) -> usize {
    let auth = line
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"AUTH "));
    if auth {
        options.limits.auth_line
    } else {
        options.limits.command_line
    }
}

fn too_long(line: &[u8], options: &Options) -> ParseError {
    let limit = line_limit(line, options);
    let name = if limit == options.limits.command_line {
        Limit::CommandLine
    } else {
        Limit::AuthLine
    };
    ParseError::new(limit, ParseErrorKind::LimitExceeded(name))
}

/// A line, which ended with LF, without its CR.
#[inline]
pub(crate) fn line_content<'a>(line: &'a [u8], options: &Options) -> Result<&'a [u8], ParseError> {
    match line {
        [content @ .., b'\r'] => Ok(content),
        line if options.line_ends == LineEnds::Strict => {
            Err(ParseError::new(line.len(), ParseErrorKind::BareLineFeed))
        }
        line => Ok(line),
    }
}
