//! What was wrong with a message, and where.

use core::fmt;

/// A departure from the standards that parsing met and survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Defect {
    /// Offset of the first octet concerned, counted from the start of the parsed input: a message, or
    /// the value of a field.
    pub offset: u64,
    /// What is wrong there.
    pub kind: DefectKind,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for Defect {}

/// The kinds of [`Defect`].
///
/// Each names an input that two readers may understand differently; the text
/// says how this crate reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum DefectKind {
    /// The header section runs into the body without an empty line (RFC 5322 section 2.1);
    /// the body starts at the first line that is no field.
    #[error("no empty line between header and body")]
    MissingSeparator,
    /// White space stands between a field name and its colon (RFC 5322 section 4.5);
    /// it belongs to neither.
    #[error("white space before the colon of a header field")]
    SpaceBeforeColon,
    /// A header line starts with a colon; the field has an empty name.
    #[error("header field without a name")]
    EmptyFieldName,
    /// The message, or an enclosed one, starts with an mbox `From ` or `>From ` line, which is
    /// skipped.
    #[error("mbox From line in front of the header")]
    EnvelopeLine,
    /// The message, or an enclosed one, starts with the byte order mark of UTF-8, which is skipped.
    #[error("byte order mark in front of the header")]
    ByteOrderMark,
    /// A delimiter line stands inside a header section (RFC 2046 section 5.1);
    /// it ends the part.
    #[error("boundary delimiter inside a header section")]
    DelimiterInHeader,
    /// A second Content-Type field in one header section; the first counts.
    #[error("more than one Content-Type field")]
    DuplicateContentType,
    /// A second Content-Transfer-Encoding field in one header section; the first counts.
    #[error("more than one Content-Transfer-Encoding field")]
    DuplicateTransferEncoding,
    /// A second field of a kind that RFC 5322 section 3.6 allows once; typed access uses the first.
    #[error("more than one field of a kind that may occur once")]
    DuplicateField,
    /// A Content-Type value that is not `type/subtype`; the part is treated as `text/plain`
    /// (RFC 2045 section 5.2).
    #[error("malformed Content-Type")]
    MalformedContentType,
    /// A parameter name occurs twice in one field; the first counts.
    #[error("parameter given twice")]
    DuplicateParameter,
    /// A parameter is given both plainly and in RFC 2231 form; the RFC 2231 form counts.
    #[error("parameter given both plain and extended")]
    ConflictingParameter,
    /// A parameter that is not `name=value`, or whose name is no `attribute` (RFC 2231 section 7), which
    /// is left out; a quoted string without its end; or a value with CR or LF, which became spaces, or
    /// NUL, which became U+FFFD.
    #[error("malformed parameter")]
    MalformedParameter,
    /// RFC 2231 sections of a parameter are not numbered 0, 1, 2 ...; those behind the gap are dropped.
    #[error("RFC 2231 section missing")]
    MissingParameterSection,
    /// A percent escape without two hexadecimal digits; it is kept as it stands.
    #[error("malformed percent escape in a parameter")]
    MalformedPercent,
    /// A charset whose name is unknown; the octets are read as UTF-8.
    #[error("unknown charset")]
    UnknownCharset,
    /// Octets that their charset does not allow; each became U+FFFD.
    #[error("octets that are invalid in their charset")]
    UndecodableText,
    /// A multipart entity without a boundary parameter, or with an empty one (RFC 2046 section 5.1.1);
    /// it is kept as one opaque part.
    #[error("multipart without a boundary")]
    MissingBoundary,
    /// A boundary of more than 70 octets (RFC 2046 section 5.1.1); it is used all the same.
    #[error("boundary longer than 70 octets")]
    BoundaryTooLong,
    /// A boundary with octets that RFC 2046 section 5.1.1 does not allow; it is used all the same.
    #[error("octets in the boundary that are not allowed there")]
    BoundaryOctets,
    /// A nested multipart uses the boundary of an enclosing one; a delimiter line belongs to the innermost.
    #[error("boundary used by an enclosing multipart too")]
    BoundaryReused,
    /// One open boundary is the beginning of another; delimiter lines match whole boundaries only.
    #[error("boundary that is the beginning of another one")]
    BoundaryPrefix,
    /// A line starts like a delimiter of an open multipart but goes on; it is text.
    #[error("line that starts like a delimiter but is none")]
    DelimiterLookalike,
    /// A multipart ends without its close delimiter.
    #[error("multipart without its close delimiter")]
    MissingCloseDelimiter,
    /// A multipart without a single part.
    #[error("multipart without parts")]
    NoParts,
    /// A delimiter line of a multipart stands behind its close delimiter; it is part of the epilogue.
    #[error("delimiter behind the close delimiter")]
    DelimiterAfterClose,
    /// A multipart with a transfer encoding other than 7bit, 8bit or binary
    /// (RFC 2045 section 6.4); the encoding is ignored.
    #[error("multipart with a content transfer encoding")]
    EncodedMultipart,
    /// An enclosed message with a transfer encoding other than 7bit, 8bit or binary
    /// (RFC 2046 section 5.2.1); it is kept as a leaf, whose [`content`](crate::Part::content) can be
    /// parsed.
    #[error("enclosed message with a content transfer encoding")]
    EncodedMessage,
    /// A NUL octet; it is kept.
    #[error("NUL octet")]
    Nul,
    /// A carriage return without line feed (RFC 5322 section 2.2); it is ordinary text.
    #[error("carriage return without line feed")]
    BareCr,
    /// A line feed without carriage return (RFC 5322 section 2.2); it ends the line.
    #[error("line feed without carriage return")]
    BareLf,
    /// Octets above 127 in a header section that are not UTF-8 (RFC 6532 section 3.2).
    #[error("header octets that are neither ASCII nor UTF-8")]
    EightBitHeader,
    /// A line of more than 998 octets without its end (RFC 5322 section 2.1.1).
    #[error("line longer than 998 octets")]
    LineTooLong,
    /// Nesting deeper than [`Limits::depth`](crate::Limits::depth); the entity is kept opaque.
    #[error("nesting limit reached")]
    DepthLimit,
    /// More parts than [`Limits::parts`](crate::Limits::parts); the last one holds the rest.
    #[error("part limit reached")]
    PartLimit,
    /// A header section over [`Limits::header_bytes`](crate::Limits::header_bytes) or
    /// [`Limits::header_fields`](crate::Limits::header_fields); what follows is body.
    #[error("header size limit reached")]
    HeaderLimit,
    /// A field over [`Limits::field_bytes`](crate::Limits::field_bytes); its typed value is cut there.
    #[error("field size limit reached")]
    FieldLimit,
    /// A boundary over [`Limits::boundary`](crate::Limits::boundary); the multipart is kept opaque.
    #[error("boundary size limit reached")]
    BoundaryLimit,
    /// More parameters than [`Limits::parameters`](crate::Limits::parameters); the rest is ignored.
    #[error("parameter limit reached")]
    ParameterLimit,
    /// More input than a tree can address (4 GiB); see [`Message::unparsed`](crate::Message::unparsed).
    #[error("input larger than a tree can address")]
    InputLimit,
    /// A parenthesis of a comment is not closed (RFC 5322 section 3.2.2).
    #[error("comment is not closed")]
    UnclosedComment,
    /// Comments are nested deeper than [`Limits::comment_depth`](crate::Limits::comment_depth).
    #[error("comments nested too deeply")]
    CommentTooDeep,
    /// A quotation mark is not closed (RFC 5322 section 3.2.4).
    #[error("quoted string is not closed")]
    UnclosedQuote,
    /// A header field holds NUL (RFC 5322 section 4.1).
    #[error("NUL in a header field")]
    NulInHeader,
    /// A header field holds octets that are not UTF-8 (RFC 6532 section 3.2).
    #[error("header field is not UTF-8")]
    NotUtf8,
    /// An encoded word breaks the rules of its encoding (RFC 2047 section 4).
    #[error("malformed encoded word")]
    EncodedWordSyntax,
    /// An encoded word touches other text (RFC 2047 section 5).
    #[error("encoded word is not separated by white space")]
    EncodedWordNotSeparated,
    /// An encoded word stands in a quoted string (RFC 2047 section 5).
    #[error("encoded word in a quoted string")]
    QuotedEncodedWord,
    /// An encoded word decodes to CR, LF or NUL.
    #[error("CR, LF or NUL in an encoded word")]
    ControlInEncodedWord,
    /// An entry of an address list is not an address (RFC 5322 section 3.4).
    #[error("not an address")]
    InvalidAddress,
    /// An address has a part that only lenient reading accepts (RFC 5322 section 3.4.1).
    #[error("address with misplaced dots")]
    MisplacedDots,
    /// An address has no domain.
    #[error("address without a domain")]
    MissingDomain,
    /// A display name is followed by an address without angle brackets (RFC 5322 section 3.4).
    #[error("address without angle brackets")]
    MissingAngleBrackets,
    /// An angle bracket is not closed (RFC 5322 section 3.4).
    #[error("angle bracket is not closed")]
    UnclosedAngleBracket,
    /// Two entries of a list are not separated by a comma (RFC 5322 section 3.4).
    #[error("entries of a list are not separated by a comma")]
    MissingComma,
    /// A group is not ended, or something ends that is none (RFC 5322 section 3.4).
    #[error("group is not closed, nested, or ended twice")]
    GroupSyntax,
    /// A list holds more addresses than [`Limits::addresses`](crate::Limits::addresses).
    #[error("too many addresses")]
    TooManyAddresses,
    /// The day of the week does not fit the date (RFC 5322 section 3.3).
    #[error("day of the week does not fit the date")]
    WrongWeekday,
    /// A date has no zone (RFC 5322 section 3.3).
    #[error("date without a zone")]
    MissingZone,
    /// A date is written in a form that no standard has.
    #[error("date in a non-standard form")]
    DateSyntax,
    /// A message identifier is not in the form of RFC 5322 section 3.6.4.
    #[error("malformed message identifier")]
    MessageIdSyntax,
    /// A file name is written with encoded words, which parameters must not have (RFC 2047 section 5).
    #[error("encoded word in a parameter")]
    EncodedWordInParameter,
    /// A structured field has something that its grammar does not.
    #[error("syntax error in a structured field")]
    FieldSyntax,
}
