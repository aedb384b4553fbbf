//! The common loop: partial writes, deadlines, TLS in mid-stream, and a peer that leaves.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use examples::machine::{App, Failure, Layer, Machine, Need, Step};
use examples::pump::Pump;
use examples::tls;
use examples::transport::Socket;
use examples::uppercase::Lines;

/// Lines, of which `STARTTLS` switches to TLS, on either side.
struct Toy {
    lines: Lines,
    upgrade: bool,
    secure: bool,
    /// What a client says first under TLS.
    secret: Option<&'static [u8]>,
    idle: Duration,
}

fn toy() -> Toy {
    Toy {
        lines: Lines::default(),
        upgrade: false,
        secure: false,
        secret: None,
        idle: Duration::from_secs(10),
    }
}

impl Machine for Toy {
    type Event<'i> = &'i [u8];
    type Error = io::Error;

    fn poll<'i>(&mut self, input: &mut &'i [u8]) -> Step<&'i [u8], io::Error> {
        if self.upgrade {
            return Step::Need(Need::Upgrade(Layer::Tls));
        }
        let step = self.lines.poll(input);
        self.upgrade = matches!(step, Step::Event(b"STARTTLS"));
        step
    }
    fn output(&self) -> &[u8] {
        self.lines.output()
    }
    fn advance_output(&mut self, n: usize) {
        self.lines.advance_output(n);
    }
    fn handle_eof(&mut self) {
        self.lines.handle_eof();
    }
    fn handle_timeout(&mut self) {
        self.lines.send(b"too slow");
        self.lines.close();
    }
    fn idle_timeout(&self) -> Duration {
        self.idle
    }
    fn layer_established(&mut self, _: Layer, unread: &[u8]) -> io::Result<()> {
        (self.upgrade, self.secure) = (false, true);
        if let Some(secret) = self.secret {
            self.lines.send(secret);
        }
        if unread.is_empty() {
            Ok(())
        } else {
            Err(io::Error::other("octets before TLS"))
        }
    }
}

/// Repeats every line, in capitals once it is secret.
struct Repeat;

impl App<Toy> for Repeat {
    fn on_event(&mut self, line: &[u8], toy: &mut Toy) -> Result<(), Failure> {
        toy.lines.send(&if toy.secure {
            line.to_ascii_uppercase()
        } else {
            line.to_vec()
        });
        Ok(())
    }
}

/// Sends these lines, each after the answer to the one before.
struct Say(Vec<&'static str>, Vec<String>);

impl App<Toy> for Say {
    fn on_event(&mut self, line: &[u8], toy: &mut Toy) -> Result<(), Failure> {
        self.1.push(String::from_utf8(line.to_vec())?);
        if line == b"STARTTLS" {
            return Ok(());
        }
        match self.0.pop() {
            Some(line) => toy.lines.send(line.as_bytes()),
            None => toy.lines.close(),
        }
        Ok(())
    }
}

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

#[test]
fn tls_in_mid_stream_and_from_the_start() {
    for implicit in [false, true] {
        let identity = tls::identity(&["localhost"]).unwrap();
        let client_end = tls::trusting("localhost", identity.certificate.clone()).unwrap();
        let (client, server) = pair();
        let server = thread::spawn(move || {
            let mut pump = Pump::new(server).tls(identity.end);
            let mut toy = toy();
            if implicit {
                pump.secure(toy.idle).unwrap();
                toy.secure = true;
            }
            pump.run(&mut toy, &mut Repeat).unwrap();
            toy.secure
        });
        let mut pump = Pump::new(client).tls(client_end);
        let mut toy = toy();
        let mut say = Say(vec![], vec![]);
        if implicit {
            pump.secure(toy.idle).unwrap();
        } else {
            say.0.push("STARTTLS");
            toy.secret = Some(b"secret");
        }
        toy.lines.send(b"open");
        pump.run(&mut toy, &mut say).unwrap();
        let expected: &[&str] = if implicit {
            &["OPEN"]
        } else {
            &["open", "STARTTLS", "SECRET"]
        };
        assert_eq!(say.1, expected);
        drop(pump);
        assert!(server.join().unwrap());
    }
}

#[test]
fn octets_that_make_no_progress_do_not_move_the_deadline() {
    let (mut client, server) = pair();
    let started = Instant::now();
    let server = thread::spawn(move || {
        let mut slow = toy();
        slow.idle = Duration::from_millis(300);
        Pump::new(server).run(&mut slow, &mut Repeat).unwrap();
    });
    client
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let mut heard = Vec::new();
    let mut buffer = [0; 64];
    while started.elapsed() < Duration::from_secs(5) {
        let _ = client.write(b"x");
        match client.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => heard.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    drop(client);
    server.join().unwrap();
    assert_eq!(heard, b"too slow\n");
    assert!(started.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_handshake_that_trickles_in_has_no_more_time() {
    let (mut client, server) = pair();
    let started = Instant::now();
    let server = thread::spawn(move || {
        let identity = tls::identity(&["localhost"]).unwrap();
        let mut pump = Pump::new(server).tls(identity.end);
        pump.secure(Duration::from_millis(300)).unwrap_err()
    });
    // The head of a record of 16,384 octets, and then one octet after the other.
    client.write_all(&[22, 3, 1, 64, 0]).unwrap();
    while started.elapsed() < Duration::from_secs(5) && client.write_all(&[1]).is_ok() {
        thread::sleep(Duration::from_millis(20));
    }
    let error = server.join().unwrap();
    let late = [ErrorKind::TimedOut, ErrorKind::WouldBlock];
    assert!(late.contains(&error.kind()), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// A socket that takes and gives a few octets at a time.
struct Drip<'a> {
    input: &'a [u8],
    output: Vec<u8>,
    breaks_at: usize,
    closed: Cell<bool>,
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(&mut buffer[..1])
    }
}

impl Write for Drip<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.output.len() >= self.breaks_at {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.output.extend(bytes.iter().take(3));
        Ok(bytes.len().min(3))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Socket for &mut Drip<'_> {
    fn set_timeout(&self, _: Duration) -> io::Result<()> {
        Ok(())
    }
    fn close_write(&self) -> io::Result<()> {
        self.closed.set(true);
        Ok(())
    }
}

#[test]
fn partial_reads_and_writes_lose_nothing() {
    let mut drip = Drip {
        input: b"first line\nsecond\nunfinished",
        output: Vec::new(),
        breaks_at: usize::MAX,
        closed: Cell::new(false),
    };
    Pump::new(&mut drip).run(&mut toy(), &mut Repeat).unwrap();
    assert_eq!(drip.output, b"first line\nsecond\n");
    assert!(drip.closed.get());
}

#[test]
fn what_a_peer_said_before_it_stopped_reading_is_heard() {
    let mut drip = Drip {
        input: b"421 closing\nlast words\n",
        output: Vec::new(),
        breaks_at: 3,
        closed: Cell::new(false),
    };
    let mut toy = toy();
    toy.lines.send(b"a long command");
    let mut say = Say(vec!["never sent"], vec![]);
    Pump::new(&mut drip).run(&mut toy, &mut say).unwrap();
    assert_eq!(say.1, ["421 closing", "last words"]);
    assert_eq!(drip.output, b"a l");
}
