//! Our client and our server at both ends of a wire that cuts at random, and the server against a
//! small model of what RFC 5321 lets a client do.

mod util;

use proptest::collection::vec;
use proptest::prelude::*;
use smtp_proto::client::{self, BodyStatus, Client, Event, State, Transfer, Verb};
use smtp_proto::{Extension, HeloName, Layer, Mailbox, Need, Protocol, TlsPolicy, server};
use util::client::Moment;
use util::server::{Answer, reply};
use util::{Cut, Drive as _, Random};

/// A message and what becomes of it.
#[derive(Clone, Debug)]
struct Letter {
    sender_refused: bool,
    /// Whether each recipient is accepted.
    recipients: Vec<bool>,
    body: Vec<u8>,
    chunks: bool,
    /// The lengths of what the application writes at a time.
    pieces: usize,
}

#[derive(Clone, Debug)]
struct Setting {
    protocol: Protocol,
    pipelining: bool,
    tls: TlsPolicy,
    letters: Vec<Letter>,
    server_output: usize,
    seed: u64,
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(b".".to_vec()),
        Just(b"..".to_vec()),
        Just(Vec::new()),
        vec(prop_oneof![Just(b'.'), 32..127_u8, 128..=255_u8], 0..40),
    ];
    (vec(line, 0..12), any::<bool>()).prop_map(|(lines, whole)| {
        let mut body = lines.join(&b"\r\n"[..]);
        if whole && !body.is_empty() {
            body.extend_from_slice(b"\r\n");
        }
        body
    })
}

fn letter() -> impl Strategy<Value = Letter> {
    (
        proptest::bool::weighted(0.15),
        vec(proptest::bool::weighted(0.7), 1..6),
        body(),
        any::<bool>(),
        1..100_usize,
    )
        .prop_map(
            |(sender_refused, recipients, body, chunks, pieces)| Letter {
                sender_refused,
                recipients,
                body,
                chunks,
                pieces,
            },
        )
}

fn setting() -> impl Strategy<Value = Setting> {
    (
        prop_oneof![Just(Protocol::Smtp), Just(Protocol::Lmtp)],
        any::<bool>(),
        prop_oneof![
            Just(TlsPolicy::None),
            Just(TlsPolicy::StartTls),
            Just(TlsPolicy::Required)
        ],
        vec(letter(), 0..6),
        1..400_usize,
        any::<u64>(),
    )
        .prop_map(
            |(protocol, pipelining, tls, letters, server_output, seed)| Setting {
                protocol,
                pipelining,
                tls,
                letters,
                server_output,
                seed,
            },
        )
}

/// Sends one letter after the other, each as early as it may.
fn application(letters: Vec<Letter>) -> impl util::client::Script {
    let mut rest = letters.into_iter();
    let mut body = Vec::new();
    let mut pieces = 1;
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
                let piece: Vec<u8> = body.drain(..pieces.min(body.len())).collect();
                let status = client.write_body(&piece).unwrap();
                let over = status == BodyStatus::Done || body.is_empty();
                if over {
                    client.finish_body();
                }
                over
            }
            _ => false,
        };
        if !over {
            return Vec::new();
        }
        let Some(letter) = rest.next() else {
            client.quit().unwrap();
            return Vec::new();
        };
        let from = if letter.sender_refused {
            "no@a.example"
        } else {
            "a@a.example"
        };
        client.mail_from(Mailbox::new(from).unwrap()).unwrap();
        for &accepted in &letter.recipients {
            let to = if accepted {
                "b@b.example"
            } else {
                "no@b.example"
            };
            client.rcpt_to(Mailbox::new(to).unwrap()).unwrap();
        }
        let transfer = if letter.chunks {
            Transfer::Chunks
        } else {
            Transfer::Data
        };
        client.data(transfer).unwrap();
        body = letter.body;
        pieces = letter.pieces;
        Vec::new()
    }
}

fn run(setting: &Setting) {
    let mut config = match setting.protocol {
        Protocol::Lmtp => server::Config::lmtp("mx.example"),
        _ => server::Config::smtp("mx.example"),
    };
    config.tls = setting.tls;
    config.options.limits.output = setting.server_output;
    if !setting.pipelining {
        config.capabilities.extensions.remove(Extension::Pipelining);
    }
    let refuse = |seen: &str| {
        if seen.contains(":<no@") {
            reply(550, "5.7.1 No")
        } else {
            Answer::Accept
        }
    };
    let mut server = util::server::Driver::new(&config, refuse);
    let name = HeloName::new("client.example").unwrap();
    let mut config = match setting.protocol {
        Protocol::Lmtp => client::Config::lmtp(name),
        _ => client::Config::smtp(name),
    };
    config.tls = setting.tls;
    let mut client = util::client::Driver::new(&config, application(setting.letters.clone()));

    let mut random = Random(setting.seed);
    let mut needs = (server.feed(b""), client.feed(b""));
    let mut idle = 0;
    while idle < 2 {
        if needs == (Need::Upgrade(Layer::Tls), Need::Upgrade(Layer::Tls)) {
            assert!(server.output.is_empty() && client.output.is_empty());
            server.upgrade();
            client.upgrade();
            needs = (server.feed(b""), client.feed(b""));
        }
        let to_server = random.below(2) == 0;
        let waiting = if to_server {
            &mut client.output
        } else {
            &mut server.output
        };
        let most = [1, 7, 1_000][random.below(3)].min(waiting.len());
        let len = if most == 0 { 0 } else { 1 + random.below(most) };
        let piece: Vec<u8> = waiting.drain(..len).collect();
        if to_server {
            needs.0 = server.feed(&piece);
        } else {
            needs.1 = client.feed(&piece);
        }
        idle = if client.output.is_empty() && server.output.is_empty() {
            idle + 1
        } else {
            0
        };
    }

    assert_eq!(
        needs,
        (Need::Close(Ok(())), Need::Close(Ok(()))),
        "{:?}",
        client.log
    );
    let accepted: Vec<&Letter> = setting
        .letters
        .iter()
        .filter(|letter| !letter.sender_refused && letter.recipients.contains(&true))
        .collect();
    let expected: Vec<Vec<u8>> = accepted
        .iter()
        .map(|letter| {
            let mut body = letter.body.clone();
            if !body.is_empty() && !body.ends_with(b"\r\n") {
                body.extend_from_slice(b"\r\n");
            }
            body
        })
        .collect();
    assert_eq!(server.messages, expected);
    let answers = client.log.iter().filter(|line| line.starts_with("Message"));
    let delivered = answers.filter(|line| line.contains(" 250 ")).count();
    let expected = match setting.protocol {
        Protocol::Lmtp => accepted
            .iter()
            .map(|letter| {
                letter
                    .recipients
                    .iter()
                    .filter(|&&accepted| accepted)
                    .count()
            })
            .sum(),
        _ => accepted.len(),
    };
    assert_eq!(delivered, expected);
    assert_eq!(server.outcome(needs.0).left, b"");
    assert_eq!(client.outcome(needs.1).left, b"");
}

/// What a client may say, in the model.
#[derive(Clone, Debug)]
enum Said {
    Ehlo,
    Helo,
    Mail {
        refused: bool,
    },
    Rcpt {
        refused: bool,
    },
    Data,
    Bdat {
        len: usize,
        last: bool,
        refused: bool,
    },
    Rset,
    Noop,
    Vrfy,
    Junk,
    StartTls,
    Auth,
}

fn said() -> impl Strategy<Value = Said> {
    let refused = || proptest::bool::weighted(0.3);
    prop_oneof![
        2 => Just(Said::Ehlo),
        1 => Just(Said::Helo),
        4 => refused().prop_map(|refused| Said::Mail { refused }),
        6 => refused().prop_map(|refused| Said::Rcpt { refused }),
        3 => Just(Said::Data),
        6 => (0..9_usize, any::<bool>(), proptest::bool::weighted(0.1))
            .prop_map(|(len, last, refused)| Said::Bdat { len, last, refused }),
        1 => Just(Said::Rset),
        1 => Just(Said::Noop),
        1 => Just(Said::Vrfy),
        1 => Just(Said::Junk),
        1 => Just(Said::StartTls),
        1 => Just(Said::Auth),
    ]
}

/// What RFC 5321 sections 3.3 and 4.1.4 and RFC 3030 say about the order of commands.
#[derive(Clone, Debug, Default)]
struct Model {
    greeted: bool,
    recipients: Option<usize>,
    chunks: bool,
    text: Vec<u8>,
    codes: Vec<u16>,
    messages: usize,
}

impl Model {
    fn say(&mut self, text: &str, code: u16) {
        self.text.extend_from_slice(text.as_bytes());
        self.codes.push(code);
    }

    fn end(&mut self) {
        self.recipients = None;
        self.chunks = false;
    }

    fn hear(&mut self, said: &Said) {
        match *said {
            Said::Ehlo | Said::Helo => {
                self.greeted = true;
                self.end();
                let ehlo = matches!(said, Said::Ehlo);
                self.say(if ehlo { "EHLO a\r\n" } else { "HELO a\r\n" }, 250);
            }
            Said::Mail { refused } => {
                let code = match (self.greeted && self.recipients.is_none(), refused) {
                    (false, _) => 503,
                    (true, true) => 550,
                    (true, false) => 250,
                };
                if code == 250 {
                    self.recipients = Some(0);
                }
                let from = if refused { "no" } else { "a" };
                self.say(&format!("MAIL FROM:<{from}@a.example>\r\n"), code);
            }
            Said::Rcpt { refused } => {
                let code = match (&mut self.recipients, refused) {
                    (None, _) => 503,
                    (Some(_), _) if self.chunks => 503,
                    (Some(_), true) => 550,
                    (Some(recipients), false) => {
                        *recipients += 1;
                        250
                    }
                };
                let to = if refused { "no" } else { "b" };
                self.say(&format!("RCPT TO:<{to}@b.example>\r\n"), code);
            }
            Said::Data => match self.recipients {
                Some(1..) if !self.chunks => {
                    self.say("DATA\r\n", 354);
                    self.say("..x\r\n.\r\n", 250);
                    self.messages += 1;
                    self.end();
                }
                Some(0) => self.say("DATA\r\n", 554),
                _ => self.say("DATA\r\n", 503),
            },
            Said::Bdat { len, last, refused } => {
                let code = match self.recipients {
                    None => 503,
                    Some(0) => 554,
                    Some(_) if refused && !self.chunks => 552,
                    Some(_) => 250,
                };
                match code {
                    250 if last => {
                        self.messages += 1;
                        self.end();
                    }
                    250 => self.chunks = true,
                    552 => self.end(),
                    _ => {}
                }
                let last = if last { " LAST" } else { "" };
                // The script refuses a first chunk after this address.
                let octets = &"QUIT\r\n.\r\n"[..len];
                self.say(&format!("BDAT {len}{last}\r\n{octets}"), code);
            }
            Said::Rset => {
                self.end();
                self.say("RSET\r\n", 250);
            }
            Said::Noop => self.say("NOOP\r\n", 250),
            Said::Vrfy => self.say("VRFY a\r\n", 252),
            Said::Junk => self.say("\x01\r\n", 500),
            Said::StartTls => self.say("STARTTLS\r\n", 502),
            Said::Auth => self.say("AUTH PLAIN AAAA\r\n", if self.chunks { 503 } else { 502 }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn client_and_server(setting in setting()) {
        run(&setting);
    }

    #[test]
    fn server_and_model(commands in vec(said(), 0..40), seed: u64) {
        let mut model = Model::default();
        let mut refusals = Vec::new();
        for said in &commands {
            let open = model.chunks;
            let sendable = matches!(model.recipients, Some(1..));
            if let Said::Bdat { refused, .. } = *said && sendable && !open {
                refusals.push(refused);
            }
            model.hear(said);
        }
        let mut refusals = refusals.into_iter();
        let script = move |seen: &str| {
            let no = seen.contains(":<no@") || seen == "chunks" && refusals.next().unwrap();
            match (no, seen) {
                (false, _) => Answer::Accept,
                (true, "chunks") => reply(552, "5.3.4 No"),
                (true, _) => reply(550, "5.7.1 No"),
            }
        };
        let mut config = server::Config::smtp("mx.example");
        config.options.limits.errors = 1_000;
        let parts = vec![model.text.clone()];
        let outcome = util::server::feed(&config, script, &parts, Cut::Random(seed), false);
        prop_assert_eq!(&outcome.codes()[1..], &model.codes[..]);
        prop_assert_eq!(outcome.messages.len(), model.messages);
        prop_assert_eq!(outcome.end, Need::Input);
        prop_assert_eq!(outcome.left.len(), 0);
        let state = match model.recipients {
            _ if model.chunks => server::State::Body,
            Some(recipients) => server::State::Transaction { recipients },
            None if model.greeted => server::State::Ready,
            None => server::State::Connected,
        };
        prop_assert_eq!(outcome.state, state);
    }
}
