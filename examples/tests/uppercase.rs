//! The program `uppercase` against itself, over both transports.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// `cargo test` builds the programs next to the tests.
fn program() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    profile
        .join("examples")
        .join("uppercase")
        .with_extension(env::consts::EXE_EXTENSION)
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A server on a free port, and that port.
fn serve(transport: &str) -> (Server, String) {
    let mut child = Command::new(program())
        .args(["serve", transport, "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let port = line
        .trim_end()
        .strip_prefix("listening on 127.0.0.1:")
        .unwrap()
        .to_owned();
    (Server(child), port)
}

fn ask(transport: &str, port: &str, question: &str) -> Output {
    let mut child = Command::new(program())
        .args(["ask", transport, "--port", port])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(question.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn both_transports_answer_in_capitals() {
    for transport in ["--tcp", "--udp"] {
        let (_server, port) = serve(transport);
        for (question, answer) in [("hello, world\n", "HELLO, WORLD\n"), ("last", "LAST\n")] {
            let output = ask(transport, &port, question);
            assert!(output.status.success(), "{output:?}");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), answer);
        }
    }
}

#[test]
fn without_a_server_it_fails() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let output = ask("--tcp", &port.to_string(), "hello\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn bad_arguments_print_the_usage() {
    for args in [
        &[][..],
        &["serve"],
        &["ask", "--tcp", "--udp"],
        &["serve", "--tcp", "--port", "x"],
    ] {
        let output = Command::new(program()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("usage: uppercase serve|ask")
        );
    }
}
