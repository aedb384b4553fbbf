//! Plain text out of HTML, and the preview line of a message list (RFC 8621 section 4.1.4).

use alloc::string::String;

/// Characters of a preview at most (RFC 8621 section 4.1.4).
const PREVIEW_MAX: usize = 256;

/// The text of an HTML document, for search, previews and readers without HTML.
///
/// Tags, comments and the contents of `script`, `style`, `head` and the like are left out, white space is
/// collapsed, blocks and `br` start a new line, list items get a dash, character references are resolved.
/// It is no renderer, and its result is text: it must be escaped to be put into HTML again.
///
/// ```
/// assert_eq!(mime_codec::html_to_text("<p>Caf&eacute; &lt;b&gt;</p><style>p {}</style>two<br>lines"), "Café <b>\ntwo\nlines");
/// ```
pub fn html_to_text(html: &str) -> String {
    let mut text = Writer {
        out: String::with_capacity(html.len() / 2),
        space: false,
        lines: 0,
        keep: false,
    };
    let mut rest = html;
    while !rest.is_empty() {
        let stop = memchr::memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at_checked(stop).unwrap_or((rest, ""));
        text.push_str(plain);
        rest = match tail.as_bytes().first() {
            Some(b'<') => markup(tail, &mut text),
            Some(_) => reference(tail, &mut text),
            None => "",
        };
    }
    text.out
}

/// Text in which white space is collapsed.
struct Writer {
    out: String,
    space: bool,
    /// Line ends that are due.
    lines: u8,
    /// Within `pre`: white space stays.
    keep: bool,
}

impl Writer {
    fn push_str(&mut self, text: &str) {
        for character in text.chars() {
            self.push(character);
        }
    }

    fn push(&mut self, character: char) {
        match character {
            '\0' | '\r' => {}
            '\n' if self.keep => self.lines = self.lines.saturating_add(1).min(2),
            ' ' | '\t' | '\n' | '\x0c' if !self.keep => self.space = true,
            _ => {
                self.flush();
                self.out.push(character);
            }
        }
    }

    fn flush(&mut self) {
        if self.out.is_empty() {
            self.lines = 0;
            self.space = false;
        }
        if self.lines > 0 {
            for _ in 0..self.lines {
                self.out.push('\n');
            }
        } else if self.space {
            self.out.push(' ');
        }
        self.lines = 0;
        self.space = false;
    }

    fn end_line(&mut self, lines: u8) {
        self.lines = self.lines.max(lines);
    }
}

/// Elements whose content is no text.
const HIDDEN: [&str; 8] = [
    "script", "style", "head", "title", "template", "noscript", "object", "svg",
];

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 26] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "ol",
    "section",
    "table",
    "tbody",
    "tr",
    "ul",
    "pre",
];

/// Skips the tag or comment in front; what follows it.
fn markup<'h>(html: &'h str, text: &mut Writer) -> &'h str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return memchr::memmem::find(comment.as_bytes(), b"-->")
            .and_then(|at| comment.get(at + 3..))
            .unwrap_or_default();
    }
    let inner = html.get(1..).unwrap_or_default();
    let closing = inner.starts_with('/');
    let named = inner.strip_prefix('/').unwrap_or(inner);
    let len = named.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if len == 0 && !inner.starts_with(['!', '?', '/']) {
        // A lone "less than".
        text.push('<');
        return inner;
    }
    let name = named.get(..len).unwrap_or_default();
    let rest = behind_tag(named);
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    if HIDDEN.iter().any(|hidden| is(hidden)) {
        return if closing {
            rest
        } else {
            behind_element(rest, name)
        };
    }
    if is("br") {
        text.lines = text.lines.saturating_add(1).min(2);
    } else if is("p")
        || (name.len() == 2
            && name.starts_with(['h', 'H'])
            && name.ends_with(|c: char| c.is_ascii_digit()))
    {
        text.end_line(1);
    } else if is("li") {
        text.end_line(1);
        if !closing {
            text.push_str("- ");
        }
    } else if is("td") || is("th") {
        text.space = true;
    } else if BLOCKS.iter().any(|block| is(block)) {
        text.end_line(1);
        if is("pre") {
            text.keep = !closing;
        }
    }
    rest
}

/// What follows the `>` of a tag; quoted attribute values may have one too.
fn behind_tag(tag: &str) -> &str {
    let mut quote = None;
    let mut value = false;
    for (at, octet) in tag.bytes().enumerate() {
        match (quote, octet) {
            (Some(open), _) if octet == open => quote = None,
            (None, b'>') => return tag.get(at + 1..).unwrap_or_default(),
            (None, b'"' | b'\'') if value => quote = Some(octet),
            _ => {}
        }
        if octet == b'=' {
            value = true;
        } else if !octet.is_ascii_whitespace() {
            value = false;
        }
    }
    ""
}

/// What follows the end tag of the element `name`.
fn behind_element<'h>(html: &'h str, name: &str) -> &'h str {
    let mut rest = html;
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"</") {
        rest = rest.get(at + 2..).unwrap_or_default();
        if rest
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return behind_tag(rest);
        }
    }
    ""
}

/// Resolves the character reference in front, if it is one; what follows it.
fn reference<'h>(html: &'h str, text: &mut Writer) -> &'h str {
    let inner = html.get(1..).unwrap_or_default();
    let len = inner
        .bytes()
        .take(32)
        .take_while(|octet| octet.is_ascii_alphanumeric() || *octet == b'#')
        .count();
    let name = inner.get(..len).unwrap_or_default();
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().map(|code| match char::from_u32(code) {
                Some(character) if code > 31 || matches!(code, 9 | 10 | 13) => character,
                _ => char::REPLACEMENT_CHARACTER,
            })
        }
        None => NAMED
            .iter()
            .find(|(named, _)| *named == name)
            .map(|(_, character)| *character),
    };
    let Some(character) = character else {
        text.push('&');
        return inner;
    };
    // A non-breaking space is a space that is kept.
    if character == '\u{a0}' {
        text.flush();
        text.out.push(' ');
    } else {
        text.push(character);
    }
    let rest = inner.get(len..).unwrap_or_default();
    rest.strip_prefix(';').unwrap_or(rest)
}

/// The references that mail uses.
const NAMED: [(&str, char); 58] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("cent", '¢'),
    ("sect", '§'),
    ("para", '¶'),
    ("deg", '°'),
    ("micro", 'µ'),
    ("middot", '·'),
    ("bull", '•'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("times", '×'),
    ("divide", '÷'),
    ("plusmn", '±'),
    ("frac12", '½'),
    ("szlig", 'ß'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("ecirc", 'ê'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("ccedil", 'ç'),
    ("iacute", 'í'),
    ("oacute", 'ó'),
    ("uacute", 'ú'),
    ("ntilde", 'ñ'),
    ("aring", 'å'),
    ("oslash", 'ø'),
    ("aelig", 'æ'),
    ("rarr", '→'),
    ("larr", '←'),
    ("zwnj", '\u{200c}'),
];

/// A line for a message list: at most `max` characters, and never more than 256, of the text; quoted lines
/// and the signature are left out, white space is collapsed.
///
/// ```
/// let text = "> quoted\r\n\r\nYes,  that\r\nworks.\r\n-- \r\nme\r\n";
/// assert_eq!(mime_codec::preview(text, 100), "Yes, that works.");
/// assert_eq!(mime_codec::preview(text, 8), "Yes, th…");
/// ```
pub fn preview(text: &str, max: usize) -> String {
    let max = max.min(PREVIEW_MAX);
    let mut out = String::new();
    let mut count = 0_usize;
    for line in text.lines() {
        if line == "-- " || line == "--" {
            break;
        }
        if line.starts_with('>') {
            continue;
        }
        for word in line.split_whitespace() {
            if count > 0 {
                out.push(' ');
                count += 1;
            }
            for character in word.chars().filter(|character| !character.is_control()) {
                out.push(character);
                count += 1;
                if count > max {
                    let keep = out
                        .char_indices()
                        .nth(max.saturating_sub(1))
                        .map_or(0, |(at, _)| at);
                    out.truncate(keep);
                    if max > 0 {
                        out.push('…');
                    }
                    return out;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (html, text) in [
            ("", ""),
            ("a < b && c", "a < b && c"),
            (
                "<HTML><head><title>x</title></head><body> a \n b </body>",
                "a b",
            ),
            ("a<!-- <p>x --> b<!-- open", "a b"),
            ("<a title='>' href=\">\">link</a>!", "link!"),
            ("<ul><li>one<li>two</ul>three", "- one\n- two\nthree"),
            ("<div><div>a</div></div><p>b</p>", "a\nb"),
            ("a<br><br>b", "a\n\nb"),
            ("<pre>a\n  b</pre>c  d", "a\n  b\nc d"),
            (
                "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>",
                "1 2\n3",
            ),
            (
                "&#65;&#x42;&amp;lt;&bogus;&nbsp;&#0;",
                "AB&lt;&bogus; \u{fffd}",
            ),
            ("<script>if (a </b) x</script>y<SCRIPT", "y"),
            ("it's <b>bold</b>", "it's bold"),
        ] {
            assert_eq!(html_to_text(html), text, "{html:?}");
        }
    }

    #[test]
    fn previews() {
        assert_eq!(preview("", 10), "");
        assert_eq!(preview("abc", 3), "abc");
        assert_eq!(preview("abcd", 3), "ab…");
        assert_eq!(preview("abcd", 0), "");
        assert_eq!(preview(&"ü".repeat(1000), 1000).chars().count(), 256);
    }
}
