//! `smtp_send` with servers that take a few recipients at a time: everybody gets the message once.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use common::run;

/// A server that takes `most` recipients in a transaction, whatever it says of itself.
#[derive(Clone, Copy)]
struct Limited {
    ehlo: &'static str,
    most: usize,
    too_many: &'static str,
}

/// Who was sent which message in one transaction of one connection.
#[derive(Debug, PartialEq, Eq)]
struct Transaction {
    connection: usize,
    to: Vec<String>,
    message: String,
}

impl Limited {
    /// Starts the server; it tells of each message that it gets.
    fn start(self) -> (String, Receiver<Transaction>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for (connection, socket) in listener.incoming().enumerate() {
                self.serve(socket.unwrap(), |to, message| {
                    sender
                        .send(Transaction {
                            connection,
                            to,
                            message,
                        })
                        .unwrap();
                });
            }
        });
        (address, receiver)
    }

    fn serve(self, socket: TcpStream, mut keep: impl FnMut(Vec<String>, String)) {
        let mut say = socket.try_clone().unwrap();
        say.write_all(b"220 mx\r\n").unwrap();
        let (mut to, mut message): (Vec<String>, Option<String>) = (Vec::new(), None);
        for line in BufReader::new(socket).lines() {
            let line = line.unwrap();
            if let Some(text) = &mut message {
                if line != "." {
                    text.push_str(&line);
                    continue;
                }
                keep(std::mem::take(&mut to), message.take().unwrap());
                say.write_all(b"250 kept\r\n").unwrap();
                continue;
            }
            let reply = match line.split(' ').next().unwrap() {
                "EHLO" => self.ehlo,
                "MAIL" | "RSET" => {
                    to.clear();
                    "250 Ok"
                }
                "RCPT" if to.len() == self.most => self.too_many,
                "RCPT" => {
                    let path = line.strip_prefix("RCPT TO:<").unwrap();
                    to.push(path.strip_suffix('>').unwrap().to_owned());
                    "250 Ok"
                }
                "DATA" => {
                    message = Some(String::new());
                    "354 Go"
                }
                "QUIT" => "221 Bye",
                _ => panic!("{line}"),
            };
            say.write_all(reply.as_bytes()).unwrap();
            say.write_all(b"\r\n").unwrap();
        }
    }
}

/// Sends messages of one line to these recipients; exit code, lines of the report, and what arrived.
fn send(
    limited: Limited,
    to: &[&str],
    messages: &[&str],
) -> (Option<i32>, String, Vec<Transaction>) {
    let (server, arrived) = limited.start();
    let folder = common::folder(&format!("limits-{}", server.replace(':', "-")));
    let mut args = vec!["--server".to_owned(), server, "--from".into(), "a@a".into()];
    for to in to {
        args.extend(["--to".to_owned(), (*to).to_owned()]);
    }
    for message in messages {
        let file = folder.join(message);
        std::fs::write(&file, format!("{message}\r\n")).unwrap();
        args.push(file.to_str().unwrap().to_owned());
    }
    let output = run("smtp_send", &args, b"");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.stderr.is_empty(),
        "{:?}",
        output.stderr.escape_ascii()
    );
    (output.status.code(), said, arrived.try_iter().collect())
}

fn transaction(connection: usize, to: &[&str], message: &str) -> Transaction {
    Transaction {
        connection,
        to: to.iter().map(|&to| to.to_owned()).collect(),
        message: message.to_owned(),
    }
}

const TOO_MANY: &str = "452 4.5.3 Too many recipients";

#[test]
fn recipients_are_spread_over_transactions() {
    let limited = Limited {
        ehlo: "250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2",
        most: 2,
        too_many: "550 5.5.0 The limit was told",
    };
    let to = ["1@b", "2@b", "3@b", "4@b", "5@b"];
    let (code, said, arrived) = send(limited, &to, &["x", "y"]);
    assert_eq!(
        (code, said.matches("accepted: 250 kept").count()),
        (Some(0), 10)
    );
    assert_eq!(
        arrived,
        [
            transaction(0, &["1@b", "2@b"], "x"),
            transaction(0, &["3@b", "4@b"], "x"),
            transaction(0, &["5@b"], "x"),
            transaction(0, &["1@b", "2@b"], "y"),
            transaction(0, &["3@b", "4@b"], "y"),
            transaction(0, &["5@b"], "y"),
        ]
    );
}

#[test]
fn recipients_that_were_too_many_go_into_another_transaction() {
    for (ehlo, too_many) in [
        ("250-mx\r\n250 PIPELINING", TOO_MANY),
        ("250 mx", "452 Too many"),
        ("250 mx", "552 5.5.3 Too many"),
    ] {
        let limited = Limited {
            ehlo,
            most: 2,
            too_many,
        };
        let (code, said, arrived) = send(limited, &["1@b", "2@b", "3@b"], &["x"]);
        assert_eq!((code, said.lines().count()), (Some(0), 3));
        assert_eq!(
            arrived,
            [
                transaction(0, &["1@b", "2@b"], "x"),
                transaction(0, &["3@b"], "x"),
            ]
        );
    }
}

#[test]
fn a_server_without_room_for_anyone_is_not_asked_again() {
    let limited = Limited {
        ehlo: "250 mx",
        most: 0,
        too_many: TOO_MANY,
    };
    let (code, said, arrived) = send(limited, &["1@b", "2@b"], &["x"]);
    assert_eq!(
        (code, &*said),
        (
            Some(1),
            "<1@b> refused: 452 4.5.3 Too many recipients\n<2@b> refused: 452 4.5.3 Too many recipients\n"
        )
    );
    assert_eq!(arrived, []);
    // 452 for want of space is no matter of numbers.
    let limited = Limited {
        ehlo: "250 mx",
        most: 1,
        too_many: "452 4.3.1 Full",
    };
    let (code, said, arrived) = send(limited, &["1@b", "2@b"], &["x"]);
    assert_eq!((code, arrived.len()), (Some(1), 1));
    assert!(said.contains("<2@b> refused: 452 4.3.1 Full"), "{said}");
}

#[test]
fn domains_and_transactions_are_spread_over_connections() {
    let limited = Limited {
        ehlo: "250-mx\r\n250-PIPELINING\r\n250 LIMITS RCPTDOMAINMAX=2",
        most: 9,
        too_many: TOO_MANY,
    };
    let to = ["1@b", "2@c", "3@d", "4@B", "5@d"];
    let (code, said, arrived) = send(limited, &to, &["x", "y"]);
    assert_eq!((code, said.lines().count()), (Some(0), 10));
    assert_eq!(
        arrived,
        [
            transaction(0, &["1@b", "2@c", "4@B"], "x"),
            transaction(0, &["1@b", "2@c", "4@B"], "y"),
            transaction(1, &["3@d", "5@d"], "x"),
            transaction(1, &["3@d", "5@d"], "y"),
        ]
    );
    let limited = Limited {
        ehlo: "250-mx\r\n250 LIMITS MAILMAX=1 RCPTMAX=1",
        ..limited
    };
    let (code, _, arrived) = send(limited, &["1@b", "2@b"], &["x"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        arrived,
        [transaction(0, &["1@b"], "x"), transaction(1, &["2@b"], "x")]
    );
}

#[test]
fn more_recipients_than_every_server_takes() {
    let limited = Limited {
        ehlo: "250-mx\r\n250 PIPELINING",
        most: 100,
        too_many: "550 No",
    };
    let to: Vec<String> = (0..250).map(|n| format!("{n}@b")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let (code, _, arrived) = send(limited, &to, &["x"]);
    let numbers: Vec<usize> = arrived.iter().map(|one| one.to.len()).collect();
    assert_eq!((code, numbers), (Some(0), vec![100, 100, 50]));
}
