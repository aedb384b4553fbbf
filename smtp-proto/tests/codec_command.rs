//! Commands and their arguments: what the codec accepts, refuses and keeps (RFC 5321 section 4.1.1).

mod lines;

use lines::{accepted, encoded, parse, refused};
use smtp_proto::{
    Attributes, Base64, Capabilities, Command, Domain, EnvelopeId, HeloName, LineEnds, Mailbox,
    Mechanism, Node, Options, OriginalRecipient, Parameter, ParseErrorKind as Kind, Query, Reply,
    Unknown, XText,
};

#[test]
fn no_argument_takes_a_line_end_or_nul() {
    for text in ["a\r\nQUIT", "a\nQUIT", "a\rb", "a\0b", "a\r\n"] {
        assert!(Mailbox::new(format!("{text}@b.example")).is_err());
        assert!(Mailbox::new(format!("a@{text}")).is_err());
        assert!(Domain::new(text).is_err());
        assert!(HeloName::new(text).is_err());
        assert!(smtp_proto::Argument::new(text).is_err());
        assert!(Mechanism::new(text).is_err());
        assert!(Node::new(text).is_err());
        assert!(smtp_proto::Url::new(format!("imap:{text}")).is_err());
        assert!(Base64::new(text).is_err());
        assert!(XText::new(text).is_err());
        assert!(EnvelopeId::new(text).is_err());
        assert!(OriginalRecipient::new(format!("rfc822;{text}")).is_err());
        assert!(OriginalRecipient::new(format!("utf-8;{text}")).is_err());
        assert!(Attributes::new(format!("NAME={text}")).is_err());
        assert!(Parameter::new(text, None).is_err());
        assert!(Parameter::new("X", Some(text.into())).is_err());
        assert!(Unknown::new("XNEW", text).is_err());
        assert!(Unknown::new(text, "").is_err());
        assert!(smtp_proto::SourceRoute::new(format!("@{text}")).is_err());
        assert!(smtp_proto::DateTime::new(format!("2026-11-20T19:02:27Z{text}")).is_err());
        assert!(smtp_proto::TransactionId::new(format!("<{text}>")).is_err());
        assert!(smtp_proto::Solicit::new(text).is_err());
        assert!(smtp_proto::Mtrk::new(text).is_err());
        if text.contains(['\r', '\0']) {
            assert!(Reply::new(250, text).is_err(), "{text:?}");
        }
    }
    let mut capabilities = Capabilities::default();
    capabilities.greeting = "mx.example\r\n220 ".into();
    let mut out = Vec::new();
    assert!(capabilities.encode(&mut out).is_err() && out.is_empty());
}

#[test]
fn nul_is_refused_in_every_command() {
    for line in [
        "EHLO a\0b",
        "HELO \0",
        "MAIL FROM:<a\0@b.example>",
        "MAIL FROM:<a@b\0.example>",
        "MAIL FROM:<\"a\0\"@b.example>",
        "MAIL FROM:<a@b.example> X=\0",
        "RCPT TO:<a@b.example>\0",
        "NOOP \0",
        "HELP a\0",
        "VRFY a\0b",
        "EXPN \0",
        "BDAT 1\0",
        "AUTH PLAIN AA\0=",
        "AUTH \0",
        "ETRN a\0",
        "BURL imap:\0",
        "XCLIENT NAME=\0",
        "QUIT\0",
        "DATA \0",
        "XNEW \0",
        "\0",
        "X\0NEW",
    ] {
        assert!(parse(line).is_err(), "{line:?}");
    }
}

#[test]
fn lower_case_and_extra_spaces_are_taken_and_never_sent() {
    for (line, canonical) in [
        ("ehlo Client.Example", "EHLO Client.Example\r\n"),
        ("mail from:<a@b.example>", "MAIL FROM:<a@b.example>\r\n"),
        ("MAIL FROM: <a@b.example>", "MAIL FROM:<a@b.example>\r\n"),
        ("MAIL FROM:  <>  ", "MAIL FROM:<>\r\n"),
        (
            "Mail  From:<a@b.example>  size=5  body=8bitmime",
            "MAIL FROM:<a@b.example> SIZE=5 BODY=8BITMIME\r\n",
        ),
        ("RCPT TO: <a@b.example> ", "RCPT TO:<a@b.example>\r\n"),
        (
            "rcpt to:<a@b.example> notify=delay,failure",
            "RCPT TO:<a@b.example> NOTIFY=FAILURE,DELAY\r\n",
        ),
        ("data", "DATA\r\n"),
        ("quit  ", "QUIT\r\n"),
        ("auth plain AAAA", "AUTH PLAIN AAAA\r\n"),
        ("auth Login", "AUTH LOGIN\r\n"),
        ("starttls", "STARTTLS\r\n"),
        ("bdat 5 last", "BDAT 5 LAST\r\n"),
        ("noop  x  y ", "NOOP x  y\r\n"),
        ("vrfy a smtputf8", "VRFY a SMTPUTF8\r\n"),
        ("xclient name=x", "XCLIENT name=x\r\n"),
    ] {
        assert_eq!(encoded(line), canonical, "{line}");
    }
}

#[test]
fn verbs() {
    for line in [
        "QUIT", "quit", "QuIt", "RSET", "DATA", "NOOP", "HELP", "TURN", "STARTTLS", "ATRN",
    ] {
        assert!(!matches!(accepted(line), Command::Unknown(_)), "{line}");
    }
    for line in ["SEND FROM:<a@b.c>", "SOML FROM:<a@b.c>", "SAML FROM:<>"] {
        assert!(!matches!(accepted(line), Command::Unknown(_)), "{line}");
    }
    // Words that only start like a verb, or are shorter or longer than all of them.
    for line in [
        "QUITE",
        "QUI",
        "Q",
        "XADR 1",
        "DATAX",
        "EHL",
        "STARTTL",
        "STARTTLSS",
        "MAILX FROM:<>",
        "X-NEW a b",
        "123",
        "EHLOO a",
    ] {
        let Command::Unknown(unknown) = accepted(line) else {
            panic!("{line} is known")
        };
        assert_eq!(unknown.verb(), line.split(' ').next().unwrap());
    }
    for line in [
        "",
        " ",
        " QUIT",
        "-QUIT",
        "QUIT\t",
        "QU_T",
        "\u{d1}UIT",
        "\u{fffd}",
        "GET/ HTTP/1.1",
        ":",
        "{QUIT",
    ] {
        refused(line, Kind::InvalidVerb);
    }
    // Octets that differ from a letter in the bit that makes case.
    for (verb, bit) in [
        ("QUIT", 0x80),
        ("DATA", 0x80),
        ("RSET", 0x40),
        ("NOOP", 0x10),
    ] {
        let mut line: Vec<u8> = verb.into();
        line[0] ^= bit;
        line.extend_from_slice(b"\r\n");
        assert!(
            !matches!(Command::parse(&line), Ok(command) if !matches!(command, Command::Unknown(_)))
        );
    }
    for line in ["DATA foo", "QUIT now", "RSET x", "STARTTLS x", "TURN x"] {
        refused(line, Kind::UnexpectedArgument);
    }
    for line in [
        "EHLO", "HELO ", "LHLO", "VRFY", "EXPN ", "AUTH", "ETRN", "BURL", "BDAT", "XCLIENT",
        "XFORWARD",
    ] {
        refused(line, Kind::MissingArgument);
    }
}

#[test]
fn line_ends_of_commands() {
    let lenient = |line_ends| {
        let mut options = Options::default();
        options.line_ends = line_ends;
        options
    };
    for wire in [&b"QUIT\n"[..], b"NOOP x\n"] {
        let error = Command::parse(wire).unwrap_err();
        assert_eq!(error.kind(), Kind::BareLineFeed);
        assert_eq!(error.offset(), wire.len() - 1);
        for mode in [LineEnds::Normalise, LineEnds::Lenient] {
            assert!(Command::parse_with(wire, &lenient(mode)).is_ok());
        }
    }
    for wire in [
        &b"QUIT\r\r\n"[..],
        b"NOOP a\rb\r\n",
        b"MAIL FROM:<a\r@b.c>\r\n",
        b"EHLO a\r\r\n",
    ] {
        for mode in [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient] {
            assert!(
                Command::parse_with(wire, &lenient(mode)).is_err(),
                "{wire:?} {mode:?}"
            );
        }
    }
    assert_eq!(
        Command::parse(b"QUIT\r\nNOOP\r\n").unwrap_err().kind(),
        Kind::TrailingBytes
    );
    assert_eq!(
        Command::parse(b"QUIT\r").unwrap_err().kind(),
        Kind::UnexpectedEnd
    );
    assert_eq!(
        Command::parse_prefix(b"QUIT\r\nNOOP"),
        Ok(Some((Command::Quit, 6)))
    );
    assert_eq!(
        Command::parse(b"NOOP \xff\r\n").unwrap_err().kind(),
        Kind::InvalidUtf8
    );
}

#[test]
fn bdat_numbers() {
    for line in [
        "BDAT x",
        "BDAT -1",
        "BDAT +1",
        "BDAT 1x",
        "BDAT 99999999999999999999999",
        "BDAT 18446744073709551616",
        "BDAT 10LAST",
        "BDAT LAST",
        "BDAT 0x10",
        "BDAT \u{fc}",
    ] {
        refused(line, Kind::InvalidArgument);
    }
    for line in [
        "BDAT 1 LASTX",
        "BDAT 1 FIRST",
        "BDAT 1 LAST LAST",
        "BDAT 1 2",
        "BDAT 1,000",
    ] {
        refused(line, Kind::UnexpectedArgument);
    }
    assert_eq!(
        accepted("BDAT 18446744073709551615"),
        Command::Bdat(smtp_proto::Bdat {
            size: u64::MAX,
            last: false
        })
    );
    assert_eq!(
        accepted("BDAT 0"),
        Command::Bdat(smtp_proto::Bdat {
            size: 0,
            last: false
        })
    );
}

#[test]
fn auth_arguments() {
    let response = |line| match accepted(line) {
        Command::Auth(auth) => auth.initial_response.map(|text| text.decode()),
        _ => panic!("no AUTH"),
    };
    assert_eq!(response("AUTH PLAIN"), None);
    assert_eq!(response("AUTH PLAIN ="), Some(vec![]));
    assert_eq!(response("AUTH PLAIN AA=="), Some(vec![0]));
    assert_eq!(response("AUTH X_OWN-1 AAA="), Some(vec![0, 0]));
    for text in [
        "A",
        "AA",
        "AAA",
        "A===",
        "====",
        "==",
        "AA=A",
        "A=AA",
        "AAAA=",
        "AAAA==",
        "AAAA====",
        "A-A=",
        "A_A=",
        "AAAA*",
        "*",
        "\u{fc}AAA",
    ] {
        refused(&format!("AUTH PLAIN {text}"), Kind::InvalidBase64);
    }
    refused("AUTH PLAIN AAAA AAAA", Kind::UnexpectedArgument);
    for name in ["ABCDEFGHIJKLMNOPQRSTU", "A.B", "A=B", "\u{fc}"] {
        refused(&format!("AUTH {name}"), Kind::InvalidArgument);
    }
    accepted("AUTH ABCDEFGHIJKLMNOPQRST");
    // A program names mechanisms as RFC 4422 spells them.
    assert!(Mechanism::new("plain").is_err());
    // Secrets stay out of logs.
    let Command::Auth(auth) = accepted("AUTH PLAIN AGFsaWNlAHNlY3JldA==") else {
        panic!("no AUTH")
    };
    assert!(!format!("{auth:?}").contains("AGFs"));
    assert_eq!(auth.initial_response.unwrap().decode(), b"\0alice\0secret");
}

#[test]
fn queries_names_nodes_urls() {
    let Command::Vrfy(Query { argument, smtputf8 }) =
        accepted("VRFY \"Joe Smith\" <joe@b.example>")
    else {
        panic!("no VRFY")
    };
    assert_eq!(
        (argument.as_str(), smtputf8),
        ("\"Joe Smith\" <joe@b.example>", false)
    );
    let Command::Vrfy(query) = accepted("VRFY SMTPUTF8") else {
        panic!("no VRFY")
    };
    assert_eq!(
        (query.argument.as_str(), query.smtputf8),
        ("SMTPUTF8", false)
    );
    // A server must not refuse mail for a bad name, so the name may be any word.
    for (name, good) in [
        ("mx.example", true),
        ("[192.0.2.1]", true),
        ("[IPv6:::1]", true),
        ("my_pc", false),
        ("192.0.2.1", true),
        ("[192.0.2.1", false),
        ("localhost.", false),
    ] {
        let line = format!("EHLO {name}");
        let Command::Ehlo(helo) = accepted(&line) else {
            panic!("no EHLO")
        };
        assert_eq!(helo.host().is_some(), good, "{name}");
    }
    refused("EHLO two words", Kind::UnexpectedArgument);
    for line in ["ETRN @", "ETRN #", "ETRN -a", "ETRN a b"] {
        assert!(parse(line).is_err(), "{line}");
    }
    for url in ["imap", ":x", "1map:x", "imap:x y", "im ap:x", "im\u{e4}p:x"] {
        assert!(smtp_proto::Url::new(url).is_err(), "{url}");
    }
    refused("BURL imap:x LASTX", Kind::UnexpectedArgument);
}

#[test]
fn xclient_and_xforward() {
    use smtp_proto::{AttributeName, AttributeValue};
    let Command::Xclient(attributes) = accepted(
        "XCLIENT NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 helo=a+20b LOGIN=[TEMPUNAVAIL] PORT=",
    ) else {
        panic!("no XCLIENT")
    };
    assert_eq!(attributes.iter().count(), 5);
    assert_eq!(
        attributes.get(AttributeName::Helo),
        Some(AttributeValue::Known("a b".into()))
    );
    assert_eq!(
        attributes.get(AttributeName::Name),
        Some(AttributeValue::Unavailable)
    );
    assert_eq!(
        attributes.get(AttributeName::Login),
        Some(AttributeValue::TemporarilyUnavailable)
    );
    assert_eq!(
        attributes.get(AttributeName::Port),
        Some(AttributeValue::Known("".into()))
    );
    assert_eq!(attributes.get(AttributeName::Ident), None);
    for line in [
        "XCLIENT NAME",
        "XCLIENT FOO=1",
        "XCLIENT NAME=a  ADDR=b",
        "XCLIENT NAME=a+zz",
        "XCLIENT NAME=+0D+0A",
        "XCLIENT NAME=+FF",
        "XFORWARD NAME=\u{fc}",
        "XFORWARD =a",
    ] {
        refused(line, Kind::InvalidArgument);
    }
}

#[test]
fn own_unknown_commands() {
    let unknown = Unknown::new("XNEW", "a b").unwrap();
    let mut wire = Vec::new();
    Command::Unknown(unknown).encode(&mut wire);
    assert_eq!(wire, b"XNEW a b\r\n");
    for verb in [
        "", "QUIT", "quit", "STARTTLS", "XCLIENT", "X NEW", "X_Y", "-X", "AUTH",
    ] {
        assert!(Unknown::new(verb, "").is_err(), "{verb}");
    }
}

#[test]
fn hints_follow_the_rfcs() {
    for (line, code, enhanced) in [
        ("\u{1}", 500, "5.5.1"),
        ("DATA foo", 501, "5.5.4"),
        ("MAIL FROM:<a@@b>", 501, "5.1.3"),
        ("MAIL FROM:<> SIZE=x", 501, "5.5.4"),
        ("MAIL FROM:<> SIZE=1 SIZE=1", 501, "5.5.4"),
        ("MAIL FROM:<\u{fc}@b>", 553, "5.6.7"),
        ("AUTH PLAIN !", 501, "5.5.2"),
        ("BDAT x", 501, "5.5.2"),
    ] {
        let wire = format!("{line}\r\n");
        let (got, status, _) = Command::parse(wire.as_bytes()).unwrap_err().reply_hint();
        assert_eq!(
            (got.get(), status.to_string().as_str()),
            (code, enhanced),
            "{line:?}"
        );
    }
}

#[test]
fn offsets_point_at_the_fault() {
    for (line, offset) in [
        ("MAIL FROM:<a@b.example> SIZE=x", 29),
        ("MAIL FROM:<a@b.example> SIZE=1 SIZE=2", 31),
        ("RCPT TO:<a@b_c>", 12),
        ("RCPT TO:<a@b.example>x", 21),
        ("AUTH PLAIN !", 11),
        ("NOOP a\u{1}", 6),
        ("EHLO  a\u{1}", 7),
        ("BDAT x", 5),
    ] {
        let wire = format!("{line}\r\n");
        assert_eq!(
            Command::parse(wire.as_bytes()).unwrap_err().offset(),
            offset,
            "{line:?}"
        );
    }
}
