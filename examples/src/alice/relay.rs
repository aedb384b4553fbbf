//! Alice's server passes on what is in its queue: where to is decided by `smtp_proto::route`.

use smtp_proto::client::{Config, Transfer};
use smtp_proto::route::{self, Attempt, Hosts, Mx, MxAnswer, Next, Plan};
use smtp_proto::{Domain, ForwardPath, HeloName, TlsPolicy};

use super::{CREPES, Queued, Step, World, servers};
use crate::machine::Failure;
use crate::maildir::Maildir;
use crate::smtp::outgoing::Outgoing;
use crate::smtp::submission::{Outcome, Submission};

pub(super) struct Relay;

impl Step for Relay {
    fn title(&self) -> &'static str {
        "Alice's server relays it to Bob's"
    }

    fn run(&self, world: &mut World) -> Result<(), Failure> {
        while let Some(queued) = world.queue.pop() {
            for recipient in &queued.recipients {
                pass_on(&queued, recipient, world)?;
            }
        }
        Ok(())
    }
}

/// Sends a message on its way to one recipient.
fn pass_on(
    queued: &Queued,
    recipient: &ForwardPath<'static>,
    world: &World,
) -> Result<(), Failure> {
    let config = servers::route(CREPES)?;
    match route::plan(recipient, &config)? {
        Plan::Local => {
            let user = recipient.mailbox().map_or("postmaster".into(), |mailbox| {
                mailbox.local_part().unquoted().into_owned()
            });
            let mailbox = world.mail.mailbox(CREPES.domain, &user);
            Maildir::open(&mailbox, world.seed.word("mailbox"))?.deliver(&queued.message)?;
            world
                .screen
                .fact(&format!("{recipient} has a mailbox here"))?;
            Ok(())
        }
        Plan::NeedMx(domain) => {
            let mut hosts = look_up(&domain, world)?;
            loop {
                let attempt = attempt(queued, recipient, &hosts, world)?;
                match hosts.after(attempt, &config) {
                    Next::Try => {}
                    Next::Delivered => return Ok(()),
                    Next::Later(error) | Next::Failed(error) => {
                        return Err(format!("{} for {recipient}: {error}", queued.id).into());
                    }
                }
            }
        }
        plan => Err(format!("{recipient}: no way leads there: {plan:?}").into()),
    }
}

/// The mail hosts of a domain, best first.
fn look_up(domain: &Domain<'_>, world: &World) -> Result<Hosts, Failure> {
    let records: Option<Vec<Mx<'_>>> = world.network.mx(domain.as_str());
    let answer = match &records {
        Some(records) => MxAnswer::Records(records),
        None => MxAnswer::NoSuchDomain,
    };
    let draw = world.seed.word("mail hosts").to_le_bytes();
    let hosts = route::hosts(domain, answer, &servers::route(CREPES)?, |bytes| {
        for (byte, random) in bytes.iter_mut().zip(draw.iter().cycle()) {
            *byte = *random;
        }
    })?;
    for host in hosts.remaining() {
        let fact = format!("{domain} MX {} {}", host.preference(), host.name());
        world.screen.fact(&fact)?;
    }
    Ok(hosts)
}

/// Tries the current host.
fn attempt(
    queued: &Queued,
    recipient: &ForwardPath<'static>,
    hosts: &Hosts,
    world: &World,
) -> Result<Attempt, Failure> {
    let Some(host) = hosts.current() else {
        return Ok(Attempt::NoAddress);
    };
    let Ok(host) = world.network.host(host.name()) else {
        return Ok(Attempt::NoAddress);
    };
    let Ok(socket) = host.connect() else {
        return Ok(Attempt::Unreachable);
    };
    let mut config = Config::smtp(HeloName::new(CREPES.host)?);
    config.tls = TlsPolicy::StartTls;
    let mut last = None;
    let submission = Submission {
        login: None,
        from: queued.sender().clone(),
        to: vec![recipient.clone()],
        transfer: Transfer::Data,
        messages: [Outgoing::memory(&queued.id, queued.message.clone())?].into(),
        report: |_: &Outgoing, _: &ForwardPath<'_>, outcome: &Outcome| last = Some(outcome.clone()),
    };
    let session = submission
        .run(socket, config, Some(host.tls()?), world.screen.trace())
        .map(drop);
    match (last, session) {
        (Some(Outcome::Accepted(reply) | Outcome::Refused(reply)), _) => {
            Ok(Attempt::Reply(reply.code()))
        }
        (Some(Outcome::NotSent(error)), _) => Err(error.into()),
        (None, Err(error)) => {
            eprintln!("{}: {error}", CREPES.host);
            Ok(Attempt::Unreachable)
        }
        (None, Ok(())) => Ok(Attempt::Unreachable),
    }
}
