//! Fragments of messages, message/partial, and how they are put together again (RFC 2046 section 5.2.2).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::{Header, Headers, Limits, Part};

/// What the Content-Type of a message/partial says about the fragment in its body.
///
/// ```
/// use mime_codec::{Fragment, Limits, Message};
///
/// let first = Message::parse(
///     "From: a@x.example\r\nSubject: half\r\nContent-Type: message/partial; id=\"1@x\"; number=1; total=2\r\n\r\n\
///      Subject: whole\r\n\r\none\r\n",
/// );
/// let second = Message::parse("Content-Type: message/partial; id=\"1@x\"; number=2; total=2\r\n\r\ntwo\r\n");
/// let fragments: Vec<Fragment> = [&second, &first].iter().filter_map(|message| message.root().fragment()).collect();
/// let whole = Fragment::reassemble(&fragments, &Limits::default())?;
/// assert_eq!(whole, b"From: a@x.example\r\nSubject: whole\r\n\r\none\r\ntwo\r\n");
/// # Ok::<(), mime_codec::ReassembleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment<'m> {
    part: Part<'m>,
    id: String,
    number: u32,
    total: Option<u32>,
}

/// Why fragments do not make a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ReassembleError {
    /// Not all of them have the same identifier.
    #[error("fragments of different messages")]
    Id,
    /// None of them says how many there are, as the last one must.
    #[error("no fragment says how many there are")]
    NoTotal,
    /// They disagree on how many there are.
    #[error("the fragments disagree on how many there are")]
    Total,
    /// The fragment of this number is not there.
    #[error("fragment {0} is missing")]
    Missing(u32),
    /// There are two fragments of this number, and they are not the same.
    #[error("two fragments have the number {0}")]
    Ambiguous(u32),
    /// Together they are larger than [`Limits::reassembled`].
    #[error("the message is larger than {0} octets")]
    TooLarge(usize),
}

impl<'m> Part<'m> {
    /// The fragment that a message/partial holds; `None` for other entities and without a sound
    /// identifier and number.
    pub fn fragment(&self) -> Option<Fragment<'m>> {
        if !self.media_type().is("message", "partial") {
            return None;
        }
        let content_type = self.content_type();
        let count = |name| -> Option<u32> {
            let text = content_type.parameter(name)?.trim();
            let digits = text.bytes().all(|octet| octet.is_ascii_digit());
            text.parse().ok().filter(|count| digits && *count > 0)
        };
        Some(Fragment {
            part: *self,
            id: content_type
                .parameter("id")
                .filter(|id| !id.is_empty())?
                .to_owned(),
            number: count("number")?,
            total: count("total"),
        })
    }
}

impl<'m> Fragment<'m> {
    /// The entity that holds it.
    pub fn part(&self) -> Part<'m> {
        self.part
    }

    /// What all fragments of the message have in common.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which one it is, from 1 on.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many there are; only the last one must say it.
    pub fn total(&self) -> Option<u32> {
        self.total
    }

    /// Puts the fragments, in any order, together into the message that was taken apart.
    ///
    /// The header sections are merged as RFC 2046 section 5.2.2.1 says: `Content-*`, Subject, Message-ID,
    /// Encrypted and MIME-Version come from the enclosed message, all else from the message around the
    /// first fragment. A fragment that came twice does not matter.
    ///
    /// # Errors
    ///
    /// [`ReassembleError`] unless exactly one message comes of it.
    pub fn reassemble(fragments: &[Self], limits: &Limits) -> Result<Vec<u8>, ReassembleError> {
        let mut total = None;
        for fragment in fragments {
            if fragments
                .first()
                .is_some_and(|first| first.id != fragment.id)
            {
                return Err(ReassembleError::Id);
            }
            match (total, fragment.total) {
                (Some(known), Some(said)) if known != said => return Err(ReassembleError::Total),
                (None, said) => total = said,
                _ => {}
            }
        }
        let total = total.ok_or(ReassembleError::NoTotal)?;
        let bodies = in_order(fragments, total)?;
        let size = (bodies.iter()).fold(0_usize, |size, body| size.saturating_add(body.len() + 2));
        let around = fragments.iter().find(|fragment| fragment.number == 1);
        let around = around.map(|fragment| fragment.part.headers());
        let size = size.saturating_add(around.map_or(0, |headers| headers.raw().len()));
        if size > limits.reassembled {
            return Err(ReassembleError::TooLarge(limits.reassembled));
        }
        Ok(merge(around, &join(&bodies)))
    }
}

/// The bodies of all fragments by their numbers.
fn in_order<'m>(fragments: &[Fragment<'m>], total: u32) -> Result<Vec<&'m [u8]>, ReassembleError> {
    let mut sorted: Vec<&Fragment<'m>> = fragments.iter().collect();
    sorted.sort_by_key(|fragment| fragment.number);
    let mut bodies: Vec<&'m [u8]> = Vec::with_capacity(sorted.len());
    let mut next = 1;
    for fragment in sorted {
        let (number, body) = (fragment.number, fragment.part.body_raw());
        if number > total {
            return Err(ReassembleError::Total);
        }
        if number == next {
            bodies.push(body);
            next = number.saturating_add(1);
        } else if number > next {
            return Err(ReassembleError::Missing(next));
        } else if bodies.last() != Some(&body) {
            return Err(ReassembleError::Ambiguous(number));
        }
    }
    if next <= total {
        return Err(ReassembleError::Missing(next));
    }
    Ok(bodies)
}

/// All bodies in one. They were split at line ends, so that one whose last line end is gone gets it back.
fn join(bodies: &[&[u8]]) -> Vec<u8> {
    let size = bodies.iter().map(|body| body.len() + 2).sum();
    let mut joined: Vec<u8> = Vec::with_capacity(size);
    for body in bodies {
        end_line(&mut joined);
        joined.extend_from_slice(body);
    }
    joined
}

fn end_line(out: &mut Vec<u8>) {
    if out.last().is_some_and(|octet| *octet != b'\n') {
        out.extend_from_slice(b"\r\n");
    }
}

/// The enclosed message with the header section that it is to have.
fn merge(around: Option<Headers<'_>>, enclosed: &[u8]) -> Vec<u8> {
    let own = Headers::parse(enclosed);
    let mut out =
        Vec::with_capacity(around.map_or(0, |around| around.raw().len()) + enclosed.len() + 2);
    let outer = around.into_iter().flat_map(|headers| headers.iter());
    for header in outer.filter(|header| !is_of_enclosed(header)) {
        out.extend_from_slice(header.raw());
        end_line(&mut out);
    }
    for header in own.iter().filter(is_of_enclosed) {
        out.extend_from_slice(header.raw());
        end_line(&mut out);
    }
    let body = enclosed.get(own.raw().len()..).unwrap_or_default();
    if !body.starts_with(b"\n") && !body.starts_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(body);
    out
}

/// Whether a field is taken from the enclosed message and no other.
fn is_of_enclosed(header: &Header<'_>) -> bool {
    let content = header.name().get(..8);
    content.is_some_and(|name| name.eq_ignore_ascii_case("Content-"))
        || ["Subject", "Message-ID", "Encrypted", "MIME-Version"]
            .iter()
            .any(|name| header.is(name))
}
