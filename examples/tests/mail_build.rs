//! The program `mail_build`: what it writes is what a reader finds, and what it refuses.

mod common;

use common::run;
use mime_codec::Message;

const FIXED: [&str; 6] = [
    "--from",
    "Älice <a@x.example>",
    "--date",
    "Mon, 1 Jan 2024 00:00:00 +0000",
    "--id",
    "1@x.example",
];

const ORIGINAL: &str = "From: Bob <b@y.example>\nTo: a@x.example, c@z.example\nSubject: plans\nMessage-ID: <0@y.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhow?\n--b\nContent-Type: a/b; name=f\n\nz\n--b--\n";

fn built(args: &[&str], input: &str) -> Vec<u8> {
    let output = run("mail_build", &[&FIXED, args].concat(), input.as_bytes());
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

#[test]
fn a_text() {
    let raw = built(
        &["--to", "b@y.example", "--subject", "Grüße", "--text", "-"],
        "Hello\n",
    );
    assert_eq!(
        String::from_utf8(raw).unwrap(),
        "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: =?utf-8?b?w4RsaWNl?= <a@x.example>\r\n\
         To: b@y.example\r\nMessage-ID: <1@x.example>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
    );
}

#[test]
fn answers() {
    let raw = built(&["--reply", "-", "--all"], ORIGINAL);
    let answer = Message::parse(&raw);
    let list = |name| answer.header(name).map(|header| header.text().into_owned());
    assert_eq!(list("To").as_deref(), Some("Bob <b@y.example>"));
    assert_eq!(list("Cc").as_deref(), Some("c@z.example"));
    assert_eq!(list("Subject").as_deref(), Some("Re: plans"));
    assert_eq!(list("In-Reply-To").as_deref(), Some("<0@y.example>"));
    assert!(answer.text().unwrap().contains("> how?\r\n"));
}

#[test]
fn forwarded() {
    let raw = built(&["--to", "d@z.example", "--forward", "-"], ORIGINAL);
    let message = Message::parse(&raw);
    assert!(message.text().unwrap().contains("Subject: plans\r\n"));
    assert_eq!(message.attachments()[0].file_name().as_deref(), Some("f"));
    let raw = built(
        &["--to", "d@z.example", "--forward", "-", "--attached"],
        ORIGINAL,
    );
    let message = Message::parse(&raw);
    assert_eq!(
        message.attachments()[0].media_type().to_string(),
        "message/rfc822"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_any_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = std::env::temp_dir().join(format!("mail_build-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, sent) in [
        (&b"it's\n1\".txt"[..], "it's_1\".txt"),
        (b"\xe9.txt", "\u{fffd}.txt"),
        ("日本.txt".as_bytes(), "日本.txt"),
    ] {
        let path = folder.join(OsStr::from_bytes(name));
        std::fs::write(&path, "x").unwrap();
        let output = common::program("mail_build")
            .args(FIXED)
            .arg("--attach")
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let message = Message::parse(&output.stdout);
        assert_eq!(message.attachments()[0].file_name().as_deref(), Some(sent));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn wrong_use() {
    for args in [
        &["--to", "b@y.example"][..],
        &["--from", "no address"],
        &["--from", "a@x.example, b@x.example"],
        &[
            "--from",
            "a@x.example",
            "--to",
            "b@y.example\r\nBcc: c@z.example",
        ],
        &["--from", "a@x.example", "--subject", "x\ny"],
        &["--from", "a@x.example", "--text", "no such file"],
        &["--from", "a@x.example", "--id", "x"],
        &["--from", "a@x.example", "--inline", "x"],
        &["--from", "a@x.example", "--reply", "-", "--forward", "-"],
        &["--from", "a@x.example", "--all"],
        &["--from", "ü@x.example"],
    ] {
        let output = run("mail_build", args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    let output = run("mail_build", &["--help"], b"");
    assert!(output.status.success() && output.stdout.starts_with(b"usage: mail_build"));
}
