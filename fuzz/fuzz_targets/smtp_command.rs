//! `smtp_command` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("smtp_command");
