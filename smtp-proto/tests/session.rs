//! Whole dialogues, word for word, on both machines: the RFCs' own and the classics of textbooks.

mod util;

use smtp_proto::client::{self, Client, Event};
use smtp_proto::server::{self, State};
use smtp_proto::{Command, Extension, Extensions, HeloName, Mailbox};
use util::client::{Letter, Moment, letter, sends};
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
    const LETTERS: &[Letter] = &[letter(
        "JQP@bar.com",
        &["Jones@XYZ.COM"],
        b"Received: from bar.com by foo.com ; Thu, 21 May 1998\r\n    05:33:29 -0700\r\n\
        Subject:  The Next Meeting of the Board\r\n\r\nBill:\r\n                        John.\r\n",
    )];
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
