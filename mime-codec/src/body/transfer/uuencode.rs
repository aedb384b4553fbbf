//! uuencode, the encoding of POSIX `uuencode` that old mailers label `x-uuencode`.
//!
//! ```text
//! begin 644 name
//! #0V%T
//! `
//! end
//! ```

use alloc::vec::Vec;

use super::problem::{ProblemKind, Problems};
use crate::parse::line::{LineBuffer, split_ending};

/// Octets that a full encoded line holds.
pub const LINE_OCTETS: usize = 45;

/// Longest line looked at; a longer one is no data line and is cut.
const MAX_LINE: usize = 1024;

/// Appends the decoded octets of `input` to `out`.
///
/// What stands before the `begin` line and after the `end` line is skipped.
pub fn decode(input: &[u8], out: &mut Vec<u8>) -> Problems {
    let mut decoder = Decoder::new();
    decoder.decode(input, out);
    decoder.finish(out);
    decoder.problems
}

/// Appends the encoding of `data`, from `begin` to `end`, to `out`.
///
/// `name` loses octets that would end the line; `mode` is the file mode, such as `0o644`.
pub fn encode(data: &[u8], name: &[u8], mode: u16, out: &mut Vec<u8>) {
    let mut encoder = Encoder::new(name, mode);
    encoder.encode(data, out);
    encoder.finish(out);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before `begin`.
    Before,
    /// In the data.
    Data,
    /// After a line of length 0, where `end` is due.
    Trailer,
    /// After `end`.
    After,
}

/// A decoder fed with any chunks.
#[derive(Clone, Debug)]
pub struct Decoder {
    lines: LineBuffer,
    state: State,
    name: Vec<u8>,
    mode: Option<u16>,
    offset: u64,
    /// Whether the last piece ended with a line break, so that the next one starts a line.
    line_start: bool,
    problems: Problems,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the start of a body.
    pub fn new() -> Self {
        Self {
            lines: LineBuffer::new(MAX_LINE),
            state: State::Before,
            name: Vec::new(),
            mode: None,
            offset: 0,
            line_start: true,
            problems: Problems::default(),
        }
    }

    /// The file name of the `begin` line; empty before it.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The file mode of the `begin` line.
    pub fn mode(&self) -> Option<u16> {
        self.mode
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let mut rest = input;
        let mut lines = core::mem::replace(&mut self.lines, LineBuffer::new(MAX_LINE));
        while let Some(line) = lines.next(&mut rest) {
            self.line(line, out);
        }
        self.lines = lines;
    }

    /// Ends the body: decodes a last line that has no line break.
    ///
    /// The decoder is then ready for another body; name, mode and problems remain.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(line) = self.lines.finish() {
            self.line(&line, out);
        }
        match self.state {
            State::Before => self.problems.push(0, ProblemKind::MissingBegin),
            State::Data | State::Trailer => {
                self.problems.push(self.offset, ProblemKind::MissingEnd);
            }
            State::After => {}
        }
        self.state = State::Before;
        self.offset = 0;
        self.line_start = true;
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let start = self.offset;
        self.offset = start.saturating_add(line.len() as u64);
        let starts_line = core::mem::replace(&mut self.line_start, line.ends_with(b"\n"));
        if !starts_line {
            return;
        }
        let (content, _) = split_ending(line);
        match self.state {
            State::Before => {
                if let Some((mode, name)) = begin(content) {
                    self.mode = Some(mode);
                    self.name = name.to_vec();
                    self.state = State::Data;
                }
            }
            State::Data | State::Trailer if content.trim_ascii_end() == b"end" => {
                self.state = State::After;
            }
            State::Data => {
                if content.is_empty() {
                    return;
                }
                match data_line(content, out) {
                    DataLine::Whole => {}
                    DataLine::Empty => self.state = State::Trailer,
                    DataLine::Faulty => self.problems.push(start, ProblemKind::LineCount),
                }
            }
            State::Trailer | State::After => {}
        }
    }
}

/// The mode and name of a `begin` line.
fn begin(line: &[u8]) -> Option<(u16, &[u8])> {
    let rest = line.strip_prefix(b"begin ")?.trim_ascii_start();
    let digits = rest
        .iter()
        .take_while(|octet| matches!(octet, b'0'..=b'7'))
        .count();
    let (mode, name) = rest.split_at(digits);
    if !(3..=4).contains(&digits) || name.first().is_some_and(|octet| *octet != b' ') {
        return None;
    }
    let mode = mode
        .iter()
        .fold(0, |mode, digit| (mode << 3) | u16::from(digit - b'0'));
    Some((mode, name.trim_ascii()))
}

enum DataLine {
    Whole,
    Empty,
    Faulty,
}

const fn value(symbol: u8) -> Option<u8> {
    match symbol {
        b' '..=b'`' => Some(symbol.wrapping_sub(b' ') & 63),
        _ => None,
    }
}

/// Decodes a line; symbols that transports cut from its end count as spaces.
fn data_line(line: &[u8], out: &mut Vec<u8>) -> DataLine {
    let Some((&count, symbols)) = line.split_first() else {
        return DataLine::Empty;
    };
    let Some(count) = value(count) else {
        return DataLine::Faulty;
    };
    let count = usize::from(count);
    if count == 0 {
        return DataLine::Empty;
    }
    let mut faulty = symbols.len() < (count * 8).div_ceil(6);
    // A count that the line does not back is not believed further than the line goes.
    let mut left = count.min(line.len());
    for group in symbols.chunks(4) {
        let mut bits = 0u32;
        for index in 0..4 {
            let symbol = group.get(index).copied().unwrap_or(b' ');
            let six = value(symbol).unwrap_or_else(|| {
                faulty = true;
                0
            });
            bits = (bits << 6) | u32::from(six);
        }
        let octets = bits.to_be_bytes();
        let backed = left.min(3);
        out.extend_from_slice(octets.get(1..=backed).unwrap_or_default());
        left -= backed;
        if left == 0 {
            break;
        }
    }
    if faulty {
        DataLine::Faulty
    } else {
        DataLine::Whole
    }
}

/// An encoder fed with any chunks.
#[derive(Clone, Debug)]
pub struct Encoder {
    header: Vec<u8>,
    held: Vec<u8>,
}

impl Encoder {
    /// An encoder that will write `begin` with this name and mode.
    pub fn new(name: &[u8], mode: u16) -> Self {
        let mut header = b"begin ".to_vec();
        for shift in [6u16, 3, 0] {
            header.push(b'0' + ((mode >> shift) & 7) as u8);
        }
        header.push(b' ');
        header.extend(name.iter().filter(|octet| !octet.is_ascii_control()));
        header.extend_from_slice(b"\r\n");
        Self {
            header,
            held: Vec::new(),
        }
    }

    /// Encodes the next chunk; what does not fill a line waits for the next one.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        out.append(&mut self.header);
        let missing = LINE_OCTETS.saturating_sub(self.held.len());
        let Some((head, rest)) = input.split_at_checked(missing) else {
            self.held.extend_from_slice(input);
            return;
        };
        self.held.extend_from_slice(head);
        encode_line(&self.held, out);
        self.held.clear();
        let mut lines = rest.chunks_exact(LINE_OCTETS);
        for line in lines.by_ref() {
            encode_line(line, out);
        }
        self.held.extend_from_slice(lines.remainder());
    }

    /// Ends the data: writes the last line and `end`.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.header);
        if !self.held.is_empty() {
            encode_line(&self.held, out);
            self.held.clear();
        }
        out.extend_from_slice(b"`\r\nend\r\n");
    }
}

/// Zero is written as a grave accent, since white space does not survive at the end of a line.
fn symbol(value: u8) -> u8 {
    match value & 63 {
        0 => b'`',
        value => value + b' ',
    }
}

fn encode_line(line: &[u8], out: &mut Vec<u8>) {
    out.push(symbol(u8::try_from(line.len()).unwrap_or(0)));
    for group in line.chunks(3) {
        let octet = |index: usize| group.get(index).copied().unwrap_or(0);
        let (a, b, c) = (octet(0), octet(1), octet(2));
        out.extend_from_slice(&[
            symbol(a >> 2),
            symbol((a << 4) | (b >> 4)),
            symbol((b << 2) | (c >> 6)),
            symbol(c),
        ]);
    }
    out.extend_from_slice(b"\r\n");
}
