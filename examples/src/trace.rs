//! What goes over a connection, line by line: numbered, `C:` or `S:` in front, coloured, and
//! without the secrets of AUTH (RFC 4954).

use std::env;
use std::fmt;
use std::io::{self, IsTerminal, Write};

/// Longer lines are cut in the trace.
const WIDTH: usize = 160;
/// Of a message, this many lines are shown.
const BODY_LINES: usize = 30;

/// Which end of the connection is traced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// What we send is marked `C:`.
    Client,
    /// What we send is marked `S:`.
    Server,
}

/// What the client's next octets are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Talk {
    Command,
    /// An answer to a 334 challenge.
    Secret,
    /// Lines of a message up to a lone dot; how many there were.
    Body(usize),
    /// The octets of a BDAT chunk (RFC 3030).
    Octets(u64),
}

/// Shows both directions of one SMTP connection.
pub struct Trace {
    role: Role,
    colour: bool,
    out: Box<dyn Write + Send>,
    number: usize,
    talk: Talk,
    client: Vec<u8>,
    server: Vec<u8>,
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Whether to colour standard output: it is a terminal, and neither `--no-color` nor a non-empty
/// `NO_COLOR` forbids it.
pub fn colour(no_color: bool) -> bool {
    let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !no_color && !forbidden && io::stdout().is_terminal()
}

impl Trace {
    /// A trace of the connection on which we play `role`, written to `out`.
    pub fn new(role: Role, colour: bool, out: impl Write + Send + 'static) -> Self {
        Self {
            role,
            colour,
            out: Box::new(out),
            number: 0,
            talk: Talk::Command,
            client: Vec::new(),
            server: Vec::new(),
        }
    }

    /// Takes octets that were written.
    pub fn sent(&mut self, bytes: &[u8]) {
        match self.role {
            Role::Client => self.client(bytes),
            Role::Server => self.server(bytes),
        }
    }

    /// Takes octets that were read.
    pub fn received(&mut self, bytes: &[u8]) {
        match self.role {
            Role::Client => self.server(bytes),
            Role::Server => self.client(bytes),
        }
    }

    /// Says that something changed below the lines: TLS began.
    pub fn note(&mut self, what: &str) {
        let line = format!("--- {what} ---");
        self.print("2", "  ", &line);
    }

    fn server(&mut self, mut bytes: &[u8]) {
        while let Some(line) = take_line(&mut self.server, &mut bytes) {
            if line.starts_with(b"334") {
                self.talk = Talk::Secret;
            } else if line.starts_with(b"354") {
                self.talk = Talk::Body(0);
            }
            self.print("32", "S:", &printable(&line));
        }
    }

    fn client(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if let Talk::Octets(left) = self.talk {
                let n = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
                bytes = &bytes[n..];
                let left = left - n as u64;
                self.talk = if left == 0 {
                    Talk::Command
                } else {
                    Talk::Octets(left)
                };
                continue;
            }
            let Some(line) = take_line(&mut self.client, &mut bytes) else {
                return;
            };
            let shown = self.client_line(&line);
            if let Some(shown) = shown {
                self.print("36", "C:", &shown);
            }
        }
    }

    /// How a line of the client is shown, if it is.
    fn client_line(&mut self, line: &[u8]) -> Option<String> {
        match self.talk {
            Talk::Secret => {
                self.talk = Talk::Command;
                Some(if line == b"*" {
                    "*".into()
                } else {
                    "***".into()
                })
            }
            Talk::Body(lines) if line == b"." => {
                self.talk = Talk::Command;
                if lines > BODY_LINES {
                    let more = format!("... {} more lines ...", lines - BODY_LINES);
                    self.print("36", "C:", &more);
                }
                Some(".".into())
            }
            Talk::Body(lines) => {
                self.talk = Talk::Body(lines + 1);
                (lines < BODY_LINES).then(|| printable(line))
            }
            Talk::Command | Talk::Octets(_) => {
                let mut shown = printable(line);
                let mut words = line.split(|&byte| byte == b' ');
                let verb = words.next().unwrap_or_default();
                if verb.eq_ignore_ascii_case(b"AUTH") {
                    if let (Some(mechanism), Some(_)) = (words.next(), words.next()) {
                        shown = format!("AUTH {} ***", printable(mechanism));
                    }
                } else if verb.eq_ignore_ascii_case(b"BDAT") {
                    let size = words.next().and_then(|word| str::from_utf8(word).ok());
                    if let Some(size @ 1..) = size.and_then(|size| size.parse().ok()) {
                        self.talk = Talk::Octets(size);
                    }
                }
                Some(shown)
            }
        }
    }

    /// A trace that cannot be written is not worth ending a session for.
    fn print(&mut self, colour: &str, who: &str, text: &str) {
        self.number += 1;
        let number = self.number;
        let _ = if self.colour {
            writeln!(
                self.out,
                "\x1b[2m{number:4}\x1b[0m \x1b[{colour}m{who} {text}\x1b[0m"
            )
        } else {
            writeln!(self.out, "{number:4} {who} {text}")
        };
    }
}

/// Takes a whole line, without its end, from `held` and the start of `bytes`; what is no whole
/// line yet is kept in `held`, as far as it will be shown.
fn take_line(held: &mut Vec<u8>, bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
    *bytes = rest;
    held.extend(part.iter().take((4 * WIDTH).saturating_sub(held.len())));
    end?;
    let mut line = std::mem::take(held);
    while line
        .last()
        .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
    {
        line.pop();
    }
    Some(line)
}

/// The text of a line with control characters escaped, so that no peer can draw on the terminal.
fn printable(line: &[u8]) -> String {
    let mut shown = String::new();
    for (at, c) in String::from_utf8_lossy(line).chars().enumerate() {
        if at == WIDTH {
            shown.push_str("...");
            break;
        }
        if c.is_control() && c != '\t' {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn traced(talk: &[(char, &str)]) -> String {
        let page = Page::default();
        let mut trace = Trace::new(Role::Client, false, page.clone());
        for (who, text) in talk {
            // Octet by octet: lines are put together again.
            for byte in text.as_bytes() {
                match who {
                    'C' => trace.sent(&[*byte]),
                    _ => trace.received(&[*byte]),
                }
            }
        }
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn secrets_are_masked() {
        let page = traced(&[
            ('C', "auth PLAIN AGFsaWNlAHNlc2FtZQ==\r\n"),
            ('S', "334 UGFzc3dvcmQ6\r\n"),
            ('C', "c2VzYW1l\r\n"),
            ('S', "235 ok\r\n"),
            ('C', "NOOP\r\n"),
        ]);
        assert_eq!(
            page,
            "   1 C: AUTH PLAIN ***\n   2 S: 334 UGFzc3dvcmQ6\n   3 C: ***\n   4 S: 235 ok\n   5 C: NOOP\n"
        );
    }

    #[test]
    fn a_long_message_is_cut_and_commands_go_on_after_the_dot() {
        let body = "x\r\n".repeat(BODY_LINES + 2);
        let page = traced(
            &[
                ("S", "354 go\r\n"),
                ("C", &body),
                ("C", ".\r\nAUTH X y\r\n"),
            ]
            .map(|(who, text)| (who.chars().next().unwrap(), text)),
        );
        let tail: Vec<&str> = page.lines().rev().take(3).collect();
        assert!(tail[0].ends_with("C: AUTH X ***"));
        assert!(tail[1].ends_with("C: ."));
        assert!(tail[2].ends_with("C: ... 2 more lines ..."));
    }

    #[test]
    fn chunks_are_skipped_and_control_characters_escaped() {
        let page = traced(&[
            ('C', "BDAT 4 LAST\r\nab\r\nQUIT\r\n"),
            ('S', "221 \x1b[2J\r\n"),
        ]);
        assert_eq!(
            page,
            "   1 C: BDAT 4 LAST\n   2 C: QUIT\n   3 S: 221 \\u{1b}[2J\n"
        );
    }
}
