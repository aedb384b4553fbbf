//! Commands: `parse` and `parse_prefix` agree, more input changes nothing, and what was parsed
//! is parsed again once encoded.

use smtp_proto::{Command, Options};

use crate::input::split;
use crate::smtp::{assert_one_line, options, roomy};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let options = options(&mut decisions);
    let whole = Command::parse_prefix_with(stream, &options);
    let cut = decisions.choose(stream.len() + 1);
    let part = Command::parse_prefix_with(&stream[..cut], &options);
    match &part {
        Ok(None) => {}
        decided => assert_eq!(*decided, whole, "more input changed the value"),
    }
    match whole {
        Ok(None) => assert!(!stream.contains(&b'\n')),
        Ok(Some((command, used))) => {
            assert_eq!(stream[used - 1], b'\n');
            assert_eq!(
                Command::parse_with(&stream[..used], &options).as_ref(),
                Ok(&command)
            );
            assert_eq!(
                Command::parse_with(stream, &options).is_ok(),
                used == stream.len()
            );
            round_trip(&command);
            assert_eq!(command.clone().into_owned(), command);
        }
        Err(error) => {
            assert!(error.offset() <= stream.len());
            let (code, _, text) = error.reply_hint();
            assert!(code.get() >= 500 && !text.is_empty());
            assert!(!error.to_string().is_empty());
            assert!(Command::parse_with(stream, &options).is_err());
        }
    }
    // Whatever comes, the default rules do not panic either.
    drop(Command::parse_with(stream, &Options::default()));
}

fn round_trip(command: &Command<'_>) {
    let mut line = Vec::new();
    command.encode(&mut line);
    assert_one_line(&line);
    let again = Command::parse_with(&line, &roomy()).expect("what was encoded");
    match (command, &again) {
        // The name of a mechanism is sent in upper case.
        (Command::Auth(before), Command::Auth(after)) => {
            assert!(before.mechanism.is(after.mechanism.as_str()));
            assert_eq!(before.initial_response, after.initial_response);
            let debug = format!("{before:?}");
            if let Some(response) = &before.initial_response
                && response.as_str().len() > 20
            {
                assert!(!debug.contains(response.as_str()), "a secret is shown");
            }
        }
        _ => assert_eq!(*command, again),
    }
    let mut second = Vec::new();
    again.encode(&mut second);
    assert_eq!(line, second);
}
