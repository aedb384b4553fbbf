//! The folder that `CORPUS_DIR` names: finding and reading what is in it.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses some of it"
)]

pub mod table;
pub mod tally;

use std::fs;
use std::path::{Path, PathBuf};

use mime_codec::mbox::{Event, Format, Reader};
use serde_json::Value;

/// The folder of mail corpora; `None`, with a line that says so, if `CORPUS_DIR` is not set.
pub fn folder() -> Option<PathBuf> {
    let Some(root) = std::env::var_os("CORPUS_DIR") else {
        println!("CORPUS_DIR is not set: skipped");
        return None;
    };
    let folder = PathBuf::from(root).join("mime");
    assert!(folder.is_dir(), "{} is missing", folder.display());
    Some(folder)
}

pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&read(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `folder`, in the order of their names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{} is empty", folder.display());
    found
}

/// Those whose names end in `.extension`.
pub fn files_of(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|found| found == extension));
    assert!(
        !found.is_empty(),
        "{} has no .{extension}",
        folder.display()
    );
    found
}

/// The path within the corpora, as `corpus-notes.md` has it.
pub fn name(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.to_string_lossy().into_owned()
}

/// Every file that is one message, by its name within the corpora.
pub fn messages(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files(folder)
        .into_iter()
        .filter_map(|path| {
            let name = name(folder, &path);
            let extension = path.extension()?.to_str()?;
            let text =
                name.starts_with("cpython-email/msg_") || name.starts_with("mimekit/messages/");
            let is_message =
                matches!(extension, "eml" | "msg" | "out" | "ntx") || (text && extension == "txt");
            is_message.then(|| (name, read(&path)))
        })
        .collect()
}

/// CRLF to LF.
pub fn unix(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &octet in bytes {
        if octet == b'\n' && out.last() == Some(&b'\r') {
            out.pop();
        }
        out.push(octet);
    }
    out
}

/// LF to CRLF; what is CRLF already stays.
pub fn dos(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 16);
    for &octet in bytes {
        if octet == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(octet);
    }
    out
}

/// The messages of an mbox file, read in chunks: where the separator line of each is, where it starts,
/// and its octets.
pub fn mbox(format: Format, file: &[u8], chunk: usize) -> Vec<(usize, usize, Vec<u8>)> {
    let mut found: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    let mut reader = Reader::new(format);
    let mut take = |event: Event<'_>| match event {
        Event::Message { offset, .. } => {
            let marker = usize::try_from(offset).unwrap();
            let line = file[marker..].iter().position(|&octet| octet == b'\n');
            let start = line.map_or(file.len(), |line| marker + line + 1);
            found.push((marker, start, Vec::new()));
        }
        Event::Data(data) => found.last_mut().unwrap().2.extend_from_slice(data),
        Event::End { .. } => {}
    };
    for mut rest in file.chunks(chunk) {
        while let Some(event) = reader.next(&mut rest) {
            take(event);
        }
    }
    while let Some(event) = reader.finish() {
        take(event);
    }
    found
}
