//! Replies and what EHLO's reply says.

use smtp_proto::{Capabilities, LineEnds, Options, Reply};

use crate::input::split;
use crate::smtp::{options, roomy};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let options = options(&mut decisions);
    let whole = Reply::parse_prefix_with(stream, &options);
    let cut = decisions.choose(stream.len() + 1);
    let part = Reply::parse_prefix_with(&stream[..cut], &options);
    match &part {
        Ok(None) => {}
        decided => assert_eq!(*decided, whole, "more input changed the value"),
    }
    let (reply, used) = match whole {
        Ok(None) => return,
        Ok(Some(found)) => found,
        Err(error) => return assert!(error.offset() <= stream.len()),
    };
    assert_eq!(reply.as_bytes(), &stream[..used]);
    assert_eq!(
        Reply::parse_with(&stream[..used], &options).as_ref(),
        Ok(&reply)
    );
    assert!((200..600).contains(&reply.code().get()));
    let ends = stream[..used].iter().filter(|&&octet| octet == b'\n');
    assert_eq!(reply.lines().count(), ends.count());
    assert_eq!(reply.text().split('\n').count(), reply.lines().count());
    let mut encoded = Vec::new();
    reply.encode(&mut encoded);
    match options.line_ends {
        LineEnds::Strict => assert_eq!(encoded, stream[..used]),
        // What was taken leniently leaves as lines with CRLF.
        LineEnds::Normalise | LineEnds::Lenient => {
            let again = Reply::parse_with(&encoded, &lenient()).expect("what was encoded");
            assert_eq!(again.as_bytes(), encoded);
            assert_eq!(again.text(), reply.text());
        }
    }
    assert_eq!(reply.clone().into_owned(), reply);
    if std::str::from_utf8(&encoded).is_ok()
        && options.line_ends == LineEnds::Strict
        && let Ok(again) = reply.to_string().parse::<Reply<'_>>()
    {
        assert_eq!(again, reply);
    }
    capabilities(&reply);
}

/// Options that take a CR within a line as it is.
fn lenient() -> Options {
    let mut options = roomy();
    options.line_ends = LineEnds::Lenient;
    options
}

fn capabilities(reply: &Reply<'_>) {
    let typed = Capabilities::from_reply(reply);
    assert_eq!(typed.clone().into_owned(), typed);
    let mut encoded = Vec::new();
    if typed.encode(&mut encoded).is_err() {
        return assert!(encoded.is_empty());
    }
    let again = Reply::parse_with(&encoded, &roomy()).expect("what was encoded");
    assert_eq!(Capabilities::from_reply(&again), typed);
}
