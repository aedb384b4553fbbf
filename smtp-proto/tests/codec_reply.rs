//! Replies: what the codec accepts, refuses and keeps (RFC 5321 section 4.2).

use smtp_proto::{
    Capabilities, Extension, Limit, LineEnds, Options, ParseErrorKind as Kind, Reply, ReplyCode,
};

#[track_caller]
fn bad_reply(wire: &[u8], kind: Kind, offset: usize) {
    let error = Reply::parse(wire).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{wire:?}");
}

#[test]
fn reply_codes() {
    for code in [
        "000", "999", "199", "600", "99", "25", "2", "2x0", " 250", "-250", "+25", "2500",
    ] {
        let wire = format!("{code} text\r\n");
        assert!(Reply::parse(wire.as_bytes()).is_err(), "{code}");
    }
    assert_eq!(
        Reply::parse(b"2500\r\n").unwrap_err().kind(),
        Kind::InvalidReplySeparator
    );
    assert!(ReplyCode::new(199).is_err() && ReplyCode::new(600).is_err());
    assert!(ReplyCode::new(200).is_ok() && ReplyCode::new(599).is_ok());
    bad_reply(b"250-a\r\n251 b\r\n", Kind::ReplyCodeMismatch, 7);
    bad_reply(b"250-a\r\n250-b\r\n550 c\r\n", Kind::ReplyCodeMismatch, 14);
    bad_reply(b"250-a\r\n\r\n", Kind::InvalidReplyCode, 7);
    bad_reply(b"250-a\r\nb\r\n", Kind::InvalidReplyCode, 7);
    bad_reply(b"\r\n", Kind::InvalidReplyCode, 0);
    bad_reply(b"250_a\r\n", Kind::InvalidReplySeparator, 3);
    bad_reply(b"250\ta\r\n", Kind::InvalidReplySeparator, 3);
}

#[test]
fn reply_forms() {
    for (wire, text) in [
        (&b"250\r\n"[..], ""),
        (b"250 \r\n", ""),
        (b"250-\r\n250\r\n", "\n"),
        (b"250  two spaces\r\n", " two spaces"),
        (b"250-a\r\n250 b\r\n", "a\nb"),
        (b"250 tab\tand \xc3\xbc\r\n", "tab\tand ü"),
        (b"250 \xfc\r\n", "\u{fffd}"),
        (b"250-2.1.0 a\r\n250 2.1.0 b\r\n", "a\nb"),
        (b"250 2.1.0\r\n", ""),
    ] {
        let reply = Reply::parse(wire).unwrap_or_else(|e| panic!("{wire:?}: {e}"));
        assert_eq!(reply.text(), text, "{wire:?}");
        let mut out = Vec::new();
        reply.encode(&mut out);
        assert_eq!(out, wire);
    }
    // Line ends.
    bad_reply(b"250 a\n", Kind::BareLineFeed, 5);
    bad_reply(b"250-a\r\n250 b\n", Kind::BareLineFeed, 12);
    bad_reply(b"250 a\rb\r\n", Kind::BareCarriageReturn, 5);
    bad_reply(b"250 a\r\r\n", Kind::BareCarriageReturn, 5);
    bad_reply(b"250 a\0b\r\n", Kind::ControlCharacter, 5);
    bad_reply(b"250 a\r\n250 b\r\n", Kind::TrailingBytes, 7);
    bad_reply(b"250-a\r\n", Kind::UnexpectedEnd, 7);
    let mut options = Options::default();
    options.line_ends = LineEnds::Lenient;
    let reply = Reply::parse_with(b"250-2.1.0 a\n250 b\r\n", &options).unwrap();
    assert_eq!(reply.enhanced_code().unwrap().to_string(), "2.1.0");
    let mut out = Vec::new();
    reply.encode(&mut out);
    assert_eq!(out, b"250-2.1.0 a\r\n250 b\r\n");
}

#[test]
fn enhanced_codes_only_where_they_fit() {
    for (wire, code) in [
        (&b"250 2.1.0 ok\r\n"[..], Some("2.1.0")),
        (b"450 4.2.1 later\r\n", Some("4.2.1")),
        (b"550 5.999.999 no\r\n", Some("5.999.999")),
        (b"550 5.1.1\r\n", Some("5.1.1")),
        (b"550-5.1.1 a\r\n550 b\r\n", Some("5.1.1")),
        (b"250 5.1.0 mismatch\r\n", None),
        (b"550 4.1.1 mismatch\r\n", None),
        (b"354 2.0.0 none here\r\n", None),
        (b"550 5.1.1.1 x\r\n", None),
        (b"550 5.1 x\r\n", None),
        (b"550 5.1.1000 x\r\n", None),
        (b"550 5..1 x\r\n", None),
        (b"550 3.1.1 x\r\n", None),
        (b"250 2.1.0ok\r\n", None),
        (b"250 192.0.2.1 is you\r\n", None),
    ] {
        let reply = Reply::parse(wire).unwrap();
        assert_eq!(
            reply.enhanced_code().map(|c| c.to_string()).as_deref(),
            code,
            "{wire:?}"
        );
    }
    // What a program builds is read back the same.
    for text in ["2.1.0 a\n2.1.0 b", "2.1.0\nb", "2.1.0", "", "\n", "a\n"] {
        let reply = Reply::new(250, text).unwrap();
        assert_eq!(
            Reply::parse(reply.as_bytes()).as_ref(),
            Ok(&reply),
            "{text:?}"
        );
    }
}

#[test]
fn ehlo_replies_as_servers_send_them() {
    let read = |wire: &'static [u8]| {
        let reply = Box::leak(Box::new(Reply::parse(wire).unwrap()));
        Capabilities::from_reply(reply)
    };
    let both = read(b"250-x\r\n250-AUTH PLAIN LOGIN\r\n250 AUTH=PLAIN LOGIN\r\n");
    assert_eq!(both.mechanisms().collect::<Vec<_>>(), ["PLAIN", "LOGIN"]);
    assert!(both.others.is_empty());
    let old = read(b"250-x\r\n250 AUTH=LOGIN\r\n");
    assert_eq!(old.mechanisms().collect::<Vec<_>>(), ["LOGIN"]);
    assert!(old.offers(Extension::Auth));
    // The right spelling wins, wherever it stands.
    let late = read(b"250-x\r\n250-AUTH=LOGIN\r\n250 AUTH LOGIN PLAIN\r\n");
    assert_eq!(late.mechanisms().collect::<Vec<_>>(), ["LOGIN", "PLAIN"]);
    let size = read(b"250-x\r\n250-size  1000 \r\n250 8bitmime\r\n");
    assert_eq!(size.size, Some(1_000));
    assert!(size.offers(Extension::EightBitMime));
    assert_eq!(read(b"250-x\r\n250 SIZE 0\r\n").size, None);
    let bad = read(b"250-x\r\n250-SIZE many\r\n250-DELIVERBY -1\r\n250-FUTURERELEASE 5\r\n250-ENHANCEDSTATUSCODE\r\n250-ENHANCEDSTATUSCODESX\r\n250 X-OWN a=b\r\n");
    assert_eq!(bad.extensions.iter().count(), 0);
    assert_eq!(bad.others.len(), 6);
    // A line that is wrong takes nothing from one that was right.
    let twice =
        read(b"250-x\r\n250-FUTURERELEASE 60 2026-01-02T03:04:05Z\r\n250 FUTURERELEASE never\r\n");
    assert!(twice.offers(Extension::FutureRelease) && twice.future_release.is_some());
    assert_eq!(twice.others, ["FUTURERELEASE never"]);
    // One line only, no text at all, Latin-1.
    assert_eq!(read(b"250\r\n"), Capabilities::default());
    assert_eq!(read(b"250-\r\n250-\r\n250 \r\n"), Capabilities::default());
    assert_eq!(
        read(b"250-gr\xfc\xdfe\r\n250 DSN\r\n").greeting,
        "gr\u{fffd}\u{fffd}e"
    );
}

/// What is decided stays so, whatever comes behind it: faults beyond the limit of a line included.
#[test]
fn more_input_changes_nothing_at_the_line_limit() {
    let mut options = Options::default();
    options.limits.reply_line = 16;
    let exceeded = Kind::LimitExceeded(Limit::ReplyLine);
    for len in 10..20 {
        for fault in [&b"\0\r\n"[..], b"\rx\r\n", b"\n", b"\r\n", b"\r\r\n"] {
            let wire = [b"250 ", &vec![b'a'; len - 4][..], fault].concat();
            let whole = Reply::parse_prefix_with(&wire, &options);
            for cut in 0..wire.len() {
                let part = Reply::parse_prefix_with(&wire[..cut], &options);
                assert!(part == Ok(None) || part == whole, "{part:?} {whole:?}");
            }
            let kind = whole.err().map(|error| error.kind());
            assert_eq!(
                kind == Some(exceeded),
                len > 15 || len == 15 && fault[0] == b'\r',
                "{len} {fault:?}"
            );
        }
    }
}
