//! Files that stand within a text: yEnc and uuencode, which are older than MIME and need no field.

use mime_codec::transfer::{uuencode, yenc};

enum Kind {
    Yenc,
    Uuencode,
}

/// The text with a line instead of each file; `None` if there is no file in it.
pub fn without_files(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut found = false;
    // The file that has begun, and where.
    let mut open: Option<(Kind, usize)> = None;
    let mut copied = 0;
    let mut at = 0;
    for line in text.split_inclusive(|&octet| octet == b'\n') {
        let start = at;
        at += line.len();
        let line = line.trim_ascii_end();
        match &open {
            None if line.starts_with(b"=ybegin ") => open = Some((Kind::Yenc, start)),
            None if is_begin(line) => open = Some((Kind::Uuencode, start)),
            Some((Kind::Yenc, begin)) if line.starts_with(b"=yend ") => {
                out.extend_from_slice(&text[copied..*begin]);
                let mut decoder = yenc::Decoder::new();
                let mut content = Vec::new();
                decoder.decode(&text[*begin..at], &mut content);
                decoder.finish(&mut content);
                push(&mut out, "yEnc", &decoder.header().name, content.len());
                (found, copied, open) = (true, at, None);
            }
            Some((Kind::Uuencode, begin)) if line == b"end" => {
                out.extend_from_slice(&text[copied..*begin]);
                let mut decoder = uuencode::Decoder::new();
                let mut content = Vec::new();
                decoder.decode(&text[*begin..at], &mut content);
                decoder.finish(&mut content);
                push(&mut out, "uuencode", decoder.name(), content.len());
                (found, copied, open) = (true, at, None);
            }
            _ => {}
        }
    }
    out.extend_from_slice(&text[copied..]);
    found.then_some(out)
}

/// `begin`, a mode of three or four octal digits, a name.
fn is_begin(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"begin ") else {
        return false;
    };
    let digits = rest
        .iter()
        .take_while(|octet| (b'0'..=b'7').contains(octet))
        .count();
    (3..=4).contains(&digits) && rest.get(digits) == Some(&b' ') && rest.len() > digits + 1
}

fn push(out: &mut Vec<u8>, kind: &str, name: &[u8], octets: usize) {
    out.extend_from_slice(format!("[{kind} \"").as_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(format!("\", {}]\n", crate::mail_text::size(octets)).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named() {
        let mut text = b"before\r\n".to_vec();
        yenc::encode(b"content", b"a b.bin", &mut text);
        text.extend_from_slice(b"between\r\n");
        uuencode::encode(b"other", b"c", 0o644, &mut text);
        text.extend_from_slice(b"after");
        let shown = without_files(&text).unwrap();
        assert_eq!(
            String::from_utf8(shown).unwrap(),
            "before\r\n[yEnc \"a b.bin\", 7 octets]\nbetween\r\n[uuencode \"c\", 5 octets]\nafter"
        );
    }

    #[test]
    fn other_texts_stay() {
        for text in [
            "",
            "begin 644 a\nno end",
            "begin at 644 b\nend\n",
            "=ybegin x\n",
            "=yend \n",
        ] {
            assert_eq!(without_files(text.as_bytes()), None, "{text}");
        }
    }
}
