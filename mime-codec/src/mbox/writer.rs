//! Writing an mbox file (RFC 4155 appendix A).

use alloc::vec::Vec;

use super::{Format, Timestamp};
use crate::parse::line::split_ending;

/// Appends a message with its separator line to `out`.
///
/// Line breaks become LF, as RFC 4155 asks. Octets of `sender` that would break the separator line
/// are left out; an empty sender is written as `MAILER-DAEMON`. In the formats with a
/// Content-Length field the message gets a right one in place of any that it has.
pub fn write(format: Format, sender: &[u8], date: Timestamp, message: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"From ");
    let start = out.len();
    out.extend(sender.iter().filter(|octet| octet.is_ascii_graphic()));
    if out.len() == start {
        out.extend_from_slice(b"MAILER-DAEMON");
    }
    out.extend_from_slice(alloc::format!(" {date}\n").as_bytes());
    let body = if format.has_length() {
        let length = header_length(message);
        let (header, rest) = message.split_at(length);
        let mut body = Vec::with_capacity(rest.len());
        lines(format, rest, &mut body);
        header_without_length(format, header, out);
        out.extend_from_slice(alloc::format!("Content-Length: {}\n\n", body.len()).as_bytes());
        body
    } else {
        let mut body = Vec::with_capacity(message.len());
        lines(format, message, &mut body);
        body
    };
    out.extend_from_slice(&body);
    out.push(b'\n');
}

/// Appends `text` line by line, quoted, each line with LF.
fn lines(format: Format, text: &[u8], out: &mut Vec<u8>) {
    for line in text.split_inclusive(|octet| *octet == b'\n') {
        if format.quotable(line) {
            out.push(b'>');
        }
        out.extend_from_slice(split_ending(line).0);
        out.push(b'\n');
    }
}

/// Octets up to and with the empty line.
fn header_length(message: &[u8]) -> usize {
    let mut length = 0;
    for line in message.split_inclusive(|octet| *octet == b'\n') {
        length += line.len();
        if split_ending(line).0.is_empty() {
            break;
        }
    }
    length
}

/// Appends the header without its Content-Length fields and without the empty line.
fn header_without_length(format: Format, header: &[u8], out: &mut Vec<u8>) {
    let mut dropped = false;
    for line in header.split_inclusive(|octet| *octet == b'\n') {
        let (content, _) = split_ending(line);
        if content.is_empty() {
            continue;
        }
        if !matches!(content, [b' ' | b'\t', ..]) {
            let name = content
                .split(|octet| *octet == b':')
                .next()
                .unwrap_or_default();
            dropped = name
                .trim_ascii_end()
                .eq_ignore_ascii_case(b"content-length");
        }
        if !dropped {
            lines(format, line, out);
        }
    }
}
