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

/// The multiparts that matter to the roles of their parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Multipart {
    Mixed,
    Alternative,
    Related,
}

/// A list of parts as one level sees it.
#[derive(Clone, Copy)]
struct List {
    /// Parts still count for it.
    open: bool,
    /// How long it was before, if it was open then.
    before: Option<usize>,
}

impl List {
    fn enter(self, len: usize) -> Self {
        Self {
            before: self.open.then_some(len),
            ..self
        }
    }
}

/// A multipart whose parts are being sorted.
struct Level<'m> {
    parts: Children<'m>,
    kind: Multipart,
    /// No part has been looked at.
    first: bool,
    /// Within an alternative, at any depth.
    in_alternative: bool,
    text: List,
    html: List,
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
        let list = List {
            open: true,
            before: Some(0),
        };
        let mut level = Level {
            parts: self.only(),
            kind: Multipart::Mixed,
            first: true,
            in_alternative: false,
            text: list,
            html: list,
        };
        let mut levels: Vec<Level<'m>> = Vec::new();
        loop {
            if let Some(part) = level.parts.next() {
                if let Some(inner) = sort(part, &mut level, &mut body) {
                    levels.push(core::mem::replace(&mut level, inner));
                }
                continue;
            }
            finish(&level, &mut body);
            match levels.pop() {
                Some(outer) => level = outer,
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
    // A multipart without parts is offered as a file, so that its text is not lost.
    if part.kind() == PartKind::Multipart && part.children().next().is_some() {
        let kind = if media.is("multipart", "alternative") {
            Multipart::Alternative
        } else if media.is("multipart", "related") {
            Multipart::Related
        } else {
            Multipart::Mixed
        };
        return Some(Level {
            parts: part.children(),
            kind,
            first: true,
            in_alternative: level.in_alternative || kind == Multipart::Alternative,
            text: level.text.enter(body.text.len()),
            html: level.html.enter(body.html.len()),
        });
    }
    let plain = media.is("text", "plain");
    let html = media.is("text", "html");
    let is_media = ["image", "audio", "video"]
        .iter()
        .any(|kind| media.is_kind(kind));
    let is_inline = (plain || html || is_media)
        && !part.is_marked_attachment()
        && (first
            || (level.kind != Multipart::Related && (is_media || part.file_name().is_none())));
    if !is_inline {
        body.attachments.push(part);
        return None;
    }
    if level.kind == Multipart::Alternative {
        // A list that an outer level has closed stays as it is.
        let list = match (plain, html) {
            (true, _) if level.text.open => &mut body.text,
            (_, true) if level.html.open => &mut body.html,
            _ => &mut body.attachments,
        };
        list.push(part);
        return None;
    }
    if level.in_alternative {
        level.html.open &= !plain;
        level.text.open &= !html;
    }
    if level.text.open {
        body.text.push(part);
    }
    if level.html.open {
        body.html.push(part);
    }
    let (both, none) = (
        level.text.open && level.html.open,
        !(level.text.open || level.html.open),
    );
    if is_media && !both || none {
        body.attachments.push(part);
    }
    None
}

/// An alternative that has only one kind of text stands for both.
fn finish(level: &Level<'_>, body: &mut Body<'_>) {
    let (Some(text), Some(html)) = (level.text.before, level.html.before) else {
        return;
    };
    if level.kind != Multipart::Alternative || !(level.text.open && level.html.open) {
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
