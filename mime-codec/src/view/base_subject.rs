//! The base subject, by which messages are sorted and threaded (RFC 5256 section 2.1).

use alloc::borrow::Cow;
use alloc::string::String;

/// The base subject of a decoded subject: what remains without `Re:`, `Fwd:`, `[list]` and `(fwd)`.
///
/// Exactly the algorithm of RFC 5256, on which IMAP servers and clients must agree: prefixes
/// in other languages stay. The second value tells whether the subject is that of a reply or a
/// forwarded message (RFC 5256 section 3).
///
/// ```
/// let (base, is_reply) = mime_codec::base_subject("Re: [list] Fwd: plans (fwd)");
/// assert_eq!((base.as_ref(), is_reply), ("plans", true));
/// ```
pub fn base_subject(subject: &str) -> (Cow<'_, str>, bool) {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    // Step 1: runs of white space become one space.
    let plain = !subject.contains("  ") && !subject.contains(['\t', '\r', '\n']);
    if plain {
        let (start, end, reply) = strip(subject);
        return (
            Cow::Borrowed(subject.get(start..end).unwrap_or_default()),
            reply,
        );
    }
    let mut text = String::with_capacity(subject.len());
    for c in subject.chars() {
        if !blank(c) {
            text.push(c);
        } else if !text.ends_with(' ') {
            text.push(' ');
        }
    }
    let (start, end, reply) = strip(&text);
    (
        Cow::Owned(text.get(start..end).map(String::from).unwrap_or_default()),
        reply,
    )
}

/// Where the base subject starts and ends, and whether something of a reply was removed.
fn strip(text: &str) -> (usize, usize, bool) {
    let mut rest = text;
    let mut start = 0;
    let mut reply = false;
    loop {
        // Step 2.
        rest = rest.trim_end_matches(' ');
        while let Some(shorter) = strip_end(rest, "(fwd)") {
            rest = shorter.trim_end_matches(' ');
            reply = true;
        }
        // Steps 3 to 5. Blobs are looked at once: if no `Re:` follows all of them, none follows
        // fewer, and step 4 removes them one by one while something is left.
        loop {
            let (mut blobs, mut last) = (rest.trim_start_matches(' '), None);
            while let Some(after) = blob(blobs) {
                last = Some(blobs);
                blobs = after;
            }
            if let Some(after) = refwd(blobs) {
                reply = true;
                start += rest.len() - after.len();
                rest = after;
                continue;
            }
            let base = if blobs.is_empty() {
                last.unwrap_or(blobs)
            } else {
                blobs
            };
            start += rest.len() - base.len();
            rest = base;
            break;
        }
        // Step 6.
        let inner = strip_start(rest, "[fwd:").and_then(|rest| rest.strip_suffix(']'));
        let Some(inner) = inner else {
            return (start, start + rest.len(), reply);
        };
        reply = true;
        start += "[fwd:".len();
        rest = inner;
    }
}

/// What follows `subj-refwd`.
fn refwd(text: &str) -> Option<&str> {
    let rest = strip_start(text, "re")
        .or_else(|| strip_start(text, "fwd"))
        .or_else(|| strip_start(text, "fw"))?;
    let rest = rest.trim_start_matches(' ');
    blob(rest).unwrap_or(rest).strip_prefix(':')
}

/// What follows `subj-blob`.
fn blob(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?;
    let end = inside.find(['[', ']'])?;
    Some(
        inside
            .get(end..)?
            .strip_prefix(']')?
            .trim_start_matches(' '),
    )
}

fn strip_start<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn strip_end<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps() {
        let cases = [
            ("hello", "hello", false),
            ("re: hello", "hello", true),
            ("Re :  Re[2]: FWD [x] : hello", "hello", true),
            ("re:: hello", ": hello", true),
            ("[fwd: re: fw: hello world]", "hello world", true),
            ("[list] re: hello", "hello", true),
            ("[list] hello", "hello", false),
            ("[a] [b]", "[b]", false),
            ("[]hello [world]", "hello [world]", false),
            ("hello (fwd) (FWD) ", "hello", true),
            ("(fwd)", "", true),
            ("  a \t b  ", "a b", false),
            ("", "", false),
            ("re", "re", false),
            ("[fwd: ]", "", true),
            ("[a", "[a", false),
            ("R\u{e9}: x", "R\u{e9}: x", false),
        ];
        for (subject, base, reply) in cases {
            let (found, is_reply) = base_subject(subject);
            assert_eq!((found.as_ref(), is_reply), (base, reply), "{subject:?}");
        }
    }
}
