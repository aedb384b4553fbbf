//! Reading addr-specs: local parts, domains, address literals and routes (RFC 5322 sections 3.4.1 and 4.4).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Bad, Parser};
use crate::DefectKind;
use crate::header::address::{AddrSpec, AddrSpecError};
use crate::header::defect_sink::Sink;
use crate::header::grammar::{self, ATEXT, DTEXT, Quoted, WSP, is};
use crate::options::DEFAULT_OPTIONS;

/// An addr-spec that is the whole text.
pub(in crate::header::address) fn whole_addr_spec(
    text: &[u8],
) -> Result<AddrSpec<'_>, AddrSpecError> {
    let mut defects = Vec::new();
    let mut parser = Parser::new(text, &DEFAULT_OPTIONS, Sink::to(&mut defects));
    let result = parser.strict_addr_spec(&mut None);
    let pos = parser.cursor.pos().min(text.len());
    match result {
        Ok(addr) if pos == text.len() && defects.is_empty() && folds_are_strict(text) => Ok(addr),
        _ => Err(AddrSpecError::new(pos)),
    }
}

impl<'a> Parser<'a, '_, '_> {
    fn strict_addr_spec(
        &mut self,
        comment: &mut Option<Cow<'a, str>>,
    ) -> Result<AddrSpec<'a>, Bad> {
        self.cfws(comment);
        let local = self.local_part(comment)?;
        if !self.cursor.eat(b'@') {
            return Err(Bad);
        }
        let domain = self.domain(comment)?;
        self.cfws(comment);
        Ok(AddrSpec {
            local,
            domain: Some(domain),
        })
    }

    /// An address in angle brackets, the first of which is next, with an obsolete route.
    pub(super) fn angle_addr(
        &mut self,
        route: &mut Option<Cow<'a, str>>,
        comment: &mut Option<Cow<'a, str>>,
    ) -> Result<AddrSpec<'a>, Bad> {
        self.cursor.bump();
        self.cfws(comment);
        if matches!(self.cursor.peek(), Some(b'@' | b',')) {
            *route = Some(self.route(comment)?);
            self.cfws(comment);
        }
        let start = self.cursor.pos();
        let run = self.word();
        let local = if self.cursor.pos() > start && matches!(self.cursor.peek(), Some(b'@' | b'>'))
        {
            if run.odd_dots {
                self.sink.report(DefectKind::MisplacedDots, start);
            }
            self.utf8(start, self.cursor.pos())?
        } else {
            self.cursor.set_pos(start);
            self.lenient_local_part(comment)?
        };
        let domain = if self.cursor.eat(b'@') {
            Some(self.domain(comment)?)
        } else {
            self.sink.report(DefectKind::MissingDomain, start);
            None
        };
        self.cfws(comment);
        if !self.cursor.eat(b'>') {
            match self.cursor.peek() {
                None | Some(b',' | b';') => {
                    self.sink.report(DefectKind::UnclosedAngleBracket, start);
                }
                Some(_) => return Err(Bad),
            }
        }
        Ok(AddrSpec { local, domain })
    }

    /// An obsolete route up to and with its colon.
    #[cold]
    fn route(&mut self, comment: &mut Option<Cow<'a, str>>) -> Result<Cow<'a, str>, Bad> {
        let start = self.cursor.pos();
        loop {
            match self.cursor.peek() {
                Some(b':') => {
                    let text = self.utf8(start, self.cursor.pos())?;
                    self.cursor.bump();
                    return Ok(match grammar::clean(text.as_bytes(), false, self.options) {
                        Cow::Borrowed(_) => text,
                        Cow::Owned(clean) => Cow::Owned(clean),
                    });
                }
                Some(b',' | b'@') => self.cursor.bump(),
                Some(b'(') => self.take_comment(comment),
                Some(b'[') => {
                    self.domain_literal()?;
                }
                Some(byte) if is(byte, ATEXT | WSP) || byte == b'.' => self.cursor.bump(),
                _ => return Err(Bad),
            }
        }
    }

    /// A local part by the grammar: words with single dots between them.
    fn local_part(&mut self, comment: &mut Option<Cow<'a, str>>) -> Result<Cow<'a, str>, Bad> {
        let start = self.cursor.pos();
        let run = self.word();
        if self.cursor.pos() > start && self.cursor.peek() == Some(b'@') {
            return if run.odd_dots {
                Err(Bad)
            } else {
                self.utf8(start, self.cursor.pos())
            };
        }
        self.cursor.set_pos(start);
        self.long_local_part(comment, true)
    }

    /// A local part with dots in the wrong places.
    pub(super) fn lenient_local_part(
        &mut self,
        comment: &mut Option<Cow<'a, str>>,
    ) -> Result<Cow<'a, str>, Bad> {
        self.long_local_part(comment, false)
    }

    #[cold]
    fn long_local_part(
        &mut self,
        comment: &mut Option<Cow<'a, str>>,
        strict: bool,
    ) -> Result<Cow<'a, str>, Bad> {
        let mut local = String::new();
        // Whether the next word needs a dot in front: it needs none at the start and behind one.
        let (mut words, mut dots) = (0_usize, 1_usize);
        let start = self.cursor.pos();
        let mut odd = false;
        loop {
            let at = self.cursor.pos();
            match self.cursor.peek() {
                Some(b'.') => {
                    self.cursor.bump();
                    odd |= dots > 0;
                    dots += 1;
                    local.push('.');
                }
                Some(b'"') => {
                    let quoted = self.cursor.quoted_string().ok_or(Bad)?;
                    if dots == 0 {
                        return Err(Bad);
                    }
                    local.push_str(&self.quoted_local(quoted)?);
                    (words, dots) = (words + 1, 0);
                }
                Some(byte) if is(byte, ATEXT) => {
                    if dots == 0 {
                        return Err(Bad);
                    }
                    self.cursor.skip(ATEXT);
                    local.push_str(&self.utf8(at, self.cursor.pos())?);
                    (words, dots) = (words + 1, 0);
                }
                Some(byte) if is(byte, WSP) => self.cursor.skip(WSP),
                Some(b'(') => self.take_comment(comment),
                _ => break,
            }
        }
        if words == 0 {
            return Err(Bad);
        }
        if odd || dots > 0 {
            if strict {
                return Err(Bad);
            }
            self.sink.report(DefectKind::MisplacedDots, start);
        }
        Ok(Cow::Owned(local))
    }

    /// The meaning of a quoted string in a local part. Nothing may be lost on the way.
    fn quoted_local(&mut self, quoted: Quoted) -> Result<Cow<'a, str>, Bad> {
        let content = self.cursor.slice(quoted.start, quoted.end);
        if quoted.plain {
            return self.utf8(quoted.start, quoted.end);
        }
        if memchr::memchr(0, content).is_some() {
            return Err(Bad);
        }
        if !folds_are_sound(content) || core::str::from_utf8(content).is_err() {
            return Err(Bad);
        }
        Ok(grammar::clean(content, true, self.options))
    }

    /// A domain, with white space and comments on both sides.
    #[inline]
    pub(super) fn domain(
        &mut self,
        comment: &mut Option<Cow<'a, str>>,
    ) -> Result<Cow<'a, str>, Bad> {
        self.cfws(comment);
        let domain = if self.cursor.peek() == Some(b'[') {
            let literal = self.domain_literal()?;
            self.cfws(comment);
            literal
        } else {
            let start = self.cursor.pos();
            let run = self.word();
            let end = self.cursor.pos();
            if end == start {
                return Err(Bad);
            }
            self.cfws(comment);
            let more = matches!(self.cursor.peek(), Some(b) if b == b'.' || (run.odd_dots && is(b, ATEXT)));
            let domain = self.utf8(start, end)?;
            if run.odd_dots || more {
                self.odd_domain(domain, comment)?
            } else {
                domain
            }
        };
        // With a second `@`, a control character or the like, which domain is meant cannot be known.
        match self.cursor.peek() {
            None | Some(b',' | b';' | b'>' | b'<' | b'"') => {}
            Some(byte) if is(byte, ATEXT) => {}
            Some(_) => return Err(Bad),
        }
        Ok(domain)
    }

    /// A domain with white space around its dots, or a dot too many.
    #[cold]
    fn odd_domain(
        &mut self,
        first: Cow<'a, str>,
        comment: &mut Option<Cow<'a, str>>,
    ) -> Result<Cow<'a, str>, Bad> {
        let mut domain = first;
        while matches!(self.cursor.peek(), Some(b) if b == b'.' || (domain.ends_with('.') && is(b, ATEXT)))
        {
            let at = self.cursor.pos();
            self.word();
            let more = self.utf8(at, self.cursor.pos())?;
            domain.to_mut().push_str(&more);
            self.cfws(comment);
        }
        if domain.ends_with('.') {
            self.sink
                .report(DefectKind::MisplacedDots, self.cursor.pos());
            domain.to_mut().pop();
        }
        if grammar::is_dot_atom(&domain) {
            Ok(domain)
        } else {
            Err(Bad)
        }
    }

    /// An address literal; folds inside it vanish.
    #[cold]
    fn domain_literal(&mut self) -> Result<Cow<'a, str>, Bad> {
        let start = self.cursor.pos();
        let mut plain = true;
        self.cursor.bump();
        loop {
            self.cursor.skip(DTEXT);
            match self.cursor.peek() {
                Some(b']') => {
                    self.cursor.bump();
                    break;
                }
                Some(b'\\')
                    if self
                        .cursor
                        .peek_at(1)
                        .is_some_and(|b| !matches!(b, 0 | b'\r' | b'\n')) =>
                {
                    self.cursor.bump();
                    self.cursor.bump();
                }
                Some(byte) if is(byte, WSP) => {
                    plain = false;
                    self.cursor.skip(WSP);
                }
                Some(byte) if byte.is_ascii_control() && byte != 0 => self.cursor.bump(),
                _ => return Err(Bad),
            }
        }
        let text = self.utf8(start, self.cursor.pos())?;
        if plain {
            return Ok(text);
        }
        if !folds_are_sound(text.as_bytes()) {
            return Err(Bad);
        }
        Ok(Cow::Owned(
            text.chars()
                .filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'))
                .collect(),
        ))
    }
}

/// Whether CR and LF occur only as CRLF or LF in front of white space, which is a fold, and no
/// quoted pair holds one of them.
fn folds_are_sound(content: &[u8]) -> bool {
    let mut previous = 0;
    let mut bytes = content.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let next = bytes.peek().copied();
        let sound = match byte {
            b'\r' => next == Some(b'\n') && previous != b'\\',
            b'\n' => matches!(next, Some(b' ' | b'\t')) && previous != b'\\',
            _ => true,
        };
        if !sound {
            return false;
        }
        previous = byte;
    }
    true
}

/// Whether CR and LF occur only as CRLF in front of white space.
fn folds_are_strict(value: &[u8]) -> bool {
    let mut from = 0;
    while let Some(found) = value
        .get(from..)
        .and_then(|rest| memchr::memchr2(b'\r', b'\n', rest))
    {
        if !matches!(
            value.get(from + found..),
            Some([b'\r', b'\n', b' ' | b'\t', ..])
        ) {
            return false;
        }
        from += found + 3;
    }
    true
}
