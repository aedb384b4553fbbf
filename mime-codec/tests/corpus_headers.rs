//! Header values of other projects' test suites, and what they expect of them.
//!
//! Needs the folder that `CORPUS_DIR` names; without it the tests are skipped. Where this crate
//! reads a value in another way, `corpus-notes.md` tells why.

mod corpora;

use mime_codec::{
    AddrSpec, Address, AddressList, AuthResults, DateTime, Defect, Headers, Keywords, ListUris,
    Mailbox, MessageIdList, Options, Received, TagList, Unstructured, Zone, base_subject,
};
use serde_json::Value;

// Rows (from 0), test numbers and files where this crate reads otherwise: see `corpus-notes.md`.
const KNOWN_ADDRESS: &[usize] = &[
    9, 10, 11, 13, 14, 28, 37, 38, 39, 40, 41, 43, 44, 45, 46, 47, 55, 64, 69, 75, 78, 80, 84, 85,
    87, 98, 99, 100, 102, 104, 107, 110, 111, 113, 117, 119, 121, 122, 124,
];
const KNOWN_DATE: &[usize] = &[
    12, 28, 42, 43, 44, 46, 47, 48, 51, 52, 53, 55, 61, 63, 64, 65, 68, 69, 74, 76, 78, 80, 81, 82,
    83,
];
const KNOWN_ID: &[usize] = &[6, 10, 11, 12, 13, 14, 15, 18, 19, 32, 33];
const KNOWN_LIST: &[usize] = &[13, 14, 15, 17, 19, 21, 22, 23, 28, 29, 31];
const KNOWN_UNSTRUCTURED: &[usize] = &[2, 3, 4, 19, 40, 42, 50];
const KNOWN_THREAD_NAME: &[usize] = &[
    13, 14, 15, 17, 25, 27, 36, 38, 40, 41, 42, 43, 44, 45, 46, 57, 58, 60, 61, 62, 63, 64, 65, 66,
    67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
    91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
    112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130,
    131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149,
    150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 164, 165, 166, 175, 176, 177,
];
const KNOWN_RECEIVED: &[usize] = &[
    2, 13, 28, 29, 30, 67, 81, 107, 111, 117, 118, 123, 125, 128, 144, 151, 153, 155, 161, 162,
    163, 165, 171, 195, 200,
];
const KNOWN_ISEMAIL: &[u32] = &[30, 31, 58, 102, 134, 160];

fn table(path: &str) -> Option<Value> {
    Some(corpora::json(&corpora::folder()?.join(path)))
}

/// Compares each row; those that differ must be the rows that are known to.
fn check(
    (path, count): (&str, usize),
    key: &str,
    known: &[usize],
    ours: impl Fn(&[u8], &Value) -> Result<(), String>,
) {
    let Some(rows) = table(path) else {
        return;
    };
    let rows = rows.as_array().expect("an array");
    assert_eq!(rows.len(), count);
    let mut differing = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let value = row[key].as_str().expect("a value");
        if let Err(difference) = ours(
            if key == "header" {
                field(value)
            } else {
                value.as_bytes()
            },
            &row["expected"],
        ) {
            differing.push(i);
            println!("{i}: {value:?}\n    {difference}");
        }
    }
    assert_eq!(differing, known);
}

/// The first field of what may be several: up to a line break without white space behind it.
fn field(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    for (i, pair) in bytes.windows(2).enumerate() {
        if pair[0] == b'\n' && !matches!(pair[1], b' ' | b'\t') {
            end = i + 1;
            break;
        }
    }
    &bytes[..end]
}

fn differ(ours: &impl std::fmt::Debug, theirs: &impl std::fmt::Debug) -> Result<(), String> {
    Err(format!("ours   {ours:?}\n    theirs {theirs:?}"))
}

fn same<T: PartialEq + std::fmt::Debug>(ours: T, theirs: T) -> Result<(), String> {
    let pair = (ours, theirs);
    if pair.0 == pair.1 {
        Ok(())
    } else {
        differ(&pair.0, &pair.1)
    }
}

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
        KNOWN_ADDRESS,
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
            let theirs: Vec<Entry> = expected
                .as_array()
                .into_iter()
                .flatten()
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

/// Year, month, day, hour, minute, second, minutes ahead of UTC.
type When = (u64, u64, u64, u64, u64, u64, i64);

fn their_date(date: &Value) -> Option<When> {
    let part = |name: &str| date[name].as_u64().expect("a number");
    date.as_object()?;
    let zone = (part("tz_hour") * 60 + part("tz_minute")).cast_signed();
    let zone = if date["tz_before_gmt"] == true {
        -zone
    } else {
        zone
    };
    Some((
        part("year"),
        part("month"),
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
        zone,
    ))
}

fn our_date(date: DateTime) -> When {
    (
        date.year().into(),
        date.month().into(),
        date.day().into(),
        date.hour().into(),
        date.minute().into(),
        date.second().into(),
        date.zone().minutes().into(),
    )
}

#[test]
fn dates() {
    check(
        ("mail-parser/headers/date.json", 84),
        "header",
        KNOWN_DATE,
        |value, expected| {
            same(
                DateTime::parse(value).ok().map(our_date),
                their_date(expected),
            )
        },
    );
    let Some(rows) = table("rfc-tables/dates.json") else {
        return;
    };
    for row in rows.as_array().expect("an array") {
        let value = row["in"].as_str().expect("a value");
        let ours = DateTime::parse(value.as_bytes());
        if let Some(iso) = row["iso"].as_str() {
            let date = ours.expect(value);
            let minutes = date.zone().minutes();
            let sign = if minutes < 0 { '-' } else { '+' };
            let (year, month, day, hour, minute, second, _) = our_date(date);
            let zone = minutes.unsigned_abs();
            assert_eq!(
                format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
                    zone / 60,
                    zone % 60
                ),
                iso
            );
        }
        if value.ends_with("-0000") || value.ends_with(" A") {
            assert_eq!(
                DateTime::parse(value.as_bytes()).map(|date| date.zone()),
                Ok(Zone::Unknown)
            );
        }
    }
}

#[test]
fn message_ids() {
    check(
        ("mail-parser/headers/id.json", 34),
        "header",
        KNOWN_ID,
        |value, expected| {
            let ours: Vec<String> = MessageIdList::parse(value)
                .ids()
                .iter()
                .map(|id| id.as_str().to_owned())
                .collect();
            let theirs: Vec<String> = expected
                .as_array()
                .into_iter()
                .flatten()
                .map(|id| id.as_str().expect("text").to_owned())
                .collect();
            same(ours, theirs)
        },
    );
}

#[test]
fn keyword_lists() {
    check(
        ("mail-parser/headers/list.json", 38),
        "header",
        KNOWN_LIST,
        |value, expected| {
            let list = Keywords::parse(value);
            let ours: Vec<&str> = list.phrases().iter().map(AsRef::as_ref).collect();
            let theirs: Vec<&str> = expected
                .as_array()
                .into_iter()
                .flatten()
                .map(|text| text.as_str().expect("text"))
                .collect();
            same(ours, theirs)
        },
    );
}

#[test]
fn unstructured() {
    check(
        ("mail-parser/headers/unstructured.json", 54),
        "header",
        KNOWN_UNSTRUCTURED,
        |value, expected| {
            let ours = Unstructured::parse(value);
            same(ours.as_str(), expected.as_str().unwrap_or_default())
        },
    );
}

#[test]
fn base_subjects() {
    check(
        ("mail-parser/headers/thread_name.json", 180),
        "input",
        KNOWN_THREAD_NAME,
        |value, expected| {
            let text = std::str::from_utf8(value).expect("UTF-8");
            same(
                base_subject(text).0.as_ref(),
                expected.as_str().expect("text"),
            )
        },
    );
}

/// A trailer in a language other than English is text, see above.
#[test]
fn trailers() {
    check(
        ("mail-parser/headers/trailing_fwd.json", 18),
        "input",
        &[2, 14, 15],
        |value, expected| {
            let text = std::str::from_utf8(value).expect("UTF-8");
            same(
                base_subject(text).0.as_ref(),
                expected.as_str().expect("text"),
            )
        },
    );
}

#[test]
fn received() {
    check(
        ("mail-parser/headers/received.json", 202),
        "header",
        KNOWN_RECEIVED,
        |value, expected| {
            let hop = Received::parse(value);
            let text = |name: &str| {
                expected
                    .get(name)
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            // A host is a name or an address there, and a name or an address literal here.
            let host = |name: &str| {
                let host = expected.get(name)?;
                host.get("Name")
                    .or_else(|| host.get("IpAddr"))
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            let bare = |text: Option<&str>| {
                text.map(|text| {
                    text.trim_matches(['[', ']'])
                        .trim_end_matches('.')
                        .to_owned()
                })
            };
            same(
                hop.date().map(our_date),
                expected.get("date").and_then(their_date),
            )?;
            same(bare(hop.from()), host("from"))?;
            same(bare(hop.by()), host("by"))?;
            same(hop.id().map(str::to_owned), text("id"))?;
            same(hop.recipient().map(str::to_owned), text("for_"))?;
            same(hop.via().map(str::to_owned), text("via"))?;
            // The peer maps what it knows to the names of RFC 3848 and drops all else.
            if let Some(theirs) = text("with") {
                let ours = hop.protocol().unwrap_or_default().to_ascii_uppercase();
                if !ours.contains(theirs.to_ascii_uppercase().trim_end_matches('S')) {
                    return differ(&ours, &theirs);
                }
            }
            same(bare(hop.helo()), host("helo"))?;
            same(hop.tls_cipher().map(str::to_owned), text("tls_cipher"))?;
            let from = expected
                .get("from")
                .and_then(|from| from.get("IpAddr"))
                .and_then(Value::as_str)
                .map(str::to_owned);
            same(
                hop.client_ip().map(|ip| ip.to_string()),
                text("from_ip").or(from),
            )?;
            same(bare(hop.client_name()), text("from_iprev"))
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
    let Some(rows) = table("rfc-tables/address-smuggling.json") else {
        return;
    };
    for row in rows.as_array().expect("an array") {
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

#[test]
fn encoded_words() {
    let Some(rows) = table("rfc-tables/rfc2047.json") else {
        return;
    };
    let mut compared = 0;
    for row in rows.as_array().expect("an array") {
        let value = row["in"].as_str().expect("a value").as_bytes();
        let context = row["context"].as_str().unwrap_or("text");
        let expected = row.get("lenient").unwrap_or(&row["out"]);
        // Where the table leaves the choice, this crate decodes words that touch other text.
        let choice = row["note"]
            .as_str()
            .is_some_and(|note| note.contains("lenient readers"));
        if expected.is_null() || choice {
            continue;
        }
        compared += 1;
        let mut options = Options::default();
        options.quoted_encoded_words = false;
        let list = AddressList::parse_with(value, &options, &mut Vec::new());
        match context {
            "text" => assert_eq!(
                Unstructured::parse(value).as_str(),
                expected.as_str().expect("text"),
                "{row}"
            ),
            "comment" => {
                let value = [b"a@b ", value].concat();
                let list = AddressList::parse(&value);
                let comment = list
                    .mailboxes()
                    .next()
                    .and_then(Mailbox::comment)
                    .unwrap_or_default();
                assert_eq!(
                    format!("({comment})"),
                    expected.as_str().expect("text"),
                    "{row}"
                );
            }
            "address" => {
                let ours: Vec<(&str, String)> = list
                    .mailboxes()
                    .map(|m| (m.name().unwrap_or_default(), m.addr().to_string()))
                    .collect();
                let theirs: Vec<(&str, String)> = expected
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|pair| {
                        (
                            pair[0].as_str().unwrap_or_default(),
                            pair[1].as_str().expect("text").to_owned(),
                        )
                    })
                    .collect();
                assert_eq!(ours, theirs, "{row}");
            }
            "address-comment" => {
                let comment = list.mailboxes().next().and_then(Mailbox::comment);
                // The table has the corrected text, its value the words as RFC 2047 prints them.
                assert!(
                    comment.is_some_and(|text| text.starts_with('\u{5dd}')),
                    "{row}"
                );
            }
            other => panic!("unknown context {other}"),
        }
    }
    assert_eq!(compared, 23);
}

/// Every header field of every message is read by every reader, with and without an odd cut.
#[test]
fn all_fields_are_survived() {
    let Some(root) = corpora::folder() else {
        return;
    };
    let mut count = 0;
    for path in corpora::files(&root) {
        let message = corpora::read(&path);
        for header in &Headers::parse(&message) {
            count += 1;
            let mut defects: Vec<Defect> = Vec::new();
            let options = Options::default();
            let value = header.value_raw();
            for end in [value.len(), value.len() / 2] {
                let value = &value[..end];
                AddressList::parse_with(value, &options, &mut defects);
                Unstructured::parse_with(value, &options, &mut defects);
                Received::parse_with(value, &options, &mut defects);
                Keywords::parse_with(value, &options, &mut defects);
                MessageIdList::parse_with(value, &options, &mut defects);
                let _ = DateTime::parse_with(value, &options, &mut defects);
                TagList::parse_with(value, &options, &mut defects);
                AuthResults::parse_with(value, &options, &mut defects);
                ListUris::parse_with(value, &options, &mut defects);
            }
            let end = value.len() as u64;
            assert!(defects.iter().all(|defect| defect.offset <= end));
        }
    }
    assert_eq!(count, 3186);
}
