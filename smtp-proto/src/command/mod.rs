//! Commands, from the client's line to a typed value and back (RFC 5321 section 4.1.1 and the
//! extensions that add verbs).

pub(crate) mod argument;
mod attributes;
mod parse;
mod write;

pub use argument::{Argument, Base64, HeloName, Mechanism, Node, Unknown, Url};
pub use attributes::{Attribute, AttributeName, AttributeValue, Attributes};

pub(crate) use parse::{line_content, line_limit, parse_line, parse_unframed, too_long};

use crate::address::{ForwardPath, ReversePath};
use crate::parameter::{MailParameters, RcptParameters};

/// One command.
///
/// ```
/// use smtp_proto::Command;
/// let command = Command::parse(b"mail from:<alice@example.org> SIZE=100\r\n")?;
/// let Command::Mail(mail) = &command else { panic!() };
/// assert_eq!(mail.parameters.size, Some(100));
/// let mut line = Vec::new();
/// command.encode(&mut line);
/// assert_eq!(line, b"MAIL FROM:<alice@example.org> SIZE=100\r\n");
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Command<'a> {
    /// `EHLO` (RFC 5321 section 4.1.1.1).
    Ehlo(HeloName<'a>),
    /// `HELO` (RFC 5321 section 4.1.1.1).
    Helo(HeloName<'a>),
    /// `LHLO` (RFC 2033 section 4.1).
    Lhlo(HeloName<'a>),
    /// `MAIL FROM:` (RFC 5321 section 4.1.1.2).
    Mail(Mail<'a>),
    /// `RCPT TO:` (RFC 5321 section 4.1.1.3).
    Rcpt(Rcpt<'a>),
    /// `DATA` (RFC 5321 section 4.1.1.4).
    Data,
    /// `BDAT` (RFC 3030 section 2).
    Bdat(Bdat),
    /// `RSET` (RFC 5321 section 4.1.1.5).
    Rset,
    /// `VRFY` (RFC 5321 section 4.1.1.6).
    Vrfy(Query<'a>),
    /// `EXPN` (RFC 5321 section 4.1.1.7).
    Expn(Query<'a>),
    /// `HELP` (RFC 5321 section 4.1.1.8).
    Help(Option<Argument<'a>>),
    /// `NOOP` (RFC 5321 section 4.1.1.9).
    Noop(Option<Argument<'a>>),
    /// `QUIT` (RFC 5321 section 4.1.1.10).
    Quit,
    /// `AUTH` (RFC 4954 section 4).
    Auth(Auth<'a>),
    /// `STARTTLS` (RFC 3207 section 4).
    StartTls,
    /// `ETRN` (RFC 1985 section 5).
    Etrn(Node<'a>),
    /// `ATRN` (RFC 2645 section 5.2.1): domains joined by commas.
    Atrn(Option<Argument<'a>>),
    /// `BURL` (RFC 4468 section 3).
    Burl(Burl<'a>),
    /// `XCLIENT`, a Postfix extension by which a proxy tells who its client is.
    Xclient(Attributes<'a>),
    /// `XFORWARD`, a Postfix extension by which a filter tells where a message came from.
    Xforward(Attributes<'a>),
    /// `TURN` (RFC 821, withdrawn by RFC 5321 appendix F.1).
    Turn,
    /// `SEND FROM:` (RFC 821, withdrawn by RFC 5321 appendix F.6).
    Send(ReversePath<'a>),
    /// `SOML FROM:` (as SEND).
    Soml(ReversePath<'a>),
    /// `SAML FROM:` (as SEND).
    Saml(ReversePath<'a>),
    /// A verb that this crate does not know.
    Unknown(Unknown<'a>),
}

/// The arguments of MAIL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mail<'a> {
    /// Where reports go.
    pub reverse_path: ReversePath<'a>,
    /// The parameters of extensions.
    pub parameters: MailParameters<'a>,
}

impl Mail<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Mail<'static> {
        Mail {
            reverse_path: self.reverse_path.into_owned(),
            parameters: self.parameters.into_owned(),
        }
    }
}

impl<'a, P: Into<ReversePath<'a>>> From<P> for Mail<'a> {
    fn from(path: P) -> Self {
        Self {
            reverse_path: path.into(),
            parameters: MailParameters::default(),
        }
    }
}

/// The arguments of RCPT.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rcpt<'a> {
    /// Who is to get the message.
    pub forward_path: ForwardPath<'a>,
    /// The parameters of extensions.
    pub parameters: RcptParameters<'a>,
}

impl Rcpt<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Rcpt<'static> {
        Rcpt {
            forward_path: self.forward_path.into_owned(),
            parameters: self.parameters.into_owned(),
        }
    }
}

impl<'a, P: Into<ForwardPath<'a>>> From<P> for Rcpt<'a> {
    fn from(path: P) -> Self {
        Self {
            forward_path: path.into(),
            parameters: RcptParameters::default(),
        }
    }
}

/// The arguments of BDAT; the octets of the chunk follow the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bdat {
    /// Octets of the chunk.
    pub size: u64,
    /// Whether it ends the message.
    pub last: bool,
}

/// The arguments of VRFY and EXPN.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query<'a> {
    /// A user name, a mailbox or the name of a list; beyond ASCII only with `smtputf8`.
    pub argument: Argument<'a>,
    /// Whether `SMTPUTF8` ends the command: the reply may hold UTF-8 (RFC 6531 section 3.7.4.2).
    pub smtputf8: bool,
}

/// The arguments of AUTH.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Auth<'a> {
    /// The SASL mechanism.
    pub mechanism: Mechanism<'a>,
    /// The initial response; `=` on the wire if it is there but empty.
    pub initial_response: Option<Base64<'a>>,
}

/// The arguments of BURL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Burl<'a> {
    /// Where the server is to fetch the octets.
    pub url: Url<'a>,
    /// Whether they end the message.
    pub last: bool,
}

impl Command<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Command<'static> {
        match self {
            Self::Ehlo(name) => Command::Ehlo(name.into_owned()),
            Self::Helo(name) => Command::Helo(name.into_owned()),
            Self::Lhlo(name) => Command::Lhlo(name.into_owned()),
            Self::Mail(mail) => Command::Mail(mail.into_owned()),
            Self::Rcpt(rcpt) => Command::Rcpt(rcpt.into_owned()),
            Self::Data => Command::Data,
            Self::Bdat(bdat) => Command::Bdat(bdat),
            Self::Rset => Command::Rset,
            Self::Vrfy(query) => Command::Vrfy(query.into_owned()),
            Self::Expn(query) => Command::Expn(query.into_owned()),
            Self::Help(argument) => Command::Help(argument.map(Argument::into_owned)),
            Self::Noop(argument) => Command::Noop(argument.map(Argument::into_owned)),
            Self::Quit => Command::Quit,
            Self::Auth(auth) => Command::Auth(auth.into_owned()),
            Self::StartTls => Command::StartTls,
            Self::Etrn(node) => Command::Etrn(node.into_owned()),
            Self::Atrn(domains) => Command::Atrn(domains.map(Argument::into_owned)),
            Self::Burl(burl) => Command::Burl(Burl {
                url: burl.url.into_owned(),
                last: burl.last,
            }),
            Self::Xclient(attributes) => Command::Xclient(attributes.into_owned()),
            Self::Xforward(attributes) => Command::Xforward(attributes.into_owned()),
            Self::Turn => Command::Turn,
            Self::Send(path) => Command::Send(path.into_owned()),
            Self::Soml(path) => Command::Soml(path.into_owned()),
            Self::Saml(path) => Command::Saml(path.into_owned()),
            Self::Unknown(unknown) => Command::Unknown(unknown.into_owned()),
        }
    }
}

impl Query<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Query<'static> {
        Query {
            argument: self.argument.into_owned(),
            smtputf8: self.smtputf8,
        }
    }
}

impl Auth<'_> {
    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Auth<'static> {
        Auth {
            mechanism: self.mechanism.into_owned(),
            initial_response: self.initial_response.map(Base64::into_owned),
        }
    }
}
