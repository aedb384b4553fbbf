//! What a client tells its application.

use core::fmt;

use crate::reply::Reply;
use crate::sasl::SaslMessage;

/// Something that happened on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// The server has answered a verb.
    Reply {
        /// Which one.
        to: Verb,
        /// The answer.
        reply: Reply<'i>,
    },
    /// Greetings, and TLS if there is to be any, are over: verbs may be called.
    Ready,
    /// A verb was not sent, because the server's other answers left it without sense: RCPT and
    /// DATA after a refused MAIL, DATA without an accepted recipient.
    Skipped {
        /// Which one.
        verb: Verb,
    },
    /// The server's challenge within AUTH, decoded; answer with
    /// [`auth_response`](super::Client::auth_response) or
    /// [`auth_cancel`](super::Client::auth_cancel).
    AuthChallenge(SaslMessage),
}

/// What a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// The connection itself.
    Connect,
    /// EHLO, HELO or LHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH, its final reply.
    Auth,
    /// MAIL.
    Mail,
    /// RCPT, with the number of the recipient in its transaction, from 0.
    Rcpt(usize),
    /// DATA: whether the message may come.
    Data,
    /// A chunk of a message, but for the last one.
    Bdat,
    /// The message.
    Message,
    /// The message, for one recipient (LMTP), by its number in the transaction.
    MessageFor(usize),
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// VRFY.
    Vrfy,
    /// EXPN.
    Expn,
    /// HELP.
    Help,
    /// XCLIENT; after a 220 the session starts again by itself.
    Xclient,
    /// QUIT.
    Quit,
    /// Any other command.
    Other,
    /// Nothing: the server speaks of itself, with 421.
    Nothing,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connection",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt(_) => "RCPT",
            Self::Data => "DATA",
            Self::Bdat => "BDAT",
            Self::Message | Self::MessageFor(_) => "end of message",
            Self::Rset => "RSET",
            Self::Noop => "NOOP",
            Self::Vrfy => "VRFY",
            Self::Expn => "EXPN",
            Self::Help => "HELP",
            Self::Xclient => "XCLIENT",
            Self::Quit => "QUIT",
            Self::Other => "command",
            Self::Nothing => "nothing",
        })
    }
}
