//! Real and malformed messages from the folder that `CORPUS_DIR` names.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{by_push, by_tree};
use mime_codec::{Limits, Message, Options};

fn corpus() -> Option<PathBuf> {
    let Ok(folder) = std::env::var("CORPUS_DIR") else {
        println!("CORPUS_DIR is not set: skipped");
        return None;
    };
    let folder = Path::new(&folder).join("mime");
    assert!(folder.is_dir(), "{} is missing", folder.display());
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every file, message or not: parsing never fails, the spans are the file, and both parsers agree.
#[test]
fn every_file_is_read_whole() {
    let Some(folder) = corpus() else { return };
    let limits = Limits::default();
    let mut messages = 0;
    for path in files(&folder) {
        let bytes = fs::read(&path).unwrap();
        let tree = by_tree(&bytes, &limits);
        let mut at = 0;
        for (_, _, range) in &tree.segments {
            assert_eq!(range.start, at, "{}", path.display());
            at = range.end;
        }
        assert_eq!(at, bytes.len(), "{}", path.display());
        for chunk in [1, 13, 1400, bytes.len().max(1)] {
            let (push, _) = by_push(&bytes, (0..bytes.len()).step_by(chunk), &limits);
            assert_eq!(push, tree, "{} in chunks of {chunk}", path.display());
        }
        let mut options = Options::default();
        options.check_octets = true;
        options.count_lines = true;
        let message = Message::parse_with(&bytes, &options);
        for part in message.parts() {
            let plain = Message::parse(&bytes);
            assert_eq!(
                part.body_lines(),
                plain.part(part.index()).unwrap().body_lines()
            );
            let _ = (part.content_type(), part.disposition());
        }
        messages += 1;
    }
    assert!(messages > 500, "only {messages} files");
}

/// The structure that mail-parser 1.0.1 finds: entities, where they are, and their roles.
#[test]
fn structure_as_mail_parser_has_it() {
    let Some(folder) = corpus() else { return };
    let mut compared = 0;
    let mut different = Vec::new();
    let mut roles = Vec::new();
    for path in files(&folder.join("mail-parser/eml")) {
        let name = path.to_string_lossy().into_owned();
        let Some(stem) = name
            .strip_suffix(".json")
            .filter(|name| !name.contains("oracle"))
        else {
            continue;
        };
        let (stem, crlf) = stem
            .strip_suffix(".crlf")
            .map_or((stem, false), |stem| (stem, true));
        // Their offsets count in the file with LF, or CRLF, throughout.
        let mut bytes = Vec::new();
        for octet in fs::read(format!("{stem}.eml")).unwrap() {
            match octet {
                b'\n' => {
                    if bytes.last() == Some(&b'\r') {
                        bytes.pop();
                    }
                    bytes.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
                }
                _ => bytes.push(octet),
            }
        }
        let expected: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let raw: Vec<u64> = expected["messages"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|message| message["source"] == "raw")
            .map(|message| message["id"].as_u64().unwrap())
            .collect();
        let theirs: Vec<_> = expected["parts"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["message"].as_u64().is_some_and(|id| raw.contains(&id)))
            .map(|part| {
                let at = |key: &str| usize::try_from(part[key].as_u64().unwrap()).unwrap();
                (at("offset_header"), at("offset_body"), at("offset_end"))
            })
            .collect();
        let message = Message::parse(&bytes);
        let ours: Vec<_> = message
            .parts()
            .map(|part| {
                (
                    part.header_range().start,
                    part.body_range().start,
                    part.body_range().end,
                )
            })
            .collect();
        compared += 1;
        let case = stem.rsplit("eml/").next().unwrap().to_owned();
        if ours != theirs {
            println!(
                "{name}\n  ours   {ours:?}\n  theirs {theirs:?}\n  {:?}",
                message.defects()
            );
            different.push(case);
            continue;
        }
        let body = message.body();
        let list = |key: &str| -> Vec<u64> {
            expected["messages"][0][key]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_u64().unwrap())
                .collect()
        };
        let places = |parts: &[mime_codec::Part<'_>]| -> Vec<u64> {
            parts.iter().map(|part| part.index() as u64).collect()
        };
        let ours = [
            places(&body.text),
            places(&body.html),
            places(&body.attachments),
        ];
        let theirs = [list("text_body"), list("html_body"), list("attachments")];
        if ours != theirs {
            println!(
                "{name}\n  ours   {ours:?}\n  theirs {theirs:?}\n  {:?}",
                message
                    .parts()
                    .map(|part| part.media_type())
                    .collect::<Vec<_>>()
            );
            roles.push(case);
        }
    }
    different.dedup();
    roles.dedup();
    println!("{compared} compared");
    assert!(compared > 170);
    assert_eq!(different, STRUCTURE_DIFFERS);
    assert_eq!(roles, ROLES_DIFFER);
}

/// Where mail-parser reads the structure otherwise, all of them malformed:
///
/// * legacy/049 ends with a carriage return alone.
/// * malformed/000: the line end in front of a delimiter in a header section is the field's.
/// * malformed/004: `--ab` is no delimiter for the boundary `a`.
/// * malformed/007: `--ab` in the header section that names this boundary ends it.
/// * malformed/013, 014: a delimiter at the end of the input starts an empty part.
/// * malformed/019, 022, 023: a line that is no field ends the header section.
/// * malformed/020, 021: the first of two Content-Type fields counts.
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

const ROLES_DIFFER: [&str; 0] = [];
