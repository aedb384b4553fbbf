#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod auth_results;
mod base_subject;
pub mod charset;
mod date;
mod defect;
mod defect_sink;
mod encoded_word;
mod fold;
mod grammar;
mod header_options;
mod keywords;
mod limits;
mod list;
mod media_type_table;
mod message_id;
mod mime_version;
mod phrase;
mod received;
mod return_path;
mod tag_list;
mod thread;
mod unstructured;

pub use address::{
    AddrSpec, AddrSpecError, Address, AddressList, Group, Mailbox, Mailboxes, NameWarning,
};
pub use auth_results::{AuthProperty, AuthResult, AuthResults};
pub use base_subject::base_subject;
pub use date::{DateError, DateErrorKind, DateTime, Zone};
pub use defect::{Defect, DefectKind};
pub use encoded_word::{EncodedWord, WordEncoding};
pub use fold::{FieldError, FieldWriter};
pub use header_options::HeaderOptions;
pub use keywords::Keywords;
pub use limits::Limits;
pub use list::{ListId, ListUris, is_one_click};
pub use media_type_table::{extension_for_media_type, media_type_for_file};
pub use message_id::{MessageId, MessageIdList};
pub use mime_version::MimeVersion;
pub use received::Received;
pub use return_path::ReturnPath;
pub use tag_list::TagList;
pub use thread::{reply_references, thread_references};
pub use unstructured::Unstructured;
