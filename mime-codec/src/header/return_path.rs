//! Return-Path: the envelope sender, added at final delivery (RFC 5322 section 3.6.7, RFC 5321 section 4.4).

use core::fmt;
use core::str::FromStr;

use crate::header::fold::FieldWriter;
use crate::header::unstructured::trim;
use crate::{AddrSpec, AddrSpecError, AddressList, EncodeError};

/// The value of Return-Path: an address, or none for bounces (`<>`).
///
/// ```
/// use mime_codec::ReturnPath;
///
/// assert_eq!(ReturnPath::parse(b" <>")?.addr(), None);
/// assert_eq!("a@b.example".parse::<ReturnPath>()?.to_string(), "<a@b.example>");
/// assert_eq!(ReturnPath::parse(b" <a@b.example>")?.addr().unwrap().local(), "a");
/// # Ok::<(), mime_codec::AddrSpecError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct ReturnPath<'a>(Option<AddrSpec<'a>>);

impl<'a> ReturnPath<'a> {
    /// The path to `addr`, or the null path.
    pub fn new(addr: Option<AddrSpec<'a>>) -> Self {
        Self(addr)
    }

    /// Reads the value of a field, with or without angle brackets.
    ///
    /// # Errors
    ///
    /// If there is neither one address nor `<>`.
    pub fn parse(value: &'a [u8]) -> Result<Self, AddrSpecError> {
        let (start, inner) = trim(value);
        let inside = inner
            .strip_prefix(b"<")
            .and_then(|rest| rest.strip_suffix(b">"));
        if inside.is_some_and(|inside| trim(inside).1.is_empty()) {
            return Ok(Self(None));
        }
        // A whole list is read because comments and obsolete routes may surround the address.
        let list = AddressList::parse(inner);
        let mut mailboxes = list.mailboxes();
        match (mailboxes.next(), mailboxes.next()) {
            (Some(mailbox), None) => Ok(Self(Some(mailbox.addr().clone()))),
            _ => Err(AddrSpecError::new(start)),
        }
    }

    /// The address; `None` is the null path.
    pub fn addr(&self) -> Option<&AddrSpec<'a>> {
        self.0.as_ref()
    }

    /// The same path on its own.
    pub fn into_owned(self) -> ReturnPath<'static> {
        ReturnPath(self.0.map(AddrSpec::into_owned))
    }

    /// Writes the path as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        field.write(&alloc::format!("{self}"))
    }
}

impl fmt::Display for ReturnPath<'_> {
    /// Writes the address in angle brackets; `<>` is the null path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(addr) => write!(f, "<{addr}>"),
            None => f.write_str("<>"),
        }
    }
}

impl FromStr for ReturnPath<'static> {
    type Err = AddrSpecError;

    /// As [`parse`](ReturnPath::parse).
    fn from_str(text: &str) -> Result<Self, AddrSpecError> {
        ReturnPath::parse(text.as_bytes()).map(ReturnPath::into_owned)
    }
}
