//! Sends messages from files over one connection and tells, line by line, who gets them.
//!
//! `smtp_send --server 127.0.0.1:2525 --from alice@crepes.example --to bob@hamburger.example mail.eml`

use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use examples::args;
use examples::machine::Failure;
use examples::smtp::outgoing::Outgoing;
use examples::smtp::submission::{Login, Outcome, Submission};
use examples::tls;
use examples::trace::{self, Role, Trace};
use lexopt::prelude::*;
use smtp_proto::client::{Config, Transfer};
use smtp_proto::sasl::Secret;
use smtp_proto::{ForwardPath, HeloName, LineEnds, ReversePath, TlsPolicy};

const USAGE: &str = "smtp_send --server HOST:PORT --from ADDRESS --to ADDRESS.. [--lmtp] \
[--starttls|--tls] [--insecure] [--user NAME --pass PASSWORD] [--bdat] [--trace] FILE..|-
  --insecure  take any certificate, and log in without TLS
exit status: 0 all accepted, 1 some not accepted, 2 failed";

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Args {
    server: Option<String>,
    from: Option<ReversePath<'static>>,
    to: Vec<ForwardPath<'static>>,
    lmtp: bool,
    tls: TlsPolicy,
    insecure: bool,
    user: Option<String>,
    password: Option<Secret>,
    transfer: Transfer,
    trace: bool,
    files: Vec<String>,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, run)
}

fn parse(parser: &mut lexopt::Parser) -> Result<Args, lexopt::Error> {
    let mut args = Args::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("server") => args.server = Some(parser.value()?.string()?),
            Long("from") => args.from = Some(parser.value()?.parse_with(reverse_path)?),
            Long("to") => args.to.push(parser.value()?.parse_with(forward_path)?),
            Long("lmtp") => args.lmtp = true,
            Long("starttls") if args.tls != TlsPolicy::Implicit => args.tls = TlsPolicy::Required,
            Long("tls") if args.tls != TlsPolicy::Required => args.tls = TlsPolicy::Implicit,
            Long("insecure") => args.insecure = true,
            Long("user") => args.user = Some(parser.value()?.string()?),
            Long("pass") => args.password = Some(Secret::new(parser.value()?.string()?)),
            Long("bdat") => args.transfer = Transfer::Chunks,
            Long("trace") => args.trace = true,
            Value(file) => args.files.push(file.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    if args.server.is_none() || args.from.is_none() || args.to.is_empty() || args.files.is_empty() {
        return Err("--server, --from, --to and a file are needed".into());
    }
    if args.user.is_some() != args.password.is_some() {
        return Err("--user and --pass belong together".into());
    }
    if args.files.iter().filter(|file| *file == "-").count() > 1 {
        return Err("standard input can be sent only once".into());
    }
    Ok(args)
}

/// An address, or nothing for the null sender.
fn reverse_path(text: &str) -> Result<ReversePath<'static>, String> {
    let path = format!("<{}>", text.trim_start_matches('<').trim_end_matches('>'));
    path.parse().map_err(|error| format!("{text}: {error}"))
}

fn forward_path(text: &str) -> Result<ForwardPath<'static>, String> {
    let path = format!("<{}>", text.trim_start_matches('<').trim_end_matches('>'));
    path.parse().map_err(|error| format!("{text}: {error}"))
}

fn run(args: Args) -> Result<ExitCode, Failure> {
    let server = args.server.unwrap_or_default();
    // All files are read before anything is sent: a misspelt name sends nothing.
    let messages: VecDeque<Outgoing> = args
        .files
        .iter()
        .map(|file| open(file))
        .collect::<Result<_, _>>()?;
    let several = messages.len() > 1;
    // A connection that follows another may be from another address.
    let config = |socket: &TcpStream| -> Result<Config, Failure> {
        let name = HeloName::new(literal(socket)?)?;
        let mut config = if args.lmtp {
            Config::lmtp(name)
        } else {
            Config::submission(name)
        };
        config.tls = args.tls;
        config.options.line_ends = LineEnds::Normalise;
        config.options.clear_text_auth = args.insecure;
        Ok(config)
    };
    let host = server.rsplit_once(':').map_or(&*server, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let tls = match args.tls {
        TlsPolicy::None => None,
        _ if args.insecure => Some(tls::insecure(host)?),
        _ => Some(tls::trusting_the_system(host)?),
    };
    let trace = || {
        let colour = trace::colour(false);
        args.trace
            .then(|| Trace::new(Role::Client, colour, io::stderr()))
    };
    let mut all_accepted = true;
    let mut submission = Submission {
        login: args
            .user
            .zip(args.password)
            .map(|(user, password)| Login { user, password }),
        from: args.from.unwrap_or(ReversePath::Null),
        to: args.to,
        transfer: args.transfer,
        messages,
        report: |message: &Outgoing, to: &ForwardPath<'_>, outcome: &_| {
            all_accepted &= Outcome::is_accepted(outcome);
            if several {
                print!("{} ", message.name);
            }
            println!("{to} {outcome}");
        },
    };
    loop {
        let socket = connect(&server)?;
        let config = config(&socket)?;
        match submission.run(socket, config, tls.clone(), trace())? {
            Some(left) => submission = left,
            None => break,
        }
    }
    Ok(ExitCode::from(u8::from(!all_accepted)))
}

fn open(file: &str) -> io::Result<Outgoing> {
    if file != "-" {
        return Outgoing::file(Path::new(file));
    }
    let mut message = Vec::new();
    io::stdin().read_to_end(&mut message)?;
    Outgoing::memory("-", message)
}

/// Tries each address of the server in turn.
fn connect(server: &str) -> Result<TcpStream, Failure> {
    let mut failure = None;
    for address in server.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.map_or_else(|| "the server has no address".into(), Failure::from))
}

/// Our address as it names us in EHLO (RFC 5321 section 4.1.3).
fn literal(socket: &TcpStream) -> io::Result<String> {
    let ip = socket.local_addr()?.ip().to_canonical();
    Ok(smtp_proto::AddressLiteral::from(ip).to_string())
}
