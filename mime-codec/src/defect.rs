//! What was wrong with a message, and where.

use core::fmt;

/// A departure from the standards that parsing met and survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Defect {
    /// Offset of the first octet concerned, counted from the start of the parsed input.
    pub offset: u64,
    /// What is wrong there.
    pub kind: DefectKind,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

/// The kinds of [`Defect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum DefectKind {
    /// The header section runs into the body without an empty line (RFC 5322 section 2.1).
    #[error("no empty line between header and body")]
    MissingSeparator,
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
    /// The charset is not known; the text is left as it was.
    #[error("unknown charset")]
    UnknownCharset,
    /// Octets that the charset does not have were replaced by U+FFFD.
    #[error("undecodable text")]
    UndecodableText,
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
    /// A structured field has something that its grammar does not.
    #[error("syntax error in a structured field")]
    FieldSyntax,
}
