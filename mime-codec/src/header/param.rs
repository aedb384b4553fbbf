//! Parameters of MIME fields with continuations, charset and language (RFC 2045 section 5.1, RFC 2231).

#[cfg(feature = "serde")]
mod repr;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::header::defect_sink::Sink;
use crate::header::encoded_word::{decode_text, find_start};
use crate::header::grammar::{TOKEN, has_line_break, is, is_token, to_text, without_breaks};
use crate::header::lexer::{Lexer, RawParameter};
use crate::transfer::quoted_printable::hex_pair;
use crate::{DefectKind, EncodeError, Options, charset};

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
    /// [`EncodeError`] if `name` is no token (RFC 2045 section 5.1), contains one of `*'%`,
    /// or `value` has CR, LF or NUL.
    pub fn new(
        name: impl Into<Cow<'a, str>>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<Self, EncodeError> {
        let (name, value) = (name.into(), value.into());
        if name.is_empty()
            || !name
                .bytes()
                .all(|octet| is(octet, TOKEN) && !b"*'%".contains(&octet))
        {
            return Err(EncodeError::Syntax);
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
    /// [`EncodeError::Syntax`] if the tag has other octets than letters, digits and hyphens.
    pub fn with_language(mut self, language: impl Into<Cow<'a, str>>) -> Result<Self, EncodeError> {
        let language = language.into();
        if !language
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
        {
            return Err(EncodeError::Syntax);
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

    /// Reads the parameters at `lexer`, at most as many sections as the limits allow.
    pub(crate) fn parse(
        mut lexer: Lexer<'a>,
        options: &Options,
        defects: &mut Vec<DefectKind>,
    ) -> Self {
        let mut raw = Vec::new();
        while let Some(next) = lexer.parameter() {
            if raw.len() >= options.limits.parameters {
                note(defects, DefectKind::ParameterLimit);
                break;
            }
            // What could not be written again is not read either; an asterisk begins no name
            // (RFC 2231 section 7).
            let sound = !next.name.iter().any(u8::is_ascii_control);
            let named = !matches!(next.name, [] | [b'*', ..]);
            if next.malformed || !sound || !named {
                note(defects, DefectKind::MalformedParameter);
            }
            if sound && named {
                raw.push(Section::new(next));
            }
        }
        let mut list = Vec::with_capacity(raw.len());
        for index in 0..raw.len() {
            let Some(first) = raw.get(index) else { break };
            if raw.iter().take(index).any(|other| other.same_name(first)) {
                continue;
            }
            let Some(parameter) = assemble(first.base, &raw, options, defects) else {
                continue;
            };
            // Names that are no text may differ in their octets and be the same once read.
            let known = |other: &Parameter<'_>| other.name.eq_ignore_ascii_case(&parameter.name);
            if !first.base.is_ascii() && list.iter().any(known) {
                note(defects, DefectKind::DuplicateParameter);
                continue;
            }
            list.push(parameter);
        }
        Self { list }
    }

    /// Appends `; name=value` for each parameter, folded so that lines stay under 78 octets where
    /// possible; values that need it are encoded by RFC 2231 as UTF-8.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for parameter in &self.list {
            encode_parameter(parameter, out);
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

/// Adds `kind` once.
pub(crate) fn note(defects: &mut Vec<DefectKind>, kind: DefectKind) {
    if !defects.contains(&kind) {
        defects.push(kind);
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
}

impl<'a> Section<'a> {
    fn new(raw: RawParameter<'a>) -> Self {
        let plain = |value| Self {
            base: raw.name,
            number: None,
            extended: false,
            value,
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
        }
    }

    fn same_name(&self, other: &Self) -> bool {
        self.base.eq_ignore_ascii_case(other.base)
    }
}

/// Builds the parameter `base` from all its sections; `None` if only later ones are there.
fn assemble<'a>(
    base: &'a [u8],
    raw: &[Section<'a>],
    options: &Options,
    defects: &mut Vec<DefectKind>,
) -> Option<Parameter<'a>> {
    let (value, language) = join(base, raw, options, defects)?;
    Some(Parameter {
        name: text(Cow::Borrowed(base)),
        // What could not be written again is not read either.
        value: without_breaks(value, || note(defects, DefectKind::MalformedParameter)),
        language,
    })
}

/// The value of the parameter `base` and its language tag.
fn join<'a>(
    base: &[u8],
    raw: &[Section<'a>],
    options: &Options,
    defects: &mut Vec<DefectKind>,
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
            note(defects, DefectKind::DuplicateParameter);
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
            Ordering::Less => note(defects, DefectKind::DuplicateParameter),
            Ordering::Greater => {
                note(defects, DefectKind::MissingParameterSection);
                break;
            }
        }
    }
    let Some(first) = kept.first() else {
        let value = plain?.value.clone();
        let value = match encoded_words(base, &value, options) {
            Some(decoded) => {
                note(defects, DefectKind::EncodedWordInParameter);
                Cow::Owned(decoded)
            }
            None => text_with(value, options),
        };
        if value.contains(char::REPLACEMENT_CHARACTER) {
            note(defects, DefectKind::UndecodableText);
        }
        return Some((value, None));
    };
    if plain.is_some() {
        note(defects, DefectKind::ConflictingParameter);
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
                if !tag
                    .iter()
                    .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
                {
                    // It could not be written again.
                    note(defects, DefectKind::MalformedParameter);
                } else if !tag.is_empty() {
                    language = Some(Cow::Owned(String::from_utf8_lossy(tag).into_owned()));
                }
                value = rest;
            } else {
                note(defects, DefectKind::MalformedParameter);
            }
        }
        if section.extended {
            if !percent_decode(value, &mut octets) {
                note(defects, DefectKind::MalformedPercent);
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
            note(defects, DefectKind::UndecodableText);
        }
        Cow::Owned(decoded.text.into_owned())
    } else {
        if !label.is_empty() {
            note(defects, DefectKind::UnknownCharset);
        } else if let Some(decoded) = encoded_words(base, &octets, options) {
            note(defects, DefectKind::EncodedWordInParameter);
            return Some((Cow::Owned(decoded), language));
        }
        let valid = core::str::from_utf8(&octets).is_ok();
        if !valid {
            note(defects, DefectKind::UndecodableText);
        }
        text_with(Cow::Owned(octets), options)
    };
    Some((value, language))
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
const LINE: usize = 78;

fn column(out: &[u8]) -> usize {
    out.len() - memchr::memrchr(b'\n', out).map_or(0, |at| at + 1)
}

/// Ends the previous item with a semicolon and starts one of `len` octets, on a new line if needed.
fn separate(len: usize, out: &mut Vec<u8>) {
    out.push(b';');
    // The item, its leading space and the semicolon that may follow.
    if column(out) + len + 2 > LINE {
        out.extend_from_slice(b"\r\n ");
    } else {
        out.push(b' ');
    }
}

fn encode_parameter(parameter: &Parameter<'_>, out: &mut Vec<u8>) {
    let (name, value) = (parameter.name.as_bytes(), parameter.value.as_bytes());
    // What looks like an encoded word is one to lenient readers.
    let simple = parameter.language.is_none()
        && find_start(value, 0).is_none()
        && value
            .iter()
            .all(|&octet| octet == b'\t' || (b' '..=b'~').contains(&octet));
    if simple {
        // Some readers take the characters of RFC 2231 for its syntax also where it is none.
        let token = is_token(value) && !value.iter().any(|octet| b"*'%".contains(octet));
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
        if len + 2 <= LINE {
            separate(len, out);
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
    encode_extended(parameter, out);
}

/// `name*=UTF-8'lang'...`, or `name*0*=`, `name*1*=` ... if that is too long for one line.
fn encode_extended(parameter: &Parameter<'_>, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut prefix = b"UTF-8'".to_vec();
    prefix.extend_from_slice(parameter.language().unwrap_or_default().as_bytes());
    prefix.push(b'\'');
    let mut encoded = Vec::new();
    for octet in parameter.value.bytes() {
        if is(octet, TOKEN) && !b"*'%".contains(&octet) {
            encoded.push(octet);
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            encoded.extend_from_slice(&[b'%', digit(octet >> 4), digit(octet & 15)]);
        }
    }
    let name = parameter.name.as_bytes();
    let whole = name.len() + 2 + prefix.len() + encoded.len();
    if whole + 2 <= LINE {
        separate(whole, out);
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
        let mut room = LINE.saturating_sub(head.len() + 2).max(12).min(rest.len());
        // Not inside an escape.
        for back in 1..=2 {
            if room < rest.len() && room >= back && rest.get(room - back) == Some(&b'%') {
                room -= back;
                break;
            }
        }
        let (piece, tail) = rest.split_at_checked(room).unwrap_or((rest, &[]));
        separate(head.len() + piece.len(), out);
        out.extend_from_slice(&head);
        out.extend_from_slice(piece);
        rest = tail;
        number = number.saturating_add(1);
    }
}
