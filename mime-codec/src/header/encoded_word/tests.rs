use super::*;
use crate::{Defect, DefectKind, Options, Unstructured};
use alloc::string::String;

fn read(value: &[u8]) -> (String, Vec<DefectKind>) {
    let mut defects: Vec<Defect> = Vec::new();
    let text = Unstructured::parse_with(value, &Options::default(), &mut defects);
    (
        text.as_str().into(),
        defects.into_iter().map(|defect| defect.kind).collect(),
    )
}

#[test]
fn rfc2047_section_8() {
    let cases: [(&[u8], &str); 8] = [
        (b"=?utf-8?Q?a?=", "a"),
        (b"=?utf-8?Q?a?= b", "a b"),
        (b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?=  =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?=\r\n    =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a_b?=", "a b"),
        (b"=?utf-8?Q?a?= =?us-ascii?Q?_b?=", "a b"),
        (b"=?utf-8*de-CH?b?Z3LDvGV6aQ==?=", "gr\u{fc}ezi"),
    ];
    for (value, text) in cases {
        assert_eq!(read(value), (text.into(), Vec::new()));
    }
}

#[test]
fn characters_split_across_words() {
    assert_eq!(
        read(b"=?utf-8?Q?=E2=98?=\r\n =?UTF-8?Q?=BA?=").0,
        "\u{263a}"
    );
    assert_eq!(read(b"=?utf-8?B?4pg=?= =?utf-8?Q?=BA!?=").0, "\u{263a}!");
    // Each word returns to US-ASCII, the next one leaves it at once.
    assert_eq!(
        read(b"=?iso-2022-jp?B?GyRCJUYbKEI=?=\r\n =?iso-2022-jp?B?GyRCJTklSBsoQg==?=").0,
        "\u{30c6}\u{30b9}\u{30c8}"
    );
}

#[test]
fn broken_words() {
    use DefectKind::{EncodedWordNotSeparated, EncodedWordSyntax, UndecodableText, UnknownCharset};
    let cases: [(&[u8], &str, &[DefectKind]); 14] = [
        (b"=?utf-8?Q?a=4?=", "a=4", &[EncodedWordSyntax]),
        (b"=?utf-8?Q?a b?=", "a b", &[EncodedWordSyntax]),
        (b"=?utf-8?Q?Really??=", "Really?", &[EncodedWordSyntax]),
        (b"=?utf-8?Q?a\r\n _b?=", "a b", &[EncodedWordSyntax]),
        (b"=?utf-8?B?YQ?=", "a", &[EncodedWordSyntax]),
        (b"=?utf-8?B?YQ==Yg==?=", "ab", &[EncodedWordSyntax]),
        (b"=?utf-8?B?Y!Q==?=", "a", &[EncodedWordSyntax]),
        (b"=?utf-8?B?Y?=", "", &[EncodedWordSyntax]),
        (b"=?utf-8?Q?=FF?=", "\u{fffd}", &[UndecodableText]),
        (b"=?x-none?Q?a?=", "=?x-none?Q?a?=", &[UnknownCharset]),
        (b"[x]=?utf-8?q?a?=", "[x]a", &[EncodedWordNotSeparated]),
        (b"=?utf-8?q?a?=b", "ab", &[EncodedWordNotSeparated]),
        (b"=?utf-8?q?open =?utf-8?q?a?=", "=?utf-8?q?open a", &[]),
        (
            b"=?utf-8?x?a?= =?utf-8? =??q?a?= =?a b?q?c?=",
            "=?utf-8?x?a?= =?utf-8? =??q?a?= =?a b?q?c?=",
            &[],
        ),
    ];
    for (value, text, defects) in cases {
        assert_eq!(
            read(value),
            (text.into(), defects.to_vec()),
            "{}",
            String::from_utf8_lossy(value)
        );
    }
}

#[test]
fn views() {
    let word = EncodedWord::parse(b"=?utf-8?b?YQ==?=").expect("a word");
    assert_eq!(
        (word.charset(), word.language(), word.encoding()),
        ("utf-8", None, WordEncoding::B)
    );
    for bad in [
        &b""[..],
        b"=?utf-8?q?a?",
        b"=?utf-8?q?a?= ",
        b" =?utf-8?q?a?=",
        b"=??q?a?=",
        b"=?u?z?a?=",
    ] {
        assert_eq!(EncodedWord::parse(bad), None);
    }
}

#[test]
fn written_words_are_short() {
    let mut out = Vec::new();
    let mut field = crate::FieldWriter::new(&mut out, "Subject", false).expect("a name");
    let text = "\u{20ac}uro und caf\u{e9} ".repeat(40);
    let value = Unstructured::new(text).expect("sound");
    value.write(&mut field).expect("writes");
    field.finish().expect("finishes");
    let written = core::str::from_utf8(&out).expect("US-ASCII");
    for line in written.split("\r\n") {
        assert!(line.len() <= 78, "{line}");
    }
    for word in written
        .split_ascii_whitespace()
        .filter(|word| word.starts_with("=?"))
    {
        assert!(word.len() <= 75);
        let word = EncodedWord::parse(word.as_bytes()).expect("a word");
        assert!(
            core::str::from_utf8(&word.octets()).is_ok(),
            "no character is split"
        );
    }
}
