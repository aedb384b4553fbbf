//! The bearer-token mechanisms: OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2, with their error
//! dialogue: a server that refuses a token tells why in a challenge, which the client answers with
//! a dummy before the negative reply comes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::single::Message;
use super::{Credentials, Exchange, SaslError, SaslStep, Secret, Turn, check_name, utf8};
use crate::cursor::{VCHAR, all};
use crate::text::checked_text;

/// Between and behind the pairs of a message.
const SEPARATOR: char = '\x01';

/// Defines the two sides of one mechanism.
macro_rules! bearer {
    (
        $name:literal, $dummy:literal,
        $(#[$client_meta:meta])* $client:ident,
        $(#[$server_meta:meta])* $server:ident, $parse:path
    ) => {
        $(#[$client_meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $client {
            message: Message,
            error: Option<Vec<u8>>,
        }

        impl $client {
            /// What the server has said about why it refuses the token: JSON (RFC 7628 section
            /// 3.2.2), as it came.
            pub fn error(&self) -> Option<&[u8]> {
                self.error.as_deref()
            }
        }

        impl Exchange for $client {
            fn mechanism(&self) -> &str {
                $name
            }

            fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
                match incoming {
                    Some(error) if self.message.is_sent() && self.error.is_none() => {
                        self.error = Some(error.to_vec());
                        Ok(SaslStep::Send($dummy.to_vec()))
                    }
                    _ => self.message.step(incoming),
                }
            }

            fn is_complete(&self) -> bool {
                self.message.is_sent() && self.error.is_none()
            }
        }

        $(#[$server_meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $server {
            turn: Turn,
            refused: bool,
            scope: Option<Scope<'static>>,
        }

        impl $server {
            /// At the start of an exchange.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Tells a client whose token is refused for what it should have asked.
            #[must_use]
            pub fn with_scope(mut self, scope: Scope<'_>) -> Self {
                self.scope = Some(scope.into_owned());
                self
            }
        }

        impl Exchange for $server {
            fn mechanism(&self) -> &str {
                $name
            }

            fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
                if self.refused {
                    // The dummy; its content does not matter.
                    self.refused = false;
                    return Ok(SaslStep::Refuse);
                }
                let Some(message) = self.turn.message(incoming)? else {
                    return Ok(SaslStep::Send(Vec::new()));
                };
                match $parse(utf8(message)?)? {
                    Some(credentials) => Ok(SaslStep::Verify(credentials)),
                    None => {
                        self.refused = true;
                        Ok(SaslStep::Send(error_json(self.scope.as_ref())))
                    }
                }
            }

            fn is_complete(&self) -> bool {
                self.turn == Turn::Over && !self.refused
            }

            fn refuse(&mut self) -> Option<Vec<u8>> {
                self.refused = true;
                Some(error_json(self.scope.as_ref()))
            }
        }
    };
}

bearer! {
    "OAUTHBEARER", b"\x01",
    /// The client side of OAUTHBEARER: a token in the clear, so under TLS only.
    OAuthBearerClient,
    /// The server side of OAUTHBEARER.
    ///
    /// An empty `auth=` asks for the scope and is answered with the error dialogue.
    OAuthBearerServer, parse_oauthbearer
}

impl OAuthBearerClient {
    /// Presents `token`, to act as `authzid` or, without it, as whom the token is for.
    ///
    /// # Errors
    /// [`SaslError::Empty`], or [`SaslError::ForbiddenCharacter`] for a control character or, in
    /// the token, anything but visible ASCII.
    pub fn new(authzid: Option<&str>, token: &str) -> Result<Self, SaslError> {
        Self::build(authzid, None, token)
    }

    /// The same, and names the server and port that this client believes to be connected to, which
    /// some servers demand.
    ///
    /// # Errors
    /// As [`new`](Self::new); the host must be visible ASCII.
    pub fn with_host(
        authzid: Option<&str>,
        host: &str,
        port: u16,
        token: &str,
    ) -> Result<Self, SaslError> {
        check_visible(host)?;
        Self::build(authzid, Some((host, port)), token)
    }

    fn build(
        authzid: Option<&str>,
        host: Option<(&str, u16)>,
        token: &str,
    ) -> Result<Self, SaslError> {
        check_visible(token)?;
        let authzid = match authzid {
            Some(authzid) => {
                check_name(authzid)?;
                // `saslname` of RFC 5801 section 4.
                format!("a={}", authzid.replace('=', "=3D").replace(',', "=2C"))
            }
            None => String::new(),
        };
        let host = host.map_or_else(String::new, |(host, port)| {
            format!("host={host}{SEPARATOR}port={port}{SEPARATOR}")
        });
        Ok(Self {
            message: Message::new(format!(
                "n,{authzid},{SEPARATOR}{host}auth=Bearer {token}{SEPARATOR}{SEPARATOR}"
            )),
            error: None,
        })
    }
}

bearer! {
    "XOAUTH2", b"",
    /// The client side of XOAUTH2: a token in the clear, so under TLS only.
    XOAuth2Client,
    /// The server side of XOAUTH2.
    XOAuth2Server, parse_xoauth2
}

impl XOAuth2Client {
    /// Presents `token` for `user`.
    ///
    /// # Errors
    /// [`SaslError::Empty`], or [`SaslError::ForbiddenCharacter`] for a control character or, in
    /// the token, anything but visible ASCII.
    pub fn new(user: &str, token: &str) -> Result<Self, SaslError> {
        check_name(user)?;
        check_visible(token)?;
        Ok(Self {
            message: Message::new(format!(
                "user={user}{SEPARATOR}auth=Bearer {token}{SEPARATOR}{SEPARATOR}"
            )),
            error: None,
        })
    }
}

checked_text! {
    /// The scope that a token needs: words of visible ASCII without `"` and `\`, joined by spaces
    /// (RFC 6749 section 3.3).
    Scope, |octets| crate::text::on_text(octets, check_scope)
}

fn check_scope(text: &str) -> Result<(), crate::ParseError> {
    let word =
        |word: &str| !word.is_empty() && all(word.as_bytes(), VCHAR) && !word.contains(['"', '\\']);
    if text.split(' ').all(word) {
        Ok(())
    } else {
        Err(crate::ParseError::new(
            0,
            crate::ParseErrorKind::InvalidArgument,
        ))
    }
}

fn check_visible(text: &str) -> Result<(), SaslError> {
    if text.is_empty() {
        return Err(SaslError::Empty);
    }
    if all(text.as_bytes(), VCHAR) {
        Ok(())
    } else {
        Err(SaslError::ForbiddenCharacter)
    }
}

/// The error of RFC 7628 section 3.2.2; XOAUTH2 clients look no further than that it is JSON.
fn error_json(scope: Option<&Scope<'_>>) -> Vec<u8> {
    let scope = scope.map_or_else(String::new, |scope| format!(r#","scope":"{scope}""#));
    format!(r#"{{"status":"invalid_token","schemes":"bearer"{scope}}}"#).into_bytes()
}

/// The pairs that both mechanisms know.
#[derive(Default)]
struct Pairs<'m> {
    user: Option<&'m str>,
    auth: Option<&'m str>,
    host: Option<&'m str>,
    port: Option<&'m str>,
}

impl<'m> Pairs<'m> {
    /// Reads `key=value` pairs, each with a separator behind it, and the separator that ends them.
    fn parse(message: &'m str) -> Option<Self> {
        let mut pairs = Self::default();
        let list = message.strip_suffix(SEPARATOR)?;
        for pair in list.strip_suffix(SEPARATOR)?.split(SEPARATOR) {
            let (key, value) = pair.split_once('=')?;
            if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return None;
            }
            let slot = match key {
                "user" => &mut pairs.user,
                "auth" => &mut pairs.auth,
                "host" => &mut pairs.host,
                "port" => &mut pairs.port,
                // RFC 7628 section 3.1: unknown pairs are ignored.
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        Some(pairs)
    }

    /// The token, or `None` if `auth` is empty.
    fn token(&self) -> Result<Option<Secret>, SaslError> {
        let auth = self.auth.ok_or(SaslError::Malformed)?;
        if auth.is_empty() {
            return Ok(None);
        }
        let (scheme, token) = auth.split_once(' ').ok_or(SaslError::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(SaslError::Malformed);
        }
        check_visible(token)?;
        Ok(Some(Secret::new(token)))
    }
}

/// Reads a client response; `None` stands for one without a token.
fn parse_oauthbearer(message: &str) -> Result<Option<Credentials>, SaslError> {
    let (header, pairs) = message.split_once(SEPARATOR).ok_or(SaslError::Malformed)?;
    let authzid = parse_gs2(header)?;
    let pairs = Pairs::parse(pairs).ok_or(SaslError::Malformed)?;
    let port = pairs
        .port
        .map(|port| match port.parse() {
            Ok(number) if !port.starts_with(['0', '+']) => Ok(number),
            _ => Err(SaslError::Malformed),
        })
        .transpose()?;
    if let Some(host) = pairs.host {
        check_visible(host)?;
    }
    let host = pairs.host.map(String::from);
    Ok(pairs.token()?.map(|token| Credentials::Token {
        authzid,
        token,
        host,
        port,
    }))
}

/// Reads `gs2-header` (RFC 5801 section 4) without channel binding, which a bearer token has not.
fn parse_gs2(header: &str) -> Result<Option<String>, SaslError> {
    let mut parts = header.split(',');
    let (Some("n" | "y"), Some(authzid), Some(""), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SaslError::Malformed);
    };
    if authzid.is_empty() {
        return Ok(None);
    }
    let name = authzid.strip_prefix("a=").ok_or(SaslError::Malformed)?;
    let name = unescape(name).ok_or(SaslError::Malformed)?;
    check_name(&name)?;
    Ok(Some(name.into_owned()))
}

/// Undoes `=2C` and `=3D`, the only forms in which a `=` may stand.
fn unescape(name: &str) -> Option<Cow<'_, str>> {
    let mut parts = name.split('=');
    let first = parts.next()?;
    if first.len() == name.len() {
        return Some(Cow::Borrowed(name));
    }
    let mut text = String::from(first);
    for part in parts {
        let (c, rest) = match part.get(..2)? {
            "2C" => (',', part.get(2..)?),
            "3D" => ('=', part.get(2..)?),
            _ => return None,
        };
        text.push(c);
        text.push_str(rest);
    }
    Some(Cow::Owned(text))
}

fn parse_xoauth2(message: &str) -> Result<Option<Credentials>, SaslError> {
    let pairs = Pairs::parse(message).ok_or(SaslError::Malformed)?;
    let user = pairs.user.ok_or(SaslError::Malformed)?;
    check_name(user)?;
    Ok(pairs.token()?.map(|token| Credentials::Token {
        authzid: Some(String::from(user)),
        token,
        host: None,
        port: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

    fn token(authzid: &str, host: Option<(&str, u16)>, token: &str) -> SaslStep {
        SaslStep::Verify(Credentials::Token {
            authzid: Some(String::from(authzid)),
            token: Secret::new(token),
            host: host.map(|(host, _)| String::from(host)),
            port: host.map(|(_, port)| port),
        })
    }

    #[test]
    fn rfc_7628_section_4_1() {
        let message = format!(
            "n,a=user@example.com,\x01host=server.example.com\x01port=587\x01auth=Bearer {TOKEN}\x01\x01"
        );
        let user = Some("user@example.com");
        let mut client =
            OAuthBearerClient::with_host(user, "server.example.com", 587, TOKEN).unwrap();
        assert_eq!(
            client.step(None),
            Ok(SaslStep::Send(message.clone().into_bytes()))
        );
        assert!(client.is_complete());
        assert_eq!(
            OAuthBearerServer::new().step(Some(message.as_bytes())),
            Ok(token(
                "user@example.com",
                Some(("server.example.com", 587)),
                TOKEN
            ))
        );
    }

    #[test]
    fn rfc_7628_section_4_3() {
        let query =
            b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=\x01\x01";
        let scope = Scope::new("example_scope").unwrap();
        let mut server = OAuthBearerServer::new().with_scope(scope);
        let error = br#"{"status":"invalid_token","schemes":"bearer","scope":"example_scope"}"#;
        assert_eq!(server.step(Some(query)), Ok(SaslStep::Send(error.to_vec())));
        assert_eq!(server.step(Some(b"\x01")), Ok(SaslStep::Refuse));
        assert_eq!(server.step(Some(b"\x01")), Err(SaslError::OutOfTurn));
    }

    /// The dialogue of section 4.4, and the empty answer that XOAUTH2 wants instead of `^A`.
    #[test]
    fn error_dialogue() {
        let clients: [(&mut dyn Exchange, &mut dyn Exchange, &[u8]); 2] = [
            (
                &mut OAuthBearerClient::new(Some("a"), TOKEN).unwrap(),
                &mut OAuthBearerServer::new(),
                b"\x01",
            ),
            (
                &mut XOAuth2Client::new("a", TOKEN).unwrap(),
                &mut XOAuth2Server::new(),
                b"",
            ),
        ];
        for (client, server, dummy) in clients {
            let Ok(SaslStep::Send(message)) = client.step(None) else {
                panic!("no message");
            };
            assert_eq!(server.step(Some(&message)), Ok(token("a", None, TOKEN)));
            let error = server.refuse().unwrap();
            assert_eq!(
                client.step(Some(&error)),
                Ok(SaslStep::Send(dummy.to_vec()))
            );
            assert!(!client.is_complete());
            assert_eq!(client.step(Some(&error)), Err(SaslError::OutOfTurn));
            assert_eq!(server.step(Some(dummy)), Ok(SaslStep::Refuse));
        }
        let mut client = XOAuth2Client::new("a", "b").unwrap();
        client.step(Some(b"")).unwrap();
        client.step(Some(b"{}")).unwrap();
        assert_eq!(client.error(), Some(&b"{}"[..]));
    }

    #[test]
    fn names_are_escaped() {
        let mut client = OAuthBearerClient::new(Some("a=b,c"), "t").unwrap();
        let Ok(SaslStep::Send(message)) = client.step(None) else {
            panic!("no message");
        };
        assert_eq!(message, b"n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01");
        assert_eq!(
            OAuthBearerServer::new().step(Some(&message)),
            Ok(token("a=b,c", None, "t"))
        );
    }

    #[test]
    fn garbage() {
        let forbidden = SaslError::ForbiddenCharacter;
        assert_eq!(
            XOAuth2Client::new("a\x01auth=Bearer b", "t"),
            Err(forbidden)
        );
        assert_eq!(OAuthBearerClient::new(None, "a b"), Err(forbidden));
        assert_eq!(OAuthBearerClient::new(None, ""), Err(SaslError::Empty));
        assert_eq!(
            OAuthBearerClient::with_host(None, "h\x01", 1, "t"),
            Err(forbidden)
        );
        let malformed = [
            "",
            "\x01",
            "n,,\x01\x01",
            "n,user=a,\x01auth=Bearer t\x01\x01",
            "p=x,,\x01auth=Bearer t\x01\x01",
            "n,,\x01auth=Basic t\x01\x01",
            "n,,\x01auth=Bearer t\x01",
            "n,,\x01auth=Bearer t\x01auth=Bearer u\x01\x01",
            "n,a=b=2,\x01auth=Bearer t\x01\x01",
            "n,,\x01port=0587\x01auth=Bearer t\x01\x01",
            "n,,\x01port=65536\x01auth=Bearer t\x01\x01",
            "n,,\x01=\x01auth=Bearer t\x01\x01",
        ];
        for message in malformed {
            assert_eq!(
                OAuthBearerServer::new().step(Some(message.as_bytes())),
                Err(SaslError::Malformed),
                "{message:?}"
            );
        }
        // Unknown keys and the case of the scheme do not matter.
        assert!(matches!(
            OAuthBearerServer::new().step(Some(b"y,,\x01x=1\x01auth=BEARER t\x01\x01")),
            Ok(SaslStep::Verify(_))
        ));
        assert_eq!(
            XOAuth2Server::new().step(Some(b"auth=Bearer t\x01\x01")),
            Err(SaslError::Malformed)
        );
        assert!(Scope::new("a\"b").is_err());
    }
}
