//! Encoded words: unstructured text is read, written and read again.

use mime_codec::{EncodedWord, Unstructured, WordEncoding, base_subject};

use crate::input::split;
use crate::mime::{options, written};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, value) = split(data);
    let options = options(&mut decisions);
    let mut defects = Vec::new();
    let text = Unstructured::parse_with(value, &options, &mut defects);
    for defect in defects {
        assert!(defect.offset <= value.len() as u64, "{defect}");
    }
    assert_eq!(text.clone().into_owned(), text);
    for utf8 in [true, false] {
        if let Some(field) = written(utf8, |field| text.write(field)) {
            let again = Unstructured::parse(&field);
            assert_eq!(again, text, "{}", field.escape_ascii());
        }
    }
    let (base, _) = base_subject(text.as_str());
    assert!(base.len() <= text.as_str().len());

    if let Some(word) = EncodedWord::parse(value) {
        assert!(word.charset().is_ascii());
        assert!(word.language().is_none_or(str::is_ascii));
        let octets = word.octets();
        assert!(octets.len() <= value.len());
        match word.encoding() {
            WordEncoding::B | WordEncoding::Q => {}
        }
    }

    // Any text that may stand in a field goes there and back.
    if let Ok(any) = std::str::from_utf8(value)
        && let Ok(text) = Unstructured::new(any)
    {
        for utf8 in [true, false] {
            if let Some(field) = written(utf8, |field| text.write(field)) {
                assert_eq!(
                    Unstructured::parse(&field),
                    Unstructured::parse(&written(true, |again| Unstructured::parse(&field).write(again)).unwrap_or_default()),
                    "{}",
                    field.escape_ascii()
                );
            }
        }
    }
}
