//! The server and messages that come in chunks (RFC 3030).

mod util;

use smtp_proto::server::Config;
use smtp_proto::{Extension, Need, ProtocolError};
use util::server::{says, yes};

fn relay() -> Config {
    Config::smtp("mx.example")
}

const ENVELOPE: &str =
    "EHLO client.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";

/// Codes behind the greeting and EHLO.
fn codes_after_hello<S>(outcome: &util::Outcome<S>) -> Vec<u16> {
    outcome.codes()[2..].to_vec()
}

#[test]
fn bdat_chunks() {
    for (client, codes, message) in [
        (
            "BDAT 3\r\na\r\nBDAT 0\r\nBDAT 2 LAST\r\n.\n",
            &[250, 250, 250][..],
            Some("a\r\n.\n"),
        ),
        ("BDAT 0 LAST\r\n", &[250], Some("")),
        (
            "BDAT 5\r\n\r\n.\r\nbdat 0 last\r\n",
            &[250, 250],
            Some("\r\n.\r\n"),
        ),
        (
            "BDAT 2\r\nabDATA\r\nMAIL FROM:<>\r\nRCPT TO:<c@c.example>\r\nNOOP\r\nFOO\r\nBDAT 0 LAST\r\n",
            &[250, 503, 503, 503, 250, 500, 250],
            Some("ab"),
        ),
        (
            "BDAT 2\r\nabRSET\r\nBDAT 2 LAST\r\nab",
            &[250, 250, 503],
            None,
        ),
        (
            "BDAT 2\r\nabEHLO b\r\nRCPT TO:<c@c.example>\r\n",
            &[250, 250, 503],
            None,
        ),
        ("BDAT 2\r\nabQUIT\r\n", &[250, 221], None),
        (
            "DATA\r\nab\r\n.\r\nBDAT 2 LAST\r\nab",
            &[354, 250, 503],
            Some("ab\r\n"),
        ),
    ] {
        let outcome = says(&relay(), yes, format!("{ENVELOPE}{client}"));
        assert_eq!(codes_after_hello(&outcome)[2..], *codes, "{client}");
        assert_eq!(
            outcome
                .messages
                .first()
                .map(|message| String::from_utf8_lossy(message).into_owned())
                .as_deref(),
            message
        );
        assert_eq!(
            outcome.count("aborted Reset"),
            usize::from(message.is_none())
        );
    }
}

/// smtp-proto 0.2.5 read 99999999999999999999999 as 999.
#[test]
fn bdat_without_a_size_closes() {
    for size in [
        "99999999999999999999999",
        "18446744073709551616",
        "-1",
        "x",
        "",
        "0x10",
        "1 FIRST",
        "+1",
    ] {
        for before in ["", "BDAT 1\r\nx"] {
            let client = format!("{ENVELOPE}{before}BDAT {size}\r\nQUIT\r\n");
            let outcome = says(&relay(), yes, client);
            let error = ProtocolError::UnknownChunkSize;
            assert_eq!(outcome.end, Need::Close(Err(error)), "{size}");
            assert_eq!(*outcome.codes().last().unwrap(), 501);
            assert_eq!(
                outcome.count("aborted Closing"),
                usize::from(!before.is_empty())
            );
        }
    }
    // The largest size there is counts as any other that is too large.
    let client = format!("{ENVELOPE}BDAT 18446744073709551615\r\nQUIT\r\n");
    let outcome = says(&relay(), yes, client);
    assert_eq!((outcome.end, outcome.count("quit")), (Need::Input, 0));
    assert_eq!(*outcome.codes().last().unwrap(), 552);
}

#[test]
fn binary_needs_bdat() {
    let mut config = relay();
    config.capabilities.extensions.insert(Extension::BinaryMime);
    let client = "EHLO a\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<b@b.example>\r\nDATA\r\n\
        BDAT 4 LAST\r\n\r\0\n.";
    let outcome = says(&config, yes, client);
    assert_eq!(codes_after_hello(&outcome), [250, 250, 503, 250]);
    assert_eq!(outcome.messages, [b"\r\0\n."]);
}

/// What is refused between two chunks leaves the message as it was.
#[test]
fn refused_between_chunks() {
    let client = "EHLO a.example\r\nMAIL FROM:<>\r\nRCPT TO:<b@b.example>\r\nBDAT 2\r\nab\
        LHLO x\r\nSTARTTLS\r\nXCLIENT ADDR=192.0.2.1\r\nBDAT 0 LAST\r\n";
    let outcome = says(&relay(), yes, client.as_bytes());
    assert_eq!(
        outcome.codes(),
        [220, 250, 250, 250, 250, 500, 502, 503, 250]
    );
    assert_eq!(outcome.messages, [b"ab"]);
}

/// Where the octets of a chunk end is not known if its line is too long.
#[test]
fn a_chunk_of_unknown_size() {
    let mut config = relay();
    config.options.limits.command_line = 40;
    let spaces = " ".repeat(40);
    let client = format!("{ENVELOPE}BDAT{spaces}14 LAST\r\nRSET\r\nNOOP\r\n\r\n");
    let outcome = says(&config, yes, client.as_bytes());
    assert_eq!(codes_after_hello(&outcome), [250, 250, 500]);
}
