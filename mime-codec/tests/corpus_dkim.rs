//! DKIM canonicalisation: a table, the body hashes of real messages, and their signatures
//! (RFC 6376 section 3.7, RFC 8463).

mod corpora;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use corpora::{files_of, folder, json, read};
use mime_codec::dkim::{Body, Canonicalization, body, header_field, signature_field};
use mime_codec::{Header, Message, TagList};
use ring::signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

#[test]
fn table() {
    let Some(dir) = folder() else { return };
    let case = json(&dir.join("rfc-tables/dkim-canon.json"));
    let text = |key: &str| case[key].as_str().unwrap().to_owned();
    let input = text("input");
    let (header, content) = input.split_once("\r\n\r\n").unwrap();
    let fields = ["A: X\r\n", "B : Y\t\r\n\tZ  \r\n"];
    assert_eq!(fields.concat(), format!("{header}\r\n"));
    for (algorithm, name) in [
        (Canonicalization::Simple, "simple"),
        (Canonicalization::Relaxed, "relaxed"),
    ] {
        let mut out = Vec::new();
        for field in fields {
            header_field(algorithm, field.as_bytes(), &mut out);
        }
        assert_eq!(
            String::from_utf8(out).unwrap(),
            text(&format!("header_{name}"))
        );
        let canonical = |text: &str| String::from_utf8(body(algorithm, text.as_bytes())).unwrap();
        assert_eq!(canonical(content), text(&format!("body_{name}")));
        assert_eq!(canonical(""), text(&format!("empty_body_{name}")));
    }
    assert_eq!(
        body(Canonicalization::Simple, b"\r\n\r\n"),
        text("body_only_crlfs_simple").as_bytes()
    );
}

/// The key within a `SubjectPublicKeyInfo` of the type `rsaEncryption` (RFC 8017 appendix A.1).
fn rsa_key(info: &[u8]) -> Vec<u8> {
    const ALGORITHM: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let at = info.windows(15).position(|window| window == ALGORITHM);
    let bits = &info[at.unwrap() + 15..];
    // Tag, length in 2 or 3 octets, number of unused bits.
    bits[if bits[1] == 0x81 { 4 } else { 5 }..].to_vec()
}

/// The last field of each name that has not been used yet: RFC 6376 section 5.4.2.
fn signed<'m>(message: &'m Message<'_>, names: &str) -> Vec<Header<'m>> {
    let mut left: Vec<Header<'m>> = message.headers().iter().collect();
    names
        .split(':')
        .filter_map(|name| {
            let at = left.iter().rposition(|header| header.is(name))?;
            Some(left.remove(at))
        })
        .collect()
}

#[test]
fn signatures() {
    let Some(dir) = folder() else { return };
    let dir = dir.join("mimekit/dkim");
    let pem = String::from_utf8(read(&dir.join("gmail.pub"))).unwrap();
    let lines = pem.lines().filter(|line| !line.starts_with('-'));
    let gmail = STANDARD.decode(lines.collect::<String>()).unwrap();
    // The keys of RFC 8463 appendix A.2.
    let brisbane = STANDARD
        .decode("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        .unwrap();
    let test = STANDARD
        .decode(concat!(
            "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J1",
            "6JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2",
            "EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
        ))
        .unwrap();
    let mut verified = 0;
    for path in files_of(&dir, "msg") {
        let raw = read(&path);
        let message = Message::parse(&raw);
        for header in message.headers().get_all("DKIM-Signature") {
            let tags = TagList::parse(header.value_raw());
            assert_eq!(tags.get("c"), Some("relaxed/relaxed"));
            let relaxed = Canonicalization::Relaxed;
            let hash = tags.get_compact("bh").unwrap();
            for chunk in [1, 100, raw.len()] {
                let mut digest = Sha256::new();
                let mut canonical = Body::new(relaxed, None);
                for chunk in message.root().body_raw().chunks(chunk) {
                    canonical.update(chunk, |piece| digest.update(piece));
                }
                canonical.finish(|piece| digest.update(piece));
                assert_eq!(
                    STANDARD.encode(digest.finalize()),
                    hash,
                    "{}",
                    path.display()
                );
            }
            let mut text = Vec::new();
            for field in signed(&message, &tags.get_compact("h").unwrap()) {
                header_field(relaxed, field.raw(), &mut text);
            }
            signature_field(relaxed, header.raw(), &mut text);
            let signature = STANDARD
                .decode(tags.get_compact("b").unwrap().as_bytes())
                .unwrap();
            let rsa = &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
            let result = match tags.get("s").unwrap() {
                // RFC 8463 section 3 signs the hash.
                "brisbane" => UnparsedPublicKey::new(&ED25519, &brisbane)
                    .verify(&Sha256::digest(&text), &signature),
                "test" => UnparsedPublicKey::new(rsa, rsa_key(&test)).verify(&text, &signature),
                _ => UnparsedPublicKey::new(rsa, rsa_key(&gmail)).verify(&text, &signature),
            };
            let name = path.display();
            assert!(result.is_ok(), "{name}\n{}", String::from_utf8_lossy(&text));
            verified += 1;
        }
    }
    assert_eq!(verified, 5);
}
