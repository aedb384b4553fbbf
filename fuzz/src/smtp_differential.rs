//! Commands against smtp-proto 0.2: where both accept a line they find the same in it, and where
//! they do not agree whether to accept it, ours has a reason that is documented here.

use peer_smtp_proto::{Error, Request};
use smtp_proto::{Command, Options, ParseErrorKind};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (_, stream) = split(data);
    let Some(end) = stream.iter().position(|&octet| octet == b'\n') else {
        return;
    };
    let line = &stream[..=end];
    let mut options = Options::default();
    // The peer keeps no bounds; these are ours alone.
    options.limits.command_line = usize::MAX;
    options.limits.auth_line = usize::MAX;
    options.limits.local_part = usize::MAX;
    options.limits.domain = usize::MAX;
    options.limits.path = usize::MAX;
    options.limits.parameters = usize::MAX;
    let ours = Command::parse_with(line, &options);
    let theirs = Request::parse(&mut line.iter());
    let shown = line.escape_ascii();
    match (&ours, &theirs) {
        (Ok(command), Ok(request)) => {
            assert!(same(command, request), "{shown}: {command:?}, {request:?}");
        }
        (Err(error), Ok(request)) => assert!(
            stricter(error.kind(), line),
            "{shown}: {error}, {request:?}"
        ),
        (Ok(command), Err(error)) => {
            assert!(wider(command, error), "{shown}: {command:?}, {error:?}");
        }
        (Err(_), Err(_)) => {}
    }
}

/// Whether both found the same, as far as the peer tells.
fn same<T: AsRef<str>>(command: &Command<'_>, request: &Request<T>) -> bool {
    match (command, request) {
        // The peer looks for a name and drops what is around it.
        (Command::Ehlo(name), Request::Ehlo { host })
        | (Command::Helo(name), Request::Helo { host })
        | (Command::Lhlo(name), Request::Lhlo { host }) => {
            name.as_str().eq_ignore_ascii_case(host.as_ref())
        }
        (Command::Mail(mail), Request::Mail { from }) => {
            let address = mail.reverse_path.mailbox().map_or("", |found| found.as_str());
            let size = mail.parameters.size.map(|size| usize::try_from(size).ok());
            same_address(address, from.address.as_ref())
                && size.is_none_or(|size| size == Some(from.size))
                && mail.parameters.smtputf8
                    == (from.flags & peer_smtp_proto::MAIL_SMTPUTF8 != 0)
                && mail.parameters.requiretls
                    == (from.flags & peer_smtp_proto::MAIL_REQUIRETLS != 0)
        }
        (Command::Rcpt(rcpt), Request::Rcpt { to }) => {
            let flag = |flag| to.flags & flag != 0;
            let address = rcpt
                .forward_path
                .mailbox()
                // The peer gives none for Postmaster.
                .map_or("", |found| found.as_str());
            let notify = rcpt.parameters.notify.unwrap_or_default();
            same_address(address, to.address.as_ref())
                && notify.success == flag(peer_smtp_proto::RCPT_NOTIFY_SUCCESS)
                && notify.failure == flag(peer_smtp_proto::RCPT_NOTIFY_FAILURE)
                && notify.delay == flag(peer_smtp_proto::RCPT_NOTIFY_DELAY)
        }
        (
            Command::Bdat(bdat),
            Request::Bdat {
                chunk_size,
                is_last,
            },
        ) => {
            // The peer lets larger numbers overflow.
            u32::try_from(bdat.size).is_err()
                || (bdat.size == *chunk_size as u64 && bdat.last == *is_last)
        }
        (
            Command::Auth(auth),
            Request::Auth {
                initial_response, ..
            },
        ) => match &auth.initial_response {
            None => initial_response.as_ref().is_empty(),
            // An empty response is `=` on the wire.
            Some(response) => [response.as_str(), "="].contains(&initial_response.as_ref()),
        },
        (Command::Noop(_), Request::Noop { .. })
        | (Command::Vrfy(_), Request::Vrfy { .. })
        | (Command::Expn(_), Request::Expn { .. })
        | (Command::Help(_), Request::Help { .. })
        | (Command::Etrn(_), Request::Etrn { .. })
        | (Command::Atrn(_), Request::Atrn { .. })
        | (Command::Burl(_), Request::Burl { .. })
        | (Command::StartTls, Request::StartTls)
        | (Command::Data, Request::Data)
        | (Command::Rset, Request::Rset)
        | (Command::Quit, Request::Quit) => true,
        _ => false,
    }
}

/// The peer takes the quotes and backslashes off a quoted local part and gives the rest.
fn same_address(ours: &str, theirs: &str) -> bool {
    ours.eq_ignore_ascii_case(theirs) || ours.starts_with('"')
}

/// Whether a line that the peer takes is one that we refuse for a good reason.
fn stricter(kind: ParseErrorKind, line: &[u8]) -> bool {
    use ParseErrorKind as K;
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    match kind {
        // A line ends with CRLF and holds no other control character (RFC 5321 section 2.3.8).
        K::BareLineFeed => !line.ends_with(b"\r\n"),
        K::BareCarriageReturn => content.contains(&b'\r'),
        K::ControlCharacter => content.iter().any(u8::is_ascii_control),
        // A space follows the verb, no tab and no other octet (RFC 5321 section 4.1.1).
        K::InvalidVerb => {
            let in_verb = |octet: &&u8| octet.is_ascii_alphanumeric() || **octet == b'-';
            let length = content.iter().take_while(in_verb).count();
            length == 0 || content.get(length).is_some_and(|&octet| octet != b' ')
        }
        // Octets above 127 are UTF-8, and only with SMTPUTF8 (RFC 6531 section 3.3).
        K::InvalidUtf8 => std::str::from_utf8(content).is_err(),
        K::Utf8WithoutSmtputf8 => !content.is_ascii(),
        // `DATA foo`, `QUIT now`: no such arguments (RFC 5321 section 4.1.1). And the grammar of
        // section 4.1.2 in full: no empty labels, none that begins or ends with a hyphen, no
        // `a@b@c`, no empty local part, a colon behind a source route.
        K::UnexpectedArgument
        | K::MissingArgument
        | K::InvalidArgument
        | K::InvalidPath
        | K::InvalidLocalPart
        | K::InvalidDomain
        | K::InvalidAddressLiteral
        | K::InvalidSourceRoute => true,
        // A parameter stands once, and its value follows its own RFC.
        K::InvalidParameter
        | K::InvalidParameterValue
        | K::DuplicateParameter
        | K::ContradictoryParameters => content.contains(&b' '),
        // The lengths of RFC 5321 section 4.5.3.1, which names keep whatever the options say.
        K::LimitExceeded(_) => content.len() > 64,
        // RFC 4954 section 4 and RFC 3461 section 4.
        K::InvalidBase64 => content.len() > 5,
        _ => false,
    }
}

/// Whether a line that the peer refuses is one that we take for a good reason.
fn wider(command: &Command<'_>, error: &Error) -> bool {
    match command {
        // Unknown parameters are kept, and values are taken as wide as their RFC has them.
        Command::Mail(_) | Command::Rcpt(_) => !matches!(error, Error::NeedsMoreData { .. }),
        // These verbs the peer does not have.
        Command::Xclient(_)
        | Command::Xforward(_)
        | Command::Turn
        | Command::Send(_)
        | Command::Soml(_)
        | Command::Saml(_)
        | Command::Unknown(_)
        // Any mechanism is passed on; literals of every kind name a client; spaces at the end
        // of a line are skipped.
        | Command::Auth(_)
        | Command::Ehlo(_)
        | Command::Helo(_)
        | Command::Lhlo(_)
        | Command::Bdat(_)
        | Command::Burl(_)
        | Command::Etrn(_)
        | Command::Atrn(_)
        | Command::Vrfy(_)
        | Command::Expn(_) => true,
        // A bare verb is the same for everyone.
        _ => false,
    }
}
