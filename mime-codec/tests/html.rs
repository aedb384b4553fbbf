//! Text out of HTML.

use mime_codec::Message;
use mime_codec::html::{declared_charset, preview, preview_text, to_text};
use proptest::prelude::*;

#[test]
fn text() {
    for (html, text) in [
        ("", ""),
        ("plain", "plain"),
        ("  a \n b  ", "a b"),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ("a<br><br><br>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<p>a</p>\n\n<p>b <i>c</i>d</p>", "a\nb cd"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c", "a b\nc"),
        ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
        ("<pre>a\n  b</pre>c  d", "a\n  b\nc d"),
        ("<style>p{}</style>a<script>if (a<b) '</p>'</script>b", "ab"),
        ("<head><title>t</title><meta x></head>a", "a"),
        ("<html><head><title>t</title><body class=x>a", "a"),
        ("<template><template>x</template>y</template>a", "a"),
        ("<script>never closed", ""),
        ("a<!-- b -->c<!-->d<!--->e<!-- x --!>f<!-- y", "acdef"),
        ("<!doctype html><?xml?>a</ b>c", "ac"),
        ("1 < 2 <3 a<b", "1 < 2 <3 a"),
        ("<a title=\"x>y\" b='>'>z</a>", "z"),
        ("<a title=\"x>y", "y"),
        ("a <", "a <"),
        (
            "&lt;&gt;&amp;&quot;&apos;&eacute;&euro;&hearts;",
            "<>&\"'é€♥",
        ),
        (
            "&#65;&#x42;&#X43&#150;&#0;&#xD800;&#99999999999;",
            "ABC–\u{FFFD}\u{FFFD}\u{FFFD}",
        ),
        (
            "a&nbsp;b&ampc &unknown; &# &#x; &",
            "a b&ampc &unknown; &# &#x; &",
        ),
        ("AT&T &amp b", "AT&T & b"),
        ("<b>a</b><b>b</b>", "ab"),
        ("<p>é日🎉</p>", "é日🎉"),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
}

#[test]
fn previews() {
    assert_eq!(preview("<p>one</p><p>two three</p>", 100), "one two three");
    assert_eq!(preview("<p>one two three</p>", 8), "one two…");
    assert_eq!(preview("<p>one two three</p>", 9), "one two…");
    assert_eq!(preview("<p>onetwothree</p>", 5), "onet…");
    // A word is not cut for the mark.
    assert_eq!(preview_text("one two three", 7), "one…");
    assert_eq!(preview_text("one two three", 8), "one two…");
    assert_eq!(preview_text("onetwo three", 6), "onetw…");
    assert_eq!(preview("&zwnj;&nbsp;&#847;&#8203;a&shy;b", 5), "ab");
    assert_eq!(preview("abc", 0), "");
    assert_eq!(preview_text("a\r\n\tb", 3), "a b");
}

#[test]
fn charsets() {
    for (html, charset) in [
        ("<meta charset=utf-8>", Some("utf-8")),
        ("<META CHARSET = 'koi8-r' />", Some("koi8-r")),
        ("<meta charset=x/>", Some("x")),
        (
            "<head><meta name=a><meta http-equiv=Content-Type content='text/html;charset=\"big5\"'>",
            Some("big5"),
        ),
        (
            "<meta content=\"text/html; charset=&quot;big5&quot;\">",
            Some("big5"),
        ),
        ("<!-- <meta charset=a> --><meta charset=b>", Some("b")),
        ("<meta charset=>", None),
        ("<meta charset", None),
        ("<metadata charset=a>", None),
        ("<body><meta charset=a>", None),
        ("", None),
    ] {
        assert_eq!(
            declared_charset(html.as_bytes()),
            charset.map(str::as_bytes),
            "{html}"
        );
    }
}

#[test]
fn declared_charset_of_a_part() {
    for (raw, text) in [
        (
            &b"Content-Type: text/html\n\n<meta charset=koi8-r>\xf0\xf2"[..],
            "ПР",
        ),
        // Of what is UTF-8 the declaration is a left-over.
        (
            b"Content-Type: text/html\n\n<meta charset=koi8-r>\xc3\xa9",
            "é",
        ),
        (
            b"Content-Type: text/html; charset=iso-8859-1\n\n<meta charset=koi8-r>\xe9",
            "é",
        ),
        (
            b"Content-Type: text/html\n\n<meta charset=iso-2022-jp>\x1b$B$\"\x1b(B",
            "あ",
        ),
        (
            b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n\
              PG1ldGEgY2hhcnNldD1pc28tMjAyMi1qcD4bJEIkIhsoQg==",
            "あ",
        ),
        (
            b"Content-Type: text/html\n\n<meta charset=utf-7>+AOk-",
            "+AOk-",
        ),
        (b"Content-Type: text/html\n\n<meta charset=utf-16>\xe9", "é"),
        (
            b"Content-Type: text/plain\n\n<meta charset=koi8-r>\xe9",
            "é",
        ),
    ] {
        let message = Message::parse(raw);
        assert!(
            message.root().text().ends_with(text),
            "{}",
            message.root().text()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_nothing_grows(html in "([a<>/!&;#x'\"= -]|<!--|-->|<pre>|<head>|</head>|<script|</script>|<template>|é|&lt;){0,60}", limit in 0usize..20) {
        prop_assert!(to_text(&html).len() <= html.len() * 2);
        prop_assert!(preview(&html, limit).chars().count() <= limit);
        declared_charset(html.as_bytes());
    }
}
