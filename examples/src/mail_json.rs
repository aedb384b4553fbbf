//! A mail message as one JSON object.

use std::fmt::Write as _;

use mime_codec::transfer::base64;
use mime_codec::{Message, Part, PartKind, imap};
use serde_json::{Value, json};

use crate::mail_text::{addresses, decoded, file_name, is_bidi_control};

/// Headers decoded; parts with type, charset, encoding, size, file name and content; defects. On one
/// line, and harmless to a terminal.
pub fn line(message: &Message<'_>) -> String {
    let text = object(message).to_string();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // What JSON need not escape, and a terminal obeys all the same; only strings have it.
        if c.is_control() || is_bidi_control(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn object(message: &Message<'_>) -> Value {
    let root = message.root();
    let list = |name: &str| -> Value {
        let header = root.header(name);
        let list = addresses(header.as_ref().map_or(&[][..], |header| header.value_raw()));
        list.mailboxes()
            .map(|mailbox| {
                let name = mailbox.name().or(mailbox.comment());
                json!({"name": name, "address": mailbox.addr().to_string()})
            })
            .collect()
    };
    let text = |name: &str| -> Value {
        let header = root.header(name);
        header.map_or(Value::Null, |header| {
            decoded(name, header.value_raw()).into()
        })
    };
    let indexes = |parts: &[Part<'_>]| parts.iter().map(Part::index).collect::<Vec<_>>();
    let body = message.body();
    json!({
        "subject": text("Subject"),
        "from": list("From"),
        "sender": list("Sender"),
        "reply_to": list("Reply-To"),
        "to": list("To"),
        "cc": list("Cc"),
        "bcc": list("Bcc"),
        "date": message.date().map(|date| json!({"text": date.to_string(), "unix": date.to_unix()})),
        "message_id": message.message_id().map(|id| id.as_str().to_owned()),
        "headers": headers(root),
        "text_body": indexes(&body.text),
        "html_body": indexes(&body.html),
        "attachments": indexes(&body.attachments),
        "parts": imap::sections(message)
            .map(|(entity, numbers)| part(entity, &numbers))
            .collect::<Value>(),
        "defects": message
            .defects()
            .iter()
            .map(|defect| json!({"offset": defect.offset, "kind": defect.kind.to_string()}))
            .collect::<Value>(),
    })
}

fn headers(part: Part<'_>) -> Value {
    let fields = part.headers().iter();
    fields
        .map(|header| json!([header.name(), decoded(header.name(), header.value_raw())]))
        .collect()
}

fn part(part: Part<'_>, section: &[u32]) -> Value {
    let content_type = part.content_type();
    let section: Vec<String> = section.iter().map(ToString::to_string).collect();
    let mut object = json!({
        "index": part.index(),
        "section": section.join("."),
        "parent": part.parent().map(|parent| parent.index()),
        "type": part.media_type().to_string().to_lowercase(),
        "charset": content_type.parameter("charset"),
        "encoding": part.transfer_encoding().to_string(),
        "file_name": file_name(part),
        "content_id": part.content_id(),
        "raw_size": part.body_raw().len(),
    });
    if part.index() > 0 {
        object["headers"] = headers(part);
    }
    if part.kind() != PartKind::Leaf {
        return object;
    }
    let (content, problems) = part.content_checked();
    object["size"] = json!(content.len());
    if problems.count() > 0 {
        object["encoding_problems"] = json!(problems.count());
    }
    if part.media_type().is_kind("text") {
        let text = part.text_checked();
        object["text"] = json!(text.text);
        if text.replaced {
            object["replaced_characters"] = json!(true);
        }
    } else {
        let mut encoded = Vec::with_capacity(base64::encoded_len(content.len()));
        base64::encode(&content, &mut encoded);
        encoded.retain(u8::is_ascii_graphic);
        object["base64"] = json!(String::from_utf8_lossy(&encoded));
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object() {
        let message = Message::parse(
            "From: a@x.example (=?utf-8?q?J=C3=B8rn?=)\nTo: =?utf-8?q?b=40evil.example=3E?=@x.example\nSubject: \u{202e}=?utf-8?q?=C2=9B?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\u{7f}\n--b\nContent-Type: a/b; name=c\n\n\x01\n--b\n",
        );
        let line = line(&message);
        assert!(
            line.bytes().all(|octet| octet >= b' ' && octet != 0x7f),
            "{line}"
        );
        assert!(!line.contains(['\u{9b}', '\u{202e}']));
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            value["from"],
            json!([{"name": "Jørn", "address": "a@x.example"}])
        );
        assert_eq!(value["subject"], "\u{202e}\u{9b}");
        // Encoded words in an address are not decoded, in whatever form it is shown.
        assert!(!value["headers"].to_string().contains("evil.example>"));
        assert_eq!(value["parts"][1]["text"], "hi\u{7f}");
        assert_eq!(value["parts"][2]["base64"], "AQ==");
        assert_eq!(value["parts"][2]["file_name"], "c");
        assert_eq!(value["parts"][2]["section"], "2");
        assert_eq!(value["attachments"], json!([2]));
        assert_eq!(
            value["defects"][0]["kind"],
            "multipart without its close delimiter"
        );
    }
}
