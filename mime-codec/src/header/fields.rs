//! The smaller MIME fields of an entity: Content-ID, -Description, -Language, -Location, -MD5
//! (RFC 2045 sections 7 and 8, RFC 3282, RFC 2557 section 4, RFC 1864).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::header::grammar::{COMMA, SEMICOLON};
use crate::header::lexer::Lexer;
use crate::parse::scan::trim;
use crate::{ContentDisposition, Part, Unstructured};

impl<'m> Part<'m> {
    /// The Content-ID without comments and angle brackets: what a `cid:` URL names (RFC 2392).
    pub fn content_id(&self) -> Option<Cow<'m, str>> {
        let header = self.header("Content-ID")?;
        let mut lexer = Lexer::new(header.value_raw());
        lexer.skip_cfws();
        let value = lexer.rest();
        let value = match value.strip_prefix(b"<") {
            Some(inner) => inner
                .split(|&octet| octet == b'>')
                .next()
                .unwrap_or_default(),
            None => lexer.word(SEMICOLON),
        };
        let value = crate::header::param::text(crate::header::section::unfold(trim(value)));
        (!value.is_empty()).then_some(value)
    }

    /// The Content-Description, unfolded and decoded.
    pub fn content_description(&self) -> Option<Cow<'m, str>> {
        self.header_as("Content-Description")
            .map(Unstructured::into_text)
    }

    /// The language tags of Content-Language (RFC 3282), in their order.
    pub fn content_language(&self) -> Vec<Cow<'m, str>> {
        let Some(header) = self.header("Content-Language") else {
            return Vec::new();
        };
        let mut lexer = Lexer::new(header.value_raw());
        let mut tags = Vec::new();
        loop {
            lexer.skip_cfws();
            let tag = lexer.word(COMMA);
            if !tag.is_empty() {
                tags.push(String::from_utf8_lossy(tag));
            } else if !lexer.eat(b',') {
                return tags;
            }
        }
    }

    /// The URI of Content-Location (RFC 2557 section 4), without the white space that folding puts in.
    pub fn content_location(&self) -> Option<Cow<'m, str>> {
        let header = self.header("Content-Location")?;
        let value = trim(header.value_raw());
        let value = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""))
            .unwrap_or(value);
        if value
            .iter()
            .any(|octet| matches!(octet, b' ' | b'\t' | b'\r' | b'\n'))
        {
            let joined = value
                .iter()
                .copied()
                .filter(|octet| !matches!(octet, b' ' | b'\t' | b'\r' | b'\n'));
            return Some(crate::header::param::text(Cow::Owned(joined.collect())));
        }
        Some(String::from_utf8_lossy(value))
    }

    /// The base64 digest of Content-MD5 (RFC 1864), as it stands.
    pub fn content_md5(&self) -> Option<Cow<'m, str>> {
        let header = self.header("Content-MD5")?;
        let mut lexer = Lexer::new(header.value_raw());
        lexer.skip_cfws();
        let word = lexer.word(0);
        (!word.is_empty()).then(|| String::from_utf8_lossy(word))
    }

    /// The name of the file that the entity is: `filename` of Content-Disposition, or `name` of
    /// Content-Type. Never use it as a path, see [`safe_file_name`](Self::safe_file_name).
    pub fn file_name(&self) -> Option<String> {
        let given = |name: Option<&str>| name.filter(|name| !name.is_empty()).map(String::from);
        let disposition = self.disposition();
        given(disposition.as_ref().and_then(ContentDisposition::file_name))
            .or_else(|| given(self.content_type().parameter("name")))
    }

    /// The [`file_name`](Self::file_name) made safe to create: see
    /// [`safe_file_name`](crate::safe_file_name()).
    pub fn safe_file_name(&self) -> Option<String> {
        crate::safe_file_name(&self.file_name()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::Message;

    #[test]
    fn fields() {
        let message = Message::parse(
            b"Content-ID: (x) < a@b >\nContent-Language: de, (k) en-GB ,fr\nContent-Location: http://a/b\n c\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\nContent-Description: a\n =?utf-8?q?=C3=A4?=\nContent-Type: a/b; name=\"../x\"\n\n",
        );
        let part = message.root();
        assert_eq!(part.content_id().as_deref(), Some("a@b"));
        assert_eq!(part.content_language(), ["de", "en-GB", "fr"]);
        assert_eq!(part.content_location().as_deref(), Some("http://a/bc"));
        assert_eq!(
            part.content_md5().as_deref(),
            Some("Q2hlY2sgSW50ZWdyaXR5IQ==")
        );
        assert_eq!(part.content_description().as_deref(), Some("a ä"));
        assert_eq!(part.file_name().as_deref(), Some("../x"));
        assert_eq!(part.safe_file_name().as_deref(), Some("x"));
        let unnamed = Message::parse(
            b"Content-Disposition: attachment; filename=\"\"\nContent-Type: a/b; name=x\n\n",
        );
        assert_eq!(unnamed.root().file_name().as_deref(), Some("x"));
        let empty = Message::parse(b"\n");
        assert!(empty.root().content_language().is_empty() && empty.root().content_id().is_none());
    }
}
