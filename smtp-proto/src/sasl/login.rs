//! LOGIN, which no RFC defines: the server asks for the name and then for the password.

use alloc::string::String;

use super::{Credentials, Exchange, SaslError, SaslStep, Secret, check_name, utf8};

/// The client side of LOGIN: a name and a password in the clear, so under TLS only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginClient {
    authcid: String,
    /// Until it is sent.
    password: Option<Secret>,
    initial_response: bool,
    state: ClientState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientState {
    Start,
    /// The name went out as initial response; the server may not have taken it for one.
    NameUnasked,
    NameSent,
}

impl LoginClient {
    /// Authenticates `authcid` by `password`, waiting for the server to ask for each.
    ///
    /// # Errors
    /// [`SaslError::Empty`], or [`SaslError::ForbiddenCharacter`] for a control character.
    pub fn new(authcid: &str, password: &str) -> Result<Self, SaslError> {
        check_name(authcid)?;
        check_name(password)?;
        Ok(Self {
            authcid: String::from(authcid),
            password: Some(Secret::new(password)),
            initial_response: false,
            state: ClientState::Start,
        })
    }

    /// Sends the name as initial response, which saves a round trip and which not every server
    /// understands.
    #[must_use]
    pub const fn with_initial_response(mut self) -> Self {
        self.initial_response = true;
        self
    }
}

impl Exchange for LoginClient {
    fn mechanism(&self) -> &'static str {
        "LOGIN"
    }

    fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
        let name = |client: &Self| Ok(SaslStep::Send(client.authcid.clone().into_bytes()));
        match (self.state, incoming) {
            (ClientState::Start, None) if self.initial_response => {
                self.state = ClientState::NameUnasked;
                name(self)
            }
            (ClientState::Start, None) => Ok(SaslStep::Wait),
            (ClientState::Start, Some(_)) => {
                self.state = ClientState::NameSent;
                name(self)
            }
            // A server that ignores initial responses asks for the name all the same; the
            // password must not end up where names are logged.
            (ClientState::NameUnasked, Some(challenge)) if asks_for_name(challenge) => {
                self.state = ClientState::NameSent;
                name(self)
            }
            (ClientState::NameUnasked | ClientState::NameSent, Some(challenge)) => {
                if asks_for_name(challenge) {
                    return Err(SaslError::OutOfTurn);
                }
                let password = self.password.take().ok_or(SaslError::OutOfTurn)?;
                Ok(SaslStep::Send(password.0.into_bytes()))
            }
            (_, None) => Err(SaslError::OutOfTurn),
        }
    }

    fn is_complete(&self) -> bool {
        self.password.is_none()
    }
}

/// Whether a challenge is `Username:` or one of its variants.
fn asks_for_name(challenge: &[u8]) -> bool {
    challenge
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"user"))
}

/// The server side of LOGIN; the name may come as initial response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginServer(ServerState);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum ServerState {
    #[default]
    Start,
    Asked,
    Named(String),
    Over,
}

impl LoginServer {
    /// At the start of an exchange.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Exchange for LoginServer {
    fn mechanism(&self) -> &'static str {
        "LOGIN"
    }

    fn step(&mut self, incoming: Option<&[u8]>) -> Result<SaslStep, SaslError> {
        // A fault ends the exchange, so that is the state until proven otherwise.
        match (core::mem::replace(&mut self.0, ServerState::Over), incoming) {
            (ServerState::Start, None) => {
                self.0 = ServerState::Asked;
                Ok(SaslStep::Send(b"Username:".to_vec()))
            }
            (ServerState::Start | ServerState::Asked, Some(name)) => {
                let name = utf8(name)?;
                check_name(name)?;
                self.0 = ServerState::Named(String::from(name));
                Ok(SaslStep::Send(b"Password:".to_vec()))
            }
            (ServerState::Named(authcid), Some(password)) => {
                let password = utf8(password)?;
                check_name(password)?;
                Ok(SaslStep::Verify(Credentials::Password {
                    authzid: None,
                    authcid,
                    password: Secret::new(password),
                }))
            }
            _ => Err(SaslError::OutOfTurn),
        }
    }

    fn is_complete(&self) -> bool {
        self.0 == ServerState::Over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::unnecessary_wraps,
        reason = "compared with what a step returns"
    )]
    fn send(octets: &[u8]) -> Result<SaslStep, SaslError> {
        Ok(SaslStep::Send(octets.to_vec()))
    }

    /// Runs a client against a server and returns what the server is to verify.
    fn run(mut client: LoginClient) -> Credentials {
        let mut server = LoginServer::new();
        let mut message = match client.step(None).unwrap() {
            SaslStep::Send(message) => Some(message),
            SaslStep::Wait => None,
            step => panic!("{step:?}"),
        };
        loop {
            let challenge = match server.step(message.as_deref()).unwrap() {
                SaslStep::Send(challenge) => challenge,
                SaslStep::Verify(credentials) => {
                    assert!(client.is_complete());
                    return credentials;
                }
                step => panic!("{step:?}"),
            };
            assert!(!client.is_complete());
            message = match client.step(Some(&challenge)).unwrap() {
                SaslStep::Send(message) => Some(message),
                step => panic!("{step:?}"),
            };
        }
    }

    #[test]
    fn both_forms() {
        let expected = Credentials::Password {
            authzid: None,
            authcid: String::from("tim"),
            password: Secret::new("secret"),
        };
        let client = LoginClient::new("tim", "secret").unwrap();
        assert_eq!(run(client.clone()), expected);
        assert_eq!(run(client.with_initial_response()), expected);
    }

    #[test]
    fn the_password_is_never_the_answer_to_a_question_for_the_name() {
        let client = LoginClient::new("tim", "secret").unwrap();
        let mut first = client.clone().with_initial_response();
        assert_eq!(first.step(None), send(b"tim"));
        assert_eq!(first.step(Some(b"Username:")), send(b"tim"));
        assert_eq!(first.step(Some(b"Username:")), Err(SaslError::OutOfTurn));
        assert_eq!(first.step(Some(b"Password:")), send(b"secret"));
        assert_eq!(first.step(Some(b"Password:")), Err(SaslError::OutOfTurn));

        let mut second = client;
        assert_eq!(second.step(None), Ok(SaslStep::Wait));
        assert_eq!(second.step(Some(b"User Name\0")), send(b"tim"));
        assert_eq!(second.step(Some(b"user name\0")), Err(SaslError::OutOfTurn));
        assert_eq!(second.step(Some(b"Password\0")), send(b"secret"));
    }

    #[test]
    fn garbage() {
        let error = Err(SaslError::ForbiddenCharacter);
        assert_eq!(LoginClient::new("a\r\nb", "c"), error);
        assert_eq!(LoginClient::new("a", "\0"), error);
        assert_eq!(LoginServer::new().step(Some(b"")), Err(SaslError::Empty));
        let mut server = LoginServer::new();
        assert_eq!(server.step(None), send(b"Username:"));
        assert_eq!(server.step(Some(b"\xff")), Err(SaslError::InvalidUtf8));
        assert_eq!(server.step(Some(b"tim")), Err(SaslError::OutOfTurn));
    }
}
