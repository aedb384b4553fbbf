//! The "Q" encoding of encoded words (RFC 2047 section 4.2), and which octets it may leave as they are
//! (section 5).

use alloc::vec::Vec;

use super::{escape, hex_pair, is_plain};

/// Where a "Q" encoded word stands, which decides what it may hold (RFC 2047 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QContext {
    /// Unstructured text and comments, rules (1) and (2).
    Text,
    /// A word in a phrase, rule (3): letters, digits, `!`, `*`, `+`, `-`, `/`.
    Phrase,
}

/// The same for a writer that knows whether text is in a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Unstructured text, rule (1).
    Text,
    /// A comment, rule (2).
    Comment,
    /// A word in a phrase, rule (3).
    Phrase,
}

impl From<QContext> for Place {
    fn from(context: QContext) -> Self {
        match context {
            // What may stand in a comment may stand in any text.
            QContext::Text => Self::Comment,
            QContext::Phrase => Self::Phrase,
        }
    }
}

impl Place {
    const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Whether an octet stands for itself (RFC 2047 section 4.2 rule 3, restricted by section 5).
    const fn leaves(self, octet: u8) -> bool {
        match self {
            Self::Text => octet.is_ascii_graphic() && !matches!(octet, b'=' | b'?' | b'_'),
            Self::Comment => {
                Self::Text.leaves(octet) && !matches!(octet, b'(' | b')' | b'"' | b'\\')
            }
            Self::Phrase => {
                octet.is_ascii_alphanumeric() || matches!(octet, b'!' | b'*' | b'+' | b'-' | b'/')
            }
        }
    }

    /// Octets that the encoding makes of `octet`: 1 or 3.
    #[inline]
    pub(crate) fn encoded_len(self, octet: u8) -> usize {
        if octet == b' ' || self.is_plain(octet) {
            1
        } else {
            3
        }
    }

    /// Appends the encoding of `octets` to `out`.
    pub(crate) fn encode(self, octets: &[u8], out: &mut Vec<u8>) {
        for &octet in octets {
            if octet == b' ' {
                out.push(b'_');
            } else if self.is_plain(octet) {
                out.push(octet);
            } else {
                out.extend_from_slice(&escape(octet));
            }
        }
    }

    #[inline]
    fn is_plain(self, octet: u8) -> bool {
        PLACES[usize::from(octet)] & self.bit() != 0
    }
}

/// For each octet the places in which it stands for itself.
static PLACES: [u8; 256] = {
    let mut table = [0; 256];
    let mut octet: u8 = 0;
    while octet < 128 {
        let places = [Place::Text, Place::Comment, Place::Phrase];
        let mut i = 0;
        while i < places.len() {
            if places[i].leaves(octet) {
                table[octet as usize] |= places[i].bit();
            }
            i += 1;
        }
        octet += 1;
    }
    table
};

/// Octets that "Q" encoding makes of `octet`: 1 or 3.
pub fn q_encoded_len(octet: u8, context: QContext) -> usize {
    Place::from(context).encoded_len(octet)
}

/// Appends the "Q" encoding of `octets` to `out`: the encoded text alone, without `=?...?=`.
pub fn encode_q(octets: &[u8], context: QContext, out: &mut Vec<u8>) {
    Place::from(context).encode(octets, out);
}

/// Appends the "Q" decoding of the encoded text of an encoded word to `out` (RFC 2047 section 4.2).
///
/// Returns whether it was well formed. An `=` that starts no escape is kept as it is; white space and
/// `?`, which do not belong there, are kept, and a fold is removed.
pub fn decode_q(text: &[u8], out: &mut Vec<u8>) -> bool {
    let mut clean = true;
    let mut rest = text;
    while let Some((&octet, mut tail)) = rest.split_first() {
        match octet {
            b'_' => out.push(b' '),
            b'=' => match *tail {
                [high, low, ..] if hex_pair(high, low).is_some() => {
                    out.extend(hex_pair(high, low).map(|(octet, _)| octet));
                    tail = tail.get(2..).unwrap_or_default();
                }
                _ => {
                    clean = false;
                    out.push(octet);
                }
            },
            // A word folded in the middle: the fold goes with its white space.
            b'\r' | b'\n' => {
                clean = false;
                tail = tail.trim_ascii_start();
            }
            b' ' | b'\t' | b'?' => {
                clean = false;
                out.push(octet);
            }
            _ => {
                let stop = |octet: &u8| {
                    !is_plain(*octet) && octet.is_ascii() || matches!(octet, b'_' | b'?')
                };
                let run = rest.iter().position(stop).unwrap_or(rest.len()).max(1);
                let (plain, after) = rest.split_at_checked(run).unwrap_or((rest, &[]));
                out.extend_from_slice(plain);
                tail = after;
            }
        }
        rest = tail;
    }
    clean
}
