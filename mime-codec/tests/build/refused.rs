//! What is not written: text that would become fields, fields that have methods, and what is beyond a
//! limit.

use super::*;

#[test]
fn errors_name_the_field() {
    let part = || PartBuilder::octets(ContentType::octet_stream(), &b"a"[..]);
    for (builder, name) in [
        (message().from("a@"), "From"),
        (message().reply_to("a@"), "Reply-To"),
        (message().to("a@"), "To"),
        (message().cc("a@"), "Cc"),
        (message().bcc("a@"), "Bcc"),
        (message().sender("a@"), "Sender"),
        (message().message_id("a@"), "Message-ID"),
        (message().subject("a\nb"), "Subject"),
        (message().header("X-A", "a\nb"), "header"),
        (message().header("X A", "a"), "header"),
        (
            message().attach_part(part().content_id("a\nb")),
            "Content-ID",
        ),
        (message().attach("a\nb", &b"a"[..]), "Content-Disposition"),
        // Only noticed when it is written.
        (
            message().message_id(format!("{}@b", "a".repeat(999))),
            "Message-ID",
        ),
    ] {
        let error = builder.build().expect_err(name);
        assert!(
            matches!(error, BuildError::Field { field, .. } if field == name),
            "{name}: {error}"
        );
        assert!(error.to_string().starts_with(&format!("{name}: ")));
    }
}

/// Every place where a caller's text gets into the output.
fn injections(evil: &'static str) -> Vec<(&'static str, Result<Vec<u8>, BuildError>)> {
    let leaf = || PartBuilder::octets(ContentType::parse(b"a/b"), &b"x"[..]);
    let part = |part| Builder::new().draft().body(part).build();
    let mut all = vec![
        ("subject", message().subject(evil).build()),
        ("from", message().from(evil).build()),
        ("from name", message().from((evil, "a@x.example")).build()),
        ("from address", message().from(("a", evil)).build()),
        ("reply-to", message().reply_to(evil).build()),
        ("to", message().to(evil.to_owned()).build()),
        ("cc", message().cc(evil).build()),
        ("bcc", message().keep_bcc().bcc(evil).build()),
        ("sender", message().sender(evil).build()),
        ("message-id", message().message_id(evil).build()),
        ("header name", message().header(evil, "x").build()),
        ("header value", message().header("X-A", evil).build()),
        (
            "header value",
            message().header("X-A", evil.to_owned()).build(),
        ),
        ("file name", message().attach(evil, &b"x"[..]).build()),
        (
            "inline name",
            message().html("a").inline("i", evil, &b"x"[..]).build(),
        ),
        (
            "content id",
            message().html("a").inline(evil, "a.gif", &b"x"[..]).build(),
        ),
        ("description", part(leaf().description(evil))),
        ("part header name", part(leaf().header(evil, "x"))),
        ("part header value", part(leaf().header("X-A", evil))),
        ("subtype", part(PartBuilder::multipart(evil, [leaf()]))),
    ];
    for list in [
        ContentType::new("a", "b")
            .and_then(|a| a.with_parameter("n", evil))
            .map(FieldBody::from),
        ContentType::new("a", "b")
            .and_then(|a| a.with_parameter(evil, "n"))
            .map(FieldBody::from),
        ContentType::new(evil, "b").map(FieldBody::from),
        ContentType::new("a", evil).map(FieldBody::from),
        ContentDisposition::inline()
            .with_parameter("n", evil)
            .map(FieldBody::from),
        Parameter::new("n", "v")
            .and_then(|a| a.with_language(evil))
            .map(|_| FieldBody::from(date())),
    ] {
        all.push((
            "typed MIME value",
            list.map_err(refused)
                .and_then(|value| message().header("X-A", value).build()),
        ));
    }
    for value in [
        Unstructured::new(evil).map(FieldBody::from),
        AddrSpec::new(evil, "x.example").map(|addr| AddressList::from(addr).into()),
        AddrSpec::new("a", evil).map(|addr| AddressList::from(addr).into()),
        Mailbox::try_from("a@x.example")
            .and_then(|a| a.with_name(evil))
            .map(FieldBody::from),
        Mailbox::try_from("a@x.example")
            .and_then(|a| a.with_comment(evil))
            .map(FieldBody::from),
        Group::new(evil, Vec::new()).map(|group| AddressList::from(group).into()),
        MessageId::new(evil, "x.example").map(FieldBody::from),
        MessageId::new("1", evil).map(FieldBody::from),
    ] {
        all.push((
            "typed value",
            value
                .map_err(refused)
                .and_then(|value| message().header("X-A", value).build()),
        ));
    }
    all
}

/// What a value that cannot be made is to a message.
fn refused(error: EncodeError) -> BuildError {
    let field = "value";
    BuildError::Field { field, error }
}

#[test]
fn nothing_is_injected() {
    for evil in [
        "a\r\nBcc: eve@evil.example",
        "a\nBcc: eve@evil.example",
        "a\rBcc: eve@evil.example",
        "a\0b",
        "\r\n\r\nbody",
        "a\r\n b",
        "a@x.example\r\nBcc: eve@evil.example",
        "<a@x.example>\r\n",
    ] {
        for (place, built) in injections(evil) {
            let Ok(built) = built else { continue };
            // The only other way is that the text is encoded.
            let parsed = Message::parse(&built);
            assert!(parsed.header("Bcc").is_none(), "{place} {evil:?}");
            assert!(!built.contains(&0), "{place} {evil:?}");
            panic!("{place} took {evil:?}: {}", String::from_utf8_lossy(&built));
        }
    }
}

#[test]
fn a_disposition_that_is_no_token() {
    let parsed = ContentDisposition::parse(b"form-data; name=a").unwrap();
    assert!(matches!(parsed.kind(), DispositionKind::Other(_)));
    let part = PartBuilder::text("x").disposition(parsed);
    let built = text(&Builder::new().draft().body(part));
    assert!(built.contains("\r\nContent-Disposition: form-data; name=a\r\n"));
}

#[test]
fn fields_that_have_a_method_are_refused() {
    for name in ["Subject", "from", "Content-Type", "MIME-VERSION", "bcc"] {
        assert_eq!(
            message().header(name, "x").build(),
            Err(BuildError::ReservedField)
        );
    }
    let part = PartBuilder::text("a").header("content-type", "text/html");
    assert_eq!(message().body(part).build(), Err(BuildError::ReservedField));
}

#[test]
fn limits() {
    let mut part = PartBuilder::text("x");
    for _ in 0..100 {
        part = PartBuilder::multipart("mixed", [part]);
    }
    assert!(message().body(part.clone()).build().is_ok());
    let deeper = PartBuilder::multipart("mixed", [part]);
    assert_eq!(message().body(deeper).build(), Err(BuildError::Depth));
    let empty = PartBuilder::multipart("mixed", []);
    assert_eq!(
        message().body(empty).build(),
        Err(BuildError::EmptyMultipart)
    );
    let long = "x".repeat(5000);
    let built = text(
        &message()
            .subject(long.as_str())
            .attach(long.as_str(), &b"a"[..]),
    );
    assert!(built.lines().all(|line| line.len() <= 998));
    let parsed = Message::parse(&built);
    assert_eq!(parsed.subject().as_deref(), Some(long.as_str()));
    assert_eq!(parsed.root().file_name(), Some(long));
}
