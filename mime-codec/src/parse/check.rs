//! Defects that only a look at every octet and field shows (RFC 5322 sections 2.1.1, 2.2 and 3.6).

use alloc::vec::Vec;

use memchr::memchr;

use crate::header::grammar::is_boundary;
use crate::{
    ContentDisposition, ContentType, Defect, DefectKind, Message, Options, Part, PartKind,
};

/// The longest line without its end (RFC 5322 section 2.1.1).
const LINE_MAX: usize = 998;

/// Fields of a message that may occur once (RFC 5322 section 3.6, RFC 2045 section 4).
const MESSAGE_ONCE: [&str; 12] = [
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
];

/// Fields of any entity that may occur once. Content-Type and Content-Transfer-Encoding are noticed by
/// the structural pass already.
const ENTITY_ONCE: [&str; 3] = ["Content-Disposition", "Content-ID", "Content-Description"];

/// Finds at most `limit` defects beyond those that the structural pass has told.
pub(crate) fn check(message: &Message<'_>, limit: usize) -> Vec<Defect> {
    let mut found = octets(message.raw());
    for part in message.parts() {
        if found.len() >= limit {
            break;
        }
        fields(&part, &mut found);
    }
    found.retain(|defect| !message.defects().contains(defect));
    found.truncate(limit);
    found
}

fn offset(at: usize) -> u64 {
    u64::try_from(at).unwrap_or(u64::MAX)
}

/// The first place of each kind.
fn octets(bytes: &[u8]) -> Vec<Defect> {
    let mut found = Vec::new();
    let mut first = |at: Option<usize>, kind| {
        if let Some(at) = at {
            found.push(Defect {
                offset: offset(at),
                kind,
            });
        }
    };
    first(memchr(0, bytes), DefectKind::Nul);
    let bare_cr = memchr::memchr_iter(b'\r', bytes).find(|at| bytes.get(at + 1) != Some(&b'\n'));
    first(bare_cr, DefectKind::BareCr);
    let mut bare_lf = None;
    let mut long = None;
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        let crlf = end > 0 && bytes.get(end - 1) == Some(&b'\r');
        if !crlf && end < bytes.len() && bare_lf.is_none() {
            bare_lf = Some(end);
        }
        if long.is_none() && end.saturating_sub(start) > LINE_MAX + usize::from(crlf) {
            long = Some(start);
        }
        if bare_lf.is_some() && long.is_some() {
            break;
        }
        start = end + 1;
    }
    first(bare_lf, DefectKind::BareLf);
    first(long, DefectKind::LineTooLong);
    found
}

fn fields(part: &Part<'_>, found: &mut Vec<Defect>) {
    let is_message = part
        .parent()
        .is_none_or(|parent| parent.kind() == PartKind::Message);
    let mut seen = [false; MESSAGE_ONCE.len()];
    let mut seen_entity = [false; ENTITY_ONCE.len()];
    let mut typed = false;
    let mut eight_bit = false;
    for header in part.headers() {
        let mut tell = |kind| {
            found.push(Defect {
                offset: header.offset(),
                kind,
            });
        };
        if !eight_bit && core::str::from_utf8(header.raw()).is_err() {
            eight_bit = true;
            tell(DefectKind::EightBitHeader);
        }
        let once = MESSAGE_ONCE.iter().zip(&mut seen).filter(|_| is_message);
        for (name, seen) in once.chain(ENTITY_ONCE.iter().zip(&mut seen_entity)) {
            if header.is(name) && core::mem::replace(seen, true) {
                tell(DefectKind::DuplicateField);
            }
        }
        let mut defects = Vec::new();
        let mut odd = false;
        if header.is("Content-Type") && !core::mem::replace(&mut typed, true) {
            let parsed =
                ContentType::parse_with(header.value_raw(), &Options::DEFAULT, &mut defects);
            let boundary = parsed
                .parameter("boundary")
                .filter(|_| part.kind() == PartKind::Multipart);
            odd = boundary.is_some_and(|boundary| !is_boundary(boundary.as_bytes()));
        } else if header.is("Content-Disposition") {
            ContentDisposition::parse_with(header.value_raw(), &Options::DEFAULT, &mut defects);
        }
        let kinds = defects.into_iter().map(|defect| defect.kind);
        let boundary = odd.then_some(DefectKind::BoundaryOctets);
        kinds.chain(boundary).for_each(tell);
    }
}
