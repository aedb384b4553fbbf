//! The program `alice_mails_bob`: the message arrives, and a seed makes runs alike.

mod common;

use std::fs;

use common::{folder, run};

fn output(args: &[&str]) -> String {
    let output = run("alice_mails_bob", args, b"");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stderr, b"");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_same_seed_shows_the_same() {
    let first = output(&["--seed", "7", "--no-color"]);
    assert_eq!(first, output(&["--seed", "7", "--no-color"]));
    assert_ne!(first, output(&["--seed", "8", "--no-color"]));
    for line in [
        " C: STARTTLS",
        " C: AUTH PLAIN ***",
        " C: MAIL FROM:<alice@crepes.example> SIZE=257",
        " C: ..",
        "MX 10 mx.hamburger.example",
        "| Return-Path: <alice@crepes.example>",
        "by mail.crepes.example with ESMTPSA",
        "with ESMTPS id",
        "| Do you like ketchup?",
    ] {
        assert!(first.contains(line), "{line} in {first}");
    }
    assert!(!first.contains('\x1b'));
}

#[test]
fn a_file_arrives_line_by_line_and_quietly() {
    let file = folder("alice").join("message");
    fs::write(&file, "Subject: mine\n\n.\n..\n\u{e9}t\u{e9}").unwrap();
    let shown = output(&["--quiet", "--no-color", "--file", file.to_str().unwrap()]);
    let end = "     | Subject: mine\n     | \n     | .\n     | ..\n     | \u{e9}t\u{e9}\n";
    assert!(shown.ends_with(end), "{shown}");
    assert!(!shown.contains("C: "));
}

#[test]
fn bad_arguments_and_files_fail() {
    for args in [&["--seed"][..], &["--seed", "x"], &["--what"], &["file"]] {
        let output = run("alice_mails_bob", args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("usage: alice_mails_bob"), "{error}");
    }
    let output = run("alice_mails_bob", &["--file", "/nonexistent"], b"");
    assert_eq!(output.status.code(), Some(2));
}
