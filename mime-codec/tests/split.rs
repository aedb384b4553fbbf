//! However the input is cut, the structure is the same: whole, octet by octet, at every point.

mod common;

use common::{by_push, by_tree, check};
use mime_codec::{DefectKind, Limits, Message, PartKind};
use proptest::prelude::*;

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

const MESSAGES: [&str; 29] = [
    "",
    "\n",
    "Subject: only a header",
    "Subject: a\n folded\n \n\tone\n\nbody\n",
    "From x@y Mon Jan 1\nSubject: mbox\n\nbody",
    "no header at all\nbut text",
    " leading: space\n\nx",
    "Subject: x\nbody without separator\n",
    "Subject : x\n: y\n\nz",
    "Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n\none\n--a\nX: y\n\ntwo\n\n--a--\nepilogue\n",
    "Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\nX: y\n--a\n\n\n--a--",
    "Content-Type: multipart/mixed; boundary=a\n\n--a \t \n\none\n--a-- \n--a\n\nhidden\n",
    "Content-Type: multipart/mixed; boundary=a\n\n--ab\n--a--x\n--a\n\none",
    "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n--a--\n",
    "Content-Type: multipart/mixed; boundary=ab\n\n--ab\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--ab\n\ntwo\n--ab--\n",
    "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a--\n--a\n\ntwo\n--a--\n",
    "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: in\n\nbody\n--a\nContent-Type: text/plain\n\nx\n--a--\n",
    "Content-Type: message/rfc822\n\nContent-Type: message/global\n\nSubject: deep\n\nbody\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAo=\n",
    "Content-Type: multipart/mixed; boundary=\"a\n b\"\n\n-\n--\n--a b\n\n-\n\n--a b",
    "Content-Type: multipart/mixed; boundary=x\n\n--x\n--y: z\n-- w\n\nbody\n-\r--x\r\r\n--x--\r\r\n",
    "Content-Type: multipart/mixed\nContent-Type: multipart/mixed; boundary=z\n\n--z\n\nx\n--z--\n",
    "Content-Type: multipart/digest; boundary=a\n\n--a\n--a\n\n--a\n\n\n--a\n\n--ab\n\nx\n--a--\n",
    "Content-Type: message/rfc822\n\n",
    "Content-Type: message/rfc822\n\n--x: y\n\n",
    "Content-Type: multipart/mixed; boundary=a\n\n--a\nFrom a part\n--a\nContent-Type: message/rfc822\n\n>From x@y Mon\nSubject: in\n\nbody\n--a--\n",
    "\u{feff}From x\nSubject: a\n\nb",
    "\u{feff}\u{feff}a: b",
    "Content-Type: message/rfc822\n\n\u{feff}a: b\n\ntext",
];

#[test]
fn every_split_point() {
    for text in MESSAGES {
        check(text.as_bytes(), &Limits::default());
        check(&crlf(text), &Limits::default());
    }
}

#[test]
fn small_limits() {
    let mut limits = Limits::default();
    limits.depth = 1;
    limits.parts = 3;
    limits.header_bytes = 60;
    limits.header_fields = 2;
    limits.boundary = 2;
    limits.line = 4;
    limits.defects = 3;
    for text in MESSAGES {
        check(text.as_bytes(), &limits);
        check(&crlf(text), &limits);
    }
}

#[test]
fn little_is_left_with_the_caller() {
    let mut text = crlf("Content-Type: multipart/mixed; boundary=a\n\n--a\n\n");
    text.extend(std::iter::repeat_n(b'x', 50_000));
    text.extend(crlf("\n--a"));
    text.extend(std::iter::repeat_n(b' ', 50_000));
    text.extend(crlf("\n--a--\n"));
    let limits = Limits::default();
    let (found, kept) = by_push(&text, 0..text.len(), &limits);
    assert_eq!(found, by_tree(&text, &limits));
    assert!(kept <= limits.boundary + limits.line + 2, "{kept}");
    assert_eq!(found.entities.len(), 2);
    assert_eq!(
        found.entities[1].3.len(),
        100_005,
        "padding beyond the limit is text"
    );
}

#[test]
fn a_structure_that_a_person_checked() {
    let text = crlf(MESSAGES[9]);
    let message = Message::parse(&text);
    assert_eq!(message.defects(), []);
    let root = message.root();
    assert_eq!(root.kind(), PartKind::Multipart);
    assert_eq!(root.preamble(), b"preamble");
    assert_eq!(root.epilogue(), Some(&b"epilogue\r\n"[..]));
    let children: Vec<_> = root.children().collect();
    assert_eq!(children.len(), 2);
    assert_eq!(children[0].raw(), b"\r\none");
    assert_eq!(children[1].body_raw(), b"two\r\n");
    assert_eq!(children[1].header("x").unwrap().text(), "y");
    assert_eq!(children[1].parent(), Some(root));
    assert_eq!(message.parts().len(), 3);
}

fn kinds(text: &str) -> Vec<DefectKind> {
    let text = crlf(text);
    Message::parse(&text)
        .defects()
        .iter()
        .map(|defect| defect.kind)
        .collect()
}

#[test]
fn defects_are_named() {
    use DefectKind as D;
    let expected: [&[D]; MESSAGES.len()] = [
        &[],
        &[],
        &[],
        &[],
        &[D::EnvelopeLine],
        &[D::MissingSeparator],
        &[D::MissingSeparator],
        &[D::MissingSeparator],
        &[D::SpaceBeforeColon, D::EmptyFieldName],
        &[],
        &[D::DelimiterInHeader, D::DelimiterInHeader],
        &[D::DelimiterAfterClose],
        &[
            D::DelimiterLookalike,
            D::DelimiterLookalike,
            D::MissingCloseDelimiter,
        ],
        &[D::BoundaryPrefix],
        &[D::BoundaryPrefix, D::MissingCloseDelimiter],
        &[D::BoundaryReused],
        &[],
        &[],
        &[D::EncodedMessage],
        &[D::MissingCloseDelimiter],
        &[D::MissingSeparator],
        &[D::MissingBoundary, D::DuplicateContentType],
        &[
            D::DelimiterInHeader,
            D::DelimiterLookalike,
            D::MissingSeparator,
        ],
        &[],
        &[],
        &[D::MissingSeparator, D::EnvelopeLine],
        &[D::ByteOrderMark, D::EnvelopeLine],
        &[D::ByteOrderMark, D::MissingSeparator],
        &[D::ByteOrderMark],
    ];
    for (text, expected) in MESSAGES.iter().zip(expected) {
        assert_eq!(kinds(text), expected, "{text:?}");
    }
}

/// Lines that matter to the structure, put together at random.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => Just(&b""[..]),
        2 => Just(&b"text"[..]),
        2 => Just(&b"--a"[..]),
        2 => Just(&b"--ab"[..]),
        1 => Just(&b"--a--"[..]),
        1 => Just(&b"--ab--"[..]),
        1 => Just(&b"--a  "[..]),
        1 => Just(&b"--a x"[..]),
        1 => Just(&b"--"[..]),
        1 => Just(&b"-"[..]),
        1 => Just(&b" folded"[..]),
        1 => Just(&b" "[..]),
        1 => Just(&b"\0\xff"[..]),
        1 => Just(&b"Subject: x"[..]),
        1 => Just(&b"Subject : x"[..]),
        2 => Just(&b"Content-Type: multipart/mixed; boundary=a"[..]),
        2 => Just(&b"Content-Type: multipart/mixed; boundary=\"ab\""[..]),
        1 => Just(&b"Content-Type: multipart/digest; boundary*0=a; boundary*1=b"[..]),
        1 => Just(&b"Content-Type: message/rfc822"[..]),
        1 => Just(&b"Content-Type: text/plain"[..]),
        1 => Just(&b"Content-Transfer-Encoding: base64"[..]),
        1 => Just(&b"From me"[..]),
    ];
    let end = prop_oneof![8 => Just(&b"\r\n"[..]), 4 => Just(&b"\n"[..]), 1 => Just(&b"\r"[..]), 1 => Just(&b""[..]), 1 => Just(&b"\r\r\n"[..])];
    prop::collection::vec((line, end), 0..40).prop_map(|lines| {
        lines
            .into_iter()
            .flat_map(|(line, end)| [line, end].concat())
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn hostile_lines(text in hostile(), cuts in prop::collection::vec(0..2000_usize, 0..6)) {
        check(&text, &Limits::default());
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
        cuts.sort_unstable();
        let (found, _) = by_push(&text, cuts, &Limits::default());
        prop_assert_eq!(found, by_tree(&text, &Limits::default()));
    }

    #[test]
    fn hostile_lines_under_small_limits(text in hostile(), depth in 0..3_usize, parts in 1..5_usize, header_bytes in 0..90_usize) {
        let mut limits = Limits::default();
        limits.depth = depth;
        limits.parts = parts;
        limits.header_bytes = header_bytes;
        limits.line = 3;
        check(&text, &limits);
    }

    #[test]
    fn any_octets(text in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&text, &Limits::default());
    }
}
