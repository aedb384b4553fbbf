//! An in-memory driver for both machines: it feeds a transcript whole, byte by byte, cut at every
//! offset and in random pieces, and notes what comes out.

#![allow(dead_code, reason = "each test uses its own part")]

pub(crate) mod client;
pub(crate) mod server;

use smtp_proto::Need;

/// What a machine did with a transcript.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome<S> {
    /// One line for each event; the octets of a message are one line.
    pub(crate) log: Vec<String>,
    /// What it sent.
    pub(crate) output: Vec<u8>,
    /// The messages that a server was sent completely.
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) state: S,
    /// What it waited for in the end.
    pub(crate) end: Need,
    /// What it left in the input.
    pub(crate) left: Vec<u8>,
}

impl<S> Outcome<S> {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.output.clone()).unwrap()
    }

    /// The events that start with `what`.
    pub(crate) fn count(&self, what: &str) -> usize {
        self.log
            .iter()
            .filter(|line| line.starts_with(what))
            .count()
    }

    /// The codes of the replies that were sent, last lines only.
    pub(crate) fn codes(&self) -> Vec<u16> {
        let text = self.text();
        let last_lines = text.lines().filter(|line| line.get(3..4) != Some("-"));
        last_lines.map(|line| line[..3].parse().unwrap()).collect()
    }
}

/// A machine between its caller and a script.
pub(crate) trait Drive: Sized {
    type State: Clone + std::fmt::Debug + PartialEq;

    /// Passes octets and goes on until more are needed.
    fn feed(&mut self, piece: &[u8]) -> Need;

    /// Changes the transport to TLS.
    fn upgrade(&mut self);

    fn eof(&mut self) -> Need;

    /// What has been sent since the last call.
    fn take_output(&mut self) -> Vec<u8>;

    fn outcome(self, end: Need) -> Outcome<Self::State>;

    /// Feeds `parts`, cut in one way.
    fn run(mut self, parts: &Parts, cut: Cut, eof: bool) -> Outcome<Self::State> {
        let mut need = self.feed(b"");
        for (number, pieces) in cut.apply(parts).into_iter().enumerate() {
            if number > 0 {
                if let Need::Upgrade(_) = need {
                    self.upgrade();
                }
                need = self.feed(b"");
            }
            for piece in pieces {
                if let Need::Close(_) = need {
                    break;
                }
                need = self.feed(piece);
            }
        }
        if eof {
            need = self.eof();
        }
        self.outcome(need)
    }
}

/// Feeds `parts` in every way, demands the same outcome, and returns it.
fn session<D: Drive>(new: impl Fn() -> D, parts: &Parts, eof: bool) -> Outcome<D::State> {
    let whole = new().run(parts, Cut::Whole, eof);
    for cut in cuts(parts) {
        let mut outcome = new().run(parts, cut, eof);
        if let Need::Close(_) = whole.end {
            // What was not looked at depends on how much was passed before.
            outcome.left.clone_from(&whole.left);
        }
        assert_eq!(whole, outcome, "{cut:?}");
    }
    whole
}

/// Demands that the machine says exactly its lines of a dialogue, each run as soon as the lines of
/// its `peer` before it are there, and the same in every cut.
fn speaks<D: Drive>(new: impl Fn() -> D, dialogue: &str, peer: char) -> Outcome<D::State> {
    let runs = runs(dialogue);
    let mut driver = new();
    let mut need = driver.feed(b"");
    for (who, octets) in &runs {
        match who {
            'T' => {
                assert!(matches!(need, Need::Upgrade(_)), "{need:?}");
                driver.upgrade();
                need = driver.feed(b"");
            }
            who if *who == peer => need = driver.feed(octets),
            _ => assert_eq!(
                driver.take_output().escape_ascii().to_string(),
                octets.escape_ascii().to_string()
            ),
        }
    }
    assert_eq!(driver.take_output(), b"");
    session(new, &side(&runs, peer), false)
}

/// Octets of a transcript, in parts between which the transport changes to TLS.
pub(crate) type Parts = Vec<Vec<u8>>;

/// One way to cut every part into pieces.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    Whole,
    Bytes,
    /// Two pieces, the first with this many octets of all parts together.
    At(usize),
    /// Pieces of random length, some empty.
    Random(u64),
}

/// All ways that a transcript of this length is fed in.
pub(crate) fn cuts(parts: &Parts) -> impl Iterator<Item = Cut> + use<> {
    let len: usize = parts.iter().map(Vec::len).sum();
    // Beyond this length, all offsets would take minutes.
    let step = 1 + len / 3_000;
    [Cut::Bytes]
        .into_iter()
        .chain((1..len).step_by(step).map(Cut::At))
        .chain((0..12).map(Cut::Random))
}

impl Cut {
    /// The pieces of each part.
    pub(crate) fn apply(self, parts: &Parts) -> Vec<Vec<&[u8]>> {
        let mut random = match self {
            Self::Random(seed) => Random(seed),
            _ => Random(0),
        };
        let mut before = 0;
        let mut cut = Vec::new();
        for part in parts {
            let pieces = match self {
                Self::Bytes => part.chunks(1).collect(),
                Self::At(at) if (before..before + part.len()).contains(&at) => {
                    let (head, tail) = part.split_at(at - before);
                    vec![head, tail]
                }
                Self::Whole | Self::At(_) => vec![&part[..]],
                Self::Random(_) => random.pieces(part),
            };
            before += part.len();
            cut.push(pieces);
        }
        cut
    }
}

/// A small generator (`SplitMix64`), so that every failure can be repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(crate) fn pieces<'b>(&mut self, mut bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let most = [2, 5, 17, 200][self.below(4)];
        let mut pieces = Vec::new();
        while !bytes.is_empty() {
            let len = self.below(most).min(bytes.len());
            let (piece, rest) = bytes.split_at(len);
            pieces.push(piece);
            bytes = rest;
        }
        pieces
    }
}

/// Splits a dialogue of `C: ` and `S: ` lines into runs; each run is the side and its octets.
/// A line `TLS` changes the transport.
pub(crate) fn runs(dialogue: &str) -> Vec<(char, Vec<u8>)> {
    let mut runs: Vec<(char, Vec<u8>)> = Vec::new();
    for line in dialogue.lines().map(str::trim_start) {
        let (side, text) = match line.split_at_checked(2) {
            Some(("C:" | "S:" | "S!", text)) => (
                line.chars().next().unwrap(),
                text.strip_prefix(' ').unwrap_or(text),
            ),
            _ if line == "TLS" => ('T', ""),
            _ if line.is_empty() => continue,
            _ => panic!("neither C: nor S: in {line:?}"),
        };
        if runs.last().is_none_or(|run| run.0 != side) {
            runs.push((side, Vec::new()));
        }
        if side != 'T' {
            let run = &mut runs.last_mut().unwrap().1;
            run.extend_from_slice(text.as_bytes());
            run.extend_from_slice(b"\r\n");
        }
    }
    runs
}

/// What `side` says in a dialogue.
pub(crate) fn side(runs: &[(char, Vec<u8>)], side: char) -> Parts {
    let mut parts = vec![Vec::new()];
    for (who, octets) in runs {
        if *who == 'T' {
            parts.push(Vec::new());
        } else if *who == side {
            parts.last_mut().unwrap().extend_from_slice(octets);
        }
    }
    parts
}
