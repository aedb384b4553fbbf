//! Messages that are built: what they look like, that they read back, and that nothing gets in.

use mime_codec::transfer::Transport;
use mime_codec::{
    AddrSpec, AddressList, BuildError, Builder, ContentDisposition, ContentType, DateTime,
    DispositionKind, EncodeError, FieldBody, Group, Mailbox, Message, MessageId, MessageIdList,
    Options, Parameter, PartBuilder, PartKind, ReplyOptions, TransferEncoding, Unstructured, Zone,
};
use proptest::prelude::*;

fn date() -> DateTime {
    DateTime::from_unix(1_795_000_000, Zone::Offset(60)).unwrap()
}

fn message() -> Builder<'static> {
    Builder::new()
        .date(date())
        .from(("Alice", "alice@example.org"))
        .to("bob@example.net")
        .message_id("1@example.org")
}

fn text(builder: &Builder<'_>) -> String {
    String::from_utf8(builder.build().unwrap()).unwrap()
}

#[test]
fn a_small_message() {
    let built = text(&message().subject("Hello").text("Hi Bob,\nhow are you?\n"));
    assert_eq!(
        built,
        "Date: Wed, 18 Nov 2026 12:06:40 +0100\r\n\
         From: Alice <alice@example.org>\r\n\
         To: bob@example.net\r\n\
         Message-ID: <1@example.org>\r\n\
         Subject: Hello\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         \r\n\
         Hi Bob,\r\nhow are you?\r\n"
    );
}

#[test]
fn all_levels() {
    let built = text(
        &message()
            .subject("Grüße")
            .text("Viele Grüße aus München und Umgebung\n")
            .html("<img src=\"cid:logo@x\">\n")
            .inline("logo@x", "logo.png", &b"\x89PNG\0"[..])
            .attach("Übersicht.csv", &b"a,b\r\n"[..])
            .seed(7),
    );
    let token = built.split("boundary=\"=_0_").nth(1).unwrap()[..13].to_owned();
    assert_eq!(
        built.replace(&token, "T"),
        "Date: Wed, 18 Nov 2026 12:06:40 +0100\r\n\
         From: Alice <alice@example.org>\r\n\
         To: bob@example.net\r\n\
         Message-ID: <1@example.org>\r\n\
         Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=_0_T\"\r\n\
         \r\n\
         --=_0_T\r\n\
         Content-Type: multipart/alternative; boundary=\"=_1_T\"\r\n\
         \r\n\
         --=_1_T\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\
         \r\n\
         Viele Gr=C3=BC=C3=9Fe aus M=C3=BCnchen und Umgebung\r\n\
         \r\n\
         --=_1_T\r\n\
         Content-Type: multipart/related; boundary=\"=_3_T\";\r\n type=\"text/html\"\r\n\
         \r\n\
         --=_3_T\r\n\
         Content-Type: text/html; charset=utf-8\r\n\
         \r\n\
         <img src=\"cid:logo@x\">\r\n\
         \r\n\
         --=_3_T\r\n\
         Content-Type: image/png\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-ID: <logo@x>\r\n\
         Content-Disposition: inline; filename=logo.png\r\n\
         \r\n\
         iVBORwA=\r\n\
         --=_3_T--\r\n\
         --=_1_T--\r\n\
         --=_0_T\r\n\
         Content-Type: text/csv\r\n\
         Content-Disposition: attachment; filename*=UTF-8''%C3%9Cbersicht.csv\r\n\
         \r\n\
         a,b\r\n\
         \r\n\
         --=_0_T--\r\n"
    );
    let parsed = Message::parse_strict(&built, &Options::default()).unwrap();
    assert_eq!(
        parsed.text().as_deref(),
        Some("Viele Grüße aus München und Umgebung\r\n")
    );
    let html = parsed.body().html[0];
    assert_eq!(
        html.resolve("cid:logo@x").unwrap().content(),
        &b"\x89PNG\0"[..]
    );
    let attachments = parsed.attachments();
    let names: Vec<_> = attachments
        .iter()
        .map(|part| part.file_name().unwrap())
        .collect();
    assert_eq!(names, ["logo.png", "Übersicht.csv"]);
}

#[test]
fn no_more_levels_than_needed() {
    let kinds = |builder: Builder<'_>| {
        let built = builder.draft().build().unwrap();
        let parsed = Message::parse(&built);
        let kinds: Vec<String> = parsed
            .parts()
            .map(|part| part.media_type().to_string())
            .collect();
        kinds.join(" ")
    };
    let new = Builder::new;
    assert_eq!(kinds(new().text("a")), "text/plain");
    assert_eq!(kinds(new().html("a")), "text/html");
    assert_eq!(
        kinds(new().text("a").html("b")),
        "multipart/alternative text/plain text/html"
    );
    assert_eq!(kinds(new().attach("a.pdf", &b""[..])), "application/pdf");
    assert_eq!(
        kinds(new().html("a").inline("i", "i.gif", &b""[..])),
        "multipart/related text/html image/gif"
    );
    assert_eq!(
        kinds(new().text("a").inline("i", "i.gif", &b""[..])),
        "multipart/mixed text/plain image/gif"
    );
    assert_eq!(
        kinds(new().text("a").attach("b", &b""[..])),
        "multipart/mixed text/plain application/octet-stream"
    );
    let by_hand =
        PartBuilder::multipart("report", [PartBuilder::text("a"), PartBuilder::html("b")]);
    assert_eq!(
        kinds(new().body(by_hand)),
        "multipart/report text/plain text/html"
    );
}

#[test]
fn what_must_be_there() {
    let nobody = Builder::new();
    assert_eq!(nobody.build(), Err(BuildError::MissingDate));
    assert_eq!(
        nobody.clone().date(date()).build(),
        Err(BuildError::MissingFrom)
    );
    let two = nobody.clone().date(date()).from("a@x.example, b@x.example");
    assert_eq!(two.build(), Err(BuildError::MissingSender));
    assert!(two.sender("a@x.example").build().is_ok());
    assert_eq!(nobody.draft().build().unwrap(), b"\r\n");
    let mut out = b"before".to_vec();
    assert!(Builder::new().encode(&mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn bcc_is_for_the_envelope() {
    let builder = message().bcc("secret@example.com").text("a");
    let recipients: Vec<_> = builder.recipients().map(ToString::to_string).collect();
    assert_eq!(recipients, ["bob@example.net", "secret@example.com"]);
    assert!(!text(&builder).contains("secret"));
    assert!(text(&builder.keep_bcc()).contains("\r\nBcc: secret@example.com\r\n"));
}

#[test]
fn the_cheapest_encoding() {
    let encoding = |content: &[u8]| {
        let part = PartBuilder::octets(ContentType::parse(b"application/x-test"), content.to_vec());
        let built = Builder::new().draft().body(part).build().unwrap();
        let parsed = Message::parse(&built);
        assert_eq!(parsed.root().content(), content, "{built:?}");
        parsed.root().transfer_encoding().to_string()
    };
    assert_eq!(encoding(b"a\r\nb\r\n"), "7bit");
    assert_eq!(
        encoding(b"a long text with one \xc3\xa9 in it"),
        "quoted-printable"
    );
    assert_eq!(encoding(&[0xc3; 50]), "base64");
    assert_eq!(encoding(&[b'a'; 999]), "quoted-printable");
    assert_eq!(encoding(&vec![0; 100_000]), "base64");
    let text = |text: &'static str, transport| {
        let built = Builder::new()
            .draft()
            .text(text)
            .transport(transport)
            .build()
            .unwrap();
        Message::parse(&built)
            .root()
            .transfer_encoding()
            .to_string()
    };
    assert_eq!(
        text("café au lait, s'il vous plaît", Transport::SevenBit),
        "quoted-printable"
    );
    assert_eq!(text("café", Transport::EightBit), "8bit");
    assert_eq!(text("日本語日本語", Transport::SevenBit), "base64");
    let forced = |encoding| {
        let part = PartBuilder::text("café").encoding(encoding);
        Builder::new().draft().body(part).build().map(|_| ())
    };
    assert_eq!(forced(TransferEncoding::Base64), Ok(()));
    assert_eq!(
        forced(TransferEncoding::SevenBit),
        Err(BuildError::Encoding)
    );
    assert_eq!(
        forced(TransferEncoding::EightBit),
        Err(BuildError::Encoding)
    );
    assert_eq!(forced(TransferEncoding::Yenc), Err(BuildError::Encoding));
}

#[test]
fn multiparts_carry_the_domain_of_their_parts() {
    let inner = PartBuilder::multipart("mixed", [PartBuilder::text("é"), PartBuilder::text("e")]);
    let built = Builder::new()
        .draft()
        .body(inner)
        .text("plain")
        .transport(Transport::EightBit)
        .build()
        .unwrap();
    let parsed = Message::parse(&built);
    let encodings: Vec<String> = parsed
        .parts()
        .map(|part| part.transfer_encoding().to_string())
        .collect();
    assert_eq!(encodings, ["8bit", "8bit", "8bit", "7bit", "7bit"]);
}

#[test]
fn a_boundary_that_is_taken() {
    let first = text(
        &Builder::new()
            .draft()
            .text("a")
            .attach("b.txt", &b"b"[..])
            .seed(1),
    );
    let boundary = Message::parse(&first)
        .root()
        .content_type()
        .parameter("boundary")
        .unwrap()
        .to_owned();
    let trap = format!("a\r\n--{boundary}\r\n\r\nb\r\n--{boundary}--\r\n");
    let built = text(
        &Builder::new()
            .draft()
            .text(trap.as_str())
            .attach("b.txt", &b"b"[..])
            .seed(1),
    );
    let parsed = Message::parse(&built);
    assert_eq!(parsed.parts().len(), 3);
    assert_eq!(parsed.text().as_deref(), Some(trap.as_str()));
}

#[test]
fn deterministic() {
    let build = |seed| {
        let builder = message()
            .text("a")
            .html("b")
            .attach("c", &b"\0"[..])
            .seed(seed);
        builder.build().unwrap()
    };
    assert_eq!(build(1), build(1));
    assert_ne!(build(1), build(2));
}

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

#[test]
fn identifiers_that_need_utf8() {
    let ids = |raw| MessageIdList::parse(raw);
    let id = |raw| MessageId::parse(raw).unwrap();
    let raw = "<\u{fc}@x>".as_bytes();
    for builder in [
        message().in_reply_to(ids(raw)),
        message().references(ids(raw)),
        message().message_id(id(raw)),
        message().header("Resent-Message-ID", id(raw)),
        Message::parse("Message-ID: <\u{fc}@x>\r\n\r\n").reply(&ReplyOptions::default()),
    ] {
        assert!(builder.needs_utf8());
        let refused = builder.clone().draft().build();
        let error = EncodeError::NonAscii;
        assert!(matches!(refused, Err(BuildError::Field { error: found, .. }) if found == error));
        assert!(builder.draft().utf8(true).build().is_ok());
    }
    let plain = message().in_reply_to(ids(b"<u@x>")).header("X", "\u{fc}");
    assert!(!plain.needs_utf8() && plain.draft().build().is_ok());
}

#[test]
fn flowed() {
    let long =
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
    let source = format!("{long}\n> {long}\n>> deep\n\n-- \nsig\n");
    let built = text(&Builder::new().draft().flowed(source.as_str()));
    assert!(built.contains("\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n"));
    let parsed = Message::parse(&built);
    let body = parsed.root().text();
    assert!(body.lines().all(|line| line.len() <= 78));
    let paragraphs: Vec<String> = mime_codec::flowed::paragraphs(body.as_bytes(), false)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        paragraphs,
        [long, &format!("> {long}"), ">> deep", "", "-- ", "sig"]
    );
}

#[test]
fn text_files_name_their_charset() {
    let charset = |octets: &'static [u8]| {
        let built = Builder::new()
            .draft()
            .attach("a.txt", octets)
            .build()
            .unwrap();
        let parsed = Message::parse(&built);
        assert_eq!(parsed.root().content(), octets);
        parsed
            .root()
            .content_type()
            .parameter("charset")
            .map(str::to_owned)
    };
    assert_eq!(charset("é".as_bytes()).as_deref(), Some("utf-8"));
    assert_eq!(charset(b"e\r\n"), None);
    assert_eq!(charset(b"\xe9"), None);
}

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

#[test]
fn international_addresses() {
    let builder = message()
        .cc(AddrSpec::new("jürgen", "exämple.de").unwrap())
        .text("a");
    assert!(builder.needs_utf8());
    assert_eq!(
        builder.build(),
        Err(BuildError::Field {
            field: "Cc",
            error: EncodeError::NonAscii
        })
    );
    let built = text(&builder.subject("Grüße").utf8(true));
    assert!(built.contains("\r\nCc: jürgen@exämple.de\r\n"));
    assert!(built.contains("\r\nSubject: Grüße\r\n"));
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

/// Visible text without line breaks, with no white space at its ends, where a reader drops it.
fn line() -> impl Strategy<Value = String> {
    "[ -~\u{e9}\u{20ac}\u{1f600}]{0,90}".prop_map(|text| text.trim().to_owned())
}

fn mailbox() -> impl Strategy<Value = Mailbox<'static>> {
    ("[!-~]{1,20}", "[a-z]{1,9}\\.example", line()).prop_map(|(local, domain, name)| {
        let addr = AddrSpec::new(local, domain).unwrap();
        Mailbox::new(addr).with_name(name).unwrap()
    })
}

proptest! {
    #[test]
    fn reads_back(
        subject in line(),
        from in mailbox(),
        to in prop::collection::vec(mailbox(), 0..6),
        cc in prop::collection::vec(mailbox(), 0..3),
        body in "[ -~\n\u{e9}]{0,300}",
        html in "[ -~\n\u{e9}]{0,300}",
        name in line(),
        file in prop::collection::vec(any::<u8>(), 0..600),
        ascii_file in "[ -~\r\n=-]{0,300}",
        seed in any::<u64>(),
        transport in prop_oneof![Just(Transport::SevenBit), Just(Transport::EightBit), Just(Transport::Binary)],
        utf8 in any::<bool>(),
    ) {
        let builder = Builder::new()
            .date(date())
            .from(from.clone())
            .to(to.clone())
            .cc(cc.clone())
            .message_id("1@x.example")
            .references(vec![MessageId::new("0", "x.example").unwrap()])
            .subject(subject.as_str())
            .text(body.as_str())
            .html(html.as_str())
            .inline("i@x", "i.gif", file.as_slice())
            .attach(name.as_str(), file.as_slice())
            .attach("b.txt", ascii_file.as_bytes())
            .seed(seed)
            .transport(transport)
            .utf8(utf8);
        let built = builder.build().unwrap();
        prop_assert_eq!(&built, &builder.build().unwrap());
        if transport != Transport::Binary {
            let longest = built.split(|octet| *octet == b'\n').map(<[u8]>::len).max();
            prop_assert!(longest <= Some(999));
            prop_assert!(!built.contains(&0));
        }
        if transport == Transport::SevenBit && !utf8 {
            prop_assert!(built.is_ascii());
        }
        let parsed = Message::parse(&built);
        prop_assert!(parsed.defects().is_empty());
        let parsed_subject = parsed.subject();
        prop_assert_eq!(parsed_subject.as_deref(), Some(subject.as_str()));
        let list = |list: AddressList<'_>| list.mailboxes().cloned().map(Mailbox::into_owned).collect::<Vec<_>>();
        prop_assert_eq!(list(parsed.from()), vec![from]);
        prop_assert_eq!(list(parsed.to()), to);
        prop_assert_eq!(list(parsed.cc()), cc);
        prop_assert_eq!(parsed.date(), Some(date()));
        let crlf = |text: &str| text.replace('\n', "\r\n");
        prop_assert_eq!(parsed.text().unwrap(), crlf(&body));
        prop_assert_eq!(parsed.html().unwrap(), crlf(&html));
        let attachments = parsed.attachments();
        prop_assert_eq!(attachments.len(), 3);
        prop_assert_eq!(attachments[0].content(), file.as_slice());
        prop_assert_eq!(attachments[1].content(), file.as_slice());
        let attached_name = attachments[1].file_name();
        prop_assert_eq!(attached_name.as_deref().unwrap_or_default(), name);
        prop_assert_eq!(attachments[2].content(), ascii_file.as_bytes());
    }
}
