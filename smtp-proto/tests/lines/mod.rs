//! What the tests of commands share: command lines that are taken, and such as are not.

#![allow(dead_code, reason = "each test uses its own part")]

use smtp_proto::{Command, ParseErrorKind as Kind};

pub(crate) fn parse(line: &str) -> Result<Command<'_>, Kind> {
    // Leaking a few lines keeps the borrowed values simple.
    let wire: &'static str = Box::leak(format!("{line}\r\n").into_boxed_str());
    Command::parse(wire.as_bytes()).map_err(|error| error.kind())
}

#[track_caller]
pub(crate) fn refused(line: &str, kind: Kind) {
    assert_eq!(parse(line), Err(kind), "{line:?}");
}

#[track_caller]
pub(crate) fn accepted(line: &str) -> Command<'_> {
    let command = parse(line).unwrap_or_else(|kind| panic!("{line:?}: {kind}"));
    let mut wire = Vec::new();
    command.encode(&mut wire);
    assert_eq!(Command::parse(&wire).as_ref(), Ok(&command), "{line:?}");
    command
}

/// The canonical spelling of what a line says.
pub(crate) fn encoded(line: &str) -> String {
    let mut wire = Vec::new();
    accepted(line).encode(&mut wire);
    String::from_utf8(wire).unwrap()
}
