use super::*;
use crate::DefectKind;
use alloc::format;
use alloc::string::String;
use proptest::prelude::*;

/// A short form of a list: `name|local@domain|comment`, groups in braces.
fn show(list: &AddressList<'_>) -> String {
    let one = |m: &Mailbox<'_>| {
        let mut text = format!("{}|{}", m.name().unwrap_or(""), m.addr());
        if let Some(comment) = m.comment() {
            text.push('|');
            text.push_str(comment);
        }
        text
    };
    let all: Vec<String> = list
        .addresses()
        .iter()
        .map(|address| match address {
            Address::Mailbox(m) => one(m),
            Address::Group(g) => {
                let members: Vec<String> = g.mailboxes().iter().map(one).collect();
                format!("{}{{{}}}", g.name(), members.join(", "))
            }
            Address::Invalid(text) => format!("!{text}"),
        })
        .collect();
    all.join(", ")
}

fn read(value: &[u8]) -> (String, Vec<DefectKind>) {
    let mut defects = Vec::new();
    let list = AddressList::parse_with(value, &Options::default(), &mut defects);
    assert_eq!(list, AddressList::parse(value));
    for defect in &defects {
        assert!(defect.offset <= value.len() as u64);
    }
    check_print(&list);
    (
        show(&list),
        defects.into_iter().map(|defect| defect.kind).collect(),
    )
}

fn print(list: &AddressList<'_>, utf8: bool) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    let mut field = FieldWriter::new(&mut out, "To", utf8)?;
    list.write(&mut field)?;
    field.finish()?;
    Ok(out)
}

/// print(parse(x)) parses to the same value, except for routes and entries that are no address.
fn check_print(list: &AddressList<'_>) {
    let out = print(list, true).expect("what was read can be written");
    let value = out.strip_prefix(b"To:").expect("the name");
    let mut defects = Vec::new();
    let again = AddressList::parse_with(value, &Options::default(), &mut defects);
    let text = String::from_utf8_lossy(&out);
    for line in text.split("\r\n") {
        assert!(
            line.is_empty() || !line.trim().is_empty(),
            "blank line in {text:?}"
        );
    }
    let expected = AddressList::new(
        list.addresses()
            .iter()
            .filter(|a| !matches!(a, Address::Invalid(_)))
            .cloned()
            .map(|a| match a {
                Address::Mailbox(m) => Address::Mailbox(Mailbox { route: None, ..m }),
                Address::Group(mut g) => {
                    g.mailboxes.iter_mut().for_each(|m| m.route = None);
                    Address::Group(g)
                }
                a @ Address::Invalid(_) => a,
            })
            .collect(),
    );
    assert_eq!(again, expected, "{text:?}");
}

#[test]
fn rfc5322_appendix() {
    let cases: [(&[u8], &str); 12] = [
        (b"John Doe <jdoe@machine.example>", "John Doe|jdoe@machine.example"),
        (b"\"Joe Q. Public\" <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com"),
        (
            b"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
            "Mary Smith|mary@x.test, |jdoe@example.org, Who?|one@y.test",
        ),
        (
            b"<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
            "|boss@nil.test, Giant; \"Big\" Box|sysservices@example.net",
        ),
        (
            b"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
            "A Group{Ed Jones|c@a.test, |joe@where.test, John|jdoe@one.test}",
        ),
        (b"Undisclosed recipients:;", "Undisclosed recipients{}"),
        (
            b"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
            "Pete|pete@silly.test|A nice ) chap his account his host",
        ),
        (
            b"A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
            "A Group{Chris Jones|c@public.example|Chris's host., |joe@example.org, John|jdoe@one.test|my dear friend}",
        ),
        (b"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "Hidden recipients{}"),
        (b"Joe Q. Public <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com"),
        (
            b"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
            "Mary Smith|mary@example.net, |jdoe@test.example",
        ),
        (b"John Doe <jdoe@machine(comment).  example>", "John Doe|jdoe@machine.example|comment"),
    ];
    for (value, expected) in cases {
        assert_eq!(read(value), (expected.into(), Vec::new()));
    }
    let list = AddressList::parse(b"<@a.test,,@b.test:x@y.test>");
    assert_eq!(
        list.mailboxes().next().and_then(Mailbox::route),
        Some("@a.test,,@b.test")
    );
}

#[test]
fn unusual_and_sound() {
    let cases: [(&[u8], &str); 9] = [
        (b"\"john doe\"@example.com", "|\"john doe\"@example.com"),
        (
            b"a@[IPv6:::1], b@[ 192.0.2.1 ]",
            "|a@[IPv6:::1], |b@[192.0.2.1]",
        ),
        (b"j . d @ x . y", "|j.d@x.y"),
        (b"\"a\".b.\"c d\"@x.y", "|\"a.b.c d\"@x.y"),
        (
            "Jos\u{e9} <jos\u{e9}@ex\u{e4}mple.com>".as_bytes(),
            "Jos\u{e9}|jos\u{e9}@ex\u{e4}mple.com",
        ),
        (
            b"=?utf-8?q?J=C3=B8rn?=\r\n =?utf-8?q?_X?= Y <a@b.c>",
            "J\u{f8}rn X Y|a@b.c",
        ),
        (
            b"foo@good.com (<bar@evil.com>)",
            "|foo@good.com|<bar@evil.com>",
        ),
        (
            b"\"foo@evil.com> \"@good.com",
            "|\"foo@evil.com> \"@good.com",
        ),
        (
            b"\"a\\\"@evil.com, \"@good.com",
            "|\"a\\\"@evil.com, \"@good.com",
        ),
    ];
    for (value, expected) in cases {
        assert_eq!(read(value), (expected.into(), Vec::new()));
    }
}

#[test]
fn one_bad_entry_does_not_spoil_the_list() {
    let cases: [(&[u8], &str); 22] = [
        (b"a@b.c, foo@x@y, d@e.f", "|a@b.c, !foo@x@y, |d@e.f"),
        (b"a@b.c, John Doe, d@e.f", "|a@b.c, !John Doe, |d@e.f"),
        (
            b"<http://www.example.com/a,b>, d@e.f",
            "!http://www.example.com/a,b, |d@e.f",
        ),
        (b"Nobody <>, d@e.f", "!Nobody, |d@e.f"),
        (b"\"open <a@b.c>, d@e.f", "open|a@b.c, |d@e.f"),
        (b"a@b.c (open, d@e.f", "|a@b.c|open, d@e.f"),
        (b"a@b.c d@e.f", "|a@b.c, |d@e.f"),
        (b"John a@b.c, d@e.f", "John|a@b.c, |d@e.f"),
        (b"<a@b.c, d@e.f", "|a@b.c, |d@e.f"),
        (b"a@b.c; d@e.f", "|a@b.c, |d@e.f"),
        (b"g: a@b.c, h: d@e.f;", "g{|a@b.c}, h{|d@e.f}"),
        (b"g: a@b.c", "g{|a@b.c}"),
        (b"foo@evil.com(@good.com", "|foo@evil.com|@good.com"),
        (
            b"foo@good.com\0.evil.com, a@b.c",
            "!foo@good.com\u{fffd}.evil.com, |a@b.c",
        ),
        (b"caf\xe9@x.y, a@b.c", "!caf\u{fffd}@x.y, |a@b.c"),
        (b"caf\xe9 <a@b.c>", "caf\u{fffd}|a@b.c"),
        (b"a..b.@c.d", "|\"a..b.\"@c.d"),
        (b"a@b.c.", "|a@b.c"),
        (b"x@y.z <a@b.c>, d@e.f", "x@y.z|a@b.c, |d@e.f"),
        (b"Foo \\(bar\\) <a@b.c>", "Foo (bar)|a@b.c"),
        (b"postmaster, a@b.c", "|postmaster, |a@b.c"),
        (b"=?utf-8?q?Doe,_John?= <a@b.c>", "Doe, John|a@b.c"),
    ];
    for (value, expected) in cases {
        let (list, defects) = read(value);
        assert_eq!(list, expected);
        if value != b"caf\xe9 <a@b.c>" {
            assert_ne!(defects, [], "{expected}");
        }
    }
}

#[test]
fn encoded_words_never_make_an_address() {
    for value in [
        &b"=?utf-8?q?admin=40evil.com=3E=00?=foo@good.com"[..],
        b"=?utf-8?q?=40evil.com=00?=@good.com",
        b"=?x?q?a,b=40evil.com?=@good.com",
        b"<=?utf-8?q?=40evil.com=00?=@good.com>",
        b"=?utf-8?q?x@evil.com?= <foo@good.com>",
    ] {
        for mailbox in AddressList::parse(value).mailboxes() {
            assert_ne!(mailbox.addr().domain(), Some("evil.com"));
        }
    }
    let list = AddressList::parse(b"=?utf-8?q?ceo=40bank.example?= <x@evil.example>");
    let mailbox = list.mailboxes().next().expect("one");
    assert_eq!(mailbox.name_warning(), Some(NameWarning::LooksLikeAddress));
    let wide = AddressList::parse("\u{ff1c}ceo\u{ff1e} <x@evil.example>".as_bytes());
    let mailbox = wide.mailboxes().next().expect("one");
    assert_eq!(mailbox.name_warning(), Some(NameWarning::LooksLikeAddress));
}

#[test]
fn limits() {
    let mut options = Options::default();
    options.limits.addresses = 3;
    for (count, kinds) in [(3, &[][..]), (4, &[DefectKind::TooManyAddresses])] {
        let value = "a@b.c,".repeat(count);
        let mut defects = Vec::new();
        let list = AddressList::parse_with(value.as_bytes(), &options, &mut defects);
        assert_eq!(list.addresses().len(), 3);
        assert_eq!(defects.iter().map(|d| d.kind).collect::<Vec<_>>(), kinds);
    }
    options.limits.comment_depth = 2;
    let kinds = |value: &[u8]| {
        let mut defects = Vec::new();
        AddressList::parse_with(value, &options, &mut defects);
        defects.into_iter().map(|d| d.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(b"a@b.c ((x))"), []);
    assert_eq!(kinds(b"a@b.c (((x)))"), [DefectKind::CommentTooDeep]);
}

#[test]
fn strict_addr_spec() {
    for good in [
        "a@b",
        "a.b@c.d",
        "\"\"@b",
        " ( c ) a@b\r\n ",
        "a . b @ c . d",
        "a@[1.2.3.4]",
        "\"\\a\"@b",
    ] {
        assert!(AddrSpec::parse(good.as_bytes()).is_ok(), "{good}");
    }
    for bad in [
        "", "a", "a@", "@b", "a..b@c", ".a@b", "a.@b", "a@b.", "a@.b", "a@b@c", "a b@c", "a@b c",
        "\"a@b", "a@[b", "a@b(", "<a@b>", "a@b,c@d",
    ] {
        assert!(AddrSpec::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn constructors_refuse_injection() {
    assert!(AddrSpec::new("a\r\nBcc: x", "b.c").is_err());
    for domain in [
        "b.c\r\nX: y",
        "",
        "a..b",
        "a b",
        "a,b",
        "[a",
        "[a]b]",
        "b>",
        "\u{0}",
    ] {
        assert!(AddrSpec::new("a", domain).is_err(), "{domain:?}");
    }
    let addr = AddrSpec::new("a", "b.c").expect("sound");
    for text in ["x\r\nBcc: y", "x\ny", "x\0"] {
        assert!(Mailbox::new(addr.clone()).with_name(text).is_err());
        assert!(Mailbox::new(addr.clone()).with_comment(text).is_err());
        assert!(Group::new(text, Vec::new()).is_err());
    }
    let international = AddrSpec::new("caf\u{e9}", "b.c").expect("sound");
    let list = AddressList::from_iter([Mailbox::new(international)]);
    assert_eq!(print(&list, false), Err(EncodeError::NonAscii));
    assert!(print(&list, true).is_ok());
}

fn text() -> impl Strategy<Value = String> {
    "[ \t!-~\u{1}\u{e9}\u{20ac}\u{a0}=?_\"\\\\()<>@,;:.]{0,90}"
}

proptest! {
    #[test]
    fn plain_addresses_read_as_all_do(addr in "[a-c.]{0,4}[a.@\u{e9} (\\r\\n=\"]{0,3}[a-c.]{0,4}") {
        let plain = fast::whole_addr_spec(&addr);
        if plain.is_some() {
            prop_assert_eq!(plain, AddrSpec::parse(addr.as_bytes()).ok());
            prop_assert!(fold::check_value(&addr).is_ok());
        }
    }

    #[test]
    fn built_lists_read_back(
        entries in prop::collection::vec((text(), text(), "[ -~\u{e9}]{0,20}", "[a-z]{1,9}(\\.[a-z]{1,9}){0,2}|\\[[0-9.]{1,9}\\]", any::<bool>()), 0..5),
        utf8 in any::<bool>(),
    ) {
        let mut addresses = Vec::new();
        for (name, comment, local, domain, grouped) in entries {
            let local = if utf8 { local } else { local.replace('\u{e9}', "e") };
            let addr = AddrSpec::new(local, domain).expect("sound");
            let mailbox = Mailbox::new(addr).with_name(name.clone()).expect("sound").with_comment(comment).expect("sound");
            match Group::new(name, alloc::vec![mailbox.clone()]) {
                Ok(group) if grouped => addresses.push(Address::Group(group)),
                _ => addresses.push(Address::Mailbox(mailbox)),
            }
        }
        let list = AddressList::new(addresses);
        let out = print(&list, utf8).expect("writes");
        prop_assert!(utf8 || out.is_ascii());
        let mut defects = Vec::new();
        let value = out.strip_prefix(b"To:").expect("the name");
        let again = AddressList::parse_with(value, &Options::default(), &mut defects);
        prop_assert_eq!(&again, &list, "{}", String::from_utf8_lossy(&out));
        prop_assert_eq!(defects, []);
    }

    #[test]
    fn anything_prints_back(value in "[ab.@<>()\",;:\\\\\\[\\]= ?\r\n\t\u{e9}\u{1}\u{0}]{0,60}") {
        read(value.as_bytes());
        if let Ok(addr) = AddrSpec::parse(value.as_bytes()) {
            let written = addr.to_string();
            prop_assert_eq!(AddrSpec::parse(written.as_bytes()), Ok(addr));
        }
    }

    #[test]
    fn any_octets(value in prop::collection::vec(any::<u8>(), 0..80)) {
        read(&value);
    }
}
