//! The shape that every stream machine of this workspace has, as a trait, so that one loop drives
//! them all. The crates do not share types: each one's machines are tied to it in `machines.rs`.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

/// What an application or the loop itself may fail with.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What a machine says when it is polled.
#[derive(Debug)]
pub enum Step<Event, Error> {
    /// Something happened.
    Event(Event),
    /// Nothing more happens until this is met.
    Need(Need<Error>),
}

/// Why there is no event now.
#[derive(Debug)]
pub enum Need<Error> {
    /// Bytes beyond those that were offered.
    Input,
    /// The output is above its mark and must be written before anything else.
    Flush,
    /// The application: a reply, a decision, a verb.
    Answer,
    /// An outgoing body wants about `room` octets.
    Body {
        /// How much the machine would take now.
        room: usize,
    },
    /// The application writes the next octets to the transport itself.
    Raw {
        /// How many octets are still due.
        remaining: u64,
    },
    /// The transport gets a new layer.
    Upgrade(Layer),
    /// The session is over; what is left in the output is a farewell.
    Close(Result<(), Error>),
}

/// A layer that is put between the machine and the socket in mid-stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layer {
    /// TLS, as STARTTLS begins it.
    Tls,
}

/// A stream machine: see the crates' `Server` and `Client` for what each call means.
pub trait Machine {
    /// What it reports; borrows the input.
    type Event<'i>;
    /// What ends a session badly.
    type Error: Error + Send + Sync + 'static;

    /// The next event, or why there is none; advances `input` past what was used.
    fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<Self::Event<'i>, Self::Error>;
    /// What is to be written.
    fn output(&self) -> &[u8];
    /// Drops the first `n` octets of the output: they were written.
    fn advance_output(&mut self, n: usize);
    /// The peer will send nothing more.
    fn handle_eof(&mut self);
    /// [`idle_timeout`](Self::idle_timeout) has passed without progress.
    fn handle_timeout(&mut self);
    /// How long the peer may take for its next step.
    fn idle_timeout(&self) -> Duration;
    /// The layer asked for is in place; `unread` was received before it and not consumed.
    ///
    /// # Errors
    ///
    /// If there must not be such octets, or no layer was due.
    fn layer_established(&mut self, layer: Layer, unread: &[u8]) -> Result<(), Self::Error>;
}

/// What a program does with a machine's events and needs.
///
/// The needs that a program never meets keep their default, which ends the session with an error.
pub trait App<M: Machine> {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// An error ends the session at once.
    fn on_event(&mut self, event: M::Event<'_>, machine: &mut M) -> Result<(), Failure>;

    /// Gives the answer or the verb that [`Need::Answer`] waits for; may block.
    ///
    /// # Errors
    ///
    /// An error ends the session at once.
    fn wait(&mut self, _machine: &mut M) -> Result<(), Failure> {
        Err("the machine waits for an answer that this program does not give".into())
    }

    /// Writes the next piece of the open body, about `room` octets, or finishes it.
    ///
    /// # Errors
    ///
    /// An error ends the session at once.
    fn next_chunk(&mut self, _room: usize, _machine: &mut M) -> Result<(), Failure> {
        Err("the machine waits for a body that this program does not have".into())
    }

    /// Writes up to `remaining` octets to `out` and tells the machine how many.
    ///
    /// # Errors
    ///
    /// An error ends the session at once.
    fn write_raw(
        &mut self,
        _remaining: u64,
        _out: &mut dyn Write,
        _machine: &mut M,
    ) -> Result<(), Failure> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }
}
