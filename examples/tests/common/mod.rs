//! Starting the programs that the tests are about.

#![allow(dead_code, reason = "not every test needs all of it")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The program of that name: `cargo test` builds the programs next to the tests.
pub(crate) fn program(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    Command::new(
        profile
            .join("examples")
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION),
    )
}

/// Runs a program to its end with this on its standard input.
pub(crate) fn run<A: AsRef<OsStr>>(name: &str, args: &[A], input: &[u8]) -> Output {
    let mut child = program(name)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that dislikes its arguments does not read.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// A program that listens; it ends with the test.
pub(crate) struct Server {
    child: Child,
    /// Where.
    pub(crate) port: String,
}

impl Server {
    /// Starts a program and waits until it has said where it listens.
    pub(crate) fn start<A: AsRef<OsStr>>(name: &str, args: &[A]) -> Self {
        let mut child = program(name)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line
            .trim_end()
            .strip_prefix("listening on 127.0.0.1:")
            .unwrap()
            .to_owned();
        Self { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// An empty folder of that name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}
