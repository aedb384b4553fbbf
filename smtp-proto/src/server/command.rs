//! What a server does with each command.

use super::answer::{OK, Question};
use super::body::Body;
use super::{AbortReason, Event, Phase, Server, Step};
use crate::command::{
    Auth, Base64, Bdat, Burl, Command, HeloName, Mail, Rcpt, line_content, line_limit, parse_line,
    too_long,
};
use crate::error::{ParseError, ProtocolError};
use crate::extension::{Extension, Extensions};
use crate::machine::{Line, Need, Protocol, TlsPolicy, TooLong};
use crate::parameter::BodyType;
use crate::sasl::SaslMessage;
use crate::xtext::OriginalRecipient;

/// What is to be done about a command.
pub(super) enum Verdict {
    /// The application decides.
    Ask(Question),
    /// The application is told.
    Tell,
    /// Nothing more: it has been answered.
    Done,
}

/// What a command is that may stand between two chunks of a message.
enum BetweenChunks {
    /// As good there as anywhere.
    Anything,
    /// It has been dealt with.
    Done,
    /// The end of the message: looked at again once the application knows.
    Again,
}

impl Server {
    /// Takes the next command line of any kind.
    pub(super) fn poll_command<'i>(&mut self, input: &mut &'i [u8]) -> Option<Step<'i>> {
        let before = *input;
        let options = &self.config.options;
        let line = match self.scan.take(input, |line| line_limit(line, options)) {
            Line::Whole(line) => line,
            Line::Partial => return Some(Step::Need(Need::Input)),
            Line::TooLong(TooLong { limit, start }) => {
                let error = too_long(limit, options);
                return self.unreadable(error, &start, &[]);
            }
        };
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let read = line_content(content, options).and_then(|content| parse_line(content, options));
        let command = match read {
            Ok(command) => command,
            Err(error) => {
                let raw = content.strip_suffix(b"\r").unwrap_or(content);
                return self.unreadable(error, raw, raw);
            }
        };
        match self.judge_between_chunks(&command) {
            BetweenChunks::Anything => {}
            BetweenChunks::Done => return None,
            BetweenChunks::Again => {
                *input = before;
                return None;
            }
        }
        if self.take(&command) {
            event(command).map(Step::Event)
        } else {
            None
        }
    }

    /// Deals with a command; whether the application hears of it.
    #[inline]
    pub(super) fn take(&mut self, command: &Command<'_>) -> bool {
        match self.judge(command) {
            Verdict::Ask(question) => self.question = Some(question),
            Verdict::Tell => {}
            Verdict::Done => return false,
        }
        true
    }

    /// Decides about a command within its place in the dialogue.
    #[inline]
    pub(super) fn judge(&mut self, command: &Command<'_>) -> Verdict {
        self.synchronising = matches!(
            command,
            Command::Ehlo(_)
                | Command::Helo(_)
                | Command::Lhlo(_)
                | Command::Data
                | Command::StartTls
        );
        if self.config.tls == TlsPolicy::Required && !self.session.tls && !allowed_in_clear(command)
        {
            return self.refuse(530, 7, 0, "Must issue a STARTTLS command first");
        }
        // The octets of a chunk are taken off the connection even then.
        if self.refused && !matches!(command, Command::Quit | Command::Bdat(_)) {
            return self.refuse(503, 5, 1, "No service here");
        }
        match command {
            Command::Mail(mail) => self.mail(mail),
            Command::Rcpt(rcpt) => self.rcpt(rcpt),
            Command::Data => self.data(),
            Command::Bdat(bdat) => self.bdat(*bdat),
            Command::Rset => {
                self.transaction = None;
                self.say_canned(OK);
                self.idle(Verdict::Tell)
            }
            Command::Noop(_) => {
                self.say_canned(OK);
                self.idle(Verdict::Done)
            }
            command => self.judge_rare(command),
        }
    }

    /// The commands that are said once a connection, or hardly ever.
    #[inline(never)]
    fn judge_rare(&mut self, command: &Command<'_>) -> Verdict {
        match command {
            Command::Ehlo(name) => self.helo(name, true, Protocol::Smtp),
            Command::Helo(name) => self.helo(name, false, Protocol::Smtp),
            Command::Lhlo(name) => self.helo(name, true, Protocol::Lmtp),
            Command::Quit => Verdict::Ask(Question::Quit),
            Command::StartTls => self.starttls(),
            Command::Auth(auth) => self.auth(auth),
            Command::Vrfy(_) => self.idle(Verdict::Ask(Question::Vrfy)),
            Command::Expn(_) => self.idle(Verdict::Ask(Question::Expn)),
            Command::Help(_) => self.idle(Verdict::Ask(Question::Help)),
            Command::Etrn(_) => self.extension(Extension::Etrn, Question::Other),
            Command::Atrn(_) => self.extension(Extension::Atrn, Question::Other),
            Command::Burl(burl) => self.burl(burl),
            Command::Xclient(_) | Command::Xforward(_) if self.transaction.is_some() => {
                self.refuse(503, 5, 1, "Not within a transaction")
            }
            Command::Xclient(_) => self.extension(Extension::Xclient, Question::Xclient),
            Command::Xforward(_) => self.extension(Extension::Xforward, Question::Other),
            Command::Unknown(_) => Verdict::Ask(Question::Unknown),
            // TURN, SEND, SOML and SAML; the others do not come here.
            _ => self.refuse(502, 5, 1, "Command not implemented"),
        }
    }

    /// Looks at a command that may stand between two chunks of a message.
    fn judge_between_chunks(&mut self, command: &Command<'_>) -> BetweenChunks {
        let lmtp = self.config.protocol == Protocol::Lmtp;
        let ends = match command {
            Command::Rset | Command::Quit => true,
            Command::Ehlo(_) | Command::Helo(_) => !lmtp,
            Command::Lhlo(_) => lmtp,
            Command::StartTls => self.may_start_tls(),
            _ => false,
        };
        let Phase::Body(body) = &mut self.phase else {
            return BetweenChunks::Anything;
        };
        match command {
            Command::Bdat(bdat) => {
                body.next_chunk(*bdat);
                // A message is given up early whose next chunk alone is too large.
                if bdat.size > self.config.options.limits.message_size {
                    body.abort(AbortReason::TooLarge);
                }
                BetweenChunks::Done
            }
            Command::Data | Command::Mail(_) | Command::Rcpt(_) | Command::Auth(_) => {
                self.refuse(503, 5, 1, "Finish the message with BDAT first");
                BetweenChunks::Done
            }
            _ if ends => {
                body.abort(AbortReason::Reset);
                BetweenChunks::Again
            }
            // Among these are those that are refused within any transaction.
            _ => BetweenChunks::Anything,
        }
    }

    /// A command that brings no mail forward.
    #[inline]
    fn idle(&mut self, verdict: Verdict) -> Verdict {
        if self.count_idle() {
            Verdict::Done
        } else {
            verdict
        }
    }

    /// A command that is there only if its extension is offered.
    fn extension(&mut self, extension: Extension, question: Question) -> Verdict {
        if self.offers(extension) {
            Verdict::Ask(question)
        } else {
            self.refuse(502, 5, 1, "Command not implemented")
        }
    }

    fn offers(&self, extension: Extension) -> bool {
        self.config.extensions(&self.session).contains(extension)
    }

    /// A line that cannot be read as a command; how it starts, and what the application sees of it.
    fn unreadable<'i>(
        &mut self,
        error: ParseError,
        start: &[u8],
        raw: &'i [u8],
    ) -> Option<Step<'i>> {
        let starts = |verb: &[u8]| {
            start
                .get(..verb.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(verb))
        };
        if starts(b"BDAT") {
            // Nobody knows where the octets end and the next command starts.
            self.say_parse_error(error);
            self.fail(ProtocolError::UnknownChunkSize);
            return None;
        }
        if starts(b"MAIL ") {
            self.expect_followers();
        }
        Some(self.invalid(error, raw))
    }

    /// A line that is no command.
    fn invalid<'i>(&mut self, error: ParseError, raw: &'i [u8]) -> Step<'i> {
        self.ask(Question::Invalid(error), Event::Invalid { error, raw })
    }

    fn helo(&mut self, name: &HeloName<'_>, extended: bool, protocol: Protocol) -> Verdict {
        let lmtp = self.config.protocol == Protocol::Lmtp;
        if lmtp != (protocol == Protocol::Lmtp) {
            let text = if lmtp {
                "Say LHLO here"
            } else {
                "Command not recognized"
            };
            return self.refuse(500, 5, 1, text);
        }
        if !self.session.helo.is_empty() && self.count_idle() {
            return Verdict::Done;
        }
        self.hello.clear();
        self.hello.push_str(name.as_str());
        Verdict::Ask(Question::Helo { extended })
    }

    #[inline]
    fn mail(&mut self, mail: &Mail<'_>) -> Verdict {
        self.expect_followers();
        if self.session.helo.is_empty() {
            return self.refuse(503, 5, 1, "Say hello first");
        }
        if self.transaction.is_some() {
            return self.refuse(503, 5, 1, "Sender already given");
        }
        if self.config.require_auth && !self.session.authenticated {
            return self.refuse(530, 7, 0, "Authentication required");
        }
        let parameters = &mail.parameters;
        if !parameters.is_empty() {
            if !self.supports(parameters.extensions(), !parameters.others.is_empty()) {
                return self.refuse(555, 5, 4, "Parameter not supported");
            }
            if parameters.size > Some(self.config.options.limits.message_size) {
                self.say(552, 3, 4, "Message too large");
                return Verdict::Done;
            }
            if parameters.requiretls && !self.session.tls {
                return self.refuse(530, 7, 10, "REQUIRETLS needs TLS");
            }
        }
        Verdict::Ask(Question::Mail {
            smtputf8: parameters.smtputf8,
            binary: parameters.body == Some(BodyType::BinaryMime),
        })
    }

    /// Whether parameters of these extensions, and perhaps unknown ones, may be used now.
    fn supports(&self, needed: Extensions, unknown: bool) -> bool {
        let offered = if self.session.extended {
            self.config.extensions(&self.session)
        } else {
            Extensions::default()
        };
        offered.contains_all(needed) && (!unknown || self.config.options.unknown_parameters)
    }

    #[inline]
    fn rcpt(&mut self, rcpt: &Rcpt<'_>) -> Verdict {
        let Some(transaction) = self.transaction else {
            return self.refuse_follower(503, "Sender comes first");
        };
        let parameters = &rcpt.parameters;
        let utf8 = !rcpt.forward_path.is_ascii()
            || parameters
                .orcpt
                .as_ref()
                .is_some_and(OriginalRecipient::needs_smtputf8);
        if utf8 && !transaction.smtputf8 {
            return self.refuse(553, 6, 7, "Address needs SMTPUTF8");
        }
        if !parameters.is_empty()
            && !self.supports(parameters.extensions(), !parameters.others.is_empty())
        {
            return self.refuse(555, 5, 4, "Parameter not supported");
        }
        if transaction.recipients >= self.config.options.limits.recipients {
            self.say(452, 5, 3, "Too many recipients");
            return Verdict::Done;
        }
        Verdict::Ask(Question::Rcpt)
    }

    /// Lets RCPT, DATA and BDAT follow a MAIL without being counted as faults.
    ///
    /// A client that pipelines has said them before it hears that the sender or all recipients
    /// were refused (RFC 2920 section 3.1).
    fn expect_followers(&mut self) {
        self.followers = self.config.options.limits.recipients.saturating_add(1);
    }

    /// Refuses a command that needs a sender or a recipient.
    fn refuse_follower(&mut self, code: u16, text: &str) -> Verdict {
        let Some(followers) = self.followers.checked_sub(1) else {
            return self.refuse(code, 5, 1, text);
        };
        self.followers = followers;
        self.say(code, 5, 1, text);
        Verdict::Done
    }

    /// Why no message may come now.
    fn body_refusal(&self) -> Option<(u16, &'static str)> {
        match self.transaction {
            None => Some((503, "Sender and recipients come first")),
            Some(transaction) if transaction.recipients > 0 => None,
            // RFC 2033 section 4.2.
            Some(_) if self.config.protocol == Protocol::Lmtp => Some((503, "No valid recipients")),
            Some(_) => Some((554, "No valid recipients")),
        }
    }

    fn data(&mut self) -> Verdict {
        if let Some((code, text)) = self.body_refusal() {
            return self.refuse_follower(code, text);
        }
        if self
            .transaction
            .is_some_and(|transaction| transaction.binary)
        {
            return self.refuse(503, 5, 1, "Binary messages come by BDAT");
        }
        Verdict::Ask(Question::Data)
    }

    fn bdat(&mut self, bdat: Bdat) -> Verdict {
        let refusal = if self.offers(Extension::Chunking) {
            self.body_refusal()
        } else {
            Some((502, "Command not implemented"))
        };
        if let Some((code, text)) = refusal {
            self.phase = Phase::Body(Body::unwanted_chunk(bdat));
            return self.refuse_follower(code, text);
        }
        if bdat.size > self.config.options.limits.message_size {
            self.say(552, 3, 4, "Message too large");
            self.transaction = None;
            self.phase = Phase::Body(Body::unwanted_chunk(bdat));
            return Verdict::Done;
        }
        Verdict::Ask(Question::Bdat(bdat))
    }

    fn burl(&mut self, burl: &Burl<'_>) -> Verdict {
        if self.offers(Extension::Burl)
            && let Some((code, text)) = self.body_refusal()
        {
            return self.refuse(code, 5, 1, text);
        }
        self.extension(Extension::Burl, Question::Burl { last: burl.last })
    }

    fn may_start_tls(&self) -> bool {
        !self.session.tls && matches!(self.config.tls, TlsPolicy::StartTls | TlsPolicy::Required)
    }

    fn starttls(&mut self) -> Verdict {
        if self.may_start_tls() {
            Verdict::Ask(Question::StartTls)
        } else if self.session.tls {
            self.refuse(503, 5, 1, "TLS is there already")
        } else {
            self.refuse(502, 5, 1, "Command not implemented")
        }
    }

    fn auth(&mut self, auth: &Auth<'_>) -> Verdict {
        if self.config.capabilities.auth.is_empty() {
            return self.refuse(502, 5, 1, "Command not implemented");
        }
        if self.session.authenticated || self.transaction.is_some() || !self.session.extended {
            return self.refuse(503, 5, 1, "Bad sequence of commands");
        }
        if !self.config.auth_allowed(self.session.tls) {
            return self.refuse(538, 7, 11, "Encryption required");
        }
        if !self
            .config
            .capabilities
            .mechanisms()
            .any(|name| auth.mechanism.is(name))
        {
            return self.refuse(504, 5, 4, "Mechanism not supported");
        }
        Verdict::Ask(Question::Auth)
    }

    /// Takes a response within AUTH (RFC 4954 section 4).
    pub(super) fn poll_auth<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        let limit = self.config.options.limits.auth_line;
        let line = match self.scan.take(input, |_| limit) {
            Line::Partial => return Step::Need(Need::Input),
            Line::TooLong(_) => return self.cancel_auth(500, 6, "Line too long"),
            Line::Whole(line) => line,
        };
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let text = line_content(content, &self.config.options)
            .ok()
            .and_then(|line| core::str::from_utf8(line).ok());
        let response = match text {
            Some("*") => return self.cancel_auth(501, 0, "Authentication cancelled"),
            // RFC 4954 has `=` only for initial responses, but clients send it here as well.
            Some("=") => Base64::new("").ok(),
            Some(text) => Base64::new(text).ok(),
            None => None,
        };
        let Some(response) = response else {
            return self.cancel_auth(501, 2, "Invalid base64");
        };
        self.phase = Phase::Command;
        let response = SaslMessage(response.decode());
        self.ask(Question::Auth, Event::AuthResponse(response))
    }

    fn cancel_auth<'i>(&mut self, code: u16, detail: u16, text: &str) -> Step<'i> {
        self.phase = Phase::Command;
        let subject = if detail == 0 { 7 } else { 5 };
        self.say(code, subject, detail, text);
        self.count_error();
        Step::Event(Event::AuthCancelled)
    }
}

/// Whether a command may come before TLS that is required.
fn allowed_in_clear(command: &Command<'_>) -> bool {
    matches!(
        command,
        Command::Ehlo(_)
            | Command::Helo(_)
            | Command::Lhlo(_)
            | Command::Noop(_)
            | Command::Rset
            | Command::StartTls
            | Command::Quit
            | Command::Bdat(_)
    )
}

/// What the application sees of a command; `None` for those that it does not see.
#[inline]
pub(super) fn event(command: Command<'_>) -> Option<Event<'_>> {
    Some(match command {
        Command::Mail(mail) => Event::Mail(mail),
        Command::Rcpt(rcpt) => Event::Rcpt(rcpt),
        Command::Data => Event::BodyStart { chunking: false },
        Command::Bdat(_) => Event::BodyStart { chunking: true },
        Command::Rset => Event::Reset,
        Command::Ehlo(name) | Command::Lhlo(name) => Event::Helo {
            name,
            extended: true,
        },
        Command::Helo(name) => Event::Helo {
            name,
            extended: false,
        },
        Command::Auth(auth) => Event::Auth {
            mechanism: auth.mechanism,
            initial_response: auth.initial_response.map(|text| SaslMessage(text.decode())),
        },
        Command::StartTls => Event::StartTls,
        Command::Vrfy(query) => Event::Vrfy(query),
        Command::Expn(query) => Event::Expn(query),
        Command::Help(topic) => Event::Help(topic),
        Command::Etrn(node) => Event::Etrn(node),
        Command::Atrn(domains) => Event::Atrn(domains),
        Command::Burl(burl) => Event::Burl(burl),
        Command::Xclient(attributes) => Event::Xclient(attributes),
        Command::Xforward(attributes) => Event::Xforward(attributes),
        Command::Quit => Event::Quit,
        Command::Unknown(unknown) => Event::Unknown(unknown),
        Command::Noop(_)
        | Command::Turn
        | Command::Send(_)
        | Command::Soml(_)
        | Command::Saml(_) => return None,
    })
}
