//! The dialogues of the RFCs of SMTP's extensions and of LMTP, word for word, on both machines.

mod util;

use smtp_proto::client::{self, Client, Event, Transfer, Verb};
use smtp_proto::server;
use smtp_proto::{BodyType, Command, Extension, Extensions, HeloName, Mail, Mailbox, TlsPolicy};
use util::client::{Letter, Moment, answers, letter, sends};
use util::server::replies;

fn named(name: &'static str) -> client::Config {
    client::Config::smtp(HeloName::new(name).unwrap())
}

fn host(name: &str, extensions: impl IntoIterator<Item = Extension>) -> server::Config {
    let mut config = server::Config::smtp(name);
    config.capabilities.extensions = Extensions::default();
    config.capabilities.extensions.extend(extensions);
    config
}

/// RFC 3030 section 4.1. The message has 86 octets in the RFC, too.
#[test]
fn rfc_3030_simple_chunking() {
    const LETTERS: &[Letter] = &[Letter {
        from: "Sam@Random.com",
        to: &["Susan@Random.com"],
        body: b"To: Susan@random.com\r\nFrom: Sam@random.com\r\nSubject: This is a bodyless test message\r\n",
        transfer: Transfer::Chunks,
    }];
    let dialogue = "
        S: 220 cnri.reston.va.us SMTP service ready
        C: EHLO ymir.claremont.edu
        S: 250-cnri.reston.va.us says hello
        S: 250-SIZE 10485760
        S: 250 CHUNKING
        C: MAIL FROM:<Sam@Random.com>
        S: 250 <Sam@Random.com> Sender ok
        C: RCPT TO:<Susan@Random.com>
        S: 250 <Susan@random.com> Recipient ok
        C: BDAT 86 LAST
        C: To: Susan@random.com
        C: From: Sam@random.com
        C: Subject: This is a bodyless test message
        S: 250 Message OK, 86 octets received
        C: QUIT
        S: 221 Goodbye";
    // The machine asks twice: whether the chunk may come, and about the message.
    let given = dialogue.replace("C: BDAT", "S: 250 let it come\n C: BDAT");
    let config = host("cnri.reston.va.us", [Extension::Chunking]);
    let outcome = util::server::speaks(&config, || replies(&given), dialogue);
    assert_eq!(outcome.messages, [LETTERS[0].body]);
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            match moment {
                Moment::Event(Event::Ready) => {
                    let sam = Mailbox::new("Sam@Random.com").unwrap();
                    client.mail_from(sam).unwrap();
                    let susan = Mailbox::new("Susan@Random.com").unwrap();
                    client.rcpt_to(susan).unwrap();
                    client.data(Transfer::Chunks).unwrap();
                }
                Moment::Body => client.begin_raw(86, true).unwrap(),
                Moment::Raw(86) => return LETTERS[0].body.to_vec(),
                moment if answers(moment, Verb::Message) => client.quit().unwrap(),
                moment => assert!(matches!(moment, Moment::Event(_)), "{moment:?}"),
            }
            Vec::new()
        }
    };
    util::client::speaks(&named("ymir.claremont.edu"), script, dialogue);
    // Through `write_body`, the end is a chunk of its own, and each waits without PIPELINING.
    let outcome = util::client::hears(
        &named("ymir.claremont.edu"),
        || sends(LETTERS),
        "220 cnri\r\n250-cnri\r\n250 CHUNKING\r\n250 a\r\n250 b\r\n250 64 octets\r\n\
        250 22 octets\r\n250 86 octets\r\n221 Goodbye\r\n",
    );
    assert_eq!(
        outcome.text(),
        "EHLO ymir.claremont.edu\r\nMAIL FROM:<Sam@Random.com>\r\nRCPT TO:<Susan@Random.com>\r\n\
        BDAT 64\r\nTo: Susan@random.com\r\nFrom: Sam@random.com\r\nSubject: This is a b\
        BDAT 22\r\nodyless test message\r\nBDAT 0 LAST\r\nQUIT\r\n"
    );
}

/// RFC 3030 section 4.2, with a smaller message; the client writes the octets itself.
#[test]
fn rfc_3030_pipelined_binary() {
    let dialogue = "
        S: 220 cnri.reston.va.us SMTP service ready
        C: EHLO ymir.claremont.edu
        S: 250-cnri.reston.va.us says hello
        S: 250-SIZE 10485760
        S: 250-PIPELINING
        S: 250-CHUNKING
        S: 250 BINARYMIME
        C: MAIL FROM:<ned@ymir.claremont.edu> BODY=BINARYMIME
        C: RCPT TO:<gvaudre@cnri.reston.va.us>
        C: RCPT TO:<jstewart@cnri.reston.va.us>
        S: 250 <ned@ymir.claremont.edu>... Sender and BINARYMIME ok
        S: 250 <gvaudre@cnri.reston.va.us>... Recipient ok
        S: 250 <jstewart@cnri.reston.va.us>... Recipient ok
        C: BDAT 12
        C: 0123456789
        C: BDAT 5
        C: abc
        C: BDAT 0 LAST
        S! 250 2.0.0 12 octets received
        S! 250 2.0.0 17 octets received
        S: 250 Message OK, 17 octets received
        C: QUIT
        S: 221 Goodbye";
    let config = host(
        "cnri.reston.va.us",
        [
            Extension::Chunking,
            Extension::Pipelining,
            Extension::BinaryMime,
        ],
    );
    let given = dialogue.replace("C: BDAT 12", "S: 250 let it come");
    let outcome = util::server::speaks(&config, || replies(&given), dialogue);
    assert_eq!(outcome.messages, [b"0123456789\r\nabc\r\n"]);
    let script = || {
        let mut chunks = [&b"0123456789\r\n"[..], b"abc\r\n"].into_iter();
        let mut chunk = None;
        move |moment: &Moment<'_>, client: &mut Client| {
            match moment {
                Moment::Event(Event::Ready) => {
                    let ned = Mailbox::new("ned@ymir.claremont.edu").unwrap();
                    let mut mail = Mail::from(ned);
                    mail.parameters.body = Some(BodyType::BinaryMime);
                    client.mail_from(mail).unwrap();
                    for to in ["gvaudre@cnri.reston.va.us", "jstewart@cnri.reston.va.us"] {
                        client.rcpt_to(Mailbox::new(to).unwrap()).unwrap();
                    }
                    client.data(Transfer::Chunks).unwrap();
                }
                Moment::Body => {
                    chunk = chunks.next();
                    match chunk {
                        Some(chunk) => client.begin_raw(chunk.len() as u64, false).unwrap(),
                        None => client.finish_body(),
                    }
                }
                Moment::Raw(_) => return chunk.unwrap().to_vec(),
                moment if answers(moment, Verb::Message) => client.quit().unwrap(),
                _ => {}
            }
            Vec::new()
        }
    };
    util::client::speaks(&named("ymir.claremont.edu"), script, dialogue);
}

/// RFC 2033 section 4.2: after the message, one reply for each recipient that was accepted.
#[test]
fn rfc_2033_lmtp() {
    const LETTERS: &[Letter] = &[letter(
        "chris@bar.com",
        &["pat@foo.edu", "jones@foo.edu", "green@foo.edu"],
        b"Blah blah blah...\r\n..etc. etc. etc.\r\n",
    )];
    let dialogue = "
        S: 220 foo.edu LMTP server ready
        C: LHLO foo.edu
        S: 250-foo.edu
        S: 250-SIZE 10485760
        S: 250 PIPELINING
        C: MAIL FROM:<chris@bar.com>
        C: RCPT TO:<pat@foo.edu>
        C: RCPT TO:<jones@foo.edu>
        C: RCPT TO:<green@foo.edu>
        C: DATA
        S: 250 OK
        S: 250 OK
        S: 550 No such user here
        S: 250 OK
        S: 354 Start mail input; end with <CRLF>.<CRLF>
        C: Blah blah blah...
        C: ...etc. etc. etc.
        C: .
        C: QUIT
        S: 250 OK
        S: 452 <green@foo.edu> is temporarily over quota
        S: 221 foo.edu closing connection";
    let mut config = server::Config::lmtp("foo.edu");
    config.capabilities.extensions = [Extension::Pipelining].into_iter().collect();
    let outcome = util::server::speaks(&config, || replies(dialogue), dialogue);
    assert_eq!(outcome.messages, [LETTERS[0].body]);
    let config = client::Config::lmtp(HeloName::new("foo.edu").unwrap());
    let outcome = util::client::speaks(&config, || sends(LETTERS), dialogue);
    assert_eq!(
        outcome.log[8..10],
        [
            "MessageFor(0) 250 OK",
            "MessageFor(2) 452 <green@foo.edu> is temporarily over quota"
        ]
    );
}

/// A script that authenticates with one mechanism, answers challenges with `responses`, and stops.
fn authenticates(
    mechanism: &'static str,
    initial: Option<&'static [u8]>,
    responses: &'static [&'static [u8]],
) -> impl util::client::Script {
    let mut responses = responses.iter();
    move |moment: &Moment<'_>, client: &mut Client| {
        match moment {
            Moment::Event(Event::Ready) => client.auth(mechanism, initial).unwrap(),
            Moment::Event(Event::AuthChallenge(_)) => match responses.next() {
                Some(response) => client.auth_response(response).unwrap(),
                None => client.auth_cancel().unwrap(),
            },
            _ => {}
        }
        Vec::new()
    }
}

fn smtp_example_com(auth: &'static str) -> server::Config {
    let mut config = host("smtp.example.com", []);
    config.capabilities.auth = auth.into();
    config.tls = TlsPolicy::StartTls;
    config
}

/// The first and the last dialogue of RFC 4954 section 4.1: clear-text mechanisms after STARTTLS.
#[test]
fn rfc_4954_after_starttls() {
    for (mechanism, initial, on_the_wire, event) in [
        (
            "PLAIN",
            &b"test\0test\x001234"[..],
            "dGVzdAB0ZXN0ADEyMzQ=",
            "auth PLAIN test\\x00test\\x001234",
        ),
        ("EXTERNAL", b"", "=", "auth EXTERNAL "),
    ] {
        let dialogue = format!(
            "S: 220 smtp.example.com ESMTP Server
            C: EHLO client.example.com
            S: 250-smtp.example.com Hello client.example.com
            S: 250-SIZE 10485760
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 Ready to start TLS
            TLS
            C: EHLO client.example.com
            S: 250-smtp.example.com Hello client.example.com
            S: 250-SIZE 10485760
            S: 250 AUTH EXTERNAL DIGEST-MD5 PLAIN
            C: AUTH {mechanism} {on_the_wire}
            S: 235 2.7.0 Authentication successful"
        );
        let config = smtp_example_com("EXTERNAL DIGEST-MD5 PLAIN");
        let outcome = util::server::speaks(&config, || replies(&dialogue), &dialogue);
        assert_eq!(outcome.log.last().unwrap(), event);
        let mut config = named("client.example.com");
        config.tls = TlsPolicy::Required;
        let script = || authenticates(mechanism, Some(initial), &[]);
        let outcome = util::client::speaks(&config, script, &dialogue);
        assert_eq!(outcome.count("Auth 235"), 1);
    }
}

/// The second and the third: a response after an empty challenge, and a challenge with octets.
#[test]
fn rfc_4954_challenges() {
    const PLAIN: &[&[u8]] = &[b"test\0test\x001234"];
    const CRAM: &[&[u8]] = &[b"rjs3 ec3a59fed395aba1ec6367c4f4b41ac0"];
    let greeting = |mechanisms: &str| {
        format!(
            "S: 220 smtp.example.com ESMTP Server
            C: EHLO client.example.com
            S: 250-smtp.example.com Hello client.example.com
            S: 250-SIZE 10485760
            S: 250 AUTH {mechanisms}\n"
        )
    };
    let plain = greeting("DIGEST-MD5 PLAIN")
        + "C: AUTH PLAIN
           S: 334\x20
           C: dGVzdAB0ZXN0ADEyMzQ=
           S: 235 2.7.0 Authentication successful";
    let cram = greeting("DIGEST-MD5 CRAM-MD5")
        + "C: AUTH CRAM-MD5
           S: 334 PDQxOTI5NDIzNDEuMTI4Mjg0NzJAc291cmNlZm91ci5hbmRyZXcuY211LmVkdT4=
           C: cmpzMyBlYzNhNTlmZWQzOTVhYmExZWM2MzY3YzRmNGI0MWFjMA==
           S: 235 2.7.0 Authentication successful";
    for (dialogue, mechanism, response, challenge) in [
        (plain, "PLAIN", PLAIN, ""),
        (
            cram,
            "CRAM-MD5",
            CRAM,
            "<41929422341.12828472@sourcefour.andrew.cmu.edu>",
        ),
    ] {
        let mut config = smtp_example_com(if mechanism == "PLAIN" {
            "DIGEST-MD5 PLAIN"
        } else {
            "DIGEST-MD5 CRAM-MD5"
        });
        config.tls = TlsPolicy::None;
        config.options.clear_text_auth = true;
        let outcome = util::server::speaks(&config, || replies(&dialogue), &dialogue);
        let response_line = format!("response {}", response[0].escape_ascii());
        assert_eq!(outcome.log.last().unwrap(), &response_line);
        let mut config = named("client.example.com");
        config.options.clear_text_auth = true;
        let script = || authenticates(mechanism, None, response);
        let outcome = util::client::speaks(&config, script, &dialogue);
        assert!(outcome.log[3].starts_with("challenge "));
        assert!(challenge.is_empty() || outcome.log[3].contains("sourcefour"));
    }
}

/// RFC 3207 section 6: the server tells again, and something else, once TLS is there.
#[test]
fn rfc_3207_starttls() {
    let dialogue = "
        S: 220 mail.imc.org SMTP service ready
        C: EHLO mail.example.com
        S: 250-mail.imc.org offers a warm hug of welcome
        S: 250-SIZE 10485760
        S: 250-8BITMIME
        S: 250-DSN
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 Go ahead
        TLS
        C: EHLO mail.example.com
        S: 250-mail.imc.org touches your hand gently for a moment
        S: 250-SIZE 10485760
        S: 250-8BITMIME
        S: 250 DSN";
    let mut config = host("mail.imc.org", [Extension::EightBitMime, Extension::Dsn]);
    config.tls = TlsPolicy::StartTls;
    let outcome = util::server::speaks(&config, || replies(dialogue), dialogue);
    assert_eq!(
        outcome.log,
        [
            "connect",
            "ehlo mail.example.com",
            "starttls",
            "ehlo mail.example.com"
        ]
    );
    let mut config = named("mail.example.com");
    config.tls = TlsPolicy::StartTls;
    let outcome = util::client::speaks(&config, || |_: &_, _: &mut _| Vec::new(), dialogue);
    assert_eq!(outcome.count("ready"), 1);
}

/// RFC 6531 section 3: addresses beyond ASCII, in MAIL, RCPT and VRFY.
#[test]
fn rfc_6531_smtputf8() {
    let dialogue = "
        S: 220 mx.example
        C: EHLO client.example
        S: 250-mx.example
        S: 250-SIZE 10485760
        S: 250-8BITMIME
        S: 250 SMTPUTF8
        C: VRFY bücher SMTPUTF8
        S: 250 <bücher@mx.example>
        C: MAIL FROM:<пример@client.example> SMTPUTF8
        S: 250 OK
        C: RCPT TO:<用户@例え.example>
        S: 250 OK
        C: DATA
        S: 354 go
        C: Subject: пример
        C: .
        S: 250 OK";
    let config = host("mx.example", [Extension::EightBitMime, Extension::Smtputf8]);
    let outcome = util::server::speaks(&config, || replies(dialogue), dialogue);
    assert_eq!(outcome.messages, ["Subject: пример\r\n".as_bytes()]);
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            match moment {
                Moment::Event(Event::Ready) => {
                    let line = "VRFY bücher SMTPUTF8\r\n";
                    client
                        .command(&Command::parse(line.as_bytes()).unwrap())
                        .unwrap();
                    let from = Mailbox::new("пример@client.example").unwrap();
                    let mut mail = Mail::from(from);
                    mail.parameters.smtputf8 = true;
                    client.mail_from(mail).unwrap();
                    client
                        .rcpt_to(Mailbox::new("用户@例え.example").unwrap())
                        .unwrap();
                    client.data(Transfer::Data).unwrap();
                }
                Moment::Body => {
                    let _ = client.write_body("Subject: пример".as_bytes()).unwrap();
                    client.finish_body();
                }
                _ => {}
            }
            Vec::new()
        }
    };
    util::client::speaks(&named("client.example"), script, dialogue);
}

/// RFC 1870 section 7: the server refuses recipients that the message is too large for.
#[test]
fn rfc_1870_size() {
    let dialogue = "
        S: 220 sigurd.innosoft.com -- Server SMTP (PMDF V4.2-6 #1992)
        C: EHLO ymir.claremont.edu
        S: 250-sigurd.innosoft.com
        S: 250-SIZE 1000000
        S: 250-EXPN
        S: 250 HELP
        C: MAIL FROM:<ned@thor.innosoft.com> SIZE=500000
        S: 250 Address Ok.
        C: RCPT TO:<ned@innosoft.com>
        S: 250 ned@innosoft.com OK; can accomodate 500000 byte message
        C: RCPT TO:<ned@ymir.claremont.edu>
        S: 552 Channel size limit exceeded: ned@YMIR.CLAREMONT.EDU
        C: RCPT TO:<ned@hmcvax.claremont.edu>
        S: 452 Insufficient channel storage: ned@hmcvax.CLAREMONT.EDU
        C: DATA
        S: 354 Send message, ending in CRLF.CRLF.
        C: ...
        C: .
        S: 250 Some recipients OK
        C: QUIT
        S: 221 Goodbye";
    let mut config = host("sigurd.innosoft.com", [Extension::Expn, Extension::Help]);
    config.options.limits.message_size = 1_000_000;
    let outcome = util::server::speaks(&config, || replies(dialogue), dialogue);
    assert_eq!(outcome.messages, [b"..\r\n"]);
}

/// RFC 2034 section 6: enhanced codes on every line of a reply.
#[test]
fn rfc_2034_enhanced_codes() {
    const LETTERS: &[Letter] = &[letter(
        "ned@ymir.claremont.edu",
        &[
            "mrose@dbc.mtview.ca.us",
            "nosuchuser@dbc.mtview.ca.us",
            "remoteuser@isi.edu",
        ],
        b"..\r\n",
    )];
    let dialogue = "
        S: 220 dbc.mtview.ca.us SMTP service ready
        C: EHLO ymir.claremont.edu
        S: 250-dbc.mtview.ca.us says hello
        S: 250-SIZE 10485760
        S: 250 ENHANCEDSTATUSCODES
        C: MAIL FROM:<ned@ymir.claremont.edu>
        S: 250 2.1.0 Originator <ned@ymir.claremont.edu> ok
        C: RCPT TO:<mrose@dbc.mtview.ca.us>
        S: 250 2.1.5 Recipient <mrose@dbc.mtview.ca.us> ok
        C: RCPT TO:<nosuchuser@dbc.mtview.ca.us>
        S: 550 5.1.1 Mailbox \"nosuchuser\" does not exist
        C: RCPT TO:<remoteuser@isi.edu>
        S: 551-5.7.1 Forwarding to remote hosts disabled
        S: 551 5.7.1 Select another host to act as your forwarder
        C: DATA
        S: 354 Send message, ending in CRLF.CRLF.
        C: ...
        C: .
        S: 250 2.6.0 Message accepted
        C: QUIT
        S: 221 2.0.0 Goodbye";
    let config = host("dbc.mtview.ca.us", [Extension::EnhancedStatusCodes]);
    util::server::speaks(&config, || replies(dialogue), dialogue);
    util::client::speaks(&named("ymir.claremont.edu"), || sends(LETTERS), dialogue);
}
