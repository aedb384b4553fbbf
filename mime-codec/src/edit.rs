//! Editing a parsed message: a list of ranges and what replaces them, so that every other octet stays
//! what it is (RFC 5322 section 3.6, RFC 2046 section 5.1).

mod changes;
mod claims;
mod complete;
mod sealed;
mod seven_bit;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::build::{BuildError, PartBuilder, encode_part};
use crate::transfer::Transport;
use crate::{EncodeError, FieldBody, FieldWriter, Header, Message, Part, PartKind};
use changes::{Changes, Order};
use claims::Claim;
pub use complete::Completion;
use sealed::Sealed;

/// Why a message cannot be edited in some way. The edits made before remain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A field name or value cannot be written.
    #[error(transparent)]
    Field(#[from] EncodeError),
    /// A new part cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Another edit changes the same octets.
    #[error("two edits of the same octets")]
    Overlap,
    /// The part or field is not of this message.
    #[error("not of this message")]
    Foreign,
    /// The message itself cannot be removed.
    #[error("the message itself cannot be removed")]
    Root,
    /// A multipart must have at least one part (RFC 2046 section 5.1.1).
    #[error("the last part of a multipart")]
    LastPart,
    /// Parts can be added to a multipart that has one, and to nothing else.
    #[error("not a multipart with parts")]
    NotMultipart,
    /// A part within `multipart/signed` or `multipart/encrypted` would have to be changed.
    #[error("a signed or encrypted part must not be changed")]
    Signed,
    /// A part has a transfer encoding that is not known, or one of a type that must not be encoded
    /// (RFC 2046 section 5.2).
    #[error("a part that cannot be encoded")]
    Encoding,
    /// Every way to write a new part has the boundary of an enclosing multipart.
    #[error("a new part has the boundary of its multipart")]
    Boundary,
}

/// Changes to be made to a message.
///
/// All positions are those of the unchanged message; the order of edits does not matter, except that of
/// several at the same place.
///
/// ```
/// use mime_codec::Message;
///
/// let message = Message::parse(b"Subject: old\r\nX-Spam: no\r\n\r\nbody  \r\n");
/// let mut edit = message.edit();
/// edit.set_header(message.root(), "Subject", "new")?;
/// edit.remove_header(message.root(), "x-spam")?;
/// assert_eq!(edit.apply(), b"Subject: new\r\n\r\nbody  \r\n");
/// # Ok::<(), mime_codec::EditError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Edit<'m> {
    message: &'m Message<'m>,
    /// How the message ends its lines.
    line_end: &'static [u8],
    sealed: Sealed,
    changes: Changes,
    /// How many parts are left of multiparts that lost some, by their index.
    left: BTreeMap<usize, usize>,
    transport: Transport,
    seed: u64,
    utf8: bool,
}

impl Message<'_> {
    /// Starts to edit the message.
    pub fn edit(&self) -> Edit<'_> {
        let raw = self.raw();
        let line_end: &[u8] = match memchr::memchr(b'\n', raw) {
            Some(at) if at == 0 || raw.get(at - 1) != Some(&b'\r') => b"\n",
            _ => b"\r\n",
        };
        Edit {
            message: self,
            line_end,
            sealed: Sealed::default(),
            changes: Changes::default(),
            left: BTreeMap::new(),
            transport: Transport::SevenBit,
            seed: 0,
            utf8: false,
        }
    }
}

impl<'m> Edit<'m> {
    /// What new parts may hold. Default: US-ASCII in lines.
    #[must_use]
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// What the boundaries of new multiparts are made of, see [`Builder::seed`](crate::Builder::seed).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Writes new fields in UTF-8 (RFC 6532).
    #[must_use]
    pub fn utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// Replaces the first field called `name` and removes others of that name; without one it is added
    /// behind the last field.
    ///
    /// # Errors
    ///
    /// [`EditError::Field`], [`EditError::Signed`] for something within a signed part,
    /// [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn set_header<'v>(
        &mut self,
        part: Part<'_>,
        name: &str,
        value: impl TryInto<FieldBody<'v>, Error: Into<EncodeError>>,
    ) -> Result<(), EditError> {
        let part = self.own(part)?;
        let Some(first) = part.header(name) else {
            return self.add_header(part, name, value);
        };
        let written = self.field(name, value)?;
        let others = part.headers().get_all(name).skip(1).map(range);
        let mut changes = vec![(range(first), written)];
        changes.extend(others.map(|other| (other, Vec::new())));
        self.change(part, Claim::Fields, changes)
    }

    /// Adds a field behind the last one.
    ///
    /// # Errors
    ///
    /// [`EditError::Field`], [`EditError::Signed`] for something within a signed part,
    /// [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn add_header<'v>(
        &mut self,
        part: Part<'_>,
        name: &str,
        value: impl TryInto<FieldBody<'v>, Error: Into<EncodeError>>,
    ) -> Result<(), EditError> {
        let part = self.own(part)?;
        let written = self.field(name, value)?;
        self.insert_field(part, part.header_range().end, written)?;
        self.separate(part)
    }

    /// Adds a field in front of the first one, where trace fields belong (RFC 5321 section 4.4).
    ///
    /// # Errors
    ///
    /// [`EditError::Field`], [`EditError::Signed`] for something within a signed part,
    /// [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn prepend_header<'v>(
        &mut self,
        part: Part<'_>,
        name: &str,
        value: impl TryInto<FieldBody<'v>, Error: Into<EncodeError>>,
    ) -> Result<(), EditError> {
        let part = self.own(part)?;
        let Some(first) = part.headers().iter().next() else {
            return self.add_header(part, name, value);
        };
        let written = self.field(name, value)?;
        self.insert_field(part, range(first).start, written)
    }

    /// Replaces one field; the name stays as it is written.
    ///
    /// # Errors
    ///
    /// [`EditError::Field`], [`EditError::Signed`] for something within a signed part,
    /// [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn replace_field<'v>(
        &mut self,
        header: &Header<'_>,
        value: impl TryInto<FieldBody<'v>, Error: Into<EncodeError>>,
    ) -> Result<(), EditError> {
        let (part, range) = self.own_field(header)?;
        let written = self.field(header.name(), value)?;
        self.change(part, Claim::Fields, vec![(range, written)])
    }

    /// Removes one field.
    ///
    /// # Errors
    ///
    /// [`EditError::Signed`] for something within a signed part, [`EditError::Overlap`] or
    /// [`EditError::Foreign`].
    pub fn remove_field(&mut self, header: &Header<'_>) -> Result<(), EditError> {
        let (part, range) = self.own_field(header)?;
        self.change(part, Claim::Fields, vec![(range, Vec::new())])
    }

    /// Removes all fields called `name`, without regard to case, and tells how many there were.
    ///
    /// # Errors
    ///
    /// [`EditError::Signed`] for something within a signed part, [`EditError::Overlap`] or
    /// [`EditError::Foreign`].
    pub fn remove_header(&mut self, part: Part<'_>, name: &str) -> Result<usize, EditError> {
        let part = self.own(part)?;
        let found = part.headers().get_all(name).map(range);
        let changes: Vec<_> = found.map(|range| (range, Vec::new())).collect();
        let count = changes.len();
        if count > 0 {
            self.change(part, Claim::Fields, changes)?;
        }
        Ok(count)
    }

    /// Replaces a part. Of the message itself, and of a message within it, only the body and the fields
    /// that describe it (`Content-*`, `MIME-Version`) are replaced.
    ///
    /// # Errors
    ///
    /// [`EditError::Build`], [`EditError::Boundary`], [`EditError::Signed`] for something within a
    /// signed part, [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn replace_part(
        &mut self,
        part: Part<'_>,
        with: &PartBuilder<'_>,
    ) -> Result<(), EditError> {
        let part = self.own(part)?;
        self.sealed.refuse(self.message, part)?;
        let is_message = part
            .parent()
            .is_none_or(|parent| parent.kind() == PartKind::Message);
        let mut written = self.entity(part.parent(), with, is_message)?;
        if !is_message {
            let range = part.range();
            let behind = self.message.raw().get(range.end..).unwrap_or_default();
            if behind.starts_with(b"--") {
                // The line end in front of the delimiter was that of the header section.
                written.extend_from_slice(self.line_end);
            }
            return self.change(part, Claim::Whole, vec![(range, written)]);
        }
        let described = part.headers().iter().filter(|header| {
            let content = header.name().get(..8);
            header.is("MIME-Version")
                || content.is_some_and(|name| name.eq_ignore_ascii_case("Content-"))
        });
        let mut changes: Vec<_> = described
            .map(|header| (range(header), Vec::new()))
            .collect();
        changes.push((part.header_range().end..part.body_range().end, written));
        self.change(part, Claim::Body, changes)
    }

    /// Removes a part of a multipart with its delimiter.
    ///
    /// # Errors
    ///
    /// [`EditError::Root`] for a whole message, [`EditError::LastPart`], [`EditError::Signed`] for
    /// something within a signed part, [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn remove_part(&mut self, part: Part<'_>) -> Result<(), EditError> {
        let part = self.own(part)?;
        let Some(parent) = part
            .parent()
            .filter(|parent| parent.kind() == PartKind::Multipart)
        else {
            return Err(EditError::Root);
        };
        self.sealed.refuse(self.message, part)?;
        let range = self.with_delimiter(parent, part);
        self.changes.claims.check(part, Claim::Whole)?;
        self.changes.check(&range)?;
        let left = self
            .left
            .entry(parent.index())
            .or_insert_with(|| parent.children().count());
        if *left <= 1 {
            return Err(EditError::LastPart);
        }
        *left -= 1;
        self.change(part, Claim::Whole, vec![(range, Vec::new())])
    }

    /// A part of a multipart with the delimiter in front of it.
    fn with_delimiter(&self, parent: Part<'_>, part: Part<'_>) -> Range<usize> {
        let start = self.line_before(part.range().start);
        if let Some(epilogue) = parent.epilogue_range() {
            // Up to the next delimiter, which gets the line end of this one.
            let next = part.next_sibling();
            let end = next.map_or(epilogue.start, |next| next.range().start);
            return start..self.line_before(end);
        }
        let end = part.range().end;
        let raw = self.message.raw();
        if raw.get(end..).is_some_and(|rest| rest.starts_with(b"--")) {
            return start..end;
        }
        // The line end in front of the delimiter goes, for there may be none behind.
        let start = match part.previous_sibling() {
            Some(before) => before.range().end,
            None => parent.preamble_range().unwrap_or_default().end,
        };
        start..end
    }

    /// Where the line starts that ends at `end`.
    fn line_before(&self, end: usize) -> usize {
        let before = self.message.raw().get(..end).unwrap_or_default();
        let line = before.strip_suffix(b"\n").unwrap_or(before);
        memchr::memrchr(b'\n', line).map_or(0, |at| at + 1)
    }

    /// Adds a part behind the last one of a multipart.
    ///
    /// # Errors
    ///
    /// [`EditError::NotMultipart`], [`EditError::Build`], [`EditError::Boundary`],
    /// [`EditError::Signed`], [`EditError::Overlap`] or [`EditError::Foreign`].
    pub fn add_part(
        &mut self,
        multipart: Part<'_>,
        part: &PartBuilder<'_>,
    ) -> Result<(), EditError> {
        let multipart = self.own(multipart)?;
        let Some(last) = multipart
            .last_child()
            .filter(|_| multipart.kind() == PartKind::Multipart)
        else {
            return Err(EditError::NotMultipart);
        };
        self.sealed.refuse(self.message, last)?;
        self.changes.claims.check(multipart, Claim::Parts)?;
        let boundary = boundary(multipart).ok_or(EditError::NotMultipart)?;
        let entity = self.entity(Some(multipart), part, false)?;
        let end = self.line_end;
        let mut written = Vec::with_capacity(entity.len() + 2 * boundary.len() + 16);
        for piece in [b"--", boundary.as_bytes(), end, &entity, end] {
            written.extend_from_slice(piece);
        }
        if let Some(epilogue) = multipart.epilogue_range() {
            let at = self.line_before(epilogue.start);
            self.changes.insert(at, Order::Other, written)?;
            self.claim(multipart, Claim::Parts);
            return Ok(());
        }
        // There is no close delimiter yet: one for all parts that are added, and behind those of
        // multiparts within this one.
        written.splice(0..0, end.iter().copied());
        written.truncate(written.len() - end.len());
        let at = last.range().end;
        let depth = core::iter::successors(multipart.parent(), Part::parent).count();
        let outward = usize::MAX - depth;
        let close = [end, b"--", boundary.as_bytes(), b"--", end].concat();
        let order = |close| Order::Part { outward, close };
        self.changes.insert(at, order(false), written)?;
        self.changes.insert_once(at, order(true), close)?;
        self.claim(multipart, Claim::Parts);
        Ok(())
    }

    /// The edited message; the message itself, octet for octet, if no edit changes anything.
    pub fn apply(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.message.raw().len() + 256);
        self.apply_to(&mut out);
        out
    }

    /// Appends the edited message to `out`.
    pub fn apply_to(&self, out: &mut Vec<u8>) {
        self.changes.apply(self.message.raw(), self.line_end, out);
    }

    /// The same part, known to be of this message.
    fn own(&self, part: Part<'_>) -> Result<Part<'m>, EditError> {
        self.message
            .part(part.index())
            .filter(|own| *own == part)
            .ok_or(EditError::Foreign)
    }

    fn own_field(&self, header: &Header<'_>) -> Result<(Part<'m>, Range<usize>), EditError> {
        let range = range(*header);
        let raw = self.message.raw().get(range.clone());
        if !raw.is_some_and(|raw| core::ptr::eq(raw, header.raw())) {
            return Err(EditError::Foreign);
        }
        let part = self.message.part_at(range.start);
        Ok((part.ok_or(EditError::Foreign)?, range))
    }

    /// Lines as the message ends them.
    fn lines(&self, written: Vec<u8>) -> Vec<u8> {
        if self.line_end == b"\r\n" {
            return written;
        }
        let mut out = Vec::with_capacity(written.len());
        for line in written.split_inclusive(|octet| *octet == b'\n') {
            out.extend_from_slice(line.strip_suffix(b"\r\n").unwrap_or(line));
            if line.ends_with(b"\r\n") {
                out.push(b'\n');
            }
        }
        out
    }

    fn field<'v>(
        &self,
        name: &str,
        value: impl TryInto<FieldBody<'v>, Error: Into<EncodeError>>,
    ) -> Result<Vec<u8>, EditError> {
        let value: FieldBody<'v> = value.try_into().map_err(Into::into)?;
        let mut out = Vec::new();
        FieldWriter::field(&mut out, name, self.utf8, |field| value.write(field))?;
        Ok(self.lines(out))
    }

    /// The octets of a new part, free of the boundaries around it.
    fn entity(
        &self,
        within: Option<Part<'_>>,
        part: &PartBuilder<'_>,
        is_message: bool,
    ) -> Result<Vec<u8>, EditError> {
        let around: Vec<String> = core::iter::successors(within, Part::parent)
            .filter(|part| part.kind() == PartKind::Multipart)
            .filter_map(boundary)
            .collect();
        for seed in 0..4 {
            let mut out = Vec::new();
            encode_part(
                part,
                self.transport,
                self.seed.wrapping_add(seed),
                self.utf8,
                is_message,
                &mut out,
            )?;
            let clashes = |line: &[u8]| {
                line.strip_prefix(b"--").is_some_and(|line| {
                    around
                        .iter()
                        .any(|boundary| line.starts_with(boundary.as_bytes()))
                })
            };
            if !out.split(|octet| *octet == b'\n').any(clashes) {
                return Ok(self.lines(out));
            }
        }
        Err(EditError::Boundary)
    }

    /// Replaces ranges of a part: all of them, or on an error none.
    fn change(
        &mut self,
        part: Part<'_>,
        claim: Claim,
        changes: Vec<(Range<usize>, Vec<u8>)>,
    ) -> Result<(), EditError> {
        self.sealed.refuse(self.message, part)?;
        self.changes.claims.check(part, claim)?;
        changes
            .iter()
            .try_for_each(|(range, _)| self.changes.check(range))?;
        changes
            .into_iter()
            .try_for_each(|(range, with)| self.changes.replace(range, with))?;
        self.claim(part, claim);
        Ok(())
    }

    fn claim(&mut self, part: Part<'_>, claim: Claim) {
        let parts = self.message.parts().len();
        self.changes.claims.add(part, parts, claim);
    }

    fn insert_field(&mut self, part: Part<'_>, at: usize, with: Vec<u8>) -> Result<(), EditError> {
        self.sealed.refuse(self.message, part)?;
        self.changes.claims.check(part, Claim::Fields)?;
        self.changes.insert(at, Order::Field, with)?;
        self.claim(part, Claim::Fields);
        Ok(())
    }

    /// Puts the empty line that is missing in front of a body, which could be read as fields else.
    fn separate(&mut self, part: Part<'_>) -> Result<(), EditError> {
        let end = part.header_range().end;
        if part.body_range().start != end || part.body_raw().is_empty() {
            return Ok(());
        }
        let with = self.line_end.to_vec();
        self.changes.insert_once(end, Order::Separator, with)
    }
}

/// Where a field of a message is.
fn range(header: Header<'_>) -> Range<usize> {
    let start = usize::try_from(header.offset()).unwrap_or(usize::MAX);
    start..start.saturating_add(header.raw().len())
}

fn boundary(part: Part<'_>) -> Option<String> {
    let content_type = part.content_type();
    let boundary = content_type.parameter("boundary")?;
    Some(boundary.trim_end_matches([' ', '\t']).to_string())
}
