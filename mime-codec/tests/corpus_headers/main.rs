//! Header values of other projects' test suites, and what they expect of them.
//!
//! Needs the folder that `CORPUS_DIR` names; without it the tests are skipped. Where this crate
//! reads a value in another way, `corpus-notes.md` tells why.

mod addresses;
#[path = "../corpora/mod.rs"]
mod corpora;
mod dates;
mod lists;
mod parameters;
mod received;
mod texts;

use mime_codec::{
    AddressList, AuthResults, DateTime, Defect, Headers, Keywords, ListUris, MessageIdList,
    Options, Received, TagList, Unstructured,
};

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
    assert_eq!(count, 3196);
}
