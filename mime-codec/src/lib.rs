#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod auth_results;
mod base_subject;
mod body;
mod build;
pub mod charset;
mod check;
mod content;
mod content_type;
mod date;
mod defect;
mod defect_sink;
mod disposition;
pub mod dkim;
mod edit;
mod encoded_word;
mod envelope;
mod error;
mod field_value;
mod fields;
pub mod flowed;
mod fold;
mod grammar;
mod header;
mod header_options;
pub mod html;
pub mod imap;
mod keywords;
mod lexer;
mod limits;
mod line;
mod list;
pub mod mbox;
mod media_type_table;
mod message;
mod message_id;
mod mime_version;
mod options;
mod param;
mod phrase;
pub mod push;
mod received;
mod related;
pub mod report;
mod return_path;
mod scan;
mod segments;
mod splitter;
mod structure;
mod tag_list;
mod thread;
pub mod transfer;
mod typed;
mod unstructured;

pub use address::{
    AddrSpec, AddrSpecError, Address, AddressList, Group, Mailbox, Mailboxes, NameWarning,
};
pub use auth_results::{AuthProperty, AuthResult, AuthResults};
pub use base_subject::base_subject;
pub use body::Body;
pub use build::{BuildError, Builder, PartBuilder};
pub use content_type::{ContentType, MediaType};
pub use date::{DateError, DateErrorKind, DateTime, Zone};
pub use defect::{Defect, DefectKind};
pub use disposition::{ContentDisposition, DispositionKind, safe_file_name};
pub use edit::{Completion, Edit, EditError};
pub use encoded_word::{EncodedWord, WordEncoding};
pub use envelope::{Envelope, EnvelopeAddress};
pub use error::{EncodeError, ParseError, ParseErrorKind};
pub use field_value::{FieldBody, FieldValue};
pub use fold::{FieldError, FieldWriter};
pub use header::{Fields, Header, Headers};
pub use header_options::HeaderOptions;

pub use keywords::Keywords;
pub use limits::Limits;
pub use list::{ListId, ListUris, is_one_click};
pub use media_type_table::{extension_for_media_type, media_type_for_file};
pub use message::{AttachError, Children, Message, Part};
pub use message_id::{MessageId, MessageIdList};
pub use mime_version::MimeVersion;
pub use options::Options;
pub use param::{Parameter, Parameters};
pub use received::Received;
pub use return_path::ReturnPath;
pub use segments::{Segment, SegmentKind, Segments};
pub use splitter::PartKind;
pub use structure::Structure;
pub use tag_list::TagList;
pub use thread::{reply_references, thread_references};
pub use transfer::TransferEncoding;
pub use unstructured::Unstructured;
