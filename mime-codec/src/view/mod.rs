//! What other protocols and programs ask of a message: the roles of its parts (RFC 8621), related
//! parts (RFC 2387), IMAP data (RFC 9051), threads and base subjects (RFC 5256), fragments (RFC 2046
//! section 5.2.2), and what is signed or encrypted (RFC 1847, RFC 3156, RFC 8551).

pub(crate) mod armor;
pub(crate) mod base_subject;
pub(crate) mod envelope;
pub(crate) mod fragment;
pub mod imap;
pub(crate) mod related;
pub(crate) mod roles;
pub(crate) mod security;
pub(crate) mod thread;
