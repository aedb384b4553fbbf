//! The server machine against any octets in any pieces, and any answers.

use smtp_proto::server::{Config, Event, Server, Step};
use smtp_proto::{
    Extension, Layer, LineEnds, Need, Options, Protocol, Reply, TlsPolicy, UsageError,
};

use crate::input::{Decisions, split};
use crate::smtp::{Arrivals, TLS, options, roomy};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let mut config = match decisions.choose(3) {
        0 => Config::smtp("mx.example"),
        1 => Config::submission("mx.example"),
        _ => Config::lmtp("mx.example"),
    };
    config.tls = decisions.pick(&TLS).copied().unwrap_or_default();
    config.options = options(&mut decisions);
    config.options.refuse_early_input = decisions.flag();
    config.capabilities.auth = "PLAIN LOGIN".into();
    if decisions.flag() {
        config.capabilities.extensions.extend([
            Extension::Etrn,
            Extension::Atrn,
            Extension::Burl,
            Extension::Xclient,
            Extension::Xforward,
        ]);
    }
    let arrivals = Arrivals::new(decisions.pieces(stream));
    Driver::new(config, arrivals).drive(&mut decisions);
}

/// Where the dialogue stands, as the events tell it.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Model {
    greeted: bool,
    hello: bool,
    tls: bool,
    authenticated: bool,
    mail: bool,
    recipients: usize,
    /// A message has begun and is neither answered nor aborted.
    body: bool,
    /// Whether it comes by BDAT.
    chunking: bool,
    /// Octets of the open message.
    size: u64,
    /// Messages by DATA and by BDAT that came to their end.
    complete: [usize; 2],
}

/// What was asked and not answered, as far as the model wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Connect,
    Hello,
    Auth,
    StartTls,
    Mail,
    Rcpt,
    BodyStart,
    BodyEnd { answers: usize },
    Burl { last: bool },
    Xclient,
    Quit,
    Other,
}

struct Driver<'s> {
    server: Server,
    options: Options,
    model: Model,
    question: Option<Question>,
    arrivals: Arrivals<'s>,
    /// All that was consumed.
    consumed: Vec<u8>,
    /// All that was written.
    written: Vec<u8>,
    answered: usize,
}

impl<'s> Driver<'s> {
    fn new(config: Config, arrivals: Arrivals<'s>) -> Self {
        let options = config.options.clone();
        let model = Model {
            tls: config.tls == TlsPolicy::Implicit,
            ..Model::default()
        };
        Self {
            server: Server::new(config),
            options,
            model,
            question: None,
            arrivals,
            consumed: Vec::new(),
            written: Vec::new(),
            answered: 0,
        }
    }

    fn drive(mut self, decisions: &mut Decisions<'_>) {
        let total = self.arrivals.len();
        // Each octet makes at most a question, its answer and a flush.
        let most = 64 + 8 * total;
        let mut interrupted = false;
        for _ in 0..most {
            let Some(need) = self.poll() else { continue };
            match need {
                Need::Input => self.arrivals.more_or_end(|| self.server.handle_eof()),
                Need::Flush => {
                    assert!(self.server.output().len() >= self.options.limits.output);
                    self.flush(usize::MAX);
                }
                Need::Answer => {
                    // More may come while an answer is due, and is not looked at.
                    if decisions.flag() && self.arrivals.more() {
                        continue;
                    }
                    match decisions.choose(32) {
                        31 if !interrupted => {
                            interrupted = true;
                            self.server.shutdown();
                            self.question = None;
                        }
                        30 if !interrupted => {
                            interrupted = true;
                            self.server.handle_timeout();
                            self.question = None;
                        }
                        _ => self.answer(decisions),
                    }
                }
                Need::Upgrade(Layer::Tls) => {
                    self.flush(usize::MAX);
                    assert!(self.arrivals.pending.is_empty());
                    assert_eq!(self.server.layer_established(Layer::Tls, &[]), Ok(()));
                    self.model = Model {
                        greeted: true,
                        tls: true,
                        complete: self.model.complete,
                        ..Model::default()
                    };
                }
                Need::Close(result) => return self.closed(result.is_ok()),
                Need::Body { .. } | Need::Raw { .. } => panic!("a server sends no message"),
            }
            if decisions.flag() {
                self.flush(1 + decisions.choose(64));
            }
        }
        panic!("no end after {most} steps");
    }

    /// One poll; `None` if it was an event.
    fn poll(&mut self) -> Option<Need> {
        let mut input = &self.arrivals.pending[..];
        let step = self.server.poll(&mut input);
        let used = self.arrivals.used(input);
        let (question, need) = match step {
            Step::Event(event) => {
                assert!(self.question.is_none(), "asked before the answer");
                let question = self.model.take(&event, &self.server, &self.options);
                assert_eq!(question.is_some(), event.is_question());
                (question, None)
            }
            Step::Need(need) => (self.question, Some(need)),
        };
        if let (Some(_), Some(need)) = (self.question, need) {
            assert!(matches!(
                need,
                Need::Answer | Need::Flush | Need::Close(_)
            ));
        }
        if need == Some(Need::Answer) {
            assert!(question.is_some(), "an answer to what?");
        }
        self.question = question;
        self.consumed.extend(self.arrivals.pending.drain(..used));
        // A reply of the machine is below a kilobyte; in LMTP a message has one per recipient.
        let most = self.options.limits.output + 1024 + 64 * self.options.limits.recipients;
        assert!(self.server.output().len() <= most, "output grows");
        let _ = (self.server.state(), self.server.idle_timeout());
        need
    }

    fn answer(&mut self, decisions: &mut Decisions<'_>) {
        let question = self.question.expect("a question");
        let mut code = match decisions.choose(8) {
            0..=4 => 0,
            5 => 550,
            6 => 451,
            _ => 200 + u16::try_from(decisions.choose(400)).unwrap_or(0),
        };
        let done = match (code, question) {
            (0, Question::Auth) if decisions.flag() => self.server.challenge(b"challenge"),
            (0, Question::Auth) => {
                code = 235;
                self.server.reply(code, "2.7.0 Welcome")
            }
            (0, _) => {
                code = 250;
                self.server.accept()
            }
            (451, _) => self.server.reply(code, "4.3.0 Later\n4.3.0 Much later"),
            (_, _) => self.server.reply(code, "Perhaps"),
        };
        match done {
            Ok(()) => {}
            Err(UsageError::OutputFull) => return self.flush(usize::MAX),
            Err(UsageError::WrongReply | UsageError::Invalid(_)) => {
                // Nothing has changed: the same question can be refused.
                code = 550;
                assert_eq!(self.server.reply(code, "No"), Ok(()));
            }
            Err(error) => panic!("{error:?} to {question:?}"),
        }
        self.answered += 1;
        self.question = self.model.answered(question, code);
        if self.question.is_none() {
            let again = self.server.accept();
            assert!(
                matches!(
                    again,
                    Err(UsageError::NotNow | UsageError::Closing | UsageError::OutputFull)
                ),
                "{again:?}: a question is answered once"
            );
        }
    }

    fn flush(&mut self, most: usize) {
        let output = self.server.output();
        let count = output.len().min(most);
        self.written.extend_from_slice(&output[..count]);
        self.server.advance_output(count);
    }

    /// Nothing happens after the end, and all that was said is replies.
    fn closed(mut self, clean: bool) {
        assert!(!self.model.body, "the application waits for the message");
        for _ in 0..2 {
            let mut input = &b"NOOP\r\n"[..];
            let step = self.server.poll(&mut input);
            assert!(matches!(step, Step::Need(Need::Close(result)) if result.is_ok() == clean));
            assert_eq!(input.len(), 6);
        }
        assert!(self.server.accept().is_err());
        self.flush(usize::MAX);
        let mut rest = &self.written[..];
        let mut replies = 0;
        while !rest.is_empty() {
            let (_, used) = Reply::parse_prefix_with(rest, &roomy())
                .expect("a reply")
                .expect("a whole reply");
            rest = &rest[used..];
            replies += 1;
        }
        let end: &[u8] = match self.options.line_ends {
            // DATA's own line end may be a LF alone.
            LineEnds::Lenient | LineEnds::Normalise => b"\n.\r\n",
            LineEnds::Strict => b"\r\n.\r\n",
        };
        let ends = self.consumed.windows(end.len()).filter(|&octets| octets == end);
        assert!(self.model.complete[0] <= ends.count());
        let last = |octets: &&[u8]| octets.eq_ignore_ascii_case(b"LAST");
        assert!(self.model.complete[1] <= self.consumed.windows(4).filter(last).count());
        let lines = self.consumed.iter().filter(|&&octet| octet == b'\n');
        let most = lines.count() + self.answered + 2 + self.options.limits.recipients;
        assert!(replies <= most, "{replies} replies");
    }
}

impl Model {
    /// Takes the answer to `question`; the question that is still open.
    fn answered(&mut self, question: Question, code: u16) -> Option<Question> {
        if code == 421 {
            return None;
        }
        let positive = code < 400;
        match question {
            Question::BodyEnd { answers } if answers > 1 => {
                let answers = answers - 1;
                return Some(Question::BodyEnd { answers });
            }
            Question::BodyEnd { .. } => (self.body, self.mail) = (false, false),
            Question::Burl { last: true } if positive => (self.body, self.mail) = (false, false),
            Question::Connect => self.greeted = true,
            Question::Hello if positive => {
                self.hello = true;
                (self.mail, self.recipients) = (false, 0);
            }
            Question::Auth => self.authenticated = code == 235,
            Question::Mail => self.mail = positive,
            Question::Rcpt => self.recipients += usize::from(positive),
            Question::BodyStart => {
                self.body = positive;
                self.mail &= positive || !self.chunking;
            }
            Question::Xclient if positive => {
                (self.hello, self.authenticated) = (false, false);
                self.mail = false;
            }
            _ => {}
        }
        None
    }

    /// Takes an event; the question that it is.
    fn take(&mut self, event: &Event<'_>, server: &Server, options: &Options) -> Option<Question> {
        let config = server.config();
        assert!(self.greeted || matches!(event, Event::Connect { .. }));
        if let Event::Auth { .. } | Event::Mail(_) | Event::Rcpt(_) | Event::BodyStart { .. } = event
        {
            assert!(self.hello, "{event:?} before hello");
            assert!(self.tls || config.tls != TlsPolicy::Required, "{event:?} in clear");
        }
        Some(match event {
            Event::Connect { .. } => Question::Connect,
            Event::Helo { .. } => {
                assert!(!self.body);
                Question::Hello
            }
            Event::Auth { .. } => {
                assert!(self.tls || options.clear_text_auth, "AUTH in clear");
                assert!(!self.authenticated && !self.mail);
                Question::Auth
            }
            Event::AuthResponse(_) => Question::Auth,
            Event::StartTls => {
                assert!(!self.tls);
                Question::StartTls
            }
            Event::Mail(_) => {
                assert!(!self.mail && (self.authenticated || !config.require_auth));
                self.recipients = 0;
                Question::Mail
            }
            Event::Rcpt(_) => {
                assert!(self.mail && self.recipients < options.limits.recipients);
                Question::Rcpt
            }
            Event::BodyStart { chunking } => {
                assert!(self.mail && self.recipients > 0 && !self.body);
                (self.size, self.chunking) = (0, *chunking);
                Question::BodyStart
            }
            Event::Body(span) => {
                assert!(self.body);
                self.size += span.len() as u64;
                assert!(self.size <= options.limits.message_size);
                return None;
            }
            Event::BodyEnd => {
                assert!(self.body);
                self.complete[usize::from(self.chunking)] += 1;
                Question::BodyEnd {
                    answers: match config.protocol {
                        Protocol::Lmtp => self.recipients,
                        _ => 1,
                    },
                }
            }
            Event::BodyAborted { .. } => {
                assert!(self.body);
                (self.body, self.mail, self.recipients) = (false, false, 0);
                return None;
            }
            Event::Reset => {
                assert!(!self.body);
                (self.mail, self.recipients) = (false, 0);
                return None;
            }
            Event::Burl(burl) => Question::Burl { last: burl.last },
            Event::Xclient(_) => Question::Xclient,
            Event::Quit => Question::Quit,
            Event::AuthCancelled => return None,
            _ => Question::Other,
        })
    }
}
