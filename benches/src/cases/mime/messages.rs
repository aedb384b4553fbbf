//! The messages that are parsed: the kinds that differ in what they cost.

use std::fmt::Write as _;

use encodify::{base64, qp};

/// A message and what every parser finds in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) raw: &'static [u8],
    /// Leaves, not counting multiparts.
    pub(super) leaves: usize,
    /// Octets of all leaves, decoded and in UTF-8.
    pub(super) decoded: usize,
}

impl Sample {
    fn new(name: &'static str, raw: String, leaves: usize, decoded: usize) -> Self {
        Self {
            name,
            raw: raw.into_bytes().leak(),
            leaves,
            decoded,
        }
    }

    /// The header section with the empty line behind it.
    pub(super) fn header(&self) -> &'static [u8] {
        let end = self.raw.windows(4).position(|four| four == b"\r\n\r\n");
        &self.raw[..end.expect("an empty line") + 4]
    }
}

/// All of them.
pub(super) fn all() -> Vec<Sample> {
    vec![small(), newsletter(), large(), deep(), wide(), plain()]
}

/// A short note: nine fields, plain text.
pub(super) fn small() -> Sample {
    let text = lines(7, 702);
    let header = "Return-Path: <alice@example.org>\r\n\
        Date: Fri, 20 Nov 2026 09:15:27 +0100\r\n\
        From: Alice Example <alice@example.org>\r\n\
        To: Bob Example <bob@example.net>, \"Carol C.\" <carol@example.com>\r\n\
        Subject: Notes from the meeting on Thursday\r\n\
        Message-ID: <20261120091527.4711@mail.example.org>\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: 7bit\r\n\r\n";
    let raw = format!("{header}{text}");
    Sample::new("small", raw, 1, text.len())
}

/// A newsletter as marketing systems send it: thirty-one fields, text and HTML in
/// quoted-printable with an escape every 25 octets or so.
pub(super) fn newsletter() -> Sample {
    let (text, html) = (prose(9_000), markup(58_000));
    let mut raw = String::new();
    for hop in 0..5 {
        let _ = write!(
            raw,
            "Received: from out{hop}.mailer.example.com (out{hop}.mailer.example.com [192.0.2.{hop}])\r\n\
             \tby mx{hop}.example.org (Postfix) with ESMTPS id 4Rq{hop}kZ1x2yz\r\n\
             \tfor <bob@example.org>; Fri, 20 Nov 2026 08:0{hop}:11 +0000 (UTC)\r\n"
        );
    }
    raw.push_str(
        "Return-Path: <bounce-17_HTML-42-1000@bounce.mailer.example.com>\r\n\
         Delivered-To: bob@example.org\r\n\
         Authentication-Results: mx.example.org; dkim=pass header.d=mailer.example.com\r\n\
         \theader.s=s2026; spf=pass smtp.mailfrom=bounce.mailer.example.com; dmarc=pass\r\n\
         DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; s=s2026; d=mailer.example.com;\r\n\
         \th=From:To:Subject:Date:List-Unsubscribe:MIME-Version:Reply-To:Message-ID;\r\n\
         \tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n",
    );
    let signature = base64::STANDARD.encode(octets(256));
    for (index, line) in signature.as_bytes().chunks(64).enumerate() {
        let line = String::from_utf8_lossy(line);
        raw.push_str(if index == 0 { "\tb=" } else { "\t " });
        raw.push_str(&line);
        raw.push_str("\r\n");
    }
    raw.push_str(
        "From: =?UTF-8?Q?Caf=C3=A9_Example?= <news@mailer.example.com>\r\n\
         To: <bob@example.org>\r\n\
         Subject: =?UTF-8?B?TmV1aWdrZWl0ZW4gYXVzIGRlciBLw7xjaGU=?=\r\n\
         \x20=?UTF-8?Q?=E2=80=93_November?=\r\n\
         Date: Fri, 20 Nov 2026 08:00:05 +0000\r\n\
         List-Unsubscribe: <https://news.example.com/u/0123456789abcdef>,\r\n\
         \x20<mailto:leave-0123456789abcdef@mailer.example.com?subject=unsubscribe>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
         List-ID: <news.mailer.example.com>\r\n\
         Reply-To: Example News <reply-42-1000@mailer.example.com>\r\n\
         Message-ID: <0c6d-4b8e-11ee@mailer.example.com>\r\n\
         MIME-Version: 1.0\r\n\
         Feedback-ID: 42:1000:news:mailer\r\n\
         Precedence: bulk\r\n",
    );
    for (name, length) in [
        ("X-Mailer-Job", 60),
        ("X-Mailer-Token", 190),
        ("X-Report-Abuse", 70),
        ("X-Campaign", 30),
        ("X-Spam-Status", 110),
        ("X-Spam-Score", 4),
        ("X-Envelope", 40),
        ("X-Sender-Id", 24),
    ] {
        let _ = write!(raw, "{name}: {}\r\n", word(length));
    }
    raw.push_str("Content-Type: multipart/alternative;\r\n\tboundary=\"_=_b1_7d3c9f\"\r\n\r\n");
    raw.push_str("This is a message in several parts.\r\n");
    for (subtype, body) in [("plain", &text), ("html", &html)] {
        let _ = write!(
            raw,
            "\r\n--_=_b1_7d3c9f\r\nContent-Type: text/{subtype}; charset=\"utf-8\"\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
            qp::BODY.encode(body)
        );
    }
    raw.push_str("\r\n--_=_b1_7d3c9f--\r\n");
    Sample::new("newsletter", raw, 2, text.len() + html.len())
}

/// A text and a file of 7.6 MB, which takes 10.4 MB in base64.
fn large() -> Sample {
    let (text, file) = (lines(3, 400), octets(7_600_000));
    let body = base64::MIME.encode(&file);
    let raw = format!(
        "From: alice@example.org\r\nTo: bob@example.net\r\nSubject: the file\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"big-5f2a\"\r\n\r\n\
         --big-5f2a\r\nContent-Type: text/plain\r\n\r\n{text}\
         \r\n--big-5f2a\r\nContent-Type: application/octet-stream; name=file.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=file.bin\r\n\r\n{body}\
         \r\n--big-5f2a--\r\n"
    );
    Sample::new("10 MB base64", raw, 2, text.len() + file.len())
}

/// Forty multiparts, each within the other and with a text of its own.
fn deep() -> Sample {
    const DEPTH: usize = 40;
    let text = lines(5, 300);
    let mut raw = String::from(
        "From: alice@example.org\r\nTo: bob@example.net\r\nSubject: deep\r\nMIME-Version: 1.0\r\n",
    );
    for level in 0..DEPTH {
        let _ = write!(
            raw,
            "Content-Type: multipart/mixed; boundary=\"level-{level:03}\"\r\n\r\n\
             --level-{level:03}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\
             \r\n--level-{level:03}\r\n"
        );
    }
    let _ = write!(raw, "Content-Type: text/plain\r\n\r\n{text}");
    for level in (0..DEPTH).rev() {
        let _ = write!(raw, "\r\n--level-{level:03}--\r\n");
    }
    Sample::new("40 deep", raw, DEPTH + 1, (DEPTH + 1) * text.len())
}

/// Two thousand small parts, half of them in base64.
fn wide() -> Sample {
    const PARTS: usize = 2_000;
    let mut raw = String::from(
        "From: alice@example.org\r\nTo: bob@example.net\r\nSubject: wide\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"wide-77\"\r\n",
    );
    let mut decoded = 0;
    for part in 0..PARTS {
        if part % 2 == 0 {
            let text = lines(part, 160);
            decoded += text.len();
            let _ = write!(
                raw,
                "\r\n--wide-77\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}"
            );
        } else {
            let file = octets(120);
            decoded += file.len();
            let _ = write!(
                raw,
                "\r\n--wide-77\r\nContent-Type: image/png; name=\"image{part:04}.png\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"image{part:04}.png\"\r\n\r\n{}",
                base64::MIME.encode(&file).trim_end()
            );
        }
    }
    raw.push_str("\r\n--wide-77--\r\n");
    Sample::new("2,000 parts", raw, PARTS, decoded)
}

/// One megabyte of US-ASCII without any encoding.
fn plain() -> Sample {
    let text = lines(11, 1 << 20);
    let raw = format!(
        "From: alice@example.org\r\nTo: bob@example.net\r\nSubject: log\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    );
    Sample::new("1 MB plain", raw, 1, text.len())
}

/// About `length` octets of text in lines of up to 76 and without a line end behind the last.
pub(super) fn lines(seed: usize, length: usize) -> String {
    const WORDS: [&str; 16] = [
        "the", "minutes", "of", "meeting", "are", "below", "please", "read", "them", "and", "send",
        "changes", "to", "me", "before", "Monday",
    ];
    let mut random = Random(seed as u64 + 1);
    let (mut text, mut column) = (String::new(), 0);
    while text.len() < length {
        let word = WORDS[random.below(WORDS.len())];
        if column + word.len() > 75 {
            text.push_str("\r\n");
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text
}

/// Text in German and French, with a letter beyond US-ASCII in every fifth word.
fn prose(length: usize) -> String {
    const WORDS: [&str; 15] = [
        "Liebe", "Gäste", "im", "November", "gibt", "es", "frische", "Küche", "mit", "Rüben",
        "und", "café", "au", "lait", "dazu",
    ];
    let mut random = Random(23);
    let mut text = String::new();
    while text.len() < length {
        text.push_str(WORDS[random.below(WORDS.len())]);
        text.push_str(if random.below(20) == 0 { "\r\n" } else { " " });
    }
    text.push_str("Ende");
    text
}

/// Tables and style attributes.
pub(super) fn markup(length: usize) -> String {
    let mut random = Random(42);
    let mut html = String::from("<html><body>\r\n");
    while html.len() < length {
        let width = random.below(600);
        let _ = write!(
            html,
            "<table width=\"{width}\"><tr><td style=\"padding:0 {}px; color:#3a{:04x}\">{}<br>\
             <a href=\"https://news.example.com/c/{:016x}?a=1&b=2\">Mehr</a></td></tr></table>\r\n",
            width % 40,
            random.below(65_536),
            prose(60 + width % 100),
            random.next(),
        );
    }
    html.push_str("</body></html>");
    html
}

/// Letters and digits.
fn word(length: usize) -> String {
    let mut random = Random(length as u64);
    (0..length)
        .map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[random.below(36)]))
        .collect()
}

/// Octets of every value.
pub(super) fn octets(length: usize) -> Vec<u8> {
    let mut random = Random(length as u64);
    (0..length)
        .map(|_| random.next().to_le_bytes()[7])
        .collect()
}

/// A generator of the form that Knuth gives, always the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % limit
    }
}
