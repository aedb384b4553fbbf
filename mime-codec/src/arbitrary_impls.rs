//! `arbitrary` for every field value and report that can be written, always through the constructors, so
//! that a fuzzer only makes values that a program can make.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use arbitrary::{Arbitrary, Error, Result, Unstructured as Source};

use crate::{
    AddrSpec, Address, AddressList, AuthProperty, AuthResult, AuthResults, ContentDisposition,
    ContentType, DateTime, EncodeError, FieldBody, Group, Keywords, ListId, ListUris, Mailbox,
    MessageId, MessageIdList, MimeVersion, Parameter, Received, ReturnPath, TagList,
    TransferEncoding, Unstructured, Zone,
};

const LETTERS: &str = "abcXYZ019";
const TOKEN: &str = "ab9-_.+";

/// One to `max` characters of `alphabet`.
fn word(u: &mut Source<'_>, alphabet: &str, max: usize) -> Result<String> {
    let chars: Vec<char> = alphabet.chars().collect();
    let len = u.int_in_range(1..=max)?;
    (0..len).map(|_| u.choose(&chars).copied()).collect()
}

/// Words with dots between.
fn dotted(u: &mut Source<'_>, alphabet: &str) -> Result<String> {
    let mut text = word(u, alphabet, 12)?;
    for _ in 0..u.int_in_range(0..=3)? {
        text.push('.');
        text.push_str(&word(u, alphabet, 8)?);
    }
    Ok(text)
}

/// Up to `max` values.
fn some<'a, T: Arbitrary<'a>>(u: &mut Source<'a>, max: usize) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=max)?)
        .map(|_| T::arbitrary(u))
        .collect()
}

/// What a constructor accepts, or another try for the fuzzer.
fn checked<T>(value: core::result::Result<T, EncodeError>) -> Result<T> {
    value.map_err(|_| Error::IncorrectFormat)
}

macro_rules! arbitrary {
    ($($name:ident => |$u:ident| $body:expr;)*) => {$(
        impl<'a> Arbitrary<'a> for $name<'a> {
            fn arbitrary($u: &mut Source<'a>) -> Result<Self> {
                $body
            }
        }
    )*};
}

mod report;

arbitrary! {
    Unstructured => |u| checked(Self::new(<&str>::arbitrary(u)?));
    AddrSpec => |u| {
        let domain = if u.ratio(1, 8)? { String::from("[192.0.2.1]") } else { dotted(u, "ab9-\u{fc}")? };
        checked(Self::new(<&str>::arbitrary(u)?, domain))
    };
    Mailbox => |u| {
        let mailbox = checked(Self::new(AddrSpec::arbitrary(u)?).with_name(<&str>::arbitrary(u)?))?;
        checked(mailbox.with_comment(<&str>::arbitrary(u)?))
    };
    Group => |u| checked(Self::new(<&str>::arbitrary(u)?, some(u, 3)?));
    Address => |u| Ok(if u.ratio(1, 5)? {
        Self::Group(Group::arbitrary(u)?)
    } else {
        Self::Mailbox(Mailbox::arbitrary(u)?)
    });
    AddressList => |u| Ok(Self::new(some(u, 4)?));
    MessageId => |u| checked(Self::new(&dotted(u, TOKEN)?, &dotted(u, LETTERS)?).map(Self::into_owned));
    MessageIdList => |u| Ok(Self::from(some::<MessageId<'_>>(u, 6)?));
    Keywords => |u| checked(Self::new(some(u, 4)?));
    ListUris => |u| {
        if u.ratio(1, 8)? {
            return Ok(Self::no_posting());
        }
        let uris = (0..u.int_in_range(1..=3)?).map(|_| Ok(Cow::Owned(word(u, "ab9:/?=&,;().%-", 60)?)));
        checked(Self::new(uris.collect::<Result<_>>()?))
    };
    ListId => |u| checked(Self::new(dotted(u, LETTERS)?, Arbitrary::arbitrary(u)?));
    ReturnPath => |u| Ok(Self::new(Arbitrary::arbitrary(u)?));
    TagList => |u| {
        let mut tags = Self::new();
        for _ in 0..u.int_in_range(0..=4)? {
            let name = ["t", &word(u, "ab9_", 6)?].concat();
            checked(tags.push(name, word(u, "ab9/+=:|", 90)?))?;
        }
        Ok(tags)
    };
    AuthProperty => |u| {
        let ptype = *u.choose(&["smtp", "header", "body", "policy"])?;
        checked(Self::new(ptype, ["p", &word(u, "ab9-", 8)?].concat(), <&str>::arbitrary(u)?))
    };
    AuthResult => |u| {
        let method = *u.choose(&["dkim", "spf", "dmarc", "arc", "iprev"])?;
        let result = *u.choose(&["pass", "fail", "none", "temperror"])?;
        let result = checked(Self::new(method, result))?;
        let result = checked(result.with_reason(<&str>::arbitrary(u)?))?;
        Ok(some(u, 3)?.into_iter().fold(result, Self::with_property))
    };
    AuthResults => |u| checked(Self::new(dotted(u, LETTERS)?, some(u, 3)?));
    Received => |u| {
        let by = dotted(u, LETTERS)?;
        let hop = checked(Self::new(by, DateTime::arbitrary(u)?))?;
        let name = if bool::arbitrary(u)? { Some(Cow::Borrowed("mx.a.example")) } else { None };
        let hop = checked(hop.with_client(dotted(u, LETTERS)?, name, Arbitrary::arbitrary(u)?))?;
        let hop = checked(hop.with_protocol(*u.choose(&["SMTP", "ESMTPS", "LMTP"])?))?;
        let hop = checked(hop.with_id(word(u, LETTERS, 12)?))?;
        if bool::arbitrary(u)? {
            return Ok(hop.with_recipient(&AddrSpec::arbitrary(u)?));
        }
        Ok(hop)
    };
    Parameter => |u| {
        let name = word(u, "ab9-_.", 8)?;
        let parameter = checked(Self::new(name, <&str>::arbitrary(u)?))?;
        if u.ratio(1, 8)? {
            return checked(parameter.with_language("de-CH"));
        }
        Ok(parameter)
    };
    ContentType => |u| {
        let kind = *u.choose(&["text", "image", "application", "x-own"])?;
        let mut content_type = checked(Self::new(kind, word(u, TOKEN, 12)?))?;
        for parameter in some(u, 3)? {
            content_type.parameters_mut().set(parameter);
        }
        Ok(content_type)
    };
    ContentDisposition => |u| {
        let mut disposition = if bool::arbitrary(u)? { Self::inline() } else { Self::attachment() };
        for parameter in some(u, 3)? {
            disposition.parameters_mut().set(parameter);
        }
        Ok(disposition)
    };
    TransferEncoding => |u| Ok(match u.int_in_range(0..=4)? {
        0 => Self::SevenBit,
        1 => Self::EightBit,
        2 => Self::Binary,
        3 => Self::QuotedPrintable,
        _ => Self::Base64,
    });
    FieldBody => |u| Ok(match u.int_in_range(0..=15)? {
        0 => Unstructured::arbitrary(u)?.into(),
        1 => AddressList::arbitrary(u)?.into(),
        2 => Mailbox::arbitrary(u)?.into(),
        3 => DateTime::arbitrary(u)?.into(),
        4 => MessageId::arbitrary(u)?.into(),
        5 => MessageIdList::arbitrary(u)?.into(),
        6 => Keywords::arbitrary(u)?.into(),
        7 => ContentType::arbitrary(u)?.into(),
        8 => ContentDisposition::arbitrary(u)?.into(),
        9 => MimeVersion::arbitrary(u)?.into(),
        10 => ListUris::arbitrary(u)?.into(),
        11 => ListId::arbitrary(u)?.into(),
        12 => Received::arbitrary(u)?.into(),
        13 => ReturnPath::arbitrary(u)?.into(),
        14 => TagList::arbitrary(u)?.into(),
        _ => AuthResults::arbitrary(u)?.into(),
    });
}

impl Arbitrary<'_> for MimeVersion {
    fn arbitrary(u: &mut Source<'_>) -> Result<Self> {
        Ok(Self {
            major: Arbitrary::arbitrary(u)?,
            minor: Arbitrary::arbitrary(u)?,
        })
    }
}

impl Arbitrary<'_> for Zone {
    fn arbitrary(u: &mut Source<'_>) -> Result<Self> {
        if u.ratio(1, 8)? {
            return Ok(Self::Unknown);
        }
        Ok(Self::Offset(u.int_in_range(-99 * 60 - 59..=99 * 60 + 59)?))
    }
}

impl Arbitrary<'_> for DateTime {
    fn arbitrary(u: &mut Source<'_>) -> Result<Self> {
        let day = (
            u.int_in_range(0..=9999)?,
            u.int_in_range(1..=12)?,
            u.int_in_range(1..=28)?,
        );
        let time = (
            u.int_in_range(0..=23)?,
            u.int_in_range(0..=59)?,
            u.int_in_range(0..=60)?,
        );
        Self::new(day, time, Zone::arbitrary(u)?).map_err(|_| Error::IncorrectFormat)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::FieldWriter;

    /// How many of the values that random octets make can be written, and of those read again.
    fn write(octets: &[u8]) -> Option<()> {
        let body = FieldBody::arbitrary(&mut Source::new(octets)).ok()?;
        let mut out = Vec::new();
        let mut field = FieldWriter::new(&mut out, "X", true).ok()?;
        body.write(&mut field).ok()?;
        field.finish().ok()?;
        let lines = out.strip_suffix(b"\r\n").unwrap_or_default();
        assert!(!lines.contains(&0));
        for line in lines.split(|octet| *octet == b'\n').skip(1) {
            assert!(line.starts_with(b" ") || line.starts_with(b"\t"));
        }
        Some(())
    }

    #[test]
    fn most_octets_make_a_value() {
        let mut number = 1_u64;
        let mut octets = || {
            (0..400)
                .map(|_| {
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    // Mostly US-ASCII, so that strings are not empty.
                    (number >> 57).to_le_bytes()[0]
                })
                .collect::<Vec<u8>>()
        };
        let written = (0..500).filter_map(|_| write(&octets())).count();
        assert!(written > 100, "{written}");
    }

    proptest! {
        #[test]
        fn what_is_made_is_one_field(octets in vec(any::<u8>(), 0..400)) {
            write(&octets);
        }
    }
}
