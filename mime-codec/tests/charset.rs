//! Charsets: labels as mailers write them, and decoding in chunks.

use mime_codec::charset::{Charset, CharsetDecoder, decode, decode_unlabelled};
use proptest::prelude::*;

fn chunked(charset: Charset, input: &[u8], size: usize) -> (String, u64) {
    let mut decoder = CharsetDecoder::new(charset);
    let mut out = String::new();
    for chunk in input.chunks(size) {
        decoder.decode(chunk, &mut out);
    }
    decoder.finish(&mut out);
    (out, decoder.replacements())
}

fn check(label: &str, input: &[u8], expected: &str, replacements: u64) {
    let decoded = decode(label.as_bytes(), input).unwrap();
    assert_eq!(decoded.text, expected, "{label}");
    assert_eq!(decoded.replaced, replacements > 0, "{label}");
    let charset = Charset::for_label(label.as_bytes()).unwrap();
    for size in 1..4 {
        assert_eq!(
            chunked(charset, input, size),
            (expected.to_owned(), replacements)
        );
    }
}

#[test]
fn labels() {
    for (label, name) in [
        ("utf-8", "UTF-8"),
        ("UTF8", "UTF-8"),
        (" \"utf-8\" ", "UTF-8"),
        ("'utf-8'", "UTF-8"),
        ("utf_8", "UTF-8"),
        ("utf-8*en", "UTF-8"),
        ("x-utf-8", "UTF-8"),
        ("us-ascii", "windows-1252"),
        ("ascii", "windows-1252"),
        ("ISO-8859-1", "windows-1252"),
        ("iso8859_15", "ISO-8859-15"),
        ("iso-88592", "ISO-8859-2"),
        ("8859-2", "ISO-8859-2"),
        ("ISO 8859-7", "ISO-8859-7"),
        ("x-iso-8859-2", "ISO-8859-2"),
        ("windows1252", "windows-1252"),
        ("win-1251", "windows-1251"),
        ("cp1250", "windows-1250"),
        ("cp-1250", "windows-1250"),
        ("x-cp932", "Shift_JIS"),
        ("cp932", "Shift_JIS"),
        ("Shift-JIS", "Shift_JIS"),
        ("x-sjis", "Shift_JIS"),
        ("MS949", "EUC-KR"),
        ("gb2312-80", "GBK"),
        ("gb_2312-80", "GBK"),
        ("cp936", "GBK"),
        ("gb18030", "gb18030"),
        ("ISO-2022-JP", "ISO-2022-JP"),
        ("cp50221", "ISO-2022-JP"),
        ("koi8r", "KOI8-R"),
        ("MacRoman", "macintosh"),
        ("ibm850", "IBM850"),
        ("IBM00850", "IBM850"),
        ("cp850", "IBM850"),
        ("850", "IBM850"),
        ("cp437", "IBM437"),
        ("CP00858", "IBM00858"),
        ("cp866", "IBM866"),
        ("ibm-866", "IBM866"),
        ("unicode-1-1-utf-7", "UTF-7"),
        ("utf-7", "UTF-7"),
        ("x-unicode-2-0-utf-7", "UTF-7"),
        ("utf-16", "UTF-16LE"),
        ("utf-16be", "UTF-16BE"),
    ] {
        assert_eq!(
            Charset::for_label(label.as_bytes()).map(Charset::name),
            Some(name),
            "{label}"
        );
    }
    for label in [
        "",
        "x-",
        "iso-8859-99",
        "unknown-8bit",
        "iso-2022-kr",
        "-",
        "\u{e9}",
        "0",
        "cp",
    ] {
        assert_eq!(Charset::for_label(label.as_bytes()), None, "{label}");
    }
    assert_eq!(Charset::for_label(&b"a".repeat(10_000)), None);
}

#[test]
fn texts() {
    check("utf-8", "Grüße 🎉".as_bytes(), "Grüße 🎉", 0);
    check("utf-8", b"a\xFFb\xC3", "a\u{FFFD}b\u{FFFD}", 2);
    check("utf-8", b"\xEF\xBB\xBFa", "a", 0);
    check("us-ascii", b"caf\xE9", "café", 0);
    check("iso-8859-1", b"\x80", "€", 0);
    check("cp850", b"Gr\x81\xE1e", "Grüße", 0);
    check("cp437", b"\xE1\x9B", "ß¢", 0);
    check("cp858", b"\xD5", "€", 0);
    check("koi8-r", b"\xF0\xD2\xC9", "При", 0);
    check("iso-2022-jp", b"\x1B$B$3$s\x1B(B!", "こん!", 0);
    check("iso-2022-jp", b"\x1B$B$3$", "こ\u{FFFD}", 1);
    check("shift_jis", b"\x82\xB1", "こ", 0);
    check("gb18030", b"\xC4\xE3\x81\x30\x81\x30", "你\u{80}", 0);
    check("utf-16", b"a\0b\0", "ab", 0);
    check("utf-16", b"\xFE\xFF\0a", "a", 0);
    check("utf-16be", b"\0a\0b\0", "ab\u{FFFD}", 1);
}

#[test]
fn utf_7() {
    // RFC 2152, "Examples".
    check("utf-7", b"A+ImIDkQ.", "A\u{2262}\u{391}.", 0);
    check("utf-7", b"Hi Mom -+Jjo--!", "Hi Mom -\u{263A}-!", 0);
    check("utf-7", b"+ZeVnLIqe-", "\u{65E5}\u{672C}\u{8A9E}", 0);
    check("utf-7", b"Item 3 is +AKM-1.", "Item 3 is \u{A3}1.", 0);
    check("utf-7", b"2 +- 2", "2 + 2", 0);
    check("utf-7", b"+2DzfiQ-", "\u{1F389}", 0);
    check("utf-7", b"+2Dw-x", "\u{FFFD}x", 1);
    check("utf-7", b"+34k-", "\u{FFFD}", 1);
    check("utf-7", b"a+", "a\u{FFFD}", 1);
    check("utf-7", b"+AKM", "\u{A3}", 0);
    check("utf-7", b"\xE9+AKM-", "\u{FFFD}\u{A3}", 1);
}

#[test]
fn unlabelled() {
    let western = Charset::WINDOWS_1252;
    assert_eq!(decode_unlabelled("é".as_bytes(), western).text, "é");
    assert_eq!(decode_unlabelled(b"\xE9", western).text, "é");
    assert_eq!(decode_unlabelled(b"\xFF\xFEa\0", western).text, "a");
    assert!(decode_unlabelled(b"\xE9", Charset::UTF_8).replaced);
}

#[test]
fn what_is_utf_8_already_is_borrowed() {
    for label in ["utf-8", "us-ascii", "cp437", "utf-7", "iso-8859-1"] {
        let decoded = decode(label.as_bytes(), b"plain text").unwrap();
        assert!(
            matches!(decoded.text, std::borrow::Cow::Borrowed(_)),
            "{label}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(
        input in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0x1B), Just(b'+'), Just(b'$'), Just(b'B'), Just(0xC3)], 0..60),
        size in 1usize..9,
    ) {
        for label in ["utf-8", "utf-7", "iso-2022-jp", "shift_jis", "gb18030", "utf-16", "big5", "cp437"] {
            let charset = Charset::for_label(label.as_bytes()).unwrap();
            let whole = decode(label.as_bytes(), &input).unwrap();
            let (text, replacements) = chunked(charset, &input, size);
            prop_assert_eq!(&whole.text, &text);
            prop_assert_eq!(whole.replaced, replacements > 0);
        }
    }
}
