//! The program `mail_cat`: what it prints for a few messages, and that it gets through every message
//! of the folder that `CORPUS_DIR` names.

mod common;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use common::run;
use serde_json::Value;

fn shown(args: &[&str], input: &str) -> String {
    let args = [args, &["-"]].concat();
    let output = run("mail_cat", &args, input.as_bytes());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

const MULTIPART: &str = "Subject: =?utf-8?q?=C3=A9?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\nAAH/\n--b--\n";

#[test]
fn one_message() {
    assert_eq!(
        shown(&[], MULTIPART),
        "Subject: é\n\none\n\nAttachments:\n  [2] a/b, base64, 3 octets\n"
    );
    assert_eq!(
        shown(&["--structure"], MULTIPART),
        "[0] multipart/mixed\n  [1] text/plain, 7bit, 3 octets\n  [2] a/b, base64, 3 octets\n"
    );
    assert_eq!(
        shown(&["--headers"], MULTIPART),
        "Subject: é\nContent-Type: multipart/mixed; boundary=b\n"
    );
    assert_eq!(
        shown(&["--headers", "--part", "2"], MULTIPART),
        "Content-Type: a/b\nContent-Transfer-Encoding: base64\n"
    );
    let output = run("mail_cat", &["--part", "2", "-"], MULTIPART.as_bytes());
    assert_eq!(output.stdout, b"\x00\x01\xff");
    assert_eq!(shown(&["--part", "2", "--raw"], MULTIPART), "AAH/");
    let value: Value = serde_json::from_str(&shown(&["--json"], MULTIPART)).unwrap();
    assert_eq!(value["subject"], "é");
    assert_eq!(value["parts"][2]["base64"], "AAH/");
}

#[test]
fn mbox_files() {
    let one = "From a@x.example Fri Jan  2 03:04:05 2026\nSubject: 1\n\n>From here\n\n";
    assert_eq!(shown(&[], one), "Subject: 1\n\nFrom here\n");
    let two = format!("{one}From - \nSubject: 2\n\nb\n");
    assert_eq!(
        shown(&[], &two),
        "===== 1 of 2 =====\nSubject: 1\n\nFrom here\n\n===== 2 of 2 =====\nSubject: 2\n\nb\n"
    );
    assert_eq!(shown(&["--json"], &two).lines().count(), 2);
    assert_eq!(shown(&["--message", "2"], &two), "Subject: 2\n\nb\n");
    assert_eq!(shown(&["--message", "2", "--part", "0"], &two), "b\n");
    for wrong in [&["--part", "0", "-"][..], &["--message", "3", "-"]] {
        let output = run("mail_cat", wrong, two.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    // A field with white space in front of the colon is no separator.
    assert_eq!(
        shown(&[], "From : a@b.example\n\nb\n"),
        "From: a@b.example\n\nb\n"
    );
}

#[test]
fn mbox_formats() {
    // The length covers a line that is a separator in all other formats.
    let body = "a\n\nFrom b@x.example Fri Jan  2 03:04:05 2026\n>From c\n";
    let file = format!(
        "From a@x.example Fri Jan  2 03:04:05 2026\nSubject: 1\nContent-Length: {}\n\n{body}\n",
        body.len()
    );
    let part = |format, number| {
        let args = ["--mbox", format, "--message", number, "--part", "0"];
        shown(&args, &file)
    };
    assert_eq!(part("mboxcl2", "1"), body);
    // In mboxcl the separator counts in spite of the length, which the empty line in front is part of.
    for (format, first) in [("mboxo", "a\n"), ("mboxrd", "a\n"), ("mboxcl", "a\n\n")] {
        assert_eq!(part(format, "1"), first, "{format}");
    }
    assert!(shown(&[], &file).starts_with("===== 1 of 2 ====="));
    let output = run("mail_cat", &["--mbox", "mbox", "-"], file.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("mboxcl2"));
}

#[test]
fn wrong_use() {
    for args in [
        &["--part", "7", "-"][..],
        &["--raw", "-"],
        &["--json", "--headers", "-"],
        &["no such file"],
        &[],
    ] {
        let output = run("mail_cat", args, b"a");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stderr.starts_with(b"error: "), "{args:?}");
    }
}

fn messages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            messages(&path, found);
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = ["cpython-email", "messages", "mbox"]
            .iter()
            .any(|own| folder.ends_with(own));
        let known = [".eml", ".msg", ".out", ".ntx", ".mbox"]
            .iter()
            .any(|end| name.ends_with(end));
        if known || (text && name.ends_with(".txt") && name != "README.txt") {
            found.push(path);
        }
    }
}

/// What is printed is text that no terminal obeys; JSON is one object for each message.
#[test]
fn every_message() {
    let Some(root) = env::var_os("CORPUS_DIR") else {
        println!("CORPUS_DIR is not set: skipped");
        return;
    };
    let folder = PathBuf::from(root).join("mime");
    assert!(folder.is_dir(), "{} is missing", folder.display());
    let mut paths = Vec::new();
    messages(&folder, &mut paths);
    assert_eq!(paths.len(), 389);
    let mut objects = 0;
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        for option in [None, Some("--headers"), Some("--structure"), Some("--json")] {
            let args: Vec<&str> = option.into_iter().chain(["-"]).collect();
            let output = run("mail_cat", &args, &bytes);
            assert!(
                output.status.success(),
                "{} {args:?}: {output:?}",
                path.display()
            );
            let text = String::from_utf8(output.stdout).unwrap();
            let harmless = |c: char| c == '\n' || c == '\t' || !c.is_control();
            assert!(text.chars().all(harmless), "{} {args:?}", path.display());
            if option == Some("--json") {
                for (message, line) in text.lines().enumerate() {
                    let message = (message + 1).to_string();
                    let object: Value = serde_json::from_str(line).unwrap();
                    let parts = object["parts"].as_array().unwrap();
                    assert!(!parts.is_empty(), "{}", path.display());
                    for number in 0..parts.len().min(20) {
                        let number = number.to_string();
                        let args = ["--message", &message, "--part", &number, "-"];
                        let output = run("mail_cat", &args, &bytes);
                        assert!(output.status.success(), "{} part {number}", path.display());
                    }
                    objects += 1;
                }
            }
        }
    }
    assert_eq!(objects, 610);
}
