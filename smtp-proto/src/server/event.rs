//! What a server tells its application.

use core::net::SocketAddr;

use crate::command::{
    Argument, Attributes, Burl, HeloName, Mail, Mechanism, Node, Query, Rcpt, Unknown,
};
use crate::error::ParseError;
use crate::sasl::SaslMessage;

/// Something that happened on a connection.
///
/// Most events are questions: the next command is not looked at before
/// [`Server::accept`](super::Server::accept),
/// [`Server::reply`](super::Server::reply) or, within AUTH,
/// [`Server::challenge`](super::Server::challenge) has answered.
/// [`is_question`](Self::is_question) tells them from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// Question: a client has connected; 220 lets it in, 421 and 554 do not (RFC 5321 section 3.1).
    Connect {
        /// Its address, as configured.
        peer: Option<SocketAddr>,
    },
    /// Question: EHLO, HELO or LHLO. A positive reply ends a transaction that was open; a negative
    /// one changes nothing (RFC 5321 sections 4.1.1.1 and 4.1.4). Between two chunks of a message it
    /// comes after [`BodyAborted`](Self::BodyAborted), whatever the answer will be.
    ///
    /// A positive reply's text becomes the first line; the extensions follow by themselves.
    Helo {
        /// How the client names itself.
        name: HeloName<'i>,
        /// Whether extensions may be used (EHLO and LHLO).
        extended: bool,
    },
    /// Question: the client starts to authenticate; challenge it, or reply 235 or 535.
    Auth {
        /// The mechanism, one of those configured.
        mechanism: Mechanism<'i>,
        /// The initial response, decoded.
        initial_response: Option<SaslMessage>,
    },
    /// Question: the client's response to a challenge, decoded.
    AuthResponse(SaslMessage),
    /// The client gave the exchange up, or broke it; it has been told (501).
    AuthCancelled,
    /// Question: the client asks for TLS. After 220 comes
    /// [`Need::Upgrade`](crate::Need::Upgrade).
    StartTls,
    /// Question: a sender.
    Mail(Mail<'i>),
    /// Question: a recipient.
    Rcpt(Rcpt<'i>),
    /// Question: the client wants to send the message. The positive reply is 354, or 250 if
    /// `chunking`, where it is not sent but lets the octets through.
    BodyStart {
        /// Whether the message comes by BDAT.
        chunking: bool,
    },
    /// Octets of the message, dots removed.
    Body(&'i [u8]),
    /// Question: the message is complete. In LMTP, one reply for each recipient, in order.
    BodyEnd,
    /// The message cannot be completed; forget its octets. The client has been told, if it can be.
    ///
    /// In LMTP it may come between the answers to [`BodyEnd`](Self::BodyEnd). Recipients that were
    /// accepted by then stay accepted, since the client has heard so and will not send the message
    /// again for them (RFC 2033 section 4.2); it is the others that get nothing.
    BodyAborted {
        /// Why.
        reason: AbortReason,
    },
    /// RSET: the transaction is gone; the client has been told (250).
    Reset,
    /// Question: VRFY; 252 if you do not say.
    Vrfy(Query<'i>),
    /// Question: EXPN; 502 if you do not say.
    Expn(Query<'i>),
    /// Question: HELP; 214 if you do not say.
    Help(Option<Argument<'i>>),
    /// Question: ETRN, if it is offered.
    Etrn(Node<'i>),
    /// Question: ATRN, if it is offered; 250 turns the roles round, which is the application's to do.
    Atrn(Option<Argument<'i>>),
    /// Question: BURL, if it is offered: fetch the octets, append them to the message.
    Burl(Burl<'i>),
    /// Question: XCLIENT, if it is offered. After 220 the session starts again.
    Xclient(Attributes<'i>),
    /// Question: XFORWARD, if it is offered.
    Xforward(Attributes<'i>),
    /// Question: QUIT; any reply closes the connection.
    Quit,
    /// Question: a command that this crate does not know; 500 if you do not say.
    Unknown(Unknown<'i>),
    /// Question: a line that is no command; the RFC's error reply if you do not say.
    Invalid {
        /// What is wrong with it.
        error: ParseError,
        /// The line without its line end; empty if it was over the limit.
        raw: &'i [u8],
    },
}

impl Event<'_> {
    /// Whether the machine waits for an answer.
    pub const fn is_question(&self) -> bool {
        !matches!(
            self,
            Self::AuthCancelled | Self::Body(_) | Self::BodyAborted { .. } | Self::Reset
        )
    }
}

/// Why a message cannot be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AbortReason {
    /// It is larger than [`Limits::message_size`](crate::Limits::message_size); answered 552.
    TooLarge,
    /// It holds a CR or LF that is no line end; answered 554.
    BareLineEnd,
    /// The client went on to something else between two chunks.
    Reset,
    /// The connection ended.
    ConnectionLost,
    /// The client took too long.
    Timeout,
    /// This end closes. Answers that were given before stand.
    Closing,
}
