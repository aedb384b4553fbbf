#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod charset;
mod defect;
mod limits;

pub use defect::{Defect, DefectKind};
pub use limits::Limits;
