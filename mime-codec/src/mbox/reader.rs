//! Reading an mbox file in chunks (RFC 4155 appendix A).

use alloc::vec::Vec;

use super::{Format, FromLine};
use crate::charset::utf8::without_mark;
use crate::parse::line::{LineBuffer, Piece, split_ending};

/// Longest line that is lent whole.
const MAX_LINE: usize = 4096;

/// What a [`Reader`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A message begins.
    Message {
        /// Its separator line.
        from: FromLine<'a>,
        /// Where the separator line starts in the file.
        offset: u64,
    },
    /// The next octets of the message, unquoted.
    Data(&'a [u8]),
    /// The message ends.
    End {
        /// Whether its Content-Length field, if it has one and the format uses it, was right.
        length_agrees: bool,
    },
}

/// A reader of an mbox file, fed with any chunks.
///
/// What comes before the first separator line is skipped. The empty line that ends a message
/// belongs to the file and not to the message; so does the line break behind a message that, by its
/// Content-Length field, has none at its end. A Content-Length field is believed only as far as
/// the file bears it out: if no separator follows where it says, reading goes on to the next one.
#[derive(Clone, Debug)]
pub struct Reader {
    format: Format,
    lines: LineBuffer,
    /// A line that waits behind another event.
    waiting: Option<Vec<u8>>,
    /// The line that `waiting` held, while it is lent.
    lent: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
struct State {
    format: Format,
    /// Offset of the next line.
    offset: u64,
    place: Place,
    /// Whether the next piece starts a line.
    line_start: bool,
    /// The Content-Length field of the header.
    length: Option<u64>,
    /// Octets of the body that a Content-Length field still claims.
    claimed: u64,
    /// Whether the Content-Length field proved wrong.
    disagrees: bool,
    /// An empty line that is data only if no separator follows.
    blank: Option<&'static [u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first message.
    Outside,
    Header,
    Body,
}

/// What to do with a line.
enum Step {
    Skip,
    Begin,
    /// Lend the line but for so many octets at its start and at its end.
    Data {
        skip: usize,
        leave: usize,
    },
    /// Lend the empty line that was held back; this line waits.
    Blank(&'static [u8]),
    /// End the message; this line waits.
    End(bool),
}

impl Reader {
    /// A reader at the start of a file.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            lines: LineBuffer::new(MAX_LINE),
            waiting: None,
            lent: Vec::new(),
            state: State {
                format,
                offset: 0,
                place: Place::Outside,
                line_start: true,
                length: None,
                claimed: 0,
                disagrees: false,
                blank: None,
            },
        }
    }

    /// The next event; `None` when `input` is used up. Advances `input`.
    pub fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Option<Event<'s>> {
        loop {
            let (piece, waited) = match self.waiting.take() {
                Some(line) => {
                    self.lent = line;
                    (Piece::Held, true)
                }
                None => (self.lines.step(input)?, false),
            };
            let line = octets(piece, waited, &self.lent, &self.lines);
            let step = self.state.step(line);
            match step {
                Step::Skip => {}
                Step::Blank(blank) => {
                    self.waiting = Some(line.to_vec());
                    return Some(Event::Data(blank));
                }
                Step::End(length_agrees) => {
                    self.waiting = Some(line.to_vec());
                    return Some(Event::End { length_agrees });
                }
                Step::Begin | Step::Data { .. } => {
                    let line = octets(piece, waited, &self.lent, &self.lines);
                    return self.state.event(&step, line);
                }
            }
        }
    }

    /// Ends the file: hands out a last line without line break, then the end of the message.
    ///
    /// Call it until it returns `None`; the reader is then ready for another file.
    pub fn finish(&mut self) -> Option<Event<'_>> {
        if self.waiting.is_none() {
            self.waiting = self.lines.finish();
        }
        if self.waiting.is_some() {
            let mut nothing: &[u8] = &[];
            return self.next(&mut nothing);
        }
        if self.state.place != Place::Outside {
            self.state.place = Place::Outside;
            let length_agrees = !self.state.disagrees && self.state.claimed == 0;
            return Some(Event::End { length_agrees });
        }
        *self = Self::new(self.format);
        None
    }
}

impl State {
    fn event<'a>(&self, step: &Step, line: &'a [u8]) -> Option<Event<'a>> {
        match step {
            Step::Begin => {
                let line = without_mark(line);
                Some(Event::Message {
                    from: FromLine::parse(split_ending(line).0)?,
                    offset: self.offset.saturating_sub(line.len() as u64),
                })
            }
            Step::Data { skip, leave } => {
                let end = line.len().saturating_sub(*leave);
                Some(Event::Data(line.get(*skip..end).unwrap_or_default()))
            }
            Step::Skip | Step::Blank(_) | Step::End(_) => None,
        }
    }

    fn step(&mut self, line: &[u8]) -> Step {
        let (mut content, ending) = split_ending(line);
        if self.offset == 0 {
            content = without_mark(content);
        }
        let claimed = self.claimed > 0 && !self.trusts_separators();
        if self.line_start && !claimed && is_separator(content) {
            if self.place != Place::Outside {
                self.place = Place::Outside;
                self.blank = None;
                return Step::End(!self.disagrees && self.claimed == 0);
            }
            self.take(line);
            *self = Self {
                place: Place::Header,
                length: None,
                claimed: 0,
                disagrees: false,
                blank: None,
                ..*self
            };
            return Step::Begin;
        }
        if self.place == Place::Outside {
            self.take(line);
            return Step::Skip;
        }
        if let Some(blank) = self.blank.take() {
            return Step::Blank(blank);
        }
        let line_start = self.line_start;
        self.take(line);
        let mut leave = 0;
        if self.place == Place::Header {
            if line_start && content.is_empty() {
                self.place = Place::Body;
                self.claimed = self.length.unwrap_or(0);
                if self.claimed == 0 {
                    // It may also be the empty line that ends a message without a body.
                    self.blank = Some(blank_line(ending));
                    return Step::Skip;
                }
            } else if line_start && self.format.has_length() {
                self.length = self.length.or_else(|| content_length(content));
            }
        } else if self.claimed > 0 {
            if self.claimed == content.len() as u64 && !ending.is_empty() {
                // The message ends within the line, and the line break only ends it in the file.
                leave = ending.len();
                self.blank = Some(blank_line(ending));
            }
            let length = (line.len() - leave) as u64;
            self.disagrees |= self.claimed < length;
            self.claimed = self.claimed.saturating_sub(length);
        } else if line_start && content.is_empty() {
            self.blank = Some(blank_line(ending));
            return Step::Skip;
        } else if self.length.is_some() {
            // More text where the field says that the message has ended.
            self.disagrees = true;
        }
        let quoted = line_start
            && line.first() == Some(&b'>')
            && line.get(1..).is_some_and(|rest| self.format.quotable(rest));
        Step::Data {
            skip: usize::from(quoted),
            leave,
        }
    }

    fn take(&mut self, line: &[u8]) {
        self.offset = self.offset.saturating_add(line.len() as u64);
        self.line_start = line.ends_with(b"\n");
    }

    /// Whether a separator line counts also where a Content-Length field claims it for the body.
    fn trusts_separators(self) -> bool {
        self.format != Format::Mboxcl2
    }
}

/// The octets of a line: of `lent` if it waited, else where the buffer says.
#[inline]
fn octets<'p>(piece: Piece<'p>, waited: bool, lent: &'p [u8], lines: &'p LineBuffer) -> &'p [u8] {
    match piece {
        Piece::Input(line) => line,
        Piece::Held if waited => lent,
        Piece::Held => lines.held(),
    }
}

/// An empty line with the line break that it had.
fn blank_line(ending: &[u8]) -> &'static [u8] {
    if ending.len() == 2 { b"\r\n" } else { b"\n" }
}

fn is_separator(line: &[u8]) -> bool {
    line.starts_with(b"From ") && FromLine::parse(line).is_some_and(|from| from.is_plausible())
}

fn content_length(field: &[u8]) -> Option<u64> {
    let (name, value) = field.split_at_checked(field.iter().position(|octet| *octet == b':')?)?;
    if !name
        .trim_ascii_end()
        .eq_ignore_ascii_case(b"content-length")
    {
        return None;
    }
    core::str::from_utf8(value.get(1..)?.trim_ascii())
        .ok()?
        .parse()
        .ok()
}
