//! Counting Received fields, to find messages that go in circles (RFC 5321 section 6.3).

/// How many Received fields a message may have before it is taken to loop (RFC 5321 section 6.3).
pub const MAX_RECEIVED: usize = 100;

/// How many Received fields a header holds, up to the empty line that ends it.
///
/// ```
/// use smtp_proto::trace::count_received;
/// assert_eq!(count_received(b"Received: from a\r\n by b\r\nreceived: c\r\n\r\nReceived: body"), 2);
/// ```
pub fn count_received(header: &[u8]) -> usize {
    let mut counter = ReceivedCounter::new();
    counter.push(header);
    counter.count()
}

/// Counts Received fields in a message that comes in pieces; see [`MAX_RECEIVED`].
///
/// A line ends with LF, with or without a CR before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedCounter {
    state: CountState,
    count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountState {
    /// So many octets of the name were at the start of the line.
    Name(usize),
    /// Behind the name, where blanks may come before the colon.
    Blank,
    /// In a line that is of no more interest.
    Rest,
    /// Behind a CR at the start of a line.
    Cr,
    /// Behind the header.
    Body,
}

impl Default for CountState {
    fn default() -> Self {
        Self::Name(0)
    }
}

impl ReceivedCounter {
    /// At the start of a message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece; `false` if the header has ended and no more pieces are of use.
    pub fn push(&mut self, mut chunk: &[u8]) -> bool {
        while let Some((&byte, rest)) = chunk.split_first() {
            match self.state {
                CountState::Body => return false,
                CountState::Rest => {
                    let Some(end) = memchr::memchr(b'\n', chunk) else {
                        return true;
                    };
                    chunk = chunk.get(end + 1..).unwrap_or_default();
                    self.state = CountState::Name(0);
                    continue;
                }
                _ => self.state = self.step(byte),
            }
            chunk = rest;
        }
        self.state != CountState::Body
    }

    /// The number of fields so far.
    pub const fn count(&self) -> usize {
        self.count
    }

    fn step(&mut self, byte: u8) -> CountState {
        const NAME: &[u8] = b"received";
        match (self.state, byte) {
            (CountState::Name(0) | CountState::Cr, b'\n') => CountState::Body,
            (CountState::Name(0), b'\r') => CountState::Cr,
            (CountState::Name(_) | CountState::Blank, b'\n') => CountState::Name(0),
            (CountState::Name(at), _) if NAME.get(at) == Some(&byte.to_ascii_lowercase()) => {
                if at + 1 == NAME.len() {
                    CountState::Blank
                } else {
                    CountState::Name(at + 1)
                }
            }
            (CountState::Blank, b' ' | b'\t') => CountState::Blank,
            (CountState::Blank, b':') => {
                self.count += 1;
                CountState::Rest
            }
            _ => CountState::Rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting() {
        let header =
            b"Return-Path: <>\r\nReceived: from a\r\n\tReceived: folded\r\nRECEIVED : b\r\n\
            Received-SPF: pass\r\nX-Received: c\r\nReceive: d\nReceived:e\nreceived\r\n\
            Received: f\r\n\r\nReceived: body\r\n";
        assert_eq!(count_received(header), 4);
        for split in 0..header.len() {
            let (a, b) = header.split_at(split);
            let mut counter = ReceivedCounter::new();
            counter.push(a);
            assert!(!counter.push(b));
            assert_eq!(counter.count(), 4, "{split}");
        }
        let mut counter = ReceivedCounter::new();
        for byte in header {
            counter.push(&[*byte]);
        }
        assert_eq!(counter.count(), 4);
        assert_eq!(count_received(b""), 0);
        assert_eq!(count_received(b"\nReceived: a"), 0);
        assert_eq!(count_received(b"Received: a"), 1);
    }
}
