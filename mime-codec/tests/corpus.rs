//! Laws that hold for every message of the folder that `CORPUS_DIR` names, however malformed.

mod common;
mod corpora;

use common::{by_push, by_tree};
use corpora::{dos, files, folder, mbox, messages, read, unix};
use mime_codec::mbox::{Format, Timestamp, write};
use mime_codec::{
    Builder, Defect, Limits, Message, Options, PartKind, ReplyOptions, TransferEncoding,
};

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

/// An edit without changes gives the message back, and so does one that undoes another.
#[test]
fn edits_leave_the_rest_alone() {
    let Some(folder) = folder() else { return };
    let mut undone = 0;
    for (name, bytes) in messages(&folder) {
        let message = Message::parse(&bytes);
        assert!(message.edit().apply() == bytes, "{name}");
        let mut edit = message.edit();
        assert_eq!(edit.remove_header(message.root(), "X-None"), Ok(0));
        assert!(edit.apply() == bytes, "{name}");
        // A message without an empty line behind its header section gets one with the first field.
        let root = message.root();
        if root.header_range().is_empty() || root.header_range().end == root.body_range().start {
            continue;
        }
        for prepend in [true, false] {
            let mut edit = message.edit();
            let value = "a value that is long enough to be folded into more lines than one of them";
            if prepend {
                edit.prepend_header(root, "X-Law", value).unwrap();
            } else {
                edit.add_header(root, "X-Law", value).unwrap();
            }
            let edited = edit.apply();
            let edited = Message::parse(&edited);
            assert_eq!(edited.parts().len(), message.parts().len(), "{name}");
            let mut edit = edited.edit();
            assert_eq!(edit.remove_header(edited.root(), "x-law"), Ok(1), "{name}");
            assert!(edit.apply() == bytes, "{name}");
        }
        undone += 1;
    }
    assert_eq!(undone, 362);
}

/// Whether lines end with LF or CRLF makes no difference to anything but the lines.
#[test]
fn line_ends_do_not_matter() {
    let Some(folder) = folder() else { return };
    let mut compared = 0;
    for (name, mut lf) in messages(&folder) {
        // A row of CR in front of LF is not taken off at once.
        loop {
            let next = unix(&lf);
            if next == lf {
                break;
            }
            lf = next;
        }
        let crlf = dos(&lf);
        let (one, two) = (Message::parse(&lf), Message::parse(&crlf));
        let shape = |message: &Message<'_>| -> Vec<_> {
            let segments = message.segments();
            segments
                .map(|segment| {
                    (
                        segment.kind,
                        segment.part,
                        unix(&message.raw()[segment.range]),
                    )
                })
                .collect()
        };
        assert_eq!(shape(&one), shape(&two), "{name}");
        let kinds = |defects: &[Defect]| -> Vec<_> { defects.iter().map(|one| one.kind).collect() };
        assert_eq!(kinds(one.defects()), kinds(two.defects()), "{name}");
        for (one, two) in one.parts().zip(two.parts()) {
            assert_eq!(one.kind(), two.kind(), "{name}");
            assert_eq!(one.content_type(), two.content_type(), "{name}");
            assert_eq!(one.disposition(), two.disposition(), "{name}");
            assert_eq!(one.file_name(), two.file_name(), "{name}");
            assert_eq!(one.body_lines(), two.body_lines(), "{name}");
            for (one, two) in one.headers().iter().zip(two.headers()) {
                assert_eq!(one.value(), two.value(), "{name}");
            }
            let contents = (one.content(), two.content());
            match one.transfer_encoding() {
                _ if one.kind() != PartKind::Leaf => {}
                TransferEncoding::Base64 | TransferEncoding::Uuencode | TransferEncoding::Yenc => {
                    assert!(contents.0 == contents.1, "{name} part {}", one.index());
                }
                _ => {
                    let contents = (unix(&contents.0), unix(&contents.1));
                    assert!(contents.0 == contents.1, "{name} part {}", one.index());
                }
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 1100);
}

/// What is written to an mbox file is read from it again.
#[test]
fn mbox_files_keep_messages() {
    let Some(folder) = folder() else { return };
    let date = Timestamp {
        year: 2026,
        month: 1,
        day: 2,
        hour: 3,
        minute: 4,
        second: 5,
    };
    let mut file = Vec::new();
    let mut written = Vec::new();
    for (name, bytes) in messages(&folder) {
        write(Format::Mboxrd, b"a@example.org", date, &bytes, &mut file);
        written.push((name, bytes));
    }
    let read = mbox(Format::Mboxrd, &file, 4000);
    assert_eq!(read.len(), written.len());
    for ((_, _, found), (name, mut bytes)) in read.into_iter().zip(written) {
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        // A CR at the end of a message meets the line break that is put there.
        assert!(unix(&found) == unix(&bytes), "{name}");
    }
}

/// Every message can be answered, shown in another and attached to another, which gives it back: octet
/// for octet if it was encoded as a whole, else with lines ended by CRLF, or recoded for seven bits.
#[test]
fn every_message_can_be_passed_on() {
    let Some(folder) = folder() else { return };
    let mut ways = [0; 4];
    for (name, bytes) in messages(&folder) {
        let message = Message::parse(&bytes);
        let build = |builder: Builder<'_>| {
            let utf8 = builder.needs_utf8();
            let built = builder.draft().utf8(utf8).build();
            built.unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        build(message.reply(&ReplyOptions::default()));
        assert!(build(message.forward("see")).is_ascii(), "{name}");
        let built = build(message.forward_attached("see"));
        assert!(built.is_ascii() && !built.contains(&0), "{name}");
        assert!(
            built
                .split(|&octet| octet == b'\n')
                .all(|line| line.len() <= 999)
        );
        let built = Message::parse(&built);
        let part = built.root().children().nth(1).unwrap();
        let content = part.content();
        if part.transfer_encoding() == TransferEncoding::Base64 {
            assert!(*content == bytes, "{name}");
            if part.media_type().is("message", "global") {
                let enclosed = part.enclosed_message(&Options::default()).unwrap();
                assert_eq!(enclosed.raw(), bytes, "{name}");
                ways[0] += 1;
            } else {
                assert_eq!(part.file_name().as_deref(), Some("message.eml"), "{name}");
                ways[1] += 1;
            }
            continue;
        }
        assert!(part.media_type().is("message", "rfc822"), "{name}");
        // The line end in front of the next delimiter is that of a delimiter or a header section within
        // if the message ends with one.
        let lines = |bytes: &[u8]| unix(bytes.trim_ascii_end());
        if lines(&content) == lines(&bytes) {
            ways[2] += 1;
            continue;
        }
        let mut edit = message.edit();
        assert!(edit.to_seven_bit().unwrap() > 0, "{name}");
        assert!(lines(&content) == lines(&edit.apply()), "{name}");
        ways[3] += 1;
    }
    assert_eq!(ways, [16, 17, 329, 16]);
}
