//! Sessions of other programs, recorded on loopback, replayed on both machines in the recorded
//! pieces and in others, from the folder that `CORPUS_DIR` names.

mod util;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use smtp_proto::client::{self, Client, Event, State, Transfer, Verb};
use smtp_proto::{
    Command, DataDecoder, DataStep, Extension, HeloName, LineEnds, Need, Protocol, server,
};
use util::client::Moment;
use util::server::yes;
use util::{Cut, Drive as _, cuts};

/// What each side of a connection said, in the recorded pieces.
#[derive(Debug, Default)]
struct Recording {
    client: Vec<Vec<u8>>,
    server: Vec<Vec<u8>>,
}

/// The recordings by file and connection; none without the folder.
fn recordings() -> BTreeMap<(String, u64), Recording> {
    let mut recordings: BTreeMap<_, Recording> = BTreeMap::new();
    let Some(folder) = env::var_os("CORPUS_DIR") else {
        println!("skipped: CORPUS_DIR is not set");
        return recordings;
    };
    let folder = PathBuf::from(folder).join("smtp/recorded");
    for file in fs::read_dir(&folder).expect("CORPUS_DIR has smtp/recorded") {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let octets = value["data"].as_str().unwrap().chars();
            let octets = octets
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect();
            let key = (name.clone(), value["conn"].as_u64().unwrap());
            let recording = recordings.entry(key).or_default();
            if value["from"] == "C" {
                recording.client.push(octets);
            } else {
                recording.server.push(octets);
            }
        }
    }
    recordings
}

/// What a client did: its commands, and the messages behind DATA.
#[derive(Clone, Debug)]
enum Act {
    Say(Box<Command<'static>>),
    Send(Vec<u8>),
}

fn acts(stream: &[u8]) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut rest = stream;
    while let Some((command, used)) = Command::parse_prefix(rest).unwrap() {
        let data = matches!(command, Command::Data);
        acts.push(Act::Say(Box::new(command.into_owned())));
        rest = &rest[used..];
        if data {
            let mut decoder = DataDecoder::new(LineEnds::Strict);
            let mut message = Vec::new();
            while let DataStep::Span(span) = decoder.poll(&mut rest) {
                message.extend_from_slice(span);
            }
            acts.push(Act::Send(message));
        }
    }
    assert!(rest.is_empty());
    acts
}

fn protocol(acts: &[Act]) -> Protocol {
    match &acts[0] {
        Act::Say(command) if matches!(**command, Command::Lhlo(_)) => Protocol::Lmtp,
        _ => Protocol::Smtp,
    }
}

#[test]
fn on_the_server() {
    for ((name, _), recording) in recordings() {
        let stream = recording.client.concat();
        let acts = acts(&stream);
        let mut config = server::Config::smtp("mx.example");
        config.protocol = protocol(&acts);
        config.options.clear_text_auth = true;
        config.capabilities.auth = "PLAIN LOGIN".into();
        config.capabilities.extensions.insert(Extension::Dsn);
        let parts = vec![stream];
        let whole = util::server::feed(&config, yes(), &parts, Cut::Whole, true);
        assert_eq!(whole.end, Need::Close(Ok(())), "{name}");
        assert_eq!(whole.count("invalid") + whole.count("unknown"), 0, "{name}");
        let sent = acts.iter().filter_map(|act| match act {
            Act::Send(message) => Some(message),
            Act::Say(_) => None,
        });
        assert!(whole.messages.iter().eq(sent), "{name}");
        let mut driver = util::server::Driver::new(&config, yes());
        for piece in &recording.client {
            let _ = driver.feed(piece);
        }
        assert_eq!(driver.log, whole.log, "{name}");
        assert_eq!(driver.output, whole.output);
        for cut in cuts(&parts) {
            let outcome = util::server::feed(&config, yes(), &parts, cut, true);
            assert_eq!(outcome, whole, "{name} {cut:?}");
        }
    }
}

/// Does again what a client did.
fn again(acts: Vec<Act>) -> impl util::client::Script {
    let mut acts = acts.into_iter().peekable();
    move |moment: &Moment<'_>, client: &mut Client| {
        let go_on = match moment {
            Moment::Event(Event::Ready | Event::Reply { to: Verb::Auth, .. }) => true,
            Moment::Body => {
                let Some(Act::Send(message)) = acts.next() else {
                    panic!("no message is due");
                };
                for piece in message.chunks(1_000) {
                    let _ = client.write_body(piece).unwrap();
                }
                client.finish_body();
                true
            }
            _ => false,
        };
        while go_on && client.state() != State::Authenticating {
            let Some(Act::Say(command)) = acts.next_if(|act| matches!(act, Act::Say(_))) else {
                break;
            };
            match *command {
                Command::Ehlo(_) | Command::Helo(_) | Command::Lhlo(_) => {}
                Command::Mail(mail) => client.mail_from(mail).unwrap(),
                Command::Rcpt(rcpt) => drop(client.rcpt_to(rcpt).unwrap()),
                Command::Data => client.data(Transfer::Data).unwrap(),
                Command::Rset => client.rset().unwrap(),
                Command::Quit => client.quit().unwrap(),
                Command::Auth(auth) => {
                    let initial = auth.initial_response.map(|text| text.decode());
                    client
                        .auth(auth.mechanism.as_str(), initial.as_deref())
                        .unwrap();
                }
                command => client.command(&command).unwrap(),
            }
        }
        Vec::new()
    }
}

#[test]
fn on_the_client() {
    for ((name, _), recording) in recordings() {
        let acts = acts(&recording.client.concat());
        let mut config = client::Config::smtp(HeloName::new("client.example").unwrap());
        config.protocol = protocol(&acts);
        config.helo_only =
            matches!(&acts[0], Act::Say(command) if matches!(**command, Command::Helo(_)));
        config.options.clear_text_auth = true;
        let messages = acts
            .iter()
            .filter(|act| matches!(act, Act::Send(_)))
            .count();
        let parts = vec![recording.server.concat()];
        let script = || again(acts.clone());
        let whole = util::client::feed(&config, script(), &parts, Cut::Bytes, true);
        assert_eq!(whole.end, Need::Close(Ok(())), "{name} {:?}", whole.log);
        assert!(whole.count("Message") >= messages, "{name}");
        let mut driver = util::client::Driver::new(&config, script());
        for piece in &recording.server {
            let _ = driver.feed(piece);
        }
        assert_eq!(driver.log, whole.log, "{name}");
        assert_eq!(driver.output, whole.output, "{name}");
        for cut in cuts(&parts) {
            let outcome = util::client::feed(&config, script(), &parts, cut, true);
            assert_eq!(
                (&outcome.log, &outcome.output),
                (&whole.log, &whole.output),
                "{name} {cut:?}"
            );
        }
    }
}
