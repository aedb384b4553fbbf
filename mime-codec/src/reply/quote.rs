//! Quoted text (RFC 3676 section 4.5).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Message, Part, flowed, html};

impl Message<'_> {
    /// The text of the message, every line with one `>` more in front: paragraphs of `format=flowed`
    /// text on one line each, HTML as text, the signature left out.
    ///
    /// [`Builder::flowed`](crate::Builder::flowed) takes it as it is.
    pub fn quoted_text(&self) -> String {
        let mut out = String::new();
        for part in self.shown_text() {
            for line in part.lines().take_while(|line| *line != "-- ") {
                let line = line.trim_end();
                out.push_str(match line.as_bytes() {
                    [] | [b'>', ..] => ">",
                    _ => "> ",
                });
                out.push_str(line);
                out.push('\n');
            }
        }
        out
    }

    /// The parts of the text that is shown, with a line for each paragraph.
    pub(super) fn shown_text(&self) -> Vec<String> {
        let parts = self.body().text;
        let texts = parts
            .iter()
            .filter(|part| part.media_type().is_kind("text"));
        texts.map(|part| lines(*part)).collect()
    }
}

fn lines(part: Part<'_>) -> String {
    let text = part.text();
    let content_type = part.content_type();
    if content_type.is("text", "html") {
        return html::to_text(&text);
    }
    let is = |name, value: &str| {
        content_type
            .parameter(name)
            .is_some_and(|given| given.trim().eq_ignore_ascii_case(value))
    };
    if !is("format", "flowed") {
        return text.replace("\r\n", "\n");
    }
    let mut out = String::with_capacity(text.len());
    for paragraph in flowed::paragraphs(text.as_bytes(), is("delsp", "yes")) {
        out.push_str(&paragraph.to_string());
        out.push('\n');
    }
    out
}

/// Breaks long lines, each at the depth that it is quoted.
pub(super) fn wrap(text: &str) -> String {
    let encoder = flowed::Encoder::new(false);
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let rest = line.trim_start_matches('>');
        let depth = line.len() - rest.len();
        if depth == 0 || line.len() <= 78 {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let mut wrapped = String::new();
        encoder.encode(
            u32::try_from(depth).unwrap_or(u32::MAX),
            rest.trim_start(),
            &mut wrapped,
        );
        for line in wrapped.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}
