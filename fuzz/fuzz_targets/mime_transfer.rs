//! `mime_transfer` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_transfer");
