//! Structure, fields, bodies and round trips as Apache mime4j expects them of its test messages.
//!
//! Where this crate reads a message in another way, `corpus-notes.md` tells why.

mod corpora;

use std::path::{Path, PathBuf};

use corpora::folder;
use corpora::tally::Tally;
use mime_codec::{Message, Options, Part, PartKind};

/// One line of a tree: depth, what it is, and the text of a field, body, preamble or epilogue.
type Row = (usize, &'static str, String);

const TAGS: [&str; 10] = [
    "message",
    "header",
    "field",
    "multipart",
    "preamble",
    "body-part",
    "body",
    "text-body",
    "binary-body",
    "epilogue",
];

/// One character for each octet, as the expectations have them.
fn latin1(octets: &[u8]) -> String {
    octets.iter().map(|&octet| char::from(octet)).collect()
}

/// The rows of an expectation; bodies of their own are read from the files that it names.
fn theirs(path: &Path) -> Vec<Row> {
    // A reader of XML makes LF of CRLF, but not of references.
    let xml = latin1(corpora::read(path).trim_ascii()).replace('\r', "&#13;");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let root = document.root_element();
    let mut rows = Vec::new();
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name().name();
        let tag = *TAGS.iter().find(|known| **known == tag).unwrap();
        let depth = node.ancestors().filter(roxmltree::Node::is_element).count() - 1;
        let text = match (tag, node.attribute("name")) {
            (_, Some(file)) => latin1(&corpora::read(&path.with_file_name(file))),
            ("field" | "preamble" | "body" | "epilogue", None) => {
                let text = node.text().unwrap_or_default();
                text.strip_prefix("\r\n").unwrap_or(text).to_owned()
            }
            _ => String::new(),
        };
        let tag = if tag.ends_with("-body") { "body" } else { tag };
        push(&mut rows, depth, tag, text);
    }
    rows
}

/// Adds a row. Whether nothing at all in front of or behind the parts is told makes no difference.
fn push(rows: &mut Vec<Row>, depth: usize, tag: &'static str, text: String) {
    if !text.is_empty() || !matches!(tag, "preamble" | "epilogue") {
        rows.push((depth, tag, text));
    }
}

/// Their boundaries may have any length.
fn options() -> Options {
    let mut options = Options::default();
    options.limits.boundary = 1 << 16;
    options
}

fn ours(message: &Message<'_>, decoded: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    entity(message.root(), "message", 0, decoded, &mut rows);
    rows
}

fn entity(part: Part<'_>, tag: &'static str, depth: usize, decoded: bool, rows: &mut Vec<Row>) {
    rows.push((depth, tag, String::new()));
    rows.push((depth + 1, "header", String::new()));
    for field in part.headers() {
        let raw = field.raw();
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        rows.push((depth + 2, "field", latin1(raw)));
    }
    match part.kind() {
        PartKind::Multipart => {
            rows.push((depth + 1, "multipart", String::new()));
            push(rows, depth + 2, "preamble", latin1(part.preamble()));
            for child in part.children() {
                entity(child, "body-part", depth + 2, decoded, rows);
            }
            let epilogue = part.epilogue().unwrap_or_default();
            push(rows, depth + 2, "epilogue", latin1(epilogue));
        }
        PartKind::Message => {
            for child in part.children() {
                entity(child, "message", depth + 1, decoded, rows);
            }
        }
        PartKind::Leaf if part.media_type().is("message", "rfc822") => {
            // An encoded message, which they open by themselves.
            let inner = Message::parse_owned(part.content().into_owned(), &options());
            entity(inner.root(), "message", depth + 1, decoded, rows);
        }
        PartKind::Leaf => {
            let content = part.content();
            let body = if decoded { &*content } else { part.body_raw() };
            rows.push((depth + 1, "body", latin1(body)));
        }
    }
}

/// The messages by their names, with the files they are in.
fn messages(folder: &Path) -> Vec<(String, PathBuf, Vec<u8>)> {
    let paths = corpora::files_of(&folder.join("mime4j-testmsgs"), "msg");
    assert_eq!(paths.len(), 32);
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let raw = corpora::read(&path);
            (name, path, raw)
        })
        .collect()
}

/// Trees of messages that this crate reads in another way, each as it is and with bodies decoded.
const TREES_DIFFER: [&str; 10] = [
    "basic-plain-with-bad-header-separator",
    "ending-boundaries",
    "malformedHeader-nocrlfcrlf",
    "malformedHeader-noheader",
    "malformedHeaderStartsBody-nocrlfcrlf",
    "malformedHeaderStartsBody-noheader",
    "obsolete",
    "very-long-boundary",
    "very-very-long-boundary",
    "weird-boundary",
];

/// Messages from which their writer leaves out what is no field, or is no part to them.
const WRITTEN_DIFFERENTLY: [&str; 7] = [
    "basic-plain-with-bad-header-separator",
    "ending-boundaries",
    "malformedHeader-nocrlfcrlf",
    "malformedHeader-noheader",
    "malformedHeaderStartsBody-nocrlfcrlf",
    "malformedHeaderStartsBody-noheader",
    "obsolete",
];

#[test]
fn trees() {
    let Some(folder) = folder() else { return };
    let mut tally = Tally::default();
    for (name, path, raw) in messages(&folder) {
        let message = Message::parse_with(&raw, &options());
        for (suffix, decoded) in [("", false), ("_decoded", true)] {
            let theirs = theirs(&path.with_file_name(format!("{name}{suffix}.xml")));
            tally.compare_all(&name, &ours(&message, decoded), &theirs);
        }
    }
    tally.demand(842, &TREES_DIFFER);
}

/// What their writer makes of a message that it has parsed is the same message to us.
#[test]
fn round_trips() {
    let Some(folder) = folder() else { return };
    let mut identical = 0;
    let mut tally = Tally::default();
    for (name, path, raw) in messages(&folder) {
        let written = corpora::read(&path.with_extension("out"));
        let message = Message::parse_with(&raw, &options());
        let segments: Vec<u8> = message
            .segments()
            .flat_map(|segment| raw[segment.range].to_vec())
            .collect();
        assert!(segments == raw, "{name}");
        identical += usize::from(written == segments);
        let again = Message::parse_with(&written, &options());
        tally.compare_all(&name, &ours(&again, true), &ours(&message, true));
    }
    assert_eq!(identical, 9);
    tally.demand(422, &WRITTEN_DIFFERENTLY);
}
