//! Address lists: mailboxes and groups (RFC 5322 sections 3.4 and 4.4, RFC 6854, RFC 6532).

mod convert;
mod fast;
#[cfg(feature = "idna")]
mod labels;
mod parse;
#[cfg(feature = "serde")]
mod repr;
mod spec;

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::defect_sink::{Sink, strictly};
use crate::header::encoded_word::{self, Place, looks_encoded};
use crate::header::fold::{self, FieldWriter};
use crate::header::unstructured::LONG;
use crate::header::{grammar, phrase};
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options, ParseError, ParseErrorKind};
use parse::{Event, Parser};
pub use spec::{AddrSpec, AddrSpecError};

/// Why a display name should not be shown as it is (see [`Mailbox::name_warning`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameWarning {
    /// It holds `@`, `<` or `>`, so that a reader may take it for the address.
    LooksLikeAddress,
    /// It holds control characters.
    Control,
    /// It holds marks that change the direction of the text around it.
    Bidirectional,
}

/// One mailbox: an address, and the name of its owner.
///
/// ```
/// use mime_codec::{AddrSpec, Mailbox};
///
/// let mailbox = Mailbox::new(AddrSpec::new("mary", "example.net")?).with_name("Mary Smith")?;
/// assert_eq!(mailbox.to_string(), "Mary Smith <mary@example.net>");
/// # Ok::<(), mime_codec::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Mailbox<'a>"))]
pub struct Mailbox<'a> {
    name: Option<Cow<'a, str>>,
    addr: AddrSpec<'a>,
    comment: Option<Cow<'a, str>>,
    route: Option<Cow<'a, str>>,
}

impl<'a> Mailbox<'a> {
    /// A mailbox without a name.
    pub fn new(addr: AddrSpec<'a>) -> Self {
        Self {
            name: None,
            addr,
            comment: None,
            route: None,
        }
    }

    /// Sets the display name; an empty one is none.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if it holds CR, LF or NUL.
    pub fn with_name(mut self, name: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        self.name = checked(name.into())?;
        Ok(self)
    }

    /// Sets the comment; white space at its ends is dropped, an empty one is none.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if it holds CR, LF or NUL.
    pub fn with_comment(mut self, comment: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        self.comment = checked(trimmed(comment.into()))?;
        Ok(self)
    }

    /// The display name, decoded.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address.
    pub fn addr(&self) -> &AddrSpec<'a> {
        &self.addr
    }

    /// The text of the comments, decoded, joined by spaces.
    ///
    /// Old programs put the owner's name there: `jdoe@example.com (John Doe)`.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The source route that stood in front of the address, such as `@a.example,@b.example`.
    ///
    /// It means nothing any more and is never written (RFC 5322 section 4.4).
    pub fn route(&self) -> Option<&str> {
        self.route.as_deref()
    }

    /// Whether the display name tries to look like something else.
    pub fn name_warning(&self) -> Option<NameWarning> {
        let name = self.name()?;
        // Also in the forms of other widths.
        const MARKS: [char; 9] = [
            '@', '<', '>', '\u{ff20}', '\u{ff1c}', '\u{ff1e}', '\u{fe6b}', '\u{fe64}', '\u{fe65}',
        ];
        if name.contains(MARKS) {
            return Some(NameWarning::LooksLikeAddress);
        }
        name.chars().find_map(|c| match c {
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => Some(NameWarning::Bidirectional),
            c if c.is_control() => Some(NameWarning::Control),
            _ => None,
        })
    }

    /// The same mailbox on its own.
    pub fn into_owned(self) -> Mailbox<'static> {
        let own = |text: Option<Cow<'a, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Mailbox {
            name: own(self.name),
            addr: self.addr.into_owned(),
            comment: own(self.comment),
            route: own(self.route),
        }
    }

    /// Writes the mailbox as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`]; [`EncodeError::NonAscii`] if the address is international and
    /// the writer may not write UTF-8.
    pub fn write_value(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        self.write(field)
    }

    fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        if let Some(name) = self.name() {
            phrase::write(name, field)?;
            field.space();
        }
        match self.addr.domain() {
            Some(domain) if grammar::is_dot_atom(self.addr.local()) => {
                let bare = self.name.is_none();
                field.append(|out| {
                    if !bare {
                        out.push(b'<');
                    }
                    out.extend_from_slice(self.addr.local().as_bytes());
                    out.push(b'@');
                    out.extend_from_slice(domain.as_bytes());
                    if !bare {
                        out.push(b'>');
                    }
                })?;
            }
            _ => {
                let addr = self.addr.to_string();
                if self.name.is_none() && self.is_bare(&addr) {
                    field.write(&addr)?;
                } else {
                    field.write_all(&["<", &addr, ">"])?;
                }
            }
        }
        write_comment(self.comment(), field)
    }

    /// Whether the address, as it is written, can stand without angle brackets: one without a domain
    /// is recognised alone only if it is a word.
    fn is_bare(&self, addr: &str) -> bool {
        self.addr.domain().is_some() || !(addr.starts_with('"') || looks_encoded(addr))
    }
}

impl fmt::Display for Mailbox<'_> {
    /// Writes `name <address>`, the name quoted if need be and in UTF-8, without the comment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = self.name() else {
            let addr = self.addr.to_string();
            return if self.is_bare(&addr) {
                f.write_str(&addr)
            } else {
                write!(f, "<{addr}>")
            };
        };
        write!(f, "{} <{}>", phrase::text(name), self.addr)
    }
}

impl FromStr for Mailbox<'static> {
    type Err = ParseError;

    /// Reads one mailbox without defects; anything else has
    /// [`InvalidAddress`](DefectKind::InvalidAddress).
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut addresses = text.parse::<AddressList<'_>>()?.addresses.into_iter();
        if let (Some(Address::Mailbox(mailbox)), None) = (addresses.next(), addresses.next()) {
            return Ok(mailbox);
        }
        let none = ParseErrorKind::Defect(DefectKind::InvalidAddress);
        Err(ParseError::new(0, none))
    }
}

/// A named group of mailboxes, which may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Group<'a>"))]
pub struct Group<'a> {
    name: Cow<'a, str>,
    comment: Option<Cow<'a, str>>,
    mailboxes: Vec<Mailbox<'a>>,
}

impl<'a> Group<'a> {
    /// A group of `mailboxes` with a display name.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the name is empty, [`EncodeError::LineBreak`] if it holds CR, LF
    /// or NUL.
    pub fn new(
        name: impl Into<Cow<'a, str>>,
        mailboxes: Vec<Mailbox<'a>>,
    ) -> Result<Self, EncodeError> {
        let name = checked(name.into())?.ok_or(EncodeError::Syntax)?;
        Ok(Self {
            name,
            comment: None,
            mailboxes,
        })
    }

    /// The display name, decoded. Empty only if the name that was read decodes to nothing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of the comments around the name.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The members in the order of the list.
    pub fn mailboxes(&self) -> &[Mailbox<'a>] {
        &self.mailboxes
    }

    /// The same group on its own.
    pub fn into_owned(self) -> Group<'static> {
        Group {
            name: Cow::Owned(self.name.into_owned()),
            comment: self.comment.map(|comment| Cow::Owned(comment.into_owned())),
            mailboxes: self
                .mailboxes
                .into_iter()
                .map(Mailbox::into_owned)
                .collect(),
        }
    }

    fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        if self.name.is_empty() {
            field.write("\"\"")?;
        } else {
            phrase::write(&self.name, field)?;
        }
        write_comment(self.comment(), field)?;
        field.write(":")?;
        for (i, mailbox) in self.mailboxes.iter().enumerate() {
            if i > 0 {
                field.write(",")?;
            }
            field.space();
            mailbox.write(field)?;
        }
        field.write(";")
    }
}

impl fmt::Display for Group<'_> {
    /// Writes `name: mailboxes;`, each mailbox as its own `Display` does, without the comment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", phrase::text(&self.name))?;
        grammar::separated(f, ", ", &self.mailboxes)?;
        f.write_str(";")
    }
}

/// One entry of an address list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Address<'a> {
    /// A mailbox.
    Mailbox(Mailbox<'a>),
    /// A group of mailboxes.
    Group(Group<'a>),
    /// An entry that is no address, as text for display. It is never written.
    Invalid(Cow<'a, str>),
}

impl Address<'_> {
    /// The same entry on its own.
    pub fn into_owned(self) -> Address<'static> {
        match self {
            Address::Mailbox(mailbox) => Address::Mailbox(mailbox.into_owned()),
            Address::Group(group) => Address::Group(group.into_owned()),
            Address::Invalid(text) => Address::Invalid(Cow::Owned(text.into_owned())),
        }
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Mailbox(mailbox) => mailbox.fmt(f),
            Address::Group(group) => group.fmt(f),
            Address::Invalid(text) => f.write_str(text),
        }
    }
}

/// The value of From, Sender, Reply-To, To, Cc, Bcc and their Resent forms.
///
/// Reading never fails: an entry that is no address becomes [`Address::Invalid`] and a defect,
/// and the entries around it stay what they are. Within a group it is a defect and no more.
///
/// ```
/// use mime_codec::AddressList;
///
/// let list = AddressList::parse(b"Friends: jane@example.com, =?utf-8?q?J=C3=B8rn?= <j@example.org>;, postmaster");
/// let names: Vec<_> = list.mailboxes().map(|mailbox| mailbox.to_string()).collect();
/// assert_eq!(names, ["jane@example.com", "J\u{f8}rn <j@example.org>", "postmaster"]);
///
/// let list = AddressList::parse(b"\"Doe, J.\" <j@x.example>, Friends: jane@example.com;");
/// assert_eq!(list.to_string().parse(), Ok(list));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct AddressList<'a> {
    addresses: Vec<Address<'a>>,
}

impl<'a> AddressList<'a> {
    /// A list of `addresses`.
    pub fn new(addresses: Vec<Address<'a>>) -> Self {
        Self { addresses }
    }

    /// Reads the value of a field.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(Parser::new(value, &DEFAULT_OPTIONS, Sink::none()))
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(Parser::new(value, options, Sink::to(defects)))
    }

    fn read(mut parser: Parser<'a, '_, '_>) -> Self {
        let mut addresses = Vec::new();
        let mut group: Option<Group<'a>> = None;
        while let Some(event) = parser.next() {
            match (event, &mut group) {
                (Event::Mailbox(mailbox), None) => addresses.push(Address::Mailbox(mailbox)),
                (Event::Mailbox(mailbox), Some(group)) => group.mailboxes.push(mailbox),
                (Event::GroupStart { name, comment }, _) => {
                    group = Some(Group {
                        name,
                        comment,
                        mailboxes: Vec::new(),
                    });
                }
                (Event::GroupEnd, _) => addresses.extend(group.take().map(Address::Group)),
                (Event::Invalid(text), None) => addresses.push(Address::Invalid(text)),
                (Event::Invalid(_), Some(_)) => {}
            }
        }
        Self { addresses }
    }

    /// Adds the entries of another list behind those of this one.
    #[inline]
    pub fn append(&mut self, other: Self) {
        if self.addresses.is_empty() {
            *self = other;
        } else {
            self.addresses.extend(other.addresses);
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }

    /// The entries in the order of the text.
    pub fn addresses(&self) -> &[Address<'a>] {
        &self.addresses
    }

    /// All mailboxes, also those in groups, in the order of the text.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Mailbox<'a>> {
        self.addresses.iter().flat_map(|address| match address {
            Address::Mailbox(mailbox) => core::slice::from_ref(mailbox),
            Address::Group(group) => group.mailboxes(),
            Address::Invalid(_) => &[],
        })
    }

    /// The same list on its own.
    pub fn into_owned(self) -> AddressList<'static> {
        AddressList {
            addresses: self
                .addresses
                .into_iter()
                .map(Address::into_owned)
                .collect(),
        }
    }

    /// Writes the list as the value of `field`; entries that are no addresses are left out.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`]; [`EncodeError::NonAscii`] if an address is international
    /// and the writer may not write UTF-8.
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        let mut first = true;
        for address in &self.addresses {
            if matches!(address, Address::Invalid(_)) {
                continue;
            }
            if !first {
                field.write(",")?;
            }
            first = false;
            field.space();
            match address {
                Address::Mailbox(mailbox) => mailbox.write(field)?,
                Address::Group(group) => group.write(field)?,
                Address::Invalid(_) => {}
            }
        }
        Ok(())
    }
}

impl fmt::Display for AddressList<'_> {
    /// Writes the entries with commas between them, names in UTF-8 and without comments; entries that
    /// are no addresses are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sound = |address: &&Address<'_>| !matches!(address, Address::Invalid(_));
        grammar::separated(f, ", ", self.addresses.iter().filter(sound))
    }
}

impl FromStr for AddressList<'static> {
    type Err = ParseError;

    /// Reads a list without defects.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        strictly(|defects| {
            AddressList::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects).into_owned()
        })
    }
}

impl<'a> FromIterator<Mailbox<'a>> for AddressList<'a> {
    fn from_iter<I: IntoIterator<Item = Mailbox<'a>>>(mailboxes: I) -> Self {
        Self {
            addresses: mailboxes.into_iter().map(Address::Mailbox).collect(),
        }
    }
}

/// The mailboxes of an address list, read one by one without building a list.
///
/// ```
/// let mut mailboxes = mime_codec::Mailboxes::new(b"Mary <mary@x.test>, g: jdoe@example.org;");
/// assert_eq!(mailboxes.next().unwrap().name(), Some("Mary"));
/// assert_eq!(mailboxes.next().unwrap().addr().local(), "jdoe");
/// assert!(mailboxes.next().is_none());
/// ```
#[derive(Debug)]
pub struct Mailboxes<'a> {
    parser: Parser<'a, 'static, 'static>,
}

impl<'a> Mailboxes<'a> {
    /// Starts to read the value of a field.
    pub fn new(value: &'a [u8]) -> Self {
        Self {
            parser: Parser::new(value, &DEFAULT_OPTIONS, Sink::none()),
        }
    }
}

impl<'a> Iterator for Mailboxes<'a> {
    type Item = Mailbox<'a>;

    fn next(&mut self) -> Option<Mailbox<'a>> {
        loop {
            if let Event::Mailbox(mailbox) = self.parser.next()? {
                return Some(mailbox);
            }
        }
    }
}

/// The text without white space at its ends.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    const BLANK: [char; 2] = [' ', '\t'];
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(BLANK)),
        Cow::Owned(text) if text.starts_with(BLANK) || text.ends_with(BLANK) => {
            Cow::Owned(text.trim_matches(BLANK).to_string())
        }
        owned @ Cow::Owned(_) => owned,
    }
}

fn checked(text: Cow<'_, str>) -> Result<Option<Cow<'_, str>>, EncodeError> {
    fold::check_value(&text)?;
    Ok((!text.is_empty()).then_some(text))
}

fn write_comment(comment: Option<&str>, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
    let Some(comment) = comment else {
        return Ok(());
    };
    field.space();
    field.write("(")?;
    let printable = comment.chars().all(|c| c == '\t' || !c.is_control());
    let plain = printable
        && !looks_encoded(comment)
        && (comment.is_ascii() || field.utf8())
        && comment.split(' ').all(|word| word.len() < LONG);
    if plain && (comment.len() < 60 || !(comment.contains("  ") || comment.contains('\t'))) {
        let mut escaped = alloc::string::String::with_capacity(comment.len());
        for c in comment.chars() {
            if matches!(c, '(' | ')' | '\\') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        if comment.contains("  ") || comment.contains('\t') {
            field.write(&escaped)?;
        } else {
            field.write_folding(&escaped)?;
        }
    } else {
        encoded_word::write_words(comment, Place::Comment, field)?;
    }
    field.write(")")
}

#[cfg(test)]
mod tests;
