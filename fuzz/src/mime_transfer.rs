//! base64, quoted-printable, uuencode and yEnc: in pieces as in one, what is decoded never
//! grows, and what is encoded is decoded again.

use mime_codec::transfer::quoted_printable::{QContext, decode_q, encode_q, q_encoded_len};
use mime_codec::transfer::{
    Content, Decoder, Encoder, Survey, TransferEncoding, Transport, base64, decode, decode_quietly,
    quoted_printable, uuencode, yenc,
};

use crate::input::split;

const ENCODINGS: [TransferEncoding<'static>; 5] = [
    TransferEncoding::Base64,
    TransferEncoding::QuotedPrintable,
    TransferEncoding::Uuencode,
    TransferEncoding::Yenc,
    TransferEncoding::SevenBit,
];

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let pieces = decisions.pieces(stream);
    for encoding in &ENCODINGS {
        let (whole, problems) = decode(encoding, stream);
        assert!(whole.len() <= stream.len(), "{encoding}: it grew");
        for problem in problems.first() {
            assert!(problem.offset <= stream.len() as u64, "{encoding}");
        }
        let mut decoder = Decoder::new(encoding);
        let mut out = Vec::new();
        for piece in &pieces {
            decoder.decode(piece, &mut out);
        }
        decoder.finish(&mut out);
        assert_eq!(out, *whole, "{encoding}");
        assert_eq!(decoder.problems(), &problems, "{encoding}");
        assert_eq!(decode_quietly(encoding, stream), whole, "{encoding}");
    }

    for content in [Content::Text, Content::Binary] {
        let mut survey = Survey::new(content);
        for piece in &pieces {
            survey.update(piece);
        }
        let encoding = &ENCODINGS[decisions.choose(2)];
        for encoding in [encoding, &survey.choose(Transport::SevenBit)] {
            let Some(mut encoder) = Encoder::new(encoding, content) else {
                continue;
            };
            let mut encoded = Vec::new();
            for piece in &pieces {
                encoder.encode(piece, &mut encoded);
            }
            encoder.finish(&mut encoded);
            in_lines(&encoded, encoding);
            let (decoded, problems) = decode(encoding, &encoded);
            assert!(problems.is_empty(), "{encoding}: {problems:?}");
            assert_eq!(canonical(&decoded, content), canonical(stream, content), "{encoding}");
            match encoding {
                TransferEncoding::Base64 if content == Content::Binary => {
                    assert_eq!(survey.base64_len(), encoded.len() as u64);
                    let mut whole = Vec::new();
                    base64::encode(stream, &mut whole);
                    assert_eq!(whole, encoded);
                }
                TransferEncoding::QuotedPrintable => {
                    let mut whole = Vec::new();
                    quoted_printable::encode(stream, content, &mut whole);
                    assert_eq!(whole, encoded);
                }
                _ => {}
            }
        }
    }
    let mut encoded = Vec::new();
    uuencode::encode(stream, b"a b", 0o644, &mut encoded);
    let mut out = Vec::new();
    let problems = uuencode::decode(&encoded, &mut out);
    assert!(out == stream && problems.is_empty(), "{problems:?}");
    encoded.clear();
    out.clear();
    yenc::encode(stream, b"a b", &mut encoded);
    let problems = yenc::decode(&encoded, &mut out);
    assert!(out == stream && problems.is_empty(), "{problems:?}");

    for context in [QContext::Text, QContext::Phrase] {
        let (mut encoded, mut out) = (Vec::new(), Vec::new());
        encode_q(stream, context, &mut encoded);
        let length: usize = stream.iter().map(|&octet| q_encoded_len(octet, context)).sum();
        assert_eq!(length, encoded.len());
        assert!(decode_q(&encoded, &mut out) && out == stream);
    }
    TransferEncoding::parse(stream);
}

/// Text is the same whether its lines end with LF or CRLF.
fn canonical(octets: &[u8], content: Content) -> Vec<u8> {
    let mut octets = octets.to_vec();
    if content == Content::Text {
        let mut last = 0;
        let mut out = Vec::new();
        for octet in octets {
            if octet == b'\n' && last != b'\r' {
                out.push(b'\r');
            }
            out.push(octet);
            last = octet;
        }
        octets = out;
    }
    octets
}

fn in_lines(encoded: &[u8], encoding: &TransferEncoding<'_>) {
    let limit = if encoding.is_identity() { 998 } else { 76 };
    for line in encoded.split(|&octet| octet == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= limit, "{encoding}: {}", line.escape_ascii());
        assert!(line.is_ascii(), "{encoding}");
    }
}
