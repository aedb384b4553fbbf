//! The body layer against test data of other projects, from the folder that `CORPUS_DIR` names.
//!
//! Unset: skipped. Where we disagree on purpose, corpus-notes.md says why.

mod corpora;

use std::borrow::Cow;
use std::fs;

use corpora::table::{check, same};
use corpora::{dos, files_of, folder, json, mbox, messages, read};
use mime_codec::charset::{Charset, CharsetDecoder, decode as decode_charset, decode_unlabelled};
use mime_codec::flowed::paragraphs;
use mime_codec::html::{declared_charset, to_text};
use mime_codec::mbox::Format;
use mime_codec::report::{DeliveryStatus, DispositionNotification, Feedback};
use mime_codec::transfer::{Decoder, ProblemKind, TransferEncoding, decode, uuencode, yenc};
use mime_codec::{Message, Part};
use serde_json::Value;

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
    assert_eq!(seen, 6);
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
fn html_charsets() {
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
}

#[test]
fn html_to_text() {
    check(
        ("mail-parser/decoders/html_to_text.json", 24),
        "input",
        &[3, 7, 10, 11, 16],
        |input, expected| {
            let found = to_text(std::str::from_utf8(input).unwrap());
            same(&*found, expected.as_str().unwrap().trim_end())
        },
    );
}

#[test]
fn html_entities() {
    check(
        ("mail-parser/decoders/html_entities.json", 9),
        "input",
        // CounterClockwiseContourIntegral and curvearrowright.
        &[4, 5],
        |input, expected| {
            let input = std::str::from_utf8(input).unwrap();
            let found = to_text(&format!("[{input}]")).replace('\u{A0}', " ");
            let expected = expected.as_str().unwrap().replace('\u{A0}', " ");
            same(found, format!("[{expected}]"))
        },
    );
}

#[test]
fn feedback_reports() {
    let Some(dir) = folder() else { return };
    for path in files_of(&dir.join("arf-dmarc/arf"), "eml") {
        let message = read(&path);
        let message = Message::parse(&message);
        let expected = json(&path.with_extension("json"));
        let is_report = |part: &Part<'_>| part.media_type().is("message", "feedback-report");
        let content = message.parts().find(is_report).unwrap().content();
        let report = Feedback::parse(&content);
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

/// Every report in a message has what it must have, and as many recipients as it names.
#[test]
fn status_reports() {
    let Some(dir) = folder() else { return };
    let mut counts = [0; 4];
    for (name, bytes) in messages(&dir) {
        let message = Message::parse(&bytes);
        for part in message.parts() {
            let kind = part.media_type();
            let content = part.content();
            if kind.is("message", "delivery-status") {
                let report = DeliveryStatus::parse(&content);
                let text = String::from_utf8_lossy(&content).to_lowercase();
                let named = text
                    .lines()
                    .filter(|line| line.starts_with("final-recipient:"))
                    .count();
                let found = &report.recipients;
                let with_name = found.iter().filter(|one| one.final_recipient.is_some());
                assert_eq!(with_name.count(), named, "{name}");
                for recipient in found {
                    let complete = recipient.action.is_some() && recipient.status.is_some();
                    if !complete {
                        println!("{name}: {recipient:?}");
                    }
                    counts[1] += usize::from(complete);
                }
                counts[0] += 1;
            } else if kind.is("message", "disposition-notification") {
                let report = DispositionNotification::parse(&content);
                assert!(report.final_recipient.is_some(), "{name}");
                assert!(report.disposition.is_some(), "{name}");
                counts[2] += 1;
            } else if kind.is("message", "feedback-report") {
                assert!(Feedback::parse(&content).feedback_type.is_some(), "{name}");
                counts[3] += 1;
            }
        }
    }
    // Delivery reports, recipients with action and status, receipts, complaints.
    assert_eq!(counts, [15, 41, 2, 6]);
}

/// Files of which nothing is expected but that they are read.
#[test]
fn other_texts() {
    let Some(dir) = folder() else { return };
    let french = read(&dir.join("gmime/filters/french-fable.cp1252.txt"));
    let decoded = decode_charset(b"cp1252", &french).unwrap();
    assert!(!decoded.replaced && decoded.text.starts_with("Ma\u{ee}tre Corbeau"));
    for path in files_of(&dir.join("mimekit/text"), "html") {
        let html = read(&path);
        let html = decode_unlabelled(&html, Charset::WINDOWS_1252).text;
        let text = to_text(&html);
        assert!(
            text.len() > 500 && text.len() < html.len(),
            "{}",
            path.display()
        );
        for tag in ["<td", "<table", "<div", "<style", "{font", "&nbsp;"] {
            assert!(!text.contains(tag), "{} {tag}", path.display());
        }
    }
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
