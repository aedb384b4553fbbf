//! The structural core (RFC 5322 section 2, RFC 2046 section 5): `scan` finds lines and fields,
//! `splitter` is the one state machine, `structure` (the tree) and `push` (the stream) drive it.

pub(crate) mod check;
pub(crate) mod line;
pub mod push;
pub(crate) mod scan;
pub(crate) mod segments;
pub(crate) mod splitter;
pub(crate) mod structure;
