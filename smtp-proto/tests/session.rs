//! Whole dialogues, word for word, on both machines: the RFCs' own and the classics of textbooks.

mod util;

use smtp_proto::client::{self, Client, Event, Transfer, Verb};
use smtp_proto::server::{self, State};
use smtp_proto::{BodyType, Command, Extension, Extensions, HeloName, Mail, Mailbox, TlsPolicy};
use util::client::{Letter, Moment, answers, letter, sends};
use util::server::{replies, yes};

fn relay() -> client::Config {
    named("bar.com")
}

fn named(name: &'static str) -> client::Config {
    client::Config::smtp(HeloName::new(name).unwrap())
}

fn host(name: &str, extensions: impl IntoIterator<Item = Extension>) -> server::Config {
    let mut config = server::Config::smtp(name);
    config.capabilities.extensions = Extensions::default();
    config.capabilities.extensions.extend(extensions);
    config
}

const HAMBURGER: &str = "
    S: 220 hamburger.edu
    C: HELO crepes.fr
    S: 250 Hello crepes.fr, pleased to meet you
    C: MAIL FROM: <alice@crepes.fr>
    S: 250 alice@crepes.fr... Sender ok
    C: RCPT TO: <bob@hamburger.edu>
    S: 250 bob@hamburger.edu ... Recipient ok
    C: DATA
    S: 354 Enter mail, end with \".\" on a line by itself
    C: Do you like ketchup?
    C: How about pickles?
    C: .
    S: 250 Message accepted for delivery
    C: QUIT
    S: 221 hamburger.edu closing connection";

const UTS: &str = "
    S: 220 mail.uts.edu.au
    C: HELO uts.edu.au
    S: 250  Hello uts.edu.au, pleased to meet you
    C: MAIL FROM: <alice@uts.edu.au>
    S: 250 alice@uts.edu.au... Sender ok
    C: RCPT TO: <bob@mail.uts.edu.au>
    S: 250 bob@mail.uts.edu.au ... Recipient ok
    C: DATA
    S: 354 Enter mail, end with \".\" on a line by itself
    C: From: alice@uts.edu.au
    C: To: bob@mail.uts.edu.au
    C: Subject: Searching for the meaning of life.
    C: Do you like ketchup?
    C: .
    S: 250 Message accepted for delivery
    C: QUIT
    S: 221 mail.uts.edu.au closing connection";

#[test]
fn textbook_server() {
    for dialogue in [
        HAMBURGER.to_owned(),
        HAMBURGER.replace("C: DATA", "C: data"),
        UTS.to_owned(),
    ] {
        let config = server::Config::smtp("hamburger.edu");
        let outcome = util::server::speaks(&config, || replies(&dialogue), &dialogue);
        assert_eq!(outcome.messages.len(), 1);
        assert_eq!(outcome.state, State::Closing);
        assert!(outcome.log.contains(&"data".to_owned()));
    }
    let outcome = util::server::speaks(
        &server::Config::smtp("hamburger.edu"),
        || replies(HAMBURGER),
        HAMBURGER,
    );
    assert_eq!(
        outcome.messages,
        [b"Do you like ketchup?\r\nHow about pickles?\r\n"]
    );
    assert_eq!(
        outcome.log[2..4],
        ["MAIL FROM:<alice@crepes.fr>", "RCPT TO:<bob@hamburger.edu>"]
    );
}

#[test]
fn textbook_client() {
    const KETCHUP: &[Letter] = &[letter(
        "alice@crepes.fr",
        &["bob@hamburger.edu"],
        b"Do you like ketchup?\r\nHow about pickles?\r\n",
    )];
    const LIFE: &[Letter] = &[letter(
        "alice@uts.edu.au",
        &["bob@mail.uts.edu.au"],
        b"From: alice@uts.edu.au\r\nTo: bob@mail.uts.edu.au\r\n\
        Subject: Searching for the meaning of life.\r\nDo you like ketchup?\r\n",
    )];
    for (name, dialogue, letters) in [("crepes.fr", HAMBURGER, KETCHUP), ("uts.edu.au", UTS, LIFE)]
    {
        let mut config = named(name);
        config.helo_only = true;
        // The space behind the colon is taken but never sent.
        let dialogue = dialogue.replace(": <", ":<");
        let outcome = util::client::speaks(&config, || sends(letters), &dialogue);
        assert_eq!(outcome.end, smtp_proto::Need::Close(Ok(())));
        assert_eq!(outcome.count("Message 250"), 1);
        assert!(outcome.log.contains(&"ready".to_owned()));
    }
}

/// RFC 5321 appendix D.1; SIZE carries its limit, as RFC 1870 has it.
const TYPICAL: &str = "
    S: 220 foo.com Simple Mail Transfer Service Ready
    C: EHLO bar.com
    S: 250-foo.com greets bar.com
    S: 250-SIZE 10485760
    S: 250-8BITMIME
    S: 250-DSN
    S: 250 HELP
    C: MAIL FROM:<Smith@bar.com>
    S: 250 OK
    C: RCPT TO:<Jones@foo.com>
    S: 250 OK
    C: RCPT TO:<Green@foo.com>
    S: 550 No such user here
    C: RCPT TO:<Brown@foo.com>
    S: 250 OK
    C: DATA
    S: 354 Start mail input; end with <CRLF>.<CRLF>
    C: Blah blah blah...
    C: ...etc. etc. etc.
    C: .
    S: 250 OK
    C: QUIT
    S: 221 foo.com Service closing transmission channel";

const OF_5321: [Extension; 3] = [Extension::EightBitMime, Extension::Dsn, Extension::Help];

#[test]
fn rfc_5321_d1_typical() {
    const LETTERS: &[Letter] = &[letter(
        "Smith@bar.com",
        &["Jones@foo.com", "Green@foo.com", "Brown@foo.com"],
        b"Blah blah blah...\r\n..etc. etc. etc.\r\n",
    )];
    // The RFC shows the second line of the message as it stands on the wire.
    let outcome = util::server::speaks(&host("foo.com", OF_5321), || replies(TYPICAL), TYPICAL);
    assert_eq!(outcome.messages, [LETTERS[0].body]);
    let outcome = util::client::speaks(&relay(), || sends(LETTERS), TYPICAL);
    assert_eq!(
        outcome.log[3..],
        [
            "Mail 250 OK",
            "Rcpt(0) 250 OK",
            "Rcpt(1) 550 No such user here",
            "Rcpt(2) 250 OK",
            "Data 354 Start mail input; end with <CRLF>.<CRLF>",
            "Message 250 OK",
            "Quit 221 foo.com Service closing transmission channel",
        ]
    );
}

#[test]
fn rfc_5321_d2_aborted() {
    let dialogue = TYPICAL
        .split("C: RCPT TO:<Brown")
        .next()
        .unwrap()
        .to_owned()
        + "C: RSET
           S! 250 2.0.0 Ok
           C: QUIT
           S: 221 foo.com Service closing transmission channel";
    let outcome = util::server::speaks(&host("foo.com", OF_5321), || replies(&dialogue), &dialogue);
    assert_eq!(outcome.log[5..], ["reset", "quit"]);
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            if let Moment::Event(Event::Ready) = moment {
                let smith = Mailbox::new("Smith@bar.com").unwrap();
                client.mail_from(smith).unwrap();
                for to in ["Jones@foo.com", "Green@foo.com"] {
                    client.rcpt_to(Mailbox::new(to).unwrap()).unwrap();
                }
                client.rset().unwrap();
                client.quit().unwrap();
            }
            Vec::new()
        }
    };
    let outcome = util::client::speaks(&relay(), script, &dialogue);
    assert_eq!(outcome.count("Rset 250"), 1);
}

#[test]
fn rfc_5321_d3_relayed() {
    let dialogue = "
        S: 220 xyz.com Simple Mail Transfer Service Ready
        C: EHLO foo.com
        S: 250-xyz.com is on the air
        S: 250 SIZE 10485760
        C: MAIL FROM:<JQP@bar.com>
        S: 250 OK
        C: RCPT TO:<Jones@XYZ.COM>
        S: 250 OK
        C: DATA
        S: 354 Start mail input; end with <CRLF>.<CRLF>
        C: Received: from bar.com by foo.com ; Thu, 21 May 1998
        C:     05:33:29 -0700
        C: Subject:  The Next Meeting of the Board
        C:
        C: Bill:
        C:                         John.
        C: .
        S: 250 OK
        C: QUIT
        S: 221 foo.com Service closing transmission channel";
    const LETTERS: &[Letter] = &[letter(
        "JQP@bar.com",
        &["Jones@XYZ.COM"],
        b"Received: from bar.com by foo.com ; Thu, 21 May 1998\r\n    05:33:29 -0700\r\n\
        Subject:  The Next Meeting of the Board\r\n\r\nBill:\r\n                        John.\r\n",
    )];
    let outcome = util::server::speaks(&host("xyz.com", []), || replies(dialogue), dialogue);
    assert_eq!(outcome.messages, [LETTERS[0].body]);
    util::client::speaks(&named("foo.com"), || sends(LETTERS), dialogue);
}

#[test]
fn rfc_5321_d4_verifying() {
    let dialogue = "
        S: 220 foo.com Simple Mail Transfer Service Ready
        C: EHLO bar.com
        S: 250-foo.com greets bar.com
        S: 250-SIZE 10485760
        S: 250-VRFY
        S: 250 HELP
        C: VRFY Crispin
        S: 250 Mark Crispin <Admin.MRC@foo.com>
        C: MAIL FROM:<EAK@bar.com>
        S: 250 OK";
    let config = host("foo.com", [Extension::Vrfy, Extension::Help]);
    let outcome = util::server::speaks(&config, || replies(dialogue), dialogue);
    assert_eq!(outcome.log[2], "VRFY Crispin");
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            if let Moment::Event(Event::Ready) = moment {
                let Ok(Command::Vrfy(query)) = Command::parse(b"VRFY Crispin\r\n") else {
                    panic!();
                };
                client.vrfy(query).unwrap();
                let from = Mailbox::new("EAK@bar.com").unwrap();
                client.mail_from(from).unwrap();
            }
            Vec::new()
        }
    };
    let outcome = util::client::speaks(&relay(), script, dialogue);
    assert_eq!(outcome.log[3], "Vrfy 250 Mark Crispin <Admin.MRC@foo.com>");
}

const INNOSOFT: &str = "
    S: 220 innosoft.com SMTP service ready
    C: EHLO dbc.mtview.ca.us
    S: 250-innosoft.com
    S: 250-SIZE 10485760
    S: 250 PIPELINING
    C: MAIL FROM:<mrose@dbc.mtview.ca.us>";

/// The dialogues of RFC 2920 section 4, which show how many round trips are saved.
#[test]
fn rfc_2920_pipelining() {
    const ACCEPTED: &[Letter] = &[letter(
        "mrose@dbc.mtview.ca.us",
        &["ned@innosoft.com", "dan@innosoft.com", "kvc@innosoft.com"],
        b"...\r\n",
    )];
    const REFUSED: &[Letter] = &[letter(
        "mrose@dbc.mtview.ca.us",
        &["nsb@thumper.bellcore.com", "galvin@tis.com"],
        b"never sent\r\n",
    )];
    let accepted = "
        C: RCPT TO:<ned@innosoft.com>
        C: RCPT TO:<dan@innosoft.com>
        C: RCPT TO:<kvc@innosoft.com>
        C: DATA
        S: 250 sender <mrose@dbc.mtview.ca.us> OK
        S: 250 recipient <ned@innosoft.com> OK
        S: 250 recipient <dan@innosoft.com> OK
        S: 250 recipient <kvc@innosoft.com> OK
        S: 354 enter mail, end with line containing only \".\"
        C: ....
        C: .
        C: QUIT
        S: 250 message sent
        S: 221 goodbye";
    let refused = "
        C: RCPT TO:<nsb@thumper.bellcore.com>
        C: RCPT TO:<galvin@tis.com>
        C: DATA
        S: 250 sender <mrose@dbc.mtview.ca.us> OK
        S: 550 remote mail to <nsb@thumper.bellore.com> not allowed
        S: 550 remote mail to <galvin@tis.com> not allowed";
    let at_data = "
        S! 554 5.5.1 No valid recipients
        C: QUIT
        S: 221 goodbye";
    let at_the_end = "
        S: 354 enter mail, end with line containing only \".\"
        C: .
        C: QUIT
        S: 554 no valid recipients
        S: 221 goodbye";
    let config = host("innosoft.com", [Extension::Pipelining]);
    let client = named("dbc.mtview.ca.us");

    let dialogue = [INNOSOFT, accepted].concat();
    let outcome = util::server::speaks(&config, || replies(&dialogue), &dialogue);
    assert_eq!(outcome.messages, [b"...\r\n"]);
    util::client::speaks(&client, || sends(ACCEPTED), &dialogue);

    let dialogue = [INNOSOFT, refused, at_data].concat();
    let outcome = util::server::speaks(&config, || replies(&dialogue), &dialogue);
    assert_eq!(outcome.messages.len(), 0);
    let outcome = util::client::speaks(&client, || sends(REFUSED), &dialogue);
    assert_eq!(outcome.count("Data 554"), 1);

    // Our server never asks for a message without recipients; others do.
    let dialogue = [INNOSOFT, refused, at_the_end].concat();
    let outcome = util::client::speaks(&client, || sends(REFUSED), &dialogue);
    assert_eq!(outcome.count("Message 554"), 1);
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
    const LETTERS: &[Letter] = &[letter(
        "ned@ymir.claremont.edu",
        &[
            "mrose@dbc.mtview.ca.us",
            "nosuchuser@dbc.mtview.ca.us",
            "remoteuser@isi.edu",
        ],
        b"..\r\n",
    )];
    util::client::speaks(&named("ymir.claremont.edu"), || sends(LETTERS), dialogue);
}

/// Many transactions on one connection: each starts from nothing.
#[test]
fn many_transactions() {
    let mut client = b"EHLO client.example\r\n".to_vec();
    for number in 0..40 {
        let transaction = match number % 5 {
            0 => {
                "MAIL FROM:<a@a.example> SMTPUTF8\r\nRCPT TO:<b@b.example>\r\nRCPT TO:<bü@b.example>\r\n\
                  DATA\r\nDATA\r\n.\r\n"
            }
            1 => {
                "MAIL FROM:<a@a.example>\r\nRCPT TO:<bü@b.example>\r\nRCPT TO:<b@b.example>\r\n\
                  BDAT 3 LAST\r\n\r\n."
            }
            2 => "MAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nRSET\r\n",
            3 => "RCPT TO:<b@b.example>\r\nMAIL FROM:<a@a.example>\r\nDATA\r\nRSET\r\n",
            _ => {
                "MAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nBDAT 2\r\nxyRSET\r\nBDAT 1 LAST\r\nQ"
            }
        };
        client.extend_from_slice(transaction.as_bytes());
    }
    let mut config = server::Config::smtp("mx.example");
    config.options.limits.errors = 1_000;
    let outcome = util::server::feed(&config, yes(), &vec![client], util::Cut::Whole, false);
    let mut codes = outcome.codes().into_iter();
    assert_eq!([codes.next(), codes.next()], [Some(220), Some(250)]);
    for number in 0..40 {
        let expected: &[u16] = match number % 5 {
            0 => &[250, 250, 250, 354, 250],
            1 => &[250, 553, 250, 250],
            2 => &[250, 250, 250],
            3 => &[503, 250, 554, 250],
            _ => &[250, 250, 250, 250, 503],
        };
        let found: Vec<u16> = codes.by_ref().take(expected.len()).collect();
        assert_eq!(found, expected, "transaction {number}");
    }
    assert_eq!(codes.next(), None);
    assert_eq!(outcome.messages.len(), 16);
    assert_eq!(outcome.messages[..2], [&b"DATA\r\n"[..], b"\r\n."]);
    assert_eq!(outcome.state, State::Ready);
}
