//! Decoding and encoding of bodies, into a buffer that is warm and reused.

use std::hint::black_box;

use encodify::{base64, qp};
use mime_codec::transfer::{base64 as our_base64, quoted_printable as our_qp};

use super::messages;
use crate::{Case, Contender};

const SIZES: [(&str, usize); 3] = [("1 KB", 1 << 10), ("64 KB", 1 << 16), ("10 MB", 10 << 20)];

pub(super) fn cases() -> Vec<Case> {
    let newsletter = messages::markup(58_000);
    let mut cases = Vec::new();
    for (name, size) in SIZES {
        let data = messages::octets(size / 78 * 57);
        let body: &'static [u8] = base64::MIME.encode(&data).into_bytes().leak();
        let encodify = |body: &[u8], out: &mut Vec<u8>| {
            let _ = base64::MIME.decode_append(body, out);
        };
        let mut quiet = decode(
            format!("base64 decode, {name}"),
            body,
            &data,
            our_base64::decode_quietly,
            encodify,
        );
        quiet.note = "both call the same kernel";
        cases.push(quiet);
        let mut report = decode(
            format!("base64 decode and report, {name}"),
            body,
            &data,
            |body, out| drop(our_base64::decode(body, out)),
            encodify,
        );
        report.note = "the peer reports nothing";
        cases.push(report);
    }
    for (name, size) in SIZES {
        let mut text = newsletter.clone();
        while text.len() < size {
            text.push_str(&newsletter);
        }
        let mut end = size * 4 / 5;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        // Neither white space nor half a line end behind the last line.
        text.truncate(text.trim_end().len());
        let body: &'static [u8] = qp::BODY.encode(&text).into_bytes().leak();
        cases.push(decode(
            format!("quoted-printable decode, {name}"),
            body,
            text.as_bytes(),
            |body, out| drop(our_qp::decode(body, out)),
            |body, out| {
                let _ = qp::BODY.decode_append(body, out);
            },
        ));
    }
    let octets: &'static [u8] = messages::octets(1 << 16).leak();
    cases.push(decode(
        "base64 encode, 64 KB".to_owned(),
        octets,
        base64::MIME.encode(octets).as_bytes(),
        |octets, out| {
            our_base64::encode(octets, out);
            // The peer ends the last line.
            out.extend_from_slice(b"\r\n");
        },
        |octets, out| {
            let _ = base64::MIME.encode_append(octets, out);
        },
    ));
    cases
}

fn decode(
    name: String,
    body: &'static [u8],
    expected: &[u8],
    ours: fn(&[u8], &mut Vec<u8>),
    encodify: fn(&[u8], &mut Vec<u8>),
) -> Case {
    let contender = |who, decode: fn(&[u8], &mut Vec<u8>)| {
        let mut out = Vec::new();
        decode(body, &mut out);
        assert!(out == expected, "{who}: {name}");
        let op = move |body: &'static [u8]| {
            out.clear();
            decode(body, &mut out);
            black_box(&out);
            out.len()
        };
        let expected = expected.len();
        Contender::new(who, body, op, move |&len| assert_eq!(len, expected))
    };
    let (ours, encodify) = (contender("ours", ours), contender("encodify", encodify));
    Case::new(name, body.len(), ours).peer(encodify)
}
