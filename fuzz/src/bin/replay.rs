//! Runs targets on files, on a stable compiler and without libFuzzer:
//!
//! * `replay TARGET FILE|DIR...`: one target on some files;
//! * `replay --all-seeds`: every target on the files in its folder of `seeds/`;
//! * `replay --list`: the names of the targets.
//!
//! A fault is a panic, which ends the program with its message and the name of the file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fuzz::{TARGETS, Target, target};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [list] if list == "--list" => {
            for target in TARGETS {
                println!("{}", target.name);
            }
            Ok(())
        }
        [all] if all == "--all-seeds" => {
            let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
            TARGETS
                .iter()
                .try_for_each(|target| replay(*target, &[seeds.join(target.name)]))
        }
        [name, paths @ ..] if !paths.is_empty() && target(name).is_some() => {
            let paths: Vec<_> = paths.iter().map(PathBuf::from).collect();
            target(name)
                .into_iter()
                .try_for_each(|target| replay(target, &paths))
        }
        _ => {
            eprintln!("usage: replay TARGET FILE|DIR.. | replay --all-seeds | replay --list");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs `target` on the files at and below `paths`. That there is none is an error: a check
/// that looked at nothing must not pass.
fn replay(target: Target, paths: &[PathBuf]) -> io::Result<()> {
    let mut files = Vec::new();
    let mut pending: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = pending.pop() {
        let named = |error| io::Error::other(format!("{}: {error}", path.display()));
        if fs::metadata(&path).map_err(named)?.is_dir() {
            for entry in fs::read_dir(&path).map_err(named)? {
                pending.push(entry?.path());
            }
        } else {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(io::Error::other(format!("no file for {}", target.name)));
    }
    for file in &files {
        let data = fs::read(file)?;
        let running = Running { target, file };
        (target.run)(&data);
        drop(running);
    }
    println!("{}\t{} files", target.name, files.len());
    Ok(())
}

/// Names the file if the target panics.
struct Running<'a> {
    target: Target,
    file: &'a Path,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("in {} on {}", self.target.name, self.file.display());
        }
    }
}
