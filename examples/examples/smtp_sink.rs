//! Takes mail and keeps every message in a folder: `N.eml` as it was received, `N.json` beside it.
//!
//! `smtp_sink --listen 127.0.0.1:2525 --dir mail`

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use examples::args;
use examples::cidr::Cidr;
use examples::limiter::{Limiter, Place};
use examples::listen::Listener;
use examples::machine::Failure;
use examples::scan::{Scan, Verdict};
use examples::smtp::reception::{self, Answer, Envelope, Office};
use examples::store::{Incoming, Store};
use examples::tls::{self, Identity};
use lexopt::prelude::*;
use serde_json::{Map, Value as Json, json};
use smtp_proto::sasl::{Credentials, Secret};
use smtp_proto::server::Config;
use smtp_proto::{Extension, ForwardPath, Mailbox, Parameter, Rcpt, ReversePath, TlsPolicy};

const USAGE: &str = "smtp_sink --listen ADDR:PORT --dir DIR [--lmtp] [--user NAME:PASSWORD].. \
[--require-auth] [--starttls|--tls] [--max-size OCTETS] [--reject-rcpt ADDRESS].. \
[--allow CIDR].. [--max-per-source N] [--scan COMMAND]";

/// How long a `--scan` command may look at a message; clients wait ten minutes
/// (RFC 5321 section 4.5.3.2.6).
const SCAN: Duration = Duration::from_secs(5 * 60);

#[derive(Default)]
struct Args {
    listen: Option<SocketAddr>,
    dir: Option<PathBuf>,
    lmtp: bool,
    users: Vec<(String, Secret)>,
    require_auth: bool,
    tls: TlsPolicy,
    max_size: Option<u64>,
    rejected: Vec<Mailbox<'static>>,
    allowed: Vec<Cidr>,
    max_per_source: Option<usize>,
    scan: Option<String>,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, run)
}

fn parse(parser: &mut lexopt::Parser) -> Result<Args, lexopt::Error> {
    let mut args = Args::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("listen") => args.listen = Some(parser.value()?.parse()?),
            Long("dir") => args.dir = Some(parser.value()?.into()),
            Long("lmtp") => args.lmtp = true,
            Long("user") => args.users.push(parser.value()?.parse_with(user)?),
            Long("require-auth") => args.require_auth = true,
            Long("starttls") if args.tls != TlsPolicy::Implicit => args.tls = TlsPolicy::StartTls,
            Long("tls") if args.tls != TlsPolicy::StartTls => args.tls = TlsPolicy::Implicit,
            Long("max-size") => args.max_size = Some(parser.value()?.parse()?),
            Long("reject-rcpt") => {
                let mailbox: Mailbox<'static> = parser.value()?.parse()?;
                args.rejected.push(mailbox.canonical());
            }
            Long("allow") => args.allowed.push(parser.value()?.parse()?),
            Long("max-per-source") => args.max_per_source = Some(parser.value()?.parse()?),
            Long("scan") => args.scan = Some(parser.value()?.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    if args.listen.is_none() || args.dir.is_none() {
        return Err("--listen and --dir are needed".into());
    }
    if args.require_auth && args.users.is_empty() {
        return Err("--require-auth needs a --user".into());
    }
    Ok(args)
}

fn user(text: &str) -> Result<(String, Secret), &'static str> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() => Ok((name.into(), Secret::new(password))),
        _ => Err("a user is NAME:PASSWORD"),
    }
}

fn run(args: Args) -> Result<ExitCode, Failure> {
    let (Some(listen), Some(dir)) = (args.listen, &args.dir) else {
        return Err("nowhere to listen or to keep mail".into());
    };
    let mut config = if args.lmtp {
        Config::lmtp("localhost")
    } else {
        Config::smtp("localhost")
    };
    config.tls = args.tls;
    config.require_auth = args.require_auth;
    config
        .capabilities
        .extensions
        .extend([Extension::BinaryMime, Extension::Dsn]);
    if !args.users.is_empty() {
        config.capabilities.auth = "PLAIN LOGIN".into();
        // Where TLS is not to be had, a password in clear text is what was asked for.
        config.options.clear_text_auth = args.tls == TlsPolicy::None;
    }
    if let Some(max_size) = args.max_size {
        config.options.limits.message_size = max_size;
    }
    let tls: Option<Identity> = match args.tls {
        TlsPolicy::None => None,
        _ => Some(tls::identity(&["localhost", "127.0.0.1", "::1"])?),
    };
    let store = Store::open(dir)?;
    let limiter = args.max_per_source.map(Limiter::new);
    let scan = args.scan.clone().map(|command| Scan::new(command, SCAN));
    let args = Arc::new(args);

    let listener = Listener::bind(listen)?;
    listener.announce()?;
    listener.serve(move |socket, peer| {
        let mut config = config.clone();
        config.peer = Some(peer);
        let sink = Sink {
            args: Arc::clone(&args),
            store: store.clone(),
            scan: scan.clone(),
            limiter: limiter.clone(),
            place: None,
        };
        let tls = tls.as_ref().map(|identity| identity.end.clone());
        if let Err(error) = reception::serve(socket, config, tls, None, sink) {
            eprintln!("{peer}: {error}");
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// One connection's view of the sink.
struct Sink {
    args: Arc<Args>,
    store: Store,
    scan: Option<Scan>,
    limiter: Option<Limiter>,
    /// Held while the connection lasts.
    place: Option<Place>,
}

impl Office for Sink {
    type Message = Incoming;

    fn connect(&mut self, peer: Option<SocketAddr>) -> Result<(), Answer> {
        let Some(peer) = peer.map(|peer| peer.ip()) else {
            return Ok(());
        };
        let allowed = &self.args.allowed;
        if !allowed.is_empty() && !allowed.iter().any(|range| range.contains(peer)) {
            return Err(Answer::new(554, "No service for this address"));
        }
        if let Some(limiter) = &self.limiter {
            self.place = limiter.enter(peer);
            if self.place.is_none() {
                return Err(Answer::new(421, "Too many connections from this address"));
            }
        }
        Ok(())
    }

    fn login(&mut self, credentials: &Credentials) -> Option<String> {
        let Credentials::Password {
            authzid,
            authcid,
            password,
        } = credentials
        else {
            return None;
        };
        let known = |(name, secret): &&(String, Secret)| name == authcid && secret == password;
        let (name, _) = self.args.users.iter().find(known)?;
        // Nobody may act for anybody else.
        authzid
            .as_ref()
            .is_none_or(|authzid| authzid == name)
            .then(|| name.clone())
    }

    fn recipient(&mut self, _envelope: &Envelope, rcpt: &Rcpt<'_>) -> Result<(), Answer> {
        let mailbox = rcpt.forward_path.mailbox().map(Mailbox::canonical);
        if mailbox.is_some_and(|mailbox| self.args.rejected.contains(&mailbox)) {
            return Err(Answer::new(550, "5.1.1 No such user"));
        }
        Ok(())
    }

    fn begin(&mut self, _envelope: &Envelope) -> io::Result<Incoming> {
        self.store.begin()
    }

    fn finish(&mut self, message: Incoming, envelope: &Envelope) -> io::Result<Answer> {
        let verdict = self
            .scan
            .as_ref()
            .map_or(Verdict::Accept, |scan| scan.run(message.path()));
        Ok(match verdict {
            Verdict::Reject => Answer::new(550, "5.7.1 Message refused"),
            Verdict::Defer => Answer::new(451, "4.7.1 Message cannot be checked now"),
            Verdict::Accept => {
                let number = message.commit(&about(envelope))?;
                Answer::new(250, format!("2.0.0 Ok: kept as {number}"))
            }
        })
    }
}

/// What stands in `N.json`.
fn about(envelope: &Envelope) -> Json {
    let from = match &envelope.mail.reverse_path {
        ReversePath::Null => "",
        ReversePath::Path(path) => path.mailbox.as_str(),
    };
    let to = |rcpt: &Rcpt<'_>| match &rcpt.forward_path {
        ForwardPath::Postmaster => "Postmaster".to_owned(),
        ForwardPath::Path(path) => path.mailbox.as_str().to_owned(),
    };
    let recipients = &envelope.recipients;
    json!({
        "from": from,
        "to": recipients.iter().map(to).collect::<Vec<_>>(),
        "helo": envelope.helo,
        "auth": envelope.user,
        "tls": envelope.tls,
        "parameters": {
            "mail": object(&envelope.mail.parameters.to_list()),
            "rcpt": recipients.iter().map(|rcpt| object(&rcpt.parameters.to_list())).collect::<Vec<_>>(),
        },
    })
}

/// Parameters by name; one without a value is `true`.
fn object(parameters: &[Parameter<'_>]) -> Json {
    let entry = |parameter: &Parameter<'_>| {
        let value = parameter.value().map_or(Json::Bool(true), Json::from);
        (parameter.keyword().to_ascii_uppercase(), value)
    };
    Json::Object(parameters.iter().map(entry).collect::<Map<_, _>>())
}
