//! Messages and entities within a message: how they are carried, and that they come back
//! (RFC 2046 section 5.2.1, RFC 6532 section 3.7).

use super::*;

#[test]
fn enclosed_messages() {
    let enclosed = |raw: &'static [u8], transport| {
        let builder = Builder::new()
            .draft()
            .text("see")
            .attach_part(PartBuilder::message(raw));
        builder.transport(transport).build()
    };
    let plain = b"Subject: a\r\n\r\nb\r\n";
    let built = enclosed(plain, Transport::SevenBit).unwrap();
    let parsed = Message::parse(&built);
    assert_eq!(parsed.part(2).unwrap().kind(), PartKind::Message);
    assert_eq!(parsed.part(2).unwrap().body_raw(), plain);
    assert_eq!(parsed.part(3).unwrap().subject().as_deref(), Some("a"));

    let eight = b"Subject: a\r\n\r\ncaf\xc3\xa9\r\n";
    let built = enclosed(eight, Transport::EightBit).unwrap();
    let parsed = Message::parse(&built);
    assert_eq!(parsed.part(2).unwrap().body_raw(), eight);
    assert_eq!(
        parsed.part(2).unwrap().transfer_encoding(),
        TransferEncoding::EightBit
    );
    assert_eq!(
        parsed.root().transfer_encoding(),
        TransferEncoding::EightBit
    );
    let built = enclosed(eight, Transport::SevenBit).unwrap();
    assert!(built.is_ascii());
    assert_eq!(Message::parse(&built).part(3).unwrap().text(), "café\r\n");

    let global = "Subject: é\r\n\r\nb\r\n".as_bytes();
    let built = enclosed(global, Transport::SevenBit).unwrap();
    assert!(built.is_ascii());
    let parsed = Message::parse(&built);
    assert!(parsed.part(2).unwrap().media_type().is("message", "global"));
    assert_eq!(parsed.part(2).unwrap().content(), global);
}

/// Messages that seven bits do not carry, and that cannot be recoded, keep their octets.
#[test]
fn enclosed_messages_are_encoded_as_a_whole() {
    let long = format!("Subject: {}\r\n\r\nb\r\n", "x".repeat(1200));
    let boundary = "y".repeat(1100);
    let boundary = format!(
        "Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\r\nb\r\n--{boundary}--\r\n"
    );
    let inner = |octets: &[u8]| {
        let start = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=";
        [start, octets, b"\r\n\r\nx\r\n--b--\r\n"].concat()
    };
    let global = [
        long.as_bytes(),
        boundary.as_bytes(),
        b"Subject: a\0\r\n\r\nb",
        b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\xc3\xa9\r\n--b--\r\n",
        b"Content-Transfer-Encoding: unheard-of\n\n\xe9\n",
        b"Content-Type: message/partial; id=1; number=2\r\n\r\n\xe9",
        &inner("\"\u{e9}\"".as_bytes()),
        "Subject: \u{e9}\n\nb\0\n".as_bytes(),
    ];
    for raw in global {
        let parsed = attached(PartBuilder::message(raw), Transport::SevenBit);
        let parsed = Message::parse(&parsed);
        let part = parsed.part(2).unwrap();
        assert!(part.media_type().is("message", "global"));
        assert_eq!(part.transfer_encoding(), TransferEncoding::Base64);
        let enclosed = part.enclosed_message(&Options::default()).unwrap();
        assert_eq!(enclosed.raw(), raw);
    }

    let latin: [&[u8]; 2] = [b"Subject: \xe9\r\n\r\nb\r\n", &inner(b"\"\xe9\"")];
    for (raw, transport) in latin
        .into_iter()
        .flat_map(|raw| [(raw, Transport::SevenBit), (raw, Transport::EightBit)])
    {
        let built = attached(PartBuilder::message(raw), transport);
        let parsed = Message::parse(&built);
        let [part] = parsed.attachments()[..] else {
            panic!("{}", built.escape_ascii());
        };
        assert!(part.media_type().is("application", "octet-stream"));
        assert_eq!(part.content().as_ref(), raw);
        assert_eq!(part.file_name().as_deref(), Some("message.eml"));
    }
    // What the caller set stays, but for a type that would be wrong.
    let part = PartBuilder::message(latin[0])
        .content_type(ContentType::parse(b"message/rfc822"))
        .attachment("Re: x.eml");
    let built = attached(part, Transport::SevenBit);
    let parsed = Message::parse(&built);
    let part = parsed.part(2).unwrap();
    assert!(part.media_type().is("application", "octet-stream"));
    assert_eq!(part.file_name().as_deref(), Some("Re: x.eml"));
}

fn attached(part: PartBuilder<'_>, transport: Transport) -> Vec<u8> {
    let builder = Builder::new().draft().text("see").attach_part(part);
    let built = builder.transport(transport).build().unwrap();
    assert!(transport != Transport::SevenBit || built.is_ascii());
    assert!(!built.contains(&0));
    assert!(
        built
            .split(|&octet| octet == b'\n')
            .all(|line| line.len() <= 999)
    );
    built
}

/// An entity is recoded, or is an error that says why not.
#[test]
fn entities_that_cannot_be_recoded() {
    let copied = |raw: &[u8]| {
        let message = Message::parse(raw);
        let part = PartBuilder::copy_of(message.root());
        Builder::new().draft().text("a").attach_part(part).build()
    };
    let signed =
        b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\xc3\xa9\r\n--b--\r\n";
    assert_eq!(copied(signed), Err(BuildError::Signed));
    let unknown = b"Content-Transfer-Encoding: unheard-of\r\n\r\n\xe9";
    assert_eq!(copied(unknown), Err(BuildError::Encoding));
    assert_eq!(copied(b"X: \xe9\r\n\r\na"), Err(BuildError::Encoding));
}
