//! What was wrong with a message, and where.

use core::fmt;

/// A departure from the standards that parsing met and survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Defect {
    /// Offset of the first octet concerned, counted from the start of the parsed input.
    pub offset: u64,
    /// What is wrong there.
    pub kind: DefectKind,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

/// The kinds of [`Defect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DefectKind {
    /// The header section runs into the body without an empty line (RFC 5322 section 2.1).
    #[error("no empty line between header and body")]
    MissingSeparator,
}
