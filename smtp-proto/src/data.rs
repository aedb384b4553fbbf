//! The body of DATA: dots removed while receiving and added while sending (RFC 5321 section 4.5.2),
//! and the policing of line ends (section 2.3.8).

use alloc::vec::Vec;

use memchr::memmem;

use crate::cursor::{first_bare, line_ends_are_paired};
use crate::limits::LineEnds;

/// What a [`DataDecoder`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataStep<'i> {
    /// Octets of the message, without the dots that were added for transport.
    Span(&'i [u8]),
    /// A CR or LF that is no line end, in [`LineEnds::Strict`]. It comes once; from then on the
    /// decoder only looks for the end.
    BareLineEnd,
    /// `CRLF.CRLF`: the message is complete, its last CRLF included.
    End,
    /// After a bare CR or LF: something that a careless reader would take for the end of data.
    AmbiguousEnd,
    /// More octets are needed beyond those that are left.
    NeedInput,
}

/// Takes the dots out of a message that arrives, without copying it.
///
/// Each call lends one span of the input. Only `CRLF.CRLF` is an end of data,
/// whatever the mode; in [`LineEnds::Strict`] any other CR or LF spoils the
/// message.
///
/// ```
/// use smtp_proto::{DataDecoder, DataStep, LineEnds};
/// let mut decoder = DataDecoder::new(LineEnds::Strict);
/// let mut input = &b"..a\r\n.\r\nQUIT"[..];
/// let mut message = Vec::new();
/// while let DataStep::Span(span) = decoder.poll(&mut input) {
///     message.extend_from_slice(span);
/// }
/// assert_eq!(message, b".a\r\n");
/// assert_eq!(input, b"QUIT");
/// ```
#[derive(Clone, Debug)]
pub struct DataDecoder {
    mode: LineEnds,
    state: DecoderState,
    /// Leading octets of the input that have passed the line end check already.
    checked: usize,
    /// The octet before the input.
    before: u8,
    spoilt: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DecoderState {
    /// Behind a CRLF, or at the start.
    LineStart,
    /// Behind a bare CR or LF that became CRLF: a dot may be removed, but not end the message.
    NormalisedLineStart,
    InLine,
    Ended,
}

/// Octets that are searched in one go, so that what is lent was looked at a moment ago and is still
/// in the cache.
const BLOCK: usize = 16 * 1024;

const CRLF: &[u8] = b"\r\n";

impl DataDecoder {
    /// A decoder at the start of a message.
    pub const fn new(mode: LineEnds) -> Self {
        Self {
            mode,
            state: DecoderState::LineStart,
            checked: 0,
            before: b'\n',
            spoilt: false,
        }
    }

    /// Takes octets from `input`.
    ///
    /// At most four octets are left in `input` when more are needed; pass them again in front of
    /// the next ones.
    #[inline]
    pub fn poll<'i>(&mut self, input: &mut &'i [u8]) -> DataStep<'i> {
        if self.state == DecoderState::Ended {
            return DataStep::End;
        }
        if self.spoilt {
            return self.poll_spoilt(input);
        }
        if self.state == DecoderState::LineStart {
            match **input {
                [] | [b'.'] | [b'.', b'\r'] => return DataStep::NeedInput,
                [b'.', b'\r', b'\n', ..] => {
                    self.advance(input, 3);
                    self.state = DecoderState::Ended;
                    return DataStep::End;
                }
                [b'.', ..] => self.advance(input, 1),
                _ => {}
            }
        }
        if self.state == DecoderState::NormalisedLineStart {
            match **input {
                [] | [b'.'] => return DataStep::NeedInput,
                [b'.', b'\r' | b'\n', ..] => {}
                [b'.', ..] => self.advance(input, 1),
                _ => {}
            }
        }
        match self.mode {
            LineEnds::Normalise => self.poll_normalising(input),
            LineEnds::Strict => self.poll_strict(input),
            LineEnds::Lenient => self.lend(input, input.len()),
        }
    }

    /// Steps over `count` octets of the input.
    #[inline]
    fn advance(&mut self, input: &mut &[u8], count: usize) {
        if let Some(last) = count.checked_sub(1) {
            self.before = input.get(last).copied().unwrap_or(self.before);
        }
        self.checked = self.checked.saturating_sub(count);
        *input = input.get(count..).unwrap_or_default();
    }

    /// Lends what comes before the next line that starts with a dot, at most `limit` octets.
    ///
    /// A CRLF at the end may be the start of `CRLF.`, which needs no waiting: the state remembers.
    #[inline]
    fn lend<'i>(&mut self, input: &mut &'i [u8], limit: usize) -> DataStep<'i> {
        let block = input.get(..limit.min(BLOCK)).unwrap_or(input);
        if block.is_empty() {
            return DataStep::NeedInput;
        }
        let crlf_before = self.before == b'\r' && block.first() == Some(&b'\n');
        let end = if crlf_before && block.get(1) == Some(&b'.') {
            1
        } else {
            find_dot_line(block).unwrap_or(block.len())
        };
        let span = block.get(..end).unwrap_or_default();
        self.state = if span.ends_with(CRLF) || (crlf_before && end == 1) {
            DecoderState::LineStart
        } else {
            DecoderState::InLine
        };
        self.advance(input, end);
        DataStep::Span(span)
    }

    /// Lends octets in which each CR is followed by LF and each LF preceded by CR.
    fn poll_strict<'i>(&mut self, input: &mut &'i [u8]) -> DataStep<'i> {
        if self.checked == 0 {
            let block = input.get(..BLOCK).unwrap_or(input);
            if line_ends_are_paired(self.before, block) {
                self.checked = block.len();
            } else {
                let bare = first_bare(self.before, block);
                if bare == 0 {
                    self.spoilt = true;
                    return DataStep::BareLineEnd;
                }
                self.checked = bare;
            }
        }
        self.lend(input, self.checked)
    }

    /// Lends line by line, with CRLF for every CR or LF that stands alone.
    fn poll_normalising<'i>(&mut self, input: &mut &'i [u8]) -> DataStep<'i> {
        let block = input.get(..BLOCK).unwrap_or(input);
        match memchr::memchr2(b'\r', b'\n', block) {
            None if block.is_empty() => DataStep::NeedInput,
            None => {
                self.state = DecoderState::InLine;
                self.advance(input, block.len());
                DataStep::Span(block)
            }
            Some(0) => {
                let len = match **input {
                    [b'\r'] => return DataStep::NeedInput,
                    [b'\r', b'\n', ..] => 2,
                    _ => 1,
                };
                self.state = if len == 2 {
                    DecoderState::LineStart
                } else {
                    DecoderState::NormalisedLineStart
                };
                self.advance(input, len);
                DataStep::Span(CRLF)
            }
            Some(at) => {
                let span = block.get(..at).unwrap_or_default();
                self.state = DecoderState::InLine;
                self.advance(input, at);
                DataStep::Span(span)
            }
        }
    }

    /// Looks for the end of a message that nobody will read.
    ///
    /// `CRLF.CRLF` leaves the connection in step. The forms that some program may have meant as
    /// the end do not, and waiting for more could take for ever.
    fn poll_spoilt<'i>(&mut self, input: &mut &'i [u8]) -> DataStep<'i> {
        while !input.is_empty() {
            let at_line_start = matches!(self.before, b'\n' | b'\r');
            if at_line_start && input.first() == Some(&b'.') {
                match **input {
                    [b'.'] | [b'.', b'\r'] => return DataStep::NeedInput,
                    [b'.', b'\r', b'\n', ..] if self.state == DecoderState::LineStart => {
                        self.advance(input, 3);
                        self.state = DecoderState::Ended;
                        return DataStep::End;
                    }
                    [b'.', b'\r' | b'\n', ..] => return DataStep::AmbiguousEnd,
                    _ => {}
                }
            }
            if input.is_empty() {
                return DataStep::NeedInput;
            }
            let Some(at) = memchr::memchr2(b'\r', b'\n', input) else {
                self.state = DecoderState::InLine;
                let len = input.len();
                self.advance(input, len);
                return DataStep::NeedInput;
            };
            let halved = at == 0 && self.before == b'\r' && input.first() == Some(&b'\n');
            let crlf = halved || input.get(at..at + 2) == Some(CRLF);
            self.state = if crlf {
                DecoderState::LineStart
            } else {
                DecoderState::InLine
            };
            self.advance(input, at + if crlf && !halved { 2 } else { 1 });
        }
        DataStep::NeedInput
    }
}

/// The offset of the first dot that follows a CRLF.
///
/// In base64, which fills most of the mail, there are no dots, and looking for one octet costs half of
/// looking for two. A dot elsewhere costs what is saved in a kilobyte, so dots may be that frequent
/// and no more.
#[inline]
fn find_dot_line(block: &[u8]) -> Option<usize> {
    let mut from = CRLF.len();
    let mut tries = 1;
    while tries > 0 {
        let skipped = memchr::memchr(b'.', block.get(from..)?)?;
        let dot = from + skipped;
        if block.get(dot - CRLF.len()..dot) == Some(CRLF) {
            return Some(dot);
        }
        from = dot + 1;
        tries += skipped / 1024;
        tries -= 1;
    }
    let start = from - 1;
    memmem::find_iter(block.get(start..)?, b"\n.")
        .map(|at| start + at + 1)
        .find(|&dot| block.get(dot - CRLF.len()) == Some(&b'\r'))
}

/// Adds the dots to a message that leaves, and its end.
///
/// ```
/// use smtp_proto::{DataEncoder, LineEnds};
/// let mut encoder = DataEncoder::new(LineEnds::Strict);
/// let mut out = Vec::new();
/// encoder.write(b".a\r\n", &mut out)?;
/// encoder.finish(&mut out);
/// assert_eq!(out, b"..a\r\n.\r\n");
/// # Ok::<(), smtp_proto::BareLineEnd>(())
/// ```
#[derive(Clone, Debug)]
pub struct DataEncoder {
    mode: LineEnds,
    /// Whether dots are added, and a lone one at the end; in chunks they are not.
    dots: bool,
    /// The octet before the next one.
    before: u8,
    /// In [`LineEnds::Normalise`], a CR that waits for what follows it.
    pending_cr: bool,
    /// Whether `before` ends a line.
    line_start: bool,
}

/// A CR or LF that is not part of a CRLF, at this offset of the chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("bare CR or LF at byte {offset}")]
pub struct BareLineEnd {
    /// Octets of the chunk before it.
    pub offset: usize,
}

impl DataEncoder {
    /// An encoder at the start of a message.
    pub const fn new(mode: LineEnds) -> Self {
        Self {
            mode,
            dots: true,
            before: b'\n',
            pending_cr: false,
            line_start: true,
        }
    }

    /// An encoder of text for BDAT: it minds the line ends and adds nothing else (RFC 3030).
    pub(crate) const fn chunks(mode: LineEnds) -> Self {
        Self {
            dots: false,
            ..Self::new(mode)
        }
    }

    /// Appends a chunk of the message; chunks may be cut anywhere.
    ///
    /// # Errors
    /// In [`LineEnds::Strict`], a bare CR or LF; nothing is appended then.
    pub fn write(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BareLineEnd> {
        match self.mode {
            LineEnds::Normalise => self.write_normalising(chunk, out),
            LineEnds::Lenient => self.write_stuffed(chunk, out),
            LineEnds::Strict => {
                if !line_ends_are_paired(self.before, chunk) {
                    return Err(BareLineEnd {
                        offset: first_bare(self.before, chunk),
                    });
                }
                self.write_stuffed(chunk, out);
            }
        }
        Ok(())
    }

    fn write_stuffed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let Some(&last) = chunk.last() else { return };
        out.reserve(chunk.len());
        let mut rest = chunk;
        if self.dots {
            if self.line_start && chunk.starts_with(b".")
                || self.before == b'\r' && chunk.starts_with(b"\n.")
            {
                let (head, tail) = rest.split_at(usize::from(!self.line_start));
                out.extend_from_slice(head);
                out.push(b'.');
                rest = tail;
            }
            while let Some(dot) = find_dot_line(rest) {
                let (head, tail) = rest.split_at(dot);
                out.extend_from_slice(head);
                out.push(b'.');
                rest = tail;
            }
        }
        out.extend_from_slice(rest);
        let penultimate = chunk.len().checked_sub(2).and_then(|at| chunk.get(at));
        let before_last = penultimate.copied().unwrap_or(self.before);
        self.line_start = last == b'\n' && before_last == b'\r';
        self.before = last;
    }

    fn write_normalising(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let mut rest = chunk;
        if self.pending_cr && !rest.is_empty() {
            self.pending_cr = false;
            self.write_stuffed(CRLF, out);
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
            let (line, tail) = rest.split_at(at);
            self.write_stuffed(line, out);
            if tail == b"\r" {
                self.pending_cr = true;
                return;
            }
            self.write_stuffed(CRLF, out);
            rest = match tail {
                [b'\r', b'\n', tail @ ..] | [_, tail @ ..] => tail,
                [] => tail,
            };
        }
        self.write_stuffed(rest, out);
    }

    /// Appends the end of data, and what is missing for a CRLF before it.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.mode == LineEnds::Strict && self.before == b'\r' {
            out.push(b'\n');
        } else if self.pending_cr || !self.line_start {
            out.extend_from_slice(CRLF);
        }
        if self.dots {
            out.extend_from_slice(b".\r\n");
        }
        *self = Self {
            dots: self.dots,
            ..Self::new(self.mode)
        };
    }
}
