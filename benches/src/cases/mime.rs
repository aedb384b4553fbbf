//! mime-codec against the parsers, builders and decoders of the registry.
//!
//! The messages are made here, see `messages`; every contender gets the same octets, and each
//! one's sums over what it found are the same as ours.

mod build;
mod headers;
mod kernels;
mod messages;
mod parse;

use crate::Case;

/// All cases.
pub fn cases() -> Vec<Case> {
    let parts = [
        parse::cases(),
        headers::cases(),
        build::cases(),
        kernels::cases(),
    ];
    parts.into_iter().flatten().collect()
}
