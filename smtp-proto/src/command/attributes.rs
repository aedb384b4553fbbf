//! The attributes of XCLIENT and XFORWARD, as the Postfix documentation defines
//! them.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::cursor::{TEXT, all};
use crate::error::{ParseError, ParseErrorKind};
use crate::text::{checked_text, on_text};
use crate::xtext;

checked_text! {
    /// `NAME=value` pairs joined by spaces.
    ///
    /// ```
    /// use smtp_proto::{AttributeName, AttributeValue, Attributes};
    /// let attributes = Attributes::new("NAME=spike.example ADDR=192.0.2.7 LOGIN=[UNAVAILABLE]")?;
    /// let address = attributes.get(AttributeName::Addr);
    /// assert_eq!(address, Some(AttributeValue::Known("192.0.2.7".into())));
    /// assert_eq!(attributes.get(AttributeName::Login), Some(AttributeValue::Unavailable));
    /// # Ok::<(), smtp_proto::ParseError>(())
    /// ```
    Attributes, |octets| on_text(octets, check)
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute<'a> {
    /// What it tells.
    pub name: AttributeName,
    /// The value, decoded.
    pub value: AttributeValue<'a>,
}

/// What an attribute tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeName {
    /// `NAME`: the client's host name.
    Name,
    /// `ADDR`: the client's IP address; IPv6 with the prefix `IPV6:`.
    Addr,
    /// `PORT`: the client's port.
    Port,
    /// `PROTO`: SMTP or ESMTP.
    Proto,
    /// `HELO`: how the client named itself.
    Helo,
    /// `LOGIN`: the client's SASL user name.
    Login,
    /// `DESTADDR`: the server's IP address.
    DestAddr,
    /// `DESTPORT`: the server's port.
    DestPort,
    /// `IDENT`: the message's identifier on the sending host.
    Ident,
    /// `SOURCE`: LOCAL or REMOTE.
    Source,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AttributeValue<'a> {
    /// `[UNAVAILABLE]`: there is none.
    Unavailable,
    /// `[TEMPUNAVAIL]`: it could not be found out now.
    TemporarilyUnavailable,
    /// The value, xtext decoded; no control characters.
    Known(Cow<'a, str>),
}

impl AttributeName {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Name, "NAME"),
        (Self::Addr, "ADDR"),
        (Self::Port, "PORT"),
        (Self::Proto, "PROTO"),
        (Self::Helo, "HELO"),
        (Self::Login, "LOGIN"),
        (Self::DestAddr, "DESTADDR"),
        (Self::DestPort, "DESTPORT"),
        (Self::Ident, "IDENT"),
        (Self::Source, "SOURCE"),
    ];

    fn from_keyword(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find_map(|(name, keyword)| keyword.eq_ignore_ascii_case(text).then_some(name))
    }
}

impl Attributes<'_> {
    /// The attributes in the order of the line.
    pub fn iter(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.as_str().split_ascii_whitespace().filter_map(attribute)
    }

    /// The first attribute of that name.
    pub fn get(&self, name: AttributeName) -> Option<AttributeValue<'_>> {
        self.iter()
            .find_map(|attribute| (attribute.name == name).then_some(attribute.value))
    }
}

fn check(text: &str) -> Result<(), ParseError> {
    let valid = !text.is_empty() && text.split(' ').all(|pair| attribute(pair).is_some());
    valid
        .then_some(())
        .ok_or(ParseError::new(0, ParseErrorKind::InvalidArgument))
}

fn attribute(pair: &str) -> Option<Attribute<'_>> {
    let (name, value) = pair.split_once('=')?;
    let value = if value.eq_ignore_ascii_case("[UNAVAILABLE]") {
        AttributeValue::Unavailable
    } else if value.eq_ignore_ascii_case("[TEMPUNAVAIL]") {
        AttributeValue::TemporarilyUnavailable
    } else {
        xtext::check(value.as_bytes()).ok()?;
        let text = match xtext::decode(value.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(value),
            Cow::Owned(octets) => Cow::Owned(String::from_utf8(octets).ok()?),
        };
        if !all(text.as_bytes(), TEXT) {
            return None;
        }
        AttributeValue::Known(text)
    };
    Some(Attribute {
        name: AttributeName::from_keyword(name)?,
        value,
    })
}
