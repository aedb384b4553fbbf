//! Authentication-Results: what a server found out about a message (RFC 8601 section 2.2).

#[cfg(feature = "serde")]
mod repr;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::header::defect_sink::Sink;
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, Cursor, WSP, is};
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options};

/// One property that a method looked at, such as `smtp.mailfrom=example.net`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::PropertyParts<'a>"))]
pub struct AuthProperty<'a> {
    ptype: Cow<'a, str>,
    property: Cow<'a, str>,
    value: Cow<'a, str>,
}

impl<'a> AuthProperty<'a> {
    /// A property.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if type or property are no keywords,
    /// [`EncodeError::LineBreak`] if the value holds CR, LF or NUL.
    pub fn new(
        ptype: impl Into<Cow<'a, str>>,
        property: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let value = value.into();
        crate::header::fold::check_value(&value)?;
        Ok(Self {
            ptype: keyword(ptype.into())?,
            property: keyword(property.into())?,
            value,
        })
    }

    /// Where the property comes from: `smtp`, `header`, `body`, `policy`.
    pub fn ptype(&self) -> &str {
        &self.ptype
    }

    /// Which property it is, for example `mailfrom` or `d`.
    pub fn property(&self) -> &str {
        &self.property
    }

    /// Its value, without quotes.
    pub fn value(&self) -> &str {
        &self.value
    }

    fn into_owned(self) -> AuthProperty<'static> {
        AuthProperty {
            ptype: Cow::Owned(self.ptype.into_owned()),
            property: Cow::Owned(self.property.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
        }
    }
}

/// The result of one method, such as `dkim=pass header.d=example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Outcome<'a>"))]
pub struct AuthResult<'a> {
    method: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    result: Cow<'a, str>,
    reason: Option<Cow<'a, str>>,
    properties: Vec<AuthProperty<'a>>,
}

impl<'a> AuthResult<'a> {
    /// A result without reason and properties.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if method or result are no keywords.
    pub fn new(
        method: impl Into<Cow<'a, str>>,
        result: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        Ok(Self {
            method: keyword(method.into())?,
            version: None,
            result: keyword(result.into())?,
            reason: None,
            properties: Vec::new(),
        })
    }

    /// Sets the reason.
    ///
    /// # Errors
    ///
    /// [`EncodeError::LineBreak`] if it holds CR, LF or NUL.
    pub fn with_reason(mut self, reason: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        let reason = reason.into();
        crate::header::fold::check_value(&reason)?;
        self.reason = Some(reason);
        Ok(self)
    }

    /// Adds a property.
    #[must_use]
    pub fn with_property(mut self, property: AuthProperty<'a>) -> Self {
        self.properties.push(property);
        self
    }

    /// The method: `dkim`, `spf`, `dmarc`, `arc`, `auth`, `iprev`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The version of the method, if one is given; it means 1 if none is.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The result: `pass`, `fail`, `none` and so on (RFC 8601 section 2.7).
    pub fn result(&self) -> &str {
        &self.result
    }

    /// Why it came to that result, without quotes.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The properties that were looked at.
    pub fn properties(&self) -> &[AuthProperty<'a>] {
        &self.properties
    }

    /// The value of a property, for example `("header", "d")`.
    pub fn property(&self, ptype: &str, property: &str) -> Option<&str> {
        let fits = |p: &&AuthProperty<'_>| {
            p.ptype.eq_ignore_ascii_case(ptype) && p.property.eq_ignore_ascii_case(property)
        };
        self.properties.iter().find(fits).map(AuthProperty::value)
    }

    fn into_owned(self) -> AuthResult<'static> {
        AuthResult {
            method: Cow::Owned(self.method.into_owned()),
            version: self.version.map(|text| Cow::Owned(text.into_owned())),
            result: Cow::Owned(self.result.into_owned()),
            reason: self.reason.map(|text| Cow::Owned(text.into_owned())),
            properties: self
                .properties
                .into_iter()
                .map(AuthProperty::into_owned)
                .collect(),
        }
    }
}

/// The value of Authentication-Results, and of ARC-Authentication-Results without its `i=`.
///
/// Believe only fields whose [`authserv_id`](Self::authserv_id) is one's own server, which must
/// have removed forged ones (RFC 8601 section 5).
///
/// ```
/// let results = mime_codec::AuthResults::parse(
///     b"mx.example.com; spf=pass smtp.mailfrom=example.net; dkim=fail (bad) reason=\"no key\" header.d=example.net",
/// );
/// assert_eq!(results.authserv_id(), "mx.example.com");
/// let dkim = results.method("dkim").next().unwrap();
/// assert_eq!((dkim.result(), dkim.reason(), dkim.property("header", "d")), ("fail", Some("no key"), Some("example.net")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Outcomes<'a>"))]
pub struct AuthResults<'a> {
    authserv_id: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    results: Vec<AuthResult<'a>>,
}

impl<'a> AuthResults<'a> {
    /// Results of the server `authserv_id`; none at all is written as `none`.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the server's name is empty, [`EncodeError::LineBreak`] if it
    /// holds CR, LF or NUL.
    pub fn new(
        authserv_id: impl Into<Cow<'a, str>>,
        results: Vec<AuthResult<'a>>,
    ) -> Result<Self, EncodeError> {
        let authserv_id = authserv_id.into();
        crate::header::fold::check_value(&authserv_id)?;
        if authserv_id.is_empty() {
            return Err(EncodeError::Syntax);
        }
        Ok(Self {
            authserv_id,
            version: None,
            results,
        })
    }

    /// Reads the value of a field. Never fails: what does not fit is left out.
    pub fn parse(value: &'a [u8]) -> Self {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Reads the value of a field and appends what is wrong with it to `defects`.
    ///
    /// Beyond [`Limits::parameters`](crate::Limits::parameters) results or properties of one
    /// result nothing is read.
    pub fn parse_with(value: &'a [u8], options: &Options, defects: &mut Vec<Defect>) -> Self {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Self {
        let mut reader = Reader {
            cursor: Cursor::new(value),
            options,
            sink,
        };
        reader.gap();
        let authserv_id = reader.value().unwrap_or_default();
        if authserv_id.is_empty() {
            reader.bad();
        }
        reader.gap();
        let version = match reader.cursor.peek() {
            Some(b'0'..=b'9') => reader.value(),
            _ => None,
        };
        let mut results = Vec::new();
        loop {
            reader.next_semicolon();
            if !reader.cursor.eat(b';') {
                break;
            }
            if results.len() >= options.limits.parameters {
                reader.bad();
                break;
            }
            reader.gap();
            match reader.cursor.peek() {
                // Something of nothing: a semicolon at the end.
                None | Some(b';') => reader.bad(),
                Some(_) => results.extend(reader.result()),
            }
        }
        Self {
            authserv_id,
            version,
            results,
        }
    }

    /// Who did the checks.
    pub fn authserv_id(&self) -> &str {
        &self.authserv_id
    }

    /// The version of the field's format, if one is given; it means 1 if none is.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The results in the order of the text; empty for `none`.
    pub fn results(&self) -> &[AuthResult<'a>] {
        &self.results
    }

    /// The results of one method.
    pub fn method(&self, method: &str) -> impl Iterator<Item = &AuthResult<'a>> {
        self.results
            .iter()
            .filter(move |result| result.method.eq_ignore_ascii_case(method))
    }

    /// The same results on their own.
    pub fn into_owned(self) -> AuthResults<'static> {
        AuthResults {
            authserv_id: Cow::Owned(self.authserv_id.into_owned()),
            version: self.version.map(|text| Cow::Owned(text.into_owned())),
            results: self
                .results
                .into_iter()
                .map(AuthResult::into_owned)
                .collect(),
        }
    }

    /// Writes the results as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        field.space();
        write_value(&self.authserv_id, field)?;
        if let Some(version) = self.version() {
            field.space();
            field.write(version)?;
        }
        if self.results.is_empty() {
            field.write("; none")?;
        }
        for result in &self.results {
            field.write(";")?;
            field.space();
            field.write(&result.method)?;
            if let Some(version) = result.version() {
                field.write("/")?;
                field.write(version)?;
            }
            field.write("=")?;
            field.write(&result.result)?;
            if let Some(reason) = result.reason() {
                field.space();
                field.write("reason=")?;
                write_value(reason, field)?;
            }
            for property in &result.properties {
                field.space();
                field.write(&alloc::format!("{}.{}=", property.ptype, property.property))?;
                write_value(&property.value, field)?;
            }
        }
        Ok(())
    }
}

struct Reader<'a, 'r, 's> {
    cursor: Cursor<'a>,
    options: &'r Options,
    sink: &'r mut Sink<'s>,
}

impl<'a> Reader<'a, '_, '_> {
    fn gap(&mut self) {
        self.cursor.skip_cfws(self.options, self.sink);
    }

    fn bad(&mut self) {
        self.sink.report(DefectKind::FieldSyntax, self.cursor.pos());
    }

    /// Moves to the next semicolon, past what does not belong there.
    fn next_semicolon(&mut self) {
        self.gap();
        if !matches!(self.cursor.peek(), None | Some(b';')) {
            self.bad();
        }
        loop {
            self.gap();
            match self.cursor.peek() {
                None | Some(b';') => return,
                Some(b'"') if self.cursor.quoted_string().is_some() => {}
                Some(_) => self.cursor.bump(),
            }
        }
    }

    /// One result behind its semicolon; `None` for `none` and for what is no result.
    fn result(&mut self) -> Option<AuthResult<'a>> {
        let method = self.keyword()?;
        self.gap();
        let mut version = None;
        if self.cursor.eat(b'/') {
            self.gap();
            version = self.keyword();
            self.gap();
        }
        if !self.cursor.eat(b'=') {
            if !method.eq_ignore_ascii_case("none") {
                self.bad();
            }
            return None;
        }
        self.gap();
        let Some(result) = self.keyword() else {
            self.bad();
            return None;
        };
        let mut this = AuthResult {
            method,
            version,
            result,
            reason: None,
            properties: Vec::new(),
        };
        while this.properties.len() < self.options.limits.parameters {
            self.gap();
            let at = self.cursor.pos();
            let Some(name) = self.keyword() else {
                break;
            };
            self.gap();
            if self.cursor.eat(b'=') {
                self.gap();
                if name.eq_ignore_ascii_case("reason") && this.reason.is_none() {
                    this.reason = self.value();
                } else {
                    self.sink.report(DefectKind::FieldSyntax, at);
                    self.value();
                }
                continue;
            }
            if !self.cursor.eat(b'.') {
                self.sink.report(DefectKind::FieldSyntax, at);
                continue;
            }
            self.gap();
            let property = self.keyword();
            self.gap();
            let (Some(property), true) = (property, self.cursor.eat(b'=')) else {
                self.sink.report(DefectKind::FieldSyntax, at);
                continue;
            };
            self.gap();
            let value = self.value().unwrap_or_default();
            this.properties.push(AuthProperty {
                ptype: name,
                property,
                value,
            });
        }
        Some(this)
    }

    /// A keyword: letters, digits, hyphens; underscores occur, too.
    fn keyword(&mut self) -> Option<Cow<'a, str>> {
        let start = self.cursor.pos();
        while let Some(byte) = self.cursor.peek()
            && is_keyword_octet(byte)
        {
            self.cursor.bump();
        }
        (self.cursor.pos() > start)
            .then(|| self.cursor.text(start, self.cursor.pos(), self.options))
    }

    /// A value: a quoted string, or all up to white space, a comment or a semicolon, which
    /// takes in addresses with a quoted local part.
    fn value(&mut self) -> Option<Cow<'a, str>> {
        let start = self.cursor.pos();
        if self.cursor.peek() == Some(b'"')
            && let Some(quoted) = self.cursor.quoted_string()
            && self.cursor.peek() != Some(b'@')
        {
            let content = self.cursor.slice(quoted.start, quoted.end);
            return Some(grammar::clean(content, true, self.options));
        }
        while let Some(byte) = self.cursor.peek()
            && !is(byte, WSP)
            && !matches!(byte, b';' | b'(' | 0)
        {
            self.cursor.bump();
        }
        (self.cursor.pos() > start).then(|| {
            grammar::clean(
                self.cursor.slice(start, self.cursor.pos()),
                false,
                self.options,
            )
        })
    }
}

fn is_keyword_octet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn keyword(text: Cow<'_, str>) -> Result<Cow<'_, str>, EncodeError> {
    if !text.is_empty() && text.bytes().all(is_keyword_octet) {
        Ok(text)
    } else {
        Err(EncodeError::Syntax)
    }
}

/// Writes a value, quoted unless it can be read without.
fn write_value(value: &str, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
    let plain = !value.is_empty()
        && value
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"();\"\\<>,".contains(&b));
    if plain {
        return field.write(value);
    }
    let quoted: String = grammar::quote(value);
    field.write(&quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(value: &[u8]) -> usize {
        let mut defects = Vec::new();
        AuthResults::parse_with(value, &Options::default(), &mut defects);
        defects.len()
    }

    fn round_trip(results: &AuthResults<'_>) {
        let mut out = Vec::new();
        let mut field =
            FieldWriter::new(&mut out, "Authentication-Results", false).expect("a name");
        results.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        let value = out
            .strip_prefix(b"Authentication-Results:")
            .expect("the name");
        assert_eq!(AuthResults::parse(value), *results);
        assert_eq!(kinds(value), 0);
    }

    #[test]
    fn rfc8601_appendix_b() {
        let cases: [(&[u8], usize); 5] = [
            (b" example.org 1; none", 0),
            (b" example.com;\r\n   spf=pass smtp.mailfrom=example.net", 1),
            (b" example.com;\r\n  auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n  spf=pass smtp.mailfrom=example.net", 2),
            (b" example.com;\r\n dkim=pass (good signature) header.d=example.com", 1),
            (
                b" foo.example.net (foobar) 1 (baz);\r\n    dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n      policy (A dot can go here) . (like that) expired\r\n      (this surprised me) = (as I wasn't expecting it) 1362471462",
                1,
            ),
        ];
        for (value, count) in cases {
            assert_eq!(kinds(value), 0);
            let results = AuthResults::parse(value);
            assert_eq!(results.results().len(), count);
            round_trip(&results);
        }
        let results = AuthResults::parse(cases[4].0);
        assert_eq!(
            (results.authserv_id(), results.version()),
            ("foo.example.net", Some("1"))
        );
        let dkim = &results.results()[0];
        assert_eq!(
            (
                dkim.version(),
                dkim.result(),
                dkim.property("policy", "expired")
            ),
            (Some("1"), "fail", Some("1362471462"))
        );
    }

    #[test]
    fn odd_values() {
        assert_eq!(
            AuthResults::parse(b"x; junk; spf=pass a b=c d.e=f")
                .method("spf")
                .count(),
            1
        );
        assert!(kinds(b"x; junk; spf=pass a b=c d.e=f") > 0);
        assert!(kinds(b"x;") > 0);
        assert!(kinds(b"") > 0);
        let results = AuthResults::parse(b"x; spf=pass smtp.mailfrom=\"a b\"@c.d");
        assert_eq!(results.results().len(), 1);
        assert!(AuthResult::new("a b", "pass").is_err());
        assert!(AuthProperty::new("smtp", "x", "a\r\nb").is_err());
        assert!(AuthResults::new("a\nb", Vec::new()).is_err());
        let property = AuthProperty::new("smtp", "from", "a;b \"c\"").expect("sound");
        let result = AuthResult::new("spf", "pass")
            .and_then(|r| r.with_reason("(x) y"))
            .expect("sound")
            .with_property(property);
        round_trip(&AuthResults::new("mx.example", alloc::vec![result]).expect("sound"));
    }
}
