//! Mailboxes, domains, literals and paths (RFC 5321 sections 4.1.2 and 4.1.3, RFC 6531 section 3.3).

mod domain;
mod literal;
mod mailbox;
mod path;

pub use domain::{Domain, Host};
pub use literal::AddressLiteral;
pub use mailbox::{LocalPart, Mailbox};
pub use path::{ForwardPath, Path, ReversePath, SourceRoute};

pub(crate) use path::{parse_forward_path, parse_plain_path, parse_reverse_path};
