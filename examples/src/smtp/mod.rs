//! Mail by SMTP: what programs do on both ends of a session.

pub mod outgoing;
pub mod reception;
pub mod submission;
