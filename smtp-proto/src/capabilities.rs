//! What a server offers: the EHLO reply, typed (RFC 5321 section 4.1.1.1, RFC 9422 and the
//! extensions).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use crate::cursor::{TEXT, all, keyword64};
use crate::error::{ParseError, ParseErrorKind};
use crate::extension::{Extension, Extensions};
use crate::parameter::{DateTime, decimal};
use crate::reply::{Reply, ReplyCode, push_line};
use crate::swar::{self, find_below};

/// The greeting and the extensions of an EHLO or LHLO reply.
///
/// A client reads it; a server is configured with one. The same type encodes
/// what it parses.
///
/// ```
/// use smtp_proto::{Capabilities, Extension, Reply};
/// let reply = Reply::parse(b"250-mx.example\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n")?;
/// let capabilities = Capabilities::from_reply(&reply);
/// assert!(capabilities.offers(Extension::Auth));
/// assert_eq!(capabilities.size, Some(1000));
/// assert!(capabilities.mechanisms().any(|name| name == "LOGIN"));
/// # Ok::<(), smtp_proto::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Capabilities<'a> {
    /// The first line: the server's name and perhaps a greeting.
    pub greeting: Cow<'a, str>,
    /// The extensions offered.
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialize_extensions"))]
    pub extensions: Extensions,
    /// Octets of the largest message (SIZE, RFC 1870); `None` if the server names none.
    pub size: Option<u64>,
    /// SASL mechanisms, joined by spaces (AUTH, RFC 4954); see [`mechanisms`](Self::mechanisms).
    pub auth: Cow<'a, str>,
    /// The shortest time, in seconds, for which `BY` may return a message (DELIVERBY, RFC 2852).
    pub deliver_by: Option<u32>,
    /// How far ahead a message may be held (FUTURERELEASE, RFC 4865).
    pub future_release: Option<FutureRelease<'a>>,
    /// The priority profile (MT-PRIORITY, RFC 6710).
    pub mt_priority: Option<Cow<'a, str>>,
    /// Keywords of mail that is not welcome (NO-SOLICITING, RFC 3865).
    pub no_soliciting: Option<Cow<'a, str>>,
    /// The URL prefixes that BURL takes, joined by spaces (RFC 4468).
    pub burl: Cow<'a, str>,
    /// The attribute names that XCLIENT takes, joined by spaces.
    pub xclient: Cow<'a, str>,
    /// The attribute names that XFORWARD takes, joined by spaces.
    pub xforward: Cow<'a, str>,
    /// LIMITS (RFC 9422).
    pub limits: ServiceLimits,
    /// Lines with keywords that this crate does not know.
    pub others: Vec<Cow<'a, str>>,
}

/// The values of FUTURERELEASE (RFC 4865 section 4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FutureRelease<'a> {
    /// The longest interval in seconds.
    pub max_interval: u32,
    /// The latest moment.
    pub max_date_time: DateTime<'a>,
}

/// The values of LIMITS (RFC 9422 section 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ServiceLimits {
    /// `MAILMAX`: transactions in one session.
    pub mail_max: Option<u32>,
    /// `RCPTMAX`: recipients in one transaction.
    pub rcpt_max: Option<u32>,
    /// `RCPTDOMAINMAX`: different recipient domains in one session.
    pub rcpt_domain_max: Option<u32>,
}

/// The name of a field of [`ServiceLimits`], for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceLimit {
    /// [`ServiceLimits::mail_max`].
    MailMax,
    /// [`ServiceLimits::rcpt_max`].
    RcptMax,
    /// [`ServiceLimits::rcpt_domain_max`].
    RcptDomainMax,
}

impl ServiceLimit {
    const ALL: [Self; 3] = [Self::MailMax, Self::RcptMax, Self::RcptDomainMax];

    /// The name in the EHLO reply.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::MailMax => "MAILMAX",
            Self::RcptMax => "RCPTMAX",
            Self::RcptDomainMax => "RCPTDOMAINMAX",
        }
    }
}

impl fmt::Display for ServiceLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

impl<'a> Capabilities<'a> {
    /// Reads the lines of a positive reply to EHLO or LHLO.
    ///
    /// Lines that do not follow their grammar are kept in [`others`](Self::others): a client has
    /// to live with what servers send.
    pub fn from_reply(reply: &'a Reply<'_>) -> Self {
        match core::str::from_utf8(reply.as_bytes()) {
            Ok(text) => Self::from_text(text),
            Err(_) => {
                Capabilities::from_text(&String::from_utf8_lossy(reply.as_bytes())).into_owned()
            }
        }
    }

    /// Reads all lines of a reply.
    fn from_text(text: &'a str) -> Self {
        let mut capabilities = Self::default();
        let (end, mut line) = line_end(text.as_bytes(), 0);
        let greeting = text.get(CODE..end).unwrap_or_default();
        capabilities.greeting = Cow::Borrowed(greeting.trim_ascii_end());
        while line < text.len() {
            line = capabilities.read_line(text, line);
        }
        capabilities
    }

    /// Reads the line at `line`; where the next one starts.
    #[inline]
    fn read_line(&mut self, text: &'a str, line: usize) -> usize {
        let bytes = text.as_bytes();
        let start = line + CODE;
        let (word, name_end) = keyword_at(bytes, start);
        let (end, next) = match bytes.get(name_end..) {
            Some([b'\r', b'\n', ..]) => (name_end, name_end + 2),
            _ => line_end(bytes, name_end),
        };
        let name = bytes.get(start..name_end).unwrap_or_default();
        // `AUTH=LOGIN` is an old spelling that some servers still send beside the right one.
        let separator = bytes.get(name_end).copied();
        // All white space counts, because it is trimmed off the end of the line as well.
        let separated = separator.is_none_or(|byte| byte == b'=' || byte.is_ascii_whitespace());
        let extension = if separated {
            Extension::from_keyword(word, name)
        } else {
            None
        };
        let old_auth = separator == Some(b'=') && extension == Some(Extension::Auth);
        if old_auth && self.offers(Extension::Auth) {
            return next;
        }
        let arguments = if name_end == end {
            ""
        } else {
            text.get(name_end + 1..end).unwrap_or_default().trim_ascii()
        };
        match extension {
            Some(extension) if self.read_extension(extension, arguments) => {
                self.extensions.insert(extension);
            }
            _ => {
                let line = text.get(start..end).unwrap_or_default().trim_ascii_end();
                if !line.is_empty() {
                    self.others.push(Cow::Borrowed(line));
                }
            }
        }
        next
    }

    /// Takes the arguments of an extension; whether they follow its grammar.
    #[inline]
    fn read_extension(&mut self, extension: Extension, arguments: &'a str) -> bool {
        let text = || Cow::Borrowed(arguments);
        match extension {
            Extension::Size if !arguments.is_empty() => match decimal(arguments.as_bytes()) {
                Some(size) => self.size = (size > 0).then_some(size),
                None => return false,
            },
            Extension::Auth => self.auth = text(),
            Extension::DeliverBy if !arguments.is_empty() => match seconds(arguments) {
                Some(min) => self.deliver_by = Some(min),
                None => return false,
            },
            Extension::FutureRelease => match FutureRelease::parse(arguments) {
                Some(max) => self.future_release = Some(max),
                None => return false,
            },
            Extension::MtPriority if !arguments.is_empty() => self.mt_priority = Some(text()),
            Extension::NoSoliciting if !arguments.is_empty() => self.no_soliciting = Some(text()),
            Extension::Burl => self.burl = text(),
            Extension::Xclient => self.xclient = text(),
            Extension::Xforward => self.xforward = text(),
            Extension::Limits => self.limits = ServiceLimits::parse(arguments),
            _ => {}
        }
        true
    }

    /// Whether the server offers `extension`.
    pub const fn offers(&self, extension: Extension) -> bool {
        self.extensions.contains(extension)
    }

    /// The SASL mechanisms in the server's order.
    pub fn mechanisms(&self) -> impl Iterator<Item = &str> + Clone {
        self.auth.split_ascii_whitespace()
    }

    /// Appends the reply to EHLO or LHLO: 250, the greeting and a line for each extension.
    ///
    /// # Errors
    /// A control character in one of the texts; nothing is appended then.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), ParseError> {
        let lines = self.lines();
        let texts = core::iter::once(&*self.greeting).chain(lines.iter().map(|line| &**line));
        if texts.clone().any(|text| !all(text.as_bytes(), TEXT)) {
            return Err(ParseError::new(0, ParseErrorKind::ControlCharacter));
        }
        let last = lines.len();
        for (i, text) in texts.enumerate() {
            let separator = if i == last { b' ' } else { b'-' };
            push_line(ReplyCode::constant(250), separator, text, out);
        }
        Ok(())
    }

    /// The lines behind the greeting.
    fn lines(&self) -> Vec<Cow<'_, str>> {
        let known = self.extensions.iter().map(|extension| {
            let arguments: Cow<'_, str> = match extension {
                Extension::Size => self.size.map_or("".into(), |size| format!("{size}").into()),
                Extension::Auth => self.auth.as_ref().into(),
                Extension::DeliverBy => self
                    .deliver_by
                    .map_or("".into(), |min| format!("{min}").into()),
                Extension::FutureRelease => self.future_release.as_ref().map_or("".into(), |max| {
                    format!("{} {}", max.max_interval, max.max_date_time).into()
                }),
                Extension::MtPriority => self.mt_priority.as_deref().unwrap_or("").into(),
                Extension::NoSoliciting => self.no_soliciting.as_deref().unwrap_or("").into(),
                Extension::Burl => self.burl.as_ref().into(),
                Extension::Xclient => self.xclient.as_ref().into(),
                Extension::Xforward => self.xforward.as_ref().into(),
                Extension::Limits => self.limits.encoded().into(),
                _ => "".into(),
            };
            if arguments.is_empty() {
                Cow::Borrowed(extension.keyword())
            } else {
                Cow::Owned(format!("{extension} {arguments}"))
            }
        });
        known
            .chain(self.others.iter().map(|line| Cow::Borrowed(&**line)))
            .collect()
    }

    /// The same value, free of the input it was parsed from.
    #[must_use]
    pub fn into_owned(self) -> Capabilities<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Capabilities {
            greeting: owned(self.greeting),
            extensions: self.extensions,
            size: self.size,
            auth: owned(self.auth),
            deliver_by: self.deliver_by,
            future_release: self.future_release.map(|max| FutureRelease {
                max_interval: max.max_interval,
                max_date_time: max.max_date_time.into_owned(),
            }),
            mt_priority: self.mt_priority.map(owned),
            no_soliciting: self.no_soliciting.map(owned),
            burl: owned(self.burl),
            xclient: owned(self.xclient),
            xforward: owned(self.xforward),
            limits: self.limits,
            others: self.others.into_iter().map(owned).collect(),
        }
    }
}

#[cfg(feature = "serde")]
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde calls"
)]
fn serialize_extensions<S: serde::Serializer>(
    extensions: &Extensions,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(extensions.iter().map(Extension::keyword))
}

/// Octets of the code and the separator in front of a line's text.
const CODE: usize = 4;

/// Where the line ends in which `at` is, and where the next one starts.
#[inline]
fn line_end(bytes: &[u8], at: usize) -> (usize, usize) {
    let mut end = find_below(bytes, at, b'\n' + 1);
    while bytes.get(end).is_some_and(|&byte| byte != b'\n') {
        end = find_below(bytes, end + 1, b'\n' + 1);
    }
    (end, end + 1)
}

/// The keyword at `start`: its first eight octets, folded, and its end, which is the first octet that
/// is not visible or is `=`.
#[inline]
fn keyword_at(bytes: &[u8], start: usize) -> (u64, usize) {
    let stops = |word| swar::below(word, b' ' + 1) | swar::equal(word, b'=');
    let Some(word) = swar::word(bytes, start) else {
        let rest = bytes.get(start..).unwrap_or_default();
        let len = rest
            .iter()
            .take_while(|&&byte| byte > b' ' && byte != b'=')
            .count();
        return (keyword64(rest.get(..len).unwrap_or_default()), start + len);
    };
    const FOLD: u64 = !u64::from_le_bytes([0x20; 8]);
    let folded = word.swap_bytes() & FOLD;
    let len = swar::unmarked(stops(word));
    if len < 8 {
        return (folded >> 8 >> (56 - 8 * len), start + len);
    }
    let mut end = start + 8;
    while let Some(word) = swar::word(bytes, end) {
        let len = swar::unmarked(stops(word));
        end += len;
        if len < 8 {
            return (folded, end);
        }
    }
    while bytes
        .get(end)
        .is_some_and(|&byte| byte > b' ' && byte != b'=')
    {
        end += 1;
    }
    (folded, end)
}

/// One to nine digits.
fn seconds(text: &str) -> Option<u32> {
    if text.len() > 9 {
        return None;
    }
    u32::try_from(decimal(text.as_bytes())?).ok()
}

impl<'a> FutureRelease<'a> {
    fn parse(arguments: &'a str) -> Option<Self> {
        let (interval, moment) = arguments.split_once(' ')?;
        Some(Self {
            max_interval: seconds(interval)?,
            max_date_time: DateTime::new(moment).ok()?,
        })
    }
}

impl ServiceLimits {
    fn parse(arguments: &str) -> Self {
        let mut limits = Self::default();
        for pair in arguments.split_ascii_whitespace() {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // A limit of 0 would forbid mail; RFC 9422 section 3 has values from 1 on.
            let value = decimal(value.as_bytes())
                .and_then(|value| u32::try_from(value).ok())
                .filter(|&value| value > 0);
            let named = |limit: &ServiceLimit| name.eq_ignore_ascii_case(limit.keyword());
            if let Some(limit) = ServiceLimit::ALL.into_iter().find(named) {
                *limits.value(limit) = value;
            }
        }
        limits
    }

    fn encoded(mut self) -> String {
        let mut text = String::new();
        for limit in ServiceLimit::ALL {
            if let Some(value) = *self.value(limit) {
                let space = if text.is_empty() { "" } else { " " };
                // Writing to a String cannot fail.
                let _ = write!(text, "{space}{limit}={value}");
            }
        }
        text
    }

    const fn value(&mut self, limit: ServiceLimit) -> &mut Option<u32> {
        match limit {
            ServiceLimit::MailMax => &mut self.mail_max,
            ServiceLimit::RcptMax => &mut self.rcpt_max,
            ServiceLimit::RcptDomainMax => &mut self.rcpt_domain_max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_is_cut_at_every_length() {
        for len in 0..20 {
            for behind in ["", "\r\n", " x", "=x", "\tlonger than a word\r\n", "\n"] {
                let text = format!("250 {}{behind}", "k".repeat(len));
                let (word, end) = keyword_at(text.as_bytes(), CODE);
                assert_eq!(end, CODE + len, "{text:?}");
                assert_eq!(word, keyword64(&text.as_bytes()[CODE..end]), "{text:?}");
            }
        }
    }
}
