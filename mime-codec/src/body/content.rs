//! The content of a part: its body with the transfer encoding undone, and its text with the charset
//! undone as well (RFC 2045 section 6, RFC 2046 section 4.1.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Charset, Decoded, decode_unlabelled};
use crate::transfer::{self, Problems};
use crate::{Message, Part, TransferEncoding};

impl<'m> Part<'m> {
    /// The Content-Transfer-Encoding; `7bit` if there is none (RFC 2045 section 6.1).
    pub fn transfer_encoding(&self) -> TransferEncoding<'m> {
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
        self.content_checked().0
    }

    /// Like [`content`](Self::content), and what was wrong with the encoding.
    ///
    /// A multipart is never decoded: no encoding but the identities is allowed there
    /// (RFC 2045 section 6.4).
    pub fn content_checked(&self) -> (Cow<'m, [u8]>, Problems) {
        if self.kind() == crate::PartKind::Multipart {
            return (Cow::Borrowed(self.body_raw()), Problems::default());
        }
        transfer::decode(&self.transfer_encoding(), self.body_raw())
    }

    /// The content as text, by the charset that Content-Type names.
    ///
    /// Without a charset it is UTF-8 if it is that, and windows-1252 else. Line breaks stay as they
    /// are. For a part that is no text this is the same with its octets.
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
        let content_type = self.content_type();
        let charset = content_type
            .parameter("charset")
            .and_then(|label| Charset::for_label(label.as_bytes()))
            // What is labelled US-ASCII and is more than that was labelled by mistake.
            .filter(|charset| *charset != Charset::WINDOWS_1252 || !is_ascii_label(&content_type));
        match self.content() {
            Cow::Borrowed(octets) => decode(charset, octets),
            Cow::Owned(mut octets) => {
                // UTF-8 without a byte order mark is its own text; looking at it once is enough.
                let utf8 = charset.is_none_or(|charset| charset == Charset::UTF_8);
                if utf8 && !octets.starts_with(b"\xef\xbb\xbf") {
                    octets = match String::from_utf8(octets) {
                        Ok(text) => {
                            return Decoded {
                                text: Cow::Owned(text),
                                replaced: false,
                            };
                        }
                        Err(error) => error.into_bytes(),
                    };
                }
                let Decoded { text, replaced } = decode(charset, &octets);
                let text = match text {
                    Cow::Owned(text) => Some(text),
                    Cow::Borrowed(text) if text.len() < octets.len() => Some(text.into()),
                    Cow::Borrowed(_) => None,
                };
                // Octets that are UTF-8 already need not be copied.
                let text = text.unwrap_or_else(|| String::from_utf8(octets).unwrap_or_default());
                Decoded {
                    text: Cow::Owned(text),
                    replaced,
                }
            }
        }
    }
}

fn decode(charset: Option<Charset>, octets: &[u8]) -> Decoded<'_> {
    match charset {
        Some(charset) => charset.decode(octets),
        None => decode_unlabelled(octets, Charset::WINDOWS_1252),
    }
}

fn is_ascii_label(content_type: &crate::ContentType<'_>) -> bool {
    content_type
        .parameter("charset")
        .is_some_and(|label| label.trim().eq_ignore_ascii_case("us-ascii"))
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

    /// The parts to be offered for download (RFC 8621 section 4.1.4).
    pub fn attachments(&self) -> Vec<Part<'_>> {
        self.body().attachments
    }
}
