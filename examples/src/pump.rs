//! The loop between a machine, an application and a socket: every program here and every session
//! test runs on it.

use std::io::{self, ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use crate::machine::{App, Failure, Layer, Machine, Need, Step};
use crate::trace::Trace;
use crate::transport::{Socket, TlsEnd, Transport};

/// How much is read at once.
const READ: usize = 16 * 1024;
/// How long a farewell may take, and how long we wait for the peer to close after it.
const GOODBYE: Duration = Duration::from_secs(1);

/// A connection with what a session on it needs besides the machine.
#[derive(Debug)]
pub struct Pump<S: Socket> {
    /// Empty only while a layer is being put on, or after that has failed.
    transport: Option<Transport<S>>,
    tls: Option<TlsEnd>,
    trace: Option<Trace>,
    input: Input,
    /// The last moment at which the session moved on. Octets alone do not move it on: a peer that
    /// sends one of them a minute runs into the deadline all the same.
    progress: Instant,
    /// The peer has stopped reading. What it sent before (a 421, say) is still worth reading.
    deaf: bool,
}

impl<S: Socket> Pump<S> {
    /// A connection in clear text.
    pub fn new(socket: S) -> Self {
        Self {
            transport: Some(Transport::new(socket)),
            tls: None,
            trace: None,
            input: Input::default(),
            progress: Instant::now(),
            deaf: false,
        }
    }

    /// Lets the machine switch to TLS in mid-stream.
    #[must_use]
    pub fn tls(mut self, end: TlsEnd) -> Self {
        self.tls = Some(end);
        self
    }

    /// Shows every line of the session.
    #[must_use]
    pub fn trace(mut self, trace: Option<Trace>) -> Self {
        self.trace = trace;
        self
    }

    /// Starts TLS now (implicit TLS); the whole handshake may take `limit`.
    ///
    /// # Errors
    ///
    /// If no TLS end was given or the handshake fails.
    pub fn secure(&mut self, limit: Duration) -> io::Result<()> {
        let (Some(end), Some(mut transport)) = (&self.tls, self.transport.take()) else {
            return Err(io::Error::other("TLS was not set up for this connection"));
        };
        transport.set_deadline(Instant::now() + limit);
        self.transport = Some(transport.secure(end)?);
        if let Some(trace) = &mut self.trace {
            trace.note("TLS");
        }
        Ok(())
    }

    /// Runs the session to its end.
    ///
    /// # Errors
    ///
    /// The machine's protocol error, the application's own, or that of the socket.
    pub fn run<M: Machine>(
        &mut self,
        machine: &mut M,
        app: &mut impl App<M>,
    ) -> Result<(), Failure> {
        self.progress = Instant::now();
        loop {
            let mut unread = self.input.unread();
            let before = unread.len();
            let need = loop {
                match machine.poll(&mut unread) {
                    Step::Event(event) => {
                        app.on_event(event, machine)?;
                        self.progress = Instant::now();
                    }
                    Step::Need(need) => break need,
                }
            };
            let used = before - unread.len();
            self.input.consume(used);

            if let Need::Close(result) = need {
                self.close(machine);
                return Ok(result?);
            }
            self.flush(machine)?;
            match need {
                Need::Input => self.receive(machine)?,
                // Nobody listens any more: hear the peer out instead of sending the rest.
                Need::Body { .. } | Need::Raw { .. } if self.deaf => self.receive(machine)?,
                Need::Answer => app.wait(machine)?,
                Need::Body { room } => app.next_chunk(room, machine)?,
                Need::Raw { remaining } => {
                    let limit = machine.idle_timeout();
                    let written = app.write_raw(remaining, &mut Raw { pump: self, limit }, machine);
                    // A peer that stopped reading is no fault of the application's.
                    if !self.deaf {
                        written?;
                    }
                }
                Need::Upgrade(layer @ Layer::Tls) => {
                    self.secure(machine.idle_timeout())?;
                    machine.layer_established(layer, self.input.unread())?;
                }
                Need::Flush | Need::Close(_) => continue,
            }
            // What the application took for itself is not held against the peer.
            if !matches!(need, Need::Input) {
                self.progress = Instant::now();
            }
        }
    }

    /// Writes the whole output. What a peer does not take is dropped: a farewell behind half a
    /// line would be read as part of it.
    fn flush<M: Machine>(&mut self, machine: &mut M) -> io::Result<()> {
        if machine.output().is_empty() {
            return Ok(());
        }
        while !machine.output().is_empty() && !self.deaf {
            self.arm(machine.idle_timeout())?;
            match self.write_some(machine.output()) {
                Ok(n) => machine.advance_output(n),
                Err(error) if is_timeout(&error) => {
                    self.deaf = true;
                    machine.handle_timeout();
                }
                Err(error) if is_gone(&error) => self.deaf = true,
                Err(error) => return Err(error),
            }
        }
        machine.advance_output(machine.output().len());
        self.progress = Instant::now();
        Ok(())
    }

    /// Waits for input until the deadline and tells the machine if there is none.
    fn receive<M: Machine>(&mut self, machine: &mut M) -> io::Result<()> {
        self.arm(machine.idle_timeout())?;
        let transport = self.transport.as_mut().ok_or(ErrorKind::NotConnected)?;
        match self.input.fill(transport) {
            Ok([]) => machine.handle_eof(),
            Ok(bytes) => {
                if let Some(trace) = &mut self.trace {
                    trace.received(bytes);
                }
            }
            Err(error) if is_timeout(&error) => machine.handle_timeout(),
            Err(error) if is_gone(&error) => machine.handle_eof(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Gives the socket what is left of `limit` since the last progress.
    fn arm(&mut self, limit: Duration) -> io::Result<()> {
        let transport = self.transport.as_mut().ok_or(ErrorKind::NotConnected)?;
        transport.set_deadline(self.progress + limit);
        Ok(())
    }

    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let transport = self.transport.as_mut().ok_or(ErrorKind::NotConnected)?;
        let n = match transport.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::Interrupted => 0,
            other => other?,
        };
        transport.flush()?;
        if let Some(trace) = &mut self.trace {
            trace.sent(bytes.get(..n).unwrap_or(bytes));
        }
        Ok(n)
    }

    /// Writes the farewell and waits a moment for the peer to close: a socket that is dropped with
    /// unread input resets the connection, and the farewell is lost with it. Failing here does not
    /// matter any more.
    fn close<M: Machine>(&mut self, machine: &mut M) {
        if !self.deaf
            && self.say_goodbye(machine.output()).is_ok()
            && let Some(trace) = &mut self.trace
        {
            trace.sent(machine.output());
        }
        machine.advance_output(machine.output().len());
    }

    fn say_goodbye(&mut self, farewell: &[u8]) -> io::Result<()> {
        let until = Instant::now() + GOODBYE;
        let transport = self.transport.as_mut().ok_or(ErrorKind::NotConnected)?;
        transport.set_deadline(until);
        transport.write_all(farewell)?;
        transport.close_write()?;
        let mut rest = [0; 4096];
        while matches!(transport.read(&mut rest), Ok(1..)) {}
        Ok(())
    }
}

/// The transport as [`App::write_raw`] sees it: each write has the peer's time, and is traced.
struct Raw<'a, S: Socket> {
    pump: &'a mut Pump<S>,
    limit: Duration,
}

impl<S: Socket> Write for Raw<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pump.progress = Instant::now();
        self.pump.arm(self.limit)?;
        let written = self.pump.write_some(bytes);
        if let Err(error) = &written {
            self.pump.deaf = is_timeout(error) || is_gone(error);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was received and not consumed, in one reused buffer.
#[derive(Debug, Default)]
struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    fn consume(&mut self, n: usize) {
        self.start += n;
    }

    /// Reads once, behind what is unread; what was read, empty at the end of the stream.
    fn fill(&mut self, from: &mut impl Read) -> io::Result<&[u8]> {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        // A line that does not fit makes the buffer grow; the machine's limits end that.
        self.bytes.resize(self.bytes.len().max(self.end + READ), 0);
        let n = from.read(&mut self.bytes[self.end..])?;
        let read = self.end..self.end + n;
        self.end = read.end;
        Ok(&self.bytes[read])
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// The peer has left without a word; TLS reports that as `UnexpectedEof`.
fn is_gone(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
    )
}
