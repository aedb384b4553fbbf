//! The example programs of this crate against each other.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

fn program(name: &str) -> Command {
    // `cargo test` builds the examples next to the tests.
    let test = env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let name = profile.join("examples").join(name);
    let mut program = Command::new(name.with_extension(env::consts::EXE_EXTENSION));
    program.stdin(Stdio::piped()).stdout(Stdio::piped());
    program
}

#[test]
fn a_message_goes_from_one_to_the_other() {
    let mut server = program("smtp_server").arg("127.0.0.1:0").spawn().unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    let listening = said.next().unwrap().unwrap();
    let address = listening.strip_prefix("listening on ").unwrap();

    let mut client = program("smtp_client")
        .args([address, "a@a.example", "b@b.example", "nobody@b.example"])
        .spawn()
        .unwrap();
    let message = b"Subject: x\n\n.\nhello";
    client.stdin.take().unwrap().write_all(message).unwrap();
    let output = client.wait_with_output().unwrap();
    let talk = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = said.by_ref().take(5).map(Result::unwrap).collect();
    server.kill().unwrap();
    server.wait().unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert!(talk.contains("RCPT: 550 5.1.1 No such user\n"), "{talk}");
    assert!(
        talk.contains("end of message: 250 2.0.0 Printed\n"),
        "{talk}"
    );
    let expected = [
        "from <a@a.example> to <b@b.example>",
        "Subject: x",
        "",
        ".",
        "hello",
    ];
    assert_eq!(lines, expected);
}
