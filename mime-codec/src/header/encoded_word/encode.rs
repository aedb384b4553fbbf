//! Writing text as encoded words (RFC 2047 sections 2, 4 and 5).

use alloc::string::String;

use super::WordEncoding;
use crate::EncodeError;
use crate::header::fold::FieldWriter;

/// Where encoded words stand, which decides what the "Q" encoding may leave as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Unstructured text (RFC 2047 section 5 rule 1).
    Text,
    /// A comment (rule 2).
    Comment,
    /// A word of a phrase (rule 3).
    Phrase,
}

/// Octets of `=?utf-8?q?` and `?=`.
const OVERHEAD: usize = 12;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &[u8; 16] = b"0123456789ABCDEF";

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
    let q_cost: usize = text.bytes().map(|b| q_len(b, place)).sum();
    let encoding = if q_cost <= text.len().div_ceil(3) * 4 {
        WordEncoding::Q
    } else {
        WordEncoding::B
    };
    let mut rest = text;
    let mut word = String::new();
    while !rest.is_empty() {
        let room = field.word_room() - OVERHEAD;
        let mut taken = 0;
        let mut cost = 0;
        for c in rest.chars() {
            let (bytes, more) = match encoding {
                WordEncoding::Q => {
                    let mut utf8 = [0; 4];
                    let more: usize = c
                        .encode_utf8(&mut utf8)
                        .bytes()
                        .map(|b| q_len(b, place))
                        .sum();
                    (c.len_utf8(), cost + more)
                }
                WordEncoding::B => (c.len_utf8(), (taken + c.len_utf8()).div_ceil(3) * 4),
            };
            if more > room {
                break;
            }
            taken += bytes;
            cost = more;
        }
        let (now, later) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        word.clear();
        match encoding {
            WordEncoding::Q => {
                word.push_str("=?utf-8?q?");
                now.bytes().for_each(|b| push_q(b, place, &mut word));
            }
            WordEncoding::B => {
                word.push_str("=?utf-8?b?");
                push_base64(now.as_bytes(), &mut word);
            }
        }
        word.push_str("?=");
        field.write(&word)?;
        rest = later;
        if !rest.is_empty() {
            field.space();
        }
    }
    Ok(())
}

/// What stands for itself: RFC 2047 section 4.2 rule 3, restricted by section 5.
fn q_plain(byte: u8, place: Place) -> bool {
    match place {
        Place::Phrase => {
            byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'*' | b'+' | b'-' | b'/')
        }
        Place::Comment => {
            byte.is_ascii_graphic()
                && !matches!(byte, b'=' | b'?' | b'_' | b'(' | b')' | b'"' | b'\\')
        }
        Place::Text => byte.is_ascii_graphic() && !matches!(byte, b'=' | b'?' | b'_'),
    }
}

fn q_len(byte: u8, place: Place) -> usize {
    if byte == b' ' || q_plain(byte, place) {
        1
    } else {
        3
    }
}

fn push_q(byte: u8, place: Place, out: &mut String) {
    if byte == b' ' {
        out.push('_');
    } else if q_plain(byte, place) {
        out.push(char::from(byte));
    } else {
        out.push('=');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

fn push_base64(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group
            .iter_mut()
            .zip(chunk)
            .for_each(|(to, &from)| *to = from);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for i in 0..4_usize {
            if i <= chunk.len() {
                out.push(char::from(BASE64[(bits >> (18 - 6 * i)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
}
