//! What an IMAP server tells of a message's structure: sections and BODYSTRUCTURE (RFC 9051 sections 6.4.5.1
//! and 7.5.2).
//!
//! Nothing is built: [`BodyPart`] is a view of a [`Part`] that names the items of BODYSTRUCTURE.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::{Children, ContentDisposition, ContentType, Message, Part, PartKind, TransferEncoding};

/// The shape of a BODYSTRUCTURE element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// `body-type-mpart`: has [`BodyPart::children`].
    Multipart,
    /// `body-type-msg`: has an envelope, a body structure and a number of lines.
    Message,
    /// `body-type-text`: has a number of lines.
    Text,
    /// `body-type-basic`.
    Basic,
}

/// An entity as BODYSTRUCTURE shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyPart<'m> {
    part: Part<'m>,
}

impl<'m> BodyPart<'m> {
    /// The view of `part`; of [`Message::root`](crate::Message::root) for a whole message.
    pub const fn new(part: Part<'m>) -> Self {
        Self { part }
    }

    /// The entity behind the view.
    pub const fn part(&self) -> Part<'m> {
        self.part
    }

    /// The shape of the element.
    ///
    /// A `message/rfc822` that cannot be looked into (encoded, or beyond a limit) is `Basic`; its type must
    /// then be told as `application/octet-stream`, see [`content_type`](Self::content_type).
    pub fn kind(&self) -> BodyKind {
        match self.part.kind() {
            PartKind::Multipart => BodyKind::Multipart,
            PartKind::Message if self.message().is_some() => BodyKind::Message,
            _ if self.part.media_type().is_kind("text") => BodyKind::Text,
            _ => BodyKind::Basic,
        }
    }

    /// Type, subtype and parameters.
    ///
    /// A type that would promise structure which is not there, `multipart/*` or `message/rfc822`, is told as
    /// `application/octet-stream`.
    pub fn content_type(&self) -> ContentType<'m> {
        let content_type = self.part.content_type();
        let opaque = self.kind() == BodyKind::Basic
            && (content_type.is_kind("multipart")
                || content_type.is("message", "rfc822")
                || content_type.is("message", "global"));
        if opaque {
            ContentType::octet_stream()
        } else {
            content_type
        }
    }

    /// The parts of a multipart.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'m> {
        let parts: Option<Children<'m>> =
            (self.part.kind() == PartKind::Multipart).then(|| self.part.children());
        parts.into_iter().flatten().map(Self::new)
    }

    /// The message within a `message/rfc822`: its envelope and body structure are part of the element.
    pub fn message(&self) -> Option<Self> {
        if self.part.kind() != PartKind::Message {
            return None;
        }
        self.part.children().next().map(Self::new)
    }

    /// `body-fld-id`: the Content-ID field as it stands, with angle brackets.
    pub fn id(&self) -> Option<Cow<'m, [u8]>> {
        Some(self.part.header("Content-ID")?.value())
    }

    /// `body-fld-desc`: the Content-Description field, unfolded.
    pub fn description(&self) -> Option<Cow<'m, [u8]>> {
        Some(self.part.header("Content-Description")?.value())
    }

    /// `body-fld-enc`: the transfer encoding, `7bit` if none is given.
    pub fn encoding(&self) -> TransferEncoding<'m> {
        self.part.transfer_encoding()
    }

    /// `body-fld-octets`: octets of the body in its transfer encoding.
    pub fn octets(&self) -> u64 {
        u64::try_from(self.part.body_range().len()).unwrap_or(u64::MAX)
    }

    /// `body-fld-lines`: lines of the body in its transfer encoding; for [`BodyKind::Text`] and
    /// [`BodyKind::Message`].
    pub fn lines(&self) -> u64 {
        self.part.body_lines()
    }

    /// `body-fld-md5`.
    pub fn md5(&self) -> Option<Cow<'m, str>> {
        self.part.content_md5()
    }

    /// `body-fld-dsp`.
    pub fn disposition(&self) -> Option<ContentDisposition<'m>> {
        self.part.disposition()
    }

    /// `body-fld-lang`.
    pub fn language(&self) -> Vec<Cow<'m, str>> {
        self.part.content_language()
    }

    /// `body-fld-loc`.
    pub fn location(&self) -> Option<Cow<'m, str>> {
        self.part.content_location()
    }
}

/// The entity whose body is the section with these part numbers, counted from 1; `message` is a whole
/// message. Without numbers it is `message` itself.
///
/// ```
/// let message = mime_codec::Message::parse(
///     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ntwo\n--b--\n",
/// );
/// let find = |numbers: &[u32]| mime_codec::imap::find_section(message.root(), numbers).map(|part| part.body_raw());
/// assert_eq!(find(&[1]), Some(&b"one"[..]));
/// assert_eq!(find(&[2]), Some(&b"Subject: x\n\ntwo"[..]));
/// assert_eq!(find(&[2, 1]), Some(&b"two"[..]));
/// assert_eq!(find(&[3]), None);
/// ```
pub fn find_section<'m>(message: Part<'m>, numbers: &[u32]) -> Option<Part<'m>> {
    let mut at = message;
    // Whether `at` is a message, whose only part counts as part 1 if it is no multipart.
    let mut whole = true;
    for &number in numbers {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        if !whole && at.kind() == PartKind::Message {
            at = at.children().next()?;
            whole = true;
        }
        if at.kind() == PartKind::Multipart {
            at = at.children().nth(index)?;
        } else if !whole || index != 0 {
            return None;
        }
        whole = false;
    }
    Some(at)
}

/// The part numbers of a section, counted from 1: the inverse of [`find_section`].
///
/// Empty for the message itself, and for one that is within a `message/rfc822` of which it is all.
/// Counts the parts in front of this one; for all parts of a message see [`sections`].
pub fn section(part: Part<'_>) -> Vec<u32> {
    let place = |at: Part<'_>| {
        let mut siblings = at.parent().into_iter().flat_map(|parent| parent.children());
        siblings.position(|child| child == at).unwrap_or_default()
    };
    let around = core::iter::successors(Some(part), Part::parent);
    numbers(part, around.map(place))
}

/// All entities of a message with their [`section`], in the order of the message.
///
/// ```
/// use mime_codec::{Message, imap};
///
/// let message = Message::parse(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo\n--a--\n");
/// let sections: Vec<_> = imap::sections(&message).map(|(_, section)| section).collect();
/// assert_eq!(sections, [vec![], vec![1], vec![2]]);
/// ```
pub fn sections<'m>(message: &'m Message<'_>) -> impl Iterator<Item = (Part<'m>, Vec<u32>)> {
    // The current entity and those around it: index, and place among the parts of the same parent.
    let mut around: Vec<(usize, usize)> = Vec::new();
    message.parts().map(move |part| {
        let parent = part.parent().map(|parent| parent.index());
        let mut place = 0;
        while let Some(&(index, last)) = around.last()
            && Some(index) != parent
        {
            // The last one that goes is the part in front of this one.
            place = last + 1;
            around.pop();
        }
        around.push((part.index(), place));
        let places = around.iter().rev().map(|(_, place)| *place);
        (part, numbers(part, places))
    })
}

/// Part numbers from the places of `part` and of what is around it, its parent next.
fn numbers(part: Part<'_>, places: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut numbers = Vec::new();
    // The body of a message that is no multipart is its part 1.
    if part.kind() != PartKind::Multipart
        && part
            .parent()
            .is_none_or(|parent| parent.kind() == PartKind::Message)
    {
        numbers.push(1);
    }
    let mut at = part;
    for place in places {
        let Some(parent) = at.parent() else { break };
        if parent.kind() == PartKind::Multipart {
            numbers.push(u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1));
        } else if parent
            .parent()
            .is_none_or(|outer| outer.kind() == PartKind::Message)
        {
            // A message that is nothing but another message.
            numbers.push(1);
        }
        at = parent;
    }
    numbers.reverse();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 9051 section 6.4.5.1.
    #[test]
    fn sections() {
        let message = Message::parse(concat!(
            "Content-Type: multipart/mixed; boundary=a\n\n",
            "--a\n\n1\n",
            "--a\nContent-Type: application/octet-stream\n\n2\n",
            "--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n",
            "--b\n\n3.1\n--b\nContent-Type: application/octet-stream\n\n3.2\n--b--\n",
            "--a\nContent-Type: multipart/mixed; boundary=c\n\n",
            "--c\nContent-Type: image/gif\n\n4.1\n",
            "--c\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=d\n\n",
            "--d\n\n4.2.1\n",
            "--d\nContent-Type: multipart/alternative; boundary=e\n\n",
            "--e\n\n4.2.2.1\n--e\nContent-Type: text/richtext\n\n4.2.2.2\n--e--\n--d--\n--c--\n--a--\n",
        ));
        for numbers in [
            &[1][..],
            &[2],
            &[3, 1],
            &[3, 2],
            &[4, 1],
            &[4, 2, 1],
            &[4, 2, 2, 1],
            &[4, 2, 2, 2],
        ] {
            let part = find_section(message.root(), numbers).unwrap();
            let name = numbers
                .iter()
                .map(u32::to_string)
                .collect::<Vec<_>>()
                .join(".");
            assert_eq!(part.body_raw(), name.as_bytes());
            assert_eq!(section(part), numbers);
        }
        for numbers in [&[0][..], &[5], &[1, 1], &[3, 3], &[4, 1, 1]] {
            assert_eq!(find_section(message.root(), numbers), None);
        }
        let nested = find_section(message.root(), &[4, 2]).unwrap();
        assert_eq!(BodyPart::new(nested).kind(), BodyKind::Message);
        assert_eq!(
            BodyPart::new(nested).message().unwrap().children().count(),
            2
        );
        assert_eq!(BodyPart::new(nested).lines(), 17);
    }

    #[test]
    fn a_message_of_one_part() {
        let message =
            Message::parse("Content-ID: <a@b>\nContent-Type: text/html; charset=x\n\none\ntwo");
        assert_eq!(find_section(message.root(), &[1]), Some(message.root()));
        assert_eq!(find_section(message.root(), &[1, 1]), None);
        assert_eq!(section(message.root()), [1]);
        let body = BodyPart::new(message.root());
        assert_eq!(body.kind(), BodyKind::Text);
        assert_eq!((body.octets(), body.lines()), (7, 2));
        assert_eq!(body.id().as_deref(), Some(&b"<a@b>"[..]));
        assert_eq!(body.encoding(), TransferEncoding::SevenBit);
    }

    #[test]
    fn a_message_that_is_a_message() {
        let message =
            Message::parse("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n\nx");
        let inner = message.part(2).unwrap();
        assert_eq!(section(inner), [1, 1, 1]);
        assert_eq!(find_section(message.root(), &[1, 1, 1]), Some(inner));
    }

    #[test]
    fn no_promise_of_structure() {
        let message = Message::parse(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nAAAA",
        );
        let body = BodyPart::new(message.root());
        assert_eq!(body.kind(), BodyKind::Basic);
        assert!(body.content_type().is("application", "octet-stream"));
    }

    use alloc::string::ToString;
}
