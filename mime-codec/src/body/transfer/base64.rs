//! The base64 transfer encoding (RFC 2045 section 6.8, RFC 4648 section 4).
//!
//! Decoding accepts everything that real mail holds: octets outside the alphabet are ignored,
//! padding may be missing, misplaced or stand in the middle of joined runs. What was wrong is
//! reported. Whole lines go through a SIMD kernel; the rest through a state machine of one
//! symbol at a time, which defines the result.

use alloc::vec::Vec;

use memchr::memchr;

use super::kernel;
use super::problem::{ProblemKind, Problems};

/// Symbols of a full encoded line (RFC 2045 section 6.8).
pub const LINE_SYMBOLS: usize = 76;
/// Octets that a full encoded line holds.
pub const LINE_OCTETS: usize = 57;

/// Symbols that one call of the kernel takes: 26 full lines.
const BLOCK: usize = 26 * LINE_SYMBOLS;
/// Octets that are not worth a call of the kernel.
const SMALL: usize = 2 * LINE_SYMBOLS;
/// Octets taken one by one before the kernel is tried again.
const SLOW_STRETCH: usize = 64;

/// Table entries that are not symbol values.
const SPACE: u8 = 64;
const PAD: u8 = 65;
const FOREIGN: u8 = 66;

static CLASS: [u8; 256] = class_table();

const fn class_table() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [FOREIGN; 256];
    let mut value = 0;
    while value < 64 {
        #[expect(clippy::cast_possible_truncation, reason = "below 64")]
        {
            table[alphabet[value] as usize] = value as u8;
        }
        value += 1;
    }
    table[b' ' as usize] = SPACE;
    table[b'\t' as usize] = SPACE;
    table[b'\r' as usize] = SPACE;
    table[b'\n' as usize] = SPACE;
    table[b'=' as usize] = PAD;
    table
}

/// Appends the decoded octets of `input` to `out`.
///
/// At most as many octets are appended as `input` has.
///
/// ```
/// let mut out = Vec::new();
/// let problems = mime_codec::transfer::base64::decode(b"SGVs\r\nbG8=\r\n", &mut out);
/// assert_eq!(out, b"Hello");
/// assert!(problems.is_empty());
/// ```
pub fn decode(input: &[u8], out: &mut Vec<u8>) -> Problems {
    let mut decoder = Decoder::new();
    out.reserve((input.len() / 4).saturating_mul(3).saturating_add(3));
    decoder.decode(input, out);
    decoder.finish(out);
    decoder.problems
}

/// Appends the same octets as [`decode`] to `out`, and does not tell what was wrong.
pub fn decode_quietly(input: &[u8], out: &mut Vec<u8>) {
    if !kernel::decode_lenient(input, out) {
        decode(input, out);
    }
}

/// Appends `data` to `out` in lines of 76 symbols with CRLF between them.
///
/// The last line has no CRLF, since in a multipart that line break belongs to the delimiter
/// (RFC 2046 section 5.1.1).
pub fn encode(data: &[u8], out: &mut Vec<u8>) {
    kernel::encode_lines(data, out);
    if !data.is_empty() {
        out.truncate(out.len().saturating_sub(2));
    }
}

/// Octets that [`encode`] appends for `len` octets of data.
pub const fn encoded_len(len: usize) -> usize {
    let symbols = len.div_ceil(3).saturating_mul(4);
    let breaks = symbols.saturating_sub(1) / LINE_SYMBOLS;
    symbols.saturating_add(breaks.saturating_mul(2))
}

/// A decoder fed with any chunks.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    /// Bits of the open quantum, most significant first.
    bits: u32,
    /// Symbols of the open quantum, 0 to 3.
    symbols: u8,
    /// `=` that the last quantum still expects.
    pads_due: u8,
    /// Whether the last symbol was padding.
    padded: bool,
    /// Whether the last octet was outside the alphabet, so that a run counts once.
    foreign: bool,
    offset: u64,
    problems: Problems,
}

impl Decoder {
    /// A decoder at the start of a body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        while !rest.is_empty() {
            let mut stretch = 1;
            if self.symbols == 0 && !self.padded && !self.foreign {
                let (used, refused) = if rest.len() < SMALL {
                    (0, 0)
                } else {
                    fast(rest, &mut [0; BLOCK], out)
                };
                self.offset = self.offset.saturating_add(used as u64);
                rest = rest.get(used..).unwrap_or_default();
                if rest.is_empty() {
                    break;
                }
                if used > 0 && refused == 0 {
                    continue;
                }
                stretch = refused.max(SLOW_STRETCH);
            }
            let used = self.slow(rest, stretch, out);
            self.offset = self.offset.saturating_add(used as u64);
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Ends the body: decodes what an unfinished quantum holds.
    ///
    /// The decoder is then ready for another body; its problems remain.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        match self.symbols {
            0 if self.pads_due == 0 => {}
            0 => self.report(ProblemKind::MissingPadding),
            1 => self.report(ProblemKind::IncompleteQuantum),
            _ => {
                self.flush_quantum(out);
                self.report(ProblemKind::MissingPadding);
            }
        }
        *self = Self {
            problems: core::mem::take(&mut self.problems),
            ..Self::default()
        };
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Decodes octet by octet at least `stretch` octets, then up to the end of a quantum.
    fn slow(&mut self, input: &[u8], stretch: usize, out: &mut Vec<u8>) -> usize {
        let start = self.offset;
        let mut used = 0;
        while let Some(&octet) = input.get(used) {
            if self.symbols == 0 && !self.padded && !self.foreign {
                let quads = whole_quads(input.get(used..).unwrap_or_default(), out);
                if quads > 0 {
                    used += quads * 4;
                    if used >= stretch {
                        break;
                    }
                    continue;
                }
            }
            self.offset = start.saturating_add(used as u64);
            used += 1;
            let value = CLASS.get(usize::from(octet)).copied().unwrap_or(FOREIGN);
            if value < 64 {
                if self.padded {
                    self.report(ProblemKind::DataAfterPadding);
                    self.padded = false;
                    self.pads_due = 0;
                }
                self.foreign = false;
                self.bits = (self.bits << 6) | u32::from(value);
                self.symbols += 1;
                if self.symbols == 4 {
                    let [_, a, b, c] = self.bits.to_be_bytes();
                    out.extend_from_slice(&[a, b, c]);
                    self.bits = 0;
                    self.symbols = 0;
                }
            } else {
                self.other(value, out);
            }
            if used >= stretch && self.symbols == 0 && !self.padded && !self.foreign {
                break;
            }
        }
        self.offset = start;
        used
    }

    /// An octet that is not a symbol.
    fn other(&mut self, class: u8, out: &mut Vec<u8>) {
        match class {
            SPACE => self.foreign = false,
            PAD => {
                self.foreign = false;
                match self.symbols {
                    0 if self.pads_due > 0 => self.pads_due -= 1,
                    0 => self.report(ProblemKind::StrayPadding),
                    1 => {
                        self.report(ProblemKind::IncompleteQuantum);
                        self.bits = 0;
                        self.symbols = 0;
                        self.padded = true;
                    }
                    symbols => {
                        self.flush_quantum(out);
                        self.pads_due = 3 - symbols;
                        self.padded = true;
                    }
                }
            }
            _ => {
                if !self.foreign {
                    self.report(ProblemKind::ForeignOctet);
                }
                self.foreign = true;
            }
        }
    }

    /// Emits the one or two octets of a quantum of two or three symbols.
    fn flush_quantum(&mut self, out: &mut Vec<u8>) {
        let missing = 4 - u32::from(self.symbols);
        let [_, a, b, c] = (self.bits << (6 * missing)).to_be_bytes();
        let unused = if self.symbols == 2 {
            out.push(a);
            b
        } else {
            out.extend_from_slice(&[a, b]);
            c
        };
        if unused != 0 {
            self.report(ProblemKind::UnusedBits);
        }
        self.bits = 0;
        self.symbols = 0;
    }

    fn report(&mut self, kind: ProblemKind) {
        self.problems.push(self.offset, kind);
    }
}

/// Appends the octets of the text of a "B" encoded word (RFC 2047 section 4.1); `false` if
/// something was wrong with it, white space included.
pub(crate) fn decode_word(text: &[u8], out: &mut Vec<u8>) -> bool {
    let rest = text.get(whole_quads(text, out) * 4..).unwrap_or_default();
    if rest.is_empty() {
        return true;
    }
    let mut decoder = Decoder::new();
    decoder.slow(rest, rest.len(), out);
    decoder.finish(out);
    let space = |octet: &u8| CLASS.get(usize::from(*octet)) == Some(&SPACE);
    decoder.problems.is_empty() && !rest.iter().any(space)
}

/// Appends the symbols of the text of a "B" encoded word (RFC 2047 section 4.1).
pub(crate) fn encode_word(octets: &[u8], out: &mut Vec<u8>) {
    kernel::encode(octets, out);
}

/// Decodes the quanta of four symbols at the start of `input`; returns how many.
#[inline]
fn whole_quads(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut quads = 0;
    let (chunks, _) = input.as_chunks::<4>();
    for chunk in chunks {
        let [a, b, c, d] =
            chunk.map(|octet| CLASS.get(usize::from(octet)).copied().unwrap_or(FOREIGN));
        if (a | b | c | d) >= SPACE {
            break;
        }
        let bits = (u32::from(a) << 18) | (u32::from(b) << 12) | (u32::from(c) << 6) | u32::from(d);
        let [_, a, b, c] = bits.to_be_bytes();
        out.extend_from_slice(&[a, b, c]);
        quads += 1;
    }
    quads
}

/// Decodes blocks of whole lines, from the start of a quantum.
///
/// Returns the octets used, and how many of those that follow the kernel cannot take.
fn fast(input: &[u8], block: &mut [u8], out: &mut Vec<u8>) -> (usize, usize) {
    let mut done = 0;
    // Lines as RFC 2045 wants them.
    loop {
        let rest = input.get(done..).unwrap_or_default();
        let lines = copy_full_lines(rest, block);
        if lines == 0 {
            break;
        }
        let symbols = block.get(..lines * LINE_SYMBOLS).unwrap_or_default();
        if !kernel::decode(symbols, out) {
            return (done, lines * (LINE_SYMBOLS + 2));
        }
        done += lines * (LINE_SYMBOLS + 2);
    }
    if input.len() - done < SMALL {
        return (done, 0);
    }
    let mut shape = Shape {
        symbols: LINE_SYMBOLS,
        ending: 2,
    };
    loop {
        let rest = input.get(done..).unwrap_or_default();
        let gathered = gather(rest, block, &mut shape);
        let symbols = block.get(..gathered.symbols).unwrap_or_default();
        if symbols.is_empty() || !kernel::decode(symbols, out) {
            return (done, gathered.seen);
        }
        done += gathered.used;
        if gathered.at_full_line {
            return (done, 0);
        }
    }
}

/// Copies the symbols of the full lines at the start of `input`; returns how many lines.
#[inline]
fn copy_full_lines(input: &[u8], block: &mut [u8]) -> usize {
    let mut lines = 0;
    for (slot, line) in block
        .chunks_exact_mut(LINE_SYMBOLS)
        .zip(input.chunks_exact(LINE_SYMBOLS + 2))
    {
        let Some((symbols, b"\r\n")) = line.split_at_checked(LINE_SYMBOLS) else {
            break;
        };
        slot.copy_from_slice(symbols);
        lines += 1;
    }
    lines
}

/// What lines look like: a guess that spares the search for their ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shape {
    /// Octets before the line break.
    symbols: usize,
    /// Octets of the line break.
    ending: usize,
}

/// What [`gather`] found.
struct Gathered {
    /// Symbols copied, whole quanta.
    symbols: usize,
    /// Octets of the input that they came from.
    used: usize,
    /// Octets of the input that were looked at.
    seen: usize,
    /// Whether it ended because a full line follows.
    at_full_line: bool,
}

/// Copies the lines at the start of `input` without their line breaks into `block`.
#[inline]
fn gather(input: &[u8], block: &mut [u8], shape: &mut Shape) -> Gathered {
    let mut filled = 0;
    let mut used = 0;
    let mut at_full_line = false;
    // Lines of no symbols fill nothing: the second bound ends the loop for them.
    while filled < block.len() && used < 2 * block.len() {
        let rest = input.get(used..).unwrap_or_default();
        let Some((line, ending)) = next_line(rest, *shape, block.len() - filled) else {
            break;
        };
        // Padding, and half a line break at the end of a chunk, are not for the kernel.
        let symbols = match line {
            [symbols @ .., b'='] => symbols.strip_suffix(b"=").unwrap_or(symbols),
            [symbols @ .., b'\r'] => symbols,
            _ => line,
        };
        let Some(slot) = block.get_mut(filled..filled + symbols.len()) else {
            break;
        };
        slot.copy_from_slice(symbols);
        filled += symbols.len();
        used += symbols.len();
        if ending == 0 || symbols.len() < line.len() {
            break;
        }
        used += ending;
        *shape = Shape {
            symbols: symbols.len(),
            ending,
        };
        if filled % 4 == 0
            && input.get(used..).is_some_and(|rest| {
                rest.get(..LINE_SYMBOLS + 2)
                    .is_some_and(|line| line.ends_with(b"\r\n"))
            })
        {
            at_full_line = true;
            break;
        }
    }
    let seen = used;
    // Give back the symbols of a quantum that is not whole, stepping over line breaks.
    let whole = filled - filled % 4;
    if block
        .get(whole..filled)
        .is_none_or(|surplus| surplus.iter().any(u8::is_ascii_control))
    {
        return Gathered {
            symbols: 0,
            used: 0,
            seen,
            at_full_line: false,
        };
    }
    for _ in whole..filled {
        while let Some(b'\n') = used.checked_sub(1).and_then(|last| input.get(last)) {
            used -= 1;
            if let Some(b'\r') = used.checked_sub(1).and_then(|last| input.get(last)) {
                used -= 1;
            }
        }
        used = used.saturating_sub(1);
    }
    Gathered {
        symbols: whole,
        used,
        seen,
        at_full_line,
    }
}

/// The line at the start of `input`, and the length of its line break: 0 if the line goes on
/// beyond `room` symbols or beyond the input.
#[inline]
fn next_line(input: &[u8], shape: Shape, room: usize) -> Option<(&[u8], usize)> {
    if shape.symbols <= room
        && let Some((line, rest)) = input.split_at_checked(shape.symbols)
        && match rest {
            [b'\r', b'\n', ..] => shape.ending == 2,
            [b'\n', ..] => shape.ending == 1 && line.last() != Some(&b'\r'),
            _ => false,
        }
    {
        return Some((line, shape.ending));
    }
    let window = input.get(..room + 2).unwrap_or(input);
    let (line, ending) = match memchr(b'\n', window) {
        Some(end) => match window.get(..end)? {
            [line @ .., b'\r'] => (line, 2),
            line => (line, 1),
        },
        None => (window, 0),
    };
    if line.is_empty() && ending == 0 {
        return None;
    }
    Some(match line.get(..room) {
        Some(head) if head.len() < line.len() => (head, 0),
        _ => (line, ending),
    })
}

/// An encoder fed with any chunks.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    /// Octets of the line that is not full yet.
    held: Vec<u8>,
    /// Whether a full line was written whose CRLF is still due.
    break_due: bool,
}

impl Encoder {
    /// An encoder at the start of a body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Encodes the next chunk; what does not fill a line waits for the next one.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        if !self.held.is_empty() {
            let missing = LINE_OCTETS.saturating_sub(self.held.len());
            let (head, tail) = rest.split_at(missing.min(rest.len()));
            self.held.extend_from_slice(head);
            rest = tail;
            if self.held.len() < LINE_OCTETS {
                return;
            }
            let line = core::mem::take(&mut self.held);
            self.lines(&line, out);
            self.held = line;
            self.held.clear();
        }
        let whole = rest.len() - rest.len() % LINE_OCTETS;
        let (lines, tail) = rest.split_at(whole);
        self.lines(lines, out);
        self.held.extend_from_slice(tail);
    }

    /// Ends the body: encodes the last line. The encoder is then ready for another body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.held.is_empty() {
            self.line_break(out);
            kernel::encode(&self.held, out);
            self.held.clear();
        }
        self.break_due = false;
    }

    fn lines(&mut self, lines: &[u8], out: &mut Vec<u8>) {
        if lines.is_empty() {
            return;
        }
        self.line_break(out);
        kernel::encode_lines(lines, out);
        out.truncate(out.len().saturating_sub(2));
        self.break_due = true;
    }

    fn line_break(&mut self, out: &mut Vec<u8>) {
        if core::mem::take(&mut self.break_due) {
            out.extend_from_slice(b"\r\n");
        }
    }
}
