//! A socket, in clear text or under TLS (RFC 8446), and the switch between the two.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, ServerConfig, ServerConnection, StreamOwned,
};

/// A byte stream whose reads and writes can be bounded in time.
pub trait Socket: Read + Write {
    /// Lets every later read and write fail with `WouldBlock` or `TimedOut` after `limit`.
    ///
    /// # Errors
    ///
    /// If the socket refuses the option.
    fn set_timeout(&self, limit: Duration) -> io::Result<()>;
    /// Tells the peer that nothing more will be sent; reading goes on.
    ///
    /// # Errors
    ///
    /// If the connection is gone already.
    fn close_write(&self) -> io::Result<()>;
}

impl Socket for TcpStream {
    fn set_timeout(&self, limit: Duration) -> io::Result<()> {
        // Zero would mean "for ever".
        let limit = Some(limit.max(Duration::from_millis(1)));
        self.set_read_timeout(limit)?;
        self.set_write_timeout(limit)
    }

    fn close_write(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

/// A socket on which nothing goes on beyond a deadline, however many reads and writes it takes: a
/// TLS handshake or record that trickles in has no more time than one that comes at once.
#[derive(Debug)]
pub struct Timed<S> {
    socket: S,
    deadline: Instant,
}

impl<S: Socket> Timed<S> {
    fn arm(&self) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.socket.set_timeout(left)
    }
}

impl<S: Socket> Read for Timed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.arm()?;
        self.socket.read(buffer)
    }
}

impl<S: Socket> Write for Timed<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.arm()?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// Our side of a TLS handshake.
#[derive(Clone, Debug)]
pub enum TlsEnd {
    /// We connect to the server of this name.
    Client(Arc<ClientConfig>, ServerName<'static>),
    /// We have the certificate.
    Server(Arc<ServerConfig>),
}

/// The stream under a session.
#[derive(Debug)]
pub enum Transport<S: Socket> {
    /// Clear text.
    Plain(Timed<S>),
    /// TLS; we connected.
    TlsClient(Box<StreamOwned<ClientConnection, Timed<S>>>),
    /// TLS; we were connected to.
    TlsServer(Box<StreamOwned<ServerConnection, Timed<S>>>),
}

impl<S: Socket> Transport<S> {
    /// A socket in clear text, with no time for anything yet.
    pub fn new(socket: S) -> Self {
        Self::Plain(Timed {
            socket,
            deadline: Instant::now(),
        })
    }

    /// Sets the moment by which all that follows must be over.
    pub fn set_deadline(&mut self, deadline: Instant) {
        let timed = match self {
            Self::Plain(socket) => socket,
            Self::TlsClient(tls) => &mut tls.sock,
            Self::TlsServer(tls) => &mut tls.sock,
        };
        timed.deadline = deadline;
    }

    /// Puts TLS on a clear stream and shakes hands.
    ///
    /// # Errors
    ///
    /// If the handshake fails, or the stream is under TLS already.
    pub fn secure(self, end: &TlsEnd) -> io::Result<Self> {
        let Self::Plain(mut socket) = self else {
            return Err(io::Error::other("the connection is under TLS already"));
        };
        Ok(match end {
            TlsEnd::Client(config, name) => {
                let mut tls = ClientConnection::new(Arc::clone(config), name.clone())
                    .map_err(io::Error::other)?;
                handshake(&mut tls, &mut socket)?;
                Self::TlsClient(Box::new(StreamOwned::new(tls, socket)))
            }
            TlsEnd::Server(config) => {
                let mut tls =
                    ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                handshake(&mut tls, &mut socket)?;
                Self::TlsServer(Box::new(StreamOwned::new(tls, socket)))
            }
        })
    }

    /// The socket under whatever layer there is.
    pub fn socket(&self) -> &S {
        match self {
            Self::Plain(timed) => &timed.socket,
            Self::TlsClient(tls) => &tls.sock.socket,
            Self::TlsServer(tls) => &tls.sock.socket,
        }
    }

    /// Says goodbye on every layer; reading goes on.
    ///
    /// # Errors
    ///
    /// If the connection is gone already.
    pub fn close_write(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => {}
            Self::TlsClient(tls) => tls.conn.send_close_notify(),
            Self::TlsServer(tls) => tls.conn.send_close_notify(),
        }
        self.flush()?;
        self.socket().close_write()
    }
}

/// Drives the handshake to its end: after STARTTLS the session goes on only under TLS.
fn handshake<Side>(
    tls: &mut ConnectionCommon<Side>,
    socket: &mut (impl Read + Write),
) -> io::Result<()> {
    while tls.is_handshaking() {
        tls.complete_io(socket)?;
    }
    Ok(())
}

impl<S: Socket> Read for Transport<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::TlsClient(tls) => tls.read(buffer),
            Self::TlsServer(tls) => tls.read(buffer),
        }
    }
}

impl<S: Socket> Write for Transport<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::TlsClient(tls) => tls.write(bytes),
            Self::TlsServer(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::TlsClient(tls) => tls.flush(),
            Self::TlsServer(tls) => tls.flush(),
        }
    }
}
