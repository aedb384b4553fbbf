//! `OpenPGP` armor in plain text (RFC 4880 sections 6.2 and 7): where it is and what it says to be.

use core::ops::Range;

/// A block of `OpenPGP` armor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Armor {
    /// What it is.
    pub kind: ArmorKind,
    /// Where it is in the text, from its first to its last line, both included.
    pub range: Range<usize>,
}

/// What a block of armor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArmorKind {
    /// `BEGIN PGP MESSAGE`: encrypted, or signed and packed.
    Message,
    /// `BEGIN PGP SIGNED MESSAGE`: clear text, up to the end of its signature.
    SignedMessage,
    /// `BEGIN PGP SIGNATURE`.
    Signature,
    /// `BEGIN PGP PUBLIC KEY BLOCK`.
    PublicKey,
    /// `BEGIN PGP PRIVATE KEY BLOCK`.
    PrivateKey,
}

/// The kind, its words, and the words at its end.
const KINDS: [(ArmorKind, &str, &str); 5] = [
    (ArmorKind::Message, "MESSAGE", "MESSAGE"),
    (ArmorKind::SignedMessage, "SIGNED MESSAGE", "SIGNATURE"),
    (ArmorKind::Signature, "SIGNATURE", "SIGNATURE"),
    (ArmorKind::PublicKey, "PUBLIC KEY BLOCK", "PUBLIC KEY BLOCK"),
    (
        ArmorKind::PrivateKey,
        "PRIVATE KEY BLOCK",
        "PRIVATE KEY BLOCK",
    ),
];

impl Armor {
    /// The blocks in a text, those that are not complete left out.
    ///
    /// ```
    /// use mime_codec::{Armor, ArmorKind};
    ///
    /// let text = "Hello\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhIwDY32h\r\n=zzaA\r\n-----END PGP MESSAGE-----\r\nBye\r\n";
    /// let blocks: Vec<Armor> = Armor::find(text).collect();
    /// assert_eq!(blocks[0].kind, ArmorKind::Message);
    /// assert!(text[blocks[0].range.clone()].ends_with("=zzaA\r\n-----END PGP MESSAGE-----\r\n"));
    /// assert_eq!(blocks.len(), 1);
    /// ```
    pub fn find(text: &str) -> impl Iterator<Item = Self> + use<'_> {
        let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, *at, line.trim_end()))
        });
        core::iter::from_fn(move || {
            let mut open: Option<(ArmorKind, &str, usize)> = None;
            for (start, end, line) in lines.by_ref() {
                let words = |edge| {
                    let words = line.strip_prefix("-----")?.strip_suffix("-----")?;
                    words.strip_prefix(edge)?.strip_prefix(" PGP ")
                };
                if let Some(words) = words("BEGIN") {
                    // The signature at the end of a clear text belongs to it; what begins anew gives
                    // up what never ended.
                    let belongs = matches!(open, Some((ArmorKind::SignedMessage, ..)))
                        && words == "SIGNATURE";
                    if !belongs {
                        let kind = KINDS.iter().find(|(_, begin, _)| *begin == words);
                        open = kind.map(|(kind, _, last)| (*kind, *last, start));
                    }
                } else if let (Some(words), Some((kind, last, begin))) = (words("END"), open)
                    && words == last
                {
                    let range = begin..end;
                    return Some(Self { kind, range });
                }
            }
            None
        })
    }
}
