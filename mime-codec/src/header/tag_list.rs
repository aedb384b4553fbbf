//! Tag lists: DKIM-Signature, ARC fields, DKIM and DMARC records (RFC 6376 section 3.2).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::header::defect_sink::Sink;
use crate::header::fold::FieldWriter;
use crate::header::grammar;
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options};

/// `tag=value; tag=value`, in the order of the text.
///
/// Names and values are case-sensitive. A tag that occurs twice makes the list invalid for
/// verification: see [`has_duplicates`](Self::has_duplicates).
///
/// ```
/// let tags = mime_codec::TagList::parse(b"v=1; a=rsa-sha256; b=dzdVyOf AKCdLXdJ\r\n OcAC;");
/// assert_eq!(tags.get("a"), Some("rsa-sha256"));
/// assert_eq!(tags.get_compact("b").as_deref(), Some("dzdVyOfAKCdLXdJOcAC"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Tags<'a>"))]
pub struct TagList<'a> {
    tags: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A list as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Tags<'a> {
    tags: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Tags<'a>> for TagList<'a> {
    type Error = EncodeError;

    fn try_from(from: Tags<'a>) -> Result<Self, EncodeError> {
        // No more than reading a field gives.
        if from.tags.len() > crate::Limits::DEFAULT.parameters {
            return Err(EncodeError::Syntax);
        }
        let mut this = Self::new();
        for (name, value) in from.tags {
            this.push(name, value)?;
        }
        Ok(this)
    }
}

impl<'a> TagList<'a> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a tag.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the name or the value is outside the grammar, or the name occurs
    /// already.
    pub fn push(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<(), EncodeError> {
        let (name, value) = (name.into(), value.into());
        let edge = |text: &str| text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
        let sound = value
            .bytes()
            .all(|b| (b.is_ascii_graphic() && b != b';') || matches!(b, b' ' | b'\t'));
        if !is_tag_name(&name) || !sound || edge(&value) || self.get(&name).is_some() {
            return Err(EncodeError::Syntax);
        }
        self.tags.push((name, value));
        Ok(())
    }

    /// Reads the value of a field or a DNS record. Never fails.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    ///
    /// Beyond [`Limits::parameters`](crate::Limits::parameters) tags are not read.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        let mut tags: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        let mut at = 0;
        for spec in value.split(|&b| b == b';') {
            let start = at;
            at += spec.len() + 1;
            let (inner, spec) = crate::header::unstructured::trim(spec);
            if spec.is_empty() {
                // Only the last semicolon may have nothing behind it.
                if at <= value.len() {
                    sink.report(DefectKind::FieldSyntax, start);
                }
                continue;
            }
            if tags.len() >= options.limits.parameters {
                sink.report(DefectKind::FieldSyntax, start);
                break;
            }
            let Some(equals) = memchr::memchr(b'=', spec) else {
                sink.report(DefectKind::FieldSyntax, start + inner);
                continue;
            };
            let (name, tail) = spec.split_at_checked(equals).unwrap_or((spec, &[]));
            let (_, name) = crate::header::unstructured::trim(name);
            let (_, tag_value) =
                crate::header::unstructured::trim(tail.get(1..).unwrap_or_default());
            let name = grammar::clean(name, false, options);
            if !is_tag_name(&name) || tags.iter().any(|(other, _)| *other == name) {
                sink.report(DefectKind::FieldSyntax, start + inner);
            }
            tags.push((name, grammar::clean(tag_value, false, options)));
        }
        Self { tags }
    }

    /// The value of the first tag `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.tags
            .iter()
            .find(|(tag, _)| tag == name)
            .map(|(_, value)| value.as_ref())
    }

    /// The value of a tag without white space, as base64 values and lists are read
    /// (RFC 6376 section 3.5: `b`, `bh`, `h`).
    pub fn get_compact(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = self.get(name)?;
        if value.contains([' ', '\t']) {
            return Some(Cow::Owned(value.split([' ', '\t']).collect::<String>()));
        }
        Some(Cow::Borrowed(value))
    }

    /// Names and values in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Whether a tag occurs twice, so that the whole list is invalid (RFC 6376 section 3.2).
    pub fn has_duplicates(&self) -> bool {
        self.tags
            .iter()
            .enumerate()
            .any(|(i, (name, _))| self.tags.iter().take(i).any(|(other, _)| other == name))
    }

    /// The same list on its own.
    pub fn into_owned(self) -> TagList<'static> {
        let own = |(name, value): (Cow<'a, str>, Cow<'a, str>)| {
            (
                Cow::Owned(name.into_owned()),
                Cow::Owned(value.into_owned()),
            )
        };
        TagList {
            tags: self.tags.into_iter().map(own).collect(),
        }
    }

    /// Writes the list as the value of `field`. Long values without white space are not cut.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        for (i, (name, value)) in self.tags.iter().enumerate() {
            if i > 0 {
                field.write(";")?;
            }
            field.space();
            field.write(name)?;
            field.write("=")?;
            field.write_folding(value)?;
        }
        Ok(())
    }
}

fn is_tag_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6376_example() {
        let value = b" v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n  c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n  \
            h=Received : From : To;\r\n bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n  b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n  4nujc7YopdG5dWLSdNg6x;\r\n";
        let mut defects = Vec::new();
        let tags = TagList::parse_with(value, &Options::default(), &mut defects);
        assert_eq!(defects, []);
        assert_eq!(tags.iter().count(), 10);
        assert_eq!(tags.get_compact("h").as_deref(), Some("Received:From:To"));
        assert_eq!(
            tags.get("bh"),
            Some("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
        );
        assert_eq!(tags.get_compact("b").map(|b| b.len()), Some(73));
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "DKIM-Signature", false).expect("a name");
        tags.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        assert_eq!(
            TagList::parse(out.strip_prefix(b"DKIM-Signature:").expect("the name")),
            tags
        );
    }

    #[test]
    fn odd_lists() {
        let count = |value: &[u8]| {
            let mut defects = Vec::new();
            TagList::parse_with(value, &Options::default(), &mut defects);
            defects.len()
        };
        assert_eq!(
            [
                count(b"a=;b=x y"),
                count(b"a=1;;b=2"),
                count(b"a=1; a=2"),
                count(b"=x"),
                count(b"x")
            ],
            [0, 1, 1, 1, 1]
        );
        assert!(TagList::parse(b"a=1; a=2").has_duplicates());
        assert_eq!(TagList::parse(b"a=1; a=2").get("a"), Some("1"));
        let mut tags = TagList::new();
        for (name, value) in [
            ("a", "x;y"),
            ("a b", "x"),
            ("", "x"),
            ("a", "x\r\ny"),
            ("a", " x"),
            ("1", "x"),
        ] {
            assert!(tags.push(name, value).is_err());
        }
        assert!(tags.push("a", "x").is_ok());
        assert!(tags.push("a", "y").is_err());
    }
}
