//! Quoted-printable as almost all of it is (RFC 2045 section 6.7), decoded without a search for each
//! escape.

use alloc::vec::Vec;

use super::{Decoder, hex_pair, is_blank};
use crate::transfer::problem::ProblemKind;
use crate::transfer::stops::{BLOCK, stops};

/// Octets that are put together before they are appended.
pub(super) const TILE: usize = 1024;
/// Octets that are copied at once: a copy of constant length is cheaper than one of the right length.
const COPY: usize = 32;

/// Decoded octets that are put together in a tile.
struct Pending<'i> {
    input: &'i [u8],
    /// Octets in the tile.
    len: usize,
    /// Input up to here is in the tile, or was removed.
    copied: usize,
    /// The place in the tile that what was decoded last ends at.
    floor: Option<usize>,
}

impl Pending<'_> {
    /// Copies the literal octets in front of `end`.
    #[inline]
    fn copy(&mut self, end: usize, tile: &mut [u8; TILE]) {
        let length = end - self.copied;
        let rest = self.input.get(self.copied..).unwrap_or_default();
        let slot = tile.get_mut(self.len..).unwrap_or_default();
        match (slot.first_chunk_mut::<COPY>(), rest.first_chunk()) {
            (Some(slot), Some(octets)) if length <= COPY => *slot = *octets,
            _ => {
                if let (Some(slot), Some(octets)) = (slot.get_mut(..length), rest.get(..length)) {
                    slot.copy_from_slice(octets);
                }
            }
        }
        self.len += length;
        self.copied = end;
    }

    /// Copies the literal octets in front of `end` and appends all to `out`; returns where the input
    /// goes on.
    #[inline]
    fn flush(
        &mut self,
        end: usize,
        tile: &mut [u8; TILE],
        floor: &mut usize,
        out: &mut Vec<u8>,
    ) -> usize {
        if self.copied < end {
            self.copy(end, tile);
        }
        if let Some(place) = self.floor.take() {
            *floor = out.len() + place;
        }
        out.extend_from_slice(tile.get(..self.len).unwrap_or_default());
        self.len = 0;
        self.copied
    }
}

impl Decoder {
    /// Decodes from position `read` of `input` on: escapes and line breaks that nothing has to be taken
    /// back in front of. Returns where anything else is, which [`run`](Self::run) then sees to.
    ///
    /// It takes the same steps, but finds all `=` and LF of a block at once.
    pub(super) fn plain(
        &mut self,
        input: &[u8],
        read: usize,
        tile: &mut [u8; TILE],
        floor: &mut usize,
        out: &mut Vec<u8>,
    ) -> usize {
        let base = self.offset;
        let at = |index: usize| base.wrapping_add(index as u64);
        let mut next = read;
        let mut pending = Pending {
            input,
            len: 0,
            copied: read,
            floor: None,
        };
        loop {
            let rest = input.get(next..).unwrap_or_default();
            let mut padded = [0; BLOCK];
            let block = if let Some(block) = rest.first_chunk() {
                block
            } else {
                if let Some(slot) = padded.get_mut(..rest.len()) {
                    slot.copy_from_slice(rest);
                }
                &padded
            };
            let mut found = stops(block, b'=', b'\n');
            while found != 0 {
                let place = found.trailing_zeros() as usize % BLOCK;
                let index = next + place;
                found &= found - 1;
                if index < pending.copied {
                    // The line end of a soft break.
                    continue;
                }
                if block[place] == b'\n' {
                    let end = match input.get(..index) {
                        Some([.., last, b'\r']) if !is_blank(*last) => index - 1,
                        Some([.., last]) if !is_blank(*last) && *last != b'\r' => index,
                        _ => return pending.flush(index, tile, floor, out),
                    };
                    // The line break itself is literal.
                    self.check_line(at(end));
                    self.line_start = at(index + 1);
                    pending.floor = Some(pending.len + index + 1 - pending.copied);
                    continue;
                }
                let (high, low) = match input.get(index + 1..).unwrap_or_default() {
                    [high, low, ..] => (*high, *low),
                    [b'\n'] => (b'\n', 0),
                    _ => return pending.flush(index, tile, floor, out),
                };
                if let Some((octet, lower)) = hex_pair(high, low) {
                    if lower {
                        self.problems.push(at(index), ProblemKind::LowerCaseHex);
                    }
                    if index > pending.copied {
                        pending.copy(index, tile);
                    }
                    if let Some(slot) = tile.get_mut(pending.len) {
                        *slot = octet;
                    }
                    pending.len += 1;
                    pending.copied = index + 3;
                } else {
                    let length = match (high, low) {
                        (b'\r', b'\n') => 3,
                        (b'\n', _) => 2,
                        _ => return pending.flush(index, tile, floor, out),
                    };
                    pending.copy(index, tile);
                    self.check_line(at(index + 1));
                    self.line_start = at(index + length);
                    pending.copied = index + length;
                }
                pending.floor = Some(pending.len);
            }
            next += rest.len().min(BLOCK);
            let literal = next.saturating_sub(pending.copied);
            if next >= input.len() || pending.len + literal > TILE - 2 * BLOCK {
                next = pending.flush(next, tile, floor, out);
                if next >= input.len() {
                    return next;
                }
            }
        }
    }
}
