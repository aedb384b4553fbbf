//! The parameters of MAIL: SIZE, BODY, SMTPUTF8, RET, ENVID, AUTH, BY, HOLDFOR, MT-PRIORITY and more.

use alloc::vec::Vec;

use super::value::{By, EnvelopeId, Hold, Mtrk, Priority, Solicit, TransactionId};
use super::{
    Parameter, Parameters, Raw, Visitor, decimal, encode, list, plain_decimal, plain_xtext,
    read_all, set_usual, visit_others,
};
use crate::cursor::{Cursor, Word};
use crate::error::ParseError;
use crate::extension::{Extension, Extensions};
use crate::limits::Options;
use crate::xtext::XText;

/// What stands behind the path of MAIL.
///
/// Each known parameter has a typed field; the others are kept in
/// [`others`](Self::others). Set fields on a default value:
///
/// ```
/// use smtp_proto::{BodyType, MailParameters};
/// let mut parameters = MailParameters::default();
/// parameters.size = Some(1_000);
/// parameters.body = Some(BodyType::EightBitMime);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MailParameters<'a> {
    /// `SIZE`: octets of the message, as the client estimates them (RFC 1870).
    pub size: Option<u64>,
    /// `BODY` (RFC 6152, RFC 3030).
    pub body: Option<BodyType>,
    /// `SMTPUTF8`: addresses and header may hold UTF-8 (RFC 6531).
    pub smtputf8: bool,
    /// `RET`: how much of the message a failure report returns (RFC 3461).
    pub ret: Option<Ret>,
    /// `ENVID` (RFC 3461).
    pub envid: Option<EnvelopeId<'a>>,
    /// `AUTH`: who submitted the message (RFC 4954 section 5).
    pub auth: Option<MailAuth<'a>>,
    /// `BY` (RFC 2852).
    pub by: Option<By>,
    /// `HOLDFOR` or `HOLDUNTIL` (RFC 4865).
    pub hold: Option<Hold<'a>>,
    /// `MT-PRIORITY` (RFC 6710).
    pub mt_priority: Option<Priority>,
    /// `REQUIRETLS`: rather fail than relay in clear text (RFC 8689).
    pub requiretls: bool,
    /// `MTRK` (RFC 3885).
    pub mtrk: Option<Mtrk<'a>>,
    /// `SOLICIT` (RFC 3865).
    pub solicit: Option<Solicit<'a>>,
    /// `TRANSID` (RFC 1845).
    pub transid: Option<TransactionId<'a>>,
    /// `CONPERM`: the content may be converted (RFC 4141).
    pub conperm: bool,
    /// Parameters that this crate does not know.
    pub others: Vec<Parameter<'a>>,
}

/// The value of `BODY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum BodyType {
    /// `7BIT`: lines of ASCII.
    SevenBit,
    /// `8BITMIME`: lines of octets (RFC 6152).
    EightBitMime,
    /// `BINARYMIME`: octets, by BDAT only (RFC 3030).
    BinaryMime,
}

/// The value of `RET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Ret {
    /// `FULL`: the whole message.
    Full,
    /// `HDRS`: its header only.
    Hdrs,
}

/// The value of `AUTH` in MAIL (RFC 4954 section 5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MailAuth<'a> {
    /// `<>`: not known, or not trusted.
    Unknown,
    /// The submitter's mailbox, as xtext; an empty one is sent as `<>`.
    Submitter(XText<'a>),
}

impl<'a> MailParameters<'a> {
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
    /// # use smtp_proto::MailParameters;
    /// let mut parameters = MailParameters::default();
    /// parameters.size = Some(1_000);
    /// parameters.smtputf8 = true;
    /// let list = parameters.to_list();
    /// assert_eq!((list[0].keyword(), list[0].value()), ("SIZE", Some("1000")));
    /// assert_eq!((list[1].keyword(), list[1].value()), ("SMTPUTF8", None));
    /// ```
    pub fn to_list(&self) -> Vec<Parameter<'static>> {
        list(self)
    }

    /// Whether the parameters are ASCII: only unknown ones may be anything else.
    pub(crate) fn is_ascii(&self) -> bool {
        self.others
            .iter()
            .all(|other| other.value().is_none_or(str::is_ascii))
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // Taken apart, so that a parameter that is added cannot be forgotten here.
        let Self {
            size,
            body,
            smtputf8,
            ret,
            envid,
            auth,
            by,
            hold,
            mt_priority,
            requiretls,
            mtrk,
            solicit,
            transid,
            conperm,
            others,
        } = self;
        size.is_none()
            && body.is_none()
            && !smtputf8
            && ret.is_none()
            && envid.is_none()
            && auth.is_none()
            && by.is_none()
            && hold.is_none()
            && mt_priority.is_none()
            && !requiretls
            && mtrk.is_none()
            && solicit.is_none()
            && transid.is_none()
            && !conperm
            && others.is_empty()
    }

    /// The extensions that a server must offer for these parameters.
    #[inline]
    pub fn extensions(&self) -> Extensions {
        let binary = self.body == Some(BodyType::BinaryMime);
        let mut needed = Extensions::default();
        needed.insert_if(Extension::Size, self.size.is_some());
        needed.insert_if(Extension::EightBitMime, self.body.is_some() && !binary);
        needed.insert_if(Extension::BinaryMime, binary);
        needed.insert_if(Extension::Smtputf8, self.smtputf8);
        needed.insert_if(Extension::Dsn, self.ret.is_some() || self.envid.is_some());
        needed.insert_if(Extension::Auth, self.auth.is_some());
        needed.insert_if(Extension::DeliverBy, self.by.is_some());
        needed.insert_if(Extension::FutureRelease, self.hold.is_some());
        needed.insert_if(Extension::MtPriority, self.mt_priority.is_some());
        needed.insert_if(Extension::RequireTls, self.requiretls);
        needed.insert_if(Extension::Mtrk, self.mtrk.is_some());
        needed.insert_if(Extension::NoSoliciting, self.solicit.is_some());
        needed.insert_if(Extension::Checkpoint, self.transid.is_some());
        needed.insert_if(Extension::Conperm, self.conperm);
        needed
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> MailParameters<'static> {
        MailParameters {
            size: self.size,
            body: self.body,
            smtputf8: self.smtputf8,
            ret: self.ret,
            envid: self.envid.map(EnvelopeId::into_owned),
            auth: self.auth.map(MailAuth::into_owned),
            by: self.by,
            hold: self.hold.map(|hold| match hold {
                Hold::For(seconds) => Hold::For(seconds),
                Hold::Until(moment) => Hold::Until(moment.into_owned()),
            }),
            mt_priority: self.mt_priority,
            requiretls: self.requiretls,
            mtrk: self.mtrk.map(Mtrk::into_owned),
            solicit: self.solicit.map(Solicit::into_owned),
            transid: self.transid.map(TransactionId::into_owned),
            conperm: self.conperm,
            others: self.others.into_iter().map(Parameter::into_owned).collect(),
        }
    }
}

impl<'a> Parameters<'a> for MailParameters<'a> {
    fn visit(&self, each: &mut Visitor<'_>) {
        if let Some(size) = &self.size {
            each("SIZE", Some(size));
        }
        if let Some(body) = self.body {
            each("BODY", Some(&body.as_str()));
        }
        if self.smtputf8 {
            each("SMTPUTF8", None);
        }
        if let Some(ret) = self.ret {
            each("RET", Some(&ret.as_str()));
        }
        if let Some(envid) = &self.envid {
            each("ENVID", Some(envid));
        }
        match &self.auth {
            None => {}
            Some(MailAuth::Submitter(text)) if !text.as_str().is_empty() => {
                each("AUTH", Some(text));
            }
            Some(_) => each("AUTH", Some(&"<>")),
        }
        if let Some(by) = &self.by {
            each("BY", Some(by));
        }
        match &self.hold {
            None => {}
            Some(Hold::For(seconds)) => each("HOLDFOR", Some(seconds.clamp(&1, &999_999_999))),
            Some(Hold::Until(moment)) => each("HOLDUNTIL", Some(moment)),
        }
        if let Some(priority) = &self.mt_priority {
            each("MT-PRIORITY", Some(priority));
        }
        if self.requiretls {
            each("REQUIRETLS", None);
        }
        if let Some(mtrk) = &self.mtrk {
            each("MTRK", Some(mtrk));
        }
        if let Some(solicit) = &self.solicit {
            each("SOLICIT", Some(solicit));
        }
        if let Some(transid) = &self.transid {
            each("TRANSID", Some(transid));
        }
        if self.conperm {
            each("CONPERM", None);
        }
        visit_others(&self.others, each);
    }

    #[inline]
    fn read_usual(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        const SIZE: Word = Word::new(b"SIZE=");
        const BODY: Word = Word::new(b"BODY=");
        const SMTPUTF8: Word = Word::new(b"SMTPUTF8");
        const RET: Word = Word::new(b"RET=");
        const ENVID: Word = Word::new(b"ENVID=");
        const AUTH: Word = Word::new(b"AUTH=");
        if let Some(value) = SIZE.strip(bytes) {
            set_usual(&mut self.size, plain_decimal(value))
        } else if let Some(value) = BODY.strip(bytes) {
            set_usual(&mut self.body, BodyType::strip(value))
        } else if let Some(rest) = SMTPUTF8.strip(bytes) {
            let mut slot = self.smtputf8.then_some(true);
            let rest = set_usual(&mut slot, Some((true, rest)))?;
            self.smtputf8 = true;
            Some(rest)
        } else if let Some(value) = ENVID.strip(bytes) {
            let read = plain_xtext(value, EnvelopeId::MAX);
            set_usual(
                &mut self.envid,
                read.map(|(id, rest)| (EnvelopeId::trusted(id), rest)),
            )
        } else if let Some(value) = AUTH.strip(bytes) {
            // `<>` looks like xtext and is none.
            let read = plain_xtext(value, usize::MAX).filter(|(text, _)| *text != b"<>");
            let submitter = |octets| MailAuth::Submitter(XText::trusted(octets));
            set_usual(
                &mut self.auth,
                read.map(|(text, rest)| (submitter(text), rest)),
            )
        } else if let Some(value) = RET.strip(bytes) {
            set_usual(&mut self.ret, Ret::strip(value))
        } else {
            None
        }
    }

    fn read(&mut self, raw: &Raw<'a>) -> Result<(), ParseError> {
        if raw.is("SIZE") {
            raw.set(&mut self.size, decimal)
        } else if raw.is("BODY") {
            raw.set(&mut self.body, BodyType::from_keyword)
        } else if raw.is("SMTPUTF8") {
            raw.set_flag(&mut self.smtputf8)
        } else if raw.is("RET") {
            raw.set(&mut self.ret, Ret::from_keyword)
        } else if raw.is("ENVID") {
            raw.set(&mut self.envid, |value| EnvelopeId::from_octets(value).ok())
        } else if raw.is("AUTH") {
            raw.set(&mut self.auth, MailAuth::parse)
        } else if raw.is("BY") {
            raw.set_text(&mut self.by, By::parse)
        } else if raw.is("HOLDFOR") {
            raw.set_text(&mut self.hold, Hold::parse_for)
        } else if raw.is("HOLDUNTIL") {
            raw.set_text(&mut self.hold, Hold::parse_until)
        } else if raw.is("MT-PRIORITY") {
            raw.set_text(&mut self.mt_priority, Priority::parse)
        } else if raw.is("REQUIRETLS") {
            raw.set_flag(&mut self.requiretls)
        } else if raw.is("MTRK") {
            raw.set(&mut self.mtrk, |value| Mtrk::from_octets(value).ok())
        } else if raw.is("SOLICIT") {
            raw.set(&mut self.solicit, |value| Solicit::from_octets(value).ok())
        } else if raw.is("TRANSID") {
            raw.set(&mut self.transid, |value| {
                TransactionId::from_octets(value).ok()
            })
        } else if raw.is("CONPERM") {
            raw.set_flag(&mut self.conperm)
        } else {
            raw.keep(&mut self.others)
        }
    }
}

impl BodyType {
    /// The value at the start of `bytes`, and what follows.
    fn strip(bytes: &[u8]) -> Option<(Self, &[u8])> {
        const EIGHT_BIT: Word = Word::new(b"8BITMIME");
        const SEVEN_BIT: Word = Word::new(b"7BIT");
        const BINARY: Word = Word::new(b"BINARYMI");
        const ME: Word = Word::new(b"ME");
        if let Some(rest) = EIGHT_BIT.strip(bytes) {
            Some((Self::EightBitMime, rest))
        } else if let Some(rest) = SEVEN_BIT.strip(bytes) {
            Some((Self::SevenBit, rest))
        } else {
            let rest = BINARY.strip(bytes).and_then(|rest| ME.strip(rest))?;
            Some((Self::BinaryMime, rest))
        }
    }

    fn from_keyword(text: &[u8]) -> Option<Self> {
        match Self::strip(text)? {
            (body, []) => Some(body),
            _ => None,
        }
    }

    /// The value as RFC 6152 and RFC 3030 spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SevenBit => "7BIT",
            Self::EightBitMime => "8BITMIME",
            Self::BinaryMime => "BINARYMIME",
        }
    }
}

impl Ret {
    /// The value at the start of `bytes`, and what follows.
    fn strip(bytes: &[u8]) -> Option<(Self, &[u8])> {
        const FULL: Word = Word::new(b"FULL");
        const HDRS: Word = Word::new(b"HDRS");
        if let Some(rest) = FULL.strip(bytes) {
            Some((Self::Full, rest))
        } else {
            HDRS.strip(bytes).map(|rest| (Self::Hdrs, rest))
        }
    }

    fn from_keyword(text: &[u8]) -> Option<Self> {
        match Self::strip(text)? {
            (ret, []) => Some(ret),
            _ => None,
        }
    }

    /// The value as RFC 3461 spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Hdrs => "HDRS",
        }
    }
}

impl<'a> MailAuth<'a> {
    fn parse(value: &'a [u8]) -> Option<Self> {
        if value == b"<>" {
            return Some(Self::Unknown);
        }
        XText::from_octets(value).ok().map(Self::Submitter)
    }

    fn into_owned(self) -> MailAuth<'static> {
        match self {
            Self::Unknown => MailAuth::Unknown,
            Self::Submitter(text) => MailAuth::Submitter(text.into_owned()),
        }
    }
}
