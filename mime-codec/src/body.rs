//! Which parts are the text, which the HTML and which the attachments of a message
//! (RFC 8621 section 4.1.4).

use alloc::vec::Vec;

use crate::{Children, ContentDisposition, DispositionKind, Message, Part, PartKind};

/// The parts of a message by their role, as RFC 8621 section 4.1.4 sorts them.
///
/// A part may have more than one role: a lone text is both the text and the HTML body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Body<'m> {
    /// To be shown one below the other where plain text is preferred.
    pub text: Vec<Part<'m>>,
    /// To be shown one below the other where HTML is preferred.
    pub html: Vec<Part<'m>>,
    /// To be offered for download.
    pub attachments: Vec<Part<'m>>,
}

impl Body<'_> {
    /// Whether an attachment is not marked as inline (`hasAttachment`).
    pub fn has_attachment(&self) -> bool {
        self.attachments.iter().any(|part| {
            part.disposition()
                .as_ref()
                .is_none_or(ContentDisposition::is_attachment)
        })
    }
}

impl Message<'_> {
    /// The roles of the parts, see [`Part::body`].
    pub fn body(&self) -> Body<'_> {
        self.root().body()
    }
}

/// A multipart whose parts are being sorted.
struct Level<'m> {
    parts: Children<'m>,
    /// No part has been looked at.
    first: bool,
    alternative: bool,
    related: bool,
    /// Within an alternative, at any depth.
    in_alternative: bool,
    /// Whether parts still count for each list, and how long it was before.
    text: Option<usize>,
    html: Option<usize>,
    text_open: bool,
    html_open: bool,
}

impl<'m> Part<'m> {
    /// Sorts the parts of a message: of the whole one for [`Message::root`], of an enclosed one for the
    /// child of a `message/rfc822`. Messages within are attachments.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(
    ///     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>\n--b--\n",
    /// );
    /// let body = message.body();
    /// assert_eq!(body.text[0].body_raw(), b"plain");
    /// assert_eq!(body.html[0].body_raw(), b"<p>");
    /// assert!(!body.has_attachment());
    /// ```
    pub fn body(&self) -> Body<'m> {
        let mut body = Body::default();
        let mut root = Level {
            parts: self.only(),
            first: true,
            alternative: false,
            related: false,
            in_alternative: false,
            text: Some(0),
            html: Some(0),
            text_open: true,
            html_open: true,
        };
        let mut levels: Vec<Level<'m>> = Vec::new();
        loop {
            if let Some(part) = root.parts.next() {
                if let Some(inner) = sort(part, &mut root, &mut body) {
                    levels.push(core::mem::replace(&mut root, inner));
                }
                continue;
            }
            finish(&root, &mut body);
            match levels.pop() {
                Some(outer) => root = outer,
                None => return body,
            }
        }
    }

    /// Whether it is an attachment by its Content-Disposition field alone.
    fn is_marked_attachment(&self) -> bool {
        self.disposition()
            .is_some_and(|disposition| *disposition.kind() == DispositionKind::Attachment)
    }
}

/// Puts one part where it belongs; a multipart gives the level to go on with.
fn sort<'m>(part: Part<'m>, level: &mut Level<'m>, body: &mut Body<'m>) -> Option<Level<'m>> {
    let first = core::mem::replace(&mut level.first, false);
    let media = part.media_type();
    if part.kind() == PartKind::Multipart {
        let alternative = media.is("multipart", "alternative");
        return Some(Level {
            parts: part.children(),
            first: true,
            alternative,
            related: media.is("multipart", "related"),
            in_alternative: level.in_alternative || alternative,
            text: level.text_open.then_some(body.text.len()),
            html: level.html_open.then_some(body.html.len()),
            text_open: level.text_open,
            html_open: level.html_open,
        });
    }
    let plain = media.is("text", "plain");
    let html = media.is("text", "html");
    let is_media = ["image", "audio", "video"]
        .iter()
        .any(|kind| media.is_kind(kind));
    let is_inline = (plain || html || is_media)
        && !part.is_marked_attachment()
        && (first || (!level.related && (is_media || part.file_name().is_none())));
    if !is_inline {
        body.attachments.push(part);
        return None;
    }
    if level.alternative {
        // A list that an outer level has closed stays as it is.
        let list = match (plain, html) {
            (true, _) if level.text_open => &mut body.text,
            (_, true) if level.html_open => &mut body.html,
            _ => &mut body.attachments,
        };
        list.push(part);
        return None;
    }
    if level.in_alternative {
        level.html_open &= !plain;
        level.text_open &= !html;
    }
    if level.text_open {
        body.text.push(part);
    }
    if level.html_open {
        body.html.push(part);
    }
    let (both, none) = (
        level.text_open && level.html_open,
        !(level.text_open || level.html_open),
    );
    if is_media && !both || none {
        body.attachments.push(part);
    }
    None
}

/// An alternative that has only one kind of text stands for both.
fn finish(level: &Level<'_>, body: &mut Body<'_>) {
    let (true, Some(text), Some(html)) = (level.alternative, level.text, level.html) else {
        return;
    };
    if !(level.text_open && level.html_open) {
        return;
    }
    if body.text.len() == text && body.html.len() != html {
        body.text
            .extend_from_slice(body.html.get(html..).unwrap_or_default());
    } else if body.html.len() == html && body.text.len() != text {
        body.html
            .extend_from_slice(body.text.get(text..).unwrap_or_default());
    }
}
