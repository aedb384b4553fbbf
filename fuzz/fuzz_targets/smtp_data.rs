//! `smtp_data` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("smtp_data");
