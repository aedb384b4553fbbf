//! Content-Type and Content-Disposition with their parameters (RFC 2045 section 5, RFC 2231).

use mime_codec::{ContentDisposition, ContentType, Options};
use serde_json::Value;

use crate::corpora::table::{check, items, rows, same};

/// Rows (from 0) that are read in another way.
const KNOWN: &[usize] = &[
    31, 34, 39, 40, 41, 42, 43, 47, 48, 49, 54, 58, 59, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71,
    72, 76, 77, 78, 107, 108, 113, 116, 118,
];

#[test]
fn content_types() {
    check(
        ("mail-parser/headers/content_type.json", 126),
        "header",
        KNOWN,
        |value, expected| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
            let theirs: Vec<(String, Option<&str>)> = items(&expected["attributes"])
                .iter()
                .map(|pair| (text(&pair[0]), pair[1].as_str()))
                .collect();
            let names = (text(&expected["c_type"]), text(&expected["c_subtype"]));
            // Some of the values are of the other field.
            let disposition = ContentDisposition::parse(value)
                .filter(|_| ["inline", "attachment"].contains(&names.0.as_str()));
            let content_type = ContentType::parse(value);
            let (parameters, own) = match &disposition {
                Some(disposition) => (disposition.parameters(), names.clone()),
                None => (
                    content_type.parameters(),
                    (
                        content_type.kind().to_lowercase(),
                        content_type.subtype().to_lowercase(),
                    ),
                ),
            };
            let mut ours: Vec<(String, Option<&str>)> = Vec::new();
            for parameter in parameters {
                let name = parameter.name().to_lowercase();
                // They have the language as a parameter in front.
                if let Some(language) = parameter.language() {
                    ours.push((format!("{name}-language"), Some(language)));
                }
                ours.push((name, Some(parameter.value())));
            }
            same((own, ours), (names, theirs))
        },
    );
}

#[test]
fn rfc2231() {
    let Some(rows) = rows("rfc-tables/rfc2231.json") else {
        return;
    };
    let mut compared = 0;
    for row in &rows {
        let value = row["in"].as_str().unwrap().as_bytes();
        for (key, words) in [("params", false), ("lenient", true)] {
            let mut options = Options::default();
            options.parameter_encoded_words = words;
            let read = ContentType::parse_with(value, &options, &mut Vec::new());
            for (name, expected) in row[key].as_object().into_iter().flatten() {
                // Only the names `name` and `filename` are decoded without a right to it.
                let expected = if words {
                    row["params"][name].as_str()
                } else {
                    expected.as_str()
                };
                assert_eq!(read.parameter(name), expected, "{row}");
                compared += 1;
            }
        }
        let read = ContentType::parse(value);
        for (name, language) in row["lang"].as_object().into_iter().flatten() {
            let parameter = read.parameters().find(name).unwrap();
            assert_eq!(parameter.language(), language.as_str(), "{row}");
            compared += 1;
        }
    }
    assert_eq!((rows.len(), compared), (15, 17));
}
