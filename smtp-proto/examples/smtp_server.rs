//! A mail server that prints what it gets: the whole loop around `server::Server`, on `std::net`
//! alone.
//!
//! `cargo run --example smtp_server [127.0.0.1:2525]`

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, thread};

use smtp_proto::Need;
use smtp_proto::server::{Config, Event, Server, Step};

fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:2525"))?;
    println!("listening on {}", listener.local_addr()?);
    for socket in listener.incoming() {
        let socket = socket?;
        thread::spawn(move || {
            if let Err(error) = serve(socket) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

fn serve(mut socket: TcpStream) -> Result<(), Box<dyn Error>> {
    let mut config = Config::smtp("mx.example");
    config.peer = Some(socket.peer_addr()?);
    let mut server = Server::new(config);
    let mut app = App::default();
    // What was received and not used yet.
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        let mut input = &buffer[..];
        let need = loop {
            match server.poll(&mut input) {
                Step::Event(event) => app.on(event, &mut server)?,
                Step::Need(need) => break need,
            }
        };
        let used = buffer.len() - input.len();
        buffer.drain(..used);

        socket.write_all(server.output())?;
        server.advance_output(server.output().len());

        match need {
            Need::Input => {
                socket.set_read_timeout(Some(server.idle_timeout()))?;
                let mut chunk = [0; 16 * 1024];
                match socket.read(&mut chunk) {
                    Ok(0) => server.handle_eof(),
                    Ok(n) => buffer.extend_from_slice(&chunk[..n]),
                    Err(error) if is_timeout(&error) => server.handle_timeout(),
                    Err(error) => return Err(error.into()),
                }
            }
            Need::Flush => {}
            Need::Close(result) => return Ok(result?),
            // Every question is answered at once, and this server has no TLS.
            Need::Answer | Need::Body { .. } | Need::Raw { .. } | Need::Upgrade(_) => {
                return Err(format!("unexpected: {need:?}").into());
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// One session's mail.
#[derive(Default)]
struct App {
    from: String,
    to: Vec<String>,
    message: Vec<u8>,
}

impl App {
    fn on(&mut self, event: Event<'_>, server: &mut Server) -> Result<(), Box<dyn Error>> {
        match event {
            Event::Mail(mail) => {
                self.from = mail.reverse_path.to_string();
                self.to.clear();
                self.message.clear();
                server.accept()?;
            }
            Event::Rcpt(rcpt) => {
                let name = rcpt
                    .forward_path
                    .mailbox()
                    .map(|mailbox| mailbox.local_part().unquoted());
                if name.is_some_and(|name| name == "nobody") {
                    server.reply(550, "5.1.1 No such user")?;
                } else {
                    self.to.push(rcpt.forward_path.to_string());
                    server.accept()?;
                }
            }
            Event::Body(octets) => self.message.extend_from_slice(octets),
            Event::BodyEnd => {
                let text = String::from_utf8_lossy(&self.message);
                println!("from {} to {}\n{text}", self.from, self.to.join(" "));
                server.reply(250, "2.0.0 Printed")?;
            }
            event if event.is_question() => server.accept()?,
            _ => {}
        }
        Ok(())
    }
}
