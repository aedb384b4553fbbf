//! Writing text as encoded words (RFC 2047 sections 2, 4 and 5).

use super::WordEncoding;
use crate::EncodeError;
use crate::header::fold::FieldWriter;
use crate::transfer::base64;
use crate::transfer::quoted_printable::Place;

/// Octets of `=?utf-8?q?` and `?=`.
const OVERHEAD: usize = 12;

/// Whether a reader might take part of `text` for an encoded word.
pub(crate) fn looks_encoded(text: &str) -> bool {
    text.contains("=?")
}

/// Writes `text` as encoded words in UTF-8, with a fold point between two of them.
///
/// The cheaper of the two encodings is taken; no character is split; no word exceeds 75 octets.
pub(crate) fn write_words(
    text: &str,
    place: Place,
    field: &mut FieldWriter<'_>,
) -> Result<(), EncodeError> {
    let q_cost: usize = text.bytes().map(|octet| place.encoded_len(octet)).sum();
    let b_cost = text.len().div_ceil(3) * 4;
    let (encoding, whole) = if q_cost <= b_cost {
        (WordEncoding::Q, q_cost)
    } else {
        (WordEncoding::B, b_cost)
    };
    let mut rest = text;
    while !rest.is_empty() {
        let room = field.word_room() - OVERHEAD;
        let taken = if rest.len() == text.len() && whole <= room {
            rest.len()
        } else {
            fitting(rest, room, encoding, place)
        };
        let (now, later) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        field.append(|out| {
            match encoding {
                WordEncoding::Q => {
                    out.extend_from_slice(b"=?utf-8?q?");
                    place.encode(now.as_bytes(), out);
                }
                WordEncoding::B => {
                    out.extend_from_slice(b"=?utf-8?b?");
                    base64::encode_word(now.as_bytes(), out);
                }
            }
            out.extend_from_slice(b"?=");
        })?;
        rest = later;
        if !rest.is_empty() {
            field.space();
        }
    }
    Ok(())
}

/// Octets of the characters at the start of `text` that fit into `room`.
fn fitting(text: &str, room: usize, encoding: WordEncoding, place: Place) -> usize {
    let mut taken = 0;
    let mut cost = 0;
    for c in text.chars() {
        let end = taken + c.len_utf8();
        cost = match encoding {
            WordEncoding::Q => {
                let octets = text.as_bytes().get(taken..end).unwrap_or_default();
                cost + octets
                    .iter()
                    .map(|&octet| place.encoded_len(octet))
                    .sum::<usize>()
            }
            WordEncoding::B => end.div_ceil(3) * 4,
        };
        if cost > room {
            break;
        }
        taken = end;
    }
    taken
}
