//! What a driver sees of both machines: steps, needs, and the output buffer behind them.

use alloc::vec::Vec;

use crate::error::ProtocolError;

/// What `poll` found: an event, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step<E> {
    /// Something happened. The event borrows the input, never the machine.
    Event(E),
    /// Nothing happens until this is met.
    Need(Need),
}

/// What a machine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Need {
    /// Bytes beyond those in the input.
    Input,
    /// The output is above its mark: write some of it, then poll again.
    Flush,
    /// The application: a reply, a decision, a verb.
    Answer,
    /// An outgoing body is open and wants about `room` octets of `write_body`.
    Body {
        /// Octets until the output is full.
        room: usize,
    },
    /// The caller itself writes the next `remaining` octets to the transport, after flushing the
    /// output, and then calls `raw_written`.
    Raw {
        /// Octets that are still to be written.
        remaining: u64,
    },
    /// Flush the output, switch the transport to this layer, then call `layer_established`.
    Upgrade(Layer),
    /// Flush what is left, a farewell may be in it, then drop the connection.
    Close(Result<(), ProtocolError>),
}

/// What a connection can be wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// TLS (RFC 3207, RFC 8314).
    Tls,
}

/// When a connection has TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TlsPolicy {
    /// Never; STARTTLS is neither offered nor used.
    #[default]
    None,
    /// If both ends can, by STARTTLS (RFC 3207).
    StartTls,
    /// By STARTTLS, and no mail or credential passes without it.
    Required,
    /// From the first octet (RFC 8314 section 3.3).
    Implicit,
}

/// Which dialect a session speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Relay (RFC 5321), port 25.
    #[default]
    Smtp,
    /// Message submission (RFC 6409), port 587, or 465 with implicit TLS (RFC 8314).
    Submission,
    /// Local delivery (RFC 2033): LHLO, and a reply for each recipient.
    Lmtp,
}

/// The TCP ports that IANA has assigned.
pub mod port {
    /// SMTP between mail servers (RFC 5321 section 4.5.4.2).
    pub const SMTP: u16 = 25;
    /// Message submission, with STARTTLS (RFC 6409 section 3.1).
    pub const SUBMISSION: u16 = 587;
    /// Message submission with TLS from the start (RFC 8314 section 3.3).
    pub const SUBMISSIONS: u16 = 465;
    /// LMTP has no port of its own, but must not use 25 (RFC 2033 section 5); 24, for private mail
    /// systems, is the custom.
    pub const LMTP: u16 = 24;
}

/// Octets that wait to be written to the transport.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    buffer: Vec<u8>,
    sent: usize,
}

impl Output {
    #[inline]
    pub(crate) fn unsent(&self) -> &[u8] {
        self.buffer.get(self.sent..).unwrap_or_default()
    }

    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.buffer.len() - self.sent
    }

    /// Takes `count` octets off the front, without moving the others.
    pub(crate) fn advance(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count).min(self.buffer.len());
        if self.sent == self.buffer.len() {
            self.buffer.clear();
            self.sent = 0;
        }
    }

    /// The buffer to append to.
    #[inline]
    pub(crate) fn end(&mut self) -> &mut Vec<u8> {
        // Octets are moved only once at least as many have been sent: linear in total.
        if self.sent > 0 && self.sent >= self.buffer.len() / 2 {
            self.buffer.drain(..self.sent);
            self.sent = 0;
        }
        &mut self.buffer
    }
}

/// How far a line that trickles in has been searched, so that no octet is looked at twice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineScan {
    searched: usize,
    /// The line that was over its limit and whose rest is being dropped.
    dropping: Option<TooLong>,
}

/// A line over its limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooLong {
    /// The limit, in octets.
    pub(crate) limit: usize,
    /// How the line started: its verb.
    pub(crate) start: [u8; 4],
}

/// What [`LineScan`] found.
pub(crate) enum Line<'i> {
    /// A line with its LF; the input has been advanced past it.
    Whole(&'i [u8]),
    /// A line over its limit has ended; nothing else of it is left.
    TooLong(TooLong),
    /// The line is not complete.
    Partial,
}

impl LineScan {
    /// Whether nothing of the line has been looked at.
    #[inline]
    pub(crate) const fn is_fresh(self) -> bool {
        self.searched == 0 && self.dropping.is_none()
    }

    /// Takes a line of at most `limit` octets from `input`.
    #[inline]
    pub(crate) fn take<'i>(
        &mut self,
        input: &mut &'i [u8],
        limit: impl FnOnce(&[u8]) -> usize,
    ) -> Line<'i> {
        let unsearched = input.get(self.searched..).unwrap_or_default();
        let found = memchr::memchr(b'\n', unsearched);
        let len = found.map_or(input.len(), |at| self.searched + at + 1);
        let too_long = self.dropping.or_else(|| {
            let limit = limit(input);
            let start = input.first_chunk().copied().unwrap_or_default();
            (len > limit).then_some(TooLong { limit, start })
        });
        if let Some(too_long) = too_long {
            self.searched = 0;
            *input = input.get(len..).unwrap_or_default();
            self.dropping = found.is_none().then_some(too_long);
            return match self.dropping {
                Some(_) => Line::Partial,
                None => Line::TooLong(too_long),
            };
        }
        if found.is_none() {
            self.searched = len;
            return Line::Partial;
        }
        self.searched = 0;
        let (line, rest) = input.split_at_checked(len).unwrap_or((*input, &[]));
        *input = rest;
        Line::Whole(line)
    }
}
