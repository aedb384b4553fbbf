#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

extern crate alloc;

mod address;
#[cfg(feature = "arbitrary")]
mod arbitrary_impls;
mod capabilities;
pub mod client;
mod command;
mod cursor;
mod data;
mod error;
mod extension;
mod limits;
mod machine;
mod parameter;
mod reply;
pub mod route;
pub mod sasl;
pub mod server;
mod swar;
mod text;
pub mod trace;
mod xtext;

pub use address::{
    AddressLiteral, Domain, ForwardPath, Host, LocalPart, Mailbox, Path, ReversePath, SourceRoute,
};
pub use capabilities::{Capabilities, FutureRelease, ServiceLimit, ServiceLimits};
pub use command::{
    Argument, Attribute, AttributeName, AttributeValue, Attributes, Auth, Base64, Bdat, Burl,
    Command, HeloName, Mail, Mechanism, Node, Query, Rcpt, Unknown, Url,
};
pub use data::{BareLineEnd, DataDecoder, DataEncoder, DataStep};
pub use error::{ParseError, ParseErrorKind, ProtocolError, UsageError};
pub use extension::{Extension, Extensions};
pub use limits::{Limit, Limits, LineEnds, Options};
pub use machine::{Layer, Need, Protocol, Step, TlsPolicy, port};
pub use parameter::{
    BodyType, By, ByMode, DateTime, EnvelopeId, Hold, MailAuth, MailParameters, Mtrk, Notify,
    Parameter, Priority, RcptParameters, Ret, Rrvs, RrvsAction, Solicit, TransactionId,
};
pub use reply::{Class, EnhancedCode, Reply, ReplyCode, Severity};
pub use xtext::{OriginalRecipient, XText};
