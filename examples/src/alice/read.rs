//! Bob's mail program shows what is in his mailbox: decoded, by `mime_codec`.

use mime_codec::{Message, Part};

use super::{Step, World, deliver};
use crate::machine::Failure;
use crate::{mail_message, mail_text};

pub(super) struct Read;

impl Step for Read {
    fn title(&self) -> &'static str {
        "Bob reads it"
    }

    fn run(&self, world: &mut World) -> Result<(), Failure> {
        for (_, octets) in deliver::mailbox(world)? {
            let message = Message::parse(&octets);
            let mut shown = Vec::new();
            mail_message::write_letter(&message, &mut shown)?;
            for line in String::from_utf8_lossy(&shown).lines() {
                world.screen.fact(line)?;
            }
            let found = message.attachments();
            if found.len() != world.attached.len() {
                let (found, sent) = (found.len(), world.attached.len());
                return Err(format!("{found} attachments instead of {sent}").into());
            }
            for (part, sent) in found.iter().zip(&world.attached) {
                show(*part, sent, world)?;
            }
        }
        Ok(())
    }
}

fn show(part: Part<'_>, sent: &[u8], world: &World) -> Result<(), Failure> {
    let content = part.content();
    let name = part.safe_file_name();
    let name = mail_text::printable(name.as_deref().unwrap_or("without a name"));
    let (kind, size) = (part.media_type(), content.len());
    let fact = format!("Attachment: {name}, {kind}, {size} octets");
    world.screen.fact("")?;
    world.screen.fact(&mail_text::printable(&fact))?;
    let verdict = compare(&content, sent).ok_or_else(|| format!("{name} is not what was sent"))?;
    Ok(world.screen.fact(verdict)?)
}

/// Whether what came is what was sent. SMTP carries lines: content that is not encoded has other line
/// ends than a file with bare LF.
fn compare(came: &[u8], sent: &[u8]) -> Option<&'static str> {
    let is_text = |octet: &&u8| !matches!(octet, b'\r' | b'\n');
    if came == sent {
        Some("Its octets are those that Alice attached")
    } else if came.iter().filter(is_text).eq(sent.iter().filter(is_text)) {
        Some("It is what Alice attached, but for line ends")
    } else {
        None
    }
}

/// The contents of the attachments of a message that is to be sent.
pub(super) fn attached(message: &[u8]) -> Vec<Vec<u8>> {
    let message = Message::parse(message);
    let attachments = message.attachments();
    attachments
        .iter()
        .map(|part| part.content().into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_noticed() {
        assert_eq!(
            compare(b"a\r\n", b"a\r\n"),
            Some("Its octets are those that Alice attached")
        );
        assert_eq!(
            compare(b"a\r\nb\r\n", b"a\nb"),
            Some("It is what Alice attached, but for line ends")
        );
        assert_eq!(compare(b"a", b"b"), None);
        assert_eq!(compare(b"", b"b"), None);
    }
}
