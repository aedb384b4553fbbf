//! What Python 3.11.7's email package finds in five sets of messages: structure, decoded bodies, number
//! of fields, and the values of some.
//!
//! It is another reader and not the truth: where this crate reads a message in another way,
//! `corpus-notes.md` tells why.

mod corpora;

use std::fmt::Write as _;
use std::path::Path;

use corpora::folder;
use corpora::tally::{Case, Tally};
use mime_codec::{AddressList, DispositionKind, Message, Part, PartKind};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Octets as hexadecimal digits.
fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut out, octet| {
        let _ = write!(out, "{octet:02x}");
        out
    })
}

/// Compares an entity and what is in it.
fn compare(name: &str, part: Part<'_>, theirs: &Value, tally: &mut Tally) {
    let content_type = part.content_type();
    let at = part.index();
    let mut check = |what: &str, ours: Option<String>, theirs: &Value| {
        tally.compare(
            &format!("{name} {at} {what}"),
            &ours.as_deref(),
            &theirs.as_str(),
        )
    };
    let kind = format!("{}/{}", content_type.kind(), content_type.subtype()).to_lowercase();
    check("type", Some(kind), &theirs["content_type"]);
    let charset = content_type.parameter("charset").map(str::to_lowercase);
    check("charset", charset, &theirs["charset"]);
    check("file name", part.file_name(), &theirs["filename"]);
    let disposition = part
        .disposition()
        .map(|disposition| match disposition.kind() {
            DispositionKind::Inline => "inline".to_owned(),
            DispositionKind::Attachment => "attachment".to_owned(),
            DispositionKind::Other(name) => name.to_lowercase(),
            _ => String::new(),
        });
    check("disposition", disposition, &theirs["disposition"]);
    // A multipart whose parts they do not find is a text to them.
    let is_multipart = part.kind() == PartKind::Multipart;
    if let Some(expected) = theirs.get("sha256").filter(|_| !is_multipart) {
        let content = part.content();
        let digest = hex(&Sha256::digest(&content));
        if !check("content", Some(digest), expected) {
            println!(
                "  {} octets, theirs {}",
                content.len(),
                theirs["decoded_len"]
            );
        }
    }
    // They look into everything of type message; a status report is a row of messages to them.
    if part.kind() == PartKind::Leaf {
        if theirs["children"].is_array() && !content_type.is_kind("message") {
            check(
                "children",
                None,
                &Value::from(theirs["children"].to_string()),
            );
        }
        return;
    }
    let children: Vec<Part<'_>> = part.children().collect();
    let theirs = theirs["children"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    check(
        "children",
        Some(children.len().to_string()),
        &Value::from(theirs.len().to_string()),
    );
    for (child, theirs) in children.into_iter().zip(theirs) {
        compare(name, child, theirs, tally);
    }
}

/// Entities, by their index, of which something is read in another way.
const DIFFERENT: [&str; 29] = [
    "cpython-email/msg_15.txt 0 children",
    "cpython-email/msg_15.txt 1 children",
    "cpython-email/msg_15.txt 4 type",
    "cpython-email/msg_15.txt 4 charset",
    "cpython-email/msg_15.txt 4 file name",
    "cpython-email/msg_15.txt 4 disposition",
    "cpython-email/msg_15.txt 4 content",
    "cpython-email/msg_37.txt 0 children",
    "cpython-email/msg_37.txt 2 type",
    "cpython-email/msg_37.txt 2 content",
    "cpython-email/msg_39.txt 2 children",
    "cpython-email/msg_39.txt 5 type",
    "cpython-email/msg_39.txt 5 children",
    "cpython-email/msg_39.txt 8 type",
    "cpython-email/msg_39.txt 8 children",
    "mail-parser/eml/issues/156-fallback.eml 2 content",
    "mimekit/dkim/multipart-no-end-boundary.msg 2 content",
    "mimekit/messages/feedback-report.txt fields",
    "mimekit/messages/feedback-report.txt 0 type",
    "mimekit/messages/feedback-report.txt 0 children",
    "ruby-mail/attachment_emails/attachment_message_rfc822_inline_image.eml 3 content",
    "ruby-mail/attachment_emails/attachment_nonascii_filename.eml 2 file name",
    "ruby-mail/attachment_emails/attachment_with_base64_encoded_name.eml 2 file name",
    "ruby-mail/error_emails/missing_content_disposition.eml 1 disposition",
    "ruby-mail/error_emails/multiple_invalid_content_dispositions.eml 0 disposition",
    "ruby-mail/mime_emails/raw_email4.eml 4 content",
    "ruby-mail/multi_charset/japanese_attachment.eml 2 file name",
    "ruby-mail/rfc2822/example13.eml fields",
    "ruby-mail/rfc2822/example13.eml 0 content",
];

/// Fields that are read in another way.
const FIELDS_DIFFER: &[&str] = &[
    "cpython-email/msg_43.txt from",
    "mimekit/messages/issue358.txt from",
    "mimekit/messages/stack-overflow.txt to",
    "ruby-mail/error_emails/bad_encoded_subject.eml subject",
    "ruby-mail/error_emails/missing_body.eml to",
    "ruby-mail/plain_emails/mix_caps_content_type.eml from",
    "ruby-mail/plain_emails/raw_email_multiple_from.eml from",
    "ruby-mail/plain_emails/raw_email_multiple_from.eml to",
    "ruby-mail/plain_emails/raw_email_with_at_display_name.eml to",
    "ruby-mail/rfc6532/utf8_headers.eml from",
    "ruby-mail/rfc6532/utf8_headers.eml to",
];

const FOLDERS: [&str; 5] = [
    "arf-dmarc",
    "cpython-email",
    "mail-parser/eml/issues",
    "mimekit",
    "ruby-mail",
];

fn cases(root: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in FOLDERS {
        let folder = root.join(folder);
        let Value::Object(oracle) = corpora::json(&folder.join("oracle-python.json")) else {
            panic!("no object");
        };
        cases.extend(oracle.into_iter().map(|(file, expected)| {
            let path = folder.join(file);
            Case {
                name: corpora::name(root, &path),
                bytes: corpora::read(&path),
                expected,
            }
        }));
    }
    assert_eq!(cases.len(), 215);
    cases
}

#[test]
fn structure_and_contents() {
    let Some(root) = folder() else { return };
    let mut tally = Tally::default();
    for case in cases(&root) {
        let message = Message::parse(&case.bytes);
        let fields = Value::from(message.headers().iter().count());
        tally.compare(
            &format!("{} fields", case.name),
            &fields,
            &case.expected["headers"],
        );
        let theirs = &case.expected["structure"];
        compare(&case.name, message.root(), theirs, &mut tally);
    }
    tally.demand(3276, &DIFFERENT);
}

/// Subject, From, To, Cc and Date.
#[test]
fn values() {
    let Some(root) = folder() else { return };
    let mut tally = Tally::default();
    for case in cases(&root) {
        let message = Message::parse(&case.bytes);
        let theirs = &case.expected;
        let mut check = |what: &str, ours: &str, theirs: &str| {
            tally.compare(&format!("{} {what}", case.name), ours, theirs);
        };
        if let (Some(theirs), Some(ours)) = (theirs["subject"].as_str(), message.subject()) {
            check("subject", &ours, theirs.trim());
        }
        for field in ["from", "to", "cc"] {
            if let (Some(theirs), Some(header)) = (theirs[field].as_array(), message.header(field))
            {
                let list = AddressList::parse(header.value_raw());
                let ours: Vec<String> = list.mailboxes().map(|m| m.addr().to_string()).collect();
                let theirs: Vec<&str> = theirs
                    .iter()
                    .map(|pair| pair[1].as_str().unwrap_or_default())
                    .collect();
                check(field, &ours.join(" "), &theirs.join(" "));
            }
        }
        if let (Some(theirs), Some(_)) = (theirs["date"].as_str(), message.header("date")) {
            // Years and so on; zones they cannot read are left out there.
            let ours = message.date().map_or(String::new(), |date| {
                format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                    date.year(),
                    date.month(),
                    date.day(),
                    date.hour(),
                    date.minute(),
                    date.second()
                )
            });
            check("date", &ours, theirs.get(..19).unwrap_or(theirs));
        }
    }
    tally.demand(717, FIELDS_DIFFER);
}
