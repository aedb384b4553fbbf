//! Shows mail messages: `mail_cat message.eml`, `mail_cat --json - < message.eml`, `mail_cat archive.mbox`.
//!
//! An mbox file is read as `mboxrd`, or with `--mbox` as `mboxo`, `mboxcl` or `mboxcl2`.
//! To a terminal nothing is written that it would obey; to a file `--part N` writes what the part is.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::process::ExitCode;

use examples::machine::Failure;
use examples::{args, mail_json, mail_message, mail_text};
use lexopt::prelude::*;
use mime_codec::Message;
use mime_codec::mbox::{Event, Format, FromLine, Reader};

const USAGE: &str = "mail_cat [--json] [--headers] [--structure] [--mbox FORMAT] [--message N] [--part N [--raw]] FILE|-";

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch")]
struct Args {
    json: bool,
    headers: bool,
    structure: bool,
    mbox: Format,
    /// Of an mbox file, counted from 1.
    message: Option<usize>,
    part: Option<usize>,
    raw: bool,
    terminal: bool,
    file: String,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, |mut args| {
        args.terminal = io::stdout().is_terminal();
        let mut bytes = Vec::new();
        if args.file == "-" {
            io::stdin().read_to_end(&mut bytes)?;
        } else {
            bytes = fs::read(&args.file).map_err(|error| format!("{}: {error}", args.file))?;
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        match show_all(&args, &bytes, &mut out).and_then(|()| Ok(out.flush()?)) {
            // Whoever reads the output has enough of it.
            Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
            result => result.map(|()| ExitCode::SUCCESS),
        }
    })
}

fn is_broken_pipe(error: &Failure) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn parse(parser: &mut lexopt::Parser) -> Result<Args, lexopt::Error> {
    let mut args = Args::default();
    let mut file = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("json") => args.json = true,
            Long("headers") => args.headers = true,
            Long("structure") => args.structure = true,
            Long("mbox") => args.mbox = parser.value()?.parse_with(mbox_format)?,
            Long("message") => args.message = Some(parser.value()?.parse()?),
            Long("part") => args.part = Some(parser.value()?.parse()?),
            Long("raw") => args.raw = true,
            Value(name) if file.is_none() => file = Some(name.string()?),
            _ => return Err(arg.unexpected()),
        }
    }
    if args.raw && args.part.is_none() {
        return Err("--raw needs --part".into());
    }
    if args.json && (args.headers || args.structure || args.part.is_some()) {
        return Err("--json shows everything and goes with no other option".into());
    }
    args.file = file.ok_or("no FILE")?;
    Ok(args)
}

fn mbox_format(name: &str) -> Result<Format, &'static str> {
    match name {
        "mboxo" => Ok(Format::Mboxo),
        "mboxrd" => Ok(Format::Mboxrd),
        "mboxcl" => Ok(Format::Mboxcl),
        "mboxcl2" => Ok(Format::Mboxcl2),
        _ => Err("not one of mboxo, mboxrd, mboxcl and mboxcl2"),
    }
}

/// Shows one message, or every message of an mbox file.
fn show_all(args: &Args, bytes: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    let first = bytes
        .split_inclusive(|octet| *octet == b'\n')
        .next()
        .unwrap_or_default();
    let first = first.strip_prefix("\u{feff}".as_bytes()).unwrap_or(first);
    let is_mbox = FromLine::parse(first).is_some_and(|from| from.is_plausible());
    if !is_mbox {
        return match args.message {
            None | Some(1) => show(args, bytes, out),
            Some(_) => Err("this is one message".into()),
        };
    }
    let mut total = 0;
    each(args.mbox, bytes, |_| {
        total += 1;
        Ok(())
    })?;
    if args.part.is_some() && args.message.is_none() && total > 1 {
        return Err(format!("one of {total} messages must be chosen with --message").into());
    }
    if args
        .message
        .is_some_and(|number| !(1..=total).contains(&number))
    {
        return Err(format!("there are {total} messages").into());
    }
    let mut count = 0;
    let mut first = true;
    each(args.mbox, bytes, |message| {
        count += 1;
        if args.message.is_some_and(|number| number != count) {
            return Ok(());
        }
        if total > 1 && !args.json && args.message.is_none() {
            let gap = if std::mem::take(&mut first) { "" } else { "\n" };
            writeln!(out, "{gap}===== {count} of {total} =====")?;
        }
        show(args, message, out)
    })
}

/// Reads an mbox file.
fn each(
    format: Format,
    mut input: &[u8],
    mut then: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = Reader::new(format);
    let mut message = Vec::new();
    loop {
        let event = match reader.next(&mut input) {
            Some(event) => event,
            None => match reader.finish() {
                Some(event) => event,
                None => return Ok(()),
            },
        };
        match event {
            Event::Message { .. } => message.clear(),
            Event::Data(data) => message.extend_from_slice(data),
            Event::End { .. } => then(&message)?,
        }
    }
}

fn show(args: &Args, bytes: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    let message = Message::parse(bytes);
    if args.json {
        return Ok(writeln!(out, "{}", mail_json::line(&message))?);
    }
    if let Some(index) = args.part {
        let part = message
            .part(index)
            .ok_or_else(|| format!("no part {index}"))?;
        if args.headers {
            mail_message::write_headers(part, out)?;
        } else if args.terminal && (args.raw || !part.media_type().is_kind("text")) {
            return Err("not to a terminal: write it to a file".into());
        } else if args.terminal {
            out.write_all(mail_text::text(part).as_bytes())?;
        } else if args.raw {
            out.write_all(part.body_raw())?;
        } else {
            out.write_all(&part.content())?;
        }
        return Ok(());
    }
    if args.headers {
        mail_message::write_headers(message.root(), out)?;
    }
    if args.headers && args.structure {
        writeln!(out)?;
    }
    if args.structure {
        mail_message::write_structure(&message, out)?;
    }
    if !args.headers && !args.structure {
        mail_message::write_message(&message, out)?;
    }
    Ok(())
}
