//! The server when a limit is reached, the caller closes, or the client is gone.

mod util;

use std::time::Duration;

use smtp_proto::server::{Config, State};
use smtp_proto::{Extension, Limit, Need, ProtocolError, TlsPolicy};
use util::server::{Answer, Driver, feed, reply, says, session, yes};
use util::{Cut, Drive as _};

fn relay() -> Config {
    Config::smtp("mx.example")
}

const ENVELOPE: &str =
    "EHLO client.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";

fn exceeded(limit: Limit) -> Need {
    Need::Close(Err(ProtocolError::LimitExceeded(limit)))
}

/// A client that pipelines is not punished for what it said before it heard that the sender or
/// the recipients are refused.
#[test]
fn pipelined_followers_are_no_faults() {
    let refuse = |what: &'static str| {
        move || {
            move |seen: &str| {
                if seen.starts_with(what) {
                    reply(550, "5.7.1 No")
                } else {
                    Answer::Accept
                }
            }
        }
    };
    let transaction = |number: usize| {
        let recipients = "RCPT TO:<b@b.example>\r\n".repeat(number);
        format!("MAIL FROM:<a@a.example>\r\n{recipients}DATA\r\n")
    };
    let client = format!("EHLO a\r\n{}QUIT\r\n", transaction(200));
    let outcome = feed(
        &relay(),
        refuse("MAIL")(),
        &vec![client.into()],
        Cut::Whole,
        false,
    );
    assert_eq!(
        outcome.codes().iter().filter(|&&code| code == 503).count(),
        201
    );
    assert_eq!(outcome.end, Need::Close(Ok(())));
    let client = format!("EHLO a\r\n{}QUIT\r\n", transaction(1).repeat(90));
    let outcome = feed(
        &relay(),
        refuse("MAIL")(),
        &vec![client.clone().into()],
        Cut::Whole,
        false,
    );
    assert_eq!(outcome.end, Need::Close(Ok(())));
    // The application has refused each recipient, the machine each DATA; RSET is implied.
    let client = client.replace("DATA\r\n", "DATA\r\nRSET\r\n");
    let outcome = feed(
        &relay(),
        refuse("RCPT")(),
        &vec![client.into()],
        Cut::Whole,
        false,
    );
    assert_eq!(outcome.end, Need::Close(Ok(())));
    // A MAIL that is no command counts, but what follows does not.
    let client = format!("EHLO a\r\n{}QUIT\r\n", transaction(50).replace('<', "<<"));
    let client = client.replace("TO:<<", "TO:<");
    let outcome = feed(&relay(), yes(), &vec![client.into()], Cut::Whole, false);
    assert_eq!(outcome.end, Need::Close(Ok(())));
    // Without MAIL they are faults.
    let client = format!("EHLO a\r\n{}", "RCPT TO:<b@b.example>\r\n".repeat(30));
    let outcome = feed(&relay(), yes(), &vec![client.into()], Cut::Whole, false);
    assert_eq!(outcome.end, exceeded(Limit::Errors));
}

#[test]
fn too_many_recipients() {
    let mut config = relay();
    config.options.limits.recipients = 2;
    let rcpt = "RCPT TO:<b@b.example>\r\n".repeat(40);
    let outcome = says(
        &config,
        yes,
        format!("EHLO a\r\nMAIL FROM:<>\r\n{rcpt}DATA\r\n.\r\n"),
    );
    let codes = outcome.codes();
    assert_eq!(codes[3..6], [250, 250, 452]);
    assert_eq!(codes[codes.len() - 3..], [452, 354, 250]);
    assert!(outcome.text().contains("452 4.5.3 "));
}

#[test]
fn too_many_faults() {
    let mut config = relay();
    config.options.limits.errors = 2;
    for fault in ["FOO\r\n", "EHLO\r\n", "DATA\r\n", "\r\n"] {
        let client = format!("EHLO a\r\n{}NOOP\r\n", fault.repeat(2));
        assert_eq!(says(&config, yes, client).end, Need::Input);
        let client = format!("EHLO a\r\n{}NOOP\r\n", fault.repeat(3));
        let outcome = says(&config, yes, client);
        assert_eq!(outcome.end, exceeded(Limit::Errors));
        assert_eq!(outcome.codes().last(), Some(&421));
        // The application hears that an open message is lost.
        if fault != "DATA\r\n" {
            let client = format!("{ENVELOPE}BDAT 1\r\nx{}NOOP\r\n", fault.repeat(3));
            let outcome = says(&config, yes, client);
            assert_eq!(outcome.end, exceeded(Limit::Errors));
            assert_eq!(outcome.log.last().unwrap(), "aborted Closing");
        }
    }
}

#[test]
fn too_many_idle_commands() {
    let mut config = relay();
    config.options.limits.idle_commands = 2;
    for command in [
        "NOOP\r\n",
        "RSET\r\n",
        "VRFY a\r\n",
        "EXPN a\r\n",
        "HELP\r\n",
        "EHLO b\r\n",
    ] {
        // A message resets the count.
        let client = format!(
            "{ENVELOPE}NOOP\r\nNOOP\r\nDATA\r\n.\r\n{}",
            command.repeat(2)
        );
        assert_eq!(says(&config, yes, &client).end, Need::Input, "{command}");
        let outcome = says(&config, yes, format!("{client}{command}"));
        assert_eq!(outcome.end, exceeded(Limit::IdleCommands), "{command}");
        assert_eq!(outcome.codes().last(), Some(&421));
        assert_eq!(outcome.messages.len(), 1);
    }
}

#[test]
fn refused_connections() {
    for (code, codes, end) in [
        (554, &[554, 503, 503, 221][..], Need::Close(Ok(()))),
        (521, &[521], Need::Close(Ok(()))),
        (421, &[421], Need::Close(Ok(()))),
    ] {
        let script = || {
            move |seen: &str| match seen {
                "connect" => reply(code, "5.7.1 No service"),
                _ => Answer::Accept,
            }
        };
        let outcome = says(&relay(), script, "EHLO a\r\nMAIL FROM:<>\r\nQUIT\r\n");
        assert_eq!(outcome.codes(), codes);
        assert_eq!(outcome.end, end);
        assert!(
            outcome
                .log
                .iter()
                .all(|line| line == "connect" || line == "quit")
        );
    }
}

#[test]
fn a_421_of_the_application() {
    for (at, aborted) in [
        ("ehlo a", 0),
        ("MAIL FROM:<>", 0),
        ("data", 0),
        ("end", 0),
        ("VRFY x", 1),
    ] {
        let script = || {
            move |seen: &str| {
                if seen == at {
                    reply(421, "4.3.2 Going down")
                } else {
                    Answer::Accept
                }
            }
        };
        let client = "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\n";
        let body = if at == "VRFY x" {
            "BDAT 1\r\nxVRFY x\r\n"
        } else {
            "DATA\r\nx\r\n.\r\nNOOP\r\n"
        };
        let outcome = says(&relay(), script, format!("{client}{body}"));
        assert_eq!(outcome.end, Need::Close(Ok(())));
        assert_eq!(outcome.codes().last(), Some(&421));
        assert_eq!(outcome.count("aborted Closing"), aborted, "{at}");
    }
}

/// The caller may stop or run out of patience at any time.
#[test]
fn shutdown_and_timeout_anywhere() {
    let client = format!(
        "{ENVELOPE}DATA\r\nhello\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<c@b.example>\r\nBDAT 3\r\nabcBDAT 2 LAST\r\nde"
    );
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    for at in 0..client.len() {
        for stop in [true, false] {
            let mut driver = Driver::new(&config, yes());
            let _ = driver.feed(&client.as_bytes()[..at]);
            let open = driver.server.state() == State::Body;
            if stop {
                driver.server.shutdown();
            } else {
                driver.server.handle_timeout();
            }
            let need = driver.feed(b"QUIT\r\n");
            let result = if stop {
                Ok(())
            } else {
                Err(ProtocolError::Timeout)
            };
            assert_eq!(need, Need::Close(result));
            driver.server.shutdown();
            driver.server.handle_eof();
            assert_eq!(driver.feed(b"NOOP\r\n"), need);
            let outcome = driver.outcome(need);
            assert_eq!(outcome.codes().last(), Some(&421));
            assert_eq!(
                outcome.codes().iter().filter(|&&code| code == 421).count(),
                1
            );
            assert_eq!(outcome.state, State::Closing);
            let reason = if stop {
                "aborted Closing"
            } else {
                "aborted Timeout"
            };
            assert_eq!(outcome.count(reason), usize::from(open), "{at}");
        }
    }
    // Within a TLS handshake nothing is said, and the farewell of an unasked client is a greeting.
    let mut driver = Driver::new(&config, yes());
    let _ = driver.feed(b"EHLO a\r\nSTARTTLS\r\n");
    driver.take_output();
    driver.server.shutdown();
    assert_eq!(driver.feed(b""), Need::Close(Ok(())));
    assert_eq!(driver.take_output(), b"");
    let mut server = smtp_proto::server::Server::new(relay());
    server.shutdown();
    assert!(server.output().starts_with(b"421 mx.example "));
    // A question that is open is void.
    let script = || |_: &str| Answer::Shutdown;
    let outcome = says(&relay(), script, "EHLO a\r\n");
    assert_eq!(outcome.codes(), [421]);
    let script = || |_: &str| Answer::Timeout;
    let outcome = says(&relay(), script, "EHLO a\r\n");
    assert_eq!(outcome.end, Need::Close(Err(ProtocolError::Timeout)));
}

#[test]
fn patience() {
    let mut driver = Driver::new(&relay(), yes());
    let _ = driver.feed(ENVELOPE.as_bytes());
    assert_eq!(driver.server.idle_timeout(), Duration::from_secs(300));
}

/// The client is gone, at every octet: what was accepted stays accepted, what was open is lost.
#[test]
fn eof_at_every_octet() {
    let client = format!(
        "{ENVELOPE}DATA\r\nhello\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<c@b.example>\r\nBDAT 3\r\nabc\
         BDAT 2 LAST\r\ndeAUTH LOGIN\r\nAAAA\r\nMAIL FROM:<>\r\nRCPT TO:<c@b.example>\r\nDATA\r\nbare\nhello\r\n.\r\nQUIT\r\n"
    );
    let mut config = relay();
    config.capabilities.auth = "LOGIN".into();
    config.options.clear_text_auth = true;
    let script = || {
        |seen: &str| match seen {
            "auth LOGIN" => Answer::Challenge(b"AAAA".to_vec()),
            seen if seen.starts_with("response") => reply(235, "2.7.0 Welcome"),
            _ => Answer::Accept,
        }
    };
    let first_end = client.find("\r\n.\r\n").unwrap() + 5;
    let second_end = client.find("deAUTH").unwrap() + 2;
    for at in 0..=client.len() {
        let parts = vec![client.as_bytes()[..at].to_vec()];
        let outcome = feed(&config, script(), &parts, Cut::Whole, true);
        let bytewise = feed(&config, script(), &parts, Cut::Bytes, true);
        assert_eq!(outcome.log, bytewise.log);
        assert_eq!(outcome.output, bytewise.output);
        let result = if at == client.len() {
            Ok(())
        } else {
            Err(ProtocolError::ConnectionLost)
        };
        assert_eq!(outcome.end, Need::Close(result));
        let complete = usize::from(at >= first_end) + usize::from(at >= second_end);
        assert_eq!(outcome.messages.len(), complete, "{at}");
        let opened = outcome.count("data") + outcome.count("chunks");
        let closed = outcome.count("end") + outcome.count("aborted");
        assert_eq!(opened, closed, "{at}");
    }
}

#[test]
fn eof_while_the_transport_changes() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let outcome = session(
        &config,
        yes,
        &vec![b"EHLO a\r\nSTARTTLS\r\n".to_vec()],
        true,
    );
    assert_eq!(outcome.end, Need::Close(Err(ProtocolError::ConnectionLost)));
}

/// RFC 2920 section 3.1, if the caller wants it: nothing behind the greeting, EHLO and DATA
/// before they are answered.
#[test]
fn early_input() {
    let mut config = relay();
    config.options.refuse_early_input = true;
    let early = Need::Close(Err(ProtocolError::EarlyInput));
    for client in [
        "EHLO a\r\n",
        "|EHLO a\r\nNOOP\r\n",
        "|EHLO a\r\n|MAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nhello\r\n",
    ] {
        let mut driver = Driver::new(&config, yes());
        let pieces: Vec<&str> = client.split('|').collect();
        let (last, before) = pieces.split_last().unwrap();
        // The greeting is not out yet when the client speaks first.
        if !before.is_empty() {
            let _ = driver.feed(b"");
        }
        for piece in before {
            assert_eq!(driver.feed(piece.as_bytes()), Need::Input);
        }
        assert_eq!(driver.feed(last.as_bytes()), early, "{client}");
    }
    let mut driver = Driver::new(&config, yes());
    for piece in [
        "",
        "EHLO a\r\n",
        "FOO\r\n\0\r\nNOOP\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n",
        "hello\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nNOOP\r\n",
        "QUIT\r\n",
    ] {
        assert_ne!(driver.feed(piece.as_bytes()), early, "{piece}");
    }
    assert_eq!(driver.messages.len(), 1);
}

/// Extensions of Postfix: the session starts again behind XCLIENT.
#[test]
fn xclient() {
    let mut config = relay();
    config.capabilities.extensions.insert(Extension::Xclient);
    config.capabilities.extensions.insert(Extension::Xforward);
    config.capabilities.xclient = "NAME ADDR".into();
    let client = "EHLO proxy\r\nXFORWARD NAME=spike.example\r\nXCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.7\r\n\
        MAIL FROM:<>\r\nEHLO spike\r\nMAIL FROM:<>\r\nXCLIENT NAME=a\r\nXFORWARD NAME=a\r\n";
    let outcome = says(&config, yes, client);
    assert_eq!(
        outcome.codes(),
        [220, 250, 250, 220, 503, 250, 250, 503, 503]
    );
    assert_eq!(
        outcome.log[2..4],
        [
            "XFORWARD NAME=spike.example",
            "XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.7"
        ]
    );
    assert!(outcome.text().contains("250-XCLIENT NAME ADDR\r\n"));
}
