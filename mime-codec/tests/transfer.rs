//! Transfer encodings: what the RFC shows, what real mail does, and that chunks do not matter.

use mime_codec::transfer::quoted_printable::{QContext, decode_q, encode_q};
use mime_codec::transfer::{
    Content, Decoder, Encoder, Problem, ProblemKind, Problems, Survey, TransferEncoding, Transport,
    base64, decode, decode_quietly, quoted_printable, uuencode, yenc,
};
use proptest::prelude::*;

use ProblemKind as P;

const ENCODINGS: [TransferEncoding<'static>; 4] = [
    TransferEncoding::Base64,
    TransferEncoding::QuotedPrintable,
    TransferEncoding::Uuencode,
    TransferEncoding::Yenc,
];

fn chunked<'a>(
    encoding: &TransferEncoding<'_>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Problems) {
    let mut decoder = Decoder::new(encoding);
    let mut out = Vec::new();
    let mut given = 0;
    for chunk in chunks {
        given += chunk.len();
        decoder.decode(chunk, &mut out);
        assert!(out.len() <= given, "more came out than went in");
    }
    decoder.finish(&mut out);
    assert!(out.len() <= given, "more came out than went in");
    (out, decoder.problems().clone())
}

/// Whole, octet by octet and at every split point.
fn check_splits(encoding: &TransferEncoding<'_>, input: &[u8]) -> (Vec<u8>, Problems) {
    let (out, problems) = decode(encoding, input);
    let whole = (out.into_owned(), problems);
    assert_eq!(chunked(encoding, input.chunks(1)), whole, "octet by octet");
    assert_eq!(chunked(encoding, input.chunks(7)), whole, "by sevens");
    for at in 0..=input.len().min(600) {
        let (head, tail) = input.split_at(at);
        assert_eq!(chunked(encoding, [head, tail]), whole, "split at {at}");
    }
    whole
}

fn check(encoding: &TransferEncoding<'_>, input: &[u8], expected: &[u8], kinds: &[(u64, P)]) {
    let (out, problems) = check_splits(encoding, input);
    assert_eq!(
        out.escape_ascii().to_string(),
        expected.escape_ascii().to_string(),
        "{}",
        input.escape_ascii()
    );
    let kinds: Vec<Problem> = kinds
        .iter()
        .map(|(offset, kind)| Problem {
            offset: *offset,
            kind: *kind,
        })
        .collect();
    assert_eq!(problems.first(), kinds, "{}", input.escape_ascii());
    assert_eq!(problems.count(), kinds.len() as u64);
}

#[test]
fn base64_is_lenient_and_says_so() {
    let b64 = |input: &[u8], expected: &[u8], kinds: &[(u64, P)]| {
        check(&TransferEncoding::Base64, input, expected, kinds);
    };
    b64(b"", b"", &[]);
    b64(b"Zm9vYmFy", b"foobar", &[]);
    b64(b"Zm9vYmE=", b"fooba", &[]);
    b64(b"Zm9vYg==\r\n", b"foob", &[]);
    b64(b"Z m\t9\r\nv\nYg=\r\n=", b"foob", &[]);
    b64(b"Zm9v!@#Yg==", b"foob", &[(4, P::ForeignOctet)]);
    b64(b"Zm9v-_-\x00\xffYmFy", b"foobar", &[(4, P::ForeignOctet)]);
    b64(
        b"Zm!9v*YmFy",
        b"foobar",
        &[(2, P::ForeignOctet), (5, P::ForeignOctet)],
    );
    b64(b"Zg==Zm9v", b"ffoo", &[(4, P::DataAfterPadding)]);
    b64(b"Zg=Zm9v", b"ffoo", &[(3, P::DataAfterPadding)]);
    b64(b"Zm8=Zg==", b"fof", &[(4, P::DataAfterPadding)]);
    b64(b"=Zm9v", b"foo", &[(0, P::StrayPadding)]);
    b64(
        b"Zm9v====",
        b"foo",
        &[
            (4, P::StrayPadding),
            (5, P::StrayPadding),
            (6, P::StrayPadding),
            (7, P::StrayPadding),
        ],
    );
    b64(b"Zg===", b"f", &[(4, P::StrayPadding)]);
    b64(b"Zm9vYg", b"foob", &[(6, P::MissingPadding)]);
    b64(b"Zm9vYg=", b"foob", &[(7, P::MissingPadding)]);
    b64(b"Zm9vYmE", b"fooba", &[(7, P::MissingPadding)]);
    b64(b"Zm9vY", b"foo", &[(5, P::IncompleteQuantum)]);
    b64(b"Zm9vY=", b"foo", &[(5, P::IncompleteQuantum)]);
    b64(b"Zm9vYh==", b"foob", &[(6, P::UnusedBits)]);
}

#[test]
fn base64_lines_of_any_shape() {
    let data: Vec<u8> = (0..20_000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut flat = Vec::new();
    base64::encode(&data, &mut flat);
    flat.retain(|octet| !octet.is_ascii_whitespace());
    for width in [
        1usize, 2, 3, 4, 5, 57, 60, 61, 63, 64, 72, 75, 76, 77, 78, 998, 5_000, 50_000,
    ] {
        for ending in ["\n", "\r\n", " \r\n", "\r\n\r\n"] {
            let mut wrapped = Vec::new();
            for line in flat.chunks(width) {
                wrapped.extend_from_slice(line);
                wrapped.extend_from_slice(ending.as_bytes());
            }
            let mut out = Vec::new();
            let problems = base64::decode(&wrapped, &mut out);
            assert!(problems.is_empty(), "{width} {ending:?} {problems:?}");
            assert!(out == data, "{width} {ending:?}");
            for chunk in [1, 13, 1000, 4096] {
                let (out, problems) = chunked(&TransferEncoding::Base64, wrapped.chunks(chunk));
                assert!(
                    problems.is_empty() && out == data,
                    "{width} {ending:?} {chunk}"
                );
            }
        }
    }
}

#[test]
fn base64_encoding_fills_lines() {
    for len in [0usize, 1, 2, 3, 56, 57, 58, 113, 114, 115, 1000] {
        let data = vec![0xA5; len];
        let mut out = Vec::new();
        base64::encode(&data, &mut out);
        assert_eq!(out.len(), base64::encoded_len(len), "{len}");
        assert!(!out.ends_with(b"\n"));
        let mut lines = out.split(|octet| *octet == b'\n').peekable();
        while let Some(line) = lines.next() {
            if lines.peek().is_some() {
                assert_eq!(line.len(), 77, "76 symbols and CR");
            } else {
                assert!(line.len() <= 76);
            }
        }
        for chunk in [1, 2, 10, 57, 60] {
            let mut encoder = base64::Encoder::new();
            let mut pieces = Vec::new();
            data.chunks(chunk)
                .for_each(|piece| encoder.encode(piece, &mut pieces));
            encoder.finish(&mut pieces);
            assert_eq!(pieces, out);
        }
    }
}

#[test]
fn quoted_printable_is_lenient_and_says_so() {
    let qp = |input: &[u8], expected: &[u8], kinds: &[(u64, P)]| {
        check(&TransferEncoding::QuotedPrintable, input, expected, kinds);
    };
    // RFC 2045 section 6.7: the example of soft line breaks.
    qp(
        b"Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
        b"Now's the time for all folk to come to the aid of their country.",
        &[],
    );
    qp(b"", b"", &[]);
    qp(b"a=3Db\r\n", b"a=b\r\n", &[]);
    qp(b"a\n=20\nb", b"a\n \nb", &[]);
    qp(b"=c3=A9", "é".as_bytes(), &[(0, P::LowerCaseHex)]);
    qp(b"=3d=5F", b"=_", &[(0, P::LowerCaseHex)]);
    qp(
        b"a  \t\r\nb \nc ",
        b"a\r\nb\nc",
        &[
            (1, P::TrailingWhiteSpace),
            (7, P::TrailingWhiteSpace),
            (10, P::TrailingWhiteSpace),
        ],
    );
    qp(b"a=20 \r\nb", b"a \r\nb", &[(4, P::TrailingWhiteSpace)]);
    qp(b"a =\r\n \r\nb", b"a \r\nb", &[(5, P::TrailingWhiteSpace)]);
    qp(b"a= \t\r\nb", b"ab", &[(2, P::TrailingWhiteSpace)]);
    qp(b"a=\nb", b"ab", &[]);
    qp(b"a=", b"a", &[(1, P::TruncatedEscape)]);
    qp(b"a =", b"a ", &[(2, P::TruncatedEscape)]);
    qp(b"a= ", b"a", &[(1, P::TruncatedEscape)]);
    qp(b"a=\r", b"a", &[(1, P::TruncatedEscape)]);
    qp(b"a=4", b"a=4", &[(1, P::TruncatedEscape)]);
    qp(b"a==b", b"a==b", &[(1, P::InvalidEscape)]);
    qp(b"a==\r\nb", b"a==\r\nb", &[(1, P::InvalidEscape)]);
    qp(b"a==41", b"a==41", &[(1, P::InvalidEscape)]);
    qp(b"=4=41", b"=4A", &[(0, P::InvalidEscape)]);
    qp(b"a=4G=41", b"a=4GA", &[(1, P::InvalidEscape)]);
    qp(b"a=ZZ", b"a=ZZ", &[(1, P::InvalidEscape)]);
    qp(b"a= b", b"a= b", &[(1, P::InvalidEscape)]);
    qp(b"a= =41", b"a= A", &[(1, P::InvalidEscape)]);
    qp(b"a=\rb", b"a=\rb", &[(1, P::InvalidEscape)]);
    qp(b"a\rb \r c\r", b"a\rb \r c\r", &[]);
    qp("é\r\né".as_bytes(), "é\r\né".as_bytes(), &[]);
    let long = [b"a".repeat(77), b"\r\n".to_vec(), b"b".repeat(76)].concat();
    qp(&long, &long, &[(76, P::LineTooLong)]);
    let long = [b"a".repeat(76), b"=\r\nb".to_vec()].concat();
    qp(
        &long,
        &[b"a".repeat(76), b"b".to_vec()].concat(),
        &[(76, P::LineTooLong)],
    );
}

#[test]
fn quoted_printable_bounds_the_white_space_it_holds() {
    let blanks = b" \t".repeat(700);
    for (head, tail) in [
        ("a", "\r\n"),
        ("a", "b"),
        ("a=", "\r\n"),
        ("a=", "b"),
        ("a", ""),
    ] {
        let input = [head.as_bytes(), &blanks, tail.as_bytes()].concat();
        let (out, problems) = decode(&TransferEncoding::QuotedPrintable, &input);
        let (out, problems) = (out.into_owned(), problems);
        for chunk in [1, 3, 700, 1024, 1025, 1026] {
            assert_eq!(
                chunked(&TransferEncoding::QuotedPrintable, input.chunks(chunk)),
                (out.clone(), problems.clone()),
                "{head} {tail} {chunk}"
            );
        }
    }
}

#[test]
fn quoted_printable_encodes_text_and_binary() {
    let enc = |data: &[u8], content| {
        let mut out = Vec::new();
        quoted_printable::encode(data, content, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        enc("Grüße,\nJürgen \r\n".as_bytes(), Content::Text),
        "Gr=C3=BC=C3=9Fe,\r\nJ=C3=BCrgen=20\r\n"
    );
    assert_eq!(enc(b"a=b\t", Content::Text), "a=3Db=09");
    assert_eq!(enc(b"a\rb\r\nc\r", Content::Text), "a=0Db\r\nc=0D");
    assert_eq!(enc(b"a\r\nb \n", Content::Binary), "a=0D=0Ab =0A");
    assert_eq!(enc(b"a b", Content::Text), "a b");
    let long = enc(&b"x ".repeat(100), Content::Text);
    for line in long.split("\r\n") {
        assert!(line.len() <= 76, "{line}");
    }
}

#[test]
fn q_encoding_of_words() {
    let mut out = Vec::new();
    encode_q("a b_(é)?".as_bytes(), QContext::Text, &mut out);
    assert_eq!(out, b"a_b=5F=28=C3=A9=29=3F");
    let mut back = Vec::new();
    assert!(decode_q(&out, &mut back));
    assert_eq!(back, "a b_(é)?".as_bytes());
    out.clear();
    encode_q(b"a.b!,", QContext::Phrase, &mut out);
    assert_eq!(out, b"a=2Eb!=2C");
    back.clear();
    assert!(!decode_q(b"=4=x=", &mut back));
    assert_eq!(back, b"=4=x=");
}

#[test]
fn uuencode_reads_what_it_should() {
    let uu = |input: &[u8], expected: &[u8], kinds: &[(u64, P)]| {
        check(&TransferEncoding::Uuencode, input, expected, kinds);
    };
    uu(b"begin 644 cat.txt\n#0V%T\n`\nend\n", b"Cat", &[]);
    uu(
        b"text\r\nbegin 0644 cat.txt\r\n#0V%T\r\n \r\nend\r\nmore\r\n",
        b"Cat",
        &[],
    );
    uu(b"begin\nbegin 6\nbegin 644 a\n#0V%T\nend", b"Cat", &[]);
    uu(b"#0V%T\n", b"", &[(0, P::MissingBegin)]);
    uu(b"begin 644 a\n#0V%T\n", b"Cat", &[(18, P::MissingEnd)]);
    uu(b"begin 644 a\n$0V%T\nend\n", b"Cat", &[(12, P::LineCount)]);
    uu(b"begin 644 a\n#0V%T00\nend\n", b"Cat", &[]);
    uu(b"begin 644 a\nM!\nend\n", &[4, 0], &[(12, P::LineCount)]);
    let mut decoder = uuencode::Decoder::new();
    let mut out = Vec::new();
    decoder.decode(b"begin 755 two words.sh\n", &mut out);
    assert_eq!(
        (decoder.mode(), decoder.name()),
        (Some(0o755), &b"two words.sh"[..])
    );
}

#[test]
fn yenc_checks_size_and_checksum() {
    let y = |input: &[u8], expected: &[u8], kinds: &[(u64, P)]| {
        check(&TransferEncoding::Yenc, input, expected, kinds);
    };
    let mut good = Vec::new();
    yenc::encode(b"123456789", b"digits", &mut good);
    assert_eq!(
        good,
        b"=ybegin line=128 size=9 name=digits\r\n[\\]^_`abc\r\n=yend size=9 crc32=cbf43926\r\n"
    );
    y(&good, b"123456789", &[]);
    y(
        b"=ybegin line=128 size=1 name=a\r\n=}\r\n=yend size=1",
        &[19],
        &[],
    );
    y(b"junk", b"", &[(0, P::MissingBegin)]);
    y(
        b"=ybegin line=128 size=1 name=a\r\n+",
        &[1],
        &[(33, P::MissingEnd)],
    );
    y(
        b"=ybegin size=1 name=a\n++\n=yend size=1 crc32=0\n",
        &[1, 1],
        &[(45, P::SizeMismatch), (45, P::ChecksumMismatch)],
    );
}

#[test]
fn the_cheapest_encoding() {
    use TransferEncoding as E;
    let choose = |data: &[u8], transport| {
        let chosen = Survey::of(data, Content::Text).choose(transport);
        assert_eq!(Survey::choose_for(data, Content::Text, transport), chosen);
        chosen
    };
    for short in ["M\u{fc}ller", "Caf\u{e9} au", "price: 10 \u{20ac}"] {
        assert_eq!(
            choose(short.as_bytes(), Transport::SevenBit),
            E::QuotedPrintable
        );
    }
    assert_eq!(choose(b"", Transport::SevenBit), E::SevenBit);
    assert_eq!(
        choose(b"plain\nlines\r\n", Transport::SevenBit),
        E::SevenBit
    );
    assert_eq!(choose(&b"x".repeat(998), Transport::SevenBit), E::SevenBit);
    assert_eq!(
        choose(&b"x".repeat(999), Transport::SevenBit),
        E::QuotedPrintable
    );
    assert_eq!(
        choose("Grüße".repeat(3).as_bytes(), Transport::SevenBit),
        E::Base64
    );
    assert_eq!(
        choose(
            "Viele Grüße aus Köln, und bis bald".as_bytes(),
            Transport::SevenBit
        ),
        E::QuotedPrintable
    );
    assert_eq!(choose("Grüße".as_bytes(), Transport::EightBit), E::EightBit);
    assert_eq!(
        choose("привет".repeat(50).as_bytes(), Transport::SevenBit),
        E::Base64
    );
    assert_eq!(
        choose(
            b"text with a bare \r CR and more of it",
            Transport::SevenBit
        ),
        E::QuotedPrintable
    );
    assert_eq!(
        choose(b"text, text and a CR\r", Transport::EightBit),
        E::QuotedPrintable
    );
    assert_eq!(
        choose(b"a long enough text with NUL\0", Transport::EightBit),
        E::QuotedPrintable
    );
    assert_eq!(
        choose(b"\0\x01\x02\x03\xff\xfe", Transport::Binary),
        E::Binary
    );
    let random: Vec<u8> = (0..=255).collect();
    assert_eq!(
        Survey::of(&random, Content::Binary).choose(Transport::SevenBit),
        E::Base64
    );
}

#[test]
fn names_of_encodings() {
    use TransferEncoding as E;
    assert_eq!(E::parse(b""), E::SevenBit);
    assert_eq!(E::parse(b" (c) \"QUOTED-Printable\" x"), E::QuotedPrintable);
    assert_eq!(E::parse(b"x-uue\r\n"), E::Uuencode);
    assert_eq!(E::parse(b"base65;").to_string(), "base65");
    assert!(E::parse(b"base65").is_identity());
    for encoding in ENCODINGS {
        assert_eq!(E::parse(encoding.as_bytes()), encoding);
    }
}

/// Octets that the encodings give a meaning, more often than others.
fn messy() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"=".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b" ".to_vec()),
        Just(b"=4".to_vec()),
        Just(b"=C3=a9".to_vec()),
        Just(b"Zm9v".to_vec()),
        Just(b"Zg==".to_vec()),
        Just(b"begin 644 a\n".to_vec()),
        Just(b"#0V%T\n".to_vec()),
        Just(b"end\n".to_vec()),
        Just(b"=ybegin size=3 line=4 name=x\r\n".to_vec()),
        Just(b"\r\n=yend size=3\r\n".to_vec()),
        Just(b"A".repeat(76)),
        Just([b"A".repeat(76), b"\r\n".to_vec()].concat().repeat(30)),
        proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Long stretches of what encoders write, with faults between them, and the white space that
/// transports add.
fn long(pieces: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let run = (proptest::sample::select(pieces), 1..60_usize)
        .prop_map(|(piece, times)| piece.repeat(times));
    proptest::collection::vec(run, 1..24).prop_map(|runs| runs.concat())
}

/// Decodes in one go and octet by octet, where no short cut can be taken.
fn same_octet_by_octet(encoding: &TransferEncoding<'_>, input: &[u8]) {
    let (out, problems) = decode(encoding, input);
    let slow = chunked(encoding, input.chunks(1));
    assert_eq!(problems, slow.1, "{}", input.escape_ascii());
    assert!(*out == slow.0, "{}", input.escape_ascii());
    assert!(
        decode_quietly(encoding, input) == out,
        "{}",
        input.escape_ascii()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn short_cuts_of_quoted_printable(input in long(&[
        b"=C3=A9", b"=c3=a9", b"=3D", b"word ", b"long words without any end of it", b" ", b"\t", b"=\r\n",
        b"=\n", b"= \r\n", b"=", b"=4", b"=zz", b"a\r\n", b"a \r\n", b"a\n", b"a \n", b"=20\r\n", b"\r\n", b"\n",
        b"\r", b"seventy-six octets in a line with its soft break, as encoders write it: =3D=\r\n",
    ])) {
        same_octet_by_octet(&TransferEncoding::QuotedPrintable, &input);
    }

    #[test]
    fn short_cuts_of_base64(input in long(&[
        b"QUFB", b"QU", b"QQ==", b"QUE=", b"Q", b"=", b"\r\n", b"\n", b" ", b"\x0b", b"!", b"\xff", b"QUF\r\n", b"QUF\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\r\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\r\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB=\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU\r\n",
        b"QUFBQUFBQUFBQUFBQUFBQUFB QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ\r\n",
    ])) {
        same_octet_by_octet(&TransferEncoding::Base64, &input);
    }

    #[test]
    fn chunks_do_not_matter(input in messy(), cuts in proptest::collection::vec(1usize..200, 1..20)) {
        for encoding in ENCODINGS {
            let (out, problems) = decode(&encoding, &input);
            prop_assert!(out.len() <= input.len());
            let whole = (out.into_owned(), problems);
            prop_assert_eq!(&chunked(&encoding, input.chunks(1)), &whole);
            let mut rest = &input[..];
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (piece, more) = rest.split_at((*cut).min(rest.len()));
                pieces.push(piece);
                rest = more;
            }
            prop_assert_eq!(&chunked(&encoding, pieces), &whole);
        }
    }

    #[test]
    fn what_is_encoded_decodes(data in prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..600),
        proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\t'), Just(b'\r'), Just(b'\n'), Just(b'='), Just(b'a'), Just(b'.')], 0..300),
    ], cut in 1usize..90) {
        let mut out = Vec::new();
        uuencode::encode(&data, b"name", 0o644, &mut out);
        prop_assert_eq!(decode(&TransferEncoding::Uuencode, &out), (data.clone().into(), Problems::default()));
        out.clear();
        yenc::encode(&data, b"name", &mut out);
        prop_assert_eq!(decode(&TransferEncoding::Yenc, &out), (data.clone().into(), Problems::default()));
        let mut text = Vec::new();
        Encoder::new(&TransferEncoding::SevenBit, Content::Text).unwrap().encode(&data, &mut text);
        for (content, canonical) in [(Content::Binary, &data), (Content::Text, &text)] {
            for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
                let mut encoder = Encoder::new(&encoding, content).unwrap();
                let mut out = Vec::new();
                encoder.encode(&data, &mut out);
                encoder.finish(&mut out);
                prop_assert_eq!(decode(&encoding, &out), (canonical.clone().into(), Problems::default()));
                for line in out.split(|octet| *octet == b'\n') {
                    prop_assert!(line.strip_suffix(b"\r").unwrap_or(line).len() <= 76);
                }
                let mut pieces = Vec::new();
                data.chunks(cut).for_each(|piece| encoder.encode(piece, &mut pieces));
                encoder.finish(&mut pieces);
                prop_assert_eq!(pieces, out);
            }
            let mut survey = Survey::new(content);
            data.chunks(cut).for_each(|piece| survey.update(piece));
            let whole = Survey::of(&data, content);
            for transport in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
                prop_assert_eq!(survey.choose(transport), whole.choose(transport));
            }
            prop_assert_eq!(survey.quoted_printable_len(), whole.quoted_printable_len());
        }
    }

    #[test]
    fn the_choice_for_all_of_the_content_is_that_of_its_survey(
        pieces in proptest::collection::vec(
            (proptest::sample::select(vec!["a", "word ", "=", "\u{e9}", "\u{20ac}", "\n", "\r\n", "\r", "\0", "\t"]), 1_usize..40),
            0..12,
        ),
        repeat in 1_usize..20,
    ) {
        let text: String = pieces.iter().map(|(piece, count)| piece.repeat(*count)).collect();
        // All of it, and what decides if the content is no text.
        for text in [text.as_bytes(), text.repeat(repeat).as_bytes()] {
            let binary = text.get(..4096).unwrap_or(text);
            for (data, content) in [(text, Content::Text), (binary, Content::Binary)] {
                for transport in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
                    prop_assert_eq!(
                        Survey::choose_for(data, content, transport),
                        Survey::of(data, content).choose(transport)
                    );
                }
            }
        }
    }
}
