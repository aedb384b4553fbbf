//! The client with servers that lie, refuse, break off, or can do little.

mod util;

use std::time::Duration;

use smtp_proto::client::{BodyStatus, Client, Config, Event, State, Transfer, Verb};
use smtp_proto::{
    BodyType, Command, DataDecoder, DataStep, Extension, HeloName, Layer, LineEnds, Mail, Mailbox,
    Need, ParseErrorKind, ProtocolError, Rcpt, Ret, ReversePath, TlsPolicy, UsageError,
};
use util::client::{Driver, Letter, Moment, Script, answers, hears, letter, sends, session};
use util::{Cut, Random};

fn relay() -> Config {
    Config::smtp(HeloName::new("client.example").unwrap())
}

const GREETING: &str = "220 mx.example\r\n250-mx.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

const LETTERS: &[Letter] = &[letter("a@a.example", &["b@b.example"], b"hello\r\n")];

const TWO: &[Letter] = &[
    letter("a@a.example", &["b@b.example"], b"one\r\n"),
    letter("a@a.example", &["c@b.example"], b"two\r\n"),
];

fn idle() -> impl Script {
    |_: &Moment<'_>, _: &mut Client| Vec::new()
}

/// A client that has heard `server` and does nothing by itself.
fn after(config: &Config, server: &str) -> Driver<impl Script + use<>> {
    let mut driver = Driver::new(config, idle());
    let _ = driver.feed(server.as_bytes());
    driver
}

fn mailbox(text: &'static str) -> Mailbox<'static> {
    Mailbox::new(text).unwrap()
}

fn lost(error: ProtocolError) -> Need {
    Need::Close(Err(error))
}

#[test]
fn starttls_response_injection() {
    for tls in [TlsPolicy::StartTls, TlsPolicy::Required] {
        let mut config = relay();
        config.tls = tls;
        for injected in ["2", "250 mx\r\n", "\0"] {
            let server = format!("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n{injected}");
            let outcome = hears(&config, || sends(LETTERS), server);
            assert_eq!(outcome.end, lost(ProtocolError::BytesAfterUpgrade));
            assert_eq!(outcome.text(), "EHLO client.example\r\nSTARTTLS\r\n");
        }
    }
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let mut driver = after(&config, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n");
    let error = Err(ProtocolError::BytesAfterUpgrade);
    assert_eq!(driver.client.layer_established(Layer::Tls, b"250"), error);
    assert_eq!(driver.feed(b""), Need::Close(error));
}

/// CVE-2016-0772 and its kin: without TLS nothing but hello goes out, whatever the server says.
#[test]
fn required_tls_cannot_be_stripped() {
    let mut config = Config::submission(HeloName::new("client.example").unwrap());
    config.tls = TlsPolicy::Required;
    // Even if the caller would let credentials out.
    config.options.clear_text_auth = true;
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            // Whenever there is a chance.
            let _ = client.auth("PLAIN", Some(b"\0tim\0secret"));
            let _ = client.auth("LOGIN", None);
            let _ = client.auth_response(b"secret");
            let _ = client.mail_from(ReversePath::Null);
            if let Moment::Event(Event::Ready) = moment {
                panic!("ready without TLS");
            }
            Vec::new()
        }
    };
    let long = "EHLO client.example\r\nSTARTTLS\r\nQUIT\r\n";
    for (server, output) in [
        (
            "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n",
            "EHLO client.example\r\nQUIT\r\n",
        ),
        (
            "220 mx\r\n500 what\r\n250 mx\r\n",
            "EHLO client.example\r\nHELO client.example\r\nQUIT\r\n",
        ),
        ("220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 4.7.0 no\r\n", long),
        ("220 mx\r\n250-mx\r\n250 STARTTLS\r\n502 no\r\n", long),
    ] {
        let outcome = hears(&config, script, server);
        assert_eq!(outcome.end, lost(ProtocolError::TlsUnavailable), "{server}");
        assert_eq!(outcome.text(), output);
    }
    for server in [
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n334 \r\n",
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n235 ok\r\n",
        "220 mx\r\n235 ok\r\n250 mx\r\n",
        "334 \r\n",
        "",
    ] {
        let outcome = hears(&config, script, server);
        assert!(!outcome.text().contains("AUTH") && !outcome.text().contains("MAIL"));
    }
}

#[test]
fn offers_before_tls_are_forgotten() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let parts = vec![
        b"220 mx\r\n250-mx\r\n250-CHUNKING\r\n250-SIZE 9\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n220 go\r\n".to_vec(),
        b"250-mx\r\n250 8BITMIME\r\n".to_vec(),
    ];
    let outcome = session(&config, idle, &parts, false);
    assert_eq!(
        outcome.text(),
        "EHLO client.example\r\nSTARTTLS\r\nEHLO client.example\r\n"
    );
    let mut driver = after(
        &config,
        "220 mx\r\n250-mx\r\n250-CHUNKING\r\n250 STARTTLS\r\n220 go\r\n",
    );
    driver.upgrade();
    let _ = driver.feed(&parts[1]);
    let capabilities = driver.client.capabilities();
    assert!(driver.client.is_tls() && !capabilities.offers(Extension::Chunking));
    assert_eq!((capabilities.size, &*capabilities.auth), (None, ""));
}

/// Without the policy that demands it, a server without TLS is served in clear text.
#[test]
fn opportunistic_tls() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    for server in [
        "220 mx\r\n250 mx\r\n",
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 no\r\n",
    ] {
        assert_eq!(hears(&config, idle, server).count("ready"), 1);
    }
}

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

#[test]
fn refusals_of_the_client() {
    let mut driver = after(&relay(), "220 mx\r\n250-mx\r\n250 SIZE 100\r\n");
    let client = &mut driver.client;
    let from = || mailbox("a@a.example");
    let mut mail = Mail::from(from());
    mail.parameters.size = Some(101);
    assert_eq!(client.mail_from(mail.clone()), Err(UsageError::TooLarge));
    mail.parameters.size = Some(100);
    mail.parameters.body = Some(BodyType::EightBitMime);
    let not_offered = |extension| Err(UsageError::NotOffered(extension));
    assert_eq!(
        client.mail_from(mail.clone()),
        not_offered(Extension::EightBitMime)
    );
    mail.parameters.body = Some(BodyType::BinaryMime);
    assert_eq!(
        client.mail_from(mail.clone()),
        not_offered(Extension::BinaryMime)
    );
    mail.parameters.body = None;
    mail.parameters.smtputf8 = true;
    assert_eq!(
        client.mail_from(mail.clone()),
        not_offered(Extension::Smtputf8)
    );
    mail.parameters.smtputf8 = false;
    mail.parameters.ret = Some(Ret::Full);
    assert_eq!(client.mail_from(mail.clone()), not_offered(Extension::Dsn));
    mail.parameters.ret = None;
    mail.parameters.requiretls = true;
    assert_eq!(client.mail_from(mail), not_offered(Extension::RequireTls));
    assert_eq!(
        client.mail_from(mailbox("ü@a.example")),
        Err(UsageError::Utf8Address)
    );
    assert_eq!(
        client.mail_from(mailbox("a@ü.example")),
        Err(UsageError::Utf8Address)
    );
    assert_eq!(
        client.rcpt_to(mailbox("b@b.example")),
        Err(UsageError::NotNow)
    );
    assert_eq!(client.data(Transfer::Data), Err(UsageError::NotNow));
    assert_eq!(client.write_body(b"x"), Err(UsageError::NotNow));
    assert_eq!(client.begin_raw(1, true), Err(UsageError::NotNow));
    assert_eq!(client.auth("PLAIN", None), not_offered(Extension::Auth));
    assert_eq!(client.auth_response(b""), Err(UsageError::NotNow));
    assert!(matches!(
        client.auth("A B", None),
        Err(UsageError::Invalid(_))
    ));
    let data = Command::parse(b"DATA\r\n").unwrap();
    assert_eq!(client.command(&data), Err(UsageError::NotNow));
    // Nothing of all that was said.
    assert_eq!(client.output(), b"");
    client.mail_from(from()).unwrap();
    assert_eq!(client.mail_from(from()), Err(UsageError::NotNow));
    assert_eq!(client.data(Transfer::Data), Err(UsageError::NotNow));
    assert_eq!(
        client.rcpt_to(mailbox("ü@b.example")),
        Err(UsageError::Utf8Address)
    );
    let mut rcpt = Rcpt::from(mailbox("b@b.example"));
    rcpt.parameters.notify = Some(smtp_proto::Notify::NEVER);
    let error = UsageError::NotOffered(Extension::Dsn);
    assert_eq!(client.rcpt_to(rcpt), Err(error));
    assert_eq!(client.rcpt_to(mailbox("b@b.example")), Ok(0));
    assert_eq!(
        client.data(Transfer::Chunks),
        not_offered(Extension::Chunking)
    );
    client.data(Transfer::Data).unwrap();
    assert_eq!(client.rset(), Err(UsageError::NotNow));
    assert_eq!(client.quit(), Err(UsageError::NotNow));
    let _ = driver.feed(b"250 a\r\n250 b\r\n");
    let client = &mut driver.client;
    let mut input = &b"354 go\r\n"[..];
    let _ = client.poll(&mut input);
    client.advance_output(usize::MAX);
    assert_eq!(
        client.write_body("ü".as_bytes()),
        Err(UsageError::EightBitData)
    );
    assert_eq!(client.write_body(b"a\nb"), Err(UsageError::BareLineEnd));
    assert_eq!(client.write_body(b"a\rb"), Err(UsageError::BareLineEnd));
    assert_eq!(client.noop(), Err(UsageError::NotNow));
    assert_eq!(client.output(), b"");
    assert_eq!(client.write_body(b"a\r\n"), Ok(BodyStatus::More));
    assert_eq!(client.output(), b"a\r\n");
}

/// RFC 9422.
#[test]
fn limits_of_the_server() {
    const THREE: &[Letter] = &[
        letter("a@a.example", &["b@b.example", "c@b.example"], b"1\r\n"),
        letter("a@a.example", &["b@b.example"], b"2\r\n"),
    ];
    let server = "220 mx\r\n250-mx\r\n250 LIMITS MAILMAX=2 RCPTMAX=2 FOO=1\r\n250 a\r\n250 b\r\n250 c\r\n\
        354 go\r\n250 d\r\n250 a\r\n250 b\r\n354 go\r\n250 d\r\n";
    let script = || {
        let mut inner = sends(THREE);
        move |moment: &Moment<'_>, client: &mut Client| {
            if answers(moment, Verb::Rcpt(1)) {
                return Vec::new();
            }
            if client.state() == State::Ready && matches!(moment, Moment::Idle) {
                assert_eq!(
                    client.mail_from(ReversePath::Null),
                    Err(UsageError::LimitExceeded)
                );
            }
            inner(moment, client)
        }
    };
    let mut driver = Driver::new(&relay(), script());
    let _ = driver.feed(server.as_bytes());
    assert_eq!(
        driver
            .log
            .iter()
            .filter(|line| line.starts_with("Message 250"))
            .count(),
        2
    );
    let mut driver = after(&relay(), "220 mx\r\n250-mx\r\n250 LIMITS RCPTMAX=1\r\n");
    driver.client.mail_from(ReversePath::Null).unwrap();
    assert_eq!(driver.client.rcpt_to(mailbox("b@b.example")), Ok(0));
    assert_eq!(
        driver.client.rcpt_to(mailbox("c@b.example")),
        Err(UsageError::LimitExceeded)
    );
}

/// A script that does `first` when it is ready.
fn once(first: impl Fn(&mut Client)) -> impl Script {
    move |moment: &Moment<'_>, client: &mut Client| {
        if let Moment::Event(Event::Ready) = moment {
            first(client);
        }
        Vec::new()
    }
}

const AUTH: &str = "220 mx\r\n250-mx\r\n250 AUTH PLAIN LOGIN\r\n";

#[test]
fn auth() {
    let mut config = relay();
    let mut driver = after(&config, AUTH);
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NeedsTls));
    assert_eq!(driver.client.output(), b"");
    config.options.clear_text_auth = true;
    // Twice, and within a transaction.
    let mut driver = after(&config, AUTH);
    driver.client.auth("PLAIN", Some(b"")).unwrap();
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
    assert_eq!(driver.client.state(), State::Authenticating);
    let _ = driver.feed(b"535 5.7.8 no\r\n");
    assert!(!driver.client.is_authenticated());
    driver.client.auth("PLAIN", Some(b"x")).unwrap();
    let _ = driver.feed(b"235 2.7.0 yes\r\n");
    assert!(driver.client.is_authenticated());
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
    assert_eq!(
        driver.take_output(),
        b"EHLO client.example\r\nAUTH PLAIN =\r\nAUTH PLAIN eA==\r\n"
    );
    let mut driver = after(&config, AUTH);
    driver.client.mail_from(ReversePath::Null).unwrap();
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
}

#[test]
fn auth_challenges() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    let login = || {
        |moment: &Moment<'_>, client: &mut Client| {
            match moment {
                Moment::Event(Event::Ready) => client.auth("LOGIN", None).unwrap(),
                Moment::Event(Event::AuthChallenge(challenge)) => match challenge.as_bytes() {
                    b"Username:" => client.auth_response(b"tim").unwrap(),
                    b"Password:" => client.auth_response(b"").unwrap(),
                    _ => client.auth_cancel().unwrap(),
                },
                _ => {}
            }
            Vec::new()
        }
    };
    for (server, said) in [
        (
            "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 yes\r\n",
            "AUTH LOGIN\r\ndGlt\r\n\r\n",
        ),
        (
            "334 VXNlcm5hbWU6\r\n334 \r\n501 ok\r\n",
            "AUTH LOGIN\r\ndGlt\r\n*\r\n",
        ),
        ("334\r\n501 ok\r\n", "AUTH LOGIN\r\n*\r\n"),
        ("334 not base64!\r\n501 ok\r\n", "AUTH LOGIN\r\n*\r\n"),
    ] {
        let outcome = hears(&config, login, [AUTH, server].concat());
        assert_eq!(outcome.text(), format!("EHLO client.example\r\n{said}"));
        assert_eq!(outcome.end, Need::Answer, "{server}");
    }
    // A yes that comes before the response is none.
    let mut driver = Driver::new(&config, once(|client| client.auth("LOGIN", None).unwrap()));
    let need = driver.feed(
        [AUTH, "334 VXNlcm5hbWU6\r\n235 yes\r\n"]
            .concat()
            .as_bytes(),
    );
    assert_eq!(
        (need, driver.client.is_authenticated()),
        (Need::Answer, false)
    );
    assert_eq!(driver.feed(b""), Need::Answer);
    driver.client.auth_response(b"tim").unwrap();
    assert_eq!(driver.client.auth_response(b"tim"), Err(UsageError::NotNow));
    // QUIT may be queued in the middle.
    let mut driver = Driver::new(&config, once(|client| client.auth("LOGIN", None).unwrap()));
    let _ = driver.feed([AUTH, "334 \r\n"].concat().as_bytes());
    driver.client.quit().unwrap();
    driver.client.auth_cancel().unwrap();
    assert_eq!(driver.feed(b"501 ok\r\n221 bye\r\n"), Need::Close(Ok(())));
    assert!(
        driver
            .take_output()
            .ends_with(b"AUTH LOGIN\r\n*\r\nQUIT\r\n")
    );
}

/// RFC 4954 section 4: an initial response that makes the line too long waits for a challenge.
#[test]
fn auth_with_a_long_response() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    let script = || once(|client| client.auth("PLAIN", Some(&[b'x'; 9_000])).unwrap());
    let outcome = hears(&config, script, [AUTH, "334 \r\n235 yes\r\n"].concat());
    let line = "eHh4".repeat(3_000);
    assert_eq!(
        outcome.text(),
        format!("EHLO client.example\r\nAUTH PLAIN\r\n{line}\r\n")
    );
    assert_eq!(outcome.count("challenge"), 0);
}

/// lettre #802, #803, RUSTSEC-2021-0069: wherever a body is cut, it arrives as it was, with one
/// end of data.
#[test]
fn bodies_arrive_as_they_were() {
    const BODY: &[u8] = b".\r\n..\r\n.a\r\nb.\r\n\r\n.\r\nMAIL FROM:<x@x.example>\r\n.";
    let server = [GREETING, "250 a\r\n250 b\r\n354 go\r\n250 ok\r\n"].concat();
    let mut cuts: Vec<Vec<&[u8]>> = (0..BODY.len())
        .map(|at| vec![&BODY[..at], &BODY[at..]])
        .collect();
    cuts.extend((0..50).map(|seed| Random(seed).pieces(BODY)));
    for pieces in cuts {
        for transfer in [Transfer::Data, Transfer::Chunks] {
            let mut pieces = pieces.iter();
            let script = move |moment: &Moment<'_>, client: &mut Client| {
                match moment {
                    Moment::Event(Event::Ready) => {
                        client.mail_from(ReversePath::Null).unwrap();
                        client.rcpt_to(mailbox("b@b.example")).unwrap();
                        client.data(transfer).unwrap();
                    }
                    Moment::Body => match pieces.next() {
                        Some(piece) => assert_eq!(client.write_body(piece), Ok(BodyStatus::More)),
                        None => client.finish_body(),
                    },
                    _ => {}
                }
                Vec::new()
            };
            let mut driver = Driver::new(&relay(), script);
            let _ = driver.feed([GREETING, "250 a\r\n250 b\r\n"].concat().as_bytes());
            driver.take_output();
            if transfer == Transfer::Chunks {
                continue;
            }
            let _ = driver.feed(&server.as_bytes()[server.len() - 16..]);
            let output = driver.take_output();
            let mut decoder = DataDecoder::new(LineEnds::Strict);
            let (mut input, mut message) = (&output[..], Vec::new());
            while let DataStep::Span(span) = decoder.poll(&mut input) {
                message.extend_from_slice(span);
            }
            assert_eq!(decoder.poll(&mut input), DataStep::End);
            assert_eq!((message, input), ([BODY, b"\r\n"].concat(), &b""[..]));
        }
    }
}

#[test]
fn a_refused_chunk() {
    const CHUNKS: &[Letter] = &[
        Letter {
            transfer: Transfer::Chunks,
            ..letter("a@a.example", &["b@b.example"], &[b'x'; 100])
        },
        letter("a@a.example", &["c@b.example"], b"two\r\n"),
    ];
    // Each chunk waits without PIPELINING, so the rest is not sent.
    let server = "220 mx\r\n250-mx\r\n250 CHUNKING\r\n250 a\r\n250 b\r\n552 full\r\n250 reset\r\n250 a\r\n250 c\r\n354 go\r\n250 ok\r\n221 bye\r\n";
    let outcome = hears(&relay(), || sends(CHUNKS), server);
    assert_eq!(outcome.text().matches("BDAT").count(), 1);
    assert_eq!(outcome.text().matches("RSET").count(), 1);
    assert_eq!(outcome.count("Bdat 552"), 1);
    assert_eq!(outcome.end, Need::Close(Ok(())));
    // The last octets are refused while the end waits for its turn, with the next message behind.
    let server = "220 mx\r\n250-mx\r\n250 CHUNKING\r\n250 a\r\n250 b\r\n250 ok\r\n552 full\r\n250 reset\r\n250 a\r\n250 c\r\n354 go\r\n250 ok\r\n221 bye\r\n";
    let outcome = hears(&relay(), || sends(CHUNKS), server);
    assert_eq!(outcome.text().matches("BDAT").count(), 2);
    assert!(!outcome.text().contains("LAST"));
    assert_eq!(outcome.text().matches("RSET").count(), 1);
    assert_eq!(outcome.end, Need::Close(Ok(())));
    // With PIPELINING all have left; each has its reply.
    let replies = "250 a\r\n250 b\r\n552 full\r\n503 no\r\n503 no\r\n221 bye\r\n";
    let parts = vec![[GREETING, replies].concat().into_bytes()];
    let outcome = util::client::feed(&relay(), sends(&CHUNKS[..1]), &parts, Cut::Bytes, false);
    assert_eq!(
        outcome.log[5..],
        [
            "Bdat 552 full",
            "Bdat 503 no",
            "Message 503 no",
            "Quit 221 bye"
        ]
    );
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

#[test]
fn xclient_starts_again() {
    let script = || {
        let mut done = false;
        move |moment: &Moment<'_>, client: &mut Client| {
            if let Moment::Event(Event::Ready) = moment
                && !std::mem::replace(&mut done, true)
            {
                let line = b"XCLIENT NAME=spike.example\r\n";
                client.command(&Command::parse(line).unwrap()).unwrap();
                client.noop().unwrap();
            }
            Vec::new()
        }
    };
    let server = "220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 XCLIENT NAME\r\n220 again\r\n250 mx\r\n250 noop\r\n";
    let outcome = hears(&relay(), script, server);
    assert_eq!(
        outcome.text(),
        "EHLO client.example\r\nXCLIENT NAME=spike.example\r\nEHLO client.example\r\nNOOP\r\n"
    );
    assert_eq!(outcome.count("ready"), 2);
    let refused = "220 mx\r\n250-mx\r\n250 XCLIENT NAME\r\n550 no\r\n250 noop\r\n";
    assert_eq!(hears(&relay(), script, refused).count("ready"), 1);
}
