//! Parsing of commands: the verb by its first four octets, the arguments by one pass of a cursor.

use super::argument::{Argument, Base64, HeloName, Mechanism, Node, Unknown, Url};
use super::attributes::Attributes;
use super::{Auth, Bdat, Burl, Command, Mail, Query, Rcpt, borrowed};
use crate::address::{Mailbox, parse_forward_path, parse_reverse_path};
use crate::cursor::{Cursor, LDH, LET_DIG, NON_ASCII, TEXT, VCHAR, is, keyword, keyword64, text};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, LineEnds, Options};
use crate::parameter::{MailParameters, RcptParameters, decimal};

impl<'a> Command<'a> {
    /// Reads one command, which is all of `bytes`, CRLF included.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ParseError> {
        Self::parse_with(bytes, &Options::default())
    }

    /// Reads one command, which is all of `bytes`, CRLF included.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_with(bytes: &'a [u8], options: &Options) -> Result<Self, ParseError> {
        match Self::parse_prefix_with(bytes, options)? {
            Some((command, used)) if used == bytes.len() => Ok(command),
            Some((_, used)) => Err(ParseError::new(used, ParseErrorKind::TrailingBytes)),
            None => Err(ParseError::new(bytes.len(), ParseErrorKind::UnexpectedEnd)),
        }
    }

    /// Reads the first command in `bytes` and tells how many octets it took; `None` if its line is
    /// not complete.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_prefix(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, ParseError> {
        Self::parse_prefix_with(bytes, &Options::default())
    }

    /// Like [`parse_prefix`](Self::parse_prefix), with options.
    ///
    /// # Errors
    /// [`ParseError`] with the offset of the first fault.
    pub fn parse_prefix_with(
        bytes: &'a [u8],
        options: &Options,
    ) -> Result<Option<(Self, usize)>, ParseError> {
        if let Some(found) = verb_alone(bytes) {
            return Ok(Some(found));
        }
        parse_first_line(bytes, options)
    }

    /// Reads a command from a line without its line end.
    #[inline]
    pub(crate) fn parse_line(line: &'a [u8], options: &Options) -> Result<Self, ParseError> {
        let Some(first) = line.first_chunk::<4>() else {
            return parse_unknown(line);
        };
        let mut cursor = Cursor::at(line, 4);
        match line.get(4) {
            None | Some(b' ') => {}
            _ => return parse_long_verb(line),
        }
        match verb(*first) {
            MAIL => parse_mail(&mut cursor, options),
            RCPT => parse_rcpt(&mut cursor, options),
            DATA => bare(&mut cursor, Self::Data),
            RSET => bare(&mut cursor, Self::Rset),
            QUIT => bare(&mut cursor, Self::Quit),
            NOOP => parse_optional(&mut cursor).map(Self::Noop),
            EHLO => parse_name(&mut cursor, options).map(Self::Ehlo),
            HELO => parse_name(&mut cursor, options).map(Self::Helo),
            LHLO => parse_name(&mut cursor, options).map(Self::Lhlo),
            BDAT => parse_bdat(&mut cursor),
            AUTH => parse_auth(&mut cursor),
            VRFY => parse_query(&mut cursor).map(Self::Vrfy),
            EXPN => parse_query(&mut cursor).map(Self::Expn),
            HELP => parse_optional(&mut cursor).map(Self::Help),
            ETRN => checked(&mut cursor, Node::new).map(Self::Etrn),
            ATRN => parse_optional(&mut cursor).map(Self::Atrn),
            BURL => parse_burl(&mut cursor),
            TURN => bare(&mut cursor, Self::Turn),
            SEND => parse_from(&mut cursor, options).map(Self::Send),
            SOML => parse_from(&mut cursor, options).map(Self::Soml),
            SAML => parse_from(&mut cursor, options).map(Self::Saml),
            _ => parse_unknown(line),
        }
    }
}

/// Finds the first line and reads it; a function of its own, so that a bare verb costs no more than
/// it has to.
#[inline(never)]
fn parse_first_line<'a>(
    bytes: &'a [u8],
    options: &Options,
) -> Result<Option<(Command<'a>, usize)>, ParseError> {
    if let Some(found) = usual_path(bytes, options) {
        return Ok(Some(found));
    }
    let Some(end) = memchr::memchr(b'\n', bytes) else {
        return if bytes.len() >= line_limit(bytes, options) {
            Err(too_long(bytes, options))
        } else {
            Ok(None)
        };
    };
    if end >= options.limits.command_line && end >= line_limit(bytes, options) {
        return Err(too_long(bytes, options));
    }
    let line = line_content(bytes.get(..end).unwrap_or_default(), options)?;
    Ok(Some((Command::parse_line(line, options)?, end + 1)))
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

/// Folds the first four octets of a line into a word in which the case of letters does not matter.
///
/// Only the two cases of a letter fold into that letter, so a match is exact.
const fn verb(octets: [u8; 4]) -> u32 {
    u32::from_be_bytes(octets) & 0xDFDF_DFDF
}

/// A verb that is all there is on the first line, which every second command is.
#[inline]
fn verb_alone(bytes: &[u8]) -> Option<(Command<'static>, usize)> {
    if let Some([word @ .., b'\r', b'\n']) = bytes.first_chunk::<6>() {
        let command = match verb(*word) {
            DATA => Command::Data,
            RSET => Command::Rset,
            NOOP => Command::Noop(None),
            QUIT => Command::Quit,
            _ => return None,
        };
        return Some((command, 6));
    }
    if let Some([word @ .., b'\r', b'\n']) = bytes.first_chunk::<10>()
        && u64::from_be_bytes(*word) & 0xDFDF_DFDF_DFDF_DFDF == keyword64(b"STARTTLS")
    {
        return Some((Command::StartTls, 10));
    }
    None
}

/// MAIL and RCPT as programs send them, read in one go without looking for the end first.
///
/// What is not right or not complete is left to the general parser, and to its errors.
#[inline]
fn usual_path<'a>(bytes: &'a [u8], options: &Options) -> Option<(Command<'a>, usize)> {
    let is_mail = match verb(*bytes.first_chunk()?) {
        MAIL => true,
        RCPT => false,
        _ => return None,
    };
    let mut cursor = Cursor::at(bytes, 4);
    let to = if is_mail {
        cursor.eat(b' ') && cursor.eat_letters(b"FROM")
    } else {
        cursor.eat(b' ') && cursor.eat_letters(b"TO")
    };
    if !to || !cursor.eat(b':') || !cursor.eat(b'<') {
        return None;
    }
    let start = cursor.pos();
    let mailbox = Mailbox::parse_at(&mut cursor, &options.limits).ok()?;
    let path = cursor.pos() + 1;
    let (line, end) = match cursor.remaining() {
        [b'>', b'\r', b'\n', ..] => (bytes.get(..path)?, path + 1),
        [b'>', b' ', rest @ ..] => {
            let end = path + 1 + memchr::memchr(b'\n', rest)?;
            (bytes.get(..end)?.strip_suffix(b"\r")?, end)
        }
        _ => return None,
    };
    if path - start + 1 > options.limits.path || end >= options.limits.command_line {
        return None;
    }
    let mut cursor = Cursor::at(line, path);
    let command = if is_mail {
        let mut parameters = MailParameters::default();
        parameters.parse_at(&mut cursor, options).ok()?;
        if !parameters.smtputf8 && !line.is_ascii() {
            return None;
        }
        Command::Mail(Mail {
            reverse_path: mailbox.into(),
            parameters,
        })
    } else {
        let mut parameters = RcptParameters::default();
        parameters.parse_at(&mut cursor, options).ok()?;
        Command::Rcpt(Rcpt {
            forward_path: mailbox.into(),
            parameters,
        })
    };
    Some((command, end + 1))
}

/// The verbs of more than four letters, and whatever else does not go on with a space.
#[cold]
fn parse_long_verb(line: &[u8]) -> Result<Command<'_>, ParseError> {
    const STARTTLS: u128 = keyword(b"STARTTLS");
    const XCLIENT: u128 = keyword(b"XCLIENT");
    const XFORWARD: u128 = keyword(b"XFORWARD");
    let mut cursor = Cursor::new(line);
    let name = cursor.take_class(LDH);
    if name.len() > 8 || !matches!(cursor.peek(), None | Some(b' ')) {
        return parse_unknown(line);
    }
    match keyword(name) {
        STARTTLS => bare(&mut cursor, Command::StartTls),
        XCLIENT => checked(&mut cursor, Attributes::new).map(Command::Xclient),
        XFORWARD => checked(&mut cursor, Attributes::new).map(Command::Xforward),
        _ => parse_unknown(line),
    }
}

/// A line that starts with no known verb.
#[cold]
fn parse_unknown(line: &[u8]) -> Result<Command<'_>, ParseError> {
    let mut cursor = Cursor::new(line);
    let name = cursor.take_class(LDH);
    let starts = name.first().is_some_and(|&byte| is(byte, LET_DIG));
    if !starts || !matches!(cursor.peek(), None | Some(b' ')) {
        return Err(cursor.error(ParseErrorKind::InvalidVerb));
    }
    let arguments = free_text(&mut cursor)?;
    Ok(Command::Unknown(Unknown::trusted(text(name)?, arguments)))
}

#[inline]
fn parse_mail<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<Command<'a>, ParseError> {
    keyword_and_colon(cursor, b"FROM")?;
    let start = cursor.pos();
    let mut mail = Mail {
        reverse_path: parse_reverse_path(cursor, options)?,
        parameters: MailParameters::default(),
    };
    mail.parameters.parse_at(cursor, options)?;
    if !mail.parameters.smtputf8 && !cursor.since(start).is_ascii() {
        return Err(ParseError::new(start, ParseErrorKind::Utf8WithoutSmtputf8));
    }
    Ok(Command::Mail(mail))
}

#[inline]
fn parse_rcpt<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<Command<'a>, ParseError> {
    keyword_and_colon(cursor, b"TO")?;
    let mut rcpt = Rcpt {
        forward_path: parse_forward_path(cursor, options)?,
        parameters: RcptParameters::default(),
    };
    rcpt.parameters.parse_at(cursor, options)?;
    Ok(Command::Rcpt(rcpt))
}

fn parse_from<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<crate::address::ReversePath<'a>, ParseError> {
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
    if cursor.is_empty() {
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

#[inline]
fn bare<'a>(cursor: &mut Cursor<'a>, command: Command<'a>) -> Result<Command<'a>, ParseError> {
    cursor.end()?;
    Ok(command)
}

fn parse_name<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<HeloName<'a>, ParseError> {
    let start = cursor.pos() + 1;
    let name = checked(cursor, HeloName::new)?;
    if name.as_str().len() > options.limits.domain {
        return Err(ParseError::new(
            start,
            ParseErrorKind::LimitExceeded(Limit::Domain),
        ));
    }
    Ok(name)
}

/// One argument, up to the end of the line, that `new` accepts.
fn checked<'a, T>(
    cursor: &mut Cursor<'a>,
    new: impl FnOnce(&'a str) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    let argument = trim_end(cursor.rest());
    if argument.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    text(argument)
        .and_then(new)
        .map_err(|error| error.shifted(start))
}

fn trim_end(mut octets: &[u8]) -> &[u8] {
    while let [rest @ .., b' '] = octets {
        octets = rest;
    }
    octets
}

/// The rest of the line without the spaces around it; no control characters.
fn free_text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    let rest = trim_end(cursor.rest());
    match rest.iter().position(|&byte| !is(byte, TEXT)) {
        None => text(rest).map_err(|error| error.shifted(start)),
        Some(at) => Err(ParseError::new(
            start + at,
            ParseErrorKind::ControlCharacter,
        )),
    }
}

#[inline]
fn parse_optional<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Argument<'a>>, ParseError> {
    let argument = free_text(cursor)?;
    Ok((!argument.is_empty()).then(|| Argument::trusted(borrowed(argument))))
}

fn parse_query<'a>(cursor: &mut Cursor<'a>) -> Result<Query<'a>, ParseError> {
    let start = cursor.pos();
    let whole = free_text(cursor)?;
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
        argument: Argument::trusted(borrowed(argument)),
        smtputf8,
    })
}

fn parse_bdat<'a>(cursor: &mut Cursor<'a>) -> Result<Command<'a>, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    if cursor.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    let digits = cursor.take_class(LET_DIG);
    let size = decimal(digits).ok_or(ParseError::new(start, ParseErrorKind::InvalidArgument))?;
    skip_spaces(cursor);
    let last = cursor.eat_letters(b"LAST");
    cursor.end()?;
    Ok(Command::Bdat(Bdat { size, last }))
}

fn parse_auth<'a>(cursor: &mut Cursor<'a>) -> Result<Command<'a>, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    cursor.skip_class(VCHAR | NON_ASCII);
    let name = cursor.text_since(start)?;
    if name.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    let mechanism = Mechanism::folded(name).map_err(|error| error.shifted(start))?;
    skip_spaces(cursor);
    let start = cursor.pos();
    cursor.skip_class(VCHAR | NON_ASCII);
    let initial_response = match cursor.text_since(start)? {
        "" => None,
        "=" => Some(Base64::new("")?),
        response => Some(Base64::new(response).map_err(|error| error.shifted(start))?),
    };
    cursor.end()?;
    Ok(Command::Auth(Auth {
        mechanism,
        initial_response,
    }))
}

fn parse_burl<'a>(cursor: &mut Cursor<'a>) -> Result<Command<'a>, ParseError> {
    skip_spaces(cursor);
    let start = cursor.pos();
    cursor.skip_class(VCHAR | NON_ASCII);
    let url = cursor.text_since(start)?;
    if url.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    let url = Url::new(url).map_err(|error| error.shifted(start))?;
    skip_spaces(cursor);
    let last = cursor.eat_letters(b"LAST");
    cursor.end()?;
    Ok(Command::Burl(Burl { url, last }))
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
