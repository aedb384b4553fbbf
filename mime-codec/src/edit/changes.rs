//! The ranges of a message that an edit replaces, and what it puts between octets.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use super::EditError;
use super::claims::Claims;
use crate::parse::scan::MARK;

/// What comes first of several insertions at one place; all of them stand in front of what is replaced
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// A field, which needs a line of its own.
    Field,
    /// The empty line behind a header section that was none.
    Separator,
    /// Anything else.
    Other,
    /// A part of a multipart that has no close delimiter, or that delimiter: the further out, the later.
    Part { outward: usize, close: bool },
}

/// Replacements and insertions, in the order of the message; none lies within another.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// By the start of a range: its end, and what replaces it.
    replaced: BTreeMap<usize, (usize, Vec<u8>)>,
    /// By place, and for one place and order by their number.
    inserted: BTreeMap<(usize, Order, usize), Vec<u8>>,
    pub(super) claims: Claims,
}

impl Changes {
    /// Whether nothing in `range` is changed already. An insertion may touch the ends of what is
    /// replaced.
    pub(super) fn check(&self, range: &Range<usize>) -> Result<(), EditError> {
        let before = self.replaced.range(..range.end).next_back();
        let replaced = before.is_some_and(|(_, (end, _))| *end > range.start);
        let first = (range.start.saturating_add(1), Order::Field, 0);
        let last = (range.end, Order::Field, 0);
        let inserted = first < last && self.inserted.range(first..last).next().is_some();
        if replaced || inserted {
            return Err(EditError::Overlap);
        }
        Ok(())
    }

    /// Replaces a range, which if empty is an insertion.
    pub(super) fn replace(&mut self, range: Range<usize>, with: Vec<u8>) -> Result<(), EditError> {
        if range.is_empty() {
            return self.insert(range.start, Order::Other, with);
        }
        self.check(&range)?;
        self.replaced.insert(range.start, (range.end, with));
        Ok(())
    }

    /// Puts octets in front of what is `at` this place, behind others of the same order.
    pub(super) fn insert(
        &mut self,
        at: usize,
        order: Order,
        with: Vec<u8>,
    ) -> Result<(), EditError> {
        self.check(&(at..at))?;
        let number = self.inserted.len();
        self.inserted.insert((at, order, number), with);
        Ok(())
    }

    /// As [`insert`](Self::insert), unless there is an insertion of this order.
    pub(super) fn insert_once(
        &mut self,
        at: usize,
        order: Order,
        with: Vec<u8>,
    ) -> Result<(), EditError> {
        let same = (at, order, 0)..=(at, order, usize::MAX);
        if self.inserted.range(same).next().is_some() {
            return Ok(());
        }
        self.insert(at, order, with)
    }

    /// Appends `raw` with the changes to `out`.
    pub(super) fn apply(&self, raw: &[u8], line_end: &[u8], out: &mut Vec<u8>) {
        let inserted = self.inserted.iter();
        let inserted = inserted.map(|((at, order, _), with)| (*at, *at, Some(*order), with));
        let replaced = self.replaced.iter();
        let replaced = replaced.map(|(start, (end, with))| (*start, *end, None, with));
        let mut changes: Vec<_> = inserted.chain(replaced).collect();
        // Stable: insertions keep their order, and stand in front of what is replaced there.
        changes.sort_by_key(|(start, _, order, _)| (*start, order.is_none()));
        let begin = out.len();
        let mut at = 0;
        for (start, end, order, with) in changes {
            out.extend_from_slice(raw.get(at..start).unwrap_or_default());
            at = end;
            let before = out.get(begin..).unwrap_or_default();
            let at_line = before.is_empty() || before.ends_with(b"\n") || before == MARK;
            if order == Some(Order::Field) && !at_line {
                out.extend_from_slice(line_end);
            }
            out.extend_from_slice(with);
        }
        out.extend_from_slice(raw.get(at..).unwrap_or_default());
    }
}
