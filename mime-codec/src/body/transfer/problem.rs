//! What a transfer decoder met and survived (RFC 2045 sections 6.7 and 6.8).

use alloc::vec::Vec;

/// How many problems [`Problems`] keeps one by one; the rest are only counted.
pub const KEPT_PROBLEMS: usize = 32;

/// A fault in encoded data that decoding met and survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct Problem {
    /// Offset of the first octet concerned, counted from the start of the encoded data.
    pub offset: u64,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// The kinds of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Base64: a run of octets outside the alphabet, ignored (RFC 2045 section 6.8).
    #[error("octet outside the alphabet ignored")]
    ForeignOctet,
    /// Base64: more data follows padding, as when encoded runs are joined; it is decoded too.
    #[error("data after padding")]
    DataAfterPadding,
    /// Base64: `=` where no quantum is open, ignored.
    #[error("stray padding ignored")]
    StrayPadding,
    /// Base64: the last quantum lacks its padding; what it holds is decoded.
    #[error("padding missing")]
    MissingPadding,
    /// Base64: a quantum of one symbol, which cannot hold an octet, dropped.
    #[error("incomplete quantum dropped")]
    IncompleteQuantum,
    /// Base64: the bits of the last symbol that hold no data are not zero.
    #[error("unused bits are not zero")]
    UnusedBits,
    /// Quoted-printable: `=` followed by neither two hexadecimal digits nor a line break, kept as it is.
    #[error("invalid escape kept as it is")]
    InvalidEscape,
    /// Quoted-printable: lower-case hexadecimal digits, decoded.
    #[error("lower-case hexadecimal digits")]
    LowerCaseHex,
    /// Quoted-printable: the data ends within an escape or in a soft line break.
    #[error("data ends in an escape")]
    TruncatedEscape,
    /// Quoted-printable: white space before a line break, which transports add, removed.
    #[error("white space at the end of a line removed")]
    TrailingWhiteSpace,
    /// A line is longer than the encoding allows (quoted-printable: 76 octets).
    #[error("line too long")]
    LineTooLong,
    /// uuencode, yEnc: the data has no header line; it is taken as data from the start.
    #[error("header line missing")]
    MissingBegin,
    /// uuencode, yEnc: the data ends before its trailer line.
    #[error("trailer line missing")]
    MissingEnd,
    /// uuencode: a line is shorter than its count demands, or holds an octet outside the alphabet.
    #[error("line does not agree with its count")]
    LineCount,
    /// yEnc: the size in the header or trailer is not the number of octets decoded.
    #[error("size does not agree")]
    SizeMismatch,
    /// yEnc: the CRC-32 in the trailer is not that of the octets decoded.
    #[error("checksum does not agree")]
    ChecksumMismatch,
}

/// The problems of one run of a decoder: the first [`KEPT_PROBLEMS`] one by one, all counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    first: Vec<Problem>,
    count: u64,
}

impl Problems {
    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many problems there were, those not kept included.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first problems, in the order they were met.
    pub fn first(&self) -> &[Problem] {
        &self.first
    }

    #[cold]
    pub(crate) fn push(&mut self, offset: u64, kind: ProblemKind) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < KEPT_PROBLEMS {
            self.first.push(Problem { offset, kind });
        }
    }
}
