//! A mail message as a person wants to read it, and what is in it as a tree.

use std::fmt::Write as _;
use std::io::{self, Write};

use mime_codec::{
    Address, AddressList, Mailbox, Message, NameWarning, Part, PartKind, Unstructured, flowed, html,
};

/// Fields that hold addresses.
const ADDRESSES: [&str; 13] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Delivered-To",
    "Disposition-Notification-To",
    "Mail-Followup-To",
];

/// Writes the main fields, the text, and a list of the attachments.
///
/// # Errors
///
/// Those of `out`.
pub fn write_message(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    write_letter(message, out)?;
    let attachments = message.attachments();
    if !attachments.is_empty() {
        writeln!(out, "\nAttachments:")?;
        for part in attachments {
            writeln!(out, "  [{}] {}", part.index(), summary(part))?;
        }
    }
    Ok(())
}

/// Writes the main fields and the text.
///
/// # Errors
///
/// Those of `out`.
pub fn write_letter(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    for name in ["From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject"] {
        write_field(message.root(), name, out)?;
    }
    writeln!(out)?;
    for part in message.body().text {
        if part.media_type().is_kind("text") {
            out.write_all(text(part).as_bytes())?;
        } else {
            writeln!(out, "[{}]", summary(part))?;
        }
    }
    Ok(())
}

fn write_field(part: Part<'_>, name: &str, out: &mut impl Write) -> io::Result<()> {
    match part.headers().get_all(name).next() {
        Some(header) => {
            let value = value(name, header.value_raw());
            if value.is_empty() {
                Ok(())
            } else {
                writeln!(out, "{name}: {value}")
            }
        }
        None => Ok(()),
    }
}

/// Writes every field, decoded, one on a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_headers(part: Part<'_>, out: &mut impl Write) -> io::Result<()> {
    for header in part.headers() {
        writeln!(
            out,
            "{}: {}",
            header.name(),
            value(header.name(), header.value_raw())
        )?;
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
        writeln!(out, "{indent}[{}] {}", part.index(), summary(part))?;
    }
    for defect in message.defects() {
        writeln!(out, "defect: {defect}")?;
    }
    Ok(())
}

/// The type of a part, its name, how it is encoded and how large it is.
pub fn summary(part: Part<'_>) -> String {
    let content_type = part.content_type();
    let mut line = part.media_type().to_string();
    if let Some(charset) = content_type.parameter("charset") {
        let _ = write!(line, " {charset}");
    }
    if let Some(name) = part.file_name() {
        let _ = write!(line, " \"{name}\"");
    }
    if part.kind() != PartKind::Multipart {
        let encoding = part.transfer_encoding();
        let _ = write!(line, ", {encoding}, {} octets", part.content().len());
    }
    if let Some(id) = part.content_id() {
        let _ = write!(line, ", cid:{id}");
    }
    printable(&line.replace(['\r', '\n', '\t'], " "))
}

/// The value of a field, decoded, on one line.
pub fn value(name: &str, raw: &[u8]) -> String {
    let text = if ADDRESSES.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        addresses(&AddressList::parse(raw))
    } else {
        Unstructured::parse(raw).as_str().to_owned()
    };
    printable(&text.replace(['\r', '\n', '\t'], " "))
}

fn addresses(list: &AddressList<'_>) -> String {
    let entries: Vec<String> = list
        .addresses()
        .iter()
        .map(|address| match address {
            Address::Mailbox(one) => mailbox(one),
            Address::Group(group) => {
                let members: Vec<String> = group.mailboxes().iter().map(mailbox).collect();
                format!("{}: {};", group.name(), members.join(", "))
            }
            Address::Invalid(text) => format!("{text} (no address)"),
            _ => String::new(),
        })
        .collect();
    entries.join(", ")
}

/// A mailbox with its comment; a name that looks like something else is marked.
fn mailbox(mailbox: &Mailbox<'_>) -> String {
    let mut text = mailbox.to_string();
    if let Some(comment) = mailbox.comment() {
        let _ = write!(text, " ({comment})");
    }
    match mailbox.name_warning() {
        Some(NameWarning::LooksLikeAddress) => text.push_str(" (the name looks like an address)"),
        Some(_) => text.push_str(" (the name has control characters)"),
        None => {}
    }
    text
}

/// The text of a part: decoded, HTML as text, flowed paragraphs joined, ended by a line end.
pub fn text(part: Part<'_>) -> String {
    let content_type = part.content_type();
    let mut text = part.text().into_owned();
    let is = |name, value: &str| {
        content_type
            .parameter(name)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    if content_type.is("text", "html") {
        text = html::to_text(&text);
    } else if is("format", "flowed") {
        let paragraphs = flowed::paragraphs(text.as_bytes(), is("delsp", "yes"));
        text.clear();
        for paragraph in paragraphs {
            let _ = writeln!(text, "{paragraph}");
        }
    }
    let mut text = printable(&text.replace("\r\n", "\n"));
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The text without what would make a terminal do something.
pub fn printable(text: &str) -> String {
    let safe = |c: char| c == '\n' || c == '\t' || !c.is_control();
    text.chars()
        .map(|c| {
            if safe(c) {
                c
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal() {
        let message = Message::parse(
            "From: =?utf-8?q?a=1B[2J?= <a@x.example>\nSubject: =?utf-8?q?=07b?=\n\nc\x1b[31m\n"
                .as_bytes(),
        );
        let mut out = Vec::new();
        write_message(&message, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains(['\x1b', '\x07']), "{out:?}");
        assert!(out.contains("(the name has control characters)"));
    }

    #[test]
    fn a_message_with_an_attachment() {
        let built = mime_codec::Builder::new()
            .draft()
            .from(("Jørn", "j@x.example"))
            .subject("Grüße")
            .flowed("one long paragraph that is broken into lines by format=flowed and joined again here")
            .attach("a.png", &b"\x89PNG"[..])
            .build()
            .unwrap();
        let mut out = Vec::new();
        write_message(&Message::parse(&built), &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "From: Jørn <j@x.example>\nSubject: Grüße\n\none long paragraph that is broken into lines by format=flowed and joined again here\n\nAttachments:\n  [2] image/png \"a.png\", base64, 4 octets\n"
        );
    }
}
