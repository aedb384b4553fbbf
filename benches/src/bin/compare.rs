//! `compare [CRATE] [--case TEXT]`: ours against each peer on the same work, as TSV.
//!
//! `ratio` is the peer's time divided by ours: above 1 we are faster. A case without a peer
//! has one row with `-` in the peer's columns.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use sansio_benches::arguments::Arguments;
use sansio_benches::{lock, measure};

fn main() -> ExitCode {
    Arguments::main("compare", std::env::args().skip(1), print)
}

fn print(arguments: &Arguments) -> std::io::Result<()> {
    let mut out = stdout().lock();
    writeln!(
        out,
        "crate\tcase\tours_ns\tpeer\tpeer_version\tpeer_ns\tratio\tnote"
    )?;
    for (krate, mut cases) in arguments.select() {
        let times = measure::measure(&mut cases);
        for (case, times) in cases.iter().zip(&times) {
            let (name, note) = (&case.name, case.note);
            let Some((ours, peers)) = times.split_first() else {
                continue;
            };
            if peers.is_empty() {
                writeln!(out, "{krate}\t{name}\t{ours:.1}\t-\t-\t-\t-\t{note}")?;
            }
            for (peer, time) in case.peers.iter().zip(peers) {
                writeln!(
                    out,
                    "{krate}\t{name}\t{ours:.1}\t{}\t{}\t{time:.1}\t{:.2}\t{note}",
                    peer.who(),
                    lock::version(peer.who()),
                    time / ours,
                )?;
            }
        }
        out.flush()?;
    }
    Ok(())
}
