//! The client with servers that lie, refuse, break off, or can do little.

mod util;

use std::time::Duration;

use smtp_proto::client::{BodyStatus, Client, Config, Event, State, Transfer};
use smtp_proto::{HeloName, Need, ParseErrorKind, ProtocolError, ReversePath, UsageError};
use util::client::{
    Driver, GREETING, LETTERS, Letter, Moment, after, hears, idle, letter, lost, mailbox, once,
    relay, sends,
};
use util::{Cut, Drive as _};

const TWO: &[Letter] = &[
    letter("a@a.example", &["b@b.example"], b"one\r\n"),
    letter("a@a.example", &["c@b.example"], b"two\r\n"),
];

#[test]
fn helo_only_where_ehlo_is_unknown() {
    for code in [500, 501, 502, 504, 550] {
        let outcome = hears(
            &relay(),
            idle,
            format!("220 mx\r\n{code} what\r\n250 mx\r\n"),
        );
        assert_eq!(
            outcome.text(),
            "EHLO client.example\r\nHELO client.example\r\n"
        );
        assert_eq!(outcome.state, State::Ready);
    }
    for server in [
        "220 mx\r\n451 later\r\n",
        "220 mx\r\n500 what\r\n550 no\r\n",
        "554 no\r\n",
        "450 no\r\n",
    ] {
        let outcome = hears(&relay(), idle, server);
        assert_eq!(outcome.end, lost(ProtocolError::Rejected), "{server}");
        assert!(outcome.text().ends_with("QUIT\r\n"));
    }
    let lmtp = Config::lmtp(HeloName::new("client.example").unwrap());
    let outcome = hears(&lmtp, idle, "220 mx\r\n500 what\r\n");
    assert_eq!(outcome.text(), "LHLO client.example\r\nQUIT\r\n");
}

#[test]
fn partial_rejection() {
    // MAIL is refused, the rest was sent already.
    let server = [GREETING, "550 a\r\n503 b\r\n503 c\r\n221 bye\r\n"].concat();
    let outcome = hears(&relay(), || sends(LETTERS), server);
    assert_eq!(
        outcome.log[3..],
        ["Mail 550 a", "Rcpt(0) 503 b", "Data 503 c", "Quit 221 bye"]
    );
    // Without PIPELINING the rest is not sent.
    let outcome = hears(
        &relay(),
        || sends(LETTERS),
        "220 mx\r\n250 mx\r\n550 a\r\n221 bye\r\n",
    );
    assert_eq!(
        outcome.log[3..],
        [
            "Mail 550 a",
            "skipped Rcpt(0)",
            "skipped Data",
            "Quit 221 bye"
        ]
    );
    // A dead transaction with an accepted sender needs RSET before the next one.
    let server = "220 mx\r\n250 mx\r\n250 a\r\n550 b\r\n250 reset\r\n250 a\r\n250 b\r\n354 go\r\n250 ok\r\n221 bye\r\n";
    let outcome = hears(&relay(), || sends(TWO), server);
    assert_eq!(outcome.text().matches("RSET\r\n").count(), 1);
    assert!(!outcome.text().contains("one") && outcome.text().contains("two\r\n.\r\n"));
    assert_eq!(outcome.end, Need::Close(Ok(())));
}

#[test]
fn a_421_at_any_time() {
    let whole = [GREETING, "250 a\r\n250 b\r\n354 go\r\n250 c\r\n221 bye\r\n"].concat();
    let replies: Vec<&str> = whole.split_inclusive("\r\n").collect();
    for at in 0..replies.len() {
        // Not within a reply of several lines.
        if (2..4).contains(&at) {
            continue;
        }
        let server = [&replies[..at].concat(), "421 4.3.2 bye\r\n250 ok\r\n"].concat();
        let parts = vec![server.into_bytes()];
        let outcome = util::client::feed(&relay(), sends(LETTERS), &parts, Cut::Whole, false);
        let bytes = util::client::feed(&relay(), sends(LETTERS), &parts, Cut::Bytes, false);
        assert_eq!(outcome.log, bytes.log);
        assert_eq!(outcome.end, lost(ProtocolError::ServiceClosing), "{at}");
        assert!(outcome.log.last().unwrap().ends_with("421 4.3.2 bye"));
    }
    // While nothing is asked, and in the middle of a message.
    let mut driver = after(&relay(), GREETING);
    assert_eq!(
        driver.feed(b"421 idle\r\n"),
        lost(ProtocolError::ServiceClosing)
    );
    assert_eq!(driver.log.last().unwrap(), "Nothing 421 idle");
    let mut driver = Driver::new(&relay(), |moment: &Moment<'_>, client: &mut Client| {
        if let Moment::Event(Event::Ready) = moment {
            client.mail_from(ReversePath::Null).unwrap();
            client.rcpt_to(mailbox("b@b.example")).unwrap();
            client.data(Transfer::Data).unwrap();
        }
        Vec::new()
    });
    let server = [GREETING, "250 a\r\n250 b\r\n"].concat();
    let _ = driver.feed(server.as_bytes());
    let mut client = driver.client;
    let mut input = &b"354 go\r\n"[..];
    let _ = client.poll(&mut input);
    assert!(matches!(
        client.poll(&mut input),
        smtp_proto::Step::Need(Need::Body { .. })
    ));
    assert_eq!(client.write_body(b"half"), Ok(BodyStatus::More));
    let mut input = &b"421 4.2.2 no more\r\n"[..];
    let _ = client.poll(&mut input);
    assert_eq!(
        client.poll(&mut input),
        smtp_proto::Step::Need(lost(ProtocolError::ServiceClosing))
    );
    assert_eq!(client.write_body(b"x"), Err(UsageError::Closing));
}

#[test]
fn replies_that_make_no_sense() {
    use ParseErrorKind as K;
    for (server, kind) in [
        ("SSH-2.0-x\r\n", K::InvalidReplyCode),
        ("+OK pop\r\n", K::InvalidReplyCode),
        ("999 x\r\n", K::InvalidReplyCode),
        ("199 x\r\n", K::InvalidReplyCode),
        ("220-a\r\n250 b\r\n", K::ReplyCodeMismatch),
        ("220?a\r\n", K::InvalidReplySeparator),
        ("220 a\n", K::BareLineFeed),
        ("\r\n", K::InvalidReplyCode),
    ] {
        let outcome = hears(&relay(), idle, server);
        let Need::Close(Err(ProtocolError::InvalidReply(error))) = outcome.end else {
            panic!("{server:?} {:?}", outcome.end);
        };
        assert_eq!(error.kind(), kind, "{server}");
    }
    for (behind, error) in [
        ("250 x\r\n", ProtocolError::UnsolicitedReply),
        ("550 x\r\n", ProtocolError::UnsolicitedReply),
    ] {
        let outcome = hears(&relay(), idle, [GREETING, behind].concat());
        assert_eq!(outcome.end, lost(error));
    }
    for behind in [
        "354 x\r\n",
        "250 a\r\n334 x\r\n",
        "250 a\r\n250 b\r\n250 go\r\n",
    ] {
        let outcome = hears(&relay(), || sends(LETTERS), [GREETING, behind].concat());
        assert_eq!(
            outcome.end,
            lost(ProtocolError::UnexpectedReply),
            "{behind}"
        );
        assert!(!outcome.text().contains("hello"));
    }
}

/// Python CVE-2013-1752: a line or a reply without end.
#[test]
fn endless_replies() {
    for (server, cut) in [
        ("220 ".to_owned() + &"x".repeat(1_000_000), Cut::Whole),
        ("220 ".to_owned() + &"x".repeat(1_000_000), Cut::Random(1)),
        ("220-x\r\n".repeat(100_000), Cut::Whole),
        ("220-x\r\n".repeat(100_000), Cut::Random(2)),
        (
            format!("220-{}\r\n", "x".repeat(1_000)).repeat(1_000),
            Cut::Random(3),
        ),
    ] {
        let parts = vec![server.into_bytes()];
        let outcome = util::client::feed(&relay(), idle(), &parts, cut, false);
        let Need::Close(Err(ProtocolError::InvalidReply(error))) = outcome.end else {
            panic!("{:?}", outcome.end);
        };
        assert!(matches!(error.kind(), ParseErrorKind::LimitExceeded(_)));
    }
}

/// A server that hangs up in the middle of a message may have said why.
#[test]
fn last_words() {
    let open = |last: &str| {
        let mut driver = Driver::new(
            &relay(),
            once(|client| {
                client.mail_from(ReversePath::Null).unwrap();
                client.rcpt_to(mailbox("b@b.example")).unwrap();
                client.data(Transfer::Data).unwrap();
            }),
        );
        let _ = driver.feed([GREETING, "250 a\r\n250 b\r\n"].concat().as_bytes());
        let mut client = driver.client;
        let mut input = &b"354 go\r\n"[..];
        let _ = client.poll(&mut input);
        assert_eq!(client.write_body(b"half"), Ok(BodyStatus::More));
        let mut input = last.as_bytes();
        assert!(matches!(
            client.poll(&mut input),
            smtp_proto::Step::Need(Need::Body { .. })
        ));
        client.handle_eof();
        let mut log = Vec::new();
        loop {
            match client.poll(&mut input) {
                smtp_proto::Step::Event(event) => log.push(util::client::line(&event)),
                smtp_proto::Step::Need(need) => break (log, need),
            }
        }
    };
    let lost = lost(ProtocolError::ConnectionLost);
    assert_eq!(
        open("552 full\r\n"),
        (vec!["Message 552 full".to_owned()], lost)
    );
    // It cannot have accepted what it has not seen.
    assert_eq!(open("250 ok\r\n"), (Vec::new(), lost));
    assert_eq!(open(""), (Vec::new(), lost));
}

#[test]
fn eof_at_every_octet() {
    let server = [
        GREETING,
        "250 a\r\n250 b\r\n354 go\r\n250 c\r\n250 a\r\n250 b\r\n354 go\r\n250 d\r\n221 bye\r\n",
    ]
    .concat();
    let one = server.find("250 c\r\n").unwrap() + 7;
    let two = server.find("250 d\r\n").unwrap() + 7;
    for at in 0..=server.len() {
        let outcome = session_at(&server, at, TWO);
        let said = outcome.count("Message 250");
        assert_eq!(
            said,
            usize::from(at >= one) + usize::from(at >= two),
            "{at}"
        );
        // After QUIT, hanging up is as good as 221.
        let expected = if at >= two {
            Ok(())
        } else {
            Err(ProtocolError::ConnectionLost)
        };
        assert_eq!(outcome.end, Need::Close(expected), "{at}");
    }
}

fn session_at(server: &str, at: usize, letters: &'static [Letter]) -> util::Outcome<State> {
    let parts = vec![server.as_bytes()[..at].to_vec()];
    let whole = util::client::feed(&relay(), sends(letters), &parts, Cut::Whole, true);
    let bytes = util::client::feed(&relay(), sends(letters), &parts, Cut::Bytes, true);
    assert_eq!((&whole.log, &whole.output), (&bytes.log, &bytes.output));
    whole
}

#[test]
fn patience() {
    let mut driver = Driver::new(&relay(), sends(LETTERS));
    let minutes = |client: &Client| client.idle_timeout().as_secs() / 60;
    assert_eq!(driver.client.idle_timeout(), Duration::from_secs(300));
    let _ = driver.feed([GREETING, "250 a\r\n"].concat().as_bytes());
    assert_eq!(minutes(&driver.client), 5);
    let _ = driver.feed(b"250 b\r\n");
    assert_eq!(minutes(&driver.client), 2);
    let mut client = driver.client.clone();
    let _ = client.poll(&mut &b"354 go\r\n"[..]);
    assert_eq!(minutes(&client), 3);
    client.finish_body();
    assert_eq!(minutes(&client), 10);
    client.handle_timeout();
    assert_eq!(
        client.poll(&mut &b"250 ok\r\n"[..]),
        smtp_proto::Step::Need(lost(ProtocolError::Timeout))
    );
}

#[test]
fn shutdown_anywhere() {
    let server = [GREETING, "250 a\r\n250 b\r\n354 go\r\n250 c\r\n221 bye\r\n"].concat();
    for at in 0..server.len() {
        let mut driver = Driver::new(&relay(), sends(LETTERS));
        let _ = driver.feed(&server.as_bytes()[..at]);
        let closed = matches!(driver.feed(b""), Need::Close(_));
        driver.take_output();
        driver.client.shutdown();
        assert!(closed || driver.feed(b"") == Need::Close(Ok(())), "{at}");
        // A message is never ended by it.
        assert_eq!(driver.take_output(), b"");
    }
    let mut driver = after(&relay(), GREETING);
    driver.take_output();
    driver.client.shutdown();
    assert_eq!(driver.feed(b""), Need::Close(Ok(())));
    assert_eq!(driver.take_output(), b"QUIT\r\n");
    // A body that is given up closes without an end of data.
    let mut client = after(&relay(), GREETING).client;
    client.mail_from(ReversePath::Null).unwrap();
    client.rcpt_to(mailbox("b@b.example")).unwrap();
    client.data(Transfer::Data).unwrap();
    let mut input = &b"250 a\r\n250 b\r\n354 go\r\n"[..];
    while let smtp_proto::Step::Event(_) = client.poll(&mut input) {}
    let _ = client.write_body(b"half").unwrap();
    client.abort_body();
    assert!(client.output().ends_with(b"half"));
    assert_eq!(
        client.poll(&mut input),
        smtp_proto::Step::Need(lost(ProtocolError::BodyAborted))
    );
}
