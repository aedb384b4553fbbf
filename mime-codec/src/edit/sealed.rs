//! What must not be changed, since something around it is signed or encrypted (RFC 1847).

use alloc::vec::Vec;

use super::EditError;
use crate::{Message, Part, PartKind};

/// For each part whether something around it is signed or encrypted; found when that is first asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Sealed(Vec<bool>);

impl Sealed {
    /// Refuses a part of `message` that must not be changed.
    pub(super) fn refuse(
        &mut self,
        message: &Message<'_>,
        part: Part<'_>,
    ) -> Result<(), EditError> {
        if self.0.is_empty() {
            self.find(message);
        }
        match self.0.get(part.index()) {
            Some(false) => Ok(()),
            Some(true) | None => Err(EditError::Signed),
        }
    }

    #[cold]
    fn find(&mut self, message: &Message<'_>) {
        self.0.reserve_exact(message.parts().len());
        for part in message.parts() {
            let sealed = part.parent().is_some_and(|parent| {
                self.0.get(parent.index()) == Some(&true) || is_sealed(parent)
            });
            self.0.push(sealed);
        }
    }
}

fn is_sealed(part: Part<'_>) -> bool {
    let media = part.media_type();
    part.kind() == PartKind::Multipart
        && (media.is("multipart", "signed") || media.is("multipart", "encrypted"))
}
