//! Every bound that parsing and building respect.

/// Bounds on what one message may cost.
///
/// The defaults suit a server that reads mail from strangers. Reaching a limit
/// never fails a lenient parse: what lies beyond it is kept as opaque bytes and
/// a [`Defect`](crate::Defect) names the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
#[non_exhaustive]
pub struct Limits {
    /// Levels of multipart and message/* nesting; deeper parts are opaque. Default 100.
    pub depth: usize,
    /// Body parts in one message. Default 10,000.
    pub parts: usize,
    /// Octets of one header section, field names and folds included. Default 1 MiB.
    pub header_bytes: usize,
    /// Fields in one header section or report. Default 10,000.
    pub header_fields: usize,
    /// Octets of one header field that typed accessors look at. Default 102,400.
    pub field_bytes: usize,
    /// Addresses in one address list, recipients in one report. Default 10,240.
    pub addresses: usize,
    /// Nested parentheses in one comment (RFC 5322 section 3.2.2). Default 100.
    pub comment_depth: usize,
    /// Octets of a boundary parameter (RFC 2046 allows 70). Default 2,048.
    pub boundary: usize,
    /// Parameters of one field, RFC 2231 sections counted one by one. Default 256.
    pub parameters: usize,
    /// Octets that a delimiter line may have besides its boundary, and so what the push parser
    /// needs to see of a body line before it lends it in pieces. Default 4,096.
    pub line: usize,
    /// Octets of a message that is put together from fragments (RFC 2046 section 5.2.2). Default 64 MiB.
    pub reassembled: usize,
    /// Defects listed for one message; later ones are not recorded. Default 256.
    pub defects: usize,
}

impl Limits {
    /// The defaults, for a `const`.
    pub const DEFAULT: Self = Self {
        depth: 100,
        parts: 10_000,
        header_bytes: 1 << 20,
        header_fields: 10_000,
        field_bytes: 102_400,
        addresses: 10_240,
        comment_depth: 100,
        boundary: 2_048,
        parameters: 256,
        line: 4_096,
        reassembled: 64 << 20,
        defects: 256,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
