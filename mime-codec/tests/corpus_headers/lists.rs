//! Lists of identifiers and of phrases (RFC 5322 sections 3.6.4 and 3.6.5).

use mime_codec::{Keywords, MessageIdList};

use crate::corpora::table::{check, items, same};

/// Rows (from 0) that are read in another way.
const KNOWN_ID: &[usize] = &[6, 10, 11, 12, 13, 14, 15, 18, 19, 32, 33];

/// Rows (from 0) that are read in another way.
const KNOWN_LIST: &[usize] = &[13, 14, 15, 17, 19, 21, 22, 23, 28, 29, 31];

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
            let theirs: Vec<String> = items(expected)
                .iter()
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
            let theirs: Vec<&str> = items(expected)
                .iter()
                .map(|text| text.as_str().expect("text"))
                .collect();
            same(ours, theirs)
        },
    );
}
