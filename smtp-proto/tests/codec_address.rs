//! Paths and mailboxes: what the codec accepts, refuses and keeps (RFC 5321 section 4.1.2).

mod lines;

use lines::{accepted, refused};
use smtp_proto::{
    AddressLiteral, Command, ForwardPath, Host, Limit, Mailbox, Options, ParseErrorKind as Kind,
    ReversePath,
};

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
