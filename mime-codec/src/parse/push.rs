//! A message as it arrives: a resumable parser with bounded memory (RFC 5322 section 2.1, RFC 2046).
//!
//! It is fed any chunks and finds the same structure as [`Message::parse`](crate::Message::parse), for
//! messages larger than memory too. It keeps the boundaries of the open multiparts and nothing else;
//! fields and bodies are lent from the caller's input.
//!
//! ```
//! use mime_codec::push::{Event, Need, Parser, Step};
//!
//! let mut parser = Parser::new(&mime_codec::Limits::default());
//! let (mut buffer, mut body) = (Vec::new(), Vec::new());
//! for chunk in [&b"Subject: x\r"[..], b"\n\r\nHel", b"lo\r\n", b""] {
//!     buffer.extend_from_slice(chunk);
//!     if chunk.is_empty() {
//!         parser.handle_eof();
//!     }
//!     let mut input = &buffer[..];
//!     let need = loop {
//!         match parser.poll(&mut input) {
//!             Step::Event(Event::Body(octets)) => body.extend_from_slice(octets),
//!             Step::Event(_) => {}
//!             Step::Need(need) => break need,
//!         }
//!     };
//!     let used = buffer.len() - input.len();
//!     buffer.drain(..used);
//!     assert_eq!(need, if chunk.is_empty() { Need::Done } else { Need::Input });
//! }
//! assert_eq!(body, b"Hello\r\n");
//! ```

use crate::parse::splitter::{Splitter, Text, Token};
use crate::{Defect, Header, Limits, PartKind};

/// What [`Parser::poll`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step<'i> {
    /// The next piece of the message.
    Event(Event<'i>),
    /// Why there is none.
    Need(Need),
}

/// What the parser waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Octets beyond those left in the input, or [`Parser::handle_eof`].
    Input,
    /// Nothing: the message is complete.
    Done,
}

/// A piece of a message. The octets of all events, one behind the other, are the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'i> {
    /// An entity starts: the message itself, a part, or an enclosed message.
    PartStart {
        /// How many entities enclose it.
        depth: usize,
    },
    /// The byte order mark of UTF-8 in front of the message.
    ByteOrderMark(&'i [u8]),
    /// An mbox `From ` line in front of the message, with its line end.
    EnvelopeLine(&'i [u8]),
    /// A field of the header section, whole.
    HeaderField(Header<'i>),
    /// The header section is over.
    HeadersEnd {
        /// The empty line, which may be missing.
        separator: &'i [u8],
        /// What the entity is made of: what the next events are.
        kind: PartKind,
    },
    /// Text of a multipart in front of its first delimiter; may come in pieces.
    Preamble(&'i [u8]),
    /// Octets of the body of a leaf, with its transfer encoding; may come in pieces.
    Body(&'i [u8]),
    /// A delimiter line with the line end in front of it.
    Delimiter {
        /// The octets.
        raw: &'i [u8],
        /// Whether it is the close delimiter.
        close: bool,
    },
    /// Text of a multipart behind its close delimiter; may come in pieces.
    Epilogue(&'i [u8]),
    /// The entity that started last and has not ended ends.
    PartEnd,
}

/// The resumable parser.
///
/// Input it has not used must be passed again, in front of what follows it. That is at most one header
/// field ([`Limits::header_bytes`]) or one delimiter line ([`Limits::boundary`] and [`Limits::line`]).
#[derive(Clone, Debug)]
pub struct Parser {
    splitter: Splitter,
    eof: bool,
}

impl Parser {
    /// A parser at the start of a message.
    pub fn new(limits: &Limits) -> Self {
        Self {
            splitter: Splitter::new(limits, false),
            eof: false,
        }
    }

    /// Takes the next piece off the front of `input`.
    pub fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        let offset = self.splitter.offset();
        let depth = self.splitter.depth();
        let token = self.splitter.step(input, self.eof);
        let mut take = |len: usize| {
            let (head, tail) = input.split_at_checked(len).unwrap_or((*input, &[]));
            *input = tail;
            head
        };
        Step::Event(match token {
            Token::Input => return Step::Need(Need::Input),
            Token::Done => return Step::Need(Need::Done),
            Token::PartStart => Event::PartStart { depth },
            Token::Mark { len } => Event::ByteOrderMark(take(len)),
            Token::Envelope { len } => Event::EnvelopeLine(take(len)),
            Token::Field { len, name, colon } => {
                Event::HeaderField(Header::new(take(len), name, colon, offset))
            }
            Token::HeadersEnd { len, kind } => Event::HeadersEnd {
                separator: take(len),
                kind,
            },
            Token::Body {
                len,
                text: Text::Leaf,
            } => Event::Body(take(len)),
            Token::Body {
                len,
                text: Text::Preamble,
            } => Event::Preamble(take(len)),
            Token::Body {
                len,
                text: Text::Epilogue,
            } => Event::Epilogue(take(len)),
            Token::Delimiter { len, close } => Event::Delimiter {
                raw: take(len),
                close,
            },
            Token::PartEnd => Event::PartEnd,
        })
    }

    /// Tells the parser that nothing follows what it has not used yet.
    pub const fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// Octets used so far.
    pub const fn offset(&self) -> u64 {
        self.splitter.offset()
    }

    /// What was wrong so far.
    pub fn defects(&self) -> &[Defect] {
        self.splitter.defects()
    }
}
