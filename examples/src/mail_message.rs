//! A mail message as a person wants to read it, and what is in it as a tree.

use std::fmt::Write as _;
use std::io::{self, Write};

use mime_codec::{Message, Options, Part, PartKind};

use crate::mail_report;
use crate::mail_text::{file_name, glance, line, size, text, value};

/// Fields that a reader wants to see; the date stands behind them, in one form.
const SHOWN: [&str; 6] = ["From", "Sender", "Reply-To", "To", "Cc", "Bcc"];

/// Writes the main fields, the text, what reports say, and a list of the attachments.
///
/// # Errors
///
/// Those of `out`.
pub fn write_message(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    write_letter(message, out)?;
    mail_report::write(message, out)?;
    let (_, attachments) = choose(message);
    if !attachments.is_empty() {
        writeln!(out, "\nAttachments:")?;
    }
    let width = attachments.last().map_or(0, |part| label(*part).len());
    for part in attachments {
        let enclosed = enclosed(part).map(|about| format!(": {about}"));
        let about = enclosed.unwrap_or_default();
        writeln!(out, "  {:>width$} {}{about}", label(part), summary(part))?;
    }
    Ok(())
}

/// Writes the main fields and the text.
///
/// # Errors
///
/// Those of `out`.
pub fn write_letter(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    let root = message.root();
    let mut fields: Vec<(&str, String)> = SHOWN
        .iter()
        .filter_map(|name| Some((*name, value(name, root.header(name)?.value_raw()))))
        .collect();
    if let Some(header) = root.header("Date") {
        let date = message.date().map(|date| date.to_string());
        let date = date.unwrap_or_else(|| value("Date", header.value_raw()));
        fields.push(("Date", date));
    }
    if let Some(header) = root.header("Subject") {
        fields.push(("Subject", value("Subject", header.value_raw())));
    }
    fields.retain(|(_, value)| !value.trim().is_empty());
    for (name, value) in &fields {
        writeln!(out, "{name}: {}", glance(value))?;
    }
    let mut between = !fields.is_empty();
    let (shown, _) = choose(message);
    for part in shown {
        let text = if part.media_type().is_kind("text") {
            text(part)
        } else {
            format!("[{}]\n", summary(part))
        };
        if text.is_empty() {
            continue;
        }
        if std::mem::replace(&mut between, true) {
            writeln!(out)?;
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// The parts to be shown, and those to be listed: as RFC 8621 section 4.1.4 sorts them, but rather
/// something than nothing.
fn choose<'m>(message: &'m Message<'_>) -> (Vec<Part<'m>>, Vec<Part<'m>>) {
    let body = message.body();
    let is_text = |part: &&Part<'_>| {
        let kind = part.media_type();
        kind.is("text", "plain") || kind.is("text", "html")
    };
    let readable = |parts: &[Part<'_>]| {
        parts
            .iter()
            .filter(is_text)
            .any(|part| !text(*part).is_empty())
    };
    let shown = if readable(&body.text) {
        body.text
    } else if readable(&body.html) {
        body.html
    } else {
        let hidden = body.attachments.iter().filter(is_text).find(|part| {
            let named = part.disposition().is_some_and(|it| it.is_attachment());
            (part.index() == 0 || !named) && !text(**part).is_empty()
        });
        match hidden {
            Some(part) => {
                let shown = vec![*part];
                let mut others = [body.text, body.attachments].concat();
                others.retain(|other| !shown.contains(other));
                others.sort_by_key(Part::index);
                return (shown, others);
            }
            None => body.text,
        }
    };
    (shown, body.attachments)
}

/// What an attached message is about.
fn enclosed(part: Part<'_>) -> Option<String> {
    let message = part.enclosed_message(&Options::default())?;
    let subject = message.header("Subject")?;
    Some(value("Subject", subject.value_raw()))
}

fn label(part: Part<'_>) -> String {
    format!("[{}]", part.index())
}

/// Writes every field, decoded, one on a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_headers(part: Part<'_>, out: &mut impl Write) -> io::Result<()> {
    for header in part.headers() {
        let value = value(header.name(), header.value_raw());
        writeln!(out, "{}: {value}", header.name())?;
    }
    Ok(())
}

/// Writes the tree of parts, and what is wrong with the message.
///
/// # Errors
///
/// Those of `out`.
pub fn write_structure(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    for part in message.parts() {
        let indent = "  ".repeat(part.depth());
        writeln!(out, "{indent}{} {}", label(part), summary(part))?;
    }
    for defect in message.defects() {
        writeln!(out, "defect: {defect}")?;
    }
    Ok(())
}

/// The type of a part, its name, how it is encoded and how large it is.
fn summary(part: Part<'_>) -> String {
    let content_type = part.content_type();
    let mut text = part.media_type().to_string();
    if let Some(charset) = content_type.parameter("charset") {
        let _ = write!(text, " {charset}");
    }
    if let Some(name) = file_name(part) {
        let _ = write!(text, " \"{name}\"");
    }
    if part.kind() != PartKind::Multipart {
        let encoding = part.transfer_encoding();
        let _ = write!(text, ", {encoding}, {}", size(part.content().len()));
    }
    if let Some(id) = part.content_id() {
        let _ = write!(text, ", cid:{id}");
    }
    line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: impl AsRef<[u8]>) -> String {
        let mut out = Vec::new();
        write_message(&Message::parse(message.as_ref()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_field_without_end() {
        let raw = format!("From: {}\n\ntext\n", "a,".repeat(5000));
        let mut out = Vec::new();
        write_message(&Message::parse(raw.as_bytes()), &mut out).unwrap();
        assert!(out.len() < 2100 && out.ends_with(b" [...]\n\ntext\n"));
    }

    #[test]
    fn nothing_reaches_the_terminal() {
        let out = shown(
            "From: =?utf-8?q?a=1B[2J?= <a@x.example>\nSubject: =?utf-8?q?=07b?=\n\nc\x1b[31m\n",
        );
        assert!(!out.contains(['\x1b', '\x07']), "{out:?}");
        assert!(out.contains("(the name has control characters)"));
        let mut out = Vec::new();
        let message = Message::parse(
            "Content-Type: a/b; name=\"\u{202e}gpj.exe\"; charset=\"\x1bc\"\nX: \u{9b}2J\n\n",
        );
        write_structure(&message, &mut out).unwrap();
        write_headers(message.root(), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains(['\x1b', '\u{202e}', '\u{9b}']), "{out:?}");
    }

    #[test]
    fn a_message_with_an_attachment() {
        let built = mime_codec::Builder::new()
            .draft()
            .from(("Jørn", "j@x.example"))
            .subject("Grüße")
            .flowed("one long paragraph that is broken into lines by format=flowed and joined again here")
            .attach("a.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..])
            .build()
            .unwrap();
        assert_eq!(
            shown(built),
            "From: Jørn <j@x.example>\nSubject: Grüße\n\none long paragraph that is broken into lines by format=flowed and joined again here\n\nAttachments:\n  [2] image/png \"a.png\", base64, 16 octets\n"
        );
    }

    #[test]
    fn rather_something_than_nothing() {
        let alternative = |plain: &str| {
            format!(
                "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{plain}\n--b\nContent-Type: text/html\n\n<p>rich\n--b--\n"
            )
        };
        assert_eq!(shown(alternative("plain")), "plain\n");
        assert_eq!(shown(alternative(" \n")), "rich\n");
        // The root is not the first part.
        assert_eq!(
            shown(
                "Content-Type: multipart/related; boundary=b; start=\"<r@x>\"\n\n--b\nContent-Type: image/png\n\nP\n--b\nContent-ID: <r@x>\nContent-Type: text/html\n\n<p>rich\n--b--\n"
            ),
            "rich\n\nAttachments:\n  [1] image/png, 7bit, 1 octet\n"
        );
        assert_eq!(shown("Content-Disposition: x\n\nroot\n"), "root\n");
        assert_eq!(
            shown("Date: 9 Jan 26 1:02:03 EST\nSubject:\n\n"),
            "Date: Fri, 9 Jan 2026 01:02:03 -0500\n"
        );
    }

    #[test]
    fn attached_messages_say_what_they_are_about() {
        let message = |encoding: &str, body: &str| {
            format!(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: {encoding}\n\n{body}\n--b--\n"
            )
        };
        let plain = shown(message("7bit", "Subject: =?utf-8?q?f=C3=BCr?=\n\n"));
        assert!(
            plain.ends_with("[2] message/rfc822, 7bit, 31 octets: für\n"),
            "{plain}"
        );
        let encoded = shown(message("base64", "U3ViamVjdDogeAoKCg=="));
        assert!(
            encoded.ends_with("[2] message/rfc822, base64, 13 octets: x\n"),
            "{encoded}"
        );
    }
}
