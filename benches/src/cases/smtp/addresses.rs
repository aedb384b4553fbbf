//! Two mailboxes. mailrs-smtp-proto is not here: it only looks for the `@`.

use std::str::from_utf8;

use lettre::Address;
use peer_smtp_proto::request::parser::Rfc5321Parser;
use rustyknife::{behaviour::Legacy, rfc5321};
use smtp_proto::Mailbox;

use crate::{Case, Contender};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("address, 17 B", b"alice@example.org>"),
        case("address, 36 B", b"first.last+tag@mail.dept.example.com>"),
    ]
}

/// `wire` ends with the `>` that two of the parsers stop at.
fn case(name: &str, wire: &'static [u8]) -> Case {
    let (&end, mailbox) = wire.split_last().expect("not empty");
    assert_eq!(end, b'>');
    let text = from_utf8(mailbox).expect("ASCII");

    let smtp_proto = |wire: &'static [u8]| Rfc5321Parser::new(&mut wire.iter()).address().ok()?;
    let lettre = |mailbox: &'static [u8]| from_utf8(mailbox).ok()?.parse::<Address>().ok();
    let rustyknife = |mailbox: &'static [u8]| rfc5321::mailbox::<Legacy>(mailbox).ok();
    let smtp_codec = |wire: &'static [u8]| smtp_codec::parse::command::Mailbox(wire).ok();
    let ours = |mailbox: &'static [u8]| Mailbox::new(from_utf8(mailbox).ok()?).ok();
    let ours = Contender::new("ours", mailbox, ours, |address| {
        assert_eq!(address.as_ref().map(Mailbox::as_str), Some(text));
    });
    Case::new(name, mailbox.len(), ours)
        .peer(Contender::new("smtp-proto", wire, smtp_proto, |address| {
            assert_eq!(address.as_deref(), Some(text));
        }))
        .peer(Contender::new("lettre", mailbox, lettre, |address| {
            assert_eq!(
                address.as_ref().map(ToString::to_string).as_deref(),
                Some(text)
            );
        }))
        .peer(Contender::new(
            "rustyknife",
            mailbox,
            rustyknife,
            |parsed| {
                let (rest, address) = parsed.as_ref().expect("an address");
                assert_eq!((rest.len(), &address.to_string()[..]), (0, text));
            },
        ))
        .peer(Contender::new("smtp-codec", wire, smtp_codec, |parsed| {
            assert_eq!(*parsed, Some((&b">"[..], mailbox)));
        }))
}
