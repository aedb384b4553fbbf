#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
pub mod charset;
mod date;
mod defect;
mod defect_sink;
mod encoded_word;
mod fold;
mod grammar;
mod header_options;
mod limits;
mod message_id;
mod phrase;
mod unstructured;

pub use address::{
    AddrSpec, AddrSpecError, Address, AddressList, Group, Mailbox, Mailboxes, NameWarning,
};
pub use date::{DateError, DateErrorKind, DateTime, Zone};
pub use defect::{Defect, DefectKind};
pub use encoded_word::{EncodedWord, WordEncoding};
pub use fold::{FieldError, FieldWriter};
pub use header_options::HeaderOptions;
pub use limits::Limits;
pub use message_id::{MessageId, MessageIdList};
pub use unstructured::Unstructured;
