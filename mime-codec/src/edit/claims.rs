//! Which parts of a message edits have changed, for what their ranges do not tell: those of a part
//! without octets lie nowhere.

use alloc::vec::Vec;

use super::EditError;
use crate::Part;

/// What of a part an edit changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Fields of its header section.
    Fields = 1,
    /// Its children become more.
    Parts = 2,
    /// All of its body.
    Body = 4,
    /// All of it.
    Whole = 8,
}

/// The claims on parts, a bit for each, by the index of the part; empty while there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Claims(Vec<u8>);

impl Claims {
    /// Whether the claim goes together with those that are there. Of fields only the parts are compared:
    /// two edits of the same field are found by its range.
    pub(super) fn check(&self, part: Part<'_>, claim: Claim) -> Result<(), EditError> {
        const GONE: u8 = Claim::Body as u8 | Claim::Whole as u8;
        if self.0.is_empty() {
            return Ok(());
        }
        let claimed = |part: Part<'_>| self.0.get(part.index()).copied().unwrap_or_default();
        let mut around = core::iter::successors(part.parent(), Part::parent);
        let around = around.any(|part| claimed(part) & GONE != 0);
        let same = claimed(part)
            & match claim {
                Claim::Fields => Claim::Whole as u8,
                Claim::Parts => GONE,
                Claim::Body => GONE | Claim::Parts as u8,
                Claim::Whole => u8::MAX,
            };
        let within = self.0.get(part.index() + 1..part.node().next());
        let within = matches!(claim, Claim::Body | Claim::Whole)
            && within.is_some_and(|parts| parts.iter().any(|claims| *claims != 0));
        if around || same != 0 || within {
            return Err(EditError::Overlap);
        }
        Ok(())
    }

    /// Makes a claim that has been checked, when the edit of one of `parts` parts is made.
    pub(super) fn add(&mut self, part: Part<'_>, parts: usize, claim: Claim) {
        if self.0.is_empty() {
            self.0.resize(parts, 0);
        }
        if let Some(claims) = self.0.get_mut(part.index()) {
            *claims |= claim as u8;
        }
    }
}
