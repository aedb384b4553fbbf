//! The message of DATA (RFC 5321 section 4.1.1.4) or BDAT (RFC 3030) on its way to the application.

use super::answer::Question;
use super::{AbortReason, Event, Phase, Server, Step};
use crate::command::Bdat;
use crate::data::{DataDecoder, DataStep};
use crate::error::ProtocolError;
use crate::machine::{Need, Protocol};

/// A message that is coming.
#[derive(Clone, Debug)]
pub(super) struct Body {
    source: Source,
    /// Octets lent so far.
    size: u64,
    fate: Fate,
}

/// Where the octets come from.
#[derive(Clone, Debug)]
enum Source {
    Data(DataDecoder),
    /// The octets of a chunk that are still to come.
    Chunk {
        left: u64,
        last: bool,
    },
    /// Between two chunks: the next octets are a command.
    BetweenChunks,
    /// Nowhere: the connection is closing.
    Nowhere(Result<(), ProtocolError>),
}

/// What becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is being lent to the application.
    Open,
    /// The application is to be told that it is not coming.
    Aborting(AbortReason),
    /// It is swallowed; this is the answer at its end.
    Swallowed(Option<AbortReason>),
}

impl Body {
    pub(super) const fn data(decoder: DataDecoder) -> Self {
        Self::new(Source::Data(decoder))
    }

    pub(super) const fn chunk(bdat: Bdat) -> Self {
        Self::new(Source::Chunk {
            left: bdat.size,
            last: bdat.last,
        })
    }

    /// A chunk that nobody wants: its octets are taken off the connection, and that is all.
    pub(super) const fn unwanted_chunk(bdat: Bdat) -> Self {
        Self {
            fate: Fate::Swallowed(None),
            ..Self::chunk(bdat)
        }
    }

    /// What is left of a message when the connection closes.
    pub(super) const fn aborted(reason: AbortReason, result: Result<(), ProtocolError>) -> Self {
        Self {
            fate: Fate::Aborting(reason),
            ..Self::new(Source::Nowhere(result))
        }
    }

    const fn new(source: Source) -> Self {
        Self {
            source,
            size: 0,
            fate: Fate::Open,
        }
    }

    /// Whether the application has part of it and waits for the rest.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.fate, Fate::Open | Fate::Aborting(_))
    }

    /// Goes on with the next chunk.
    pub(super) fn next_chunk(&mut self, bdat: Bdat) {
        self.source = Source::Chunk {
            left: bdat.size,
            last: bdat.last,
        };
    }

    /// Tells the application at the next poll that the message is not coming.
    pub(super) fn abort(&mut self, reason: AbortReason) {
        self.fate = Fate::Aborting(reason);
    }
}

impl Server {
    /// Takes octets of the message.
    #[inline]
    pub(super) fn poll_body<'i>(&mut self, input: &mut &'i [u8]) -> Option<Step<'i>> {
        let Phase::Body(body) = &mut self.phase else {
            return None;
        };
        if let Fate::Aborting(reason) = body.fate {
            if matches!(body.source, Source::BetweenChunks) {
                self.phase = Phase::Command;
                self.transaction = None;
            } else {
                body.fate = Fate::Swallowed(Some(reason));
            }
            return Some(Step::Event(Event::BodyAborted { reason }));
        }
        let limit = self.config.options.limits.message_size;
        let span = match &mut body.source {
            Source::Nowhere(result) => {
                self.phase = Phase::Closing(*result);
                return None;
            }
            Source::BetweenChunks => return self.poll_command(input),
            Source::Data(decoder) => match decoder.poll(input) {
                DataStep::Span(span) => span,
                DataStep::BareLineEnd => {
                    if body.fate == Fate::Open {
                        body.fate = Fate::Aborting(AbortReason::BareLineEnd);
                    }
                    return None;
                }
                DataStep::AmbiguousEnd => {
                    self.end_swallowed(true);
                    self.fail(ProtocolError::AmbiguousEndOfData);
                    return None;
                }
                DataStep::NeedInput => return Some(Step::Need(Need::Input)),
                DataStep::End => return self.end_body(),
            },
            Source::Chunk { left: 0, last } => {
                let last = *last;
                return self.end_chunk(last);
            }
            Source::Chunk { left, .. } => {
                if input.is_empty() {
                    return Some(Step::Need(Need::Input));
                }
                let len = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(input.len());
                let (span, rest) = input.split_at_checked(len).unwrap_or((*input, &[]));
                *input = rest;
                *left -= span.len() as u64;
                span
            }
        };
        if body.fate != Fate::Open {
            return None;
        }
        let room = usize::try_from(limit - body.size).unwrap_or(usize::MAX);
        let fits = span.get(..room).unwrap_or(span);
        if fits.len() < span.len() {
            body.fate = Fate::Aborting(AbortReason::TooLarge);
        }
        body.size += fits.len() as u64;
        (!fits.is_empty()).then_some(Step::Event(Event::Body(fits)))
    }

    /// A chunk is complete.
    fn end_chunk<'i>(&mut self, last: bool) -> Option<Step<'i>> {
        let Phase::Body(body) = &mut self.phase else {
            return None;
        };
        match body.fate {
            Fate::Open if !last => {
                body.source = Source::BetweenChunks;
                let size = body.size;
                self.say_size(size);
                None
            }
            Fate::Swallowed(_) if !last => {
                self.end_swallowed(false);
                None
            }
            _ => self.end_body(),
        }
    }

    /// The message is complete.
    fn end_body<'i>(&mut self) -> Option<Step<'i>> {
        let Phase::Body(body) = &self.phase else {
            return None;
        };
        if body.fate != Fate::Open {
            self.end_swallowed(true);
            return None;
        }
        let answers = self.final_replies();
        Some(self.ask(Question::BodyEnd { answers }, Event::BodyEnd))
    }

    /// Replies that the end of a message calls for: in LMTP one for each recipient.
    fn final_replies(&self) -> usize {
        match (self.config.protocol, self.transaction) {
            (Protocol::Lmtp, Some(transaction)) => transaction.recipients,
            _ => 1,
        }
    }

    /// Says why a message was swallowed and goes on with commands.
    ///
    /// A chunk has one reply, a complete message as many as its acceptance would have.
    fn end_swallowed(&mut self, complete: bool) {
        let Phase::Body(body) = &self.phase else {
            return;
        };
        let Fate::Swallowed(reason) = body.fate else {
            return;
        };
        self.phase = Phase::Command;
        let Some(reason) = reason else { return };
        let replies = if complete { self.final_replies() } else { 1 };
        self.transaction = None;
        for _ in 0..replies {
            match reason {
                AbortReason::TooLarge => self.say(552, 3, 4, "Message too large"),
                _ => self.say(554, 6, 0, "Message holds a bare CR or LF"),
            }
        }
    }
}
