//! The body of DATA: the decoder against one that looks at one octet at a time, in any pieces
//! and all modes, and the encoder, whose output has one end of data.

use smtp_proto::{DataDecoder, DataEncoder, DataStep, LineEnds};

use crate::input::{Decisions, split};
use crate::smtp::LINE_ENDS;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let mode = decisions.pick(&LINE_ENDS).copied().unwrap_or_default();
    decode(mode, &mut decisions, stream);
    encode(mode, &mut decisions, stream);
}

/// What becomes of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    message: Vec<u8>,
    /// Whether a bare CR or LF was reported.
    bare: bool,
    end: End,
    /// Octets of the stream that were used.
    used: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Complete,
    Ambiguous,
    /// More octets are needed.
    Open,
}

fn decode(mode: LineEnds, decisions: &mut Decisions<'_>, stream: &[u8]) {
    let mut decoder = DataDecoder::new(mode);
    let mut outcome = Outcome {
        message: Vec::new(),
        bare: false,
        end: End::Open,
        used: 0,
    };
    let mut come = 0;
    'pieces: for piece in decisions.pieces(stream) {
        come += piece.len();
        let mut input = &stream[outcome.used..come];
        loop {
            let step = decoder.poll(&mut input);
            outcome.used = come - input.len();
            match step {
                DataStep::Span(span) => {
                    assert!(!span.is_empty());
                    outcome.message.extend_from_slice(span);
                }
                DataStep::BareLineEnd => {
                    assert!(!outcome.bare, "it comes once");
                    outcome.bare = true;
                }
                DataStep::End => {
                    outcome.end = End::Complete;
                    assert_eq!(decoder.poll(&mut &b"x"[..]), DataStep::End);
                    break 'pieces;
                }
                DataStep::AmbiguousEnd => {
                    outcome.end = End::Ambiguous;
                    break 'pieces;
                }
                DataStep::NeedInput => {
                    assert!(input.len() <= 4);
                    break;
                }
            }
        }
    }
    assert_eq!(outcome, naive(mode, stream), "{mode:?}");
}

/// The rules, an octet at a time.
fn naive(mode: LineEnds, stream: &[u8]) -> Outcome {
    let mut message = Vec::new();
    let mut at = 0;
    let outcome = |message, bare, end, used| Outcome {
        message,
        bare,
        end,
        used,
    };
    // Whether the octets before `at` are a CRLF, or a CR or LF that stands for one.
    let (mut line_start, mut normalised) = (true, false);
    loop {
        let rest = &stream[at..];
        if line_start {
            match rest {
                [] | [b'.'] | [b'.', b'\r'] => {
                    return outcome(message, false, End::Open, at);
                }
                [b'.', b'\r', b'\n', ..] => {
                    return outcome(message, false, End::Complete, at + 3);
                }
                [b'.', ..] => at += 1,
                _ => {}
            }
        } else if normalised {
            match rest {
                [] | [b'.'] => return outcome(message, false, End::Open, at),
                [b'.', b'\r' | b'\n', ..] => {}
                [b'.', ..] => at += 1,
                _ => {}
            }
        }
        let before = at.checked_sub(1).map_or(b'\n', |before| stream[before]);
        let Some(&octet) = stream.get(at) else {
            return outcome(message, false, End::Open, at);
        };
        (line_start, normalised) = (false, false);
        match (mode, octet) {
            (LineEnds::Strict, _) if (before == b'\r') != (octet == b'\n') => {
                let (end, used) = naive_spoilt(stream, at);
                return outcome(message, true, end, used);
            }
            (LineEnds::Normalise, b'\r' | b'\n') => {
                match &stream[at..] {
                    [b'\r'] => return outcome(message, false, End::Open, at),
                    [b'\r', b'\n', ..] => {
                        at += 1;
                        line_start = true;
                    }
                    _ => normalised = true,
                }
                message.extend_from_slice(b"\r\n");
            }
            (_, octet) => {
                message.push(octet);
                line_start = octet == b'\n' && before == b'\r';
            }
        }
        at += 1;
    }
}

/// The end of a message that nobody reads, from `start` on.
fn naive_spoilt(stream: &[u8], start: usize) -> (End, usize) {
    for at in start..stream.len() {
        let before = at.checked_sub(1).map_or(b'\n', |before| stream[before]);
        if !matches!(before, b'\r' | b'\n') {
            continue;
        }
        match &stream[at..] {
            [b'.'] | [b'.', b'\r'] => return (End::Open, at),
            [b'.', b'\r', b'\n', ..] if at == 0 || stream[..at].ends_with(b"\r\n") => {
                return (End::Complete, at + 3);
            }
            [b'.', b'\r' | b'\n', ..] => return (End::Ambiguous, at),
            _ => {}
        }
    }
    (End::Open, stream.len())
}

fn encode(mode: LineEnds, decisions: &mut Decisions<'_>, message: &[u8]) {
    let mut encoder = DataEncoder::new(mode);
    let mut wire = Vec::new();
    let mut come = 0;
    for piece in decisions.pieces(message) {
        let before = wire.len();
        if let Err(bare) = encoder.write(piece, &mut wire) {
            assert_eq!(mode, LineEnds::Strict);
            assert_eq!(wire.len(), before, "nothing is appended");
            let at = come + bare.offset;
            let previous = at.checked_sub(1).map_or(b'\n', |at| message[at]);
            assert!((previous == b'\r') != (message[at] == b'\n'));
            return;
        }
        come += piece.len();
    }
    encoder.finish(&mut wire);

    let mut expected = match mode {
        LineEnds::Normalise => normalised(message),
        LineEnds::Strict | LineEnds::Lenient => message.to_vec(),
    };
    if mode == LineEnds::Strict && expected.ends_with(b"\r") {
        expected.push(b'\n');
    } else if !expected.is_empty() && !expected.ends_with(b"\r\n") {
        expected.extend_from_slice(b"\r\n");
    }
    // What a strict encoder lets out, every reader understands alike.
    let reader = match mode {
        LineEnds::Lenient => LineEnds::Lenient,
        LineEnds::Strict | LineEnds::Normalise => LineEnds::Strict,
    };
    let decoded = naive(reader, &wire);
    assert_eq!(
        decoded,
        Outcome {
            message: expected,
            bare: false,
            end: End::Complete,
            used: wire.len(),
        },
        "{mode:?}"
    );
}

/// The message with CRLF for every line end.
fn normalised(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut octets = message.iter().peekable();
    while let Some(&octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            octet => out.push(octet),
        }
    }
    out
}
