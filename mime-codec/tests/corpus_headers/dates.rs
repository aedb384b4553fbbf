//! Dates (RFC 5322 section 3.3).

use mime_codec::{DateTime, Zone};
use serde_json::Value;

use crate::corpora::table::{check, rows, same};

/// Rows (from 0) that are read in another way.
const KNOWN: &[usize] = &[
    12, 28, 42, 43, 44, 46, 47, 48, 51, 52, 53, 55, 61, 63, 64, 65, 68, 69, 74, 76, 78, 80, 81, 82,
    83,
];

/// Year, month, day, hour, minute, second, minutes ahead of UTC.
pub(crate) type When = (u64, u64, u64, u64, u64, u64, i64);

pub(crate) fn their_date(date: &Value) -> Option<When> {
    let part = |name: &str| date[name].as_u64().expect("a number");
    date.as_object()?;
    let zone = (part("tz_hour") * 60 + part("tz_minute")).cast_signed();
    let zone = if date["tz_before_gmt"] == true {
        -zone
    } else {
        zone
    };
    Some((
        part("year"),
        part("month"),
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
        zone,
    ))
}

pub(crate) fn our_date(date: DateTime) -> When {
    (
        date.year().into(),
        date.month().into(),
        date.day().into(),
        date.hour().into(),
        date.minute().into(),
        date.second().into(),
        date.zone().minutes().into(),
    )
}

#[test]
fn dates() {
    check(
        ("mail-parser/headers/date.json", 84),
        "header",
        KNOWN,
        |value, expected| {
            same(
                DateTime::parse(value).ok().map(our_date),
                their_date(expected),
            )
        },
    );
    let Some(rows) = rows("rfc-tables/dates.json") else {
        return;
    };
    for row in &rows {
        let value = row["in"].as_str().expect("a value");
        let ours = DateTime::parse(value.as_bytes());
        if let Some(iso) = row["iso"].as_str() {
            let date = ours.expect(value);
            let minutes = date.zone().minutes();
            let sign = if minutes < 0 { '-' } else { '+' };
            let (year, month, day, hour, minute, second, _) = our_date(date);
            let zone = minutes.unsigned_abs();
            assert_eq!(
                format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
                    zone / 60,
                    zone % 60
                ),
                iso
            );
        }
        if value.ends_with("-0000") || value.ends_with(" A") {
            assert_eq!(
                DateTime::parse(value.as_bytes()).map(|date| date.zone()),
                Ok(Zone::Unknown)
            );
        }
    }
}
