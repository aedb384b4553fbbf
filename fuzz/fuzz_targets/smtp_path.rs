//! `smtp_path` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("smtp_path");
