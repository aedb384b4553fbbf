//! Input made to be expensive: twice as much of it takes no more than about twice as long, and
//! the tree of a message takes no more than 8 octets of heap for each octet, and 64 KiB.
//!
//! The time is that of the processor, the best of several runs; a shape that is worse than
//! linear is far beyond the bound at these sizes.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use mime_codec::charset::Charset;
use mime_codec::dkim::{self, Canonicalization};
use mime_codec::push::{Parser, Step};
use mime_codec::transfer::{TransferEncoding, decode};
use mime_codec::{
    AddressList, AuthResults, ContentDisposition, ContentType, DateTime, Keywords, Limits,
    ListUris, Message, MessageIdList, Received, ReplyOptions, TagList, Unstructured, base_subject,
    flowed, html, mbox, thread_references,
};
use peak_alloc::PeakAlloc;
use rustix::time::{ClockId, clock_gettime};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Octets of the smaller input. Twice of it is within the limits on one field and on parts, so
/// that no limit hides anything: what lies beyond one costs something else.
const SIZE: usize = 32_000;
/// How much longer twice the input may take.
const MOST: f64 = 2.6;

type Operation = fn(&[u8]);

/// Values of one field: a start, and what is repeated.
const VALUES: &[(&str, &str)] = &[
    ("", "=?utf-8?q?"),
    ("", "=?utf-8?q?a?= "),
    ("", "=?utf-8?b?w6k=?=\r\n "),
    ("", "=?utf-8?b?w6k=?="),
    ("", "=?iso-2022-jp?b?GyRC?= "),
    ("", "=?"),
    ("", "?="),
    ("", "=?a?q?=?"),
    ("=?utf-8?q?", "="),
    ("", "("),
    ("", "(a)"),
    ("", "()\r\n "),
    ("", "(\\"),
    ("", ")"),
    ("", "\""),
    ("", "\"a\" "),
    ("\"", "\\a"),
    ("", "a "),
    ("", "a. "),
    ("", "a.(b)"),
    ("", "a,"),
    ("", ","),
    ("", ";"),
    ("", "a:"),
    ("", "a:;"),
    ("", "<"),
    ("", "<a@b>"),
    ("", "<a@b> (c),"),
    ("", "@"),
    ("", "<@a,"),
    ("a@", "["),
    ("a@[", "\\["),
    ("a@", "[a] "),
    ("", "a@b.c, "),
    ("", "\r\n "),
    ("", " \t"),
    ("", "a\r\n\t"),
    ("text/plain", "; a=b"),
    ("text/plain", ";"),
    ("text/plain; a=", "\""),
    ("text/plain; a=", "(b)"),
    ("text/plain", "; a*1*=''%41"),
    ("attachment", "; filename*0=x"),
    ("attachment; filename=\"", "=?utf-8?q?a?= "),
    ("from a by b; ", "1 "),
    ("", "from a by b "),
    ("", "from (["),
    ("Fri, ", "1 "),
    ("1 Jan 2000 ", "(x) "),
    ("x; ", "spf=pass "),
    ("x; ", "spf=pass a.b=c; "),
    ("x; spf=", "(a)"),
    ("", "a=b; "),
    ("", "Re: "),
    ("", "[a] "),
    ("", "(fwd)"),
    ("", "Re[2]: [a]"),
    ("", "\u{e9}"),
    ("", "\u{202e}"),
];

/// Bodies of one leaf.
const BODIES: &[(&str, &str)] = &[
    ("", " "),
    ("", " \r\n"),
    ("", "=\r\n"),
    ("", "="),
    ("", "=4"),
    ("", "==\t"),
    ("", "A"),
    ("", "A="),
    ("", "!"),
    ("", "A\r\n"),
    ("", "begin 644 a\n"),
    ("begin 644 a\n", "#"),
    ("begin 644 a\n", "end\n"),
    ("", "=ybegin line=1 size=1 name=a\r\n"),
    ("=ybegin line=1 size=1 name=a\r\n", "=y"),
    ("", "+"),
    ("", "+AOk"),
    ("", "+2D3eAA-"),
    ("", "<"),
    ("", "<a"),
    ("", "<!--"),
    ("", "<a href=\""),
    ("", "<script>"),
    ("", "</"),
    ("", "&"),
    ("", "&amp"),
    ("", "&#1114112"),
    ("", "<div>"),
    ("", "<meta charset="),
    ("", "> "),
    ("", ">"),
    ("", "a \r\n"),
    ("", "-- \r\n"),
    ("", "\r"),
    ("", "\n"),
    ("", "\r\r\n"),
    ("", "\t \r\n\r\n"),
    ("", "From "),
    ("", "From a@b Fri Nov 20 09:15:27 2026\n"),
    ("", ">From \n"),
    (
        "",
        "From a@b Fri Nov 20 09:15:27 2026\nContent-Length: 9999999\n\n",
    ),
    ("", "\u{1b}$B"),
];

/// Whole messages.
const MESSAGES: &[(&str, &str)] = &[
    ("", "a: b\r\n"),
    ("", "a\r\n"),
    ("", ":\r\n"),
    ("", " \r\n"),
    ("Subject: x", "\r\n \r\n "),
    ("", "Subject: =?utf-8?q?\r\n"),
    ("", "Content-Type: multipart/mixed; boundary=a\r\n"),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--a\r\n",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--a\r\n\r\n",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--a--\r\n",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--ab\r\n",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "\r\n--",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--a\r\n\r\n\u{e9}\r\n",
    ),
    ("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a", " "),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
        "x: y\r\n",
    ),
    (
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n",
        "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n",
    ),
    (
        "Content-Type: multipart/digest; boundary=a\r\n\r\n",
        "--a\r\n\r\nx: y\r\n\r\n",
    ),
    ("", "Content-Type: message/rfc822\r\n\r\n"),
    (
        "",
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    ),
];

/// One test, since the heap of the whole process is measured.
#[test]
fn hostile_input_is_cheap() {
    a_tree_takes_eight_times_the_message();
    twice_the_input_takes_twice_as_long();
}

fn twice_the_input_takes_twice_as_long() {
    let mut slow = Vec::new();
    let mut check = |what: &str, (start, unit): (&str, &str), operation: Operation| {
        let (input, double) = (repeat(start, unit, SIZE), repeat(start, unit, 2 * SIZE));
        let ratio = ratio(&input, &double, operation);
        if ratio > MOST {
            slow.push(format!("{what} {start:?} {unit:?}: {ratio:.2}"));
        }
    };
    for &shape in VALUES {
        for (what, operation) in READERS {
            check(what, shape, *operation);
        }
    }
    for &shape in BODIES {
        for (what, operation) in DECODERS {
            check(what, shape, *operation);
        }
    }
    for &shape in MESSAGES {
        for (what, operation) in PARSERS {
            check(what, shape, *operation);
        }
    }
    for levels in [50, 1_000] {
        let message = nested(levels);
        let ratio = ratio(&message, &nested(2 * levels), parse);
        // The boundaries of twice as many levels are longer by a digit.
        if ratio > MOST {
            slow.push(format!("{levels} levels: {ratio:.2}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

fn a_tree_takes_eight_times_the_message() {
    let shapes = MESSAGES
        .iter()
        .map(|&(start, unit)| repeat(start, unit, 4 * SIZE))
        .chain([nested(50), nested(2_000)]);
    for message in shapes {
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let tree = Message::parse(&message);
        let peak = HEAP.peak_usage() - before;
        assert!(
            peak <= 8 * message.len() + 64 * 1024,
            "{peak} for {} octets: {}",
            message.len(),
            message[..80].escape_ascii()
        );
        drop(tree);
    }
}

const READERS: &[(&str, Operation)] = &[
    ("addresses", |value| {
        drop(black_box(AddressList::parse(value)));
    }),
    ("text", |value| {
        let text = Unstructured::parse(value);
        black_box(base_subject(text.as_str()));
    }),
    ("type", |value| drop(black_box(ContentType::parse(value)))),
    ("disposition", |value| {
        drop(black_box(ContentDisposition::parse(value)));
    }),
    ("date", |value| {
        let _ = black_box(DateTime::parse(value));
    }),
    ("identifiers", |value| {
        drop(black_box(MessageIdList::parse(value)));
        black_box(thread_references(Some(value), Some(value)));
    }),
    ("received", |value| drop(black_box(Received::parse(value)))),
    ("results", |value| {
        drop(black_box(AuthResults::parse(value)));
    }),
    ("tags", |value| drop(black_box(TagList::parse(value)))),
    ("lists", |value| {
        drop(black_box(Keywords::parse(value)));
        drop(black_box(ListUris::parse(value)));
    }),
    ("field", |value| {
        let field = [b"X: ", value, b"\r\n\r\n"].concat();
        black_box(Message::parse(&field).header("X").map(|x| x.text().len()));
    }),
];

const DECODERS: &[(&str, Operation)] = &[
    ("base64", |body| {
        drop(black_box(decode(&TransferEncoding::Base64, body)));
    }),
    ("quoted-printable", |body| {
        drop(black_box(decode(&TransferEncoding::QuotedPrintable, body)));
    }),
    ("uuencode", |body| {
        drop(black_box(decode(&TransferEncoding::Uuencode, body)));
    }),
    ("yEnc", |body| {
        drop(black_box(decode(&TransferEncoding::Yenc, body)));
    }),
    ("charset", |body| {
        for label in ["utf-7", "utf-8", "iso-2022-jp"] {
            let charset = Charset::for_label(label.as_bytes()).expect(label);
            drop(black_box(charset.decode(body)));
        }
    }),
    ("html", |body| {
        let text = String::from_utf8_lossy(body);
        drop(black_box(html::to_text(&text)));
        black_box(html::declared_charset(body));
    }),
    ("flowed", |body| {
        drop(black_box(flowed::paragraphs(body, true)));
    }),
    ("dkim", |body| {
        drop(black_box(dkim::body(Canonicalization::Relaxed, body)));
        drop(black_box(dkim::body(Canonicalization::Simple, body)));
    }),
    ("mbox", |body| {
        for format in [mbox::Format::Mboxrd, mbox::Format::Mboxcl2] {
            let mut reader = mbox::Reader::new(format);
            let mut rest = body;
            while let Some(event) = reader.next(&mut rest) {
                black_box(event);
            }
            while let Some(event) = reader.finish() {
                black_box(event);
            }
        }
    }),
];

const PARSERS: &[(&str, Operation)] = &[
    ("message", parse),
    ("strict", |raw| {
        drop(black_box(Message::parse_strict(
            raw,
            &mime_codec::Options::default(),
        )));
    }),
    ("views", |raw| {
        let message = Message::parse(raw);
        black_box(message.body());
        black_box(message.envelope());
        black_box(message.preview(200));
        black_box(mime_codec::imap::sections(&message).count());
        for part in message.parts() {
            black_box((part.media_type(), part.content().len(), part.disposition()));
        }
    }),
    ("segments", |raw| {
        black_box(Message::parse(raw).segments().count());
    }),
    ("edit", |raw| {
        let message = Message::parse(raw);
        let mut edit = message.edit();
        let _ = edit.to_seven_bit();
        black_box(edit.apply());
    }),
    // All fields and parts, one edit for each.
    ("strip", |raw| {
        let message = Message::parse(raw);
        let mut edit = message.edit();
        for part in message.parts().rev() {
            let _ = edit.set_header(part, "X", "y");
            for header in part.headers() {
                let _ = edit.remove_field(&header);
            }
        }
        black_box(edit.apply());
        let mut edit = message.edit();
        for part in message.parts() {
            let _ = edit.remove_part(part);
        }
        black_box(edit.apply());
    }),
    ("answer", |raw| {
        let message = Message::parse(raw);
        black_box(message.reply(&ReplyOptions::default()).draft().build()).ok();
        black_box(message.forward("").draft().build()).ok();
    }),
    // Sixteen octets at a time, what is not used is given again.
    ("trickle", |raw| {
        let mut parser = Parser::new(&Limits::default());
        let mut used = 0;
        for end in (0..=raw.len()).step_by(16).chain([raw.len()]) {
            let mut input = &raw[used..end];
            while let Step::Event(event) = parser.poll(&mut input) {
                black_box(event);
            }
            used = end - input.len();
        }
    }),
];

fn parse(raw: &[u8]) {
    drop(black_box(Message::parse(raw)));
}

fn repeat(start: &str, unit: &str, size: usize) -> Vec<u8> {
    let mut text = start.as_bytes().to_vec();
    while text.len() < size {
        text.extend_from_slice(unit.as_bytes());
    }
    text
}

/// Multiparts within each other, each with a boundary of its own and never closed.
fn nested(levels: usize) -> Vec<u8> {
    let mut text = String::new();
    for level in 0..levels {
        let _ = write!(
            text,
            "Content-Type: multipart/mixed; boundary=b{level:05}\r\n\r\n--b{level:05}\r\n"
        );
    }
    text.into_bytes()
}

/// The time for `double` by that for `input`. A bad ratio is measured again: something else
/// may have been in the way.
fn ratio(input: &[u8], double: &[u8], operation: Operation) -> f64 {
    let mut best = f64::INFINITY;
    for rounds in [3, 9, 27] {
        let once = fastest(input, operation, rounds);
        let twice = fastest(double, operation, rounds);
        // A microsecond is what the clock cannot tell.
        let ratio = twice.as_secs_f64() / (once.as_secs_f64() + 2e-6);
        best = best.min(ratio);
        if best <= MOST {
            break;
        }
    }
    best
}

fn fastest(input: &[u8], operation: Operation, rounds: usize) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
    (0..rounds)
        .map(|_| {
            let start = now();
            operation(black_box(input));
            now().saturating_sub(start)
        })
        .min()
        .unwrap_or_default()
}
