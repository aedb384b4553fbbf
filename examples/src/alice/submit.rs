//! Alice's mail program hands her message to her server (RFC 6409).

use smtp_proto::client::{Config, Transfer};
use smtp_proto::sasl::Secret;
use smtp_proto::{ForwardPath, HeloName, LineEnds, Mailbox, TlsPolicy};

use super::servers::ALICE;
use super::{CREPES, HAMBURGER, Step, World};
use crate::machine::Failure;
use crate::smtp::outgoing::Outgoing;
use crate::smtp::submission::{Login, Outcome, Submission};

pub(super) struct Submit;

impl Step for Submit {
    fn title(&self) -> &'static str {
        "Alice submits her message to her server, by STARTTLS and AUTH"
    }

    fn run(&self, world: &mut World) -> Result<(), Failure> {
        let mut config = Config::submission(HeloName::new("[127.0.0.1]")?);
        config.tls = TlsPolicy::Required;
        config.options.line_ends = LineEnds::Normalise;
        let mut refused = None;
        let submission = Submission {
            login: Some(Login {
                user: ALICE.0.into(),
                password: Secret::new(ALICE.1),
            }),
            from: Mailbox::new(format!("alice@{}", CREPES.domain))?.into(),
            to: vec![Mailbox::new(format!("bob@{}", HAMBURGER.domain))?.into()],
            transfer: Transfer::Data,
            messages: [Outgoing::memory("Alice's message", world.message.clone())?].into(),
            report: |_: &Outgoing, to: &ForwardPath<'_>, outcome: &Outcome| {
                if !outcome.is_accepted() {
                    refused = Some(format!("{to} {outcome}"));
                }
            },
        };
        let host = world.network.host(CREPES.host)?;
        let trace = world.screen.trace();
        submission.run(host.connect()?, config, Some(host.tls()?), trace)?;
        match refused {
            None => Ok(()),
            Some(refused) => Err(refused.into()),
        }
    }
}
