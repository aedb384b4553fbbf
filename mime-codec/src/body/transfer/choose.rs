//! Which transfer encoding carries some content cheapest, and its application (RFC 2045
//! sections 6.2 and 6.3).

use alloc::vec::Vec;

use memchr::{memchr, memchr2};

use super::quoted_printable::{self, Content};
use super::stops::places;
use super::{TransferEncoding, base64};

/// Longest line of 7bit and 8bit content, without its line break (RFC 2045 section 2.7).
const MAX_LINE: u64 = 998;

/// What the way to the recipient carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Transport {
    /// US-ASCII in lines; every SMTP server takes it.
    #[default]
    SevenBit,
    /// Any octets in lines: SMTP with 8BITMIME (RFC 6152).
    EightBit,
    /// Anything: SMTP with BINARYMIME and CHUNKING (RFC 3030).
    Binary,
}

/// What there is to know about content to choose its encoding: fed with chunks, one pass.
#[derive(Clone, Debug)]
pub struct Survey {
    content: Content,
    length: u64,
    /// Octets that quoted-printable escapes.
    escaped: u64,
    eight_bit: bool,
    /// NUL, or a CR or LF that is data: nothing that is sent in lines can hold it.
    binary: bool,
    line: u64,
    longest_line: u64,
    /// Line breaks written as bare LF.
    bare_lf: u64,
    /// The last octet of the line so far, but for a CR that is not decided.
    last: Option<u8>,
    /// Whether a CR came last, which is data unless LF follows.
    open_cr: bool,
}

impl Survey {
    /// A survey of content that has not been seen yet.
    pub fn new(content: Content) -> Self {
        Self {
            content,
            length: 0,
            escaped: 0,
            eight_bit: false,
            binary: false,
            line: 0,
            longest_line: 0,
            bare_lf: 0,
            last: None,
            open_cr: false,
        }
    }

    /// A survey of the whole of `data`.
    pub fn of(data: &[u8], content: Content) -> Self {
        let mut survey = Self::new(content);
        survey.update(data);
        survey
    }

    /// Looks at the next chunk.
    pub fn update(&mut self, chunk: &[u8]) {
        self.length = self.length.saturating_add(chunk.len() as u64);
        let mut rest = chunk;
        while !rest.is_empty() {
            if self.open_cr && rest.first() != Some(&b'\n') {
                self.open_cr = false;
                self.escaped += 1;
                self.binary = true;
                self.line += 1;
                self.last = Some(b'\r');
            }
            let (line, more) = match memchr(b'\n', rest) {
                Some(end) => rest.split_at(end + 1),
                None => (rest, [].as_slice()),
            };
            self.piece(line);
            rest = more;
        }
    }

    /// A line, or the start or the end of one.
    fn piece(&mut self, piece: &[u8]) {
        let (body, ended) = match piece {
            [body @ .., b'\n'] => (body, true),
            _ => (piece, false),
        };
        let (body, cr) = match body {
            [body @ .., b'\r'] => (body, true),
            _ => (body, false),
        };
        let mut escaped = 0;
        let mut all = 0;
        // Sums that fit into an octet can be made for many octets at once.
        for run in body.chunks(255) {
            let mut sum = 0_u8;
            for octet in run {
                sum = sum.wrapping_add(needs_escape(*octet));
                all |= octet;
            }
            escaped += u64::from(sum);
        }
        if escaped > 0 {
            self.eight_bit |= all >= 128;
            self.binary = self.binary || memchr2(0, b'\r', body).is_some();
        }
        self.escaped += escaped;
        self.line += body.len() as u64;
        let last = body.last().copied().or(self.last);
        if ended {
            let crlf = cr || self.open_cr;
            self.escaped += u64::from(matches!(last, Some(b' ' | b'\t')));
            self.bare_lf += u64::from(!crlf);
            if self.content == Content::Binary {
                self.escaped += if crlf { 2 } else { 1 };
                self.binary |= !crlf;
            }
            self.longest_line = self.longest_line.max(self.line);
            self.line = 0;
            self.last = None;
            self.open_cr = false;
        } else {
            self.last = last;
            self.open_cr = cr;
        }
    }

    /// The cheapest encoding that `transport` carries.
    ///
    /// Content that can go as it is does; otherwise the shorter of quoted-printable and base64,
    /// and quoted-printable if they are equal, since people can read it.
    pub fn choose(&self, transport: Transport) -> TransferEncoding<'static> {
        let binary = self.binary || self.open_cr;
        let longest = self.longest_line.max(self.line);
        if !binary && longest <= MAX_LINE {
            if !self.eight_bit {
                return TransferEncoding::SevenBit;
            }
            if transport != Transport::SevenBit {
                return TransferEncoding::EightBit;
            }
        }
        if transport == Transport::Binary {
            return TransferEncoding::Binary;
        }
        if self.quoted_printable_len() <= self.base64_len() {
            TransferEncoding::QuotedPrintable
        } else {
            TransferEncoding::Base64
        }
    }

    /// The cheapest encoding for the whole of `data`, as [`choose`](Self::choose) tells it, without
    /// looking at more of it than needed.
    ///
    /// Of content that is no text, the first 4 KiB decide if base64 is better for them: a guess that
    /// costs a third at most.
    pub fn choose_for(
        data: &[u8],
        content: Content,
        transport: Transport,
    ) -> TransferEncoding<'static> {
        const SAMPLE: usize = 512;
        const DECIDING: usize = 4096;
        // The most common content by far.
        if data.len() as u64 <= MAX_LINE && is_plain_ascii(data, content) {
            return TransferEncoding::SevenBit;
        }
        let deciding = match content {
            Content::Text => data,
            Content::Binary => data.get(..DECIDING).unwrap_or(data),
        };
        // Each escape costs two octets more; base64 costs a third of the whole, and its line ends. From
        // 3/19 of the octets on that is less, or 3/11 where all others are LFs that become CRLF; what
        // is added covers the rounding of both.
        let is_base64_shorter = || escapes_exceed(deciding, deciding.len() / 11 * 3 + 6);
        let (sample, rest) = data.split_at(data.len().min(SAMPLE));
        if transport == Transport::SevenBit && !sample.is_ascii() && is_base64_shorter() {
            return TransferEncoding::Base64;
        }
        let mut survey = Self::new(content);
        survey.update(sample);
        let as_it_is = transport == Transport::Binary
            || !survey.binary && (!survey.eight_bit || transport != Transport::SevenBit);
        if !as_it_is && is_base64_shorter() {
            return TransferEncoding::Base64;
        }
        survey.update(rest);
        survey.choose(transport)
    }

    /// About how many octets quoted-printable makes of the content.
    pub fn quoted_printable_len(&self) -> u64 {
        let trailing = u64::from(matches!(self.last, Some(b' ' | b'\t'))) + u64::from(self.open_cr);
        let octets = (self.escaped.saturating_add(trailing))
            .saturating_mul(2)
            .saturating_add(self.canonical_len());
        octets.saturating_add(octets / 75 * 3)
    }

    /// How many octets base64 makes of the content.
    pub fn base64_len(&self) -> u64 {
        let symbols = self.canonical_len().div_ceil(3).saturating_mul(4);
        symbols.saturating_add(symbols.saturating_sub(1) / 76 * 2)
    }

    /// Octets of the content with CRLF for every line break, if it is text.
    fn canonical_len(&self) -> u64 {
        match self.content {
            Content::Text => self.length.saturating_add(self.bare_lf),
            Content::Binary => self.length,
        }
    }
}

/// Whether content that is no longer than one line may be goes as it is.
fn is_plain_ascii(data: &[u8], content: Content) -> bool {
    // NUL and what is beyond US-ASCII.
    let odd = |octet: u8| octet.cast_signed() <= 0;
    !match content {
        Content::Text => any(data, |octet| odd(octet) || octet == b'\r'),
        Content::Binary => any(data, |octet| odd(octet) || octet == b'\r' || octet == b'\n'),
    }
}

/// Whether an octet is `odd`.
#[inline]
fn any(data: &[u8], odd: impl Fn(u8) -> bool) -> bool {
    // Without a stop at the first one the compiler can do many at a time.
    let any = |octets: &[u8]| octets.iter().fold(false, |any, octet| any | odd(*octet));
    let (blocks, rest) = data.as_chunks::<32>();
    any(blocks.as_flattened())
        || match data.last_chunk::<32>() {
            Some(last) => any(last),
            None => any(rest),
        }
}

/// 1 for what quoted-printable escapes within a line. Written without branches, so that the compiler
/// can do many at a time.
#[inline]
fn needs_escape(octet: u8) -> u8 {
    let unprintable = u8::from(octet.wrapping_sub(b' ') > b'~' - b' ');
    unprintable + u8::from(octet == b'=') - u8::from(octet == b'\t')
}

/// Whether surely more octets than `most` need an escape: those beyond US-ASCII and the lowest
/// controls do, whatever stands around them.
fn escapes_exceed(data: &[u8], most: usize) -> bool {
    let mut count = 0;
    for piece in data.chunks(1020) {
        // Sums that fit into an octet can be made for many octets at once.
        for few in piece.chunks(255) {
            let escaped = few.iter().fold(0_u8, |sum, octet| {
                // 0 to 7 wrap around to where those from 128 on are.
                sum.wrapping_add(u8::from(octet.wrapping_sub(8) >= 120))
            });
            count += usize::from(escaped);
        }
        if count > most {
            return true;
        }
    }
    false
}

/// An encoder of content in the encodings that messages are written in, fed with any chunks.
///
/// Text is brought to its canonical form first: every line break becomes CRLF (RFC 2046 section
/// 4.1.1).
#[derive(Clone, Debug)]
pub struct Encoder {
    kind: EncoderKind,
    content: Content,
    after_cr: bool,
}

#[derive(Clone, Debug)]
enum EncoderKind {
    Identity,
    Base64(base64::Encoder),
    QuotedPrintable(quoted_printable::Encoder),
}

impl Encoder {
    /// An encoder at the start of a body; `None` for uuencode and yEnc, which need a file name, and
    /// for what is not known.
    pub fn new(encoding: &TransferEncoding<'_>, content: Content) -> Option<Self> {
        let kind = match encoding {
            TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {
                EncoderKind::Identity
            }
            TransferEncoding::Base64 => EncoderKind::Base64(base64::Encoder::new()),
            TransferEncoding::QuotedPrintable => {
                EncoderKind::QuotedPrintable(quoted_printable::Encoder::new(content))
            }
            _ => return None,
        };
        Some(Self {
            kind,
            content,
            after_cr: false,
        })
    }

    /// Encodes the next chunk and appends to `out`.
    pub fn encode(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let after_cr = &mut self.after_cr;
        match (&mut self.kind, self.content) {
            (EncoderKind::Identity, Content::Binary) => out.extend_from_slice(input),
            (EncoderKind::Identity, Content::Text) => {
                canonical(input, after_cr, |piece| out.extend_from_slice(piece));
            }
            (EncoderKind::Base64(encoder), Content::Binary) => encoder.encode(input, out),
            (EncoderKind::Base64(encoder), Content::Text) => {
                canonical(input, after_cr, |piece| encoder.encode(piece, out));
            }
            (EncoderKind::QuotedPrintable(encoder), _) => encoder.encode(input, out),
        }
    }

    /// Ends the body. The encoder is then ready for another body.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.after_cr = false;
        match &mut self.kind {
            EncoderKind::Identity => {}
            EncoderKind::Base64(encoder) => encoder.finish(out),
            EncoderKind::QuotedPrintable(encoder) => encoder.finish(out),
        }
    }
}

/// Hands the pieces of the canonical form of a chunk of text to `put`. A CR at the end of the chunk is
/// remembered in `after_cr`.
#[inline]
fn canonical(input: &[u8], after_cr: &mut bool, mut put: impl FnMut(&[u8])) {
    let mut start = 0;
    places(input, b'\n', |end| {
        let before = end.checked_sub(1).and_then(|last| input.get(last));
        if !before.map_or(*after_cr, |octet| *octet == b'\r') {
            put(input.get(start..end).unwrap_or_default());
            put(b"\r\n");
            start = end + 1;
        }
    });
    put(input.get(start..).unwrap_or_default());
    *after_cr = input.last().map_or(*after_cr, |octet| *octet == b'\r');
}
