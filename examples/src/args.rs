//! How every program starts: arguments are read whole before anything happens; bad ones print the
//! usage line and exit with 2. `--help` alone prints it as well.

use std::env;
use std::process::ExitCode;

use lexopt::Parser;

use crate::machine::Failure;

/// The exit code for bad arguments and for a program that failed.
pub const FAILED: u8 = 2;

/// Reads the arguments with `parse` and runs the program with them.
///
/// `parse` sees every argument once; what it refuses is shown above the usage line.
pub fn start<T>(
    usage: &str,
    parse: impl FnOnce(&mut Parser) -> Result<T, lexopt::Error>,
    run: impl FnOnce(T) -> Result<ExitCode, Failure>,
) -> ExitCode {
    if env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == "--help" || arg == "-h")
    {
        println!("usage: {usage}");
        return ExitCode::SUCCESS;
    }
    let parsed = match parse(&mut Parser::from_env()) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("error: {error}\nusage: {usage}");
            return FAILED.into();
        }
    };
    run(parsed).unwrap_or_else(|error| {
        eprintln!("error: {error}");
        FAILED.into()
    })
}
