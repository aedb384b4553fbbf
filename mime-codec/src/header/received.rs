//! Received: one hop of a message, as each server writes it (RFC 5321 section 4.4, RFC 5322 section 3.6.7).

mod hints;
#[cfg(feature = "serde")]
mod repr;

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::header::date;
use crate::header::defect_sink::Sink;
use crate::header::fold::FieldWriter;
use crate::header::grammar::{self, Cursor, WSP, is};
use crate::options::DEFAULT_OPTIONS;
use crate::{AddrSpec, DateTime, Defect, DefectKind, EncodeError, Options};
use hints::Hints;

/// What one server noted when it received the message.
///
/// No two programs write this field alike, so reading never fails: what is not there is `None`.
/// Only fields that a server of one's own has written can be trusted.
///
/// ```
/// let hop = mime_codec::Received::parse(
///     b"from a.example (mx.a.example [192.0.2.1]) by b.example with ESMTPS id 42\r\n \
///       for <x@b.example>; Tue, 1 Jul 2003 10:52:37 +0200",
/// );
/// assert_eq!((hop.from(), hop.by(), hop.protocol()), (Some("a.example"), Some("b.example"), Some("ESMTPS")));
/// assert_eq!(hop.client_ip(), Some("192.0.2.1".parse().unwrap()));
/// assert_eq!(hop.date().map(|date| date.hour()), Some(10));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Received<'a> {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    from: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    helo: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::domain"))]
    client_name: Option<Cow<'a, str>>,
    client_ip: Option<IpAddr>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    by: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    via: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    protocol: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    tls_version: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    tls_cipher: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::word"))]
    id: Option<Cow<'a, str>>,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "repr::recipient"))]
    recipient: Option<Cow<'a, str>>,
    date: Option<DateTime>,
}

/// The clauses of the field, in the order of [`CLAUSES`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    From,
    By,
    Via,
    With,
    Id,
    For,
}

const CLAUSES: [(&[u8], Clause); 6] = [
    (b"from", Clause::From),
    (b"by", Clause::By),
    (b"via", Clause::Via),
    (b"with", Clause::With),
    (b"id", Clause::Id),
    (b"for", Clause::For),
];

impl<'a> Received<'a> {
    /// A hop that the server `by` ends at `date`.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if `by` is not one word of visible characters.
    pub fn new(by: impl Into<Cow<'a, str>>, date: DateTime) -> Result<Self, EncodeError> {
        Ok(Self {
            by: Some(word(by.into())?),
            date: Some(date),
            ..Self::default()
        })
    }

    /// Sets what the client said of itself (its EHLO argument), the name its address resolves to,
    /// and its address.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if a name is not one word of visible characters.
    pub fn with_client(
        mut self,
        helo: impl Into<Cow<'a, str>>,
        name: Option<Cow<'a, str>>,
        ip: IpAddr,
    ) -> Result<Self, EncodeError> {
        self.from = Some(word(helo.into())?);
        self.client_name = name.map(domain).transpose()?;
        self.client_ip = Some(ip);
        Ok(self)
    }

    /// Sets the protocol, such as `ESMTPS` (RFC 3848).
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if it is not one word of visible characters.
    pub fn with_protocol(mut self, protocol: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        self.protocol = Some(word(protocol.into())?);
        Ok(self)
    }

    /// Sets the server's identifier of the message.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if it is not one word of visible characters.
    pub fn with_id(mut self, id: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        self.id = Some(word(id.into())?);
        Ok(self)
    }

    /// Sets the recipient. Do not when there are several: it would tell each of the others.
    #[must_use]
    pub fn with_recipient(mut self, addr: &AddrSpec<'_>) -> Self {
        self.recipient = Some(Cow::Owned(addr.to_string()));
        self
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
        let mut hints = Hints::default();
        let mut cursor = Cursor::new(value);
        let mut clause = None;
        let mut seen = 0_u8;
        // Whether the current clause still waits for its value.
        let mut waiting = false;
        loop {
            cursor.skip(WSP);
            let at = cursor.pos();
            match cursor.peek() {
                None => {
                    sink.report(DefectKind::FieldSyntax, at);
                    break;
                }
                Some(b';') => {
                    let rest = cursor.slice(at + 1, value.len());
                    this.date = date::parse_loose(rest, options, sink);
                    if this.date.is_none() {
                        sink.report(DefectKind::DateSyntax, at);
                    }
                    break;
                }
                Some(b'(') => {
                    let (start, end) = cursor.comment(options, sink);
                    let text = grammar::clean(cursor.slice(start, end), false, options);
                    // `from (mx.example [192.0.2.1]) by`: the client gave no name.
                    waiting &= clause != Some(Clause::From);
                    hints.comment(&text, clause == Some(Clause::From));
                    hints.borrow_from(&mut this, &text);
                }
                Some(_) => {
                    let token = next_word(&mut cursor);
                    let found = match token.len() {
                        2..=4 => CLAUSES
                            .iter()
                            .position(|(name, _)| token.eq_ignore_ascii_case(name)),
                        _ => None,
                    };
                    if let Some(index) = found
                        && seen & (1 << index) == 0
                        && !waiting
                    {
                        seen |= 1 << index;
                        clause = CLAUSES.get(index).map(|(_, clause)| *clause);
                        waiting = true;
                        continue;
                    }
                    if waiting && let Some(clause) = clause {
                        let text = grammar::clean(token, false, options);
                        if clause == Clause::With {
                            // `with ESMTP/TLS/DHE-RSA-AES256-GCM-SHA384`
                            hints.comment(&text, false);
                            hints.borrow_from(&mut this, &text);
                        }
                        this.set(clause, text);
                        waiting = false;
                    } else if clause == Some(Clause::From) && token.starts_with(b"[") {
                        let ip = address_literal(&cursor.text(at, cursor.pos(), options));
                        this.client_ip = this.client_ip.or(ip);
                    } else if clause == Some(Clause::With) {
                        // `with Microsoft SMTP Server`: the protocol is the word that is one.
                        let text = grammar::clean(token, false, options);
                        if text
                            .as_bytes()
                            .windows(3)
                            .any(|part| part.eq_ignore_ascii_case(b"mtp"))
                        {
                            this.protocol = Some(text);
                        }
                    } else if clause.is_none() {
                        sink.report(DefectKind::FieldSyntax, at);
                    }
                }
            }
        }
        if this.client_ip.is_none() {
            this.client_ip = this.from.as_deref().and_then(address_literal);
        }
        this
    }

    fn set(&mut self, clause: Clause, text: Cow<'a, str>) {
        let slot = match clause {
            Clause::From => &mut self.from,
            Clause::By => &mut self.by,
            Clause::Via => &mut self.via,
            Clause::With => &mut self.protocol,
            Clause::Id => &mut self.id,
            Clause::For => &mut self.recipient,
        };
        *slot = Some(match clause {
            Clause::Id | Clause::For => hints::part(text, |text| {
                text.strip_prefix('<')
                    .and_then(|text| text.strip_suffix('>'))
            }),
            _ => text,
        });
    }

    /// The client's name as it gave it itself, a domain or an address literal.
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// The EHLO or HELO argument, if the server notes it apart from [`from`](Self::from).
    pub fn helo(&self) -> Option<&str> {
        self.helo.as_deref()
    }

    /// The name that the server found for the client's address.
    pub fn client_name(&self) -> Option<&str> {
        self.client_name.as_deref()
    }

    /// The address of the client.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.client_ip
    }

    /// The server that wrote the field.
    pub fn by(&self) -> Option<&str> {
        self.by.as_deref()
    }

    /// The kind of link.
    pub fn via(&self) -> Option<&str> {
        self.via.as_deref()
    }

    /// The protocol (`with`), as written.
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The version of TLS, as written in a comment.
    pub fn tls_version(&self) -> Option<&str> {
        self.tls_version.as_deref()
    }

    /// The cipher suite, as written in a comment.
    pub fn tls_cipher(&self) -> Option<&str> {
        self.tls_cipher.as_deref()
    }

    /// The server's identifier of the message, without angle brackets.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The recipient (`for`), without angle brackets.
    pub fn recipient(&self) -> Option<&str> {
        self.recipient.as_deref()
    }

    /// When the message was received.
    pub fn date(&self) -> Option<DateTime> {
        self.date
    }

    /// The same hop on its own.
    pub fn into_owned(self) -> Received<'static> {
        let own = |text: Option<Cow<'a, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Received {
            from: own(self.from),
            helo: own(self.helo),
            client_name: own(self.client_name),
            client_ip: self.client_ip,
            by: own(self.by),
            via: own(self.via),
            protocol: own(self.protocol),
            tls_version: own(self.tls_version),
            tls_cipher: own(self.tls_cipher),
            id: own(self.id),
            recipient: own(self.recipient),
            date: self.date,
        }
    }

    /// Writes the hop as the value of `field`.
    ///
    /// # Errors
    ///
    /// Those of [`FieldWriter::write`].
    pub fn write(&self, field: &mut FieldWriter<'_>) -> Result<(), EncodeError> {
        let mut word = |text: &str| {
            field.space();
            field.write(text)
        };
        if let Some(from) = self.from() {
            word(&alloc::format!("from {from}"))?;
            let mut info = Vec::new();
            info.extend(self.helo().map(|helo| alloc::format!("helo={helo}")));
            info.extend(self.client_name().map(ToString::to_string));
            info.extend(self.client_ip.map(|ip| match ip {
                IpAddr::V4(ip) => alloc::format!("[{ip}]"),
                IpAddr::V6(ip) => alloc::format!("[IPv6:{ip}]"),
            }));
            if !info.is_empty() {
                word(&alloc::format!("({})", info.join(" ")))?;
            }
        }
        for (name, value) in [
            ("by", self.by()),
            ("via", self.via()),
            ("with", self.protocol()),
        ] {
            if let Some(value) = value {
                word(&alloc::format!("{name} {value}"))?;
            }
        }
        let mut tls = Vec::new();
        tls.extend(
            self.tls_version()
                .map(|version| alloc::format!("version={version}")),
        );
        tls.extend(
            self.tls_cipher()
                .map(|cipher| alloc::format!("cipher={cipher}")),
        );
        if !tls.is_empty() {
            word(&alloc::format!("({})", tls.join(" ")))?;
        }
        if let Some(id) = self.id() {
            word(&alloc::format!("id {id}"))?;
        }
        if let Some(recipient) = self.recipient() {
            word(&alloc::format!("for <{recipient}>"))?;
        }
        if let Some(date) = self.date {
            field.write(";")?;
            date.write(field)?;
        }
        Ok(())
    }
}

/// Moves past one word: up to white space, a comment or the semicolon, quoted strings and what is
/// in angle brackets included.
fn next_word<'a>(cursor: &mut Cursor<'a>) -> &'a [u8] {
    let start = cursor.pos();
    while let Some(byte) = cursor.peek() {
        match byte {
            b'(' | b';' => break,
            b'"' if cursor.quoted_string().is_some() => {}
            byte if is(byte, WSP) => break,
            _ => cursor.bump(),
        }
    }
    cursor.slice(start, cursor.pos())
}

/// An address with or without square brackets, `IPv6:` or a port.
fn address_literal(text: &str) -> Option<IpAddr> {
    if !text.bytes().any(|b| matches!(b, b'.' | b':')) {
        return None;
    }
    let text = text.trim_start_matches('[');
    let text = text.split_once(']').map_or(text, |(inside, _)| inside);
    let text = match text.get(..5) {
        Some(prefix) if prefix.eq_ignore_ascii_case("ipv6:") => text.get(5..)?,
        _ => text,
    };
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return Some(IpAddr::V4(ip));
    }
    if let Ok(ip) = text.parse::<Ipv6Addr>() {
        return Some(IpAddr::V6(ip));
    }
    text.split_once(':')
        .and_then(|(ip, _)| ip.parse::<Ipv4Addr>().ok())
        .map(IpAddr::V4)
}

fn is_clause(text: &str) -> bool {
    CLAUSES
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(text.as_bytes()))
}

fn word(text: Cow<'_, str>) -> Result<Cow<'_, str>, EncodeError> {
    let fits = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"();<>\"\\".contains(&b));
    if fits && !is_clause(&text) {
        Ok(text)
    } else {
        Err(EncodeError::Syntax)
    }
}

fn domain(text: Cow<'_, str>) -> Result<Cow<'_, str>, EncodeError> {
    if hints::is_domain(&text) {
        Ok(text)
    } else {
        Err(EncodeError::Syntax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(hop: &Received<'_>) {
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "Received", false).expect("a name");
        hop.write(&mut field).expect("writes");
        field.finish().expect("finishes");
        let value = out.strip_prefix(b"Received:").expect("the name");
        assert_eq!(
            Received::parse(value),
            *hop,
            "{:?}",
            core::str::from_utf8(&out)
        );
    }

    #[test]
    fn built_fields_read_back() {
        let date = DateTime::parse(b"Tue, 1 Jul 2003 10:52:37 +0200").expect("a date");
        let hop = Received::new("mx.b.example", date).expect("a name");
        round_trip(&hop);
        for ip in ["192.0.2.1", "2001:db8::1"] {
            let ip = ip.parse().expect("an address");
            let named = hop
                .clone()
                .with_client("a.example", Some("host.a.example".into()), ip)
                .expect("names");
            let named = named
                .with_protocol("ESMTPS")
                .and_then(|hop| hop.with_id("42"))
                .expect("words");
            round_trip(&named.with_recipient(&AddrSpec::new("x y", "b.example").expect("sound")));
        }
        for bad in ["", "a b", "a\r\nX: y", "by", "a;b", "(a)"] {
            assert!(Received::new(bad, date).is_err());
            assert!(hop.clone().with_id(bad).is_err());
        }
    }

    #[test]
    fn real_shapes() {
        let hop = Received::parse(
            b"from EXC-02.global.example (10.45.252.152) by EXC-03.global.example (10.45.252.153) with Microsoft SMTP Server \
              (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) id 15.20.1; 29 Oct 2018 11:17:19 +0100",
        );
        assert_eq!(hop.client_ip(), Some(IpAddr::from([10, 45, 252, 152])));
        assert_eq!(hop.protocol(), Some("SMTP"));
        assert_eq!(
            (hop.tls_version(), hop.tls_cipher()),
            (
                Some("TLS1_2"),
                Some("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
            )
        );
        round_trip(&hop);
        let hop = Received::parse(b"from [127.0.0.1] (helo=x.example) by y.example");
        assert_eq!(
            (hop.client_ip(), hop.helo()),
            (Some(IpAddr::from([127, 0, 0, 1])), Some("x.example"))
        );
        assert_eq!(hop.date(), None);
    }

    #[test]
    fn every_prefix_is_survived() {
        let value = b"from a (b [1.2.3.4] (c)) by \"d e\" with f id <g> for <h@i> (TLSv1.3:X-AES:1); 1 Jan 2000 00:00:00 Z";
        for end in 0..=value.len() {
            let _ = Received::parse(value.get(..end).unwrap_or_default()).into_owned();
        }
    }
}
