//! `mime_encoded_word` under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
fuzz::entry!("mime_encoded_word");
