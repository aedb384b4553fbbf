//! Writing messages: from strings and octets to the finished message. Date, identifier and
//! addresses are the same for all; boundaries each makes in its own way.

use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart, SinglePart};
use mail_builder::MessageBuilder;
use mime_codec::{Builder, DateTime, Message, Zone};

use super::messages;
use crate::{Case, Contender};

const DATE: u32 = 1_795_160_105;
const ID: &str = "20261120.4711@example.org";
const SUBJECT: &str = "Gr\u{fc}\u{df}e aus der K\u{fc}che";

/// What goes in.
#[derive(Clone, Copy)]
struct Input {
    text: &'static str,
    html: &'static str,
    file: &'static [u8],
}

pub(super) fn cases() -> Vec<Case> {
    let text = messages::lines(3, 700).replace("\r\n", "\n").leak();
    let small = Input {
        text,
        html: "",
        file: &[],
    };
    let html = format!("<p>{}</p>", text.replace('\n', "<br>\n")).leak();
    let large = Input {
        text,
        html,
        file: messages::octets(1 << 20).leak(),
    };
    vec![
        case("build, small text", small, 1),
        case("build, alternative and 1 MiB file", large, 3),
    ]
}

fn case(name: &str, input: Input, leaves: usize) -> Case {
    let check = move |written: &Vec<u8>| {
        let message = Message::parse(written);
        assert!(message.defects().is_empty());
        assert_eq!(message.subject().as_deref(), Some(SUBJECT));
        assert_eq!(message.date().map(|date| date.to_unix()), Some(DATE.into()));
        assert_eq!(
            message
                .text()
                .map(|text| text.replace("\r\n", "\n").trim_end().to_owned()),
            Some(input.text.to_owned())
        );
        let found = message
            .parts()
            .filter(|part| part.children().next().is_none());
        assert_eq!(found.count(), leaves);
        if let [attachment] = message.attachments()[..] {
            assert!(attachment.content() == input.file);
        } else {
            assert!(input.file.is_empty());
        }
    };
    let bytes = input.text.len() + input.html.len() + input.file.len();
    Case::new(name, bytes, Contender::new("ours", input, ours, check))
        .peer(Contender::new("mail-builder", input, mail_builder, check))
        .peer(Contender::new("lettre", input, lettre, check))
}

fn ours(input: Input) -> Vec<u8> {
    let date = DateTime::from_unix(DATE.into(), Zone::UTC).expect("a date");
    let mut message = Builder::new()
        .from(("Alice Example", "alice@example.org"))
        .to(("Bob", "bob@example.net"))
        .date(date)
        .message_id(ID)
        .subject(SUBJECT)
        .text(input.text);
    if !input.html.is_empty() {
        message = message.html(input.html).attach("file.bin", input.file);
    }
    message.build().expect("a message")
}

fn mail_builder(input: Input) -> Vec<u8> {
    let mut message = MessageBuilder::new()
        .from(("Alice Example", "alice@example.org"))
        .to(("Bob", "bob@example.net"))
        .date(i64::from(DATE))
        .message_id(ID)
        .subject(SUBJECT)
        .text_body(input.text);
    if !input.html.is_empty() {
        message = message.html_body(input.html).attachment(
            "application/octet-stream",
            "file.bin",
            input.file,
        );
    }
    message.write_to_vec().expect("a message")
}

fn lettre(input: Input) -> Vec<u8> {
    let address = |name: &str, address: &str| {
        let address = address.parse().expect("an address");
        lettre::message::Mailbox::new(Some(name.to_owned()), address)
    };
    let message = lettre::Message::builder()
        .from(address("Alice Example", "alice@example.org"))
        .to(address("Bob", "bob@example.net"))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(DATE.into()))
        .message_id(Some(format!("<{ID}>")))
        .subject(SUBJECT);
    let message = if input.html.is_empty() {
        message.singlepart(SinglePart::plain(input.text.to_owned()))
    } else {
        let octets = ContentType::parse("application/octet-stream").expect("a type");
        message.multipart(
            MultiPart::mixed()
                .multipart(MultiPart::alternative_plain_html(
                    input.text.to_owned(),
                    input.html.to_owned(),
                ))
                .singlepart(
                    Attachment::new("file.bin".to_owned()).body(input.file.to_vec(), octets),
                ),
        )
    };
    message.expect("a message").formatted()
}
