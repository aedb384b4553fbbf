//! The roles of parts: the example of RFC 8621 section 4.1.4, and cases at its edges.

use mime_codec::{Message, Part};

fn names(parts: &[Part<'_>]) -> String {
    parts
        .iter()
        .map(|part| String::from_utf8_lossy(part.body_raw()).trim().to_owned())
        .collect()
}

fn roles(text: &str) -> (String, String, String) {
    let message = Message::parse(text);
    let body = message.body();
    (
        names(&body.text),
        names(&body.html),
        names(&body.attachments),
    )
}

fn expect(text: &str, plain: &str, html: &str, attachments: &str) {
    assert_eq!(
        roles(text),
        (plain.to_owned(), html.to_owned(), attachments.to_owned()),
        "{text}"
    );
}

#[test]
fn rfc_8621_example() {
    expect(
        "Content-Type: multipart/mixed; boundary=a

--a
Content-Disposition: inline

A
--a
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: multipart/mixed; boundary=d

--d
Content-Disposition: inline

B
--d
Content-Type: image/jpeg
Content-Disposition: inline

C
--d
Content-Disposition: inline

D
--d--
--c
Content-Type: multipart/related; boundary=e

--e
Content-Type: text/html

E
--e
Content-Type: image/jpeg

F
--e--
--c--
--b
Content-Type: image/jpeg
Content-Disposition: attachment

G
--b
Content-Type: application/x-excel

H
--b
Content-Type: message/rfc822

Subject: J
--b--
--a
Content-Disposition: inline

K
--a--
",
        "ABCDK",
        "AEK",
        "CFGHSubject: J",
    );
}

#[test]
fn edges() {
    expect("\nx", "x", "x", "");
    expect("Content-Type: text/html\n\nx", "x", "x", "");
    expect("Content-Type: application/pdf\n\nx", "", "", "x");
    expect("Content-Disposition: attachment\n\nx", "", "", "x");
    expect("Content-Type: multipart/mixed\n\nx", "", "", "x");
    expect(
        "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/html\n\nH\n--a--",
        "H",
        "H",
        "",
    );
    expect(
        "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nA\n--a\nContent-Disposition: inline; filename=b.txt\n\nB\n--a\nContent-Type: IMAGE/png; name=c\n\nC\n--a--",
        "AC",
        "AC",
        "B",
    );
    // An alternative within the HTML of another: its plain text belongs to no list of text.
    expect(
        "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nA\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\nH\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nX\n--c\nContent-Type: text/html\n\nI\n--c--\n--b--\n--a--",
        "A",
        "HI",
        "X",
    );
}

#[test]
fn enclosed_messages_have_bodies_of_their_own() {
    let message = Message::parse("Content-Type: message/rfc822\n\nSubject: in\n\nx");
    assert!(message.body().text.is_empty());
    assert!(message.body().has_attachment());
    let inner = message.part(1).unwrap();
    assert_eq!(names(&inner.body().text), "x");
}
