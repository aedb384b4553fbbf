//! Messages against mail-parser and mailparse: where they see another structure or other
//! content, there is a reason that is documented here.
//!
//! Only messages without defects are compared: what the readers of broken mail make of it
//! differs by nature, and that this one names the defect is the documented difference.

use mime_codec::{Message, Options, Part, PartKind};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (_, stream) = split(data);
    let mut options = Options::default();
    options.check_octets = true;
    let Ok(message) = Message::parse_strict(stream, &options) else {
        return;
    };
    if !comparable(&message) {
        return;
    }
    let shown = stream.escape_ascii();
    #[cfg(feature = "mail-parser")]
    compare_with_mail_parser(&message, stream);
    if let Ok(theirs) = mailparse::parse_mail(stream) {
        let leaves = message
            .parts()
            // An enclosed message is a leaf to it.
            .filter(|part| part.kind() != PartKind::Multipart)
            .filter(|part| !within_message(*part));
        let theirs: Vec<_> = theirs
            .parts()
            .filter(|part| part.subparts.is_empty())
            .collect();
        assert_eq!(leaves.count(), theirs.len(), "{shown}");
    }
}

#[cfg(feature = "mail-parser")]
fn compare_with_mail_parser(message: &Message<'_>, stream: &[u8]) {
    let Some(theirs) = mail_parser::MessageParser::new().parse(stream) else {
        return;
    };
    let shown = stream.escape_ascii();
    let ours: Vec<Part<'_>> = message.parts().collect();
    let theirs: Vec<_> = theirs.parts().collect();
    assert_eq!(ours.len(), theirs.len(), "parts: {shown}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(
            ours.kind() == PartKind::Multipart,
            theirs.is_multipart(),
            "{shown}"
        );
        if ours.kind() == PartKind::Leaf {
            assert_eq!(ours.body_raw(), theirs.raw_body(), "body: {shown}");
        }
    }
}

fn within_message(part: Part<'_>) -> bool {
    std::iter::successors(part.parent(), Part::parent).any(|above| above.kind() == PartKind::Message)
}

/// Whether the peers are meant to read the message the same way.
fn comparable(message: &Message<'_>) -> bool {
    message.parts().all(|part| {
        let kind = part.media_type().kind().to_ascii_lowercase();
        // To mailparse every type that begins like this is a multipart.
        if kind.starts_with("multipart") && kind != "multipart" {
            return false;
        }
        // mailparse knows no comments (RFC 2045 section 5.1).
        let has_comment = |value: &[u8]| value.contains(&b'(');
        if (part.headers().get("Content-Type")).is_some_and(|field| has_comment(field.raw())) {
            return false;
        }
        let parts = part.children().count();
        match part.kind() {
            // Without any part it is a leaf to them (RFC 2046 section 5.1.1 wants one).
            PartKind::Multipart => parts > 0,
            _ => true,
        }
    })
}
