//! Strict parsing, limits, and structures kept apart from their octets.

use mime_codec::{DefectKind, Limits, Message, Options, ParseErrorKind, PartKind};

fn strict(text: &str) -> Option<DefectKind> {
    match Message::parse_strict(text, &Options::default()) {
        Ok(_) => None,
        Err(error) => match error.kind() {
            ParseErrorKind::Defect(kind) => Some(kind),
            other => panic!("{other}"),
        },
    }
}

/// Every kind of ambiguity is an error, at the right place.
#[test]
fn strict_parsing_refuses() {
    use DefectKind as D;
    let multipart = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    for (text, kind) in [
        ("Subject: x\r\ntext\r\n".to_owned(), D::MissingSeparator),
        ("Subject : x\r\n\r\n".to_owned(), D::SpaceBeforeColon),
        (": x\r\n\r\n".to_owned(), D::EmptyFieldName),
        ("From me\r\nSubject: x\r\n\r\n".to_owned(), D::EnvelopeLine),
        ("\u{feff}Subject: x\r\n\r\n".to_owned(), D::ByteOrderMark),
        (
            "Subject: a\r\nSubject: b\r\n\r\n".to_owned(),
            D::DuplicateField,
        ),
        (
            "Content-Type: a/b\r\nContent-Type: a/c\r\n\r\n".to_owned(),
            D::DuplicateContentType,
        ),
        (
            "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                .to_owned(),
            D::DuplicateTransferEncoding,
        ),
        (
            "Content-Type: text\r\n\r\n".to_owned(),
            D::MalformedContentType,
        ),
        (
            "Content-Type: a/b; c=d; C=e\r\n\r\n".to_owned(),
            D::DuplicateParameter,
        ),
        (
            "Content-Type: a/b; c=d; c*=''e\r\n\r\n".to_owned(),
            D::ConflictingParameter,
        ),
        (
            "Content-Type: a/b; c\r\n\r\n".to_owned(),
            D::MalformedParameter,
        ),
        (
            "Content-Disposition: inline; c*1=d\r\n\r\n".to_owned(),
            D::MissingParameterSection,
        ),
        (
            "Content-Type: a/b; c*=''%\r\n\r\n".to_owned(),
            D::MalformedPercent,
        ),
        (
            "Content-Type: a/b; c*=no-such-set''x\r\n\r\n".to_owned(),
            D::UnknownCharset,
        ),
        (
            "Content-Type: a/b; c*=utf-8''%FF\r\n\r\n".to_owned(),
            D::UndecodableText,
        ),
        (
            "Content-Type: multipart/mixed\r\n\r\n".to_owned(),
            D::MissingBoundary,
        ),
        (
            format!(
                "Content-Type: multipart/mixed; boundary={}\r\n\r\n",
                "x".repeat(71)
            ),
            D::BoundaryTooLong,
        ),
        (
            "Content-Type: multipart/mixed; boundary=\"a!\"\r\n\r\n--a!\r\n\r\n\r\n--a!--\r\n"
                .to_owned(),
            D::BoundaryOctets,
        ),
        (
            format!("{multipart}--a\r\nX: y\r\n--a--\r\n"),
            D::DelimiterInHeader,
        ),
        (
            format!("{multipart}--a\r\n\r\n--ab\r\n--a--\r\n"),
            D::DelimiterLookalike,
        ),
        (format!("{multipart}--a\r\n\r\n"), D::MissingCloseDelimiter),
        (format!("{multipart}--a--\r\n"), D::NoParts),
        (
            format!("{multipart}--a\r\n\r\nx\r\n--a--\r\n--a\r\n\r\ny\r\n"),
            D::DelimiterAfterClose,
        ),
        (
            format!("{multipart}--a\r\n{multipart}--a\r\n\r\nx\r\n--a--\r\n--a--\r\n"),
            D::BoundaryReused,
        ),
        (
            format!(
                "{multipart}--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\nx\r\n--ab--\r\n--a--\r\n"
            ),
            D::BoundaryPrefix,
        ),
        (
            format!("Content-Transfer-Encoding: base64\r\n{multipart}--a\r\n\r\nx\r\n--a--\r\n"),
            D::EncodedMultipart,
        ),
        (
            "Content-Transfer-Encoding: base64\r\nContent-Type: message/rfc822\r\n\r\nAAAA\r\n"
                .to_owned(),
            D::EncodedMessage,
        ),
        ("Subject: x\r\n\r\na\0b\r\n".to_owned(), D::Nul),
        ("Subject: x\r\n\r\na\rb\r\n".to_owned(), D::BareCr),
        ("Subject: x\r\n\r\na\nb\r\n".to_owned(), D::BareLf),
        (
            format!("Subject: x\r\n\r\n{}\r\n", "x".repeat(999)),
            D::LineTooLong,
        ),
    ] {
        assert_eq!(strict(&text), Some(kind), "{text:?}");
        // The same input is read without complaint, only told.
        let message = Message::parse(&text);
        assert_eq!(message.raw(), text.as_bytes());
    }
}

#[test]
fn strict_parsing_accepts() {
    for text in [
        "Subject: x\r\n\r\ntext\r\n".to_owned(),
        "Subject: x\r\n \r\n y\r\n".to_owned(),
        format!("Subject: x\r\n\r\n{}\r\n", "x".repeat(998)),
        "Subject: \u{fc}\r\n\r\n".to_owned(),
        "Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\n--a b \r\n\r\n\r\n--a b--\r\n"
            .to_owned(),
    ] {
        assert_eq!(strict(&text), None, "{text:?}");
    }
    let eight_bit =
        Message::parse_strict(b"Subject: \xfc\r\n\r\n", &Options::default()).unwrap_err();
    assert_eq!(
        eight_bit.kind(),
        ParseErrorKind::Defect(DefectKind::EightBitHeader)
    );
    assert_eq!(
        eight_bit.to_string(),
        "header octets that are neither ASCII nor UTF-8 at byte 0"
    );
}

fn parts_and_defects(text: &str, limits: Limits) -> (usize, Vec<DefectKind>) {
    let mut options = Options::default();
    options.limits = limits;
    let message = Message::parse_with(text, &options);
    (
        message.parts().len(),
        message.defects().iter().map(|defect| defect.kind).collect(),
    )
}

#[test]
fn limits_at_their_edges() {
    let three = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--a\n\n--a\n\n--a--\n";
    let nested = "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nx: y\n\n";
    let fields = "a: b\nc: d\n\nbody";
    let boundary = "Content-Type: multipart/mixed; boundary=abc\n\n--abc\n\n--abc--";
    // The message, the limit, what it has to be, parts with it, and with one less.
    type Edge = (
        &'static str,
        fn(&mut Limits) -> &mut usize,
        usize,
        usize,
        usize,
        DefectKind,
    );
    let edges: [Edge; 5] = [
        (
            three,
            |limits| &mut limits.parts,
            4,
            4,
            3,
            DefectKind::PartLimit,
        ),
        (
            nested,
            |limits| &mut limits.depth,
            2,
            3,
            2,
            DefectKind::DepthLimit,
        ),
        (
            fields,
            |limits| &mut limits.header_fields,
            2,
            1,
            1,
            DefectKind::HeaderLimit,
        ),
        (
            fields,
            |limits| &mut limits.header_bytes,
            10,
            1,
            1,
            DefectKind::HeaderLimit,
        ),
        (
            boundary,
            |limits| &mut limits.boundary,
            3,
            2,
            1,
            DefectKind::BoundaryLimit,
        ),
    ];
    for (text, limit, enough, parts, fewer, defect) in edges {
        for (n, found) in [
            (enough - 1, (fewer, vec![defect])),
            (enough, (parts, vec![])),
            (enough + 1, (parts, vec![])),
        ] {
            let mut limits = Limits::default();
            *limit(&mut limits) = n;
            assert_eq!(parts_and_defects(text, limits), found, "{defect:?} {n}");
        }
    }
    let mut limits = Limits::default();
    limits.defects = 2;
    assert_eq!(
        parts_and_defects("a : b\n: c\nd : e\n: f\n", limits)
            .1
            .len(),
        2
    );
}

#[test]
fn a_boundary_beyond_the_limit_of_parameters_is_not_read() {
    let mut options = Options::default();
    for (parameters, parts) in [(0, 1), (1, 2)] {
        options.limits.parameters = parameters;
        for value in ["boundary=\"a\"", "boundary=a", "boundary*=a"] {
            let text = format!("Content-Type: multipart/mixed; {value}\n\n--a\n\nb\n--a--\n");
            assert_eq!(Message::parse_with(&text, &options).parts().len(), parts);
        }
    }
}

#[test]
fn lines_are_counted_alike() {
    let text = "Content-Type: multipart/mixed; boundary=a\n\n\n--a\nX: y\n\none\ntwo\n--a\nContent-Type: message/rfc822\n\nS: t\n\n\n\n--a--\nend";
    let mut options = Options::default();
    options.count_lines = true;
    let counted = Message::parse_with(text, &options);
    let plain = Message::parse(text);
    let lines = |message: &Message<'_>| {
        message
            .parts()
            .map(|part| (part.header_lines(), part.body_lines()))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&counted), lines(&plain));
    assert_eq!(lines(&plain), [(2, 15), (2, 2), (2, 3), (2, 1)]);
}

#[test]
fn owned_messages_are_the_same() {
    let text = b"Subject: x\n\nbody".to_vec();
    let borrowed = Message::parse(&text).into_owned();
    let owned = Message::parse_owned(text.clone(), &Options::default());
    assert_eq!(borrowed, owned);
    let (bytes, structure) = owned.into_parts();
    assert_eq!(Message::attach(bytes, structure.clone()).unwrap(), borrowed);
    assert!(Message::attach(&b"Subject: x\n\nbod"[..], structure).is_err());
}

#[cfg(feature = "serde")]
#[test]
fn structures_can_be_stored() {
    let text =
        "Content-Type: multipart/digest; boundary=a\n\npre\n--a\n\nSubject: x\n\nbody\n--a--\npost";
    let message = Message::parse(text);
    let stored = serde_json::to_string(message.structure()).unwrap();
    assert!(
        !stored.contains("body\\n") && !stored.contains("Subject"),
        "no octet of the message is stored"
    );
    let again = Message::attach(text.as_bytes(), serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(again, message);
    assert_eq!(
        again.root().children().next().unwrap().kind(),
        PartKind::Message
    );
    // Damage is found, or does no harm.
    for (from, to) in [
        ("\"start\":53", "\"start\":5300"),
        ("\"next\":3", "\"next\":9"),
        ("\"parent\":1", "\"parent\":2"),
        ("\"parent\":1", "\"parent\":0"),
    ] {
        assert!(stored.contains(from), "{from} in {stored}");
        let damaged: mime_codec::Structure =
            serde_json::from_str(&stored.replacen(from, to, 1)).unwrap();
        if let Ok(message) = Message::attach(text.as_bytes(), damaged) {
            assert!(
                message
                    .parts()
                    .all(|part| part.depth() < 3 && part.raw().len() <= text.len())
            );
            assert!(message.segments().count() < 20);
        }
    }
}

#[test]
fn defects_outside_the_header_have_their_offsets() {
    let message =
        Message::parse("Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--ab\n--a--\n--a\n");
    let found: Vec<_> = message
        .defects()
        .iter()
        .map(|defect| (defect.offset, defect.kind))
        .collect();
    assert_eq!(
        found,
        [
            (50, DefectKind::DelimiterLookalike),
            (61, DefectKind::DelimiterAfterClose)
        ]
    );
    assert_eq!(message.root().kind(), PartKind::Multipart);
}

/// Messages are forwarded as they stand in an mbox file; parts are not.
#[test]
fn enclosed_messages_may_have_an_mbox_line() {
    let message = Message::parse(
        "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nFrom x@y Mon\nSubject: in\n\nbody\n--a\nFrom x@y Mon\nSubject: no\n\n--a--\n",
    );
    let inner = message.part(2).unwrap();
    assert_eq!(inner.subject().as_deref(), Some("in"));
    assert_eq!(inner.headers().iter().count(), 1);
    assert_eq!(inner.body_raw(), b"body");
    let part = message.part(3).unwrap();
    assert_eq!(part.body_raw(), b"From x@y Mon\nSubject: no\n");
    let kinds: Vec<_> = message.defects().iter().map(|defect| defect.kind).collect();
    assert_eq!(
        kinds,
        [DefectKind::EnvelopeLine, DefectKind::MissingSeparator]
    );
    let quoted = Message::parse(">From x@y Mon\nSubject: in\n\nbody");
    assert_eq!(quoted.subject().as_deref(), Some("in"));
    assert_eq!(quoted.header("from").map(|header| header.offset()), None);
    assert!(quoted.headers().get("Subject").is_some());
    let twice = Message::parse("From x\nFrom y\nSubject: no\n\n");
    assert!(twice.header("subject").is_none());
}
