//! Real and malformed messages from the folder that `CORPUS_DIR` names.

mod common;

use common::corpus::{files, folder, read};
use common::{by_push, by_tree};
use mime_codec::{Limits, Message, Options};

/// Every file, message or not: parsing never fails, the spans are the file, and both parsers agree.
#[test]
fn every_file_is_read_whole() {
    let Some(folder) = folder() else { return };
    let limits = Limits::default();
    let mut messages = 0;
    for path in files(&folder) {
        let bytes = read(&path);
        let tree = by_tree(&bytes, &limits);
        let mut at = 0;
        for (_, _, range) in &tree.segments {
            assert_eq!(range.start, at, "{}", path.display());
            at = range.end;
        }
        assert_eq!(at, bytes.len(), "{}", path.display());
        for chunk in [1, 13, 1400, bytes.len().max(1)] {
            let (push, _) = by_push(&bytes, (0..bytes.len()).step_by(chunk), &limits);
            assert_eq!(push, tree, "{} in chunks of {chunk}", path.display());
        }
        let mut options = Options::default();
        options.check_octets = true;
        options.count_lines = true;
        let message = Message::parse_with(&bytes, &options);
        for part in message.parts() {
            let plain = Message::parse(&bytes);
            assert_eq!(
                part.body_lines(),
                plain.part(part.index()).unwrap().body_lines()
            );
            let _ = (part.content_type(), part.disposition());
        }
        messages += 1;
    }
    assert!(messages > 500, "only {messages} files");
}
