//! The mechanisms of one message: PLAIN (RFC 4616), EXTERNAL (RFC 4422 appendix A) and ANONYMOUS
//! (RFC 4505).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Credentials, Exchange, SaslError, SaslStep, Secret, Turn, check_name};
use super::{optional_name, utf8};
use crate::address::Mailbox;

/// The message of a client that has nothing more to say than that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message(Option<Secret>);

impl Message {
    pub(super) fn new(text: String) -> Self {
        Self(Some(Secret(text)))
    }

    pub(super) const fn is_sent(&self) -> bool {
        self.0.is_none()
    }

    /// Gives the message out once, unasked or for an empty challenge.
    pub(super) fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
        if incoming.is_some_and(|challenge| !challenge.is_empty()) {
            return Err(SaslError::OutOfTurn);
        }
        let message = self.0.take().ok_or(SaslError::OutOfTurn)?;
        Ok(SaslStep::Send(message.0.into_bytes()))
    }
}

/// Defines the two sides of a mechanism whose client sends one message.
macro_rules! single {
    (
        $name:literal,
        $(#[$client_meta:meta])* $client:ident,
        $(#[$server_meta:meta])* $server:ident, $parse:path
    ) => {
        $(#[$client_meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $client(Message);

        impl Exchange for $client {
            fn mechanism(&self) -> &str {
                $name
            }

            fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
                self.0.step(incoming)
            }

            fn is_complete(&self) -> bool {
                self.0.is_sent()
            }
        }

        $(#[$server_meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $server(Turn);

        impl $server {
            /// At the start of an exchange.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl Exchange for $server {
            fn mechanism(&self) -> &str {
                $name
            }

            fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
                match self.0.message(incoming)? {
                    None => Ok(SaslStep::Send(Vec::new())),
                    Some(message) => $parse(utf8(message)?).map(SaslStep::Verify),
                }
            }

            fn is_complete(&self) -> bool {
                self.0 == Turn::Over
            }
        }
    };
}

single! {
    "PLAIN",
    /// The client side of PLAIN: a name and a password in the clear, so under TLS only.
    PlainClient,
    /// The server side of PLAIN.
    PlainServer, parse_plain
}

impl PlainClient {
    /// Authenticates `authcid` by `password`, to act as `authzid` or, without it, as itself.
    ///
    /// # Errors
    /// [`SaslError::Empty`], or [`SaslError::ForbiddenCharacter`] for a control character.
    pub fn new(authzid: Option<&str>, authcid: &str, password: &str) -> Result<Self, SaslError> {
        if let Some(authzid) = authzid {
            check_name(authzid)?;
        }
        check_name(authcid)?;
        check_name(password)?;
        let authzid = authzid.unwrap_or_default();
        Ok(Self(Message::new(format!(
            "{authzid}\0{authcid}\0{password}"
        ))))
    }
}

fn parse_plain(message: &str) -> Result<Credentials, SaslError> {
    let mut parts = message.split('\0');
    let (Some(authzid), Some(authcid), Some(password), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SaslError::Malformed);
    };
    check_name(authcid)?;
    check_name(password)?;
    Ok(Credentials::Password {
        authzid: optional_name(authzid)?,
        authcid: String::from(authcid),
        password: Secret::new(password),
    })
}

single! {
    "EXTERNAL",
    /// The client side of EXTERNAL: a client certificate or the like has said who this is.
    ExternalClient,
    /// The server side of EXTERNAL.
    ExternalServer, parse_external
}

impl ExternalClient {
    /// Asks to act as `authzid` or, without it, as whom the server takes the client for.
    ///
    /// # Errors
    /// [`SaslError::Empty`], or [`SaslError::ForbiddenCharacter`] for a control character.
    pub fn new(authzid: Option<&str>) -> Result<Self, SaslError> {
        if let Some(authzid) = authzid {
            check_name(authzid)?;
        }
        Ok(Self(Message::new(String::from(
            authzid.unwrap_or_default(),
        ))))
    }
}

fn parse_external(message: &str) -> Result<Credentials, SaslError> {
    Ok(Credentials::External {
        authzid: optional_name(message)?,
    })
}

single! {
    "ANONYMOUS",
    /// The client side of ANONYMOUS.
    AnonymousClient,
    /// The server side of ANONYMOUS.
    AnonymousServer, parse_anonymous
}

impl AnonymousClient {
    /// Leaves `trace`, a mail address or a word of up to 255 characters without `@`, for the log.
    ///
    /// # Errors
    /// [`SaslError::Empty`], [`SaslError::TooLong`], [`SaslError::ForbiddenCharacter`] for a
    /// control character, or [`SaslError::Malformed`] for an `@` that is not part of an address.
    pub fn new(trace: Option<&str>) -> Result<Self, SaslError> {
        if let Some(trace) = trace {
            check_trace(trace)?;
        }
        Ok(Self(Message::new(String::from(trace.unwrap_or_default()))))
    }
}

fn parse_anonymous(message: &str) -> Result<Credentials, SaslError> {
    if message.is_empty() {
        return Ok(Credentials::Anonymous { trace: None });
    }
    check_trace(message)?;
    Ok(Credentials::Anonymous {
        trace: Some(String::from(message)),
    })
}

fn check_trace(trace: &str) -> Result<(), SaslError> {
    check_name(trace)?;
    if trace.contains('@') {
        return Mailbox::new(trace)
            .map(drop)
            .map_err(|_| SaslError::Malformed);
    }
    // RFC 4505 section 2 counts characters, not octets.
    if trace.chars().count() > 255 {
        return Err(SaslError::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    fn verify(server: &mut dyn Exchange, message: &[u8]) -> Result<Credentials, SaslError> {
        match server.step(Some(message))? {
            SaslStep::Verify(credentials) => Ok(credentials),
            step => panic!("{step:?}"),
        }
    }

    fn password(authzid: Option<&str>, authcid: &str, password: &str) -> Credentials {
        Credentials::Password {
            authzid: authzid.map(String::from),
            authcid: authcid.to_string(),
            password: Secret::new(password),
        }
    }

    #[test]
    fn plain_rfc_4616_examples() {
        let mut client = PlainClient::new(None, "tim", "tanstaaftanstaaf").unwrap();
        assert!(!client.is_complete());
        // Without an initial response, as in the first example: the server sends an empty challenge.
        assert_eq!(
            client.step(Some(b"")),
            Ok(SaslStep::Send(b"\0tim\0tanstaaftanstaaf".to_vec()))
        );
        assert!(client.is_complete());
        assert_eq!(client.step(Some(b"")), Err(SaslError::OutOfTurn));

        let mut client = PlainClient::new(Some("Ursel"), "Kurt", "xipj3plmq").unwrap();
        assert_eq!(
            client.step(None),
            Ok(SaslStep::Send(b"Ursel\0Kurt\0xipj3plmq".to_vec()))
        );

        assert_eq!(
            verify(&mut PlainServer::new(), b"\0tim\0tanstaaftanstaaf"),
            Ok(password(None, "tim", "tanstaaftanstaaf"))
        );
        assert_eq!(
            verify(&mut PlainServer::new(), b"Ursel\0Kurt\0xipj3plmq"),
            Ok(password(Some("Ursel"), "Kurt", "xipj3plmq"))
        );
    }

    #[test]
    fn plain_refuses_injection() {
        for bad in ["a\0b", "a\r\nb", "a\x7f", "\u{85}"] {
            let error = Err(SaslError::ForbiddenCharacter);
            assert_eq!(PlainClient::new(Some(bad), "a", "a"), error);
            assert_eq!(PlainClient::new(None, bad, "a"), error);
            assert_eq!(PlainClient::new(None, "a", bad), error);
        }
        assert_eq!(PlainClient::new(None, "", "a"), Err(SaslError::Empty));
        assert_eq!(PlainClient::new(None, "a", ""), Err(SaslError::Empty));
        assert_eq!(PlainClient::new(Some(""), "a", "a"), Err(SaslError::Empty));
    }

    #[test]
    fn plain_server_refuses_garbage() {
        let cases: [(&[u8], SaslError); 8] = [
            (b"", SaslError::Malformed),
            (b"tim", SaslError::Malformed),
            (b"\0tim", SaslError::Malformed),
            (b"\0tim\0", SaslError::Empty),
            (b"\0\0secret", SaslError::Empty),
            (b"\0tim\0secret\0", SaslError::Malformed),
            (b"\0tim\0\xff", SaslError::InvalidUtf8),
            (b"\0t\nim\0secret", SaslError::ForbiddenCharacter),
        ];
        for (message, error) in cases {
            assert_eq!(verify(&mut PlainServer::new(), message), Err(error));
        }
    }

    #[test]
    fn plain_takes_long_fields() {
        let long = "x".repeat(255);
        let mut client = PlainClient::new(Some(&long), &long, &long).unwrap();
        let Ok(SaslStep::Send(message)) = client.step(None) else {
            panic!("no message");
        };
        assert_eq!(
            verify(&mut PlainServer::new(), &message),
            Ok(password(Some(&long), &long, &long))
        );
    }

    #[test]
    fn a_challenge_with_content_is_not_answered() {
        let mut client = PlainClient::new(None, "tim", "secret").unwrap();
        assert_eq!(client.step(Some(b"hello")), Err(SaslError::OutOfTurn));
        assert!(!client.is_complete());
    }

    #[test]
    fn external_rfc_4422_examples() {
        let mut server = ExternalServer::new();
        assert_eq!(server.step(None), Ok(SaslStep::Send(Vec::new())));
        let mut client = ExternalClient::new(None).unwrap();
        assert_eq!(client.step(Some(b"")), Ok(SaslStep::Send(Vec::new())));
        assert_eq!(
            verify(&mut server, b""),
            Ok(Credentials::External { authzid: None })
        );

        let mut client = ExternalClient::new(Some("fred@example.com")).unwrap();
        assert_eq!(
            client.step(None),
            Ok(SaslStep::Send(b"fred@example.com".to_vec()))
        );
        assert_eq!(
            verify(&mut ExternalServer::new(), b"fred@example.com"),
            Ok(Credentials::External {
                authzid: Some("fred@example.com".to_string())
            })
        );
        assert_eq!(
            verify(&mut ExternalServer::new(), b"a\0b"),
            Err(SaslError::ForbiddenCharacter)
        );
    }

    #[test]
    fn anonymous_rfc_4505_example() {
        let mut client = AnonymousClient::new(Some("sirhc")).unwrap();
        assert_eq!(client.step(None), Ok(SaslStep::Send(b"sirhc".to_vec())));
        assert_eq!(
            verify(&mut AnonymousServer::new(), b"sirhc"),
            Ok(Credentials::Anonymous {
                trace: Some("sirhc".to_string())
            })
        );
        assert_eq!(
            verify(&mut AnonymousServer::new(), b""),
            Ok(Credentials::Anonymous { trace: None })
        );
        assert!(AnonymousClient::new(Some("a@b.example")).is_ok());
        assert_eq!(
            AnonymousClient::new(Some("a@b@c")),
            Err(SaslError::Malformed)
        );
        // 255 characters of two octets each.
        assert!(AnonymousClient::new(Some(&"é".repeat(255))).is_ok());
        assert_eq!(
            AnonymousClient::new(Some(&"é".repeat(256))),
            Err(SaslError::TooLong)
        );
    }
}
