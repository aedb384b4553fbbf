//! What other protocols and programs ask of a message: the roles of its parts (RFC 8621), related
//! parts (RFC 2387), IMAP data (RFC 9051), threads and base subjects (RFC 5256).

pub(crate) mod base_subject;
pub(crate) mod envelope;
pub mod imap;
pub(crate) mod related;
pub(crate) mod roles;
pub(crate) mod thread;
