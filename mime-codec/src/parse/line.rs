//! Lines out of chunks.

use alloc::vec::Vec;

use memchr::memchr;

/// Joins chunks into lines, each lent with its line break.
///
/// A line longer than the bound is lent in pieces of exactly that length, so that what is lent
/// depends on the octets alone and not on how they are cut into chunks.
#[derive(Clone, Debug)]
pub(crate) struct LineBuffer {
    held: Vec<u8>,
    /// Whether `held` was lent and starts afresh.
    spent: bool,
    bound: usize,
}

/// Where a line is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'i> {
    /// In the input.
    Input(&'i [u8]),
    /// In the buffer, until its next use.
    Held,
}

impl LineBuffer {
    pub(crate) fn new(bound: usize) -> Self {
        Self {
            held: Vec::new(),
            spent: false,
            bound: bound.max(1),
        }
    }

    /// The next line, or piece of one; `None` when `input` is used up.
    pub(crate) fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Option<&'s [u8]> {
        Some(match self.step(input)? {
            Piece::Input(line) => line,
            Piece::Held => self.held(),
        })
    }

    /// As [`next`](Self::next), but says where the line is instead of lending it, so that a
    /// caller can decide in a loop whether to lend it.
    pub(crate) fn step<'i>(&mut self, input: &mut &'i [u8]) -> Option<Piece<'i>> {
        if core::mem::take(&mut self.spent) {
            self.held.clear();
        }
        let room = self.bound.saturating_sub(self.held.len());
        let window = input.get(..room).unwrap_or(input);
        let (length, complete) = match memchr(b'\n', window) {
            Some(end) => (end + 1, true),
            None => (window.len(), window.len() == room),
        };
        let (line, rest) = input.split_at(length);
        *input = rest;
        if complete && self.held.is_empty() {
            return Some(Piece::Input(line));
        }
        self.held.extend_from_slice(line);
        self.spent = complete;
        complete.then_some(Piece::Held)
    }

    /// The line that [`Piece::Held`] stands for.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// The last line, if it has no line break.
    pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
        if core::mem::take(&mut self.spent) {
            self.held.clear();
        }
        let held = core::mem::take(&mut self.held);
        (!held.is_empty()).then_some(held)
    }
}

/// Splits a line into its content and its line break: CRLF, LF or nothing.
pub(crate) fn split_ending(line: &[u8]) -> (&[u8], &[u8]) {
    let ending = match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    };
    line.split_at(line.len().saturating_sub(ending))
}
