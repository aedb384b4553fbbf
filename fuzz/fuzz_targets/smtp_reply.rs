//! `smtp_reply` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("smtp_reply");
