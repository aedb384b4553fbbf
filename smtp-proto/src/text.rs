//! Text that was checked once: the private representation, and the pattern behind every newtype over
//! it.

use alloc::borrow::Cow;
use core::fmt;

use crate::cursor::text;
use crate::error::ParseError;

/// Octets that are known to be UTF-8.
///
/// They become `str` when somebody asks, because for a few octets that costs as much as all the rest
/// of parsing them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Text<'a> {
    /// Keeps octets that a grammar has accepted, and with it their UTF-8.
    #[inline]
    pub(crate) const fn trusted(octets: &'a [u8]) -> Self {
        Self(Cow::Borrowed(octets))
    }

    pub(crate) fn new(text: Cow<'a, str>) -> Self {
        Self(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        text(&self.0).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Checks octets as text.
pub(crate) fn on_text(
    octets: &[u8],
    check: impl FnOnce(&str) -> Result<(), ParseError>,
) -> Result<(), ParseError> {
    text(octets).and_then(check)
}

/// Checks that octets which are not all ASCII are UTF-8.
#[inline]
pub(crate) fn check_utf8(octets: &[u8]) -> Result<(), ParseError> {
    if octets.is_ascii() {
        return Ok(());
    }
    text(octets).map(drop)
}

/// Defines a newtype over text whose every value has passed `$check`.
///
/// `$check` is a `fn(&[u8]) -> Result<(), ParseError>` that accepts UTF-8 only.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<'a>($crate::text::Text<'a>);

        impl<'a> $name<'a> {
            /// Takes `text` if it follows the grammar.
            ///
            /// # Errors
            /// [`ParseError`](crate::ParseError) with the offset of the first fault.
            pub fn new(
                text: impl Into<::alloc::borrow::Cow<'a, str>>,
            ) -> Result<Self, $crate::error::ParseError> {
                let text = text.into();
                $check(text.as_bytes())?;
                Ok(Self($crate::text::Text::new(text)))
            }

            /// Takes octets if they follow the grammar.
            #[allow(dead_code, reason = "not every type is read by a parser of its own")]
            #[inline]
            pub(crate) fn from_octets(octets: &'a [u8]) -> Result<Self, $crate::error::ParseError> {
                $check(octets)?;
                Ok(Self($crate::text::Text::trusted(octets)))
            }

            /// Octets that the grammar has already accepted.
            #[allow(dead_code, reason = "not every type is read by a parser of its own")]
            #[inline]
            pub(crate) const fn trusted(octets: &'a [u8]) -> Self {
                Self($crate::text::Text::trusted(octets))
            }

            /// The text as it stands on the wire.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The same value, free of the input it was parsed from.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                $name(self.0.into_owned())
            }
        }

        $crate::text::text_traits!($name);
    };
}

/// `Display`, `FromStr`, `AsRef<str>` and, with the feature, serde for a type with
/// `as_str` and `new(String)`.
macro_rules! text_traits {
    ($name:ident) => {
        impl ::core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name<'static> {
            type Err = $crate::error::ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(::alloc::string::String::from(text))
            }
        }

        impl AsRef<str> for $name<'_> {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name<'_> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <::alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
                Self::new(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {checked_text, text_traits};
