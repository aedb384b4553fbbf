//! Where octets of two values are, sixty-four octets at a time.

/// Octets that are looked at at once: one for each bit of the result.
pub(super) const BLOCK: usize = 64;

/// A bit for each octet of `block` that is `a` or `b`, the first octet lowest.
#[inline]
pub(super) fn stops(block: &[u8; BLOCK], a: u8, b: u8) -> u64 {
    // Compilers make vector instructions of this.
    let found = block.map(|octet| u8::from(octet == a) | u8::from(octet == b));
    // The product has the eight lowest bits side by side in its highest octet.
    let bits = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let words = found.as_chunks().0.iter().zip((0..).step_by(8));
    words.fold(0, |stops, (word, place)| stops | bits(word) << place)
}

/// Tells `visit` each place where `octet` stands in `input`.
#[inline]
pub(super) fn places(input: &[u8], octet: u8, mut visit: impl FnMut(usize)) {
    let (blocks, rest) = input.as_chunks();
    let mut padded = [!octet; BLOCK];
    if let Some(head) = padded.get_mut(..rest.len()) {
        head.copy_from_slice(rest);
    }
    let mut start = 0;
    for block in blocks.iter().chain([&padded]) {
        let mut found = stops(block, octet, octet);
        while found != 0 {
            visit(start + found.trailing_zeros() as usize);
            found &= found - 1;
        }
        start += BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn all_places_and_octets() {
        for octet in 0..=255u8 {
            for place in 0..BLOCK {
                let mut block = [0xBD; BLOCK];
                block[place] = octet;
                let expected = u64::from(octet == b'=' || octet == b'\n') << place;
                assert_eq!(stops(&block, b'=', b'\n'), expected);
            }
        }
        let mixed = core::array::from_fn(|place| b"=\n<>\x0b"[place * place % 5]);
        let expected = (0..BLOCK).fold(0, |sum, place| {
            sum | u64::from(place * place % 5 < 2) << place
        });
        assert_eq!(stops(&mixed, b'=', b'\n'), expected);
    }

    proptest! {
        #[test]
        fn places_in_order(input in "[a\n]{0,200}") {
            let mut found = Vec::new();
            places(input.as_bytes(), b'\n', |place| found.push(place));
            let expected: Vec<_> = input.match_indices('\n').map(|(place, _)| place).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
