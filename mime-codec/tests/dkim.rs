//! DKIM canonicalisation: the examples of RFC 6376 section 3.4.5, empty bodies, `l=` and chunks.

use mime_codec::dkim::Canonicalization::{Relaxed, Simple};
use mime_codec::dkim::{Body, Canonicalization, body, header_field, signature_field};
use proptest::prelude::*;

fn chunked(
    algorithm: Canonicalization,
    raw: &[u8],
    size: usize,
    limit: Option<u64>,
) -> (Vec<u8>, u64) {
    let mut out = Vec::new();
    let mut body = Body::new(algorithm, limit);
    for chunk in raw.chunks(size) {
        body.update(chunk, |piece| out.extend_from_slice(piece));
    }
    body.finish(|piece| out.extend_from_slice(piece));
    (out, body.length())
}

fn header(algorithm: Canonicalization, field: &[u8]) -> String {
    let mut out = Vec::new();
    header_field(algorithm, field, &mut out);
    String::from_utf8(out).unwrap()
}

fn check(raw: &str, simple: &str, relaxed: &str) {
    for (algorithm, expected) in [(Simple, simple), (Relaxed, relaxed)] {
        let out = body(algorithm, raw.as_bytes());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            expected,
            "{raw:?} {algorithm:?}"
        );
        for size in 1..5 {
            let (out, length) = chunked(algorithm, raw.as_bytes(), size, None);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                expected,
                "{raw:?} {algorithm:?} {size}"
            );
            assert_eq!(length, expected.len() as u64);
        }
    }
}

#[test]
fn examples_of_the_rfc() {
    check(
        " C \r\nD \t E\r\n\r\n\r\n",
        " C \r\nD \t E\r\n",
        " C\r\nD E\r\n",
    );
    assert_eq!(header(Relaxed, b"A: X\r\n"), "a:X\r\n");
    assert_eq!(header(Relaxed, b"B : Y\t\r\n\tZ  \r\n"), "b:Y Z\r\n");
    assert_eq!(
        header(Simple, b"B : Y\t\r\n\tZ  \r\n"),
        "B : Y\t\r\n\tZ  \r\n"
    );
}

#[test]
fn bodies() {
    // RFC 6376 sections 3.4.3 and 3.4.4: no body, no trailing CRLF.
    check("", "\r\n", "");
    check("\r\n\r\n", "\r\n", "");
    check(" \r\n", " \r\n", "");
    check(" \t", " \t\r\n", "");
    check("a", "a\r\n", "a\r\n");
    check("a\r\n", "a\r\n", "a\r\n");
    check("\r\na", "\r\na\r\n", "\r\na\r\n");
    check(
        "a\r\n \r\n\r\nb",
        "a\r\n \r\n\r\nb\r\n",
        "a\r\n\r\n\r\nb\r\n",
    );
    check("a \r\n \t\r\n", "a \r\n \t\r\n", "a\r\n");
    check("a\tb  c \r\n", "a\tb  c \r\n", "a b c\r\n");
    // Bare LF is a line break, bare CR is data.
    check("a \nb\n\n", "a \r\nb\r\n", "a\r\nb\r\n");
    check("a\rb \r", "a\rb \r\r\n", "a\rb \r\r\n");
    check("a\r\r\n", "a\r\r\n", "a\r\r\n");
}

#[test]
fn body_length_limits() {
    let raw = b"one two\r\n\r\n";
    for limit in 0..12u64 {
        let (out, length) = chunked(Simple, raw, 3, Some(limit));
        assert_eq!(length, 9);
        assert_eq!(out, b"one two\r\n"[..limit.min(9) as usize]);
    }
}

#[test]
fn header_fields() {
    assert_eq!(
        header(Relaxed, b"SUBJECT:\t  a\r\n b\r\n\tc \r\n"),
        "subject:a b c\r\n"
    );
    assert_eq!(header(Relaxed, b"Subject:\r\n"), "subject:\r\n");
    assert_eq!(header(Relaxed, b"Subject:  \r\n \r\n"), "subject:\r\n");
    assert_eq!(header(Relaxed, b"Subject \t:x"), "subject:x\r\n");
    assert_eq!(header(Simple, b"A: x\n y\n"), "A: x\r\n y\r\n");
    assert_eq!(header(Simple, b"A: x"), "A: x\r\n");
    assert_eq!(header(Relaxed, b"junk"), "junk\r\n");
}

#[test]
fn signature_fields() {
    let field = b"DKIM-Signature: v=1; bh=a=;\r\n b = abc\r\n def=; d=example.org\r\n";
    let mut out = Vec::new();
    signature_field(Simple, field, &mut out);
    assert_eq!(out, b"DKIM-Signature: v=1; bh=a=;\r\n b =; d=example.org");
    out.clear();
    signature_field(Relaxed, b"DKIM-Signature: v=1; b=abc=", &mut out);
    assert_eq!(out, b"dkim-signature:v=1; b=");
}

#[test]
fn pending_line_breaks_cost_no_memory() {
    let mut body = Body::new(Simple, None);
    let (mut pieces, mut total) = (0, 0);
    for _ in 0..1000 {
        body.update(&b"\r\n".repeat(1000), |piece| total += piece.len());
    }
    assert_eq!(total, 0);
    body.update(b"x", |piece| {
        assert!(piece.len() <= 128);
        pieces += 1;
        total += piece.len();
    });
    assert_eq!(total, 2_000_001);
    assert!(pieces > 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(raw in "[ab \\t\\r\\n]{0,60}", size in 1usize..9) {
        for algorithm in [Simple, Relaxed] {
            let whole = body(algorithm, raw.as_bytes());
            prop_assert_eq!(&chunked(algorithm, raw.as_bytes(), size, None).0, &whole);
            // Canonical form is its own canonical form.
            prop_assert_eq!(&body(algorithm, &whole), &whole);
        }
    }
}
