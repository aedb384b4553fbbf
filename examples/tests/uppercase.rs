//! The program `uppercase` against itself, over both transports.

mod common;

use std::net::TcpListener;

use common::{Server, run};

#[test]
fn both_transports_answer_in_capitals() {
    for transport in ["--tcp", "--udp"] {
        let server = Server::start("uppercase", &["serve", transport, "--port", "0"]);
        for (question, answer) in [("hello, world\n", "HELLO, WORLD\n"), ("last", "LAST\n")] {
            let output = run(
                "uppercase",
                &["ask", transport, "--port", &server.port],
                question.as_bytes(),
            );
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
    let output = run(
        "uppercase",
        &["ask", "--tcp", "--port", &port.to_string()],
        b"hello\n",
    );
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
        let output = run("uppercase", args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("usage: uppercase serve|ask")
        );
    }
}
