//! Addresses and lists of them (RFC 5322 section 3.4).

use mime_codec::{AddrSpec, Address, AddressList, Mailbox};
use serde_json::Value;

use crate::corpora;
use crate::corpora::table::{check, items, rows, same};

/// Rows (from 0) that are read in another way.
const KNOWN: &[usize] = &[
    9, 10, 11, 13, 14, 28, 37, 38, 39, 40, 41, 43, 44, 45, 46, 47, 55, 64, 69, 75, 78, 80, 84, 85,
    87, 98, 99, 100, 102, 104, 107, 110, 111, 113, 117, 119, 121, 122, 124,
];

/// Numbers of tests of isemail.
const KNOWN_ISEMAIL: &[u32] = &[30, 31, 58, 102, 134, 160];

/// Name with the comment, and address, as the tables have them.
fn mailbox(mailbox: &Mailbox<'_>) -> (Option<String>, Option<String>) {
    let name = match (mailbox.name(), mailbox.comment()) {
        (Some(name), Some(comment)) => Some(format!("{name} ({comment})")),
        (name, comment) => name.or(comment).map(str::to_owned),
    };
    (name, Some(mailbox.addr().to_string()))
}

type Entry = (Option<String>, Vec<(Option<String>, Option<String>)>);

#[test]
fn addresses() {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let theirs_mailbox = |value: &Value| (text(&value["name"]), text(&value["address"]));
    check(
        ("mail-parser/headers/address.json", 132),
        "header",
        KNOWN,
        |value, expected| {
            let ours: Vec<Entry> = AddressList::parse(value)
                .addresses()
                .iter()
                .map(|address| match address {
                    Address::Mailbox(m) => (None, vec![mailbox(m)]),
                    Address::Group(g) => {
                        let name = match g.comment() {
                            Some(comment) => format!("{} ({comment})", g.name()),
                            None => g.name().to_owned(),
                        };
                        (Some(name), g.mailboxes().iter().map(mailbox).collect())
                    }
                    Address::Invalid(text) => (None, vec![(Some(text.to_string()), None)]),
                    _ => unreachable!("no other entries"),
                })
                .collect();
            let theirs: Vec<Entry> = items(expected)
                .iter()
                .map(|entry| match entry.get("group") {
                    Some(group) => (
                        Some(text(&group["name"]).unwrap_or_default()),
                        group["mailboxes"]
                            .as_array()
                            .expect("members")
                            .iter()
                            .map(theirs_mailbox)
                            .collect(),
                    ),
                    None => (None, vec![theirs_mailbox(&entry["mailbox"])]),
                })
                .collect();
            same(ours, theirs)
        },
    );
}

#[test]
fn isemail() {
    let Some(folder) = corpora::folder() else {
        return;
    };
    let xml = corpora::read(&folder.join("isemail/tests.xml"));
    let xml = std::str::from_utf8(&xml).expect("UTF-8");
    let document = roxmltree::Document::parse(xml).expect("XML");
    let mut differing = Vec::new();
    let mut count = 0;
    for test in document
        .descendants()
        .filter(|node| node.has_tag_name("test"))
    {
        let text = |name: &str| {
            let node = test.children().find(|node| node.has_tag_name(name));
            node.and_then(|node| node.text()).unwrap_or_default()
        };
        // Control characters stand there as their pictures.
        let address: String = text("address")
            .chars()
            .map(|c| match c as u32 {
                picture @ 0x2400..=0x2421 => char::from_u32(picture - 0x2400).unwrap_or(c),
                _ => c,
            })
            .collect();
        count += 1;
        let valid = AddrSpec::parse(address.as_bytes()).is_ok();
        if valid != (text("category") != "ISEMAIL_ERR") {
            println!("{address:?} {} {}", text("category"), text("diagnosis"));
            differing.push(
                test.attribute("id")
                    .and_then(|id| id.parse().ok())
                    .unwrap_or(0),
            );
        }
    }
    assert_eq!(count, 164);
    assert_eq!(differing, KNOWN_ISEMAIL);
}

#[test]
fn smuggled_addresses() {
    let Some(rows) = rows("rfc-tables/address-smuggling.json") else {
        return;
    };
    for row in &rows {
        let value = row["in"].as_str().expect("a value");
        if row["kind"] == "build" {
            assert!(AddrSpec::new(value, "good.com").is_err());
            assert!(AddrSpec::new("foo", value).is_err());
            continue;
        }
        let list = AddressList::parse(value.as_bytes());
        for mailbox in list.mailboxes() {
            let domain = mailbox.addr().domain().expect("a domain");
            let allowed = ["good.com", "example.com", "xn--0117.example"].contains(&domain)
                || (domain == "evil.com" && value.starts_with("foo@evil.com("));
            assert!(allowed, "{value:?} gives {}", mailbox.addr());
        }
    }
    let one = |value: &str| {
        AddressList::parse(value.as_bytes())
            .mailboxes()
            .map(|m| m.addr().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(one("<@a.test,@b.test:foo@good.com>"), ["foo@good.com"]);
    assert_eq!(
        one("\"foo@evil.com> \"@good.com"),
        ["\"foo@evil.com> \"@good.com"]
    );
    assert_eq!(
        one("a@good.com, ,;b@good.com"),
        ["a@good.com", "b@good.com"]
    );
    assert_eq!(one("foo@good.com\0.evil.com"), Vec::<String>::new());
}
