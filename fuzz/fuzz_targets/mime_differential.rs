//! `mime_differential` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_differential");
