//! Header sections, and the values of header fields read and written (RFC 5322 sections 2.2 and 3,
//! RFC 2045, RFC 2047, RFC 2231).
//!
//! `section` finds fields; `field_value` joins the types of their values, each in a file of its own;
//! `typed` and `fields` are the accessors of messages and parts. Beneath them: `grammar` (the
//! tokens of RFC 5322), `lexer` (those of MIME), `encoded_word`, `param`, and `fold`, through which
//! everything is written.

pub(crate) mod address;
pub(crate) mod auth_results;
pub(crate) mod content_type;
pub(crate) mod date;
pub(crate) mod defect_sink;
pub(crate) mod disposition;
pub(crate) mod encoded_word;
pub(crate) mod field_value;
pub(crate) mod fields;
pub(crate) mod fold;
pub(crate) mod grammar;
pub(crate) mod keywords;
pub(crate) mod lexer;
pub(crate) mod list;
pub(crate) mod message_id;
pub(crate) mod mime_version;
pub(crate) mod param;
pub(crate) mod phrase;
pub(crate) mod received;
pub(crate) mod return_path;
pub(crate) mod section;
pub(crate) mod tag_list;
pub(crate) mod typed;
pub(crate) mod unstructured;
