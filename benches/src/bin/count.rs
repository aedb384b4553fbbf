//! `count [CRATE] [--case TEXT]`: instructions per operation for ours and the peers, as TSV.
//!
//! The program runs itself under `valgrind --tool=callgrind` with two numbers of operations
//! and divides the difference, so that the setup drops out. The figures do not depend on
//! what else the machine does; they say nothing about caches and mispredicted branches.

use std::io::{Error, Write as _, stdout};
use std::process::{Command, ExitCode};

use sansio_benches::Case;
use sansio_benches::arguments::Arguments;
use sansio_benches::cases::CRATES;

/// Operations in the shorter run: enough for buffers to have grown and for the library
/// functions that pick an implementation on first use to have picked one.
const WARM: u64 = 16;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [flag, krate, case, who, operations] = &arguments[..]
        && flag == "--run"
    {
        return run(krate, case, who, operations);
    }
    Arguments::main("count", arguments.into_iter(), print)
}

/// The run under valgrind: one contender, a given number of times.
fn run(krate: &str, case: &str, who: &str, operations: &str) -> ExitCode {
    let cases = CRATES
        .iter()
        .find(|&&(name, _)| name == krate)
        .map(|(_, cases)| cases());
    let mut cases = cases.unwrap_or_default();
    let contender = cases
        .iter_mut()
        .find(|candidate| candidate.name == case)
        .and_then(|case| case.contenders().find(|contender| contender.who() == who));
    let (Some(contender), Ok(operations)) = (contender, operations.parse()) else {
        eprintln!("count --run: no such contender");
        return ExitCode::from(2);
    };
    contender.run(operations);
    ExitCode::SUCCESS
}

fn print(arguments: &Arguments) -> Result<(), Error> {
    let mut out = stdout().lock();
    writeln!(out, "crate\tcase\twho\tinstructions")?;
    for (krate, mut cases) in arguments.select() {
        for case in &mut cases {
            let name = case.name.clone();
            let operations = operations(case);
            for contender in case.contenders() {
                let who = contender.who();
                let short = instructions(krate, &name, who, WARM)?;
                let long = instructions(krate, &name, who, WARM + operations)?;
                let each = (long.saturating_sub(short) + operations / 2) / operations;
                writeln!(out, "{krate}\t{name}\t{who}\t{each}")?;
                out.flush()?;
            }
        }
    }
    Ok(())
}

/// How many more operations the longer run does: fewer for large inputs, since valgrind is
/// some fifty times slower than the processor, and always the same for the same case.
fn operations(case: &Case) -> u64 {
    const OCTETS: u64 = 1 << 20;
    (OCTETS / (case.bytes as u64).max(1)).clamp(20, 1000)
}

/// All instructions of a run with that many operations.
fn instructions(krate: &str, case: &str, who: &str, operations: u64) -> Result<u64, Error> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--run", krate, case, who, &operations.to_string()])
        .output()
        .map_err(|error| Error::other(format!("cannot start valgrind: {error}")))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Error::other(format!(
            "the run of {case} by {who} failed:\n{log}"
        )));
    }
    log.lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .ok_or_else(|| Error::other(format!("valgrind printed no count:\n{log}")))
}
