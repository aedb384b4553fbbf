//! Sends the message on standard input: the whole loop around `client::Client`, on `std::net`
//! alone.
//!
//! `cargo run --example smtp_client 127.0.0.1:2525 alice@crepes.example bob@hamburger.example`

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::{env, fs};

use smtp_proto::client::{BodyStatus, Client, Config, Event, Step, Transfer, Verb};
use smtp_proto::{HeloName, LineEnds, Mailbox, Need};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [server, from, to @ ..] = &args[..] else {
        eprintln!("usage: smtp_client HOST:PORT FROM TO..");
        return Ok(ExitCode::from(2));
    };
    let mut app = App {
        from: Mailbox::new(from.clone())?,
        to: to
            .iter()
            .map(|to| Mailbox::new(to.clone()))
            .collect::<Result<_, _>>()?,
        message: Box::new(io::stdin()),
        begun: false,
        refused: to.is_empty(),
    };
    send(TcpStream::connect(server)?, &mut app)?;
    Ok(ExitCode::from(u8::from(app.refused)))
}

fn send(mut socket: TcpStream, app: &mut App) -> Result<(), Box<dyn Error>> {
    let name = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = HeloName::new(name.trim().to_owned()).or_else(|_| HeloName::new("localhost"))?;
    let mut config = Config::submission(name);
    config.options.line_ends = LineEnds::Normalise;
    let mut client = Client::new(config);
    // What was received and not used yet.
    let mut buffer: Vec<u8> = Vec::new();
    loop {
        let mut input = &buffer[..];
        let need = loop {
            match client.poll(&mut input) {
                Step::Event(event) => app.on(&event),
                Step::Need(need) => break need,
            }
        };
        let used = buffer.len() - input.len();
        buffer.drain(..used);

        socket.write_all(client.output())?;
        client.advance_output(client.output().len());

        match need {
            Need::Input => {
                socket.set_read_timeout(Some(client.idle_timeout()))?;
                let mut chunk = [0; 16 * 1024];
                match socket.read(&mut chunk) {
                    Ok(0) => client.handle_eof(),
                    Ok(n) => buffer.extend_from_slice(&chunk[..n]),
                    Err(error) if is_timeout(&error) => client.handle_timeout(),
                    Err(error) => return Err(error.into()),
                }
            }
            Need::Flush => {}
            Need::Answer => app.next(&mut client)?,
            Need::Body { room } => app.next_chunk(room, &mut client)?,
            Need::Close(result) => return Ok(result?),
            // Neither is asked for here: TLS is off, and the body goes through the machine.
            Need::Raw { .. } | Need::Upgrade(_) => {
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

/// One message.
struct App {
    from: Mailbox<'static>,
    to: Vec<Mailbox<'static>>,
    message: Box<dyn Read>,
    begun: bool,
    refused: bool,
}

impl App {
    fn on(&mut self, event: &Event<'_>) {
        if let Event::Reply { to, reply } = event {
            println!("{to}: {reply}");
            // A server without EHLO is one to say HELO to.
            self.refused |= !reply.is_positive() && *to != Verb::Hello;
        }
    }

    /// Nothing is under way: the client says what comes next.
    fn next(&mut self, client: &mut Client) -> Result<(), Box<dyn Error>> {
        if self.begun {
            client.quit()?;
            return Ok(());
        }
        self.begun = true;
        client.mail_from(self.from.clone())?;
        for to in &self.to {
            client.rcpt_to(to.clone())?;
        }
        client.data(Transfer::Data)?;
        Ok(())
    }

    fn next_chunk(&mut self, room: usize, client: &mut Client) -> Result<(), Box<dyn Error>> {
        let mut chunk = vec![0; room.clamp(1, 16 * 1024)];
        let n = self.message.read(&mut chunk)?;
        if n == 0 || client.write_body(&chunk[..n])? == BodyStatus::Done {
            client.finish_body();
        }
        Ok(())
    }
}
