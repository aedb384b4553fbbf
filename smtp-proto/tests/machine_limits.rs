//! The limits of the machines at one below, at and one above them, and what they allocate.

use allocation_counter::measure;
use smtp_proto::client::{self, Client};
use smtp_proto::server::{self, AbortReason, Event, Server, Step};
use smtp_proto::{
    HeloName, Limit, Limits, Mailbox, Need, ParseErrorKind, ProtocolError, ReversePath, UsageError,
};

/// Answers all questions and returns what the server waits for.
fn poll_all(server: &mut Server, mut input: &[u8], mut see: impl FnMut(&Event<'_>)) -> Need {
    loop {
        match server.poll(&mut input) {
            Step::Event(event) => {
                see(&event);
                if event.is_question() {
                    server.accept().unwrap();
                }
            }
            Step::Need(Need::Flush) => server.advance_output(usize::MAX),
            Step::Need(Need::Answer) => server.accept().unwrap(),
            Step::Need(need) => return need,
        }
    }
}

fn ignore(_: &Event<'_>) {}

/// What a server with these limits says to `client`, as codes, and what it waits for.
fn codes(set: impl Fn(&mut Limits), client: &str) -> (Vec<u16>, Need) {
    let mut config = server::Config::smtp("mx.example");
    config.options.clear_text_auth = true;
    config.capabilities.auth = "PLAIN".into();
    set(&mut config.options.limits);
    let mut server = Server::new(config);
    let mut input = client.as_bytes();
    let mut output = Vec::new();
    let need = loop {
        match server.poll(&mut input) {
            Step::Event(Event::Auth { .. } | Event::AuthResponse(_)) => {
                server.challenge(b"").unwrap();
            }
            Step::Event(event) if event.is_question() => server.accept().unwrap(),
            Step::Event(_) => {}
            Step::Need(Need::Flush) => {
                output.extend_from_slice(server.output());
                server.advance_output(usize::MAX);
            }
            Step::Need(need) => break need,
        }
    };
    output.extend_from_slice(server.output());
    let text = String::from_utf8(output).unwrap();
    let last = text.lines().filter(|line| line.get(3..4) == Some(" "));
    (last.map(|line| line[..3].parse().unwrap()).collect(), need)
}

#[test]
fn lines_of_a_client() {
    let line = |verb: &str, len: usize| format!("{verb}{}\r\n", "A".repeat(len - verb.len() - 2));
    for (len, code) in [(99, 250), (100, 250), (101, 500)] {
        let (codes, _) = codes(|limits| limits.command_line = 100, &line("NOOP ", len));
        assert_eq!(codes, [220, code], "{len}");
    }
    for (len, code) in [(100, 334), (101, 334), (102, 500)] {
        let set = |limits: &mut Limits| {
            limits.command_line = 64;
            limits.auth_line = 101;
        };
        let initial = "A".repeat(80);
        let spaces = " ".repeat(len - 93);
        let client = format!("EHLO a\r\nAUTH PLAIN {initial}{spaces}\r\n");
        assert_eq!(codes(set, &client).0, [220, 250, code], "{len}");
    }
    // A line that is no base64 is refused for that as long as it is not too long.
    for (len, code) in [(101, 501), (102, 334), (103, 500)] {
        let client = ["EHLO a\r\nAUTH PLAIN\r\n", &line("", len)].concat();
        let (response, _) = codes(|limits| limits.auth_line = 102, &client);
        assert_eq!(response, [220, 250, 334, code], "{len}");
    }
}

#[test]
fn paths() {
    type Set = fn(&mut Limits, usize);
    let sets: [(Set, &dyn Fn(usize) -> String); 3] = [
        (|limits, n| limits.local_part = n, &|n| {
            format!("{}@a.example", "x".repeat(n))
        }),
        (|limits, n| limits.domain = n, &|n| {
            format!("a@{}.example", "x".repeat(n - 8))
        }),
        (|limits, n| limits.path = n, &|n| {
            format!("{}@a.example", "x".repeat(n - 12))
        }),
    ];
    for (set, mailbox) in sets {
        for (len, code) in [(29, 250), (30, 250), (31, 501)] {
            let line = format!("HELO a\r\nMAIL FROM:<{}>\r\n", mailbox(len));
            assert_eq!(codes(|limits| set(limits, 30), &line).0[2], code, "{line}");
        }
    }
    for (count, code) in [(1, 250), (2, 250), (3, 501)] {
        let parameters = [" SIZE=1", " BODY=7BIT", " SMTPUTF8"][..count].concat();
        let line = format!("EHLO a\r\nMAIL FROM:<>{parameters}\r\n");
        assert_eq!(
            codes(|limits| limits.parameters = 2, &line).0[2],
            code,
            "{line}"
        );
    }
}

#[test]
fn counts() {
    for (count, last) in [(4, 250), (5, 250), (6, 452)] {
        let rcpt = "RCPT TO:<b@b.example>\r\n".repeat(count);
        let client = format!("HELO a\r\nMAIL FROM:<>\r\n{rcpt}");
        assert_eq!(
            codes(|limits| limits.recipients = 5, &client).0.last(),
            Some(&last)
        );
    }
    let exceeded = |limit| Need::Close(Err(ProtocolError::LimitExceeded(limit)));
    for count in 4..7 {
        let (codes_, need) = codes(|limits| limits.errors = 5, &"FOO\r\n".repeat(count));
        assert_eq!(need == exceeded(Limit::Errors), count > 5);
        assert_eq!(codes_.last() == Some(&421), count > 5);
        let (codes_, need) = codes(|limits| limits.idle_commands = 5, &"NOOP\r\n".repeat(count));
        assert_eq!(need == exceeded(Limit::IdleCommands), count > 5);
        assert_eq!(codes_.last() == Some(&421), count > 5);
    }
    for (size, code) in [(9, 250), (10, 250), (11, 552)] {
        let client = format!("EHLO a\r\nMAIL FROM:<> SIZE={size}\r\n");
        assert_eq!(codes(|limits| limits.message_size = 10, &client).0[2], code);
        let client = format!(
            "HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n{}\r\n.\r\n",
            "x".repeat(size - 2)
        );
        assert_eq!(codes(|limits| limits.message_size = 10, &client).0[5], code);
        let client = format!(
            "HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nBDAT {size} LAST\r\n{}",
            "x".repeat(size)
        );
        assert_eq!(codes(|limits| limits.message_size = 10, &client).0[4], code);
    }
}

#[test]
fn output_of_a_server() {
    let mut config = server::Config::smtp("mx.example");
    config.options.limits.output = 100;
    let mut server = Server::new(config);
    let mut input =
        &b"HELO a\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nNOOP\r\nVRFY a\r\n"[..];
    let mut most = 0;
    loop {
        most = most.max(server.output().len());
        match server.poll(&mut input) {
            Step::Event(Event::Vrfy(_)) => break,
            Step::Event(event) if event.is_question() => server.accept().unwrap(),
            Step::Need(Need::Flush) => {
                assert!(server.output().len() >= 100);
                assert_eq!(server.poll(&mut input), Step::Need(Need::Flush));
                server.advance_output(server.output().len() - 99);
            }
            step => panic!("{step:?}"),
        }
    }
    // One reply above the mark at most.
    assert!(most < 200, "{most}");
    if server.output().len() >= 100 {
        assert_eq!(server.accept(), Err(UsageError::OutputFull));
        server.advance_output(1);
    }
}

#[test]
fn replies_to_a_client() {
    let hear = |set: &dyn Fn(&mut Limits), reply: &str| {
        let mut config = client::Config::smtp(HeloName::new("a.example").unwrap());
        set(&mut config.options.limits);
        let mut client = Client::new(config);
        let mut input = reply.as_bytes();
        loop {
            match client.poll(&mut input) {
                client::Step::Need(Need::Close(Err(ProtocolError::InvalidReply(error)))) => {
                    break Err(error.kind());
                }
                client::Step::Need(_) => break Ok(()),
                client::Step::Event(_) => {}
            }
        }
    };
    let exceeded = |limit| Err(ParseErrorKind::LimitExceeded(limit));
    for len in 99..102 {
        let line = format!("220 {}\r\n", "x".repeat(len - 6));
        let expected = if len > 100 {
            exceeded(Limit::ReplyLine)
        } else {
            Ok(())
        };
        assert_eq!(hear(&|limits| limits.reply_line = 100, &line), expected);
        assert_eq!(
            hear(&|limits| limits.reply_line = 100, line.trim_end()),
            if len > 101 {
                expected
            } else {
                hear(&|limits| limits.reply_line = 100, line.trim_end())
            }
        );
        let reply = format!("220-x\r\n220 {}\r\n", "x".repeat(len - 13));
        let expected = if len > 100 {
            exceeded(Limit::Reply)
        } else {
            Ok(())
        };
        assert_eq!(hear(&|limits| limits.reply = 100, &reply), expected);
    }
    for count in 9..12 {
        let reply = "220-x\r\n".repeat(count - 1) + "220 x\r\n";
        let expected = if count > 10 {
            exceeded(Limit::ReplyLines)
        } else {
            Ok(())
        };
        assert_eq!(hear(&|limits| limits.reply_lines = 10, &reply), expected);
    }
}

#[test]
fn verbs_of_a_client() {
    let mut config = client::Config::smtp(HeloName::new("a.example").unwrap());
    config.options.limits.queued_commands = 5;
    let mut client = Client::new(config.clone());
    let mut input = &b"220 a\r\n250 a\r\n"[..];
    while let client::Step::Event(_) = client.poll(&mut input) {}
    // One goes out at once.
    for _ in 0..6 {
        assert_eq!(client.noop(), Ok(()));
    }
    assert_eq!(client.noop(), Err(UsageError::OutputFull));
    config.options.limits.queued_commands = 1_000;
    config.options.limits.output = 100;
    let mut client = Client::new(config);
    let mut input = &b"220 a\r\n250-a\r\n250 PIPELINING\r\n"[..];
    while let client::Step::Event(_) = client.poll(&mut input) {}
    client.advance_output(usize::MAX);
    client.mail_from(ReversePath::Null).unwrap();
    let mut sent = 0;
    let full = loop {
        match client.rcpt_to(Mailbox::new("b@b.example").unwrap()) {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((sent, full), (4, UsageError::OutputFull));
    let mut input = &b""[..];
    assert_eq!(client.poll(&mut input), client::Step::Need(Need::Flush));
    client.advance_output(usize::MAX);
    assert_eq!(client.rcpt_to(Mailbox::new("b@b.example").unwrap()), Ok(4));
}

/// Sends this much through a server in reads of 64 KiB and returns how many octets were lent.
fn send(octets: usize, start: &str, line: &[u8]) -> u64 {
    const READ: usize = 64 << 10;
    let mut config = server::Config::smtp("mx.example");
    config.options.limits.message_size = 2 << 30;
    let mut server = Server::new(config);
    let head = format!("EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n{start}");
    assert_eq!(poll_all(&mut server, head.as_bytes(), ignore), Need::Input);
    let text: Vec<u8> = line
        .iter()
        .copied()
        .cycle()
        .take(READ + line.len())
        .collect();
    let (mut lent, mut phase) = (0, 0);
    for _ in 0..octets / READ {
        // What is left over is passed again, as a caller does.
        let mut input = &text[phase..phase + READ];
        loop {
            match server.poll(&mut input) {
                Step::Event(Event::Body(span)) => lent += span.len() as u64,
                Step::Need(Need::Input) => break,
                step => panic!("{step:?}"),
            }
        }
        assert!(input.len() <= 4);
        phase = (phase + READ - input.len()) % line.len();
    }
    lent
}

#[test]
fn a_gigabyte_is_not_held() {
    const GIGABYTE: usize = 1 << 30;
    let ordinary = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef012345678\r\n";
    for (octets, start, line) in [
        (GIGABYTE, "DATA\r\n", &ordinary[..]),
        (GIGABYTE, "BDAT 1073741825 LAST\r\n", ordinary),
        (GIGABYTE / 64, "DATA\r\n", b"..\r\n"),
        (GIGABYTE / 64, "DATA\r\n", b"x"),
    ] {
        let info = measure(|| assert!(send(octets, start, line) > octets as u64 / 2));
        // The test's own copy of a read is in it.
        assert!(info.bytes_max < 65_536 + 64_000, "{info:?}");
        assert!(info.count_total < 100, "{info:?}");
    }
}

/// Nothing is set aside for what a client only claims, and what it sends without sense is dropped.
#[test]
fn claims_cost_nothing() {
    let mut config = server::Config::smtp("mx.example");
    config.options.limits.errors = u32::MAX;
    let mut server = Server::new(config);
    let _ = poll_all(&mut server, b"EHLO a\r\n", ignore);
    let long = vec![b'x'; 1 << 20];
    let info = measure(|| {
        for claim in [
            "MAIL FROM:<a@a.example> SIZE=10485760\r\n",
            "RCPT TO:<b@b.example>\r\n",
            "BDAT 10485760\r\n",
        ] {
            assert_eq!(poll_all(&mut server, claim.as_bytes(), ignore), Need::Input);
        }
    });
    assert!(info.bytes_max < 4_096, "{info:?}");
    let info = measure(|| {
        let mut aborted = 0;
        for _ in 0..9 {
            let _ = poll_all(&mut server, &long, ignore);
        }
        let rest = [&long[..], b"BDAT 18446744073709551615 LAST\r\n", &long].concat();
        let _ = poll_all(&mut server, &rest, |event| {
            aborted += usize::from(matches!(
                event,
                Event::BodyAborted {
                    reason: AbortReason::TooLarge
                }
            ));
        });
        assert_eq!(aborted, 1);
    });
    // The last input is the test's own.
    assert!(info.bytes_max < (2 << 20) + 8_192, "{info:?}");
    let mut server = Server::new(server::Config::smtp("mx.example"));
    let _ = poll_all(&mut server, b"EHLO a\r\n", ignore);
    let info = measure(|| {
        for _ in 0..100 {
            let mut input = &long[..];
            assert_eq!(server.poll(&mut input), Step::Need(Need::Input));
            assert_eq!(input.len(), 0);
        }
    });
    assert_eq!(info.count_total, 0);
}

/// After the first message, envelopes and verbs need no memory.
#[test]
fn usual_commands_allocate_nothing() {
    let mut server = Server::new(server::Config::smtp("mx.example"));
    let transaction = b"MAIL FROM:<a@a.example> SIZE=100 BODY=8BITMIME\r\nRCPT TO:<b@b.example>\r\n\
        RCPT TO:<\"quoted local\"@b.example>\r\nDATA\r\nhello\r\n.\r\nNOOP\r\nRSET\r\nMAIL FROM:<>\r\n\
        RCPT TO:<postmaster>\r\nBDAT 3\r\nabcBDAT 0 LAST\r\nVRFY a\r\nRCPT TO:<b@b.example>\r\n";
    let _ = poll_all(&mut server, b"EHLO a\r\n", ignore);
    let _ = poll_all(&mut server, transaction, ignore);
    server.advance_output(usize::MAX);
    let info = measure(|| {
        for _ in 0..10 {
            assert_eq!(poll_all(&mut server, transaction, ignore), Need::Input);
            server.advance_output(usize::MAX);
        }
    });
    assert_eq!(info.count_total, 0, "{info:?}");
}
