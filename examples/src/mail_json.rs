//! A mail message as one JSON object.

use mime_codec::transfer::base64;
use mime_codec::{AddressList, Message, Part, PartKind, Unstructured, imap};
use serde_json::{Value, json};

/// Headers decoded; parts with type, charset, encoding, size, file name and content; defects.
pub fn message(message: &Message<'_>) -> Value {
    let list = |list: AddressList<'_>| -> Value {
        list.mailboxes()
            .map(|mailbox| json!({"name": mailbox.name(), "address": mailbox.addr().to_string()}))
            .collect()
    };
    let indexes = |parts: &[Part<'_>]| parts.iter().map(Part::index).collect::<Vec<_>>();
    let body = message.body();
    json!({
        "subject": message.subject(),
        "from": list(message.from()),
        "to": list(message.to()),
        "cc": list(message.cc()),
        "date": message.date().map(|date| json!({"text": date.to_string(), "unix": date.to_unix()})),
        "message_id": message.message_id().map(|id| id.as_str().to_owned()),
        "headers": headers(message.root()),
        "text_body": indexes(&body.text),
        "html_body": indexes(&body.html),
        "attachments": indexes(&body.attachments),
        "parts": message.parts().map(part).collect::<Value>(),
        "defects": message
            .defects()
            .iter()
            .map(|defect| json!({"offset": defect.offset, "kind": defect.kind.to_string()}))
            .collect::<Value>(),
    })
}

fn headers(part: Part<'_>) -> Value {
    part.headers()
        .iter()
        .map(|header| {
            json!([
                header.name(),
                Unstructured::parse(header.value_raw()).as_str()
            ])
        })
        .collect()
}

fn part(part: Part<'_>) -> Value {
    let content_type = part.content_type();
    let section: Vec<String> = imap::section(part)
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut object = json!({
        "index": part.index(),
        "section": section.join("."),
        "parent": part.parent().map(|parent| parent.index()),
        "type": part.media_type().to_string().to_lowercase(),
        "charset": content_type.parameter("charset"),
        "encoding": part.transfer_encoding().to_string(),
        "file_name": part.file_name(),
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
