//! Charsets, UTF-7 among them: text comes out the same in pieces as in one.

use mime_codec::charset::{Charset, CharsetDecoder, decode_unlabelled};
use mime_codec::html;

use crate::input::split;

const LABELS: [&str; 14] = [
    "utf-7",
    "utf-8",
    "us-ascii",
    "iso-2022-jp",
    "gb18030",
    "utf-16",
    "utf-16be",
    "shift_jis",
    "euc-kr",
    "big5",
    "euc-jp",
    "koi8-r",
    "cp437",
    "cp850",
];

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let label = LABELS[decisions.choose(LABELS.len())];
    let charset = Charset::for_label(label.as_bytes()).expect(label);
    let whole = charset.decode(stream);
    let mut decoder = CharsetDecoder::new(charset);
    let mut out = String::new();
    for piece in decisions.pieces(stream) {
        decoder.decode(piece, &mut out);
    }
    decoder.finish(&mut out);
    assert_eq!(out, whole.text, "{charset}");
    assert_eq!(decoder.replacements() > 0, whole.replaced, "{charset}");
    assert!(out.len() <= stream.len() * 3 + 3, "{charset}");

    let guessed = decode_unlabelled(stream, charset);
    if let Ok(text) = std::str::from_utf8(stream) {
        assert!(guessed.text == text || stream.starts_with(b"\xef\xbb\xbf"));
    }
    if let Some(found) = Charset::for_label(stream) {
        assert_eq!(Charset::for_label(found.name().as_bytes()), Some(found));
    }
    let text = html::to_text(&guessed.text);
    let _ = text;
    let short = html::preview(&guessed.text, 40);
    assert!(short.chars().count() <= 41, "{short:?}");
    html::preview_text(&guessed.text, 40);
    html::declared_charset(stream);
}
