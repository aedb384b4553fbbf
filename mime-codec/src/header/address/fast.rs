//! The common shapes of a mailbox in one pass: `jdoe@example.com`, `John Doe <jdoe@example.com>`,
//! `"Doe, John" <jdoe@example.com>` (RFC 5322 section 3.4).

use alloc::borrow::Cow;

use super::{AddrSpec, Mailbox};
use crate::header::grammar::{PLAIN, QTEXT, WORD, WSP, is};

/// Reads the mailbox at `start` if it has one of the common shapes and an end behind it, and
/// tells where it ends. All else is left to the full grammar.
#[inline]
pub(super) fn mailbox(text: &str, start: usize) -> Option<(Mailbox<'_>, usize)> {
    let bytes = text.as_bytes();
    let mut i = start;
    let mut name = None;
    match *bytes.get(i)? {
        b'<' => {}
        b'"' => {
            let end = run(bytes, i + 1, QTEXT);
            if end == i + 1 || bytes.get(end..end + 3)? != b"\" <" {
                return None;
            }
            name = Some(text.get(i + 1..end)?);
            i = end + 2;
        }
        _ => {
            i = dot_atom(bytes, start).unwrap_or(start);
            if i > start && bytes.get(i) == Some(&b'@') {
                let (addr, end) = addr_spec(text, start, i)?;
                return Some((Mailbox::new(addr), end_of_entry(bytes, end)?));
            }
            i = start;
            loop {
                let end = run(bytes, i, WORD);
                if end == i || bytes.get(end) != Some(&b' ') {
                    return None;
                }
                i = end + 1;
                if bytes.get(i) == Some(&b'<') {
                    name = Some(text.get(start..end)?);
                    break;
                }
            }
        }
    }
    let at = dot_atom(bytes, i + 1)?;
    let (addr, end) = addr_spec(text, i + 1, at)?;
    if bytes.get(end) != Some(&b'>') {
        return None;
    }
    let end = end_of_entry(bytes, end + 1)?;
    Some((
        Mailbox {
            name: name.map(Cow::Borrowed),
            addr,
            comment: None,
            route: None,
        },
        end,
    ))
}

/// Reads an address that is nothing but two dot-atoms.
pub(super) fn whole_addr_spec(text: &str) -> Option<AddrSpec<'_>> {
    let at = dot_atom(text.as_bytes(), 0)?;
    let (addr, end) = addr_spec(text, 0, at)?;
    (end == text.len()).then_some(addr)
}

/// The address whose local part goes from `start` to the `@` at `at`, and where it ends.
#[inline]
fn addr_spec(text: &str, start: usize, at: usize) -> Option<(AddrSpec<'_>, usize)> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'@') {
        return None;
    }
    let end = dot_atom(bytes, at + 1)?;
    let local = Cow::Borrowed(text.get(start..at)?);
    let domain = Some(Cow::Borrowed(text.get(at + 1..end)?));
    Some((AddrSpec { local, domain }, end))
}

/// Where the dot-atom at `from` ends.
#[inline]
fn dot_atom(bytes: &[u8], from: usize) -> Option<usize> {
    let mut i = from;
    loop {
        let end = run(bytes, i, PLAIN);
        if end == i {
            return None;
        }
        if bytes.get(end) != Some(&b'.') {
            return Some(end);
        }
        i = end + 1;
    }
}

/// Where the next entry or the end of the list is, if nothing but white space is in front of it.
#[inline]
fn end_of_entry(bytes: &[u8], from: usize) -> Option<usize> {
    let end = run(bytes, from, WSP);
    match bytes.get(end) {
        None | Some(b',') => Some(end),
        Some(_) => None,
    }
}

#[inline]
fn run(bytes: &[u8], from: usize, mask: u16) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|&b| !is(b, mask))
        .unwrap_or(rest.len())
}
