//! Whole messages: parsing never fails, loses nothing, and nothing that can be asked panics.

use mime_codec::Message;

use crate::input::split;
use crate::mime::{options, touch};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let options = options(&mut decisions);
    let message = Message::parse_with(stream, &options);
    let mut at = 0;
    for segment in message.segments() {
        assert_eq!(segment.range.start, at, "spans leave something out");
        assert!(segment.range.end > at && segment.part < message.parts().len());
        at = segment.range.end;
    }
    assert_eq!(at, stream.len(), "spans do not reach the end");
    assert!(message.parts().len() <= options.limits.parts.max(1));
    assert!(
        message.parts().all(|part| part.depth() <= options.limits.depth),
        "too deep"
    );
    assert!(message.defects().len() <= options.limits.defects);
    for defect in message.defects() {
        assert!(defect.offset <= stream.len() as u64, "{defect}");
    }
    touch(&message);

    // With and without counted lines the same is told.
    let mut other = options;
    other.count_lines = !options.count_lines;
    let again = Message::parse_with(stream, &other);
    for (part, other) in message.parts().zip(again.parts()) {
        assert_eq!(part.body_lines(), other.body_lines());
        assert_eq!(part.header_lines(), other.header_lines());
    }

    match Message::parse_strict(stream, &options) {
        Ok(strict) => assert!(strict.defects().is_empty()),
        Err(error) => assert!(error.offset() <= stream.len() as u64),
    }
    let owned = Message::parse_owned(stream.to_vec(), &options);
    assert_eq!(owned, message);
    let (octets, structure) = owned.into_parts();
    let attached = Message::attach(octets, structure).expect("what was taken apart");
    assert_eq!(attached, message);
    assert_eq!(message.edit().apply(), stream);
}
