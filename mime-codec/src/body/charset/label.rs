//! Names of charsets, also the misspelt ones (RFC 2045 section 5.1, RFC 2978 section 2.3).

use core::fmt;

use encoding_rs::Encoding;

use super::pc;

/// A charset that this crate decodes.
///
/// ```
/// use mime_codec::charset::Charset;
/// assert_eq!(Charset::for_label(b"latin1").unwrap().name(), "windows-1252");
/// assert_eq!(Charset::for_label(b"\"UTF8\" ").unwrap(), Charset::UTF_8);
/// assert!(Charset::for_label(b"x-unknown").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset(Kind);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Whatwg(&'static Encoding),
    Utf7,
    Cp437,
    Cp850,
    Cp852,
    Cp858,
}

/// Longest label looked at, in octets, once cleaned.
const MAX_LABEL: usize = 40;

/// Spellings that are neither labels of the Encoding Standard nor reached by the rules of
/// [`Charset::for_label`], with the label they mean. Letters and digits only.
const ALIASES: &[(&str, &str)] = &[
    ("ascii7", "us-ascii"),
    ("big5eten", "big5"),
    ("cp367", "us-ascii"),
    ("cp819", "iso-8859-1"),
    ("cp874", "windows-874"),
    ("cp878", "koi8-r"),
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("cp51932", "euc-jp"),
    ("cp51949", "euc-kr"),
    ("cp50220", "iso-2022-jp"),
    ("cp50221", "iso-2022-jp"),
    ("cp50222", "iso-2022-jp"),
    ("cp54936", "gb18030"),
    ("cp10000", "macintosh"),
    ("cp10007", "x-mac-cyrillic"),
    ("eucjis", "euc-jp"),
    ("eucjpms", "euc-jp"),
    ("euccn", "gb2312"),
    ("iso2022jp1", "iso-2022-jp"),
    ("iso2022jp2", "iso-2022-jp"),
    ("iso2022jp3", "iso-2022-jp"),
    ("iso2022jpms", "iso-2022-jp"),
    ("koi8r", "koi8-r"),
    ("koi8ru", "koi8-u"),
    ("koi8u", "koi8-u"),
    ("ksc5601", "euc-kr"),
    ("ksc56011987", "euc-kr"),
    ("ks", "euc-kr"),
    ("latin9", "iso-8859-15"),
    ("macroman", "macintosh"),
    ("macosroman", "macintosh"),
    ("mscp932", "shift_jis"),
    ("sjis", "shift_jis"),
    ("uhc", "euc-kr"),
    ("unicode11utf8", "utf-8"),
    ("usascii", "us-ascii"),
    ("ansi", "windows-1252"),
    ("8bit", "windows-1252"),
    ("7bit", "us-ascii"),
    ("unicode", "utf-16le"),
    ("ucs2", "utf-16le"),
    ("utf16", "utf-16le"),
];

impl Charset {
    /// UTF-8.
    pub const UTF_8: Self = Self(Kind::Whatwg(encoding_rs::UTF_8));
    /// windows-1252, which US-ASCII and ISO-8859-1 are read as.
    pub const WINDOWS_1252: Self = Self(Kind::Whatwg(encoding_rs::WINDOWS_1252));
    /// UTF-7 (RFC 2152).
    pub const UTF_7: Self = Self(Kind::Utf7);

    /// The charset that a label names.
    ///
    /// First the label as the Encoding Standard knows it; then without quotes, an `x-` or `cs`
    /// prefix, punctuation and a language suffix (`*en`), and with `cp`, `ibm`, `win`, `windows`
    /// and `iso` spelt as they should be.
    pub fn for_label(label: &[u8]) -> Option<Self> {
        // What almost all mail names; the others are searched for.
        match label {
            b"utf-8" | b"UTF-8" => return Some(Self::UTF_8),
            b"us-ascii" | b"US-ASCII" | b"iso-8859-1" | b"ISO-8859-1" => {
                return Some(Self::WINDOWS_1252);
            }
            _ => {}
        }
        if let Some(encoding) = Encoding::for_label_no_replacement(label) {
            return Some(Self::from_encoding(encoding));
        }
        let mut buffer = [0; MAX_LABEL];
        let folded = fold(label, &mut buffer)?;
        let core = folded
            .strip_prefix("x")
            .or_else(|| folded.strip_prefix("cs"))
            .filter(|core| !core.is_empty());
        by_folded(folded).or_else(|| by_folded(core?))
    }

    pub(super) fn from_encoding(encoding: &'static Encoding) -> Self {
        Self(Kind::Whatwg(encoding))
    }

    /// The name that the Encoding Standard, or the IANA registry, gives the charset.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Whatwg(encoding) => encoding.name(),
            Kind::Utf7 => "UTF-7",
            Kind::Cp437 => "IBM437",
            Kind::Cp850 => "IBM850",
            Kind::Cp852 => "IBM852",
            Kind::Cp858 => "IBM00858",
        }
    }

    pub(super) fn encoding(self) -> Option<&'static Encoding> {
        match self.0 {
            Kind::Whatwg(encoding) => Some(encoding),
            _ => None,
        }
    }

    pub(super) fn pc_table(self) -> Option<&'static [char; 128]> {
        match self.0 {
            Kind::Cp437 => Some(&pc::CP437),
            Kind::Cp850 => Some(&pc::CP850),
            Kind::Cp852 => Some(&pc::CP852),
            Kind::Cp858 => Some(&pc::CP858),
            Kind::Whatwg(_) | Kind::Utf7 => None,
        }
    }

    /// Whether US-ASCII octets mean themselves throughout `bytes`.
    pub(super) fn is_ascii_without_shifts(self, bytes: &[u8]) -> bool {
        self.0 != Kind::Utf7 || memchr::memchr(b'+', bytes).is_none()
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Charset({})", self.name())
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The letters and digits of a label in lower case, up to a language suffix.
fn fold<'a>(label: &[u8], buffer: &'a mut [u8; MAX_LABEL]) -> Option<&'a str> {
    let end = memchr::memchr(b'*', label).unwrap_or(label.len());
    let mut length = 0;
    for octet in label
        .get(..end)?
        .iter()
        .filter(|octet| octet.is_ascii_alphanumeric())
    {
        *buffer.get_mut(length)? = octet.to_ascii_lowercase();
        length += 1;
    }
    core::str::from_utf8(buffer.get(..length)?).ok()
}

fn by_folded(label: &str) -> Option<Charset> {
    let own = match label {
        "utf7" | "unicode11utf7" | "unicode20utf7" | "unicode2utf7" => Some(Kind::Utf7),
        "pc8codepage437" => Some(Kind::Cp437),
        "pc850multilingual" => Some(Kind::Cp850),
        "pcp852" => Some(Kind::Cp852),
        "pcmultilingual850euro" => Some(Kind::Cp858),
        _ => None,
    };
    if let Some(kind) = own {
        return Some(Charset(kind));
    }
    let known = |label: &str| {
        Encoding::for_label_no_replacement(label.as_bytes()).map(Charset::from_encoding)
    };
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == label) {
        return known(meant);
    }
    known(label)
        .or_else(|| {
            // utf8, koi8r, shiftjis, isoXXXXN, windows1252, win1252, cp1252, ibm866.
            let page = ["windows", "win", "mswin", "cp", "ibm", "ms", "codepage", ""]
                .iter()
                .find_map(|prefix| label.strip_prefix(prefix))
                .filter(|page| page.bytes().all(|octet| octet.is_ascii_digit()))?;
            by_page(page)
        })
        .or_else(|| {
            let part = ["iso8859", "8859", "iso88859", "iso889", "is08859"]
                .iter()
                .find_map(|prefix| label.strip_prefix(prefix))?;
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let mut name = *b"iso-8859-00";
            for (slot, digit) in name
                .iter_mut()
                .skip(9)
                .zip(part.bytes().take(digits.min(2)))
            {
                *slot = digit;
            }
            let length = 9 + digits.min(2);
            known(core::str::from_utf8(name.get(..length)?).ok()?)
        })
        .or_else(|| match label {
            "koi8" => known("koi8-r"),
            "shiftjis" => known("shift_jis"),
            "iso2022jp" => known("iso-2022-jp"),
            "eucjp" => known("euc-jp"),
            "euckr" => known("euc-kr"),
            "big5hkscs" => known("big5-hkscs"),
            _ if label.starts_with("gb2312") => known("gb2312"),
            _ if label.starts_with("utf8") => known("utf-8"),
            _ => None,
        })
}

/// A code page of Windows or of the PC by its number.
fn by_page(page: &str) -> Option<Charset> {
    let page = page.trim_start_matches('0');
    let kind = match page {
        "437" => Kind::Cp437,
        "850" => Kind::Cp850,
        "852" => Kind::Cp852,
        "858" => Kind::Cp858,
        "866" => Kind::Whatwg(encoding_rs::IBM866),
        "65001" => Kind::Whatwg(encoding_rs::UTF_8),
        _ => {
            let mut name = *b"windows-0000";
            for (slot, digit) in name.iter_mut().skip(8).zip(page.bytes()) {
                *slot = digit;
            }
            let label = name.get(..8 + page.len().min(4))?;
            Kind::Whatwg(Encoding::for_label_no_replacement(label)?)
        }
    };
    Some(Charset(kind))
}
