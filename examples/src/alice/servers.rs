//! The mail servers: Alice's takes mail from her and queues it, Bob's files it in his mailbox.

use std::io;
use std::sync::Arc;

use smtp_proto::route::{self, Plan, RouteConfig};
use smtp_proto::sasl::Credentials;
use smtp_proto::server::Config;
use smtp_proto::trace::{
    Hello, MAX_RECEIVED, Received, TraceId, WithProtocol, count_received, return_path,
};
use smtp_proto::{Domain, ForwardPath, HeloName, Rcpt, TlsPolicy};

use super::{CREPES, Clock, Folder, HAMBURGER, Host, Queue, Queued, Site, Step, World};
use crate::machine::Failure;
use crate::maildir::Maildir;
use crate::smtp::reception::{self, Answer, Envelope, Office};

/// Alice's name and password on her server.
pub(super) const ALICE: (&str, &str) = ("alice", "sesame");
/// Who has a mailbox on Bob's server.
const BOB: &str = "bob";

/// Starts both.
pub(super) struct Servers;

impl Step for Servers {
    fn title(&self) -> &'static str {
        "Two mail servers start"
    }

    fn run(&self, world: &mut World) -> Result<(), Failure> {
        let submission = Submission {
            queue: Arc::clone(&world.queue),
            desk: Desk::new(CREPES, world),
        };
        world
            .network
            .add(Host::start(CREPES.host, move |socket, peer, tls| {
                let mut config = Config::submission(CREPES.host);
                config.tls = TlsPolicy::Required;
                config.capabilities.auth = "PLAIN LOGIN".into();
                config.peer = Some(peer);
                reception::serve(socket, config, Some(tls), None, submission.clone())
            })?);
        let delivery = Delivery {
            route: route(HAMBURGER)?,
            seed: world.seed.word("mailbox"),
            mail: world.mail.clone(),
            desk: Desk::new(HAMBURGER, world),
        };
        world
            .network
            .add(Host::start(HAMBURGER.host, move |socket, peer, tls| {
                let mut config = Config::smtp(HAMBURGER.host);
                config.tls = TlsPolicy::StartTls;
                config.peer = Some(peer);
                reception::serve(socket, config, Some(tls), None, delivery.clone())
            })?);
        world.network.add_mx(CREPES.domain, 10, CREPES.host);
        world.network.add_mx(HAMBURGER.domain, 10, HAMBURGER.host);
        let screen = &world.screen;
        screen.fact(&format!(
            "{} takes mail from the users of {}",
            CREPES.host, CREPES.domain
        ))?;
        screen.fact(&format!(
            "{} takes mail for {}",
            HAMBURGER.host, HAMBURGER.domain
        ))?;
        Ok(())
    }
}

/// What the host of a site knows about itself.
pub(super) fn route(site: Site) -> Result<RouteConfig, Failure> {
    let mut config = RouteConfig::default();
    config.local_domains.push(Domain::new(site.domain)?);
    config.host_names.push(Domain::new(site.host)?);
    Ok(config)
}

/// What marks the messages that pass through a host.
#[derive(Clone, Debug)]
struct Desk {
    site: Site,
    id: String,
    clock: Arc<Clock>,
}

impl Desk {
    fn new(site: Site, world: &World) -> Self {
        Self {
            site,
            id: format!("{:012X}", world.seed.word(site.host) >> 16),
            clock: Arc::clone(&world.clock),
        }
    }

    /// Appends the Received field of a message that came in by `envelope`.
    fn stamp(&self, envelope: &Envelope, out: &mut Vec<u8>) -> Result<(), Failure> {
        let from = HeloName::new(&*envelope.helo)?;
        let by = Domain::new(self.site.host)?;
        let id = TraceId::new(&*self.id)?;
        let mut with = WithProtocol::new(if envelope.extended {
            Hello::Ehlo
        } else {
            Hello::Helo
        });
        with.tls = envelope.tls;
        with.auth = envelope.user.is_some();
        with.utf8 = envelope.mail.parameters.smtputf8;
        let recipients: Vec<ForwardPath<'_>> = envelope
            .recipients
            .iter()
            .map(|rcpt| rcpt.forward_path.clone())
            .collect();
        let mut received = Received::new(&from, &by, with, self.clock.now()?);
        received.peer = envelope.peer.map(|peer| peer.ip());
        received.id = Some(&id);
        received.set_for(&recipients);
        received.encode(out);
        Ok(())
    }
}

/// A message that has been to a hundred hosts goes in circles.
fn loops(message: &[u8]) -> Result<(), Answer> {
    if count_received(message) < MAX_RECEIVED {
        return Ok(());
    }
    Err(Answer::new(554, "5.4.6 Mail goes in circles"))
}

/// Alice's server.
#[derive(Clone, Debug)]
struct Submission {
    queue: Arc<Queue>,
    desk: Desk,
}

impl Office for Submission {
    type Message = Vec<u8>;

    fn login(&mut self, credentials: &Credentials) -> Option<String> {
        let Credentials::Password {
            authzid: None,
            authcid,
            password,
        } = credentials
        else {
            return None;
        };
        (authcid == ALICE.0 && password.matches(ALICE.1)).then(|| authcid.clone())
    }

    fn begin(&mut self, envelope: &Envelope) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        self.desk
            .stamp(envelope, &mut message)
            .map_err(io::Error::other)?;
        Ok(message)
    }

    fn finish(&mut self, message: Vec<u8>, envelope: &Envelope) -> io::Result<Answer> {
        if let Err(answer) = loops(&message) {
            return Ok(answer);
        }
        let id = self.desk.id.clone();
        let answer = Answer::new(250, format!("2.0.0 Ok: queued as {id}"));
        self.queue.push(Queued {
            id,
            mail: envelope.mail.clone(),
            recipients: envelope
                .recipients
                .iter()
                .map(|rcpt| rcpt.forward_path.clone())
                .collect(),
            message,
        });
        Ok(answer)
    }
}

/// Bob's server.
#[derive(Clone, Debug)]
struct Delivery {
    route: RouteConfig,
    seed: u64,
    mail: Folder,
    desk: Desk,
}

impl Office for Delivery {
    type Message = Vec<u8>;

    fn recipient(&mut self, _envelope: &Envelope, rcpt: &Rcpt<'_>) -> Result<(), Answer> {
        match route::plan(&rcpt.forward_path, &self.route) {
            Ok(Plan::Local) => {}
            _ => return Err(Answer::new(550, "5.7.1 No relaying")),
        }
        let mailbox = rcpt.forward_path.mailbox();
        if mailbox.is_none_or(|mailbox| mailbox.local_part().unquoted() == BOB) {
            return Ok(());
        }
        Err(Answer::new(550, "5.1.1 No such user"))
    }

    fn begin(&mut self, envelope: &Envelope) -> io::Result<Vec<u8>> {
        let mut message = Vec::new();
        return_path(&envelope.mail.reverse_path, &mut message);
        self.desk
            .stamp(envelope, &mut message)
            .map_err(io::Error::other)?;
        Ok(message)
    }

    fn finish(&mut self, message: Vec<u8>, _envelope: &Envelope) -> io::Result<Answer> {
        if let Err(answer) = loops(&message) {
            return Ok(answer);
        }
        // Bob is the postmaster as well.
        let mailbox = self.mail.mailbox(self.desk.site.domain, BOB);
        Maildir::open(&mailbox, self.seed)?.deliver(&message)?;
        Ok(Answer::new(250, "2.0.0 Ok: delivered"))
    }
}
