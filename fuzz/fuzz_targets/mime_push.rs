//! `mime_push` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_push");
