//! `mime_address` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_address");
