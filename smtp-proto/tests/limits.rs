//! Each limit of the codec one below, at and one above it, and that parsing allocates nothing.

use allocation_counter::measure;
use smtp_proto::{
    Capabilities, Command, Domain, EnvelopeId, Limit, Mailbox, Mechanism, Options,
    OriginalRecipient, ParseError, ParseErrorKind as Kind, Reply, Solicit,
};

fn exceeded<T: std::fmt::Debug>(result: Result<T, ParseError>, limit: Limit) {
    let error = result.expect_err("the limit holds");
    assert_eq!(error.kind(), Kind::LimitExceeded(limit));
}

/// A line of exactly `len` octets, CRLF included.
fn line(start: &str, len: usize) -> Vec<u8> {
    let mut line = start.as_bytes().to_vec();
    line.resize(len - 2, b'A');
    line.extend_from_slice(b"\r\n");
    line
}

#[test]
fn command_line() {
    let options = Options::default();
    let max = options.limits.command_line;
    assert_eq!(max, 2_048);
    assert!(Command::parse(&line("NOOP ", max - 1)).is_ok());
    assert!(Command::parse(&line("NOOP ", max)).is_ok());
    exceeded(Command::parse(&line("NOOP ", max + 1)), Limit::CommandLine);
    // Without its end, a line is too long as soon as no end can come in time.
    let endless = vec![b'A'; max];
    assert_eq!(Command::parse_prefix(&endless[..max - 1]), Ok(None));
    exceeded(Command::parse_prefix(&endless), Limit::CommandLine);
    let endless = vec![b'A'; 1_000_000];
    exceeded(Command::parse_prefix(&endless), Limit::CommandLine);
}

#[test]
fn auth_line() {
    let max = Options::default().limits.auth_line;
    assert_eq!(max, 12_288);
    // Base64 comes in groups of four.
    assert!(Command::parse(&line("AUTH GSSAPI ", max - 2)).is_ok());
    let spaced = |len| {
        let mut line = line("auth GSSAPI ", max - 2);
        line.truncate(max - 4);
        line.resize(len - 2, b' ');
        line.extend_from_slice(b"\r\n");
        line
    };
    assert!(Command::parse(&spaced(max)).is_ok());
    exceeded(Command::parse(&spaced(max + 1)), Limit::AuthLine);
    let mut endless = line("AUTH PLAIN ", max + 2);
    endless.truncate(max);
    assert_eq!(Command::parse_prefix(&endless[..max - 1]), Ok(None));
    exceeded(Command::parse_prefix(&endless), Limit::AuthLine);
}

#[test]
fn local_part_and_domain() {
    let mailbox =
        |local: usize, domain: &str| Mailbox::new(format!("{}@{domain}", "a".repeat(local)));
    for len in [1, 63, 64] {
        assert!(mailbox(len, "b.example").is_ok());
    }
    exceeded(mailbox(65, "b.example"), Limit::LocalPart);
    exceeded(
        Mailbox::new(format!("\"{}\"@b", "a".repeat(63))),
        Limit::LocalPart,
    );
    for len in [254, 255] {
        assert!(Domain::new(domain(len)).is_ok());
    }
    // With brackets, 254 octets fill a path.
    for len in [251, 252] {
        assert!(mailbox(1, &domain(len)).is_ok());
    }
    exceeded(mailbox(1, &domain(253)), Limit::Path);
    exceeded(mailbox(1, &domain(256)), Limit::Domain);
    exceeded(Domain::new(domain(256)), Limit::Domain);
    exceeded(
        mailbox(1, &format!("[x:{}]", "y".repeat(252))),
        Limit::Domain,
    );
    // A label of the DNS.
    assert!(Domain::new("a".repeat(63)).is_ok());
    assert_eq!(
        Domain::new("a".repeat(64)).unwrap_err().kind(),
        Kind::InvalidDomain
    );
    let mut limits = smtp_proto::Limits::default();
    limits.local_part = 255;
    limits.path = 1_000;
    assert!(Mailbox::new_with(format!("{}@b", "a".repeat(255)), &limits).is_ok());
    exceeded(
        Mailbox::new_with(format!("{}@b", "a".repeat(256)), &limits),
        Limit::LocalPart,
    );
}

/// A domain of exactly `len` octets.
fn domain(len: usize) -> String {
    let mut domain = String::new();
    while domain.len() + 64 < len {
        domain.push_str(&"a".repeat(50));
        domain.push('.');
    }
    let left = len - domain.len();
    domain.push_str(&"a".repeat(left));
    domain
}

#[test]
fn path() {
    let path = |len: usize| {
        // The brackets, a local part of 10 and the at sign are 13 octets.
        let text = format!("MAIL FROM:<{}@{}>\r\n", "a".repeat(10), domain(len - 13));
        Command::parse(text.as_bytes()).map(Command::into_owned)
    };
    for len in [255, 256] {
        assert!(path(len).is_ok());
    }
    exceeded(path(257), Limit::Path);
    let route = |hops: usize| {
        let route = vec!["@a.example"; hops].join(",");
        let text = format!("RCPT TO:<{route}:b@c.example>\r\n");
        Command::parse(text.as_bytes()).map(Command::into_owned)
    };
    assert!(route(22).is_ok());
    exceeded(route(23), Limit::Path);
}

#[test]
fn helo_name() {
    let ehlo = |len: usize| {
        let text = format!("EHLO {}\r\n", "a".repeat(len));
        Command::parse(text.as_bytes()).map(Command::into_owned)
    };
    for len in [254, 255] {
        assert!(ehlo(len).is_ok());
    }
    exceeded(ehlo(256), Limit::Domain);
}

#[test]
fn parameters() {
    let mail = |count: usize| {
        let parameters: Vec<_> = (0..count).map(|i| format!(" X{i}=1")).collect();
        let parameters = parameters.concat();
        let text = format!("MAIL FROM:<>{parameters}\r\n");
        Command::parse(text.as_bytes()).map(Command::into_owned)
    };
    for count in [31, 32] {
        assert!(mail(count).is_ok());
    }
    exceeded(mail(33), Limit::Parameters);
}

#[test]
fn parameter_values() {
    for (len, fits) in [(99, true), (100, true), (101, false)] {
        assert_eq!(
            EnvelopeId::new("a".repeat(len)).is_ok(),
            fits,
            "ENVID {len}"
        );
    }
    for (len, fits) in [(499, true), (500, true), (501, false)] {
        let value = format!("rfc822;{}", "a".repeat(len - 7));
        assert_eq!(OriginalRecipient::new(value).is_ok(), fits, "ORCPT {len}");
    }
    for (len, fits) in [(19, true), (20, true), (21, false)] {
        assert_eq!(
            Mechanism::new("A".repeat(len)).is_ok(),
            fits,
            "mechanism {len}"
        );
    }
    for (len, fits) in [(999, true), (1_000, true), (1_001, false)] {
        assert_eq!(Solicit::new("a".repeat(len)).is_ok(), fits, "SOLICIT {len}");
    }
    for (len, fits) in [(79, true), (80, true), (81, false)] {
        let id = format!("<{}>", "a".repeat(len - 2));
        assert_eq!(
            smtp_proto::TransactionId::new(id).is_ok(),
            fits,
            "TRANSID {len}"
        );
    }
}

#[test]
fn reply_line() {
    let max = Options::default().limits.reply_line;
    assert_eq!(max, 4_096);
    for len in [max - 1, max] {
        assert!(Reply::parse(&line("250 ", len)).is_ok());
    }
    exceeded(Reply::parse(&line("250 ", max + 1)), Limit::ReplyLine);
    let endless = vec![b'2'; max];
    assert_eq!(Reply::parse_prefix(&endless[..max - 1]), Ok(None));
    exceeded(Reply::parse_prefix(&endless), Limit::ReplyLine);
}

#[test]
fn reply_lines() {
    let reply = |lines: usize| {
        let mut wire = b"250-a\r\n".repeat(lines - 1);
        wire.extend_from_slice(b"250 b\r\n");
        Reply::parse(&wire).map(Reply::into_owned)
    };
    for lines in [255, 256] {
        assert!(reply(lines).is_ok());
    }
    exceeded(reply(257), Limit::ReplyLines);
    // It need not end to be refused.
    let endless = b"250-a\r\n".repeat(1_000_000);
    exceeded(Reply::parse_prefix(&endless), Limit::ReplyLines);
}

#[test]
fn reply_size() {
    let max = Options::default().limits.reply;
    assert_eq!(max, 65_536);
    let reply = |len: usize| {
        let mut wire = Vec::new();
        while len - wire.len() > 2_000 {
            wire.extend(line("250-", 1_000));
        }
        let left = len - wire.len();
        wire.extend(line("250 ", left));
        assert_eq!(wire.len(), len);
        Reply::parse(&wire).map(Reply::into_owned)
    };
    for len in [max - 1, max] {
        assert!(reply(len).is_ok());
    }
    exceeded(reply(max + 1), Limit::Reply);
}

/// The commands by which speed is compared: bare verbs, paths, and typed parameters.
const MIX: [&[u8]; 12] = [
    b"EHLO mx.client.example.org\r\n",
    b"MAIL FROM:<alice@example.org>\r\n",
    b"MAIL FROM:<alice@example.org> SIZE=123456 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ314159 AUTH=<>\r\n",
    b"RCPT TO:<bob@example.com>\r\n",
    b"RCPT TO:<bob@example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@example.com\r\n",
    b"DATA\r\n",
    b"RSET\r\n",
    b"NOOP\r\n",
    b"BDAT 86400 LAST\r\n",
    b"AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=\r\n",
    b"STARTTLS\r\n",
    b"QUIT\r\n",
];

#[test]
fn parsing_commands_allocates_nothing() {
    let options = Options::default();
    for wire in MIX {
        let count = measure(|| {
            let command = Command::parse_with(wire, &options);
            assert!(command.is_ok());
        });
        assert_eq!(count.count_total, 0, "{}", String::from_utf8_lossy(wire));
    }
    for wire in [
        &b"RCPT TO:<@a.example:\"b c\"@[IPv6:2001:db8::1]> RRVS=2026-11-20T19:02:27Z;R\r\n"[..],
        b"MAIL FROM:<> BY=120;R MT-PRIORITY=3 REQUIRETLS HOLDFOR=5 MTRK=AAAA:5 SOLICIT=a:b TRANSID=<a>\r\n",
        b"XCLIENT NAME=a.example ADDR=192.0.2.1\r\n",
        b"MAIL FROM:<a@b@c>\r\n",
        b"XNEW a b c\r\n",
        b"\r\n",
    ] {
        let count = measure(|| {
            let _ = Command::parse_with(wire, &options);
        });
        assert_eq!(count.count_total, 0, "{}", String::from_utf8_lossy(wire));
    }
}

#[test]
fn parsing_replies_allocates_nothing() {
    let options = Options::default();
    for wire in [
        &b"250 2.1.0 Ok\r\n"[..],
        b"354 go ahead\r\n",
        b"550-5.1.1 The mailbox does not exist\r\n550 5.1.1 here\r\n",
        b"250-mx.example greets you\r\n250-SIZE 1000\r\n250-AUTH PLAIN\r\n250-LIMITS RCPTMAX=5\r\n250 SMTPUTF8\r\n",
        b"250-a\r\n251 b\r\n",
    ] {
        let count = measure(|| {
            if let Ok(reply) = Reply::parse_with(wire, &options) {
                let capabilities = Capabilities::from_reply(&reply);
                assert!(capabilities.others.len() < 2);
            }
        });
        // The one unknown line of the two-line refusal goes into a list.
        let others = usize::from(wire.starts_with(b"550-"));
        assert_eq!(count.count_total, others as u64, "{}", String::from_utf8_lossy(wire));
    }
}

#[test]
fn body_codec_holds_nothing() {
    use smtp_proto::{DataDecoder, DataEncoder, DataStep, LineEnds};
    let text =
        b"..A line that starts with a dot and is 78 octets long, as most mail has them...\r\n";
    let wire = text.repeat(1_000);
    let mut out = Vec::with_capacity(2 * wire.len());
    for mode in [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient] {
        let count = measure(|| {
            let mut decoder = DataDecoder::new(mode);
            let mut input = &wire[..];
            while let DataStep::Span(span) = decoder.poll(&mut input) {
                assert!(!span.is_empty());
            }
            let mut encoder = DataEncoder::new(mode);
            assert!(encoder.write(&wire, &mut out).is_ok());
            encoder.finish(&mut out);
            out.clear();
        });
        assert_eq!(count.count_total, 0, "{mode:?}");
    }
}
