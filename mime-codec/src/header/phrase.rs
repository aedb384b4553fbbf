//! Phrases: display names, keywords (RFC 5322 section 3.2.5, encoded words by RFC 2047 section 5).

use alloc::borrow::Cow;

use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{
    self, Finder, Joiner, Place, decode_text, looks_encoded, starts_word,
};
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, ATEXT, Cursor, WSP, is};
use crate::header::unstructured::LONG;
use crate::{DefectKind, EncodeError, Options};

/// Decodes the phrase from `start` to `end` of the value: words joined by single spaces, quotes
/// and comments removed, encoded words decoded.
pub(crate) fn decode<'a>(
    value: &'a [u8],
    start: usize,
    end: usize,
    options: &Options,
    sink: &mut Sink<'_>,
) -> Cow<'a, str> {
    let bytes = value.get(start..end).unwrap_or_default();
    let mut cursor = Cursor::new_ascii(bytes);
    let mut finder = Finder::default();
    let mut joiner = Joiner::new(bytes, options);
    let mut after_word = false;
    let mut gap = false;
    let mut empty = true;
    while let Some(byte) = cursor.peek() {
        if is(byte, WSP) {
            cursor.skip(WSP);
            gap = true;
            continue;
        }
        if byte == b'(' {
            cursor.comment(options, &mut Sink::none());
            gap = true;
            after_word = false;
            continue;
        }
        let at = cursor.pos();
        if starts_word(bytes, at)
            && let Some((word, word_end)) = finder.word_at(bytes, at)
        {
            if gap && !empty && !after_word {
                joiner.push_text(" ", start, sink);
            }
            if !gap && !empty {
                sink.report(DefectKind::EncodedWordNotSeparated, start + at);
            }
            joiner.push_word(&word, at, word_end, start, sink);
            cursor.set_pos(word_end);
            after_word = true;
        } else {
            if gap && !empty {
                joiner.push_text(" ", start, sink);
            }
            let quoted = if byte == b'"' {
                cursor.quoted_string()
            } else {
                None
            };
            let text = if let Some(quoted) = quoted {
                let content = cursor.slice(quoted.start, quoted.end);
                if options.quoted_encoded_words && !quoted.plain {
                    let text = decode_text(content, start + quoted.start, true, options, sink);
                    if text.len() != content.len() && memchr::memmem::find(content, b"=?").is_some()
                    {
                        sink.report(DefectKind::QuotedEncodedWord, start + quoted.start);
                    }
                    text
                } else {
                    grammar::clean(content, true, options)
                }
            } else {
                // A quoted pair outside of quotes still quotes.
                cursor.set_pos(at + if byte == b'\\' { 2 } else { 1 });
                while let Some(byte) = cursor.peek()
                    && !is(byte, WSP)
                    && !matches!(byte, b'(' | b'"' | b'\\')
                    && !starts_word(bytes, cursor.pos())
                {
                    cursor.bump();
                }
                let end = cursor.pos().min(bytes.len());
                cursor.set_pos(end);
                // A quotation mark that nothing closes has no meaning.
                let from = if byte == b'"' { at + 1 } else { at };
                grammar::clean(cursor.slice(from, end), true, options)
            };
            joiner.push_text(&text, start, sink);
            after_word = false;
        }
        gap = false;
        empty = false;
    }
    Cow::Owned(joiner.finish(start, sink))
}

/// The phrase in UTF-8: as atoms, or else as a quoted string.
pub(crate) fn text(phrase: &str) -> Cow<'_, str> {
    let atoms = phrase
        .split(' ')
        .all(|word| !word.is_empty() && word.bytes().all(|b| is(b, ATEXT)));
    if atoms && !looks_encoded(phrase) {
        Cow::Borrowed(phrase)
    } else {
        Cow::Owned(grammar::quote(phrase))
    }
}

/// Writes a phrase that reads back as `text`: as atoms, a quoted string or encoded words.
pub(crate) fn write(text: &str, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
    // The common case in one pass: words of letters and digits.
    let mut before = b' ';
    let simple = text.bytes().all(|b| {
        let before = core::mem::replace(&mut before, b);
        b.is_ascii_alphanumeric() || (b == b' ' && before != b' ')
    });
    if simple && before != b' ' && text.len() < LONG {
        return field.write_folding(text);
    }
    let printable = text.chars().all(|c| c == '\t' || !c.is_control());
    let plain = printable
        && (text.is_ascii() || field.utf8())
        && !looks_encoded(text)
        && text.split(' ').all(|word| word.len() < LONG);
    if plain
        && text
            .split(' ')
            .all(|word| !word.is_empty() && word.bytes().all(|b| is(b, ATEXT)))
    {
        return field.write_folding(text);
    }
    // Folding at a space is safe inside a quoted string unless the line would be all white space.
    if plain
        && !text.contains("  ")
        && !text.contains('\t')
        && !text.ends_with(' ')
        && !text.starts_with(' ')
    {
        return field.write_folding(&grammar::quote(text));
    }
    if plain && text.len() < 60 {
        return field.write(&grammar::quote(text));
    }
    encoded_word::write_words(text, Place::Phrase, field)
}
