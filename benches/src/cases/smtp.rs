//! smtp-proto against the SMTP parsers of the registry.
//!
//! Every contender gets the octets as they come from the wire. A peer that wants a `str`
//! checks for UTF-8 itself, one that wants a line without its end takes the end off: a caller
//! would have to do the same.

mod addresses;
mod bodies;
mod commands;
mod replies;
mod sessions;

use crate::Case;

/// All cases.
pub fn cases() -> Vec<Case> {
    let parts = [
        commands::cases(),
        replies::cases(),
        addresses::cases(),
        bodies::cases(),
        sessions::cases(),
    ];
    parts.into_iter().flatten().collect()
}
