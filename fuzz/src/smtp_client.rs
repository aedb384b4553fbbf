//! The client machine against any octets in any pieces, and any verbs.

use std::collections::VecDeque;

use smtp_proto::client::{BodyStatus, Client, Config, Event, Step, Transfer, Verb};
use smtp_proto::{
    BodyType, Command, HeloName, Layer, Mail, MailParameters, Mailbox, Need, Options, Query,
    ReversePath, TlsPolicy, UsageError,
};

use crate::input::{Decisions, split};
use crate::smtp::{Arrivals, TLS, options};

/// `\0user\0a secret of the user`, and what it looks like on the wire.
const CREDENTIAL: &[u8] = b"\0user\0a secret of the user";
const CREDENTIAL_BASE64: &[u8] = b"AHVzZXIAYSBzZWNyZXQgb2YgdGhlIHVzZXI";

/// The longest line that a verb of this driver makes.
const LINE: usize = 128;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let name = HeloName::new("client.example").expect("a name");
    let mut config = match decisions.choose(3) {
        0 => Config::smtp(name),
        1 => Config::submission(name),
        _ => Config::lmtp(name),
    };
    config.tls = decisions.pick(&TLS).copied().unwrap_or_default();
    config.options = options(&mut decisions);
    config.helo_only = decisions.flag();
    let arrivals = Arrivals::new(decisions.pieces(stream));
    Driver::new(config, arrivals).drive(&mut decisions);
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Driver<'s> {
    client: Client,
    options: Options,
    /// Whether TLS has to be there before credentials, and before mail.
    policy: TlsPolicy,
    tls: bool,
    /// Verbs that were taken and not yet answered, in order.
    due: VecDeque<Verb>,
    arrivals: Arrivals<'s>,
    /// What was written in clear.
    clear: Vec<u8>,
    challenged: bool,
    ready: bool,
    /// Verbs that are still to be tried.
    verbs: usize,
    quit: bool,
}

impl<'s> Driver<'s> {
    fn new(config: Config, arrivals: Arrivals<'s>) -> Self {
        Self {
            options: config.options.clone(),
            policy: config.tls,
            tls: config.tls == TlsPolicy::Implicit,
            client: Client::new(config),
            due: VecDeque::new(),
            arrivals,
            clear: Vec::new(),
            challenged: false,
            ready: false,
            verbs: 64,
            quit: false,
        }
    }

    fn drive(mut self, decisions: &mut Decisions<'_>) {
        let total = self.arrivals.len();
        // A verb takes a few steps, an octet of the server at most a few as well.
        let most = 256 + 16 * (self.verbs + total);
        let mut interrupted = false;
        for _ in 0..most {
            let Some(need) = self.poll() else { continue };
            match need {
                Need::Input => self.arrivals.more_or_end(|| self.client.handle_eof()),
                Need::Flush => {
                    assert!(self.client.output().len() >= self.options.limits.output);
                    self.flush(usize::MAX);
                }
                Need::Answer => self.act(decisions),
                Need::Body { .. } => self.body(decisions),
                Need::Raw { remaining } => {
                    assert!(remaining > 0);
                    self.flush(usize::MAX);
                    self.client.raw_written(1 + remaining / 2);
                }
                Need::Upgrade(Layer::Tls) => {
                    self.flush(usize::MAX);
                    assert!(self.arrivals.pending.is_empty() && !self.tls);
                    assert_eq!(self.client.layer_established(Layer::Tls, &[]), Ok(()));
                    assert!(!self.client.is_authenticated());
                    self.tls = true;
                }
                Need::Close(result) => return self.closed(result.is_ok()),
            }
            if decisions.flag() {
                self.flush(1 + decisions.choose(64));
            }
            match decisions.choose(64) {
                63 if !interrupted => self.client.shutdown(),
                62 if !interrupted => self.client.handle_timeout(),
                // Out of turn, what may be called at any time.
                61 => self.act(decisions),
                _ => continue,
            }
            interrupted = true;
        }
        panic!("no end after {most} steps");
    }

    /// One poll; `None` if it was an event.
    fn poll(&mut self) -> Option<Need> {
        let mut input = &self.arrivals.pending[..];
        let step = self.client.poll(&mut input);
        let used = self.arrivals.used(input);
        let need = match step {
            Step::Event(event) => {
                match &event {
                    Event::Ready => {
                        assert!(self.tls || self.policy != TlsPolicy::Required);
                        self.ready = true;
                    }
                    Event::Reply { to, .. } => self.answered(*to),
                    Event::Skipped { verb } => self.answered(*verb),
                    Event::AuthChallenge(_) => {
                        assert_eq!(self.due.front(), Some(&Verb::Auth));
                        self.challenged = true;
                    }
                    _ => {}
                }
                None
            }
            Step::Need(need) => Some(need),
        };
        self.arrivals.pending.drain(..used);
        let limits = &self.options.limits;
        let most = limits.output + LINE * (limits.queued_commands.min(64) + 8) + 1024;
        assert!(self.client.output().len() <= most, "output grows");
        let _ = (self.client.state(), self.client.idle_timeout());
        need
    }

    /// A verb has its answer: the first that is due.
    fn answered(&mut self, verb: Verb) {
        match verb {
            // The first four the machine says by itself; how many of the others there are
            // depends on the recipients and chunks.
            Verb::Connect
            | Verb::Hello
            | Verb::StartTls
            | Verb::Nothing
            | Verb::Message
            | Verb::MessageFor(_)
            | Verb::Bdat => {}
            Verb::Rset if self.due.front() != Some(&Verb::Rset) => {}
            verb => assert_eq!(self.due.pop_front(), Some(verb), "answered out of order"),
        }
        self.challenged &= verb != Verb::Auth;
    }

    /// A verb, or the end.
    fn act(&mut self, decisions: &mut Decisions<'_>) {
        if self.verbs == 0 {
            if !self.quit {
                self.quit = true;
                if self.client.quit().is_ok() {
                    return self.due.push_back(Verb::Quit);
                }
            }
            return self.client.shutdown();
        }
        self.verbs -= 1;
        let client = &mut self.client;
        if self.challenged {
            let done = match decisions.choose(4) {
                0 => client.auth_cancel(),
                1 => client.auth_response(b""),
                _ => client.auth_response(CREDENTIAL),
            };
            self.challenged &= done.is_err();
            return;
        }
        let verb = match decisions.choose(12) {
            0 => client.mail_from(mail(decisions)).map(|()| Verb::Mail),
            1..=2 => {
                let to = [
                    "bob@example.com",
                    "carol@[192.0.2.1]",
                    "жук@example.com",
                ];
                let to = decisions.pick(&to).expect("three");
                client
                    .rcpt_to(Mailbox::new(*to).expect("a mailbox"))
                    .map(Verb::Rcpt)
            }
            3 => client.data(Transfer::Data).map(|()| Verb::Data),
            // Sent or skipped, it has no answer of its own.
            4 if client.data(Transfer::Chunks).is_ok() => return,
            5 => client
                .auth("PLAIN", Some(CREDENTIAL))
                .map(|()| Verb::Auth),
            6 => client.auth("LOGIN", None).map(|()| Verb::Auth),
            7 => client.rset().map(|()| Verb::Rset),
            8 => client.noop().map(|()| Verb::Noop),
            9 => {
                let argument = smtp_proto::Argument::new("bob").expect("text");
                let query = Query {
                    argument,
                    smtputf8: decisions.flag(),
                };
                client.vrfy(query).map(|()| Verb::Vrfy)
            }
            10 => client.command(&Command::Help(None)).map(|()| Verb::Help),
            _ => client.quit().map(|()| Verb::Quit),
        };
        match verb {
            Ok(verb) => {
                assert!(self.ready, "{verb:?} before the client was ready");
                self.due.push_back(verb);
            }
            Err(UsageError::OutputFull) => self.flush(usize::MAX),
            Err(_) => {}
        }
    }

    fn body(&mut self, decisions: &mut Decisions<'_>) {
        if self.verbs == 0 {
            return self.client.finish_body();
        }
        self.verbs -= 1;
        match decisions.choose(8) {
            0 => self.client.finish_body(),
            1 => self.client.abort_body(),
            2 => {
                let length = decisions.choose(100) as u64;
                // A message by DATA has no raw chunks.
                let _ = self.client.begin_raw(length, decisions.flag());
            }
            choice => {
                let chunk: &[u8] = match choice {
                    3 => b"Subject: hi\r\n\r\n",
                    4 => b"\r\n.\r\n",
                    5 => b".",
                    6 => b"gr\xc3\xbcn\r\n",
                    _ => b"a\nb\rc",
                };
                match self.client.write_body(chunk) {
                    Ok(BodyStatus::More) | Err(UsageError::BareLineEnd) => {}
                    Ok(BodyStatus::Done) => self.client.finish_body(),
                    Err(UsageError::OutputFull) => self.flush(usize::MAX),
                    Err(_) => self.client.abort_body(),
                }
            }
        }
    }

    fn flush(&mut self, most: usize) {
        let output = self.client.output();
        let count = output.len().min(most);
        if !self.tls {
            self.clear.extend_from_slice(&output[..count]);
        }
        self.client.advance_output(count);
    }

    /// Nothing happens after the end, and no secret went out in clear.
    fn closed(mut self, clean: bool) {
        for _ in 0..2 {
            let mut input = &b"250 Ok\r\n"[..];
            let step = self.client.poll(&mut input);
            assert!(matches!(step, Step::Need(Need::Close(result)) if result.is_ok() == clean));
            assert_eq!(input.len(), 8);
        }
        assert_eq!(self.client.noop(), Err(UsageError::Closing));
        self.flush(usize::MAX);
        let holds = |text: &[u8]| self.clear.windows(text.len()).any(|octets| octets == text);
        if self.policy == TlsPolicy::Required || !self.options.clear_text_auth {
            assert!(!holds(CREDENTIAL_BASE64) && !holds(b"AUTH "));
        }
        if self.policy == TlsPolicy::Required {
            assert!(!holds(b"MAIL FROM") && !holds(b"RCPT TO"));
        }
    }
}

fn mail(decisions: &mut Decisions<'_>) -> Mail<'static> {
    let mut parameters = MailParameters::default();
    let choices = decisions.choose(16);
    if choices & 1 != 0 {
        parameters.size = Some(1000);
    }
    parameters.smtputf8 = choices & 2 != 0;
    if choices & 4 != 0 {
        let bodies = [BodyType::EightBitMime, BodyType::BinaryMime];
        parameters.body = decisions.pick(&bodies).copied();
    }
    let reverse_path = if choices & 8 != 0 {
        ReversePath::Null
    } else {
        Mailbox::new("alice@example.org").expect("a mailbox").into()
    };
    Mail {
        reverse_path,
        parameters,
    }
}
