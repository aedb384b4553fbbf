//! What a run shows: a heading for each phase, a line for each fact, and the dialogues.

use std::io::{self, Write};

use crate::trace::{self, Role, Trace};

/// Standard output.
#[derive(Debug)]
pub struct Screen {
    quiet: bool,
    colour: bool,
}

impl Screen {
    /// With dialogues unless `quiet`, with colours if it is a terminal and nothing forbids it.
    pub fn new(quiet: bool, no_color: bool) -> Self {
        Self {
            quiet,
            colour: trace::colour(no_color),
        }
    }

    /// Begins a phase.
    ///
    /// # Errors
    ///
    /// If standard output is closed.
    pub fn phase(&self, number: usize, title: &str) -> io::Result<()> {
        if number > 1 {
            writeln!(io::stdout())?;
        }
        let heading = format!("{number}. {title}");
        if self.colour {
            writeln!(io::stdout(), "\x1b[1m{heading}\x1b[0m")
        } else {
            writeln!(io::stdout(), "{heading}")
        }
    }

    /// Tells a fact; nothing is an empty line.
    ///
    /// # Errors
    ///
    /// If standard output is closed.
    pub fn fact(&self, fact: &str) -> io::Result<()> {
        let indent = if fact.is_empty() { "" } else { "     " };
        writeln!(io::stdout(), "{indent}{fact}")
    }

    /// What shows a dialogue, seen from the client, if it is to be seen.
    pub fn trace(&self) -> Option<Trace> {
        (!self.quiet).then(|| Trace::new(Role::Client, self.colour, io::stdout()))
    }
}
