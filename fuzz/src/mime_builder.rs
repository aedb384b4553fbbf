//! Building: whatever goes in, what comes out is a message without defects that says the same.

use std::str::from_utf8;

use mime_codec::transfer::Transport;
use mime_codec::{Builder, DateTime, Message, Options, PartBuilder, Zone};

use crate::input::{Decisions, split};

const TRANSPORTS: [Transport; 3] = [Transport::SevenBit, Transport::EightBit, Transport::Binary];

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let date = DateTime::from_unix(1_795_160_105, Zone::UTC).expect("a date");
    let mut pieces = stream.split(|&octet| octet == 0xff).cycle();
    let mut octets = || pieces.next().unwrap_or_default();
    let mut text = || from_utf8(octets()).unwrap_or("text");
    let transport = TRANSPORTS[decisions.choose(TRANSPORTS.len())];
    let utf8 = decisions.flag();
    let mut builder = Builder::new()
        .date(date)
        .from("Alice <alice@example.org>")
        .message_id("1@example.org")
        .seed(decisions.choose(1 << 16) as u64)
        .transport(transport)
        .utf8(utf8);
    let mut expected = Expected::default();
    for _ in 0..=decisions.choose(6) {
        builder = add(builder, &mut decisions, &mut text, &mut expected);
    }
    let Ok(built) = builder.build() else {
        return;
    };
    assert_eq!(builder.build().as_ref(), Ok(&built), "not the same again");
    let mut appended = b"before".to_vec();
    builder.encode(&mut appended).expect("built before");
    assert_eq!(appended[6..], built);

    let mut options = Options::default();
    options.check_octets = transport == Transport::SevenBit && !utf8;
    let message = Message::parse_with(&built, &options);
    let shown = built.escape_ascii();
    // What was given as a message is passed on with the defects that it has.
    assert!(
        expected.message || message.defects().is_empty(),
        "{:?}: {shown}",
        message.defects()
    );
    let mut rest = &built[..];
    while let Some(end) = rest.iter().position(|&octet| octet == b'\n') {
        if transport != Transport::Binary {
            assert!(end <= 999 && rest[..end].ends_with(b"\r"), "{shown}");
        }
        rest = &rest[end + 1..];
    }
    assert!(rest.is_empty() || transport == Transport::Binary, "{shown}");
    assert!(built.is_ascii() || utf8 || transport != Transport::SevenBit, "{shown}");
    assert_eq!(message.headers().get_all("From").count(), 1, "{shown}");
    assert_eq!(message.date(), Some(date));
    if let Some(subject) = &expected.subject {
        assert_eq!(message.subject().as_deref(), Some(&**subject), "{shown}");
    }
    for (text, found) in [
        (&expected.text, message.text()),
        (&expected.html, message.html()),
    ] {
        // Other parts may be text as well, and come first.
        if let (Some(text), Some(found), false) = (text, found, expected.others) {
            assert_eq!(lines(&found), lines(text), "{shown}");
        }
    }
    let contents: Vec<_> = message.parts().map(|part| part.content()).collect();
    for file in &expected.files {
        assert!(contents.iter().any(|content| content == file), "{shown}");
    }
    if expected.alone() {
        assert_eq!(message.attachments().len(), expected.files.len(), "{shown}");
    }
}

#[derive(Debug, Default)]
struct Expected {
    subject: Option<String>,
    text: Option<String>,
    html: Option<String>,
    files: Vec<Vec<u8>>,
    /// Whether parts of other kinds were added.
    others: bool,
    /// Whether a whole message was enclosed.
    message: bool,
}

impl Expected {
    fn alone(&self) -> bool {
        !self.others && self.text.is_some()
    }
}

fn add<'a>(
    builder: Builder<'a>,
    decisions: &mut Decisions<'_>,
    text: &mut impl FnMut() -> &'a str,
    expected: &mut Expected,
) -> Builder<'a> {
    match decisions.choose(10) {
        0 => {
            let text = text();
            expected.text = Some(text.to_owned());
            builder.text(text)
        }
        1 => {
            let text = text();
            expected.html = Some(text.to_owned());
            builder.html(text)
        }
        2 => {
            let text = text();
            expected.subject = Some(text.to_owned());
            builder.subject(text)
        }
        3 => {
            let (name, file) = (text(), text());
            expected.files.push(file.as_bytes().to_vec());
            builder.attach(name, file.as_bytes())
        }
        4 => builder.to(text()),
        5 => builder.cc((text(), "bob@example.net")),
        6 => builder.header(text(), text()),
        7 => {
            expected.others = true;
            builder.inline(text(), text(), text().as_bytes())
        }
        8 => {
            expected.others = true;
            expected.message = true;
            builder.attach_part(PartBuilder::message(text().as_bytes()))
        }
        _ => {
            expected.others = true;
            let subtype = text();
            builder.body(PartBuilder::multipart(
                subtype,
                [PartBuilder::text(text()), PartBuilder::flowed(text(), false)],
            ))
        }
    }
}

/// With LF alone, with or without one at the end, and without a byte order mark, which is no
/// text (RFC 3629 section 6).
fn lines(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n");
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}
