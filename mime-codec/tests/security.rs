//! What is signed and encrypted: the examples of RFC 8551 and RFC 3156, and what must not pass for them.

use mime_codec::{
    Armor, ArmorKind, CmsKind, Encrypted, Message, PartKind, Protection, SecurityProtocol, Signed,
};

/// RFC 8551 section 3.5.3.3; the signature is shortened.
const SMIME: &str = "Content-Type: multipart/signed;\r\n\
    \x20   micalg=sha-256;\r\n\
    \x20   boundary=\"----=_NextBoundary____Fri,_06_Sep_2002_00:25:21\";\r\n\
    \x20   protocol=\"application/pkcs7-signature\"\r\n\
    \r\n\
    This is a multipart message in MIME format.\r\n\
    \r\n\
    ------=_NextBoundary____Fri,_06_Sep_2002_00:25:21\r\n\
    \r\n\
    This is some sample content.\r\n\
    ------=_NextBoundary____Fri,_06_Sep_2002_00:25:21\r\n\
    Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\
    Content-Transfer-Encoding: base64\r\n\
    Content-Disposition: attachment; filename=smime.p7s\r\n\
    \r\n\
    MIIBJgYJKoZIhvcNAQcCoIIBFzCCARMCAQExADALBgkqhkiG9w0BBwExgf4w\r\n\
    \r\n\
    ------=_NextBoundary____Fri,_06_Sep_2002_00:25:21--\r\n";

/// RFC 3156 section 5.
const PGP: &str = "From: Michael Elkins <elkins@aero.org>\r\n\
    To: Michael Elkins <elkins@aero.org>\r\n\
    Mime-Version: 1.0\r\n\
    Content-Type: multipart/signed; boundary=bar; micalg=pgp-md5;\r\n\
    \x20 protocol=\"application/pgp-signature\"\r\n\
    \r\n\
    --bar\r\n\
    Content-Type: text/plain; charset=iso-8859-1\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\
    \r\n\
    =A1Hola!\r\n\
    \r\n\
    me\r\n\
    \r\n\
    --bar\r\n\
    \r\n\
    Content-Type: application/pgp-signature\r\n\
    \r\n\
    -----BEGIN PGP MESSAGE-----\r\n\
    Version: 2.6.2\r\n\
    \r\n\
    iQCVAwUBMJrRF2N9oWBghPDJAQE9UQQAtl7LuRVndBjrk4EqYBIb3h5QXIX/LC//\r\n\
    =ndaj\r\n\
    -----END PGP MESSAGE-----\r\n\
    \r\n\
    --bar--\r\n";

/// RFC 3156 section 4.
const ENCRYPTED: &str = "Content-Type: multipart/encrypted; boundary=foo;\r\n\
    \x20 protocol=\"application/pgp-encrypted\"\r\n\
    \r\n\
    --foo\r\n\
    Content-Type: application/pgp-encrypted\r\n\
    \r\n\
    Version: 1\r\n\
    \r\n\
    --foo\r\n\
    Content-Type: application/octet-stream\r\n\
    \r\n\
    -----BEGIN PGP MESSAGE-----\r\n\
    Version: 2.6.2\r\n\
    \r\n\
    hIwDY32hYGCE8MkBA/wOu7d45aUxF4Q0RKJprD3v5Z9K1YcRJ2fve87lMlDlx4Oj\r\n\
    =zzaA\r\n\
    -----END PGP MESSAGE-----\r\n\
    --foo--\r\n";

#[test]
fn smime_signed() {
    let message = Message::parse(SMIME);
    let Some(Protection::Signed(signed)) = message.root().protection() else {
        panic!("not signed");
    };
    assert_eq!(signed.protocol, SecurityProtocol::Smime);
    assert_eq!(signed.micalg, ["sha-256"]);
    // The octets that RFC 8551 prints have the line end of the delimiter at their end, and not the
    // empty line in front; RFC 1847 section 2.1 has it the other way round.
    assert_eq!(&*signed.octets(), b"\r\nThis is some sample content.");
    assert_eq!(signed.content.body_raw(), b"This is some sample content.");
    assert!(signed.signature.content().starts_with(b"\x30\x82\x01\x26"));
    assert_eq!(
        signed
            .signature
            .protection()
            .map(|protection| match protection {
                Protection::Cms(cms) => cms.kind,
                _ => CmsKind::Unknown,
            }),
        Some(CmsKind::Signature)
    );
}

#[test]
fn pgp_signed() {
    // The empty line in front of the fields is in the example of the RFC, which would make them
    // part of the body.
    let message = PGP.replace("--bar\r\n\r\nContent-Type", "--bar\r\nContent-Type");
    for line_end in ["\r\n", "\n"] {
        let message = message.replace("\r\n", line_end);
        let parsed = Message::parse(&message);
        let Some(Protection::Signed(signed)) = parsed.root().protection() else {
            panic!("not signed");
        };
        assert_eq!(signed.protocol, SecurityProtocol::OpenPgp);
        assert_eq!(signed.micalg, ["pgp-md5"]);
        assert_eq!(
            signed.octets().as_ref(),
            &b"Content-Type: text/plain; charset=iso-8859-1\r\n\
               Content-Transfer-Encoding: quoted-printable\r\n\r\n=A1Hola!\r\n\r\nme\r\n"[..]
        );
        let text = signed.signature.text();
        let armor: Vec<Armor> = Armor::find(&text).collect();
        assert_eq!(armor.len(), 1);
        assert_eq!(armor[0].kind, ArmorKind::Message);
    }
    assert_eq!(Message::parse(PGP).root().protection(), None);
}

#[test]
fn a_signed_multipart_is_signed_to_its_last_octet() {
    let inner =
        "Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nx\r\n--in--\r\nepilogue\r\n";
    let message = format!(
        "Content-Type: multipart/signed; boundary=out; protocol=\"application/pgp-signature\"\r\n\r\n\
         --out\r\n{inner}\r\n--out\r\nContent-Type: Application/PGP-Signature\r\n\r\ns\r\n--out--\r\n"
    );
    let message = Message::parse(&message);
    let Some(Protection::Signed(signed)) = message.root().protection() else {
        panic!("not signed");
    };
    assert_eq!(signed.content.kind(), PartKind::Multipart);
    assert_eq!(signed.octets().as_ref(), inner.as_bytes());
    assert!(signed.micalg.is_empty());
}

#[test]
fn pgp_encrypted() {
    let message = Message::parse(ENCRYPTED);
    let Some(Protection::Encrypted(encrypted)) = message.root().protection() else {
        panic!("not encrypted");
    };
    assert_eq!(encrypted.protocol, SecurityProtocol::OpenPgp);
    assert_eq!(encrypted.version(), Some(1));
    assert!(
        encrypted
            .data
            .content()
            .starts_with(b"-----BEGIN PGP MESSAGE-----")
    );
}

#[test]
fn what_is_not_as_it_says() {
    let third = "Content-Type: text/html\r\n\r\nnot signed\r\n";
    for (from, to) in [
        // A third part, one part, no protocol, another protocol, another type.
        (
            "------=_NextBoundary____Fri,_06_Sep_2002_00:25:21--",
            &*format!("------=_NextBoundary____Fri,_06_Sep_2002_00:25:21\r\n{third}"),
        ),
        (
            "This is some sample content.\r\n------=_NextBoundary____Fri,_06_Sep_2002_00:25:21",
            "x",
        ),
        ("protocol=", "protokoll="),
        (
            "protocol=\"application/pkcs7-signature\"",
            "protocol=\"application/pgp-signature\"",
        ),
        (
            "Content-Type: application/pkcs7-signature",
            "Content-Type: text/plain",
        ),
        ("multipart/signed", "multipart/mixed"),
    ] {
        let changed = SMIME.replace(from, to);
        assert_ne!(changed, SMIME);
        assert_eq!(Message::parse(&changed).root().protection(), None, "{to}");
    }
    // The protocol of the one multipart in the other.
    for message in [
        SMIME.replace("application/pkcs7-signature", "application/pgp-encrypted"),
        ENCRYPTED.replace("application/pgp-encrypted", "application/pkcs7-signature"),
        ENCRYPTED.replace("application/pgp-encrypted", "application/pgp-signature"),
    ] {
        assert_eq!(Message::parse(&message).root().protection(), None);
    }
    for message in [
        SMIME.replace("pkcs7-signature", "x-own"),
        ENCRYPTED.replace("pgp-encrypted", "x-own"),
    ] {
        let message = Message::parse(&message);
        let Some(
            Protection::Signed(Signed { protocol, .. })
            | Protection::Encrypted(Encrypted { protocol, .. }),
        ) = message.root().protection()
        else {
            panic!("not protected");
        };
        assert_eq!(
            protocol,
            SecurityProtocol::Other("application/x-own".into())
        );
    }
    let older = SMIME.replace(
        "Content-Type: application/pkcs7",
        "Content-Type: application/x-pkcs7",
    );
    assert!(Message::parse(&older).root().protection().is_some());
    let encrypted = ENCRYPTED.replace("Version: 1", "Version: one");
    let encrypted = Message::parse(&encrypted);
    let Some(Protection::Encrypted(encrypted)) = encrypted.root().protection() else {
        panic!("not encrypted");
    };
    assert_eq!(encrypted.version(), None);
}

#[test]
fn cms_objects() {
    let kind = |fields: &str| {
        let message = format!("{fields}\r\n\r\n");
        match Message::parse(&message).root().protection()? {
            Protection::Cms(cms) => Some(cms.kind),
            _ => None,
        }
    };
    for (fields, expected) in [
        // RFC 8551 section 3.2.2.
        (
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            CmsKind::EnvelopedData,
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data",
            CmsKind::AuthEnvelopedData,
        ),
        (
            "Content-Type: Application/X-PKCS7-Mime; smime-type=Signed-Data",
            CmsKind::SignedData,
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=certs-only",
            CmsKind::CertsOnly,
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=compressed-data;\r\n   name=smime.p7z",
            CmsKind::CompressedData,
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=signed-receipt",
            CmsKind::Other("signed-receipt".into()),
        ),
        // By the name of the file, section 3.10.
        (
            "Content-Type: application/pkcs7-mime; name=\"x.P7C\"",
            CmsKind::CertsOnly,
        ),
        ("Content-Type: application/pkcs7-mime", CmsKind::Unknown),
        (
            "Content-Type: application/octet-stream; name=smime.p7m",
            CmsKind::Unknown,
        ),
        (
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.p7s",
            CmsKind::Signature,
        ),
        (
            "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.p7z",
            CmsKind::CompressedData,
        ),
        (
            "Content-Type: application/pkcs7-signature",
            CmsKind::Signature,
        ),
    ] {
        assert_eq!(kind(fields), Some(expected), "{fields}");
    }
    for fields in [
        "Content-Type: application/octet-stream; smime-type=signed-data",
        "Content-Type: application/octet-stream; name=p7m",
        "Content-Type: application/pdf; name=a.p7m",
        "Content-Type: text/plain; name=a.p7m",
    ] {
        assert_eq!(kind(fields), None, "{fields}");
    }
}

#[test]
fn armor() {
    let find = |text: &str| -> Vec<(ArmorKind, String)> {
        Armor::find(text)
            .map(|armor| (armor.kind, text[armor.range].to_owned()))
            .collect()
    };
    let clear = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\ntext\n- -----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n";
    let key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n-----END PGP PUBLIC KEY BLOCK-----";
    assert_eq!(
        find(&format!("before\n{clear}between\n{key}")),
        [
            (ArmorKind::SignedMessage, clear.to_owned()),
            (ArmorKind::PublicKey, key.to_owned())
        ]
    );
    for text in [
        "",
        "-----BEGIN PGP MESSAGE-----\nno end",
        " -----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----\n",
        "> -----BEGIN PGP MESSAGE-----\n> -----END PGP MESSAGE-----\n",
        "-----BEGIN PGP MESSAGE-----\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN PGP NONSENSE-----\n-----END PGP NONSENSE-----\n",
        "----------\n-----BEGIN PGP -----\n",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
    // One that never ends is given up for the next.
    let both = "-----BEGIN PGP MESSAGE-----\nx\n-----BEGIN PGP PRIVATE KEY BLOCK-----\ny\n-----END PGP PRIVATE KEY BLOCK-----\n";
    assert_eq!(find(both)[0].0, ArmorKind::PrivateKey);
    assert!(find(both)[0].1.starts_with("-----BEGIN PGP PRIVATE"));
}
