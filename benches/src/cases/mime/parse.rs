//! Whole messages: "full" is parsing and decoding every leaf, text to UTF-8 and all else to
//! octets; "structure" is parsing and asking each part for its media type.

use std::hint::black_box;

use mail_parser::MessageParser;
use mailparse::{ParsedMail, parse_mail};
use mime_codec::{Message, PartKind};

use super::messages::{self, Sample};
use crate::{Case, Contender};

/// Leaves, and octets of them.
type Found = (usize, usize);

pub(super) fn cases() -> Vec<Case> {
    let samples = messages::all();
    let mut cases = Vec::new();
    for sample in &samples {
        cases.push(full(sample));
    }
    for sample in &samples {
        cases.push(structure(sample));
    }
    cases
}

fn full(sample: &Sample) -> Case {
    let expected = (sample.leaves, sample.decoded);
    let check = move |found: &Found| assert_eq!(*found, expected);
    Case::new(
        format!("full, {}", sample.name),
        sample.raw.len(),
        Contender::new("ours", sample.raw, full_ours, check),
    )
    .peer(Contender::new(
        "mail-parser",
        sample.raw,
        full_mail_parser,
        check,
    ))
    .peer(Contender::new(
        "mailparse",
        sample.raw,
        full_mailparse,
        // It puts line ends of its own at the end of text.
        move |found| assert_eq!(found.0, expected.0),
    ))
}

fn full_ours(raw: &[u8]) -> Found {
    let message = Message::parse(raw);
    let mut found = (0, 0);
    for part in message.parts() {
        if part.kind() != PartKind::Leaf {
            continue;
        }
        found.0 += 1;
        found.1 += if part.media_type().is_kind("text") {
            black_box(part.text()).len()
        } else {
            black_box(part.content()).len()
        };
    }
    found
}

fn full_mail_parser(raw: &[u8]) -> Found {
    let Some(message) = MessageParser::new().parse(raw) else {
        return (0, 0);
    };
    let mut found = (0, 0);
    for part in message.parts() {
        if part.is_multipart() {
            continue;
        }
        found.0 += 1;
        found.1 += match part.text() {
            Some(text) => black_box(text).len(),
            None => black_box(part.decoded()).len(),
        };
    }
    found
}

fn full_mailparse(raw: &[u8]) -> Found {
    fn visit(part: &ParsedMail<'_>, found: &mut Found) {
        for part in &part.subparts {
            visit(part, found);
        }
        if !part.subparts.is_empty() {
            return;
        }
        found.0 += 1;
        found.1 += if part.ctype.mimetype.starts_with("text/") {
            black_box(part.get_body()).map_or(0, |text| text.len())
        } else {
            black_box(part.get_body_raw()).map_or(0, |octets| octets.len())
        };
    }
    let mut found = (0, 0);
    if let Ok(mail) = parse_mail(raw) {
        visit(&mail, &mut found);
    }
    found
}

fn structure(sample: &Sample) -> Case {
    let expected = structure_ours(sample.raw);
    assert!(expected.0 >= sample.leaves);
    let check = move |found: &Found| assert_eq!(*found, expected);
    Case::new(
        format!("structure, {}", sample.name),
        sample.raw.len(),
        Contender::new("ours", sample.raw, structure_ours, check),
    )
    .peer(Contender::new(
        "mail-parser",
        sample.raw,
        structure_mail_parser,
        check,
    ))
    .peer(Contender::new(
        "mailparse",
        sample.raw,
        structure_mailparse,
        check,
    ))
}

/// Parts, and letters of their media types.
fn structure_ours(raw: &[u8]) -> Found {
    let message = Message::parse(raw);
    message.parts().fold((0, 0), |(parts, letters), part| {
        let found = part.media_type();
        (
            parts + 1,
            letters + found.kind().len() + found.subtype().len() + 1,
        )
    })
}

fn structure_mail_parser(raw: &[u8]) -> Found {
    let Some(message) = MessageParser::new().parse(raw) else {
        return (0, 0);
    };
    message.parts().fold((0, 0), |(parts, letters), part| {
        let found = part.content_type().map_or("text/plain".len(), |found| {
            found.ctype().len() + found.subtype().map_or(0, str::len) + 1
        });
        (parts + 1, letters + found)
    })
}

fn structure_mailparse(raw: &[u8]) -> Found {
    parse_mail(raw).map_or((0, 0), |mail| {
        mail.parts().fold((0, 0), |(parts, letters), part| {
            (parts + 1, letters + part.ctype.mimetype.len())
        })
    })
}
