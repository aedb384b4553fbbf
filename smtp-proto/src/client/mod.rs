//! The client's end of SMTP, submission and LMTP (RFC 5321, RFC 6409, RFC 2033).

mod body;
mod config;
mod event;
mod reply;
mod verbs;

pub use body::{BodyStatus, Transfer};
pub use config::Config;
pub use event::{Event, Verb};

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use self::body::Body;
use crate::address::Host;
use crate::capabilities::Capabilities;
use crate::command::{Base64, Command};
use crate::error::ProtocolError;
use crate::extension::Extension;
use crate::machine::{Layer, Need, Output, Protocol, TlsPolicy};
use crate::reply::ReplyScan;

/// One event of a client, or why there is none.
pub type Step<'i> = crate::machine::Step<Event<'i>>;

/// The client's end of one connection.
///
/// It says hello and starts TLS by itself; then verbs queue commands, which
/// go out in groups if the server offers PIPELINING. Every reply comes as an
/// event that names its verb.
///
/// ```
/// use smtp_proto::client::{Client, Config, Event, Step, Transfer, Verb};
/// use smtp_proto::{HeloName, Mailbox, Need, ReversePath};
///
/// let mut client = Client::new(Config::smtp(HeloName::new("client.example")?));
/// let mut input = &b"220 mx.example\r\n250 mx.example\r\n250 Ok\r\n250 Ok\r\n354 Go\r\n250 Done\r\n"[..];
/// loop {
///     match client.poll(&mut input) {
///         Step::Event(Event::Ready) => {
///             client.mail_from(ReversePath::Null)?;
///             client.rcpt_to(Mailbox::new("bob@mx.example")?)?;
///             client.data(Transfer::Data)?;
///         }
///         Step::Event(Event::Reply { to: Verb::Message, reply }) => {
///             assert!(reply.is_positive());
///             break;
///         }
///         Step::Event(_) => {}
///         Step::Need(Need::Body { .. }) => {
///             client.write_body(b"Subject: hi\r\n\r\nhello\r\n")?;
///             client.finish_body();
///         }
///         Step::Need(need) => panic!("{need:?}"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Client {
    config: Config,
    output: Output,
    phase: Phase,
    capabilities: Capabilities<'static>,
    tls: bool,
    authenticated: bool,
    /// Commands that were sent and not answered.
    outstanding: VecDeque<Verb>,
    /// Commands that wait for their turn.
    queue: VecDeque<Queued>,
    /// Whether the last command sent must be answered before anything else goes out.
    synchronising: bool,
    /// The verb that will not be sent, to be told.
    skipped: Option<Verb>,
    scan: ReplyScan,
    eof: bool,
    transaction: Transaction,
    body: Body,
    /// Transactions begun, for LIMITS.
    transactions: u32,
    /// Domains of recipients, for LIMITS; kept if the server counts them.
    domains: BTreeSet<Host<'static>>,
    /// An initial response that was too long for its line.
    initial_response: Option<Base64<'static>>,
}

/// How far the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waiting for the greeting.
    Connect,
    /// Waiting for the reply to EHLO or LHLO.
    Ehlo,
    /// Waiting for the reply to HELO.
    Helo,
    /// Waiting for the reply to STARTTLS.
    StartTls,
    /// Waiting for the transport.
    Upgrade,
    /// Ready is to be told.
    Announce,
    Ready,
    /// QUIT is queued or sent.
    Quitting,
    Closing(Result<(), ProtocolError>),
}

/// A command that waits for its turn.
#[derive(Clone, Debug)]
struct Queued {
    verb: Verb,
    /// The line; empty for a message by BDAT, which needs none, and for further replies to one line.
    line: Vec<u8>,
}

/// The current transaction as far as it is answered.
#[derive(Clone, Debug, Default)]
struct Transaction {
    stage: Stage,
    /// Recipients named so far.
    recipients: usize,
    /// Recipients accepted, by number.
    accepted: Vec<usize>,
    smtputf8: bool,
    binary: bool,
    mail_refused: bool,
}

/// How far the application has built a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    None,
    /// MAIL was called.
    Envelope,
    /// DATA was called.
    Message,
    /// The server may still hold a transaction that is dead for us; RSET comes first.
    Stale,
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Before [`Event::Ready`].
    Connecting,
    /// Verbs may be called.
    Ready,
    /// After MAIL.
    Transaction,
    /// A body is open.
    Body,
    /// Within AUTH.
    Authenticating,
    /// Waiting for [`Client::layer_established`].
    Upgrade,
    /// QUIT was called, or the connection is closing.
    Closing,
}

impl Client {
    /// A client at the start of a connection.
    pub fn new(config: Config) -> Self {
        Self {
            tls: config.tls == TlsPolicy::Implicit,
            config,
            output: Output::default(),
            phase: Phase::Connect,
            capabilities: Capabilities::default(),
            authenticated: false,
            outstanding: VecDeque::from([Verb::Connect]),
            queue: VecDeque::new(),
            synchronising: true,
            skipped: None,
            scan: ReplyScan::default(),
            eof: false,
            transaction: Transaction::default(),
            body: Body::None,
            transactions: 0,
            domains: BTreeSet::new(),
            initial_response: None,
        }
    }

    /// Looks at `input`, advances it past what was used, and tells what happened.
    ///
    /// Bytes that are left in `input` stay with the caller, who passes them again in front of new
    /// ones. Calling this is always safe.
    pub fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        loop {
            match self.phase {
                Phase::Closing(result) => return Step::Need(Need::Close(result)),
                Phase::Announce => {
                    self.phase = Phase::Ready;
                    return Step::Event(Event::Ready);
                }
                // Whoever put them there did not have to know the key (RFC 3207 section 4.2).
                Phase::Upgrade if !input.is_empty() => {
                    self.close(Err(ProtocolError::BytesAfterUpgrade));
                    continue;
                }
                _ => {}
            }
            if self.output.len() >= self.config.options.limits.output {
                return Step::Need(Need::Flush);
            }
            self.send_queued();
            if let Some(verb) = self.skipped.take() {
                return Step::Event(Event::Skipped { verb });
            }
            let ahead = self.is_ahead(input);
            // A server that has gone may have said why.
            if !input.is_empty() && (!ahead || self.eof) {
                match self.scan.parse(input, &self.config.options) {
                    Ok(None) => {}
                    Ok(Some((reply, used))) => {
                        *input = input.get(used..).unwrap_or_default();
                        self.scan = ReplyScan::default();
                        if ahead && reply.is_positive() {
                            self.lose();
                            continue;
                        }
                        if let Some(event) = self.take_reply(reply) {
                            return Step::Event(event);
                        }
                        continue;
                    }
                    Err(error) => {
                        self.close(Err(ProtocolError::InvalidReply(error)));
                        continue;
                    }
                }
            }
            if self.eof {
                self.lose();
                continue;
            }
            return Step::Need(self.need());
        }
    }

    /// Whether `input` answers something that is still to be said, such as the end of the message:
    /// it waits for its turn. Only 421 may come at any time.
    fn is_ahead(&self, input: &[u8]) -> bool {
        let unasked = match self.body {
            Body::Challenged => true,
            Body::None => false,
            _ => matches!(
                self.outstanding.front(),
                None | Some(Verb::Message | Verb::MessageFor(_))
            ),
        };
        unasked && !input.starts_with(b"421")
    }

    /// What there is to wait for when the input has been looked at.
    fn need(&self) -> Need {
        if self.phase == Phase::Upgrade {
            return Need::Upgrade(Layer::Tls);
        }
        if let Some(need) = self.body_need() {
            return need;
        }
        if !self.outstanding.is_empty() && !matches!(self.body, Body::Challenged) {
            return Need::Input;
        }
        Need::Answer
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

    /// The server has closed its end. What it sent before is still looked at.
    pub fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// [`idle_timeout`](Self::idle_timeout) has passed: closes.
    pub fn handle_timeout(&mut self) {
        self.close(Err(ProtocolError::Timeout));
    }

    /// Ends the session: by QUIT if nothing is under way, else by closing.
    ///
    /// A message whose end was not sent is not delivered.
    pub fn shutdown(&mut self) {
        let idle = self.outstanding.is_empty() && matches!(self.body, Body::None);
        if self.phase == Phase::Ready && idle {
            self.queue.clear();
            Command::Quit.encode(self.output.end());
        }
        self.close(Ok(()));
    }

    /// How long the server may take for what it has to do next, counted from the last event or
    /// verb (RFC 5321 section 4.5.3.2).
    pub fn idle_timeout(&self) -> Duration {
        let minutes = match self.outstanding.front() {
            Some(Verb::Data) => 2,
            _ if self.body.is_open() => 3,
            Some(Verb::Message | Verb::MessageFor(_)) => 10,
            _ => 5,
        };
        Duration::from_secs(minutes * 60)
    }

    /// The transport is wrapped; `unread` is what was read from it before and not consumed.
    ///
    /// All that the server said before is forgotten, and EHLO is said again.
    ///
    /// # Errors
    /// [`ProtocolError::BytesAfterUpgrade`] if there is anything in `unread`, and
    /// [`ProtocolError::UnexpectedReply`] if no upgrade is due; the connection must be closed.
    pub fn layer_established(&mut self, layer: Layer, unread: &[u8]) -> Result<(), ProtocolError> {
        let Layer::Tls = layer;
        let error = match self.phase {
            Phase::Upgrade if unread.is_empty() => {
                self.tls = true;
                self.capabilities = Capabilities::default();
                self.say_hello();
                return Ok(());
            }
            Phase::Upgrade => ProtocolError::BytesAfterUpgrade,
            _ => ProtocolError::UnexpectedReply,
        };
        self.close(Err(error));
        Err(error)
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Connect | Phase::Ehlo | Phase::Helo | Phase::StartTls | Phase::Announce => {
                State::Connecting
            }
            Phase::Upgrade => State::Upgrade,
            Phase::Quitting | Phase::Closing(_) => State::Closing,
            Phase::Ready if self.body.is_open() => State::Body,
            Phase::Ready if self.outstanding.contains(&Verb::Auth) => State::Authenticating,
            Phase::Ready => match self.transaction.stage {
                Stage::Envelope | Stage::Message => State::Transaction,
                Stage::None | Stage::Stale => State::Ready,
            },
        }
    }

    /// What the server offers, as of its last reply to EHLO or LHLO; nothing after HELO.
    pub const fn capabilities(&self) -> &Capabilities<'static> {
        &self.capabilities
    }

    /// Whether the connection has TLS.
    pub const fn is_tls(&self) -> bool {
        self.tls
    }

    /// Whether AUTH succeeded.
    pub const fn is_authenticated(&self) -> bool {
        self.authenticated
    }

    /// The configuration.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Says EHLO, LHLO or HELO.
    fn say_hello(&mut self) {
        let name = self.config.name.clone();
        let command = match self.config.protocol {
            Protocol::Lmtp => Command::Lhlo(name),
            _ if self.config.helo_only => Command::Helo(name),
            _ => Command::Ehlo(name),
        };
        self.phase = match command {
            Command::Helo(_) => Phase::Helo,
            _ => Phase::Ehlo,
        };
        self.send(Verb::Hello, &command);
    }

    /// Sends a command that the machine itself wants.
    fn send(&mut self, verb: Verb, command: &Command<'_>) {
        command.encode(self.output.end());
        self.outstanding.push_back(verb);
        self.synchronising = true;
    }

    /// Sends as many queued commands as may go out now (RFC 2920 section 3.1).
    fn send_queued(&mut self) {
        if !matches!(self.phase, Phase::Ready | Phase::Quitting) {
            return;
        }
        let pipelining = self.capabilities.offers(Extension::Pipelining);
        while let Some(queued) = self.queue.front() {
            let idle = self.outstanding.is_empty();
            if !idle && (!pipelining || self.synchronising) || self.body.is_open() {
                return;
            }
            let verb = queued.verb;
            let chunks = verb == Verb::Bdat;
            if chunks && !idle {
                return;
            }
            if idle && self.is_senseless(verb) {
                if self.skipped.is_some() {
                    return;
                }
                self.queue.pop_front();
                self.skipped = Some(verb);
                if matches!(verb, Verb::Data | Verb::Bdat) {
                    self.give_up_transaction();
                }
                return;
            }
            let Some(queued) = self.queue.pop_front() else {
                return;
            };
            if chunks {
                let line_ends = self.config.options.line_ends;
                self.body = Body::chunks((!self.transaction.binary).then_some(line_ends));
                return;
            }
            self.output.end().extend_from_slice(&queued.line);
            self.outstanding.push_back(verb);
            // RFC 2920 section 3.1 lists what may only be the last command of a group.
            self.synchronising = !matches!(verb, Verb::Mail | Verb::Rcpt(_) | Verb::Rset);
        }
    }

    /// Whether the answers so far leave no sense in sending `verb`.
    fn is_senseless(&self, verb: Verb) -> bool {
        match verb {
            Verb::Rcpt(_) => self.transaction.mail_refused,
            Verb::Data | Verb::Bdat => self.transaction.accepted.is_empty(),
            _ => false,
        }
    }

    /// Ends a transaction whose message will not be sent.
    fn give_up_transaction(&mut self) {
        self.transaction.stage = if self.transaction.mail_refused {
            Stage::None
        } else {
            Stage::Stale
        };
    }

    fn close(&mut self, result: Result<(), ProtocolError>) {
        if !matches!(self.phase, Phase::Closing(_)) {
            self.phase = Phase::Closing(result);
        }
    }

    /// The server is gone, which after QUIT is as good as a reply.
    fn lose(&mut self) {
        let quit_sent = self.phase == Phase::Quitting && self.queue.is_empty();
        let expected = quit_sent && self.outstanding.iter().all(|&verb| verb == Verb::Quit);
        self.close(if expected {
            Ok(())
        } else {
            Err(ProtocolError::ConnectionLost)
        });
    }
}
