//! Shows mail messages: `mail_cat message.eml`, `mail_cat --json - < message.eml`, `mail_cat archive.mbox`.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitCode;

use examples::machine::Failure;
use examples::{args, mail_json, mail_text};
use lexopt::prelude::*;
use mime_codec::Message;
use mime_codec::mbox::{Event, Format, FromLine, Reader};

const USAGE: &str = "mail_cat [--json] [--headers] [--structure] [--part N [--raw]] FILE|-";

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch")]
struct Args {
    json: bool,
    headers: bool,
    structure: bool,
    part: Option<usize>,
    raw: bool,
    file: String,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, |args| {
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

/// Shows one message, or every message of an mbox file.
fn show_all(args: &Args, bytes: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    let first = bytes
        .split_inclusive(|octet| *octet == b'\n')
        .next()
        .unwrap_or_default();
    if FromLine::parse(first).is_none() {
        return show(args, bytes, out);
    }
    let mut reader = Reader::new(Format::Mboxrd);
    let mut input = bytes;
    let mut message = Vec::new();
    let mut count = 0;
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
            Event::End { .. } => {
                count += 1;
                if !args.json && args.part.is_none() {
                    writeln!(
                        out,
                        "{}===== {count} =====",
                        if count > 1 { "\n" } else { "" }
                    )?;
                }
                show(args, &message, out)?;
            }
        }
    }
}

fn show(args: &Args, bytes: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    let message = Message::parse(bytes);
    if args.json {
        return Ok(writeln!(out, "{}", mail_json::message(&message))?);
    }
    if let Some(index) = args.part {
        let part = message
            .part(index)
            .ok_or_else(|| format!("no part {index}"))?;
        if args.headers {
            mail_text::write_headers(part, out)?;
        } else if args.raw {
            out.write_all(part.body_raw())?;
        } else {
            out.write_all(&part.content())?;
        }
        return Ok(());
    }
    if args.headers {
        mail_text::write_headers(message.root(), out)?;
    }
    if args.headers && args.structure {
        writeln!(out)?;
    }
    if args.structure {
        mail_text::write_structure(&message, out)?;
    }
    if !args.headers && !args.structure {
        mail_text::write_message(&message, out)?;
    }
    Ok(())
}
