//! A progress bar for large files.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Smaller files are gone before anybody could read a bar.
const LARGE: u64 = 1024 * 1024;

/// A bar for `octets` octets, on standard error; it draws nothing if that is no terminal.
pub fn bar(name: &str, octets: u64) -> ProgressBar {
    if octets < LARGE {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(
        "{prefix} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    );
    ProgressBar::with_draw_target(Some(octets), ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(name.to_owned())
}
