//! Bob looks into his mailbox.

use std::fs;

use super::{HAMBURGER, Step, World};
use crate::machine::Failure;

/// Of a message, this many lines are shown.
const LINES: usize = 40;

pub(super) struct Deliver;

impl Step for Deliver {
    fn title(&self) -> &'static str {
        "Bob finds it in his mailbox"
    }

    fn run(&self, world: &mut World) -> Result<(), Failure> {
        let new = world.mail.mailbox(HAMBURGER.domain, "bob").join("new");
        let mut found = false;
        for entry in fs::read_dir(&new)? {
            let path = entry?.path();
            let shown = world.mail.shown(&path).display().to_string();
            world.screen.fact(&shown)?;
            let message = fs::read(&path)?;
            let text = String::from_utf8_lossy(&message);
            for line in text.lines().take(LINES) {
                // A message must not draw on the terminal.
                let line: String = line
                    .chars()
                    .map(|c| if c.is_control() && c != '\t' { '?' } else { c })
                    .collect();
                world.screen.fact(&format!("| {line}"))?;
            }
            match text.lines().count() {
                ..=LINES => {}
                lines => world
                    .screen
                    .fact(&format!("| ... {} more lines", lines - LINES))?,
            }
            found = true;
        }
        if found {
            Ok(())
        } else {
            Err("nothing there".into())
        }
    }
}
