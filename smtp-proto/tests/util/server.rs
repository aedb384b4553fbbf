//! Driving the server.

use std::collections::VecDeque;

use smtp_proto::server::{Config, Event, Server, State, Step};
use smtp_proto::{Base64, Command, Layer, Need};

use super::{Cut, Drive, Outcome, Parts};

/// What a script does about an event, which it sees as a line of the log.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Accept,
    Reply(u16, String),
    /// The challenge in base64.
    Challenge(Vec<u8>),
    /// The application does this before it accepts.
    Shutdown,
    Timeout,
}

/// An answer with a code and a text.
pub(crate) fn reply(code: u16, text: &str) -> Answer {
    Answer::Reply(code, text.to_owned())
}

/// The application of a test. `more` stands for the second and later answers of LMTP.
pub(crate) trait Script: FnMut(&str) -> Answer {}

impl<F: FnMut(&str) -> Answer> Script for F {}

/// A script that says yes to everything but AUTH, where it always says 235.
pub(crate) fn yes() -> impl Script {
    |seen: &str| {
        if seen.starts_with("auth") || seen.starts_with("response") {
            reply(235, "2.7.0 Welcome")
        } else {
            Answer::Accept
        }
    }
}

/// One line for an event.
pub(crate) fn line(event: &Event<'_>) -> String {
    let command = |command: Command<'_>| {
        let mut line = Vec::new();
        command.encode(&mut line);
        String::from_utf8(line).unwrap().trim_end().to_owned()
    };
    match event.clone() {
        Event::Connect { .. } => "connect".into(),
        Event::Helo { name, extended } => {
            format!("{} {name}", if extended { "ehlo" } else { "helo" })
        }
        Event::Auth {
            mechanism,
            initial_response,
        } => match initial_response {
            Some(initial) => format!("auth {mechanism} {}", initial.as_bytes().escape_ascii()),
            None => format!("auth {mechanism}"),
        },
        Event::AuthResponse(response) => {
            format!("response {}", response.as_bytes().escape_ascii())
        }
        Event::AuthCancelled => "cancelled".into(),
        Event::StartTls => "starttls".into(),
        Event::Mail(mail) => command(Command::Mail(mail)),
        Event::Rcpt(rcpt) => command(Command::Rcpt(rcpt)),
        Event::BodyStart { chunking: false } => "data".into(),
        Event::BodyStart { chunking: true } => "chunks".into(),
        Event::Body(octets) => format!("octets {}", octets.escape_ascii()),
        Event::BodyEnd => "end".into(),
        Event::BodyAborted { reason } => format!("aborted {reason:?}"),
        Event::Reset => "reset".into(),
        Event::Vrfy(query) => command(Command::Vrfy(query)),
        Event::Expn(query) => command(Command::Expn(query)),
        Event::Help(topic) => command(Command::Help(topic)),
        Event::Etrn(node) => command(Command::Etrn(node)),
        Event::Atrn(domains) => command(Command::Atrn(domains)),
        Event::Burl(burl) => command(Command::Burl(burl)),
        Event::Xclient(attributes) => command(Command::Xclient(attributes)),
        Event::Xforward(attributes) => command(Command::Xforward(attributes)),
        Event::Quit => "quit".into(),
        Event::Unknown(unknown) => format!("unknown {} {}", unknown.verb(), unknown.arguments()),
        Event::Invalid { error, raw } => format!("invalid {error}: {}", raw.escape_ascii()),
        event => panic!("{event:?}"),
    }
}

/// A server between its caller and a script.
pub(crate) struct Driver<S> {
    pub(crate) server: Server,
    script: S,
    buffer: Vec<u8>,
    pub(crate) output: Vec<u8>,
    pub(crate) log: Vec<String>,
    pub(crate) messages: Vec<Vec<u8>>,
    message: Vec<u8>,
}

impl<S: Script> Driver<S> {
    pub(crate) fn new(config: &Config, script: S) -> Self {
        Self {
            server: Server::new(config.clone()),
            script,
            buffer: Vec::new(),
            output: Vec::new(),
            log: Vec::new(),
            messages: Vec::new(),
            message: Vec::new(),
        }
    }
}

impl<S: Script> Drive for Driver<S> {
    type State = State;

    fn feed(&mut self, piece: &[u8]) -> Need {
        self.buffer.extend_from_slice(piece);
        let mut input = &self.buffer[..];
        let need = loop {
            let step = self.server.poll(&mut input);
            let need = match step {
                Step::Event(event) => {
                    note(&event, &mut self.log, &mut self.message, &mut self.messages);
                    if event.is_question() {
                        answer(&mut self.server, &mut self.script, &line(&event));
                    }
                    continue;
                }
                Step::Need(need) => need,
            };
            self.output.extend_from_slice(self.server.output());
            self.server.advance_output(self.server.output().len());
            match need {
                Need::Flush => {}
                Need::Answer => answer(&mut self.server, &mut self.script, "more"),
                need => break need,
            }
        };
        let used = self.buffer.len() - input.len();
        self.buffer.drain(..used);
        assert_eq!(self.server.poll(&mut &self.buffer[..]), Step::Need(need));
        need
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn upgrade(&mut self) {
        // A failure shows at the next poll.
        let _ = self.server.layer_established(Layer::Tls, &self.buffer);
    }

    fn eof(&mut self) -> Need {
        self.server.handle_eof();
        self.feed(b"")
    }

    fn outcome(self, end: Need) -> Outcome<State> {
        Outcome {
            state: self.server.state(),
            log: self.log,
            output: self.output,
            messages: self.messages,
            end,
            left: self.buffer,
        }
    }
}

fn note(
    event: &Event<'_>,
    log: &mut Vec<String>,
    message: &mut Vec<u8>,
    messages: &mut Vec<Vec<u8>>,
) {
    match event {
        Event::Body(octets) => {
            assert!(!octets.is_empty());
            message.extend_from_slice(octets);
            if let Some(last) = log.last_mut()
                && last.starts_with("octets")
            {
                last.push_str(&octets.escape_ascii().to_string());
                return;
            }
        }
        Event::BodyStart { .. } => message.clear(),
        Event::BodyEnd => messages.push(std::mem::take(message)),
        _ => {}
    }
    log.push(line(event));
}

fn answer(server: &mut Server, script: &mut impl Script, seen: &str) {
    match script(seen) {
        Answer::Accept => server.accept().unwrap(),
        Answer::Reply(code, text) => server.reply(code, &text).unwrap(),
        Answer::Challenge(challenge) => {
            let challenge = String::from_utf8(challenge).unwrap();
            let challenge = Base64::new(challenge).unwrap().decode();
            server.challenge(&challenge).unwrap();
        }
        Answer::Shutdown => server.shutdown(),
        Answer::Timeout => server.handle_timeout(),
    }
}

/// Feeds `parts`, cut in one way.
pub(crate) fn feed(
    config: &Config,
    script: impl Script,
    parts: &Parts,
    cut: Cut,
    eof: bool,
) -> Outcome<State> {
    Driver::new(config, script).run(parts, cut, eof)
}

/// Feeds `parts` in every way, demands the same outcome, and returns it.
pub(crate) fn session<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    parts: &Parts,
    eof: bool,
) -> Outcome<State> {
    super::session(|| Driver::new(config, script()), parts, eof)
}

/// What the client says in one go, at first without TLS.
pub(crate) fn says<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    octets: impl AsRef<[u8]>,
) -> Outcome<State> {
    session(config, script, &vec![octets.as_ref().to_vec()], false)
}

/// A script that gives the replies of a dialogue in their order, but for those that the machine
/// gives by itself, which stand behind `S!`. Of an EHLO reply it gives the first line.
pub(crate) fn replies(dialogue: &str) -> impl Script + use<> {
    let mut replies: VecDeque<(u16, String)> = VecDeque::new();
    let mut within = false;
    for line in dialogue.lines().map(str::trim_start) {
        let Some(line) = line.strip_prefix("S: ") else {
            continue;
        };
        let (code, text) = (
            line[..3].parse().unwrap(),
            line.get(4..).unwrap_or_default(),
        );
        match replies.back_mut() {
            Some((_, lines)) if within => {
                lines.push('\n');
                lines.push_str(text);
            }
            _ => replies.push_back((code, text.to_owned())),
        }
        within = line.get(3..4) == Some("-");
    }
    move |seen: &str| {
        let (code, text) = replies
            .pop_front()
            .unwrap_or_else(|| panic!("no reply to {seen}"));
        match text.split_once('\n') {
            Some((first, _)) if seen.starts_with("ehlo") => reply(code, first),
            _ if code == 334 => Answer::Challenge(text.into_bytes()),
            _ => Answer::Reply(code, text),
        }
    }
}

/// Demands that the server says exactly the `S:` lines of a dialogue, each run as soon as the `C:`
/// lines before it are there, and the same in every cut.
pub(crate) fn speaks<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    dialogue: &str,
) -> Outcome<State> {
    super::speaks(|| Driver::new(config, script()), dialogue, 'C')
}
