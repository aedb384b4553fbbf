//! Client and server wired back to back, with a transport that cuts as it likes: both come to
//! an end, and what one says was delivered the other has.

use std::collections::VecDeque;

use smtp_proto::client::{self, BodyStatus, Client, Transfer, Verb};
use smtp_proto::server::{self, Server};
use smtp_proto::{
    HeloName, Layer, Mailbox, Need, Options, Protocol, TlsPolicy, UsageError,
};

use crate::input::{Decisions, split};
use crate::smtp::{LINE_ENDS, TLS};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let mut pair = Pair::new(&mut decisions, stream);
    // Each round moves an octet at least or takes an event; idle rounds end the loop.
    let mut idle = 0;
    while !(pair.client.closed && pair.server.closed) {
        let moved = pair.round(&mut decisions);
        idle = if moved { 0 } else { idle + 1 };
        assert!(idle < 8, "nobody moves: {pair:?}");
    }
    pair.compare();
}

#[derive(Debug)]
struct Pair<'s> {
    client: Sender<'s>,
    server: Receiver,
    to_server: VecDeque<u8>,
    to_client: VecDeque<u8>,
}

#[derive(Debug)]
struct Sender<'s> {
    machine: Client,
    pending: Vec<u8>,
    /// What the messages are made of.
    stream: &'s [u8],
    transfer: Transfer,
    /// Messages still to be begun.
    left: usize,
    begun: usize,
    /// The message that is being written.
    body: Vec<u8>,
    /// Octets of `body` that were handed over.
    written: usize,
    /// Messages that were written to their end.
    finished: Vec<Vec<u8>>,
    /// Answers to messages, as they came.
    answers: Vec<bool>,
    upgrading: bool,
    closed: bool,
    clean: bool,
}

#[derive(Debug)]
struct Receiver {
    machine: Server,
    pending: Vec<u8>,
    question: Option<Asked>,
    body: Vec<u8>,
    complete: Vec<Vec<u8>>,
    answers: Vec<bool>,
    upgrading: bool,
    closed: bool,
    clean: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// May be refused.
    Envelope,
    BodyEnd,
    /// Is accepted.
    Other,
}

impl<'s> Pair<'s> {
    fn new(decisions: &mut Decisions<'_>, stream: &'s [u8]) -> Self {
        let name = HeloName::new("client.example").expect("a name");
        let mut here = client::Config::smtp(name);
        let mut there = server::Config::smtp("mx.example");
        let protocols = [Protocol::Smtp, Protocol::Submission, Protocol::Lmtp];
        let protocol = decisions.pick(&protocols).copied().unwrap_or_default();
        (here.protocol, there.protocol) = (protocol, protocol);
        here.tls = decisions.pick(&TLS).copied().unwrap_or_default();
        there.tls = match here.tls {
            TlsPolicy::Implicit => TlsPolicy::Implicit,
            _ => decisions.pick(&TLS[..3]).copied().unwrap_or_default(),
        };
        let mut options = Options::default();
        options.line_ends = decisions.pick(&LINE_ENDS).copied().unwrap_or_default();
        if decisions.flag() {
            options.limits.output = 200;
            options.limits.message_size = 300;
        }
        (here.options, there.options) = (options.clone(), options);
        here.helo_only = decisions.flag();
        let transfer = if decisions.flag() {
            Transfer::Chunks
        } else {
            Transfer::Data
        };
        Self {
            client: Sender {
                machine: Client::new(here),
                pending: Vec::new(),
                stream,
                transfer,
                left: 1 + decisions.choose(3),
                begun: 0,
                body: Vec::new(),
                written: 0,
                finished: Vec::new(),
                answers: Vec::new(),
                upgrading: false,
                closed: false,
                clean: false,
            },
            server: Receiver {
                machine: Server::new(there),
                pending: Vec::new(),
                question: None,
                body: Vec::new(),
                complete: Vec::new(),
                answers: Vec::new(),
                upgrading: false,
                closed: false,
                clean: false,
            },
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
        }
    }

    /// Lets both ends do something; whether anything happened.
    fn round(&mut self, decisions: &mut Decisions<'_>) -> bool {
        let mut moved = self.client.step(decisions);
        moved |= self.server.step(decisions);

        let output = self.client.machine.output();
        let count = decisions.piece(output.len());
        self.to_server.extend(&output[..count]);
        self.client.machine.advance_output(count);
        let output = self.server.machine.output();
        let back = decisions.piece(output.len());
        self.to_client.extend(&output[..back]);
        self.server.machine.advance_output(back);
        moved |= count + back > 0;

        let count = decisions.piece(self.to_server.len());
        self.server.pending.extend(self.to_server.drain(..count));
        let back = decisions.piece(self.to_client.len());
        self.client.pending.extend(self.to_client.drain(..back));
        moved |= count + back > 0;

        if self.client.closed && self.client.machine.output().is_empty() && self.to_server.is_empty()
        {
            self.server.machine.handle_eof();
        }
        if self.server.closed && self.server.machine.output().is_empty() && self.to_client.is_empty()
        {
            self.client.machine.handle_eof();
        }
        if self.client.upgrading && self.server.upgrading {
            assert!(self.to_server.is_empty() && self.to_client.is_empty());
            for established in [
                self.client
                    .machine
                    .layer_established(Layer::Tls, &self.client.pending),
                self.server
                    .machine
                    .layer_established(Layer::Tls, &self.server.pending),
            ] {
                assert_eq!(established, Ok(()));
            }
            (self.client.upgrading, self.server.upgrading) = (false, false);
            moved = true;
        }
        moved
    }

    fn compare(&self) {
        let mut finished = self.client.finished.iter();
        for message in &self.server.complete {
            assert!(
                finished.any(|sent| sent == message),
                "{:?} was not sent, of {:?}",
                message.escape_ascii().to_string(),
                self.client.finished
            );
        }
        assert!(self.client.answers.len() <= self.server.answers.len() + self.client.begun * 3);
        let accepted = |answers: &[bool]| answers.iter().filter(|&&answer| answer).count();
        let (told, given) = (
            accepted(&self.client.answers),
            accepted(&self.server.answers),
        );
        if self.client.clean && self.server.clean {
            assert_eq!(told, given, "both know the same");
        } else {
            assert!(told <= given, "nobody believes in a message that is not there");
        }
    }
}

impl Sender<'_> {
    fn step(&mut self, decisions: &mut Decisions<'_>) -> bool {
        if self.closed {
            return false;
        }
        let mut input = &self.pending[..];
        let step = self.machine.poll(&mut input);
        let used = self.pending.len() - input.len();
        let mut ready = false;
        let need = match step {
            client::Step::Event(client::Event::Reply { to, reply }) => {
                if matches!(to, Verb::Message | Verb::MessageFor(_)) {
                    self.answers.push(reply.is_positive());
                }
                None
            }
            client::Step::Event(client::Event::Ready) => {
                ready = true;
                None
            }
            client::Step::Event(_) => None,
            client::Step::Need(need) => Some(need),
        };
        self.pending.drain(..used);
        let Some(need) = need else {
            if ready && decisions.flag() {
                // Verbs need not wait to be asked for.
                self.begin(decisions);
            }
            return true;
        };
        match need {
            Need::Input | Need::Flush => return used > 0,
            Need::Answer => self.begin(decisions),
            Need::Body { .. } => self.write(decisions),
            Need::Raw { .. } => panic!("no raw chunk was begun"),
            Need::Upgrade(Layer::Tls) => {
                self.upgrading = self.machine.output().is_empty();
                return used > 0;
            }
            Need::Close(result) => (self.closed, self.clean) = (true, result.is_ok()),
        }
        true
    }

    /// The next transaction, or QUIT.
    fn begin(&mut self, decisions: &mut Decisions<'_>) {
        let sender = Mailbox::new("alice@example.org").expect("a mailbox");
        if self.left == 0 || self.machine.mail_from(sender).is_err() {
            if self.machine.quit().is_err() {
                self.machine.shutdown();
            }
            return;
        }
        self.left -= 1;
        self.begun += 1;
        for _ in 0..=decisions.choose(3) {
            let recipient = Mailbox::new("bob@example.com").expect("a mailbox");
            let _ = self.machine.rcpt_to(recipient);
        }
        if self.machine.data(self.transfer).is_err() && self.machine.data(Transfer::Data).is_err() {
            return self.machine.shutdown();
        }
        let length = decisions.choose(self.stream.len() + 1);
        self.body = format!("{}\r\n", self.begun).into_bytes();
        self.body.extend_from_slice(&self.stream[..length]);
        // Without BINARYMIME a message is lines, by BDAT as well.
        self.body = lines(&self.body);
        self.written = 0;
    }

    fn write(&mut self, decisions: &mut Decisions<'_>) {
        let rest = &self.body[self.written..];
        if rest.is_empty() {
            self.machine.finish_body();
            self.finished.push(std::mem::take(&mut self.body));
            self.written = 0;
            return;
        }
        let count = decisions.piece(rest.len());
        match self.machine.write_body(&rest[..count]) {
            Ok(BodyStatus::More) => self.written += count,
            Ok(BodyStatus::Done) => self.machine.finish_body(),
            Err(UsageError::OutputFull) => {}
            // To a server that takes no 8-bit data.
            Err(UsageError::EightBitData) => self.machine.abort_body(),
            Err(error) => panic!("{error:?}"),
        }
    }
}

impl Receiver {
    fn step(&mut self, decisions: &mut Decisions<'_>) -> bool {
        use server::{Event, Step};
        if self.closed {
            return false;
        }
        let mut input = &self.pending[..];
        let step = self.machine.poll(&mut input);
        let used = self.pending.len() - input.len();
        let need = match step {
            Step::Event(event) => {
                match &event {
                    Event::BodyStart { .. } => self.body.clear(),
                    Event::Body(span) => self.body.extend_from_slice(span),
                    Event::BodyEnd => self.complete.push(self.body.clone()),
                    _ => {}
                }
                if event.is_question() {
                    self.question = Some(match event {
                        Event::Mail(_) | Event::Rcpt(_) | Event::BodyStart { .. } => {
                            Asked::Envelope
                        }
                        Event::BodyEnd => Asked::BodyEnd,
                        _ => Asked::Other,
                    });
                }
                None
            }
            Step::Need(need) => Some(need),
        };
        self.pending.drain(..used);
        match need {
            None => {}
            Some(Need::Input | Need::Flush) => return used > 0,
            Some(Need::Answer) => self.answer(decisions),
            Some(Need::Upgrade(Layer::Tls)) => {
                self.upgrading = self.machine.output().is_empty();
                return used > 0;
            }
            Some(Need::Close(result)) => (self.closed, self.clean) = (true, result.is_ok()),
            Some(Need::Body { .. } | Need::Raw { .. }) => panic!("a server sends no message"),
        }
        true
    }

    fn answer(&mut self, decisions: &mut Decisions<'_>) {
        let asked = self.question.expect("a question");
        let choice = decisions.choose(16);
        let done = match (asked, choice) {
            (Asked::Other, _) | (_, ..=10) => self.machine.accept(),
            (_, 11..=12) => self.machine.reply(550, "5.7.1 No"),
            (_, 13..=14) => self.machine.reply(451, "4.7.1 Later"),
            (_, _) => self.machine.reply(421, "4.3.2 Stopping"),
        };
        assert_eq!(done, Ok(()));
        if asked == Asked::BodyEnd {
            self.answers.push(choice <= 10);
        }
    }
}

/// The octets as lines that end with CRLF.
fn lines(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &octet in octets {
        match octet {
            b'\r' => {}
            b'\n' => out.extend_from_slice(b"\r\n"),
            octet => out.push(octet),
        }
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}
