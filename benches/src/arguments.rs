//! The command line that `compare` and `count` share.

use std::io;
use std::process::ExitCode;

use crate::cases::CRATES;
use crate::{Case, lock};

/// What the user asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The crate to measure, or all of them.
    pub krate: Option<String>,
    /// Only cases whose names contain this.
    pub case: String,
}

impl Arguments {
    /// A program that reads its command line and prints what it asks for.
    pub fn main(
        program: &str,
        arguments: impl Iterator<Item = String>,
        print: impl FnOnce(&Self) -> io::Result<()>,
    ) -> ExitCode {
        match Self::parse(program, arguments).map(|arguments| print(&arguments)) {
            Ok(Ok(())) => ExitCode::SUCCESS,
            Ok(Err(error)) => {
                eprintln!("{program}: {error}");
                ExitCode::FAILURE
            }
            Err(usage) => {
                eprintln!("{usage}");
                ExitCode::from(2)
            }
        }
    }

    /// Reads `[CRATE] [--case TEXT]`.
    ///
    /// # Errors
    ///
    /// A usage line, if the arguments are anything else.
    pub fn parse(program: &str, arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let known: Vec<_> = CRATES.iter().map(|&(name, _)| name).collect();
        let usage = || format!("usage: {program} [{}] [--case TEXT]", known.join("|"));
        let mut parsed = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            if argument == "--case" {
                parsed.case = arguments.next().ok_or_else(usage)?;
            } else if parsed.krate.is_none() && known.contains(&argument.as_str()) {
                parsed.krate = Some(argument);
            } else {
                return Err(usage());
            }
        }
        Ok(parsed)
    }

    /// The cases that were asked for, by crate.
    pub fn select(&self) -> Vec<(&'static str, Vec<Case>)> {
        CRATES
            .iter()
            .filter(|(name, _)| self.krate.as_ref().is_none_or(|wanted| wanted == name))
            .map(|&(name, cases)| {
                let mut cases = cases();
                cases.retain(|case| case.name.contains(&self.case));
                for peer in cases.iter().flat_map(|case| &case.peers) {
                    // Fails early rather than after minutes of measuring.
                    lock::version(peer.who());
                }
                (name, cases)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, String> {
        Arguments::parse("compare", arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn reads_a_crate_and_a_filter() {
        assert_eq!(parse(&[]), Ok(Arguments::default()));
        let both = Arguments {
            krate: Some("smtp".into()),
            case: "mix".into(),
        };
        assert_eq!(parse(&["smtp", "--case", "mix"]), Ok(both));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for wrong in [&["x400"][..], &["smtp", "smtp"], &["--case"], &["--fast"]] {
            assert!(parse(wrong).is_err_and(|usage| usage.starts_with("usage: compare [")));
        }
    }
}
