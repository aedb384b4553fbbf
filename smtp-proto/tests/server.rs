//! The server under attack, at its limits, and when things end early.

mod util;

use smtp_proto::server::{Config, Event, Server, State, Step};
use smtp_proto::{Extension, Layer, LineEnds, Need, ProtocolError, TlsPolicy, UsageError};
use util::server::{Answer, Driver, feed, reply, says, session, yes};
use util::{Cut, Drive as _, Parts, cuts};

fn relay() -> Config {
    Config::smtp("mx.example")
}

fn one(octets: impl AsRef<[u8]>) -> Parts {
    vec![octets.as_ref().to_vec()]
}

const ENVELOPE: &str =
    "EHLO client.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";

const CLOSED: Need = Need::Close(Ok(()));

/// Codes behind the greeting and EHLO.
fn codes_after_hello<S>(outcome: &util::Outcome<S>) -> Vec<u16> {
    outcome.codes()[2..].to_vec()
}

/// SMTP smuggling (CVE-2023-51764, 51765, 51766, CVE-2024-27305): whatever stands for the end of
/// data elsewhere, what follows it is no second envelope.
#[test]
fn smuggling() {
    let ends: [&[u8]; 24] = [
        b"\n.\n",
        b"\n.\r\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\r.\n",
        b"\n.\r",
        b"\r\n.\n",
        b"\r\n.\r",
        b"\r\n.\r\r\n",
        b"\r\r\n.\r\r\n",
        b"\r\n\r.\r\n",
        b"\n\n.\r\n",
        b"\r\r\n.\n",
        b"\n\r.\r\n",
        b"\r\n\0.\r\n",
        b"\r\n.\0\r\n",
        b"\r\0\n.\r\0\n",
        b"\0\r\n.\n",
        b"\r\n .\r\n",
        b"\r\n. \r\n",
        b"\r\n..\r\n",
        b"\x85.\x85",
        b"\x0b.\x0b",
        b"\r\n.\r\0\n",
    ];
    for end in ends {
        for line_ends in [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient] {
            let mut config = relay();
            config.options.line_ends = line_ends;
            let mut client = format!("{ENVELOPE}DATA\r\nhello").into_bytes();
            client.extend_from_slice(end);
            client.extend_from_slice(
                b"MAIL FROM:<spoofed@a.example>\r\nRCPT TO:<victim@b.example>\r\nDATA\r\nspoofed\r\n.\r\nQUIT\r\n",
            );
            let outcome = says(&config, yes, &client);
            assert_eq!(outcome.count("MAIL"), 1, "{}", end.escape_ascii());
            assert_eq!(outcome.count("RCPT"), 1);
            assert!(outcome.messages.len() <= 1);
            // In step, where QUIT is heard, or closed.
            let ambiguous = Need::Close(Err(ProtocolError::AmbiguousEndOfData));
            assert!(
                [CLOSED, ambiguous].contains(&outcome.end),
                "{:?}",
                outcome.end
            );
            if line_ends == LineEnds::Strict && end != b"\r\n .\r\n" {
                let bare = end.iter().enumerate().any(|(at, &octet)| match octet {
                    b'\r' => end.get(at + 1) != Some(&b'\n'),
                    b'\n' => at == 0 || end[at - 1] != b'\r',
                    _ => false,
                });
                assert_eq!(outcome.messages.is_empty(), bare, "{}", end.escape_ascii());
                assert_eq!(outcome.count("aborted BareLineEnd"), usize::from(bare));
            }
            if line_ends == LineEnds::Normalise {
                let message = String::from_utf8_lossy(&outcome.messages[0]).replace("\r\n", "");
                assert!(!message.contains(['\r', '\n']));
            }
        }
    }
}

/// CVE-2011-0411: what lies behind STARTTLS is never looked at.
#[test]
fn starttls_injection() {
    for tls in [TlsPolicy::StartTls, TlsPolicy::Required] {
        for injected in ["M", "MAIL FROM:<a@a.example>\r\n", "\r\n", "\0"] {
            let mut config = relay();
            config.tls = tls;
            let client = format!("EHLO client.example\r\nSTARTTLS\r\n{injected}");
            let outcome = says(&config, yes, client);
            assert_eq!(outcome.log.last().unwrap(), "starttls");
            assert_eq!(
                outcome.end,
                Need::Close(Err(ProtocolError::BytesAfterUpgrade))
            );
        }
    }
}

#[test]
fn starttls_injection_seen_by_the_caller() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let mut driver = Driver::new(&config, yes());
    let error = Err(ProtocolError::UnexpectedReply);
    let mut early = driver.server.clone();
    assert_eq!(early.layer_established(Layer::Tls, b""), error);
    assert_eq!(
        driver.feed(b"EHLO a\r\nSTARTTLS\r\n"),
        Need::Upgrade(Layer::Tls)
    );
    let error = Err(ProtocolError::BytesAfterUpgrade);
    assert_eq!(
        driver.server.layer_established(Layer::Tls, b"RSET\r\n"),
        error
    );
    assert_eq!(driver.feed(b""), Need::Close(error));
}

/// RFC 3207 section 4.2.
#[test]
fn tls_starts_from_nothing() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    config.capabilities.auth = "PLAIN".into();
    config.options.clear_text_auth = true;
    let parts = vec![
        b"EHLO a\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nSTARTTLS\r\n"
            .to_vec(),
        b"RCPT TO:<c@b.example>\r\nDATA\r\nMAIL FROM:<a@a.example>\r\nEHLO a\r\nSTARTTLS\r\n\
          AUTH PLAIN AGEAYg==\r\n"
            .to_vec(),
    ];
    let outcome = session(&config, yes, &parts, false);
    assert_eq!(
        outcome.codes(),
        [220, 250, 235, 250, 250, 220, 503, 503, 503, 250, 503, 235]
    );
    let text = outcome.text();
    assert_eq!(text.matches("250-STARTTLS").count(), 1);
}

#[test]
fn nothing_passes_before_required_tls() {
    let mut config = Config::submission("mx.example");
    config.tls = TlsPolicy::Required;
    config.capabilities.auth = "PLAIN".into();
    let parts = vec![
        b"AUTH PLAIN AGEAYg==\r\nEHLO a\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@a.example>\r\n\
          BDAT 6\r\nQUIT\r\nVRFY a\r\nNOOP\r\nXCLIENT NAME=a\r\nSTARTTLS\r\n"
            .to_vec(),
        b"EHLO a\r\nMAIL FROM:<a@a.example>\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@a.example>\r\n"
            .to_vec(),
    ];
    let outcome = session(&config, yes, &parts, false);
    assert_eq!(
        outcome.codes(),
        [
            220, 530, 250, 530, 530, 503, 530, 250, 530, 220, 250, 530, 235, 250
        ]
    );
    let text = outcome.text();
    let clear = text.split("220 2.0.0 Ready").next().unwrap();
    assert!(clear.contains("STARTTLS") && !clear.contains("AUTH"));
    assert!(text.ends_with("250 AUTH PLAIN\r\n530 5.7.0 Authentication required\r\n235 2.7.0 Welcome\r\n250 2.1.0 Ok\r\n"));
}

#[test]
fn auth_out_of_place() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    assert_eq!(
        says(&config, yes, "EHLO a\r\nAUTH PLAIN\r\n").codes()[2],
        502
    );
    config.capabilities.auth = "PLAIN LOGIN".into();
    for (client, codes) in [
        ("AUTH PLAIN AGEAYg==\r\n", &[220, 503][..]),
        ("HELO a\r\nAUTH PLAIN AGEAYg==\r\n", &[220, 250, 503]),
        (
            "EHLO a\r\nAUTH CRAM-MD5\r\nauth plain AGEAYg==\r\nAUTH PLAIN AGEAYg==\r\n",
            &[220, 250, 504, 235, 503],
        ),
        (
            "EHLO a\r\nMAIL FROM:<>\r\nAUTH PLAIN AGEAYg==\r\n",
            &[220, 250, 250, 503],
        ),
        (
            "EHLO a\r\nAUTH\r\nAUTH PLAIN A\r\nAUTH PLAIN =AAA\r\nAUTH PLAIN AGEAYg== x\r\n",
            &[220, 250, 501, 501, 501, 501],
        ),
    ] {
        assert_eq!(says(&config, yes, client).codes(), codes, "{client}");
    }
    config.options.clear_text_auth = false;
    let outcome = says(&config, yes, "EHLO a\r\nAUTH PLAIN AGEAYg==\r\n");
    assert_eq!(outcome.codes(), [220, 250, 538]);
    assert!(!outcome.text().contains("AUTH"));
}

#[test]
fn auth_exchanges() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    config.capabilities.auth = "LOGIN".into();
    let login = || {
        let mut challenges = ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"].into_iter();
        move |seen: &str| {
            if !seen.starts_with("auth") && !seen.starts_with("response") {
                return Answer::Accept;
            }
            match challenges.next() {
                Some(challenge) => Answer::Challenge(challenge.into()),
                None if seen == "response secret" => reply(235, "2.7.0 Welcome"),
                None => reply(535, "5.7.8 No"),
            }
        }
    };
    for (client, end) in [
        ("AUTH LOGIN\r\ndGlt\r\nc2VjcmV0\r\n", 235),
        ("AUTH LOGIN\r\n=\r\n=\r\n", 535),
        ("AUTH LOGIN\r\ndGlt\r\n\r\n", 535),
        ("AUTH LOGIN\r\n*\r\n", 501),
        ("AUTH LOGIN\r\ndGlt\r\n*\r\n", 501),
        ("AUTH LOGIN\r\nQUIT\x07\r\n", 501),
        ("AUTH LOGIN\r\n****\r\n", 501),
        ("AUTH LOGIN\r\ndGlt\n", 501),
    ] {
        let outcome = says(&config, login, format!("EHLO a\r\n{client}NOOP\r\n"));
        let codes = outcome.codes();
        assert_eq!(codes[codes.len() - 2..], [end, 250], "{client}");
        assert_eq!(outcome.count("cancelled"), usize::from(end == 501));
    }
    // 12,288 octets with CRLF pass, as an initial response and as a response; one more does not.
    let fits = "A".repeat(12_284);
    let outcome = says(
        &config,
        login,
        format!("EHLO a\r\nAUTH LOGIN\r\n{fits}\r\n"),
    );
    assert_eq!(outcome.codes(), [220, 250, 334, 334]);
    let fits = "A".repeat(12_272);
    let outcome = says(&config, login, format!("EHLO a\r\nAUTH LOGIN {fits}\r\n"));
    assert_eq!(outcome.codes(), [220, 250, 334]);
    let long = "A".repeat(12_288);
    let outcome = says(
        &config,
        login,
        format!("EHLO a\r\nAUTH LOGIN\r\n{long}\r\nNOOP\r\n"),
    );
    assert_eq!(outcome.codes(), [220, 250, 334, 500, 250]);
    let outcome = says(
        &config,
        login,
        format!("EHLO a\r\nAUTH LOGIN {long}\r\nNOOP\r\n"),
    );
    assert_eq!(outcome.codes(), [220, 250, 500, 250]);
    assert!(outcome.text().contains("500 5.5.6 "));
}

/// Letting somebody in takes a word of the application, and no other code does it.
#[test]
fn auth_is_never_accepted_by_default() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    config.capabilities.auth = "PLAIN".into();
    let mut server = Server::new(config);
    let mut input = &b"EHLO a\r\nAUTH PLAIN AGEAYg==\r\n"[..];
    loop {
        match server.poll(&mut input) {
            Step::Event(Event::Auth { .. }) => break,
            Step::Event(_) => server.accept().unwrap(),
            Step::Need(need) => panic!("{need:?}"),
        }
    }
    assert_eq!(server.accept(), Err(UsageError::WrongReply));
    assert_eq!(server.reply(250, "Ok"), Err(UsageError::WrongReply));
    assert_eq!(server.reply(354, "Ok"), Err(UsageError::WrongReply));
    assert!(matches!(
        server.reply(535, "a\rb"),
        Err(UsageError::Invalid(_))
    ));
    assert!(!server.session().authenticated);
    server.reply(235, "Ok").unwrap();
    assert!(server.session().authenticated);
    assert_eq!(server.reply(235, "Ok"), Err(UsageError::NotNow));
}

/// RFC 3030: the octets of a refused chunk are no commands.
#[test]
fn bdat_refused_and_swallowed() {
    let mut config = relay();
    for (client, codes) in [
        ("EHLO a\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n", &[503, 250][..]),
        (
            "EHLO a\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
            &[250, 554, 250],
        ),
        (
            "EHLO a\r\nBDAT 0 LAST\r\nBDAT 0\r\nNOOP\r\n",
            &[503, 503, 250],
        ),
        (
            "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
            &[250, 250, 550, 503, 250],
        ),
    ] {
        let script = || {
            |seen: &str| match seen {
                "chunks" => reply(550, "5.7.1 No"),
                _ => Answer::Accept,
            }
        };
        let outcome = says(&config, script, client);
        assert_eq!(codes_after_hello(&outcome), codes, "{client}");
        assert_eq!(outcome.count("quit"), 0);
    }
    config.capabilities.extensions.remove(Extension::Chunking);
    let outcome = says(
        &config,
        yes,
        format!("{ENVELOPE}BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"),
    );
    assert_eq!(codes_after_hello(&outcome), [250, 250, 502, 250]);
    // A server that refused the connection.
    let script = || {
        |seen: &str| match seen {
            "connect" => reply(554, "5.7.1 No service"),
            _ => Answer::Accept,
        }
    };
    let outcome = says(
        &relay(),
        script,
        "EHLO a\r\nBDAT 6\r\nQUIT\r\nNOOP\r\nQUIT\r\n",
    );
    assert_eq!(outcome.codes(), [554, 503, 503, 503, 221]);
    assert_eq!(outcome.log, ["connect", "quit"]);
}

#[test]
fn order_of_commands() {
    for (client, codes) in [
        (
            "MAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n",
            &[220, 503, 503, 503][..],
        ),
        (
            "HELO a\r\nRCPT TO:<b@b.example>\r\nDATA\r\n",
            &[220, 250, 503, 503],
        ),
        (
            "HELO a\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\nDATA\r\n",
            &[220, 250, 250, 503, 554],
        ),
        (
            "HELO a\r\nMAIL FROM:<>\r\nHELO b\r\nRCPT TO:<b@b.example>\r\n",
            &[220, 250, 250, 250, 503],
        ),
        (
            "HELO a\r\nMAIL FROM:<> SIZE=1\r\nMAIL FROM:<>\r\n",
            &[220, 250, 555, 250],
        ),
        (
            "EHLO a\r\nMAIL FROM:<> RET=HDRS\r\nMAIL FROM:<> FOO=1\r\nMAIL FROM:<> SIZE=1 SIZE=2\r\n",
            &[220, 250, 555, 555, 501],
        ),
        (
            "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example> NOTIFY=NEVER\r\nRCPT TO:<b@b.example> X=Y\r\n",
            &[220, 250, 250, 555, 555],
        ),
        (
            "STARTTLS\r\nETRN a.example\r\nATRN\r\nBURL imap://a LAST\r\nXCLIENT NAME=a\r\nXFORWARD NAME=a\r\n",
            &[220, 502, 502, 502, 502, 502, 502],
        ),
        (
            "TURN\r\nSEND FROM:<>\r\nSOML FROM:<>\r\nSAML FROM:<>\r\nFOO bar\r\nHELP\r\nVRFY a\r\nEXPN a\r\n",
            &[220, 502, 502, 502, 502, 500, 214, 252, 502],
        ),
        (
            "LHLO a\r\nHELO\r\nEHLO\r\nDATA x\r\nRSET x\r\nQUIT x\r\nNOOP x\r\n",
            &[220, 500, 501, 501, 501, 501, 501, 250],
        ),
        (
            "VRFY b\u{fc}\r\nVRFY b\u{fc} SMTPUTF8\r\nEXPN b\u{fc} SMTPUTF8\r\n",
            &[220, 553, 252, 502],
        ),
        (
            "EHLO a\r\nMAIL FROM:<\u{fc}@a.example>\r\nMAIL FROM:<>\r\nRCPT TO:<\u{fc}@b.example>\r\n",
            &[220, 250, 553, 250, 553],
        ),
    ] {
        assert_eq!(says(&relay(), yes, client).codes(), codes, "{client}");
    }
}

/// Paths that made others crash (Dovecot CVE-2020-10967) or were taken wrongly.
#[test]
fn odd_paths() {
    for (line, code) in [
        ("MAIL FROM:<\"\"@x.example>", 250),
        ("MAIL FROM:<>", 250),
        ("MAIL FROM:<@r.example,@s.example:a@a.example>", 250),
        ("MAIL FROM:<\"a@b\"@x.example>", 250),
        ("MAIL FROM:<\"a b> SIZE=1\"@x.example>", 250),
        ("MAIL FROM:<a@[IPv6:2001:db8::1]>", 250),
        ("MAIL FROM:<a@[192.0.2.1]>", 250),
        ("MAIL FROM:<a@a.example> SIZE=1 BODY=7BIT", 250),
        ("MAIL FROM:<>>>>>", 501),
        ("MAIL FROM:<a>b@a.example>", 501),
        ("MAIL FROM:<a@b@a.example>", 501),
        ("MAIL FROM:<a@-b.example>", 501),
        ("MAIL FROM:<postmaster>", 501),
        ("MAIL FROM:a@a.example", 501),
        ("MAIL FROM:<a\0@a.example>", 501),
        ("MAIL FROM:", 501),
        ("MAIL", 501),
        ("MAIL TO:<>", 501),
    ] {
        let outcome = says(&relay(), yes, format!("EHLO a\r\n{line}\r\n"));
        assert_eq!(outcome.codes()[2], code, "{line}");
    }
    let outcome = says(
        &relay(),
        yes,
        "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nRCPT TO:<PostMaster>\r\nRCPT TO:<>\r\n",
    );
    assert_eq!(codes_after_hello(&outcome), [250, 250, 250, 501]);
}

/// NULs, octets that are no UTF-8 and lines without end cost an error reply and nothing else.
#[test]
fn junk() {
    let long = "x".repeat(1_000_000);
    let mut client = b"EHLO a\r\n\0\r\nNO\0OP\r\nNOOP \0\r\n\xff\xfe\xfd\r\n\r\n   \r\n".to_vec();
    client.extend_from_slice(
        format!("NOOP {long}\r\nMAIL FROM:<{long}@a.example>\r\nNOOP\r\n").as_bytes(),
    );
    for cut in [Cut::Whole, Cut::At(1_000), Cut::Random(1), Cut::Random(2)] {
        let outcome = feed(&relay(), yes(), &one(&client), cut, false);
        assert_eq!(
            codes_after_hello(&outcome),
            [500, 500, 501, 500, 500, 500, 500, 500, 250]
        );
        assert!(outcome.text().contains("500 5.5.6 Line too long"));
    }
    // In a message they are content.
    let client = format!("{ENVELOPE}DATA\r\n{long}\0\r\n.\r\n");
    for cut in [Cut::Whole, Cut::Random(3)] {
        let outcome = feed(&relay(), yes(), &one(&client), cut, false);
        assert_eq!(outcome.messages[0].len(), long.len() + 3);
    }
}

#[test]
fn lmtp() {
    let config = Config::lmtp("mx.example");
    let script = || {
        let mut seen_end = false;
        move |seen: &str| match seen {
            "RCPT TO:<no@b.example>" => reply(550, "5.1.1 No"),
            "end" => {
                seen_end = true;
                reply(250, "2.0.0 Delivered")
            }
            "more" if seen_end => {
                seen_end = false;
                reply(452, "4.2.2 Over quota")
            }
            "more" => reply(550, "5.2.0 Third"),
            _ => Answer::Accept,
        }
    };
    let envelope = "LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nRCPT TO:<no@b.example>\r\n\
        RCPT TO:<b@b.example>\r\nRCPT TO:<c@b.example>\r\n";
    for body in ["DATA\r\nhello\r\n.\r\n", "BDAT 3\r\nabcBDAT 2 LAST\r\nde"] {
        let outcome = says(&config, script, format!("{envelope}{body}NOOP\r\n"));
        let codes = outcome.codes();
        assert_eq!(codes[..7], [220, 250, 250, 250, 550, 250, 250]);
        assert_eq!(codes[8..], [250, 452, 550, 250]);
        assert_eq!(outcome.messages.len(), 1);
    }
    // Nobody to answer for (RFC 2033 section 4.2).
    let outcome = says(
        &config,
        script,
        "EHLO a\r\nHELO a\r\nLHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<no@b.example>\r\nDATA\r\n",
    );
    assert_eq!(outcome.codes(), [220, 500, 500, 250, 250, 550, 503]);
    // A message that is swallowed has as many replies.
    let mut small = config;
    small.options.limits.message_size = 3;
    for body in ["DATA\r\nhello\r\n.\r\n", "BDAT 3\r\nabcBDAT 2 LAST\r\nde"] {
        let outcome = says(&small, script, format!("{envelope}{body}NOOP\r\n"));
        assert_eq!(outcome.codes()[8..], [552, 552, 552, 250]);
    }
}

#[test]
fn message_size() {
    let mut config = relay();
    config.options.limits.message_size = 10;
    // Early: the client says how much will come (RFC 1870 section 6.1).
    let outcome = says(
        &config,
        yes,
        "EHLO a\r\nMAIL FROM:<> SIZE=11\r\nMAIL FROM:<> SIZE=10\r\n",
    );
    assert_eq!(codes_after_hello(&outcome), [552, 250]);
    // Late: counted without dots that transport added and without the end of data.
    for (body, codes, reason) in [
        ("DATA\r\n..345678\r\n.\r\n", &[354, 250][..], 0),
        ("DATA\r\n..345678\r\n\r\n.\r\n", &[354, 552], 1),
        ("BDAT 5\r\n12345BDAT 5 LAST\r\n12345", &[250, 250], 0),
        ("BDAT 5\r\n12345BDAT 6 LAST\r\n123456", &[250, 552], 1),
        (
            "BDAT 5\r\n12345BDAT 6\r\n123456BDAT 6 LAST\r\nQUIT\r\n",
            &[250, 552, 503],
            1,
        ),
        (
            "BDAT 5\r\n12345BDAT 11\r\n12345QUIT\r\nBDAT 6 LAST\r\nQUIT\r\n",
            &[250, 552, 503],
            1,
        ),
        (
            "BDAT 11\r\n12345QUIT\r\nBDAT 6 LAST\r\nQUIT\r\n",
            &[552, 503],
            0,
        ),
    ] {
        let client = format!("{ENVELOPE}{body}RSET\r\nMAIL FROM:<c@a.example>\r\n");
        let outcome = says(&config, yes, client);
        assert_eq!(
            codes_after_hello(&outcome)[2..codes.len() + 2],
            *codes,
            "{body}"
        );
        assert_eq!(outcome.count("aborted TooLarge"), reason, "{body}");
        assert_eq!(outcome.log.last().unwrap(), "MAIL FROM:<c@a.example>");
        assert!(outcome.messages.iter().all(|message| message.len() <= 10));
    }
}

/// A second EHLO that is refused leaves everything as it was (RFC 5321 section 4.1.1.1); one that is
/// accepted starts again (section 4.1.4).
#[test]
fn a_second_hello() {
    let script = || {
        let mut hellos = [550, 250, 550, 250].into_iter();
        move |seen: &str| match seen.split_at_checked(5) {
            Some(("ehlo " | "helo ", _)) => match hellos.next().unwrap() {
                250 => Answer::Accept,
                code => reply(code, "Not so"),
            },
            _ => Answer::Accept,
        }
    };
    let mut client = String::new();
    let mut codes = vec![220];
    for (line, code, state, helo, extended) in [
        ("EHLO a.example", 550, State::Connected, "", false),
        ("EHLO a.example", 250, State::Ready, "a.example", true),
        (
            "MAIL FROM:<a@a.example>",
            250,
            State::Transaction { recipients: 0 },
            "a.example",
            true,
        ),
        (
            "HELO b.example",
            550,
            State::Transaction { recipients: 0 },
            "a.example",
            true,
        ),
        (
            "RCPT TO:<b@b.example>",
            250,
            State::Transaction { recipients: 1 },
            "a.example",
            true,
        ),
        ("HELO b.example", 250, State::Ready, "b.example", false),
    ] {
        client.push_str(line);
        client.push_str("\r\n");
        codes.push(code);
        let outcome = says(&relay(), script, &client);
        assert_eq!((outcome.codes(), outcome.state), (codes.clone(), state));
        // What the machine knows of the client is in no outcome.
        let parts = one(&client);
        for cut in [Cut::Whole].into_iter().chain(cuts(&parts)) {
            let mut driver = Driver::new(&relay(), script());
            for piece in cut.apply(&parts).concat() {
                assert_eq!(driver.feed(piece), Need::Input, "{cut:?}");
            }
            let session = driver.server.session();
            assert_eq!(
                (&*session.helo, session.extended),
                (helo, extended),
                "{cut:?}"
            );
        }
    }
}

/// The limit on lines of AUTH holds even where it is the smaller one, however the line arrives.
#[test]
fn a_small_limit_on_auth_lines() {
    for (len, code) in [(59, 235), (60, 235), (61, 500)] {
        let mut config = relay();
        config.options.clear_text_auth = true;
        config.options.limits.auth_line = 60;
        config.capabilities.auth = "PLAIN".into();
        let line = format!("AUTH PLAIN AGEAYg=={}\r\n", " ".repeat(len - 21));
        assert_eq!(line.len(), len);
        let outcome = says(&config, yes, format!("EHLO a\r\n{line}").as_bytes());
        assert_eq!(codes_after_hello(&outcome), [code], "{len}");
    }
}
