//! A message on its way out: by DATA with dots added (RFC 5321 section 4.5.2), or by BDAT without
//! (RFC 3030).

use alloc::vec::Vec;

use super::{Client, Phase, Stage, Verb};
use crate::command::{Bdat, Command};
use crate::data::DataEncoder;
use crate::error::{ProtocolError, UsageError};
use crate::extension::Extension;
use crate::limits::LineEnds;
use crate::machine::{Need, Protocol};

/// How a message travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transfer {
    /// By DATA: lines, with dots added and an end of data.
    #[default]
    Data,
    /// By BDAT: octets, counted. Needs CHUNKING. Lines are to end with CRLF all the same, and
    /// [`LineEnds`] applies, unless MAIL said `BODY=BINARYMIME`.
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
        /// What minds the line ends, if the message has lines.
        text: Option<DataEncoder>,
        /// Octets that the caller itself is writing.
        raw: u64,
        /// Whether the chunk that is being written is the last one.
        last: bool,
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

    /// A body by BDAT; of lines if `line_ends` says what becomes of their ends.
    pub(super) fn chunks(line_ends: Option<LineEnds>) -> Self {
        Self::Chunks {
            text: line_ends.map(DataEncoder::chunks),
            raw: 0,
            last: false,
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
    ///
    /// In LMTP it always does: the last chunk has a reply for each recipient, but how many it has
    /// behind one that was refused, and with it the transaction, no RFC says.
    fn chunk_must_wait(&self) -> bool {
        let alone = self.config.protocol == Protocol::Lmtp
            || !self.capabilities.offers(Extension::Pipelining);
        alone && !self.outstanding.is_empty()
    }

    /// Appends octets to the open body. By BDAT, each call makes a chunk of its own.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] if no body is open, or if the server has no PIPELINING and has not
    /// answered the chunk before, [`UsageError::OutputFull`] if the output is to be flushed first,
    /// [`UsageError::EightBitData`] for octets above 127 to a server without 8BITMIME unless MAIL said
    /// `BODY=BINARYMIME`, and [`UsageError::BareLineEnd`] as [`LineEnds`] says. Nothing is written then.
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
            Body::Chunks { raw: 0, .. } if !self.chunk_must_wait() => {}
            _ => return Err(UsageError::NotNow),
        }
        // RFC 3030 section 3: a server that takes BODY=BINARYMIME preserves all octets.
        let eight_bit =
            self.transaction.binary || self.capabilities.offers(Extension::EightBitMime);
        if !eight_bit && !chunk.is_ascii() {
            return Err(UsageError::EightBitData);
        }
        match &mut self.body {
            Body::Data(encoder) => encoder
                .write(chunk, self.output.end())
                .map_err(|_| UsageError::BareLineEnd)?,
            Body::Chunks {
                text: Some(text), ..
            } => {
                let mut content = Vec::new();
                text.write(chunk, &mut content)
                    .map_err(|_| UsageError::BareLineEnd)?;
                self.write_chunk(&content, false);
            }
            _ => self.write_chunk(chunk, false),
        }
        Ok(BodyStatus::More)
    }

    /// Appends a chunk, unless it is of no use.
    fn write_chunk(&mut self, content: &[u8], last: bool) {
        if last || !content.is_empty() {
            self.begin_chunk(content.len() as u64, last);
            self.output.end().extend_from_slice(content);
        }
    }

    /// Announces a chunk of `len` octets that the caller itself writes to the transport, after
    /// flushing the output, without a copy here; see [`Need::Raw`]. Nobody looks at its line ends.
    ///
    /// # Errors
    /// [`UsageError::NotNow`] unless a body by BDAT is open and no raw chunk is under way, and as for
    /// [`write_body`](Self::write_body).
    pub fn begin_raw(&mut self, len: u64, last: bool) -> Result<(), UsageError> {
        if let Phase::Closing(_) = self.phase {
            return Err(UsageError::Closing);
        }
        if self.chunk_must_wait() {
            return Err(UsageError::NotNow);
        }
        let Body::Chunks {
            raw: raw @ 0,
            last: ends,
            ..
        } = &mut self.body
        else {
            return Err(UsageError::NotNow);
        };
        (*raw, *ends) = (len, last);
        self.begin_chunk(len, last);
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

    /// Ends the open body; the server's answer comes as a reply to [`Verb::Message`], unless a chunk
    /// was refused. Without an open body, and within a raw chunk, it does nothing.
    ///
    /// A message of lines that does not end with CRLF gets one.
    pub fn finish_body(&mut self) {
        match &mut self.body {
            Body::Data(encoder) => encoder.finish(self.output.end()),
            Body::Chunks { raw: 0, text, .. } => {
                let mut rest = Vec::new();
                if let Some(text) = text {
                    text.finish(&mut rest);
                }
                if self.chunk_must_wait() {
                    self.enqueue_last_chunk(&rest);
                } else {
                    self.write_chunk(&rest, true);
                }
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
        if let Body::Chunks { raw: 0, .. } = self.body {
            self.body = Body::Refused;
        }
        let queued = self.queue.len();
        self.queue
            .retain(|queued| !matches!(queued.verb, Verb::Message | Verb::MessageFor(_)));
        if self.queue.len() < queued && !self.queue.is_empty() {
            self.enqueue_first(Verb::Rset, &Command::Rset);
            return;
        }
        // What this end has not sent is not sent; RFC 3030 section 2 wants RSET before the next.
        if matches!(self.transaction.stage, Stage::Message | Stage::None) {
            self.transaction.stage = Stage::Stale;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::super::{Config, Event, Step};
    use super::*;
    use crate::{BodyType, HeloName, Mail, Mailbox, Options, ReversePath};

    /// What goes out by BDAT for these pieces of a message.
    fn chunks(body: BodyType, line_ends: LineEnds, pieces: &[&str]) -> Result<String, UsageError> {
        let mut config = Config::smtp(HeloName::new("client.example").unwrap());
        config.options = Options {
            line_ends,
            ..Options::default()
        };
        chunks_to(ALL, config, body, pieces)
    }

    const ALL: &str = "250-8BITMIME\r\n250-BINARYMIME\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

    fn chunks_to(
        offers: &str,
        config: Config,
        body: impl Into<Option<BodyType>>,
        pieces: &[&str],
    ) -> Result<String, UsageError> {
        let mut client = Client::new(config);
        let body = body.into();
        let server = format!("220 a\r\n250-a\r\n{offers}250 Ok\r\n250 Ok\r\n");
        let mut input = server.as_bytes();
        loop {
            match client.poll(&mut input) {
                Step::Event(Event::Ready) => {
                    let mut mail = Mail::from(ReversePath::Null);
                    mail.parameters.body = body;
                    client.mail_from(mail).unwrap();
                    client.rcpt_to(Mailbox::new("b@a").unwrap()).unwrap();
                    client.data(Transfer::Chunks).unwrap();
                }
                Step::Event(_) => {}
                Step::Need(need) => {
                    assert!(matches!(need, Need::Body { .. }));
                    break;
                }
            }
        }
        client.advance_output(client.output().len());
        for piece in pieces {
            assert_eq!(client.write_body(piece.as_bytes())?, BodyStatus::More);
        }
        client.finish_body();
        Ok(String::from_utf8(client.output().to_vec()).unwrap())
    }

    #[test]
    fn chunks_of_lines_have_crlf_and_no_dots_are_added() {
        let sent = chunks(
            BodyType::EightBitMime,
            LineEnds::Normalise,
            &["a\n.\r", "\n", "b"],
        );
        assert_eq!(
            sent.unwrap(),
            "BDAT 4\r\na\r\n.BDAT 2\r\n\r\nBDAT 1\r\nbBDAT 2 LAST\r\n\r\n"
        );
        let sent = chunks(
            BodyType::EightBitMime,
            LineEnds::Strict,
            &[".\r", "\n..\r\n"],
        );
        assert_eq!(
            sent.unwrap(),
            "BDAT 2\r\n.\rBDAT 5\r\n\n..\r\nBDAT 0 LAST\r\n"
        );
        let sent = chunks(BodyType::EightBitMime, LineEnds::Strict, &["a\n"]);
        assert_eq!(sent, Err(UsageError::BareLineEnd));
    }

    #[test]
    fn binary_chunks_are_left_alone() {
        let sent = chunks(BodyType::BinaryMime, LineEnds::Strict, &["a\n", "\r\0b"]);
        assert_eq!(sent.unwrap(), "BDAT 2\r\na\nBDAT 3\r\n\r\0bBDAT 0 LAST\r\n");
    }

    #[test]
    fn binary_chunks_are_eight_bit_whether_8bitmime_is_offered_or_not() {
        let send = |offers: &str, body: Option<BodyType>| {
            let config = Config::smtp(HeloName::new("client.example").unwrap());
            chunks_to(offers, config, body, &["ü\r\n"])
        };
        let binary = "250-PIPELINING\r\n250-BINARYMIME\r\n250 CHUNKING\r\n";
        assert_eq!(
            send(binary, Some(BodyType::BinaryMime)).unwrap(),
            "BDAT 4\r\nü\r\nBDAT 0 LAST\r\n"
        );
        assert_eq!(send(binary, None), Err(UsageError::EightBitData));
        assert!(send(ALL, Some(BodyType::EightBitMime)).is_ok());
    }

    #[test]
    fn in_lmtp_a_chunk_waits_for_the_reply_to_the_one_before() {
        let config = Config::lmtp(HeloName::new("client.example").unwrap());
        let sent = chunks_to(ALL, config, BodyType::EightBitMime, &["a\r\n"]);
        assert_eq!(sent.unwrap(), "BDAT 3\r\na\r\n");
    }
}
