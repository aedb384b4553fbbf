//! Subjects of answers and forwarded messages (RFC 5322 section 3.6.5).

use alloc::string::String;

/// What stands for `Re` in other languages and programs.
const REPLY: [&str; 9] = ["re", "aw", "sv", "vs", "antw", "odp", "ynt", "rif", "res"];

/// What stands for `Fwd`.
const FORWARD: [&str; 6] = ["fwd", "fw", "wg", "tr", "enc", "vl"];

/// `Re: ` and the subject without any such prefix.
pub(super) fn reply(subject: &str) -> String {
    prefixed("Re: ", subject, &REPLY)
}

/// `Fwd: ` and the subject without any such prefix.
pub(super) fn forward(subject: &str) -> String {
    prefixed("Fwd: ", subject, &FORWARD)
}

fn prefixed(prefix: &str, subject: &str, known: &[&str]) -> String {
    let mut rest = subject.trim();
    while let Some(shorter) = strip(rest, known) {
        rest = shorter.trim_start();
    }
    let mut out = String::with_capacity(prefix.len() + rest.len());
    out.push_str(prefix);
    out.push_str(rest);
    // Of an empty subject: a space at the end would have to be encoded.
    out.truncate(out.trim_end().len());
    out
}

/// The subject without a prefix such as `Re:`, `RE :` or `Re[2]:`.
fn strip<'s>(subject: &'s str, known: &[&str]) -> Option<&'s str> {
    let word = known.iter().find(|word| {
        subject.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            // `vsomething` is no prefix, and neither is `re` of `res`.
            && !subject.get(word.len()..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    })?;
    let mut rest = subject.get(word.len()..)?;
    if let Some(count) = rest.strip_prefix('[').or_else(|| rest.strip_prefix('(')) {
        let digits = count.trim_start_matches(|c: char| c.is_ascii_digit());
        rest = digits.strip_prefix([']', ')'])?;
    } else if let Some(count) = rest.strip_prefix('^') {
        rest = count.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    rest.trim_start().strip_prefix(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_doubled_prefix() {
        for (subject, answer) in [
            ("plans", "Re: plans"),
            ("Re: plans", "Re: plans"),
            ("RE: re[2]: Re^3 : AW: plans", "Re: plans"),
            ("Reply: plans", "Re: Reply: plans"),
            ("res: plans", "Re: plans"),
            ("Fwd: plans", "Re: Fwd: plans"),
            ("", "Re:"),
            ("Re: ", "Re:"),
            ("re[x]: a", "Re: re[x]: a"),
        ] {
            assert_eq!(reply(subject), answer);
        }
        assert_eq!(forward("FW: Fwd: a"), "Fwd: a");
        assert_eq!(forward("Re: a"), "Fwd: Re: a");
    }
}
