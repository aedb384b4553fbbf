//! Charsets of text: labels, decoding to UTF-8 and what was lost (RFC 2045 section 5.1, RFC 2152).
//!
//! Labels are those of the WHATWG Encoding Standard and of RFC 2152, with the spellings that
//! mailers get wrong. [`decode`] takes a whole text and borrows it where it is UTF-8 already;
//! [`CharsetDecoder`] takes chunks.

use alloc::borrow::Cow;
use alloc::string::String;

use encoding_rs::Encoding;

mod label;
mod pc;
mod utf7;
pub(crate) mod utf8;

pub use label::Charset;

/// Text decoded to UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; undecodable octets appear as U+FFFD.
    pub text: Cow<'a, str>,
    /// Whether something was replaced by U+FFFD.
    pub replaced: bool,
}

/// Decodes `bytes` from the charset that `label` names.
///
/// `None` if the label is unknown. A byte order mark of the charset is removed.
///
/// ```
/// let text = mime_codec::charset::decode(b"ISO-8859-1", b"caf\xE9").unwrap();
/// assert_eq!(text.text, "café");
/// assert!(!text.replaced);
/// ```
#[must_use]
pub fn decode<'a>(label: &[u8], bytes: &'a [u8]) -> Option<Decoded<'a>> {
    Some(Charset::for_label(label)?.decode(bytes))
}

/// Decodes text whose charset nobody named: UTF-8 if it is, else `fallback`.
///
/// A byte order mark of UTF-8 or UTF-16 decides as well.
///
/// ```
/// use mime_codec::charset::{Charset, decode_unlabelled};
/// let western = Charset::for_label(b"windows-1252").unwrap();
/// assert_eq!(decode_unlabelled(b"caf\xE9", western).text, "café");
/// assert_eq!(decode_unlabelled("café".as_bytes(), western).text, "café");
/// ```
#[must_use]
pub fn decode_unlabelled(bytes: &[u8], fallback: Charset) -> Decoded<'_> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Charset::from_encoding(encoding).decode(bytes);
    }
    match utf8::check(bytes) {
        Some(text) => Decoded {
            text: Cow::Borrowed(text),
            replaced: false,
        },
        None => fallback.decode(bytes),
    }
}

impl Charset {
    /// Decodes a whole text; valid UTF-8 is borrowed.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Decoded<'_> {
        if self == Self::UTF_8
            && let Some(text) = utf8::check(utf8::without_mark(bytes))
        {
            return Decoded {
                text: Cow::Borrowed(text),
                replaced: false,
            };
        }
        if let Some(encoding) = self.encoding() {
            let (text, replaced) = if encoding == encoding_rs::UTF_16LE {
                let (text, _, replaced) = encoding.decode(bytes);
                (text, replaced)
            } else {
                encoding.decode_with_bom_removal(bytes)
            };
            return Decoded { text, replaced };
        }
        if bytes.is_ascii() && self.is_ascii_without_shifts(bytes) {
            // Cannot fail for US-ASCII.
            if let Ok(text) = core::str::from_utf8(bytes) {
                return Decoded {
                    text: Cow::Borrowed(text),
                    replaced: false,
                };
            }
        }
        let mut decoder = CharsetDecoder::new(self);
        let mut text = String::new();
        decoder.decode(bytes, &mut text);
        decoder.finish(&mut text);
        Decoded {
            text: Cow::Owned(text),
            replaced: decoder.replacements() > 0,
        }
    }
}

/// A decoder of text in any charset, fed with any chunks.
pub struct CharsetDecoder {
    charset: Charset,
    kind: Kind,
    replacements: u64,
}

enum Kind {
    Whatwg(encoding_rs::Decoder),
    Pc(&'static [char; 128]),
    Utf7(utf7::Decoder),
}

impl core::fmt::Debug for CharsetDecoder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CharsetDecoder")
            .field("charset", &self.charset)
            .field("replacements", &self.replacements)
            .finish_non_exhaustive()
    }
}

impl CharsetDecoder {
    /// A decoder at the start of a text.
    #[must_use]
    pub fn new(charset: Charset) -> Self {
        let kind = match (charset.encoding(), charset.pc_table()) {
            // Text labelled UTF-16 says in its mark which of both it is (RFC 2781 section 3.3).
            (Some(encoding), _) if encoding == encoding_rs::UTF_16LE => {
                Kind::Whatwg(encoding.new_decoder())
            }
            (Some(encoding), _) => Kind::Whatwg(encoding.new_decoder_with_bom_removal()),
            (None, Some(table)) => Kind::Pc(table),
            (None, None) => Kind::Utf7(utf7::Decoder::default()),
        };
        Self {
            charset,
            kind,
            replacements: 0,
        }
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut String) {
        match &mut self.kind {
            Kind::Whatwg(decoder) => self.replacements += whatwg(decoder, input, false, out),
            Kind::Pc(table) => out.extend(input.iter().map(|octet| {
                let high = usize::from(octet.wrapping_sub(128));
                match table.get(high) {
                    Some(character) if !octet.is_ascii() => *character,
                    _ => char::from(*octet),
                }
            })),
            Kind::Utf7(decoder) => self.replacements += decoder.decode(input, out),
        }
    }

    /// Ends the text: an incomplete character becomes U+FFFD.
    ///
    /// The decoder is then ready for another text; its count of replacements remains.
    pub fn finish(&mut self, out: &mut String) {
        match &mut self.kind {
            Kind::Whatwg(decoder) => self.replacements += whatwg(decoder, b"", true, out),
            Kind::Pc(_) => {}
            Kind::Utf7(decoder) => self.replacements += decoder.finish(out),
        }
        self.kind = Self::new(self.charset).kind;
    }

    /// How many times U+FFFD was put where octets could not be decoded.
    pub fn replacements(&self) -> u64 {
        self.replacements
    }
}

/// Runs a decoder of `encoding_rs` over a chunk; returns the number of replacements.
fn whatwg(decoder: &mut encoding_rs::Decoder, input: &[u8], last: bool, out: &mut String) -> u64 {
    let mut replacements = 0;
    let mut rest = input;
    loop {
        // One replacement costs three octets; the estimate is that of text without any.
        let room = decoder
            .max_utf8_buffer_length_without_replacement(rest.len())
            .unwrap_or(rest.len());
        out.reserve(room.saturating_add(3));
        let (result, read) = decoder.decode_to_string_without_replacement(rest, out, last);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            encoding_rs::DecoderResult::InputEmpty => return replacements,
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::Malformed(..) => {
                replacements += 1;
                out.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}
