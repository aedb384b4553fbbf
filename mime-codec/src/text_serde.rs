//! Values that are serialized as the text that they are written as.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::report::{Action, DispositionKind, FeedbackType, Status};
use crate::{DateError, DateTime, EncodeError, TransferEncoding};

macro_rules! as_text {
    ($($type:ty, $read:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                read(text, $read).map_err(D::Error::custom)
            }
        }
    )*};
}

as_text! {
    DateTime, |text: String| -> Result<_, DateError> { text.parse() };
    Status, |text: String| -> Result<_, EncodeError> { text.parse() };
    TransferEncoding<'_>, |text: String| never_fails(TransferEncoding::parse(text.as_bytes()).into_owned());
    Action<'_>, |text: String| never_fails(Action::parse(Cow::Owned(text)));
    DispositionKind<'_>, |text: String| never_fails(DispositionKind::parse(Cow::Owned(text)));
    FeedbackType<'_>, |text: String| never_fails(FeedbackType::parse(Cow::Owned(text)));
}

/// Lets the closures above be written without the types of their results.
fn read<T, E: fmt::Display>(
    text: String,
    how: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, E> {
    how(text)
}

#[expect(clippy::unnecessary_wraps, reason = "stands where reading can fail")]
fn never_fails<T>(value: T) -> Result<T, EncodeError> {
    Ok(value)
}

#[cfg(test)]
mod tests;
