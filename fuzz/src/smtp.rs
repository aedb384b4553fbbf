//! What the SMTP targets have in common.

use smtp_proto::{LineEnds, Options, TlsPolicy};

use crate::input::Decisions;

/// The modes of line ends, the default first.
pub(crate) const LINE_ENDS: [LineEnds; 3] =
    [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient];

/// The TLS policies, the default first.
pub(crate) const TLS: [TlsPolicy; 4] = [
    TlsPolicy::None,
    TlsPolicy::StartTls,
    TlsPolicy::Required,
    TlsPolicy::Implicit,
];

/// Options, with the default limits or with small ones that are reached soon.
pub(crate) fn options(decisions: &mut Decisions<'_>) -> Options {
    let mut options = Options::default();
    if let Some(mode) = decisions.pick(&LINE_ENDS) {
        options.line_ends = *mode;
    }
    let switches = decisions.choose(8);
    options.bare_paths = switches & 1 != 0;
    options.unknown_parameters = switches & 2 != 0;
    options.clear_text_auth = switches & 4 != 0;
    if decisions.flag() {
        let limits = &mut options.limits;
        limits.command_line = 128;
        limits.auth_line = 256;
        limits.local_part = 16;
        limits.domain = 32;
        limits.path = 48;
        limits.parameters = 3;
        limits.recipients = 3;
        limits.message_size = 64;
        limits.errors = 4;
        limits.idle_commands = 4;
        limits.reply_line = 64;
        limits.reply_lines = 4;
        limits.reply = 128;
        limits.queued_commands = 4;
        limits.output = 256;
    }
    options
}

/// Options within which whatever was once parsed can be parsed again once encoded, although a
/// spelling may have become longer.
pub(crate) fn roomy() -> Options {
    let mut options = Options::default();
    let limits = &mut options.limits;
    limits.command_line = 1 << 20;
    limits.auth_line = 1 << 20;
    limits.local_part = 1 << 20;
    limits.domain = 1 << 20;
    limits.path = 1 << 20;
    limits.parameters = 1 << 20;
    limits.reply_line = 1 << 20;
    limits.reply_lines = 1 << 20;
    limits.reply = 1 << 20;
    options
}

/// Asserts that `line` is one line: it ends with CRLF and holds no other CR or LF, and no NUL.
pub(crate) fn assert_one_line(line: &[u8]) {
    let content = line.strip_suffix(b"\r\n").expect("CRLF at the end");
    let stray = content
        .iter()
        .find(|octet| matches!(octet, b'\r' | b'\n' | 0));
    assert_eq!(stray, None, "in {:?}", line.escape_ascii().to_string());
}
