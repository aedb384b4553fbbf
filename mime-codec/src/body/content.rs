//! The content of a part: its body with the transfer encoding undone, and its text with the charset
//! undone as well (RFC 2045 section 6, RFC 2046 section 4.1.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Charset, Decoded, decode_unlabelled, utf8};
use crate::header::content_type::quick::{self, Label};
use crate::html::{self, declared_charset};
use crate::transfer::{self, Problems};
use crate::{Message, Options, Part, PartKind, TransferEncoding};

impl<'m> Part<'m> {
    /// The Content-Transfer-Encoding; `7bit` if there is none (RFC 2045 section 6.1).
    pub fn transfer_encoding(&self) -> TransferEncoding<'m> {
        if let Some(known) = self.node().encoding.encoding() {
            return known;
        }
        match self.header("Content-Transfer-Encoding") {
            Some(header) => TransferEncoding::parse(header.value_raw()),
            None => TransferEncoding::SevenBit,
        }
    }

    /// The body without its transfer encoding; borrowed if there is nothing to undo.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(b"Content-Transfer-Encoding: base64\r\n\r\nSGk=\r\n");
    /// assert_eq!(&*message.root().content(), b"Hi");
    /// ```
    pub fn content(&self) -> Cow<'m, [u8]> {
        if self.kind() == PartKind::Multipart {
            return Cow::Borrowed(self.body_raw());
        }
        transfer::decode_quietly(&self.transfer_encoding(), self.body_raw())
    }

    /// Like [`content`](Self::content), and what was wrong with the encoding.
    ///
    /// A multipart is never decoded: no encoding but the identities is allowed there
    /// (RFC 2045 section 6.4).
    pub fn content_checked(&self) -> (Cow<'m, [u8]>, Problems) {
        if self.kind() == PartKind::Multipart {
            return (Cow::Borrowed(self.body_raw()), Problems::default());
        }
        transfer::decode(&self.transfer_encoding(), self.body_raw())
    }

    /// The message within a message/rfc822 or message/global, parsed on its own; `None` for other entities.
    ///
    /// The children of the part are the same message, unless it is encoded, which RFC 2046 section 5.2.1
    /// forbids and some programs do: then the tree has a leaf, and this is the way into it. One that holds
    /// others takes a call for each, so that how deep to go is up to the caller.
    ///
    /// ```
    /// use mime_codec::{Message, Options};
    ///
    /// let message = Message::parse(
    ///     b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQpoaQ0K\r\n",
    /// );
    /// assert!(message.root().children().next().is_none());
    /// let enclosed = message.root().enclosed_message(&Options::default()).unwrap();
    /// assert_eq!(enclosed.subject().as_deref(), Some("x"));
    /// ```
    pub fn enclosed_message(&self, options: &Options) -> Option<Message<'m>> {
        let media = self.media_type();
        if !media.is("message", "rfc822") && !media.is("message", "global") {
            return None;
        }
        Some(match self.content() {
            Cow::Borrowed(octets) => Message::parse_with(octets, options),
            Cow::Owned(octets) => Message::parse_owned(octets, options),
        })
    }

    /// The content as text, by the charset that Content-Type names.
    ///
    /// Without a charset it is UTF-8 if it is that, in HTML what a `meta` element declares, and
    /// windows-1252 else. Line breaks stay as they are. For a part that is no text this is the same
    /// with its octets.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xE9");
    /// assert_eq!(message.root().text(), "caf\u{e9}");
    /// ```
    pub fn text(&self) -> Cow<'m, str> {
        self.text_checked().text
    }

    /// Like [`text`](Self::text), and whether octets had to be replaced.
    pub fn text_checked(&self) -> Decoded<'m> {
        let charset = self.charset();
        let html = charset.is_none() && self.media_type().is("text", "html");
        let node = self.node();
        let body = self.slice(node.body());
        // A multipart is never decoded, see `content_checked`.
        if node.kind == PartKind::Multipart || !node.encoding.hides_structure() {
            return decode(charset, html, body);
        }
        let encoding = self.transfer_encoding();
        if !html
            && charset.is_none_or(|charset| charset == Charset::UTF_8)
            && let Some(text) = utf8_text(&encoding, body)
        {
            return Decoded {
                text: Cow::Owned(text),
                replaced: false,
            };
        }
        let mut octets = Vec::new();
        transfer::decode_into(&encoding, body, &mut octets);
        let Decoded { text, replaced } = decode(charset, html, &octets);
        Decoded {
            text: Cow::Owned(text.into_owned()),
            replaced,
        }
    }

    /// The charset that Content-Type names, unless it is unknown or a claim that text should be looked
    /// at for: what is labelled US-ASCII and is more than that was labelled by mistake.
    fn charset(&self) -> Option<Charset> {
        let known = |label: &[u8], plain: &[u8]| {
            Charset::for_label(label).filter(|charset| {
                *charset != Charset::WINDOWS_1252 || !plain.eq_ignore_ascii_case(b"us-ascii")
            })
        };
        match quick::charset(self.content_type_tail()?) {
            Some(Label::Named(label)) => known(label, label),
            Some(Label::Absent) => None,
            None => {
                let content_type = self.content_type();
                let label = content_type.parameter("charset")?;
                known(label.as_bytes(), label.trim().as_bytes())
            }
        }
    }
}

fn decode(charset: Option<Charset>, html: bool, octets: &[u8]) -> Decoded<'_> {
    if let Some(charset) = charset {
        return charset.decode(octets);
    }
    let declared = if html { declared_charset(octets) } else { None };
    // The HTML standard knows no UTF-7, and what was read as US-ASCII is not UTF-16.
    let declared = declared
        .and_then(Charset::for_label)
        .filter(|charset| *charset != Charset::UTF_7 && !charset.name().starts_with("UTF-16"));
    match declared {
        // ISO-2022-JP is US-ASCII octet by octet.
        Some(charset) if octets.is_ascii() => charset.decode(octets),
        charset => decode_unlabelled(octets, charset.unwrap_or(Charset::WINDOWS_1252)),
    }
}

/// Octets of a body that are decoded and checked at once: few enough to stay in the nearest cache.
const TILE: usize = 8192;

/// The text of `body`, if that is UTF-8: decoded in pieces that are looked at while they are warm.
fn utf8_text(encoding: &TransferEncoding<'_>, body: &[u8]) -> Option<String> {
    let mut decoder = transfer::Decoder::new(encoding);
    let mut octets = Vec::new();
    if body.len() <= TILE / 8 {
        decoder.decode(body, &mut octets);
        decoder.finish(&mut octets);
        let mark = octets.len() - utf8::without_mark(&octets).len();
        octets.drain(..mark);
        return String::from_utf8(octets).ok();
    }
    octets.reserve(TILE);
    let mut text = String::with_capacity(match encoding {
        TransferEncoding::Base64 => body.len() / 4 * 3,
        _ => body.len(),
    });
    let mut rest = body;
    while !rest.is_empty() {
        // Behind a line end nothing is left over that the decoder has to keep.
        let piece = rest.get(..TILE).unwrap_or(rest);
        let len = memchr::memrchr(b'\n', piece).map_or(piece.len(), |end| end + 1);
        let (piece, after) = rest.split_at(len);
        rest = after;
        decoder.decode(piece, &mut octets);
        utf8::drain(&mut octets, &mut text)?;
    }
    decoder.finish(&mut octets);
    utf8::drain(&mut octets, &mut text)?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    octets.is_empty().then_some(text)
}

impl Message<'_> {
    /// The first text/plain part that is to be shown, decoded; `None` if there is none.
    ///
    /// [`body`](Self::body) has all parts of the text.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(b"Content-Type: text/html\r\n\r\n<p>Hi");
    /// assert_eq!(message.text(), None);
    /// assert_eq!(message.html().as_deref(), Some("<p>Hi"));
    /// ```
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let parts = self.body().text;
        let part = parts
            .iter()
            .find(|part| part.media_type().is("text", "plain"))?;
        Some(part.text())
    }

    /// The first text/html part that is to be shown, decoded; `None` if there is none.
    pub fn html(&self) -> Option<Cow<'_, str>> {
        let parts = self.body().html;
        let part = parts
            .iter()
            .find(|part| part.media_type().is("text", "html"))?;
        Some(part.text())
    }

    /// The first words of the text on one line, at most `limit` characters, for a list of messages; empty if
    /// there is no text.
    ///
    /// Taken from the first part that is to be shown and has any, HTML as text: see [`html::preview`].
    ///
    /// ```
    /// let message = mime_codec::Message::parse(b"Content-Type: text/html\r\n\r\n<p>Hello <b>Bob</b>,<p>see you");
    /// assert_eq!(message.preview(256), "Hello Bob, see you");
    /// ```
    pub fn preview(&self, limit: usize) -> String {
        let parts = self.body().text.into_iter();
        let mut previews = parts
            .filter(|part| part.media_type().is_kind("text"))
            .map(|part| {
                let of = if part.media_type().is("text", "html") {
                    html::preview
                } else {
                    html::preview_text
                };
                of(&part.text(), limit)
            });
        previews
            .find(|preview| !preview.is_empty())
            .unwrap_or_default()
    }

    /// The parts to be offered for download (RFC 8621 section 4.1.4).
    pub fn attachments(&self) -> Vec<Part<'_>> {
        self.body().attachments
    }
}
