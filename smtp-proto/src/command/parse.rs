//! Parsing of commands: the verb by its first four octets, the arguments by one pass of a cursor.

use super::argument::{Argument, Base64, HeloName, Mechanism, Node, Unknown, Url};
use super::attributes::Attributes;
use super::{Auth, Bdat, Burl, Command, Mail, Query, Rcpt};
use crate::address::{
    ForwardPath, ReversePath, parse_forward_path, parse_plain_path, parse_reverse_path,
};
use crate::cursor::{Cursor, LDH, LET_DIG, NON_ASCII, TEXT, VCHAR, Word, ends_word, is, text};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, LineEnds, Options};
use crate::parameter::{MailParameters, RcptParameters, decimal, plain_decimal};
use crate::swar::visible_len;
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
        parse(&mut Cursor::new(bytes), options, Frame::Whole)
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
        let mut cursor = Cursor::new(bytes);
        if let Ok(command) = parse_unframed(&mut cursor, options) {
            return Ok(Some((command, cursor.pos() + 2)));
        }
        let Some(line) = frame(bytes, options)? else {
            return Ok(None);
        };
        let content = line_content(line, options)?;
        parse_line(content, options).map(|command| Some((command, line.len() + 1)))
    }
}

/// What the octets are that a command is read from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// One line, without its end.
    Line,
    /// Anything that starts with a line.
    Prefix,
    /// A line and its end, and nothing else.
    Whole,
}

/// Reads the first command that the cursor runs over without looking for the end of its line
/// first; the cursor is then at its CRLF.
///
/// An error says only that the line has to be looked at as a whole: it may be faulty or not complete.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a command is not moved for a call")]
pub(crate) fn parse_unframed<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<Command<'a>, ParseError> {
    parse(cursor, options, Frame::Prefix)
}

/// Reads the command of a line without its line end.
pub(crate) fn parse_line<'a>(line: &'a [u8], options: &Options) -> Result<Command<'a>, ParseError> {
    parse(&mut Cursor::new(line), options, Frame::Line)
}

/// The first line in `bytes` without its LF, or `None` if it is not complete.
fn frame<'a>(bytes: &'a [u8], options: &Options) -> Result<Option<&'a [u8]>, ParseError> {
    let end = memchr::memchr(b'\n', bytes);
    let limit = line_limit(bytes, options);
    if end.unwrap_or(bytes.len()) >= limit {
        return Err(too_long(limit, options));
    }
    Ok(end.and_then(|end| bytes.get(..end)))
}

/// Whether the command ends at the cursor as `frame` has it.
#[inline]
fn ends(cursor: &Cursor<'_>, options: &Options, frame: Frame) -> bool {
    if frame == Frame::Line {
        return cursor.is_empty();
    }
    let rest = cursor.remaining();
    // A line over one of its two limits is looked at as a whole.
    let limit = options.limits.command_line.min(options.limits.auth_line);
    rest.starts_with(b"\r\n")
        && (frame == Frame::Prefix || rest.len() == 2)
        && cursor.pos() + 2 <= limit
}

/// Makes a command of what was read if its line ends there.
///
/// All ways to a command lead to the place where the caller wants it without a detour: it is large,
/// and moving it once costs as much as reading a short one.
#[inline]
fn finish<'a, T>(
    cursor: &Cursor<'a>,
    options: &Options,
    frame: Frame,
    read: Result<T, ParseError>,
    command: impl FnOnce(T) -> Command<'a>,
) -> Result<Command<'a>, ParseError> {
    match read {
        Ok(value) if ends(cursor, options, frame) => Ok(command(value)),
        Ok(_) => fail(cursor, options, frame, unended(cursor)),
        Err(error) => fail(cursor, options, frame, error),
    }
}

/// What stops a line at the cursor, where the command ends: a CR that starts no line end.
fn unended(cursor: &Cursor<'_>) -> ParseError {
    cursor.error(ParseErrorKind::BareCarriageReturn)
}

/// What is wrong with a line that could not be read in one go.
#[cold]
fn fail<'a>(
    cursor: &Cursor<'a>,
    options: &Options,
    frame: Frame,
    error: ParseError,
) -> Result<Command<'a>, ParseError> {
    if frame != Frame::Whole {
        return Err(error);
    }
    // The line may be longer than allowed, incomplete, or not all there is: where it ends comes
    // before what is in it.
    let bytes = cursor.line();
    let Some(line) = self::frame(bytes, options)? else {
        return Err(ParseError::new(bytes.len(), ParseErrorKind::UnexpectedEnd));
    };
    let command = parse_line(line_content(line, options)?, options)?;
    let used = line.len() + 1;
    if used == bytes.len() {
        Ok(command)
    } else {
        Err(ParseError::new(used, ParseErrorKind::TrailingBytes))
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

const FROM: Word = Word::new(b"FROM");
const TO: Word = Word::new(b"TO");
const LAST: Word = Word::new(b"LAST");
const STARTTLS: Word = Word::new(b"STARTTLS");
const XCLIENT: Word = Word::new(b"XCLIENT");
const XFORWARD: Word = Word::new(b"XFORWARD");
/// What follows the verbs MAIL and RCPT in most lines.
const SPACE_FROM: Word = Word::new(b" FROM:");
const SPACE_TO: Word = Word::new(b" TO:");

/// Reads a command up to the end of its line.
#[inline]
fn parse<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let line = cursor.remaining();
    let Some(first) = line.first_chunk::<4>() else {
        return parse_other(cursor, options, frame);
    };
    if !matches!(line.get(4), None | Some(b' ' | b'\r')) {
        return parse_other(cursor, options, frame);
    }
    cursor.advance(4);
    match verb(*first) {
        MAIL => parse_mail(cursor, options, frame),
        RCPT => parse_rcpt(cursor, options, frame),
        DATA => parse_bare(cursor, options, frame, || Command::Data),
        RSET => parse_bare(cursor, options, frame, || Command::Rset),
        QUIT => parse_bare(cursor, options, frame, || Command::Quit),
        NOOP if cursor.is_end() => parse_bare(cursor, options, frame, || Command::Noop(None)),
        EHLO => parse_ehlo(cursor, options, frame),
        BDAT => parse_bdat(cursor, options, frame),
        AUTH => parse_auth(cursor, options, frame),
        word => parse_rare(cursor, options, frame, word),
    }
}

#[inline(never)]
fn parse_ehlo<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let name = read_name(cursor, options);
    finish(cursor, options, frame, name, Command::Ehlo)
}

#[inline(never)]
fn parse_bdat<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let bdat = read_bdat(cursor);
    finish(cursor, options, frame, bdat, Command::Bdat)
}

#[inline(never)]
fn parse_auth<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let auth = read_auth(cursor);
    finish(cursor, options, frame, auth, Command::Auth)
}

/// A verb without arguments.
#[inline]
fn parse_bare<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
    command: impl FnOnce() -> Command<'a>,
) -> Result<Command<'a>, ParseError> {
    let read = cursor.end();
    finish(cursor, options, frame, read, |()| command())
}

/// The verbs of four letters that are not said once a message.
#[inline(never)]
fn parse_rare<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
    word: u32,
) -> Result<Command<'a>, ParseError> {
    let read = match word {
        HELO => read_name(cursor, options).map(Command::Helo),
        LHLO => read_name(cursor, options).map(Command::Lhlo),
        VRFY => read_query(cursor).map(Command::Vrfy),
        EXPN => read_query(cursor).map(Command::Expn),
        NOOP => read_optional(cursor).map(Command::Noop),
        HELP => read_optional(cursor).map(Command::Help),
        ETRN => checked(cursor, Node::from_octets).map(Command::Etrn),
        ATRN => read_optional(cursor).map(Command::Atrn),
        BURL => read_burl(cursor).map(Command::Burl),
        TURN => cursor.end().map(|()| Command::Turn),
        SEND => read_from(cursor, options).map(Command::Send),
        SOML => read_from(cursor, options).map(Command::Soml),
        SAML => read_from(cursor, options).map(Command::Saml),
        _ => {
            *cursor = Cursor::new(cursor.line());
            return parse_other(cursor, options, frame);
        }
    };
    finish(cursor, options, frame, read, |command| command)
}

/// Folds the first four octets of a line into a word in which the case of letters does not matter.
///
/// Only the two cases of a letter fold into that letter, so a match is exact.
const fn verb(octets: [u8; 4]) -> u32 {
    u32::from_be_bytes(octets) & 0xDFDF_DFDF
}

/// The verbs of more than four letters, and the unknown ones.
#[inline(never)]
fn parse_other<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    if cursor.eat_verb(&STARTTLS) {
        return parse_bare(cursor, options, frame, || Command::StartTls);
    }
    if cursor.eat_verb(&XCLIENT) {
        let read = checked(cursor, Attributes::from_octets);
        return finish(cursor, options, frame, read, Command::Xclient);
    }
    if cursor.eat_verb(&XFORWARD) {
        let read = checked(cursor, Attributes::from_octets);
        return finish(cursor, options, frame, read, Command::Xforward);
    }
    let read = read_unknown(cursor);
    finish(cursor, options, frame, read, Command::Unknown)
}

fn read_unknown<'a>(cursor: &mut Cursor<'a>) -> Result<Unknown<'a>, ParseError> {
    let name = cursor.take_class(LDH);
    let starts = name.first().is_some_and(|&byte| is(byte, LET_DIG));
    if !starts || !ends_word(cursor.remaining()) {
        return Err(cursor.error(ParseErrorKind::InvalidVerb));
    }
    let arguments = text(free_text(cursor)?)?;
    Ok(Unknown::trusted(text(name)?, arguments))
}

#[inline(never)]
fn parse_mail<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let plain = SPACE_FROM
        .strip(cursor.remaining())
        .and_then(|path| parse_plain_path(path, &options.limits));
    let Some((mailbox, rest)) = plain else {
        return parse_unusual_mail(cursor, options, frame);
    };
    let start = cursor.pos() + SPACE_FROM.len();
    cursor.resume(rest);
    let reverse_path = mailbox.into();
    if ends(cursor, options, frame) {
        let parameters = MailParameters::default();
        return Ok(Command::Mail(Mail {
            reverse_path,
            parameters,
        }));
    }
    parse_mail_parameters(cursor, options, frame, reverse_path, start)
}

/// MAIL with a path that is not a plain mailbox in brackets.
#[inline(never)]
fn parse_unusual_mail<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let start = match keyword_and_colon(cursor, &FROM) {
        Ok(()) => cursor.pos(),
        Err(error) => return fail(cursor, options, frame, error),
    };
    match parse_reverse_path(cursor, options) {
        Ok(path) => parse_mail_parameters(cursor, options, frame, path, start),
        Err(error) => fail(cursor, options, frame, error),
    }
}

/// The rest of MAIL behind its path, which starts at `start`.
#[inline(never)]
fn parse_mail_parameters<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
    reverse_path: ReversePath<'a>,
    start: usize,
) -> Result<Command<'a>, ParseError> {
    let mut parameters = MailParameters::default();
    let error = match parameters.parse_at(cursor, options) {
        Err(error) => error,
        Ok(()) if !ends(cursor, options, frame) => unended(cursor),
        Ok(()) if parameters.smtputf8 || (reverse_path.is_ascii() && parameters.is_ascii()) => {
            return Ok(Command::Mail(Mail {
                reverse_path,
                parameters,
            }));
        }
        Ok(()) => ParseError::new(start, ParseErrorKind::Utf8WithoutSmtputf8),
    };
    fail(cursor, options, frame, error)
}

#[inline(never)]
fn parse_rcpt<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let plain = SPACE_TO
        .strip(cursor.remaining())
        .and_then(|path| parse_plain_path(path, &options.limits));
    let Some((mailbox, rest)) = plain else {
        return parse_unusual_rcpt(cursor, options, frame);
    };
    cursor.resume(rest);
    let forward_path = mailbox.into();
    if ends(cursor, options, frame) {
        let parameters = RcptParameters::default();
        return Ok(Command::Rcpt(Rcpt {
            forward_path,
            parameters,
        }));
    }
    parse_rcpt_parameters(cursor, options, frame, forward_path)
}

/// RCPT with a path that is not a plain mailbox in brackets.
#[inline(never)]
fn parse_unusual_rcpt<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
) -> Result<Command<'a>, ParseError> {
    let path = keyword_and_colon(cursor, &TO).and_then(|()| parse_forward_path(cursor, options));
    match path {
        Ok(path) => parse_rcpt_parameters(cursor, options, frame, path),
        Err(error) => fail(cursor, options, frame, error),
    }
}

/// The rest of RCPT behind its path.
#[inline(never)]
fn parse_rcpt_parameters<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
    frame: Frame,
    forward_path: ForwardPath<'a>,
) -> Result<Command<'a>, ParseError> {
    let mut parameters = RcptParameters::default();
    let error = match parameters.parse_at(cursor, options) {
        Err(error) => error,
        Ok(()) if !ends(cursor, options, frame) => unended(cursor),
        Ok(()) => {
            return Ok(Command::Rcpt(Rcpt {
                forward_path,
                parameters,
            }));
        }
    };
    fail(cursor, options, frame, error)
}

fn read_from<'a>(
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<ReversePath<'a>, ParseError> {
    keyword_and_colon(cursor, &FROM)?;
    let path = parse_reverse_path(cursor, options)?;
    cursor.end()?;
    Ok(path)
}

/// ` FROM:` or ` TO:`, and the spaces behind it that the grammar does not have but many clients send.
#[inline]
fn keyword_and_colon(cursor: &mut Cursor<'_>, word: &Word) -> Result<(), ParseError> {
    cursor.skip_spaces();
    if cursor.is_end() {
        return Err(cursor.error(ParseErrorKind::MissingArgument));
    }
    if !cursor.eat_word(word) || !cursor.eat(b':') {
        return Err(cursor.error(ParseErrorKind::InvalidArgument));
    }
    cursor.skip_spaces();
    Ok(())
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "half of it would be the call")]
fn read_name<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Result<HeloName<'a>, ParseError> {
    cursor.skip_spaces();
    let start = cursor.pos();
    let before = cursor.remaining();
    let (mut name, rest) = before
        .split_at_checked(visible_len(before))
        .unwrap_or_default();
    cursor.resume(rest);
    if name.is_empty() || !cursor.is_end() {
        cursor.skip_class(VCHAR | NON_ASCII);
        name = cursor.since(start);
        if name.is_empty() {
            return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
        }
        check_utf8(name).map_err(|error| error.shifted(start))?;
        cursor.end()?;
    }
    if name.len() > options.limits.domain {
        let kind = ParseErrorKind::LimitExceeded(Limit::Domain);
        return Err(ParseError::new(start, kind));
    }
    Ok(HeloName::trusted(name))
}

/// The next word, which must be there, and where it starts.
#[inline]
fn word<'a>(cursor: &mut Cursor<'a>) -> Result<(usize, &'a [u8]), ParseError> {
    cursor.skip_spaces();
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
    cursor.skip_spaces();
    let start = cursor.pos();
    let argument = free_text(cursor)?;
    if argument.is_empty() {
        return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
    }
    new(argument).map_err(|error| error.shifted(start))
}

/// The rest of the line without the spaces around it; UTF-8 without control characters.
fn free_text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], ParseError> {
    cursor.skip_spaces();
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
fn read_optional<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Argument<'a>>, ParseError> {
    if cursor.is_end() {
        return Ok(None);
    }
    let argument = free_text(cursor)?;
    Ok((!argument.is_empty()).then(|| Argument::trusted(argument)))
}

fn read_query<'a>(cursor: &mut Cursor<'a>) -> Result<Query<'a>, ParseError> {
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

#[inline]
fn read_bdat(cursor: &mut Cursor<'_>) -> Result<Bdat, ParseError> {
    cursor.skip_spaces();
    let start = cursor.pos();
    let size =
        if let Some((size, rest @ ([] | [b' ' | b'\r', ..]))) = plain_decimal(cursor.remaining()) {
            cursor.resume(rest);
            size
        } else if cursor.is_end() {
            return Err(ParseError::new(start, ParseErrorKind::MissingArgument));
        } else {
            let digits = cursor.take_class(LET_DIG);
            decimal(digits).ok_or(ParseError::new(start, ParseErrorKind::InvalidArgument))?
        };
    cursor.skip_spaces();
    let last = cursor.eat_word(&LAST);
    cursor.end()?;
    Ok(Bdat { size, last })
}

#[inline]
fn read_auth<'a>(cursor: &mut Cursor<'a>) -> Result<Auth<'a>, ParseError> {
    cursor.skip_spaces();
    let start = cursor.pos();
    let mechanism = if let Some(mechanism) = Mechanism::take_upper(cursor) {
        mechanism
    } else {
        let (_, name) = word(cursor)?;
        Mechanism::folded(name).map_err(|error| error.shifted(start))?
    };
    cursor.skip_spaces();
    if cursor.is_end() {
        return Ok(Auth {
            mechanism,
            initial_response: None,
        });
    }
    let start = cursor.pos();
    let response = if let Some(response) = Base64::take(cursor) {
        response
    } else {
        let octets = match cursor.take_class(VCHAR | NON_ASCII) {
            b"=" => b"",
            octets => octets,
        };
        Base64::from_octets(octets).map_err(|error| error.shifted(start))?
    };
    cursor.end()?;
    Ok(Auth {
        mechanism,
        initial_response: Some(response),
    })
}

fn read_burl<'a>(cursor: &mut Cursor<'a>) -> Result<Burl<'a>, ParseError> {
    let (start, url) = word(cursor)?;
    let url = Url::from_octets(url).map_err(|error| error.shifted(start))?;
    cursor.skip_spaces();
    let last = cursor.eat_word(&LAST);
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

/// A line is longer than `limit`, which is one of the two that [`line_limit`] knows.
pub(crate) fn too_long(limit: usize, options: &Options) -> ParseError {
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
