//! Values and texts of a mail message for a person: decoded, and harmless to a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use mime_codec::charset::{Charset, decode, decode_unlabelled};
use mime_codec::{
    Address, AddressList, ContentDisposition, ContentType, Mailbox, NameWarning, Options, Part,
    Unstructured, flowed, html,
};

use crate::mail_inline;

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

/// How values are read: old programs wrote 8-bit text without saying which.
pub fn options() -> Options {
    let mut options = Options::default();
    options.fallback_charset = Some("windows-1252");
    options
}

/// The addresses of a field.
pub fn addresses(raw: &[u8]) -> AddressList<'_> {
    AddressList::parse_with(raw, &options(), &mut Vec::new())
}

/// The value of a field, decoded.
pub fn decoded<'a>(name: &str, raw: &'a [u8]) -> Cow<'a, str> {
    if ADDRESSES.iter().any(|own| name.eq_ignore_ascii_case(own)) {
        address_text(&addresses(raw)).into()
    } else {
        Unstructured::parse_with(raw, &options(), &mut Vec::new()).into_text()
    }
}

/// The value of a field, decoded, on one line.
pub fn value(name: &str, raw: &[u8]) -> String {
    line(&decoded(name, raw))
}

fn address_text(list: &AddressList<'_>) -> String {
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
    let own = mailbox
        .name()
        .is_some_and(|name| name.eq_ignore_ascii_case(&mailbox.addr().to_string()));
    match mailbox.name_warning() {
        Some(NameWarning::LooksLikeAddress) if own => {}
        Some(NameWarning::LooksLikeAddress) => text.push_str(" (the name looks like an address)"),
        Some(_) => text.push_str(" (the name has control characters)"),
        None => {}
    }
    text
}

/// The name of the file that a part is.
pub fn file_name(part: Part<'_>) -> Option<String> {
    let name = part.file_name()?;
    if !name.contains(char::REPLACEMENT_CHARACTER) {
        return Some(name);
    }
    let (options, defects) = (options(), &mut Vec::new());
    let disposition = part.header("Content-Disposition");
    let disposition = disposition
        .as_ref()
        .and_then(|header| ContentDisposition::parse_with(header.value_raw(), &options, defects));
    if let Some(name) = disposition.as_ref().and_then(ContentDisposition::file_name) {
        return Some(name.to_owned());
    }
    let header = part.header("Content-Type")?;
    let content_type = ContentType::parse_with(header.value_raw(), &options, defects);
    content_type.parameter("name").map(str::to_owned)
}

/// The text of a part: decoded, HTML as text, flowed paragraphs joined, files within it as one line
/// each, without empty lines around it, ended by a line end. Empty if there is nothing to read.
pub fn text(part: Part<'_>) -> String {
    let content_type = part.content_type();
    let is = |name, value: &str| {
        content_type
            .parameter(name)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    let text = if content_type.is("text", "html") {
        html::to_text(&part.text())
    } else if is("format", "flowed") {
        let paragraphs = flowed::paragraphs(part.text().as_bytes(), is("delsp", "yes"));
        paragraphs
            .iter()
            .fold(String::new(), |mut text, paragraph| {
                let _ = writeln!(text, "{paragraph}");
                text
            })
    } else if let Some(octets) = mail_inline::without_files(&part.content()) {
        // As `Part::text` does: what is labelled US-ASCII and is more than that was labelled by mistake.
        let label = content_type.parameter("charset");
        let decoded = label
            .filter(|label| !label.trim().eq_ignore_ascii_case("us-ascii"))
            .and_then(|label| decode(label.as_bytes(), &octets))
            .unwrap_or_else(|| decode_unlabelled(&octets, Charset::WINDOWS_1252));
        decoded.text.into_owned()
    } else {
        part.text().into_owned()
    };
    let text = printable(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let filled = |line: &&str| !line.is_empty();
    let Some(first) = lines.iter().position(filled) else {
        return String::new();
    };
    let last = lines.iter().rposition(filled).unwrap_or(first);
    let mut text = lines[first..=last].join("\n");
    text.push('\n');
    text
}

/// The text on one line, without what would make a terminal do something.
pub fn line(text: &str) -> String {
    printable(&text.replace('\r', " ")).replace(['\n', '\t'], " ")
}

/// A line of what a person wants to read of it: the rest of a very long one is left out.
pub fn glance(line: &str) -> Cow<'_, str> {
    const MOST: usize = 2000;
    match line.char_indices().nth(MOST) {
        None => line.into(),
        Some((end, _)) => format!("{} [...]", line.get(..end).unwrap_or_default()).into(),
    }
}

/// The text without what would make a terminal do something, or show it in another order.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => '\n',
            '\n' | '\t' => c,
            c if c.is_control() || is_bidi_control(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// Whether a character changes the direction of the text behind it.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of octets as a person reads it.
pub fn size(octets: usize) -> String {
    let tenths = |unit: usize| (octets.saturating_mul(10) + unit / 2) / unit;
    let (tenths, unit) = match octets {
        1 => return "1 octet".to_owned(),
        0..1_024 => return format!("{octets} octets"),
        1_024..1_048_525 => (tenths(1 << 10), "KiB"),
        _ => (tenths(1 << 20), "MiB"),
    };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mime_codec::Message;

    #[test]
    fn values_on_one_line() {
        assert_eq!(
            value("Subject", b" =?utf-8?q?a=0Ab=1B?=\r\n c"),
            "a b\u{fffd} c"
        );
        assert_eq!(value("subject", b"caf\xe9"), "caf\u{e9}");
        assert_eq!(
            value("To", b"J\xfcrgen <j@x.example>"),
            "J\u{fc}rgen <j@x.example>"
        );
        assert_eq!(
            value("X", "a\u{202e}b\u{2028}c\u{9b}".as_bytes()),
            "a\u{fffd}b c\u{fffd}"
        );
        assert_eq!(
            value(
                "To",
                b"\"a@b.example\" <a@b.example>, \"c@d.example\" <e@f.example>"
            ),
            "\"a@b.example\" <a@b.example>, \"c@d.example\" <e@f.example> (the name looks like an address)"
        );
    }

    #[test]
    fn file_names() {
        for field in [
            "Content-Type: a/b; name",
            "Content-Disposition: inline; filename",
        ] {
            let message = [field.as_bytes(), b"=\"caf\xe9\"\n\n"].concat();
            let name = file_name(Message::parse(&message).root());
            assert_eq!(name.as_deref(), Some("caf\u{e9}"));
        }
    }

    #[test]
    fn texts() {
        let read = |message: &str| text(Message::parse(message).root());
        assert_eq!(read("\n\n \na \r\nb\rc\n\n\n"), "a\nb\nc\n");
        assert_eq!(read("\n \n\t\n"), "");
        assert_eq!(
            read("Content-Type: text/plain; format=flowed\n\none \ntwo\n"),
            "one two\n"
        );
        assert_eq!(
            read(
                "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nsee\nbegin 644 a.txt\n#86)C\n`\nend\n"
            ),
            "see\n[uuencode \"a.txt\", 3 octets]\n"
        );
        // The charset is the same with a file in the text and without one.
        let file = "begin 644 a.txt\n#86)C\n`\nend\n";
        for (charset, text) in [
            ("", "caf\u{e9}"),
            ("; charset=us-ascii", "caf\u{e9}"),
            ("; charset=\" US-ASCII\"", "caf\u{e9}"),
            ("; charset=x-unknown", "caf\u{e9}"),
            ("; charset=utf-8", "caf\u{e9}"),
            ("; charset=iso-8859-1", "caf\u{c3}\u{a9}"),
        ] {
            let message = format!("Content-Type: text/plain{charset}\n\ncaf\u{e9}\n");
            assert_eq!(read(&message), format!("{text}\n"));
            assert_eq!(
                read(&format!("{message}{file}")),
                format!("{text}\n[uuencode \"a.txt\", 3 octets]\n")
            );
        }
    }

    #[test]
    fn sizes() {
        for (octets, text) in [
            (0, "0 octets"),
            (1, "1 octet"),
            (1023, "1023 octets"),
            (1024, "1.0 KiB"),
            (1_048_524, "1023.9 KiB"),
            (1_048_525, "1.0 MiB"),
            (5 << 20, "5.0 MiB"),
        ] {
            assert_eq!(size(octets), text);
        }
    }
}
