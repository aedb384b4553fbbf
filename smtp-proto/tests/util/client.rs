//! Driving the client.

use smtp_proto::client::{BodyStatus, Client, Config, Event, State, Step, Transfer, Verb};
use smtp_proto::{HeloName, Layer, Mailbox, Need, ProtocolError, ReversePath};

use super::{Cut, Drive, Outcome, Parts};

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
}

impl<S: Script> Drive for Driver<S> {
    type State = State;

    fn feed(&mut self, piece: &[u8]) -> Need {
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

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn upgrade(&mut self) {
        // A failure shows at the next poll.
        let _ = self.client.layer_established(Layer::Tls, &self.buffer);
    }

    fn eof(&mut self) -> Need {
        self.client.handle_eof();
        self.feed(b"")
    }

    fn outcome(self, end: Need) -> Outcome<State> {
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
    super::speaks(|| Driver::new(config, script()), dialogue, 'S')
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

/// A client that relays.
pub(crate) fn relay() -> Config {
    Config::smtp(HeloName::new("client.example").unwrap())
}

/// A script that does nothing.
pub(crate) fn idle() -> impl Script {
    |_: &Moment<'_>, _: &mut Client| Vec::new()
}

/// A client that has heard `server` and does nothing by itself.
pub(crate) fn after(config: &Config, server: &str) -> Driver<impl Script + use<>> {
    let mut driver = Driver::new(config, idle());
    let _ = driver.feed(server.as_bytes());
    driver
}

/// A mailbox that is well-formed.
pub(crate) fn mailbox(text: &'static str) -> Mailbox<'static> {
    Mailbox::new(text).unwrap()
}

/// The end of a session that failed.
pub(crate) fn lost(error: ProtocolError) -> Need {
    Need::Close(Err(error))
}

/// A script that does `first` when it is ready.
pub(crate) fn once(first: impl Fn(&mut Client)) -> impl Script {
    move |moment: &Moment<'_>, client: &mut Client| {
        if let Moment::Event(Event::Ready) = moment {
            first(client);
        }
        Vec::new()
    }
}

/// A server with pipelining and chunks.
pub(crate) const GREETING: &str =
    "220 mx.example\r\n250-mx.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

/// One short message.
pub(crate) const LETTERS: &[Letter] = &[letter("a@a.example", &["b@b.example"], b"hello\r\n")];
