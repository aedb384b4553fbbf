//! The service extensions by name: a set of them, and what EHLO tells of each.

use core::fmt;

use crate::cursor::keyword64;

macro_rules! extensions {
    ($($(#[$meta:meta])* $name:ident = $keyword:literal,)*) => {
        /// A service extension with a keyword in the EHLO reply (RFC 5321 section 2.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum Extension {
            $($(#[$meta])* $name,)*
        }

        impl Extension {
            /// Every extension that this crate knows.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The EHLO keyword.
            pub const fn keyword(self) -> &'static str {
                match self {
                    $(Self::$name => $keyword,)*
                }
            }

            /// The extension whose keyword begins with the folded octets of `word`, which are at most
            /// eight and are all of it if they are fewer.
            #[inline]
            #[allow(non_upper_case_globals, reason = "the constants are named after the variants")]
            fn from_word(word: u64) -> Option<Self> {
                $(const $name: u64 = keyword64($keyword.as_bytes());)*
                match word {
                    $($name => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

extensions! {
    /// SIZE (RFC 1870).
    Size = "SIZE",
    /// 8BITMIME (RFC 6152).
    EightBitMime = "8BITMIME",
    /// SMTPUTF8 (RFC 6531).
    Smtputf8 = "SMTPUTF8",
    /// PIPELINING (RFC 2920).
    Pipelining = "PIPELINING",
    /// CHUNKING (RFC 3030).
    Chunking = "CHUNKING",
    /// BINARYMIME (RFC 3030).
    BinaryMime = "BINARYMIME",
    /// DSN (RFC 3461).
    Dsn = "DSN",
    /// ENHANCEDSTATUSCODES (RFC 2034).
    EnhancedStatusCodes = "ENHANCEDSTATUSCODES",
    /// STARTTLS (RFC 3207).
    StartTls = "STARTTLS",
    /// AUTH (RFC 4954).
    Auth = "AUTH",
    /// DELIVERBY (RFC 2852).
    DeliverBy = "DELIVERBY",
    /// FUTURERELEASE (RFC 4865).
    FutureRelease = "FUTURERELEASE",
    /// MT-PRIORITY (RFC 6710).
    MtPriority = "MT-PRIORITY",
    /// REQUIRETLS (RFC 8689).
    RequireTls = "REQUIRETLS",
    /// RRVS (RFC 7293).
    Rrvs = "RRVS",
    /// CONPERM (RFC 4141).
    Conperm = "CONPERM",
    /// CONNEG (RFC 4141).
    Conneg = "CONNEG",
    /// MTRK (RFC 3885).
    Mtrk = "MTRK",
    /// NO-SOLICITING (RFC 3865).
    NoSoliciting = "NO-SOLICITING",
    /// CHECKPOINT (RFC 1845).
    Checkpoint = "CHECKPOINT",
    /// BURL (RFC 4468).
    Burl = "BURL",
    /// ETRN (RFC 1985).
    Etrn = "ETRN",
    /// ATRN (RFC 2645).
    Atrn = "ATRN",
    /// VRFY (RFC 5321 section 4.1.1.6).
    Vrfy = "VRFY",
    /// EXPN (RFC 5321 section 4.1.1.7).
    Expn = "EXPN",
    /// HELP (RFC 5321 section 4.1.1.8).
    Help = "HELP",
    /// LIMITS (RFC 9422).
    Limits = "LIMITS",
    /// XCLIENT (Postfix).
    Xclient = "XCLIENT",
    /// XFORWARD (Postfix).
    Xforward = "XFORWARD",
    /// PIPECONNECT (Exim).
    PipeConnect = "PIPECONNECT",
    /// PRDR (Exim).
    Prdr = "PRDR",
    /// ONEX (Sendmail).
    Onex = "ONEX",
    /// VERB (Sendmail).
    Verb = "VERB",
}

impl Extension {
    /// The extension with a keyword of these octets, in any case; `start` is the first eight of them,
    /// folded as [`keyword64`] does, or all if they are fewer.
    #[inline]
    pub(crate) fn from_keyword(start: u64, octets: &[u8]) -> Option<Self> {
        // Keywords differ in their first eight octets.
        let extension = Self::from_word(start)?;
        let keyword = extension.keyword().as_bytes();
        let rest = (octets.get(8..), keyword.get(8..));
        let same = octets.len() == keyword.len()
            && match rest {
                (Some(rest), Some(expected)) => rest.eq_ignore_ascii_case(expected),
                _ => true,
            };
        same.then_some(extension)
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

/// A set of extensions.
///
/// ```
/// use smtp_proto::{Extension, Extensions};
/// let set: Extensions = [Extension::Size, Extension::Dsn].into_iter().collect();
/// assert!(set.contains(Extension::Size) && !set.contains(Extension::Auth));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Extensions(u64);

impl Extensions {
    /// Whether `extension` is in the set.
    pub const fn contains(self, extension: Extension) -> bool {
        self.0 & (1 << extension as u32) != 0
    }

    /// Whether all of `others` are in the set.
    pub const fn contains_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Adds `extension` if `wanted`.
    #[inline]
    pub(crate) const fn insert_if(&mut self, extension: Extension, wanted: bool) {
        self.0 |= (wanted as u64) << extension as u32;
    }

    /// Adds `extension`.
    pub const fn insert(&mut self, extension: Extension) {
        self.0 |= 1 << extension as u32;
    }

    /// Takes `extension` out.
    pub const fn remove(&mut self, extension: Extension) {
        self.0 &= !(1 << extension as u32);
    }

    /// The extensions in the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Extension> {
        Extension::ALL
            .iter()
            .copied()
            .filter(move |&extension| self.contains(extension))
    }
}

impl FromIterator<Extension> for Extensions {
    fn from_iter<I: IntoIterator<Item = Extension>>(extensions: I) -> Self {
        let mut set = Self::default();
        set.extend(extensions);
        set
    }
}

impl Extend<Extension> for Extensions {
    fn extend<I: IntoIterator<Item = Extension>>(&mut self, extensions: I) {
        for extension in extensions {
            self.insert(extension);
        }
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn by_keyword(keyword: &str) -> Option<Extension> {
        Extension::from_keyword(keyword64(keyword.as_bytes()), keyword.as_bytes())
    }

    #[test]
    fn a_keyword_is_found_whole_and_in_any_case() {
        for &extension in Extension::ALL {
            let keyword = extension.keyword();
            assert_eq!(by_keyword(keyword), Some(extension));
            assert_eq!(by_keyword(&keyword.to_ascii_lowercase()), Some(extension));
            for wrong in [
                &format!("{keyword}S"),
                &format!("X{keyword}"),
                &keyword[1..],
            ] {
                assert_eq!(by_keyword(wrong), None, "{wrong}");
            }
        }
    }

    #[test]
    fn folding_takes_no_other_octet_for_a_letter() {
        for byte in b'!'..=255 {
            let keyword = [b'D', byte, b'N'];
            let found = Extension::from_keyword(keyword64(&keyword), &keyword);
            assert_eq!(found.is_some(), byte.eq_ignore_ascii_case(&b'S'), "{byte}");
        }
    }
}
