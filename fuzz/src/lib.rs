//! What the fuzzer runs.
//!
//! A target is a function from octets to nothing that panics when it finds a fault. Adding
//! one takes a file `src/<target>.rs` with `pub(crate) fn run(data: &[u8])`, a line in
//! `targets!` below, and for `cargo fuzz` a line in `Cargo.toml` and `fuzz_targets/<target>.rs`:
//!
//! ```text
//! //! `<target>` under libFuzzer.
//! #![cfg_attr(fuzzing, no_main)]
//! fuzz::entry!("<target>");
//! ```
//!
//! `tests/layout.rs` sees to it that none of them is forgotten.

pub mod input;
mod mime;
mod smtp;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is also the name of its folder in `seeds/`.
    pub name: &'static str,
    /// What it does with an input; it panics if that shows a fault.
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($name:ident,)*) => {
        $(mod $name;)*

        /// Every target, by name.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name::run }),*];
    };
}

targets! {
    mime_address,
    mime_builder,
    mime_charset,
    mime_date,
    mime_differential,
    mime_dkim,
    mime_edit,
    mime_encoded_word,
    mime_flowed,
    mime_mbox,
    mime_message,
    mime_param,
    mime_push,
    mime_transfer,
    smtp_client,
    smtp_command,
    smtp_data,
    smtp_differential,
    smtp_pair,
    smtp_path,
    smtp_reply,
    smtp_server,
}

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().copied().find(|target| target.name == name)
}

/// What stands in a file of `fuzz_targets/`: the entry point that libFuzzer calls or, if built
/// without it, a program that says where to look.
#[macro_export]
macro_rules! entry {
    ($name:literal) => {
        #[cfg(fuzzing)]
        ::libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            // Looked up once: the name is checked by a test.
            static TARGET: ::std::sync::LazyLock<$crate::Target> =
                ::std::sync::LazyLock::new(|| $crate::target($name).expect($name));
            (TARGET.run)(data);
        });

        #[cfg(not(fuzzing))]
        fn main() {
            eprintln!(concat!("cargo +nightly fuzz run ", $name));
            eprintln!(concat!("cargo replay ", $name, " FILE|DIR.."));
            ::std::process::exit(2);
        }
    };
}
