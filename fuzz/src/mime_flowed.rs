//! format=flowed: lines come out the same in pieces as in one, and what was broken is joined.

use mime_codec::flowed::{Decoder, Encoder, Paragraph, paragraphs};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let delsp = decisions.flag();
    let depth = u32::try_from(decisions.choose(5)).unwrap_or(0);
    let width = decisions.choose(100);
    let whole = paragraphs(stream, delsp);
    let mut found: Vec<Paragraph> = Vec::new();
    let mut take = |depth, text: &[u8], joins: bool| match found.last_mut() {
        Some(paragraph) if joins => paragraph.text.extend_from_slice(text),
        _ => {
            found.push(Paragraph {
                depth,
                text: text.to_vec(),
            });
        }
    };
    let mut decoder = Decoder::new(delsp);
    for mut piece in decisions.pieces(stream) {
        while let Some(line) = decoder.next(&mut piece) {
            take(line.depth, &line.text, line.joins);
        }
    }
    if let Some(line) = decoder.finish() {
        take(line.depth, &line.text, line.joins);
    }
    assert_eq!(found, whole);

    let Ok(text) = std::str::from_utf8(stream) else {
        return;
    };
    let mut encoded = String::new();
    Encoder::new(delsp)
        .width(width)
        .encode(depth, text, &mut encoded);
    let again = paragraphs(encoded.as_bytes(), delsp);
    let expected: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line == "-- " {
                line
            } else {
                line.trim_end_matches(' ')
            }
        })
        .collect();
    let found: Vec<_> = again
        .iter()
        .map(|paragraph| {
            assert_eq!(paragraph.depth, depth);
            String::from_utf8_lossy(&paragraph.text).into_owned()
        })
        .collect();
    assert_eq!(found, expected);
}
