//! The client, TLS and AUTH: what goes out in clear text, and what is believed.

mod util;

use smtp_proto::client::{Client, Config, Event, State, Step};
use smtp_proto::{
    Command, Extension, HeloName, Layer, Mailbox, Need, ProtocolError, ReversePath, ServiceLimit,
    TlsPolicy, UsageError,
};
use util::Drive as _;
use util::client::{
    Driver, LETTERS, Moment, after, hears, idle, lost, once, relay, sends, session,
};

#[test]
fn starttls_response_injection() {
    for tls in [TlsPolicy::StartTls, TlsPolicy::Required] {
        let mut config = relay();
        config.tls = tls;
        for injected in ["2", "250 mx\r\n", "\0"] {
            let server = format!("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n{injected}");
            let outcome = hears(&config, || sends(LETTERS), server);
            assert_eq!(outcome.end, lost(ProtocolError::BytesAfterUpgrade));
            assert_eq!(outcome.text(), "EHLO client.example\r\nSTARTTLS\r\n");
        }
    }
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let mut driver = after(&config, "220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n");
    let error = Err(ProtocolError::BytesAfterUpgrade);
    assert_eq!(driver.client.layer_established(Layer::Tls, b"250"), error);
    assert_eq!(driver.feed(b""), Need::Close(error));
}

/// CVE-2016-0772 and its kin: without TLS nothing but hello goes out, whatever the server says.
#[test]
fn required_tls_cannot_be_stripped() {
    let mut config = Config::submission(HeloName::new("client.example").unwrap());
    config.tls = TlsPolicy::Required;
    // Even if the caller would let credentials out.
    config.options.clear_text_auth = true;
    let script = || {
        |moment: &Moment<'_>, client: &mut Client| {
            // Whenever there is a chance.
            let _ = client.auth("PLAIN", Some(b"\0tim\0secret"));
            let _ = client.auth("LOGIN", None);
            let _ = client.auth_response(b"secret");
            let _ = client.mail_from(ReversePath::Null);
            if let Moment::Event(Event::Ready) = moment {
                panic!("ready without TLS");
            }
            Vec::new()
        }
    };
    let long = "EHLO client.example\r\nSTARTTLS\r\nQUIT\r\n";
    for (server, output) in [
        (
            "220 mx\r\n250-mx\r\n250 AUTH PLAIN\r\n",
            "EHLO client.example\r\nQUIT\r\n",
        ),
        (
            "220 mx\r\n500 what\r\n250 mx\r\n",
            "EHLO client.example\r\nHELO client.example\r\nQUIT\r\n",
        ),
        ("220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 4.7.0 no\r\n", long),
        ("220 mx\r\n250-mx\r\n250 STARTTLS\r\n502 no\r\n", long),
    ] {
        let outcome = hears(&config, script, server);
        assert_eq!(outcome.end, lost(ProtocolError::TlsUnavailable), "{server}");
        assert_eq!(outcome.text(), output);
    }
    for server in [
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n334 \r\n",
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n235 ok\r\n",
        "220 mx\r\n235 ok\r\n250 mx\r\n",
        "334 \r\n",
        "",
    ] {
        let outcome = hears(&config, script, server);
        assert!(!outcome.text().contains("AUTH") && !outcome.text().contains("MAIL"));
    }
}

#[test]
fn offers_before_tls_are_forgotten() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    let parts = vec![
        b"220 mx\r\n250-mx\r\n250-CHUNKING\r\n250-SIZE 9\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n220 go\r\n".to_vec(),
        b"250-mx\r\n250 8BITMIME\r\n".to_vec(),
    ];
    let outcome = session(&config, idle, &parts, false);
    assert_eq!(
        outcome.text(),
        "EHLO client.example\r\nSTARTTLS\r\nEHLO client.example\r\n"
    );
    let mut driver = after(
        &config,
        "220 mx\r\n250-mx\r\n250-CHUNKING\r\n250 STARTTLS\r\n220 go\r\n",
    );
    driver.upgrade();
    let _ = driver.feed(&parts[1]);
    let capabilities = driver.client.capabilities();
    assert!(driver.client.is_tls() && !capabilities.offers(Extension::Chunking));
    assert_eq!((capabilities.size, &*capabilities.auth), (None, ""));
}

/// Without the policy that demands it, a server without TLS is served in clear text.
#[test]
fn opportunistic_tls() {
    let mut config = relay();
    config.tls = TlsPolicy::StartTls;
    for server in [
        "220 mx\r\n250 mx\r\n",
        "220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 no\r\n",
    ] {
        assert_eq!(hears(&config, idle, server).count("ready"), 1);
    }
}

const AUTH: &str = "220 mx\r\n250-mx\r\n250 AUTH PLAIN LOGIN\r\n";

#[test]
fn auth() {
    let mut config = relay();
    let mut driver = after(&config, AUTH);
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NeedsTls));
    assert_eq!(driver.client.output(), b"");
    config.options.clear_text_auth = true;
    // Twice, and within a transaction.
    let mut driver = after(&config, AUTH);
    driver.client.auth("PLAIN", Some(b"")).unwrap();
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
    assert_eq!(driver.client.state(), State::Authenticating);
    let _ = driver.feed(b"535 5.7.8 no\r\n");
    assert!(!driver.client.is_authenticated());
    driver.client.auth("PLAIN", Some(b"x")).unwrap();
    let _ = driver.feed(b"235 2.7.0 yes\r\n");
    assert!(driver.client.is_authenticated());
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
    assert_eq!(
        driver.take_output(),
        b"EHLO client.example\r\nAUTH PLAIN =\r\nAUTH PLAIN eA==\r\n"
    );
    let mut driver = after(&config, AUTH);
    driver.client.mail_from(ReversePath::Null).unwrap();
    assert_eq!(driver.client.auth("PLAIN", None), Err(UsageError::NotNow));
}

#[test]
fn auth_challenges() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    let login = || {
        |moment: &Moment<'_>, client: &mut Client| {
            match moment {
                Moment::Event(Event::Ready) => client.auth("LOGIN", None).unwrap(),
                Moment::Event(Event::AuthChallenge(challenge)) => match challenge.as_bytes() {
                    b"Username:" => client.auth_response(b"tim").unwrap(),
                    b"Password:" => client.auth_response(b"").unwrap(),
                    _ => client.auth_cancel().unwrap(),
                },
                _ => {}
            }
            Vec::new()
        }
    };
    for (server, said) in [
        (
            "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 yes\r\n",
            "AUTH LOGIN\r\ndGlt\r\n\r\n",
        ),
        (
            "334 VXNlcm5hbWU6\r\n334 \r\n501 ok\r\n",
            "AUTH LOGIN\r\ndGlt\r\n*\r\n",
        ),
        ("334\r\n501 ok\r\n", "AUTH LOGIN\r\n*\r\n"),
        ("334 not base64!\r\n501 ok\r\n", "AUTH LOGIN\r\n*\r\n"),
    ] {
        let outcome = hears(&config, login, [AUTH, server].concat());
        assert_eq!(outcome.text(), format!("EHLO client.example\r\n{said}"));
        assert_eq!(outcome.end, Need::Answer, "{server}");
    }
    // A yes that comes before the response is none.
    let mut driver = Driver::new(&config, once(|client| client.auth("LOGIN", None).unwrap()));
    let need = driver.feed(
        [AUTH, "334 VXNlcm5hbWU6\r\n235 yes\r\n"]
            .concat()
            .as_bytes(),
    );
    assert_eq!(
        (need, driver.client.is_authenticated()),
        (Need::Answer, false)
    );
    assert_eq!(driver.feed(b""), Need::Answer);
    driver.client.auth_response(b"tim").unwrap();
    assert_eq!(driver.client.auth_response(b"tim"), Err(UsageError::NotNow));
    // QUIT may be queued in the middle.
    let mut driver = Driver::new(&config, once(|client| client.auth("LOGIN", None).unwrap()));
    let _ = driver.feed([AUTH, "334 \r\n"].concat().as_bytes());
    driver.client.quit().unwrap();
    driver.client.auth_cancel().unwrap();
    assert_eq!(driver.feed(b"501 ok\r\n221 bye\r\n"), Need::Close(Ok(())));
    assert!(
        driver
            .take_output()
            .ends_with(b"AUTH LOGIN\r\n*\r\nQUIT\r\n")
    );
}

/// RFC 4954 section 4: an initial response that makes the line too long waits for a challenge.
#[test]
fn auth_with_a_long_response() {
    let mut config = relay();
    config.options.clear_text_auth = true;
    let script = || once(|client| client.auth("PLAIN", Some(&[b'x'; 9_000])).unwrap());
    let outcome = hears(&config, script, [AUTH, "334 \r\n235 yes\r\n"].concat());
    let line = "eHh4".repeat(3_000);
    assert_eq!(
        outcome.text(),
        format!("EHLO client.example\r\nAUTH PLAIN\r\n{line}\r\n")
    );
    assert_eq!(outcome.count("challenge"), 0);
}

#[test]
fn xclient_starts_again() {
    let script = || {
        let mut done = false;
        move |moment: &Moment<'_>, client: &mut Client| {
            if let Moment::Event(Event::Ready) = moment
                && !std::mem::replace(&mut done, true)
            {
                let line = b"XCLIENT NAME=spike.example\r\n";
                client.command(&Command::parse(line).unwrap()).unwrap();
                client.noop().unwrap();
            }
            Vec::new()
        }
    };
    let server = "220 mx\r\n250-mx\r\n250-PIPELINING\r\n250 XCLIENT NAME\r\n220 again\r\n250 mx\r\n250 noop\r\n";
    let outcome = hears(&relay(), script, server);
    assert_eq!(
        outcome.text(),
        "EHLO client.example\r\nXCLIENT NAME=spike.example\r\nEHLO client.example\r\nNOOP\r\n"
    );
    assert_eq!(outcome.count("ready"), 2);
    let refused = "220 mx\r\n250-mx\r\n250 XCLIENT NAME\r\n550 no\r\n250 noop\r\n";
    assert_eq!(hears(&relay(), script, refused).count("ready"), 1);
}

/// What the server takes in one session (RFC 9422) is counted anew.
#[test]
fn xclient_counts_from_the_start() {
    let mut client = Client::new(relay());
    let hear = |client: &mut Client, text: &str| {
        let mut input = text.as_bytes();
        while let Step::Event(_) = client.poll(&mut input) {}
        assert!(input.is_empty(), "{text}");
        client.advance_output(usize::MAX);
    };
    let hello = "250-mx\r\n250-XCLIENT NAME\r\n250 LIMITS MAILMAX=1 RCPTDOMAINMAX=1\r\n";
    let envelope = |client: &mut Client, domain: &str| {
        client.mail_from(ReversePath::Null)?;
        client.rcpt_to(Mailbox::new(format!("b@{domain}")).unwrap())
    };
    hear(&mut client, &format!("220 mx\r\n{hello}"));
    assert_eq!(envelope(&mut client, "one.example"), Ok(0));
    client.rset().unwrap();
    hear(&mut client, "250 mail\r\n250 rcpt\r\n250 rset\r\n");
    assert_eq!(
        envelope(&mut client, "one.example"),
        Err(UsageError::LimitExceeded(ServiceLimit::MailMax))
    );
    let line = b"XCLIENT NAME=spike.example\r\n";
    client.command(&Command::parse(line).unwrap()).unwrap();
    hear(&mut client, &format!("220 again\r\n{hello}"));
    assert_eq!(envelope(&mut client, "two.example"), Ok(0));
}
