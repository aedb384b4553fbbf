//! What a target makes of the fuzzer's octets: a stream, and decisions about what to do with it.

use arbitrary::Unstructured;

/// Splits an input into decisions and the stream that they are about.
///
/// The first octet is the number of octets that decide. An input that begins with NUL is
/// therefore the stream alone, with every decision the first one: seeds stay readable, and a
/// transcript can be turned into one with `printf '\0' | cat - transcript`.
pub fn split(data: &[u8]) -> (Decisions<'_>, &[u8]) {
    let Some((&count, rest)) = data.split_first() else {
        return (Decisions::new(data), data);
    };
    let (decisions, stream) = rest.split_at(rest.len().min(count.into()));
    (Decisions::new(decisions), stream)
}

/// Decisions drawn from octets; when those are used up, each is the first choice.
#[derive(Debug)]
pub struct Decisions<'a> {
    source: Unstructured<'a>,
}

impl<'a> Decisions<'a> {
    /// Draws from `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self {
            source: Unstructured::new(data),
        }
    }

    /// Whether every further decision is the first choice.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// A number below `choices`, 0 if there is none.
    pub fn choose(&mut self, choices: usize) -> usize {
        self.source
            .int_in_range(0..=choices.saturating_sub(1))
            .unwrap_or(0)
    }

    /// One of `items`.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.choose(items.len()))
    }

    /// No or yes.
    pub fn flag(&mut self) -> bool {
        self.choose(2) == 1
    }

    /// Up to `most` octets to be used as they are.
    pub fn octets(&mut self, most: usize) -> &'a [u8] {
        let length = self.choose(most.saturating_add(1)).min(self.source.len());
        self.source.bytes(length).unwrap_or_default()
    }

    /// The length of the next piece in which a stream arrives, of which `left` octets are left.
    ///
    /// The first choice is all of it; otherwise short pieces are likely, since boundaries
    /// inside of a token are where machines go wrong, and longer ones possible.
    pub fn piece(&mut self, left: usize) -> usize {
        let length = match self.choose(256) {
            0 => left,
            short @ 1..=200 => short,
            long => (long - 200) * 512,
        };
        length.min(left)
    }

    /// Cuts `stream` into the pieces in which it arrives, none of them empty.
    pub fn pieces<'s>(&mut self, stream: &'s [u8]) -> Vec<&'s [u8]> {
        let mut pieces = Vec::new();
        let mut rest = stream;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(self.piece(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_begins_with_nul_is_a_stream() {
        let (mut decisions, stream) = split(b"\0QUIT\r\n");
        assert_eq!(stream, b"QUIT\r\n");
        assert!(decisions.is_empty());
        assert_eq!(decisions.pieces(stream), [stream]);
        assert_eq!((decisions.choose(9), decisions.flag()), (0, false));
    }

    #[test]
    fn decisions_cut_the_stream() {
        let (mut decisions, stream) = split(b"\x03\x02\x01\x00abcdef");
        assert_eq!(decisions.pieces(stream), [&b"ab"[..], b"c", b"def"]);
    }

    #[test]
    fn nothing_is_lost_whatever_the_input() {
        for data in [
            &b""[..],
            b"\xff",
            b"\x01",
            b"\x02\xff\xfeabc",
            b"\x05\x00\x00\x00",
        ] {
            let (mut decisions, stream) = split(data);
            let pieces = decisions.pieces(stream);
            assert_eq!(pieces.concat(), stream);
            assert!(pieces.iter().all(|piece| !piece.is_empty()));
        }
    }

    #[test]
    fn choices_stay_in_range() {
        let data: Vec<u8> = (0..=255).collect();
        let mut decisions = Decisions::new(&data);
        assert_eq!(decisions.choose(0), 0);
        assert_eq!(decisions.pick::<u8>(&[]), None);
        while !decisions.is_empty() {
            assert!(decisions.choose(3) < 3);
            assert!(decisions.octets(2).len() <= 2);
        }
    }
}
