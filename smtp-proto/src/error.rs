//! What can be wrong: with bytes ([`ParseError`]), with the other end
//! ([`ProtocolError`]) and with a call of the application ([`UsageError`]).

use crate::capabilities::ServiceLimit;
use crate::extension::Extension;
use crate::limits::Limit;
use crate::reply::{EnhancedCode, ReplyCode};

/// Why bytes are not what they were taken for, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    offset: usize,
    kind: ParseErrorKind,
}

impl ParseError {
    pub(crate) const fn new(offset: usize, kind: ParseErrorKind) -> Self {
        Self { offset, kind }
    }

    /// The same error in a larger text that starts `by` octets earlier.
    pub(crate) const fn shifted(self, by: usize) -> Self {
        Self {
            offset: self.offset + by,
            kind: self.kind,
        }
    }

    /// Octets before the first one that is wrong.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong there.
    pub const fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The reply that RFC 5321 section 4.2.4, RFC 3463 and the extensions give for this fault.
    pub const fn reply_hint(&self) -> (ReplyCode, EnhancedCode, &'static str) {
        use ParseErrorKind as K;
        let (code, subject, detail, text) = match self.kind {
            K::InvalidVerb => (500, 5, 1, "Command not recognized"),
            K::BareLineFeed | K::BareCarriageReturn => (500, 5, 2, "Lines end with CR LF"),
            K::LimitExceeded(Limit::CommandLine | Limit::AuthLine) => (500, 5, 6, "Line too long"),
            K::InvalidPath
            | K::InvalidLocalPart
            | K::InvalidDomain
            | K::InvalidAddressLiteral
            | K::InvalidSourceRoute
            | K::LimitExceeded(Limit::LocalPart | Limit::Domain | Limit::Path) => {
                (501, 1, 3, "Bad address syntax")
            }
            K::Utf8WithoutSmtputf8 => (553, 6, 7, "Address needs SMTPUTF8"),
            K::InvalidParameter
            | K::InvalidParameterValue
            | K::DuplicateParameter
            | K::ContradictoryParameters => (501, 5, 4, "Bad parameter"),
            K::UnexpectedArgument | K::MissingArgument => (501, 5, 4, "Bad number of arguments"),
            _ => (501, 5, 2, "Syntax error"),
        };
        (
            ReplyCode::constant(code),
            EnhancedCode::new(crate::reply::Class::Permanent, subject, detail),
            text,
        )
    }
}

/// The kinds of [`ParseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The bytes stop before the message is complete.
    #[error("unexpected end")]
    UnexpectedEnd,
    /// More bytes follow a complete message.
    #[error("bytes left over")]
    TrailingBytes,
    /// A LF without a CR before it (RFC 5321 section 2.3.8).
    #[error("bare LF")]
    BareLineFeed,
    /// A CR without a LF after it (RFC 5321 section 2.3.8).
    #[error("bare CR")]
    BareCarriageReturn,
    /// A control character where text is expected.
    #[error("control character")]
    ControlCharacter,
    /// Octets above 127 that are not UTF-8.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// What stands where a verb should is none.
    #[error("not a command verb")]
    InvalidVerb,
    /// The command needs an argument.
    #[error("missing argument")]
    MissingArgument,
    /// The command takes no argument, or no further one.
    #[error("unexpected argument")]
    UnexpectedArgument,
    /// An argument that does not follow its grammar.
    #[error("invalid argument")]
    InvalidArgument,
    /// A path without its brackets, or with something beside the mailbox in them
    /// (RFC 5321 section 4.1.2).
    #[error("invalid path")]
    InvalidPath,
    /// A local part outside the `Local-part` grammar.
    #[error("invalid local part")]
    InvalidLocalPart,
    /// A name outside the `Domain` grammar.
    #[error("invalid domain")]
    InvalidDomain,
    /// A literal outside RFC 5321 section 4.1.3.
    #[error("invalid address literal")]
    InvalidAddressLiteral,
    /// A source route outside the `A-d-l` grammar.
    #[error("invalid source route")]
    InvalidSourceRoute,
    /// An address beyond ASCII in a command without SMTPUTF8 (RFC 6531 section 3.5).
    #[error("non-ASCII address without SMTPUTF8")]
    Utf8WithoutSmtputf8,
    /// Not `keyword[=value]`.
    #[error("invalid parameter")]
    InvalidParameter,
    /// The value of a known parameter is missing, superfluous or malformed.
    #[error("invalid parameter value")]
    InvalidParameterValue,
    /// A parameter stands twice.
    #[error("duplicate parameter")]
    DuplicateParameter,
    /// Two values that exclude each other, such as `NOTIFY=NEVER,SUCCESS`.
    #[error("contradictory parameters")]
    ContradictoryParameters,
    /// Not base64 (RFC 4648 section 4).
    #[error("invalid base64")]
    InvalidBase64,
    /// Not xtext or one of its UTF-8 forms (RFC 3461 section 4, RFC 6533 section 3).
    #[error("invalid xtext")]
    InvalidXtext,
    /// Not three digits from 200 to 599.
    #[error("invalid reply code")]
    InvalidReplyCode,
    /// The lines of one reply carry different codes.
    #[error("reply codes differ")]
    ReplyCodeMismatch,
    /// After a reply code neither space, hyphen nor the end of the line.
    #[error("invalid character after the reply code")]
    InvalidReplySeparator,
    /// One of [`Limits`](crate::Limits).
    #[error("{0} limit exceeded")]
    LimitExceeded(Limit),
}

/// The fatal faults of the other end or of the connection.
///
/// The farewell that the protocol has for it, if any, is already in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// Bytes lay behind STARTTLS or its reply: an injection (RFC 3207 section 4.2).
    #[error("clear-text bytes behind STARTTLS")]
    BytesAfterUpgrade,
    /// TLS is required and the server does not offer it or refused it.
    #[error("TLS required but not available")]
    TlsUnavailable,
    /// The connection ended in the middle.
    #[error("connection lost")]
    ConnectionLost,
    /// The other end took longer than [`idle_timeout`](crate::server::Server::idle_timeout).
    #[error("timed out")]
    Timeout,
    /// Too many faulty or useless commands.
    #[error("{0} limit exceeded")]
    LimitExceeded(Limit),
    /// A reply that cannot be parsed.
    #[error("invalid reply: {0}")]
    InvalidReply(ParseError),
    /// A reply that nobody asked for, other than 421.
    #[error("unsolicited reply")]
    UnsolicitedReply,
    /// A well-formed reply that does not fit the command, such as 354 to MAIL.
    #[error("reply does not fit the command")]
    UnexpectedReply,
    /// A message that ended with something other than CRLF.CRLF after a bare CR or LF.
    #[error("ambiguous end of data")]
    AmbiguousEndOfData,
    /// A BDAT whose number of octets cannot be read, so that nobody knows where they end.
    #[error("BDAT without a readable size")]
    UnknownChunkSize,
    /// Bytes that came before they were allowed to (RFC 2920 section 3.1).
    #[error("bytes sent ahead of turn")]
    EarlyInput,
    /// The other end said 421 and will close (RFC 5321 section 3.8).
    #[error("the other end is closing")]
    ServiceClosing,
    /// The application refused the connection or asked to stop.
    #[error("closed by this end")]
    Refused,
    /// The server refused the connection or the greeting.
    #[error("session refused by the server")]
    Rejected,
    /// An outgoing body was given up; only closing keeps half of it from being taken for all.
    #[error("body aborted")]
    BodyAborted,
}

/// A call that does not fit the state of the machine; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// Nothing is waiting for this.
    #[error("not now")]
    NotNow,
    /// The connection is closing.
    #[error("the connection is closing")]
    Closing,
    /// The reply code does not fit the event, such as 354 to RCPT.
    #[error("reply code does not fit")]
    WrongReply,
    /// A text or an argument is malformed.
    #[error(transparent)]
    Invalid(#[from] ParseError),
    /// The output is above [`Limits::output`](crate::Limits::output): flush, then call again.
    #[error("output is full")]
    OutputFull,
    /// The other end does not offer the extension.
    #[error("{0} is not offered")]
    NotOffered(Extension),
    /// Octets above 127 in a body, but the server does not offer 8BITMIME (RFC 6152).
    #[error("8-bit data, but 8BITMIME is not offered")]
    EightBitData,
    /// An address beyond ASCII in a transaction without SMTPUTF8 (RFC 6531 section 3.4).
    #[error("non-ASCII address without SMTPUTF8")]
    Utf8Address,
    /// A CR or LF that is not part of a CRLF in a body (RFC 5321 section 2.3.8).
    #[error("bare CR or LF in the body")]
    BareLineEnd,
    /// The declared size is above what the server takes (RFC 1870 section 6.1).
    #[error("larger than the server takes")]
    TooLarge,
    /// More than the server's LIMITS allow (RFC 9422).
    #[error("more than the server's {0} allows")]
    LimitExceeded(ServiceLimit),
    /// A credential before TLS, which the configuration forbids.
    #[error("credentials need TLS first")]
    NeedsTls,
}
