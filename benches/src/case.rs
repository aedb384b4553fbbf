//! What is measured: a piece of work, our way of doing it and the peers' ways.

use std::fmt;
use std::hint::black_box;
use std::iter::once;

/// One way to do the work of a [`Case`].
pub struct Contender {
    who: &'static str,
    run: Box<dyn FnMut(u64)>,
}

impl Contender {
    /// Makes a contender of `op`, which does the whole work once on `input`.
    ///
    /// `check` sees the result of a first run: it asserts that the work was really done, so
    /// that no figure stands for a parser that gave up early.
    ///
    /// The loop is compiled together with `op`, so that no indirect call is measured; `input`
    /// and the result pass through a barrier, so that neither can be computed beforehand or
    /// left out. Dropping the result is part of the work: an allocation has to be freed too.
    pub fn new<I, T>(
        who: &'static str,
        input: I,
        mut op: impl FnMut(I) -> T + 'static,
        check: impl FnOnce(&T),
    ) -> Self
    where
        I: Copy + 'static,
    {
        check(&op(input));
        Self {
            who,
            run: Box::new(move |times| {
                for _ in 0..times {
                    black_box(&op(black_box(input)));
                }
            }),
        }
    }

    /// The package name of the peer, or `ours`.
    pub fn who(&self) -> &'static str {
        self.who
    }

    /// Does the work `times` times.
    pub fn run(&mut self, times: u64) {
        (self.run)(times);
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender")
            .field("who", &self.who)
            .finish_non_exhaustive()
    }
}

/// A piece of work that several contenders do.
#[derive(Debug)]
pub struct Case {
    /// What the work is, unique within its crate.
    pub name: String,
    /// How many octets of input one operation reads.
    pub bytes: usize,
    /// Our way.
    pub ours: Contender,
    /// The peers' ways; none where no peer does this work.
    pub peers: Vec<Contender>,
    /// Printed beside the figures: why a peer may be ahead here. Empty where none may.
    pub note: &'static str,
}

impl Case {
    /// A case without peers.
    pub fn new(name: impl Into<String>, bytes: usize, ours: Contender) -> Self {
        Self {
            name: name.into(),
            bytes,
            ours,
            peers: Vec::new(),
            note: "",
        }
    }

    /// Adds a peer.
    #[must_use]
    pub fn peer(mut self, peer: Contender) -> Self {
        self.peers.push(peer);
        self
    }

    /// Every contender, ours first.
    pub fn contenders(&mut self) -> impl Iterator<Item = &mut Contender> {
        once(&mut self.ours).chain(&mut self.peers)
    }
}
