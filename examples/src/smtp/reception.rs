//! The server's side of a mail session: checks logins, collects envelopes and hands whole messages
//! to an [`Office`], which decides.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

use smtp_proto::sasl::SaslMessage;
use smtp_proto::sasl::{self, Credentials, Exchange, SaslStep};
use smtp_proto::server::{Config, Event, Server};
use smtp_proto::{Mail, Protocol, Rcpt, TlsPolicy, UsageError};

use crate::machine::{App, Failure, Machine};
use crate::pump::Pump;
use crate::trace::Trace;
use crate::transport::TlsEnd;

/// What is known of a message besides its octets.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The client's address.
    pub peer: Option<SocketAddr>,
    /// How the client named itself.
    pub helo: String,
    /// Whether it did so by EHLO or LHLO.
    pub extended: bool,
    /// Whether the connection has TLS.
    pub tls: bool,
    /// Who has authenticated.
    pub user: Option<String>,
    /// The sender and the parameters of the message.
    pub mail: Mail<'static>,
    /// The recipients that were accepted, with their parameters.
    pub recipients: Vec<Rcpt<'static>>,
}

/// A reply: its code, and its text with an enhanced code in front.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The reply code.
    pub code: u16,
    /// The text.
    pub text: String,
}

impl Answer {
    /// A reply of this code and text.
    pub fn new(code: u16, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}

/// What a server decides, and where it puts the mail.
pub trait Office {
    /// A message that is arriving; dropping it forgets it.
    type Message: Write;

    /// Decides whether a client is served.
    ///
    /// # Errors
    ///
    /// Why it is not: 421 or 554.
    fn connect(&mut self, _peer: Option<SocketAddr>) -> Result<(), Answer> {
        Ok(())
    }

    /// Who the client is, if its credentials are good.
    fn login(&mut self, _credentials: &Credentials) -> Option<String> {
        None
    }

    /// Decides whether mail for this recipient is taken.
    ///
    /// # Errors
    ///
    /// Why it is not.
    fn recipient(&mut self, _envelope: &Envelope, _rcpt: &Rcpt<'_>) -> Result<(), Answer> {
        Ok(())
    }

    /// A place for the octets of a message.
    ///
    /// # Errors
    ///
    /// If there is none; the client may try again later.
    fn begin(&mut self, envelope: &Envelope) -> io::Result<Self::Message>;

    /// Takes charge of a complete message, or says why not.
    ///
    /// # Errors
    ///
    /// If it could not be kept; the client may try again later.
    fn finish(&mut self, message: Self::Message, envelope: &Envelope) -> io::Result<Answer>;
}

/// Serves one connection to its end.
///
/// # Errors
///
/// What ended the session badly.
pub fn serve(
    socket: TcpStream,
    config: Config,
    tls: Option<TlsEnd>,
    trace: Option<Trace>,
    office: impl Office,
) -> Result<(), Failure> {
    let mut server = Server::new(config);
    let mut pump = Pump::new(socket).trace(trace);
    if let Some(tls) = tls {
        pump = pump.tls(tls);
    }
    if server.config().tls == TlsPolicy::Implicit {
        pump.secure(Machine::idle_timeout(&server))?;
    }
    pump.run(&mut server, &mut Reception::new(office))
}

/// One session.
struct Reception<O: Office> {
    office: O,
    exchange: Option<Box<dyn Exchange + Send + Sync>>,
    user: Option<String>,
    envelope: Option<Envelope>,
    message: Option<O::Message>,
}

impl<O: Office> Reception<O> {
    fn new(office: O) -> Self {
        Self {
            office,
            exchange: None,
            user: None,
            envelope: None,
            message: None,
        }
    }

    /// Takes AUTH a step further.
    fn authenticate(
        &mut self,
        message: Option<&[u8]>,
        server: &mut Server,
    ) -> Result<(), UsageError> {
        const WRONG: &str = "5.7.8 Authentication credentials invalid";
        let Some(exchange) = &mut self.exchange else {
            return server.reply(504, "5.5.4 Mechanism not supported");
        };
        match exchange.step(message) {
            Ok(SaslStep::Send(challenge)) => server.challenge(&challenge),
            Ok(SaslStep::Verify(credentials)) => {
                self.user = self.office.login(&credentials);
                if self.user.is_some() {
                    return server.reply(235, "2.7.0 Authentication successful");
                }
                match exchange.refuse() {
                    Some(challenge) => server.challenge(&challenge),
                    None => server.reply(535, WRONG),
                }
            }
            Ok(_) => server.reply(535, WRONG),
            Err(error) => server.reply(501, &format!("5.5.2 Authentication failed: {error}")),
        }
    }

    /// The message is complete: one answer, in LMTP one for each recipient.
    fn finish(&mut self, server: &mut Server) -> Result<(), UsageError> {
        let envelope = self.envelope.take().ok_or(UsageError::NotNow)?;
        let answer = match self.message.take() {
            Some(message) => self.office.finish(message, &envelope),
            None => Err(io::Error::other("the message could not be written")),
        };
        let answer = answer.unwrap_or_else(|error| later(&error));
        let answers = match server.config().protocol {
            Protocol::Lmtp => envelope.recipients.len(),
            Protocol::Smtp | Protocol::Submission => 1,
        };
        for _ in 0..answers {
            server.reply(answer.code, &answer.text)?;
        }
        Ok(())
    }
}

impl<O: Office> App<Server> for Reception<O> {
    fn on_event(&mut self, event: Event<'_>, server: &mut Server) -> Result<(), Failure> {
        match event {
            Event::Connect { peer } => decide(self.office.connect(peer), server)?,
            Event::Auth {
                mechanism,
                initial_response,
            } => {
                self.exchange = sasl::server(mechanism.as_str());
                let initial = initial_response.as_ref().map(SaslMessage::as_bytes);
                self.authenticate(initial, server)?;
            }
            Event::AuthResponse(response) => {
                self.authenticate(Some(response.as_bytes()), server)?;
            }
            Event::StartTls => {
                self.user = None;
                server.accept()?;
            }
            Event::Mail(mail) => {
                let session = server.session();
                self.envelope = Some(Envelope {
                    peer: server.config().peer,
                    helo: session.helo.clone(),
                    extended: session.extended,
                    tls: session.tls,
                    user: self.user.clone(),
                    mail: mail.into_owned(),
                    recipients: Vec::new(),
                });
                server.accept()?;
            }
            Event::Rcpt(rcpt) => {
                let envelope = self.envelope.as_mut().ok_or(UsageError::NotNow)?;
                let decision = self.office.recipient(envelope, &rcpt);
                if decision.is_ok() {
                    envelope.recipients.push(rcpt.into_owned());
                }
                decide(decision, server)?;
            }
            Event::BodyStart { .. } => {
                let envelope = self.envelope.as_ref().ok_or(UsageError::NotNow)?;
                let begun = self.office.begin(envelope);
                decide(
                    begun
                        .map(|message| self.message = Some(message))
                        .map_err(|error| later(&error)),
                    server,
                )?;
            }
            Event::Body(octets) => {
                if let Some(Err(error)) = self.message.as_mut().map(|to| to.write_all(octets)) {
                    // The client hears of it when it has sent the rest.
                    eprintln!("message not kept: {error}");
                    self.message = None;
                }
            }
            Event::BodyEnd => self.finish(server)?,
            Event::BodyAborted { .. } | Event::Reset => {
                self.message = None;
                self.envelope = None;
            }
            event if event.is_question() => server.accept()?,
            _ => {}
        }
        Ok(())
    }
}

fn decide(decision: Result<(), Answer>, server: &mut Server) -> Result<(), UsageError> {
    match decision {
        Ok(()) => server.accept(),
        Err(answer) => server.reply(answer.code, &answer.text),
    }
}

/// The disk is full or the like: that passes.
fn later(error: &io::Error) -> Answer {
    eprintln!("message not kept: {error}");
    Answer::new(452, "4.3.1 Message cannot be kept now")
}
