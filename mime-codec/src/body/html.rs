//! Plain text out of HTML, for previews and search, and the charset an HTML part declares (the
//! tokenisation of the HTML standard, section 13.2.5, without its tree).
//!
//! One pass, no recursion, no document tree: this is no renderer and no sanitiser.

use alloc::string::String;

use memchr::{memchr, memmem};

mod entities;

/// Octets at the start of a document in which its charset must be declared; the HTML standard
/// says 1024, mail is less careful.
const PRESCAN: usize = 4096;

/// Longest name of a character reference.
const MAX_NAME: usize = 32;

/// The text of an HTML document.
///
/// White space is collapsed except in `pre`, block elements and `br` make line breaks, cells of a
/// table are kept apart by a space, character references are decoded. The content of `head`,
/// `script`, `style`, `template` and comments is left out.
///
/// ```
/// let text = mime_codec::html::to_text("<p>Fish &amp; chips</p><p>at <b>five</b><br>o'clock</p>");
/// assert_eq!(text, "Fish & chips\nat five\no'clock");
/// ```
pub fn to_text(html: &str) -> String {
    let mut reader = Reader::new(html);
    while reader.step() {}
    reader.out.buffer
}

/// The first words of an HTML document on one line, at most `limit` characters.
///
/// Invisible characters that senders pad previews with are left out. If there is more, the text
/// is cut at a space if possible, and ends with `…`.
pub fn preview(html: &str, limit: usize) -> String {
    let mut reader = Reader::new(html);
    // Four octets for a character, and as much again for what will be left out.
    while reader.out.buffer.len() < limit.saturating_mul(8) && reader.step() {}
    preview_text(&reader.out.buffer, limit)
}

/// The first words of plain text on one line, as [`preview`] does it.
pub fn preview_text(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut count = 0usize;
    let mut space = false;
    let mut last_space = None;
    for character in text.chars() {
        if character.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        let needed = 1 + usize::from(space);
        if count.saturating_add(needed) > limit {
            // A word that has come to its end stays if the mark has room behind it.
            let complete = space && count < limit;
            if let Some(at) = last_space.filter(|_| !complete) {
                out.truncate(at);
            }
            while out.chars().count() >= limit && out.pop().is_some() {}
            if limit > 0 {
                out.push('…');
            }
            return out;
        }
        if space {
            last_space = Some(out.len());
            out.push(' ');
            space = false;
        }
        out.push(character);
        count += needed;
    }
    out
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
    ) || character.is_control()
}

/// The charset that a `meta` element at the start of `html` declares.
///
/// ```
/// let html = br#"<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">"#;
/// assert_eq!(mime_codec::html::declared_charset(html), Some(&b"koi8-r"[..]));
/// ```
pub fn declared_charset(html: &[u8]) -> Option<&[u8]> {
    let mut rest = html.get(..PRESCAN).unwrap_or(html);
    loop {
        let at = memchr(b'<', rest)?;
        rest = rest.get(at + 1..)?;
        if let Some(comment) = rest.strip_prefix(b"!--") {
            rest = comment.get(memmem::find(comment, b"-->")?..)?;
        } else if rest
            .get(..4)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"meta"))
            && rest
                .get(4)
                .is_some_and(|octet| octet.is_ascii_whitespace() || *octet == b'/')
        {
            let end = memchr(b'>', rest).unwrap_or(rest.len());
            if let Some(charset) = charset_in(rest.get(..end)?) {
                return Some(charset);
            }
        } else if rest
            .get(..5)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"body>"))
        {
            return None;
        }
    }
}

/// The value after `charset=` in a tag.
fn charset_in(tag: &[u8]) -> Option<&[u8]> {
    let mut rest = tag;
    loop {
        let at = rest
            .windows(7)
            .position(|window| window.eq_ignore_ascii_case(b"charset"))?;
        rest = rest.get(at + 7..)?;
        let Some(value) = rest.trim_ascii_start().strip_prefix(b"=") else {
            continue;
        };
        let quote = |octet: &u8| matches!(octet, b'"' | b'\'');
        let mut value = value.trim_ascii_start();
        value = value.strip_prefix(b"&quot;").unwrap_or(value);
        if value.first().is_some_and(quote) {
            value = value.get(1..)?;
        }
        let end = value
            .iter()
            .position(|octet| {
                octet.is_ascii_whitespace() || quote(octet) || matches!(octet, b';' | b'/' | b'&')
            })
            .unwrap_or(value.len());
        return value.get(..end).filter(|charset| !charset.is_empty());
    }
}

/// Text in the making.
#[derive(Default)]
struct Text {
    buffer: String,
    /// Line breaks and a space that are due if more text comes.
    breaks: u8,
    space: bool,
}

impl Text {
    fn push(&mut self, character: char, preformatted: bool) {
        if preformatted {
            if character == '\n' {
                self.line_break();
                return;
            }
        } else if character.is_whitespace() {
            self.space = true;
            return;
        }
        if self.buffer.is_empty() {
            self.breaks = 0;
            self.space = false;
        }
        for _ in 0..self.breaks {
            self.buffer.push('\n');
        }
        if self.space && self.breaks == 0 {
            self.buffer.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.buffer.push(character);
    }

    /// One more line break, two at most.
    fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
    }

    /// The edge of a block: at least one line break.
    fn block(&mut self) {
        self.breaks = self.breaks.max(1);
    }
}

struct Reader<'a> {
    html: &'a str,
    /// What is left of it.
    rest: &'a str,
    out: Text,
    /// Open `pre` elements.
    preformatted: u32,
    missing: Missing,
}

/// What is known not to come any more, so that it is not searched for twice in vain.
#[derive(Default)]
struct Missing {
    double_quote: bool,
    single_quote: bool,
    close: bool,
}

/// A tag: its name and what follows it.
struct Tag<'a> {
    name: &'a str,
    end: bool,
    after: &'a str,
}

impl<'a> Reader<'a> {
    fn new(html: &'a str) -> Self {
        Self {
            html,
            rest: html,
            out: Text::default(),
            preformatted: 0,
            missing: Missing::default(),
        }
    }

    /// Reads up to the next mark and that mark; `false` at the end.
    fn step(&mut self) -> bool {
        let stop = memchr::memchr2(b'<', b'&', self.rest.as_bytes());
        let (text, rest) = self
            .rest
            .split_at_checked(stop.unwrap_or(self.rest.len()))
            .unwrap_or((self.rest, ""));
        for character in text.chars() {
            self.out.push(character, self.preformatted > 0);
        }
        self.rest = rest;
        match rest.as_bytes().first() {
            None => false,
            Some(b'&') => {
                self.reference();
                true
            }
            Some(_) => {
                self.markup();
                true
            }
        }
    }

    fn literal(&mut self, character: char) {
        self.out.push(character, self.preformatted > 0);
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
    }

    /// At an ampersand.
    fn reference(&mut self) {
        let body = self.rest.get(1..).unwrap_or_default();
        let decoded = match body.strip_prefix('#') {
            Some(number) => numeric_reference(number),
            None => named_reference(body),
        };
        match decoded {
            Some((character, after)) => {
                self.out.push(character, self.preformatted > 0);
                self.rest = after;
            }
            None => self.literal('&'),
        }
    }

    /// At a `<`.
    fn markup(&mut self) {
        let body = self.rest.get(1..).unwrap_or_default();
        if let Some(comment) = body.strip_prefix("!--") {
            self.rest = after_comment(comment);
        } else if body.starts_with(['!', '?'])
            || (body.starts_with('/') && !body.get(1..).is_some_and(starts_name))
        {
            // A doctype, an instruction or a bogus comment; a lone `</` at the end is text.
            let end = (!self.missing.close)
                .then(|| memchr(b'>', body.as_bytes()))
                .flatten();
            self.missing.close = end.is_none();
            match end {
                Some(end) => self.rest = body.get(end + 1..).unwrap_or_default(),
                None => self.literal('<'),
            }
        } else {
            match self.tag(body) {
                Some(tag) => self.apply(&tag),
                None => self.literal('<'),
            }
        }
    }

    /// Reads a tag after its `<`; `None` if it is none.
    fn tag(&mut self, body: &'a str) -> Option<Tag<'a>> {
        let (end, body) = match body.strip_prefix('/') {
            Some(body) => (true, body),
            None => (false, body),
        };
        if !starts_name(body) {
            return None;
        }
        let length = body
            .bytes()
            .position(|octet| octet.is_ascii_whitespace() || matches!(octet, b'/' | b'>'))
            .unwrap_or(body.len());
        let (name, mut attributes) = body.split_at_checked(length)?;
        loop {
            let stop = memchr::memchr2(b'>', b'=', attributes.as_bytes());
            let Some(stop) = stop else {
                // The document ends within the tag.
                return Some(Tag {
                    name,
                    end,
                    after: "",
                });
            };
            let after = attributes.get(stop + 1..)?;
            if attributes.as_bytes().get(stop) == Some(&b'>') {
                return Some(Tag { name, end, after });
            }
            attributes = self.after_value(after.trim_ascii_start());
        }
    }

    /// Steps over a quoted attribute value.
    fn after_value(&mut self, value: &'a str) -> &'a str {
        let (quote, missing) = match value.as_bytes().first() {
            Some(b'"') => (b'"', &mut self.missing.double_quote),
            Some(b'\'') => (b'\'', &mut self.missing.single_quote),
            _ => return value,
        };
        let inner = value.get(1..).unwrap_or_default();
        if *missing {
            return inner;
        }
        if let Some(end) = memchr(quote, inner.as_bytes()) {
            return inner.get(end + 1..).unwrap_or_default();
        }
        *missing = true;
        inner
    }

    fn apply(&mut self, tag: &Tag<'a>) {
        self.rest = tag.after;
        let is = |names: &[&str]| names.iter().any(|name| tag.name.eq_ignore_ascii_case(name));
        if is(&["script", "style", "template", "head", "title", "noframes"]) {
            if !tag.end {
                self.skip(tag.name);
            }
        } else if is(&["br"]) {
            self.out.line_break();
        } else if is(&["td", "th"]) {
            self.out.space = true;
        } else if is(&["pre"]) {
            self.preformatted = if tag.end {
                self.preformatted.saturating_sub(1)
            } else {
                self.preformatted.saturating_add(1)
            };
            self.out.block();
        } else if is(&[
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
            "li",
            "main",
            "nav",
            "ol",
            "option",
            "p",
            "section",
            "summary",
            "table",
            "tbody",
            "tfoot",
            "thead",
            "tr",
            "ul",
        ]) {
            self.out.block();
        }
    }

    /// Steps over the content of an element and its end tag.
    fn skip(&mut self, name: &str) {
        let mut depth = 1u32;
        let head = name.eq_ignore_ascii_case("head");
        let nests = name.eq_ignore_ascii_case("template");
        let bytes = self.html.as_bytes();
        let mut at = self.html.len() - self.rest.len();
        while let Some(mark) = bytes.get(at..).and_then(|rest| memchr(b'<', rest)) {
            let start = at + mark;
            at = start + 1;
            let rest = self.html.get(at..).unwrap_or_default();
            if head && is_tag(rest, "body") {
                // A head that nobody closed.
                self.rest = self.html.get(start..).unwrap_or_default();
                return;
            }
            if (head || nests) && rest.starts_with("!--") {
                at = self.html.len() - after_comment(rest.get(3..).unwrap_or_default()).len();
                continue;
            }
            if nests && is_tag(rest, name) {
                depth = depth.saturating_add(1);
            } else if rest
                .strip_prefix('/')
                .is_some_and(|rest| is_tag(rest, name))
            {
                depth -= 1;
                if depth == 0 {
                    let end = memchr(b'>', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
                    self.rest = rest.get(end..).unwrap_or_default();
                    return;
                }
            }
        }
        self.rest = "";
    }
}

fn starts_name(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_alphabetic())
}

/// Whether the tag whose `<` or `</` was read is this one.
fn is_tag(rest: &str, name: &str) -> bool {
    rest.get(..name.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(name))
        && rest
            .as_bytes()
            .get(name.len())
            .is_none_or(|octet| octet.is_ascii_whitespace() || matches!(octet, b'/' | b'>'))
}

/// What follows a comment, given what follows its `<!--`.
fn after_comment(comment: &str) -> &str {
    if let Some(after) = comment
        .strip_prefix('>')
        .or_else(|| comment.strip_prefix("->"))
    {
        return after;
    }
    let bytes = comment.as_bytes();
    let mut at = 0;
    while let Some(dashes) = bytes.get(at..).and_then(|rest| memmem::find(rest, b"--")) {
        let end = at + dashes + 2;
        match bytes.get(end..) {
            Some([b'>', ..]) => return comment.get(end + 1..).unwrap_or_default(),
            Some([b'!', b'>', ..]) => return comment.get(end + 2..).unwrap_or_default(),
            _ => at = end - 1,
        }
    }
    ""
}

/// The character and the rest, given what follows `&#`.
fn numeric_reference(body: &str) -> Option<(char, &str)> {
    let (radix, digits) = match body.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits),
        None => (10, body),
    };
    let length = digits
        .bytes()
        .take_while(|octet| char::from(*octet).is_digit(radix))
        .count();
    let (digits, after) = digits.split_at_checked(length)?;
    if digits.is_empty() {
        return None;
    }
    let number = digits
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0u32, |number, digit| {
            number.saturating_mul(radix).saturating_add(digit)
        });
    let after = after.strip_prefix(';').unwrap_or(after);
    Some((entities::numbered(number), after))
}

/// The character and the rest, given what follows `&`.
fn named_reference(body: &str) -> Option<(char, &str)> {
    let length = body
        .bytes()
        .take(MAX_NAME)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let (name, after) = body.split_at_checked(length)?;
    if let Some(after) = after.strip_prefix(';') {
        return Some((entities::named(name)?, after));
    }
    // These may lack their semicolon.
    ["amp", "lt", "gt", "quot", "nbsp"]
        .into_iter()
        .find(|known| *known == name)
        .and_then(|known| Some((entities::named(known)?, after)))
}
