//! SASL exchanges (RFC 4422) as they run inside AUTH (RFC 4954): the trait, its two sides of six
//! mechanisms, and the choice among what a server offers.
//!
//! Messages are octets here; base64, `=` for an empty initial response and `*` for giving up
//! belong to the protocol around them.
//!
//! ```
//! use smtp_proto::sasl::{Credentials, Exchange, PlainClient, SaslStep, server};
//!
//! let mut client = PlainClient::new(None, "tim", "tanstaaftanstaaf")?;
//! let SaslStep::Send(message) = client.step(None)? else { panic!() };
//! assert_eq!(message, b"\0tim\0tanstaaftanstaaf");
//!
//! let mut server = server("PLAIN").expect("built in");
//! let SaslStep::Verify(Credentials::Password { authcid, password, .. }) =
//!     server.step(Some(&message))? else { panic!() };
//! assert_eq!(authcid, "tim");
//! assert!(password.matches("tanstaaftanstaaf"));
//! # Ok::<(), smtp_proto::sasl::SaslError>(())
//! ```

mod choose;
mod login;
mod oauth;
mod single;

pub use choose::{Transport, choose};
pub use login::{LoginClient, LoginServer};
pub use oauth::{OAuthBearerClient, OAuthBearerServer, Scope, XOAuth2Client, XOAuth2Server};
pub use single::{
    AnonymousClient, AnonymousServer, ExternalClient, ExternalServer, PlainClient, PlainServer,
};

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use subtle::ConstantTimeEq as _;

/// One authentication, as one side of it sees it.
///
/// A value serves one exchange; a second attempt takes a new one.
pub trait Exchange {
    /// The name of the mechanism in upper case, such as `PLAIN`.
    fn mechanism(&self) -> &str;

    /// Takes what the other side sent and tells what to do.
    ///
    /// The first call of a client has `None`: it asks for the initial response. A client that is
    /// not asked for one is called with the server's first challenge at once. The first call of a
    /// server has the initial response, or `None` if there was none. All later calls have `Some`.
    ///
    /// # Errors
    /// [`SaslError`]: the exchange has failed; a client gives up with `*`, a server answers 501.
    fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError>;

    /// Client: whether the server may say now that the client is authenticated.
    ///
    /// A success that comes earlier, or from a server that has not proved itself to a mechanism
    /// in which it must, is to be treated as a failure.
    fn is_complete(&self) -> bool;

    /// Server: the credentials were not accepted. Returns a challenge to send before the negative
    /// reply where the mechanism has one; the client's answer to it is then passed to
    /// [`step`](Self::step), which returns [`SaslStep::Refuse`].
    fn refuse(&mut self) -> Option<Vec<u8>> {
        None
    }
}

/// What to do after [`Exchange::step`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaslStep {
    /// Send these octets: an initial response or an answer (client), a challenge (server).
    Send(Vec<u8>),
    /// Client: the server speaks first, so there is no initial response.
    Wait,
    /// Server: the exchange is over if these are good.
    Verify(Credentials),
    /// Server: the exchange is over and the answer is no.
    Refuse,
}

impl fmt::Debug for SaslStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(_) => f.write_str("Send(***)"),
            Self::Wait => f.write_str("Wait"),
            Self::Verify(credentials) => f.debug_tuple("Verify").field(credentials).finish(),
            Self::Refuse => f.write_str("Refuse"),
        }
    }
}

/// What a client has put forward and the application has to check.
///
/// Names and passwords are UTF-8 without control characters. They are not prepared (`SASLprep`,
/// RFC 4013); an application that compares with prepared ones does that itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// PLAIN and LOGIN.
    Password {
        /// Whom to act as; `None` is the user itself.
        authzid: Option<String>,
        /// Whose password it is.
        authcid: String,
        /// The password.
        password: Secret,
    },
    /// XOAUTH2 and OAUTHBEARER.
    Token {
        /// Whom to act as; `None` is whom the token is for.
        authzid: Option<String>,
        /// The bearer token (RFC 6750).
        token: Secret,
        /// The host that the client believes to speak to (RFC 7628 section 3.1).
        host: Option<String>,
        /// The port that the client believes to speak to.
        port: Option<u16>,
    },
    /// EXTERNAL: what the connection itself proves, such as a TLS client certificate.
    External {
        /// Whom to act as; `None` is whom the certificate names.
        authzid: Option<String>,
    },
    /// ANONYMOUS: nobody in particular.
    Anonymous {
        /// A mail address or a word for the log, unverified.
        trace: Option<String>,
    },
}

/// A password or token: not printed, and compared in time that depends on its length alone.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is `other`, in constant time.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// One message of an exchange as a machine hands it over: it may hold a password, so `Debug` shows
/// nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct SaslMessage(pub(crate) Vec<u8>);

impl SaslMessage {
    /// The octets, without base64.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SaslMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaslMessage(***)")
    }
}

/// Why an exchange has failed, or cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SaslError {
    /// The message does not follow the mechanism's grammar.
    #[error("malformed message")]
    Malformed,
    /// The message is not UTF-8.
    #[error("message is not UTF-8")]
    InvalidUtf8,
    /// A message where none is due.
    #[error("message out of turn")]
    OutOfTurn,
    /// A control character, or another one that the field cannot hold.
    #[error("character not allowed")]
    ForbiddenCharacter,
    /// A name, password or token without any character.
    #[error("empty")]
    Empty,
    /// Longer than the mechanism allows.
    #[error("too long")]
    TooLong,
}

/// The mechanisms for which both sides are built in, strongest first.
pub const MECHANISMS: [&str; 6] = [
    "EXTERNAL",
    "OAUTHBEARER",
    "XOAUTH2",
    "PLAIN",
    "LOGIN",
    "ANONYMOUS",
];

/// The server side of the built-in mechanism that `mechanism` names, in any case.
pub fn server(mechanism: &str) -> Option<Box<dyn Exchange + Send + Sync>> {
    let name = MECHANISMS
        .iter()
        .find(|name| name.eq_ignore_ascii_case(mechanism))?;
    Some(match *name {
        "EXTERNAL" => Box::new(ExternalServer::new()),
        "OAUTHBEARER" => Box::new(OAuthBearerServer::new()),
        "XOAUTH2" => Box::new(XOAuth2Server::new()),
        "PLAIN" => Box::new(PlainServer::new()),
        "LOGIN" => Box::new(LoginServer::new()),
        _ => Box::new(AnonymousServer::new()),
    })
}

/// Demands a text that is not empty and holds no control character.
///
/// RFC 4616 itself forbids only NUL, but the preparation that it demands (RFC 4013 section 2.3)
/// fails for all of them.
fn check_name(text: &str) -> Result<(), SaslError> {
    if text.is_empty() {
        return Err(SaslError::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(SaslError::ForbiddenCharacter);
    }
    Ok(())
}

fn utf8(message: &[u8]) -> Result<&str, SaslError> {
    core::str::from_utf8(message).map_err(|_| SaslError::InvalidUtf8)
}

/// A name that a message leaves empty to say that there is none.
fn optional_name(text: &str) -> Result<Option<String>, SaslError> {
    if text.is_empty() {
        return Ok(None);
    }
    check_name(text)?;
    Ok(Some(String::from(text)))
}

/// How far a server is that waits for one message, which may be the initial response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Start,
    Asked,
    Over,
}

impl Turn {
    /// The client's message, or `None` if it is to be asked for.
    fn message<'m>(&mut self, incoming: Option<&'m [u8]>) -> Result<Option<&'m [u8]>, SaslError> {
        match (*self, incoming) {
            (Self::Start, None) => *self = Self::Asked,
            (Self::Start | Self::Asked, Some(_)) => *self = Self::Over,
            _ => return Err(SaslError::OutOfTurn),
        }
        Ok(incoming)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "***");
        let step = SaslStep::Verify(Credentials::Password {
            authzid: None,
            authcid: "tim".to_string(),
            password: secret,
        });
        assert!(!format!("{step:?}").contains("hunter2"));
        let step = SaslStep::Send(b"hunter2".to_vec());
        assert_eq!(format!("{step:?}"), "Send(***)");
        let client = PlainClient::new(None, "tim", "hunter2").unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
        let client = LoginClient::new("tim", "hunter2").unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
        let client = XOAuth2Client::new("tim", "hunter2").unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
        let client = OAuthBearerClient::new(None, "hunter2").unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
    }

    #[test]
    fn secrets_compare() {
        assert!(Secret::new("a").matches("a"));
        assert!(!Secret::new("a").matches("b"));
        assert!(!Secret::new("a").matches("aa"));
        assert_ne!(Secret::new(""), Secret::new("x"));
    }

    #[test]
    fn a_server_for_each_name() {
        for name in MECHANISMS {
            let server = server(&name.to_ascii_lowercase()).unwrap();
            assert_eq!(server.mechanism(), name);
        }
        assert!(server("SCRAM-SHA-1").is_none());
    }

    /// No prefix and no single damaged octet of a good message makes a server panic, and a
    /// truncated one is never taken for another user's credentials.
    #[test]
    fn damaged_messages() {
        let messages: [(&str, &[u8]); 5] = [
            ("PLAIN", b"Ursel\0Kurt\0xipj3plmq"),
            ("XOAUTH2", b"user=a@b.example\x01auth=Bearer abc\x01\x01"),
            (
                "OAUTHBEARER",
                b"n,a=a@b.example,\x01host=h\x01port=1\x01auth=Bearer abc\x01\x01",
            ),
            ("EXTERNAL", b"fred@example.com"),
            ("ANONYMOUS", b"sirhc"),
        ];
        for (name, message) in messages {
            assert!(matches!(
                server(name).unwrap().step(Some(message)),
                Ok(SaslStep::Verify(_))
            ));
            for end in 0..message.len() {
                let step = server(name).unwrap().step(message.get(..end));
                if name.contains("OAUTH") {
                    assert_eq!(step, Err(SaslError::Malformed), "{name} {end}");
                }
            }
            for at in 0..message.len() {
                for value in [0, 1, b'\n', b',', b'=', 0x80, 0xff] {
                    let mut damaged = message.to_vec();
                    damaged[at] = value;
                    let _ = server(name).unwrap().step(Some(&damaged));
                }
            }
            let mut over = server(name).unwrap();
            over.step(Some(message)).unwrap();
            assert_eq!(over.step(Some(message)), Err(SaslError::OutOfTurn));
            let mut twice = server(name).unwrap();
            assert_eq!(twice.step(None), Ok(SaslStep::Send(Vec::new())));
            assert_eq!(twice.step(None), Err(SaslError::OutOfTurn));
        }
    }
}
