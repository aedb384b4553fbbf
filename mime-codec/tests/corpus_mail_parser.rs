//! Messages as mail-parser 1.0.1 reads them, with LF and with CRLF: structure, roles, fields, contents.
//!
//! Where this crate reads a message in another way, `corpus-notes.md` tells why.

mod corpora;

use std::path::Path;

use base64::Engine as _;
use corpora::folder;
use corpora::tally::{Case, Tally};
use mime_codec::{
    Address, AddressList, ContentDisposition, ContentType, DateTime, DispositionKind, Header,
    Keywords, Mailbox, Message, MessageId, MessageIdList, Parameter, Parameters, Part,
    Unstructured,
};
use serde_json::{Value, json};

/// Where they read the structure of something malformed otherwise.
const STRUCTURE_DIFFERS: [&str; 11] = [
    "legacy/049",
    "malformed/000",
    "malformed/004",
    "malformed/007",
    "malformed/013",
    "malformed/014",
    "malformed/019",
    "malformed/020",
    "malformed/021",
    "malformed/022",
    "malformed/023",
];

/// Where they read a field otherwise.
const FIELDS_DIFFER: [&str; 6] = [
    "rfc/000 From",
    "rfc/000 To",
    "rfc/001 From",
    "rfc/001 To",
    "rfc/004 From",
    "rfc/004 To",
];

/// Where they do not decode a body, or give up on its octets.
const CONTENTS_DIFFER: [&str; 4] = ["legacy/017", "legacy/026", "legacy/048", "legacy/052"];

impl Case {
    fn array(&self, key: &str) -> &[Value] {
        self.expected[key].as_array().unwrap()
    }

    /// Their parts that stand in the message as they are, in their order; others were decoded first.
    fn parts(&self) -> Vec<&Value> {
        let messages = self.array("messages");
        let raw: Vec<&Value> = messages
            .iter()
            .filter(|message| message["source"] == "raw")
            .map(|message| &message["id"])
            .collect();
        self.array("parts")
            .iter()
            .filter(|part| raw.contains(&&part["message"]))
            .collect()
    }

    fn stem(&self) -> &str {
        self.name.strip_suffix(".crlf").unwrap_or(&self.name)
    }

    /// Whether the structure is read in the same way.
    fn is_alike(&self) -> bool {
        !STRUCTURE_DIFFERS.contains(&self.stem())
    }
}

/// Folder and number are the name, with `.crlf` for that form.
fn cases(folder: &Path) -> Vec<Case> {
    let folder = folder.join("mail-parser/eml");
    let mut cases = Vec::new();
    for path in corpora::files_of(&folder, "json") {
        let name = corpora::name(&folder, &path.with_extension(""));
        if name.ends_with("oracle-python") {
            continue;
        }
        let (stem, crlf) = match name.strip_suffix(".crlf") {
            Some(stem) => (stem, true),
            None => (name.as_str(), false),
        };
        // Their offsets count in the file with LF, or CRLF, throughout.
        let bytes = corpora::unix(&corpora::read(&folder.join(format!("{stem}.eml"))));
        cases.push(Case {
            bytes: if crlf { corpora::dos(&bytes) } else { bytes },
            expected: corpora::json(&path),
            name,
        });
    }
    assert_eq!(cases.len(), 176);
    cases
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

#[test]
fn structure() {
    let Some(folder) = folder() else { return };
    let mut tally = Tally::default();
    for case in cases(&folder) {
        let theirs: Vec<_> = case
            .parts()
            .iter()
            .map(|part| {
                let at = |key: &str| number(&part[key]);
                (at("offset_header"), at("offset_body"), at("offset_end"))
            })
            .collect();
        let message = Message::parse(&case.bytes);
        let ours: Vec<_> = message
            .parts()
            .map(|part| {
                let body = part.body_range();
                (part.header_range().start, body.start, body.end)
            })
            .collect();
        if !tally.compare_all(case.stem(), &ours, &theirs) {
            println!("  {:?}", message.defects());
            continue;
        }
        let body = message.body();
        let places = |parts: &[Part<'_>]| parts.iter().map(Part::index).collect::<Value>();
        let theirs = &case.expected["messages"][0];
        for (list, parts) in [
            ("text_body", &body.text),
            ("html_body", &body.html),
            ("attachments", &body.attachments),
        ] {
            assert_eq!(places(parts), theirs[list], "{} {list}", case.name);
        }
    }
    tally.demand(644, &STRUCTURE_DIFFERS);
}

/// Name with the comment, and address.
fn mailbox(mailbox: &Mailbox<'_>) -> Value {
    let name = match (mailbox.name(), mailbox.comment()) {
        (Some(name), Some(comment)) => Some(format!("{name} ({comment})")),
        (name, comment) => name.or(comment).map(str::to_owned),
    };
    json!({"name": name, "address": mailbox.addr().to_string()})
}

fn parameters(list: &Parameters<'_>) -> Value {
    let pair =
        |parameter: &Parameter<'_>| json!([parameter.name().to_lowercase(), parameter.value()]);
    list.iter().map(pair).collect()
}

/// The value of a field in the form that the expectation has.
fn value(header: &Header<'_>, form: &str) -> Value {
    let raw = header.value_raw();
    match form {
        "text" => Unstructured::parse(raw).as_str().into(),
        "address" => AddressList::parse(raw)
            .addresses()
            .iter()
            .map(|address| match address {
                Address::Mailbox(one) => json!({"mailbox": mailbox(one)}),
                Address::Group(group) => {
                    let members: Value = group.mailboxes().iter().map(mailbox).collect();
                    json!({"group": {"name": group.name(), "mailboxes": members}})
                }
                Address::Invalid(text) => json!({"mailbox": {"name": text, "address": null}}),
                _ => Value::Null,
            })
            .collect(),
        "text_list" if header.is("Keywords") => Keywords::parse(raw)
            .phrases()
            .iter()
            .map(AsRef::as_ref)
            .collect(),
        "text_list" => MessageIdList::parse(raw)
            .ids()
            .iter()
            .map(MessageId::as_str)
            .collect(),
        "date_time" => DateTime::parse(raw).map_or(Value::Null, |date| {
            let zone = date.zone().minutes();
            json!({
                "year": date.year(), "month": date.month(), "day": date.day(),
                "hour": date.hour(), "minute": date.minute(), "second": date.second(),
                "tz_before_gmt": zone < 0,
                "tz_hour": zone.unsigned_abs() / 60, "tz_minute": zone.unsigned_abs() % 60,
            })
        }),
        "content_type" if header.is("Content-Disposition") => {
            let read = ContentDisposition::parse(raw).unwrap();
            let kind = match read.kind() {
                DispositionKind::Inline => "inline",
                DispositionKind::Attachment => "attachment",
                DispositionKind::Other(name) => name,
                _ => "",
            };
            let parameters = parameters(read.parameters());
            json!({"type": kind, "subtype": null, "attributes": parameters})
        }
        "content_type" => {
            let read = ContentType::parse(raw);
            let parameters = parameters(read.parameters());
            json!({
                "type": read.kind().to_lowercase(),
                "subtype": read.subtype().to_lowercase(),
                "attributes": parameters,
            })
        }
        _ => Value::Null,
    }
}

#[test]
fn fields() {
    let Some(folder) = folder() else { return };
    let mut headers_read = 0;
    let mut tally = Tally::default();
    for case in cases(&folder).iter().filter(|case| case.is_alike()) {
        let message = Message::parse(&case.bytes);
        for (part, theirs) in message.parts().zip(case.parts()) {
            let theirs = theirs["headers"].as_array().unwrap();
            let headers: Vec<Header<'_>> = part.headers().iter().collect();
            assert_eq!(headers.len(), theirs.len(), "{} {part:?}", case.name);
            for (header, theirs) in headers.iter().zip(theirs) {
                headers_read += 1;
                assert_eq!(header.name(), theirs["name"], "{}", case.name);
                assert_eq!(header.offset(), theirs["offset_field"], "{}", case.name);
                assert_eq!(
                    header.value_offset(),
                    theirs["offset_start"],
                    "{}",
                    case.name
                );
                let end = header.offset() + header.raw().len() as u64;
                assert_eq!(end, theirs["offset_end"], "{}", case.name);
                let Some((form, expected)) = theirs["value"]
                    .as_object()
                    .and_then(|value| value.iter().next())
                else {
                    continue;
                };
                let ours = value(header, form);
                if !ours.is_null() {
                    let name = format!("{} {}", case.stem(), header.name());
                    tally.compare(&name, &ours, expected);
                }
            }
        }
    }
    assert_eq!(headers_read, 2108);
    tally.demand(2100, &FIELDS_DIFFER);
}

#[test]
fn contents() {
    let Some(folder) = folder() else { return };
    let mut tally = Tally::default();
    for case in cases(&folder).iter().filter(|case| case.is_alike()) {
        let message = Message::parse(&case.bytes);
        for (part, theirs) in message.parts().zip(case.parts()) {
            let (ours, expected) = if theirs["text"].is_string() {
                (Value::from(part.text()), &theirs["text"])
            } else if theirs["binary"].is_string() {
                let content = base64::engine::general_purpose::STANDARD.encode(part.content());
                (Value::from(content), &theirs["binary"])
            } else {
                continue;
            };
            tally.compare(case.stem(), &ours, expected);
        }
    }
    tally.demand(374, &CONTENTS_DIFFER);
}

/// A message in base64, opened by the caller.
#[test]
fn encoded_messages() {
    let Some(folder) = folder() else { return };
    let mut compared = 0;
    for case in cases(&folder) {
        let message = Message::parse(&case.bytes);
        for theirs in case.array("messages") {
            let Some(container) = theirs["source"]["decoded"].as_u64() else {
                continue;
            };
            let container = message.part(usize::try_from(container).unwrap()).unwrap();
            assert!(
                container.media_type().is("message", "rfc822"),
                "{}",
                case.name
            );
            let content = container.content();
            let ours: Vec<_> = Message::parse(&content)
                .parts()
                .map(|part| (part.header_range().start, part.body_range()))
                .collect();
            let parts = case.array("parts").iter();
            let theirs: Vec<_> = parts
                .filter(|part| part["message"] == theirs["id"])
                .map(|part| {
                    let at = |key: &str| number(&part[key]);
                    (at("offset_header"), at("offset_body")..at("offset_end"))
                })
                .collect();
            assert_eq!(ours, theirs, "{}", case.name);
            compared += ours.len();
        }
    }
    assert_eq!(compared, 6);
}
