//! Editing: what is not touched stays as it is, and what is changed is what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use mime_codec::transfer::Transport;
use mime_codec::{Edit, Header, Message, Part, PartBuilder, PartKind};

use crate::input::{Decisions, split};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let message = Message::parse(stream);
    assert_eq!(message.edit().apply(), stream, "an edit of nothing");
    if decisions.flag() {
        parts(&message, &mut decisions);
    } else {
        fields(&message, &mut decisions);
    }
    seven_bit(&message);
}

fn choose<'m>(message: &'m Message<'_>, decisions: &mut Decisions<'_>) -> Part<'m> {
    let index = decisions.choose(message.parts().len());
    message.part(index).unwrap_or(message.root())
}

/// One field is changed.
fn fields(message: &Message<'_>, decisions: &mut Decisions<'_>) {
    let stream = message.raw();
    let part = choose(message, decisions);
    let kind = decisions.choose(4);
    let mut edit = message.edit();
    let mut gone: Option<Header<'_>> = None;
    let done = match kind {
        0 => edit.set_header(part, "X-New", "value").is_ok(),
        1 => edit.add_header(part, "X-New", "value").is_ok(),
        2 => edit.prepend_header(part, "X-New", "value").is_ok(),
        _ => {
            gone = part.headers().iter().nth(decisions.choose(4));
            gone.is_some_and(|header| edit.remove_field(&header).is_ok())
        }
    };
    let edited = edit.apply();
    if !done {
        return assert_eq!(edited, stream, "a refused edit has changed something");
    }
    // What stands before and behind the change is the same.
    let same = edited.iter().zip(stream).take_while(|(a, b)| a == b).count();
    let (ends, old_ends) = (edited.iter().rev(), stream.iter().rev());
    let tail = ends.zip(old_ends).take_while(|(a, b)| a == b).count();
    let shortest = edited.len().min(stream.len());
    assert!(same + tail >= shortest || kind == 0, "more than one place is changed");
    if let Some(gone) = gone {
        assert_eq!(edited.len() + gone.raw().len(), stream.len());
    }
    let structural = gone.is_some_and(|gone| {
        let name = gone.name().as_bytes();
        name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
    });
    if structural || !message.defects().is_empty() {
        return;
    }
    let shown = edited.escape_ascii();
    let again = Message::parse(&edited);
    let found = again.part(part.index()).expect("the same part");
    let values: Vec<_> = found.headers().get_all("X-New").collect();
    let value = if kind == 2 { values.first() } else { values.last() };
    if kind < 3 {
        assert_eq!(value.map(Header::text).as_deref(), Some("value"), "{shown}");
    }
    assert_eq!(again.parts().len(), message.parts().len(), "{shown}");
    for (new, old) in again.parts().zip(message.parts()) {
        if old.kind() == PartKind::Leaf {
            assert_eq!(new.body_raw(), old.body_raw(), "{shown}");
        }
    }
}

/// What a few edits have done to the parts of a message, by their index.
#[derive(Default)]
struct Model {
    removed: BTreeSet<usize>,
    replaced: BTreeSet<usize>,
    added: BTreeMap<usize, usize>,
}

/// A leaf: of the message, or new.
type Leaf<'m> = Option<&'m [u8]>;

impl Model {
    fn leaves<'m>(&self, message: &'m Message<'_>) -> Vec<Leaf<'m>> {
        let mut leaves = Vec::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut index = 0;
        loop {
            while let Some(&(end, new)) = open.last()
                && end <= index
            {
                leaves.resize(leaves.len() + new, None);
                open.pop();
            }
            let Some(part) = message.part(index) else {
                return leaves;
            };
            let end = index + 1 + part.descendants().count();
            if self.removed.contains(&index) || self.replaced.contains(&index) {
                leaves.extend(self.replaced.contains(&index).then_some(None));
                index = end;
                continue;
            }
            if part.kind() == PartKind::Leaf {
                leaves.push(Some(part.body_raw()));
            }
            if let Some(&new) = self.added.get(&index) {
                open.push((end, new));
            }
            index += 1;
        }
    }
}

/// Several parts are removed, replaced and added at once.
fn parts(message: &Message<'_>, decisions: &mut Decisions<'_>) {
    const NEW: &str = "new\n";
    let mut edit = message.edit().transport(Transport::Binary);
    let mut model = Model::default();
    for _ in 0..=decisions.choose(6) {
        let part = choose(message, decisions);
        let index = part.index();
        match decisions.choose(3) {
            0 => {
                if edit.remove_part(part).is_ok() {
                    model.removed.insert(index);
                }
            }
            1 => {
                if edit.replace_part(part, &PartBuilder::text(NEW)).is_ok() {
                    model.replaced.insert(index);
                }
            }
            _ => {
                if edit.add_part(part, &PartBuilder::text(NEW)).is_ok() {
                    *model.added.entry(index).or_default() += 1;
                }
            }
        }
    }
    let edited = edit.apply();
    if !message.defects().is_empty() {
        return;
    }
    let again = Message::parse(&edited);
    let shown = edited.escape_ascii();
    let expected = model.leaves(message);
    let found: Vec<_> = again.parts().filter(|part| part.kind() == PartKind::Leaf).collect();
    assert_eq!(found.len(), expected.len(), "{shown}");
    for (found, expected) in found.iter().zip(expected) {
        match expected {
            Some(body) => assert_eq!(found.body_raw(), body, "{shown}"),
            None => assert_eq!(found.body_raw().trim_ascii(), NEW.trim_end().as_bytes(), "{shown}"),
        }
    }
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
