//! Which parts of a message edits have changed, for what their ranges do not tell: those of a part
//! without octets lie nowhere.

use alloc::collections::BTreeSet;

use super::EditError;
use crate::Part;

/// What of a part an edit changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// Fields of its header section.
    Fields,
    /// Its children become more.
    Parts,
    /// All of its body.
    Body,
    /// All of it.
    Whole,
}

/// The claims on parts, by their index.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims(BTreeSet<(usize, Claim)>);

impl Claims {
    /// Whether the claim goes together with those that are there. Of fields only the parts are compared:
    /// two edits of the same field are found by its range.
    pub(super) fn check(&self, part: Part<'_>, claim: Claim) -> Result<(), EditError> {
        let has = |part: Part<'_>, claim| self.0.contains(&(part.index(), claim));
        let gone = |part| has(part, Claim::Body) || has(part, Claim::Whole);
        let around = core::iter::successors(part.parent(), Part::parent).any(gone);
        let same = match claim {
            Claim::Fields => has(part, Claim::Whole),
            Claim::Parts => gone(part),
            Claim::Body => gone(part) || has(part, Claim::Parts),
            Claim::Whole => gone(part) || has(part, Claim::Parts) || has(part, Claim::Fields),
        };
        let first = (part.index() + 1, Claim::Fields);
        let last = (part.node().next(), Claim::Fields);
        let within = matches!(claim, Claim::Body | Claim::Whole)
            && self.0.range(first..last).next().is_some();
        if around || same || within {
            return Err(EditError::Overlap);
        }
        Ok(())
    }

    /// Makes a claim that has been checked, when the edit is made.
    pub(super) fn add(&mut self, part: Part<'_>, claim: Claim) {
        self.0.insert((part.index(), claim));
    }
}
