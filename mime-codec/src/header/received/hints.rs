//! What the comments of a Received field tell about the client and about TLS; no standard
//! defines them beyond `TCP-info` (RFC 5321 section 4.4).

use alloc::borrow::Cow;
use alloc::string::ToString;
use core::net::IpAddr;

use super::{Received, address_literal};

/// Where in one comment the interesting parts are.
#[derive(Debug, Default)]
pub(super) struct Hints {
    helo: Option<(usize, usize)>,
    name: Option<(usize, usize)>,
    ip: Option<IpAddr>,
    version: Option<(usize, usize)>,
    cipher: Option<(usize, usize)>,
}

impl Hints {
    /// Looks through a comment; what concerns the client counts only if the comment is about it.
    pub(super) fn comment(&mut self, text: &str, client: bool) {
        *self = Self::default();
        let mut previous = "";
        let mut first = true;
        for (start, token) in tokens(text) {
            let span = (start, start + token.len());
            if client {
                let name = token.trim_end_matches('.');
                if self.helo.is_none()
                    && ["helo", "ehlo", "lhlo"]
                        .iter()
                        .any(|verb| previous.eq_ignore_ascii_case(verb))
                {
                    self.helo = Some(span);
                } else if let Some(ip) = address_literal(token) {
                    self.ip = self.ip.or(Some(ip));
                } else if first && self.name.is_none() && is_domain(name) {
                    self.name = Some((start, start + name.len()));
                }
            }
            // `TLSv1.3:CIPHER:256`, `TLSv1/SSLv3`, `ESMTP/TLS/CIPHER`
            let mut at = start;
            let parts = if token.len() > 4 { token } else { "" };
            for piece in parts.split([':', '/']) {
                let span = (at, at + piece.len());
                at += piece.len() + 1;
                if self.version.is_none() && is_tls_version(piece) {
                    self.version = Some(span);
                } else if self.cipher.is_none()
                    && (is_cipher(piece)
                        || (previous.eq_ignore_ascii_case("cipher") && piece.len() > 5))
                {
                    self.cipher = Some(span);
                }
            }
            previous = token;
            first = false;
        }
    }

    /// Takes the parts out of the comment they were found in.
    #[expect(
        clippy::ptr_arg,
        reason = "borrowed text is borrowed from, owned text is copied"
    )]
    pub(super) fn borrow_from<'a>(&self, hop: &mut Received<'a>, text: &Cow<'a, str>) {
        let take = |slot: &mut Option<Cow<'a, str>>, span: Option<(usize, usize)>| {
            if let (None, Some((start, end))) = (&slot, span) {
                *slot = match text {
                    Cow::Borrowed(text) => text.get(start..end).map(Cow::Borrowed),
                    Cow::Owned(text) => text
                        .get(start..end)
                        .map(|text| Cow::Owned(text.to_string())),
                };
            }
        };
        take(&mut hop.helo, self.helo);
        take(&mut hop.client_name, self.name);
        take(&mut hop.tls_version, self.version);
        take(&mut hop.tls_cipher, self.cipher);
        hop.client_ip = hop.client_ip.or(self.ip);
    }
}

/// A part of `text` if `find` finds one, else all of it.
pub(super) fn part(text: Cow<'_, str>, find: impl Fn(&str) -> Option<&str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(find(text).unwrap_or(text)),
        Cow::Owned(text) => match find(&text) {
            Some(found) => Cow::Owned(found.to_string()),
            None => Cow::Owned(text),
        },
    }
}

/// The words of a comment, cut at white space, commas, semicolons, equals signs and brackets.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let cut = |b: u8| {
        matches!(
            b,
            b' ' | b'\t'
                | b'\r'
                | b'\n'
                | b','
                | b';'
                | b'='
                | b'('
                | b')'
                | b'['
                | b']'
                | b'<'
                | b'>'
        )
    };
    let mut at = 0;
    core::iter::from_fn(move || {
        let rest = text.as_bytes().get(at..)?;
        let start = at + rest.iter().position(|&b| !cut(b))?;
        let rest = text.as_bytes().get(start..)?;
        at = start + rest.iter().position(|&b| cut(b)).unwrap_or(rest.len());
        Some((start, text.get(start..at)?))
    })
}

/// Whether this looks like a host name: labels with at least one dot between them.
pub(super) fn is_domain(text: &str) -> bool {
    let mut labels = 0;
    let sound = text.split('.').all(|label| {
        labels += 1;
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    });
    sound && labels > 1 && address_literal(text).is_none() && !is_tls_version(text)
}

/// `TLSv1.3`, `TLS1.2`, `TLS1_2`, `TLS-1.0`, `SSLv3`.
fn is_tls_version(text: &str) -> bool {
    let Some((name, rest)) = text.split_at_checked(3) else {
        return false;
    };
    let rest = rest.trim_start_matches(['v', 'V', '-']);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (name.eq_ignore_ascii_case("tls") || name.eq_ignore_ascii_case("ssl"))
        && (1..=2).contains(&digits)
        && rest.len() <= 3
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_'))
}

/// Whether this looks like the name of a cipher suite.
fn is_cipher(text: &str) -> bool {
    const MARKS: [&str; 6] = ["AES", "DES", "RC4", "CHACHA", "CAMELLIA", "ARIA"];
    text.contains(['-', '_'])
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        && MARKS.iter().any(|mark| text.contains(mark))
}
