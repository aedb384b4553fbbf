//! `mime_edit` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_edit");
