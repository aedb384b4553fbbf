//! Message identifiers: Message-ID, In-Reply-To, References and Content-ID
//! (RFC 5322 sections 3.6.4 and 4.5.4, RFC 2045 section 7).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::defect_sink::{Sink, strictly};
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, ATEXT, Cursor, DTEXT, WORD, WSP, is, separated};
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options, ParseError};

/// One message identifier, without its angle brackets.
///
/// Identifiers are compared octet by octet, so one that is read keeps its form, malformed or
/// not, except that folds, other white space and comments inside it are gone.
///
/// ```
/// use mime_codec::MessageId;
///
/// let id = MessageId::new("20261120.1", "mail.example.com")?;
/// assert_eq!(id.to_string(), "<20261120.1@mail.example.com>");
/// assert_eq!(MessageId::parse(b" <20261120.1@mail.example.com>\r\n"), Some(id));
/// # Ok::<(), mime_codec::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Text<'a>"))]
pub struct MessageId<'a>(Cow<'a, str>);

impl<'a> MessageId<'a> {
    /// An identifier from a part that the caller makes unique and the domain of the maker.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] unless `unique` is a dot-atom and `domain` one or a literal in
    /// square brackets.
    pub fn new(unique: &str, domain: &str) -> Result<MessageId<'static>, EncodeError> {
        check(unique, domain)?;
        Ok(MessageId(Cow::Owned(alloc::format!("{unique}@{domain}"))))
    }

    /// The first identifier of a value.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// As [`parse`](Self::parse), and appends what is wrong with the value to `defects`.
    pub fn parse_with(
        value: &'a [u8],
        options: &Options,
        defects: &mut Vec<Defect>,
    ) -> Option<Self> {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Option<Self> {
        let mut reader = Reader {
            cursor: Cursor::new(value),
            options,
            sink,
            single: true,
        };
        let first = reader.next();
        if first.is_none() {
            reader.sink.report(DefectKind::MessageIdSyntax, 0);
        }
        first
    }

    /// An identifier for a Content-ID: anything that stands between angle brackets, also without a
    /// domain, which many `cid:` URLs lack.
    pub(crate) fn content_id(id: Cow<'a, str>) -> Result<Self, EncodeError> {
        let sound = |b: u8| b.is_ascii_graphic() && !b"<>()\"\\,;".contains(&b);
        if id.is_empty() || !id.bytes().all(sound) {
            return Err(EncodeError::Syntax);
        }
        Ok(Self(id))
    }

    /// The identifier without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is to the left of the last `@`; all of it if there is none.
    pub fn left(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(left, _)| left)
    }

    /// What is to the right of the last `@`.
    pub fn right(&self) -> Option<&str> {
        self.0.rsplit_once('@').map(|(_, right)| right)
    }

    /// The same identifier on its own.
    pub fn into_owned(self) -> MessageId<'static> {
        MessageId(Cow::Owned(self.0.into_owned()))
    }

    /// Writes the identifier as the value of `field`, or as one more of a list.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        field.append(|out| {
            out.push(b'<');
            out.extend_from_slice(self.0.as_bytes());
            out.push(b'>');
        })
    }
}

/// Refuses what are no two sides of an identifier.
fn check(unique: &str, domain: &str) -> Result<(), EncodeError> {
    let literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let domain_fits = match literal {
        Some(text) => text.bytes().all(|b| is(b, DTEXT)),
        None => grammar::is_dot_atom(domain),
    };
    if grammar::is_dot_atom(unique) && domain_fits {
        Ok(())
    } else {
        Err(EncodeError::Syntax)
    }
}

impl<'a> TryFrom<&'a str> for MessageId<'a> {
    type Error = EncodeError;

    /// Reads one identifier, with or without angle brackets: `1@x.example`.
    fn try_from(text: &'a str) -> Result<Self, EncodeError> {
        let bare = text
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(text);
        let at = bare.bytes().rposition(|octet| octet == b'@');
        let sides = at.and_then(|at| Some((bare.get(..at)?, bare.get(at + 1..)?)));
        let (unique, domain) = sides.ok_or(EncodeError::Syntax)?;
        check(unique, domain)?;
        Ok(Self(Cow::Borrowed(bare)))
    }
}

/// An identifier as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Text<'a>(Cow<'a, str>);

#[cfg(feature = "serde")]
impl<'a> TryFrom<Text<'a>> for MessageId<'a> {
    type Error = EncodeError;

    /// Takes what reading a field can give, and nothing else.
    fn try_from(Text(text): Text<'a>) -> Result<Self, EncodeError> {
        let written = alloc::format!("<{text}>");
        match MessageId::parse(written.as_bytes()) {
            Some(id) if id.0 == text => Ok(Self(text)),
            _ => Err(EncodeError::Syntax),
        }
    }
}

impl TryFrom<String> for MessageId<'_> {
    type Error = EncodeError;

    /// As for `&str`.
    fn try_from(text: String) -> Result<Self, EncodeError> {
        MessageId::try_from(text.as_str()).map(MessageId::into_owned)
    }
}

impl fmt::Display for MessageId<'_> {
    /// Writes the identifier in angle brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

impl FromStr for MessageId<'static> {
    type Err = EncodeError;

    /// Reads one identifier of two sides, with or without angle brackets.
    fn from_str(text: &str) -> Result<Self, EncodeError> {
        MessageId::try_from(text).map(MessageId::into_owned)
    }
}

/// The identifiers of In-Reply-To or References, in the order of the text.
///
/// Reading never fails. Phrases between the identifiers (RFC 5322 section 4.5.4) are skipped.
///
/// ```
/// let list = mime_codec::MessageIdList::parse(b" Your message of Monday <a@x.example> <b@x.example>");
/// assert_eq!(list.ids().len(), 2);
/// assert_eq!(list.to_string(), "<a@x.example> <b@x.example>");
/// assert_eq!(list.to_string().parse(), Ok(list));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct MessageIdList<'a>(Vec<MessageId<'a>>);

impl<'a> MessageIdList<'a> {
    /// A list of identifiers.
    pub fn new(ids: Vec<MessageId<'a>>) -> Self {
        Self(ids)
    }

    /// Reads the value of a field.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        Self(
            Reader {
                cursor: Cursor::new(value),
                options,
                sink,
                single: false,
            }
            .collect(),
        )
    }

    /// The identifiers.
    pub fn ids(&self) -> &[MessageId<'a>] {
        &self.0
    }

    /// The identifiers.
    pub fn into_ids(self) -> Vec<MessageId<'a>> {
        self.0
    }

    /// The same list on its own.
    pub fn into_owned(self) -> MessageIdList<'static> {
        MessageIdList(self.0.into_iter().map(MessageId::into_owned).collect())
    }

    /// Writes the list as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        self.0.iter().try_for_each(|id| id.write(field))
    }
}

impl fmt::Display for MessageIdList<'_> {
    /// Writes the identifiers in angle brackets, with spaces between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, " ", &self.0)
    }
}

impl FromStr for MessageIdList<'static> {
    type Err = ParseError;

    /// Reads a list without defects.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        strictly(|defects| {
            MessageIdList::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects).into_owned()
        })
    }
}

impl<'a> From<MessageId<'a>> for MessageIdList<'a> {
    fn from(id: MessageId<'a>) -> Self {
        Self(alloc::vec![id])
    }
}

impl<'a> From<Vec<MessageId<'a>>> for MessageIdList<'a> {
    fn from(ids: Vec<MessageId<'a>>) -> Self {
        Self(ids)
    }
}

struct Reader<'a, 'r, 's> {
    cursor: Cursor<'a>,
    options: &'r Options,
    sink: &'r mut Sink<'s>,
    /// The value should be one identifier: words without brackets are one, too.
    single: bool,
}

impl<'a> Iterator for Reader<'a, '_, '_> {
    type Item = MessageId<'a>;

    fn next(&mut self) -> Option<MessageId<'a>> {
        loop {
            self.cursor.skip_cfws(self.options, self.sink);
            let at = self.cursor.pos();
            match self.cursor.peek()? {
                b'<' => {
                    self.cursor.bump();
                    if let Some(id) = self.bracketed() {
                        return Some(id);
                    }
                    self.sink.report(DefectKind::MessageIdSyntax, at);
                }
                b'"' => {
                    if self.cursor.quoted_string().is_none() {
                        self.cursor.bump();
                    }
                }
                _ => {
                    let start = self.cursor.pos();
                    while let Some(byte) = self.cursor.peek()
                        && !is(byte, WSP)
                        && !matches!(byte, b'<' | b'>' | b'(' | b'"' | b',' | b';')
                    {
                        self.cursor.bump();
                    }
                    let end = self.cursor.pos();
                    if end == start {
                        self.cursor.bump();
                        continue;
                    }
                    let id = self.cursor.text(start, end, self.options);
                    if (self.single || id.contains('@')) && !id.is_empty() && !id.contains('\0') {
                        self.sink.report(DefectKind::MessageIdSyntax, at);
                        return Some(MessageId(id));
                    }
                }
            }
        }
    }
}

impl<'a> Reader<'a, '_, '_> {
    /// An identifier behind its opening bracket.
    #[inline]
    fn bracketed(&mut self) -> Option<MessageId<'a>> {
        let start = self.cursor.pos();
        self.cursor.skip(ATEXT | WORD);
        if self.cursor.pos() > start && self.cursor.eat(b'@') {
            let right = self.cursor.pos();
            self.cursor.skip(ATEXT | WORD);
            let end = self.cursor.pos();
            if end > right && self.cursor.eat(b'>') {
                return Some(MessageId(self.cursor.text(start, end, self.options)));
            }
        }
        self.cursor.set_pos(start);
        self.odd()
    }

    /// An identifier with quoted strings, white space, comments or characters that do not belong.
    #[cold]
    fn odd(&mut self) -> Option<MessageId<'a>> {
        let open = self.cursor.pos();
        let mut id = String::new();
        let mut from = open;
        loop {
            let at = self.cursor.pos();
            let stop = match self.cursor.peek() {
                Some(b'"') if self.cursor.quoted_string().is_some() => continue,
                Some(b'(') => {
                    id.push_str(&self.cursor.text(from, at, self.options));
                    self.cursor.comment(self.options, self.sink);
                    from = self.cursor.pos();
                    continue;
                }
                Some(byte) if is(byte, WSP) => {
                    id.push_str(&self.cursor.text(from, at, self.options));
                    self.cursor.skip(WSP);
                    from = self.cursor.pos();
                    continue;
                }
                // At `<` the closing bracket was forgotten.
                Some(b'>' | b'<') | None => true,
                Some(_) => false,
            };
            if !stop {
                self.cursor.bump();
                continue;
            }
            id.push_str(&self.cursor.text(from, at, self.options));
            if !self.cursor.eat(b'>') {
                self.sink.report(DefectKind::MessageIdSyntax, at);
            }
            let sound = !id.is_empty() && !id.contains(['\0', '\r', '\n']);
            if !id.contains('@') || !sound {
                self.sink.report(DefectKind::MessageIdSyntax, open);
            }
            return sound.then_some(MessageId(Cow::Owned(id)));
        }
    }
}
