//! International domains: A-labels for those who need them, U-labels for those who read them.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::{
    AddrSpec, Address, AddressList, BuildError, Builder, EncodeError, FieldBody, Mailbox, Message,
    ReturnPath,
};

fn ascii(domain: &str) -> Result<String, EncodeError> {
    let addr = AddrSpec::new("a", domain)?.to_ascii()?;
    Ok(addr.domain().unwrap().to_owned())
}

#[test]
fn to_ascii() {
    for (domain, expected) in [
        ("b\u{fc}cher.example", "xn--bcher-kva.example"),
        ("B\u{dc}CHER.Example", "xn--bcher-kva.example"),
        ("stra\u{df}e.example", "xn--strae-oqa.example"),
        (
            "\u{4f8b}\u{3048}.\u{30c6}\u{30b9}\u{30c8}",
            "xn--r8jz45g.xn--zckzah",
        ),
        ("Example.COM", "Example.COM"),
        ("[IPv6:::1]", "[IPv6:::1]"),
        ("under_score.example", "under_score.example"),
    ] {
        assert_eq!(ascii(domain).as_deref(), Ok(expected));
    }
    for domain in [
        "-\u{fc}.example",
        "\u{fc}_x.example",
        "\u{ad}\u{fc}\u{378}.example",
        "a\u{2024}\u{fc}b.example",
        &format!("{}.example", "\u{fc}".repeat(64)),
        &format!("\u{fc}.{}", "a".repeat(64)),
    ] {
        assert_eq!(ascii(domain), Err(EncodeError::Syntax), "{domain}");
    }
    let local = AddrSpec::new("j\u{f8}rn", "example.org").unwrap();
    assert_eq!(local.to_ascii(), Err(EncodeError::NonAscii));
    let none = AddrSpec::new("postmaster", "x").unwrap();
    assert_eq!(none.to_ascii(), Ok(none.clone()));
}

#[test]
fn to_unicode() {
    for (domain, expected) in [
        ("xn--bcher-kva.example", "b\u{fc}cher.example"),
        ("XN--BCHER-KVA.example", "b\u{fc}cher.example"),
        ("www.Example.com", "www.Example.com"),
        ("b\u{fc}cher.example", "b\u{fc}cher.example"),
        // Not what any name becomes.
        ("xn--a.example", "xn--a.example"),
        ("[xn--bcher-kva]", "[xn--bcher-kva]"),
    ] {
        let addr = AddrSpec::new("a", domain).unwrap();
        assert_eq!(addr.to_unicode().domain(), Some(expected));
    }
}

#[test]
fn messages_without_smtputf8() {
    let list = "J\u{f8}rn <a@b\u{fc}cher.example>, g: b@b\u{fc}cher.example;";
    let message = Builder::new()
        .draft()
        .from(list)
        .sender("s@\u{fc}.example")
        .to("c@example.org");
    assert_eq!(
        message.build(),
        Err(BuildError::Field {
            field: "From",
            error: EncodeError::NonAscii
        })
    );
    assert!(message.needs_utf8());
    let message = message.ascii_domains();
    assert!(!message.needs_utf8());
    let built = message.build().unwrap();
    assert!(built.is_ascii());
    let parsed = Message::parse(&built);
    let addresses: Vec<String> = parsed
        .from()
        .mailboxes()
        .map(|one| one.addr().to_string())
        .collect();
    assert_eq!(
        addresses,
        ["a@xn--bcher-kva.example", "b@xn--bcher-kva.example"]
    );
    assert_eq!(
        parsed.from().mailboxes().next().unwrap().name(),
        Some("J\u{f8}rn")
    );
    assert_eq!(parsed.header("Sender").unwrap().text(), "s@xn--tda.example");
    let utf8 = message.clone().utf8(true).build().unwrap();
    assert_eq!(
        Message::parse(&utf8).from(),
        AddressList::try_from(list).unwrap()
    );
    let local = message.to("\u{fc}@example.org");
    assert!(local.needs_utf8());
    assert_eq!(
        local.build(),
        Err(BuildError::Field {
            field: "To",
            error: EncodeError::NonAscii
        })
    );
}

#[test]
fn added_fields_without_smtputf8() {
    let fields = |local: &'static str| {
        let addr = AddrSpec::new(local, "\u{fc}.example").unwrap();
        let list = AddressList::new(alloc::vec![Address::Mailbox(Mailbox::new(addr.clone()))]);
        let path = ReturnPath::new(Some(addr.clone()));
        [
            ("Resent-To", FieldBody::from(list)),
            ("Resent-Sender", Mailbox::new(addr).into()),
            ("Return-Path", path.into()),
        ]
    };
    for (name, value) in fields("a") {
        let message = Builder::new().draft().header(name, value);
        assert!(message.needs_utf8(), "{name}");
        let utf8 = message.clone().ascii_domains().utf8(true).build().unwrap();
        assert!(
            String::from_utf8(utf8)
                .unwrap()
                .contains("a@\u{fc}.example")
        );
        let message = message.ascii_domains();
        assert!(!message.needs_utf8(), "{name}");
        let built = message.build().unwrap();
        let parsed = Message::parse(&built);
        let mailbox: Mailbox<'_> = parsed.header_as(name).unwrap();
        assert_eq!(mailbox.addr().to_string(), "a@xn--tda.example");
    }
    for (name, value) in fields("\u{fc}") {
        let message = Builder::new().draft().header(name, value).ascii_domains();
        assert!(message.needs_utf8(), "{name}");
        assert_eq!(
            message.build(),
            Err(BuildError::Field {
                field: "header",
                error: EncodeError::NonAscii
            })
        );
    }
}
