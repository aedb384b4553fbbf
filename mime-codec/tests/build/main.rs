//! Messages that are built: what they look like, that they read back, and that nothing gets in.

mod enclosed;
mod refused;

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
