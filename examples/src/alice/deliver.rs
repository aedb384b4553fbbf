//! What Bob's server has put into his mailbox.

use std::fs;
use std::io;
use std::path::PathBuf;

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
        let found = mailbox(world)?;
        for (path, message) in &found {
            let shown = world.mail.shown(path).display().to_string();
            world.screen.fact(&shown)?;
            let text = String::from_utf8_lossy(message);
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
        }
        if found.is_empty() {
            Err("nothing there".into())
        } else {
            Ok(())
        }
    }
}

/// Bob's new messages, and where they are.
pub(super) fn mailbox(world: &World) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let new = world.mail.mailbox(HAMBURGER.domain, "bob").join("new");
    let mut paths = fs::read_dir(new)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths
        .into_iter()
        .map(|path| fs::read(&path).map(|message| (path, message)))
        .collect()
}
