//! The machine-readable parts of reports: delivery status (RFC 3464), message disposition
//! (RFC 8098) and feedback (RFC 5965, RFC 6591).
//!
//! Each type reads the octets of its part, after any transfer decoding, and never fails: fields
//! that cannot be read are left out or kept as extensions; what is beyond
//! [`Limits`](crate::Limits) is left out. Encoding refuses what would be malformed.

mod dsn;
mod feedback;
mod fields;
mod mdn;

pub use dsn::{Action, DeliveryStatus, Recipient, Status};
pub use feedback::{Feedback, FeedbackType};
pub use fields::{Extension, TypedText};
pub use mdn::{Disposition, DispositionKind, DispositionNotification};
