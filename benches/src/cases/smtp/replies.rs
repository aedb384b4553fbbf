//! Replies: a short one, an error, the reply to EHLO, and the latter with its keywords typed.
//!
//! Ours and the peers' all check the code and the form of each line.

use std::hint::black_box;
use std::str::from_utf8;

use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::extension::{Extension, ServerInfo};
use lettre::transport::smtp::response::Response;
use peer_smtp_proto as stalwart;
use smtp_codec::parse::response::ehlo_ok_rsp;
use smtp_codec::types::Response as CodecResponse;
use smtp_proto::{Capabilities, Reply};
use stalwart::response::parser::ResponseReceiver;

use crate::{Case, Contender};

const OK: &[u8] = b"250 2.1.0 Ok\r\n";
const ERROR: &[u8] =
    b"550 5.1.1 <nobody@example.org>: Recipient address rejected: User unknown\r\n";
const EHLO: &[u8] = b"250-mx10.relay.example.org at your service\r\n\
    250-PIPELINING\r\n\
    250-SIZE 104857600\r\n\
    250-ETRN\r\n\
    250-STARTTLS\r\n\
    250-AUTH PLAIN LOGIN XOAUTH2\r\n\
    250-ENHANCEDSTATUSCODES\r\n\
    250-8BITMIME\r\n\
    250-DSN\r\n\
    250-CHUNKING\r\n\
    250 SMTPUTF8\r\n";

pub(super) fn cases() -> Vec<Case> {
    assert_eq!((OK.len(), ERROR.len(), EHLO.len()), (14, 74, 210));
    vec![
        reply("reply ok, 14 B", OK, 250, 1),
        reply("reply error, 74 B", ERROR, 550, 1),
        reply("reply EHLO, 210 B", EHLO, 250, 11),
        typed_ehlo(),
    ]
}

fn reply(name: &str, wire: &'static [u8], code: u16, lines: usize) -> Case {
    let mut receiver = ResponseReceiver::default();
    let smtp_proto = move |wire: &'static [u8]| {
        receiver.reset();
        receiver.parse(&mut wire.iter()).ok()
    };
    let lettre = |wire: &'static [u8]| from_utf8(wire).ok()?.parse::<Response>().ok();
    let ours = |wire: &'static [u8]| Reply::parse(wire).ok();
    let ours = Contender::new("ours", wire, ours, |reply| {
        let reply = reply.as_ref().expect("a reply");
        assert_eq!((reply.code().get(), reply.lines().count()), (code, lines));
    });
    Case::new(name, wire.len(), ours)
        .peer(Contender::new("smtp-proto", wire, smtp_proto, |reply| {
            let reply = reply.as_ref().expect("a reply");
            assert_eq!((reply.code, reply.message.lines().count()), (code, lines));
        }))
        .peer(Contender::new("lettre", wire, lettre, |reply| {
            let reply = reply.as_ref().expect("a reply");
            assert_eq!(
                (u16::from(reply.code()), reply.message().count()),
                (code, lines)
            );
        }))
}

/// lettre knows four of the keywords, smtp-codec most, smtp-proto all of them.
fn typed_ehlo() -> Case {
    let smtp_proto = |wire: &'static [u8]| stalwart::EhloResponse::parse(&mut wire.iter()).ok();
    let lettre =
        |wire: &'static [u8]| ServerInfo::from_response(&from_utf8(wire).ok()?.parse().ok()?).ok();
    let smtp_codec = |wire: &'static [u8]| Some(ehlo_ok_rsp(wire).ok()?.1);
    let reply = Reply::parse(EHLO).expect("a reply");
    let typed = Capabilities::from_reply(&reply);
    assert_eq!(
        (&typed.greeting[..], typed.size),
        ("mx10.relay.example.org at your service", Some(104_857_600))
    );
    assert_eq!(
        (typed.extensions.iter().count(), typed.mechanisms().count()),
        (10, 3)
    );
    let ours = |wire: &'static [u8]| {
        let reply = Reply::parse(wire).ok()?;
        black_box(&Capabilities::from_reply(&reply));
        Some(reply)
    };
    let ours = Contender::new("ours", EHLO, ours, |reply| assert!(reply.is_some()));
    Case::new("reply EHLO typed, 210 B", EHLO.len(), ours)
        .peer(Contender::new("smtp-proto", EHLO, smtp_proto, |ehlo| {
            let ehlo = ehlo.as_ref().expect("a reply");
            assert_eq!(
                (&ehlo.hostname[..], ehlo.size),
                ("mx10.relay.example.org", 104_857_600)
            );
            assert_eq!(
                (
                    ehlo.capabilities.count_ones(),
                    ehlo.auth_mechanisms.count_ones()
                ),
                (10, 3)
            );
        }))
        .peer(Contender::new("lettre", EHLO, lettre, |info| {
            let info = info.as_ref().expect("a reply");
            assert_eq!(info.name(), "mx10.relay.example.org");
            assert!(info.supports_feature(Extension::SmtpUtfEight));
            assert!(info.supports_auth_mechanism(Mechanism::Xoauth2));
        }))
        .peer(Contender::new("smtp-codec", EHLO, smtp_codec, |ehlo| {
            let Some(CodecResponse::Ehlo {
                domain,
                capabilities,
                ..
            }) = ehlo
            else {
                panic!("{ehlo:?}")
            };
            assert_eq!(
                (&domain[..], capabilities.len()),
                ("mx10.relay.example.org", 10)
            );
        }))
}
