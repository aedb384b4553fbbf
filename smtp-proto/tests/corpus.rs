//! Addresses, host names and recorded sessions of other programs, read from the folder that
//! `CORPUS_DIR` names; without it the tests print a line and pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use smtp_proto::{
    Capabilities, Command, DataDecoder, DataEncoder, DataStep, Domain, LineEnds, Mailbox, Options,
    Reply,
};

/// The folder of SMTP files, unless no corpus is at hand.
fn corpus() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CORPUS_DIR") else {
        println!("skipped: CORPUS_DIR is not set");
        return None;
    };
    let folder = PathBuf::from(folder).join("smtp");
    assert!(folder.is_dir(), "{} is missing", folder.display());
    Some(folder)
}

/// The text of the first element `name` in `xml`.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// Undoes the entities, and the stand-ins for control characters.
fn address(xml: &str) -> String {
    let mut out = String::new();
    let mut rest = xml;
    while let Some((text, tail)) = rest.split_once('&') {
        out.push_str(text);
        let (entity, tail) = tail.split_once(';').unwrap();
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = entity.strip_prefix("#x").unwrap();
                char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()
            }
        });
        rest = tail;
    }
    out.push_str(rest);
    out.chars()
        .map(|c| match u32::from(c) {
            code @ 0x2400..=0x2421 => char::from_u32(code - 0x2400).unwrap(),
            _ => c,
        })
        .collect()
}

/// The numbers of the tests in which the table and RFC 5321 differ; corpus-notes.md has the clauses.
fn explained() -> Vec<u32> {
    let notes = include_str!("corpus-notes.md");
    let rows = notes.lines().filter_map(|line| line.strip_prefix("| #"));
    rows.map(|row| row.split_once(' ').unwrap().0.parse().unwrap())
        .collect()
}

#[test]
fn address_table() {
    let Some(folder) = corpus() else { return };
    let xml = fs::read_to_string(folder.join("address/isemail-tests.xml")).unwrap();
    let mut different = Vec::new();
    let mut count = 0;
    for test in xml.split("<test id=\"").skip(1) {
        let number: u32 = test.split_once('"').unwrap().0.parse().unwrap();
        let text = address(element(test, "address").unwrap_or_default());
        let category = element(test, "category").unwrap();
        let expected = matches!(
            category,
            "ISEMAIL_VALID_CATEGORY" | "ISEMAIL_RFC5321" | "ISEMAIL_DNSWARN"
        );
        count += 1;
        let found = Mailbox::new(&*text);
        if found.is_ok() != expected {
            println!("#{number} {text:?} {category}: {found:?}");
            different.push(number);
        }
    }
    assert_eq!(count, 164);
    assert_eq!(different, explained());
}

#[test]
fn host_names() {
    let Some(folder) = corpus() else { return };
    let names = fs::read_to_string(folder.join("postfix/valid_hostname.in")).unwrap();
    let verdicts = fs::read_to_string(folder.join("postfix/valid_hostname.ref")).unwrap();
    // Postfix warns about what is no host name. It also takes underscores, wildcards and a final
    // dot, which RFC 5321 section 4.1.2 does not, and refuses numbers, which the grammar has.
    let warned = |name: &str| {
        let mine = verdicts.split("testing: ").find_map(|part| {
            let rest = part.strip_prefix(&format!("\"{name}\""))?;
            Some(rest)
        });
        mine.unwrap()
            .lines()
            .any(|line| line.contains("warning: valid_hostname:") && !line.contains("numeric"))
    };
    let mut count = 0;
    for name in names.lines().filter(|name| !name.is_empty()) {
        let expected = !warned(name) && !name.contains(['_', '*']) && !name.ends_with('.');
        assert_eq!(Domain::new(name).is_ok(), expected, "{name:?}");
        count += 1;
    }
    assert!(count > 20);
}

#[test]
fn tokens() {
    let Some(folder) = corpus() else { return };
    let lines = fs::read_to_string(folder.join("postfix/smtpd_token.in")).unwrap();
    let taken: Vec<_> = lines
        .lines()
        .filter(|line| Command::parse(format!("{line}\r\n").as_bytes()).is_ok())
        .collect();
    // The others lack brackets, or have blanks, comments or a phrase in them.
    assert_eq!(
        taken,
        [
            "mail from:<wietse@porcupine.org>",
            "mail from:<\"wietse venema\"@porcupine.org>"
        ]
    );
}

#[test]
fn odd_fold_lengths_survive_data() {
    let Some(folder) = corpus() else { return };
    let file = fs::read(folder.join("haraka/varied-fold-lengths-preserve-data.txt")).unwrap();
    // The file has LF on disk; a message has CRLF.
    let mut wire = Vec::new();
    let mut encoder = DataEncoder::new(LineEnds::Normalise);
    encoder.write(&file, &mut wire).unwrap();
    encoder.finish(&mut wire);
    let text = String::from_utf8_lossy(&file).replace("\r\n", "\n");
    let message = text.trim_end_matches('\n').replace('\n', "\r\n");
    for chunk in [1, 7, 4_096, usize::MAX] {
        let mut decoder = DataDecoder::new(LineEnds::Strict);
        let mut found = Vec::new();
        let mut held = Vec::new();
        let mut ended = false;
        for chunk in wire.chunks(chunk.min(wire.len())) {
            held.extend_from_slice(chunk);
            let mut input = &held[..];
            loop {
                match decoder.poll(&mut input) {
                    DataStep::Span(span) => found.extend_from_slice(span),
                    DataStep::NeedInput => break,
                    step => {
                        assert_eq!(step, DataStep::End);
                        ended = true;
                        break;
                    }
                }
            }
            held = input.to_vec();
        }
        assert!(ended && held.is_empty());
        let found = String::from_utf8_lossy(&found);
        assert_eq!(found.trim_end_matches("\r\n"), message);
    }
}

/// One line of a recording: who spoke, and what.
fn record(line: &str) -> (u64, bool, Vec<u8>) {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    let data = value["data"].as_str().unwrap();
    let octets = data.chars().map(|c| u8::try_from(u32::from(c)).unwrap());
    (
        value["conn"].as_u64().unwrap(),
        value["from"] == "C",
        octets.collect(),
    )
}

#[test]
fn recorded_sessions() {
    let Some(folder) = corpus() else { return };
    let options = Options::default();
    let mut totals = BTreeMap::new();
    for file in fs::read_dir(folder.join("recorded")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let mut streams: BTreeMap<(u64, bool), Vec<u8>> = BTreeMap::new();
        for line in text.lines() {
            let (connection, client, data) = record(line);
            streams
                .entry((connection, client))
                .or_default()
                .extend(data);
        }
        for ((_, client), stream) in streams {
            let count = if client {
                client_stream(&name, &stream, &options)
            } else {
                server_stream(&name, &stream, &options)
            };
            *totals.entry(client).or_insert(0) += count;
        }
    }
    // Commands and replies that were read; a greeting has no command.
    assert!(totals[&true] > 60, "{totals:?}");
    assert!(totals[&false] > totals[&true], "{totals:?}");
}

fn server_stream(name: &str, mut stream: &[u8], options: &Options) -> usize {
    let mut count = 0;
    while !stream.is_empty() {
        let (reply, used) = Reply::parse_prefix_with(stream, options)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .unwrap_or_else(|| panic!("{name}: incomplete"));
        assert_eq!(reply.as_bytes(), &stream[..used]);
        if reply.lines().count() > 3 {
            let capabilities = Capabilities::from_reply(&reply);
            assert!(capabilities.extensions.iter().count() > 1, "{name}");
        }
        stream = &stream[used..];
        count += 1;
    }
    count
}

fn client_stream(name: &str, mut stream: &[u8], options: &Options) -> usize {
    let mut count = 0;
    while !stream.is_empty() {
        let (command, used) = match Command::parse_prefix_with(stream, options) {
            Ok(Some(found)) => found,
            found => panic!("{name}: {found:?}"),
        };
        let mut wire = Vec::new();
        command.encode(&mut wire);
        assert_eq!(Command::parse(&wire).as_ref(), Ok(&command), "{name}");
        stream = &stream[used..];
        count += 1;
        match command {
            Command::Data => {
                let mut decoder = DataDecoder::new(LineEnds::Strict);
                while let DataStep::Span(_) = decoder.poll(&mut stream) {}
                assert_eq!(decoder.poll(&mut stream), DataStep::End, "{name}");
            }
            // What follows is the exchange, whose lines are base64.
            Command::Auth(_) => {
                while let Some(end) = sasl_line(stream) {
                    stream = &stream[end..];
                }
            }
            _ => {}
        }
    }
    count
}

/// The length of a line of base64, if the next line is one.
fn sasl_line(stream: &[u8]) -> Option<usize> {
    let end = stream.windows(2).position(|pair| pair == b"\r\n")?;
    let text = str::from_utf8(&stream[..end]).ok()?;
    let verb = matches!(text, "QUIT" | "RSET" | "DATA" | "NOOP");
    (!verb && smtp_proto::Base64::new(text).is_ok()).then_some(end + 2)
}
