//! Decoding a message of 64 KiB that came in one read, lines of 78 octets: once as it mostly
//! is, once "dotty", with every 16th line beginning with a stuffed dot.

use std::hint::black_box;

use mailrs_smtp_proto::unstuff_data;
use peer_smtp_proto::request::receiver::DataReceiver;

use crate::{Case, Contender};

pub(super) fn cases() -> Vec<Case> {
    let (plain, dotty) = (Message::new(false), Message::new(true));
    vec![
        lenient("body lenient, 64 KiB plain", &plain),
        lenient("body lenient, 64 KiB dotty", &dotty),
        strict("body strict, 64 KiB plain", &plain),
        strict("body strict, 64 KiB dotty", &dotty),
    ]
}

/// End of data only at CRLF.CRLF, other CR and LF kept: what the peers do.
fn lenient(name: &str, message: &Message) -> Case {
    case(name, message)
}

/// Refusing a CR or LF that stands alone, which no peer does.
fn strict(name: &str, message: &Message) -> Case {
    Case {
        note: "the peer does not look for lone CR and LF",
        ..case(name, message)
    }
}

fn case(name: &str, message: &Message) -> Case {
    let mut out = Vec::new();
    assert!(smtp_proto(message.wire, &mut out));
    assert_eq!(out, message.decoded);
    let smtp_proto = move |wire: &'static [u8]| {
        out.clear();
        let complete = smtp_proto(wire, &mut out);
        black_box(&out);
        complete
    };
    Case::new(name, message.wire.len())
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

struct Message {
    wire: &'static [u8],
    decoded: Vec<u8>,
}

impl Message {
    fn new(dotty: bool) -> Self {
        const LINES: usize = 64 * 1024 / 78;
        let (mut wire, mut decoded) = (Vec::new(), Vec::new());
        for line in 0..LINES {
            let text: String = (b'a'..=b'z')
                .cycle()
                .skip(line % 26)
                .take(76)
                .map(char::from)
                .collect();
            if dotty && line % 16 == 15 {
                wire.extend(format!("..{}\r\n", &text[2..]).bytes());
                decoded.extend(format!(".{}\r\n", &text[2..]).bytes());
            } else {
                wire.extend(format!("{text}\r\n").bytes());
                decoded.extend(format!("{text}\r\n").bytes());
            }
        }
        wire.extend(b".\r\n");
        Self {
            wire: wire.leak(),
            decoded,
        }
    }
}
