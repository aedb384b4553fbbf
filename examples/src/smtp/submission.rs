//! The client's side of a mail session: logs in and hands over messages, one transaction for each, or
//! more if the server does not take all recipients at once (RFC 5321 section 4.5.3.1.10, RFC 9422).

use std::collections::VecDeque;
use std::fmt;
use std::io::{ErrorKind, Read};
use std::net::TcpStream;

use indicatif::ProgressBar;
use smtp_proto::client::{BodyStatus, Client, Config, Event, Transfer, Verb};
use smtp_proto::sasl::{Exchange, LoginClient, PlainClient, SaslStep, Secret, Transport, choose};
use smtp_proto::{
    BodyType, Extension, ForwardPath, Mail, Reply, ReversePath, ServiceLimit, TlsPolicy, UsageError,
};

use super::outgoing::Outgoing;
use crate::machine::{App, Failure, Machine};
use crate::progress;
use crate::pump::Pump;
use crate::trace::Trace;
use crate::transport::TlsEnd;

/// What is written to the server at once.
const CHUNK: usize = 64 * 1024;

/// The recipients of one transaction: as many as every server takes (RFC 5321 section 4.5.3.1.8).
const RECIPIENTS: usize = 100;

/// A name and a password.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who we are.
    pub user: String,
    /// How we prove it.
    pub password: Secret,
}

/// What has become of a message for one recipient.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server has taken charge of it.
    Accepted(Reply<'static>),
    /// The server does not want it, for now or for good.
    Refused(Reply<'static>),
    /// It was not offered to this server, which cannot take it.
    NotSent(UsageError),
}

impl Outcome {
    /// Whether the server has taken charge.
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    fn of(reply: Reply<'static>) -> Self {
        if reply.is_positive() {
            Self::Accepted(reply)
        } else {
            Self::Refused(reply)
        }
    }
}

/// One line.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(reply) => write!(f, "accepted: {}", line(reply)),
            Self::Refused(reply) => write!(f, "refused: {}", line(reply)),
            Self::NotSent(error) => write!(f, "not sent: {error}"),
        }
    }
}

/// A reply on one line, harmless to a terminal.
fn line(reply: &Reply<'_>) -> String {
    let text = reply.to_string();
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.chars().filter(|c| !c.is_control()).collect())
        .collect();
    lines.join(" / ")
}

/// What one connection is for.
#[derive(Debug)]
pub struct Submission<R> {
    /// As whom to log in, if at all.
    pub login: Option<Login>,
    /// Where reports about the messages go.
    pub from: ReversePath<'static>,
    /// Who is to get each of them.
    pub to: Vec<ForwardPath<'static>>,
    /// How they travel.
    pub transfer: Transfer,
    /// The messages.
    pub messages: VecDeque<Outgoing>,
    /// Hears, for each message and recipient, what has become of it.
    pub report: R,
}

impl<R: FnMut(&Outgoing, &ForwardPath<'_>, &Outcome)> Submission<R> {
    /// Runs the session to its end. `tls` is needed as the policy of `config` says.
    ///
    /// What is returned is for another connection: what the server takes on one of them is limited
    /// (RFC 9422), though not to less than one recipient.
    ///
    /// # Errors
    ///
    /// What ended it before all messages were dealt with.
    pub fn run(
        self,
        socket: TcpStream,
        config: Config,
        tls: Option<TlsEnd>,
        trace: Option<Trace>,
    ) -> Result<Option<Self>, Failure> {
        let mut client = Client::new(config);
        let mut pump = Pump::new(socket).trace(trace);
        if let Some(tls) = tls {
            pump = pump.tls(tls);
        }
        if client.config().tls == TlsPolicy::Implicit {
            pump.secure(Machine::idle_timeout(&client))?;
        }
        let mut session = Session {
            job: self,
            exchange: None,
            current: None,
            left: VecDeque::new(),
            last_refusal: None,
            failure: None,
        };
        let result = pump.run(&mut client, &mut session);
        let result = match session.failure.take() {
            Some(failure) => Err(failure),
            None => result,
        };
        if let Err(error) = result {
            return Err(match session.last_refusal {
                Some(reply) => format!("{error}: {}", line(&reply)).into(),
                None => error,
            });
        }
        session.job.messages = session.left;
        Ok((!session.job.messages.is_empty()).then_some(session.job))
    }
}

/// A session under way.
struct Session<R> {
    job: Submission<R>,
    exchange: Option<Box<dyn Exchange>>,
    current: Option<Current>,
    /// What another connection has to do.
    left: VecDeque<Outgoing>,
    /// The server's last words, should it hang up.
    last_refusal: Option<Reply<'static>>,
    /// Why nothing more is sent but QUIT.
    failure: Option<Failure>,
}

/// The message that is being sent.
struct Current {
    message: Outgoing,
    /// The recipients of the transaction in their order.
    offered: Vec<Offered>,
    /// Recipients that are too many for this connection.
    elsewhere: usize,
    /// Whether the server takes the message for anyone.
    taken: bool,
    bar: ProgressBar,
    buffer: Vec<u8>,
}

/// A recipient of a transaction.
struct Offered {
    /// The place in the list.
    place: usize,
    fate: Fate,
}

enum Fate {
    Open,
    /// One too many for this transaction.
    TooMany(Reply<'static>),
    Settled(Outcome),
}

impl Current {
    /// Settles what is still open.
    fn settle(&mut self, outcome: &Outcome) {
        for offered in &mut self.offered {
            if let Fate::Open = offered.fate {
                offered.fate = Fate::Settled(outcome.clone());
            }
        }
    }

    /// The server's answer about one recipient of the transaction.
    fn answer(&mut self, number: usize, fate: Fate) {
        if let Some(offered) = self.offered.get_mut(number)
            && let Fate::Open = offered.fate
        {
            offered.fate = fate;
        }
    }

    /// Takes `reply` into account.
    fn hear(&mut self, to: Verb, reply: Reply<'static>) {
        let positive = reply.is_positive();
        match to {
            Verb::Rcpt(_) if positive => self.taken = true,
            Verb::Rcpt(number) if is_too_many(&reply) => {
                self.answer(number, Fate::TooMany(reply));
            }
            Verb::Rcpt(number) | Verb::MessageFor(number) => {
                self.answer(number, Fate::Settled(Outcome::of(reply)));
            }
            Verb::Message => self.settle(&Outcome::of(reply)),
            Verb::Mail | Verb::Data | Verb::Bdat if !positive => {
                self.settle(&Outcome::of(reply));
            }
            _ => {}
        }
    }
}

/// Whether a recipient was refused only for those before it. RFC 5321 section 4.5.3.1.10 has 452 for
/// it, and 552, as older servers say, where it is clear what they mean.
fn is_too_many(reply: &Reply<'_>) -> bool {
    let enhanced = reply.enhanced_code();
    let says_so = enhanced.is_some_and(|code| (code.subject, code.detail) == (5, 3));
    match reply.code().get() {
        452 => says_so || enhanced.is_none(),
        552 => says_so,
        _ => false,
    }
}

impl<R: FnMut(&Outgoing, &ForwardPath<'_>, &Outcome)> Session<R> {
    fn log_in(&mut self, client: &mut Client) -> Result<(), Failure> {
        let Some(Login { user, password }) = &self.job.login else {
            return Ok(());
        };
        let password = password.expose();
        let transport = match (client.is_tls(), client.config().options.clear_text_auth) {
            (true, _) => Transport::Tls,
            (false, true) => Transport::ClearAllowed,
            (false, false) => Transport::Clear,
        };
        let mechanisms = client.capabilities().mechanisms();
        let mut exchange: Box<dyn Exchange> =
            match choose(mechanisms, ["PLAIN", "LOGIN"], transport) {
                Some("PLAIN") => Box::new(PlainClient::new(None, user, password)?),
                Some(_) => Box::new(LoginClient::new(user, password)?),
                None if client.capabilities().offers(Extension::Auth) && !client.is_tls() => {
                    return Err("the password would go over the line in clear text".into());
                }
                None => return Err("the server does not offer to take a password".into()),
            };
        match exchange.step(None)? {
            SaslStep::Send(initial) => client.auth(exchange.mechanism(), Some(&initial))?,
            _ => client.auth(exchange.mechanism(), None)?,
        }
        self.exchange = Some(exchange);
        Ok(())
    }

    /// Gives up, but not without a goodbye.
    fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
        self.job.messages.clear();
    }

    /// Begins the next transaction, or ends the session.
    fn next(&mut self, client: &mut Client) -> Result<(), Failure> {
        let Some(mut message) = self.job.messages.pop_front() else {
            client.quit()?;
            return Ok(());
        };
        if let Err(error) = message.rewind() {
            self.fail(error.into());
            return Ok(());
        }
        let mut current = Current {
            bar: ProgressBar::hidden(),
            offered: Vec::new(),
            elsewhere: 0,
            taken: false,
            buffer: Vec::new(),
            message,
        };
        match self.offer(&mut current, client) {
            Ok(()) => {}
            // Another message or server may do better.
            Err(
                error @ (UsageError::EightBitData | UsageError::Utf8Address | UsageError::TooLarge),
            ) => {
                current.offered = self.waiting(&current.message).collect();
                current.settle(&Outcome::NotSent(error));
            }
            Err(UsageError::LimitExceeded(ServiceLimit::MailMax)) => {
                self.left.push_back(current.message);
                self.left.append(&mut self.job.messages);
                return Ok(());
            }
            Err(error) => {
                self.fail(error.into());
                return Ok(());
            }
        }
        current.bar = progress::bar(&current.message.name, current.message.size);
        self.current = Some(current);
        Ok(())
    }

    /// The recipients that a message still has to be offered for.
    fn waiting(&self, message: &Outgoing) -> impl Iterator<Item = Offered> {
        (0..self.job.to.len())
            .filter(|place| !message.done.contains(place))
            .map(|place| Offered {
                place,
                fate: Fate::Open,
            })
    }

    /// Sends the envelope, with the parameters that the server knows and the message needs.
    fn offer(&self, current: &mut Current, client: &mut Client) -> Result<(), UsageError> {
        let message = &current.message;
        let offered = client.capabilities();
        if self.job.transfer == Transfer::Chunks && !offered.offers(Extension::Chunking) {
            return Err(UsageError::NotOffered(Extension::Chunking));
        }
        let mut mail = Mail::from(self.job.from.clone());
        let size = offered.offers(Extension::Size).then_some(message.size);
        mail.parameters.size = size;
        if message.eight_bit {
            if !offered.offers(Extension::EightBitMime) {
                return Err(UsageError::EightBitData);
            }
            mail.parameters.body = Some(BodyType::EightBitMime);
        }
        let ascii = self.job.from.is_ascii() && self.job.to.iter().all(ForwardPath::is_ascii);
        mail.parameters.smtputf8 = !ascii && offered.offers(Extension::Smtputf8);
        if !ascii && !mail.parameters.smtputf8 {
            return Err(UsageError::Utf8Address);
        }
        client.mail_from(mail)?;
        for waiting in self.waiting(&current.message) {
            let to = self.job.to[waiting.place].clone();
            match client.rcpt_to(to) {
                Ok(_) => current.offered.push(waiting),
                Err(UsageError::LimitExceeded(ServiceLimit::RcptMax)) => break,
                Err(UsageError::LimitExceeded(ServiceLimit::RcptDomainMax)) => {
                    current.elsewhere += 1;
                }
                Err(error) => return Err(error),
            }
            if current.offered.len() == RECIPIENTS {
                break;
            }
        }
        if current.offered.is_empty() {
            return client.rset();
        }
        client.data(self.job.transfer)
    }

    /// The transaction is over: tells how it went, and keeps the message for those it has still to be
    /// offered for.
    fn finish(&mut self, current: Current) {
        current.bar.finish_and_clear();
        let mut message = current.message;
        for Offered { place, fate } in current.offered {
            let outcome = match fate {
                // Each further transaction is for fewer recipients than the one before.
                Fate::TooMany(_) if current.taken => continue,
                Fate::TooMany(reply) => Some(Outcome::of(reply)),
                Fate::Settled(outcome) => Some(outcome),
                Fate::Open => None,
            };
            message.done.insert(place);
            if let (Some(outcome), Some(to)) = (outcome, self.job.to.get(place)) {
                (self.job.report)(&message, to, &outcome);
            }
        }
        match self.job.to.len() - message.done.len() {
            0 => {}
            waiting if waiting == current.elsewhere => self.left.push_back(message),
            _ => self.job.messages.push_front(message),
        }
    }
}

impl<R: FnMut(&Outgoing, &ForwardPath<'_>, &Outcome)> App<Client> for Session<R> {
    fn on_event(&mut self, event: Event<'_>, client: &mut Client) -> Result<(), Failure> {
        match event {
            Event::Ready => {
                if let Err(failure) = self.log_in(client) {
                    self.fail(failure);
                }
            }
            Event::AuthChallenge(challenge) => {
                let step = self
                    .exchange
                    .as_mut()
                    .map(|exchange| exchange.step(Some(challenge.as_bytes())));
                match step {
                    Some(Ok(SaslStep::Send(response))) => client.auth_response(&response)?,
                    _ => client.auth_cancel()?,
                }
            }
            Event::Reply { to, reply } => {
                let reply = reply.into_owned();
                if !reply.is_positive() {
                    self.last_refusal = Some(reply.clone());
                }
                if to == Verb::Auth && !reply.is_positive() {
                    self.fail("not logged in".into());
                }
                if let Some(current) = &mut self.current {
                    current.hear(to, reply);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn wait(&mut self, client: &mut Client) -> Result<(), Failure> {
        if let Some(current) = self.current.take() {
            self.finish(current);
        }
        self.next(client)
    }

    fn next_chunk(&mut self, room: usize, client: &mut Client) -> Result<(), Failure> {
        let current = self.current.as_mut().ok_or("no message is being sent")?;
        current.buffer.resize(CHUNK, 0);
        let room = room.clamp(1, CHUNK);
        let n = loop {
            match current.message.read(&mut current.buffer[..room]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let n = match n {
            Ok(n) => n,
            Err(error) => {
                client.abort_body();
                return Err(error.into());
            }
        };
        let status = client.write_body(&current.buffer[..n])?;
        current.bar.inc(n as u64);
        if n == 0 || status == BodyStatus::Done {
            client.finish_body();
        }
        Ok(())
    }
}
