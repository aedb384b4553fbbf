//! A message: its octets and their structure (RFC 5322 section 2.1, RFC 2046).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use crate::error::ParseErrorKind;
use crate::header::content_type::quick;
use crate::header::section::Headers;
use crate::parse::check::check;
use crate::parse::scan::{End, field_end};
use crate::parse::structure::{Node, Structure};
use crate::{
    ContentDisposition, ContentType, Defect, DefectKind, Header, MediaType, Options, ParseError,
    PartKind,
};

/// A parsed message.
///
/// Parsing finds where header sections and bodies are and looks at nothing else; fields and bodies are
/// read when asked for. It never fails: whatever is wrong is told by [`defects`](Self::defects), and
/// every octet of the input is in one of [`segments`](Self::segments).
///
/// ```
/// use mime_codec::Message;
/// let message = Message::parse(
///     b"Subject: hi\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--\r\n",
/// );
/// assert_eq!(message.header("subject").unwrap().text(), "hi");
/// let bodies: Vec<_> = message.root().children().map(|part| part.body_raw()).collect();
/// assert_eq!(bodies, [b"one", b"two"]);
/// assert!(message.defects().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message<'a> {
    bytes: Cow<'a, [u8]>,
    structure: Structure,
}

impl<'a> Message<'a> {
    /// Parses a message, borrowing it or taking it over.
    ///
    /// Memory: at most 8 octets for each octet of the input, and 64 KiB.
    pub fn parse<B: AsRef<[u8]> + ?Sized>(bytes: &'a B) -> Self {
        Self::parse_with(bytes, &Options::default())
    }

    /// Parses a message with limits and other choices.
    pub fn parse_with<B: AsRef<[u8]> + ?Sized>(bytes: &'a B, options: &Options) -> Self {
        Self::from_cow(Cow::Borrowed(bytes.as_ref()), options)
    }

    /// Parses a message and takes it over.
    pub fn parse_owned(bytes: Vec<u8>, options: &Options) -> Message<'static> {
        Message::from_cow(Cow::Owned(bytes), options)
    }

    /// Parses a message that has no [`Defect`].
    ///
    /// # Errors
    ///
    /// The defect with the lowest offset, as [`ParseErrorKind::Defect`].
    pub fn parse_strict<B: AsRef<[u8]> + ?Sized>(
        bytes: &'a B,
        options: &Options,
    ) -> Result<Self, ParseError> {
        let options = Options {
            check_octets: true,
            ..*options
        };
        let message = Self::parse_with(bytes, &options);
        match message.defects().iter().min_by_key(|defect| defect.offset) {
            Some(defect) => Err(ParseError::new(
                defect.offset,
                ParseErrorKind::Defect(defect.kind),
            )),
            None => Ok(message),
        }
    }

    fn from_cow(bytes: Cow<'a, [u8]>, options: &Options) -> Self {
        let structure = Structure::scan(&bytes, options);
        let mut message = Self { bytes, structure };
        if message.bytes.len() > Structure::MAX {
            let offset = u64::try_from(Structure::MAX).unwrap_or(u64::MAX);
            message.structure.defects_mut().push(Defect {
                offset,
                kind: DefectKind::InputLimit,
            });
        }
        if options.check_octets {
            let left = options
                .limits
                .defects
                .saturating_sub(message.defects().len());
            let found = check(&message, left);
            message.structure.defects_mut().extend(found);
        }
        message
    }

    /// Joins a stored structure with the octets it was made of.
    ///
    /// The structure is checked to be in order, not to be true: for other octets of the same length it
    /// tells nonsense, but never more than that.
    ///
    /// # Errors
    ///
    /// [`AttachError`] if the length differs or the structure is damaged.
    pub fn attach(
        bytes: impl Into<Cow<'a, [u8]>>,
        structure: Structure,
    ) -> Result<Self, AttachError> {
        let bytes = bytes.into();
        if structure.is_sound(bytes.len()) {
            Ok(Self { bytes, structure })
        } else {
            Err(AttachError)
        }
    }

    /// The octets of the message.
    pub fn raw(&self) -> &[u8] {
        &self.bytes
    }

    /// The structure apart from the octets.
    pub const fn structure(&self) -> &Structure {
        &self.structure
    }

    /// Takes the message apart.
    pub fn into_parts(self) -> (Cow<'a, [u8]>, Structure) {
        (self.bytes, self.structure)
    }

    /// The same message with octets of its own.
    pub fn into_owned(self) -> Message<'static> {
        Message {
            bytes: Cow::Owned(self.bytes.into_owned()),
            structure: self.structure,
        }
    }

    /// What was wrong, in the order in which it was noticed.
    pub fn defects(&self) -> &[Defect] {
        self.structure.defects()
    }

    /// The message itself as an entity.
    pub fn root(&self) -> Part<'_> {
        Part {
            bytes: &self.bytes,
            structure: &self.structure,
            index: 0,
        }
    }

    /// The first field of the message called `name`, without regard to case.
    pub fn header(&self, name: &str) -> Option<Header<'_>> {
        self.root().header(name)
    }

    /// The header section of the message.
    pub fn headers(&self) -> Headers<'_> {
        self.root().headers()
    }

    /// The entity with this [`index`](Part::index).
    pub fn part(&self, index: usize) -> Option<Part<'_>> {
        (index < self.structure.parts()).then_some(Part {
            bytes: &self.bytes,
            structure: &self.structure,
            index,
        })
    }

    /// The last entity that starts at `offset` or before: the one whose header section is there, if one is.
    pub(crate) fn part_at(&self, offset: usize) -> Option<Part<'_>> {
        self.part(self.structure.index_at(offset)?)
    }

    /// All entities in the order of the message: it itself, its parts, enclosed messages and their parts.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = Part<'_>> + ExactSizeIterator + Clone {
        (0..self.structure.parts()).map(|index| Part {
            bytes: &self.bytes,
            structure: &self.structure,
            index,
        })
    }

    /// What lies beyond the 4 GiB that a tree can address; empty otherwise. Use the push parser for
    /// such input.
    pub fn unparsed(&self) -> &[u8] {
        self.bytes.get(Structure::MAX..).unwrap_or_default()
    }
}

/// The structure is damaged, or was made of a message of another length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("structure does not fit the message")]
pub struct AttachError;

/// One entity of a [`Message`]: the message itself, a part of a multipart, or an enclosed message.
///
/// A small value to be passed by copy.
#[derive(Clone, Copy)]
pub struct Part<'m> {
    bytes: &'m [u8],
    structure: &'m Structure,
    index: usize,
}

impl PartialEq for Part<'_> {
    /// Whether both are the same entity of the same message.
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && core::ptr::eq(self.structure, other.structure)
    }
}

impl Eq for Part<'_> {}

impl core::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Part")
            .field("index", &self.index)
            .field("kind", &self.kind())
            .field("header", &self.header_range())
            .field("body", &self.body_range())
            .finish()
    }
}

impl<'m> Part<'m> {
    pub(crate) fn node(&self) -> &'m Node {
        // The index of a part is always in range.
        self.structure.node(self.index).unwrap_or(&Node::EMPTY)
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &'m [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// Position of the entity in [`Message::parts`]; 0 is the message itself.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// What the entity is made of.
    pub fn kind(&self) -> PartKind {
        self.node().kind
    }

    /// The entity that this one is a part of.
    pub fn parent(&self) -> Option<Self> {
        self.node().parent().map(|index| Self { index, ..*self })
    }

    /// The parts of a multipart, or the message within a message/rfc822.
    pub fn children(&self) -> Children<'m> {
        Children {
            bytes: self.bytes,
            structure: self.structure,
            next: self.index + 1,
            end: self.node().next(),
        }
    }

    /// Another entity of the same message; `index` must be in range.
    pub(crate) const fn sibling(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The next child of the same parent.
    pub(crate) fn next_sibling(&self) -> Option<Self> {
        let next = self.node().next();
        (next < self.parent()?.node().next()).then(|| self.sibling(next))
    }

    /// The child of the same parent in front of this one.
    pub(crate) fn previous_sibling(&self) -> Option<Self> {
        let parent = self.parent()?;
        let before = self.index.checked_sub(1)?;
        parent.child_around(before)
    }

    pub(crate) fn last_child(&self) -> Option<Self> {
        self.child_around(self.node().next() - 1)
    }

    /// The child that the entity at this index is or is within.
    fn child_around(&self, index: usize) -> Option<Self> {
        core::iter::successors(Some(self.sibling(index)), Self::parent)
            .take_while(|part| part.index > self.index)
            .last()
    }

    /// This entity alone, as its parent would give it.
    pub(crate) fn only(&self) -> Children<'m> {
        Children {
            bytes: self.bytes,
            structure: self.structure,
            next: self.index,
            end: self.index + 1,
        }
    }

    /// All entities within this one, in the order of the message.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'m> {
        let part = *self;
        (self.index + 1..self.node().next()).map(move |index| Self { index, ..part })
    }

    /// How many entities enclose this one.
    pub fn depth(&self) -> usize {
        core::iter::successors(self.parent(), Self::parent).count()
    }

    /// Header section, empty line and body.
    pub fn raw(&self) -> &'m [u8] {
        self.slice(self.range())
    }

    /// Where [`raw`](Self::raw) is in the message.
    pub fn range(&self) -> Range<usize> {
        self.node().header().start..self.node().body().end
    }

    /// Where the header section is, without the empty line behind it.
    pub fn header_range(&self) -> Range<usize> {
        self.node().header()
    }

    /// Where the body is.
    pub fn body_range(&self) -> Range<usize> {
        self.node().body()
    }

    /// The body as it stands in the message, with its transfer encoding. For a multipart everything
    /// from preamble to epilogue.
    pub fn body_raw(&self) -> &'m [u8] {
        self.slice(self.body_range())
    }

    /// Lines of the body: its line ends, and an unfinished line behind the last.
    pub fn body_lines(&self) -> u64 {
        let body = self.body_raw();
        let ends = match self.structure.lines(self.index) {
            Some((_, lines)) => lines,
            None => count_lines(body),
        };
        ends + u64::from(body.last().is_some_and(|&octet| octet != b'\n'))
    }

    /// Lines of the header section, with the empty line behind it.
    pub fn header_lines(&self) -> u64 {
        match self.structure.lines(self.index) {
            Some((lines, _)) => lines,
            None => count_lines(self.slice(self.node().header().start..self.node().body().start)),
        }
    }

    /// The header section.
    pub fn headers(&self) -> Headers<'m> {
        let range = self.header_range();
        let offset = u64::try_from(range.start).unwrap_or(u64::MAX);
        Headers::new(self.slice(range), offset)
    }

    /// The first field called `name`, without regard to case.
    pub fn header(&self, name: &str) -> Option<Header<'m>> {
        self.headers().get(name)
    }

    /// The value of the Content-Type field and what follows it in the header section.
    pub(crate) fn content_type_tail(&self) -> Option<&'m [u8]> {
        let node = self.node();
        let at = self.structure.content_type(node)?;
        Some(self.slice(at..node.header().end))
    }

    /// The value of the Content-Type field as it stands, with folds.
    fn content_type_raw(&self) -> Option<&'m [u8]> {
        let section = self.content_type_tail()?;
        let (End::At(len) | End::Incomplete(len)) = field_end(section, 0, true);
        section.get(..len)
    }

    /// Whether a missing Content-Type means `message/rfc822` (RFC 2046 section 5.1.5).
    fn is_in_digest(&self) -> bool {
        self.parent().is_some_and(|parent| parent.node().digest)
    }

    /// The media type without its parameters, which are not read.
    ///
    /// Without a usable Content-Type field it is `text/plain`, in a digest `message/rfc822`
    /// (RFC 2045 section 5.2, RFC 2046 section 5.1.5).
    pub fn media_type(&self) -> MediaType<'m> {
        // Most values can be read without looking for their end.
        if let Some((found, _)) = self.content_type_tail().and_then(quick::media_type) {
            return found;
        }
        match self.content_type_raw() {
            Some(value) => MediaType::parse(value).unwrap_or(MediaType::TEXT_PLAIN),
            None if self.is_in_digest() => MediaType::MESSAGE,
            None => MediaType::TEXT_PLAIN,
        }
    }

    /// The media type, with the same defaults as [`media_type`](Self::media_type).
    pub fn content_type(&self) -> ContentType<'m> {
        match self.content_type_raw() {
            Some(value) => ContentType::parse(value),
            None if self.is_in_digest() => ContentType::message(),
            None => ContentType::text_plain(),
        }
    }

    /// The Content-Disposition field (RFC 2183).
    pub fn disposition(&self) -> Option<ContentDisposition<'m>> {
        ContentDisposition::parse(self.header("Content-Disposition")?.value_raw())
    }

    /// Text of a multipart in front of its first delimiter line; empty for others.
    pub fn preamble(&self) -> &'m [u8] {
        self.slice(self.preamble_range().unwrap_or_default())
    }

    pub(crate) fn preamble_range(&self) -> Option<Range<usize>> {
        let spans = self.structure.spans(self.node())?;
        Some(self.body_range().start..spans.preamble_end())
    }

    /// Text of a multipart behind its close delimiter; `None` if that is missing, and for others.
    ///
    /// Readers ignore it, but some show parts that hide in it: see
    /// [`DefectKind::DelimiterAfterClose`].
    pub fn epilogue(&self) -> Option<&'m [u8]> {
        Some(self.slice(self.epilogue_range()?))
    }

    pub(crate) fn epilogue_range(&self) -> Option<Range<usize>> {
        Some(self.structure.spans(self.node())?.epilogue()?..self.body_range().end)
    }
}

pub(crate) fn count_lines(bytes: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}

/// Iterator over the entities directly within another.
#[derive(Clone, Debug)]
pub struct Children<'m> {
    bytes: &'m [u8],
    structure: &'m Structure,
    next: usize,
    end: usize,
}

impl<'m> Iterator for Children<'m> {
    type Item = Part<'m>;

    fn next(&mut self) -> Option<Part<'m>> {
        if self.next >= self.end {
            return None;
        }
        let part = Part {
            bytes: self.bytes,
            structure: self.structure,
            index: self.next,
        };
        self.next = part.node().next().max(self.next + 1);
        Some(part)
    }
}
