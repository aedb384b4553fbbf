//! Bodies: transfer encodings, charsets and the forms of text (RFC 2045 section 6, RFC 2046
//! section 4.1, RFC 3676).

pub mod charset;
pub(crate) mod content;
pub mod flowed;
pub mod html;
pub(crate) mod media_type_table;
pub mod transfer;
