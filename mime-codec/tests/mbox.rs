//! mbox files in all variants, in chunks, and written files read back.

use mime_codec::mbox::{Event, Format, FromLine, Reader, Timestamp, write};
use proptest::prelude::*;

const FORMATS: [Format; 4] = [
    Format::Mboxo,
    Format::Mboxrd,
    Format::Mboxcl,
    Format::Mboxcl2,
];

#[derive(Debug, Default, PartialEq, Eq)]
struct Message {
    sender: String,
    offset: u64,
    data: String,
    agrees: bool,
}

fn read(format: Format, file: &[u8], size: usize) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut open = false;
    let mut take = |event: Event<'_>| match event {
        Event::Message { from, offset } => {
            assert!(!std::mem::replace(&mut open, true));
            messages.push(Message {
                sender: String::from_utf8_lossy(from.sender).into_owned(),
                offset,
                ..Message::default()
            });
        }
        Event::Data(data) => {
            assert!(open && !data.is_empty());
            messages
                .last_mut()
                .unwrap()
                .data
                .push_str(&String::from_utf8_lossy(data));
        }
        Event::End { length_agrees } => {
            assert!(std::mem::replace(&mut open, false));
            messages.last_mut().unwrap().agrees = length_agrees;
        }
    };
    let mut reader = Reader::new(format);
    for chunk in file.chunks(size) {
        let mut rest = chunk;
        while let Some(event) = reader.next(&mut rest) {
            take(event);
        }
    }
    while let Some(event) = reader.finish() {
        take(event);
    }
    assert!(!open);
    messages
}

fn check(format: Format, file: &str, expected: &[(&str, &str, bool)]) {
    let whole = read(format, file.as_bytes(), usize::MAX);
    let seen: Vec<(&str, &str, bool)> = whole
        .iter()
        .map(|message| (&*message.sender, &*message.data, message.agrees))
        .collect();
    assert_eq!(seen, expected, "{format:?}");
    for message in &whole {
        let offset = usize::try_from(message.offset).unwrap();
        assert!(file[offset..].starts_with("From "));
    }
    for size in [1, 2, 3, 7] {
        assert_eq!(
            read(format, file.as_bytes(), size),
            whole,
            "{format:?} by {size}"
        );
    }
}

const DATE: &str = "Tue Jul 23 19:39:23 2002";

#[test]
fn messages_are_separated_and_unquoted() {
    let file = format!(
        "junk\nFrom a@b {DATE}\nS: 1\n\n>From x\n>>From y\n\nFrom here on\n\n\nFrom - \nS: 2\r\n\r\nbody\r\n\r\nFrom c@d {DATE}\nS: 3"
    );
    let second = ("-", "S: 2\r\n\r\nbody\r\n", true);
    let third = ("c@d", "S: 3", true);
    check(
        Format::Mboxrd,
        &file,
        &[
            ("a@b", "S: 1\n\nFrom x\n>From y\n\nFrom here on\n\n", true),
            second,
            third,
        ],
    );
    check(
        Format::Mboxo,
        &file,
        &[
            ("a@b", "S: 1\n\nFrom x\n>>From y\n\nFrom here on\n\n", true),
            second,
            third,
        ],
    );
    check(
        Format::Mboxcl2,
        &file,
        &[
            ("a@b", "S: 1\n\n>From x\n>>From y\n\nFrom here on\n\n", true),
            second,
            third,
        ],
    );
    check(Format::Mboxrd, "", &[]);
    check(Format::Mboxrd, "no separator\n\n", &[]);
    check(Format::Mboxrd, "From - \n", &[("-", "", true)]);
    check(Format::Mboxrd, "From - \n\n", &[("-", "", true)]);
    check(Format::Mboxrd, "From - \n\n\n", &[("-", "\n", true)]);
    check(
        Format::Mboxrd,
        "From - \nS: x\n\nb\n\n\n",
        &[("-", "S: x\n\nb\n\n", true)],
    );
}

#[test]
fn a_byte_order_mark_in_front() {
    let file = "\u{feff}From - Fri Nov 20 09:15:27 2026\na: b\n\ntext\n";
    for format in FORMATS {
        check(format, file, &[("-", "a: b\n\ntext\n", true)]);
    }
}

#[test]
fn content_length_is_believed_as_far_as_it_is_true() {
    let inner = format!("From in@side {DATE}\nS: no\n\n");
    let right = format!(
        "From a@b {DATE}\nContent-Length: {}\n\n{inner}\nFrom c@d {DATE}\n\nx\n",
        inner.len()
    );
    check(
        Format::Mboxcl2,
        &right,
        &[
            (
                "a@b",
                &format!("Content-Length: {}\n\n{inner}", inner.len()),
                true,
            ),
            ("c@d", "\nx\n", true),
        ],
    );
    // In mboxcl a separator is quoted, so one that is not is real.
    let short = format!("From a@b {DATE}\nContent-Length: 2\n\nabc\ndef\n\nFrom c@d {DATE}\n\nx\n");
    let long = short.replace("Length: 2", "Length: 2000");
    for format in [Format::Mboxcl, Format::Mboxcl2] {
        check(
            format,
            &short,
            &[
                ("a@b", "Content-Length: 2\n\nabc\ndef\n", false),
                ("c@d", "\nx\n", true),
            ],
        );
    }
    check(
        Format::Mboxcl,
        &long,
        &[
            ("a@b", "Content-Length: 2000\n\nabc\ndef\n\n", false),
            ("c@d", "\nx\n", true),
        ],
    );
    // The message has no line break at its end; the file has one, for the next separator.
    let bare = format!("From a@b {DATE}\nContent-Length: 7\n\nabc\ndef\nFrom c@d {DATE}\n\nx\n");
    let more = bare.replace("def\n", "def\nghi\n");
    for format in [Format::Mboxcl, Format::Mboxcl2] {
        for file in [bare.clone(), bare.replace("def\n", "def\n\n")] {
            let body = if file == bare {
                "abc\ndef"
            } else {
                "abc\ndef\n"
            };
            check(
                format,
                &file,
                &[
                    ("a@b", &format!("Content-Length: 7\n\n{body}"), true),
                    ("c@d", "\nx\n", true),
                ],
            );
        }
        check(
            format,
            &more,
            &[
                ("a@b", "Content-Length: 7\n\nabc\ndef\nghi\n", false),
                ("c@d", "\nx\n", true),
            ],
        );
    }
    let messages = read(Format::Mboxcl2, long.as_bytes(), 100);
    assert_eq!(messages.len(), 1);
    assert!(!messages[0].agrees);
}

#[test]
fn from_lines() {
    let parse = |line: &'static [u8]| FromLine::parse(line).unwrap();
    let date = parse(b"From x  Mon Jan 15  15:30:00  2018\r\n")
        .date
        .unwrap();
    assert_eq!(date.to_string(), "Mon Jan 15 15:30:00 2018");
    assert_eq!(
        parse(b"From \"a b\"@c Tue Jul  3 19:39 +0200 2002").sender,
        b"\"a b\"@c"
    );
    assert_eq!(
        parse(b"From a Tue Jul  3 19:39:01 EST 2002")
            .date
            .unwrap()
            .second,
        1
    );
    assert_eq!(parse(b"From a Tue Jul 33 19:39:01 2002").date, None);
    assert!(!parse(b"From Russia with love").is_plausible());
    assert!(parse(b"From a@b").is_plausible());
    assert_eq!(FromLine::parse(b"from x"), None);
    assert_eq!(FromLine::parse(b"From"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        bodies in proptest::collection::vec("([a>]|From |\n|From x@y Tue Jul 23 19:39:23 2002\n){0,12}\n", 1..5),
        size in 1usize..40,
    ) {
        let date = Timestamp { year: 2024, month: 2, day: 29, hour: 1, minute: 2, second: 3 };
        for format in FORMATS {
            let mut file = Vec::new();
            for body in &bodies {
                write(format, b"a@b\r\nX: y", date, format!("S: x\n\n{body}").as_bytes(), &mut file);
            }
            let messages = read(format, &file, size);
            prop_assert_eq!(messages.len(), bodies.len());
            for (message, body) in messages.iter().zip(&bodies) {
                prop_assert_eq!(&message.sender, "a@bX:y");
                prop_assert!(message.agrees);
                let expected = match format {
                    Format::Mboxo | Format::Mboxrd => format!("S: x\n\n{body}"),
                    _ => message.data.clone(),
                };
                // mboxo and mboxcl cannot tell a quote of their own from one that was there.
                let plain = |text: &str| text.replace(">From ", "From ");
                if format == Format::Mboxo {
                    prop_assert_eq!(plain(&message.data), plain(&expected));
                } else {
                    prop_assert_eq!(&message.data, &expected);
                }
                if format == Format::Mboxcl2 {
                    let end = format!("\n\n{body}");
                    prop_assert!(message.data.ends_with(&end));
                }
            }
        }
    }

    #[test]
    fn chunks_do_not_matter(file in "([a>]|From |From - \n|\r?\n|Content-Length: [0-9]\n){0,30}", size in 1usize..9) {
        for format in FORMATS {
            prop_assert_eq!(read(format, file.as_bytes(), size), read(format, file.as_bytes(), usize::MAX));
        }
    }
}
