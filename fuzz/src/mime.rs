//! What the targets of mime-codec share: drawn limits, a look at everything that a message
//! offers, and fields written and read again.

use mime_codec::{
    Armor, EncodeError, FieldWriter, Fragment, Limits, Message, Options, Part, Protection,
    base_subject, html, imap, reply_references, report, thread_references,
};

use crate::input::Decisions;

/// What the push parser and the tree find, as the crate's own tests compare it.
#[path = "../../mime-codec/tests/common/mod.rs"]
pub(crate) mod found;

/// The default limits, or very small ones.
pub(crate) fn limits(decisions: &mut Decisions<'_>) -> Limits {
    let mut limits = Limits::default();
    if decisions.flag() {
        let mut small = |most| decisions.choose(most) + 1;
        limits.depth = small(4);
        limits.parts = small(8);
        limits.header_bytes = small(200);
        limits.header_fields = small(8);
        limits.field_bytes = small(100);
        limits.addresses = small(4);
        limits.comment_depth = small(3);
        limits.boundary = small(8);
        limits.parameters = small(4);
        limits.line = small(16);
        limits.defects = small(4);
    }
    limits
}

/// Options for a whole message or the value of a field.
pub(crate) fn options(decisions: &mut Decisions<'_>) -> Options {
    let mut options = Options::default();
    options.limits = limits(decisions);
    options.count_lines = decisions.flag();
    options.check_octets = decisions.flag();
    options.quoted_encoded_words = !decisions.flag();
    options.parameter_encoded_words = !decisions.flag();
    options.fallback_charset = [None, Some("windows-1252"), Some("nonsense")]
        .get(decisions.choose(3))
        .copied()
        .flatten();
    options
}

/// Asks a message and all its parts for everything.
pub(crate) fn touch(message: &Message<'_>) {
    for part in message.parts() {
        touch_part(part);
    }
    let body = message.body();
    assert_eq!(body.has_attachment(), body.clone().has_attachment());
    for part in body.text.iter().chain(&body.html).chain(&body.attachments) {
        assert!(part.index() < message.parts().len());
    }
    message.text();
    if let Some(text) = message.html() {
        html::to_text(&text);
        html::preview(&text, 100);
        html::declared_charset(text.as_bytes());
    }
    message.envelope();
    message.unparsed();
    let fragments: Vec<_> = message.parts().filter_map(|part| part.fragment()).collect();
    let mut limits = Limits::default();
    limits.reassembled = message.raw().len() * 2;
    if let Ok(whole) = Fragment::reassemble(&fragments, &limits) {
        assert!(whole.len() <= limits.reassembled);
    }
}

fn touch_part(part: Part<'_>) {
    let raw = part.raw();
    assert!(raw.ends_with(part.body_raw()) && raw.starts_with(part.headers().raw()));
    assert!(part.body_lines() <= part.body_raw().len() as u64);
    assert!(part.header_lines() <= raw.len() as u64);
    if let Some(parent) = part.parent() {
        assert!(parent.index() < part.index());
        assert!(parent.children().any(|child| child == part));
        assert!(parent.body_range().start <= part.range().start);
        assert!(part.range().end <= parent.body_range().end);
        assert_eq!(part.depth(), parent.depth() + 1);
    }
    // What is read without its parameters is what is read with them.
    let content_type = part.content_type();
    assert!(
        part.media_type()
            .is(content_type.kind(), content_type.subtype()),
        "{:?}, {content_type:?}",
        part.media_type()
    );
    part.disposition();
    part.preamble();
    part.epilogue();
    let (content, problems) = part.content_checked();
    assert!(content.len() <= part.body_raw().len());
    assert_eq!(problems.is_empty(), problems.count() == 0);
    let text = part.text_checked().text;
    for armor in Armor::find(&text) {
        assert!(text[armor.range].starts_with("-----BEGIN PGP "));
    }
    if let Some(name) = part.safe_file_name() {
        assert!(!name.is_empty() && !name.contains(['/', '\\', '\0', '\r', '\n']));
        assert!(name != "." && name != "..");
    }
    part.file_name();
    part.content_id();
    part.content_description();
    part.content_language();
    part.content_location();
    part.content_md5();
    part.related_root();
    part.resolve("cid:a@b");
    part.envelope();
    match part.protection() {
        Some(Protection::Signed(signed)) => {
            assert!(signed.octets().len() >= signed.content.raw().len());
            assert_eq!(part.children().count(), 2);
        }
        Some(Protection::Encrypted(encrypted)) => {
            encrypted.version();
        }
        _ => {}
    }
    let numbers = imap::section(part);
    let _ = numbers;
    for header in part.headers() {
        assert!(header.raw().starts_with(header.name().as_bytes()));
        header.value();
        header.text();
    }
    part.subject().as_deref().map(base_subject);
    part.from();
    part.date();
    part.message_id();
    part.references();
    part.mime_version();
    let field = |name| part.header(name).map(|header| header.value_raw());
    thread_references(field("References"), field("In-Reply-To"));
    if let Some(id) = part.message_id() {
        reply_references(field("References"), field("In-Reply-To"), id);
    }
    report::DeliveryStatus::parse(part.body_raw());
    report::DispositionNotification::parse(part.body_raw());
    report::Feedback::parse(part.body_raw());
}

/// The value that `write` makes of a field, without its name; `None` if it cannot be written.
///
/// What is written is one field in lines of at most 998 octets.
pub(crate) fn written(
    utf8: bool,
    write: impl FnOnce(&mut FieldWriter<'_>) -> Result<(), EncodeError>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut field = FieldWriter::new(&mut out, "X", utf8).expect("a name");
    match write(&mut field).and_then(|()| field.finish()) {
        Ok(()) => {
            one_field(&out);
            assert!(utf8 || out.is_ascii());
            Some(out.split_off(2))
        }
        Err(EncodeError::LineTooLong | EncodeError::NonAscii | EncodeError::Syntax) => {
            assert!(out.is_empty(), "an unfinished field is left");
            None
        }
        Err(error) => panic!("what was read cannot be written: {error}"),
    }
}

/// Checks that `field` is one header field and nothing else.
pub(crate) fn one_field(field: &[u8]) {
    assert!(field.ends_with(b"\r\n"), "{}", field.escape_ascii());
    for (index, line) in field[..field.len() - 2]
        .split(|&octet| octet == b'\n')
        .enumerate()
    {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let shown = field.escape_ascii();
        assert!(line.len() <= 998, "{shown}");
        assert!(!line.contains(&b'\r') && !line.contains(&0), "{shown}");
        assert!(
            index == 0 || line.starts_with(b" ") || line.starts_with(b"\t"),
            "{shown}"
        );
        // White space is SP and HTAB (RFC 5234 appendix B.1): a form feed is something.
        let blank = line.iter().all(|octet| matches!(octet, b' ' | b'\t'));
        assert!(index == 0 || !blank, "{shown}");
    }
}
