//! `mime_mbox` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_mbox");
