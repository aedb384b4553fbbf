//! Eight octets at a time within one word: in a short line a search by words costs less than the
//! call of one by vectors.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// The eight octets at `at`, the first one lowest.
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let octets = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*octets))
}

/// Marks the first octet of `word` that is below `limit`, which is at most 128; the marks above the
/// lowest one mean nothing.
#[inline]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGH
}

/// Marks the first octet of `word` that is `byte`, as [`below`] does.
#[inline]
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

/// Marks every octet of `word` that is above visible ASCII: DEL, or not ASCII.
#[inline]
const fn above_visible(word: u64) -> u64 {
    // Without their high bits no octet reaches the next one.
    (word | ((word & !HIGH) + ONES)) & HIGH
}

/// How many octets at the start of `bytes` are visible ASCII.
#[inline]
pub(crate) fn visible_len(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let marks = below(word, b'!') | above_visible(word);
        if marks != 0 {
            return at + unmarked(marks);
        }
        at += 8;
    }
    at + tail
        .iter()
        .take_while(|byte| byte.is_ascii_graphic())
        .count()
}

/// How many octets come before the lowest mark; 8 without one.
#[inline]
pub(crate) const fn unmarked(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// The offset of the first octet at or behind `at` that is below `limit`, or else the length.
#[inline]
pub(crate) fn find_below(bytes: &[u8], at: usize, limit: u8) -> usize {
    let (words, tail) = bytes.get(at..).unwrap_or_default().as_chunks();
    let mut at = at;
    for word in words {
        let marks = below(u64::from_le_bytes(*word), limit);
        if marks != 0 {
            return at + unmarked(marks);
        }
        at += 8;
    }
    at + tail.iter().take_while(|&&byte| byte >= limit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_is_found_at_every_place() {
        for byte in 0..=255 {
            for at in 0..20 {
                let mut bytes = [b'a'; 20];
                bytes[at] = byte;
                let expected = if byte < 14 { at } else { 20 };
                assert_eq!(find_below(&bytes, 0, 14), expected, "{byte} at {at}");
                assert_eq!(find_below(&bytes, at + 1, 14), 20);
            }
        }
    }

    #[test]
    fn visible_octets_end_at_every_place() {
        for byte in 0..=255_u8 {
            for at in 0..20 {
                for next in [b'a', 0, 0x7F, 0x80, 0xFF] {
                    let mut bytes = [b'~'; 21];
                    bytes[at] = byte;
                    bytes[at + 1] = next;
                    let expected = bytes
                        .iter()
                        .take_while(|byte| byte.is_ascii_graphic())
                        .count();
                    assert_eq!(visible_len(&bytes), expected, "{byte} {next} at {at}");
                }
            }
        }
    }

    #[test]
    fn the_lowest_mark_is_exact() {
        // Borrowing reaches the octet above: 14 behind 0 is marked, and so is `<` behind `=`.
        for (octets, low, equals) in [
            (*b"abcd\0\x0eef", 4, 8),
            (*b"ab=<\rxyz", 4, 2),
            (*b"\x80\xff\x8e=\x0e\x0d==", 5, 3),
        ] {
            let word = u64::from_le_bytes(octets);
            assert_eq!(unmarked(below(word, 14)), low);
            assert_eq!(unmarked(equal(word, b'=')), equals);
        }
    }
}
