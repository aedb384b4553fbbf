#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod body;
pub mod charset;
mod check;
mod content_type;
mod defect;
mod disposition;
mod error;
mod fields;
mod header;
mod html;
pub mod imap;
mod lexer;
mod limits;
mod message;
mod options;
mod param;
pub mod push;
mod related;
mod scan;
mod segments;
mod splitter;
mod structure;

pub use body::Body;
pub use content_type::{ContentType, MediaType};
pub use defect::{Defect, DefectKind};
pub use disposition::{ContentDisposition, DispositionKind, safe_file_name};
pub use error::{EncodeError, ParseError, ParseErrorKind};
pub use header::{Fields, Header, Headers};
pub use html::{html_to_text, preview};
pub use limits::Limits;
pub use message::{AttachError, Children, Message, Part};
pub use options::Options;
pub use param::{Parameter, Parameters};
pub use segments::{Segment, SegmentKind, Segments};
pub use splitter::PartKind;
pub use structure::Structure;
