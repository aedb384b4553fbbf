//! What is signed and what is encrypted: multipart/signed and multipart/encrypted (RFC 1847), S/MIME
//! (RFC 8551 sections 3.2 to 3.10) and `OpenPGP` (RFC 3156).

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Part, PartKind};

/// How an entity is signed or encrypted. Nothing is verified or decrypted here: this is what a
/// cryptographic library needs to be given.
///
/// ```
/// use mime_codec::{Message, Protection, SecurityProtocol};
///
/// let message = Message::parse(
///     "Content-Type: multipart/signed; boundary=b; micalg=sha-256; protocol=\"application/pkcs7-signature\"\r\n\r\n\
///      --b\r\n\r\nThis is some sample content.\r\n\r\n--b\r\n\
///      Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--b--\r\n",
/// );
/// let Some(Protection::Signed(signed)) = message.root().protection() else { panic!() };
/// assert_eq!(signed.protocol, SecurityProtocol::Smime);
/// assert_eq!(signed.micalg, ["sha-256"]);
/// assert_eq!(&*signed.octets(), b"\r\nThis is some sample content.\r\n");
/// assert_eq!(&*signed.signature.content(), b"\x30\x82\x01");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protection<'m> {
    /// multipart/signed: readable by everyone, with a signature beside it.
    Signed(Signed<'m>),
    /// multipart/encrypted.
    Encrypted(Encrypted<'m>),
    /// A CMS object of S/MIME.
    Cms(Cms<'m>),
}

/// Which kind of cryptography a multipart says to use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityProtocol {
    /// `application/pkcs7-signature`, also with `x-` (RFC 8551 section 3.5.3).
    Smime,
    /// `application/pgp-signature` or `application/pgp-encrypted` (RFC 3156).
    OpenPgp,
    /// Any other, in lower case.
    Other(String),
}

/// A multipart/signed of exactly two parts (RFC 1847 section 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'m> {
    /// What is signed: the whole entity, header section and body.
    pub content: Part<'m>,
    /// The detached signature.
    pub signature: Part<'m>,
    /// The `protocol` parameter, which is the media type of the signature.
    pub protocol: SecurityProtocol,
    /// The `micalg` parameter: names of digests, in lower case; empty if it is missing.
    pub micalg: Vec<String>,
}

/// A multipart/encrypted of exactly two parts (RFC 1847 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encrypted<'m> {
    /// What the recipient needs to decrypt the data.
    pub control: Part<'m>,
    /// The encrypted data.
    pub data: Part<'m>,
    /// The `protocol` parameter, which is the media type of the control part.
    pub protocol: SecurityProtocol,
}

/// A CMS object: application/pkcs7-mime, or a file that is named like one (RFC 8551 sections 3.2 and
/// 3.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cms<'m> {
    /// The entity; its [`content`](Part::content) is the object in DER or BER.
    pub part: Part<'m>,
    /// What the object is, as far as the entity says.
    pub kind: CmsKind,
}

/// What a CMS object is said to be. It is a hint: the object itself decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CmsKind {
    /// `enveloped-data`: encrypted.
    EnvelopedData,
    /// `authEnveloped-data`: encrypted and authenticated.
    AuthEnvelopedData,
    /// `signed-data`: signed, the content within the object.
    SignedData,
    /// `certs-only`: certificates and nothing else.
    CertsOnly,
    /// `compressed-data`.
    CompressedData,
    /// A detached signature outside of a multipart/signed (`application/pkcs7-signature`, `.p7s`).
    Signature,
    /// Any other `smime-type`, in lower case.
    Other(String),
    /// The entity does not say.
    Unknown,
}

impl<'m> Part<'m> {
    /// How the entity is signed or encrypted.
    ///
    /// `None` also for a multipart/signed or multipart/encrypted that has not exactly two parts, whose
    /// second or first one is not of the type that `protocol` says, or whose `protocol` is known to
    /// belong to the other: what stands in it is not protected, and must not be shown as if it were.
    pub fn protection(&self) -> Option<Protection<'m>> {
        let media = self.media_type();
        if media.is("multipart", "signed") {
            let (content, signature) = self.pair()?;
            let protocol = self.protocol(signature)?;
            let micalg = self
                .content_type()
                .parameter("micalg")
                .map_or_else(Vec::new, |names| {
                    let names = names
                        .split(',')
                        .map(|name| name.trim().to_ascii_lowercase());
                    names.filter(|name| !name.is_empty()).collect()
                });
            return Some(Protection::Signed(Signed {
                content,
                signature,
                protocol,
                micalg,
            }));
        }
        if media.is("multipart", "encrypted") {
            let (control, data) = self.pair()?;
            let protocol = self.protocol(control)?;
            return Some(Protection::Encrypted(Encrypted {
                control,
                data,
                protocol,
            }));
        }
        let kind = self.cms_kind()?;
        Some(Protection::Cms(Cms { part: *self, kind }))
    }

    /// The two parts of a multipart that has two.
    fn pair(&self) -> Option<(Self, Self)> {
        if self.kind() != PartKind::Multipart {
            return None;
        }
        let mut children = self.children();
        let pair = (children.next()?, children.next()?);
        children.next().is_none().then_some(pair)
    }

    /// The `protocol` parameter, if `part` is of that type and it belongs to this multipart.
    fn protocol(&self, part: Self) -> Option<SecurityProtocol> {
        let content_type = self.content_type();
        let said = without_x(content_type.parameter("protocol")?);
        let found = without_x(&part.media_type().to_string());
        if said != found {
            return None;
        }
        let (protocol, multipart) = match &*said {
            "application/pkcs7-signature" => (SecurityProtocol::Smime, "signed"),
            "application/pgp-signature" => (SecurityProtocol::OpenPgp, "signed"),
            "application/pgp-encrypted" => (SecurityProtocol::OpenPgp, "encrypted"),
            _ => return Some(SecurityProtocol::Other(said)),
        };
        self.media_type()
            .is("multipart", multipart)
            .then_some(protocol)
    }

    fn cms_kind(&self) -> Option<CmsKind> {
        let media = self.media_type();
        let is =
            |subtype, older| media.is("application", subtype) || media.is("application", older);
        if self.kind() != PartKind::Leaf || !media.is_kind("application") {
            return None;
        }
        if is("pkcs7-signature", "x-pkcs7-signature") {
            return Some(CmsKind::Signature);
        }
        let is_cms = is("pkcs7-mime", "x-pkcs7-mime");
        if !is_cms && !media.is("application", "octet-stream") {
            return None;
        }
        if is_cms && let Some(said) = self.content_type().parameter("smime-type") {
            let said = said.trim().to_ascii_lowercase();
            return Some(match &*said {
                "enveloped-data" => CmsKind::EnvelopedData,
                "authenveloped-data" => CmsKind::AuthEnvelopedData,
                "signed-data" => CmsKind::SignedData,
                "certs-only" => CmsKind::CertsOnly,
                "compressed-data" => CmsKind::CompressedData,
                _ => CmsKind::Other(said),
            });
        }
        let name = self.file_name().unwrap_or_default().to_ascii_lowercase();
        match name.rsplit_once('.').map(|(_, suffix)| suffix) {
            Some("p7c") => Some(CmsKind::CertsOnly),
            Some("p7z") => Some(CmsKind::CompressedData),
            Some("p7s") => Some(CmsKind::Signature),
            Some("p7m") => Some(CmsKind::Unknown),
            _ => is_cms.then_some(CmsKind::Unknown),
        }
    }
}

impl<'m> Signed<'m> {
    /// The octets that the signature is made over: the signed entity as it stands in the message,
    /// without the line end in front of the delimiter, every line end as CRLF (RFC 8551 section 3.1.1,
    /// RFC 3156 section 5). Borrowed if the lines of the message end so.
    pub fn octets(&self) -> Cow<'m, [u8]> {
        with_crlf(self.content.raw())
    }
}

impl Encrypted<'_> {
    /// The version that the control part of an `OpenPGP` message says, which must be 1 (RFC 3156 section
    /// 4).
    pub fn version(&self) -> Option<u32> {
        let content = self.control.content();
        let fields = crate::Headers::parse(&content);
        fields.get("Version")?.text().trim().parse().ok()
    }
}

fn without_x(media_type: &str) -> String {
    let media_type = media_type.trim().to_ascii_lowercase();
    match media_type.strip_prefix("application/x-pkcs7-") {
        Some(rest) => alloc::format!("application/pkcs7-{rest}"),
        None => media_type,
    }
}

fn with_crlf(octets: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', octets) {
        if end.checked_sub(1).and_then(|before| octets.get(before)) != Some(&b'\r') {
            out.extend_from_slice(octets.get(start..end).unwrap_or_default());
            out.extend_from_slice(b"\r\n");
            start = end + 1;
        }
    }
    if start == 0 {
        return Cow::Borrowed(octets);
    }
    out.extend_from_slice(octets.get(start..).unwrap_or_default());
    Cow::Owned(out)
}
