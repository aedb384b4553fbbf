//! Every bound that the codec and the machines respect (RFC 5321 section 4.5.3).

use core::fmt;

/// Bounds on what the other end may make this one hold or do.
///
/// The defaults suit a server on the open internet; each field says what a
/// server that trusts its clients uses. Reaching one is a typed error that
/// names it as a [`Limit`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of a command line, CRLF included (RFC 5321 section 4.5.3.1.4 asks for 512 and
    /// more for each extension). Default 2,048; trusted: 4,096.
    pub command_line: usize,
    /// Octets of a line within an AUTH exchange, CRLF included (RFC 4954 section 4).
    /// Default 12,288; trusted: 65,536 for mechanisms with tickets.
    pub auth_line: usize,
    /// Octets of a local part (RFC 5321 section 4.5.3.1.1). Default 64; trusted, or where
    /// rewritten return paths (VERP, SRS) must pass: 255.
    pub local_part: usize,
    /// Octets of a domain (RFC 5321 section 4.5.3.1.2). Default 255.
    pub domain: usize,
    /// Octets of a path, brackets included (RFC 5321 section 4.5.3.1.3). Default 256;
    /// trusted: 1,000, for source routes.
    pub path: usize,
    /// Parameters of one command. Default 32.
    pub parameters: usize,
    /// Recipients of one transaction (RFC 5321 section 4.5.3.1.8 asks for at least 100).
    /// Default 1,000; trusted: 50,000.
    pub recipients: usize,
    /// Octets of a message, counted after dots are removed (RFC 1870). Default 10 MiB;
    /// trusted: what the store takes.
    pub message_size: u64,
    /// Faulty commands before 421 closes the connection. Default 20; trusted: 1,000.
    pub errors: u32,
    /// Commands that bring no mail forward (NOOP, RSET, VRFY, EXPN, HELP, repeated EHLO) between
    /// two messages before 421 closes the connection. Default 100; trusted: 10,000.
    pub idle_commands: u32,
    /// Octets of a reply line, CRLF included (RFC 5321 section 4.5.3.1.5 asks for 512).
    /// Default 4,096.
    pub reply_line: usize,
    /// Lines of one reply. Default 256.
    pub reply_lines: usize,
    /// Octets of one reply. Default 65,536.
    pub reply: usize,
    /// Commands that a client queues ahead of their replies. Default 2,048.
    pub queued_commands: usize,
    /// Octets of unsent output above which verbs fail with `OutputFull`. Default 65,536.
    pub output: usize,
}

impl Limits {
    /// The defaults, for a `const`.
    pub const DEFAULT: Self = Self {
        command_line: 2_048,
        auth_line: 12_288,
        local_part: 64,
        domain: 255,
        path: 256,
        parameters: 32,
        recipients: 1_000,
        message_size: 10 << 20,
        errors: 20,
        idle_commands: 100,
        reply_line: 4_096,
        reply_lines: 256,
        reply: 65_536,
        queued_commands: 2_048,
        output: 65_536,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The name of a field of [`Limits`], for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::command_line`].
    CommandLine,
    /// [`Limits::auth_line`].
    AuthLine,
    /// [`Limits::local_part`].
    LocalPart,
    /// [`Limits::domain`].
    Domain,
    /// [`Limits::path`].
    Path,
    /// [`Limits::parameters`].
    Parameters,
    /// [`Limits::errors`].
    Errors,
    /// [`Limits::idle_commands`].
    IdleCommands,
    /// [`Limits::reply_line`].
    ReplyLine,
    /// [`Limits::reply_lines`].
    ReplyLines,
    /// [`Limits::reply`].
    Reply,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommandLine => "command line",
            Self::AuthLine => "AUTH line",
            Self::LocalPart => "local part",
            Self::Domain => "domain",
            Self::Path => "path",
            Self::Parameters => "parameters",
            Self::Errors => "errors",
            Self::IdleCommands => "idle commands",
            Self::ReplyLine => "reply line",
            Self::ReplyLines => "reply lines",
            Self::Reply => "reply",
        })
    }
}

/// How lenient parsing is, and within which [`Limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub struct Options {
    /// The bounds.
    pub limits: Limits,
    /// What becomes of CR and LF that are not part of a CRLF. Default [`LineEnds::Strict`].
    pub line_ends: LineEnds,
    /// Whether `MAIL FROM:a@b.example` without angle brackets is taken. Default `false`.
    pub bare_paths: bool,
    /// Whether a server keeps parameters that no offered extension defines and leaves them to the
    /// application, instead of answering 555 (RFC 5321 section 4.1.1.11). Default `false`.
    pub unknown_parameters: bool,
    /// Whether a server treats bytes that arrive ahead of their turn (before the greeting, or
    /// behind EHLO and DATA before these are answered) as a fatal fault (RFC 2920 section 3.1).
    ///
    /// Spam programs do that, but so do harmless scripts, and the outcome depends on timing.
    /// Default `false`.
    pub refuse_early_input: bool,
    /// Whether credentials may cross a connection without TLS (RFC 4954 section 4). Default `false`.
    pub clear_text_auth: bool,
}

impl Options {
    /// The defaults, for a `const`.
    pub const DEFAULT: Self = Self {
        limits: Limits::DEFAULT,
        line_ends: LineEnds::Strict,
        bare_paths: false,
        unknown_parameters: false,
        refuse_early_input: false,
        clear_text_auth: false,
    };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What becomes of a CR or LF that is not part of a CRLF (RFC 5321 section 2.3.8).
///
/// In every mode only `CRLF.CRLF` ends a message: the other forms are what SMTP
/// smuggling lives on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnds {
    /// It is refused: a command with 500, a message with 554, and a client's own body with an error.
    #[default]
    Strict,
    /// It is taken as a line end and becomes CRLF. A dot that follows is never an end of data.
    Normalise,
    /// It is passed through as content; command lines may end with LF alone.
    Lenient,
}
