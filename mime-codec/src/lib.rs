#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod charset;
mod defect;
pub mod dkim;
pub mod flowed;
pub mod html;
mod limits;
mod line;
pub mod mbox;
pub mod report;
pub mod transfer;

pub use defect::{Defect, DefectKind};
pub use limits::Limits;
pub use transfer::TransferEncoding;
