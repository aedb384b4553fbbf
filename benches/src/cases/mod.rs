//! The cases of each crate: one file per crate, one line in [`CRATES`].

use crate::Case;

pub mod mime;
pub mod smtp;

/// Makes the cases of a crate.
pub type Cases = fn() -> Vec<Case>;

/// The crates that can be measured, by the name that the command line uses.
pub const CRATES: &[(&str, Cases)] = &[("mime", mime::cases), ("smtp", smtp::cases)];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::lock;

    #[test]
    fn every_case_runs_and_can_be_named() {
        for (krate, cases) in CRATES {
            let mut names = HashSet::new();
            for mut case in cases() {
                assert!(!case.name.contains(['\t', '\n']));
                let mut contenders = HashSet::new();
                for contender in case.contenders() {
                    contender.run(2);
                    let who = contender.who();
                    assert!(contenders.insert(who), "{krate}: {who} twice in a case");
                }
                for peer in &case.peers {
                    assert!(!lock::version(peer.who()).is_empty());
                }
                assert!(
                    names.insert(case.name.clone()),
                    "{krate}: {} twice",
                    case.name
                );
            }
        }
    }
}
