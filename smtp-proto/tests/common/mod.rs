//! What the tests of the data codec share: a driver, and a decoder and an encoder that are slow
//! and plain.

use smtp_proto::{DataDecoder, DataStep, LineEnds};

/// What came out of a decoder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) message: Vec<u8>,
    /// A bare CR or LF was reported.
    pub(crate) bare: bool,
    pub(crate) ambiguous: bool,
    pub(crate) ended: bool,
    /// The octets behind the end.
    pub(crate) rest: Vec<u8>,
}

/// Feeds the chunks as a connection would: what was not taken comes again, before the next.
pub(crate) fn decode_chunks(mode: LineEnds, chunks: &[&[u8]]) -> Decoded {
    let mut decoder = DataDecoder::new(mode);
    let mut found = Decoded::default();
    let mut held: Vec<u8> = Vec::new();
    let mut chunks = chunks.iter();
    while !found.ended && !found.ambiguous {
        let mut input = &held[..];
        loop {
            match decoder.poll(&mut input) {
                DataStep::Span(span) => {
                    assert!(!span.is_empty());
                    found.message.extend_from_slice(span);
                }
                DataStep::BareLineEnd => {
                    assert!(!found.bare, "reported twice");
                    found.bare = true;
                }
                DataStep::End => {
                    found.ended = true;
                    break;
                }
                DataStep::AmbiguousEnd => {
                    found.ambiguous = true;
                    break;
                }
                DataStep::NeedInput => break,
            }
        }
        let left = input.to_vec();
        held = left;
        if !found.ended && !found.ambiguous {
            assert!(held.len() <= 4, "{} octets left", held.len());
            let Some(chunk) = chunks.next() else { break };
            held.extend_from_slice(chunk);
        }
    }
    if found.ended {
        found.rest = held;
        for chunk in chunks {
            found.rest.extend_from_slice(chunk);
        }
    }
    found
}

/// What stands at `at`: the octets of a line end, and whether it is a CRLF.
fn line_end(wire: &[u8], at: usize) -> Option<(usize, bool)> {
    match wire.get(at..)? {
        [b'\r', b'\n', ..] => Some((2, true)),
        [b'\r' | b'\n', ..] => Some((1, false)),
        _ => None,
    }
}

/// The rules of RFC 5321 sections 2.3.8 and 4.5.2 one octet at a time, with all input at hand.
pub(crate) fn naive(mode: LineEnds, wire: &[u8]) -> Decoded {
    let mut found = Decoded::default();
    let mut at = 0;
    // What ended the line before: a CRLF (true) or something less, or nothing.
    let mut before = Some(true);
    while at < wire.len() {
        let rest = &wire[at..];
        if before == Some(true) && rest.starts_with(b".\r\n") {
            found.ended = true;
            found.rest = rest[3..].to_vec();
            return found;
        }
        let breaks = mode != LineEnds::Lenient;
        if rest[0] == b'.' && found.bare && before.is_some() {
            // After a bare line end, a dot line that some reader takes for the end.
            if matches!(rest.get(1), Some(b'\n')) || rest.len() > 2 && rest[1] == b'\r' {
                found.ambiguous = true;
                return found;
            }
        } else if rest[0] == b'.' && (before == Some(true) || before == Some(false) && breaks) {
            let stays = before == Some(false) && matches!(rest.get(1), Some(b'\r' | b'\n'));
            if !stays {
                at += 1;
                before = None;
                continue;
            }
        }
        match line_end(wire, at) {
            Some((len, true)) => {
                found.message.extend_from_slice(b"\r\n");
                at += len;
                before = Some(true);
            }
            Some((_, false)) => {
                match mode {
                    // A CR at the very end may be half a CRLF.
                    LineEnds::Strict if rest != b"\r" => found.bare = true,
                    LineEnds::Strict | LineEnds::Lenient => found.message.push(rest[0]),
                    LineEnds::Normalise => found.message.extend_from_slice(b"\r\n"),
                }
                at += 1;
                before = Some(false);
            }
            None => {
                found.message.push(rest[0]);
                at += 1;
                before = None;
            }
        }
    }
    found
}

/// The wire form of a message; `None` if the mode forbids it.
pub(crate) fn naive_encode(mode: LineEnds, message: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut line_start = true;
    while at < message.len() {
        if line_start && message[at] == b'.' {
            out.push(b'.');
        }
        line_start = false;
        match (line_end(message, at), mode) {
            // What follows the last octet is an LF that the encoder itself adds.
            (Some((1, false)), LineEnds::Strict) if message[at..] == *b"\r" => {
                out.extend_from_slice(b"\r\n");
                line_start = true;
                at += 1;
            }
            (Some((_, false)), LineEnds::Strict) => return None,
            (Some((len, false)), LineEnds::Normalise) | (Some((len, true)), _) => {
                out.extend_from_slice(b"\r\n");
                line_start = true;
                at += len;
            }
            _ => {
                out.push(message[at]);
                at += 1;
            }
        }
    }
    if !line_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    Some(out)
}
