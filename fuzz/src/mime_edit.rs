//! Editing: what is not touched stays as it is, and what is changed is what was asked for.

use mime_codec::transfer::Transport;
use mime_codec::{Edit, Message, PartBuilder, PartKind};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let message = Message::parse(stream);
    assert_eq!(message.edit().apply(), stream, "an edit of nothing");
    let mut edit = message.edit().transport(Transport::Binary);
    let part = message
        .part(decisions.choose(message.parts().len()))
        .unwrap_or(message.root());
    let kind = decisions.choose(7);
    let done = match kind {
        0 => edit.set_header(part, "X-New", "value").is_ok(),
        1 => edit.add_header(part, "X-New", "value").is_ok(),
        2 => edit.prepend_header(part, "X-New", "value").is_ok(),
        3 => match part.headers().iter().next() {
            Some(header) => edit.remove_field(&header).is_ok(),
            None => false,
        },
        4 => edit.remove_part(part).is_ok(),
        5 => edit.replace_part(part, &PartBuilder::text("new\n")).is_ok(),
        _ => edit.add_part(part, &PartBuilder::text("new\n")).is_ok(),
    };
    let edited = edit.apply();
    if !done {
        return assert_eq!(edited, stream, "a refused edit has changed something");
    }
    // What stands before and behind the change is the same.
    let same = edited.iter().zip(stream).take_while(|(a, b)| a == b).count();
    let tail = edited
        .iter()
        .rev()
        .zip(stream.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let again = Message::parse(&edited);
    match kind {
        0..=2 => {
            assert!(same + tail >= stream.len() || kind == 0, "more than one place is changed");
            if message.defects().is_empty() {
                let shown = edited.escape_ascii();
                let found = again.part(part.index()).expect("the same part");
                let values: Vec<_> = found.headers().get_all("X-New").collect();
                let last = if kind == 2 { values.first() } else { values.last() };
                assert_eq!(last.map(mime_codec::Header::text).as_deref(), Some("value"), "{shown}");
                assert_eq!(again.parts().len(), message.parts().len(), "{shown}");
                for (new, old) in again.parts().zip(message.parts()) {
                    if old.kind() == PartKind::Leaf {
                        assert_eq!(new.body_raw(), old.body_raw(), "{shown}");
                    }
                }
            }
        }
        3 => assert_eq!(same.max(edited.len() - tail), same.max(edited.len() - tail)),
        _ => {}
    }
    seven_bit(&message);
}

fn seven_bit(message: &Message<'_>) {
    let mut edit: Edit<'_> = message.edit();
    if edit.to_seven_bit().is_err() {
        return;
    }
    let edited = edit.apply();
    let again = Message::parse(&edited);
    if message.defects().is_empty() {
        assert_eq!(again.parts().len(), message.parts().len());
    }
}
