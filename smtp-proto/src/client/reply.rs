//! What a client does with each reply.

use alloc::vec::Vec;

use super::body::Body;
use super::{Client, Event, Phase, Stage, Verb};
use crate::capabilities::Capabilities;
use crate::command::{Base64, Command};
use crate::error::ProtocolError;
use crate::extension::Extension;
use crate::machine::{Protocol, TlsPolicy};
use crate::reply::{Reply, Severity};
use crate::sasl::SaslMessage;

impl Client {
    /// Ties `reply` to the command that it answers.
    pub(super) fn take_reply<'i>(&mut self, reply: Reply<'i>) -> Option<Event<'i>> {
        let severity = reply.code().severity();
        if reply.code().get() == 421 {
            let to = self.outstanding.pop_front().unwrap_or(Verb::Nothing);
            self.close(Err(ProtocolError::ServiceClosing));
            return Some(Event::Reply { to, reply });
        }
        let Some(to) = self.outstanding.front().copied() else {
            self.close(Err(ProtocolError::UnsolicitedReply));
            return None;
        };
        if to == Verb::Auth && reply.code().get() == 334 {
            return self.take_challenge(&reply);
        }
        let intermediate = severity == Severity::PositiveIntermediate;
        if intermediate != (to == Verb::Data && reply.is_positive()) {
            self.close(Err(ProtocolError::UnexpectedReply));
            return Some(Event::Reply { to, reply });
        }
        self.outstanding.pop_front();
        self.apply(to, &reply);
        Some(Event::Reply { to, reply })
    }

    fn apply(&mut self, to: Verb, reply: &Reply<'_>) {
        let positive = reply.is_positive();
        match to {
            Verb::Connect if positive => self.say_hello(),
            Verb::Connect => self.give_up(ProtocolError::Rejected),
            Verb::Hello => self.hello_answered(reply),
            Verb::StartTls if positive => self.phase = Phase::Upgrade,
            Verb::StartTls => self.no_tls(),
            Verb::Auth => {
                self.authenticated = positive;
                self.initial_response = None;
                self.body = Body::None;
            }
            Verb::Mail => self.transaction.mail_refused = !positive,
            Verb::Rcpt(number) if positive => self.transaction.accepted.push(number),
            Verb::Data if positive && self.transaction.accepted.is_empty() => {
                // RFC 2920 section 3.1: nobody will get it, but the server wants an end.
                self.output.end().extend_from_slice(b".\r\n");
                self.outstanding.push_back(Verb::Message);
                self.synchronising = false;
                self.transaction.stage = Stage::None;
            }
            Verb::Data if positive => {
                self.body = Body::data(self.config.options.line_ends);
                self.expect_message_replies();
            }
            Verb::Data => self.give_up_transaction(),
            Verb::Bdat if !positive => self.chunk_refused(),
            Verb::Quit => self.close(Ok(())),
            Verb::Xclient if positive => {
                self.authenticated = false;
                self.capabilities = Capabilities::default();
                self.transactions = 0;
                self.domains.clear();
                self.say_hello();
            }
            _ => {}
        }
    }

    /// Notes the replies that the message will have.
    pub(super) fn expect_message_replies(&mut self) {
        let verbs = self.message_verbs();
        self.outstanding.extend(verbs);
        self.synchronising = false;
    }

    /// One reply for the message, or in LMTP one for each accepted recipient.
    pub(super) fn message_verbs(&self) -> Vec<Verb> {
        match self.config.protocol {
            Protocol::Lmtp => {
                let numbers = self.transaction.accepted.iter();
                numbers.map(|&number| Verb::MessageFor(number)).collect()
            }
            Protocol::Smtp | Protocol::Submission => Vec::from([Verb::Message]),
        }
    }

    fn hello_answered(&mut self, reply: &Reply<'_>) {
        let extended = self.phase == Phase::Ehlo;
        if !reply.is_positive() {
            let unknown = reply.code().severity() == Severity::PermanentNegative;
            if extended && unknown && self.config.protocol != Protocol::Lmtp {
                self.phase = Phase::Helo;
                let name = self.config.name.clone();
                self.send(Verb::Hello, &Command::Helo(name));
            } else {
                self.give_up(ProtocolError::Rejected);
            }
            return;
        }
        self.capabilities = if extended {
            Capabilities::from_reply(reply).into_owned()
        } else {
            Capabilities::default()
        };
        let wanted = matches!(self.config.tls, TlsPolicy::StartTls | TlsPolicy::Required);
        if !wanted || self.tls {
            self.phase = Phase::Announce;
        } else if self.capabilities.offers(Extension::StartTls) {
            self.phase = Phase::StartTls;
            self.send(Verb::StartTls, &Command::StartTls);
        } else {
            self.no_tls();
        }
    }

    /// The server cannot do TLS, or does not want to now.
    fn no_tls(&mut self) {
        if self.config.tls == TlsPolicy::Required {
            self.give_up(ProtocolError::TlsUnavailable);
        } else {
            self.phase = Phase::Announce;
        }
    }

    /// Says QUIT and closes without waiting for an answer.
    fn give_up(&mut self, error: ProtocolError) {
        Command::Quit.encode(self.output.end());
        self.close(Err(error));
    }

    /// A 334 within AUTH.
    fn take_challenge<'i>(&mut self, reply: &Reply<'_>) -> Option<Event<'i>> {
        if let Some(response) = self.initial_response.take() {
            self.send_base64(&response);
            return None;
        }
        let line = reply.lines().next().unwrap_or_default();
        let challenge = core::str::from_utf8(line)
            .ok()
            .and_then(|text| Base64::new(text.trim_ascii()).ok());
        let Some(challenge) = challenge else {
            // The final reply, 501, tells the application.
            self.output.end().extend_from_slice(b"*\r\n");
            return None;
        };
        self.body = Body::Challenged;
        Some(Event::AuthChallenge(SaslMessage(challenge.decode())))
    }

    /// Sends a line of an AUTH exchange.
    pub(super) fn send_base64(&mut self, response: &Base64<'_>) {
        let out = self.output.end();
        out.extend_from_slice(response.as_str().as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}
