//! The body layer against test data of other projects, from the folder that `CORPUS_DIR` names.
//!
//! Unset: skipped. Where we disagree on purpose, corpus-notes.md says why.

mod common;

use std::borrow::Cow;
use std::fs;

use base64::Engine as _;
use common::corpus::{dos, files_of, folder, json, mbox, read};
use mime_codec::charset::{Charset, CharsetDecoder, decode as decode_charset};
use mime_codec::dkim::{Body, Canonicalization, body as dkim_body, header_field};
use mime_codec::flowed::paragraphs;
use mime_codec::html::{declared_charset, to_text};
use mime_codec::mbox::Format;
use mime_codec::report::{DeliveryStatus, DispositionNotification, Feedback};
use mime_codec::transfer::{Decoder, ProblemKind, TransferEncoding, decode, uuencode, yenc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn decoded(encoding: &TransferEncoding<'_>, input: &[u8]) -> Vec<u8> {
    let whole = decode(encoding, input);
    for size in [1, 77, 4096] {
        let mut decoder = Decoder::new(encoding);
        let mut out = Vec::new();
        input
            .chunks(size)
            .for_each(|chunk| decoder.decode(chunk, &mut out));
        decoder.finish(&mut out);
        assert!(out == *whole.0, "chunks of {size}");
        assert_eq!(decoder.problems(), &whole.1);
    }
    whole.0.into_owned()
}

#[test]
fn encoders() {
    let Some(dir) = folder() else { return };
    for folder in ["mimekit/encoders", "gmime/encodings"] {
        let folder = dir.join(folder);
        let photo = read(&folder.join("photo.jpg"));
        let b64 = read(&folder.join("photo.b64"));
        assert!(decoded(&TransferEncoding::Base64, &b64) == photo);
        assert!(decoded(&TransferEncoding::Base64, &dos(&b64)) == photo);
        assert!(decode(&TransferEncoding::Base64, &b64).1.is_empty());
        let uu = read(&folder.join("photo.uu"));
        assert!(decoded(&TransferEncoding::Uuencode, &uu) == photo);
        assert!(decoded(&TransferEncoding::Uuencode, &dos(&uu)) == photo);
        let mut out = Vec::new();
        uuencode::encode(&photo, b"photo.jpg", 0o644, &mut out);
        assert!(out.ends_with(b"`\r\nend\r\n"));
        // The files' own encoder differs in the header line at most.
        let body = |text: &[u8]| {
            text.splitn(2, |octet| *octet == b'\n')
                .nth(1)
                .unwrap()
                .to_vec()
        };
        assert!(body(&out) == body(&dos(&uu)), "{}", folder.display());
        let wikipedia = read(&folder.join("wikipedia.txt"));
        assert_eq!(
            String::from_utf8_lossy(&decoded(
                &TransferEncoding::QuotedPrintable,
                &read(&folder.join("wikipedia.qp"))
            )),
            String::from_utf8_lossy(&wikipedia)
        );
    }
    let folder = dir.join("mimekit/encoders");
    let states = read(&folder.join("photo.uu-states"));
    assert!(decoded(&TransferEncoding::Uuencode, &states) == read(&folder.join("photo.jpg")));
}

#[test]
fn yenc_articles() {
    let Some(dir) = folder() else { return };
    let dir = dir.join("mimekit/yenc");
    let mut joystick = Vec::new();
    for name in ["00000020.ntx", "00000021.ntx"] {
        let mut decoder = yenc::Decoder::new();
        let start = joystick.len() as u64;
        decoder.decode(&read(&dir.join(name)), &mut joystick);
        decoder.finish(&mut joystick);
        assert!(
            decoder.problems().is_empty(),
            "{name}: {:?}",
            decoder.problems()
        );
        assert_eq!(decoder.header().name, b"joystick.jpg");
        assert_eq!(decoder.header().size, Some(19_338));
        assert_eq!(decoder.header().begin, Some(start + 1));
        assert_eq!(decoder.header().end, Some(joystick.len() as u64));
    }
    assert!(joystick == read(&dir.join("joystick.jpg")));
    let simple = decoded(&TransferEncoding::Yenc, &read(&dir.join("simple.msg")));
    assert_eq!(simple.len(), 584);
    assert!(
        decoded(
            &TransferEncoding::Yenc,
            &read(&dir.join("state-changes.ntx"))
        ) == simple
    );
}

#[test]
fn charset_pairs() {
    let Some(dir) = folder() else { return };
    let dir = dir.join("gmime/filters");
    let mut seen = 0;
    for path in files_of(&dir, "txt") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let parts: Vec<&str> = name.split('.').collect();
        let [text, label, "txt"] = parts[..] else {
            continue;
        };
        let expected = dir.join(format!("{text}.utf-8.txt"));
        if label == "utf-8" || !expected.exists() {
            continue;
        }
        let raw = read(&path);
        let mut expected = String::from_utf8(read(&expected)).unwrap();
        let text = decode_charset(label.as_bytes(), &raw).unwrap();
        if label == "big5" {
            // Made with the characters left out that Big5 lacks.
            let mut kept = text.text.chars().peekable();
            expected.retain(|character| kept.next_if_eq(&character).is_some());
            assert!(kept.next().is_none(), "{name}");
        }
        assert_eq!(text.text, expected, "{name}");
        assert!(!text.replaced);
        let mut decoder = CharsetDecoder::new(Charset::for_label(label.as_bytes()).unwrap());
        let mut out = String::new();
        raw.chunks(3)
            .for_each(|chunk| decoder.decode(chunk, &mut out));
        decoder.finish(&mut out);
        assert_eq!(out, expected, "{name}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen}");
}

#[test]
fn flowed_table() {
    let Some(dir) = folder() else { return };
    for case in json(&dir.join("rfc-tables/flowed.json"))
        .as_array()
        .unwrap()
    {
        let input = case["in"].as_str().unwrap();
        let found: Vec<Value> = paragraphs(input.as_bytes(), case["delsp"].as_bool().unwrap())
            .into_iter()
            .map(|paragraph| {
                serde_json::json!([paragraph.depth, String::from_utf8(paragraph.text).unwrap()])
            })
            .collect();
        assert_eq!(Value::Array(found), case["paragraphs"], "{input:?}");
    }
}

#[test]
fn dkim_table() {
    let Some(dir) = folder() else { return };
    let case = json(&dir.join("rfc-tables/dkim-canon.json"));
    let text = |key: &str| case[key].as_str().unwrap().to_owned();
    let input = text("input");
    let (header, body) = input.split_once("\r\n\r\n").unwrap();
    let fields = ["A: X\r\n", "B : Y\t\r\n\tZ  \r\n"];
    assert_eq!(fields.concat(), format!("{header}\r\n"));
    for (algorithm, name) in [
        (Canonicalization::Simple, "simple"),
        (Canonicalization::Relaxed, "relaxed"),
    ] {
        let mut out = Vec::new();
        for field in fields {
            header_field(algorithm, field.as_bytes(), &mut out);
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            text(&format!("header_{name}"))
        );
        let canonical =
            |body: &str| String::from_utf8(dkim_body(algorithm, body.as_bytes())).unwrap();
        assert_eq!(canonical(body), text(&format!("body_{name}")));
        assert_eq!(canonical(""), text(&format!("empty_body_{name}")));
    }
    assert_eq!(
        dkim_body(Canonicalization::Simple, b"\r\n\r\n"),
        text("body_only_crlfs_simple").as_bytes()
    );
}

#[test]
fn dkim_body_hashes() {
    let Some(dir) = folder() else { return };
    for path in files_of(&dir.join("mimekit/dkim"), "msg") {
        let message = read(&path);
        let text = String::from_utf8_lossy(&message);
        let (header, body) = text.split_once("\n\n").unwrap();
        let signature = header.find("DKIM-Signature:").unwrap();
        let signature = &header[signature..];
        let hash = &signature[signature.find("bh=").unwrap() + 3..];
        let hash = &hash[..hash.find(';').unwrap()];
        assert!(signature.contains("c=relaxed/relaxed"));
        for chunk in [1, 100, message.len()] {
            let mut digest = Sha256::new();
            let mut canonical = Body::new(Canonicalization::Relaxed, None);
            for chunk in body.as_bytes().chunks(chunk) {
                canonical.update(chunk, |piece| digest.update(piece));
            }
            canonical.finish(|piece| digest.update(piece));
            let found = base64::engine::general_purpose::STANDARD.encode(digest.finalize());
            assert_eq!(found, hash, "{}", path.display());
        }
    }
}

#[test]
fn mbox_files() {
    let Some(dir) = folder() else { return };
    let folder = dir.join("mimekit/mbox");
    for (name, format) in [
        ("content-length", Format::Mboxcl2),
        ("issue1189", Format::Mboxrd),
    ] {
        let file = read(&folder.join(format!("{name}.mbox.txt")));
        let unix: Vec<u8> = file
            .iter()
            .copied()
            .filter(|octet| *octet != b'\r')
            .collect();
        for (file, style) in [(unix.clone(), "unix"), (dos(&unix), "dos")] {
            let expected: Vec<u64> = json(&folder.join(format!("{name}.{style}-offsets.json")))
                .as_array()
                .unwrap()
                .iter()
                .map(|message| message["mboxMarkerOffset"].as_u64().unwrap())
                .collect();
            for size in [100, 1_000_000] {
                let found: Vec<u64> = mbox(format, &file, size)
                    .into_iter()
                    .map(|(marker, ..)| marker as u64)
                    .collect();
                assert_eq!(found, expected, "{name} {style}");
            }
        }
    }
    let simple = mbox(Format::Mboxrd, &read(&folder.join("simple.mbox.txt")), 64);
    assert_eq!(
        simple.iter().map(|message| message.0).collect::<Vec<_>>(),
        [0, 526, 1029]
    );
    // A byte order mark stands before the first separator of this file.
    let unmunged = read(&folder.join("unmunged.mbox.txt"));
    let unmunged = mbox(
        Format::Mboxrd,
        unmunged.strip_prefix(b"\xEF\xBB\xBF").unwrap(),
        64,
    );
    assert_eq!(unmunged.len(), 2);
    assert!(
        unmunged[0]
            .2
            .windows(22)
            .any(|window| window == b"\nFrom Russia with love")
    );
    let sample = mbox(
        Format::Mboxrd,
        &read(&dir.join("mail-parser/mbox/sample.mbox")),
        5,
    );
    let texts: Vec<Cow<'_, str>> = sample
        .iter()
        .map(|message| String::from_utf8_lossy(&message.2))
        .collect();
    assert_eq!(
        texts,
        [
            "Message 1\n",
            "Message 2\n",
            "Message 3\nFrom hello\n>From world\n>>From test\n",
            "Message 4\n> From\n>F\n",
        ]
    );
}

#[test]
fn html_tables() {
    let Some(dir) = folder() else { return };
    let dir = dir.join("mail-parser/decoders");
    for case in json(&dir.join("charset_meta.json")).as_array().unwrap() {
        let input = case["input"].as_str().unwrap();
        let found = declared_charset(input.as_bytes()).map(String::from_utf8_lossy);
        let expected = if input.contains("<head>") {
            Some(if input.contains("indows") {
                "Windows-1252"
            } else {
                "utf-8"
            })
        } else {
            None
        };
        // A meta element in the body counts for us: mail puts it there too.
        if !input.starts_with("<body>") {
            assert_eq!(found.as_deref(), expected, "{input}");
        }
    }
    let mut agree = 0;
    let cases = json(&dir.join("html_to_text.json"));
    let cases = cases.as_array().unwrap();
    for case in cases {
        let input = case["input"].as_str().unwrap();
        let expected = case["expected"].as_str().unwrap().trim_end();
        let found = to_text(input);
        if found == expected {
            agree += 1;
        } else {
            // The kinds of disagreement that corpus-notes.md lists.
            let blocks = found.replace(['\n', ' '], "") == expected.replace(['\n', ' '], "");
            let spaced_tags = input.contains("< ") || input.contains("<>");
            let spaced_name = input.contains("not head");
            assert!(
                blocks || spaced_tags || spaced_name,
                "{input}\n{found}\n{expected}"
            );
        }
    }
    assert!(agree >= 17, "{agree} of {}", cases.len());
    for case in json(&dir.join("html_entities.json")).as_array().unwrap() {
        let input = case["input"].as_str().unwrap();
        // Names of mathematics are not in our table.
        if !["&CounterClockwiseContourIntegral;", "&curvearrowright;"].contains(&input) {
            let found = to_text(&format!("[{input}]")).replace('\u{A0}', " ");
            let expected = format!(
                "[{}]",
                case["expected"].as_str().unwrap().replace('\u{A0}', " ")
            );
            assert_eq!(found, expected, "{input}");
        }
    }
}

/// The content of the part with this type, found without a message parser: for clean test files.
fn part<'m>(message: &'m str, content_type: &str) -> Option<&'m str> {
    let at = message
        .to_ascii_lowercase()
        .find(&format!("content-type: {content_type}"))?;
    let rest = &message[at..];
    let body = &rest[rest.find("\n\n")? + 2..];
    Some(&body[..body.find("\n--").unwrap_or(body.len())])
}

#[test]
fn feedback_reports() {
    let Some(dir) = folder() else { return };
    for path in files_of(&dir.join("arf-dmarc/arf"), "eml") {
        let message = String::from_utf8_lossy(&read(&path)).replace("\r\n", "\n");
        let expected = json(&path.with_extension("json"));
        let report = part(&message, "message/feedback-report").unwrap();
        let report = Feedback::parse(report.as_bytes());
        let name = path.display();
        let text = |value: &Option<Cow<'_, str>>| value.as_deref().map_or(Value::Null, Value::from);
        let kind = report
            .feedback_type
            .as_ref()
            .unwrap()
            .as_str()
            .replace('-', "");
        assert!(
            expected["feedback_type"]
                .as_str()
                .unwrap()
                .eq_ignore_ascii_case(&kind),
            "{name}"
        );
        assert_eq!(Value::from(report.version), expected["version"], "{name}");
        assert_eq!(text(&report.user_agent), expected["user_agent"], "{name}");
        assert_eq!(
            text(&report.original_envelope_id),
            expected["original_envelope_id"],
            "{name}"
        );
        assert_eq!(
            text(&report.original_mail_from),
            expected["original_mail_from"],
            "{name}"
        );
        assert_eq!(
            report
                .source_ip
                .map_or(Value::Null, |ip| Value::from(ip.to_string())),
            expected["source_ip"],
            "{name}"
        );
        assert_eq!(
            Value::from(report.source_port.unwrap_or(0)),
            expected["source_port"],
            "{name}"
        );
        assert_eq!(
            Value::from(report.incidents.unwrap_or(1)),
            expected["incidents"],
            "{name}"
        );
        let list = |values: &[Cow<'_, str>]| {
            Value::from(values.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
        };
        assert_eq!(
            list(&report.reported_domain),
            expected["reported_domain"],
            "{name}"
        );
        assert_eq!(
            list(&report.reported_uri),
            expected["reported_uri"],
            "{name}"
        );
        assert_eq!(text(&report.dkim_domain), expected["dkim_domain"], "{name}");
        assert_eq!(
            text(&report.dkim_identity),
            expected["dkim_identity"],
            "{name}"
        );
        assert_eq!(
            text(&report.dkim_selector),
            expected["dkim_selector"],
            "{name}"
        );
    }
}

#[test]
fn status_reports() {
    let Some(dir) = folder() else { return };
    for (name, recipients) in [
        ("multi_address_bounce1.eml", 5),
        ("multi_address_bounce2.eml", 5),
        ("multipart_report_multiple_status.eml", 1),
        ("report_422.eml", 1),
        ("report_530.eml", 1),
    ] {
        let message = read(&dir.join("ruby-mail/multipart_report_emails").join(name));
        let message = String::from_utf8_lossy(&message).replace("\r\n", "\n");
        // One message has a part of free text under this type first, with a semicolon after it.
        let report = part(&message, "message/delivery-status\n").unwrap();
        let report = DeliveryStatus::parse(report.as_bytes());
        assert_eq!(report.recipients.len(), recipients, "{name}");
        for recipient in &report.recipients {
            assert!(recipient.final_recipient.is_some(), "{name}");
            assert!(recipient.action.is_some(), "{name}");
            assert!(recipient.status.is_some(), "{name}");
        }
    }
    let mut read_receipts = 0;
    for folder in ["cpython-email", "ruby-mail/multipart_report_emails"] {
        for extension in ["txt", "eml"] {
            let Ok(entries) = fs::read_dir(dir.join(folder)) else {
                continue;
            };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.extension().is_none_or(|found| found != extension) {
                    continue;
                }
                let message = String::from_utf8_lossy(&read(&path)).replace("\r\n", "\n");
                if let Some(report) = part(&message, "message/disposition-notification") {
                    let report = DispositionNotification::parse(report.as_bytes());
                    assert!(
                        report.final_recipient.is_some() && report.disposition.is_some(),
                        "{}",
                        path.display()
                    );
                    read_receipts += 1;
                }
            }
        }
    }
    println!("{read_receipts} disposition notifications");
}

#[test]
fn every_body_survives_every_decoder() {
    let Some(dir) = folder() else { return };
    for folder in [
        "mail-parser/eml/malformed",
        "mimekit/messages",
        "ruby-mail/error_emails",
    ] {
        let Ok(entries) = fs::read_dir(dir.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if !path.is_file() || fs::metadata(&path).unwrap().len() > 100_000 {
                continue;
            }
            let message = read(&path);
            for encoding in [
                TransferEncoding::Base64,
                TransferEncoding::QuotedPrintable,
                TransferEncoding::Uuencode,
                TransferEncoding::Yenc,
            ] {
                let out = decoded(&encoding, &message);
                assert!(out.len() <= message.len(), "{}", path.display());
            }
            let text = String::from_utf8_lossy(&message);
            to_text(&text);
        }
    }
    assert_eq!(
        ProblemKind::StrayPadding.to_string(),
        "stray padding ignored"
    );
}
