//! Says every line back in capitals: how to put a protocol of your own on the common loop.
//!
//! `uppercase serve --tcp` in one terminal, `echo hello | uppercase ask --tcp` in another.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use examples::args;
use examples::listen::Listener;
use examples::machine::{App, Failure};
use examples::pump::Pump;
use examples::uppercase::{Lines, MAX_LINE, Question};
use lexopt::prelude::*;

const USAGE: &str = "uppercase serve|ask --tcp|--udp [--port 12000]";

#[derive(Clone, Copy)]
enum Transport {
    Tcp,
    Udp,
}

struct Args {
    serve: bool,
    transport: Transport,
    port: u16,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, |args| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        match (args.serve, args.transport) {
            (true, Transport::Tcp) => serve_tcp(address)?,
            (true, Transport::Udp) => serve_udp(address)?,
            (false, transport) => {
                let mut line = String::new();
                io::stdin().read_line(&mut line)?;
                let line = line.trim_end_matches(['\r', '\n']).as_bytes();
                match transport {
                    Transport::Tcp => ask_tcp(address, line)?,
                    Transport::Udp => ask_udp(address, line)?,
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn parse(parser: &mut lexopt::Parser) -> Result<Args, lexopt::Error> {
    let (mut serve, mut transport, mut port) = (None, None, 12000);
    while let Some(arg) = parser.next()? {
        match arg {
            Value(word) if word == "serve" && serve.is_none() => serve = Some(true),
            Value(word) if word == "ask" && serve.is_none() => serve = Some(false),
            Long("tcp") if transport.is_none() => transport = Some(Transport::Tcp),
            Long("udp") if transport.is_none() => transport = Some(Transport::Udp),
            Long("port") => port = parser.value()?.parse()?,
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Args {
        serve: serve.ok_or("serve or ask?")?,
        transport: transport.ok_or("--tcp or --udp?")?,
        port,
    })
}

/// Answers every line.
struct Answer;

impl App<Lines> for Answer {
    fn on_event(&mut self, line: &[u8], machine: &mut Lines) -> Result<(), Failure> {
        machine.send(&line.to_ascii_uppercase());
        Ok(())
    }
}

/// Prints the first line that comes back.
#[derive(Default)]
struct Print {
    answered: bool,
}

impl App<Lines> for Print {
    fn on_event(&mut self, line: &[u8], machine: &mut Lines) -> Result<(), Failure> {
        println!("{}", String::from_utf8_lossy(line));
        self.answered = true;
        machine.close();
        Ok(())
    }
}

fn serve_tcp(address: SocketAddr) -> Result<(), Failure> {
    let listener = Listener::bind(address)?;
    listener.announce()?;
    listener.serve(|socket, peer| {
        if let Err(error) = Pump::new(socket).run(&mut Lines::default(), &mut Answer) {
            eprintln!("{peer}: {error}");
        }
    });
    Ok(())
}

fn ask_tcp(address: SocketAddr, line: &[u8]) -> Result<(), Failure> {
    let mut machine = Lines::default();
    machine.send(line);
    let mut print = Print::default();
    Pump::new(TcpStream::connect(address)?).run(&mut machine, &mut print)?;
    if print.answered {
        Ok(())
    } else {
        Err("no answer".into())
    }
}

/// Keeps nothing between datagrams, so a repeated question costs nothing but its answer.
fn serve_udp(address: SocketAddr) -> Result<(), Failure> {
    let socket = UdpSocket::bind(address)?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; MAX_LINE];
    loop {
        let (n, peer) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..n].to_ascii_uppercase(), peer)?;
    }
}

fn ask_udp(address: SocketAddr, line: &[u8]) -> Result<(), Failure> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect(address)?;
    let start = Instant::now();
    let mut question = Question::new(line);
    let mut buffer = [0; MAX_LINE];
    while let Some(due) = question.poll_timeout(start.elapsed()) {
        if let Some(datagram) = question.poll_transmit(start.elapsed()) {
            // Nobody may be there yet: that is what the next try is for.
            let _ = socket.send(datagram);
            continue;
        }
        let wait = due
            .saturating_sub(start.elapsed())
            .max(Duration::from_millis(1));
        socket.set_read_timeout(Some(wait))?;
        match socket.recv(&mut buffer) {
            Ok(n) if question.is_answer(&buffer[..n]) => {
                println!("{}", String::from_utf8_lossy(&buffer[..n]));
                return Ok(());
            }
            Ok(_) => {}
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::ConnectionRefused => {}
                _ => return Err(error.into()),
            },
        }
    }
    Err("no answer".into())
}
