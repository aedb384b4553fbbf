//! The Content-Disposition field and file names that are safe to use (RFC 2183).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::header::content_type::limit;
use crate::header::defect_sink::{Sink, strictly};
use crate::header::grammar::{EQUALS, QUOTE, SEMICOLON, is_token};
use crate::header::lexer::Lexer;
use crate::header::param::{LINE, Parameter, Parameters, UNFOLDED};
use crate::header::unstructured::LONG;
use crate::options::DEFAULT_OPTIONS;
use crate::{Defect, DefectKind, EncodeError, Options, ParseError, ParseErrorKind};

/// How a part is meant to be presented.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum DispositionKind<'a> {
    /// Within the message (RFC 2183 section 2.1).
    Inline,
    /// Apart from the message (RFC 2183 section 2.2).
    Attachment,
    /// Another word; to be treated as `attachment` (RFC 2183 section 2.8).
    Other(Cow<'a, str>),
}

/// A Content-Disposition value.
///
/// ```
/// use mime_codec::ContentDisposition;
///
/// let value = ContentDisposition::attachment().with_parameter("filename", "my file.txt")?;
/// assert_eq!(value.to_string(), "attachment; filename=\"my file.txt\"");
/// assert_eq!(value.to_string().parse(), Ok(value));
/// assert!("attachment; filename=my file.txt".parse::<ContentDisposition>().is_err());
/// # Ok::<(), mime_codec::EncodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts<'a>"))]
pub struct ContentDisposition<'a> {
    kind: DispositionKind<'a>,
    parameters: Parameters<'a>,
}

/// A disposition as it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Parts<'a> {
    kind: DispositionKind<'a>,
    parameters: Parameters<'a>,
}

#[cfg(feature = "serde")]
impl<'a> TryFrom<Parts<'a>> for ContentDisposition<'a> {
    type Error = EncodeError;

    fn try_from(Parts { kind, parameters }: Parts<'a>) -> Result<Self, EncodeError> {
        match &kind {
            DispositionKind::Other(word) if !is_kind(word.as_bytes()) => Err(EncodeError::Syntax),
            _ => Ok(Self { kind, parameters }),
        }
    }
}

impl<'a> ContentDisposition<'a> {
    /// `inline` without parameters.
    pub const fn inline() -> Self {
        Self {
            kind: DispositionKind::Inline,
            parameters: Parameters::new(),
        }
    }

    /// `attachment` without parameters.
    pub const fn attachment() -> Self {
        Self {
            kind: DispositionKind::Attachment,
            parameters: Parameters::new(),
        }
    }

    /// The same value with one parameter more, or another value for it.
    ///
    /// # Errors
    ///
    /// Those of [`Parameter::new`].
    pub fn with_parameter(
        mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        self.parameters.set(Parameter::new(name, value)?);
        Ok(self)
    }

    /// Reads the value of a Content-Disposition field, folded or not.
    ///
    /// `None` if it does not start with a token of less than 900 octets.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        Self::read(value, &DEFAULT_OPTIONS, &mut Sink::none())
    }

    /// Like [`parse`](Self::parse), with choices, and appends what is wrong with the value to
    /// `defects`: each kind once, with the offset of the first parameter concerned.
    pub fn parse_with(
        value: &'a [u8],
        options: &Options,
        defects: &mut Vec<Defect>,
    ) -> Option<Self> {
        Self::read(value, options, &mut Sink::to(defects))
    }

    fn read(value: &'a [u8], options: &Options, sink: &mut Sink<'_>) -> Option<Self> {
        let value = limit(value, &options.limits, sink);
        let mut lexer = Lexer::new(value);
        lexer.skip_cfws();
        let mut ahead = lexer;
        let word = ahead.word(SEMICOLON | EQUALS | QUOTE);
        ahead.skip_cfws();
        let kind = if ahead.eat(b'=') {
            // The word is missing and the parameters come first.
            let at = value.len() - lexer.rest().len();
            sink.report_once(DefectKind::MalformedParameter, at);
            DispositionKind::Attachment
        } else {
            let word = core::str::from_utf8(word).ok().filter(|_| is_kind(word))?;
            lexer = ahead;
            if word.eq_ignore_ascii_case("inline") {
                DispositionKind::Inline
            } else if word.eq_ignore_ascii_case("attachment") {
                DispositionKind::Attachment
            } else {
                DispositionKind::Other(Cow::Borrowed(word))
            }
        };
        Some(Self {
            kind,
            parameters: Parameters::parse(lexer, value.len(), options, sink),
        })
    }

    /// The presentation asked for.
    pub const fn kind(&self) -> &DispositionKind<'a> {
        &self.kind
    }

    /// Whether the part is to be shown within the message.
    pub const fn is_inline(&self) -> bool {
        matches!(self.kind, DispositionKind::Inline)
    }

    /// Whether the part is to be kept apart: `attachment`, or a word that is not known.
    pub const fn is_attachment(&self) -> bool {
        !self.is_inline()
    }

    /// The file name as the sender gave it (RFC 2183 section 2.3); never use it as a path, see
    /// [`safe_file_name`].
    pub fn file_name(&self) -> Option<&str> {
        self.parameter("filename")
    }

    /// The value of a parameter, its name compared without regard to case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// All parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }

    /// All parameters, to be changed.
    pub const fn parameters_mut(&mut self) -> &mut Parameters<'a> {
        &mut self.parameters
    }

    /// Appends the value of the field, folded; the column is counted from the last line end in `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.write(LINE, out);
    }

    fn write(&self, width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(match &self.kind {
            DispositionKind::Inline => b"inline",
            DispositionKind::Attachment => b"attachment",
            DispositionKind::Other(word) => word.as_bytes(),
        });
        self.parameters.encode(width, out);
    }

    /// The same value without borrows.
    pub fn into_owned(self) -> ContentDisposition<'static> {
        ContentDisposition {
            kind: match self.kind {
                DispositionKind::Inline => DispositionKind::Inline,
                DispositionKind::Attachment => DispositionKind::Attachment,
                DispositionKind::Other(word) => {
                    DispositionKind::Other(Cow::Owned(word.into_owned()))
                }
            },
            parameters: self.parameters.into_owned(),
        }
    }
}

impl fmt::Display for ContentDisposition<'_> {
    /// Writes the value of the field in US-ASCII, as [`encode`](Self::encode) does, but in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(UNFOLDED, &mut out);
        f.write_str(core::str::from_utf8(&out).unwrap_or_default())
    }
}

impl FromStr for ContentDisposition<'static> {
    type Err = ParseError;

    /// Reads a value without defects; one that does not start with a token has
    /// [`FieldSyntax`](DefectKind::FieldSyntax).
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let read = strictly(|defects| {
            ContentDisposition::parse_with(text.as_bytes(), &DEFAULT_OPTIONS, defects)
                .map(ContentDisposition::into_owned)
        });
        let none = ParseErrorKind::Defect(DefectKind::FieldSyntax);
        read?.ok_or(ParseError::new(0, none))
    }
}

/// Whether this is a token that fits a line.
fn is_kind(word: &[u8]) -> bool {
    is_token(word) && word.len() < LONG
}

/// Octets that a safe file name has at most; file systems commonly allow 255.
const FILE_NAME_MAX: usize = 200;

/// A file name that can be created in a directory without surprises, made of one that a stranger chose
/// (RFC 2183 section 5).
///
/// Only what follows the last `/` or `\` is used; controls, bidirectional and invisible format characters,
/// and the characters that Windows does not allow in names are removed or replaced by `_`; leading dots,
/// trailing dots and spaces are cut; device names such as `CON` or `lpt1.txt` get a `_` in front; the
/// length is cut to 200 octets, keeping the extension. `None` if nothing is left.
///
/// ```
/// use mime_codec::safe_file_name;
/// assert_eq!(safe_file_name("../../etc/passwd").as_deref(), Some("passwd"));
/// assert_eq!(safe_file_name("C:\\a\\nul.txt").as_deref(), Some("_nul.txt"));
/// assert_eq!(safe_file_name("invoice\u{202e}fdp.exe").as_deref(), Some("invoicefdp.exe"));
/// assert_eq!(safe_file_name("..").as_deref(), None);
/// ```
pub fn safe_file_name(name: &str) -> Option<String> {
    let (mut safe, mut cut) = safe_once(name)?;
    // The cut may have made a space the last octet, or a device of the name.
    while cut {
        (safe, cut) = safe_once(&safe)?;
    }
    Some(safe)
}

/// The name made safe and whether it was cut, after which it may not be so any more.
fn safe_once(name: &str) -> Option<(String, bool)> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // A drive letter without a backslash.
    let last = match last.as_bytes() {
        [letter, b':', ..] if letter.is_ascii_alphabetic() => last.get(2..).unwrap_or_default(),
        _ => last,
    };
    let mut safe = String::with_capacity(last.len().min(FILE_NAME_MAX + 4));
    for character in last.chars() {
        match character {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => safe.push('_'),
            _ if character.is_control() || is_format(character) => {}
            '\u{2044}' | '\u{2215}' | '\u{ff0f}' | '\u{ff3c}' | '\u{29f5}' | '\u{fe68}' => {
                safe.push('_');
            }
            _ => safe.push(character),
        }
    }
    let trimmed = safe
        .trim()
        .trim_start_matches(['.', ' '])
        .trim_end_matches(['.', ' '])
        .trim();
    if trimmed.is_empty() {
        return None;
    }
    let mut safe = if is_device(trimmed) {
        let mut named = String::from("_");
        named.push_str(trimmed);
        named
    } else {
        String::from(trimmed)
    };
    let long = safe.len() > FILE_NAME_MAX;
    if long {
        let extension = safe
            .rfind('.')
            .and_then(|at| safe.get(at..))
            .filter(|extension| extension.len() <= 20);
        let extension = String::from(extension.unwrap_or_default());
        let mut cut = FILE_NAME_MAX - extension.len();
        while !safe.is_char_boundary(cut) {
            cut -= 1;
        }
        safe.truncate(cut);
        safe.push_str(&extension);
    }
    Some((safe, long))
}

/// Characters without a shape that change how their neighbours look.
const fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Names that Windows reserves in every directory, with or without an extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let fixed = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];
    if fixed.iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return true;
    }
    let mut characters = stem.chars();
    let number = characters.next_back();
    let port = characters.as_str();
    (port.eq_ignore_ascii_case("com") || port.eq_ignore_ascii_case("lpt"))
        && matches!(number, Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_cut_is_safe_as_well() {
        let safe = |name: &str| safe_file_name(name).unwrap_or_default();
        let most = "a".repeat(FILE_NAME_MAX - 1);
        assert_eq!(safe(&(most.clone() + " b")), most);
        assert_eq!(safe(&alloc::format!("con{}x", " ".repeat(300))), "_con");
    }

    #[test]
    fn parses() {
        let parsed = ContentDisposition::parse(b" Attachment; filename=genome.jpeg;\r\n modification-date=\"Wed, 12 Feb 1997 16:29:51 -0500\"");
        let parsed = parsed.unwrap();
        assert!(parsed.is_attachment());
        assert_eq!(parsed.file_name(), Some("genome.jpeg"));
        assert_eq!(
            parsed.parameter("Modification-Date"),
            Some("Wed, 12 Feb 1997 16:29:51 -0500")
        );
        assert!(ContentDisposition::parse(b"inline").unwrap().is_inline());
        assert_eq!(ContentDisposition::parse(b""), None);
        assert_eq!(
            ContentDisposition::parse(b"filename=x")
                .unwrap()
                .file_name(),
            Some("x")
        );
        assert!(
            ContentDisposition::parse(b"form-data; name=a")
                .unwrap()
                .is_attachment()
        );
    }

    #[test]
    fn writes() {
        for (name, written) in [
            ("a.txt", "attachment; filename=a.txt"),
            // Tokens all three, which some readers take for RFC 2231.
            ("it's", "attachment; filename=\"it's\""),
            ("a*b", "attachment; filename=\"a*b\""),
            ("100%", "attachment; filename=\"100%\""),
        ] {
            let value = ContentDisposition::attachment().with_parameter("filename", name);
            let mut out = Vec::new();
            value.unwrap().encode(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }

    #[test]
    fn file_names() {
        for (name, safe) in [
            ("a.txt", Some("a.txt")),
            ("/etc/passwd\0.txt", Some("passwd.txt")),
            ("..\\..\\boot.ini", Some("boot.ini")),
            ("c:evil.exe", Some("evil.exe")),
            ("COM1", Some("_COM1")),
            ("con .txt", Some("_con .txt")),
            ("a\r\nb.txt", Some("ab.txt")),
            (".htaccess", Some("htaccess")),
            ("name. . ", Some("name")),
            ("a:b|c", Some("b_c")),
            ("\u{202e}", None),
            ("dir/", None),
        ] {
            assert_eq!(safe_file_name(name).as_deref(), safe, "{name:?}");
        }
        let long = safe_file_name(&alloc::format!("{}.pdf", "ü".repeat(300))).unwrap();
        assert!(long.len() <= FILE_NAME_MAX);
        assert_eq!(long.rsplit('.').next(), Some("pdf"));
    }
}
