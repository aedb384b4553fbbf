//! The body of DATA: dots, line ends and the forms that SMTP smuggling uses
//! (RFC 5321 sections 2.3.8 and 4.5.2).

use smtp_proto::{BareLineEnd, DataDecoder, DataEncoder, DataStep, LineEnds};

mod common;
use common::{Decoded, decode_chunks, naive, naive_encode};

const MODES: [LineEnds; 3] = [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient];

/// What stands between the first message and the smuggled one.
const FAKE_ENDS: &[&[u8]] = &[
    b"\n.\n",
    b"\n.\r",
    b"\n.\r\n",
    b"\r.\r",
    b"\r.\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\r\n.\r\r\n",
    b"\n\n.\n\n",
    b"\n\n.\r\n",
    b"\r\r.\r\r",
    b"\n\r.\n\r",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\n\0.\0\r\n",
    b"\r\0\n.\r\n",
    b"\r\n.\r\0\n",
    b"\n\0.\r\n",
    b"\r\n .\r\n",
    b"\r\n. \r\n",
    b"\r\n.\x0b\n",
    b"\x85.\x85",
    b"\xe2\x80\xa8.\xe2\x80\xa8",
];

#[test]
fn fake_ends_do_not_end_a_message() {
    for &fake in FAKE_ENDS {
        let smuggled =
            b"MAIL FROM:<admin@b.example>\r\nRCPT TO:<c@b.example>\r\nDATA\r\nhi\r\n.\r\n";
        let wire = [b"first", fake, smuggled].concat();
        for mode in MODES {
            let found = decode_chunks(mode, &[&wire]);
            // Only the last CRLF.CRLF may end the message. In strict mode the decoder may also give
            // up, but it never reports an end before that.
            assert!(
                found.ambiguous || (found.ended && found.rest.is_empty()),
                "{mode:?} {fake:?}: {found:?}"
            );
            if found.ambiguous {
                assert_eq!(mode, LineEnds::Strict, "{fake:?}");
                assert!(found.bare, "{fake:?}");
            }
            let spoils = bare_line_end(&wire);
            assert_eq!(
                found.bare,
                spoils && mode == LineEnds::Strict,
                "{mode:?} {fake:?}"
            );
        }
    }
}

/// Whether some CR or LF is not part of a CRLF.
fn bare_line_end(wire: &[u8]) -> bool {
    let text = String::from_utf8_lossy(wire).replace("\r\n", "");
    text.contains(['\r', '\n'])
}

#[test]
fn crcrlf_before_the_dot_is_refused_but_in_step() {
    // CR CRLF.CRLF holds a real end of data, and the CR before it spoils the message.
    let found = decode_chunks(LineEnds::Strict, &[b"a\r\r\n.\r\nQUIT\r\n"]);
    assert!(found.bare && found.ended && !found.ambiguous);
    assert_eq!(found.rest, b"QUIT\r\n");
}

#[test]
fn re_encoding_keeps_one_end() {
    for &fake in FAKE_ENDS {
        let wire = [b"first", fake, b"second\r\n.\r\n"].concat();
        for mode in [LineEnds::Normalise, LineEnds::Lenient] {
            let found = decode_chunks(mode, &[&wire]);
            let mut out = Vec::new();
            let mut encoder = DataEncoder::new(LineEnds::Normalise);
            encoder.write(&found.message, &mut out).unwrap();
            encoder.finish(&mut out);
            let ends = out.windows(5).filter(|window| window == b"\r\n.\r\n");
            assert_eq!(ends.count(), 1, "{mode:?} {fake:?}");
            assert!(!bare_line_end(&out), "{mode:?} {fake:?}");
        }
    }
}

#[test]
fn empty_message_ends_at_once() {
    for mode in MODES {
        let found = decode_chunks(mode, &[b".\r\nQUIT\r\n"]);
        assert!(found.ended && found.message.is_empty());
        assert_eq!(found.rest, b"QUIT\r\n");
        let mut out = Vec::new();
        DataEncoder::new(mode).finish(&mut out);
        assert_eq!(out, b".\r\n");
    }
}

#[test]
fn dots_at_the_first_line() {
    for mode in MODES {
        for (wire, message) in [
            (&b"..x\r\n.\r\n"[..], &b".x\r\n"[..]),
            (b"...\r\n.\r\n", b"..\r\n"),
            (b".x\r\n.\r\n", b"x\r\n"),
            (b"a\r\n..\r\n.\r\n", b"a\r\n.\r\n"),
            (b"a\r\n.foo\r\n.\r\n", b"a\r\nfoo\r\n"),
            (b"a.\r\n.b.\r\n.\r\n", b"a.\r\nb.\r\n"),
        ] {
            let found = decode_chunks(mode, &[wire]);
            assert!(found.ended && !found.bare, "{wire:?}");
            assert_eq!(found.message, message, "{wire:?}");
        }
    }
}

#[test]
fn a_missing_last_line_end_is_added() {
    for mode in MODES {
        let mut encoder = DataEncoder::new(mode);
        let mut out = Vec::new();
        encoder.write(b"a", &mut out).unwrap();
        encoder.finish(&mut out);
        assert_eq!(out, b"a\r\n.\r\n");
        // The encoder is ready for the next message.
        out.clear();
        encoder.write(b".b\r\n", &mut out).unwrap();
        encoder.finish(&mut out);
        assert_eq!(out, b"..b\r\n.\r\n");
    }
}

#[test]
fn strict_encoder_refuses_bare_line_ends_and_keeps_its_state() {
    for (chunks, offset) in [
        (&[&b"a\nb"[..]][..], 1),
        (&[b"\n"], 0),
        (&[b"a\rb"], 2),
        (&[b"a\r", b"b"], 0),
        (&[b"a\r", b"\r\n"], 0),
        (&[b"a\r\n", b"\n"], 0),
    ] {
        let mut encoder = DataEncoder::new(LineEnds::Strict);
        let mut out = Vec::new();
        let (last, first) = chunks.split_last().unwrap();
        for chunk in first {
            encoder.write(chunk, &mut out).unwrap();
        }
        let before = out.clone();
        assert_eq!(
            encoder.write(last, &mut out),
            Err(BareLineEnd { offset }),
            "{chunks:?}"
        );
        assert_eq!(out, before, "{chunks:?}");
    }
    let mut encoder = DataEncoder::new(LineEnds::Strict);
    let mut out = Vec::new();
    encoder.write(b"a\r", &mut out).unwrap();
    encoder.write(b"\n.", &mut out).unwrap();
    encoder.finish(&mut out);
    assert_eq!(out, b"a\r\n..\r\n.\r\n");
    // A CR at the very end becomes a CRLF.
    out.clear();
    encoder.write(b"a\r", &mut out).unwrap();
    encoder.finish(&mut out);
    assert_eq!(out, b"a\r\n.\r\n");
}

#[test]
fn normalising_turns_every_line_end_into_crlf() {
    for (wire, message) in [
        (&b"a\nb\r\n.\r\n"[..], &b"a\r\nb\r\n"[..]),
        (b"a\rb\r\n.\r\n", b"a\r\nb\r\n"),
        (b"a\r\r\nb\r\n.\r\n", b"a\r\n\r\nb\r\n"),
        (b"a\n.\r\nb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
        (b"a\n..b\r\n.\r\n", b"a\r\n.b\r\n"),
        (b"a\n.\nb\r\n.\r\n", b"a\r\n.\r\nb\r\n"),
    ] {
        let found = decode_chunks(LineEnds::Normalise, &[wire]);
        assert!(found.ended, "{wire:?}");
        assert_eq!(found.message, message, "{wire:?}");
    }
}

#[test]
fn spans_are_lent_and_little_is_left() {
    let wire = b"..a\r\nbc\r\n..d\r\n.\r\n";
    let mut input = &wire[..];
    let mut decoder = DataDecoder::new(LineEnds::Strict);
    let mut spans = Vec::new();
    while let DataStep::Span(span) = decoder.poll(&mut input) {
        assert!(wire.as_ptr_range().contains(&span.as_ptr()));
        spans.push(span);
    }
    assert_eq!(spans, [&b".a\r\nbc\r\n"[..], b".d\r\n"]);
    // More calls say the same.
    assert_eq!(decoder.poll(&mut input), DataStep::End);
    for tail in [&b""[..], b"\r", b"\r\n", b"\r\n.", b"\r\n.\r"] {
        for mode in MODES {
            let wire = [b"a", tail].concat();
            let mut input = &wire[..];
            let mut decoder = DataDecoder::new(mode);
            while decoder.poll(&mut input) != DataStep::NeedInput {}
            assert!(input.len() <= 4, "{mode:?} {tail:?}");
        }
    }
}

#[test]
fn exhaustive_short_strings_in_every_split() {
    const ALPHABET: [u8; 4] = *b"\r\n.a";
    for len in 0..=7_u32 {
        for number in 0..4_usize.pow(len) {
            let wire: Vec<u8> = (0..len).map(|i| ALPHABET[number >> (2 * i) & 3]).collect();
            for mode in MODES {
                check_splits(mode, &wire);
            }
        }
    }
}

fn check_splits(mode: LineEnds, wire: &[u8]) {
    let expected = naive(mode, wire);
    let whole = decode_chunks(mode, &[wire]);
    compare(mode, wire, &expected, &whole);
    let bytes: Vec<&[u8]> = wire.chunks(1).collect();
    assert_eq!(
        decode_chunks(mode, &bytes),
        whole,
        "{mode:?} {wire:?} by bytes"
    );
    for at in 1..wire.len() {
        let (head, tail) = wire.split_at(at);
        assert_eq!(
            decode_chunks(mode, &[head, tail]),
            whole,
            "{mode:?} {wire:?} at {at}"
        );
    }
    encode_splits(mode, wire);
}

fn compare(mode: LineEnds, wire: &[u8], expected: &Decoded, found: &Decoded) {
    assert_eq!(found.bare, expected.bare, "{mode:?} {wire:?}");
    assert_eq!(found.ambiguous, expected.ambiguous, "{mode:?} {wire:?}");
    assert_eq!(found.ended, expected.ended, "{mode:?} {wire:?}");
    if found.ended {
        assert_eq!(found.rest, expected.rest, "{mode:?} {wire:?}");
        if !found.bare {
            assert_eq!(found.message, expected.message, "{mode:?} {wire:?}");
        }
    } else if !found.bare {
        // What waits for more input may not have been given yet.
        assert!(
            expected.message.starts_with(&found.message),
            "{mode:?} {wire:?}"
        );
    }
}

fn encode_splits(mode: LineEnds, message: &[u8]) {
    let expected = naive_encode(mode, message);
    let run = |chunks: &[&[u8]]| {
        let mut encoder = DataEncoder::new(mode);
        let mut out = Vec::new();
        for chunk in chunks {
            encoder.write(chunk, &mut out).ok()?;
        }
        encoder.finish(&mut out);
        Some(out)
    };
    assert_eq!(run(&[message]), expected, "{mode:?} {message:?}");
    let bytes: Vec<&[u8]> = message.chunks(1).collect();
    assert_eq!(run(&bytes), expected, "{mode:?} {message:?} by bytes");
    for at in 1..message.len() {
        let (head, tail) = message.split_at(at);
        assert_eq!(run(&[head, tail]), expected, "{mode:?} {message:?} at {at}");
    }
}

#[test]
fn line_ends_across_internal_blocks() {
    // Lines of every length near a power of two, so that CR, LF and dot fall on each side of
    // whatever the decoder searches in one go.
    for pad in 16_380..16_390 {
        for tail in [
            &b"\r\n..x\r\n.\r\n"[..],
            b"\r\nx\r\n.\r\n",
            b"\r\n.\r\n",
            b"\nx\r\n.\r\n",
            b"\rx\r\n.\r\n",
        ] {
            let mut wire = vec![b'a'; pad];
            wire.extend_from_slice(tail);
            for mode in MODES {
                let expected = naive(mode, &wire);
                compare(mode, &wire, &expected, &decode_chunks(mode, &[&wire]));
            }
        }
    }
}

#[test]
fn dots_near_and_far() {
    // How often dots come decides how the decoder looks for them.
    const GAPS: [usize; 5] = [0, 1, 1_023, 1_024, 5_000];
    let gaps = GAPS
        .iter()
        .flat_map(|a| GAPS.map(|b| GAPS.map(|c| [*a, b, c])));
    for gaps in gaps.flatten() {
        for last in [".", "\r\n.", "\r\n.."] {
            let mut wire = Vec::new();
            for (gap, dot) in gaps.iter().zip([".", "\n.", last]) {
                wire.resize(wire.len() + gap, b'a');
                wire.extend_from_slice(dot.as_bytes());
            }
            wire.extend_from_slice(b"\r\n.\r\n");
            let mode = LineEnds::Lenient;
            let expected = naive(mode, &wire);
            compare(mode, &wire, &expected, &decode_chunks(mode, &[&wire]));
            let mut encoder = DataEncoder::new(mode);
            let mut out = Vec::new();
            assert_eq!(encoder.write(&wire, &mut out), Ok(()));
            encoder.finish(&mut out);
            assert_eq!(Some(out), naive_encode(mode, &wire));
        }
    }
}

#[test]
fn a_spoilt_message_ends_wherever_it_is_cut() {
    let wire = b"a\rb\r\n.\r\nQUIT\r\n";
    for at in 0..wire.len() {
        let (head, tail) = wire.split_at(at);
        let found = decode_chunks(LineEnds::Strict, &[head, tail]);
        assert!(found.bare && found.ended && !found.ambiguous, "cut at {at}");
        assert_eq!(found.rest, b"QUIT\r\n", "cut at {at}");
    }
}
