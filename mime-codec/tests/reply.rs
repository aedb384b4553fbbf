//! Answers and forwarded messages.

use mime_codec::{AddrSpec, Builder, Message, ReplyOptions, ReplyTo};

const LIST_MAIL: &[u8] = b"From: Alice <alice@a.example>\r\nReply-To: alice@home.example\r\nTo: Me <me@y.example>, bob@b.example\r\nCc: Friends: carol@c.example, ME@Y.example;, alice@home.example\r\nMail-Followup-To: all@list.example, me@y.example\r\nList-Post: <mailto:post%2Bx@list.example?subject=y>\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <2@a.example>\r\nReferences: <0@a.example> <1@a.example>\r\nSubject: AW: plans\r\n\r\nHello,\r\n> before\r\n\r\n-- \r\nAlice\r\n";

fn answer(raw: &[u8], options: &ReplyOptions<'_>) -> String {
    let built = Message::parse(raw).reply(options).draft().build().unwrap();
    String::from_utf8(built).unwrap()
}

fn options(to: ReplyTo) -> ReplyOptions<'static> {
    let mut options = ReplyOptions::default();
    options.to = to;
    options.own = vec![AddrSpec::new("me", "y.example").unwrap()];
    options
}

fn recipients(raw: &[u8], to: ReplyTo) -> (String, String) {
    let built = answer(raw, &options(to));
    let parsed = Message::parse(&built);
    let text = |name| {
        parsed
            .header(name)
            .map(|header| header.text().into_owned())
            .unwrap_or_default()
    };
    (text("To"), text("Cc"))
}

#[test]
fn the_whole_answer() {
    let mut options = options(ReplyTo::Author);
    options.text = "Fine.\n".into();
    assert_eq!(
        answer(LIST_MAIL, &options),
        "To: alice@home.example\r\n\
         In-Reply-To: <2@a.example>\r\n\
         References: <0@a.example> <1@a.example> <2@a.example>\r\n\
         Subject: Re: plans\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8; format=flowed\r\n\
         \r\n\
         On Fri, 21 Nov 1997 09:55:06 -0600, Alice wrote:\r\n\
         > Hello,\r\n\
         >> before\r\n\
         >\r\n\
         \r\n\
         Fine.\r\n"
    );
}

#[test]
fn whom_it_is_for() {
    let of = |author: &str, others: &str| (author.to_owned(), others.to_owned());
    assert_eq!(
        recipients(LIST_MAIL, ReplyTo::Author),
        of("alice@home.example", "")
    );
    assert_eq!(
        recipients(LIST_MAIL, ReplyTo::All),
        of("alice@home.example", "bob@b.example, carol@c.example")
    );
    assert_eq!(
        recipients(LIST_MAIL, ReplyTo::Followup),
        of("all@list.example", "")
    );
    assert_eq!(
        recipients(LIST_MAIL, ReplyTo::List),
        of("post+x@list.example", "")
    );
    let own = b"From: me@y.example\r\nTo: bob@b.example, me@y.example\r\nCc: c@c.example\r\n\r\n";
    assert_eq!(recipients(own, ReplyTo::Author), of("bob@b.example", ""));
    assert_eq!(
        recipients(own, ReplyTo::All),
        of("bob@b.example", "c@c.example")
    );
    let closed = b"From: a@x.example\r\nList-Post: NO\r\n\r\n";
    assert_eq!(recipients(closed, ReplyTo::List), of("a@x.example", ""));
    assert_eq!(
        recipients(b"Subject: nobody\r\n\r\n", ReplyTo::All),
        of("", "")
    );
    let broken = b"From: <<>, a@x.example\r\nTo: @@\r\n\r\n";
    assert_eq!(recipients(broken, ReplyTo::All), of("a@x.example", ""));
}

#[test]
fn quoting() {
    let flowed = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n> quoted \r\n>  text\r\nmine  \r\nand more\r\n";
    assert_eq!(
        Message::parse(flowed).quoted_text(),
        ">> quoted text\n> mine and more\n"
    );
    let html = b"Content-Type: text/html\r\n\r\n<p>Hello <b>you</b></p>";
    assert_eq!(Message::parse(html).quoted_text(), "> Hello you\n");
    let mut plain = options(ReplyTo::Author);
    plain.flowed = false;
    plain.attribution = Some("You said:".into());
    let long = format!(
        "Content-Type: text/plain; format=flowed\r\n\r\n{} \r\nend\r\n",
        "word ".repeat(20)
    );
    let built = answer(long.as_bytes(), &plain);
    let parsed = Message::parse(&built);
    let body = parsed.text().unwrap();
    assert!(body.starts_with("You said:\r\n> word word"));
    assert!(
        body.lines()
            .all(|line| line.len() <= 78 && !line.ends_with(' '))
    );
    assert_eq!(body.matches("word").count(), 20);
    plain.quote = false;
    plain.text = "only this".into();
    assert!(answer(LIST_MAIL, &plain).ends_with("\r\n\r\nonly this\r\n"));
}

#[test]
fn a_name_that_lies_is_not_repeated() {
    let raw = b"From: \"ceo@corp.example\" <eve@evil.example>\r\n\r\nx\r\n";
    assert!(answer(raw, &ReplyOptions::default()).contains("\r\neve@evil.example wrote:\r\n"));
}

#[test]
fn forwarding() {
    let original = Builder::new()
        .draft()
        .from(("Alice", "alice@a.example"))
        .to("bob@b.example")
        .subject("Fotos für dich")
        .text("Look!\n")
        .attach("a.png", &b"\x89PNG\0\0"[..])
        .build()
        .unwrap();
    let message = Message::parse(&original);
    let built = message
        .forward("See below.")
        .draft()
        .to("c@c.example")
        .seed(9)
        .build()
        .unwrap();
    let parsed = Message::parse(&built);
    assert_eq!(parsed.subject().as_deref(), Some("Fwd: Fotos für dich"));
    assert_eq!(
        parsed.text().unwrap(),
        "See below.\r\n\r\n---------- Forwarded message ----------\r\nFrom: Alice <alice@a.example>\r\nSubject: Fotos für dich\r\nTo: bob@b.example\r\n\r\nLook!\r\n"
    );
    assert_eq!(
        parsed.attachments()[0].raw(),
        message.attachments()[0].raw()
    );
    let built = message.forward_attached("").draft().build().unwrap();
    let parsed = Message::parse(&built);
    let inner = parsed
        .parts()
        .find(|part| part.kind() == mime_codec::PartKind::Message)
        .unwrap();
    assert_eq!(inner.body_raw(), original);
}

#[test]
fn addresses_that_cannot_be_written_get_no_answer() {
    let raw = format!(
        "From: a@x.example\r\nTo: \"b\u{1}\"@x.example, {}@x.example, c@x.example\r\n\r\n",
        "b".repeat(1200)
    );
    let mut options = ReplyOptions::default();
    options.to = ReplyTo::All;
    let built = answer(raw.as_bytes(), &options);
    let parsed = Message::parse(&built);
    let cc = parsed.cc();
    let addresses: Vec<_> = cc.mailboxes().map(|one| one.addr().to_string()).collect();
    assert_eq!(addresses, ["c@x.example"]);
}

#[test]
fn the_longest_address_that_gets_an_answer() {
    for (len, fits) in [(899, true), (900, true), (901, false)] {
        let local = "a".repeat(len - "@x.example".len());
        let raw = format!("From: {local}@x.example\r\n\r\n");
        let message = Message::parse(raw.as_bytes());
        let builder = message.reply(&ReplyOptions::default());
        assert_eq!(builder.recipients().count() == 1, fits, "{len}");
        assert!(builder.draft().build().is_ok());
    }
}

#[test]
fn what_a_stranger_wrote_stops_no_answer() {
    let long = "a".repeat(1200);
    for (id, references, thread) in [
        (long.as_str(), "<0@x.example>", vec![]),
        ("\u{1}", "<0@x.example>", vec![]),
        ("1", long.as_str(), vec!["<1@x.example>"]),
        (
            "1",
            "\u{1}@x.example> <0@x.example",
            vec!["<0@x.example>", "<1@x.example>"],
        ),
    ] {
        let raw = format!(
            "From: {long} <a@x.example> ({long})\r\nSubject: {long}\r\nMessage-ID: <{id}@x.example>\r\nReferences: <{references}>\r\n\r\n"
        );
        let built = answer(raw.as_bytes(), &ReplyOptions::default());
        let parsed = Message::parse(&built);
        let name = parsed
            .to()
            .mailboxes()
            .next()
            .unwrap()
            .name()
            .map(str::to_owned);
        assert_eq!(name.as_deref(), Some(long.as_str()));
        let references = parsed.references();
        let ids: Vec<_> = references.ids().iter().map(ToString::to_string).collect();
        assert_eq!(ids, thread);
        assert_eq!(parsed.in_reply_to().ids().len(), thread.len().min(1));
    }
}

#[test]
fn attachments_with_header_sections_of_their_own_kind() {
    let raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n\
         Content-Type: text/csv; charset=iso-8859-1; name=\"\u{e4}.csv\"\r\n\
         Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n5A==\r\n--b\r\n\
         Content-Type: message/x\r\nX: \u{e4}\r\n\r\nz\r\n--b--\r\n";
    let built = Message::parse(raw).forward("").draft().build().unwrap();
    assert!(built.is_ascii());
    let parsed = Message::parse(&built);
    let [csv, other] = parsed.attachments()[..] else {
        panic!("{}", String::from_utf8_lossy(&built));
    };
    assert_eq!(csv.file_name().as_deref(), Some("\u{e4}.csv"));
    assert_eq!(csv.media_type().to_string(), "text/csv");
    assert_eq!(csv.text(), "\u{e4}");
    assert_eq!(other.media_type().to_string(), "application/octet-stream");
    assert_eq!(other.content().as_ref(), b"z");
}

/// What is no part of another message has fields that are not those of an attachment.
#[test]
fn a_message_that_is_an_attachment() {
    let pdf =
        b"From: a@x.example\r\nReceived: from secret\r\nContent-Type: application/pdf\r\n\r\n%PDF";
    let empty = b"From: \xe9@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nnothing";
    for (raw, media, content) in [
        (&pdf[..], "application/pdf", "%PDF"),
        (empty, "application/octet-stream", "nothing"),
    ] {
        let message = Message::parse(raw);
        let built = message.forward("").draft().build().unwrap();
        let parsed = Message::parse(&built);
        let [part] = parsed.attachments()[..] else {
            panic!("{}", built.escape_ascii());
        };
        assert_eq!(part.media_type().to_string(), media);
        assert_eq!(part.content().as_ref(), content.as_bytes());
        assert!(part.header("From").is_none() && part.header("Received").is_none());
    }
}

/// Attachments that no 7-bit transport carries and that cannot be recoded.
#[test]
fn attachments_that_cannot_be_recoded() {
    let raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n\
         Content-Type: message/rfc822\r\n\r\nSubject: \xc3\xa9\r\n\r\nz\r\n--b\r\n\
         Content-Type: a/b\r\nContent-Transfer-Encoding: unheard-of\r\n\r\n\xe9\r\n--b--\r\n";
    let message = Message::parse(raw);
    let built = message.forward("").draft().build().unwrap();
    let parsed = Message::parse(&built);
    let [enclosed, other] = parsed.attachments()[..] else {
        panic!("{}", built.escape_ascii());
    };
    assert_eq!(enclosed.media_type().to_string(), "message/global");
    assert_eq!(
        enclosed.content().as_ref(),
        "Subject: \u{e9}\r\n\r\nz".as_bytes()
    );
    assert_eq!(other.content().as_ref(), b"\xe9");
}
