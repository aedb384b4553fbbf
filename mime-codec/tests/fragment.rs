//! Fragments of messages: the example of RFC 2046 section 5.2.2.2, what does not fit together, limits.

use mime_codec::{Fragment, Limits, Message, ReassembleError};
use proptest::prelude::*;

const FIRST: &str = "X-Weird-Header-1: Foo\r\n\
    From: Bill@host.com\r\n\
    To: joe@otherhost.com\r\n\
    Date: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\r\n\
    Subject: Audio mail (part 1 of 2)\r\n\
    Message-ID: <id1@host.com>\r\n\
    MIME-Version: 1.0\r\n\
    Content-type: message/partial; id=\"ABC@host.com\";\r\n\
    \x20             number=1; total=2\r\n\
    \r\n\
    X-Weird-Header-1: Bar\r\n\
    X-Weird-Header-2: Hello\r\n\
    Message-ID: <anotherid@foo.com>\r\n\
    Subject: Audio mail\r\n\
    MIME-Version: 1.0\r\n\
    Content-type: audio/basic\r\n\
    Content-transfer-encoding: base64\r\n\
    \r\n\
    \x20 ... first half of encoded audio data goes here ...\r\n";

const SECOND: &str = "From: Bill@host.com\r\n\
    To: joe@otherhost.com\r\n\
    Date: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\r\n\
    Subject: Audio mail (part 2 of 2)\r\n\
    MIME-Version: 1.0\r\n\
    Message-ID: <id2@host.com>\r\n\
    Content-type: message/partial;\r\n\
    \x20             id=\"ABC@host.com\"; number=2; total=2\r\n\
    \r\n\
    \x20 ... second half of encoded audio data goes here ...\r\n";

const WHOLE: &str = "X-Weird-Header-1: Foo\r\n\
    From: Bill@host.com\r\n\
    To: joe@otherhost.com\r\n\
    Date: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\r\n\
    Message-ID: <anotherid@foo.com>\r\n\
    Subject: Audio mail\r\n\
    MIME-Version: 1.0\r\n\
    Content-type: audio/basic\r\n\
    Content-transfer-encoding: base64\r\n\
    \r\n\
    \x20 ... first half of encoded audio data goes here ...\r\n\
    \x20 ... second half of encoded audio data goes here ...\r\n";

fn reassemble(messages: &[&str], limits: &Limits) -> Result<String, ReassembleError> {
    let messages: Vec<Message<'_>> = messages.iter().map(Message::parse).collect();
    let fragments: Vec<Fragment<'_>> = messages
        .iter()
        .map(|message| message.root().fragment().unwrap())
        .collect();
    Fragment::reassemble(&fragments, limits).map(|whole| String::from_utf8(whole).unwrap())
}

fn fragment(parameters: &str, body: &str) -> String {
    format!(
        "Subject: x\r\nFrom: a@x.example\r\nContent-Type: message/partial; {parameters}\r\n\r\n{body}"
    )
}

#[test]
fn the_example_of_rfc_2046() {
    let limits = Limits::default();
    let message = Message::parse(SECOND);
    let second = message.root().fragment().unwrap();
    assert_eq!(
        (second.id(), second.number(), second.total()),
        ("ABC@host.com", 2, Some(2))
    );
    for order in [
        &[FIRST, SECOND][..],
        &[SECOND, FIRST],
        &[SECOND, FIRST, SECOND],
    ] {
        assert_eq!(reassemble(order, &limits).unwrap(), WHOLE);
    }
}

#[test]
fn what_is_no_fragment() {
    for parameters in [
        "number=1; total=2",
        "id=\"\"; number=1",
        "id=a",
        "id=a; number=0",
        "id=a; number=+1",
        "id=a; number=x",
        "id=a; number=99999999999",
    ] {
        let message = fragment(parameters, "");
        assert_eq!(
            Message::parse(&message).root().fragment(),
            None,
            "{parameters}"
        );
    }
    let other = Message::parse("Content-Type: message/rfc822; id=a; number=1\r\n\r\n");
    assert_eq!(other.root().fragment(), None);
}

#[test]
fn what_does_not_fit_together() {
    let limits = Limits::default();
    let make = |all: &[(&str, &str)]| -> Result<String, ReassembleError> {
        let all: Vec<String> = all
            .iter()
            .map(|(what, body)| fragment(what, body))
            .collect();
        reassemble(&all.iter().map(String::as_str).collect::<Vec<_>>(), &limits)
    };
    let one = ("id=a; number=1", "1\r\n");
    let two = ("id=a; number=2; total=2", "2\r\n");
    assert_eq!(make(&[]), Err(ReassembleError::NoTotal));
    assert_eq!(make(&[one]), Err(ReassembleError::NoTotal));
    assert_eq!(make(&[two]), Err(ReassembleError::Missing(1)));
    assert_eq!(
        make(&[one, ("id=b; number=2; total=2", "")]),
        Err(ReassembleError::Id)
    );
    assert_eq!(
        make(&[two, ("id=a; number=1; total=3", "")]),
        Err(ReassembleError::Total)
    );
    assert_eq!(
        make(&[one, ("id=a; number=3; total=2", "")]),
        Err(ReassembleError::Total)
    );
    assert_eq!(
        make(&[one, two, ("id=a; number=3", "")]),
        Err(ReassembleError::Total)
    );
    assert_eq!(
        make(&[one, ("id=a; number=4294967295; total=4294967295", "")]),
        Err(ReassembleError::Missing(2))
    );
    assert_eq!(
        make(&[one, two, ("id=a; number=1", "other")]),
        Err(ReassembleError::Ambiguous(1))
    );
    // Fields of the enclosed message that are not its own to set are dropped; lost line ends come back.
    let spoofed = (
        "id=a; number=1",
        "From: eve@x.example\r\nSubject: y\r\n\r\n1",
    );
    assert_eq!(
        make(&[spoofed, two]).unwrap(),
        "From: a@x.example\r\nSubject: y\r\n\r\n1\r\n2\r\n"
    );
    // An enclosed header section may be empty, or go on in the next fragment.
    assert_eq!(
        make(&[("id=a; number=1", "\r\n1\r\n"), two]).unwrap(),
        "From: a@x.example\r\n\r\n1\r\n2\r\n"
    );
    let split = [
        ("id=a; number=1", "Subject: y\r\n"),
        ("id=a; number=2; total=2", " z\r\n\r\nb\r\n"),
    ];
    assert_eq!(
        make(&split).unwrap(),
        "From: a@x.example\r\nSubject: y\r\n z\r\n\r\nb\r\n"
    );
}

#[test]
fn the_limit() {
    // The header section around, both bodies, and a line end for each.
    let size =
        FIRST.find("\r\n\r\n").unwrap() + 2 + FIRST.len() - FIRST.find("\r\n\r\n").unwrap() - 4
            + SECOND.len()
            - SECOND.find("\r\n\r\n").unwrap()
            - 4
            + 4;
    for (limit, fits) in [(size - 1, false), (size, true), (size + 1, true)] {
        let mut limits = Limits::default();
        limits.reassembled = limit;
        let result = reassemble(&[FIRST, SECOND], &limits);
        assert_eq!(result.is_ok(), fits, "{limit}");
        assert!(fits || result == Err(ReassembleError::TooLarge(limit)));
    }
}

proptest! {
    #[test]
    fn split_anywhere(lines in prop::collection::vec("[ -~]{0,20}", 1..30), cuts in prop::collection::vec(0_usize..30, 0..5)) {
        let body: String = lines.iter().flat_map(|line| [line, "\r\n"]).collect();
        let whole = format!("From: a@x.example\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\n{body}");
        let enclosed: Vec<String> = whole.split_inclusive('\n').map(str::to_owned).collect();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(enclosed.len())).collect();
        cuts.extend([0, enclosed.len()]);
        cuts.sort_unstable();
        let total = cuts.len() - 1;
        let messages: Vec<String> = cuts
            .windows(2)
            .enumerate()
            .map(|(i, cut)| fragment(&format!("id=a; number={}; total={total}", i + 1), &enclosed[cut[0]..cut[1]].concat()))
            .collect();
        let messages: Vec<&str> = messages.iter().rev().map(String::as_str).collect();
        prop_assert_eq!(reassemble(&messages, &Limits::default()).unwrap(), whole);
    }
}
