#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod body;
pub mod charset;
mod check;
mod content_type;
mod date;
mod defect;
mod defect_sink;
mod disposition;
pub mod dkim;
mod encoded_word;
mod error;
mod fields;
pub mod flowed;
mod fold;
mod grammar;
mod header;
mod header_options;
mod html;
pub mod imap;
mod lexer;
mod limits;
mod line;
mod message;
mod message_id;
mod options;
mod param;
mod phrase;
pub mod push;
mod related;
mod scan;
mod segments;
mod splitter;
mod structure;
pub mod transfer;
mod unstructured;

pub use address::{AddrSpec, AddrSpecError, Address, AddressList, Group, Mailbox, Mailboxes, NameWarning};
pub use body::{Body};
pub use content_type::{ContentType, MediaType};
pub use date::{DateError, DateErrorKind, DateTime, Zone};
pub use defect::{Defect, DefectKind};
pub use disposition::{ContentDisposition, DispositionKind, safe_file_name};
pub use encoded_word::{EncodedWord, WordEncoding};
pub use error::{EncodeError, ParseError, ParseErrorKind};
pub use fold::{FieldError, FieldWriter};
pub use header::{Fields, Header, Headers};
pub use header_options::{HeaderOptions};
pub use html::{html_to_text, preview};
pub use limits::{Limits};
pub use message::{AttachError, Children, Message, Part};
pub use message_id::{MessageId, MessageIdList};
pub use options::{Options};
pub use param::{Parameter, Parameters};
pub use segments::{Segment, SegmentKind, Segments};
pub use splitter::{PartKind};
pub use structure::{Structure};
pub use transfer::{TransferEncoding};
pub use unstructured::{Unstructured};
