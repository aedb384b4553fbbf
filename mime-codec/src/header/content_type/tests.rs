use alloc::string::{String, ToString};

use super::*;
use crate::ContentDisposition;

fn read(value: &[u8]) -> (ContentType<'_>, Vec<DefectKind>) {
    let mut defects = Vec::new();
    let parsed = ContentType::parse_with(value, &Options::DEFAULT, &mut defects);
    let kinds = defects.into_iter().map(|defect| defect.kind).collect();
    (parsed, kinds)
}

#[test]
fn what_looks_like_an_encoded_word_stays_text() {
    let options = Options {
        parameter_encoded_words: false,
        ..Options::default()
    };
    let value = b"a/b; name=\"=?utf-8?q?a?=\"";
    let parsed = ContentType::parse_with(value, &options, &mut Vec::new());
    assert_eq!(parsed.parameter("name"), Some("=?utf-8?q?a?="));
    let mut out = Vec::new();
    parsed.encode(&mut out);
    assert_eq!(ContentType::parse(&out), parsed);
}

#[test]
fn longest_words() {
    // A name, and a name with a language tag.
    for (len, fits) in [(499, true), (500, true), (501, false)] {
        let name = "n".repeat(len);
        assert_eq!(Parameter::new(&name, "v").is_ok(), fits, "{len}");
        let value = alloc::format!("a/b; {name}=v");
        let read = ContentType::parse(value.as_bytes()).parameters().len();
        assert_eq!(read == 1, fits, "{len}");
        let tagged = Parameter::new("name", "v").and_then(|one| one.with_language(&name[4..]));
        assert_eq!(tagged.is_ok(), fits, "{len}");
    }
    // Type and subtype together, and a disposition word.
    for (len, fits) in [(898, true), (899, true), (900, false)] {
        let subtype = "b".repeat(len - 1);
        assert_eq!(ContentType::new("a", &subtype).is_ok(), fits, "{len}");
        let value = alloc::format!("a/{subtype}");
        let read = ContentType::parse(value.as_bytes());
        assert_eq!(read.subtype() == subtype, fits, "{len}");
        let word = "d".repeat(len);
        let read = ContentDisposition::parse(word.as_bytes());
        assert_eq!(read.is_some(), fits, "{len}");
    }
}

#[test]
fn names_that_cannot_be_written_are_not_read() {
    let long = "n".repeat(501);
    for name in [
        "n@<x>", "n\u{e9}", "n[]", "a?", "a/b", "a:b", "a\\b", "a,b", "n\x7f", "n*x", "n*01",
        "n*1*2", "n'", "50%", "*", "*0", &long,
    ] {
        let value = alloc::format!("a/b; x=1; {name}=2; y=3");
        let mut defects = Vec::new();
        let parsed = ContentType::parse_with(value.as_bytes(), &Options::DEFAULT, &mut defects);
        let names: Vec<&str> = parsed.parameters().iter().map(Parameter::name).collect();
        assert_eq!(names, ["x", "y"], "{name}");
        let kind = DefectKind::MalformedParameter;
        assert_eq!(defects, [Defect { offset: 10, kind }], "{name}");
        assert!(Parameter::new(name, "2").is_err(), "{name}");
    }
    let (parsed, defects) = read(b"a/b; \xFFx=1; \xFEx=2; y=3");
    assert_eq!(parsed.parameters().len(), 1);
    assert_eq!(defects, [DefectKind::MalformedParameter]);
    let name = "n".repeat(500);
    let value = "\u{fc}".repeat(2_000);
    let built = ContentType::new("a", "b")
        .unwrap()
        .with_parameter(name, value)
        .unwrap();
    let mut out = Vec::new();
    built.encode(&mut out);
    assert!(
        out.split(|&octet| octet == b'\n')
            .all(|line| line.len() <= 998)
    );
    assert_eq!(ContentType::parse(&out), built);
    let words = ["a".repeat(400), "b".repeat(500)];
    assert_eq!(
        ContentType::new(&words[0], &words[1]),
        Err(EncodeError::LineTooLong)
    );
    let value = alloc::format!("{}/{}; x=y", words[0], words[1]);
    let (parsed, defects) = read(value.as_bytes());
    assert!(parsed.is("text", "plain"));
    assert_eq!(parsed.parameter("x"), Some("y"));
    assert_eq!(defects, [DefectKind::MalformedContentType]);
}

#[test]
fn text_form() {
    let long = "long ".repeat(40);
    let built = ContentType::new("text", "plain").unwrap();
    let built = built.with_parameter("name", &long).unwrap();
    assert_eq!(
        built.to_string(),
        alloc::format!("text/plain; name=\"{long}\"")
    );
    assert_eq!(built.to_string().parse(), Ok(built.into_owned()));
    for (text, offset, kind) in [
        ("", 0, DefectKind::MalformedContentType),
        ("text", 0, DefectKind::MalformedContentType),
        ("text/plain charset=x", 11, DefectKind::MalformedParameter),
        ("a/b; x=1; x=2", 10, DefectKind::DuplicateParameter),
        ("a/b; x=\"1", 5, DefectKind::MalformedParameter),
    ] {
        let error = text.parse::<ContentType<'_>>().expect_err(text);
        let expected = ParseError::new(offset, crate::ParseErrorKind::Defect(kind));
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn each_kind_once_where_it_first_is() {
    let mut defects = alloc::vec![Defect {
        offset: 0,
        kind: DefectKind::DuplicateParameter
    }];
    let value = b"a/b; n@=1; a=1; a=2; b*=%zz; c@=2; b*0=x; a=3; d=\xff";
    let parsed = ContentType::parse_with(value, &Options::DEFAULT, &mut defects);
    assert_eq!(parsed.parameters().len(), 3);
    let found = defects.iter().map(|defect| (defect.offset, defect.kind));
    let expected = [
        (0, DefectKind::DuplicateParameter),
        (5, DefectKind::MalformedParameter),
        (16, DefectKind::DuplicateParameter),
        (21, DefectKind::MalformedPercent),
        (47, DefectKind::UndecodableText),
    ];
    assert!(found.eq(expected), "{defects:?}");
    defects.clear();
    let mut options = Options::DEFAULT;
    options.limits.parameters = 1;
    options.limits.field_bytes = 16;
    ContentType::parse_with(b"a/b; @=1; b=2; c=3", &options, &mut defects);
    let found = defects.iter().map(|defect| (defect.offset, defect.kind));
    let expected = [
        (16, DefectKind::FieldLimit),
        (5, DefectKind::MalformedParameter),
        (10, DefectKind::ParameterLimit),
    ];
    assert!(found.eq(expected), "{defects:?}");
}

#[test]
fn the_limit_counts_the_same_for_boundaries() {
    let mut options = Options::DEFAULT;
    options.limits.parameters = 2;
    for value in ["@=1; boundary=a", "@=1; @=2; boundary=a"] {
        let value = alloc::format!("multipart/mixed; {value}");
        let parsed = ContentType::parse_with(value.as_bytes(), &options, &mut Vec::new());
        let class = classify(value.as_bytes(), &options.limits, |_| {});
        let split = matches!(class, Class::Multipart { .. });
        assert_eq!(parsed.parameter("boundary").is_some(), split, "{value}");
    }
}

#[test]
fn values_never_hold_what_cannot_be_written() {
    let cases: [(&[u8], &str); 6] = [
        (b"a/b; name*=utf-8''a%0D%0ABcc:x%00", "a  Bcc:x\u{fffd}"),
        (b"a/b; name*0*=''a%0A; name*1*=%0Db", "a  b"),
        (b"a/b; name*0=\"a\0\"; name*1=b", "a\u{fffd}b"),
        (b"a/b; name=\"a\0b\"", "a\u{fffd}b"),
        (b"a/b; name=\"a\\\0b\"", "a\u{fffd}b"),
        (b"a/b; name=a\0b", "a\u{fffd}b"),
    ];
    for (value, expected) in cases {
        let (parsed, defects) = read(value);
        assert_eq!(parsed.parameter("name"), Some(expected));
        assert!(
            defects.contains(&DefectKind::MalformedParameter),
            "{defects:?}"
        );
        let mut out = Vec::new();
        parsed.encode(&mut out);
        assert_eq!(ContentType::parse(&out).parameter("name"), Some(expected));
    }
}

#[test]
fn rfc_2231_examples() {
    let value = b"message/external-body; access-type=URL;\n URL*0=\"ftp://\";\n URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"";
    let parsed = ContentType::parse(value);
    assert_eq!(
        parsed.parameter("url"),
        Some("ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar")
    );
    let parsed = ContentType::parse(
        b"application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
    );
    assert_eq!(parsed.parameter("title"), Some("This is ***fun***"));
    assert_eq!(
        parsed
            .parameters()
            .find("title")
            .and_then(Parameter::language),
        Some("en-us")
    );
    let parsed = ContentType::parse(
        b"application/x-stuff\r\n title*0*=us-ascii'en'This%20is%20even%20more%20\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n title*2=\"isn't it!\"",
    );
    assert_eq!(
        parsed.parameter("title"),
        Some("This is even more ***fun*** isn't it!"),
        "as printed, without semicolons"
    );
    let parsed = ContentType::parse(
        b"application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n title*2=\"isn't it!\"",
    );
    assert_eq!(
        parsed.parameter("title"),
        Some("This is even more ***fun*** isn't it!")
    );
}

#[test]
fn odd_sections() {
    let value = b"a/b; n*1=x; n*0='q''; n*3=z; m*=''%FF; m=old; k*0*=utf-8''%C3; k*1*=%BC; k*1=again; p*=%zz";
    let (parsed, defects) = read(value);
    assert_eq!(parsed.parameter("n"), Some("'q''x"));
    assert_eq!(parsed.parameter("m"), Some("\u{fffd}"));
    assert_eq!(parsed.parameter("k"), Some("\u{fc}"));
    assert_eq!(parsed.parameter("p"), Some("%zz"));
    for kind in [
        DefectKind::MissingParameterSection,
        DefectKind::ConflictingParameter,
        DefectKind::DuplicateParameter,
        DefectKind::UndecodableText,
        DefectKind::MalformedPercent,
        DefectKind::MalformedParameter,
    ] {
        assert!(defects.contains(&kind), "{kind:?}");
    }
}

#[test]
fn octets_of_the_fallback_charset() {
    let value = b"a/b; name=caf\xe9; x=\"\xe9\\\"\"; y*0=\xe9; y*1*=%E9";
    let mut options = Options::DEFAULT;
    let read = |options: &Options| {
        let parsed = ContentType::parse_with(value, options, &mut Vec::new());
        ["name", "x", "y"].map(|name| String::from(parsed.parameter(name).unwrap_or_default()))
    };
    assert_eq!(
        read(&options),
        ["caf\u{fffd}", "\u{fffd}\"", "\u{fffd}\u{fffd}"]
    );
    options.fallback_charset = Some("iso-8859-1");
    assert_eq!(read(&options), ["caf\u{e9}", "\u{e9}\"", "\u{e9}\u{e9}"]);
}

#[test]
fn no_parameter_of_nothing() {
    let value = b"a/b; n*1=later; *=x; *0=y; m=";
    let (parsed, defects) = read(value);
    let names: Vec<&str> = parsed.parameters().iter().map(Parameter::name).collect();
    assert_eq!(names, ["m"]);
    assert!(defects.contains(&DefectKind::MissingParameterSection));
    assert!(defects.contains(&DefectKind::MalformedParameter));
}

#[test]
fn boundaries_agree_with_typed_access() {
    for value in [
        &b"multipart/mixed; boundary=abc"[..],
        b"Multipart/Mixed;\r\n\tboundary = \"a b\\\"c \" ; x=y",
        b"multipart/digest; boundary*0=a; boundary*1=\"b\"",
        b"multipart/mixed; boundary=one; boundary*=''two",
        b"multipart/mixed; boundary=one; boundary=two",
        b"multipart/mixed; x=\"boundary=no\"; (boundary=no) boundary=yes (no)",
    ] {
        let parsed = ContentType::parse(value);
        let Class::Multipart { boundary, .. } = classify(value, &Limits::DEFAULT, |_| {}) else {
            panic!("not a multipart: {value:?}");
        };
        assert_eq!(
            parsed
                .parameter("boundary")
                .map(|text| text.trim_end().as_bytes()),
            Some(&boundary[..])
        );
    }
}

#[test]
fn classes() {
    let class = |value| classify(value, &Limits::DEFAULT, |_| {});
    assert_eq!(class(b" text/plain; charset=x"), Class::Leaf);
    assert_eq!(class(b"MESSAGE/RFC822"), Class::Message);
    assert_eq!(class(b"message/partial; id=1"), Class::Leaf);
    assert_eq!(class(b"multipart/mixed"), Class::Leaf);
    assert_eq!(class(b"multipart/mixed; boundary=\"\""), Class::Leaf);
    assert_eq!(class(b"text"), Class::Leaf);
}

#[test]
fn encoding_folds_and_comes_back() {
    for (name, value) in [
        ("name", "plain"),
        ("name", "with space and \"quotes\" \\ "),
        ("name", ""),
        ("name", "ünï.txt"),
        ("name", "a/b=c"),
        (
            "a-rather-long-parameter-name",
            "日本語のとても長いファイル名がここに書いてありますので折り返しが必要になります.pdf",
        ),
        (
            "n",
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
        ),
    ] {
        let built = ContentType::new("application", "octet-stream")
            .unwrap()
            .with_parameter(name, value)
            .unwrap();
        let mut out = b"Content-Type: ".to_vec();
        built.encode(&mut out);
        assert!(
            out.split(|&octet| octet == b'\n')
                .all(|line| line.len() <= 79),
            "{}",
            String::from_utf8_lossy(&out)
        );
        assert_eq!(ContentType::parse(&out["Content-Type: ".len()..]), built);
    }
    assert!(
        ContentType::new("text", "plain")
            .unwrap()
            .with_parameter("x", "a\r\nB: c")
            .is_err()
    );
    assert!(ContentType::new("text/plain\r\nX: y", "z").is_err());
}
