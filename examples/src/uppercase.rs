//! The smallest protocol there is: a line goes out, the same line in capitals comes back. Over TCP
//! it is a stream machine on the common loop, over UDP a timed machine that asks again when an
//! answer is lost.

use std::io;
use std::time::Duration;

use crate::machine::{Layer, Machine, Need, Step};

/// The longest line.
pub const MAX_LINE: usize = 8 * 1024;
/// How long a peer may be silent.
const IDLE: Duration = Duration::from_secs(60);

/// Either end of the TCP form: lines come in, lines go out.
#[derive(Debug, Default)]
pub struct Lines {
    output: Vec<u8>,
    closed: bool,
}

impl Lines {
    /// Sends a line.
    pub fn send(&mut self, line: &[u8]) {
        self.output.extend_from_slice(line);
        self.output.push(b'\n');
    }

    /// Ends the session after what was sent.
    pub fn close(&mut self) {
        self.closed = true;
    }
}

impl Machine for Lines {
    type Event<'i> = &'i [u8];
    type Error = io::Error;

    fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<&'i [u8], io::Error> {
        let all: &'i [u8] = input;
        if self.closed {
            return Step::Need(Need::Close(Ok(())));
        }
        if let Some(end) = all.iter().take(MAX_LINE).position(|&byte| byte == b'\n') {
            *input = &all[end + 1..];
            return Step::Event(all[..end].strip_suffix(b"\r").unwrap_or(&all[..end]));
        }
        Step::Need(match all.len() {
            MAX_LINE.. => Need::Close(Err(io::Error::other("the line is too long"))),
            _ => Need::Input,
        })
    }

    fn output(&self) -> &[u8] {
        &self.output
    }

    fn advance_output(&mut self, n: usize) {
        self.output.drain(..n);
    }

    fn handle_eof(&mut self) {
        self.close();
    }

    fn handle_timeout(&mut self) {
        self.close();
    }

    fn idle_timeout(&self) -> Duration {
        IDLE
    }

    fn layer_established(&mut self, _layer: Layer, _unread: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The asking end of the UDP form. Times are counted from any fixed moment.
#[derive(Debug)]
pub struct Question {
    line: Vec<u8>,
    due: Duration,
    wait: Duration,
    asked: u32,
}

impl Question {
    /// After this many datagrams without an answer the server counts as dead.
    pub const TRIES: u32 = 5;

    /// A question to be asked at once.
    pub fn new(line: &[u8]) -> Self {
        Self {
            line: line.to_vec(),
            due: Duration::ZERO,
            wait: Duration::from_millis(250),
            asked: 0,
        }
    }

    /// The datagram to be sent now, if one is due. Each wait is twice as long as the one before.
    pub fn poll_transmit(&mut self, now: Duration) -> Option<&[u8]> {
        if now < self.due || self.asked == Self::TRIES {
            return None;
        }
        self.asked += 1;
        self.due = now + self.wait;
        self.wait *= 2;
        Some(&self.line)
    }

    /// When to call [`poll_transmit`](Self::poll_transmit) again; `None` when it is time to give up.
    pub fn poll_timeout(&self, now: Duration) -> Option<Duration> {
        (self.asked < Self::TRIES || now < self.due).then_some(self.due)
    }

    /// Whether a datagram is the answer: a stray one is not.
    pub fn is_answer(&self, payload: &[u8]) -> bool {
        payload == self.line.to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_repeated_ever_more_slowly_and_then_given_up() {
        let mut question = Question::new(b"hello");
        let mut now = Duration::ZERO;
        let mut sent = Vec::new();
        while let Some(due) = question.poll_timeout(now) {
            now = now.max(due);
            if let Some(payload) = question.poll_transmit(now) {
                assert_eq!(payload, b"hello");
                sent.push(now.as_millis());
            }
            assert!(question.poll_transmit(now).is_none());
        }
        assert_eq!(sent, [0, 250, 750, 1750, 3750]);
        assert_eq!(now, Duration::from_millis(7750));
        assert!(question.is_answer(b"HELLO"));
        assert!(!question.is_answer(b"hello"));
    }

    #[test]
    fn lines_end_with_lf_or_crlf_and_have_a_limit() {
        let mut lines = Lines::default();
        let mut input: &[u8] = b"one\r\ntwo\nthr";
        assert!(matches!(lines.poll(&mut input), Step::Event(b"one")));
        assert!(matches!(lines.poll(&mut input), Step::Event(b"two")));
        assert!(matches!(lines.poll(&mut input), Step::Need(Need::Input)));
        assert_eq!(input, b"thr");
        let long = vec![b'x'; MAX_LINE];
        assert!(matches!(
            lines.poll(&mut &long[1..]),
            Step::Need(Need::Input)
        ));
        assert!(matches!(
            lines.poll(&mut &long[..]),
            Step::Need(Need::Close(Err(_)))
        ));
    }
}
