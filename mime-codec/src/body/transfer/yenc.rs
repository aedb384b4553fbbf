//! yEnc, the 8-bit encoding of Usenet binaries (version 1.2 of the yEnc draft).
//!
//! ```text
//! =ybegin line=128 size=584 name=file.bin
//! ...
//! =yend size=584 crc32=ded29f4f
//! ```

use alloc::vec::Vec;

use memchr::memchr3;

use super::problem::{ProblemKind, Problems};

/// Encoded octets on a line before the encoder ends it.
pub const LINE_LENGTH: usize = 128;

/// Longest control line that is read; a longer one is cut.
const MAX_CONTROL: usize = 2048;

/// Appends the decoded octets of `input` to `out`.
///
/// What stands before `=ybegin` and after `=yend` is skipped.
pub fn decode(input: &[u8], out: &mut Vec<u8>) -> Problems {
    let mut decoder = Decoder::new();
    decoder.decode(input, out);
    decoder.finish(out);
    decoder.problems
}

/// Appends the encoding of `data` as a single part, from `=ybegin` to `=yend`, to `out`.
///
/// `name` loses octets that would end the line.
pub fn encode(data: &[u8], name: &[u8], out: &mut Vec<u8>) {
    let mut encoder = Encoder::new(name, data.len() as u64);
    encoder.encode(data, out);
    encoder.finish(out);
}

/// What `=ybegin` and `=ypart` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The file name.
    pub name: Vec<u8>,
    /// Octets of the whole file.
    pub size: Option<u64>,
    /// Octets on an encoded line.
    pub line: Option<u64>,
    /// Number of this part, from 1, if the file comes in parts.
    pub part: Option<u64>,
    /// Number of parts.
    pub total: Option<u64>,
    /// First octet of this part in the file, from 1.
    pub begin: Option<u64>,
    /// Last octet of this part in the file.
    pub end: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Before,
    Data,
    After,
}

/// Where in a line the decoder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the first octet.
    Start,
    /// After an `=` that is the first octet.
    StartEscape,
    /// In a control line, whose octets are collected.
    Control,
    /// Anywhere else.
    Inside,
    /// After an `=` elsewhere.
    Escape,
}

/// A decoder fed with any chunks.
#[derive(Clone, Debug)]
pub struct Decoder {
    state: State,
    place: Place,
    control: Vec<u8>,
    header: Header,
    size: u64,
    crc: Crc32,
    offset: u64,
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
            state: State::Before,
            place: Place::Start,
            control: Vec::new(),
            header: Header::default(),
            size: 0,
            crc: Crc32::new(),
            offset: 0,
            problems: Problems::default(),
        }
    }

    /// What the header lines said; empty before them.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What was wrong so far.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Decodes the next chunk and appends to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let base = self.offset;
        let start = out.len();
        let mut unchecked = start;
        let mut read = 0;
        while let Some(&octet) = input.get(read) {
            if self.place == Place::Inside {
                let rest = input.get(read..).unwrap_or_default();
                let run = memchr3(b'=', b'\r', b'\n', rest).unwrap_or(rest.len());
                if run > 0 {
                    if self.state == State::Data {
                        let run = rest.get(..run).unwrap_or_default();
                        out.extend(run.iter().map(|octet| octet.wrapping_sub(42)));
                    }
                    read += run;
                    continue;
                }
            }
            self.offset = base.saturating_add(read as u64);
            read += 1;
            let ends_line = octet == b'\n';
            match self.place {
                Place::Control => {
                    if ends_line {
                        // The checksum is due in a trailer.
                        self.account(out.get(unchecked..).unwrap_or_default());
                        unchecked = out.len();
                        self.end_control();
                    } else if self.control.len() < MAX_CONTROL {
                        self.control.push(octet);
                    }
                }
                Place::StartEscape if octet == b'y' => {
                    self.place = Place::Control;
                    self.control.clear();
                }
                Place::StartEscape | Place::Escape => {
                    if ends_line {
                        self.place = Place::Start;
                    } else if octet != b'\r' {
                        self.put(octet.wrapping_sub(106), out);
                        self.place = Place::Inside;
                    }
                }
                Place::Start | Place::Inside => match octet {
                    b'\n' => self.place = Place::Start,
                    b'\r' => {}
                    b'=' if self.place == Place::Start => self.place = Place::StartEscape,
                    b'=' => self.place = Place::Escape,
                    _ => {
                        self.put(octet.wrapping_sub(42), out);
                        self.place = Place::Inside;
                    }
                },
            }
        }
        self.offset = base.saturating_add(input.len() as u64);
        self.account(out.get(unchecked..).unwrap_or_default());
    }

    /// Ends the body, also one whose trailer has no line break.
    ///
    /// The decoder is then ready for another body; header and problems remain.
    pub fn finish(&mut self, _out: &mut Vec<u8>) {
        if self.place == Place::Control {
            self.end_control();
        }
        match self.state {
            State::Before => self.problems.push(0, ProblemKind::MissingBegin),
            State::Data => self.problems.push(self.offset, ProblemKind::MissingEnd),
            State::After => {}
        }
        *self = Self {
            header: core::mem::take(&mut self.header),
            problems: core::mem::take(&mut self.problems),
            ..Self::new()
        };
    }

    fn put(&self, octet: u8, out: &mut Vec<u8>) {
        if self.state == State::Data {
            out.push(octet);
        }
    }

    fn account(&mut self, decoded: &[u8]) {
        self.size = self.size.saturating_add(decoded.len() as u64);
        self.crc.update(decoded);
    }

    /// A control line, without its `=y`, is complete.
    fn end_control(&mut self) {
        self.place = Place::Start;
        let control = core::mem::take(&mut self.control);
        if let Some(fields) = control.strip_prefix(b"begin ") {
            if self.state == State::Before && field(fields, b"size").is_some() {
                self.state = State::Data;
                self.header = Header {
                    name: name(fields).to_vec(),
                    size: number(fields, b"size"),
                    line: number(fields, b"line"),
                    part: number(fields, b"part"),
                    total: number(fields, b"total"),
                    begin: None,
                    end: None,
                };
            }
        } else if self.state == State::Data {
            if let Some(fields) = control.strip_prefix(b"part ") {
                self.header.begin = number(fields, b"begin");
                self.header.end = number(fields, b"end");
            } else if let Some(fields) = control.strip_prefix(b"end") {
                self.state = State::After;
                self.check(fields);
            }
        }
        self.control = control;
        self.control.clear();
    }

    fn check(&mut self, fields: &[u8]) {
        let expected = match (self.header.begin, self.header.end) {
            (Some(begin), Some(end)) => end.checked_sub(begin).and_then(|span| span.checked_add(1)),
            _ if self.header.part.is_none() => self.header.size,
            _ => None,
        };
        let stated = number(fields, b"size");
        if [expected, stated]
            .into_iter()
            .flatten()
            .any(|size| size != self.size)
        {
            self.problems.push(self.offset, ProblemKind::SizeMismatch);
        }
        let key: &[u8] = if self.header.part.is_some() {
            b"pcrc32"
        } else {
            b"crc32"
        };
        let stated = field(fields, key)
            .and_then(|value| core::str::from_utf8(value).ok())
            .and_then(|value| u32::from_str_radix(value, 16).ok());
        if stated.is_some_and(|crc| crc != self.crc.value()) {
            self.problems
                .push(self.offset, ProblemKind::ChecksumMismatch);
        }
    }
}

/// The value of `key=` among the fields of a control line.
fn field<'a>(fields: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    fields
        .split(u8::is_ascii_whitespace)
        .take_while(|field| !field.starts_with(b"name="))
        .find_map(|field| field.strip_prefix(key)?.strip_prefix(b"="))
}

fn number(fields: &[u8], key: &[u8]) -> Option<u64> {
    core::str::from_utf8(field(fields, key)?).ok()?.parse().ok()
}

/// The name, which is the last field and may hold spaces.
fn name(fields: &[u8]) -> &[u8] {
    let mark = b"name=";
    fields
        .windows(mark.len())
        .position(|window| window == mark)
        .and_then(|at| fields.get(at + mark.len()..))
        .unwrap_or_default()
        .trim_ascii()
}

/// An encoder fed with any chunks.
#[derive(Clone, Debug)]
pub struct Encoder {
    header: Vec<u8>,
    column: usize,
    size: u64,
    crc: Crc32,
}

impl Encoder {
    /// An encoder that will write `=ybegin` with this name and the size of the whole content.
    pub fn new(name: &[u8], size: u64) -> Self {
        let mut header =
            alloc::format!("=ybegin line={LINE_LENGTH} size={size} name=").into_bytes();
        header.extend(name.iter().filter(|octet| !octet.is_ascii_control()));
        header.extend_from_slice(b"\r\n");
        Self {
            header,
            column: 0,
            size: 0,
            crc: Crc32::new(),
        }
    }

    /// Encodes the next chunk and appends to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        out.append(&mut self.header);
        self.size = self.size.saturating_add(input.len() as u64);
        self.crc.update(input);
        for octet in input {
            let encoded = octet.wrapping_add(42);
            let critical = match encoded {
                0 | b'\n' | b'\r' | b'=' => true,
                // Transports stuff dots and cut white space at the ends of lines.
                b'.' => self.column == 0,
                b' ' | b'\t' => self.column == 0 || self.column + 1 >= LINE_LENGTH,
                _ => false,
            };
            if critical {
                out.extend_from_slice(&[b'=', encoded.wrapping_add(64)]);
                self.column += 2;
            } else {
                out.push(encoded);
                self.column += 1;
            }
            if self.column >= LINE_LENGTH {
                out.extend_from_slice(b"\r\n");
                self.column = 0;
            }
        }
    }

    /// Ends the data: writes `=yend` with the size and checksum of what was encoded.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.header);
        if self.column > 0 {
            out.extend_from_slice(b"\r\n");
            self.column = 0;
        }
        let trailer = alloc::format!(
            "=yend size={} crc32={:08x}\r\n",
            self.size,
            self.crc.value()
        );
        out.extend_from_slice(trailer.as_bytes());
        self.size = 0;
        self.crc = Crc32::new();
    }
}

/// CRC-32 as in IEEE 802.3, bit-reflected.
#[derive(Clone, Copy, Debug)]
struct Crc32(u32);

static CRC: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut octet = 0u32;
    while octet < 256 {
        let mut crc = octet;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[octet as usize] = crc;
        octet += 1;
    }
    table
};

impl Crc32 {
    fn new() -> Self {
        Self(!0)
    }

    fn update(&mut self, octets: &[u8]) {
        for octet in octets {
            let [low, ..] = self.0.to_le_bytes();
            let entry = CRC.get(usize::from(low ^ octet)).copied().unwrap_or(0);
            self.0 = (self.0 >> 8) ^ entry;
        }
    }

    fn value(self) -> u32 {
        !self.0
    }
}
