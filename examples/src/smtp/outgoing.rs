//! Messages on their way out, and what has to be known of each before its first octet is sent.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

/// How much is read at once.
const READ: usize = 64 * 1024;

/// A message to be sent.
pub struct Outgoing {
    /// What to call it in reports: the name of the file.
    pub name: String,
    /// Octets, once every line ends with CRLF.
    pub size: u64,
    /// Whether it holds octets above 127.
    pub eight_bit: bool,
    /// Recipients, by their place in the list, about whom nothing is left to do.
    pub(super) done: BTreeSet<usize>,
    content: Box<dyn Content>,
}

trait Content: Read + Seek + Send {}

impl<C: Read + Seek + Send> Content for C {}

impl Outgoing {
    /// The message in a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn file(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        Self::new(name.clone(), File::open(path)?)
            .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
    }

    /// The message in memory.
    ///
    /// # Errors
    ///
    /// Never, unlike that in a file.
    pub fn memory(name: &str, message: Vec<u8>) -> io::Result<Self> {
        Self::new(name.to_owned(), Cursor::new(message))
    }

    /// Reads all of it once, to know it.
    fn new(name: String, mut content: impl Read + Seek + Send + 'static) -> io::Result<Self> {
        let (size, eight_bit) = survey(&mut content)?;
        Ok(Self {
            name,
            size,
            eight_bit,
            done: BTreeSet::new(),
            content: Box::new(content),
        })
    }

    /// Goes back to the first octet.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.content.rewind()
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("name", &self.name)
            .field("size", &self.size)
            .field("eight_bit", &self.eight_bit)
            .finish_non_exhaustive()
    }
}

impl Read for Outgoing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

/// The size with CRLF for every LF and CR that stands alone and at the end, and whether there are
/// octets above 127.
fn survey(content: &mut impl Read) -> io::Result<(u64, bool)> {
    let mut buffer = vec![0; READ];
    let (mut size, mut eight_bit, mut before) = (0, false, b'\n');
    loop {
        let n = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for &byte in &buffer[..n] {
            let alone = (before == b'\r') != (byte == b'\n');
            size += 1 + u64::from(alone);
            eight_bit |= !byte.is_ascii();
            before = byte;
        }
    }
    size += match before {
        b'\n' => 0,
        b'\r' => 1,
        _ => 2,
    };
    Ok((size, eight_bit))
}

#[cfg(test)]
mod tests {
    use smtp_proto::{DataEncoder, LineEnds};

    use super::*;

    #[test]
    fn the_size_is_that_of_what_is_sent() {
        let parts = ["", "a", "\r", "\n", "\r\n", "\n\n", "\r\r", "é"];
        for first in parts {
            for second in parts {
                for third in parts {
                    let text = [first, second, third].concat();
                    let mut sent = Vec::new();
                    let mut encoder = DataEncoder::new(LineEnds::Normalise);
                    encoder.write(text.as_bytes(), &mut sent).unwrap();
                    encoder.finish(&mut sent);
                    let message = Outgoing::memory("", text.clone().into_bytes()).unwrap();
                    assert_eq!(message.size, sent.len() as u64 - 3, "{text:?}");
                    assert_eq!(message.eight_bit, text.contains('é'), "{text:?}");
                }
            }
        }
    }
}
