//! Editing a message: what is changed and, above all, what is not.

use mime_codec::dkim::{self, Canonicalization};
use mime_codec::{
    AddressList, BuildError, Completion, DateTime, EditError, EncodeError, Mailbox, Message,
    MessageId, Part, PartBuilder, PartKind, TransferEncoding, Zone,
};
use proptest::prelude::*;

const MIXED: &[u8] = b"Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n";

#[test]
fn no_edit_no_change() {
    for raw in [&b""[..], b"a", b"Subject: x", MIXED, b"\n\n\0\r\xff"] {
        assert_eq!(Message::parse(raw).edit().apply(), raw);
    }
}

#[test]
fn header_fields() {
    let message = Message::parse(b"A: 1\r\nB:  2 \r\na: 3\r\n\r\nbody");
    let root = message.root();
    let mut edit = message.edit();
    edit.set_header(root, "a", "new").unwrap();
    edit.add_header(root, "C", "last").unwrap();
    edit.add_header(root, "D", "very last").unwrap();
    edit.prepend_header(root, "Received", "first").unwrap();
    assert_eq!(
        edit.apply(),
        b"Received: first\r\na: new\r\nB:  2 \r\nC: last\r\nD: very last\r\n\r\nbody"
    );
    assert_eq!(edit.remove_header(root, "a"), Err(EditError::Overlap));
    assert_eq!(edit.remove_header(root, "missing"), Ok(0));
    let mut edit = message.edit();
    let third = message.headers().iter().nth(2).unwrap();
    edit.replace_field(&third, "x").unwrap();
    edit.remove_field(&message.header("b").unwrap()).unwrap();
    assert_eq!(edit.apply(), b"A: 1\r\na: x\r\n\r\nbody");
}

#[test]
fn odd_header_sections() {
    let with = |raw: &[u8]| {
        let message = Message::parse(raw);
        let mut edit = message.edit();
        edit.add_header(message.root(), "N", "v").unwrap();
        edit.apply()
    };
    assert_eq!(with(b""), b"N: v\r\n");
    assert_eq!(with(b"A: b"), b"A: b\r\nN: v\r\n");
    assert_eq!(with(b"A: b\n\nc\n"), b"A: b\nN: v\n\nc\n");
    assert_eq!(with(b"\r\nbody"), b"N: v\r\n\r\nbody");
    let message = Message::parse(b"text\n");
    let mut edit = message.edit();
    edit.add_header(message.root(), "A", "1").unwrap();
    edit.add_header(message.root(), "B", "2").unwrap();
    assert_eq!(edit.apply(), b"A: 1\nB: 2\n\ntext\n");
    assert_eq!(with(b"no field\r\n"), b"N: v\r\n\r\nno field\r\n");
    let mbox = Message::parse(b"From me Mon Jan  1 00:00:00 2026\nA: b\n\nc\n");
    let mut edit = mbox.edit();
    edit.prepend_header(mbox.root(), "N", "v").unwrap();
    assert_eq!(
        edit.apply(),
        b"From me Mon Jan  1 00:00:00 2026\nN: v\nA: b\n\nc\n"
    );
}

#[test]
fn fields_behind_an_unfinished_line() {
    for (raw, removed, expected) in [
        ("A: b", "", "A: b\r\nX: 1\r\nY: 2\r\n"),
        ("A: b", "a", "X: 1\r\nY: 2\r\n"),
        ("A: b\nC: d", "c", "A: b\nX: 1\nY: 2\n"),
        ("A: b\nC: d", "a", "C: d\nX: 1\nY: 2\n"),
    ] {
        let message = Message::parse(raw);
        let mut edit = message.edit();
        edit.remove_header(message.root(), removed).unwrap();
        edit.add_header(message.root(), "X", "1").unwrap();
        edit.add_header(message.root(), "Y", "2").unwrap();
        assert_eq!(
            edit.apply(),
            expected.as_bytes(),
            "{raw:?} without {removed}"
        );
        let mut out = b"kept".to_vec();
        edit.apply_to(&mut out);
        assert_eq!(out, ["kept", expected].concat().as_bytes());
    }
    let message = Message::parse("A: b");
    let mut edit = message.edit();
    edit.set_header(message.root(), "a", "c").unwrap();
    edit.add_header(message.root(), "X", "1").unwrap();
    assert_eq!(edit.apply(), b"a: c\r\nX: 1\r\n");
    // The part begins where the message ends.
    let message = Message::parse("Content-Type: multipart/mixed; boundary=b\n\n--b");
    let mut edit = message.edit();
    edit.add_header(message.part(1).unwrap(), "X", "1").unwrap();
    assert!(edit.apply().ends_with(b"\n--b\nX: 1\n"));
}

#[test]
fn nothing_is_injected() {
    let message = Message::parse(MIXED);
    let root = message.root();
    let mut edit = message.edit();
    for evil in ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b"] {
        let line = Err(EditError::Field(EncodeError::LineBreak));
        assert_eq!(edit.set_header(root, "Subject", evil), line);
        assert_eq!(edit.add_header(root, "X", evil), line);
        assert_eq!(edit.prepend_header(root, "X", evil), line);
        assert_eq!(
            edit.replace_field(&message.header("Subject").unwrap(), evil),
            line
        );
        assert_eq!(
            edit.add_header(root, evil, "x"),
            Err(EditError::Field(EncodeError::Name))
        );
        let part = PartBuilder::text("a").description(evil);
        let built = Err(EditError::Build(BuildError::Field {
            field: "header",
            error: EncodeError::LineBreak,
        }));
        assert_eq!(edit.add_part(root, &part), built);
        assert_eq!(edit.replace_part(root, &part), built);
    }
    assert_eq!(edit.apply(), MIXED);
}

#[test]
fn parts() {
    let message = Message::parse(MIXED);
    let [root, one, two] = [0, 1, 2].map(|index| message.part(index).unwrap());
    let mut edit = message.edit();
    edit.remove_part(one).unwrap();
    assert_eq!(edit.remove_part(two), Err(EditError::LastPart));
    assert_eq!(edit.remove_part(root), Err(EditError::Root));
    assert_eq!(edit.set_header(one, "X", "y"), Err(EditError::Overlap));
    assert_eq!(
        Message::parse(&edit.apply())
            .parts()
            .map(|part| part.body_raw().to_vec())
            .nth(1),
        Some(b"two".to_vec())
    );

    let mut edit = message.edit();
    edit.replace_part(two, &PartBuilder::text("new").attachment("n.txt"))
        .unwrap();
    edit.add_part(root, &PartBuilder::text("three")).unwrap();
    edit.add_part(root, &PartBuilder::text("four")).unwrap();
    assert_eq!(
        edit.apply(),
        b"Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=n.txt\r\n\r\nnew\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nthree\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nfour\r\n--b--\r\nepilogue\r\n"
    );
    assert_eq!(
        edit.add_part(one, &PartBuilder::text("x")),
        Err(EditError::NotMultipart)
    );

    let mut edit = message.edit();
    edit.replace_part(root, &PartBuilder::text("all")).unwrap();
    assert_eq!(
        edit.apply(),
        b"Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nall\r\n"
    );
    assert_eq!(edit.remove_part(one), Err(EditError::Overlap));

    let other = Message::parse(MIXED);
    assert_eq!(
        message.edit().remove_part(other.part(1).unwrap()),
        Err(EditError::Foreign)
    );
    let field = other.header("Subject").unwrap();
    let copy = MIXED.to_vec();
    let copied = Message::parse(&copy);
    assert_eq!(copied.edit().remove_field(&field), Err(EditError::Foreign));
}

#[test]
fn a_multipart_that_is_not_closed() {
    let message = Message::parse(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none");
    let mut edit = message.edit();
    edit.add_part(message.root(), &PartBuilder::text("two"))
        .unwrap();
    let edited = edit.apply();
    let edited = Message::parse(&edited);
    let bodies: Vec<_> = edited
        .root()
        .children()
        .map(|part| part.body_raw())
        .collect();
    assert_eq!(bodies, [b"one", b"two"]);
    assert!(edited.defects().is_empty());
}

#[test]
fn parts_for_multiparts_that_are_not_closed() {
    let message = Message::parse(
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none",
    );
    let inner = message.root().children().next().unwrap();
    let mut edit = message.edit();
    for text in ["out 1", "out 2"] {
        let part = PartBuilder::text(text);
        edit.add_part(message.root(), &part).unwrap();
    }
    for text in ["in 1", "in 2"] {
        edit.add_part(inner, &PartBuilder::text(text)).unwrap();
    }
    let edited = edit.apply();
    let edited = Message::parse(&edited);
    let bodies = |part: Part<'_>| -> Vec<String> {
        let leaves = part.children().filter(|part| part.kind() == PartKind::Leaf);
        leaves.map(|part| part.text().into_owned()).collect()
    };
    assert_eq!(edited.defects(), []);
    assert_eq!(bodies(edited.root()), ["out 1", "out 2"]);
    let inner = edited.root().children().next().unwrap();
    assert_eq!(bodies(inner), ["one", "in 1", "in 2"]);
}

#[test]
fn all_parts_but_one() {
    let message = Message::parse(MIXED);
    let parts: Vec<_> = message.root().children().collect();
    for stays in 0..parts.len() {
        let mut edit = message.edit();
        let others = || (0..parts.len()).filter(|&index| index != stays);
        for index in others() {
            edit.remove_part(parts[index]).unwrap();
        }
        for index in others() {
            let again = edit.remove_part(parts[index]);
            assert_eq!(again, Err(EditError::Overlap));
        }
        assert_eq!(edit.remove_part(parts[stays]), Err(EditError::LastPart));
        let edited = edit.apply();
        let edited = Message::parse(&edited);
        let left: Vec<_> = edited.root().children().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].content(), parts[stays].content());
    }
}

#[test]
fn new_parts_do_not_break_out() {
    let message = Message::parse(MIXED);
    let mut edit = message.edit();
    let trap = PartBuilder::text("a\r\n--b--\r\nb");
    assert_eq!(
        edit.add_part(message.root(), &trap),
        Err(EditError::Boundary)
    );
    let encoded = trap.encoding(TransferEncoding::Base64);
    edit.add_part(message.root(), &encoded).unwrap();
    assert_eq!(
        Message::parse(&edit.apply()).part(3).unwrap().text(),
        "a\r\n--b--\r\nb"
    );
    // A multipart with the boundary that the seed would give again.
    let built = mime_codec::Builder::new()
        .draft()
        .text("a")
        .attach("b", &b"b"[..])
        .build()
        .unwrap();
    let message = Message::parse(&built);
    let mut edit = message.edit();
    let inner = PartBuilder::multipart("mixed", [PartBuilder::text("x"), PartBuilder::text("y")]);
    edit.add_part(message.root(), &inner).unwrap();
    let edited = edit.apply();
    let edited = Message::parse(&edited);
    assert_eq!(edited.root().children().count(), 3);
    assert_eq!(edited.parts().len(), 6);
}

#[test]
fn signed_parts_stay() {
    let raw = b"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\ncaf\xc3\xa9\r\n--m--\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n";
    let message = Message::parse(raw);
    let mut edit = message.edit();
    assert_eq!(edit.to_seven_bit(), Err(EditError::Signed));
    let inner = message.part(2).unwrap();
    assert_eq!(edit.remove_part(inner), Err(EditError::Signed));
    assert_eq!(
        edit.replace_part(inner, &PartBuilder::text("x")),
        Err(EditError::Signed)
    );
    assert_eq!(
        edit.add_part(message.root(), &PartBuilder::text("x")),
        Err(EditError::Signed)
    );
    let signed = message.part(1).unwrap();
    let field = signed.header("Content-Type").unwrap();
    assert_eq!(
        edit.set_header(signed, "Content-Type", "a/b"),
        Err(EditError::Signed)
    );
    assert_eq!(edit.add_header(inner, "X", "y"), Err(EditError::Signed));
    assert_eq!(
        edit.prepend_header(signed, "X", "y"),
        Err(EditError::Signed)
    );
    assert_eq!(
        edit.remove_header(signed, "Content-Type"),
        Err(EditError::Signed)
    );
    assert_eq!(edit.remove_header(signed, "X"), Ok(0));
    assert_eq!(edit.replace_field(&field, "a/b"), Err(EditError::Signed));
    assert_eq!(edit.remove_field(&field), Err(EditError::Signed));
    assert_eq!(edit.apply(), raw);
    edit.add_header(message.root(), "Received", "by x").unwrap();
    // 8-bit text outside of the signature can be recoded.
    let around = [
        b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\n\xc3\xa9\r\n--o\r\n".to_vec(),
        raw.iter().copied().filter(u8::is_ascii).collect(),
        b"\r\n--o--\r\n".to_vec(),
    ]
    .concat();
    let message = Message::parse(&around);
    let mut edit = message.edit();
    assert_eq!(edit.to_seven_bit(), Ok(1));
    assert!(edit.apply().is_ascii());
}

#[test]
fn to_seven_bit() {
    let raw = b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\nX-Keep:  as it is \r\n\r\na long line with one caf\xe9 in it\r\n--b\r\n\r\nplain\r\n--b\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\x01\x02\xff\xfe\xfd\r\n--b--\r\n";
    let message = Message::parse(raw);
    let mut edit = message.edit();
    assert_eq!(edit.to_seven_bit(), Ok(2));
    assert_eq!(
        String::from_utf8(edit.apply()).unwrap(),
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\nX-Keep:  as it is \r\n\r\na long line with one caf=E9 in it\r\n--b\r\n\r\nplain\r\n--b\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC//79\r\n--b--\r\n"
    );
    let seven = Message::parse(MIXED);
    let mut edit = seven.edit();
    assert_eq!(edit.to_seven_bit(), Ok(0));
    assert_eq!(edit.apply(), MIXED);
    let untyped =
        Message::parse("Subject: x\n\nnur ein längerer Text mit wenig Umlauten\n".as_bytes());
    let mut edit = untyped.edit();
    assert_eq!(edit.to_seven_bit(), Ok(1));
    let edited = edit.apply();
    assert!(edited.is_ascii() && !edited.contains(&b'\r'));
    assert_eq!(
        Message::parse(&edited).text().as_deref(),
        Some("nur ein längerer Text mit wenig Umlauten\n")
    );
    // Half a character may look like a line end.
    for raw in [
        &b"Content-Type: text/plain; charset=UTF-16BE\n\n\x4e\x0a\x0a\x4e\xff\xfd"[..],
        b"Content-Type: text/plain; charset=utf-32\n\n\x0a\0\0\0\xe9\0\0\0",
    ] {
        let wide = Message::parse(raw);
        let mut edit = wide.edit();
        assert_eq!(edit.to_seven_bit(), Ok(1));
        let edited = edit.apply();
        assert!(edited.is_ascii());
        assert_eq!(
            Message::parse(&edited).root().content(),
            wide.root().content()
        );
    }
    let unknown = Message::parse(b"Content-Transfer-Encoding: x-new\r\n\r\n\xff\r\n");
    assert_eq!(unknown.edit().to_seven_bit(), Err(EditError::Encoding));
    let partial = Message::parse(b"Content-Type: message/partial\r\n\r\n\xff\r\n");
    assert_eq!(partial.edit().to_seven_bit(), Err(EditError::Encoding));
}

#[test]
fn submission() {
    let mut values = Completion::default();
    values.date = DateTime::from_unix(0, Zone::UTC);
    values.message_id = Some(MessageId::new("1", "x.example").unwrap());
    values.from = Some(Mailbox::try_from("Author <a@x.example>").unwrap());
    values.sender = Some(Mailbox::try_from("s@x.example").unwrap());
    let complete = |raw: &[u8], values: &Completion<'_>| {
        let message = Message::parse(raw);
        let mut edit = message.edit();
        let added = edit.complete(values).unwrap();
        (added.join(" "), String::from_utf8(edit.apply()).unwrap())
    };
    let (added, edited) = complete(b"Subject: x\r\n\r\ny", &values);
    assert_eq!(added, "Date From Sender Message-ID");
    assert_eq!(
        edited,
        "Subject: x\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nFrom: Author <a@x.example>\r\nSender: s@x.example\r\nMessage-ID: <1@x.example>\r\n\r\ny"
    );
    assert_eq!(
        complete(edited.as_bytes(), &values),
        (String::new(), edited)
    );
    let bad = b"Date: yesterday\r\nFrom: s@x.example\r\nMessage-ID: <2@x.example>\r\n\r\n";
    let (added, edited) = complete(bad, &values);
    assert_eq!(added, "Date");
    assert!(edited.starts_with("Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nFrom: s@x.example\r\n"));
}

#[test]
fn the_body_hash_stays() {
    let raw = b"From: a@b.example\r\nTo: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n text  \r\n\r\n\r\n";
    let message = Message::parse(raw);
    let mut edit = message.edit();
    edit.set_header(
        message.root(),
        "To",
        AddressList::try_from("c@d.example").unwrap(),
    )
    .unwrap();
    edit.add_header(message.root(), "X-New", "é").unwrap();
    edit.prepend_header(message.root(), "Received", "from x")
        .unwrap();
    let edited = edit.apply();
    let edited = Message::parse(&edited);
    for kind in [Canonicalization::Simple, Canonicalization::Relaxed] {
        assert_eq!(
            dkim::body(kind, edited.root().body_raw()),
            dkim::body(kind, message.root().body_raw())
        );
    }
}

proptest! {
    #[test]
    fn what_is_not_edited_stays(raw in "[a-c: \r\n\u{e9}-]{0,60}(Content-Type: multipart/mixed; boundary=b\r\n\r\n(--b\r\n[a-c: \r\n]{0,20}\r\n){0,4}(--b--)?[a-c\r\n]{0,9})?") {
        let message = Message::parse(&raw);
        prop_assert_eq!(message.edit().apply(), raw.as_bytes());
        let mut edit = message.edit();
        edit.add_header(message.root(), "X-New", "value").unwrap();
        let edited = edit.apply();
        let parsed = Message::parse(&edited);
        prop_assert_eq!(parsed.header("X-New").map(|header| header.text().into_owned()), Some("value".to_owned()));
        prop_assert_eq!(parsed.root().body_raw(), message.root().body_raw());
        prop_assert_eq!(parsed.headers().iter().count(), message.headers().iter().count() + 1);
        let mut edit = message.edit();
        if edit.to_seven_bit().is_ok() {
            let edited = edit.apply();
            let parsed = Message::parse(&edited);
            prop_assert_eq!(parsed.parts().len(), message.parts().len());
            for (old, new) in message.parts().zip(parsed.parts()).filter(|(old, _)| old.children().next().is_none()) {
                prop_assert!(new.body_raw().is_ascii());
                // What is recoded has its line ends in canonical form.
                let lines = |text: &str| text.replace('\r', "");
                prop_assert_eq!(lines(&new.text()), lines(&old.text()));
            }
        }
    }

    /// Parts without a body, or with nothing at all, end where the delimiter of the next one starts.
    #[test]
    fn other_parts_stay(
        shapes in prop::collection::vec((0..6_usize, any::<bool>()), 2..6),
        (preamble, closed, crlf, add) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut raw = String::from("Content-Type: multipart/mixed; boundary=b\n\n");
        raw.push_str(if preamble { "p\n" } else { "" });
        for (shape, _) in &shapes {
            raw.push_str("--b\n");
            raw.push_str(["", "A: b\n", "A: b\n\n", "A: b\n\nbody\n", "\n\n\n", "\nbody\n\n"][*shape]);
        }
        raw.push_str(if closed { "--b--\n" } else { "" });
        if crlf {
            raw = raw.replace('\n', "\r\n");
        }
        let message = Message::parse(&raw);
        let parts: Vec<_> = message.root().children().collect();
        prop_assert_eq!(parts.len(), shapes.len());
        let mut edit = message.edit();
        let mut kept = Vec::new();
        for (part, (_, remove)) in parts.iter().zip(&shapes) {
            if !(*remove && edit.remove_part(*part).is_ok()) {
                kept.push(*part);
            }
        }
        if add {
            edit.add_part(message.root(), &PartBuilder::text("new")).unwrap();
        }
        let edited = edit.apply();
        let edited = Message::parse(&edited);
        let mut left = edited.root().children();
        for part in &kept {
            let same = left.next().unwrap();
            prop_assert_eq!(same.headers().raw(), part.headers().raw());
            // Where nothing closes the multipart, a body may get the line end of a delimiter.
            let body = same.body_raw();
            let old = part.body_raw();
            let grown = !closed && body.starts_with(old);
            prop_assert!(body == old || (grown && body.trim_ascii_end() == old.trim_ascii_end()));
        }
        let new = left.next().map(|part| part.text().into_owned());
        prop_assert_eq!(new.as_deref(), add.then_some("new"));
        prop_assert!(left.next().is_none());
        let mut edit = message.edit();
        edit.replace_part(kept[0], &PartBuilder::text("new")).unwrap();
        let edited = edit.apply();
        let edited = Message::parse(&edited);
        prop_assert_eq!(edited.root().children().count(), parts.len());
        let text = edited.part(kept[0].index()).unwrap().text().into_owned();
        prop_assert_eq!(text, "new");
    }

    #[test]
    fn any_octets(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let message = Message::parse(&raw);
        let mut edit = message.edit();
        prop_assert_eq!(&edit.apply(), &raw);
        let _ = edit.to_seven_bit();
        let _ = edit.set_header(message.root(), "Subject", "x");
        let edited = edit.apply();
        let parsed = Message::parse(&edited);
        let subject = parsed.subject();
        prop_assert_eq!(subject.as_deref(), Some("x"));
    }
}

#[test]
fn a_byte_order_mark_stays_in_front() {
    for (raw, expected) in [
        ("\u{feff}A: b\n\nc", "\u{feff}X: y\nA: b\nX: y\n\nc"),
        ("\u{feff}text", "\u{feff}X: y\nX: y\n\ntext"),
    ] {
        let message = Message::parse(raw.as_bytes());
        let mut edit = message.edit();
        edit.prepend_header(message.root(), "X", "y").unwrap();
        edit.add_header(message.root(), "X", "y").unwrap();
        let edited = String::from_utf8(edit.apply()).unwrap();
        assert_eq!(edited.replace("\r\n", "\n"), expected);
        assert_eq!(
            Message::parse(edited.as_bytes()).text().unwrap(),
            message.text().unwrap()
        );
    }
}
