//! Comma-separated phrases: Keywords, Content-Language and their like (RFC 5322 section 3.6.5, RFC 3282).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::defect_sink::{Sink, strictly};
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, Cursor};
use crate::header::phrase;
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, EncodeError, Options, ParseError};

/// The phrases of a field, decoded, in the order of the text; empty ones are left out.
///
/// ```
/// let keywords = mime_codec::Keywords::parse(b"plans, \"Rome, May\", =?utf-8?q?caf=C3=A9?= (x)");
/// assert_eq!(keywords.phrases(), ["plans", "Rome, May", "caf\u{e9}"]);
/// assert_eq!(keywords.to_string(), "plans, \"Rome, May\", caf\u{e9}");
/// assert_eq!(keywords.to_string().parse(), Ok(keywords));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<Cow<'a, str>>"))]
pub struct Keywords<'a>(Vec<Cow<'a, str>>);

impl<'a> TryFrom<Vec<Cow<'a, str>>> for Keywords<'a> {
    type Error = EncodeError;

    /// As [`new`](Self::new).
    fn try_from(phrases: Vec<Cow<'a, str>>) -> Result<Self, EncodeError> {
        Self::new(phrases)
    }
}

impl<'a> Keywords<'a> {
    /// A list of phrases.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if one holds CR, LF or NUL, [`EncodeError::Syntax`] if one is empty.
    pub fn new(phrases: Vec<Cow<'a, str>>) -> Result<Self, EncodeError> {
        for phrase in &phrases {
            crate::header::fold::check_value(phrase)?;
            if phrase.is_empty() {
                return Err(EncodeError::Syntax);
            }
        }
        Ok(Self(phrases))
    }

    /// Reads the value of a field. Never fails.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        let mut phrases = Vec::new();
        let mut cursor = Cursor::new_ascii(value);
        let mut start = 0;
        loop {
            let at = cursor.pos();
            match cursor.peek() {
                None | Some(b',') => {
                    let phrase = phrase::decode(value, start, at, options, sink);
                    if !phrase.is_empty() {
                        phrases.push(phrase);
                    }
                    if cursor.at_end() {
                        return Self(phrases);
                    }
                    cursor.bump();
                    start = at + 1;
                }
                Some(b'(') => {
                    cursor.comment(options, sink);
                }
                Some(b'"') if cursor.quoted_string().is_some() => {}
                Some(_) => cursor.bump(),
            }
        }
    }

    /// The phrases.
    pub fn phrases(&self) -> &[Cow<'a, str>] {
        &self.0
    }

    /// The same list on its own.
    pub fn into_owned(self) -> Keywords<'static> {
        Keywords(
            self.0
                .into_iter()
                .map(|phrase| Cow::Owned(phrase.into_owned()))
                .collect(),
        )
    }

    /// Writes the list as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        for (i, phrase) in self.0.iter().enumerate() {
            if i > 0 {
                field.write(",")?;
            }
            field.space();
            phrase::write(phrase, field)?;
        }
        Ok(())
    }
}

impl fmt::Display for Keywords<'_> {
    /// Writes the phrases in UTF-8, quoted if need be, with commas between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phrases = self.0.iter().map(|phrase| phrase::text(phrase));
        grammar::separated(f, ", ", phrases)
    }
}

impl FromStr for Keywords<'static> {
    type Err = ParseError;

    /// Reads a list without defects.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        strictly(|defects| {
            Keywords::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects).into_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trip(phrases in prop::collection::vec("[ -~\u{e9}\u{1}\t]{1,40}", 0..6), utf8: bool) {
            let keywords = Keywords::new(phrases.into_iter().map(Cow::Owned).collect()).expect("sound");
            let mut out = Vec::new();
            let mut field = FieldWriter::new(&mut out, "Keywords", utf8).expect("a name");
            keywords.write(&mut field).expect("writes");
            field.finish().expect("finishes");
            let value = out.strip_prefix(b"Keywords:").expect("the name");
            prop_assert_eq!(Keywords::parse(value), keywords, "{}", String::from_utf8_lossy(&out));
        }
    }
}
