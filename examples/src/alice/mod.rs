//! The world of `alice_mails_bob`: two domains with their servers on this machine, and the steps
//! by which a message gets from one person to the other.
//!
//! A step is a module with a type that implements `Step` and a line in `steps`.

mod deliver;
mod letter;
mod network;
mod read;
mod relay;
mod screen;
mod seed;
mod servers;
mod submit;

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::env;
use std::fs;
use std::hash::BuildHasher as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use smtp_proto::{ForwardPath, Mail, ReversePath};

use crate::machine::Failure;

pub use network::{Host, Network};
pub use screen::Screen;
pub use seed::{Clock, Seed};

/// Alice's domain and the host that takes her mail.
const CREPES: Site = Site {
    domain: "crepes.example",
    host: "mail.crepes.example",
};
/// Bob's domain and the host that takes mail for it.
const HAMBURGER: Site = Site {
    domain: "hamburger.example",
    host: "mx.hamburger.example",
};

/// A domain with one mail host.
#[derive(Clone, Copy, Debug)]
struct Site {
    domain: &'static str,
    host: &'static str,
}

/// How a run is to be.
#[derive(Debug, Default)]
pub struct Options {
    /// The message; a sample without it.
    pub message: Option<Vec<u8>>,
    /// Whether to leave the dialogues out.
    pub quiet: bool,
    /// Whether to leave colours out.
    pub no_color: bool,
    /// What all that is random or a time follows from, for runs that are alike to the last octet.
    pub seed: Option<u64>,
}

/// One phase of a run.
trait Step {
    /// What happens, in a line.
    fn title(&self) -> &'static str;

    /// Makes it happen.
    fn run(&self, world: &mut World) -> Result<(), Failure>;
}

/// All of them, in order.
fn steps() -> Vec<Box<dyn Step>> {
    vec![
        Box::new(servers::Servers),
        Box::new(submit::Submit),
        Box::new(relay::Relay),
        Box::new(deliver::Deliver),
        Box::new(read::Read),
    ]
}

/// What the steps share.
#[derive(Debug)]
struct World {
    screen: Screen,
    seed: Seed,
    clock: Arc<Clock>,
    network: Network,
    /// What Alice's server has taken charge of and not yet passed on.
    queue: Arc<Queue>,
    /// What Alice sends.
    message: Vec<u8>,
    /// The contents of what is attached to it.
    attached: Vec<Vec<u8>>,
    /// Everybody's mailboxes.
    mail: Folder,
}

impl Drop for World {
    /// The servers' threads end with the program; they have nothing more to file.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.mail.0);
    }
}

/// Runs all steps.
///
/// # Errors
///
/// If the message did not reach Bob.
pub fn run(options: Options) -> Result<(), Failure> {
    let seed = Seed::new(options.seed);
    let clock = Arc::new(Clock::new(&seed));
    let (message, attached) = match options.message {
        Some(message) => {
            let attached = read::attached(&message);
            (message, attached)
        }
        None => (letter::letter(&seed, &clock)?, vec![letter::PICTURE.into()]),
    };
    let mut world = World {
        screen: Screen::new(options.quiet, options.no_color),
        seed,
        clock,
        network: Network::default(),
        queue: Arc::default(),
        message,
        attached,
        mail: Folder::new()?,
    };
    for (number, step) in steps().iter().enumerate() {
        world.screen.phase(number + 1, step.title())?;
        step.run(&mut world)?;
    }
    Ok(())
}

/// A message in a server's charge.
#[derive(Debug)]
struct Queued {
    id: String,
    mail: Mail<'static>,
    recipients: Vec<ForwardPath<'static>>,
    message: Vec<u8>,
}

impl Queued {
    fn sender(&self) -> &ReversePath<'static> {
        &self.mail.reverse_path
    }
}

/// The messages in a server's charge.
#[derive(Debug, Default)]
struct Queue(Mutex<VecDeque<Queued>>);

impl Queue {
    fn push(&self, message: Queued) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(message);
    }

    fn pop(&self) -> Option<Queued> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    }
}

/// A folder that is gone after the run.
#[derive(Clone, Debug)]
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let name = format!("alice-mails-bob-{:016x}", RandomState::new().hash_one(0));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// The mailbox of a user of a site.
    fn mailbox(&self, domain: &str, user: &str) -> PathBuf {
        self.0.join(domain).join(user)
    }

    /// A path in it as it is shown: without what differs from run to run.
    fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.0).unwrap_or(path)
    }
}
