//! `mime_flowed` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_flowed");
