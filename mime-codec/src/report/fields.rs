//! Blocks of fields as the reports use them (RFC 3464 section 2.1), and the values they share.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use memchr::memchr;

use crate::{EncodeError, FieldWriter, Limits};

/// A field that the type does not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Extension<'a> {
    /// Its name, as it was written.
    pub name: Cow<'a, str>,
    /// Its value, unfolded.
    pub value: Cow<'a, str>,
}

/// Text with the name of the scheme that it belongs to, such as `rfc822; a@example.org` or
/// `dns; mx.example.org` (RFC 3464 section 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TypedText<'a> {
    /// The type: `rfc822`, `utf-8`, `dns`, `smtp` or another; empty if there was none.
    pub kind: Cow<'a, str>,
    /// The text.
    pub text: Cow<'a, str>,
}

impl<'a> TypedText<'a> {
    /// Text of a type.
    pub fn new(kind: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            kind: kind.into(),
            text: text.into(),
        }
    }

    /// Whether the type is this one, whatever its case.
    pub fn is_kind(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> TypedText<'static> {
        TypedText {
            kind: own(self.kind),
            text: own(self.text),
        }
    }

    pub(super) fn parse(value: Cow<'a, str>) -> Self {
        if value.contains(';') {
            Self {
                kind: slice(&value, |value| value.split(';').next().unwrap_or("")),
                text: slice(&value, |value| {
                    value.split_once(';').map_or("", |(_, text)| text)
                }),
            }
        } else {
            Self {
                kind: Cow::Borrowed(""),
                text: value,
            }
        }
    }
}

impl fmt::Display for TypedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.kind, self.text)
    }
}

/// Declares an enum of keywords that are read without regard to case, with a variant for all others.
macro_rules! keywords {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $keyword:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$variant_doc])* $variant,)*
            /// Any other, as it was written.
            Other(Cow<'a, str>),
        }

        impl<'a> $name<'a> {
            pub(crate) fn parse(value: Cow<'a, str>) -> Self {
                $(if value.eq_ignore_ascii_case($keyword) {
                    return Self::$variant;
                })*
                Self::Other(value)
            }

            /// All keywords but the other ones.
            #[cfg(feature = "arbitrary")]
            pub(crate) const KEYWORDS: &'static [&'static str] = &[$($keyword),*];

            /// The keyword.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $keyword,)*
                    Self::Other(other) => other,
                }
            }

            /// The same without a borrow.
            pub fn into_owned(self) -> $name<'static> {
                match self {
                    $(Self::$variant => $name::$variant,)*
                    Self::Other(other) => $name::Other(Cow::Owned(other.into_owned())),
                }
            }
        }

        impl core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(super) use keywords;

/// A part of `whole` without white space around it, borrowed if `whole` is.
pub(super) fn slice<'a>(whole: &Cow<'a, str>, part: impl FnOnce(&str) -> &str) -> Cow<'a, str> {
    match whole {
        Cow::Borrowed(whole) => Cow::Borrowed(part(whole).trim()),
        Cow::Owned(whole) => Cow::Owned(part(whole).trim().into()),
    }
}

pub(super) fn own(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

pub(super) fn own_extensions(extensions: Vec<Extension<'_>>) -> Vec<Extension<'static>> {
    extensions.into_iter().map(Extension::into_owned).collect()
}

pub(super) fn own_all(texts: Vec<Cow<'_, str>>) -> Vec<Cow<'static, str>> {
    texts.into_iter().map(own).collect()
}

impl Extension<'_> {
    /// The same without a borrow.
    pub fn into_owned(self) -> Extension<'static> {
        Extension {
            name: own(self.name),
            value: own(self.value),
        }
    }
}

/// A field and whether a new block begins with it.
pub(super) struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    pub(super) starts_block: bool,
}

impl<'a> Field<'a> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value without comments at its end.
    pub(super) fn bare(&self) -> Cow<'a, str> {
        slice(&self.value, |value| {
            let mut value = value;
            while value.ends_with(')')
                && let Some(open) = value.rfind('(')
            {
                value = value.get(..open).unwrap_or_default().trim_end();
            }
            value
        })
    }

    pub(super) fn into_extension(self) -> Extension<'a> {
        Extension {
            name: self.name,
            value: self.value,
        }
    }
}

/// Iterates over the fields of a part, as many and as long ones as the limits allow.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    starts_block: bool,
    /// How many more there may be.
    left: usize,
    field_bytes: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(part: &'a [u8], limits: &Limits) -> Self {
        Self {
            rest: part,
            starts_block: true,
            left: limits.header_fields,
            field_bytes: limits.field_bytes,
        }
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let length = memchr(b'\n', self.rest).map_or(self.rest.len(), |end| end + 1);
        let (line, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(line)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        self.left = self.left.checked_sub(1)?;
        loop {
            let line = self.line()?.trim_ascii_end();
            let line = line.get(..self.field_bytes).unwrap_or(line);
            if line.is_empty() {
                self.starts_block = true;
                continue;
            }
            if memchr(b':', line).is_none() {
                continue;
            }
            let starts_block = core::mem::take(&mut self.starts_block);
            let mut folded: Option<Vec<u8>> = None;
            while matches!(self.rest, [b' ' | b'\t', ..]) {
                let Some(more) = self.line() else { break };
                let more = more.trim_ascii_end();
                // A line of white space alone folds nothing: it is an empty line gone wrong.
                if more.is_empty() {
                    self.starts_block = true;
                    break;
                }
                let folded = folded.get_or_insert_with(|| line.to_vec());
                let room = self.field_bytes.saturating_sub(folded.len());
                folded.extend_from_slice(more.get(..room).unwrap_or(more));
            }
            let text: Cow<'a, str> = match folded {
                Some(folded) => Cow::Owned(String::from_utf8_lossy(&folded).into_owned()),
                None => String::from_utf8_lossy(line),
            };
            return Some(Field {
                name: slice(&text, |text| text.split(':').next().unwrap_or("")),
                value: slice(&text, |text| {
                    text.split_once(':').map_or("", |(_, value)| value)
                }),
                starts_block,
            });
        }
    }
}

/// Writes the fields of a part; they may hold UTF-8, as in the `global-` types of RFC 6533.
pub(super) struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    /// The empty line between two blocks.
    pub(super) fn end_block(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }

    pub(super) fn field(&mut self, name: &str, value: &str) -> Result<(), EncodeError> {
        let value = value.trim();
        if value.is_empty() || value.chars().any(|c| c.is_control() && c != '\t') {
            return Err(EncodeError::Syntax);
        }
        FieldWriter::field(self.out, name, true, |field| {
            field.space();
            field.write_folding(value)
        })
    }

    pub(super) fn optional(
        &mut self,
        name: &str,
        value: Option<&impl fmt::Display>,
    ) -> Result<(), EncodeError> {
        match value {
            Some(value) => self.field(name, &alloc::format!("{value}")),
            None => Ok(()),
        }
    }

    pub(super) fn required(
        &mut self,
        name: &'static str,
        value: Option<&impl fmt::Display>,
    ) -> Result<(), EncodeError> {
        self.optional(name, Some(value.ok_or(EncodeError::Missing(name))?))
    }

    pub(super) fn all(&mut self, name: &str, values: &[Cow<'_, str>]) -> Result<(), EncodeError> {
        values.iter().try_for_each(|value| self.field(name, value))
    }

    pub(super) fn extensions(&mut self, extensions: &[Extension<'_>]) -> Result<(), EncodeError> {
        extensions
            .iter()
            .try_for_each(|extension| self.field(&extension.name, &extension.value))
    }
}

/// Appends what `write` writes to `out`; on an error `out` is as it was.
pub(super) fn transaction(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let start = out.len();
    let result = write(&mut Writer::new(out));
    if result.is_err() {
        out.truncate(start);
    }
    result
}
