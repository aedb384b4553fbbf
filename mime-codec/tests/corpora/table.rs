//! Tables of values, and of what another reader makes of each.

use std::fmt::Debug;

use serde_json::Value;

/// The rows of a table; `None` without the corpora.
pub fn rows(path: &str) -> Option<Vec<Value>> {
    match super::json(&super::folder()?.join(path)) {
        Value::Array(rows) => Some(rows),
        other => panic!("{path}: {other}"),
    }
}

/// Compares each of `count` rows, the value under `key`; those that differ must be the ones that are
/// known to.
pub fn check(
    (path, count): (&str, usize),
    key: &str,
    known: &[usize],
    ours: impl Fn(&[u8], &Value) -> Result<(), String>,
) {
    let Some(rows) = rows(path) else { return };
    assert_eq!(rows.len(), count);
    let mut differing = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let value = row[key].as_str().expect("a value");
        let octets = match key {
            "header" => field(value),
            _ => value.as_bytes(),
        };
        if let Err(difference) = ours(octets, &row["expected"]) {
            differing.push(i);
            println!("{i}: {value:?}\n    {difference}");
        }
    }
    assert_eq!(differing, known);
}

/// The first field of what may be several: up to a line break without white space behind it.
fn field(text: &str) -> &[u8] {
    let octets = text.as_bytes();
    let ends = |pair: &[u8]| pair[0] == b'\n' && !matches!(pair[1], b' ' | b'\t');
    let end = octets.windows(2).position(ends);
    &octets[..end.map_or(octets.len(), |end| end + 1)]
}

pub fn differ(ours: &impl Debug, theirs: &impl Debug) -> Result<(), String> {
    Err(format!("ours   {ours:?}\n    theirs {theirs:?}"))
}

pub fn same<T: PartialEq + Debug>(ours: T, theirs: T) -> Result<(), String> {
    let pair = (ours, theirs);
    if pair.0 == pair.1 {
        Ok(())
    } else {
        differ(&pair.0, &pair.1)
    }
}

/// The items of a list, if it is one.
pub fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}
