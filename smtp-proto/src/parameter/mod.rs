//! The parameters of MAIL and RCPT (RFC 5321 section 4.1.1.11 and every extension that defines one).

mod mail;
mod rcpt;
mod value;

pub use mail::{BodyType, MailAuth, MailParameters, Ret};
pub use rcpt::{Notify, RcptParameters};
pub use value::{
    By, ByMode, DateTime, EnvelopeId, Hold, Mtrk, Priority, Rrvs, RrvsAction, Solicit,
    TransactionId,
};

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use crate::cursor::{
    Cursor, LDH, LET_DIG, NON_ASCII, VALUE, XCHAR, all, ends_word, is, push_display, split_class,
    text,
};
use crate::error::{ParseError, ParseErrorKind};
use crate::limits::{Limit, Options};

/// A parameter that this crate does not know: `keyword["=" value]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parameter<'a> {
    keyword: Cow<'a, str>,
    value: Option<Cow<'a, str>>,
}

impl<'a> Parameter<'a> {
    /// Takes a keyword and a value if they follow the grammar.
    ///
    /// # Errors
    /// [`ParseErrorKind::InvalidParameter`] or [`ParseErrorKind::InvalidParameterValue`].
    pub fn new(
        keyword: impl Into<Cow<'a, str>>,
        value: Option<Cow<'a, str>>,
    ) -> Result<Self, ParseError> {
        let keyword = keyword.into();
        let bytes = keyword.as_bytes();
        if !bytes.first().is_some_and(|&byte| is(byte, LET_DIG)) || !all(bytes, LDH) {
            return Err(ParseError::new(0, ParseErrorKind::InvalidParameter));
        }
        if let Some(value) = &value
            && (value.is_empty() || !all(value.as_bytes(), VALUE | NON_ASCII))
        {
            return Err(ParseError::new(
                bytes.len() + 1,
                ParseErrorKind::InvalidParameterValue,
            ));
        }
        Ok(Self { keyword, value })
    }

    /// The keyword as it was written; its case does not matter.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// The value, if there was a `=`.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Parameter<'static> {
        Parameter {
            keyword: Cow::Owned(self.keyword.into_owned()),
            value: self.value.map(|value| Cow::Owned(value.into_owned())),
        }
    }
}

/// One parameter as it stands in the line.
struct Raw<'a> {
    keyword: &'a [u8],
    value: Option<&'a [u8]>,
    /// Where the keyword and the value start.
    keyword_at: usize,
    value_at: usize,
}

impl<'a> Raw<'a> {
    /// Whether this is the parameter with that keyword, in any case.
    fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword.as_bytes())
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        let at = if kind == ParseErrorKind::InvalidParameterValue {
            self.value_at
        } else {
            self.keyword_at
        };
        ParseError::new(at, kind)
    }

    /// The value, which must be there.
    fn value(&self) -> Result<&'a [u8], ParseError> {
        self.value
            .ok_or(self.error(ParseErrorKind::InvalidParameterValue))
    }

    /// Stores what `parse` makes of the value, which must be there and be the first of its kind.
    #[inline]
    fn set<T>(
        &self,
        slot: &mut Option<T>,
        parse: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<(), ParseError> {
        if slot.is_some() {
            return Err(self.error(ParseErrorKind::DuplicateParameter));
        }
        *slot = parse(self.value()?);
        if slot.is_none() {
            return Err(self.error(ParseErrorKind::InvalidParameterValue));
        }
        Ok(())
    }

    /// Like [`set`](Self::set), for values that are kept as text.
    #[inline]
    fn set_text<T>(
        &self,
        slot: &mut Option<T>,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<(), ParseError> {
        self.set(slot, |value| text(value).ok().and_then(parse))
    }

    /// Sets a parameter that has no value.
    fn set_flag(&self, flag: &mut bool) -> Result<(), ParseError> {
        if *flag {
            return Err(self.error(ParseErrorKind::DuplicateParameter));
        }
        if self.value.is_some() {
            return Err(self.error(ParseErrorKind::InvalidParameterValue));
        }
        *flag = true;
        Ok(())
    }

    /// Keeps a parameter that nobody knows.
    fn keep(&self, others: &mut Vec<Parameter<'a>>) -> Result<(), ParseError> {
        let keyword = text(self.keyword).map_err(|error| error.shifted(self.keyword_at))?;
        if others
            .iter()
            .any(|other| other.keyword.eq_ignore_ascii_case(keyword))
        {
            return Err(self.error(ParseErrorKind::DuplicateParameter));
        }
        if self
            .value
            .is_some_and(|value| !all(value, VALUE | NON_ASCII))
        {
            return Err(self.error(ParseErrorKind::InvalidParameterValue));
        }
        let value = self.value.map(text).transpose();
        let value = value.map_err(|error| error.shifted(self.value_at))?;
        others.push(Parameter {
            keyword: Cow::Borrowed(keyword),
            value: value.map(Cow::Borrowed),
        });
        Ok(())
    }
}

/// What is called with each parameter: its keyword, and its value if it has one.
type Visitor<'v> = dyn FnMut(&str, Option<&dyn fmt::Display>) + 'v;

/// The parameters of one command.
trait Parameters<'a> {
    /// Reads the parameter at the start of `bytes` if it is a common one in its plainest form and
    /// the first of its kind; what follows it.
    ///
    /// `None` says only that [`read`](Self::read) has to look at it.
    fn read_usual(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]>;

    /// Calls `each` with the keyword and the value of every parameter that is there, in the order in
    /// which they are sent.
    fn visit(&self, each: &mut Visitor<'_>);

    /// Takes a parameter of any kind. Few lines have one that comes here, so keywords are tried in
    /// turn.
    fn read(&mut self, raw: &Raw<'a>) -> Result<(), ParseError>;
}

/// Reads all parameters up to the end of the line.
#[inline]
fn read_all<'a>(
    parameters: &mut impl Parameters<'a>,
    cursor: &mut Cursor<'a>,
    options: &Options,
) -> Result<(), ParseError> {
    let mut left = options.limits.parameters;
    while let [next, rest @ ..] = cursor.remaining() {
        match next {
            b'\r' => break,
            b' ' => {}
            _ => return Err(cursor.error(ParseErrorKind::InvalidPath)),
        }
        cursor.resume(rest);
        if ends_word(rest) {
            continue;
        }
        if left > 0
            && let Some(rest) = parameters.read_usual(rest)
        {
            cursor.resume(rest);
        } else {
            let raw = self::next(cursor)?;
            if left == 0 {
                let kind = ParseErrorKind::LimitExceeded(Limit::Parameters);
                return Err(ParseError::new(raw.keyword_at, kind));
            }
            parameters.read(&raw)?;
        }
        left -= 1;
    }
    Ok(())
}

/// Stores a value that was read off the front of a line if it is the first of its kind and a space
/// or the end of the line follows; what follows.
#[inline]
fn set_usual<'a, T>(slot: &mut Option<T>, read: Option<(T, &'a [u8])>) -> Option<&'a [u8]> {
    let (value, rest) = read?;
    if slot.is_some() || !ends_word(rest) {
        return None;
    }
    *slot = Some(value);
    Some(rest)
}

/// The xtext at the start of `bytes`, at most `limit` octets, if nothing in it is encoded.
#[inline]
fn plain_xtext(bytes: &[u8], limit: usize) -> Option<(&[u8], &[u8])> {
    split_class(bytes, XCHAR).filter(|(text, _)| (1..=limit).contains(&text.len()))
}

/// The digits at the start of `bytes` as a number, if they are few enough for any number.
#[inline(always)]
#[expect(clippy::inline_always, reason = "half of it would be the call")]
pub(crate) fn plain_decimal(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    let mut len = 0;
    while let Some(&byte @ b'0'..=b'9') = bytes.get(len) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        len += 1;
    }
    let digits = (1..=18).contains(&len);
    digits.then_some((value, bytes.get(len..)?))
}

/// Reads `keyword["=" value]`, up to a space or the end of the line.
///
/// What may stand in the value is for its parser to say.
fn next<'a>(cursor: &mut Cursor<'a>) -> Result<Raw<'a>, ParseError> {
    let keyword_at = cursor.pos();
    let keyword = cursor.take_class(LDH);
    if !keyword.first().is_some_and(|&byte| is(byte, LET_DIG)) {
        return Err(cursor.error(ParseErrorKind::InvalidParameter));
    }
    let mut value_at = cursor.pos();
    let mut value = None;
    if cursor.eat(b'=') {
        value_at = cursor.pos();
        cursor.skip_word();
        if cursor.pos() == value_at {
            return Err(cursor.error(ParseErrorKind::InvalidParameterValue));
        }
        value = Some(cursor.since(value_at));
    }
    if !ends_word(cursor.remaining()) {
        return Err(cursor.error(if value.is_some() {
            ParseErrorKind::InvalidParameterValue
        } else {
            ParseErrorKind::InvalidParameter
        }));
    }
    Ok(Raw {
        keyword,
        value,
        keyword_at,
        value_at,
    })
}

/// Appends each parameter as ` KEYWORD` or ` KEYWORD=value`.
fn encode<'a>(parameters: &impl Parameters<'a>, out: &mut Vec<u8>) {
    parameters.visit(&mut |keyword, value| {
        out.push(b' ');
        out.extend_from_slice(keyword.as_bytes());
        if let Some(value) = value {
            out.push(b'=');
            push_display(value, out);
        }
    });
}

/// The parameters as they are sent, one by one.
fn list<'a>(parameters: &impl Parameters<'a>) -> Vec<Parameter<'static>> {
    let mut list = Vec::new();
    parameters.visit(&mut |keyword, value| {
        list.push(Parameter {
            keyword: Cow::Owned(String::from(keyword)),
            value: value.map(|value| Cow::Owned(value.to_string())),
        });
    });
    list
}

/// Calls `each` with the parameters that nobody knows.
fn visit_others(others: &[Parameter<'_>], each: &mut Visitor<'_>) {
    for other in others {
        let value = other.value.as_ref();
        each(
            &other.keyword,
            value.map(|value| value as &dyn fmt::Display),
        );
    }
}

/// The decimal digits as a number; no sign, no blank, no overflow.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parameters none of which is usual.
    #[derive(Default)]
    struct Long<P>(P);

    impl<'a, P: Parameters<'a>> Parameters<'a> for Long<P> {
        fn read_usual(&mut self, _: &'a [u8]) -> Option<&'a [u8]> {
            None
        }

        fn visit(&self, each: &mut Visitor<'_>) {
            self.0.visit(each);
        }

        fn read(&mut self, raw: &Raw<'a>) -> Result<(), ParseError> {
            self.0.read(raw)
        }
    }

    fn same<'a, P: Parameters<'a> + Default + PartialEq + fmt::Debug>(line: &'a [u8]) {
        let (mut short, mut long) = (P::default(), Long(P::default()));
        let (mut short_end, mut long_end) = (Cursor::new(line), Cursor::new(line));
        let read = read_all(&mut short, &mut short_end, &Options::DEFAULT);
        assert_eq!(
            read,
            read_all(&mut long, &mut long_end, &Options::DEFAULT),
            "{}",
            line.escape_ascii()
        );
        if read.is_ok() {
            assert_eq!((short, short_end.pos()), (long.0, long_end.pos()));
        }
    }

    proptest! {
        #[test]
        fn usual_parameters_are_read_as_all_others(
            line in "( (SIZE|size|BODY|SMTPUTF8|RET|ENVID|AUTH|NOTIFY|ORCPT|X)(=(<>|[0-9]{1,21}\
                |8BITMIME|7bit|BINARYMIME|FULL|hdrs|NEVER|SUCCESS,DELAY|rfc822;[a+=]{0,3}\
                |[-+=<>;,0-9A-Za-z]{0,12}))?){0,4} ?(\r\n)?"
        ) {
            same::<MailParameters<'_>>(line.as_bytes());
            same::<RcptParameters<'_>>(line.as_bytes());
        }
    }
}
