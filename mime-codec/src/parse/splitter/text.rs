//! Texts and what ends them: bodies, preambles and epilogues up to the next delimiter
//! (RFC 2046 section 5.1.1).

use super::{Current, Delimiter, Line, Splitter, State, Text, Token};
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

/// What [`Splitter::leap`] went over: a text, the delimiter behind it, and the start of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leap {
    /// Octets of the text.
    pub(crate) before: usize,
    pub(crate) text: Text,
}

impl Splitter {
    /// Takes a text with the delimiter behind it and the start of the next part off at once, where a
    /// part of the innermost multipart follows: the steps that most of a long message is made of.
    ///
    /// The same as `Body`, `PartEnd` if the text is that of a leaf, `Delimiter` and `PartStart`.
    pub(crate) fn leap(&mut self, input: &[u8]) -> Result<Leap, Token> {
        let State::Text(text) = self.state else {
            return Err(self.step(input, true));
        };
        match self.find_delimiter(text, input, true) {
            Found::Delimiter {
                before,
                frame,
                delimiter: Delimiter { len, close: false },
            } if frame + 1 == self.frames.len() && text != Text::Epilogue => {
                if let Some(open) = self.frames.last_mut() {
                    open.parts = true;
                }
                self.state = State::Header;
                self.current = Current::default();
                self.parts += 1;
                self.line_start = true;
                self.take(before + len);
                Ok(Leap { before, text })
            }
            found => Err(self.act(found, text, input, true)),
        }
    }

    /// Looks for the next delimiter of an open multipart.
    #[inline(never)]
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
        if self.line_start {
            match self.compare(input, 0, eof) {
                Line::Incomplete => return Found::Token(Token::Input),
                Line::Delimiter { frame, delimiter } => {
                    return Found::Delimiter {
                        before: 0,
                        frame,
                        delimiter,
                    };
                }
                Line::Text => {}
            }
        }
        let mut from = 0;
        while let Some(found) = input.get(from..).and_then(|rest| self.find_dashes(rest)) {
            let lf = from + found;
            let line_end = line_end(input.get(..=lf).unwrap_or_default());
            let before = lf + 1 - line_end;
            from = lf + 1;
            if before > 0 {
                // What was scanned of a line counts only for the line in front.
                self.scanned = 0;
            }
            match self.compare(input, from, eof) {
                Line::Text => self.scanned = 0,
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
            return Found::Token(Token::Input);
        }
        self.line_start = false;
        Found::Token(Token::Body { len, text })
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
                self.close(frame, delimiter, before);
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
