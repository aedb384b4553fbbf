//! Content-Type values of the forms that almost all mail has, read without the full grammar
//! (RFC 2045 section 5.1): no comments, no escapes, no RFC 2231 sections.
//!
//! Each function gives what the full grammar gives, or `None` to have that asked.

use super::MediaType;
use crate::header::lexer::token_len;
use crate::header::unstructured::LONG;
use crate::parse::scan::{graphic_len, is_word};

/// Octets of a value that are read here; longer ones are left to the full grammar and its limits.
const MOST: usize = 1000;

/// Reads `type/subtype` at the start of `section` without white space or comments within, with a
/// semicolon or a line end behind it, and returns what follows.
#[inline]
pub(crate) fn media_type(section: &[u8]) -> Option<(MediaType<'_>, &[u8])> {
    let value = section.strip_prefix(b" ").unwrap_or(section);
    frequent(value).or_else(|| any(value))
}

/// Of the given media types the one that `value` starts with.
macro_rules! one_of {
    ($value:expr; $($kind:literal / $subtype:literal),*) => {{
        $(
            if let Some(rest) = $value.strip_prefix(concat!($kind, "/", $subtype).as_bytes())
                && is_end(rest)
            {
                return Some((MediaType { kind: $kind, subtype: $subtype }, rest));
            }
        )*
    }};
}

/// The media types that most mail is made of, as most mail spells them: compared in words and known
/// to be text, which costs a tenth of reading them.
#[inline]
fn frequent(value: &[u8]) -> Option<(MediaType<'static>, &[u8])> {
    match value.first()? {
        b't' => one_of!(value; "text" / "plain", "text" / "html"),
        b'm' => one_of!(
            value;
            "multipart" / "mixed", "multipart" / "alternative", "multipart" / "related",
            "multipart" / "signed", "multipart" / "report", "message" / "rfc822"
        ),
        b'i' => one_of!(value; "image" / "png", "image" / "jpeg"),
        b'a' => one_of!(value; "application" / "octet-stream", "application" / "pdf"),
        _ => {}
    }
    None
}

#[inline(never)]
fn any(value: &[u8]) -> Option<(MediaType<'_>, &[u8])> {
    let kind = token_len(value);
    if value.get(kind) != Some(&b'/') {
        return None;
    }
    let subtype = token_len(value.get(kind + 1..)?);
    let (both, rest) = value.split_at_checked(kind + 1 + subtype)?;
    if kind == 0 || subtype == 0 || kind + subtype >= LONG || !is_end(rest) {
        return None;
    }
    let (kind, subtype) = core::str::from_utf8(both).ok()?.split_once('/')?;
    Some((MediaType { kind, subtype }, rest))
}

/// Whether a media type is complete where `rest` follows.
#[inline]
fn is_end(rest: &[u8]) -> bool {
    matches!(rest.first(), None | Some(b';' | b'\r' | b'\n'))
}

/// What a Content-Type says of the charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label<'a> {
    Absent,
    /// Printable US-ASCII without space.
    Named(&'a [u8]),
}

/// The charset parameter of the value at the start of `section`, which ends with the field that has
/// it or later.
pub(crate) fn charset(section: &[u8]) -> Option<Label<'_>> {
    let window = section.get(..MOST).unwrap_or(section);
    let (_, mut rest) = media_type(window)?;
    let mut found = Label::Absent;
    loop {
        rest = skip_space(rest);
        if at_end(rest) {
            // The window may have cut the value, or a fold behind its line end.
            return (rest.len() > 2 || window.len() == section.len()).then_some(found);
        }
        rest = skip_space(rest.strip_prefix(b";")?);
        if at_end(rest) || rest.starts_with(b";") {
            continue;
        }
        let is_charset;
        let after = if let Some(after) = rest.strip_prefix(b"charset=") {
            is_charset = true;
            after
        } else {
            let (name, after) = rest.split_at_checked(token_len(rest))?;
            is_charset = name.eq_ignore_ascii_case(b"charset");
            if name.is_empty() || name.contains(&b'*') {
                return None;
            }
            after.strip_prefix(b"=")?
        };
        let value;
        if let Some(quoted) = after.strip_prefix(b"\"") {
            (value, rest) = self::quoted(quoted)?;
            if is_charset && !value.iter().all(u8::is_ascii_graphic) {
                return None;
            }
        } else {
            (value, rest) = after.split_at_checked(token_len(after))?;
            if value.is_empty() {
                return None;
            }
        }
        if is_charset && found == Label::Absent {
            found = Label::Named(value);
        }
    }
}

/// The rest of a quoted string without escapes and folds, and what follows it.
fn quoted(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let special = |octet: &u8| matches!(octet, b'"' | b'\\' | b'\r' | b'\n');
    // Most have no space.
    let known = graphic_len(value, [b'"', b'\\']);
    let end = known + value.get(known..)?.iter().position(special)?;
    let (content, rest) = value.split_at_checked(end)?;
    Some((content, rest.strip_prefix(b"\"")?))
}

/// Skips white space, and line ends that white space follows.
fn skip_space(value: &[u8]) -> &[u8] {
    let mut rest = value;
    if rest.first().is_none_or(|&octet| octet > b' ') {
        return rest;
    }
    while let [b' ' | b'\t', after @ ..]
    | [b'\n', b' ' | b'\t', after @ ..]
    | [b'\r', b'\n', b' ' | b'\t', after @ ..] = rest
    {
        rest = after;
    }
    rest
}

/// Whether the field ends here.
fn at_end(rest: &[u8]) -> bool {
    matches!(rest, [] | [b'\n', ..] | [b'\r', b'\n', ..])
}

/// The boundary if it is the only parameter and quoted, without folds or white space at its end.
pub(super) fn only_boundary(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(b";")?;
    let space = rest
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t' | b'\r' | b'\n'))
        .count();
    let (name, value) = rest.get(space..)?.split_at_checked(b"boundary".len())?;
    if !is_word(name, b"boundary") {
        return None;
    }
    let value = value.strip_prefix(b"=\"")?;
    let (boundary, rest) = quoted(value)?;
    let padded = matches!(boundary.last(), Some(b' ' | b'\t'));
    (!padded && matches!(rest, b"" | b"\n" | b"\r\n")).then_some(boundary)
}
