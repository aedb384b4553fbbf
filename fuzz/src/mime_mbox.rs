//! mbox files: in pieces as in one, and what is written is read again.

use mime_codec::mbox::{Event, Format, FromLine, Reader, Timestamp, write};

use crate::input::split;

const FORMATS: [Format; 4] = [
    Format::Mboxrd,
    Format::Mboxo,
    Format::Mboxcl,
    Format::Mboxcl2,
];

/// Offset, sender, content, and whether a claimed length is right.
type Found = (u64, Vec<u8>, Vec<u8>, Option<bool>);

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let format = FORMATS[decisions.choose(FORMATS.len())];
    let whole = read(format, &[stream]);
    assert_eq!(read(format, &decisions.pieces(stream)), whole);
    for (offset, _, content, _) in &whole {
        let at = usize::try_from(*offset).expect("an offset");
        assert!(stream[at..].starts_with(b"From "));
        assert!(content.len() <= stream.len());
    }
    if let Some(line) = FromLine::parse(stream.split(|&octet| octet == b'\n').next().unwrap_or(&[]))
    {
        line.is_plausible();
    }

    // Two messages in one file, with the line ends of the format.
    let date = Timestamp {
        year: 2026,
        month: 11,
        day: 20,
        hour: 9,
        minute: 15,
        second: 27,
    };
    let mut file = Vec::new();
    write(format, b"a@example.org", date, stream, &mut file);
    let first = file.len();
    write(format, b"", date, b"Subject: second\n\nbody\n", &mut file);
    let found = read(format, &[&file]);
    // Only with its quotation can a message be told from what follows it whatever it holds.
    if format == Format::Mboxrd {
        assert_eq!(found.len(), 2, "{}", file.escape_ascii());
        assert_eq!(found[1].0, first as u64);
        assert_eq!(lines(&found[0].2), lines(stream), "{}", file.escape_ascii());
    }
    assert!(!found.is_empty());
    assert_eq!(found[0].1, b"a@example.org");
}

/// With LF alone, and without empty lines at the end: mbox cannot tell how many there were, nor
/// whether the line break behind a CR was CRLF.
fn lines(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in octets.split(|&octet| octet == b'\n') {
        let end = line.iter().rposition(|&octet| octet != b'\r');
        out.extend_from_slice(&line[..end.map_or(0, |end| end + 1)]);
        out.push(b'\n');
    }
    while out.ends_with(b"\n") {
        out.pop();
    }
    out
}

fn read(format: Format, pieces: &[&[u8]]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut open = false;
    let mut take = |event: Event<'_>| match event {
        Event::Message { from, offset } => {
            assert!(!open);
            open = true;
            found.push((offset, from.sender.to_vec(), Vec::new(), None));
        }
        Event::Data(data) => {
            assert!(open && !data.is_empty());
            if let Some(last) = found.last_mut() {
                last.2.extend_from_slice(data);
            }
        }
        Event::End { length_agrees } => {
            assert!(open);
            open = false;
            if let Some(last) = found.last_mut() {
                last.3 = Some(length_agrees);
            }
        }
    };
    let mut reader = Reader::new(format);
    for piece in pieces {
        let mut rest = *piece;
        while let Some(event) = reader.next(&mut rest) {
            take(event);
        }
    }
    while let Some(event) = reader.finish() {
        take(event);
    }
    assert!(!open);
    found
}
