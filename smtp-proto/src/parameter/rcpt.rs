//! The parameters of RCPT: NOTIFY, ORCPT, RRVS and CONNEG.

use alloc::vec::Vec;
use core::fmt;

use super::value::Rrvs;
use super::{Parameter, Parameters, Raw, Visitor, encode, list, read_all, set_usual, visit_others};
use crate::cursor::{Cursor, Word};
use crate::error::{ParseError, ParseErrorKind};
use crate::extension::{Extension, Extensions};
use crate::limits::Options;
use crate::xtext::OriginalRecipient;

/// What stands behind the path of RCPT.
///
/// Each known parameter has a typed field; the others are kept in [`others`](Self::others).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RcptParameters<'a> {
    /// `NOTIFY`: about what the sender wants a report (RFC 3461).
    pub notify: Option<Notify>,
    /// `ORCPT`: the recipient before aliases and forwarding (RFC 3461).
    pub orcpt: Option<OriginalRecipient<'a>>,
    /// `RRVS` (RFC 7293).
    pub rrvs: Option<Rrvs<'a>>,
    /// `CONNEG`: the client asks what the recipient can display (RFC 4141).
    pub conneg: bool,
    /// Parameters that this crate does not know.
    pub others: Vec<Parameter<'a>>,
}

/// The value of `NOTIFY` (RFC 3461 section 4.1): a set that may be empty.
///
/// The empty set is `NEVER`, which on the wire excludes the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Notify {
    /// `SUCCESS`: report delivery.
    pub success: bool,
    /// `FAILURE`: report failure.
    pub failure: bool,
    /// `DELAY`: report that delivery takes longer.
    pub delay: bool,
}

impl Notify {
    /// `NEVER`.
    pub const NEVER: Self = Self {
        success: false,
        failure: false,
        delay: false,
    };

    /// The list at the start of `bytes`, if NEVER is not in it, and what follows.
    fn strip(bytes: &[u8]) -> Option<(Self, &[u8])> {
        const SUCCESS: Word = Word::new(b"SUCCESS");
        const FAILURE: Word = Word::new(b"FAILURE");
        const DELAY: Word = Word::new(b"DELAY");
        let mut notify = Self::NEVER;
        let mut rest = bytes;
        loop {
            let (flag, tail) = if let Some(tail) = SUCCESS.strip(rest) {
                (&mut notify.success, tail)
            } else if let Some(tail) = FAILURE.strip(rest) {
                (&mut notify.failure, tail)
            } else {
                (&mut notify.delay, DELAY.strip(rest)?)
            };
            if *flag {
                return None;
            }
            *flag = true;
            match tail.strip_prefix(b",") {
                Some(next) => rest = next,
                None => return Some((notify, tail)),
            }
        }
    }

    /// Reads the comma-separated list; each word once, NEVER alone.
    fn parse(list: &[u8]) -> Result<Self, ParseErrorKind> {
        let mut notify = Self::NEVER;
        let mut never = false;
        for word in list.split(|&byte| byte == b',') {
            let flag = match word.len() {
                5 if word.eq_ignore_ascii_case(b"NEVER") => &mut never,
                7 if word.eq_ignore_ascii_case(b"SUCCESS") => &mut notify.success,
                7 if word.eq_ignore_ascii_case(b"FAILURE") => &mut notify.failure,
                5 if word.eq_ignore_ascii_case(b"DELAY") => &mut notify.delay,
                _ => return Err(ParseErrorKind::InvalidParameterValue),
            };
            if *flag {
                return Err(ParseErrorKind::InvalidParameterValue);
            }
            *flag = true;
        }
        if never && notify != Self::NEVER {
            return Err(ParseErrorKind::ContradictoryParameters);
        }
        Ok(notify)
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER {
            return f.write_str("NEVER");
        }
        let words = [
            (self.success, "SUCCESS"),
            (self.failure, "FAILURE"),
            (self.delay, "DELAY"),
        ];
        let mut separator = "";
        for (set, word) in words {
            if set {
                write!(f, "{separator}{word}")?;
                separator = ",";
            }
        }
        Ok(())
    }
}

impl<'a> RcptParameters<'a> {
    pub(crate) fn parse_at(
        &mut self,
        cursor: &mut Cursor<'a>,
        options: &Options,
    ) -> Result<(), ParseError> {
        read_all(self, cursor, options)
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        encode(self, out);
    }

    /// All parameters by keyword and value, as they are sent: for logs, and for programs that show
    /// what they do not use.
    ///
    /// ```
    /// # use smtp_proto::RcptParameters;
    /// let mut parameters = RcptParameters::default();
    /// parameters.notify = Some(smtp_proto::Notify::NEVER);
    /// let list = parameters.to_list();
    /// assert_eq!((list[0].keyword(), list[0].value()), ("NOTIFY", Some("NEVER")));
    /// ```
    pub fn to_list(&self) -> Vec<Parameter<'static>> {
        list(self)
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // Taken apart, so that a parameter that is added cannot be forgotten here.
        let Self {
            notify,
            orcpt,
            rrvs,
            conneg,
            others,
        } = self;
        notify.is_none() && orcpt.is_none() && rrvs.is_none() && !conneg && others.is_empty()
    }

    /// The extensions that a server must offer for these parameters.
    #[inline]
    pub fn extensions(&self) -> Extensions {
        let mut needed = Extensions::default();
        needed.insert_if(
            Extension::Dsn,
            self.notify.is_some() || self.orcpt.is_some(),
        );
        needed.insert_if(Extension::Rrvs, self.rrvs.is_some());
        needed.insert_if(Extension::Conneg, self.conneg);
        needed
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> RcptParameters<'static> {
        RcptParameters {
            notify: self.notify,
            orcpt: self.orcpt.map(OriginalRecipient::into_owned),
            rrvs: self.rrvs.map(Rrvs::into_owned),
            conneg: self.conneg,
            others: self.others.into_iter().map(Parameter::into_owned).collect(),
        }
    }
}

impl<'a> Parameters<'a> for RcptParameters<'a> {
    fn visit(&self, each: &mut Visitor<'_>) {
        if let Some(notify) = &self.notify {
            each("NOTIFY", Some(notify));
        }
        if let Some(orcpt) = &self.orcpt {
            each("ORCPT", Some(orcpt));
        }
        if let Some(rrvs) = &self.rrvs {
            each("RRVS", Some(rrvs));
        }
        if self.conneg {
            each("CONNEG", None);
        }
        visit_others(&self.others, each);
    }

    #[inline]
    fn read_usual(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        const NOTIFY: Word = Word::new(b"NOTIFY=");
        const ORCPT: Word = Word::new(b"ORCPT=");
        if let Some(value) = NOTIFY.strip(bytes) {
            set_usual(&mut self.notify, Notify::strip(value))
        } else if let Some(value) = ORCPT.strip(bytes) {
            set_usual(&mut self.orcpt, OriginalRecipient::strip_plain(value))
        } else {
            None
        }
    }

    fn read(&mut self, raw: &Raw<'a>) -> Result<(), ParseError> {
        if raw.is("NOTIFY") {
            let mut contradiction = false;
            let set = raw.set(&mut self.notify, |value| match Notify::parse(value) {
                Ok(notify) => Some(notify),
                Err(kind) => {
                    contradiction = kind == ParseErrorKind::ContradictoryParameters;
                    None
                }
            });
            if contradiction {
                return Err(raw.error(ParseErrorKind::ContradictoryParameters));
            }
            set
        } else if raw.is("ORCPT") {
            raw.set(&mut self.orcpt, |value| {
                OriginalRecipient::from_octets(value).ok()
            })
        } else if raw.is("RRVS") {
            raw.set_text(&mut self.rrvs, Rrvs::parse)
        } else if raw.is("CONNEG") {
            raw.set_flag(&mut self.conneg)
        } else {
            raw.keep(&mut self.others)
        }
    }
}
