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

/// What arrives at a machine: octets that it has not consumed, and the pieces to come.
pub(crate) struct Arrivals<'s> {
    pub(crate) pending: Vec<u8>,
    pieces: std::vec::IntoIter<&'s [u8]>,
    ended: bool,
}

impl<'s> Arrivals<'s> {
    pub(crate) fn new(pieces: Vec<&'s [u8]>) -> Self {
        Self {
            pending: Vec::new(),
            pieces: pieces.into_iter(),
            ended: false,
        }
    }

    /// Octets that are still to come.
    pub(crate) fn len(&self) -> usize {
        self.pieces.as_slice().iter().map(|piece| piece.len()).sum()
    }

    /// Lets the next piece come, if there is one.
    pub(crate) fn more(&mut self) -> bool {
        let piece = self.pieces.next();
        self.pending.extend_from_slice(piece.unwrap_or_default());
        piece.is_some()
    }

    /// The machine wants more: the next piece comes, or once the end.
    pub(crate) fn more_or_end(&mut self, end: impl FnOnce()) {
        assert!(!self.ended, "no octet comes after the end");
        if !self.more() {
            self.ended = true;
            end();
        }
    }

    /// How many octets a machine has consumed that has left `rest`.
    pub(crate) fn used(&self, rest: &[u8]) -> usize {
        assert!(self.pending.ends_with(rest), "the rest is a suffix");
        self.pending.len() - rest.len()
    }
}

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
