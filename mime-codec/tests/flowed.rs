//! format=flowed: the rules of RFC 3676 section 4, chunks and round trips.

use mime_codec::flowed::{Decoder, Encoder, Line, Paragraph, paragraphs};
use proptest::prelude::*;

fn plain(paragraphs: &[Paragraph]) -> Vec<(u32, String)> {
    paragraphs
        .iter()
        .map(|paragraph| {
            let text = String::from_utf8(paragraph.text.clone()).unwrap();
            (paragraph.depth, text)
        })
        .collect()
}

fn check(delsp: bool, input: &str, expected: &[(u32, &str)]) {
    let expected: Vec<(u32, String)> = expected
        .iter()
        .map(|(depth, text)| (*depth, (*text).to_owned()))
        .collect();
    assert_eq!(
        plain(&paragraphs(input.as_bytes(), delsp)),
        expected,
        "{input:?}"
    );
    for size in [1, 2, 5, 1000] {
        assert_eq!(
            plain(&chunked(delsp, input.as_bytes(), size)),
            expected,
            "{input:?} by {size}"
        );
    }
}

fn chunked(delsp: bool, input: &[u8], size: usize) -> Vec<Paragraph> {
    let mut decoder = Decoder::new(delsp);
    let mut out: Vec<Paragraph> = Vec::new();
    let mut take = |line: Line<'_>| match out.last_mut() {
        Some(last) if line.joins => {
            assert_eq!(last.depth, line.depth);
            last.text.extend_from_slice(&line.text);
        }
        _ => out.push(Paragraph {
            depth: line.depth,
            text: line.text.into_owned(),
        }),
    };
    for chunk in input.chunks(size) {
        let mut rest = chunk;
        while let Some(line) = decoder.next(&mut rest) {
            take(line);
        }
    }
    if let Some(line) = decoder.finish() {
        take(line);
    }
    out
}

#[test]
fn rules() {
    check(false, "hello \r\nworld\r\n", &[(0, "hello world")]);
    check(true, "hel \r\nlo\r\n", &[(0, "hello")]);
    check(true, "hello  \r\nworld", &[(0, "hello world")]);
    check(false, "> a \r\n> b\r\nc\r\n", &[(1, "a b"), (0, "c")]);
    // Section 4.3: the separator is a line of its own and not flowed.
    check(
        false,
        "text \r\n-- \r\nsig\r\n",
        &[(0, "text "), (0, "-- "), (0, "sig")],
    );
    check(true, "> -- \r\n> sig\r\n", &[(1, "-- "), (1, "sig")]);
    // Section 4.4: space-stuffing.
    check(
        false,
        " From x\n >y\n  z\n",
        &[(0, "From x"), (0, ">y"), (0, " z")],
    );
    // Section 4.5: a change of depth ends the paragraph.
    check(false, ">> a \r\n> b\r\n", &[(2, "a "), (1, "b")]);
    check(true, ">> a \r\n> b\r\n", &[(2, "a"), (1, "b")]);
    check(false, "> > a\r\n", &[(1, "> a")]);
    check(false, ">>>a\r\n", &[(3, "a")]);
    check(false, "a\r\n\r\nb", &[(0, "a"), (0, ""), (0, "b")]);
    check(false, "", &[]);
    check(false, "a \r\n \r\nb", &[(0, "a "), (0, "b")]);
    check(false, "ends \n", &[(0, "ends ")]);
}

#[test]
fn encoding_breaks_at_spaces() {
    let encode = |delsp, depth, text: &str| {
        let mut out = String::new();
        Encoder::new(delsp).width(20).encode(depth, text, &mut out);
        out
    };
    assert_eq!(
        encode(false, 0, "one two three four five six"),
        "one two three \r\nfour five six\r\n"
    );
    assert_eq!(
        encode(true, 0, "one two three four five six"),
        "one two three  \r\nfour five six\r\n"
    );
    assert_eq!(encode(false, 2, "a\nb  \n"), ">> a\r\n>> b\r\n");
    assert_eq!(
        encode(false, 0, "> x\nFrom y\n z"),
        " > x\r\n From y\r\n  z\r\n"
    );
    assert_eq!(encode(false, 0, "-- \nme"), "-- \r\nme\r\n");
    assert_eq!(
        encode(false, 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa b"),
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaa \r\nb\r\n"
    );
    assert_eq!(
        encode(true, 0, &"日".repeat(20)),
        format!("{} \r\n{}\r\n", "日".repeat(18), "日".repeat(2))
    );
    let long = encode(false, 0, &format!("-- {}", "x".repeat(60)));
    assert_eq!(
        plain(&paragraphs(long.as_bytes(), false)),
        [(0, format!("-- {}", "x".repeat(60)))]
    );
}

#[test]
fn long_lines_join_in_pieces() {
    let long = format!("> {} \r\n> end\r\n", "x".repeat(200_000));
    let expected = [(1, format!("{} end", "x".repeat(200_000)))];
    for size in [1000, 65_536, 1_000_000] {
        assert_eq!(plain(&chunked(false, long.as_bytes(), size)), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_decodes(
        source in proptest::collection::vec((0u32..4, "[a-c> é日-]{0,60}"), 1..6),
        delsp: bool,
        width in 10usize..80,
    ) {
        let mut encoded = String::new();
        for (depth, text) in &source {
            Encoder::new(delsp).width(width).encode(*depth, text, &mut encoded);
        }
        let expected: Vec<(u32, String)> = source
            .iter()
            .map(|(depth, text)| {
                let text = if text == "-- " { text } else { text.trim_end_matches(' ') };
                (*depth, text.to_owned())
            })
            .collect();
        prop_assert_eq!(plain(&paragraphs(encoded.as_bytes(), delsp)), expected);
    }

    #[test]
    fn chunks_do_not_matter(input in "[ab> \\r\\n-]{0,80}", delsp: bool, size in 1usize..9) {
        prop_assert_eq!(chunked(delsp, input.as_bytes(), size), paragraphs(input.as_bytes(), delsp));
    }
}
