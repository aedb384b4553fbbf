//! A listening socket with a thread for each connection.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Ends an accept loop.
#[derive(Clone, Debug)]
pub struct Stop {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Stop {
    /// Lets the loop return; connections that are open go on.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // The loop sleeps in accept until somebody comes. If nobody can, it is over already.
        let _ = TcpStream::connect(self.address);
    }
}

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    stop: Stop,
}

impl Listener {
    /// Binds to `address`; port 0 takes a free one.
    ///
    /// # Errors
    ///
    /// If the address is not ours or not free.
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        let stop = Stop {
            address: socket.local_addr()?,
            stopped: Arc::default(),
        };
        Ok(Self { socket, stop })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.stop.address
    }

    /// Says so on standard output: scripts wait for this line.
    ///
    /// # Errors
    ///
    /// If standard output is closed.
    pub fn announce(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "listening on {}", self.address())?;
        out.flush()
    }

    /// What ends [`serve`](Self::serve) from another thread.
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// Calls `serve` on a thread of its own for each connection, until it is stopped.
    pub fn serve(self, serve: impl Fn(TcpStream, SocketAddr) + Send + Sync + 'static) {
        let serve = Arc::new(serve);
        while !self.stop.stopped.load(Ordering::SeqCst) {
            let (socket, peer) = match self.socket.accept() {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of descriptors, say: it passes when connections end.
                    eprintln!("accept: {error}");
                    thread::sleep(Duration::from_millis(100));
                    continue;
                }
            };
            if self.stop.stopped.load(Ordering::SeqCst) {
                break;
            }
            // Each answer is written whole; waiting for more would only delay it.
            let _ = socket.set_nodelay(true);
            let serve = Arc::clone(&serve);
            let started = thread::Builder::new().spawn(move || serve(socket, peer));
            if let Err(error) = started {
                eprintln!("{peer}: {error}");
            }
        }
    }
}
