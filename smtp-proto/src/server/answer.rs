//! The application's answers, and what they change.

use alloc::string::String;
use alloc::vec::Vec;

use super::body::Body;
use super::{Phase, Server, Session, Transaction};
use crate::command::{Base64, Bdat};
use crate::cursor::{TEXT, is};
use crate::data::DataDecoder;
use crate::error::{ParseError, ParseErrorKind, UsageError};
use crate::machine::Protocol;
use crate::reply::{Reply, ReplyCode, push_reply};

/// What the application has been asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    Connect,
    Helo {
        extended: bool,
    },
    Mail {
        smtputf8: bool,
        binary: bool,
    },
    Rcpt,
    Data,
    Bdat(Bdat),
    /// With the number of replies that are still to come.
    BodyEnd {
        answers: usize,
    },
    Burl {
        last: bool,
    },
    Auth,
    StartTls,
    Xclient,
    Vrfy,
    Expn,
    Help,
    Quit,
    Unknown,
    Invalid(ParseError),
    /// Of no consequence for the machine.
    Other,
}

/// A reply without anything variable in it, ready to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canned {
    code: ReplyCode,
    /// The line with an enhanced code.
    extended: &'static str,
    plain: &'static str,
}

macro_rules! canned {
    ($code:literal $text:literal) => {
        Canned {
            code: ReplyCode::constant($code),
            extended: concat!($code, " ", $text, "\r\n"),
            plain: concat!($code, " ", $text, "\r\n"),
        }
    };
    ($code:literal $enhanced:literal $text:literal) => {
        Canned {
            code: ReplyCode::constant($code),
            extended: concat!($code, " ", $enhanced, " ", $text, "\r\n"),
            plain: concat!($code, " ", $text, "\r\n"),
        }
    };
}

/// The reply to all that needs no more words.
pub(super) const OK: Canned = canned!(250 "2.0.0" "Ok");

impl Server {
    /// Gives the answer that lets the dialogue go on: the positive one where there is a choice
    /// (220, 250, 252 for VRFY, 354), the RFC's error for [`Invalid`](super::Event::Invalid),
    /// [`Unknown`](super::Event::Unknown) and [`Expn`](super::Event::Expn).
    ///
    /// # Errors
    /// [`UsageError::WrongReply`] for the events of AUTH: letting somebody in takes an explicit
    /// `reply(235, ..)`. [`UsageError::NotNow`] if nothing was asked.
    pub fn accept(&mut self) -> Result<(), UsageError> {
        let question = self.pending()?;
        let reply = match question {
            Question::Mail { .. } => canned!(250 "2.1.0" "Ok"),
            Question::Rcpt => canned!(250 "2.1.5" "Ok"),
            Question::Data => canned!(354 "End data with <CR><LF>.<CR><LF>"),
            Question::Bdat(_)
            | Question::BodyEnd { .. }
            | Question::Burl { .. }
            | Question::Other => OK,
            Question::StartTls => canned!(220 "2.0.0" "Ready to start TLS"),
            Question::Vrfy => canned!(252 "2.0.0" "Cannot VRFY, but will take mail and try"),
            Question::Expn => canned!(502 "5.5.1" "Command not implemented"),
            Question::Help => canned!(214 "2.0.0" "See RFC 5321"),
            Question::Unknown => canned!(500 "5.5.1" "Command not recognized"),
            Question::Auth => return Err(UsageError::WrongReply),
            Question::Connect if self.config.protocol == Protocol::Lmtp => {
                return self.accept_by_name(question, 220, " LMTP");
            }
            Question::Connect | Question::Xclient => {
                return self.accept_by_name(question, 220, " ESMTP");
            }
            Question::Quit => return self.accept_by_name(question, 221, " closing connection"),
            Question::Helo { .. } => {
                let text = alloc::format!("{} greets you", self.config.hostname);
                return self.reply(250, &text);
            }
            Question::Invalid(error) => {
                self.question = None;
                self.say_parse_error(error);
                self.count_error();
                return Ok(());
            }
        };
        // The octets of a chunk are on their way; the reply comes when they are there.
        if !matches!(question, Question::Bdat(_)) {
            self.say_canned(reply);
        }
        self.conclude(question, reply.code);
        Ok(())
    }

    /// Accepts with a reply that starts with the name of this host.
    fn accept_by_name(
        &mut self,
        question: Question,
        code: u16,
        text: &str,
    ) -> Result<(), UsageError> {
        let code = ReplyCode::constant(code);
        let enhanced = self.session.extended && matches!(question, Question::Quit);
        let host = self.config.hostname.as_bytes();
        if let Some(at) = host.iter().position(|&byte| !is(byte, TEXT)) {
            return Err(ParseError::new(at, ParseErrorKind::ControlCharacter).into());
        }
        let out = self.output.end();
        out.extend_from_slice(&code.digits());
        out.extend_from_slice(if enhanced { b" 2.0.0 " } else { b" " });
        out.extend_from_slice(host);
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(b"\r\n");
        self.conclude(question, code);
        Ok(())
    }

    /// Appends a reply that is ready, with an enhanced code for clients that know them.
    #[inline]
    pub(super) fn say_canned(&mut self, reply: Canned) {
        let line = if self.session.extended {
            reply.extended
        } else {
            reply.plain
        };
        self.output.end().extend_from_slice(line.as_bytes());
    }

    /// Answers the last question with a code and a text, in which `\n` starts a new line and an
    /// enhanced code may come first.
    ///
    /// ```
    /// # use smtp_proto::server::{Config, Event, Server, Step};
    /// # let mut server = Server::new(Config::smtp("mx.example"));
    /// # let mut input = &b""[..];
    /// let Step::Event(Event::Connect { .. }) = server.poll(&mut input) else { panic!() };
    /// server.reply(554, "5.7.1 No service for you")?;
    /// # Ok::<(), smtp_proto::UsageError>(())
    /// ```
    ///
    /// # Errors
    /// [`UsageError::NotNow`] if nothing was asked, [`UsageError::WrongReply`] if the code does
    /// not fit the question, [`UsageError::Invalid`] if the text holds a control character.
    pub fn reply(&mut self, code: u16, text: &str) -> Result<(), UsageError> {
        let code = ReplyCode::new(code)?;
        self.answer(code, |out| push_reply(code, text, out), text)
    }

    /// Answers the last question with a ready reply.
    ///
    /// # Errors
    /// As for [`reply`](Self::reply).
    pub fn reply_with(&mut self, reply: &Reply<'_>) -> Result<(), UsageError> {
        let text = String::from_utf8_lossy(reply.lines().next().unwrap_or_default());
        let append = |out: &mut Vec<u8>| {
            reply.encode(out);
            Ok(())
        };
        self.answer(reply.code(), append, &text)
    }

    /// Answers AUTH or a response with a challenge, which may be empty (RFC 4954 section 4).
    ///
    /// # Errors
    /// [`UsageError::NotNow`] outside AUTH.
    pub fn challenge(&mut self, challenge: &[u8]) -> Result<(), UsageError> {
        let Question::Auth = self.pending()? else {
            return Err(UsageError::NotNow);
        };
        self.question = None;
        let out = self.output.end();
        out.extend_from_slice(b"334 ");
        out.extend_from_slice(Base64::encode_from(challenge).as_str().as_bytes());
        out.extend_from_slice(b"\r\n");
        self.phase = Phase::Auth;
        Ok(())
    }

    /// What is to be answered.
    fn pending(&self) -> Result<Question, UsageError> {
        if let Phase::Closing(_) = self.phase {
            return Err(UsageError::Closing);
        }
        if self.output.len() >= self.config.options.limits.output {
            return Err(UsageError::OutputFull);
        }
        self.question.ok_or(UsageError::NotNow)
    }

    #[inline]
    fn answer(
        &mut self,
        code: ReplyCode,
        append: impl FnOnce(&mut Vec<u8>) -> Result<(), ParseError>,
        text: &str,
    ) -> Result<(), UsageError> {
        let question = self.pending()?;
        if !question.takes(code) {
            return Err(UsageError::WrongReply);
        }
        let positive = code.is_positive();
        match question {
            Question::Helo { extended: true } if positive => {
                let offered = self.config.offered(self.session.tls, Some(text));
                offered.encode(self.output.end())?;
            }
            // The octets are on their way; the reply comes when they are there.
            Question::Bdat(_) if positive => {}
            _ => append(self.output.end())?,
        }
        self.conclude(question, code);
        Ok(())
    }

    /// Does what an answer entails that has been appended.
    #[inline]
    fn conclude(&mut self, question: Question, code: ReplyCode) {
        self.question = None;
        if code.get() == 421 {
            // Whoever says this about a complete message knows that it is lost.
            if let Question::BodyEnd { .. } = question {
                self.phase = Phase::Command;
            }
            self.close(Ok(()), super::AbortReason::Closing);
            return;
        }
        if code.is_positive() {
            self.accepted(question);
        } else {
            self.refused(question, code);
        }
    }

    #[inline]
    fn accepted(&mut self, question: Question) {
        match question {
            Question::Connect => self.phase = Phase::Command,
            Question::Helo { extended } => {
                self.transaction = None;
                self.session.extended = extended;
                // The old buffer serves for the next name.
                core::mem::swap(&mut self.session.helo, &mut self.hello);
            }
            Question::Mail { smtputf8, binary } => {
                self.transaction = Some(Transaction {
                    smtputf8,
                    binary,
                    recipients: 0,
                });
            }
            Question::Rcpt => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.recipients += 1;
                }
            }
            Question::Data => {
                let decoder = DataDecoder::new(self.config.options.line_ends);
                self.phase = Phase::Body(Body::data(decoder));
            }
            Question::Bdat(bdat) => self.phase = Phase::Body(Body::chunk(bdat)),
            Question::BodyEnd { answers } => self.body_answered(answers),
            Question::Burl { last: true } => self.body_answered(1),
            Question::Auth => self.session.authenticated = true,
            Question::StartTls => self.phase = Phase::Upgrade,
            Question::Xclient => {
                self.transaction = None;
                self.session = Session {
                    tls: self.session.tls,
                    ..Session::default()
                };
            }
            Question::Quit => self.close(Ok(()), super::AbortReason::Closing),
            Question::Burl { last: false }
            | Question::Vrfy
            | Question::Expn
            | Question::Help
            | Question::Unknown
            | Question::Invalid(_)
            | Question::Other => {}
        }
    }

    fn refused(&mut self, question: Question, code: ReplyCode) {
        match question {
            // The client may still say QUIT, and that is all (RFC 5321 section 3.1).
            Question::Connect if code.get() != 521 => {
                self.refused = true;
                self.phase = Phase::Command;
            }
            Question::Bdat(bdat) => {
                self.transaction = None;
                self.phase = Phase::Body(Body::unwanted_chunk(bdat));
            }
            Question::BodyEnd { answers } => self.body_answered(answers),
            Question::Connect | Question::Quit => self.close(Ok(()), super::AbortReason::Closing),
            Question::Unknown | Question::Invalid(_) => {
                self.count_error();
            }
            _ => {}
        }
    }

    /// One reply to the end of a message has been given; in LMTP more may be due.
    fn body_answered(&mut self, answers: usize) {
        if answers > 1 {
            self.question = Some(Question::BodyEnd {
                answers: answers - 1,
            });
            return;
        }
        self.transaction = None;
        self.idle_commands = 0;
        self.phase = Phase::Command;
    }
}

impl Question {
    /// Whether `code` is a possible answer.
    fn takes(self, code: ReplyCode) -> bool {
        if !code.is_positive() {
            return true;
        }
        match self {
            Self::Connect | Self::StartTls | Self::Xclient => code.get() == 220,
            Self::Helo { .. } | Self::Bdat(_) => code.get() == 250,
            Self::Data => code.get() == 354,
            Self::Auth => code.get() == 235,
            Self::Quit => code.get() == 221,
            _ => code.get() < 300,
        }
    }
}
