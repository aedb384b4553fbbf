//! MIME-Version (RFC 2045 section 4).

use core::fmt;
use core::str::FromStr;

use crate::EncodeError;
use crate::header::defect_sink::Sink;
use crate::header::fold::FieldWriter;
use crate::header::grammar::{Cursor, DIGIT};
use crate::options::DEFAULT_OPTIONS;

/// The version of MIME that a message conforms to; there is only 1.0.
///
/// ```
/// use mime_codec::MimeVersion;
///
/// assert_eq!(MimeVersion::parse(b" 1.(produced by MetaSend Vx.x)0\r\n"), Some(MimeVersion::V1_0));
/// assert_eq!(MimeVersion::V1_0.to_string(), "1.0");
/// assert_eq!("1.0".parse(), Ok(MimeVersion::V1_0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MimeVersion {
    /// The number in front of the dot.
    pub major: u8,
    /// The number behind the dot.
    pub minor: u8,
}

impl MimeVersion {
    /// Version 1.0.
    pub const V1_0: Self = Self { major: 1, minor: 0 };

    /// Reads the value of a field, with comments anywhere. `None` if it is no version.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new_ascii(value);
        let major = number(&mut cursor)?;
        if !cursor.eat(b'.') {
            return None;
        }
        let minor = number(&mut cursor)?;
        cursor.at_end().then_some(Self { major, minor })
    }

    /// Writes the version as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        field.write(&alloc::format!("{self}"))
    }
}

impl fmt::Display for MimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for MimeVersion {
    type Err = EncodeError;

    /// As [`parse`](Self::parse); [`EncodeError::Syntax`] if it is no version.
    fn from_str(text: &str) -> Result<Self, EncodeError> {
        Self::parse(text.as_bytes()).ok_or(EncodeError::Syntax)
    }
}

/// A number with white space and comments around it.
fn number(cursor: &mut Cursor<'_>) -> Option<u8> {
    cursor.skip_cfws(&DEFAULT_OPTIONS, &mut Sink::none());
    let digits = cursor.take(DIGIT);
    cursor.skip_cfws(&DEFAULT_OPTIONS, &mut Sink::none());
    core::str::from_utf8(digits).ok()?.parse().ok()
}
