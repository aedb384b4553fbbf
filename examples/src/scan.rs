//! A command that looks at each message before it is kept, for `--scan`.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What is to become of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The command exited with 0.
    Accept,
    /// It exited with 1.
    Reject,
    /// Anything else: it failed, was killed, or took too long. The sender may try again later.
    Defer,
}

/// A shell command that reads a message on its standard input.
#[derive(Clone, Debug)]
pub struct Scan {
    command: String,
    limit: Duration,
}

impl Scan {
    /// Runs `command`, for at most `limit` on each message.
    pub fn new(command: String, limit: Duration) -> Self {
        Self { command, limit }
    }

    /// Shows the command the message in the file at `message`.
    pub fn run(&self, message: &Path) -> Verdict {
        let status = self.start(message).and_then(|child| self.finish(child));
        match status {
            Ok(Some(status)) => match status.code() {
                Some(0) => Verdict::Accept,
                Some(1) => Verdict::Reject,
                _ => Verdict::Defer,
            },
            Ok(None) => Verdict::Defer,
            Err(error) => {
                eprintln!("scan: {error}");
                Verdict::Defer
            }
        }
    }

    /// Its standard input is the file itself: a command that does not read all of it blocks nobody.
    fn start(&self, message: &Path) -> io::Result<Child> {
        Command::new("sh")
            .args(["-c", &self.command])
            .stdin(File::open(message)?)
            .stdout(Stdio::null())
            .spawn()
    }

    /// How it ended; `None` if it did not in time.
    fn finish(&self, mut child: Child) -> io::Result<Option<ExitStatus>> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if started.elapsed() >= self.limit {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::tests::Scratch;

    #[test]
    fn exit_codes_are_verdicts_and_time_is_bounded() {
        let scratch = Scratch::new("scan");
        let message = scratch.path.join("message");
        fs::write(&message, "virus\n".repeat(100_000)).unwrap();
        let run = |command: &str, limit| Scan::new(command.into(), limit).run(&message);
        let minute = Duration::from_secs(60);
        assert_eq!(run("test $(wc -c) = 600000", minute), Verdict::Accept);
        assert_eq!(run("! grep -q virus", minute), Verdict::Reject);
        assert_eq!(run("exit 75", minute), Verdict::Defer);
        assert_eq!(run("kill -9 $$", minute), Verdict::Defer);
        assert_eq!(run("/nonexistent/scanner", minute), Verdict::Defer);
        let started = Instant::now();
        assert_eq!(
            run("exec sleep 60", Duration::from_millis(50)),
            Verdict::Defer
        );
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
