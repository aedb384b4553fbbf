//! Content-Type and Content-Disposition with their parameters, continued, encoded and
//! ambiguous ones as well.

use mime_codec::{ContentDisposition, ContentType, Limits, Message, Parameter, Parameters, safe_file_name};

use crate::input::split;
use crate::mime::{one_field, options};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, value) = split(data);
    let options = options(&mut decisions);
    let mut defects = Vec::new();
    let found = ContentType::parse_with(value, &options, &mut defects);
    assert!(found.parameters().len() <= options.limits.parameters);
    assert!(
        defects
            .iter()
            .all(|defect| defect.offset <= value.len() as u64)
    );
    assert_eq!(found.clone().into_owned(), found);
    check(found.parameters());
    let mut field = b"Content-Type: ".to_vec();
    found.encode(&mut field);
    field.extend_from_slice(b"\r\n");
    seven_bit_field(&field);
    // The value is read the same when written, and within a message as alone.
    let again = ContentType::parse(&field[14..field.len() - 2]);
    if is_over_limits(&field) {
        return;
    }
    assert_eq!(again, found, "{}", field.escape_ascii());
    field.extend_from_slice(b"\r\n");
    let message = Message::parse(&field);
    assert_eq!(message.root().content_type(), found);

    if let Some(found) = ContentDisposition::parse(value) {
        check(found.parameters());
        assert_eq!(found.clone().into_owned(), found);
        let mut field = b"Content-Disposition: ".to_vec();
        found.encode(&mut field);
        field.extend_from_slice(b"\r\n");
        seven_bit_field(&field);
        if !is_over_limits(&field) {
            let again = ContentDisposition::parse(&field[21..field.len() - 2]);
            assert_eq!(again.as_ref(), Some(&found), "{}", field.escape_ascii());
        }
        found.file_name();
    }
    let name = String::from_utf8_lossy(value);
    if let Some(safe) = safe_file_name(&name) {
        assert_eq!(safe_file_name(&safe).as_deref(), Some(&*safe), "{name:?}");
        assert!(!safe.contains(['/', '\\', '\0']) && safe != ".." && safe != ".");
    }
}

/// One field of printable US-ASCII, which any transport carries.
fn seven_bit_field(field: &[u8]) {
    one_field(field);
    let text = |octet: &u8| matches!(octet, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    assert!(field.iter().all(text), "{}", field.escape_ascii());
}

/// Kilobytes of text under a long name, which is written with each section, take more sections or
/// octets than are read by default.
fn is_over_limits(field: &[u8]) -> bool {
    let limits = Limits::default();
    let sections = field.split(|&octet| octet == b';').count();
    sections > limits.parameters || field.len() > limits.field_bytes
}

fn check(parameters: &Parameters<'_>) {
    for parameter in parameters {
        // What was read could have been made by a program.
        let made = Parameter::new(parameter.name(), parameter.value());
        let made = made.and_then(|made| match parameter.language() {
            Some(language) => made.with_language(language),
            None => Ok(made),
        });
        assert_eq!(made.as_ref(), Ok(parameter));
        assert_eq!(
            parameters.find(parameter.name()),
            Some(parameter),
            "a name stands twice"
        );
        assert!(parameter.language().is_none_or(str::is_ascii));
    }
}
