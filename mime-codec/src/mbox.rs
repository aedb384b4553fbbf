//! mbox files: the variants mboxo, mboxrd, mboxcl and mboxcl2 (RFC 4155 and its relatives).
//!
//! [`Reader`] takes a file in chunks of any size and lends the messages in it, unquoted;
//! [`write()`] appends a message to a file. Neither touches a file system.
//!
//! ```
//! use mime_codec::mbox::{Event, Format, Reader};
//!
//! let mut reader = Reader::new(Format::Mboxrd);
//! let mut input = &b"From a@example.org Tue Jul 23 19:39:23 2002\nSubject: x\n\n>From here\n\n"[..];
//! let mut message = Vec::new();
//! while let Some(event) = reader.next(&mut input) {
//!     if let Event::Data(data) = event {
//!         message.extend_from_slice(data);
//!     }
//! }
//! assert_eq!(message, b"Subject: x\n\nFrom here\n");
//! ```

mod from_line;
mod reader;
mod writer;

pub use from_line::{FromLine, Timestamp};
pub use reader::{Event, Reader};
pub use writer::write;

/// A variant of the mbox format: how a line of a message that starts with `From ` is kept apart
/// from a separator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// `From ` becomes `>From `; a `>From ` that was there before cannot be told from it.
    Mboxo,
    /// `>` goes before any number of `>` and `From `, and can be taken off again.
    #[default]
    Mboxrd,
    /// As mboxo, with a Content-Length field that counts the quoted body.
    Mboxcl,
    /// Nothing is quoted; the Content-Length field alone says where a message ends.
    Mboxcl2,
}

impl Format {
    fn has_length(self) -> bool {
        matches!(self, Self::Mboxcl | Self::Mboxcl2)
    }

    /// A line that a reader gets `>` off, or a writer puts it on: the octets after the `>`.
    fn quotable(self, line: &[u8]) -> bool {
        let marks = line.iter().take_while(|octet| **octet == b'>').count();
        let from = line
            .get(marks..)
            .is_some_and(|rest| rest.starts_with(b"From "));
        from && match self {
            Self::Mboxo | Self::Mboxcl => marks == 0,
            Self::Mboxrd => true,
            Self::Mboxcl2 => false,
        }
    }
}
