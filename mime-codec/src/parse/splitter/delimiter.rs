//! Delimiter lines: which line is one, of which open multipart, and what it ends (RFC 2046 section 5.1).

use memchr::memchr;

use super::{Delimiter, Frame, Line, Splitter, State, Text};
use crate::parse::scan::trim_padding;
use crate::{DefectKind, PartKind};

impl Splitter {
    #[inline(never)]
    pub(super) fn open(&mut self, kind: PartKind) {
        let new = self.names.get(self.named..).unwrap_or_default();
        let own = hash(new);
        let ([old_low, old_high], old_lengths) = self
            .frames
            .last()
            .map_or(([0; 2], 0), |frame| (frame.hashes, frame.lengths));
        let [mut low, mut high] = places(own);
        let mut lengths = 1 << (new.len() % 64);
        if kind != PartKind::Multipart {
            // It has no boundary.
            [low, high, lengths] = [0; 3];
        }
        let frame = Frame {
            kind,
            boundary: self.named,
            hash: own,
            hashes: [old_low | low, old_high | high],
            lengths: old_lengths | lengths,
            digest: self.current.digest && kind == PartKind::Multipart,
            closed: false,
            parts: false,
        };
        if kind == PartKind::Multipart {
            self.multiparts += 1;
            if self.is_encoded() {
                self.defect(0, DefectKind::EncodedMultipart);
            }
            let new = self.names.get(self.named..).unwrap_or_default();
            // A clash needs an old boundary of the same hash, or one of another length.
            let seen = low & old_low != 0 && high & old_high != 0;
            let possible = old_lengths & !lengths != 0
                || seen && self.frames.iter().any(|old| old.hash == own);
            let (mut same, mut prefix) = (false, false);
            let mut end = self.named;
            for old in self.frames.iter().rev().take_while(|_| possible) {
                let name = old.boundary..core::mem::replace(&mut end, old.boundary);
                let equal = name.len() == new.len();
                if equal && old.hash != own || old.closed || old.kind != PartKind::Multipart {
                    continue;
                }
                let common = name.start..name.start + name.len().min(new.len());
                if self.names.get(common.clone()) == new.get(..common.len()) {
                    same |= equal;
                    prefix |= !equal;
                }
            }
            if same {
                self.defect(0, DefectKind::BoundaryReused);
            }
            if prefix {
                self.defect(0, DefectKind::BoundaryPrefix);
            }
        }
        // Most messages are flat; those that are not may be deep.
        match self.frames.len() {
            0 => {
                self.frames.reserve_exact(4);
                self.names.reserve(512);
            }
            4 => self.frames.reserve_exact(60),
            _ => {}
        }
        self.named = self.names.len();
        self.frames.push(frame);
    }

    /// Finds a line end with two hyphens behind it.
    ///
    /// Bodies with few hyphens, base64 above all, are searched for one octet, which is faster; where
    /// hyphens are frequent the search changes to all three.
    #[inline(always)]
    pub(super) fn find_dashes(&self, text: &[u8]) -> Option<usize> {
        match text {
            [b'\n', b'-', b'-', ..] => return Some(0),
            [b'\r', b'\n', b'-', b'-', ..] => return Some(1),
            _ => {}
        }
        let mut from = 0;
        let mut misses = 0_usize;
        loop {
            let hyphen = from + memchr(b'-', text.get(from..)?)?;
            let before = hyphen.checked_sub(1);
            if text.get(hyphen + 1) == Some(&b'-')
                && before.and_then(|at| text.get(at)) == Some(&b'\n')
            {
                return before;
            }
            misses += 1;
            from = hyphen + 1;
            if misses * 128 > hyphen + 512 {
                let found = self.finder.find(text.get(from..)?)?;
                return Some(from + found);
            }
        }
    }

    /// Compares the line at position `at` of `input` with the delimiters of all open multiparts,
    /// innermost first.
    #[inline(always)]
    pub(super) fn compare(&mut self, input: &[u8], at: usize, eof: bool) -> Line {
        let line = input.get(at..).unwrap_or_default();
        if !line.starts_with(b"--") {
            let short = line.is_empty() || line == b"-";
            return if short && !eof {
                Line::Incomplete
            } else {
                Line::Text
            };
        }
        match self.compare_innermost(line) {
            Some(found) => found,
            None => self.compare_all(line, at, eof),
        }
    }

    /// Compares `line`, which is at position `at` of the input, with the delimiters of all multiparts.
    #[inline(never)]
    fn compare_all(&mut self, line: &[u8], at: usize, eof: bool) -> Line {
        let window = self.limits.boundary.saturating_add(self.limits.line.max(8));
        let window = line.get(..window);
        let scanned = self.scanned.max(2);
        let haystack = window.unwrap_or(line);
        let (end, len) = match haystack.get(scanned..).and_then(|rest| memchr(b'\n', rest)) {
            Some(found) => (scanned + found, scanned + found + 1),
            None if window.is_some() => return Line::Text,
            None if eof => (line.len(), line.len()),
            None => {
                self.scanned = line.len();
                return Line::Incomplete;
            }
        };
        let content = trim_padding(line.get(2..end).unwrap_or_default());
        if !self.may_be_known(content) {
            return Line::Text;
        }
        let mut boundary_end = self.named;
        let mut lookalike = false;
        let mut after_close = false;
        let mut found = None;
        for (index, frame) in self.frames.iter().enumerate().rev() {
            let boundary = self
                .names
                .get(frame.boundary..boundary_end)
                .unwrap_or_default();
            boundary_end = frame.boundary;
            if frame.kind != PartKind::Multipart {
                continue;
            }
            let Some(rest) = content.strip_prefix(boundary) else {
                continue;
            };
            let close = match rest {
                b"" => false,
                b"--" => true,
                _ => {
                    lookalike = true;
                    continue;
                }
            };
            if frame.closed {
                after_close = true;
            } else {
                found = Some((index, close));
                break;
            }
        }
        match found {
            Some((_, false)) if self.parts >= self.limits.parts => {
                if !self.full {
                    self.full = true;
                    self.defect(at, DefectKind::PartLimit);
                }
                Line::Text
            }
            Some((frame, close)) => Line::Delimiter {
                frame,
                delimiter: Delimiter { len, close },
            },
            None => {
                if after_close {
                    self.defect(at, DefectKind::DelimiterAfterClose);
                } else if lookalike {
                    self.defect(at, DefectKind::DelimiterLookalike);
                }
                Line::Text
            }
        }
    }

    /// Whether a boundary may be at the start of `content`: so that lines of hyphens cost no comparison
    /// with each of many open multiparts.
    fn may_be_known(&self, content: &[u8]) -> bool {
        let Some(Frame {
            hashes: [low, high],
            lengths,
            ..
        }) = self.frames.last()
        else {
            return false;
        };
        let longest = content.len().min(self.limits.boundary);
        let mut left = *lengths;
        // More hashes than this cost more than the comparisons.
        if left.count_ones() > 4 || longest > 256 {
            return true;
        }
        while left != 0 {
            // Lengths are known modulo 64.
            for len in (left.trailing_zeros() as usize..=longest).step_by(64) {
                let own = hash(content.get(..len).unwrap_or_default());
                let [own_low, own_high] = places(own);
                if low & own_low != 0
                    && high & own_high != 0
                    && self.frames.iter().any(|frame| frame.hash == own)
                {
                    return true;
                }
            }
            left &= left - 1;
        }
        false
    }

    /// The most common case: a delimiter of the innermost open multipart without padding.
    #[inline]
    fn compare_innermost(&self, line: &[u8]) -> Option<Line> {
        if self.parts >= self.limits.parts {
            return None;
        }
        let (mut frame, mut end) = (self.frames.len(), self.named);
        let start = loop {
            frame = frame.checked_sub(1)?;
            let inner = self.frames.get(frame)?;
            if inner.kind == PartKind::Multipart && !inner.closed {
                break inner.boundary;
            }
            end = inner.boundary;
        };
        let boundary = self.names.get(start..end)?;
        let (start, rest) = line.get(2..)?.split_at_checked(boundary.len())?;
        let (close, tail) = match rest {
            [b'\r', b'\n', ..] => (false, 2),
            [b'\n', ..] => (false, 1),
            [b'-', b'-', b'\r', b'\n', ..] => (true, 4),
            [b'-', b'-', b'\n', ..] => (true, 3),
            _ => return None,
        };
        let len = 2 + boundary.len() + tail;
        (start == boundary).then_some(Line::Delimiter {
            frame,
            delimiter: Delimiter { len, close },
        })
    }

    /// A delimiter of `frame` was found `at` octets behind the front: forgets what it ends, and tells how
    /// many entities that is.
    #[inline(always)]
    pub(super) fn delimit(&mut self, frame: usize, close: bool, at: usize) -> usize {
        let leaf = usize::from(self.state == State::Text(Text::Leaf));
        let inner = self.frames.len().saturating_sub(frame + 1);
        if inner > 0 {
            self.leave(frame + 1, at);
        }
        if let Some(open) = self.frames.last_mut() {
            if close {
                open.closed = true;
                if !open.parts {
                    self.defect(at, DefectKind::NoParts);
                }
            } else {
                open.parts = true;
            }
        }
        leaf + inner
    }

    /// Forgets the frames from `keep` on.
    #[inline(never)]
    pub(super) fn leave(&mut self, keep: usize, at: usize) {
        while self.frames.len() > keep {
            let Some(frame) = self.frames.pop() else {
                break;
            };
            if frame.kind == PartKind::Multipart {
                self.multiparts -= 1;
                if !frame.closed {
                    self.defect(at, DefectKind::MissingCloseDelimiter);
                }
            }
            self.named = frame.boundary;
        }
        self.names.truncate(self.named);
    }
}

/// The bits of a hash in the two sets.
const fn places(hash: u64) -> [u64; 2] {
    [1 << (hash % 64), 1 << (hash / 64 % 64)]
}

/// Tells most boundaries apart; 32 bits, each of which depends on all octets.
fn hash(boundary: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, _) = boundary.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(ODD);
    let sum = words
        .iter()
        .fold(0, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let last = match boundary.last_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => boundary
            .iter()
            .fold(0, |word, octet| word << 8 | u64::from(*octet)),
    };
    let sum = mix(sum, last);
    // A product carries what differs in high octets to higher bits only.
    (sum ^ sum >> 32).wrapping_mul(ODD) >> 32
}
