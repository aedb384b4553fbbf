//! UTF-8 (RFC 3629): the check that decides whether octets are text already.

use alloc::string::String;
use alloc::vec::Vec;

use crate::parse::scan::MARK;

/// The text that `bytes` are, if they are UTF-8.
#[cfg(feature = "std")]
#[inline]
pub(crate) fn check(bytes: &[u8]) -> Option<&str> {
    simdutf8::basic::from_utf8(bytes).ok()
}

#[cfg(not(feature = "std"))]
pub(crate) fn check(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

/// `bytes` without the byte order mark at their start.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(MARK).unwrap_or(bytes)
}

/// Octets of the character at the end of `bytes` that is not complete, if they are such: 0 to 3.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=3.min(bytes.len()) {
        match bytes.get(bytes.len() - back) {
            Some(0x80..=0xBF) => {}
            Some(0xC0..=0xDF) => return if back < 2 { back } else { 0 },
            Some(0xE0..=0xEF) => return if back < 3 { back } else { 0 },
            Some(0xF0..=0xFF) => return back,
            _ => return 0,
        }
    }
    0
}

/// Moves what is text at the start of `octets` to `text`; the start of a character that is not
/// complete stays. `None` if it is no UTF-8.
pub(crate) fn drain(octets: &mut Vec<u8>, text: &mut String) -> Option<()> {
    let whole = octets.len() - unfinished(octets);
    text.push_str(check(octets.get(..whole)?)?);
    octets.copy_within(whole.., 0);
    octets.truncate(octets.len() - whole);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_cut_anywhere() {
        let expected = "a\u{e9}\u{20ac}\u{1f389}z".repeat(3);
        for size in 1..12 {
            let (mut octets, mut text) = (Vec::new(), String::new());
            for piece in expected.as_bytes().chunks(size) {
                octets.extend_from_slice(piece);
                assert_eq!(drain(&mut octets, &mut text), Some(()));
                assert!(octets.len() < 4);
            }
            assert!(octets.is_empty() && text == expected);
        }
        for wrong in [
            &b"\xC3("[..],
            b"\x80\x80\x80\x80",
            b"a\xFFb",
            b"\xE2\x82\xACx\xBF",
        ] {
            assert_eq!(drain(&mut wrong.to_vec(), &mut String::new()), None);
        }
    }
}
