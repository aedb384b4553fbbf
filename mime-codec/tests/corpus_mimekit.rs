//! What MimeKit and GMime find in mbox files: places of messages, header sections and parts, octets,
//! lines, and summaries; messages that MimeKit cuts into pieces.
//!
//! Where this crate reads a file in another way, `corpus-notes.md` tells why.

mod corpora;

use std::path::Path;

use mime_codec::mbox::Format;
use mime_codec::{AddressList, DateTime, Message, Part, PartKind, imap};
use serde_json::{Value, json};

/// An entity in the words of MimeKit's files. `at` is where the message starts in the file.
fn entity(part: Part<'_>, at: usize, file: &[u8]) -> Value {
    let body = part.body_range();
    let begin = at + part.header_range().start;
    let lines = file[..begin].split(|&octet| octet == b'\n').count();
    let mut object = json!({
        "lineNumber": lines,
        "beginOffset": begin,
        "headersEndOffset": at + body.start,
        "endOffset": at + body.end,
        "octets": imap::BodyPart::new(part).octets(),
        "lines": part.body_lines(),
        "mimeType": part.media_type().to_string(),
    });
    let children = part.children();
    match part.kind() {
        PartKind::Multipart => {
            object["children"] = children.map(|child| entity(child, at, file)).collect();
        }
        PartKind::Message => {
            for child in children {
                object["message"] = message(child, at, file);
            }
        }
        PartKind::Leaf => {}
    }
    object
}

/// A message has its body as an entity of its own there.
fn message(root: Part<'_>, at: usize, file: &[u8]) -> Value {
    let body = entity(root, at, file);
    let mut object = body.clone();
    let fields = object.as_object_mut().unwrap();
    fields.retain(|key, _| !["mimeType", "lines", "children", "message"].contains(&key.as_str()));
    object["body"] = body;
    object
}

/// Where two trees differ; counts the leaves that are alike.
fn differences(at: &str, ours: &Value, theirs: &Value, alike: &mut usize, found: &mut Vec<String>) {
    let keys = |value: &Value| -> Vec<String> {
        match value {
            Value::Object(fields) => fields.keys().cloned().collect(),
            Value::Array(items) => (0..items.len()).map(|i| i.to_string()).collect(),
            _ => Vec::new(),
        }
    };
    let get = |value: &Value, key: &str| match value {
        Value::Array(items) => key.parse().ok().and_then(|i: usize| items.get(i).cloned()),
        _ => value.get(key).cloned(),
    };
    if ours.is_array() != theirs.is_array() || ours.is_object() != theirs.is_object() {
        found.push(format!("{at}: {ours:.50}, theirs {theirs:.50}"));
    } else if keys(ours).is_empty() && keys(theirs).is_empty() {
        if ours == theirs {
            *alike += 1;
        } else {
            found.push(format!("{at}: {ours}, theirs {theirs}"));
        }
    } else {
        let mut all = keys(ours);
        all.extend(keys(theirs));
        all.sort();
        all.dedup();
        for key in all {
            let pair = (
                get(ours, &key).unwrap_or_default(),
                get(theirs, &key).unwrap_or_default(),
            );
            differences(&format!("{at}.{key}"), &pair.0, &pair.1, alike, found);
        }
    }
}

/// Entities whose places are others.
const OFFSETS_DIFFER: [&str; 17] = [
    "content-length.dos.0",
    "content-length.dos.1",
    "content-length.dos.11",
    "content-length.dos.14",
    "content-length.dos.18",
    "content-length.dos.2",
    "content-length.dos.20",
    "content-length.dos.26",
    "content-length.dos.8",
    "content-length.dos.9",
    "content-length.unix.0",
    "content-length.unix.1",
    "content-length.unix.2",
    "issue1189.dos.1.body.children.0",
    "issue1189.dos.1.body.children.1",
    "issue1189.unix.1.body.children.0",
    "issue1189.unix.1.body.children.1",
];

#[test]
fn offsets() {
    let Some(folder) = corpora::folder() else {
        return;
    };
    let folder = folder.join("mimekit/mbox");
    let mut alike = 0;
    let mut different = Vec::new();
    for (name, format) in [
        ("content-length", Format::Mboxcl2),
        ("issue1189", Format::Mboxrd),
    ] {
        let unix = corpora::unix(&corpora::read(&folder.join(format!("{name}.mbox.txt"))));
        for (style, file) in [("unix", unix.clone()), ("dos", corpora::dos(&unix))] {
            let ours: Value = corpora::mbox(format, &file, usize::MAX)
                .into_iter()
                .map(|(marker, start, octets)| {
                    let mut object = message(Message::parse(&octets).root(), start, &file);
                    object["mboxMarkerOffset"] = json!(marker);
                    object
                })
                .collect();
            let theirs = corpora::json(&folder.join(format!("{name}.{style}-offsets.json")));
            let at = format!("{name}.{style}");
            differences(&at, &ours, &theirs, &mut alike, &mut different);
        }
    }
    for line in &different {
        println!("{line}");
    }
    assert_eq!((alike, different.len()), (2150, 62));
    // The message, and the part of it, without the item.
    let mut places: Vec<&str> = different
        .iter()
        .map(|line| {
            let (place, _) = line.split_once(": ").unwrap();
            let (place, _) = place.rsplit_once('.').unwrap();
            place.strip_suffix(".body").unwrap_or(place)
        })
        .collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places, OFFSETS_DIFFER);
}

/// The lines of a summary of an mbox file, without those that tell places.
fn summary(file: &[u8], format: Format) -> Vec<String> {
    let mut lines = Vec::new();
    for (marker, start, octets) in corpora::mbox(format, file, usize::MAX) {
        let separator = String::from_utf8_lossy(&file[marker..start]);
        lines.push(separator.trim_end().to_owned());
        let message = Message::parse(&octets);
        for name in ["From", "To"] {
            if let Some(header) = message.header(name) {
                let list = addresses(header.value_raw());
                lines.extend((!list.is_empty()).then(|| format!("{name}: {list}")));
            }
        }
        if let Some(subject) = message.subject() {
            lines.push(format!("Subject: {subject}"));
        }
        if let Some(date) = message.date() {
            lines.push(format!("Date: {date}"));
        }
        for part in message.parts() {
            let indent = "   ".repeat(part.depth());
            let kind = part.media_type().to_string().to_lowercase();
            lines.push(format!("{indent}Content-Type: {kind}"));
        }
        lines.push(String::new());
    }
    lines
}

/// Addresses without what a writer may do in one way or another.
fn addresses(value: &[u8]) -> String {
    let list = AddressList::parse(value);
    let one = |mailbox: &mime_codec::Mailbox<'_>| {
        let name = mailbox.name().or(mailbox.comment()).unwrap_or_default();
        format!("{name} <{}>", mailbox.addr())
    };
    list.mailboxes().map(one).collect::<Vec<_>>().join(", ")
}

/// Their summary in the same form.
fn their_summary(path: &Path) -> Vec<String> {
    let text = String::from_utf8(corpora::unix(&corpora::read(path))).unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        match line.split_once(": ") {
            Some((name @ ("From" | "To"), value)) => {
                let list = addresses(value.as_bytes());
                lines.extend((!list.is_empty()).then(|| format!("{name}: {list}")));
            }
            Some(("Date", value)) => {
                lines.push(format!(
                    "Date: {}",
                    DateTime::parse(value.as_bytes()).unwrap()
                ));
            }
            Some((indent, kind)) if indent.trim() == "Content-Type" => {
                lines.push(format!("{indent}: {}", kind.to_lowercase()));
            }
            Some(("message offsets" | "header offsets", _)) => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[test]
fn summaries() {
    let Some(root) = corpora::folder() else {
        return;
    };
    let mut compared = 0;
    let mut different = Vec::new();
    for (file, theirs, format) in [
        (
            "mimekit/mbox/content-length.mbox.txt",
            "mimekit/mbox/content-length-summary.txt",
            Format::Mboxcl2,
        ),
        (
            "mimekit/mbox/issue1189.mbox.txt",
            "mimekit/mbox/issue1189-summary.txt",
            Format::Mboxrd,
        ),
        (
            "gmime/mbox/input/substring.mbox",
            "gmime/mbox/output/substring.mbox",
            Format::Mboxrd,
        ),
    ] {
        let ours = summary(&corpora::read(&root.join(file)), format);
        let mut theirs = their_summary(&root.join(theirs));
        compared += theirs.len();
        for line in ours {
            match theirs.iter().position(|other| *other == line) {
                Some(at) => drop(theirs.remove(at)),
                None => different.push(format!("ours {line}")),
            }
        }
        different.extend(theirs.into_iter().map(|line| format!("theirs {line}")));
    }
    assert_eq!(compared, 345);
    assert_eq!(
        different,
        [
            "ours Date: Tue, 28 May 1996 12:24:23 -0600",
            "theirs From:  <develop!nextmime@ebony>",
            "theirs Date: Tue, 28 May 1996 12:24:23 +0000",
            "theirs    Content-Type: multipart/mixed",
            "theirs       Content-Type: multipart/mixed",
            "theirs          Content-Type: text/plain",
        ]
    );
}

/// GMime tells where messages and header sections start and end.
#[test]
fn gmime_offsets() {
    let Some(root) = corpora::folder() else {
        return;
    };
    let file = corpora::read(&root.join("gmime/mbox/input/substring.mbox"));
    let expected = corpora::read(&root.join("gmime/mbox/output/substring.mbox"));
    let expected = String::from_utf8(expected).unwrap();
    let numbers = |name: &str| -> Vec<usize> {
        let values = expected.lines().filter_map(|line| line.strip_prefix(name));
        values
            .flat_map(|pair| pair.split(", ").map(|number| number.parse().unwrap()))
            .collect()
    };
    let mut headers = Vec::new();
    let mut messages = Vec::new();
    for (marker, start, octets) in corpora::mbox(Format::Mboxrd, &file, usize::MAX) {
        let header = Message::parse(&octets).root().header_range();
        headers.extend([start + header.start, start + header.end]);
        messages.extend([marker, start + octets.len()]);
    }
    assert_eq!(headers, numbers("header offsets: "));
    assert_eq!(messages, numbers("message offsets: "));
}

/// The pieces of a message/partial carry a message: RFC 2046 section 5.2.2.
#[test]
fn partial_messages() {
    let Some(root) = corpora::folder() else {
        return;
    };
    let folder = root.join("mimekit/partial");
    let mut leaves = 0;
    for (name, pieces) in [("rfc2046", 2), ("message-partial", 3)] {
        let mut joined = Vec::new();
        for number in 0..pieces {
            let piece = corpora::read(&folder.join(format!("{name}.{number}.eml")));
            let piece = Message::parse(&piece);
            let content_type = piece.root().content_type();
            assert!(content_type.is("message", "partial"));
            assert_eq!(
                content_type.parameter("number"),
                Some((number + 1).to_string().as_str())
            );
            assert_eq!(
                content_type.parameter("total"),
                Some(pieces.to_string().as_str())
            );
            joined.extend_from_slice(piece.root().body_raw());
        }
        let whole = corpora::read(&folder.join(format!("{name}.eml")));
        let (whole, joined) = (Message::parse(&whole), Message::parse(&joined));
        assert_eq!(whole.parts().len(), joined.parts().len());
        for (ours, theirs) in joined.parts().zip(whole.parts()) {
            assert_eq!(ours.kind(), theirs.kind());
            assert_eq!(ours.content_type(), theirs.content_type());
            if ours.kind() == PartKind::Leaf {
                assert!(ours.content() == theirs.content(), "{name}");
                leaves += 1;
            }
        }
    }
    assert_eq!(leaves, 3);
}
