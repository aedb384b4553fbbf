//! The cases of each crate: one file per crate, one line in [`CRATES`].

use crate::Case;

pub mod smtp;

/// Makes the cases of a crate.
pub type Cases = fn() -> Vec<Case>;

/// The crates that can be measured, by the name that the command line uses.
pub const CRATES: &[(&str, Cases)] = &[("smtp", smtp::cases)];
