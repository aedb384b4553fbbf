//! Recoding what a transport of seven bits does not carry (RFC 6152 section 3, RFC 2045 section 6).

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

use super::claims::Claim;
use super::{Edit, EditError, range};
use crate::charset::Charset;
use crate::transfer::{Content, Encoder, Survey, Transport};
use crate::{ContentType, FieldBody, MimeVersion, Part, PartKind, TransferEncoding, Unstructured};

impl Edit<'_> {
    /// Recodes the parts whose bodies a 7-bit transport does not carry, as quoted-printable or base64,
    /// whichever is shorter, and tells how many there were. All other octets stay as they are.
    ///
    /// These are bodies with octets above 127, with NUL, or with lines of more than 998 octets. Header
    /// sections are not looked at.
    ///
    /// # Errors
    ///
    /// [`EditError::Signed`] if such a body is within `multipart/signed` or `multipart/encrypted`;
    /// [`EditError::Encoding`] if it must not be encoded or its encoding is not known;
    /// [`EditError::Overlap`]. No part is then recoded.
    pub fn to_seven_bit(&mut self) -> Result<usize, EditError> {
        let before = self.changes.clone();
        let result = self.recode_all();
        if result.is_err() {
            self.changes = before;
        }
        result
    }

    fn recode_all(&mut self) -> Result<usize, EditError> {
        let mut count = 0;
        for part in self.message.parts() {
            match part.kind() {
                PartKind::Leaf => {
                    if needs_recoding(part.body_raw()) {
                        self.sealed.refuse(self.message, part)?;
                        self.recode(part)?;
                        count += 1;
                    }
                }
                PartKind::Multipart => self.clean_texts(part)?,
                PartKind::Message => {}
            }
        }
        if count == 0 {
            return Ok(0);
        }
        // What encloses recoded parts needs no more than 7bit now.
        for part in self.message.parts() {
            let domain = matches!(
                part.transfer_encoding(),
                TransferEncoding::EightBit | TransferEncoding::Binary
            );
            if part.kind() != PartKind::Leaf
                && domain
                && self.sealed.refuse(self.message, part).is_ok()
            {
                self.set_encoding(part, &TransferEncoding::SevenBit)?;
            }
        }
        let root = self.message.root();
        if root.header("MIME-Version").is_none() {
            self.add_header(root, "MIME-Version", MimeVersion::V1_0)?;
        }
        Ok(count)
    }

    fn recode(&mut self, part: Part<'_>) -> Result<(), EditError> {
        let media = part.media_type();
        let sealed = ["rfc822", "partial", "external-body"];
        if sealed.iter().any(|subtype| media.is("message", subtype)) {
            return Err(EditError::Encoding);
        }
        let old = part.transfer_encoding();
        if matches!(old, TransferEncoding::Other(_)) {
            return Err(EditError::Encoding);
        }
        let content = part.content();
        // In UTF-16 and UTF-32, which is full of NULs, no octet is a line end.
        let lines = memchr::memchr(0, &content).is_none() && !is_utf_16(part);
        let kind = if media.is_kind("text") && lines {
            Content::Text
        } else {
            Content::Binary
        };
        let encoding = match Survey::of(&content, kind).choose(Transport::SevenBit) {
            TransferEncoding::SevenBit => TransferEncoding::QuotedPrintable,
            encoding => encoding,
        };
        let mut written = Vec::with_capacity(content.len() + content.len() / 2);
        let Some(mut encoder) = Encoder::new(&encoding, kind) else {
            return Err(EditError::Encoding);
        };
        encoder.encode(&content, &mut written);
        encoder.finish(&mut written);
        let is_part = part
            .parent()
            .is_some_and(|parent| parent.kind() == PartKind::Multipart);
        if is_part && encoding == TransferEncoding::Base64 && written.ends_with(b"\r\n") {
            // The line end in front of the delimiter is there already.
            written.truncate(written.len() - 2);
        }
        let written = self.lines(written);
        self.change(part, Claim::Body, vec![(part.body_range(), written)])?;
        self.separate(part)?;
        if part.header("Content-Type").is_none() && media.is("text", "plain") {
            let charset = if core::str::from_utf8(&content).is_ok() {
                "utf-8"
            } else {
                "unknown-8bit"
            };
            let content_type = ContentType::text_plain().with_parameter("charset", charset);
            let content_type = content_type?;
            self.add_header(part, "Content-Type", content_type)?;
        }
        self.set_encoding(part, &encoding)
    }

    fn set_encoding(
        &mut self,
        part: Part<'_>,
        encoding: &TransferEncoding<'_>,
    ) -> Result<(), EditError> {
        let token = Cow::Owned(alloc::format!("{encoding}"));
        let value = FieldBody::Text(Unstructured::new(token)?);
        match part.header("Content-Transfer-Encoding") {
            Some(header) => {
                let written = self.field(header.name(), value)?;
                self.change(part, Claim::Fields, vec![(range(header), written)])
            }
            None => self.add_header(part, "Content-Transfer-Encoding", value),
        }
    }

    /// Puts `?` for what 7bit does not carry in text that nobody reads: in front of the first part of a
    /// multipart and behind the last.
    fn clean_texts(&mut self, part: Part<'_>) -> Result<(), EditError> {
        for range in [part.preamble_range(), part.epilogue_range()]
            .into_iter()
            .flatten()
        {
            let text = part.slice(range.clone());
            if text.iter().all(|octet| octet.is_ascii() && *octet != 0) {
                continue;
            }
            self.sealed.refuse(self.message, part)?;
            let clean = |octet: &u8| {
                if octet.is_ascii() && *octet != 0 {
                    *octet
                } else {
                    b'?'
                }
            };
            self.changes
                .replace(range, text.iter().map(clean).collect())?;
        }
        Ok(())
    }
}

/// Whether a text is in UTF-16 by its label.
fn is_utf_16(part: Part<'_>) -> bool {
    let content_type = part.content_type();
    let charset = content_type
        .parameter("charset")
        .and_then(|label| Charset::for_label(label.as_bytes()));
    charset.is_some_and(|charset| matches!(charset.name(), "UTF-16LE" | "UTF-16BE"))
}

/// Whether a body has what 7bit must not have (RFC 2045 section 2.7).
fn needs_recoding(body: &[u8]) -> bool {
    const LINE_MAX: usize = 998;
    if !body.is_ascii() || memchr::memchr(0, body).is_some() {
        return true;
    }
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', body).chain([body.len()]) {
        let crlf = end > start && body.get(end - 1) == Some(&b'\r');
        if end.saturating_sub(start) > LINE_MAX + usize::from(crlf) {
            return true;
        }
        start = end + 1;
    }
    false
}
