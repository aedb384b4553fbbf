//! Dates: what is read is a moment that is written and read again as the same.

use mime_codec::{DateTime, Zone};

use crate::input::split;
use crate::mime::{options, written};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, value) = split(data);
    let options = options(&mut decisions);
    let mut defects = Vec::new();
    match DateTime::parse_with(value, &options, &mut defects) {
        Ok(date) => check(date),
        Err(error) => assert!(error.offset() <= value.len()),
    }
    for defect in defects {
        assert!(defect.offset <= value.len() as u64, "{defect}");
    }
    if let Some((seconds, _)) = value.split_first_chunk() {
        let seconds = i64::from_le_bytes(*seconds) >> decisions.choose(40);
        if let Some(date) = DateTime::from_unix(seconds, Zone::UTC) {
            assert_eq!(date.to_unix(), seconds);
            check(date);
        }
    }
}

fn check(date: DateTime) {
    assert!((1..=12).contains(&date.month()) && (1..=31).contains(&date.day()));
    assert!(date.hour() < 24 && date.minute() < 60 && date.second() <= 60);
    assert!(date.weekday() < 7 || date.weekday() == 7);
    let text = date.to_string();
    assert_eq!(text.parse(), Ok(date), "{text}");
    let field = written(false, |field| date.write(field)).expect("a date");
    assert_eq!(DateTime::parse(&field), Ok(date));
    if let Some(moved) = DateTime::from_unix(date.to_unix(), date.zone())
        && date.second() < 60
    {
        assert_eq!(moved, date);
    }
}
