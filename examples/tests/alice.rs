//! The program `alice_mails_bob`: the message arrives and is read, and a seed makes runs alike.

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
        " C: MAIL FROM:<alice@crepes.example> SIZE=837",
        " C: ..",
        "MX 10 mx.hamburger.example",
        "| Return-Path: <alice@crepes.example>",
        "by mail.crepes.example with ESMTPSA",
        "with ESMTPS id",
        "| Subject: =?utf-8?q?Cr=C3=AApes?= or hamburgers for lunch?",
        "| Do you like ketchup?",
    ] {
        assert!(first.contains(line), "{line} in {first}");
    }
    assert!(!first.contains('\x1b'));
}

#[test]
fn bob_reads_text_and_attachment() {
    let shown = output(&["--seed", "7", "--no-color", "--quiet"]);
    let end = "
5. Bob reads it
     From: Alice <alice@crepes.example>
     To: Bob <bob@hamburger.example>
     Date: Sat, 21 Nov 2026 02:55:09 +0000
     Subject: Cr\u{ea}pes or hamburgers for lunch?

     Do you like ketchup?
     How about pickles?
     .
     The dot above is part of the message.

     Attachment: Hamb\u{fa}rguer.png, image/png, 154 octets
     Its octets are those that Alice attached
";
    assert!(shown.ends_with(end), "{shown}");
    assert!(!shown.contains("C: "));
}

#[test]
fn a_file_arrives_line_by_line_and_quietly() {
    let file = folder("alice").join("message");
    fs::write(&file, "Subject: mine\n\n.\n..\n\u{e9}t\u{e9}").unwrap();
    let shown = output(&["--quiet", "--no-color", "--file", file.to_str().unwrap()]);
    let end = "     | Subject: mine\n     | \n     | .\n     | ..\n     | \u{e9}t\u{e9}\n\
               \n5. Bob reads it\n     Subject: mine\n\n     .\n     ..\n     \u{e9}t\u{e9}\n";
    assert!(shown.ends_with(end), "{shown}");
    assert!(!shown.contains("C: "));
}

#[test]
fn the_attachments_of_a_file_are_compared() {
    let file = folder("alice-attached").join("message");
    let message = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n=?utf-8?q?text?=\n--b\n\
                   Content-Type: text/csv; name=\"=?iso-8859-1?q?caf=E9?=.csv\"\n\
                   Content-Disposition: attachment\n\na,b\nc,d\n--b\n\
                   Content-Disposition: attachment; filename=\"../x\x1b[2J\"\n\
                   Content-Type: image/gif\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n";
    fs::write(&file, message).unwrap();
    let shown = output(&["--quiet", "--no-color", "--file", file.to_str().unwrap()]);
    for lines in [
        "\n     =?utf-8?q?text?=\n",
        "     Attachment: caf\u{e9}.csv, text/csv, 8 octets\n     It is what Alice attached, but for line ends\n",
        "image/gif, 3 octets\n     Its octets are those that Alice attached\n",
    ] {
        assert!(shown.contains(lines), "{lines} in {shown}");
    }
    assert!(!shown.contains('\x1b'));
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
