//! Every crate of the workspace against its peers, on the same work.
//!
//! A [`Case`] is declared once, in `cases/<crate>.rs`, and used by three programs:
//! `compare` (time, side by side), `count` (instructions) and the criterion benches.
//! A new crate means one new file there and one line in [`cases::CRATES`].

pub mod arguments;
pub mod case;
pub mod cases;
pub mod lock;
pub mod measure;

pub use case::{Case, Contender};
