//! Content-Type values of the forms that almost all mail has, read without the full grammar
//! (RFC 2045 section 5.1): no comments, no escapes, no RFC 2231 sections.
//!
//! Each function gives what the full grammar gives, or `None` to have that asked.

use super::MediaType;
use crate::header::lexer::token_len;
use crate::parse::scan::is_word;

/// Octets of a value that are read here; longer ones are left to the full grammar and its limits.
const MOST: usize = 1000;

/// Reads `type/subtype` at the start of `section` without white space or comments within, with a
/// semicolon or a line end behind it, and returns what follows.
pub(crate) fn media_type(section: &[u8]) -> Option<(MediaType<'_>, &[u8])> {
    let value = section.strip_prefix(b" ").unwrap_or(section);
    let (kind, rest) = value.split_at_checked(token_len(value))?;
    let rest = rest.strip_prefix(b"/")?;
    let (subtype, rest) = rest.split_at_checked(token_len(rest))?;
    let end = matches!(rest.first(), None | Some(b';' | b'\r' | b'\n'));
    (end && !kind.is_empty() && !subtype.is_empty()).then_some((MediaType { kind, subtype }, rest))
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
        let (name, after) = rest.split_at_checked(token_len(rest))?;
        let after = after.strip_prefix(b"=")?;
        // Exact equality is the cheaper question, and most often the answer.
        let is_charset = name == b"charset" || name.eq_ignore_ascii_case(b"charset");
        if !is_charset && (name.is_empty() || name.contains(&b'*')) {
            return None;
        }
        let value;
        if let Some(quoted) = after.strip_prefix(b"\"") {
            (value, rest) = self::quoted(quoted)?;
        } else {
            (value, rest) = after.split_at_checked(token_len(after))?;
            if value.is_empty() {
                return None;
            }
        }
        if is_charset && found == Label::Absent {
            if !value.iter().all(u8::is_ascii_graphic) {
                return None;
            }
            found = Label::Named(value);
        }
    }
}

/// The rest of a quoted string without escapes and folds, and what follows it.
fn quoted(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = value
        .iter()
        .position(|octet| matches!(octet, b'"' | b'\\' | b'\r' | b'\n'))?;
    let (content, rest) = value.split_at_checked(end)?;
    Some((content, rest.strip_prefix(b"\"")?))
}

/// Skips white space, and line ends that white space follows.
fn skip_space(value: &[u8]) -> &[u8] {
    let mut rest = value;
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
