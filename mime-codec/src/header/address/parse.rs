//! Reading address lists entry by entry (RFC 5322 sections 3.4 and 4.4, RFC 6854).

mod addr_spec;

use alloc::borrow::Cow;

use super::fast;
use super::{AddrSpec, Mailbox, trimmed};
use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{Finder, decode_text, starts_word};
use crate::header::grammar::{ATEXT, Cursor, PLAIN, Quoted, WSP, is};
use crate::header::phrase;
use crate::{DefectKind, Options};

pub(super) use addr_spec::whole_addr_spec;

/// What an address list is made of, in the order of the text.
#[derive(Debug)]
pub(super) enum Event<'a> {
    Mailbox(Mailbox<'a>),
    GroupStart {
        name: Cow<'a, str>,
        comment: Option<Cow<'a, str>>,
    },
    GroupEnd,
    /// An entry that has no address.
    Invalid(Cow<'a, str>),
}

/// Reads one address list.
#[derive(Debug)]
pub(super) struct Parser<'a, 'o, 's> {
    cursor: Cursor<'a>,
    options: &'o Options,
    sink: Sink<'s>,
    finder: Finder,
    in_group: bool,
    entries: usize,
    /// The entry follows another one without a comma: a single word is no address then.
    glued: bool,
}

/// A part of an address does not fit the grammar; where, the cursor knows.
struct Bad;

/// An atom or dot-atom, or a run of dots and atoms in disorder.
#[derive(Clone, Copy)]
struct Run {
    /// A dot at an end, or two in a row.
    odd_dots: bool,
    equals: bool,
}

/// The words in front of `<`, `@` or `:`.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each read on its own"
)]
struct Words {
    count: usize,
    /// Where the first word starts and the last one ends.
    start: usize,
    end: usize,
    /// Where the last words start that dots connect: a local part if `@` follows.
    chain: usize,
    /// Where the word in front of the chain ends.
    before_chain: usize,
    chained: usize,
    /// The last word ends with a dot.
    dotted: bool,
    /// The last word is one run of atoms and dots.
    atom: Option<Run>,
    quoted: Option<Quoted>,
    /// More than atoms with single spaces between them.
    complex: bool,
    /// Something that no word may hold.
    bad: bool,
    /// Something that is no local part without a domain: an encoded word, an open quotation.
    encoded: bool,
}

impl<'a, 'o, 's> Parser<'a, 'o, 's> {
    #[inline]
    pub(super) fn new(value: &'a [u8], options: &'o Options, sink: Sink<'s>) -> Self {
        Self {
            cursor: Cursor::new(value),
            options,
            sink,
            finder: Finder::default(),
            in_group: false,
            entries: 0,
            glued: false,
        }
    }

    /// The next part of the list.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Event<'a>> {
        loop {
            match self.cursor.peek() {
                None => {
                    if self.in_group {
                        self.in_group = false;
                        self.sink.report(DefectKind::GroupSyntax, self.cursor.pos());
                        return Some(Event::GroupEnd);
                    }
                    return None;
                }
                Some(b',') => {
                    self.glued = false;
                    self.cursor.bump();
                }
                Some(b';') => {
                    self.glued = false;
                    self.cursor.bump();
                    if self.in_group {
                        self.in_group = false;
                        return Some(Event::GroupEnd);
                    }
                    self.sink
                        .report(DefectKind::GroupSyntax, self.cursor.pos() - 1);
                }
                Some(byte) if is(byte, WSP) => self.cursor.skip(WSP),
                Some(_) => {
                    if self.entries >= self.options.limits.addresses {
                        self.sink
                            .report(DefectKind::TooManyAddresses, self.cursor.pos());
                        self.cursor.set_pos(self.cursor.bytes().len());
                        continue;
                    }
                    if let Some(text) = self.cursor.utf8()
                        && let Some((mailbox, end)) = fast::mailbox(text, self.cursor.pos())
                        && !self.glued
                    {
                        self.cursor.set_pos(end);
                        self.entries += 1;
                        return Some(Event::Mailbox(mailbox));
                    }
                    if let Some(event) = self.entry() {
                        self.entries += 1;
                        return Some(event);
                    }
                }
            }
        }
    }

    /// One entry up to its comma. `None` if there is nothing in it.
    fn entry(&mut self) -> Option<Event<'a>> {
        let entry_start = self.cursor.pos();
        let mut comment = None;
        let mut words = Words::default();
        loop {
            let at = self.cursor.pos();
            match self.cursor.peek() {
                Some(b' ') => self.cursor.bump(),
                Some(b'<') => return self.angle_entry(&words, comment),
                Some(b'@') if words.count > 0 && !words.bad => {
                    return self.bare_entry(&words, comment, entry_start);
                }
                Some(b':') if words.count > 0 && !self.in_group => {
                    self.cursor.bump();
                    self.in_group = true;
                    self.glued = false;
                    let name = self.name(&words).unwrap_or_default();
                    return Some(Event::GroupStart { name, comment });
                }
                Some(b':') if words.count > 0 => {
                    // The group in front of this one was never ended.
                    self.sink.report(DefectKind::GroupSyntax, at);
                    self.cursor.set_pos(entry_start);
                    self.in_group = false;
                    return Some(Event::GroupEnd);
                }
                Some(b':') => {
                    self.sink.report(DefectKind::GroupSyntax, at);
                    self.cursor.bump();
                }
                None | Some(b',' | b';') => {
                    return self.without_address(&words, comment, entry_start);
                }
                Some(b'(') => self.take_comment(&mut comment),
                Some(b'"') => {
                    words.complex = true;
                    if let Some(quoted) = self.cursor.quoted_string() {
                        words.add(self.cursor.bytes(), at, self.cursor.pos());
                        words.quoted = Some(quoted);
                    } else {
                        self.sink.report(DefectKind::UnclosedQuote, at);
                        words.bad |= words.count > 0;
                        words.encoded = true;
                        self.cursor.bump();
                    }
                }
                Some(byte) if is(byte, ATEXT) || byte == b'.' => {
                    let run = self.word();
                    words.add(self.cursor.bytes(), at, self.cursor.pos());
                    words.complex |= run.equals;
                    words.encoded |= run.equals && starts_word(self.cursor.bytes(), at);
                    words.atom = Some(run);
                    self.encoded_word(at, &mut words);
                }
                Some(byte) if is(byte, WSP) => self.cursor.skip(WSP),
                Some(byte) if byte.is_ascii_control() || byte == b'\\' => {
                    // A quoted pair outside of quotes still quotes.
                    let len = if byte == b'\\' { 2 } else { 1 };
                    self.cursor
                        .set_pos((at + len).min(self.cursor.bytes().len()));
                    words.add(self.cursor.bytes(), at, self.cursor.pos());
                    words.complex = true;
                    words.bad = true;
                    self.sink.report(DefectKind::FieldSyntax, at);
                }
                Some(_) => return self.give_up(entry_start),
            }
        }
    }

    /// The rest of an entry whose address is in angle brackets.
    fn angle_entry(
        &mut self,
        words: &Words,
        mut comment: Option<Cow<'a, str>>,
    ) -> Option<Event<'a>> {
        let open = self.cursor.pos();
        let name = self.name(words);
        let mut route = None;
        if let Ok(addr) = self.angle_addr(&mut route, &mut comment) {
            self.end_of_entry(&mut comment);
            return Some(Event::Mailbox(Mailbox {
                name,
                addr,
                comment,
                route,
            }));
        }
        self.sink.report(DefectKind::InvalidAddress, open);
        self.cursor.set_pos(open + 1);
        let close = self
            .cursor
            .slice(open + 1, self.cursor.bytes().len())
            .iter()
            .position(|&b| matches!(b, b'<' | b'>'));
        let text = match close {
            Some(len) if self.cursor.peek_at(len) == Some(b'>') => {
                let end = open + 1 + len;
                self.cursor.set_pos(end + 1);
                phrase::decode(
                    self.cursor.bytes(),
                    open + 1,
                    end,
                    self.options,
                    &mut Sink::none(),
                )
            }
            _ => Cow::Borrowed(""),
        };
        self.recover();
        let text = name.unwrap_or(text);
        (!text.is_empty()).then_some(Event::Invalid(text))
    }

    /// The rest of an entry that is an addr-spec, `@` being next.
    fn bare_entry(
        &mut self,
        words: &Words,
        mut comment: Option<Cow<'a, str>>,
        entry_start: usize,
    ) -> Option<Event<'a>> {
        let local = match words.atom {
            Some(run) if words.chained == 1 => {
                if run.odd_dots {
                    self.sink.report(DefectKind::MisplacedDots, words.chain);
                }
                self.utf8(words.chain, words.end)
            }
            _ => {
                self.cursor.set_pos(words.chain);
                self.lenient_local_part(&mut None)
            }
        };
        let Ok(local) = local else {
            return self.give_up(entry_start);
        };
        if !self.cursor.eat(b'@') {
            return self.give_up(entry_start);
        }
        let Ok(domain) = self.domain(&mut comment) else {
            return self.give_up(entry_start);
        };
        self.cfws(&mut comment);
        if self.cursor.peek() == Some(b'<') {
            // `a@b.example <c@d.example>`: the name should have been quoted.
            self.sink.report(DefectKind::FieldSyntax, words.start);
            let end = self.cursor.pos();
            let words = Words {
                count: 2,
                start: words.start,
                end,
                complex: true,
                ..Words::default()
            };
            return self.angle_entry(&words, comment);
        }
        let name = if words.chain == words.start {
            None
        } else {
            self.sink
                .report(DefectKind::MissingAngleBrackets, words.chain);
            let name = phrase::decode(
                self.cursor.bytes(),
                words.start,
                words.before_chain,
                self.options,
                &mut self.sink,
            );
            (!name.is_empty()).then_some(name)
        };
        self.end_of_entry(&mut comment);
        let addr = AddrSpec {
            local,
            domain: Some(domain),
        };
        Some(Event::Mailbox(Mailbox {
            name,
            addr,
            comment,
            route: None,
        }))
    }

    /// An entry that ends without an address: a local part alone, or words that are none.
    #[cold]
    fn without_address(
        &mut self,
        words: &Words,
        comment: Option<Cow<'a, str>>,
        entry_start: usize,
    ) -> Option<Event<'a>> {
        if words.count == 0 {
            return None;
        }
        if let (1, Some(run), false) = (
            words.count,
            words.atom,
            words.encoded || words.bad || self.glued,
        ) && let Ok(local) = self.utf8(words.start, words.end)
        {
            self.sink.report(DefectKind::MissingDomain, words.start);
            if run.odd_dots {
                self.sink.report(DefectKind::MisplacedDots, words.start);
            }
            let addr = AddrSpec {
                local,
                domain: None,
            };
            return Some(Event::Mailbox(Mailbox {
                name: None,
                addr,
                comment,
                route: None,
            }));
        }
        self.sink.report(DefectKind::InvalidAddress, entry_start);
        let mut text = self.name(words)?;
        if let Some(comment) = comment {
            let text = text.to_mut();
            text.push_str(" (");
            text.push_str(&comment);
            text.push(')');
        }
        Some(Event::Invalid(text))
    }

    /// Skips an entry that is no address.
    #[cold]
    fn give_up(&mut self, entry_start: usize) -> Option<Event<'a>> {
        self.sink
            .report(DefectKind::InvalidAddress, self.cursor.pos());
        self.recover();
        let text = phrase::decode(
            self.cursor.bytes(),
            entry_start,
            self.cursor.pos(),
            self.options,
            &mut Sink::none(),
        );
        (!text.is_empty()).then_some(Event::Invalid(text))
    }

    /// Moves to the next comma, or semicolon, that is not quoted.
    fn recover(&mut self) {
        loop {
            match self.cursor.peek() {
                None | Some(b',' | b';') => return,
                Some(b'(') => {
                    self.cursor.comment(self.options, &mut self.sink);
                }
                Some(b'"') if self.cursor.quoted_string().is_some() => {}
                Some(_) => self.cursor.bump(),
            }
        }
    }

    /// What may follow an address.
    #[inline]
    fn end_of_entry(&mut self, comment: &mut Option<Cow<'a, str>>) {
        self.glued = false;
        self.cfws(comment);
        match self.cursor.peek() {
            None | Some(b',' | b';') => {}
            Some(byte) => {
                self.sink
                    .report(DefectKind::MissingComma, self.cursor.pos());
                self.glued = true;
                if !is(byte, ATEXT) && !matches!(byte, b'"' | b'<') {
                    self.recover();
                }
            }
        }
    }

    /// Moves past atoms and dots.
    #[inline]
    fn word(&mut self) -> Run {
        let mut run = Run {
            odd_dots: false,
            equals: false,
        };
        let mut segment = self.cursor.pos();
        loop {
            self.cursor.skip(PLAIN);
            match self.cursor.peek() {
                Some(b'.') => {
                    run.odd_dots |= self.cursor.pos() == segment;
                    self.cursor.bump();
                    segment = self.cursor.pos();
                }
                Some(b'=') => {
                    run.equals = true;
                    self.cursor.bump();
                }
                _ => {
                    run.odd_dots |= self.cursor.pos() == segment;
                    return run;
                }
            }
        }
    }

    /// Extends a word to the end of an encoded word that holds a delimiter which RFC 2047
    /// section 5 does not allow there, but not one that could make an address.
    #[inline]
    fn encoded_word(&mut self, start: usize, words: &mut Words) {
        if words.encoded
            && matches!(
                self.cursor.peek(),
                Some(b',' | b';' | b':' | b'(' | b')' | b'[' | b']')
            )
        {
            self.broken_encoded_word(start, words);
        }
    }

    #[cold]
    fn broken_encoded_word(&mut self, start: usize, words: &mut Words) {
        let bytes = self.cursor.bytes();
        let Some((_, end)) = self.finder.word_at(bytes, start) else {
            return;
        };
        let rest = self.cursor.slice(self.cursor.pos(), end);
        let safe = |b: &u8| {
            is(*b, ATEXT) || matches!(b, b'.' | b',' | b';' | b':' | b'(' | b')' | b'[' | b']')
        };
        if rest.is_empty() || !rest.iter().all(safe) {
            return;
        }
        self.sink.report(DefectKind::EncodedWordSyntax, start);
        self.cursor.set_pos(end);
        words.end = end;
        words.atom = None;
        words.bad = true;
    }

    /// The display name that the words make.
    #[inline]
    fn name(&mut self, words: &Words) -> Option<Cow<'a, str>> {
        let name = match (words.count, words.quoted) {
            (0, _) => return None,
            (1, Some(quoted)) if quoted.plain => {
                self.cursor.text(quoted.start, quoted.end, self.options)
            }
            _ if words.complex => phrase::decode(
                self.cursor.bytes(),
                words.start,
                words.end,
                self.options,
                &mut self.sink,
            ),
            _ => self.cursor.text(words.start, words.end, self.options),
        };
        (!name.is_empty()).then_some(name)
    }

    /// Text that must be UTF-8 as it stands: a guess would make another address of it.
    #[inline]
    fn utf8(&mut self, start: usize, end: usize) -> Result<Cow<'a, str>, Bad> {
        if self.cursor.utf8().is_some() {
            return Ok(self.cursor.text(start, end, self.options));
        }
        match core::str::from_utf8(self.cursor.slice(start, end)) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => {
                self.sink
                    .report(DefectKind::NotUtf8, start + error.valid_up_to());
                Err(Bad)
            }
        }
    }

    /// White space and comments; the comments are kept.
    #[inline]
    fn cfws(&mut self, comment: &mut Option<Cow<'a, str>>) {
        loop {
            match self.cursor.peek() {
                Some(b'(') => self.take_comment(comment),
                Some(byte) if is(byte, WSP) => self.cursor.skip(WSP),
                _ => return,
            }
        }
    }

    #[cold]
    fn take_comment(&mut self, comment: &mut Option<Cow<'a, str>>) {
        let (start, end) = self.cursor.comment(self.options, &mut self.sink);
        let content = self.cursor.slice(start, end);
        let text = trimmed(decode_text(
            content,
            start,
            true,
            self.options,
            &mut self.sink,
        ));
        match comment {
            None if text.is_empty() => {}
            None => *comment = Some(text),
            Some(all) if !text.is_empty() => {
                let all = all.to_mut();
                all.push(' ');
                all.push_str(&text);
            }
            Some(_) => {}
        }
    }
}

impl Words {
    /// Notes the word from `at` to `end`.
    #[inline]
    fn add(&mut self, bytes: &[u8], at: usize, end: usize) {
        let starts_with_dot = bytes.get(at) == Some(&b'.');
        if self.count == 0 {
            self.start = at;
            self.chain = at;
            self.chained = 1;
        } else {
            self.complex |= at != self.end + 1 || bytes.get(self.end) != Some(&b' ');
            if self.dotted || starts_with_dot {
                self.chained += 1;
            } else {
                self.chain = at;
                self.before_chain = self.end;
                self.chained = 1;
            }
        }
        self.count += 1;
        self.end = end;
        self.dotted = bytes.get(end.wrapping_sub(1)) == Some(&b'.');
        self.atom = None;
        self.quoted = None;
    }
}
