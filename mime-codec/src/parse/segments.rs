//! A message as a row of spans that leave nothing out (RFC 2046 section 5.1.1).

use core::ops::Range;

use crate::{Message, Part, PartKind};

/// What a [`Segment`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SegmentKind {
    /// A header section, fields only.
    Header,
    /// The empty line behind a header section.
    Separator,
    /// The body of a leaf.
    Body,
    /// Text of a multipart in front of its first delimiter.
    Preamble,
    /// A delimiter line with the line end in front of it.
    Delimiter,
    /// A close delimiter line with the line end in front of it.
    CloseDelimiter,
    /// Text of a multipart behind its close delimiter.
    Epilogue,
    /// What lies beyond the reach of a tree, see [`Message::unparsed`].
    Unparsed,
}

/// A span of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// What it is.
    pub kind: SegmentKind,
    /// [`Part::index`] of the entity it belongs to; a delimiter belongs to its multipart.
    pub part: usize,
    /// Where it is in the message; never empty.
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Header(usize),
    Separator(usize),
    Content(usize),
    Delimiter(usize),
    Leave(usize),
    Tail(usize),
    Epilogue(usize),
    Unparsed,
    Done,
}

/// Iterator over the segments of a message, see [`Message::segments`].
#[derive(Clone, Debug)]
pub struct Segments<'m> {
    message: &'m Message<'m>,
    at: usize,
    state: State,
}

impl Message<'_> {
    /// The whole message as spans in their order; together they are the message, octet for octet.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(b"A: b\r\n\r\ntext");
    /// let all: Vec<u8> = message.segments().flat_map(|segment| message.raw()[segment.range].to_vec()).collect();
    /// assert_eq!(all, message.raw());
    /// ```
    pub fn segments(&self) -> Segments<'_> {
        Segments {
            message: self,
            at: 0,
            state: State::Header(0),
        }
    }
}

impl<'m> Segments<'m> {
    fn part(&self, index: usize) -> Option<Part<'m>> {
        self.message.part(index)
    }

    /// Moves to the next state; tells what ends there and where.
    fn advance(&mut self) -> Option<(SegmentKind, usize, usize)> {
        match self.state {
            State::Header(index) => {
                self.state = State::Separator(index);
                Some((
                    SegmentKind::Header,
                    index,
                    self.part(index)?.header_range().end,
                ))
            }
            State::Separator(index) => {
                self.state = State::Content(index);
                Some((
                    SegmentKind::Separator,
                    index,
                    self.part(index)?.body_range().start,
                ))
            }
            State::Content(index) => {
                let part = self.part(index)?;
                let child = part.children().next().map(|child| child.index());
                let (next, kind, end) = match (part.kind(), child) {
                    (PartKind::Multipart, child) => {
                        let next = child.map_or(State::Tail(index), State::Delimiter);
                        (next, SegmentKind::Preamble, part.preamble_range()?.end)
                    }
                    (PartKind::Message, Some(child)) => {
                        (State::Header(child), SegmentKind::Body, self.at)
                    }
                    _ => (
                        State::Leave(index),
                        SegmentKind::Body,
                        part.body_range().end,
                    ),
                };
                self.state = next;
                Some((kind, index, end))
            }
            State::Delimiter(index) => {
                self.state = State::Header(index);
                let part = self.part(index)?;
                Some((
                    SegmentKind::Delimiter,
                    part.parent()?.index(),
                    part.header_range().start,
                ))
            }
            State::Leave(index) => {
                let part = self.part(index)?;
                self.state = match part.parent() {
                    None => State::Unparsed,
                    Some(parent) if parent.kind() == PartKind::Multipart => {
                        let next = part.node().next();
                        if next < parent.node().next() {
                            State::Delimiter(next)
                        } else {
                            State::Tail(parent.index())
                        }
                    }
                    Some(parent) => State::Leave(parent.index()),
                };
                Some((SegmentKind::Body, index, self.at))
            }
            State::Tail(index) => {
                let epilogue = self.part(index)?.epilogue_range();
                self.state = if epilogue.is_some() {
                    State::Epilogue(index)
                } else {
                    State::Leave(index)
                };
                Some((
                    SegmentKind::CloseDelimiter,
                    index,
                    epilogue.map_or(self.at, |range| range.start),
                ))
            }
            State::Epilogue(index) => {
                self.state = State::Leave(index);
                Some((
                    SegmentKind::Epilogue,
                    index,
                    self.part(index)?.body_range().end,
                ))
            }
            State::Unparsed => {
                self.state = State::Done;
                Some((SegmentKind::Unparsed, 0, self.message.raw().len()))
            }
            State::Done => None,
        }
    }
}

impl Iterator for Segments<'_> {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        loop {
            let (kind, part, end) = self.advance()?;
            if end > self.at {
                let range = self.at..end;
                self.at = end;
                return Some(Segment { kind, part, range });
            }
        }
    }
}
