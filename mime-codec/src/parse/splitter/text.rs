//! Texts and what ends them: bodies, preambles and epilogues up to the next delimiter
//! (RFC 2046 section 5.1.1).

use super::{Delimiter, Line, Splitter, State, Text, Token};
use crate::parse::scan::line_end;

/// What [`Splitter::find_delimiter`] found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// Text without a delimiter, or nothing.
    Token(Token),
    /// A delimiter of the frame at this index, with the line end in front of it, behind `before` octets
    /// of text.
    Delimiter {
        before: usize,
        frame: usize,
        delimiter: Delimiter,
    },
}

/// What [`Splitter::leap`] went over: a text and the delimiter behind it, with the start of a part if one
/// starts there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leap {
    /// Octets of the text.
    pub(crate) before: usize,
    pub(crate) text: Text,
    /// Entities that end with the text.
    pub(crate) ended: usize,
    /// It is a close delimiter, and no part starts.
    pub(crate) close: bool,
}

impl Splitter {
    /// Takes a text with the delimiter behind it and the start of the next part off at once: the steps
    /// that most of a message of many parts is made of.
    ///
    /// The same as `Body`, each `PartEnd`, `Delimiter` and `PartStart`.
    pub(crate) fn leap(&mut self, input: &[u8]) -> Result<Leap, Token> {
        let State::Text(text) = self.state else {
            return Err(self.step(input, true));
        };
        match self.find_delimiter(text, input, true) {
            Found::Token(token) => Err(self.count(token)),
            Found::Delimiter {
                before,
                frame,
                delimiter: Delimiter { len, close },
            } => {
                let ended = self.delimit(frame, close, before);
                if close {
                    self.state = State::Text(Text::Epilogue);
                } else {
                    self.start_part(false, false);
                }
                self.line_start = true;
                self.take(before + len);
                Ok(Leap {
                    before,
                    text,
                    ended,
                    close,
                })
            }
        }
    }

    /// Looks for the next delimiter of an open multipart.
    #[inline(always)]
    pub(super) fn find_delimiter(&mut self, text: Text, input: &[u8], eof: bool) -> Found {
        if input.is_empty() {
            return Found::Token(if eof { self.end() } else { Token::Input });
        }
        if self.multiparts == 0 {
            return Found::Token(Token::Body {
                len: input.len(),
                text,
            });
        }
        // Where a line starts, and the octets of the line end in front of it.
        let mut line = self.line_start.then_some((0, 0));
        loop {
            if let Some((at, line_end)) = line {
                let before = at - line_end;
                if before > 0 {
                    // What was scanned of a line counts only for the line in front.
                    self.scanned = 0;
                }
                match self.compare(input, at, eof) {
                    Line::Text => {}
                    Line::Incomplete if before == 0 => return Found::Token(Token::Input),
                    Line::Incomplete => {
                        self.line_start = false;
                        return Found::Token(Token::Body { len: before, text });
                    }
                    Line::Delimiter { frame, delimiter } => {
                        let delimiter = Delimiter {
                            len: delimiter.len + line_end,
                            ..delimiter
                        };
                        return Found::Delimiter {
                            before,
                            frame,
                            delimiter,
                        };
                    }
                }
            }
            let from = line.map_or(0, |(at, _)| at);
            let Some(found) = input.get(from..).and_then(|rest| self.find_dashes(rest)) else {
                return Found::Token(self.undelimited(text, input, eof));
            };
            let lf = from + found;
            line = Some((lf + 1, line_end(input.get(..=lf).unwrap_or_default())));
        }
    }

    /// The text in `input`, in which there is no delimiter.
    fn undelimited(&mut self, text: Text, input: &[u8], eof: bool) -> Token {
        // The line end in front of a delimiter belongs to it, so one at the end waits.
        let held = match input {
            _ if eof => 0,
            [.., b'\r', b'\n', b'-'] => 3,
            [.., b'\n', b'-'] | [.., b'\r', b'\n'] => 2,
            [.., b'\n' | b'\r'] => 1,
            _ => 0,
        };
        let len = input.len() - held;
        if len == 0 {
            return Token::Input;
        }
        self.line_start = false;
        Token::Body { len, text }
    }

    /// What a text is, and what the delimiter behind it ends.
    pub(super) fn act(&mut self, found: Found, text: Text, input: &[u8], eof: bool) -> Token {
        let token = match found {
            Found::Token(token) => token,
            Found::Delimiter {
                before,
                frame,
                delimiter,
            } => {
                let parts = self.delimit(frame, delimiter.close, before);
                let then = Some(delimiter);
                self.state = State::Close { parts, then };
                if before == 0 {
                    self.between(input, eof)
                } else {
                    Token::Body { len: before, text }
                }
            }
        };
        self.count(token)
    }

    /// The input ends within text: so do all open entities.
    fn end(&mut self) -> Token {
        let leaf = usize::from(self.state == State::Text(Text::Leaf));
        let parts = leaf + self.frames.len();
        self.leave(0, 0);
        self.state = State::Close { parts, then: None };
        self.between(&[], true)
    }
}
