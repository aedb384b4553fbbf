use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::report::{DeliveryStatus, DispositionNotification, Feedback};
use crate::*;

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let json = json(value);
    let back: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(&back, value, "{json}");
    json
}

fn refused<'de, T: Deserialize<'de> + Debug>(json: &'de str) {
    serde_json::from_str::<T>(json).expect_err(json);
}

#[test]
fn field_values_round_trip() {
    let list = "\"Doe, J.\" <j@x.example> (work), Friends: =?utf-8?q?J=C3=B8rn?= <@a:b@y.example>;, \"a b\"@[192.0.2.1]";
    let addresses = AddressList::parse(list.as_bytes()).into_owned();
    assert_eq!(addresses.addresses().len(), 3);
    round_trip(&addresses);
    assert_eq!(
        round_trip(&AddressList::parse(b"Mary <m@x.example>").into_owned()),
        r#"[{"mailbox":{"name":"Mary","addr":{"local":"m","domain":"x.example"},"comment":null,"route":null}}]"#
    );
    round_trip(&AddressList::parse(b"postmaster").into_owned());
    assert_eq!(
        round_trip(&DateTime::parse(b"Fri, 21 Nov 1997 09:55:06 -0600").unwrap()),
        r#""Fri, 21 Nov 1997 09:55:06 -0600""#
    );
    round_trip(&DateTime::parse(b"1 Jan 2000 00:00:00 -0000").unwrap());
    assert_eq!(
        round_trip(&Unstructured::parse(b"=?utf-8?q?caf=C3=A9?=").into_owned()),
        "\"caf\u{e9}\""
    );
    let ids = b"<1@x.example> <no.at> <\"q q\"@y> <a@[192.0.2.1]>";
    round_trip(&MessageIdList::parse(ids).into_owned());
    round_trip(&Keywords::parse(b"a b, \"c, d\"").into_owned());
    round_trip(&ListUris::parse(b"<https://x.example/>, <mailto:a@x.example>").into_owned());
    round_trip(&ListUris::no_posting());
    round_trip(
        &ListId::parse(b"A list <a.lists.example>")
            .unwrap()
            .into_owned(),
    );
    round_trip(&ReturnPath::parse(b"<>").unwrap().into_owned());
    round_trip(&ReturnPath::parse(b"<a@x.example>").unwrap().into_owned());
    round_trip(&MimeVersion::V1_0);
    round_trip(&TagList::parse(b"v=1; a=rsa-sha256; b=abc def").into_owned());
    round_trip(
        &AuthResults::parse(
            b"mx.x.example 1; dkim/1=pass reason=\"so\" header.d=y.example; spf=none",
        )
        .into_owned(),
    );
    round_trip(
        &Received::parse(
            b"from a.example (mx.a.example [192.0.2.1]) by b.example with ESMTPS id 42 for <x@b.example>; Tue, 1 Jul 2003 10:52:37 +0200",
        )
        .into_owned(),
    );
    for (recipient, kept) in [
        ("root", "root"),
        ("multiple recipients", "multiple"),
        ("<\"x y\"@b.example>", "\"x y\"@b.example"),
    ] {
        let value = format!("by b.example for {recipient}; 1 Jul 2003 10:52:37 +0200");
        let hop = Received::parse(value.as_bytes()).into_owned();
        assert_eq!(hop.recipient(), Some(kept));
        round_trip(&hop);
    }
    round_trip(
        &ContentType::parse(b"text/plain; charset=utf-8; title*=us-ascii'en'x").into_owned(),
    );
    round_trip(
        &ContentDisposition::parse(b"form-data; name=\"a b\"")
            .unwrap()
            .into_owned(),
    );
    round_trip(&TransferEncoding::Base64);
    round_trip(&TransferEncoding::parse(b"x-mine").into_owned());
    assert_eq!(
        round_trip(&FieldBody::from(MessageId::new("1", "x.example").unwrap()).into_owned()),
        r#"{"message_id":"1@x.example"}"#
    );
    let limits = Limits {
        depth: 3,
        ..Limits::default()
    };
    round_trip(&limits);
    assert_eq!(
        serde_json::from_str::<Limits>(r#"{"depth":3}"#).unwrap(),
        limits
    );
}

#[test]
fn reports_round_trip() {
    let dsn = b"Reporting-MTA: dns; mx.example.org\r\nX-More: 1\r\n\r\n\
        Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
        Final-Recipient: rfc822; b@example.org\r\nAction: odd\r\n";
    let json = round_trip(&DeliveryStatus::parse(dsn).into_owned());
    assert!(
        json.contains(r#""action":"failed","status":"5.1.1""#),
        "{json}"
    );
    let mdn = b"Final-Recipient: rfc822;a@example.org\r\nDisposition: manual-action/MDN-sent-manually; displayed/error\r\n";
    round_trip(&DispositionNotification::parse(mdn).into_owned());
    let feedback =
        b"Feedback-Type: abuse\r\nVersion: 1\r\nSource-IP: 192.0.2.1\r\nReported-Domain: x\r\n";
    round_trip(&Feedback::parse(feedback).into_owned());
    assert_eq!(
        serde_json::from_str::<Feedback<'_>>("{}").unwrap(),
        Feedback::default()
    );
}

#[test]
fn what_could_not_be_written_is_refused() {
    for bad in [r"a\r\nBcc: b", r"a\u0000b", r"a\nb"] {
        refused::<Unstructured<'_>>(&format!("\"{bad}\""));
        refused::<Keywords<'_>>(&format!("[\"{bad}\"]"));
        refused::<MessageId<'_>>(&format!("\"{bad}@x\""));
        refused::<AddrSpec<'_>>(&format!(r#"{{"local":"{bad}","domain":"x"}}"#));
        refused::<AddrSpec<'_>>(&format!(r#"{{"local":"{bad}","domain":null}}"#));
        refused::<AddrSpec<'_>>(&format!(r#"{{"local":"a","domain":"{bad}"}}"#));
        for field in ["name", "comment", "route"] {
            refused::<Mailbox<'_>>(&format!(
                r#"{{"addr":{{"local":"a","domain":"x"}},"{field}":"{bad}"}}"#
            ));
        }
        refused::<Group<'_>>(&format!(r#"{{"name":"{bad}","mailboxes":[]}}"#));
        refused::<ListUris<'_>>(&format!(r#"{{"uris":["{bad}"],"no":false}}"#));
        refused::<ListId<'_>>(&format!(r#"{{"id":"a","description":"{bad}"}}"#));
        refused::<TagList<'_>>(&format!(r#"{{"tags":[["a","{bad}"]]}}"#));
        refused::<AuthResults<'_>>(&format!(r#"{{"authserv_id":"{bad}","results":[]}}"#));
        refused::<AuthResults<'_>>(&format!(
            r#"{{"authserv_id":"a","version":"{bad}","results":[]}}"#
        ));
        refused::<AuthResult<'_>>(&format!(
            r#"{{"method":"a","result":"b","reason":"{bad}","properties":[]}}"#
        ));
        refused::<AuthProperty<'_>>(&format!(
            r#"{{"ptype":"a","property":"b","value":"{bad}"}}"#
        ));
        refused::<ContentType<'_>>(&format!(
            r#"{{"type":"{bad}","subtype":"b","parameters":{{"list":[]}}}}"#
        ));
        refused::<Parameter<'_>>(&format!(r#"{{"name":"a","value":"{bad}"}}"#));
        refused::<Parameter<'_>>(&format!(r#"{{"name":"a","value":"b","language":"{bad}"}}"#));
        refused::<ContentDisposition<'_>>(&format!(
            r#"{{"kind":{{"Other":"{bad}"}},"parameters":{{"list":[]}}}}"#
        ));
        for field in [
            "from",
            "helo",
            "client_name",
            "by",
            "via",
            "protocol",
            "tls_version",
            "tls_cipher",
            "id",
            "recipient",
        ] {
            refused::<Received<'_>>(&format!(r#"{{"{field}":"{bad}"}}"#));
        }
    }
    for version in ["", "x", "1.0"] {
        refused::<AuthResults<'_>>(&format!(
            r#"{{"authserv_id":"a","version":"{version}","results":[]}}"#
        ));
        refused::<AuthResult<'_>>(&format!(
            r#"{{"method":"a","version":"{version}","result":"b","properties":[]}}"#
        ));
    }
    for bad in [r"a@b (x\r\n y)", r"a@\r\n b", r"a@\tb", "a b", ""] {
        refused::<Received<'_>>(&format!(r#"{{"recipient":"{bad}"}}"#));
    }
    refused::<DateTime>("\"Fri, 31 Feb 1997 09:55:06 -0600\"");
    refused::<TagList<'_>>(r#"{"tags":[["a","1"],["a","2"]]}"#);
    let many: Vec<String> = (0..257).map(|i| format!(r#"["a{i}","1"]"#)).collect();
    refused::<TagList<'_>>(&format!(r#"{{"tags":[{}]}}"#, many.join(",")));
    let many: Vec<String> = (0..257)
        .map(|i| format!(r#"{{"name":"a{i}","value":"1"}}"#))
        .collect();
    refused::<Parameters<'_>>(&format!(r#"{{"list":[{}]}}"#, many.join(",")));
}

#[test]
fn a_comment_is_trimmed() {
    let comment = |json: &str| {
        let group: Group<'_> = serde_json::from_str(json).unwrap();
        (
            group.comment().map(String::from),
            group.mailboxes()[0].comment().map(String::from),
        )
    };
    let json = |inner: &str| {
        format!(
            r#"{{"name":"g","comment":"{inner}","mailboxes":[{{"addr":{{"local":"a","domain":"x"}},"comment":"{inner}"}}]}}"#
        )
    };
    let kept = Some(String::from("a b"));
    assert_eq!(comment(&json(" a b  ")), (kept.clone(), kept));
    assert_eq!(comment(&json("  ")), (None, None));
}

/// Reading keeps values that a program could not make; see the table of features.
#[test]
fn what_reading_left_malformed_is_refused() {
    refused::<TagList<'_>>(&json(&TagList::parse(b"a=1; a=2")));
    refused::<AuthResults<'_>>(&json(&AuthResults::parse(b"")));
    refused::<AuthResults<'_>>(&json(&AuthResults::parse(b"x; dkim/x=pass")));
    refused::<ContentType<'_>>(&json(&ContentType::parse(b"a/b; c.d=e")).replace("c.d", "c%d"));
    refused::<Received<'_>>(&json(&Received::parse(b"by \"d e\"")));
}
