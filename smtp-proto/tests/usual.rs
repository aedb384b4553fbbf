//! Lines of the usual kind are read on a shorter way; it leads to the same place as the long one.
//!
//! A space behind the colon, which many clients send, is enough to take the long way.

use proptest::prelude::*;
use smtp_proto::{Command, ParseErrorKind};

/// A command, or what is wrong with it and how far before the end of the line.
type Read = Result<Command<'static>, (usize, ParseErrorKind)>;

fn read(line: &str) -> Read {
    Command::parse(line.as_bytes())
        .map(Command::into_owned)
        .map_err(|error| (line.len() - error.offset(), error.kind()))
}

/// Reads `rest` behind the colon of MAIL and of RCPT on both ways.
fn same(rest: &str) {
    for start in ["MAIL FROM:", "RCPT TO:"] {
        let short = read(&format!("{start}{rest}\r\n"));
        let long = read(&format!("{start} {rest}\r\n"));
        assert_eq!(short, long, "{start}{rest}");
    }
}

#[test]
fn both_ways_agree_where_the_grammar_turns() {
    let paths = [
        "<>",
        "<a@b>",
        "<a.b@c.d>",
        "<.a@b>",
        "<a.@b>",
        "<a..b@c>",
        "<a@b.>",
        "<a@.b>",
        "<a@-b>",
        "<a@b->",
        "<a@b-c>",
        "<a@b.-c>",
        "<a@b..c>",
        "<a@b",
        "<a@b>>",
        "<a@b c>",
        "<a@[127.0.0.1]>",
        "<\"a b\"@c>",
        "<@x,@y:a@b>",
        "<postmaster>",
        "<Postmaster@b>",
        "<a>",
        "<@b>",
        "<é@b>",
        "<a@é>",
        "a@b",
        "<a@b>\0",
        "<a@b>\r",
    ];
    for path in paths {
        for rest in ["", " ", "  ", " X=1", " X", "X=1", "\t"] {
            same(&format!("{path}{rest}"));
        }
    }
    for (local, label, labels) in [(64, 63, 1), (65, 1, 1), (1, 64, 1), (1, 63, 4), (64, 63, 3)] {
        let domain = vec!["d".repeat(label); labels].join(".");
        same(&format!("<{}@{domain}>", "l".repeat(local)));
    }
}

proptest! {
    #[test]
    fn both_ways_agree(rest in "(<a@b>|<>|<?[-a.@<>\"\\[é ]{0,12}>?)( (SIZE|BODY|RET|ENVID|AUTH|NOTIFY|ORCPT|X)(=[-+=<>;,0-9A-Za-z]{0,12})?){0,3} ?") {
        same(&rest);
    }
}
