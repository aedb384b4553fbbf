//! The pattern behind every newtype over a piece of text that was checked once.

/// Defines a newtype over `Cow<str>` whose every value has passed `$check`.
///
/// `$check` is a `fn(&str) -> Result<(), ParseError>`.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $check:path) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<'a>(::alloc::borrow::Cow<'a, str>);

        impl<'a> $name<'a> {
            /// Takes `text` if it follows the grammar.
            ///
            /// # Errors
            /// [`ParseError`](crate::ParseError) with the offset of the first fault.
            pub fn new(
                text: impl Into<::alloc::borrow::Cow<'a, str>>,
            ) -> Result<Self, $crate::error::ParseError> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// Text that the grammar has already accepted.
            #[allow(dead_code, reason = "not every type is read by a parser of its own")]
            pub(crate) const fn trusted(text: ::alloc::borrow::Cow<'a, str>) -> Self {
                Self(text)
            }

            /// The text as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same value, free of the input it was parsed from.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                $name(::alloc::borrow::Cow::Owned(self.0.into_owned()))
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
