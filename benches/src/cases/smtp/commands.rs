//! Twelve commands, one row for each and one for the mix.
//!
//! A peer that refuses a command has no row for it, and its mix is made of the commands that
//! it accepts: ours then runs the same ones.

use std::hint::black_box;
use std::str::from_utf8;

use mailrs_smtp_proto as mailrs;
use peer_smtp_proto as stalwart;
use rustyknife::{behaviour::Legacy, rfc5321};
use smtp_codec::types as codec;

use crate::{Case, Contender};

type Line = &'static [u8];

/// A command and what a parser has to find in it: verb, argument, number of parameters.
struct Command {
    name: &'static str,
    line: Line,
    seen: (&'static str, &'static str, usize),
}

const COMMANDS: [Command; 12] = [
    Command {
        name: "EHLO",
        line: b"EHLO client.example.org\r\n",
        seen: ("EHLO", "client.example.org", 0),
    },
    Command {
        name: "MAIL",
        line: b"MAIL FROM:<alice@example.org>\r\n",
        seen: ("MAIL", "alice@example.org", 0),
    },
    Command {
        name: "MAIL with 6 parameters",
        line: b"MAIL FROM:<alice@example.org> SIZE=1048576 BODY=8BITMIME SMTPUTF8 RET=HDRS \
                ENVID=QQ314159 AUTH=alice@example.org\r\n",
        seen: ("MAIL", "alice@example.org", 6),
    },
    Command {
        name: "RCPT",
        line: b"RCPT TO:<bob@mail.example.com>\r\n",
        seen: ("RCPT", "bob@mail.example.com", 0),
    },
    Command {
        name: "RCPT with DSN",
        line: b"RCPT TO:<bob@mail.example.com> NOTIFY=SUCCESS,FAILURE \
                ORCPT=rfc822;bob@mail.example.com\r\n",
        seen: ("RCPT", "bob@mail.example.com", 2),
    },
    Command {
        name: "DATA",
        line: b"DATA\r\n",
        seen: ("DATA", "", 0),
    },
    Command {
        name: "RSET",
        line: b"RSET\r\n",
        seen: ("RSET", "", 0),
    },
    Command {
        name: "NOOP",
        line: b"NOOP\r\n",
        seen: ("NOOP", "", 0),
    },
    Command {
        name: "BDAT",
        line: b"BDAT 65536 LAST\r\n",
        seen: ("BDAT", "65536", 1),
    },
    Command {
        name: "AUTH PLAIN",
        line: b"AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n",
        seen: ("AUTH", "AGFsaWNlAHdvbmRlcmxhbmQ=", 0),
    },
    Command {
        name: "STARTTLS",
        line: b"STARTTLS\r\n",
        seen: ("STARTTLS", "", 0),
    },
    Command {
        name: "QUIT",
        line: b"QUIT\r\n",
        seen: ("QUIT", "", 0),
    },
];

/// What a parser found, in the terms of [`Command::seen`].
type Seen = (&'static str, String, usize);

pub(super) fn cases() -> Vec<Case> {
    let peers = peers();
    let mut cases = Vec::new();
    for command in &COMMANDS {
        let ours = ours().contender(&[command]);
        let mut case = Case::new(
            format!("command {}", command.name),
            command.line.len(),
            ours,
        );
        for peer in peers.iter().filter(|peer| peer.accepts(command)) {
            case = case.peer(peer.contender(&[command]));
        }
        cases.push(case);
    }
    let mut mixes: Vec<(Vec<&'static Command>, Case)> = Vec::new();
    for peer in &peers {
        let accepted: Vec<_> = COMMANDS
            .iter()
            .filter(|command| peer.accepts(command))
            .collect();
        let contender = peer.contender(&accepted);
        if let Some((_, case)) = mixes
            .iter_mut()
            .find(|(mix, _)| mix.len() == accepted.len())
        {
            case.peers.push(contender);
        } else {
            let case = Case::new(
                mix_name(&accepted),
                accepted.iter().map(|c| c.line.len()).sum(),
                ours().contender(&accepted),
            );
            mixes.push((accepted, case.peer(contender)));
        }
    }
    cases.extend(mixes.into_iter().map(|(_, case)| case));
    cases
}

/// Names the mix after what is missing in it.
fn mix_name(accepted: &[&Command]) -> String {
    let missing: Vec<_> = COMMANDS
        .iter()
        .map(|command| command.name)
        .filter(|name| !accepted.iter().any(|command| command.name == *name))
        .collect();
    let count = accepted.len();
    if missing.is_empty() {
        format!("mix of {count} commands")
    } else {
        format!("mix of {count} commands, no {}", missing.join(", "))
    }
}

/// A command parser, whatever its result type.
trait Parser {
    /// Whether it takes the command.
    ///
    /// # Panics
    ///
    /// If it takes it for something else.
    fn accepts(&self, command: &Command) -> bool;

    /// The parsing of all `commands`, one after another.
    fn contender(&self, commands: &[&Command]) -> Contender;
}

/// What a parser returns is kept as it is: to put it into another type would be a move that no
/// program has to make.
struct Peer<P, G, S> {
    who: &'static str,
    parse: P,
    good: G,
    seen: S,
}

impl<R, T, P, G, S> Parser for Peer<P, G, S>
where
    R: 'static,
    P: Fn(Line) -> R + Copy + 'static,
    G: Fn(&R) -> Option<&T> + Copy + 'static,
    S: Fn(&T) -> Seen,
{
    fn accepts(&self, command: &Command) -> bool {
        let result = (self.parse)(command.line);
        let Some(parsed) = (self.good)(&result) else {
            return false;
        };
        let (verb, argument, parameters) = (self.seen)(parsed);
        assert_eq!(
            (verb, &argument[..], parameters),
            command.seen,
            "{}",
            self.who
        );
        true
    }

    fn contender(&self, commands: &[&Command]) -> Contender {
        assert!(
            commands.iter().all(|command| self.accepts(command)),
            "{}",
            self.who
        );
        let parse = self.parse;
        let good = self.good;
        if let &[command] = commands {
            return Contender::new(self.who, command.line, parse, |result| {
                assert!(good(result).is_some());
            });
        }
        let lines: Vec<Line> = commands.iter().map(|command| command.line).collect();
        let lines: &'static [Line] = lines.leak();
        let all = move |lines: &'static [Line]| {
            for line in lines {
                black_box(&parse(line));
            }
        };
        Contender::new(self.who, lines, all, |()| ())
    }
}

fn good<T, E>(result: &Result<T, E>) -> Option<&T> {
    result.as_ref().ok()
}

/// The value beside what is left of the input.
fn second<I, T, E>(result: &Result<(I, T), E>) -> Option<&T> {
    good(result).map(|(_, value)| value)
}

fn ours() -> impl Parser {
    Peer {
        who: "ours",
        parse: |line: Line| smtp_proto::Command::parse(line),
        good,
        seen: seen_by_ours,
    }
}

fn peers() -> [Box<dyn Parser>; 4] {
    [
        Box::new(Peer {
            who: "smtp-proto",
            parse: |line: Line| stalwart::Request::parse(&mut line.iter()),
            good,
            seen: seen_by_smtp_proto,
        }),
        Box::new(Peer {
            who: "mailrs-smtp-proto",
            // It takes text without a line end: what is no text is refused before.
            parse: |line: Line| {
                let line = line.strip_suffix(b"\r\n").unwrap_or(line);
                mailrs::parse_command(from_utf8(line).unwrap_or_default())
            },
            good,
            seen: seen_by_mailrs,
        }),
        Box::new(Peer {
            who: "rustyknife",
            parse: |line: Line| rfc5321::command::<Legacy>(line),
            good: second,
            seen: seen_by_rustyknife,
        }),
        Box::new(Peer {
            who: "smtp-codec",
            parse: |line: Line| smtp_codec::parse::command::command(line),
            good: second,
            seen: seen_by_smtp_codec,
        }),
    ]
}

fn seen_by_ours(command: &smtp_proto::Command<'_>) -> Seen {
    use smtp_proto::Command;
    match command {
        Command::Ehlo(name) => ("EHLO", name.to_string(), 0),
        Command::Mail(mail) => {
            let parameters = &mail.parameters;
            let there = [
                parameters.size.is_some(),
                parameters.body.is_some(),
                parameters.smtputf8,
                parameters.ret.is_some(),
                parameters.envid.is_some(),
                parameters.auth.is_some(),
            ];
            let mailbox = mail.reverse_path.mailbox().expect("a mailbox");
            let parameters = there.iter().filter(|&&there| there).count();
            ("MAIL", mailbox.to_string(), parameters)
        }
        Command::Rcpt(rcpt) => {
            let parameters = &rcpt.parameters;
            let there = [parameters.notify.is_some(), parameters.orcpt.is_some()];
            let mailbox = rcpt.forward_path.mailbox().expect("a mailbox");
            let parameters = there.iter().filter(|&&there| there).count();
            ("RCPT", mailbox.to_string(), parameters)
        }
        Command::Bdat(bdat) => ("BDAT", bdat.size.to_string(), usize::from(bdat.last)),
        Command::Auth(auth) => {
            let response = auth.initial_response.as_ref().expect("a response");
            ("AUTH", response.as_str().to_owned(), 0)
        }
        Command::Data => ("DATA", String::new(), 0),
        Command::Rset => ("RSET", String::new(), 0),
        Command::Noop(None) => ("NOOP", String::new(), 0),
        Command::StartTls => ("STARTTLS", String::new(), 0),
        Command::Quit => ("QUIT", String::new(), 0),
        other => ("other", format!("{other:?}"), 0),
    }
}

fn seen_by_smtp_proto(request: &stalwart::Request<std::borrow::Cow<'_, str>>) -> Seen {
    use stalwart::{
        AUTH_PLAIN, MAIL_BODY_8BITMIME, MAIL_RET_HDRS, MAIL_SMTPUTF8, RCPT_NOTIFY_FAILURE,
        RCPT_NOTIFY_SUCCESS, Request,
    };
    match request {
        Request::Ehlo { host } => ("EHLO", host.to_string(), 0),
        Request::Mail { from } => {
            let flags = [MAIL_BODY_8BITMIME, MAIL_RET_HDRS, MAIL_SMTPUTF8];
            let flags = flags.iter().filter(|&flag| from.flags & flag != 0).count();
            let values = [from.size != 0, from.env_id.is_some(), from.auth.is_some()];
            let values = values.iter().filter(|&&there| there).count();
            ("MAIL", from.address.to_string(), flags + values)
        }
        Request::Rcpt { to } => {
            let notify = to.flags == RCPT_NOTIFY_SUCCESS | RCPT_NOTIFY_FAILURE;
            let parameters = usize::from(notify) + usize::from(to.orcpt.is_some());
            ("RCPT", to.address.to_string(), parameters)
        }
        Request::Bdat {
            chunk_size,
            is_last,
        } => ("BDAT", chunk_size.to_string(), usize::from(*is_last)),
        Request::Auth {
            mechanism: AUTH_PLAIN,
            initial_response,
        } => ("AUTH", initial_response.to_string(), 0),
        Request::Noop { value } => ("NOOP", value.to_string(), 0),
        other => (other.name(), String::new(), 0),
    }
}

fn seen_by_mailrs(command: &mailrs::Command<'_>) -> Seen {
    use mailrs::{AuthMechanism, Command, ForwardPath, ReversePath};
    match command {
        Command::Ehlo(host) => ("EHLO", (*host).to_owned(), 0),
        Command::MailFrom {
            path: ReversePath::Path(path),
            params,
        } => ("MAIL", (*path).to_owned(), params.len()),
        Command::RcptTo {
            path: ForwardPath::Path(path),
            params,
        } => ("RCPT", (*path).to_owned(), params.len()),
        Command::Data => ("DATA", String::new(), 0),
        Command::Rset => ("RSET", String::new(), 0),
        Command::Noop(None) => ("NOOP", String::new(), 0),
        Command::Auth {
            mechanism: AuthMechanism::Plain,
            initial_response: Some(response),
        } => ("AUTH", (*response).to_owned(), 0),
        Command::StartTls => ("STARTTLS", String::new(), 0),
        Command::Quit => ("QUIT", String::new(), 0),
        other => ("other", format!("{other:?}"), 0),
    }
}

fn seen_by_rustyknife(command: &rfc5321::Command) -> Seen {
    use rfc5321::{Command, ForwardPath, ReversePath};
    match command {
        Command::EHLO(host) => ("EHLO", host.to_string(), 0),
        Command::MAIL(ReversePath::Path(path), params) => {
            ("MAIL", path.0.to_string(), params.len())
        }
        Command::RCPT(ForwardPath::Path(path), params) => {
            ("RCPT", path.0.to_string(), params.len())
        }
        Command::DATA => ("DATA", String::new(), 0),
        Command::RSET => ("RSET", String::new(), 0),
        Command::NOOP(None) => ("NOOP", String::new(), 0),
        Command::QUIT => ("QUIT", String::new(), 0),
        other => ("other", format!("{other:?}"), 0),
    }
}

fn seen_by_smtp_codec(command: &codec::Command) -> Seen {
    use codec::{Command, DomainOrAddress};
    match command {
        Command::Ehlo {
            domain_or_address: DomainOrAddress::Domain(host),
        } => ("EHLO", host.clone(), 0),
        Command::Mail {
            reverse_path,
            parameters,
        } => ("MAIL", reverse_path.clone(), parameters.len()),
        Command::Rcpt {
            forward_path,
            parameters,
        } => ("RCPT", forward_path.clone(), parameters.len()),
        Command::AuthPlain(Some(response)) => ("AUTH", response.clone(), 0),
        other => (other.name(), String::new(), 0),
    }
}
