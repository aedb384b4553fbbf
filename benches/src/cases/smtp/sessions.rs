//! Whole servers, from the octets of the commands to the octets of the replies.
//!
//! A session is open and greeted; each operation sends it the same commands and takes its
//! replies. The machines differ in what they leave to their callers, and each case does that
//! work as well: mailin and mailrs-smtp-proto want lines cut out, the latter wants the command
//! parsed and the reply written.

use std::hint::black_box;
use std::io;
use std::net::Ipv4Addr;
use std::str::from_utf8;

use mailin::{Handler, SessionBuilder};
use mailrs_smtp_proto as mailrs;
use smtp_proto::server::{Config, Event, Server, Step};
use smtp_proto::{LineEnds, Options};

use super::bodies::{Message, Shape};
use crate::{Case, Contender};

type Wire = &'static [u8];

const GREETING: &[u8] = b"EHLO client.example.org\r\n";
const NOOP: &[u8] = b"NOOP\r\n";
const MAIL: &[u8] = b"MAIL FROM:<alice@example.org>\r\n";
const ENVELOPE: &[u8] = b"MAIL FROM:<alice@example.org>\r\n\
    RCPT TO:<bob@mail.example.com>\r\n\
    RSET\r\n";

pub(super) fn cases() -> Vec<Case> {
    let noop = ours(NOOP, LineEnds::Strict, b"250 ", 1);
    let envelope = ours(ENVELOPE, LineEnds::Strict, b"250 ", 3);
    let message = Message::new(Shape::Dotty);
    let wire: &'static [u8] = [
        &b"MAIL FROM:<alice@example.org>\r\nRCPT TO:<bob@mail.example.com>\r\nDATA\r\n"[..],
        message.wire,
    ]
    .concat()
    .leak();
    let whole = |line_ends| ours(wire, line_ends, b"250 ", 4);
    vec![
        Case::new("server NOOP", NOOP.len(), noop)
            .peer(mailrs(NOOP, 1))
            .peer(mailin(NOOP, 1)),
        Case::new("server MAIL, refused with 550", MAIL.len(), refusing()),
        Case::new("server MAIL, RCPT, RSET", ENVELOPE.len(), envelope)
            .peer(mailrs(ENVELOPE, 3))
            .peer(mailin(ENVELOPE, 3)),
        Case::new(
            "server message lenient, 64 KiB dotty",
            wire.len(),
            whole(LineEnds::Lenient),
        )
        .peer(mailin(wire, 4)),
        Case::new(
            "server message strict, 64 KiB dotty",
            wire.len(),
            whole(LineEnds::Strict),
        )
        .peer(mailin(wire, 4)),
    ]
}

/// A server whose client has said EHLO.
fn greeted(line_ends: LineEnds) -> Server {
    let mut config = Config::smtp("mx.example");
    let mut options = Options::default();
    options.line_ends = line_ends;
    options.limits.idle_commands = u32::MAX;
    options.limits.errors = u32::MAX;
    config.options = options;
    let mut server = Server::new(config);
    take_all(&mut server, GREETING);
    server
}

/// Accepts everything in `wire` and takes the replies: the last one, and how many there were.
fn take_all(server: &mut Server, mut wire: &[u8]) {
    loop {
        match &server.poll(&mut wire) {
            Step::Event(Event::Body(span)) => {
                black_box(span);
            }
            Step::Event(event) => {
                if black_box(event).is_question() {
                    server.accept().expect("a question");
                }
            }
            Step::Need(_) => break,
        }
    }
    assert!(wire.is_empty());
    let output = black_box(server.output()).len();
    server.advance_output(output);
}

fn ours(wire: Wire, line_ends: LineEnds, last: &[u8], replies: usize) -> Contender {
    let mut server = greeted(line_ends);
    let mut input = wire;
    while let Step::Event(event) = server.poll(&mut input) {
        if event.is_question() {
            server.accept().expect("a question");
        }
    }
    check(server.output(), last, replies);
    server.advance_output(usize::MAX);
    let run = move |wire| take_all(&mut server, wire);
    Contender::new("ours", wire, run, |()| ())
}

/// One command, put to the application, and an answer that changes nothing.
fn refusing() -> Contender {
    let mut server = greeted(LineEnds::Strict);
    let run = move |mut wire| {
        let Step::Event(Event::Mail(mail)) = server.poll(&mut wire) else {
            return false;
        };
        black_box(&mail);
        let refused = server.reply(550, "5.7.1 Not from you").is_ok();
        let output = black_box(server.output()).len();
        server.advance_output(output);
        refused
    };
    Contender::new("ours", MAIL, run, |&refused| assert!(refused))
}

/// Asserts that `output` is that many replies, of which the last one starts with `last`.
fn check(output: &[u8], last: &[u8], replies: usize) {
    let lines: Vec<_> = output.split_inclusive(|&octet| octet == b'\n').collect();
    assert_eq!(lines.len(), replies);
    assert!(lines.last().is_some_and(|line| line.starts_with(last)));
}

/// The lines of `wire`, each with its line end.
fn lines(wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    wire.split_inclusive(|&octet| octet == b'\n')
}

fn mailrs(wire: Wire, replies: usize) -> Contender {
    let mut session = mailrs::Session::new("mx.example", mailrs::SessionConfig::default());
    let mut out = Vec::new();
    let mut run = move |wire| {
        out.clear();
        let mut positive = 0;
        for line in lines(wire) {
            let line = line.strip_suffix(b"\r\n")?;
            let command = mailrs::parse_command(from_utf8(line).ok()?).ok()?;
            let mailrs::Event::Reply(reply) = session.handle_command(&command) else {
                return None;
            };
            positive += usize::from(reply.code == 250);
            out.extend_from_slice(reply.format().as_bytes());
        }
        black_box(&out);
        Some(positive)
    };
    assert_eq!(run(GREETING), Some(1));
    Contender::new("mailrs-smtp-proto", wire, run, move |&positive| {
        assert_eq!(positive, Some(replies));
    })
}

/// Takes every message and looks at its octets.
struct Sink;

impl Handler for Sink {
    fn data(&mut self, octets: &[u8]) -> io::Result<()> {
        black_box(octets);
        Ok(())
    }
}

fn mailin(wire: Wire, replies: usize) -> Contender {
    let mut session = SessionBuilder::new("mx.example").build(Ipv4Addr::LOCALHOST.into(), Sink);
    let mut out = Vec::new();
    let mut run = move |wire| {
        out.clear();
        let mut positive = 0;
        for line in lines(wire) {
            // What answers a line of the message is empty.
            let reply = session.process(line);
            positive += usize::from(matches!(reply.code, 250 | 354));
            reply.write_to(&mut out).expect("a buffer takes all");
        }
        black_box(&out);
        positive
    };
    assert_eq!(run(GREETING), 1);
    Contender::new("mailin", wire, run, move |&positive| {
        assert_eq!(positive, replies);
    })
}
