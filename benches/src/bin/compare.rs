//! `compare [CRATE] [--case TEXT]`: ours against each peer on the same work, as TSV.
//!
//! `ratio` is the peer's time divided by ours: above 1 we are faster.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use sansio_benches::arguments::Arguments;
use sansio_benches::{lock, measure};

fn main() -> ExitCode {
    let arguments = match Arguments::parse("compare", std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::from(2);
        }
    };
    match print(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
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
            let (ours, peers) = match case.ours {
                Some(_) => times.split_at(1),
                None => (&[f64::NAN][..], &times[..]),
            };
            let ours = ours[0];
            for (peer, time) in case.peers.iter().zip(peers) {
                writeln!(
                    out,
                    "{krate}\t{}\t{ours:.1}\t{}\t{}\t{time:.1}\t{:.2}\t{}",
                    case.name,
                    peer.who(),
                    lock::version(peer.who()),
                    time / ours,
                    case.note,
                )?;
            }
        }
        out.flush()?;
    }
    Ok(())
}
