//! What the client refuses to send, and that all else arrives (RFC 5321 section 4.5.2, RFC 3030,
//! RFC 9422).

mod util;

use smtp_proto::client::{BodyStatus, Client, Event, State, Transfer, Verb};
use smtp_proto::{
    BodyType, Command, DataDecoder, DataStep, Extension, ForwardPath, LineEnds, Mail, Need, Rcpt,
    Ret, ReversePath, ServiceLimit, UsageError,
};
use util::client::{
    Driver, GREETING, Letter, Moment, after, answers, hears, letter, mailbox, relay, sends,
};
use util::{Cut, Drive as _, Random};

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
                    Err(UsageError::LimitExceeded(ServiceLimit::MailMax))
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
}

/// RFC 9422: each of the limits at n-1, n and n+1.
#[test]
fn limits_of_the_server_are_exact() {
    let hello = |limits: &str| {
        let text = format!("220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 LIMITS {limits}\r\n");
        after(&relay(), &text)
    };
    let exceeded = |limit| Err(UsageError::LimitExceeded(limit));
    let mut driver = hello("RCPTMAX=3");
    driver.client.mail_from(ReversePath::Null).unwrap();
    for n in 0..3 {
        assert_eq!(driver.client.rcpt_to(mailbox("b@b.example")), Ok(n));
    }
    let over = driver.client.rcpt_to(mailbox("b@b.example"));
    assert_eq!(over, exceeded(ServiceLimit::RcptMax));

    let mut driver = hello("MAILMAX=3");
    for _ in 0..3 {
        assert_eq!(driver.client.mail_from(ReversePath::Null), Ok(()));
        driver.client.rset().unwrap();
    }
    let over = driver.client.mail_from(ReversePath::Null);
    assert_eq!(over.map(|()| 0), exceeded(ServiceLimit::MailMax));

    let mut driver = hello("RCPTDOMAINMAX=3");
    let client = &mut driver.client;
    client.mail_from(ReversePath::Null).unwrap();
    assert_eq!(client.rcpt_to(mailbox("b@one.example")), Ok(0));
    assert_eq!(client.rcpt_to(mailbox("b@[192.0.2.1]")), Ok(1));
    assert_eq!(client.rcpt_to(ForwardPath::Postmaster), Ok(2));
    client.rset().unwrap();
    // The domains of all transactions count.
    client.mail_from(ReversePath::Null).unwrap();
    assert_eq!(client.rcpt_to(mailbox("b@three.example")), Ok(0));
    let over = client.rcpt_to(mailbox("b@four.example"));
    assert_eq!(over, exceeded(ServiceLimit::RcptDomainMax));
    // Nothing has changed, and what is not new is still taken.
    assert_eq!(client.rcpt_to(mailbox("c@ONE.example")), Ok(1));
    assert_eq!(client.rcpt_to(mailbox("c@[192.0.2.1]")), Ok(2));
}

/// RFC 3030 section 3.
#[test]
fn a_binary_message_cannot_go_by_data() {
    let mut driver = after(
        &relay(),
        "220 mx\r\n250-mx\r\n250-BINARYMIME\r\n250 CHUNKING\r\n",
    );
    let client = &mut driver.client;
    let mut mail = Mail::from(ReversePath::Null);
    mail.parameters.body = Some(BodyType::BinaryMime);
    client.mail_from(mail).unwrap();
    client.rcpt_to(mailbox("b@b.example")).unwrap();
    assert_eq!(client.data(Transfer::Data), Err(UsageError::NotNow));
    assert_eq!(client.data(Transfer::Chunks), Ok(()));
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
