//! UTF-7 (RFC 2152).
//!
//! Decoding is lenient as mail needs it: any octet that is no modified base64 ends a shifted
//! sequence; octets above 127, surrogates without their partner and stray bits become U+FFFD.

use alloc::string::String;

use memchr::memchr;

#[derive(Clone, Debug, Default)]
pub(super) struct Decoder {
    shifted: bool,
    /// Whether the shifted sequence has no symbol yet.
    empty: bool,
    bits: u32,
    bit_count: u8,
    high: Option<u16>,
}

fn symbol(octet: u8) -> Option<u32> {
    let value = match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

impl Decoder {
    /// Decodes a chunk; returns the number of replacements.
    pub(super) fn decode(&mut self, input: &[u8], out: &mut String) -> u64 {
        let mut replaced = 0;
        let mut rest = input;
        while let Some((&octet, tail)) = rest.split_first() {
            if !self.shifted {
                let run = memchr(b'+', rest).unwrap_or(rest.len());
                let (direct, after) = rest.split_at(run);
                for &octet in direct {
                    if octet.is_ascii() {
                        out.push(char::from(octet));
                    } else {
                        replaced += replace(out);
                    }
                }
                rest = after;
                if let Some((_, tail)) = after.split_first() {
                    self.shifted = true;
                    self.empty = true;
                    rest = tail;
                }
                continue;
            }
            if let Some(value) = symbol(octet) {
                rest = tail;
                self.empty = false;
                self.bits = (self.bits << 6) | value;
                self.bit_count += 6;
                if self.bit_count >= 16 {
                    self.bit_count -= 16;
                    let unit = self.bits >> self.bit_count;
                    self.bits &= (1 << self.bit_count) - 1;
                    replaced += self.unit(unit, out);
                }
                continue;
            }
            // The minus that ends a sequence is absorbed; after a lone plus it makes a plus.
            if self.empty {
                if octet == b'-' {
                    out.push('+');
                } else {
                    replaced += replace(out);
                }
            } else {
                replaced += self.flush(out);
            }
            self.shifted = false;
            if octet == b'-' {
                rest = tail;
            }
        }
        replaced
    }

    pub(super) fn finish(&mut self, out: &mut String) -> u64 {
        let replaced = if self.shifted && self.empty {
            replace(out)
        } else {
            self.flush(out)
        };
        *self = Self::default();
        replaced
    }

    /// Ends a shifted sequence.
    fn flush(&mut self, out: &mut String) -> u64 {
        let stray = self.high.is_some() || self.bit_count >= 6 || self.bits != 0;
        self.high = None;
        self.bits = 0;
        self.bit_count = 0;
        if stray { replace(out) } else { 0 }
    }

    fn unit(&mut self, unit: u32, out: &mut String) -> u64 {
        let unit = u16::try_from(unit & 0xFFFF).unwrap_or(0);
        let mut replaced = 0;
        if let Some(high) = self.high.take() {
            if let Some(Ok(character)) = char::decode_utf16([high, unit]).next()
                && (0xDC00..0xE000).contains(&unit)
            {
                out.push(character);
                return 0;
            }
            replaced = replace(out);
        }
        match unit {
            0xD800..=0xDBFF => self.high = Some(unit),
            _ => match char::from_u32(u32::from(unit)) {
                Some(character) => out.push(character),
                None => replaced += replace(out),
            },
        }
        replaced
    }
}

fn replace(out: &mut String) -> u64 {
    out.push(char::REPLACEMENT_CHARACTER);
    1
}
