//! Delivery into a Maildir: a message is written in `tmp` and appears whole in `new`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A mailbox.
#[derive(Debug)]
pub struct Maildir {
    path: PathBuf,
    seed: u64,
    next: u64,
}

impl Maildir {
    /// Opens a mailbox and makes it where it is missing. File names are drawn from `seed`, so that
    /// two runs with the same seed file the same names.
    ///
    /// # Errors
    ///
    /// If a folder cannot be made.
    pub fn open(path: &Path, seed: u64) -> io::Result<Self> {
        for folder in ["tmp", "new", "cur"] {
            fs::create_dir_all(path.join(folder))?;
        }
        Ok(Self {
            path: path.to_owned(),
            seed,
            next: 0,
        })
    }

    /// Files a message: where it is now.
    ///
    /// # Errors
    ///
    /// If it could not be written; then nothing of it is left.
    pub fn deliver(&mut self, message: &[u8]) -> io::Result<PathBuf> {
        let (name, file) = self.create()?;
        let tmp = self.path.join("tmp").join(&name);
        let new = self.path.join("new").join(&name);
        let filed = write(file, message).and_then(|()| fs::rename(&tmp, &new));
        match filed {
            Ok(()) => Ok(new),
            Err(error) => {
                let _ = fs::remove_file(&tmp);
                Err(error)
            }
        }
    }

    /// A file in `tmp` whose name is free in every folder.
    fn create(&mut self) -> io::Result<(String, File)> {
        loop {
            let name = format!("{:016x}.{}.localhost", self.seed, self.next);
            self.next += 1;
            // A mail reader adds its flags behind the name in `cur`; `new` has it as it is.
            if self.path.join("new").join(&name).exists() || self.is_read(&name)? {
                continue;
            }
            let path = self.path.join("tmp").join(&name);
            match OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(file) => return Ok((name, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn is_read(&self, name: &str) -> io::Result<bool> {
        for entry in fs::read_dir(self.path.join("cur"))? {
            let file = entry?.file_name();
            if file.to_string_lossy().split(':').next() == Some(name) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn write(mut file: File, message: &[u8]) -> io::Result<()> {
    file.write_all(message)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::Scratch;

    #[test]
    fn names_repeat_with_the_seed_and_never_overwrite() {
        let scratch = Scratch::new("maildir");
        let one = Maildir::open(&scratch.path, 7)
            .unwrap()
            .deliver(b"one")
            .unwrap();
        let read = scratch
            .path
            .join("cur")
            .join("0000000000000007.1.localhost:2,S");
        fs::write(&read, b"read").unwrap();
        let two = Maildir::open(&scratch.path, 7)
            .unwrap()
            .deliver(b"two")
            .unwrap();
        assert_eq!(one, scratch.path.join("new/0000000000000007.0.localhost"));
        assert_eq!(two, scratch.path.join("new/0000000000000007.2.localhost"));
        assert_eq!(fs::read(one).unwrap(), b"one");
        assert_eq!(fs::read(two).unwrap(), b"two");
        assert_eq!(fs::read_dir(scratch.path.join("tmp")).unwrap().count(), 0);
    }
}
