//! Any octets as header values: readers never fail, and what they read can be written and read again.

use mime_codec::{
    AddrSpec, AddressList, AuthResults, ContentDisposition, ContentType, DateTime, Defect,
    EncodeError, FieldWriter, Keywords, ListId, ListUris, MessageId, MessageIdList, MimeVersion,
    Options, Received, ReturnPath, TagList, Unstructured, base_subject, thread_references,
};
use proptest::prelude::*;

/// The value that `write` makes of what was read, without the field's name; `None` if control characters
/// are in the way.
fn written(
    read: &[u8],
    write: impl FnOnce(&mut FieldWriter<'_>) -> Result<(), EncodeError>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut field = FieldWriter::new(&mut out, "X", true).expect("a name");
    if let Err(error) = write(&mut field) {
        let control = |b: &u8| b.is_ascii_control() && !b"\r\n\t\0".contains(b);
        assert_eq!(error, EncodeError::Syntax, "what was read can be written");
        assert!(read.iter().any(control), "what was read can be written");
        return None;
    }
    field.finish().expect("finishes");
    // One field: every line break is followed by white space, except for the last.
    let breaks = out.split(|&b| b == b'\n').count() - 1;
    let fold = |window: &&[u8]| matches!(window, [b'\r', b'\n', b' ' | b'\t']);
    let folds = out.windows(3).filter(fold).count();
    assert_eq!(breaks, folds + 1);
    assert!(
        out.iter()
            .all(|b| !b.is_ascii_control() || b"\r\n\t".contains(b))
    );
    Some(out.split_off(2))
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let text = "[ab.@<>()\",;:\\\\\\[\\]= ?_/\r\n\t\u{e9}\u{1}\u{0}0-9+-]{0,60}";
    let words = prop::collection::vec(
        prop::sample::select(vec![
            "=?utf-8?q?",
            "?=",
            "=?utf-8?b?w6k=?=",
            "from ",
            "by ",
            "with ",
            "id ",
            "for ",
            "; ",
            "<a@b>",
            "(c",
            ")",
            "\"",
            "\\",
            "[1.2.3.4]",
            "[IPv6:::1]",
            "1 Jan 2000 00:00:00 +0000",
            "spf=pass",
            "smtp.from=x",
            "NO",
            "mailto:a@b",
            "\r\n ",
            ",",
            "helo=x.y",
            "TLSv1.3",
            "\u{e9}",
            "\u{202e}",
        ]),
        0..14,
    );
    prop_oneof![
        text.prop_map(String::into_bytes),
        words.prop_map(|words| words.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..60),
    ]
}

/// The value of a Content-Type or Content-Disposition with any parameters.
fn parametrised() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        &b"name"[..],
        b"filename",
        b"n@<x>",
        b"caf\xc3\xa9",
        b"\xff",
        b"*",
        b"*0",
        b"*0*",
        b"*1*",
        b"*01",
        b"'",
        b"utf-8''",
        b"utf-16'en'",
        b"'x_y'",
        b"%",
        b"%0D%0A",
        b"%00",
        b"%EF%BB%BF",
        b"\xef\xbb\xbf",
        b"=",
        b"=",
        b";",
        b";",
        b" ",
        b"\t",
        b"\r\n ",
        b"\0",
        b"\x7f",
        b"\"",
        b"\\",
        b"(",
        b")",
        b"/",
        b"=?utf-8?q?=0A=C3=BC?=",
    ]);
    let word = prop_oneof![
        8 => words.prop_map(<[u8]>::to_vec),
        1 => ("[a-z\u{e9}]", 1..1200_usize).prop_map(|(word, times)| word.repeat(times).into_bytes()),
    ];
    (
        prop::sample::select(vec!["text/plain;", "a/b", "inline;", "attachment ; ", ""]),
        prop::collection::vec(word, 0..24),
    )
        .prop_map(|(start, words)| [start.as_bytes(), &words.concat()].concat())
}

/// The value that `encode` makes as a field, which has to be one that any transport carries.
fn encoded(name: &str, encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = format!("{name}: ").into_bytes();
    encode(&mut out);
    for (index, line) in out.split(|&b| b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 998);
        assert!(
            line.iter().all(|b| matches!(b, b' '..=b'~' | b'\t')),
            "{}",
            out.escape_ascii()
        );
        assert!(index == 0 || line.starts_with(b" "));
    }
    out.split_off(name.len() + 1)
}

proptest! {
    #[test]
    fn parameters_survive(value in prop_oneof![parametrised(), value()]) {
        let mut defects: Vec<Defect> = Vec::new();
        let read = ContentType::parse_with(&value, &Options::default(), &mut defects);
        let again = encoded("Content-Type", |out| read.encode(out));
        prop_assert_eq!(&ContentType::parse(&again), &read, "{}", again.escape_ascii());
        let text = read.to_string();
        prop_assert!(!text.contains(['\r', '\n']) && text.is_ascii());
        prop_assert_eq!(text.parse(), Ok(read.into_owned()), "{}", text);
        if let Some(read) = ContentDisposition::parse_with(&value, &Options::default(), &mut defects) {
            let again = encoded("Content-Disposition", |out| read.encode(out));
            let back = ContentDisposition::parse(&again);
            prop_assert_eq!(back.as_ref(), Some(&read), "{}", again.escape_ascii());
            let text = read.to_string();
            prop_assert_eq!(text.parse(), Ok(read.into_owned()), "{}", text);
        }
        prop_assert!(defects.iter().all(|defect| defect.offset <= value.len() as u64));
    }

    #[test]
    fn values_survive(value in value(), cut in 0..60_usize) {
        for value in [&value[..], &value[..cut.min(value.len())]] {
            let options = Options::default();
            let mut defects: Vec<Defect> = Vec::new();

            let text = Unstructured::parse_with(value, &options, &mut defects);
            if let Some(again) = written(value, |field| text.write(field)) {
                prop_assert_eq!(&Unstructured::parse(&again), &text);
            }
            base_subject(text.as_str());

            // What a list is written as, and without defects reads back as, it is again.
            let list = AddressList::parse_with(value, &options, &mut defects).to_string();
            if let Ok(back) = list.parse::<AddressList<'_>>() {
                prop_assert_eq!(back.to_string(), list);
            }
            let list = Keywords::parse(value).to_string();
            if let Ok(back) = list.parse::<Keywords<'_>>() {
                prop_assert_eq!(back.to_string(), list);
            }

            let ids = MessageIdList::parse_with(value, &options, &mut defects);
            if let Some(again) = written(value, |field| ids.write(field)) {
                prop_assert_eq!(&MessageIdList::parse(&again), &ids);
            }
            thread_references(Some(value), Some(value));
            MessageId::parse_with(value, &options, &mut defects);

            let keywords = Keywords::parse_with(value, &options, &mut defects);
            if let Some(again) = written(value, |field| keywords.write(field)) {
                prop_assert_eq!(&Keywords::parse(&again), &keywords);
            }

            let uris = ListUris::parse_with(value, &options, &mut defects);
            if let Some(again) = written(value, |field| uris.write(field)) {
                prop_assert_eq!(&ListUris::parse(&again), &uris);
            }
            if let Some(id) = ListId::parse(value)
                && let Some(again) = written(value, |field| id.write(field))
            {
                prop_assert_eq!(&ListId::parse(&again).expect("an identifier"), &id);
            }

            let tags = TagList::parse_with(value, &options, &mut defects);
            written(value, |field| tags.write(field));
            let results = AuthResults::parse_with(value, &options, &mut defects);
            written(value, |field| results.write(field));
            let hop = Received::parse_with(value, &options, &mut defects);
            written(value, |field| hop.write(field));

            if let Ok(path) = ReturnPath::parse(value)
                && let Some(again) = written(value, |field| path.write(field))
            {
                prop_assert_eq!(&ReturnPath::parse(&again).expect("a path"), &path);
            }
            if let Ok(date) = DateTime::parse_with(value, &options, &mut defects)
                && let Some(again) = written(value, |field| date.write(field))
            {
                prop_assert_eq!(DateTime::parse(&again), Ok(date));
            }
            if let Ok(addr) = AddrSpec::parse(value) {
                let list = AddressList::parse(value);
                prop_assert_eq!(list.mailboxes().next().map(mime_codec::Mailbox::addr), Some(&addr));
            }
            MimeVersion::parse(value);
            prop_assert!(defects.iter().all(|defect| defect.offset <= value.len() as u64));
        }
    }
}
