#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(feature = "arbitrary")]
mod arbitrary_impls;
mod body;
mod build;
mod defect;
pub mod dkim;
mod edit;
mod error;
mod header;
mod limits;
pub mod mbox;
mod message;
mod options;
mod parse;
mod reply;
pub mod report;
#[cfg(feature = "serde")]
mod text_serde;
mod view;

// Reading a message.
pub use defect::{Defect, DefectKind};
pub use error::{EncodeError, ParseError, ParseErrorKind};
pub use limits::Limits;
pub use message::{AttachError, Children, Message, Part};
pub use options::Options;
pub use parse::push;
pub use parse::segments::{Segment, SegmentKind, Segments};
pub use parse::splitter::PartKind;
pub use parse::structure::Structure;

// Header fields and their values.
pub use header::address::{
    AddrSpec, AddrSpecError, Address, AddressList, Group, Mailbox, Mailboxes, NameWarning,
};
pub use header::auth_results::{AuthProperty, AuthResult, AuthResults};
pub use header::content_type::{ContentType, MediaType};
pub use header::date::{DateError, DateErrorKind, DateTime, Zone};
pub use header::disposition::{ContentDisposition, DispositionKind, safe_file_name};
pub use header::encoded_word::{EncodedWord, WordEncoding};
pub use header::field_value::{FieldBody, FieldValue};
pub use header::fold::FieldWriter;
pub use header::keywords::Keywords;
pub use header::list::{ListId, ListUris, is_one_click};
pub use header::message_id::{MessageId, MessageIdList};
pub use header::mime_version::MimeVersion;
pub use header::param::{Parameter, Parameters};
pub use header::received::Received;
pub use header::return_path::ReturnPath;
pub use header::section::{Fields, Header, Headers};
pub use header::tag_list::TagList;
pub use header::unstructured::Unstructured;

// Bodies.
pub use body::media_type_table::{extension_for_media_type, media_type_for_file};
pub use body::transfer::TransferEncoding;
pub use body::{charset, flowed, html, transfer};

// Views of a message.
pub use view::armor::{Armor, ArmorKind};
pub use view::base_subject::base_subject;
pub use view::envelope::{Envelope, EnvelopeAddress};
pub use view::fragment::{Fragment, ReassembleError};
pub use view::imap;
pub use view::roles::Body;
pub use view::security::{Cms, CmsKind, Encrypted, Protection, SecurityProtocol, Signed};
pub use view::thread::{reply_references, thread_references};

// Building and editing.
pub use build::{BuildError, Builder, PartBuilder};
pub use edit::{Completion, Edit, EditError};
pub use reply::{ReplyOptions, ReplyTo};
