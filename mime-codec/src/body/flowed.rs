//! `format=flowed` text, with and without `DelSp` (RFC 3676).
//!
//! Decoding joins the lines of a paragraph and tells its quote depth apart; encoding breaks
//! paragraphs into lines that other programs can join again.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::parse::line::{LineBuffer, split_ending};

/// Longest line that is lent whole; a longer one comes in pieces that join.
const MAX_LINE: usize = 64 * 1024;

/// The signature separator, which is never flowed (RFC 3676 section 4.3).
const SIGNATURE: &[u8] = b"-- ";

/// A line of flowed text with its marks removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// How many `>` stood in front of it.
    pub depth: u32,
    /// Its text, without quote marks, space-stuffing and line break.
    pub text: Cow<'a, [u8]>,
    /// Whether it goes on the paragraph of the line before.
    pub joins: bool,
}

/// A paragraph of flowed text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph {
    /// How many levels deep it is quoted.
    pub depth: u32,
    /// Its text on one line, in the charset of the part.
    pub text: Vec<u8>,
}

/// A decoder fed with any chunks.
///
/// ```
/// let mut decoder = mime_codec::flowed::Decoder::new(false);
/// let mut input = &b"> hello \r\n> world\r\n"[..];
/// let first = decoder.next(&mut input).unwrap();
/// assert_eq!((first.depth, &*first.text, first.joins), (1, &b"hello "[..], false));
/// let second = decoder.next(&mut input).unwrap();
/// assert_eq!((&*second.text, second.joins), (&b"world"[..], true));
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    lines: LineBuffer,
    state: State,
}

#[derive(Clone, Copy, Debug)]
struct State {
    delsp: bool,
    /// Depth of the last line.
    depth: u32,
    /// Whether the last line goes on in the next one.
    flowed: bool,
    /// Whether the last piece was the start of a longer line.
    inside: bool,
}

impl Decoder {
    /// A decoder at the start of a text whose Content-Type has `delsp=yes`, or not.
    pub fn new(delsp: bool) -> Self {
        Self {
            lines: LineBuffer::new(MAX_LINE),
            state: State {
                delsp,
                depth: 0,
                flowed: false,
                inside: false,
            },
        }
    }

    /// The next line; `None` when `input` is used up. Advances `input`.
    pub fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Option<Line<'s>> {
        let line = self.lines.next(input)?;
        Some(self.state.line(line, line.ends_with(b"\n")))
    }

    /// Ends the text and hands out a last line that has no line break.
    ///
    /// The decoder is then ready for another text.
    pub fn finish(&mut self) -> Option<Line<'static>> {
        let last = self.lines.finish();
        let line = last.map(|line| {
            let line = self.state.line(&line, true);
            Line {
                depth: line.depth,
                text: Cow::Owned(line.text.into_owned()),
                joins: line.joins,
            }
        });
        *self = Self::new(self.state.delsp);
        line
    }
}

impl State {
    fn line<'a>(&mut self, line: &'a [u8], complete: bool) -> Line<'a> {
        let (content, _) = split_ending(line);
        let (depth, text) = if self.inside {
            (self.depth, content)
        } else {
            let marks = content.iter().take_while(|octet| **octet == b'>').count();
            let text = content.get(marks..).unwrap_or_default();
            (
                u32::try_from(marks).unwrap_or(u32::MAX),
                text.strip_prefix(b" ").unwrap_or(text),
            )
        };
        let signature = !self.inside && text == SIGNATURE;
        let joins = self.inside || (self.flowed && depth == self.depth && !signature);
        self.inside = !complete;
        self.depth = depth;
        self.flowed = complete && !signature && text.ends_with(b" ");
        let text = match text {
            [text @ .., b' '] if self.flowed && self.delsp => text,
            _ => text,
        };
        Line {
            depth,
            text: Cow::Borrowed(text),
            joins,
        }
    }
}

/// Joins the paragraphs of a whole text.
///
/// ```
/// let paragraphs = mime_codec::flowed::paragraphs(b"hel \r\nlo\r\n", true);
/// assert_eq!(paragraphs[0].text, b"hello");
/// ```
pub fn paragraphs(text: &[u8], delsp: bool) -> Vec<Paragraph> {
    let mut state = Decoder::new(delsp).state;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        let line = state.line(line, true);
        match paragraphs.last_mut() {
            Some(paragraph) if line.joins => paragraph.text.extend_from_slice(&line.text),
            _ => paragraphs.push(Paragraph {
                depth: line.depth,
                text: line.text.into_owned(),
            }),
        }
    }
    paragraphs
}

/// How text is broken into lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoder {
    delsp: bool,
    width: usize,
}

impl Encoder {
    /// An encoder for a part with `delsp=yes`, or not, with lines of up to 72 characters: RFC 3676
    /// section 4.2 wants them below 79, and a reply needs room for its marks.
    pub fn new(delsp: bool) -> Self {
        Self { delsp, width: 72 }
    }

    /// The same with another line width, at least 20 characters.
    #[must_use]
    pub fn width(mut self, characters: usize) -> Self {
        self.width = characters.max(20);
        self
    }

    /// Appends a paragraph that is quoted `depth` levels deep to `out`.
    ///
    /// Line breaks in `text` divide it into several paragraphs. White space at the end of a
    /// paragraph is lost, since it would say that the paragraph goes on; `-- ` alone is kept.
    pub fn encode(&self, depth: u32, text: &str, out: &mut String) {
        let text = text.strip_suffix('\n').unwrap_or(text);
        for paragraph in text.split('\n') {
            let paragraph = paragraph.strip_suffix('\r').unwrap_or(paragraph);
            let paragraph = if paragraph.as_bytes() == SIGNATURE {
                paragraph
            } else {
                paragraph.trim_end_matches(' ')
            };
            self.paragraph(depth, paragraph, out);
        }
    }

    fn paragraph(&self, depth: u32, text: &str, out: &mut String) {
        let marks = usize::try_from(depth).unwrap_or(usize::MAX);
        let room = self.width.saturating_sub(marks.saturating_add(2)).max(10);
        let mut rest = text;
        loop {
            let cut = self.cut(rest, room);
            let (line, more) = rest.split_at_checked(cut).unwrap_or((rest, ""));
            for _ in 0..marks {
                out.push('>');
            }
            let quoted = depth > 0 && !line.is_empty();
            if quoted || line.starts_with([' ', '>']) || line.starts_with("From ") {
                out.push(' ');
            }
            out.push_str(line);
            if more.is_empty() {
                out.push_str("\r\n");
                return;
            }
            if self.delsp {
                out.push(' ');
            }
            out.push_str("\r\n");
            rest = more;
        }
    }

    /// Where the first line of `text` ends.
    fn cut(&self, text: &str, room: usize) -> usize {
        let Some((limit, _)) = text.char_indices().nth(room) else {
            return text.len();
        };
        let head = text.get(..limit).unwrap_or(text);
        let ends_line = |cut: usize| {
            let line = text.get(..cut).unwrap_or_default();
            let rest = text.get(cut..).unwrap_or_default();
            // A line that looks like the separator, or a rest of spaces alone, would be lost.
            line.trim_end_matches(' ') != "--" && !rest.trim_start_matches(' ').is_empty()
        };
        head.rmatch_indices(' ')
            .map(|(at, _)| at + 1)
            .find(|cut| ends_line(*cut))
            .or_else(|| (self.delsp && ends_line(limit)).then_some(limit))
            .or_else(|| {
                text.match_indices(' ')
                    .map(|(at, _)| at + 1)
                    .find(|cut| *cut > limit && ends_line(*cut))
            })
            .unwrap_or(text.len())
    }
}

impl fmt::Display for Paragraph {
    /// The paragraph on one line, with a `>` for each level and a space after them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..self.depth {
            f.write_str(">")?;
        }
        if self.depth > 0 {
            f.write_str(" ")?;
        }
        f.write_str(&String::from_utf8_lossy(&self.text))
    }
}
