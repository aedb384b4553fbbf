//! Trace fields: Received and Return-Path (RFC 5321 section 4.4, RFC 3848, RFC 6531 section 3.7.3,
//! RFC 8314 section 4.3, RFC 6710 section 7), and counting them to find loops (RFC 5321 section 6.3).
//!
//! ```
//! use smtp_proto::trace::{Date, Hello, Received, WithProtocol};
//! use smtp_proto::{Domain, HeloName};
//!
//! let helo = HeloName::new("crepes.example")?;
//! let by = Domain::new("hamburger.example")?;
//! let date = Date::new(1_795_201_347, 60).unwrap();
//! let mut received = Received::new(&helo, &by, WithProtocol::new(Hello::Ehlo), date);
//! received.peer = Some("192.0.2.1".parse().unwrap());
//! let mut header = Vec::new();
//! received.encode(&mut header);
//! assert_eq!(
//!     String::from_utf8(header).unwrap(),
//!     "Received: from crepes.example ([192.0.2.1]) by hamburger.example with ESMTP;\r\n\
//!      \tFri, 20 Nov 2026 20:02:27 +0100\r\n"
//! );
//! # Ok::<(), smtp_proto::ParseError>(())
//! ```

mod count;
mod date;

pub use count::{MAX_RECEIVED, ReceivedCounter, count_received};
pub use date::Date;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::address::{AddressLiteral, Domain, ForwardPath, Mailbox, ReversePath};
use crate::command::HeloName;
use crate::cursor::{ATEXT, all, is};
use crate::error::{ParseError, ParseErrorKind};
use crate::machine::Protocol;
use crate::parameter::Priority;
use crate::server::Session;
use crate::text::{checked_text, on_text};

/// Octets of a line, without CRLF, above which it is folded (RFC 5322 section 2.1.1).
const FOLD: usize = 78;
/// Octets above which a single name is cut short or a clause left out, far below the 998 of a line.
const LONGEST: usize = 512;

/// The facts that a Received field tells.
///
/// Whatever they hold, they come out as one field in lines of at most 998 octets. Text beyond
/// ASCII is written only if the message itself came with SMTPUTF8.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Received<'a> {
    /// How the client named itself. Characters that could be taken for something else than a part
    /// of the name are written as `?`.
    pub from: &'a HeloName<'a>,
    /// The client's address.
    pub peer: Option<IpAddr>,
    /// The name that DNS has for that address.
    pub peer_name: Option<&'a Domain<'a>>,
    /// This host.
    pub by: &'a Domain<'a>,
    /// The protocol of the session.
    pub with: WithProtocol,
    /// What this host calls the message.
    pub id: Option<&'a TraceId<'a>>,
    /// The recipient, if there is only one: others must not learn of each other (RFC 5321
    /// section 7.2). See [`set_for`](Self::set_for).
    pub for_: Option<&'a Mailbox<'a>>,
    /// The cipher suite of the TLS connection (RFC 8314).
    pub tls: Option<&'a TlsName<'a>>,
    /// The key exchange group of the TLS connection, told only together with the cipher suite.
    pub tls_group: Option<&'a TlsName<'a>>,
    /// The priority from MAIL (RFC 6710).
    pub priority: Option<Priority>,
    /// When the message came in.
    pub date: Date,
}

impl<'a> Received<'a> {
    /// The facts without which there is no field; the others start out unknown.
    pub const fn new(
        from: &'a HeloName<'a>,
        by: &'a Domain<'a>,
        with: WithProtocol,
        date: Date,
    ) -> Self {
        Self {
            from,
            peer: None,
            peer_name: None,
            by,
            with,
            id: None,
            for_: None,
            tls: None,
            tls_group: None,
            priority: None,
            date,
        }
    }

    /// Names the recipient if `recipients` is exactly one, with a mailbox.
    pub fn set_for(&mut self, recipients: &'a [ForwardPath<'a>]) {
        self.for_ = match recipients {
            [recipient] => recipient.mailbox(),
            _ => None,
        };
    }

    /// Appends the field, CRLF included.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let utf8 = self.with.utf8;
        let mut line = Folder::start(out, "Received:");
        let mut clause = format!("from {}", self.name(self.from.as_str()));
        let ip = self.peer.map(|ip| AddressLiteral::from(ip).to_string());
        let peer_name = self.peer_name.map(|name| self.name(name.as_str()));
        match (peer_name, ip) {
            (Some(name), Some(ip)) => clause.extend([" (", &name, " ", &ip, ")"]),
            (None, Some(ip)) => clause.extend([" (", &ip, ")"]),
            // TCP-info has no form for a name alone.
            (_, None) => {}
        }
        line.clause(&clause);
        line.clause(&format!("by {}", self.name(self.by.as_str())));
        let mut clauses = Vec::with_capacity(5);
        clauses.push(format!("with {}", self.with.keyword()));
        if let Some(id) = self.id {
            clauses.push(format!("id {id}"));
        }
        if let Some(mailbox) = self.for_
            && mailbox.as_str().len() <= LONGEST
            && (utf8 || mailbox.is_ascii())
        {
            clauses.push(format!("for <{mailbox}>"));
        }
        if let Some(tls) = self.tls {
            clauses.push(format!("tls {tls}"));
            if let Some(group) = self.tls_group {
                clauses.push(format!("group {group}"));
            }
        }
        if let Some(priority) = self.priority {
            clauses.push(format!("PRIORITY {}", priority.get()));
        }
        if let Some(last) = clauses.last_mut() {
            last.push(';');
        }
        for clause in &clauses {
            line.clause(clause);
        }
        line.clause(&self.date.to_string());
        line.end();
    }

    /// A host name, made harmless.
    fn name(&self, name: &str) -> String {
        let allowed = |c: char| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => is(byte, ATEXT) || b".:[]".contains(&byte),
            _ => self.with.utf8 && !c.is_control(),
        };
        let mut clean = String::with_capacity(name.len());
        for c in name.chars() {
            if clean.len() >= 255 {
                break;
            }
            clean.push(if allowed(c) { c } else { '?' });
        }
        clean
    }
}

/// The protocol of a session, from which the keyword of the `with` clause follows.
///
/// ```
/// use smtp_proto::trace::{Hello, WithProtocol};
/// let mut with = WithProtocol::new(Hello::Ehlo);
/// with.tls = true;
/// with.auth = true;
/// assert_eq!(with.keyword(), "ESMTPSA");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WithProtocol {
    /// The greeting of the client.
    pub hello: Hello,
    /// Whether TLS is in place, by STARTTLS or from the start.
    pub tls: bool,
    /// Whether the client has authenticated itself.
    pub auth: bool,
    /// Whether the message came with SMTPUTF8.
    pub utf8: bool,
}

/// Which command has opened the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Hello {
    /// HELO.
    Helo,
    /// EHLO.
    Ehlo,
    /// LHLO.
    Lhlo,
}

impl WithProtocol {
    /// Without TLS, authentication and SMTPUTF8.
    #[must_use]
    pub const fn new(hello: Hello) -> Self {
        Self {
            hello,
            tls: false,
            auth: false,
            utf8: false,
        }
    }

    /// The protocol of a server's session; `utf8` if the transaction has SMTPUTF8.
    #[must_use]
    pub fn of_session(protocol: Protocol, session: &Session, utf8: bool) -> Self {
        let hello = match protocol {
            Protocol::Lmtp => Hello::Lhlo,
            Protocol::Smtp | Protocol::Submission if session.extended => Hello::Ehlo,
            Protocol::Smtp | Protocol::Submission => Hello::Helo,
        };
        Self {
            hello,
            tls: session.tls,
            auth: session.authenticated,
            utf8,
        }
    }

    /// The keyword in the registry of RFC 3848 section 1 and RFC 6531 section 4.3.
    ///
    /// For HELO there is only `SMTP`, whatever else the session has.
    pub const fn keyword(self) -> &'static str {
        match (self.hello, self.utf8, self.tls, self.auth) {
            (Hello::Helo, ..) => "SMTP",
            (Hello::Ehlo, false, false, false) => "ESMTP",
            (Hello::Ehlo, false, false, true) => "ESMTPA",
            (Hello::Ehlo, false, true, false) => "ESMTPS",
            (Hello::Ehlo, false, true, true) => "ESMTPSA",
            (Hello::Ehlo, true, false, false) => "UTF8SMTP",
            (Hello::Ehlo, true, false, true) => "UTF8SMTPA",
            (Hello::Ehlo, true, true, false) => "UTF8SMTPS",
            (Hello::Ehlo, true, true, true) => "UTF8SMTPSA",
            (Hello::Lhlo, false, false, false) => "LMTP",
            (Hello::Lhlo, false, false, true) => "LMTPA",
            (Hello::Lhlo, false, true, false) => "LMTPS",
            (Hello::Lhlo, false, true, true) => "LMTPSA",
            (Hello::Lhlo, true, false, false) => "UTF8LMTP",
            (Hello::Lhlo, true, false, true) => "UTF8LMTPA",
            (Hello::Lhlo, true, true, false) => "UTF8LMTPS",
            (Hello::Lhlo, true, true, true) => "UTF8LMTPSA",
        }
    }
}

checked_text! {
    /// What a host calls a message: an `Atom` of up to 255 characters (RFC 5322 section 3.2.3).
    TraceId, |octets| on_text(octets, check_id)
}

fn check_id(text: &str) -> Result<(), ParseError> {
    check(all(text.as_bytes(), ATEXT), text)
}

checked_text! {
    /// The name of a cipher suite or group, such as `TLS_AES_128_GCM_SHA256` or `x25519`: letters,
    /// digits, `_` and `-`, up to 255; for suites without a name `0x` and four digits (RFC 8314
    /// section 4.3).
    TlsName, |octets| on_text(octets, check_tls_name)
}

fn check_tls_name(text: &str) -> Result<(), ParseError> {
    let name = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let hex = |digits: &str| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    check(name || text.strip_prefix("0x").is_some_and(hex), text)
}

fn check(valid: bool, text: &str) -> Result<(), ParseError> {
    if valid && (1..=255).contains(&text.len()) {
        Ok(())
    } else {
        Err(ParseError::new(0, ParseErrorKind::InvalidArgument))
    }
}

/// Appends the Return-Path field, CRLF included; a source route is left out.
///
/// It belongs at the very top of a message and only at final delivery, when the message leaves
/// SMTP for a mailbox.
///
/// ```
/// use smtp_proto::ReversePath;
/// use smtp_proto::trace::return_path;
/// let mut header = Vec::new();
/// return_path(&ReversePath::Null, &mut header);
/// assert_eq!(header, b"Return-Path: <>\r\n");
/// ```
pub fn return_path(path: &ReversePath<'_>, out: &mut Vec<u8>) {
    let mut line = Folder::start(out, "Return-Path:");
    match path.mailbox() {
        Some(mailbox) => line.word(&format!("<{mailbox}>")),
        None => line.word("<>"),
    }
    line.end();
}

/// Writes one header field, folding it between words.
struct Folder<'o> {
    out: &'o mut Vec<u8>,
    /// Octets in the current line.
    len: usize,
}

impl<'o> Folder<'o> {
    fn start(out: &'o mut Vec<u8>, name: &str) -> Self {
        out.extend_from_slice(name.as_bytes());
        Self {
            out,
            len: name.len(),
        }
    }

    /// Writes words that belong together: on one line if a line can hold them.
    fn clause(&mut self, text: &str) {
        if text.len() < FOLD && self.len + 1 + text.len() > FOLD {
            self.fold();
            self.put(text);
            return;
        }
        text.split(' ').for_each(|word| self.word(word));
    }

    fn word(&mut self, word: &str) {
        if self.len + 1 + word.len() > FOLD && self.len > 1 {
            self.fold();
        } else {
            self.put(" ");
        }
        self.put(word);
    }

    fn fold(&mut self) {
        self.put("\r\n\t");
        self.len = 1;
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.len += text.len();
    }

    fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date() -> Date {
        Date::new(1_795_201_347, 0).unwrap()
    }

    fn encode(received: &Received<'_>) -> String {
        let mut out = Vec::new();
        received.encode(&mut out);
        String::from_utf8(out).unwrap()
    }

    /// Lines of a field, checked for the shape that all fields have.
    fn lines(field: &str) -> Vec<&str> {
        let lines: Vec<&str> = field.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        for (at, line) in lines.iter().enumerate() {
            assert!(!line.contains(['\r', '\n', '\0']));
            assert!(line.len() <= 998);
            assert_eq!(line.starts_with('\t'), at > 0, "{field}");
            assert!(!line.trim().is_empty());
        }
        lines
    }

    #[test]
    fn all_clauses() {
        let helo = HeloName::new("[192.0.2.1]").unwrap();
        let name = Domain::new("crepes.example").unwrap();
        let by = Domain::new("hamburger.example").unwrap();
        let id = TraceId::new("4AbCdE").unwrap();
        let tls = TlsName::new("TLS_AES_128_GCM_SHA256").unwrap();
        let group = TlsName::new("x25519").unwrap();
        let recipients = [ForwardPath::parse("<@x.example:bob@hamburger.example>").unwrap()];
        let mut with = WithProtocol::new(Hello::Ehlo);
        with.tls = true;
        let mut received = Received::new(&helo, &by, with, date());
        received.peer = Some("2001:db8::1".parse().unwrap());
        received.peer_name = Some(&name);
        received.id = Some(&id);
        received.tls = Some(&tls);
        received.tls_group = Some(&group);
        received.priority = Some(Priority::try_from(-3).unwrap());
        received.set_for(&recipients);
        assert_eq!(
            encode(&received),
            "Received: from [192.0.2.1] (crepes.example [IPv6:2001:db8::1])\r\n\
             \tby hamburger.example with ESMTPS id 4AbCdE for <bob@hamburger.example>\r\n\
             \ttls TLS_AES_128_GCM_SHA256 group x25519 PRIORITY -3;\r\n\
             \tFri, 20 Nov 2026 19:02:27 +0000\r\n"
        );
        assert!(
            lines(&encode(&received))
                .iter()
                .all(|line| line.len() <= 78)
        );
        let two = [recipients[0].clone(), recipients[0].clone()];
        received.set_for(&two);
        assert!(!encode(&received).contains(" for "));
        let postmaster = [ForwardPath::Postmaster];
        received.set_for(&postmaster);
        assert!(!encode(&received).contains(" for "));
    }

    #[test]
    fn nothing_is_injected() {
        let by = Domain::new("b.example").unwrap();
        let with = WithProtocol::new(Hello::Helo);
        let helo = HeloName::new("a)(b;c\"d\\e,f<g>@é").unwrap();
        let field = encode(&Received::new(&helo, &by, with, date()));
        assert_eq!(
            field,
            "Received: from a??b?c?d?e?f?g??? by b.example with SMTP;\r\n\
             \tFri, 20 Nov 2026 19:02:27 +0000\r\n"
        );
        for bad in ["a b", "a\r\nb", "a;b", "", "a(b", "é"] {
            assert!(TraceId::new(bad).is_err(), "{bad:?}");
            assert!(TlsName::new(bad).is_err(), "{bad:?}");
        }
        assert!(TlsName::new("0x1301").is_ok());
        assert!(TlsName::new("0x13").is_err());
    }

    #[test]
    fn long_facts_stay_within_the_line() {
        let helo = HeloName::new("x".repeat(5000)).unwrap();
        let by = Domain::new(format!("{}y", "y.".repeat(127))).unwrap();
        let id = TraceId::new("z".repeat(255)).unwrap();
        let mut received = Received::new(&helo, &by, WithProtocol::new(Hello::Lhlo), date());
        received.peer = Some("192.0.2.1".parse().unwrap());
        received.peer_name = Some(&by);
        received.id = Some(&id);
        let recipients = [ForwardPath::parse("<\"a b\"@c.example>").unwrap()];
        received.set_for(&recipients);
        let field = encode(&received);
        assert!(lines(&field).iter().all(|line| line.len() < 350));
        assert!(field.contains("<\"a b\"@c.example>"));
    }

    #[test]
    fn utf8_only_with_smtputf8() {
        let helo = HeloName::new("bücher.example").unwrap();
        let by = Domain::new("b.example").unwrap();
        let mailbox = Mailbox::new("jürgen@b.example").unwrap();
        let mut with = WithProtocol::new(Hello::Ehlo);
        let mut received = Received::new(&helo, &by, with, date());
        received.for_ = Some(&mailbox);
        assert!(
            encode(&received).starts_with("Received: from b?cher.example by b.example with ESMTP;")
        );
        with.utf8 = true;
        received.with = with;
        assert!(encode(&received).starts_with(
            "Received: from bücher.example by b.example with UTF8SMTP\r\n\tfor <jürgen@b.example>;"
        ));
    }

    #[test]
    fn with_keywords() {
        for hello in [Hello::Helo, Hello::Ehlo, Hello::Lhlo] {
            for bits in 0..8 {
                let (utf8, tls, auth) = (bits & 4 != 0, bits & 2 != 0, bits & 1 != 0);
                let base = match (hello, utf8) {
                    (Hello::Helo, _) => "SMTP",
                    (Hello::Ehlo, false) => "ESMTP",
                    (Hello::Ehlo, true) => "UTF8SMTP",
                    (Hello::Lhlo, false) => "LMTP",
                    (Hello::Lhlo, true) => "UTF8LMTP",
                };
                let extended = hello != Hello::Helo;
                let s = if tls && extended { "S" } else { "" };
                let a = if auth && extended { "A" } else { "" };
                let with = WithProtocol {
                    hello,
                    tls,
                    auth,
                    utf8,
                };
                assert_eq!(with.keyword(), format!("{base}{s}{a}"));
            }
        }
    }

    #[test]
    fn return_paths() {
        let encode = |path: &str| {
            let mut out = Vec::new();
            return_path(&ReversePath::parse(path).unwrap(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(encode("<>"), "Return-Path: <>\r\n");
        assert_eq!(encode("<a@b.example>"), "Return-Path: <a@b.example>\r\n");
        assert_eq!(
            encode("<@x.example:a@b.example>"),
            "Return-Path: <a@b.example>\r\n"
        );
        let long = format!("<{}@b.example>", "a".repeat(64));
        assert_eq!(encode(&long), format!("Return-Path:\r\n\t{long}\r\n"));
    }
}
