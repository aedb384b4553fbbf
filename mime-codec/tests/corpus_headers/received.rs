//! Received (RFC 5321 section 4.4).

use mime_codec::Received;
use serde_json::Value;

use crate::corpora::table::{check, differ, same};
use crate::dates::{our_date, their_date};

/// Rows (from 0) that are read in another way.
const KNOWN: &[usize] = &[
    2, 13, 28, 29, 30, 67, 81, 107, 111, 117, 118, 123, 125, 128, 144, 151, 153, 155, 161, 162,
    163, 165, 171, 195, 200,
];

#[test]
fn received() {
    check(
        ("mail-parser/headers/received.json", 202),
        "header",
        KNOWN,
        |value, expected| {
            let hop = Received::parse(value);
            let text = |name: &str| {
                expected
                    .get(name)
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            // A host is a name or an address there, and a name or an address literal here.
            let host = |name: &str| {
                let host = expected.get(name)?;
                host.get("Name")
                    .or_else(|| host.get("IpAddr"))
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            let bare = |text: Option<&str>| {
                text.map(|text| {
                    text.trim_matches(['[', ']'])
                        .trim_end_matches('.')
                        .to_owned()
                })
            };
            same(
                hop.date().map(our_date),
                expected.get("date").and_then(their_date),
            )?;
            same(bare(hop.from()), host("from"))?;
            same(bare(hop.by()), host("by"))?;
            same(hop.id().map(str::to_owned), text("id"))?;
            same(hop.recipient().map(str::to_owned), text("for_"))?;
            same(hop.via().map(str::to_owned), text("via"))?;
            // The peer maps what it knows to the names of RFC 3848 and drops all else.
            if let Some(theirs) = text("with") {
                let ours = hop.protocol().unwrap_or_default().to_ascii_uppercase();
                if !ours.contains(theirs.to_ascii_uppercase().trim_end_matches('S')) {
                    return differ(&ours, &theirs);
                }
            }
            same(bare(hop.helo()), host("helo"))?;
            same(hop.tls_cipher().map(str::to_owned), text("tls_cipher"))?;
            let from = expected
                .get("from")
                .and_then(|from| from.get("IpAddr"))
                .and_then(Value::as_str)
                .map(str::to_owned);
            same(
                hop.client_ip().map(|ip| ip.to_string()),
                text("from_ip").or(from),
            )?;
            same(bare(hop.client_name()), text("from_iprev"))
        },
    );
}
