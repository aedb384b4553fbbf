//! What the codec accepts, refuses and keeps: the faults that other implementations have had, and
//! the edges of each grammar.

use smtp_proto::{
    AddressLiteral, Attributes, Base64, Capabilities, Command, Domain, EnvelopeId, Extension,
    ForwardPath, HeloName, Host, Limit, LineEnds, Mailbox, Mechanism, Node, Options,
    OriginalRecipient, Parameter, ParseErrorKind as Kind, Query, Reply, ReplyCode, ReversePath,
    Unknown, XText,
};

fn parse(line: &str) -> Result<Command<'_>, Kind> {
    // Leaking a few lines keeps the borrowed values simple.
    let wire: &'static str = Box::leak(format!("{line}\r\n").into_boxed_str());
    Command::parse(wire.as_bytes()).map_err(|error| error.kind())
}

#[track_caller]
fn refused(line: &str, kind: Kind) {
    assert_eq!(parse(line), Err(kind), "{line:?}");
}

#[track_caller]
fn accepted(line: &str) -> Command<'_> {
    let command = parse(line).unwrap_or_else(|kind| panic!("{line:?}: {kind}"));
    let mut wire = Vec::new();
    command.encode(&mut wire);
    assert_eq!(Command::parse(&wire).as_ref(), Ok(&command), "{line:?}");
    command
}

/// The canonical spelling of what a line says.
fn encoded(line: &str) -> String {
    let mut wire = Vec::new();
    accepted(line).encode(&mut wire);
    String::from_utf8(wire).unwrap()
}

#[test]
fn parameters_cannot_be_smuggled_in_an_address() {
    // The whole of it is one quoted local part.
    let line = r#"RCPT TO:<"a@b> ORCPT=rfc822;x"@c.example>"#;
    let Command::Rcpt(rcpt) = accepted(line) else {
        panic!("no RCPT")
    };
    assert_eq!(rcpt.parameters, smtp_proto::RcptParameters::default());
    let mailbox = rcpt.forward_path.mailbox().unwrap();
    assert_eq!(mailbox.host().to_string(), "c.example");
    assert_eq!(mailbox.local_part().unquoted(), "a@b> ORCPT=rfc822;x");
    // A program that builds addresses gets quotes, or an error.
    let host = Host::parse("c.example").unwrap();
    let mailbox = Mailbox::from_parts("a@b> SIZE=1", &host).unwrap();
    assert_eq!(mailbox.as_str(), r#""a@b> SIZE=1"@c.example"#);
    for local_part in ["a\r\nRSET", "a\nb", "a\0b", "a\rb", "\x7f"] {
        let error = Mailbox::from_parts(local_part, &host).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidLocalPart, "{local_part:?}");
    }
}

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
fn paths_that_are_none() {
    for (line, kind) in [
        ("MAIL FROM:<>>>>>", Kind::InvalidPath),
        ("MAIL FROM:<>>", Kind::InvalidPath),
        ("MAIL FROM:<>SIZE=1", Kind::InvalidPath),
        ("MAIL FROM:<a@b.example>SIZE=1", Kind::InvalidPath),
        ("RCPT TO:<a>b@c.d>", Kind::InvalidLocalPart),
        ("RCPT TO:<a@b@c>", Kind::InvalidPath),
        ("RCPT TO:<a@b.example", Kind::InvalidPath),
        ("RCPT TO:a@b.example", Kind::InvalidPath),
        ("RCPT TO:<a@b.example>>", Kind::InvalidPath),
        ("RCPT TO:<<a@b.example>>", Kind::InvalidLocalPart),
        ("RCPT TO:<>", Kind::InvalidLocalPart),
        ("RCPT TO:< a@b.example>", Kind::InvalidLocalPart),
        ("RCPT TO:<a@b.example >", Kind::InvalidPath),
        ("RCPT TO:<@b.example>", Kind::InvalidSourceRoute),
        ("RCPT TO:<a@>", Kind::InvalidDomain),
        ("RCPT TO:<a@-b.c>", Kind::InvalidDomain),
        ("RCPT TO:<a@b-.c>", Kind::InvalidDomain),
        ("RCPT TO:<a@b..c>", Kind::InvalidDomain),
        ("RCPT TO:<a@.b.c>", Kind::InvalidDomain),
        ("RCPT TO:<a@b.c.>", Kind::InvalidDomain),
        ("RCPT TO:<a@b_c.d>", Kind::InvalidPath),
        ("RCPT TO:<.a@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<a.@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<a..b@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<a b@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<\"a\"b@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<\"a@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<\"a\\\"@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<\"a\tb\"@b.c>", Kind::InvalidLocalPart),
        ("RCPT TO:<alice>", Kind::InvalidLocalPart),
        ("MAIL FROM:<postmaster>", Kind::InvalidLocalPart),
        ("MAIL FROM:", Kind::InvalidPath),
        ("MAIL FROM", Kind::InvalidArgument),
        ("MAIL", Kind::MissingArgument),
        ("MAIL TO:<a@b.c>", Kind::InvalidArgument),
        ("MAIL FROM :<a@b.c>", Kind::InvalidArgument),
        ("RCPT", Kind::MissingArgument),
    ] {
        refused(line, kind);
    }
}

#[test]
fn odd_but_legal_paths() {
    for path in [
        r#"<""@x>"#,
        r#"<" "@x>"#,
        r#"<"\""@x>"#,
        r#"<"\\"@x>"#,
        r#"<"a@b"@c.example>"#,
        r#"<"<>"@c.example>"#,
        r#"<"a,b;c:d"@c.example>"#,
        "<!#$%&'*+-/=?^_`{|}~@x>",
        "<a@1.2.3.4.example>",
        "<a@x--y.example>",
        "<a@0>",
        "<@a.example:b@c.example>",
        "<@a.example,@b.example:c@d.example>",
        "<a@[192.0.2.1]>",
        "<a@[IPv6:2001:db8::1]>",
        "<a@[X-net:any%20thing]>",
    ] {
        let line = format!("RCPT TO:{path}");
        let Command::Rcpt(rcpt) = accepted(&line) else {
            panic!("no RCPT")
        };
        assert_eq!(rcpt.forward_path.to_string(), path);
        let line = format!("MAIL FROM:{path}");
        let Command::Mail(mail) = accepted(&line) else {
            panic!("no MAIL")
        };
        assert_eq!(mail.reverse_path.to_string(), path);
    }
}

#[test]
fn null_path_and_postmaster_are_different_things() {
    let Command::Mail(mail) = accepted("MAIL FROM:<>") else {
        panic!("no MAIL")
    };
    assert_eq!(mail.reverse_path, ReversePath::Null);
    for line in [
        "RCPT TO:<postmaster>",
        "RCPT TO:<Postmaster>",
        "rcpt to:<POSTMASTER>",
    ] {
        let Command::Rcpt(rcpt) = accepted(line) else {
            panic!("no RCPT")
        };
        assert_eq!(rcpt.forward_path, ForwardPath::Postmaster, "{line}");
    }
    let Command::Rcpt(rcpt) = accepted("RCPT TO:<postmaster@b.example>") else {
        panic!("no RCPT")
    };
    assert!(rcpt.forward_path.mailbox().is_some());
}

#[test]
fn source_routes_are_strict() {
    for path in [
        "<@a@b:c@d>",
        "<@a,b:c@d>",
        "<@a,@b,:c@d>",
        "<@a c@d>",
        "<@:c@d>",
        "<@a,@:c@d>",
        "<@[192.0.2.1]:c@d>",
        "<a,@b:c@d>",
    ] {
        assert!(ForwardPath::parse(path).is_err(), "{path}");
        assert!(ReversePath::parse(path).is_err(), "{path}");
    }
}

#[test]
fn address_literals() {
    for (text, canonical) in [
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("[192.000.002.001]", "[192.0.2.1]"),
        ("[255.255.255.255]", "[255.255.255.255]"),
        ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
        ("[ipv6:2001:DB8::1]", "[IPv6:2001:db8::1]"),
        ("[IPv6:::]", "[IPv6:::]"),
        ("[IPv6:::1]", "[IPv6:::1]"),
        ("[IPv6:1::]", "[IPv6:1::]"),
        ("[IPv6:1:2:3:4:5:6:7:8]", "[IPv6:1:2:3:4:5:6:7:8]"),
        ("[IPv6:1:2:3:4:5:6::]", "[IPv6:1:2:3:4:5:6::]"),
        ("[IPv6:::ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"),
        ("[IPv6:0:0:0:0:0:ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"),
        ("[IPv6:1::2:3:4:192.0.2.1]", "[IPv6:1::2:3:4:c000:201]"),
        ("[tag:con{}tent]", "[tag:con{}tent]"),
        // Without the tag `IPv6` the grammar sees a general literal with the tag `2001`.
        ("[2001:db8::1]", "[2001:db8::1]"),
    ] {
        let literal = AddressLiteral::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(literal.to_string(), canonical);
        let mailbox = Mailbox::new(format!("a@{text}")).unwrap();
        assert_eq!(mailbox.canonical().as_str(), format!("a@{canonical}"));
        assert_eq!(mailbox.as_str(), format!("a@{text}"));
    }
    for text in [
        "[]",
        "[192.0.2]",
        "[192.0.2.1.5]",
        "[192.0.2.256]",
        "[192.0.2.0001]",
        "[192.0.2.]",
        "[192.0.2.+1]",
        "[IPv6:]",
        "[IPv6:1]",
        "[IPv6:1:2:3:4:5:6:7]",
        "[IPv6:1:2:3:4:5:6:7:8:9]",
        "[IPv6:1::2::3]",
        "[IPv6:1:2:3:4:5:6:7::]",
        "[IPv6:::2:3:4:5:6:7:8]",
        "[IPv6:1:2:3::4:5:192.0.2.1]",
        "[IPv6:12345::]",
        "[IPv6:fe80::1%eth0]",
        "[tag-:x]",
        "[tag:]",
        "[:x]",
        "[tag:a[b]",
        "[tag:a b]",
        "[192.0.2.1",
        "192.0.2.1]",
    ] {
        assert!(AddressLiteral::parse(text).is_err(), "{text}");
        assert!(Mailbox::new(format!("a@{text}")).is_err(), "a@{text}");
    }
}

#[test]
fn quoted_local_parts_are_kept() {
    let mailbox = Mailbox::new(r#""alice"@Example.ORG"#).unwrap();
    assert_eq!(mailbox.as_str(), r#""alice"@Example.ORG"#);
    assert!(mailbox.local_part().is_quoted());
    assert_eq!(
        mailbox.canonical(),
        Mailbox::new("alice@example.org").unwrap()
    );
    let mailbox = Mailbox::new(r#""a\b\\c\"d"@x"#).unwrap();
    assert_eq!(mailbox.local_part().unquoted(), r#"ab\c"d"#);
    assert_eq!(mailbox.canonical().as_str(), r#""ab\\c\"d"@x"#);
    assert_eq!(mailbox.canonical().canonical(), mailbox.canonical());
    let utf8 = Mailbox::new("\"jü rgen\"@Grüße.Example").unwrap();
    assert_eq!(utf8.canonical().as_str(), "\"jü rgen\"@grüße.example");
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
fn duplicate_parameters() {
    for line in [
        "MAIL FROM:<> SIZE=1 SIZE=2",
        "MAIL FROM:<> SIZE=1 size=1",
        "MAIL FROM:<> BODY=7BIT BODY=7BIT",
        "MAIL FROM:<> SMTPUTF8 SMTPUTF8",
        "MAIL FROM:<> RET=FULL RET=HDRS",
        "MAIL FROM:<> ENVID=a ENVID=b",
        "MAIL FROM:<> AUTH=<> AUTH=<>",
        "MAIL FROM:<> BY=1;N BY=1;N",
        "MAIL FROM:<> HOLDFOR=1 HOLDUNTIL=2026-11-20T19:02:27Z",
        "MAIL FROM:<> MT-PRIORITY=1 MT-PRIORITY=1",
        "MAIL FROM:<> REQUIRETLS REQUIRETLS",
        "MAIL FROM:<> MTRK=AAAA MTRK=AAAA",
        "MAIL FROM:<> SOLICIT=a SOLICIT=a",
        "MAIL FROM:<> TRANSID=<a> TRANSID=<a>",
        "MAIL FROM:<> CONPERM CONPERM",
        "MAIL FROM:<> XNEW=1 xnew=2",
        "RCPT TO:<a@b.c> NOTIFY=NEVER NOTIFY=NEVER",
        "RCPT TO:<a@b.c> ORCPT=rfc822;a ORCPT=rfc822;a",
        "RCPT TO:<a@b.c> RRVS=2026-11-20T19:02:27Z RRVS=2026-11-20T19:02:27Z",
        "RCPT TO:<a@b.c> CONNEG CONNEG",
    ] {
        refused(line, Kind::DuplicateParameter);
    }
}

#[test]
fn contradictory_and_malformed_notify() {
    for value in ["NEVER,SUCCESS", "SUCCESS,NEVER", "never,delay"] {
        refused(
            &format!("RCPT TO:<a@b.c> NOTIFY={value}"),
            Kind::ContradictoryParameters,
        );
    }
    for value in [
        "SUCCESS,SUCCESS",
        "NEVER,NEVER",
        "SUCCESS,",
        ",SUCCESS",
        ",",
        "ALWAYS",
        "SUCCES",
        "SUCCESS;DELAY",
        "SUCCESS,FAILURE,DELAY,X",
    ] {
        refused(
            &format!("RCPT TO:<a@b.c> NOTIFY={value}"),
            Kind::InvalidParameterValue,
        );
    }
}

#[test]
fn malformed_parameter_values() {
    for parameter in [
        "SIZE",
        "SIZE=",
        "SIZE=-1",
        "SIZE=+1",
        "SIZE=1k",
        "SIZE=0x1",
        "SIZE=18446744073709551616",
        "SIZE=99999999999999999999999",
        "SIZE=123456789012345678901",
        "BODY",
        "BODY=",
        "BODY=9BIT",
        "BODY=8BITMIMEX",
        "BODY=8BIT\u{3}IME",
        "SMTPUTF8=1",
        "RET",
        "RET=ALL",
        "RET=FULLL",
        "ENVID=",
        "ENVID=a+zz",
        "ENVID=a+3d",
        "ENVID=+",
        "ENVID=a=b",
        "ENVID=+0D+0A",
        "ENVID=+00",
        "ENVID=+FF",
        "AUTH",
        "AUTH=",
        "AUTH=a+zz",
        "BY=0;R",
        "BY=-1;R",
        "BY=1",
        "BY=1;",
        "BY=1;X",
        "BY=1;NR",
        "BY=1;TN",
        "BY=1000000000;N",
        "BY=;N",
        "BY=--1;N",
        "HOLDFOR=0",
        "HOLDFOR=",
        "HOLDFOR=1000000000",
        "HOLDFOR=-5",
        "HOLDFOR=01",
        "HOLDUNTIL=tomorrow",
        "HOLDUNTIL=2026-11-20",
        "HOLDUNTIL=2026-11-20T19:02:27",
        "HOLDUNTIL=2026-00-20T19:02:27Z",
        "HOLDUNTIL=2026-13-20T19:02:27Z",
        "HOLDUNTIL=2026-11-00T19:02:27Z",
        "HOLDUNTIL=2026-11-32T19:02:27Z",
        "HOLDUNTIL=2026-11-20T24:02:27Z",
        "HOLDUNTIL=2026-11-20T19:60:27Z",
        "HOLDUNTIL=2026-11-20T19:02:61Z",
        "HOLDUNTIL=2026-11-20T19:02:27.Z",
        "HOLDUNTIL=2026-11-20T19:02:27+01",
        "HOLDUNTIL=2026-11-20T19:02:27+24:00",
        "HOLDUNTIL=2026-11-20T19:02:27ZZ",
        "MT-PRIORITY=10",
        "MT-PRIORITY=-10",
        "MT-PRIORITY=-0",
        "MT-PRIORITY=+1",
        "MT-PRIORITY=",
        "MT-PRIORITY=--1",
        "REQUIRETLS=YES",
        "MTRK=",
        "MTRK=:5",
        "MTRK=AAAA:",
        "MTRK=AAA",
        "MTRK=AAAA:1234567890",
        "MTRK=A-AA",
        "MTRK=====",
        "SOLICIT=",
        "SOLICIT=1a",
        "SOLICIT=a,",
        "SOLICIT=a,,b",
        "SOLICIT=a;b",
        "TRANSID=a",
        "TRANSID=<>",
        "TRANSID=<a",
        "TRANSID=<a<b>",
        "CONPERM=1",
        "X=",
        "X==\u{7f}",
    ] {
        let line = format!("MAIL FROM:<a@b.example> {parameter}");
        refused(&line, Kind::InvalidParameterValue);
    }
    for parameter in [
        "ORCPT",
        "ORCPT=rfc822",
        "ORCPT=rfc822;",
        "ORCPT=;a",
        "ORCPT=rfc822;a+zz",
        "ORCPT=rfc822;a+3",
        "ORCPT=rfc822;+0d",
        "ORCPT=rfc822;+0D+0A",
        "ORCPT=rfc822;a=b",
        "ORCPT=rfc 822;a",
        "ORCPT=rfc822;\u{fc}",
        "ORCPT=utf-8;\\x{d}",
        "ORCPT=utf-8;\\x{0D}",
        "ORCPT=utf-8;\\x{D800}",
        "ORCPT=utf-8;\\x{110000}",
        "ORCPT=utf-8;\\x{FC",
        "ORCPT=utf-8;\\x{00FC}",
        "ORCPT=utf-8;\\x{41}",
        "ORCPT=utf-8;+41",
        "ORCPT=utf-8;\\y",
        "RRVS",
        "RRVS=now",
        "RRVS=2026-11-20T19:02:27Z;X",
        "RRVS=2026-11-20T19:02:27Z;",
        "RRVS=2026-11-20T19:02:27Z;CR",
        "CONNEG=1",
    ] {
        let line = format!("RCPT TO:<a@b.example> {parameter}");
        let Err(kind) = parse(&line) else {
            panic!("{line} accepted")
        };
        assert!(
            matches!(kind, Kind::InvalidParameterValue | Kind::InvalidParameter),
            "{line} {kind}"
        );
    }
    for parameter in ["=1", "-X=1", "X_Y=1", "<>", "\u{fc}=1", "X/1", "SIZE:1"] {
        refused(
            &format!("MAIL FROM:<a@b.example> {parameter}"),
            Kind::InvalidParameter,
        );
    }
}

#[test]
fn well_formed_parameter_values() {
    for parameter in [
        "SIZE=1 AUTH=<>",
        "AUTH=<> SIZE=1",
        "AUTH=a+2B@b.example",
        "ENVID=+2B+3D+20+7E",
        "RET=full",
        "BODY=7bit",
        "BODY=BinaryMime",
        "BY=+5;N",
        "HOLDFOR=999999999",
        "HOLDUNTIL=2026-12-31t23:59:60.123-23:59",
        "MT-PRIORITY=0",
        "MTRK=AA==:0",
        "MTRK=AAAA",
        "SOLICIT=a.b-c_d:e,F",
        "TRANSID=<12345@host>",
        "X",
        "X=y",
        "X-9=a=b",
        "XVERYLONGKEYWORDBEYONDSIXTEEN=1",
        "SMTPUTF8 X=\u{fc}",
        "NOTIFY=NEVER",
        "XSMTPUTF8 SMTPUTF8",
    ] {
        accepted(&format!("MAIL FROM:<a@b.example> {parameter}"));
    }
    for parameter in [
        "ORCPT=rfc822;a+2B+20b",
        "ORCPT=x400;/C=US/".trim_end_matches("=US/"),
        "ORCPT=utf-8;\\x{FC}\\x{1F600}",
        "ORCPT=utf-8;\u{fc}",
        "NOTIFY=DELAY",
        "CONNEG",
        "SIZE=1",
        "RRVS=2026-11-20T19:02:27Z;c",
    ] {
        accepted(&format!("RCPT TO:<a@b.example> {parameter}"));
    }
    // A keyword that shares its last or first 16 octets with a known one is another one.
    let Command::Mail(mail) = accepted("MAIL FROM:<> 0000000000000000SIZE=1 SIZE=2") else {
        panic!("no MAIL")
    };
    assert_eq!(mail.parameters.size, Some(2));
    assert_eq!(mail.parameters.others.len(), 1);
}

#[test]
fn eight_bit_needs_smtputf8() {
    for line in [
        "MAIL FROM:<\u{fc}@b.example>",
        "MAIL FROM:<a@\u{fc}.example>",
        "MAIL FROM:<@\u{fc}.example:a@b.example>",
        "MAIL FROM:<> X=\u{fc}",
        "VRFY \u{fc}",
        "EXPN \u{fc}",
    ] {
        refused(line, Kind::Utf8WithoutSmtputf8);
    }
    for line in [
        "MAIL FROM:<\u{fc}@b.example> SMTPUTF8",
        "MAIL FROM:<a@\u{fc}.example> SMTPUTF8",
        "VRFY \u{fc} SMTPUTF8",
    ] {
        accepted(line);
    }
    // RCPT belongs to a transaction whose MAIL had SMTPUTF8 or not.
    let Command::Rcpt(rcpt) = accepted("RCPT TO:<\u{fc}@b.example>") else {
        panic!("no RCPT")
    };
    assert!(!rcpt.forward_path.is_ascii());
    // Latin-1 is never right.
    let error = Command::parse(b"MAIL FROM:<\xfc@b.example> SMTPUTF8\r\n").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::InvalidUtf8, 11));
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

#[track_caller]
fn bad_reply(wire: &[u8], kind: Kind, offset: usize) {
    let error = Reply::parse(wire).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{wire:?}");
}

#[test]
fn reply_codes() {
    for code in [
        "000", "999", "199", "600", "99", "25", "2", "2x0", " 250", "-250", "+25", "2500",
    ] {
        let wire = format!("{code} text\r\n");
        assert!(Reply::parse(wire.as_bytes()).is_err(), "{code}");
    }
    assert_eq!(
        Reply::parse(b"2500\r\n").unwrap_err().kind(),
        Kind::InvalidReplySeparator
    );
    assert!(ReplyCode::new(199).is_err() && ReplyCode::new(600).is_err());
    assert!(ReplyCode::new(200).is_ok() && ReplyCode::new(599).is_ok());
    bad_reply(b"250-a\r\n251 b\r\n", Kind::ReplyCodeMismatch, 7);
    bad_reply(b"250-a\r\n250-b\r\n550 c\r\n", Kind::ReplyCodeMismatch, 14);
    bad_reply(b"250-a\r\n\r\n", Kind::InvalidReplyCode, 7);
    bad_reply(b"250-a\r\nb\r\n", Kind::InvalidReplyCode, 7);
    bad_reply(b"\r\n", Kind::InvalidReplyCode, 0);
    bad_reply(b"250_a\r\n", Kind::InvalidReplySeparator, 3);
    bad_reply(b"250\ta\r\n", Kind::InvalidReplySeparator, 3);
}

#[test]
fn reply_forms() {
    for (wire, text) in [
        (&b"250\r\n"[..], ""),
        (b"250 \r\n", ""),
        (b"250-\r\n250\r\n", "\n"),
        (b"250  two spaces\r\n", " two spaces"),
        (b"250-a\r\n250 b\r\n", "a\nb"),
        (b"250 tab\tand \xc3\xbc\r\n", "tab\tand ü"),
        (b"250 \xfc\r\n", "\u{fffd}"),
        (b"250-2.1.0 a\r\n250 2.1.0 b\r\n", "a\nb"),
        (b"250 2.1.0\r\n", ""),
    ] {
        let reply = Reply::parse(wire).unwrap_or_else(|e| panic!("{wire:?}: {e}"));
        assert_eq!(reply.text(), text, "{wire:?}");
        let mut out = Vec::new();
        reply.encode(&mut out);
        assert_eq!(out, wire);
    }
    // Line ends.
    bad_reply(b"250 a\n", Kind::BareLineFeed, 5);
    bad_reply(b"250-a\r\n250 b\n", Kind::BareLineFeed, 12);
    bad_reply(b"250 a\rb\r\n", Kind::BareCarriageReturn, 5);
    bad_reply(b"250 a\r\r\n", Kind::BareCarriageReturn, 5);
    bad_reply(b"250 a\0b\r\n", Kind::ControlCharacter, 5);
    bad_reply(b"250 a\r\n250 b\r\n", Kind::TrailingBytes, 7);
    bad_reply(b"250-a\r\n", Kind::UnexpectedEnd, 7);
    let mut options = Options::default();
    options.line_ends = LineEnds::Lenient;
    let reply = Reply::parse_with(b"250-2.1.0 a\n250 b\r\n", &options).unwrap();
    assert_eq!(reply.enhanced_code().unwrap().to_string(), "2.1.0");
    let mut out = Vec::new();
    reply.encode(&mut out);
    assert_eq!(out, b"250-2.1.0 a\r\n250 b\r\n");
}

#[test]
fn enhanced_codes_only_where_they_fit() {
    for (wire, code) in [
        (&b"250 2.1.0 ok\r\n"[..], Some("2.1.0")),
        (b"450 4.2.1 later\r\n", Some("4.2.1")),
        (b"550 5.999.999 no\r\n", Some("5.999.999")),
        (b"550 5.1.1\r\n", Some("5.1.1")),
        (b"550-5.1.1 a\r\n550 b\r\n", Some("5.1.1")),
        (b"250 5.1.0 mismatch\r\n", None),
        (b"550 4.1.1 mismatch\r\n", None),
        (b"354 2.0.0 none here\r\n", None),
        (b"550 5.1.1.1 x\r\n", None),
        (b"550 5.1 x\r\n", None),
        (b"550 5.1.1000 x\r\n", None),
        (b"550 5..1 x\r\n", None),
        (b"550 3.1.1 x\r\n", None),
        (b"250 2.1.0ok\r\n", None),
        (b"250 192.0.2.1 is you\r\n", None),
    ] {
        let reply = Reply::parse(wire).unwrap();
        assert_eq!(
            reply.enhanced_code().map(|c| c.to_string()).as_deref(),
            code,
            "{wire:?}"
        );
    }
    // What a program builds is read back the same.
    for text in ["2.1.0 a\n2.1.0 b", "2.1.0\nb", "2.1.0", "", "\n", "a\n"] {
        let reply = Reply::new(250, text).unwrap();
        assert_eq!(
            Reply::parse(reply.as_bytes()).as_ref(),
            Ok(&reply),
            "{text:?}"
        );
    }
}

#[test]
fn ehlo_replies_as_servers_send_them() {
    let read = |wire: &'static [u8]| {
        let reply = Box::leak(Box::new(Reply::parse(wire).unwrap()));
        Capabilities::from_reply(reply)
    };
    let both = read(b"250-x\r\n250-AUTH PLAIN LOGIN\r\n250 AUTH=PLAIN LOGIN\r\n");
    assert_eq!(both.mechanisms().collect::<Vec<_>>(), ["PLAIN", "LOGIN"]);
    assert!(both.others.is_empty());
    let old = read(b"250-x\r\n250 AUTH=LOGIN\r\n");
    assert_eq!(old.mechanisms().collect::<Vec<_>>(), ["LOGIN"]);
    assert!(old.offers(Extension::Auth));
    // The right spelling wins, wherever it stands.
    let late = read(b"250-x\r\n250-AUTH=LOGIN\r\n250 AUTH LOGIN PLAIN\r\n");
    assert_eq!(late.mechanisms().collect::<Vec<_>>(), ["LOGIN", "PLAIN"]);
    let size = read(b"250-x\r\n250-size  1000 \r\n250 8bitmime\r\n");
    assert_eq!(size.size, Some(1_000));
    assert!(size.offers(Extension::EightBitMime));
    assert_eq!(read(b"250-x\r\n250 SIZE 0\r\n").size, None);
    let bad = read(b"250-x\r\n250-SIZE many\r\n250-DELIVERBY -1\r\n250-FUTURERELEASE 5\r\n250-ENHANCEDSTATUSCODE\r\n250-ENHANCEDSTATUSCODESX\r\n250 X-OWN a=b\r\n");
    assert_eq!(bad.extensions.iter().count(), 0);
    assert_eq!(bad.others.len(), 6);
    // A line that is wrong takes nothing from one that was right.
    let twice =
        read(b"250-x\r\n250-FUTURERELEASE 60 2026-01-02T03:04:05Z\r\n250 FUTURERELEASE never\r\n");
    assert!(twice.offers(Extension::FutureRelease) && twice.future_release.is_some());
    assert_eq!(twice.others, ["FUTURERELEASE never"]);
    // One line only, no text at all, Latin-1.
    assert_eq!(read(b"250\r\n"), Capabilities::default());
    assert_eq!(read(b"250-\r\n250-\r\n250 \r\n"), Capabilities::default());
    assert_eq!(
        read(b"250-gr\xfc\xdfe\r\n250 DSN\r\n").greeting,
        "gr\u{fffd}\u{fffd}e"
    );
}

#[test]
fn bare_paths_are_an_option() {
    let mut options = Options::default();
    options.bare_paths = true;
    let command = Command::parse_with(b"MAIL FROM:a@b.example SIZE=5\r\n", &options).unwrap();
    let mut wire = Vec::new();
    command.encode(&mut wire);
    assert_eq!(wire, b"MAIL FROM:<a@b.example> SIZE=5\r\n");
    for line in [
        &b"RCPT TO:a@b.example>\r\n"[..],
        b"RCPT TO:<a@b.example\r\n",
        b"RCPT TO:alice\r\n",
        b"RCPT TO:@a:b@c\r\n",
    ] {
        assert!(Command::parse_with(line, &options).is_err(), "{line:?}");
    }
    let long = format!(
        "RCPT TO:{}@{}\r\n",
        "a".repeat(64),
        vec!["b".repeat(60); 4].join(".")
    );
    let error = Command::parse_with(long.as_bytes(), &options).unwrap_err();
    assert_eq!(error.kind(), Kind::LimitExceeded(Limit::Path));
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
