//! What is read on short cuts, remembered or checked with SIMD is what the full grammar, the field
//! itself and the standard library say: for every part of every corpus file, and for generated ones.

mod corpora;

use mime_codec::charset::{Charset, decode_unlabelled};
use mime_codec::transfer::Decoder;
use mime_codec::{ContentType, Message, Part, PartKind, TransferEncoding};
use proptest::prelude::*;

/// The text of a part on the long way.
fn text(part: &Part<'_>) -> (String, bool) {
    let encoding = match part.header("Content-Transfer-Encoding") {
        // A comment in front is for the full grammar.
        Some(header) => TransferEncoding::parse(&[b"()", header.value_raw()].concat()).into_owned(),
        None => TransferEncoding::SevenBit,
    };
    assert_eq!(part.transfer_encoding(), encoding);
    let mut octets = Vec::new();
    if part.kind() == PartKind::Multipart {
        octets.extend_from_slice(part.body_raw());
    } else {
        let mut decoder = Decoder::new(&encoding);
        for octet in part.body_raw().chunks(1) {
            decoder.decode(octet, &mut octets);
        }
        decoder.finish(&mut octets);
    }
    let content_type = part.content_type();
    let label = content_type.parameter("charset");
    let charset = label.and_then(|label| Charset::for_label(label.as_bytes()));
    let western = Charset::WINDOWS_1252;
    let ascii = label.is_some_and(|label| label.trim().eq_ignore_ascii_case("us-ascii"));
    match charset {
        Some(charset) if charset == Charset::UTF_8 => {
            let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&octets);
            let replaced = std::str::from_utf8(octets).is_err();
            (String::from_utf8_lossy(octets).into_owned(), replaced)
        }
        Some(charset) if charset != western || !ascii => {
            let decoded = charset.decode(&octets);
            (decoded.text.into_owned(), decoded.replaced)
        }
        _ => {
            let decoded = decode_unlabelled(&octets, western);
            (decoded.text.into_owned(), decoded.replaced)
        }
    }
}

fn check(bytes: &[u8]) {
    let message = Message::parse(bytes);
    for part in message.parts() {
        let decoded = part.text_checked();
        assert_eq!(
            (decoded.text.into_owned(), decoded.replaced),
            text(&part),
            "{part:?}"
        );
        let long = part.content_type();
        assert!(
            part.media_type().is(long.kind(), long.subtype()),
            "{part:?}"
        );
    }
}

#[test]
fn corpus() {
    let Some(folder) = corpora::folder() else {
        return;
    };
    let files = corpora::files(&folder);
    assert!(files.len() > 100);
    for path in files {
        check(&corpora::read(&path));
    }
}

#[test]
fn charsets_of_every_form() {
    for (value, expected) in [
        (&b" text/plain; charset=iso-8859-2"[..], "\u{11b}"),
        (b"text/plain;charset=\"iso-8859-2\"; a=b", "\u{11b}"),
        (
            b" text/plain;\r\n\tname=\"charset=utf-8\";\r\n\tCHARSET=ISO-8859-2;",
            "\u{11b}",
        ),
        (b" text/plain; charset=iso-8859-2; charset=utf-8", "\u{11b}"),
        (
            b" text/plain; charset=utf-8; charset*=''iso-8859-2",
            "\u{11b}",
        ),
        (b" text/plain (a); charset=iso-8859-2", "\u{11b}"),
        (b" text/plain; charset=\"iso-\\8859-2\"", "\u{11b}"),
        (b" text/plain charset=iso-8859-2", "\u{11b}"),
        (b" text/plain; name=\"charset=iso-8859-2\"", "\u{ec}"),
        (b" text/plain\r\nX: ; charset=iso-8859-2", "\u{ec}"),
        (b" text/plain; charset=us-ascii", "\u{ec}"),
    ] {
        let bytes = [b"Content-Type:", value, b"\r\n\r\n\xEC"].concat();
        assert_eq!(
            Message::parse(&bytes).root().text(),
            expected,
            "{}",
            value.escape_ascii()
        );
        check(&bytes);
    }
    let long = format!(
        "Content-Type: text/plain; a={}; charset=utf-8\n\n\u{e9}",
        "b".repeat(2000)
    );
    check(long.as_bytes());
    // A parameter that the short cut would have to cut off, also between a line end and its space.
    for length in 950..1010 {
        let name = "n".repeat(length);
        for space in [" ", "\n ", "\r\n ", "\r\n\r\n"] {
            let field = format!("Content-Type: a/b; a={name};{space}charset=iso-8859-2\n\n");
            check(&[field.as_bytes(), b"\xEC"].concat());
        }
    }
    assert_eq!(
        ContentType::parse(b"a/b; charset").parameter("charset"),
        None
    );
}

#[test]
fn texts_across_tiles() {
    for unit in [
        "\u{e9}",
        "a\u{20ac}",
        "\u{1f389}zz\r\n",
        "line of text\r\n",
        "\u{feff}b",
    ] {
        for mark in ["", "\u{feff}", "\u{feff}\u{feff}"] {
            for tail in [&b""[..], b"\xFF", b"\xE2\x82"] {
                let content = [mark.as_bytes(), &unit.repeat(9000).into_bytes(), tail].concat();
                for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
                    let mut body = Vec::new();
                    match encoding {
                        TransferEncoding::Base64 => {
                            mime_codec::transfer::base64::encode(&content, &mut body);
                        }
                        _ => mime_codec::transfer::quoted_printable::encode(
                            &content,
                            mime_codec::transfer::Content::Binary,
                            &mut body,
                        ),
                    }
                    let header = format!("Content-Transfer-Encoding: {encoding}\r\n\r\n");
                    check(&[header.as_bytes(), &body].concat());
                }
            }
        }
    }
}

fn pieces(pieces: &'static [&'static [u8]], most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::sample::select(pieces), 0..most)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_fields(
        start in proptest::sample::select(vec!["", " ", " text/plain", "text/plain", " Text/html;", " text /plain"]),
        value in pieces(&[
            b";", b" ", b"charset", b"CHARSET", b"=", b"utf-8", b"us-ascii", b"iso-8859-2", b"\"", b"\\",
            b"(c)", b"(", b"\r\n ", b"\n\t", b"\r", b"*", b"*0*", b"*1", b"; charset=utf-8",
            b"; charset=\"iso-8859-2\"", b"; a=b", b"\r\nX: y", b"\xE9", b"'", b"x-", b"; name=\"a b\"",
        ], 9),
        encoding in proptest::option::of(pieces(&[
            b" ", b"base64", b"Base64", b"quoted-printable", b"7bit", b"8bit", b"binary", b"x-uuencode",
            b"(", b"(c)", b";", b"\r\n ", b"\"",
        ], 4)),
        body in pieces(&[
            b"text", b"\r\n", b" ", b"=C3=A9", b"=", b"w6k=", b"4oKs", b"\xC3\xA9", b"\xE9", b"\xEF\xBB\xBF",
            b"=EF=BB=BF", b"77u/", b"\xFF\xFE", b"begin 644 a\r\n#0V%T\r\nend\r\n",
        ], 12),
    ) {
        let mut bytes = [b"Content-Type:", start.as_bytes(), &value, b"\r\n"].concat();
        if let Some(encoding) = encoding {
            bytes.extend([b"Content-Transfer-Encoding:", &encoding[..], b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body);
        check(&bytes);
    }
}
