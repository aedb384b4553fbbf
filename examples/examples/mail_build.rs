//! Writes a mail message to standard output:
//! `mail_build --from a@x.example --to b@y.example --subject Hello --text hello.txt --attach photo.jpg`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use examples::args;
use examples::machine::Failure;
use lexopt::prelude::*;
use mime_codec::{
    AddressList, Builder, DateTime, Mailbox, Message, MessageId, Options, ReplyOptions, ReplyTo,
    Zone,
};

const USAGE: &str = "mail_build --from ADDRESS [--to LIST] [--cc LIST] [--bcc LIST] [--subject TEXT] [--text FILE|-] \
[--html FILE] [--inline CID=FILE].. [--attach FILE].. [--reply FILE [--all] | --forward FILE [--attached]] \
[--date DATE] [--id ID] [--flowed] [--utf8]";

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each switch")]
struct Args {
    from: Option<String>,
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
    subject: Option<String>,
    text: Option<OsString>,
    html: Option<OsString>,
    inline: Vec<(String, OsString)>,
    attach: Vec<OsString>,
    reply: Option<OsString>,
    all: bool,
    forward: Option<OsString>,
    attached: bool,
    date: Option<DateTime>,
    id: Option<MessageId<'static>>,
    flowed: bool,
    utf8: bool,
}

fn main() -> ExitCode {
    args::start(USAGE, parse, |args| {
        let original = match args.reply.as_ref().or(args.forward.as_ref()) {
            Some(file) => Message::parse_owned(read(file)?, &Options::default()),
            None => Message::parse(""),
        };
        io::stdout().write_all(&build(&args, &original)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn parse(parser: &mut lexopt::Parser) -> Result<Args, lexopt::Error> {
    let mut args = Args::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("from") => args.from = Some(parser.value()?.string()?),
            Long("to") => args.to.push(parser.value()?.string()?),
            Long("cc") => args.cc.push(parser.value()?.string()?),
            Long("bcc") => args.bcc.push(parser.value()?.string()?),
            Long("subject") => args.subject = Some(parser.value()?.string()?),
            Long("text") => args.text = Some(parser.value()?),
            Long("html") => args.html = Some(parser.value()?),
            Long("attach") => args.attach.push(parser.value()?),
            Long("inline") => {
                let value = parser.value()?.string()?;
                let (id, file) = value.split_once('=').ok_or("--inline takes CID=FILE")?;
                args.inline.push((id.into(), file.into()));
            }
            Long("reply") => args.reply = Some(parser.value()?),
            Long("all") => args.all = true,
            Long("forward") => args.forward = Some(parser.value()?),
            Long("attached") => args.attached = true,
            Long("date") => args.date = Some(parser.value()?.parse()?),
            Long("id") => {
                let id = MessageId::try_from(parser.value()?.string()?);
                args.id = Some(id.map_err(|error| format!("--id: {error}"))?);
            }
            Long("flowed") => args.flowed = true,
            Long("utf8") => args.utf8 = true,
            _ => return Err(arg.unexpected()),
        }
    }
    if args.from.is_none() {
        return Err("no --from".into());
    }
    if args.reply.is_some() && args.forward.is_some() {
        return Err("--reply and --forward exclude one another".into());
    }
    if args.all && args.reply.is_none() || args.attached && args.forward.is_none() {
        return Err("--all goes with --reply, --attached with --forward".into());
    }
    Ok(args)
}

fn build(args: &Args, original: &Message<'_>) -> Result<Vec<u8>, Failure> {
    let from = args.from.as_deref().unwrap_or_default();
    let author = Mailbox::try_from(from).map_err(|error| format!("--from: {error}"))?;
    let text = match &args.text {
        Some(file) => read_text(file)?,
        None => String::new(),
    };
    let mut builder = if args.reply.is_some() {
        let mut options = ReplyOptions::default();
        options.to = if args.all {
            ReplyTo::All
        } else {
            ReplyTo::Author
        };
        options.own = vec![author.addr().clone()];
        options.text = text.into();
        original.reply(&options)
    } else if args.forward.is_some() {
        if args.attached {
            original.forward_attached(&text)
        } else {
            original.forward(&text)
        }
    } else if args.text.is_none() {
        Builder::new()
    } else if args.flowed {
        Builder::new().flowed(text)
    } else {
        Builder::new().text(text)
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let date = match args.date {
        Some(date) => date,
        None => DateTime::from_unix(i64::try_from(now.as_secs())?, Zone::UTC)
            .ok_or("no date for the clock")?,
    };
    let id = if let Some(id) = &args.id {
        id.clone()
    } else {
        let unique = format!("{}.{}", now.as_nanos(), std::process::id());
        let domain = author.addr().domain().filter(|domain| domain.is_ascii());
        MessageId::new(&unique, domain.unwrap_or("localhost"))?
    };
    builder = builder
        .date(date)
        .message_id(id)
        .seed(u64::try_from(now.as_nanos() & u128::from(u64::MAX))?)
        .utf8(args.utf8)
        .from(author.clone());
    for list in &args.to {
        builder = builder.to(addresses("--to", list)?);
    }
    for list in &args.cc {
        builder = builder.cc(addresses("--cc", list)?);
    }
    for list in &args.bcc {
        builder = builder.bcc(addresses("--bcc", list)?).keep_bcc();
    }
    if let Some(subject) = &args.subject {
        builder = builder.subject(subject.as_str());
    }
    if let Some(file) = &args.html {
        builder = builder.html(read_text(file)?);
    }
    for (id, file) in &args.inline {
        builder = builder.inline(id.as_str(), name(file), read(file)?);
    }
    for file in &args.attach {
        builder = builder.attach(name(file), read(file)?);
    }
    Ok(builder.build()?)
}

fn addresses<'a>(option: &str, list: &'a str) -> Result<AddressList<'a>, Failure> {
    Ok(AddressList::try_from(list).map_err(|error| format!("{option}: {error}"))?)
}

fn read(file: &OsStr) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if file == "-" {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(bytes)
}

fn read_text(file: &OsStr) -> Result<String, Failure> {
    Ok(String::from_utf8(read(file)?).map_err(|_| format!("{}: not UTF-8", file.display()))?)
}

/// The last component of a path, as a field can hold it.
fn name(file: &OsStr) -> String {
    let name = Path::new(file).file_name().unwrap_or(file);
    name.to_string_lossy()
        .replace(|character: char| character.is_control(), "_")
}
