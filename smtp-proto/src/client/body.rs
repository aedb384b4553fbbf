//! A message on its way out: by DATA with dots added (RFC 5321 section 4.5.2), or by BDAT as it is
//! (RFC 3030).

use super::{Client, Phase, Stage, Verb};
use crate::command::Bdat;
use crate::data::DataEncoder;
use crate::error::{ProtocolError, UsageError};
use crate::extension::Extension;
use crate::limits::LineEnds;
use crate::machine::Need;

/// How a message travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// By DATA: lines, with dots added and an end of data.
    #[default]
    Data,
    /// By BDAT: any octets, counted. Needs CHUNKING.
    Chunks,
}

/// Whether a body wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum BodyStatus {
    /// It does.
    More,
    /// It does not: the server has refused it. What was written now is dropped.
    Done,
}

/// What is under way besides commands.
#[derive(Clone, Debug)]
pub(super) enum Body {
    None,
    Data(DataEncoder),
    Chunks {
        /// Octets that the caller itself is writing.
        raw: u64,
        /// Whether the chunk that is being written is the last one.
        last: bool,
        /// Whether the body ends with an empty chunk as soon as that may be sent.
        ending: bool,
    },
    /// The server refused a chunk; the application has not noticed yet.
    Refused,
    /// A challenge of AUTH waits for its response.
    Challenged,
}

impl Body {
    pub(super) const fn data(line_ends: LineEnds) -> Self {
        Self::Data(DataEncoder::new(line_ends))
    }

    pub(super) const fn chunks() -> Self {
        Self::Chunks {
            raw: 0,
            last: false,
            ending: false,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self, Self::Data(_) | Self::Chunks { .. } | Self::Refused)
    }
}

impl Client {
    /// What an open body waits for.
    pub(super) fn body_need(&self) -> Option<Need> {
        let room = self
            .config
            .options
            .limits
            .output
            .saturating_sub(self.output.len());
        match self.body {
            Body::Chunks { raw, .. } if raw > 0 => Some(Need::Raw { remaining: raw }),
            Body::Chunks { .. } if self.chunk_must_wait() => Some(Need::Input),
            Body::Data(_) | Body::Chunks { .. } | Body::Refused => Some(Need::Body { room }),
            Body::None | Body::Challenged => None,
        }
    }

    /// Whether a chunk waits for the reply to the one before, for want of PIPELINING.
    fn chunk_must_wait(&self) -> bool {
        !self.outstanding.is_empty() && !self.capabilities.offers(Extension::Pipelining)
    }

    /// Sends the empty chunk that had to wait.
    pub(super) fn send_last_chunk(&mut self) {
        if let Body::Chunks { ending: true, .. } = self.body
            && !self.chunk_must_wait()
        {
            self.begin_chunk(0, true);
            self.end_body();
        }
    }

    /// Appends octets to the open body. By BDAT, each call makes a chunk of its own.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] if no body is open, or if the server has no PIPELINING and has not
    /// answered the chunk before, [`UsageError::OutputFull`] if the output is to be flushed first, [`UsageError::EightBitData`] for octets above 127 to a server without
    /// 8BITMIME, and [`UsageError::BareLineEnd`] as [`LineEnds`] says. Nothing is written then.
    pub fn write_body(&mut self, chunk: &[u8]) -> Result<BodyStatus, UsageError> {
        if let Phase::Closing(_) = self.phase {
            return Err(UsageError::Closing);
        }
        if self.output.len() >= self.config.options.limits.output {
            return Err(UsageError::OutputFull);
        }
        match self.body {
            Body::Refused => return Ok(BodyStatus::Done),
            Body::Data(_) => {}
            Body::Chunks {
                raw: 0,
                ending: false,
                ..
            } if !self.chunk_must_wait() => {}
            _ => return Err(UsageError::NotNow),
        }
        if !self.capabilities.offers(Extension::EightBitMime) && !chunk.is_ascii() {
            return Err(UsageError::EightBitData);
        }
        match &mut self.body {
            Body::Data(encoder) => encoder
                .write(chunk, self.output.end())
                .map_err(|_| UsageError::BareLineEnd)?,
            _ if chunk.is_empty() => {}
            _ => {
                self.begin_chunk(chunk.len() as u64, false);
                self.output.end().extend_from_slice(chunk);
            }
        }
        Ok(BodyStatus::More)
    }

    /// Announces a chunk of `len` octets that the caller itself writes to the transport, after
    /// flushing the output, without a copy here; see [`Need::Raw`].
    ///
    /// # Errors
    /// [`UsageError::NotNow`] unless a body by BDAT is open and no raw chunk is under way, and as for
    /// [`write_body`](Self::write_body).
    pub fn begin_raw(&mut self, len: u64, last: bool) -> Result<(), UsageError> {
        if let Phase::Closing(_) = self.phase {
            return Err(UsageError::Closing);
        }
        match self.body {
            Body::Chunks {
                raw: 0,
                ending: false,
                ..
            } if !self.chunk_must_wait() => {}
            _ => return Err(UsageError::NotNow),
        }
        self.begin_chunk(len, last);
        self.body = Body::Chunks {
            raw: len,
            last,
            ending: false,
        };
        if len == 0 && last {
            self.end_body();
        }
        Ok(())
    }

    /// The caller has written `count` octets of a raw chunk.
    pub fn raw_written(&mut self, count: u64) {
        let Body::Chunks { raw, last, .. } = &mut self.body else {
            return;
        };
        let open = *raw > 0;
        *raw = raw.saturating_sub(count);
        if !open || *raw > 0 {
            return;
        }
        if *last {
            self.end_body();
        } else if self.transaction.stage == Stage::Stale {
            self.body = Body::Refused;
        }
    }

    /// Ends the open body; the server's answer comes as a reply to [`Verb::Message`]. Without an
    /// open body, and within a raw chunk, it does nothing.
    ///
    /// A message by DATA that does not end with CRLF gets one.
    pub fn finish_body(&mut self) {
        match &mut self.body {
            Body::Data(encoder) => encoder.finish(self.output.end()),
            Body::Chunks { raw: 0, ending, .. } => {
                *ending = true;
                return self.send_last_chunk();
            }
            Body::Refused => {
                self.body = Body::None;
                return;
            }
            _ => return,
        }
        self.end_body();
    }

    /// Gives the open body up. The connection closes, because that alone keeps the server from
    /// taking half of a message for all of it.
    pub fn abort_body(&mut self) {
        if self.body.is_open() {
            self.close(Err(ProtocolError::BodyAborted));
        }
    }

    fn end_body(&mut self) {
        self.body = Body::None;
        if self.transaction.stage == Stage::Message {
            self.transaction.stage = Stage::None;
        }
    }

    /// Appends the BDAT line and notes which replies it will have.
    fn begin_chunk(&mut self, size: u64, last: bool) {
        Bdat { size, last }.encode(self.output.end());
        if last {
            self.expect_message_replies();
        } else {
            self.outstanding.push_back(Verb::Bdat);
            self.synchronising = false;
        }
    }

    /// The server does not want the message that is being sent.
    pub(super) fn chunk_refused(&mut self) {
        match self.body {
            Body::Chunks { ending: true, .. } => self.body = Body::None,
            Body::Chunks { raw: 0, .. } => self.body = Body::Refused,
            _ => {}
        }
        // What this end has not sent is not sent; RFC 3030 section 2 wants RSET before the next.
        if matches!(self.transaction.stage, Stage::Message | Stage::None) {
            self.transaction.stage = Stage::Stale;
        }
    }
}
