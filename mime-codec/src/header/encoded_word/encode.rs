//! Writing text as encoded words (RFC 2047 sections 2, 4 and 5).

use alloc::vec::Vec;

use super::WordEncoding;
use crate::EncodeError;
use crate::header::fold::FieldWriter;
use crate::transfer::base64;

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
                    now.bytes().for_each(|b| push_q(b, place, out));
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
                cost + octets.iter().map(|&b| q_len(b, place)).sum::<usize>()
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

/// What stands for itself: RFC 2047 section 4.2 rule 3, restricted by section 5.
const fn stands(byte: u8, place: Place) -> bool {
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

/// For each octet in which places it stands for itself.
static PLAIN: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        let places = [Place::Text, Place::Comment, Place::Phrase];
        let mut i = 0;
        while i < places.len() {
            if stands(byte, places[i]) {
                table[byte as usize] |= 1 << places[i] as u8;
            }
            i += 1;
        }
        byte += 1;
    }
    table
};

#[inline]
fn q_plain(byte: u8, place: Place) -> bool {
    PLAIN[usize::from(byte)] & (1 << place as u8) != 0
}

#[inline]
fn q_len(byte: u8, place: Place) -> usize {
    if byte == b' ' || q_plain(byte, place) {
        1
    } else {
        3
    }
}

fn push_q(byte: u8, place: Place, out: &mut Vec<u8>) {
    if byte == b' ' {
        out.push(b'_');
    } else if q_plain(byte, place) {
        out.push(byte);
    } else {
        out.extend_from_slice(&[
            b'=',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ]);
    }
}
