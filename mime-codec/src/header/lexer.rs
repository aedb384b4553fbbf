//! Tokens of structured MIME fields: white space, comments, tokens and quoted strings
//! (RFC 2045 section 5.1, RFC 822 section 3.3).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::header::grammar::{
    CFWS, EQUALS, QUOTE, SEMICOLON, TOKEN, WSP, comment_len, is, is_token,
};
use crate::parse::scan::trim;

/// Octets of the token at the start of `bytes`.
#[inline]
pub(crate) fn token_len(bytes: &[u8]) -> usize {
    // Most tokens are words.
    let mut len = letters_len(bytes);
    while bytes.get(len).is_some_and(|&octet| is(octet, TOKEN)) {
        len += 1;
    }
    len
}

/// How many octets at the start of `bytes` are letters, eight at a time; what does not fill eight does
/// not count.
#[inline]
fn letters_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let mut len = 0;
    for word in bytes.as_chunks().0 {
        let word = u64::from_le_bytes(*word);
        let lower = (word | ONES << 5) & !HIGH;
        let from_a = lower + ONES * u64::from(128 - b'a');
        let beyond_z = lower + ONES * u64::from(127 - b'z');
        let other = !(from_a & !beyond_z & !word) & HIGH;
        if other != 0 {
            return len + other.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len
}

/// One `name=value` as it stands in the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawParameter<'a> {
    pub(crate) name: &'a [u8],
    /// Unquoted, with escapes and folds removed.
    pub(crate) value: Cow<'a, [u8]>,
    /// Not of the form that RFC 2045 demands.
    pub(crate) malformed: bool,
    /// Octets from its start to the end of the field.
    pub(crate) left: usize,
}

/// A cursor over the value of a field; line ends count as white space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'a> {
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(value: &'a [u8]) -> Self {
        Self { rest: value }
    }

    /// What has not been read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn advance(&mut self, octets: usize) -> &'a [u8] {
        let (head, tail) = self
            .rest
            .split_at_checked(octets)
            .unwrap_or((self.rest, &[]));
        self.rest = tail;
        head
    }

    /// Skips white space and comments; a comment without its end reaches to the end of the field.
    pub(crate) fn skip_cfws(&mut self) {
        while self.rest.first().is_some_and(|&octet| is(octet, CFWS)) {
            let space = self.rest.iter().take_while(|&&octet| is(octet, WSP));
            self.advance(space.count());
            if self.rest.first() != Some(&b'(') {
                return;
            }
            let comment = comment_len(self.rest, |_, _| {});
            self.advance(comment.unwrap_or(self.rest.len()));
        }
    }

    /// Takes the octets up to white space, a comment or an octet of the classes `stops`.
    pub(crate) fn word(&mut self, stops: u16) -> &'a [u8] {
        let stops = stops | CFWS;
        let len = self
            .rest
            .iter()
            .position(|&octet| is(octet, stops))
            .unwrap_or(self.rest.len());
        self.advance(len)
    }

    /// Takes the token that is next, if any.
    pub(crate) fn token(&mut self) -> &'a [u8] {
        let len = token_len(self.rest);
        self.advance(len)
    }

    /// Takes `octet` if it is next.
    pub(crate) fn eat(&mut self, octet: u8) -> bool {
        let next = self.rest.first() == Some(&octet);
        if next {
            self.advance(1);
        }
        next
    }

    /// Skips to the next semicolon outside quoted strings and comments, or to the end; whether
    /// anything but white space and comments was skipped.
    pub(crate) fn skip_to_semicolon(&mut self) -> bool {
        let mut skipped = false;
        loop {
            self.skip_cfws();
            match self.rest.first() {
                None | Some(b';') => return skipped,
                Some(b'"') => {
                    self.quoted();
                }
                Some(_) => {
                    // At least one octet, so that the loop ends.
                    if self.word(QUOTE | SEMICOLON).is_empty() {
                        self.advance(1);
                    }
                }
            }
            skipped = true;
        }
    }

    /// Whether nothing but white space, a comment or a semicolon is next.
    pub(crate) fn at_word_end(&self) -> bool {
        self.rest
            .first()
            .is_none_or(|&octet| is(octet, CFWS | SEMICOLON))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the quoted string that is next: its content, and whether its end was there.
    pub(crate) fn quoted(&mut self) -> (Cow<'a, [u8]>, bool) {
        self.advance(1);
        let stop = memchr::memchr2(b'"', b'\\', self.rest).unwrap_or(self.rest.len());
        let plain = self.rest.get(..stop).unwrap_or_default();
        let stop = memchr::memchr2(b'\r', b'\n', plain).unwrap_or(stop);
        let plain = self.advance(stop);
        if self.eat(b'"') {
            return (Cow::Borrowed(plain), true);
        }
        if self.is_empty() {
            return (Cow::Borrowed(plain), false);
        }
        let mut out = Vec::from(plain);
        let mut escaped = false;
        let mut used = 0;
        let mut closed = false;
        for &octet in self.rest {
            used += 1;
            match octet {
                b'\r' | b'\n' => escaped = false,
                _ if escaped => {
                    out.push(octet);
                    escaped = false;
                }
                b'\\' => escaped = true,
                b'"' => {
                    closed = true;
                    break;
                }
                _ => out.push(octet),
            }
        }
        self.advance(used);
        (Cow::Owned(out), closed)
    }

    /// Takes the next parameter of a `;`-separated list; empty ones are skipped.
    pub(crate) fn parameter(&mut self) -> Option<RawParameter<'a>> {
        loop {
            self.skip_cfws();
            if self.eat(b';') {
                continue;
            }
            if self.is_empty() {
                return None;
            }
            break;
        }
        let left = self.rest.len();
        let name = self.word(EQUALS | SEMICOLON | QUOTE);
        self.skip_cfws();
        if !self.eat(b'=') {
            let skipped = self.skip_to_semicolon();
            let malformed = skipped || !name.is_empty();
            return Some(RawParameter {
                name: b"",
                value: Cow::Borrowed(b""),
                malformed,
                left,
            });
        }
        self.skip_cfws();
        if self.rest.first() == Some(&b'"') {
            let (value, closed) = self.quoted();
            self.skip_cfws();
            // A semicolon may be missing; what follows is then the next parameter.
            let malformed = !closed || !(self.is_empty() || self.rest.first() == Some(&b';'));
            return Some(RawParameter {
                name,
                value,
                malformed: malformed || name.is_empty(),
                left,
            });
        }
        let start = self.rest;
        let word = self.word(SEMICOLON);
        self.skip_cfws();
        if self.is_empty() || self.rest.first() == Some(&b';') {
            let malformed = name.is_empty() || !is_near_token(word);
            return Some(RawParameter {
                name,
                value: Cow::Borrowed(word),
                malformed,
                left,
            });
        }
        // Spaces in a value without quotes: everything up to the semicolon, or up to the next parameter if
        // the semicolon is missing.
        while !self.is_empty() && self.rest.first() != Some(&b';') {
            let mut ahead = *self;
            let word = ahead.word(SEMICOLON | EQUALS | QUOTE);
            if is_token(word) && ahead.rest.first() == Some(&b'=') {
                break;
            }
            if word.is_empty() {
                ahead.advance(1);
            }
            ahead.skip_cfws();
            *self = ahead;
        }
        let value = start.get(..start.len() - self.rest.len()).unwrap_or(start);
        let value = trim(value);
        let value = if value.iter().any(|octet| matches!(octet, b'\r' | b'\n')) {
            Cow::Owned(
                value
                    .iter()
                    .copied()
                    .filter(|octet| !matches!(octet, b'\r' | b'\n'))
                    .collect(),
            )
        } else {
            Cow::Borrowed(value)
        };
        Some(RawParameter {
            name,
            value,
            malformed: true,
            left,
        })
    }
}

/// A token, or what has `=`, `/`, `?` or `:` besides: wrong without quotes, but too common to speak of.
fn is_near_token(value: &[u8]) -> bool {
    !value.is_empty()
        && value
            .iter()
            .all(|&octet| is(octet, TOKEN) || b"=/?:".contains(&octet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_octets_agree_on_tokens() {
        for octet in 0..=255 {
            for place in 0..17 {
                let mut bytes = [b'z'; 17];
                bytes[place] = octet;
                let expected = if is(octet, TOKEN) { 17 } else { place };
                assert_eq!(token_len(&bytes), expected, "{octet} at {place}");
                let expected = if octet.is_ascii_alphabetic() {
                    16
                } else {
                    place.min(16)
                };
                assert_eq!(letters_len(&bytes), expected, "{octet} at {place}");
            }
        }
    }

    fn all(value: &[u8]) -> Vec<(&[u8], Vec<u8>, bool)> {
        let mut lexer = Lexer::new(value);
        core::iter::from_fn(|| lexer.parameter())
            .map(|parameter| {
                (
                    parameter.name,
                    parameter.value.into_owned(),
                    parameter.malformed,
                )
            })
            .collect()
    }

    #[test]
    fn plain_and_quoted() {
        assert_eq!(
            all(b"; a=b; (x(y)\\)) c = \"d\\\"e\r\n f\" ;;;"),
            [
                (&b"a"[..], b"b".to_vec(), false),
                (b"c", b"d\"e f".to_vec(), false)
            ]
        );
    }

    #[test]
    fn lenient_forms() {
        assert_eq!(
            all(b"name=my file.txt; x=y"),
            [
                (&b"name"[..], b"my file.txt".to_vec(), true),
                (b"x", b"y".to_vec(), false)
            ]
        );
        assert_eq!(
            all(b"a=\"b\" c=d"),
            [
                (&b"a"[..], b"b".to_vec(), true),
                (b"c", b"d".to_vec(), false)
            ]
        );
        assert_eq!(all(b"a=\"open"), [(&b"a"[..], b"open".to_vec(), true)]);
        assert_eq!(
            all(b"flag; b=--=_x"),
            [
                (&b""[..], b"".to_vec(), true),
                (b"b", b"--=_x".to_vec(), false)
            ]
        );
        assert_eq!(all(b"a=b (comment"), [(&b"a"[..], b"b".to_vec(), false)]);
        assert_eq!(all(b"\"\"\"=;"), [(&b""[..], b"".to_vec(), true)]);
    }
}
