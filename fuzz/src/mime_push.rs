//! The push parser: in whatever pieces the input comes, it finds what the tree shows.

use crate::input::split;
use crate::mime::found::{by_push, by_tree};
use crate::mime::limits;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let limits = limits(&mut decisions);
    let tree = by_tree(stream, &limits);
    let mut at = 0;
    let cuts: Vec<usize> = decisions
        .pieces(stream)
        .iter()
        .map(|piece| {
            at += piece.len();
            at
        })
        .collect();
    let (push, kept) = by_push(stream, cuts, &limits);
    assert_eq!(push, tree);
    // It leaves with the caller no more than its limits say.
    let bound = limits.header_bytes.max(limits.boundary + limits.line + 4);
    assert!(kept <= bound.max(stream.len().min(bound)) || kept < stream.len().min(1024) + 1);
}
