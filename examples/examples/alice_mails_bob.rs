//! A message on its whole way: Alice writes and submits it, her server relays it, Bob's server files
//! it, and Bob reads it.
//!
//! `cargo run --release --example alice_mails_bob`

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use examples::alice::{self, Options};
use examples::args;
use lexopt::prelude::*;

const USAGE: &str = "alice_mails_bob [--file FILE] [--quiet] [--no-color] [--seed N]
  --file      what Alice sends, instead of a text with a picture
  --quiet     without the dialogues
  --seed      the same times and ids in every run";

fn main() -> ExitCode {
    args::start(USAGE, parse, |(file, mut options): (Option<PathBuf>, _)| {
        if let Some(file) = file {
            let message =
                fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            options.message = Some(message);
        }
        alice::run(options)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn parse(parser: &mut lexopt::Parser) -> Result<(Option<PathBuf>, Options), lexopt::Error> {
    let mut file = None;
    let mut options = Options::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("file") => file = Some(parser.value()?.into()),
            Long("quiet") => options.quiet = true,
            Long("no-color") => options.no_color = true,
            Long("seed") => options.seed = Some(parser.value()?.parse()?),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok((file, options))
}
