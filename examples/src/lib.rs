//! What the programs in `examples/` share.

pub mod alice;
pub mod args;
pub mod cidr;
pub mod limiter;
pub mod listen;
pub mod machine;
mod machines;
pub mod mail_inline;
pub mod mail_json;
pub mod mail_message;
pub mod mail_report;
pub mod mail_text;
pub mod maildir;
pub mod progress;
pub mod pump;
pub mod scan;
pub mod smtp;
pub mod store;
pub mod tls;
pub mod trace;
pub mod transport;
pub mod uppercase;
