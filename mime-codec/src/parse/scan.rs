//! Finding lines and header fields in octets (RFC 5322 sections 2.1 and 2.2).

use memchr::memchr;

/// The longest field name that is recognised: a line's length (RFC 5322 section 2.1.1).
pub(crate) const NAME_MAX: usize = 998;

/// Space or horizontal tab.
pub(crate) const fn is_wsp(octet: u8) -> bool {
    octet == b' ' || octet == b'\t'
}

/// The byte order mark of UTF-8, which some programs put in front of a message (RFC 3629 section 6).
pub(crate) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether an mbox separator line stands in front, also one that an mbox file quoted (RFC 4155 appendix A).
#[inline]
pub(crate) fn is_envelope_line(line: &[u8]) -> bool {
    line.strip_prefix(b">")
        .unwrap_or(line)
        .starts_with(b"From ")
}

/// How many octets at the start of `line` may be of a field name: printable ASCII without the colon
/// (RFC 5322 section 3.6.8).
#[inline]
pub(crate) fn name_len(line: &[u8]) -> usize {
    graphic_len(line, [b':'])
}

/// How many octets at the start of `bytes` are printable ASCII (33 to 126) and none of `stops`; eight
/// at a time.
#[inline]
pub(crate) fn graphic_len<const N: usize>(bytes: &[u8], stops: [u8; N]) -> usize {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut len = 0;
    let mut tail = bytes;
    while let Some((word, rest)) = tail.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        // The lowest high bit that is set tells the first octet that stops, is below 33 or above 126;
        // borrows make wrong only what is above it.
        let outside =
            (word.wrapping_sub(LOW * 33) & !word) | ((word & !HIGH).wrapping_add(LOW) | word);
        let found = stops.iter().fold(outside, |found, &stop| {
            let other = word ^ (LOW * u64::from(stop));
            found | (other.wrapping_sub(LOW) & !other)
        });
        let found = found & HIGH;
        if found != 0 {
            return len + (found.trailing_zeros() / 8) as usize;
        }
        len += 8;
        tail = rest;
    }
    len + tail
        .iter()
        .position(|octet| !octet.is_ascii_graphic() || stops.contains(octet))
        .unwrap_or(tail.len())
}

/// Whether `a` is `b` without regard to ASCII case.
pub(crate) fn eq_fold(a: &[u8], b: &[u8]) -> bool {
    // Most that differ do so at the end or in length.
    a.len() == b.len()
        && a.last()
            .zip(b.last())
            .is_none_or(|(a, b)| a | 0x20 == b | 0x20)
        && a.eq_ignore_ascii_case(b)
}

/// Whether a field name or another token is `name` without regard to case; `name` is lower case and of
/// at least 8 octets.
#[inline]
pub(crate) fn is_word(field: &[u8], name: &[u8]) -> bool {
    const CASE: u64 = u64::from_ne_bytes([0x20; 8]);
    // No letter, and no hyphen of a token, is mistaken for another when this bit is set.
    let same = |a: &[u8; 8], b: &[u8; 8]| u64::from_ne_bytes(*a) | CASE == u64::from_ne_bytes(*b);
    field.len() == name.len()
        && field
            .as_chunks()
            .0
            .iter()
            .zip(name.as_chunks().0)
            .all(|(a, b)| same(a, b))
        && field
            .last_chunk()
            .zip(name.last_chunk())
            .is_some_and(|(a, b)| same(a, b))
}

/// What the start of a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// A field: octets of the name, and the position of the colon.
    Field { name: usize, colon: usize },
    /// Not a field.
    None,
    /// The input ends before the colon; all of it may be a field name or white space behind one.
    Incomplete,
}

/// Looks for `name *WSP ":"` at the start of `line`; `from` octets are known to be name.
pub(crate) fn field_name(line: &[u8], from: usize) -> Name {
    if line.first().is_some_and(|&octet| is_wsp(octet)) {
        return Name::None;
    }
    let window = line.get(..=NAME_MAX).unwrap_or(line);
    let name = from + name_len(window.get(from..).unwrap_or_default());
    if name > NAME_MAX {
        return Name::None;
    }
    let mut colon = name;
    loop {
        match line.get(colon) {
            Some(b':') => return Name::Field { name, colon },
            Some(b' ' | b'\t') if colon < NAME_MAX => colon += 1,
            Some(_) => return Name::None,
            None => return Name::Incomplete,
        }
    }
}

/// Where a field ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Length of the field with its last line end.
    At(usize),
    /// Not before the input ends; scanning may resume at this position.
    Incomplete(usize),
}

/// Finds the end of the field at the start of `input`: the first line end, from position `from`
/// on, that no white space follows.
pub(crate) fn field_end(input: &[u8], from: usize, eof: bool) -> End {
    let mut at = from;
    while let Some(line) = input.get(at..).and_then(|rest| memchr(b'\n', rest)) {
        let next = at + line + 1;
        match input.get(next) {
            Some(b' ' | b'\t') => at = next,
            None if !eof => return End::Incomplete(next - 1),
            _ => return End::At(next),
        }
    }
    if eof {
        End::At(input.len())
    } else {
        End::Incomplete(input.len().max(from))
    }
}

/// Octets of the line end that `line` ends with: 0, 1 or 2.
pub(crate) fn line_end(line: &[u8]) -> usize {
    match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}

/// `bytes` without the space, tab, CR and LF at both ends.
pub(crate) fn trim(bytes: &[u8]) -> &[u8] {
    let space = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let start = bytes
        .iter()
        .position(|octet| !space(octet))
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|octet| !space(octet))
        .map_or(start, |at| at + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// `bytes` without the space, tab and CR at the end.
pub(crate) fn trim_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|octet| !matches!(octet, b' ' | b'\t' | b'\r'))
        .map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(field_name(b"A: b", 0), Name::Field { name: 1, colon: 1 });
        assert_eq!(field_name(b"A\t : b", 0), Name::Field { name: 1, colon: 3 });
        assert_eq!(field_name(b"A b: c", 0), Name::None);
        assert_eq!(field_name(b"\xe9: c", 0), Name::None);
        assert_eq!(field_name(b"Abc", 2), Name::Incomplete);
        assert_eq!(field_name(b": c", 0), Name::Field { name: 0, colon: 0 });
        assert_eq!(field_name(&[b'a'; 2000], 0), Name::None);
    }

    #[test]
    fn words_and_octets_agree_on_names() {
        for octet in 0..=255 {
            for place in 0..17 {
                let mut line = [b'a'; 17];
                line[place] = octet;
                let is_name = (33..=126).contains(&octet) && octet != b':';
                let expected = if is_name { 17 } else { place };
                assert_eq!(name_len(&line), expected, "{octet} at {place}");
                let expected = if is_name && octet != b'"' { 17 } else { place };
                assert_eq!(graphic_len(&line, [b'"', b':']), expected);
            }
        }
        assert!(is_word(b"CONTENT-Type", b"content-type"));
        assert!(!is_word(b"content-typo", b"content-type"));
        assert!(!is_word(b"content_type", b"content-type"));
    }

    #[test]
    fn ends() {
        assert_eq!(field_end(b"A: b\r\n c\r\nD", 0, false), End::At(10));
        assert_eq!(field_end(b"A: b\n", 0, false), End::Incomplete(4));
        assert_eq!(field_end(b"A: b\n", 0, true), End::At(5));
        assert_eq!(field_end(b"A: b\n \n", 4, true), End::At(7));
        assert_eq!(field_end(b"A: b", 2, false), End::Incomplete(4));
    }
}
