//! The programs `smtp_send` and `smtp_sink` against each other, and each against raw sockets: what
//! arrives is what was sent, to the octet.

mod common;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::thread;
use std::time::Duration;

use common::{Server, folder, program, run};
use examples::machine::{App, Failure};
use examples::pump::Pump;
use serde_json::{Value, json};
use smtp_proto::client::{Client, Config, Event, Transfer, Verb};
use smtp_proto::{HeloName, Mailbox, ReversePath};

/// A sink and the folder it keeps mail in.
struct Sink {
    server: Server,
    dir: PathBuf,
}

impl Sink {
    fn start(name: &str, args: &[&str]) -> Self {
        let dir = folder(name).join("mail");
        let mut all = vec!["--listen", "127.0.0.1:0", "--dir", dir.to_str().unwrap()];
        all.extend(args);
        Self {
            server: Server::start("smtp_sink", &all),
            dir,
        }
    }

    /// Sends messages to it, from a@a.example to b@b.example unless `args` say otherwise.
    fn send(&self, messages: &[&[u8]], args: &[&str]) -> Output {
        let files: Vec<String> = messages
            .iter()
            .enumerate()
            .map(|(n, message)| {
                let file = self.dir.with_file_name(format!("out-{n}"));
                fs::write(&file, message).unwrap();
                file.to_str().unwrap().to_owned()
            })
            .collect();
        let server = format!("localhost:{}", self.server.port);
        let mut all = vec!["--server", &server, "--from", "a@a.example"];
        if !args.contains(&"--to") {
            all.extend(["--to", "b@b.example"]);
        }
        all.extend(args);
        all.extend(files.iter().map(String::as_str));
        run("smtp_send", &all, b"")
    }

    fn message(&self, number: usize) -> Vec<u8> {
        fs::read(self.dir.join(format!("{number}.eml"))).unwrap()
    }

    fn about(&self, number: usize) -> Value {
        let text = fs::read(self.dir.join(format!("{number}.json"))).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn kept(&self) -> usize {
        let entries = fs::read_dir(&self.dir).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| Path::new(name).extension() == Some("eml".as_ref()))
            .count()
    }

    fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(format!("127.0.0.1:{}", self.server.port)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        socket
    }
}

/// Exit code and standard output.
fn ended(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output.status.code(), text)
}

/// Messages that are hard to keep whole, and what each must be when it arrives.
fn messages() -> Vec<(Vec<u8>, Vec<u8>)> {
    let same = |text: &[u8]| (text.to_vec(), text.to_vec());
    let every_octet: Vec<u8> = (1..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    vec![
        same(b"Subject: x\r\n\r\nhello\r\n"),
        same(b".\r\n..\r\n.a\r\n\r\n.\r\n.\r\n...\r\n"),
        same(
            &[
                &vec![b'x'; 100_000][..],
                b"\r\n.",
                &vec![b'.'; 70_000],
                b"\r\n",
            ]
            .concat(),
        ),
        same(&[&every_octet[..], b"\r\n"].concat()),
        same(&b".line\r\n".repeat(100_000)),
        same(b""),
        (b"no end".to_vec(), b"no end\r\n".to_vec()),
        (b"lf\n.\n..\n\n".to_vec(), b"lf\r\n.\r\n..\r\n\r\n".to_vec()),
    ]
}

#[test]
fn what_arrives_is_what_was_sent() {
    let plain = Sink::start("plain", &[]);
    let lmtp = Sink::start("lmtp", &["--lmtp"]);
    let starttls = Sink::start("starttls", &["--starttls"]);
    let implicit = Sink::start("implicit", &["--tls"]);
    let variants: [(&Sink, &[&str]); 7] = [
        (&plain, &[]),
        (&plain, &["--bdat"]),
        (&lmtp, &["--lmtp"]),
        (&lmtp, &["--lmtp", "--bdat"]),
        (&starttls, &["--starttls", "--insecure"]),
        (&implicit, &["--tls", "--insecure"]),
        (&implicit, &["--tls", "--insecure", "--bdat"]),
    ];
    let messages = messages();
    let sent: Vec<&[u8]> = messages.iter().map(|(sent, _)| &sent[..]).collect();
    for (sink, args) in variants {
        let before = sink.kept();
        let output = sink.send(&sent, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        for (n, (_, expected)) in messages.iter().enumerate() {
            let arrived = sink.message(before + n + 1);
            assert!(arrived == *expected, "{args:?}: message {n}");
            let about = sink.about(before + n + 1);
            assert_eq!(about["tls"], args.contains(&"--insecure"));
            let mail = &about["parameters"]["mail"];
            assert_eq!(mail["SIZE"], expected.len().to_string());
            assert_eq!(mail.get("BODY").is_some(), !expected.is_ascii());
        }
    }
}

/// Sends a message by BDAT whose octets never pass through the machine.
struct Direct<'a> {
    message: &'a [u8],
    begun: bool,
    accepted: bool,
}

impl App<Client> for Direct<'_> {
    fn on_event(&mut self, event: Event<'_>, _: &mut Client) -> Result<(), Failure> {
        if let Event::Reply {
            to: Verb::Message,
            reply,
        } = event
        {
            self.accepted = reply.is_positive();
        }
        Ok(())
    }

    fn wait(&mut self, client: &mut Client) -> Result<(), Failure> {
        if self.begun {
            client.quit()?;
        } else {
            self.begun = true;
            client.mail_from(ReversePath::Null)?;
            client.rcpt_to(Mailbox::new("b@b.example")?)?;
            client.data(Transfer::Chunks)?;
        }
        Ok(())
    }

    fn next_chunk(&mut self, _: usize, client: &mut Client) -> Result<(), Failure> {
        Ok(client.begin_raw(self.message.len() as u64, true)?)
    }

    fn write_raw(
        &mut self,
        remaining: u64,
        out: &mut dyn Write,
        client: &mut Client,
    ) -> Result<(), Failure> {
        let sent = self.message.len() - usize::try_from(remaining)?;
        let n = out.write(&self.message[sent..])?;
        client.raw_written(n as u64);
        Ok(())
    }
}

#[test]
fn a_message_can_go_from_memory_to_the_socket() {
    let sink = Sink::start("raw", &[]);
    let message = b"0123456789\r\n.\r\n".repeat(300_000);
    let mut direct = Direct {
        message: &message,
        begun: false,
        accepted: false,
    };
    let mut client = Client::new(Config::smtp(HeloName::new("a.example").unwrap()));
    Pump::new(sink.connect())
        .run(&mut client, &mut direct)
        .unwrap();
    assert!(direct.accepted);
    assert!(sink.message(1) == message);
}

#[test]
fn the_session_is_told_beside_the_message() {
    let sink = Sink::start(
        "about",
        &[
            "--user",
            "u:p:q",
            "--user",
            "v:w",
            "--require-auth",
            "--starttls",
        ],
    );
    let login = ["--starttls", "--insecure", "--user", "u", "--pass", "p:q"];
    let output = sink.send(&[b"x\r\n"], &login);
    assert_eq!(
        ended(&output),
        (
            Some(0),
            "<b@b.example> accepted: 250 2.0.0 Ok: kept as 1\n".into()
        )
    );
    assert_eq!(
        sink.about(1),
        json!({
            "from": "a@a.example",
            "to": ["b@b.example"],
            "helo": "[127.0.0.1]",
            "auth": "u",
            "tls": true,
            "parameters": { "mail": { "SIZE": "3" }, "rcpt": [{}] },
        })
    );
    let null = [
        &login[..],
        &["--from", "", "--to", "Postmaster", "--to", "ü@b.example"],
    ]
    .concat();
    assert_eq!(ended(&sink.send(&[b"\xff\r\n"], &null)).0, Some(0));
    let about = sink.about(2);
    assert_eq!(about["from"], "");
    assert_eq!(about["to"], json!(["Postmaster", "ü@b.example"]));
    assert_eq!(
        about["parameters"]["mail"],
        json!({ "SIZE": "3", "BODY": "8BITMIME", "SMTPUTF8": true })
    );
    for (args, code) in [
        (
            &["--starttls", "--insecure", "--user", "u", "--pass", "p"][..],
            2,
        ),
        (
            &["--starttls", "--insecure", "--user", "v", "--pass", "p:q"],
            2,
        ),
        (&["--starttls", "--insecure"], 1),
        // Its certificate is signed by nobody.
        (&["--starttls", "--user", "u", "--pass", "p:q"], 2),
        (&["--user", "u", "--pass", "p:q"], 2),
        (&["--tls", "--insecure"], 2),
    ] {
        let output = sink.send(&[b"x\r\n"], args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    }
    assert_eq!(sink.kept(), 2);
}

#[test]
fn passwords_go_without_tls_only_where_both_sides_say_so() {
    let sink = Sink::start("clear", &["--user", "u:p"]);
    let login = ["--user", "u", "--pass", "p"];
    let output = sink.send(&[b"x\r\n"], &login);
    assert_eq!(output.status.code(), Some(2));
    let output = sink.send(&[b"x\r\n"], &[&login[..], &["--insecure"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(sink.about(1)["auth"], "u");
}

#[test]
fn some_recipients_are_refused() {
    let reject = ["--reject-rcpt", "no@B.example"];
    for (name, lmtp) in [("partial", None), ("partial-lmtp", Some("--lmtp"))] {
        let args: Vec<&str> = reject.into_iter().chain(lmtp).collect();
        let sink = Sink::start(name, &args);
        for bdat in [None, Some("--bdat")] {
            let to = [
                "--to",
                "no@b.example",
                "--to",
                "yes@b.example",
                "--to",
                "\"no\"@b.example",
            ];
            let args: Vec<&str> = to.into_iter().chain(lmtp).chain(bdat).collect();
            let before = sink.kept();
            let (code, lines) = ended(&sink.send(&[b"x\r\n", b"y\r\n"], &args));
            assert_eq!(code, Some(1));
            let lines: Vec<&str> = lines.lines().collect();
            for (n, lines) in lines.chunks(3).enumerate() {
                let number = before + n + 1;
                for (line, expected) in lines.iter().zip([
                    "<no@b.example> refused: 550 5.1.1 No such user".to_owned(),
                    format!("<yes@b.example> accepted: 250 2.0.0 Ok: kept as {number}"),
                    "<\"no\"@b.example> refused: 550 5.1.1 No such user".to_owned(),
                ]) {
                    assert!(line.ends_with(&expected), "{line}: {expected}");
                }
                assert_eq!(sink.about(number)["to"], json!(["yes@b.example"]));
            }
            assert_eq!(lines.len(), 6);

            let args: Vec<&str> = ["--to", "no@b.example"]
                .into_iter()
                .chain(lmtp)
                .chain(bdat)
                .collect();
            let (code, lines) = ended(&sink.send(&[b"x\r\n", b"y\r\n"], &args));
            assert_eq!((code, lines.matches("refused: 550").count()), (Some(1), 2));
        }
        assert_eq!(sink.kept(), 4);
    }
}

#[test]
fn large_messages_are_not_sent_and_the_next_one_is() {
    let sink = Sink::start("large", &["--max-size", "1000"]);
    let large = [&[b'x'; 999][..], b"\n"].concat();
    let (code, lines) = ended(&sink.send(&[&large, &large[1..]], &[]));
    assert_eq!(code, Some(1));
    assert!(lines.contains("out-0 <b@b.example> not sent: larger than the server takes"));
    assert!(lines.contains("out-1 <b@b.example> accepted: 250"));
    assert_eq!(sink.message(1).len(), 1000);
}

#[test]
fn a_scanner_decides() {
    let sink = Sink::start("scan", &["--scan", "! grep -q bad"]);
    let (code, lines) = ended(&sink.send(&[b"good\r\n", b"bad\r\n"], &[]));
    assert_eq!(code, Some(1));
    assert!(lines.contains("out-0 <b@b.example> accepted: 250"));
    assert!(lines.contains("out-1 <b@b.example> refused: 550 5.7.1"));
    let sink = Sink::start("defer", &["--scan", "exit 75"]);
    let (code, lines) = ended(&sink.send(&[b"good\r\n"], &["--bdat"]));
    assert_eq!(code, Some(1));
    assert!(lines.contains("refused: 451 4.7.1"));
    assert_eq!(fs::read_dir(&sink.dir).unwrap().count(), 0);
}

/// All that a server says before it closes.
fn hear(mut socket: TcpStream) -> String {
    let mut said = Vec::new();
    match socket.read_to_end(&mut said) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    String::from_utf8(said).unwrap()
}

#[test]
fn sources_are_allowed_and_counted() {
    let sink = Sink::start("allow", &["--allow", "192.0.2.0/24", "--allow", "::1"]);
    let mut socket = sink.connect();
    socket.write_all(b"EHLO a\r\nQUIT\r\n").unwrap();
    let said = hear(socket);
    assert!(said.starts_with("554 "), "{said}");
    assert_eq!(sink.send(&[b"x\r\n"], &[]).status.code(), Some(2));

    let sink = Sink::start(
        "count",
        &["--max-per-source", "2", "--allow", "127.0.0.0/8"],
    );
    let mut open: Vec<TcpStream> = (0..2).map(|_| sink.connect()).collect();
    for socket in &mut open {
        let mut greeting = [0; 4];
        socket.read_exact(&mut greeting).unwrap();
        assert_eq!(&greeting, b"220 ");
    }
    assert!(hear(sink.connect()).starts_with("421 "));
    let mut last = open.pop().unwrap();
    last.write_all(b"QUIT\r\n").unwrap();
    hear(last);
    // The place is free once the session's thread has ended.
    let sent = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        sink.send(&[b"x\r\n"], &[]).status.success()
    });
    assert!(sent);
}

/// What sends one message from the standard input.
fn to_one<'a>(server: &'a str, to: &'a str) -> [&'a str; 7] {
    ["--server", server, "--from", "a@a.example", "--to", to, "-"]
}

#[test]
fn many_at_once() {
    let sink = Sink::start("many", &[]);
    let message = b"0123456789\r\n".repeat(10_000);
    thread::scope(|scope| {
        for n in 0..16 {
            let (sink, message) = (&sink, &message);
            scope.spawn(move || {
                let to = format!("{n}@b.example");
                let server = format!("127.0.0.1:{}", sink.server.port);
                let output = run("smtp_send", &to_one(&server, &to), message);
                assert!(output.status.success(), "{output:?}");
            });
        }
    });
    let mut to: Vec<String> = (1..=16)
        .map(|n| {
            assert!(sink.message(n) == message);
            sink.about(n)["to"][0].as_str().unwrap().to_owned()
        })
        .collect();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 16);
}

#[test]
fn half_a_message_is_none() {
    let sink = Sink::start("half", &[]);
    for (end, answer) in [
        ("", "354 "),
        ("more\n.\n", "554 "),
        ("more\r\n.\r\n", "250 2.0.0 Ok: kept as"),
    ] {
        let before = sink.kept();
        let mut socket = sink.connect();
        let talk =
            format!("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nhalf\r\n{end}");
        socket.write_all(talk.as_bytes()).unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let said = hear(socket);
        let said = said.lines().last().unwrap();
        assert!(said.starts_with(answer), "{said}");
        assert_eq!(sink.kept(), before + usize::from(answer.starts_with("250")));
    }
    let files = fs::read_dir(&sink.dir).unwrap().count();
    assert_eq!(files, 2);
}

#[test]
fn a_server_that_hangs_up_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap().to_string();
    let args = to_one(&server, "b@b.example");
    let sender = thread::spawn({
        let args = args.map(str::to_owned);
        move || run("smtp_send", &args, b"x\r\n")
    });
    let (mut socket, _) = listener.accept().unwrap();
    socket.write_all(b"421 a.example too busy\r\n").unwrap();
    drop(socket);
    let output = sender.join().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("421 a.example too busy"), "{error}");

    drop(listener);
    assert_eq!(run("smtp_send", &args, b"x\r\n").status.code(), Some(2));
}

#[test]
fn bad_arguments_print_the_usage_and_exit_with_2() {
    let send = to_one("127.0.0.1:1", "b@b.example");
    let send_with = |more: &[&'static str]| [&send[..], more].concat();
    for (name, args) in [
        ("smtp_send", vec![]),
        ("smtp_send", send[2..].to_vec()),
        ("smtp_send", send[..6].to_vec()),
        ("smtp_send", send_with(&["--to", "b@b..example"])),
        ("smtp_send", send_with(&["--to", ""])),
        ("smtp_send", send_with(&["--from", "a b@c"])),
        ("smtp_send", send_with(&["--starttls", "--tls"])),
        ("smtp_send", send_with(&["--tls", "--starttls"])),
        ("smtp_send", send_with(&["--user", "u"])),
        ("smtp_send", send_with(&["-"])),
        ("smtp_send", send_with(&["--what"])),
        ("smtp_sink", vec![]),
        ("smtp_sink", vec!["--listen", "127.0.0.1:0"]),
        ("smtp_sink", vec!["--listen", "nowhere", "--dir", "x"]),
        (
            "smtp_sink",
            vec!["--listen", "127.0.0.1:0", "--dir", "x", "--require-auth"],
        ),
        (
            "smtp_sink",
            vec!["--listen", "127.0.0.1:0", "--dir", "x", "--user", "u"],
        ),
        (
            "smtp_sink",
            vec![
                "--listen",
                "127.0.0.1:0",
                "--dir",
                "x",
                "--allow",
                "1.2.3.4/99",
            ],
        ),
        (
            "smtp_sink",
            vec!["--listen", "127.0.0.1:0", "--dir", "x", "--max-size", "-1"],
        ),
        (
            "smtp_sink",
            vec!["--listen", "127.0.0.1:0", "--dir", "x", "more"],
        ),
    ] {
        let output = run(name, &args, b"");
        assert_eq!(output.status.code(), Some(2), "{name} {args:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.contains(&format!("usage: {name} --")),
            "{args:?}: {error}"
        );
        assert_eq!(output.stdout, b"");
    }
    let output = program("smtp_send")
        .args(&send[..6])
        .arg("/nonexistent")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.is_empty());
}
