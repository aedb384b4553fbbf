//! Driving the client.

use smtp_proto::client::{BodyStatus, Client, Config, Event, State, Step, Transfer, Verb};
use smtp_proto::{Layer, Mailbox, Need, ReversePath};

use super::{Cut, Outcome, Parts, cuts, runs, side};

/// What a script is asked.
#[derive(Debug)]
pub(crate) enum Moment<'m> {
    Event(&'m Event<'m>),
    /// Write some of the message.
    Body,
    /// Return this many octets for the transport.
    Raw(u64),
    /// There is nothing to do.
    Idle,
}

/// The application of a test. It returns octets only for [`Moment::Raw`].
pub(crate) trait Script: FnMut(&Moment<'_>, &mut Client) -> Vec<u8> {}

impl<F: FnMut(&Moment<'_>, &mut Client) -> Vec<u8>> Script for F {}

/// One line for an event.
pub(crate) fn line(event: &Event<'_>) -> String {
    match event {
        Event::Reply { to, reply } => {
            format!("{to:?} {}", reply.to_string().replace('\n', " | "))
        }
        Event::Ready => "ready".into(),
        Event::Skipped { verb } => format!("skipped {verb:?}"),
        Event::AuthChallenge(challenge) => {
            format!("challenge {}", challenge.as_bytes().escape_ascii())
        }
        event => panic!("{event:?}"),
    }
}

/// A client between its caller and a script.
pub(crate) struct Driver<S> {
    pub(crate) client: Client,
    script: S,
    buffer: Vec<u8>,
    pub(crate) output: Vec<u8>,
    pub(crate) log: Vec<String>,
}

impl<S: Script> Driver<S> {
    pub(crate) fn new(config: &Config, script: S) -> Self {
        Self {
            client: Client::new(config.clone()),
            script,
            buffer: Vec::new(),
            output: Vec::new(),
            log: Vec::new(),
        }
    }

    fn flush(&mut self) {
        self.output.extend_from_slice(self.client.output());
        self.client.advance_output(self.client.output().len());
    }

    /// Passes octets and goes on until more are needed.
    pub(crate) fn feed(&mut self, piece: &[u8]) -> Need {
        self.buffer.extend_from_slice(piece);
        let buffer = std::mem::take(&mut self.buffer);
        let mut input = &buffer[..];
        let mut idle = false;
        let need = loop {
            let need = match self.client.poll(&mut input) {
                Step::Event(event) => {
                    self.log.push(line(&event));
                    (self.script)(&Moment::Event(&event), &mut self.client);
                    idle = false;
                    continue;
                }
                Step::Need(need) => need,
            };
            self.flush();
            match need {
                Need::Flush => {}
                Need::Body { room } => {
                    assert!(room > 0);
                    (self.script)(&Moment::Body, &mut self.client);
                }
                Need::Raw { remaining } => {
                    let octets = (self.script)(&Moment::Raw(remaining), &mut self.client);
                    self.output.extend_from_slice(&octets);
                    self.client.raw_written(octets.len() as u64);
                }
                // The script may have something to say now; once is enough to find out.
                Need::Answer if !idle => {
                    idle = true;
                    (self.script)(&Moment::Idle, &mut self.client);
                }
                need => break need,
            }
        };
        self.buffer = input.to_vec();
        assert_eq!(self.client.poll(&mut &self.buffer[..]), Step::Need(need));
        need
    }

    /// What has been sent since the last call.
    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    pub(crate) fn upgrade(&mut self) {
        // A failure shows at the next poll.
        let _ = self.client.layer_established(Layer::Tls, &self.buffer);
    }

    pub(crate) fn eof(&mut self) -> Need {
        self.client.handle_eof();
        self.feed(b"")
    }

    pub(crate) fn outcome(self, end: Need) -> Outcome<State> {
        Outcome {
            state: self.client.state(),
            log: self.log,
            output: self.output,
            messages: Vec::new(),
            end,
            left: self.buffer,
        }
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
    let mut driver = Driver::new(config, script);
    let mut need = driver.feed(b"");
    for (number, pieces) in cut.apply(parts).into_iter().enumerate() {
        if number > 0 {
            if let Need::Upgrade(_) = need {
                driver.upgrade();
            }
            need = driver.feed(b"");
        }
        for piece in pieces {
            if let Need::Close(_) = need {
                break;
            }
            need = driver.feed(piece);
        }
    }
    if eof {
        need = driver.eof();
    }
    driver.outcome(need)
}

/// Feeds `parts` in every way, demands the same outcome, and returns it.
pub(crate) fn session<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    parts: &Parts,
    eof: bool,
) -> Outcome<State> {
    let whole = feed(config, script(), parts, Cut::Whole, eof);
    for cut in cuts(parts) {
        let mut outcome = feed(config, script(), parts, cut, eof);
        if let Need::Close(_) = whole.end {
            outcome.left.clone_from(&whole.left);
        }
        assert_eq!(whole, outcome, "{cut:?}");
    }
    whole
}

/// What the server says in one go, without TLS.
pub(crate) fn hears<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    octets: impl AsRef<[u8]>,
) -> Outcome<State> {
    session(config, script, &vec![octets.as_ref().to_vec()], false)
}

/// Demands that the client says exactly the `C:` lines of a dialogue, each run as soon as the `S:`
/// lines before it are there, and the same in every cut.
pub(crate) fn speaks<S: Script>(
    config: &Config,
    script: impl Fn() -> S,
    dialogue: &str,
) -> Outcome<State> {
    let runs = runs(dialogue);
    let mut driver = Driver::new(config, script());
    let mut need = driver.feed(b"");
    for (who, octets) in &runs {
        match who {
            'S' => need = driver.feed(octets),
            'C' => assert_eq!(
                driver.take_output().escape_ascii().to_string(),
                octets.escape_ascii().to_string()
            ),
            _ => {
                assert!(matches!(need, Need::Upgrade(_)), "{need:?}");
                driver.upgrade();
                need = driver.feed(b"");
            }
        }
    }
    assert_eq!(driver.take_output(), b"");
    session(config, script, &side(&runs, 'S'), false)
}

/// A message to send.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) from: &'static str,
    pub(crate) to: &'static [&'static str],
    pub(crate) body: &'static [u8],
    pub(crate) transfer: Transfer,
}

/// A letter by DATA.
pub(crate) const fn letter(
    from: &'static str,
    to: &'static [&'static str],
    body: &'static [u8],
) -> Letter {
    Letter {
        from,
        to,
        body,
        transfer: Transfer::Data,
    }
}

/// A script that sends letters one after the other, each as early as it may, and says QUIT.
pub(crate) fn sends(letters: &'static [Letter]) -> impl Script {
    let mut rest = letters.iter();
    let mut pieces = b"".chunks(64);
    move |moment: &Moment<'_>, client: &mut Client| {
        let over = match moment {
            Moment::Event(
                Event::Ready
                | Event::Skipped {
                    verb: Verb::Data | Verb::Bdat,
                },
            ) => true,
            Moment::Event(Event::Reply { to: Verb::Data, .. }) => client.state() == State::Ready,
            Moment::Body => {
                let piece = pieces.next().unwrap_or_default();
                let over =
                    client.write_body(piece).unwrap() == BodyStatus::Done || pieces.len() == 0;
                if over {
                    client.finish_body();
                }
                over
            }
            _ => false,
        };
        if over {
            match rest.next() {
                Some(letter) => {
                    pieces = letter.body.chunks(64);
                    begin(letter, client);
                }
                None => client.quit().unwrap(),
            }
        }
        Vec::new()
    }
}

fn begin(letter: &Letter, client: &mut Client) {
    client.mail_from(reverse_path(letter.from)).unwrap();
    for to in letter.to {
        client.rcpt_to(Mailbox::new(*to).unwrap()).unwrap();
    }
    client.data(letter.transfer).unwrap();
}

pub(crate) fn reverse_path(text: &'static str) -> ReversePath<'static> {
    match text {
        "" => ReversePath::Null,
        text => Mailbox::new(text).unwrap().into(),
    }
}

/// Whether the event is the reply to `verb`.
pub(crate) fn answers(moment: &Moment<'_>, verb: Verb) -> bool {
    matches!(moment, Moment::Event(Event::Reply { to, .. }) if *to == verb)
}
