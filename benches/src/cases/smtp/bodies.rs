//! Decoding a message of 64 KiB that came in one read, lines of 78 octets: "plain" without any
//! dot, as base64 is; "prose" with a dot within each line; "dotty" with every 16th line
//! beginning with a stuffed dot.
//!
//! Ours lends the parts of the input that are the message, so nothing is copied; the peers
//! append to a buffer, which is warm and reused where they let it be. In the cases "into a
//! Vec" ours appends to such a buffer as well.

use std::hint::black_box;

use mailrs_smtp_proto::unstuff_data;
use peer_smtp_proto::request::receiver::DataReceiver;
use smtp_proto::{DataDecoder, DataStep, LineEnds};

use crate::{Case, Contender};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (shape, message) in [
        ("plain", &Message::new(Shape::Plain)),
        ("prose", &Message::new(Shape::Prose)),
        ("dotty", &Message::new(Shape::Dotty)),
    ] {
        for (mode, line_ends, note) in [
            ("lenient", LineEnds::Lenient, ""),
            (
                "strict",
                LineEnds::Strict,
                "the peer does not look for lone CR and LF",
            ),
        ] {
            cases.push(Case {
                note,
                ..case(
                    format!("body {mode}, 64 KiB {shape}"),
                    message,
                    lending(message, line_ends),
                )
            });
            cases.push(Case {
                note,
                ..case(
                    format!("body {mode} into a Vec, 64 KiB {shape}"),
                    message,
                    copying(message, line_ends),
                )
            });
        }
    }
    cases
}

/// Ours, each span looked at and forgotten.
fn lending(message: &Message, line_ends: LineEnds) -> Contender {
    let mut out = Vec::new();
    assert!(decode(message.wire, line_ends, |span| {
        out.extend_from_slice(span);
    }));
    assert_eq!(out, message.decoded);
    let decode = move |wire: &'static [u8]| {
        decode(wire, line_ends, |span| {
            black_box(span);
        })
    };
    Contender::new("ours", message.wire, decode, |&complete| assert!(complete))
}

/// Ours, each span appended to a buffer.
fn copying(message: &Message, line_ends: LineEnds) -> Contender {
    let mut out = Vec::new();
    let decode = move |wire: &'static [u8]| {
        out.clear();
        let complete = decode(wire, line_ends, |span| out.extend_from_slice(span));
        black_box(&out);
        complete
    };
    Contender::new("ours", message.wire, decode, |&complete| assert!(complete))
}

/// Whether `wire` holds a whole message, which goes to `take`.
fn decode(mut wire: &[u8], line_ends: LineEnds, mut take: impl FnMut(&[u8])) -> bool {
    let mut decoder = DataDecoder::new(line_ends);
    loop {
        match decoder.poll(&mut wire) {
            DataStep::Span(span) => take(span),
            step => break step == DataStep::End,
        }
    }
}

fn case(name: String, message: &Message, ours: Contender) -> Case {
    let mut out = Vec::new();
    assert!(smtp_proto(message.wire, &mut out));
    assert_eq!(out, message.decoded);
    let smtp_proto = move |wire: &'static [u8]| {
        out.clear();
        let complete = smtp_proto(wire, &mut out);
        black_box(&out);
        complete
    };
    Case::new(name, message.wire.len(), ours)
        .peer(Contender::new(
            "smtp-proto",
            message.wire,
            smtp_proto,
            |complete| {
                assert!(complete);
            },
        ))
        .peer(Contender::new(
            "mailrs-smtp-proto",
            message.wire,
            unstuff_data,
            |decoded| {
                assert_eq!(*decoded, message.decoded);
            },
        ))
}

fn smtp_proto(wire: &[u8], out: &mut Vec<u8>) -> bool {
    DataReceiver::new().ingest(&mut wire.iter(), out)
}

/// Where dots are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    Prose,
    Dotty,
}

pub(super) struct Message {
    /// As it is sent, with its end of data.
    pub(super) wire: &'static [u8],
    pub(super) decoded: Vec<u8>,
}

impl Message {
    pub(super) fn new(shape: Shape) -> Self {
        const LINES: usize = 64 * 1024 / 78;
        let (mut wire, mut decoded) = (Vec::new(), Vec::new());
        for line in 0..LINES {
            let mut text: String = (b'a'..=b'z')
                .cycle()
                .skip(line % 26)
                .take(76)
                .map(char::from)
                .collect();
            let stuffed = shape == Shape::Dotty && line % 16 == 15;
            if stuffed {
                text.replace_range(..2, ".");
                wire.push(b'.');
            } else if shape == Shape::Prose {
                let at = 1 + line * 7 % 75;
                text.replace_range(at..=at, ".");
            }
            for out in [&mut wire, &mut decoded] {
                out.extend(text.bytes().chain(*b"\r\n"));
            }
        }
        wire.extend(b".\r\n");
        Self {
            wire: wire.leak(),
            decoded,
        }
    }
}
