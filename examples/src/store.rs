//! The folder in which received messages are kept: `N.eml` holds the octets, `N.json` what the
//! session said about them. A message appears there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

/// The folder. Clones may be used at the same time, and so may other processes.
#[derive(Clone, Debug)]
pub struct Store {
    folder: Arc<Path>,
    next: Arc<AtomicU64>,
}

/// A message that is being received; dropping it forgets it.
#[derive(Debug)]
pub struct Incoming {
    store: Store,
    path: PathBuf,
    file: File,
}

impl Store {
    /// Opens a folder and makes it where it is missing; numbers go on behind the highest in it.
    ///
    /// # Errors
    ///
    /// If it can be neither read nor made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut next = 1;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let number = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse::<u64>().ok());
            next = next.max(number.map_or(0, |number| number.saturating_add(1)));
        }
        Ok(Self {
            folder: folder.into(),
            next: Arc::new(next.into()),
        })
    }

    /// A place for a message that begins to arrive.
    ///
    /// # Errors
    ///
    /// If no file can be made.
    pub fn begin(&self) -> io::Result<Incoming> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = self
            .folder
            .join(format!(".incoming-{}-{count}", process::id()));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Incoming {
            store: self.clone(),
            path,
            file,
        })
    }
}

impl Incoming {
    /// Where the octets are until [`commit`](Self::commit).
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the message and what is known of it into the folder, under the number returned.
    ///
    /// # Errors
    ///
    /// If it could not be written to the disk.
    pub fn commit(self, about: &Value) -> io::Result<u64> {
        self.file.sync_all()?;
        let json = self.path.with_extension("json");
        let number = write(&json, about).and_then(|()| self.number(&json));
        let _ = fs::remove_file(json);
        let number = number?;
        // Last, so that whoever sees the message finds its companion.
        fs::rename(&self.path, self.store.folder.join(format!("{number}.eml")))?;
        Ok(number)
    }

    /// Takes the next number that nobody has: a link, unlike a rename, never replaces a file.
    fn number(&self, json: &Path) -> io::Result<u64> {
        loop {
            let number = self.store.next.fetch_add(1, Ordering::Relaxed);
            match fs::hard_link(json, self.store.folder.join(format!("{number}.json"))) {
                Ok(()) => return Ok(number),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn write(path: &Path, about: &Value) -> io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "{about:#}")?;
    file.sync_all()
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Incoming {
    /// After a commit there is nothing left to remove.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::env;
    use std::thread;

    use serde_json::json;

    use super::*;

    /// A folder that is gone after the test.
    pub(crate) struct Scratch {
        pub(crate) path: PathBuf,
    }

    impl Scratch {
        pub(crate) fn new(name: &str) -> Self {
            let path = env::temp_dir().join(format!("examples-{name}-{}", process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self { path }
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.path);
        }
    }

    #[test]
    fn many_at_once_get_different_numbers() {
        let scratch = Scratch::new("store");
        // Two stores on one folder stand for two processes.
        let stores = [
            Store::open(&scratch.path).unwrap(),
            Store::open(&scratch.path).unwrap(),
        ];
        thread::scope(|scope| {
            for n in 0..16 {
                let store = &stores[n % 2];
                scope.spawn(move || {
                    let mut incoming = store.begin().unwrap();
                    write!(incoming, "message {n}").unwrap();
                    incoming.commit(&json!({ "n": n })).unwrap();
                });
            }
        });
        let mut seen = Vec::new();
        for number in 1..=16 {
            let eml = fs::read_to_string(scratch.path.join(format!("{number}.eml"))).unwrap();
            let json = fs::read(scratch.path.join(format!("{number}.json"))).unwrap();
            let json: Value = serde_json::from_slice(&json).unwrap();
            assert_eq!(eml, format!("message {}", json["n"]));
            seen.push(eml);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 16);
        assert_eq!(fs::read_dir(&scratch.path).unwrap().count(), 32);
    }

    #[test]
    fn what_is_not_committed_leaves_nothing_and_numbers_go_on() {
        let scratch = Scratch::new("dropped");
        fs::write(scratch.path.join("41.eml"), b"old").unwrap();
        let store = Store::open(&scratch.path).unwrap();
        store.begin().unwrap().write_all(b"half").unwrap();
        assert_eq!(fs::read_dir(&scratch.path).unwrap().count(), 1);
        assert_eq!(store.begin().unwrap().commit(&json!({})).unwrap(), 42);
    }
}
