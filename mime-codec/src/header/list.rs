//! Fields of mailing lists: List-Post and its kin, List-Id, List-Unsubscribe-Post
//! (RFC 2369, RFC 2919, RFC 8058).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::defect_sink::{Sink, strictly};
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, Cursor, WSP, is};
use crate::header::phrase;
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options, ParseError};

/// The value of List-Help, List-Subscribe, List-Unsubscribe, List-Post, List-Owner or
/// List-Archive: URIs in the order of preference (RFC 2369 section 2).
///
/// ```
/// let list = mime_codec::ListUris::parse(b"<mailto:leave@x.example> (by mail), <https://x.example/?u=1>");
/// assert_eq!(list.uris(), ["mailto:leave@x.example", "https://x.example/?u=1"]);
/// assert_eq!(list.https(), Some("https://x.example/?u=1"));
/// assert_eq!(list.to_string(), "<mailto:leave@x.example>, <https://x.example/?u=1>");
/// assert_eq!(list.to_string().parse(), Ok(list));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Uris<'a>"))]
pub struct ListUris<'a> {
    uris: Vec<Cow<'a, str>>,
    no: bool,
}

impl<'a> ListUris<'a> {
    /// A list of URIs, most preferred first.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if one is empty or holds anything else than visible US-ASCII
    /// without angle brackets and quotation marks (RFC 3986).
    pub fn new(uris: Vec<Cow<'a, str>>) -> Result<Self, EncodeError> {
        let sound = |uri: &Cow<'_, str>| {
            !uri.is_empty()
                && uri
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !b"<>\"".contains(&b))
        };
        if uris.iter().all(sound) {
            Ok(Self { uris, no: false })
        } else {
            Err(EncodeError::Syntax)
        }
    }

    /// `NO`: nobody may post to the list (RFC 2369 section 3.4).
    pub fn no_posting() -> Self {
        Self {
            uris: Vec::new(),
            no: true,
        }
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
        let mut this = Self::default();
        let mut cursor = Cursor::new(value);
        loop {
            cursor.skip_cfws(options, sink);
            let at = cursor.pos();
            match cursor.peek() {
                None => return this,
                Some(b',') => cursor.bump(),
                Some(b'<') => {
                    cursor.bump();
                    match bracketed(&mut cursor, options) {
                        Some(uri) if !uri.is_empty() => this.uris.push(uri),
                        _ => sink.report(DefectKind::FieldSyntax, at),
                    }
                }
                Some(_) => {
                    while let Some(byte) = cursor.peek()
                        && !is(byte, WSP)
                        && !matches!(byte, b',' | b'<' | b'(')
                    {
                        cursor.bump();
                    }
                    let word = cursor.text(at, cursor.pos(), options);
                    if word.eq_ignore_ascii_case("no") && this.uris.is_empty() {
                        this.no = true;
                        continue;
                    }
                    // A URI without its brackets; anything else is to be ignored (section 2).
                    sink.report(DefectKind::FieldSyntax, at);
                    if word.split_once(':').is_some_and(|(scheme, rest)| {
                        grammar::is_token(scheme.as_bytes()) && !rest.is_empty()
                    }) && !word.contains(['\0', '"', '>'])
                    {
                        this.uris.push(word);
                    }
                }
            }
        }
    }

    /// The URIs as written, white space removed, most preferred first.
    pub fn uris(&self) -> &[Cow<'a, str>] {
        &self.uris
    }

    /// The value is `NO`: nobody may post.
    pub fn is_no(&self) -> bool {
        self.no
    }

    /// The first `https` URI, which is the one for one-click unsubscription (RFC 8058 section 3.1).
    pub fn https(&self) -> Option<&str> {
        self.with_scheme("https:")
    }

    /// The first `mailto` URI.
    pub fn mailto(&self) -> Option<&str> {
        self.with_scheme("mailto:")
    }

    fn with_scheme(&self, scheme: &str) -> Option<&str> {
        let fits = |uri: &&Cow<'_, str>| {
            uri.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        self.uris.iter().find(fits).map(AsRef::as_ref)
    }

    /// The same list on its own.
    pub fn into_owned(self) -> ListUris<'static> {
        ListUris {
            uris: self
                .uris
                .into_iter()
                .map(|uri| Cow::Owned(uri.into_owned()))
                .collect(),
            no: self.no,
        }
    }

    /// Writes the list as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        if self.no {
            field.space();
            field.write("NO")?;
        }
        for (i, uri) in self.uris.iter().enumerate() {
            if i > 0 || self.no {
                field.write(",")?;
            }
            field.space();
            field.write(&alloc::format!("<{uri}>"))?;
        }
        Ok(())
    }
}

impl fmt::Display for ListUris<'_> {
    /// Writes the URIs in angle brackets, with commas between them, or `NO`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let no = self.no.then_some(Cow::Borrowed("NO"));
        let uris = self
            .uris
            .iter()
            .map(|uri| Cow::Owned(alloc::format!("<{uri}>")));
        grammar::separated(f, ", ", no.into_iter().chain(uris))
    }
}

impl FromStr for ListUris<'static> {
    type Err = ParseError;

    /// Reads a list without defects.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        strictly(|defects| {
            ListUris::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects).into_owned()
        })
    }
}

/// What is in angle brackets, without white space; `None` if they are not closed.
fn bracketed<'a>(cursor: &mut Cursor<'a>, options: &Options) -> Option<Cow<'a, str>> {
    let start = cursor.pos();
    let mut plain = true;
    loop {
        match cursor.peek() {
            Some(b'>') => break,
            None | Some(b'<') => return None,
            Some(byte) => {
                plain &= !is(byte, WSP) && byte != 0;
                cursor.bump();
            }
        }
    }
    let text = cursor.text(start, cursor.pos(), options);
    cursor.bump();
    if plain {
        return Some(text);
    }
    Some(Cow::Owned(
        text.chars()
            .filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n' | '\0'))
            .collect(),
    ))
}

/// A list as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Uris<'a> {
    uris: Vec<Cow<'a, str>>,
    no: bool,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Uris<'a>> for ListUris<'a> {
    type Error = EncodeError;

    fn try_from(from: Uris<'a>) -> Result<Self, EncodeError> {
        Ok(Self {
            no: from.no,
            ..Self::new(from.uris)?
        })
    }
}

/// An identifier as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Id<'a> {
    description: Option<Cow<'a, str>>,
    id: Cow<'a, str>,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Id<'a>> for ListId<'a> {
    type Error = EncodeError;

    fn try_from(from: Id<'a>) -> Result<Self, EncodeError> {
        Self::new(from.id, from.description)
    }
}

/// The value of List-Id: what identifies a mailing list, and its description (RFC 2919).
///
/// ```
/// let id = mime_codec::ListId::parse(b"Friends of lists <friends.lists.example>").unwrap();
/// assert_eq!((id.description(), id.id()), (Some("Friends of lists"), "friends.lists.example"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Id<'a>"))]
pub struct ListId<'a> {
    description: Option<Cow<'a, str>>,
    id: Cow<'a, str>,
}

impl<'a> ListId<'a> {
    /// An identifier with an optional description.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the identifier is no dot-atom, [`EncodeError::LineBreak`] if the
    /// description holds CR, LF or NUL.
    pub fn new(
        id: impl Into<Cow<'a, str>>,
        description: Option<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let id = id.into();
        if !grammar::is_dot_atom(&id) {
            return Err(EncodeError::Syntax);
        }
        if let Some(description) = &description {
            crate::header::fold::check_value(description)?;
        }
        Ok(Self {
            description: description.filter(|text| !text.is_empty()),
            id,
        })
    }

    /// Reads the value of a field. `None` if there is no identifier.
    ///
    /// A value without angle brackets is taken as the identifier if it is one word.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        Self::parse_with(value, &DEFAULT_OPTIONS)
    }

    /// As [`parse`](Self::parse), with options.
    pub fn parse_with(value: &'a [u8], options: &Options) -> Option<Self> {
        let mut cursor = Cursor::new(value);
        let mut sink = Sink::none();
        cursor.skip_cfws(options, &mut sink);
        let start = cursor.pos();
        let end = loop {
            match cursor.peek() {
                None => {
                    let word = phrase::decode(value, start, value.len(), options, &mut sink);
                    return grammar::is_dot_atom(&word).then_some(Self {
                        description: None,
                        id: word,
                    });
                }
                Some(b'<') => break cursor.pos(),
                Some(b'(') => {
                    cursor.comment(options, &mut sink);
                }
                Some(b'"') if cursor.quoted_string().is_some() => {}
                Some(_) => cursor.bump(),
            }
        };
        cursor.bump();
        let id = bracketed(&mut cursor, options)?;
        let description = phrase::decode(value, start, end, options, &mut sink);
        (!id.is_empty()).then_some(Self {
            description: (!description.is_empty()).then_some(description),
            id,
        })
    }

    /// The description, decoded.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The identifier, to be compared without regard to case (RFC 2919 section 6).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The same value on its own.
    pub fn into_owned(self) -> ListId<'static> {
        ListId {
            description: self.description.map(|text| Cow::Owned(text.into_owned())),
            id: Cow::Owned(self.id.into_owned()),
        }
    }

    /// Writes the identifier as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        if let Some(description) = self.description() {
            phrase::write(description, field)?;
            field.space();
        }
        field.write(&alloc::format!("<{}>", self.id))
    }
}

/// Whether the value of List-Unsubscribe-Post allows one-click unsubscription (RFC 8058 section 3.1).
pub fn is_one_click(value: &[u8]) -> bool {
    let text: String = value
        .iter()
        .filter(|&&b| !is(b, WSP))
        .map(|&b| char::from(b))
        .collect();
    text.eq_ignore_ascii_case("List-Unsubscribe=One-Click")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        let cases: [(&[u8], &[&str]); 5] = [
            (
                b"<ftp://a.example/l.txt> (FTP),\r\n <mailto:l@a.example?subject=help>",
                &["ftp://a.example/l.txt", "mailto:l@a.example?subject=help"],
            ),
            (b"<http://a.example/\r\n x>", &["http://a.example/x"]),
            (b"mailto:a@b.example, junk, <>", &["mailto:a@b.example"]),
            (b"<mailto:open", &[]),
            (b"NO (closed)", &[]),
        ];
        for (value, uris) in cases {
            assert_eq!(ListUris::parse(value).uris(), uris);
        }
        assert!(ListUris::parse(b" NO (closed)").is_no());
        assert!(ListUris::new(alloc::vec!["a:b>\r\n".into()]).is_err());
        let list =
            ListUris::new(alloc::vec!["mailto:a@b".into(), "HTTPS://c/d,e".into()]).expect("sound");
        assert_eq!(list.https(), Some("HTTPS://c/d,e"));
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "List-Post", false).expect("a name");
        list.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        assert_eq!(
            ListUris::parse(out.strip_prefix(b"List-Post:").expect("the name")),
            list
        );
    }

    #[test]
    fn ids() {
        let id = |value: &'static [u8]| {
            ListId::parse(value)
                .map(|id| (id.description().map(String::from), String::from(id.id())))
        };
        assert_eq!(id(b" <a.b>"), Some((None, "a.b".into())));
        assert_eq!(
            id(b"\"x <y>\" <a.b>"),
            Some((Some("x <y>".into()), "a.b".into()))
        );
        assert_eq!(id(b"a.b (c)"), Some((None, "a.b".into())));
        assert_eq!(id(b"two words"), None);
        assert_eq!(id(b"x <>"), None);
        assert!(ListId::new("a b", None).is_err());
        let list = ListId::new("a.b", Some("caf\u{e9} <x>".into())).expect("sound");
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "List-Id", false).expect("a name");
        list.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        assert_eq!(
            ListId::parse(out.strip_prefix(b"List-Id:").expect("the name")),
            Some(list)
        );
        assert!(is_one_click(b" List-Unsubscribe=One-Click\r\n"));
        assert!(!is_one_click(b"List-Unsubscribe=Two-Click"));
    }
}
