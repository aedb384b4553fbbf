//! The server's end of SMTP, submission and LMTP (RFC 5321, RFC 6409, RFC 2033).

mod answer;
mod body;
mod command;
mod config;
mod event;

pub use config::Config;
pub use event::{AbortReason, Event};

use alloc::string::String;
use core::time::Duration;

use self::answer::Question;
use self::body::Body;
use self::command::{Verdict, event};
use crate::command::{Command, parse_unframed};
use crate::cursor::{Cursor, push_display};
use crate::error::{ParseError, ProtocolError};
use crate::limits::Limit;
use crate::machine::{Layer, LineScan, Need, Output, TlsPolicy};
use crate::reply::{Class, EnhancedCode, ReplyCode, push_line};

/// One event of a server, or why there is none.
pub type Step<'i> = crate::machine::Step<Event<'i>>;

/// What a server grants its client between two commands or two blocks of data
/// (RFC 5321 section 4.5.3.2.7).
const IDLE: Duration = Duration::from_secs(5 * 60);

/// The server's end of one connection.
///
/// Feed it what arrives, answer its questions, write what
/// [`output`](Self::output) holds:
///
/// ```
/// use smtp_proto::server::{Config, Event, Server, Step};
/// use smtp_proto::Need;
///
/// let mut server = Server::new(Config::smtp("mx.example"));
/// let mut input = &b"HELO client.example\r\nMAIL FROM:<a@client.example>\r\n"[..];
/// loop {
///     match server.poll(&mut input) {
///         Step::Event(Event::Mail(mail)) if mail.parameters.size > Some(1_000) => {
///             server.reply(452, "4.3.1 Disk full")?;
///         }
///         Step::Event(event) if event.is_question() => server.accept()?,
///         Step::Event(_) => {}
///         Step::Need(need) => break assert_eq!(need, Need::Input),
///     }
/// }
/// assert_eq!(
///     server.output(),
///     b"220 mx.example ESMTP\r\n250 mx.example greets you\r\n250 Ok\r\n"
/// );
/// # Ok::<(), smtp_proto::UsageError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server {
    config: Config,
    output: Output,
    phase: Phase,
    question: Option<Question>,
    session: Session,
    /// The name in a HELO or EHLO that has not been accepted yet.
    hello: String,
    transaction: Option<Transaction>,
    scan: LineScan,
    eof: bool,
    /// Whether the client was refused and only QUIT is left to it.
    refused: bool,
    /// Faulty commands so far.
    errors: u32,
    /// Useless commands since the last message.
    idle_commands: u32,
    /// Commands that may still follow the last MAIL without sense and without being counted.
    followers: usize,
    /// Whether the last reply had to be seen by the client before it went on.
    synchronising: bool,
}

/// What the next octets are.
#[derive(Clone, Debug)]
enum Phase {
    /// Nothing may come before the greeting.
    Greeting,
    Command,
    /// A response within AUTH.
    Auth,
    Body(Body),
    /// The client has been told to start TLS.
    Upgrade,
    Closing(Result<(), ProtocolError>),
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Before the answer to [`Event::Connect`].
    Greeting,
    /// Before HELO, EHLO or LHLO.
    Connected,
    /// Ready for a transaction.
    Ready,
    /// Within AUTH.
    Authenticating,
    /// After MAIL.
    Transaction {
        /// Recipients accepted.
        recipients: usize,
    },
    /// The message is coming.
    Body,
    /// Waiting for [`Server::layer_established`].
    Upgrade,
    /// Closing.
    Closing,
}

/// What is known about the client; the facts of a `Received` field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// How the client named itself; empty before HELO.
    pub helo: String,
    /// Whether it did so by EHLO or LHLO.
    pub extended: bool,
    /// Whether the connection has TLS.
    pub tls: bool,
    /// Whether AUTH succeeded.
    pub authenticated: bool,
}

/// An open transaction.
#[derive(Clone, Copy, Debug, Default)]
struct Transaction {
    smtputf8: bool,
    binary: bool,
    recipients: usize,
}

impl Server {
    /// A server at the start of a connection.
    pub fn new(config: Config) -> Self {
        let tls = config.tls == TlsPolicy::Implicit;
        Self {
            config,
            output: Output::default(),
            phase: Phase::Greeting,
            question: None,
            session: Session {
                tls,
                ..Session::default()
            },
            hello: String::new(),
            transaction: None,
            scan: LineScan::default(),
            eof: false,
            refused: false,
            errors: 0,
            idle_commands: 0,
            followers: 0,
            synchronising: false,
        }
    }

    /// Looks at `input`, advances it past what was used, and tells what happened.
    ///
    /// Bytes that are left in `input` stay with the caller, who passes them again in front of new
    /// ones. Calling this is always safe.
    #[inline]
    pub fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        loop {
            if let Phase::Closing(result) = self.phase {
                return Step::Need(Need::Close(result));
            }
            if self.output.len() >= self.config.options.limits.output {
                return Step::Need(Need::Flush);
            }
            if self.question.is_some() {
                return Step::Need(Need::Answer);
            }
            if self.synchronising && !input.is_empty() {
                self.synchronising = false;
                if self.output.len() > 0 && self.config.options.refuse_early_input {
                    self.fail(ProtocolError::EarlyInput);
                    continue;
                }
            }
            if let Phase::Command = self.phase
                && self.scan.is_fresh()
            {
                if input.is_empty() && !self.eof {
                    return Step::Need(Need::Input);
                }
                // Most lines are complete and without a fault. What is read stays where it is until
                // it becomes the event.
                let mut cursor = Cursor::new(input);
                let read = parse_unframed(&mut cursor, &self.config.options);
                if let Ok(command) = &read {
                    *input = cursor.remaining().get(2..).unwrap_or_default();
                    if !self.take(command) {
                        continue;
                    }
                }
                match read {
                    Ok(Command::Mail(mail)) => return Step::Event(Event::Mail(mail)),
                    Ok(Command::Rcpt(rcpt)) => return Step::Event(Event::Rcpt(rcpt)),
                    Ok(Command::Rset) => return Step::Event(Event::Reset),
                    Ok(command) => {
                        if let Some(event) = event(command) {
                            return Step::Event(event);
                        }
                    }
                    Err(_) => {}
                }
            }
            let step = match self.phase {
                Phase::Greeting => Some(self.connect()),
                Phase::Command => self.poll_command(input),
                Phase::Auth => Some(self.poll_auth(input)),
                Phase::Body(_) => self.poll_body(input),
                Phase::Upgrade => self.poll_upgrade(input),
                Phase::Closing(_) => None,
            };
            match step {
                None => {}
                Some(Step::Need(Need::Input)) if self.eof => self.lose(),
                Some(step) => return step,
            }
        }
    }

    /// Waits for the transport to be wrapped.
    fn poll_upgrade(&mut self, input: &[u8]) -> Option<Step<'static>> {
        if !input.is_empty() {
            // Whoever put them there did not have to know the key (RFC 3207 section 4.2).
            self.fail(ProtocolError::BytesAfterUpgrade);
            return None;
        }
        let need = if self.eof {
            Need::Input
        } else {
            Need::Upgrade(Layer::Tls)
        };
        Some(Step::Need(need))
    }

    /// What is to be written to the transport.
    #[inline]
    pub fn output(&self) -> &[u8] {
        self.output.unsent()
    }

    /// Takes `count` written octets off the output.
    pub fn advance_output(&mut self, count: usize) {
        self.output.advance(count);
    }

    /// The client has closed its end. What it sent before is still looked at.
    pub fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// [`idle_timeout`](Self::idle_timeout) has passed: says 421 and closes.
    pub fn handle_timeout(&mut self) {
        self.farewell("4.4.2", "timeout", ProtocolError::Timeout);
    }

    /// Says 421 and closes (RFC 5321 section 3.8). Messages that were accepted stay accepted; in LMTP,
    /// for the recipients that were.
    pub fn shutdown(&mut self) {
        self.farewell("4.3.2", "service is stopping", ProtocolError::Refused);
    }

    /// How long the client may take, counted from the last event or answer
    /// (RFC 5321 section 4.5.3.2.7).
    pub const fn idle_timeout(&self) -> Duration {
        IDLE
    }

    /// The transport is wrapped; `unread` is what was read from it before and not consumed.
    ///
    /// All that the client said before is forgotten.
    ///
    /// # Errors
    /// [`ProtocolError::BytesAfterUpgrade`] if there is anything in `unread`, and
    /// [`ProtocolError::UnexpectedReply`] if no upgrade is due; the connection must be closed.
    pub fn layer_established(&mut self, layer: Layer, unread: &[u8]) -> Result<(), ProtocolError> {
        let Layer::Tls = layer;
        let error = match self.phase {
            Phase::Upgrade if unread.is_empty() => {
                self.phase = Phase::Command;
                self.transaction = None;
                self.session = Session {
                    tls: true,
                    ..Session::default()
                };
                return Ok(());
            }
            Phase::Upgrade => ProtocolError::BytesAfterUpgrade,
            _ => ProtocolError::UnexpectedReply,
        };
        self.phase = Phase::Closing(Err(error));
        Err(error)
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Greeting => State::Greeting,
            Phase::Auth => State::Authenticating,
            Phase::Body(_) => State::Body,
            Phase::Upgrade => State::Upgrade,
            Phase::Closing(_) => State::Closing,
            Phase::Command => match self.transaction {
                Some(Transaction { recipients, .. }) => State::Transaction { recipients },
                None if self.session.helo.is_empty() => State::Connected,
                None => State::Ready,
            },
        }
    }

    /// What is known about the client.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The configuration.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    fn connect(&mut self) -> Step<'static> {
        self.synchronising = true;
        self.ask(
            Question::Connect,
            Event::Connect {
                peer: self.config.peer,
            },
        )
    }

    /// Lets the application decide about `event`.
    #[inline]
    fn ask<'i>(&mut self, question: Question, event: Event<'i>) -> Step<'i> {
        self.question = Some(question);
        Step::Event(event)
    }

    /// Appends a reply with an enhanced code, which goes only to clients that know them.
    fn say(&mut self, code: u16, subject: u16, detail: u16, text: &str) {
        let class = match code {
            ..400 => Class::Success,
            400..500 => Class::Transient,
            500.. => Class::Permanent,
        };
        let enhanced = EnhancedCode::new(class, subject, detail);
        self.say_enhanced(ReplyCode::constant(code), enhanced, text);
    }

    fn say_enhanced(&mut self, code: ReplyCode, enhanced: EnhancedCode, text: &str) {
        let out = self.output.end();
        out.extend_from_slice(&code.digits());
        if self.session.extended {
            out.push(b' ');
            push_display(&enhanced, out);
        }
        out.push(b' ');
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// Confirms a chunk with the octets of the message so far.
    fn say_size(&mut self, size: u64) {
        let out = self.output.end();
        out.extend_from_slice(if self.session.extended {
            b"250 2.0.0 "
        } else {
            b"250 "
        });
        push_display(&size, out);
        out.extend_from_slice(b" octets received\r\n");
    }

    /// Refuses a command by itself, and counts it.
    fn refuse(&mut self, code: u16, subject: u16, detail: u16, text: &str) -> Verdict {
        self.say(code, subject, detail, text);
        self.count_error();
        Verdict::Done
    }

    /// Counts a faulty command and closes at the limit.
    fn count_error(&mut self) {
        self.errors += 1;
        if self.errors > self.config.options.limits.errors {
            let error = ProtocolError::LimitExceeded(Limit::Errors);
            self.farewell("4.7.0", "too many errors", error);
        }
    }

    /// Counts a command that brings no mail forward, and closes at the limit; whether it did.
    fn count_idle(&mut self) -> bool {
        self.idle_commands += 1;
        let exceeded = self.idle_commands > self.config.options.limits.idle_commands;
        if exceeded {
            let error = ProtocolError::LimitExceeded(Limit::IdleCommands);
            self.farewell("4.7.0", "too many commands without mail", error);
        }
        exceeded
    }

    /// Says 421 and closes; an open message is reported first.
    fn farewell(&mut self, enhanced: &str, reason: &str, error: ProtocolError) {
        if matches!(self.phase, Phase::Closing(_)) {
            return;
        }
        // Within a TLS handshake nothing can be said.
        if !matches!(self.phase, Phase::Upgrade) {
            let host = &self.config.hostname;
            let text = if self.session.extended {
                alloc::format!("{enhanced} {host} closing connection: {reason}")
            } else {
                alloc::format!("{host} closing connection: {reason}")
            };
            push_line(ReplyCode::constant(421), b' ', &text, self.output.end());
        }
        let result = match error {
            ProtocolError::Refused => Ok(()),
            error => Err(error),
        };
        let reason = match error {
            ProtocolError::Timeout => AbortReason::Timeout,
            _ => AbortReason::Closing,
        };
        self.close(result, reason);
    }

    /// Closes without a word.
    #[cold]
    fn fail(&mut self, error: ProtocolError) {
        self.close(Err(error), AbortReason::Closing);
    }

    /// The client is gone.
    #[cold]
    fn lose(&mut self) {
        let error = ProtocolError::ConnectionLost;
        self.close(Err(error), AbortReason::ConnectionLost);
    }

    /// Ends the connection, after a word to the application about a message that is open.
    fn close(&mut self, result: Result<(), ProtocolError>, reason: AbortReason) {
        self.question = None;
        self.transaction = None;
        self.phase = match &self.phase {
            Phase::Body(body) if body.is_open() => Phase::Body(Body::aborted(reason, result)),
            _ => Phase::Closing(result),
        };
    }

    /// The reply that a parse error calls for.
    fn say_parse_error(&mut self, error: ParseError) {
        let (code, enhanced, text) = error.reply_hint();
        self.say_enhanced(code, enhanced, text);
    }
}
