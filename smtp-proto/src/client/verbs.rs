//! The verbs: what an application tells a client to say.

use alloc::vec::Vec;

use super::body::Body;
use super::{Client, Phase, Queued, Stage, Transaction, Transfer, Verb};
use crate::address::ForwardPath;
use crate::capabilities::ServiceLimit;
use crate::command::{Auth, Base64, Bdat, Command, Mail, Mechanism, Query, Rcpt};
use crate::error::UsageError;
use crate::extension::{Extension, Extensions};
use crate::parameter::BodyType;

/// Octets of a command line that every server takes (RFC 5321 section 4.5.3.1.4).
const COMMAND_LINE: usize = 512;

impl Client {
    /// Begins a transaction: MAIL, for a path or a [`Mail`] with parameters.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] within a transaction or before [`Event::Ready`](super::Event::Ready),
    /// [`UsageError::NotOffered`] for a parameter whose extension the server does not offer,
    /// [`UsageError::Utf8Address`], [`UsageError::TooLarge`], [`UsageError::LimitExceeded`].
    pub fn mail_from<'a>(&mut self, mail: impl Into<Mail<'a>>) -> Result<(), UsageError> {
        let mail = mail.into();
        self.check_ready()?;
        if !matches!(self.transaction.stage, Stage::None | Stage::Stale) {
            return Err(UsageError::NotNow);
        }
        let parameters = &mail.parameters;
        self.check_offered(parameters.extensions())?;
        if !parameters.smtputf8 && !mail.reverse_path.is_ascii() {
            return Err(UsageError::Utf8Address);
        }
        if let (Some(size), Some(max)) = (parameters.size, self.capabilities.size)
            && size > max
        {
            return Err(UsageError::TooLarge);
        }
        let mail_max = self.capabilities.limits.mail_max;
        if mail_max.is_some_and(|max| self.transactions >= max) {
            return Err(UsageError::LimitExceeded(ServiceLimit::MailMax));
        }
        if self.transaction.stage == Stage::Stale {
            self.enqueue(Verb::Rset, &Command::Rset);
        }
        self.transactions += 1;
        self.transaction = Transaction {
            stage: Stage::Envelope,
            smtputf8: parameters.smtputf8,
            binary: parameters.body == Some(BodyType::BinaryMime),
            ..Transaction::default()
        };
        let mut line = Vec::new();
        mail.encode(&mut line);
        self.enqueue_line(Verb::Mail, line);
        Ok(())
    }

    /// Adds a recipient: RCPT, for a path or an [`Rcpt`] with parameters. Recipients are numbered
    /// from 0; the number is returned and comes back in [`Verb::Rcpt`].
    ///
    /// # Errors
    /// As for [`mail_from`](Self::mail_from). Of [`UsageError::LimitExceeded`],
    /// [`ServiceLimit::RcptMax`] leaves the recipient for another transaction, and
    /// [`ServiceLimit::RcptDomainMax`], which counts every domain that was named since the
    /// session began, for another connection.
    pub fn rcpt_to<'a>(&mut self, rcpt: impl Into<Rcpt<'a>>) -> Result<usize, UsageError> {
        let rcpt = rcpt.into();
        self.check_ready()?;
        if self.transaction.stage != Stage::Envelope {
            return Err(UsageError::NotNow);
        }
        let parameters = &rcpt.parameters;
        self.check_offered(parameters.extensions())?;
        let utf8 = !rcpt.forward_path.is_ascii()
            || parameters
                .orcpt
                .as_ref()
                .is_some_and(crate::OriginalRecipient::needs_smtputf8);
        if utf8 && !self.transaction.smtputf8 {
            return Err(UsageError::Utf8Address);
        }
        let number = self.transaction.recipients;
        let max = self
            .capabilities
            .limits
            .rcpt_max
            .and_then(|max| usize::try_from(max).ok());
        if max.is_some_and(|max| number >= max) {
            return Err(UsageError::LimitExceeded(ServiceLimit::RcptMax));
        }
        self.note_domain(&rcpt.forward_path)?;
        self.transaction.recipients += 1;
        let mut line = Vec::new();
        rcpt.encode(&mut line);
        self.enqueue_line(Verb::Rcpt(number), line);
        Ok(number)
    }

    /// Counts the domain of a recipient, if the server limits how many there may be.
    fn note_domain(&mut self, path: &ForwardPath<'_>) -> Result<(), UsageError> {
        let (Some(max), Some(mailbox)) = (self.capabilities.limits.rcpt_domain_max, path.mailbox())
        else {
            return Ok(());
        };
        let domain = mailbox.host().canonical();
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        if self.domains.len() >= max && !self.domains.contains(&domain) {
            return Err(UsageError::LimitExceeded(ServiceLimit::RcptDomainMax));
        }
        self.domains.insert(domain);
        Ok(())
    }

    /// Ends the envelope. If the server takes at least one recipient,
    /// [`Need::Body`](crate::Need::Body) asks for the message.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] without a recipient, and for [`Transfer::Data`] after
    /// `BODY=BINARYMIME` (RFC 3030 section 3); [`UsageError::NotOffered`] for [`Transfer::Chunks`]
    /// without CHUNKING.
    pub fn data(&mut self, transfer: Transfer) -> Result<(), UsageError> {
        self.check_ready()?;
        if self.transaction.stage != Stage::Envelope || self.transaction.recipients == 0 {
            return Err(UsageError::NotNow);
        }
        match transfer {
            Transfer::Data if self.transaction.binary => return Err(UsageError::NotNow),
            Transfer::Data => self.enqueue(Verb::Data, &Command::Data),
            Transfer::Chunks => {
                if !self.capabilities.offers(Extension::Chunking) {
                    return Err(UsageError::NotOffered(Extension::Chunking));
                }
                self.enqueue_line(Verb::Bdat, Vec::new());
            }
        }
        self.transaction.stage = Stage::Message;
        Ok(())
    }

    /// Begins AUTH. An initial response that would make the line too long is kept back until the
    /// server asks for it (RFC 4954 section 4).
    ///
    /// # Errors
    /// [`UsageError::NotOffered`] without AUTH, [`UsageError::NeedsTls`] without TLS unless
    /// [`Options::clear_text_auth`](crate::Options::clear_text_auth) says otherwise,
    /// [`UsageError::NotNow`] after an AUTH that succeeded or within a transaction,
    /// [`UsageError::Invalid`] for what is no mechanism name.
    pub fn auth(
        &mut self,
        mechanism: &str,
        initial_response: Option<&[u8]>,
    ) -> Result<(), UsageError> {
        self.check_ready()?;
        let mechanism = Mechanism::new(mechanism)?;
        self.check_offered([Extension::Auth].into_iter().collect())?;
        if !self.tls && !self.config.options.clear_text_auth {
            return Err(UsageError::NeedsTls);
        }
        let within = matches!(self.transaction.stage, Stage::Envelope | Stage::Message);
        if self.authenticated || within || self.is_authenticating() {
            return Err(UsageError::NotNow);
        }
        let mut auth = Auth {
            mechanism,
            initial_response: initial_response.map(Base64::encode_from),
        };
        let mut line = Vec::new();
        auth.encode(&mut line);
        if line.len() > COMMAND_LINE {
            self.initial_response = auth.initial_response.take().map(Base64::into_owned);
            line.clear();
            auth.encode(&mut line);
        }
        self.enqueue_line(Verb::Auth, line);
        Ok(())
    }

    /// Answers [`Event::AuthChallenge`](super::Event::AuthChallenge); the response may be empty.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] if there is no challenge.
    pub fn auth_response(&mut self, response: &[u8]) -> Result<(), UsageError> {
        self.take_challenge_slot()?;
        self.send_base64(&Base64::encode_from(response));
        Ok(())
    }

    /// Gives AUTH up; the server's 501 comes as its reply.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] if there is no challenge.
    pub fn auth_cancel(&mut self) -> Result<(), UsageError> {
        self.take_challenge_slot()?;
        self.output.end().extend_from_slice(b"*\r\n");
        Ok(())
    }

    fn take_challenge_slot(&mut self) -> Result<(), UsageError> {
        if let Phase::Closing(_) = self.phase {
            return Err(UsageError::Closing);
        }
        if !matches!(self.body, Body::Challenged) {
            return Err(UsageError::NotNow);
        }
        self.body = Body::None;
        Ok(())
    }

    /// Gives the transaction up: RSET.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] while a body is open or due.
    pub fn rset(&mut self) -> Result<(), UsageError> {
        self.check_ready()?;
        if self.transaction.stage == Stage::Message {
            return Err(UsageError::NotNow);
        }
        self.transaction.stage = Stage::None;
        self.enqueue(Verb::Rset, &Command::Rset);
        Ok(())
    }

    /// NOOP.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] before [`Event::Ready`](super::Event::Ready).
    pub fn noop(&mut self) -> Result<(), UsageError> {
        self.command(&Command::Noop(None))
    }

    /// VRFY.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] before [`Event::Ready`](super::Event::Ready).
    pub fn vrfy(&mut self, query: Query<'_>) -> Result<(), UsageError> {
        self.command(&Command::Vrfy(query))
    }

    /// Says goodbye after all that is queued: QUIT.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] before [`Event::Ready`](super::Event::Ready) and while a body is open
    /// or due.
    pub fn quit(&mut self) -> Result<(), UsageError> {
        self.check_ready()?;
        if self.transaction.stage == Stage::Message {
            return Err(UsageError::NotNow);
        }
        self.enqueue(Verb::Quit, &Command::Quit);
        self.phase = Phase::Quitting;
        Ok(())
    }

    /// Any command that has no verb of its own: NOOP, VRFY, EXPN, HELP, ETRN, ATRN, BURL, XCLIENT,
    /// XFORWARD and unknown ones. After a 220 to XCLIENT the session starts again by itself.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] for the others, before [`Event::Ready`](super::Event::Ready) and
    /// while a body is open.
    pub fn command(&mut self, command: &Command<'_>) -> Result<(), UsageError> {
        self.check_ready()?;
        let verb = match command {
            Command::Noop(_) => Verb::Noop,
            Command::Vrfy(_) => Verb::Vrfy,
            Command::Expn(_) => Verb::Expn,
            Command::Help(_) => Verb::Help,
            Command::Xclient(_) => Verb::Xclient,
            Command::Etrn(_)
            | Command::Atrn(_)
            | Command::Burl(_)
            | Command::Xforward(_)
            | Command::Unknown(_) => Verb::Other,
            _ => return Err(UsageError::NotNow),
        };
        self.enqueue(verb, command);
        Ok(())
    }

    fn is_authenticating(&self) -> bool {
        self.outstanding.contains(&Verb::Auth)
            || self.queue.iter().any(|queued| queued.verb == Verb::Auth)
    }

    fn check_open(&self) -> Result<(), UsageError> {
        match self.phase {
            Phase::Closing(_) | Phase::Quitting => Err(UsageError::Closing),
            _ => Ok(()),
        }
    }

    /// Whether a command may be queued.
    fn check_ready(&self) -> Result<(), UsageError> {
        self.check_open()?;
        if self.phase != Phase::Ready || self.body.is_open() {
            return Err(UsageError::NotNow);
        }
        let limits = &self.config.options.limits;
        if self.output.len() >= limits.output || self.queue.len() >= limits.queued_commands {
            return Err(UsageError::OutputFull);
        }
        Ok(())
    }

    fn check_offered(&self, needed: Extensions) -> Result<(), UsageError> {
        match needed
            .iter()
            .find(|&extension| !self.capabilities.offers(extension))
        {
            Some(extension) => Err(UsageError::NotOffered(extension)),
            None => Ok(()),
        }
    }

    fn enqueue(&mut self, verb: Verb, command: &Command<'_>) {
        let mut line = Vec::new();
        command.encode(&mut line);
        self.enqueue_line(verb, line);
    }

    /// Puts a command before all that wait.
    pub(super) fn enqueue_first(&mut self, verb: Verb, command: &Command<'_>) {
        let mut line = Vec::new();
        command.encode(&mut line);
        self.queue.push_front(Queued { verb, line });
    }

    /// Queues the chunk that ends a message, and the replies that it has.
    pub(super) fn enqueue_last_chunk(&mut self, content: &[u8]) {
        let mut line = Vec::new();
        Bdat {
            size: content.len() as u64,
            last: true,
        }
        .encode(&mut line);
        line.extend_from_slice(content);
        for verb in self.message_verbs() {
            let line = core::mem::take(&mut line);
            self.queue.push_back(Queued { verb, line });
        }
    }

    fn enqueue_line(&mut self, verb: Verb, line: Vec<u8>) {
        self.queue.push_back(Queued { verb, line });
        self.send_queued();
    }
}
