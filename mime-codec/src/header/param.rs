//! Parameters of MIME fields with continuations, charset and language (RFC 2045 section 5.1, RFC 2231).

#[cfg(feature = "serde")]
mod repr;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{decode_text, find_start};
use crate::header::grammar::{ATTRIBUTE, has_line_break, is, to_text, without_breaks};
use crate::header::lexer::{Lexer, RawParameter};
use crate::transfer::quoted_printable::hex_pair;
use crate::{DefectKind, EncodeError, Options, charset};

/// Octets of a name and a language tag together: with each section of a value in a line of its own,
/// lines stay below 998 octets (RFC 5322 section 2.1.1).
const NAME_MAX: usize = 500;
/// A byte order mark.
const MARK: char = '\u{feff}';

/// One parameter: its decoded value, and the language that RFC 2231 may give it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Parameter<'a>"))]
pub struct Parameter<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    language: Option<Cow<'a, str>>,
}

impl<'a> Parameter<'a> {
    /// A parameter `name` with `value`.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if `name` is no token (RFC 2045 section 5.1) or has one of `*'%`
    /// (RFC 2231 section 7), [`EncodeError::LineTooLong`] if it has more than 500 octets,
    /// [`EncodeError::LineBreak`] if `value` has CR, LF or NUL.
    pub fn new(
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let (name, value) = (name.into(), value.into());
        if !is_attribute(name.as_bytes()) {
            return Err(EncodeError::Syntax);
        }
        if name.len() > NAME_MAX {
            return Err(EncodeError::LineTooLong);
        }
        if has_line_break(&value) {
            return Err(EncodeError::LineBreak);
        }
        Ok(Self {
            name,
            value,
            language: None,
        })
    }

    /// The same parameter with the language tag that RFC 2231 section 4 puts in front of the value.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Syntax`] if the tag has other octets than letters, digits and hyphens,
    /// [`EncodeError::LineTooLong`] if it and the name have more than 500 octets.
    pub fn with_language(mut self, language: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        let language = language.into();
        if !is_language(language.as_bytes()) {
            return Err(EncodeError::Syntax);
        }
        if self.name.len() + language.len() > NAME_MAX {
            return Err(EncodeError::LineTooLong);
        }
        self.language = Some(language);
        Ok(self)
    }

    /// The name as it was written, without RFC 2231 section numbers and asterisks.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The decoded value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The language tag, if one was given (RFC 2231 section 4).
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The same parameter without borrows.
    pub fn into_owned(self) -> Parameter<'static> {
        Parameter {
            name: Cow::Owned(self.name.into_owned()),
            value: Cow::Owned(self.value.into_owned()),
            language: self
                .language
                .map(|language| Cow::Owned(language.into_owned())),
        }
    }
}

/// The parameters of one field, in the order of their first appearance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "repr::Parameters<'a>"))]
pub struct Parameters<'a> {
    list: Vec<Parameter<'a>>,
}

impl<'a> Parameters<'a> {
    /// No parameters.
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// The value of the parameter `name`, which is compared without regard to case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(Parameter::value)
    }

    /// The parameter `name`, which is compared without regard to case.
    pub fn find(&self, name: &str) -> Option<&Parameter<'a>> {
        self.list
            .iter()
            .find(|parameter| parameter.name.eq_ignore_ascii_case(name))
    }

    /// All parameters.
    pub fn iter(&self) -> core::slice::Iter<'_, Parameter<'a>> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a parameter, or replaces the one of the same name.
    pub fn set(&mut self, parameter: Parameter<'a>) {
        match self
            .list
            .iter_mut()
            .find(|old| old.name.eq_ignore_ascii_case(&parameter.name))
        {
            Some(old) => *old = parameter,
            None => self.list.push(parameter),
        }
    }

    /// The same parameters without borrows.
    pub fn into_owned(self) -> Parameters<'static> {
        Parameters {
            list: self.list.into_iter().map(Parameter::into_owned).collect(),
        }
    }

    /// Reads the parameters at `lexer`, at most as many sections as the limits allow, of a value of
    /// `len` octets.
    pub(crate) fn parse(
        mut lexer: Lexer<'a>,
        len: usize,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Self {
        let mut raw = Vec::new();
        let mut count = 0;
        while let Some(next) = lexer.parameter() {
            let at = len.saturating_sub(next.left);
            if count >= options.limits.parameters {
                sink.report_once(DefectKind::ParameterLimit, at);
                break;
            }
            count += 1;
            let malformed = next.malformed;
            let section = Section::new(next, at);
            // What could not be written again is not read either.
            let sound = is_attribute(section.base) && section.base.len() <= NAME_MAX;
            if malformed || !sound {
                sink.report_once(DefectKind::MalformedParameter, at);
            }
            if sound {
                raw.push(section);
            }
        }
        let mut list = Vec::with_capacity(raw.len());
        for index in 0..raw.len() {
            let Some(first) = raw.get(index) else { break };
            if raw.iter().take(index).any(|other| other.same_name(first)) {
                continue;
            }
            list.extend(assemble(first, &raw, options, sink));
        }
        Self { list }
    }

    /// Appends `; name=value` for each parameter, folded so that lines stay under `width` octets where
    /// possible; values that need it are encoded by RFC 2231 as UTF-8.
    pub(crate) fn encode(&self, width: usize, out: &mut Vec<u8>) {
        for parameter in &self.list {
            encode_parameter(parameter, width, out);
        }
    }
}

impl<'s, 'a> IntoIterator for &'s Parameters<'a> {
    type Item = &'s Parameter<'a>;
    type IntoIter = core::slice::Iter<'s, Parameter<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Octets as text: UTF-8 as it stands, anything else with U+FFFD.
pub(crate) fn text(octets: Cow<'_, [u8]>) -> Cow<'_, str> {
    match octets {
        Cow::Borrowed(octets) => String::from_utf8_lossy(octets),
        Cow::Owned(octets) => Cow::Owned(match String::from_utf8(octets) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    }
}

/// Like [`text`], but octets that are not UTF-8 are of the fallback charset, if there is one.
fn text_with<'a>(octets: Cow<'a, [u8]>, options: &Options) -> Cow<'a, str> {
    match octets {
        Cow::Borrowed(octets) => to_text(octets, options),
        Cow::Owned(octets) => Cow::Owned(match String::from_utf8(octets) {
            Ok(text) => text,
            Err(error) => to_text(error.as_bytes(), options).into_owned(),
        }),
    }
}

/// A parameter with its RFC 2231 asterisks taken apart.
struct Section<'a> {
    base: &'a [u8],
    /// `None` for a plain parameter.
    number: Option<u32>,
    extended: bool,
    value: Cow<'a, [u8]>,
    /// Where it starts in the value of the field.
    at: usize,
}

impl<'a> Section<'a> {
    fn new(raw: RawParameter<'a>, at: usize) -> Self {
        let plain = |value| Self {
            base: raw.name,
            number: None,
            extended: false,
            value,
            at,
        };
        let Some(star) = raw.name.iter().position(|&octet| octet == b'*') else {
            return plain(raw.value);
        };
        let (base, suffix) = raw.name.split_at_checked(star).unwrap_or((raw.name, &[]));
        let suffix = suffix.get(1..).unwrap_or_default();
        let (digits, extended) = match suffix {
            [] if !base.is_empty() => {
                return Self {
                    base,
                    number: Some(0),
                    extended: true,
                    value: raw.value,
                    at,
                };
            }
            [digits @ .., b'*'] => (digits, true),
            digits => (digits, false),
        };
        let canonical = !digits.is_empty()
            && digits.len() <= 6
            && digits.iter().all(u8::is_ascii_digit)
            && (digits.len() == 1 || digits.first() != Some(&b'0'));
        if !canonical || base.is_empty() {
            return plain(raw.value);
        }
        let number = digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        Self {
            base,
            number: Some(number),
            extended,
            value: raw.value,
            at,
        }
    }

    fn same_name(&self, other: &Self) -> bool {
        self.base.eq_ignore_ascii_case(other.base)
    }
}

/// Builds the parameter that `first` is of from all its sections; `None` if only later ones are there.
fn assemble<'a>(
    first: &Section<'a>,
    raw: &[Section<'a>],
    options: &Options,
    sink: &mut Sink<'_>,
) -> Option<Parameter<'a>> {
    let (value, language) = join(first.base, raw, options, sink)?;
    // What could not be written again is not read either: neither line breaks nor a byte order mark,
    // which undoing the charset removes.
    let broken = || sink.report_once(DefectKind::MalformedParameter, first.at);
    let value = match without_breaks(value, broken) {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim_start_matches(MARK)),
        Cow::Owned(value) if value.starts_with(MARK) => {
            Cow::Owned(String::from(value.trim_start_matches(MARK)))
        }
        value @ Cow::Owned(_) => value,
    };
    Some(Parameter {
        name: text(Cow::Borrowed(first.base)),
        value,
        language,
    })
}

/// The value of the parameter `base` and its language tag.
fn join<'a>(
    base: &[u8],
    raw: &[Section<'a>],
    options: &Options,
    sink: &mut Sink<'_>,
) -> Option<(Cow<'a, str>, Option<Cow<'a, str>>)> {
    let mut plain = None;
    let mut sections: Vec<&Section<'a>> = Vec::new();
    for section in raw
        .iter()
        .filter(|section| section.base.eq_ignore_ascii_case(base))
    {
        if section.number.is_some() {
            sections.push(section);
        } else if plain.is_some() {
            sink.report_once(DefectKind::DuplicateParameter, section.at);
        } else {
            plain = Some(section);
        }
    }
    // Stable: of two sections with one number the first is kept.
    sections.sort_by_key(|section| section.number);
    let mut count = 0;
    let mut kept: Vec<&Section<'a>> = Vec::with_capacity(sections.len());
    for section in sections {
        let number = section.number.unwrap_or_default();
        match number.cmp(&count) {
            Ordering::Equal => {
                count += 1;
                kept.push(section);
            }
            Ordering::Less => sink.report_once(DefectKind::DuplicateParameter, section.at),
            Ordering::Greater => {
                sink.report_once(DefectKind::MissingParameterSection, section.at);
                break;
            }
        }
    }
    let Some(first) = kept.first() else {
        let Section { value, at, .. } = plain?;
        let value = value.clone();
        let value = match encoded_words(base, &value, options) {
            Some(decoded) => {
                sink.report_once(DefectKind::EncodedWordInParameter, *at);
                Cow::Owned(decoded)
            }
            None => text_with(value, options),
        };
        if value.contains(char::REPLACEMENT_CHARACTER) {
            sink.report_once(DefectKind::UndecodableText, *at);
        }
        return Some((value, None));
    };
    if let Some(plain) = plain {
        sink.report_once(DefectKind::ConflictingParameter, plain.at);
    }
    let mut label: &[u8] = b"";
    let mut language = None;
    let mut octets = Vec::new();
    for section in &kept {
        let mut value: &[u8] = &section.value;
        if core::ptr::eq(*section, *first) && section.extended {
            let mut parts = value.splitn(3, |&octet| octet == b'\'');
            if let (Some(charset), Some(tag), Some(rest)) =
                (parts.next(), parts.next(), parts.next())
            {
                label = charset;
                if !is_language(tag) || base.len() + tag.len() > NAME_MAX {
                    // It could not be written again.
                    sink.report_once(DefectKind::MalformedParameter, section.at);
                } else if !tag.is_empty() {
                    language = Some(Cow::Owned(String::from_utf8_lossy(tag).into_owned()));
                }
                value = rest;
            } else {
                sink.report_once(DefectKind::MalformedParameter, section.at);
            }
        }
        if section.extended {
            if !percent_decode(value, &mut octets) {
                sink.report_once(DefectKind::MalformedPercent, section.at);
            }
        } else {
            octets.extend_from_slice(value);
        }
    }
    let decoded = if label.is_empty() {
        None
    } else {
        charset::decode(label, &octets)
    };
    let value = if let Some(decoded) = decoded {
        if decoded.replaced {
            sink.report_once(DefectKind::UndecodableText, first.at);
        }
        Cow::Owned(decoded.text.into_owned())
    } else {
        if !label.is_empty() {
            sink.report_once(DefectKind::UnknownCharset, first.at);
        } else if let Some(decoded) = encoded_words(base, &octets, options) {
            sink.report_once(DefectKind::EncodedWordInParameter, first.at);
            return Some((Cow::Owned(decoded), language));
        }
        let valid = core::str::from_utf8(&octets).is_ok();
        if !valid {
            sink.report_once(DefectKind::UndecodableText, first.at);
        }
        text_with(Cow::Owned(octets), options)
    };
    Some((value, language))
}

/// Whether `name` is an `attribute` (RFC 2231 section 7).
fn is_attribute(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&octet| is(octet, ATTRIBUTE))
}

/// Whether `tag` is made as language tags are; it may be empty.
fn is_language(tag: &[u8]) -> bool {
    tag.iter()
        .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
}

/// The text of a file name that holds encoded words, if they are to be decoded.
fn encoded_words(base: &[u8], value: &[u8], options: &Options) -> Option<String> {
    let is_file_name = ["name", "filename"]
        .iter()
        .any(|name| base.eq_ignore_ascii_case(name.as_bytes()));
    if !is_file_name || !options.parameter_encoded_words {
        return None;
    }
    find_start(value, 0)?;
    let decoded = decode_text(value, 0, false, options, &mut Sink::none());
    (decoded.as_bytes() != value).then(|| decoded.into_owned())
}

/// Undoes percent encoding (RFC 3986 section 2.1, RFC 2231 section 4); what is no escape stays. Whether all
/// percent signs were escapes.
pub(crate) fn percent_decode(value: &[u8], out: &mut Vec<u8>) -> bool {
    let mut rest = value;
    let mut clean = true;
    while let Some((&octet, tail)) = rest.split_first() {
        rest = tail;
        let escape = match *tail {
            [high, low, ..] if octet == b'%' => hex_pair(high, low),
            _ => None,
        };
        if let Some((escaped, _)) = escape {
            out.push(escaped);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            clean &= octet != b'%';
            out.push(octet);
        }
    }
    clean
}

/// The line length that folding aims at (RFC 5322 section 2.1.1).
pub(crate) const LINE: usize = 78;
/// The line length of text that is not folded.
pub(crate) const UNFOLDED: usize = usize::MAX;

fn column(out: &[u8]) -> usize {
    out.len() - memchr::memrchr(b'\n', out).map_or(0, |at| at + 1)
}

/// Ends the previous item with a semicolon and starts one of `len` octets, on a new line if needed.
fn separate(len: usize, width: usize, out: &mut Vec<u8>) {
    out.push(b';');
    // The item, its leading space and the semicolon that may follow.
    if width != UNFOLDED && column(out) + len + 2 > width {
        out.extend_from_slice(b"\r\n ");
    } else {
        out.push(b' ');
    }
}

fn encode_parameter(parameter: &Parameter<'_>, width: usize, out: &mut Vec<u8>) {
    let (name, value) = (parameter.name.as_bytes(), parameter.value.as_bytes());
    // What looks like an encoded word is one to lenient readers.
    let simple = parameter.language.is_none()
        && find_start(value, 0).is_none()
        && value
            .iter()
            .all(|&octet| octet == b'\t' || (b' '..=b'~').contains(&octet));
    if simple {
        // Some readers take the characters of RFC 2231 for its syntax also where it is none.
        let token = is_attribute(value);
        let quotes = if token {
            0
        } else {
            2 + value
                .iter()
                .filter(|octet| matches!(octet, b'"' | b'\\'))
                .count()
        };
        let len = name.len() + 1 + value.len() + quotes;
        // A value that fits no line is cut into RFC 2231 sections below.
        if len + 2 <= width {
            separate(len, width, out);
            out.extend_from_slice(name);
            out.push(b'=');
            if token {
                out.extend_from_slice(value);
            } else {
                out.push(b'"');
                for &octet in value {
                    if matches!(octet, b'"' | b'\\') {
                        out.push(b'\\');
                    }
                    out.push(octet);
                }
                out.push(b'"');
            }
            return;
        }
    }
    encode_extended(parameter, width, out);
}

/// `name*=UTF-8'lang'...`, or `name*0*=`, `name*1*=` ... if that is too long for one line.
fn encode_extended(parameter: &Parameter<'_>, width: usize, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut prefix = b"UTF-8'".to_vec();
    prefix.extend_from_slice(parameter.language().unwrap_or_default().as_bytes());
    prefix.push(b'\'');
    let mut encoded = Vec::new();
    for octet in parameter.value.bytes() {
        if is(octet, ATTRIBUTE) {
            encoded.push(octet);
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            encoded.extend_from_slice(&[b'%', digit(octet >> 4), digit(octet & 15)]);
        }
    }
    let name = parameter.name.as_bytes();
    let whole = name.len() + 2 + prefix.len() + encoded.len();
    if whole + 2 <= width {
        separate(whole, width, out);
        out.extend_from_slice(name);
        out.extend_from_slice(b"*=");
        out.extend_from_slice(&prefix);
        out.extend_from_slice(&encoded);
        return;
    }
    let mut rest = &encoded[..];
    let mut number = 0_u32;
    while number == 0 || !rest.is_empty() {
        let mut head = name.to_vec();
        head.extend_from_slice(alloc::format!("*{number}*=").as_bytes());
        if number == 0 {
            head.extend_from_slice(&prefix);
        }
        // Under a long name lines are longer, so that all of them are no more than thrice the value.
        let room = width.saturating_sub(head.len() + 2).max(head.len() / 2);
        let mut room = room.min(rest.len());
        // Not inside an escape.
        for back in 1..=2 {
            if room < rest.len() && room >= back && rest.get(room - back) == Some(&b'%') {
                room -= back;
                break;
            }
        }
        let (piece, tail) = rest.split_at_checked(room).unwrap_or((rest, &[]));
        separate(head.len() + piece.len(), width, out);
        out.extend_from_slice(&head);
        out.extend_from_slice(piece);
        rest = tail;
        number = number.saturating_add(1);
    }
}
