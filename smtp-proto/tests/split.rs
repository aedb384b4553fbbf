//! However a transcript is cut into pieces, both machines make the same of it.

mod util;

use smtp_proto::client::{self, Transfer};
use smtp_proto::{HeloName, LineEnds, TlsPolicy, server};
use util::client::{Letter, letter, sends};
use util::server::yes;

/// What clients say, the parts parted by TLS.
const CLIENTS: &[&[&[u8]]] = &[
    &[b"EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n\
        Subject: x\r\n\r\n..dot\r\n..\r\nend\r\n.\r\nQUIT\r\n"],
    &[b"HELO a.example\r\nmail from: <>\r\nrcpt to: <postmaster>\r\ndata\r\n.\r\nRSET\r\nNOOP\r\n"],
    &[b"EHLO a\r\nMAIL FROM:<a@a.example> SIZE=9 BODY=8BITMIME\r\nRCPT TO:<b@b.example>\r\n\
        BDAT 5\r\n\r\n.\r\nBDAT 0\r\nBDAT 4 LAST\r\n.\r\n\nMAIL FROM:<>\r\nRCPT TO:<c@b.example>\r\n\
        BDAT 3\r\nabcRSET\r\nBDAT 6\r\nQUIT\r\nBDAT 2 LAST\r\nxyQUIT\r\n"],
    &[b"EHLO a\r\nAUTH PLAIN AGEAYg==\r\nAUTH PLAIN =\r\nSTARTTLS\r\n",
      b"MAIL FROM:<a@a.example>\r\nEHLO a\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@a.example>\r\n\
        RCPT TO:<b@b.example>\r\nDATA\r\nhello\r\n.\r\n"],
    &[b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<injected@a.example>\r\n"],
    &[b"EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nbare\nline\r\n..\r\n\
        .\r\nNOOP\r\nFOO\nNOOP\rQUIT\r\n\r\n\x00\r\nEHLO\r\n\xff\xfe\r\nVRFY a\r\nEXPN a\r\nHELP\r\nTURN\r\n"],
    &[b"EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nx\n.\r\nMAIL FROM:<s@m.example>\r\n\
        RCPT TO:<g@l.example>\r\nDATA\r\nspoof\r\n.\r\n"],
    &[b"BDAT 99999999999999999999999\r\nNOOP\r\n"],
    &[b"QUIT\r\nNOOP\r\n"],
    &[b"EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n\r\r\n.\r\n\r\n..\r\n\r.\r\n\n.\r\n"],
];

#[test]
fn server_in_every_mode() {
    for tls in [
        TlsPolicy::None,
        TlsPolicy::StartTls,
        TlsPolicy::Required,
        TlsPolicy::Implicit,
    ] {
        for line_ends in [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient] {
            for make in [server::Config::smtp, server::Config::submission] {
                let mut config = make("mx.example".to_string());
                config.tls = tls;
                config.options.line_ends = line_ends;
                config.capabilities.auth = "PLAIN LOGIN".into();
                for client in CLIENTS {
                    let parts = client.iter().map(|part| part.to_vec()).collect();
                    for eof in [false, true] {
                        util::server::session(&config, yes, &parts, eof);
                    }
                }
            }
        }
    }
}

#[test]
fn lmtp_server() {
    let config = server::Config::lmtp("mx.example");
    let client = b"EHLO a\r\nLHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n\
        RCPT TO:<c@b.example>\r\nDATA\r\nhello\r\n.\r\nMAIL FROM:<a@a.example>\r\n\
        RCPT TO:<b@b.example>\r\nRCPT TO:<c@b.example>\r\nDATA\r\nhel\nlo\r\n.\r\nQUIT\r\n";
    let outcome = util::server::session(&config, yes, &vec![client.to_vec()], true);
    assert_eq!(
        outcome.codes(),
        [
            220, 500, 250, 250, 250, 250, 354, 250, 250, 250, 250, 250, 354, 554, 554, 221
        ]
    );
}

const LETTERS: &[Letter] = &[
    letter(
        "a@a.example",
        &["b@b.example", "c@b.example"],
        b"Subject: x\r\n\r\n.\r\n..\r\nend",
    ),
    Letter {
        from: "",
        to: &["b@b.example"],
        body: b".\r\n",
        transfer: Transfer::Data,
    },
];

/// What servers say, the parts parted by TLS.
const SERVERS: &[&[&[u8]]] = &[
    &[b"220 mx\r\n250-mx\r\n250 PIPELINING\r\n250 a\r\n250 b\r\n250 c\r\n354 go\r\n250 d\r\n\
        250 a\r\n250 b\r\n354 go\r\n250 d\r\n221 bye\r\n"],
    &[b"220-mx\r\n220 hello\r\n500 what\r\n250 mx\r\n250 2.1.0 a\r\n550-5.1.1 no\r\n550 5.1.1 no\r\n250 c\r\n\
        354 go\r\n452 4.3.1 full\r\n250\r\n250 b\r\n354\r\n250 d\r\n221 bye\r\n"],
    &[b"220 mx\r\n250-mx\r\n250 PIPELINING\r\n550 a\r\n503 b\r\n503 c\r\n503 no\r\n250 a\r\n550 b\r\n354 go\r\n\
        554 no\r\n221 bye\r\n"],
    &[b"220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n", b"250-mx\r\n250 PIPELINING\r\n250 a\r\n250 b\r\n250 c\r\n421 bye\r\n"],
    &[b"220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n250 injected\r\n"],
    &[b"554 no\r\n221 bye\r\n"],
    &[b"220 mx\r\n250 mx\r\n250 a\r\n250-b\r\n251 c\r\n"],
    &[b"220 mx\r\n250 mx\r\n354 what\r\n"],
    &[b"220 mx\r\n250 mx\r\n550 a\r\n550 b\r\n221 c\r\n"],
    &[b"SSH-2.0-server\r\n"],
];

#[test]
fn client_in_every_mode() {
    for tls in [TlsPolicy::None, TlsPolicy::StartTls, TlsPolicy::Required] {
        for make in [client::Config::smtp, client::Config::lmtp] {
            let mut config = make(HeloName::new("a.example").unwrap());
            config.tls = tls;
            for helo_only in [false, true] {
                config.helo_only = helo_only;
                for server in SERVERS {
                    let parts = server.iter().map(|part| part.to_vec()).collect();
                    for eof in [false, true] {
                        util::client::session(&config, || sends(LETTERS), &parts, eof);
                    }
                }
            }
        }
    }
}
