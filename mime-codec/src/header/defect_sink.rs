//! Collecting defects while one field value is read.

use alloc::vec::Vec;

use crate::{Defect, DefectKind, ParseError, ParseErrorKind};

/// Defects recorded for one field value; a hostile value has no more of them than this.
const MAX_DEFECTS: usize = 64;

/// What `read` gives if it appends no defect; else the first of them.
pub(crate) fn strictly<T>(read: impl FnOnce(&mut Vec<Defect>) -> T) -> Result<T, ParseError> {
    let mut defects = Vec::new();
    let value = read(&mut defects);
    match defects.iter().min_by_key(|defect| defect.offset) {
        Some(first) => Err(ParseError::new(
            first.offset,
            ParseErrorKind::Defect(first.kind),
        )),
        None => Ok(value),
    }
}

/// Where a field parser reports defects; reporting costs nothing when nobody listens.
#[derive(Debug)]
pub(crate) struct Sink<'d> {
    out: Option<&'d mut Vec<Defect>>,
    left: usize,
}

impl<'d> Sink<'d> {
    /// Drops all that is reported.
    pub(crate) fn none() -> Self {
        Self { out: None, left: 0 }
    }

    /// Appends to `out`.
    pub(crate) fn to(out: &'d mut Vec<Defect>) -> Self {
        Self {
            out: Some(out),
            left: MAX_DEFECTS,
        }
    }

    /// Whether somebody listens, so that looking for defects is worth while.
    pub(crate) fn listens(&self) -> bool {
        self.out.is_some()
    }

    /// Reports `kind` at `offset` of the field value unless it has been reported for this value.
    #[cold]
    pub(crate) fn report_once(&mut self, kind: DefectKind, offset: usize) {
        let told = MAX_DEFECTS - self.left;
        let mut last = self.out.iter().flat_map(|out| out.iter().rev().take(told));
        if !last.any(|defect| defect.kind == kind) {
            self.report(kind, offset);
        }
    }

    /// Reports `kind` at `offset` of the field value.
    #[cold]
    pub(crate) fn report(&mut self, kind: DefectKind, offset: usize) {
        if self.left > 0
            && let Some(out) = &mut self.out
        {
            self.left -= 1;
            out.push(Defect {
                offset: offset as u64,
                kind,
            });
        }
    }
}
