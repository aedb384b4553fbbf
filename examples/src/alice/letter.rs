//! What Alice writes if nobody tells her what: a text with a picture, made by `mime_codec`.

use mime_codec::{Builder, DateTime, Zone};

use super::{CREPES, Clock, HAMBURGER, Seed};
use crate::machine::Failure;

/// The picture.
pub(super) const PICTURE: &[u8] = include_bytes!("hamburger.png");

/// Neither the subject nor the name of the picture is US-ASCII; a line of a lone dot has to pass
/// through SMTP unchanged.
pub(super) fn letter(seed: &Seed, clock: &Clock) -> Result<Vec<u8>, Failure> {
    let date = DateTime::from_unix(clock.unix()?, Zone::UTC).ok_or("no such date")?;
    let id = format!("{:016x}@{}", seed.word("Message-ID"), CREPES.domain);
    let message = Builder::new()
        .date(date)
        .from(("Alice", &*format!("alice@{}", CREPES.domain)))
        .to(("Bob", &*format!("bob@{}", HAMBURGER.domain)))
        .message_id(id)
        .subject("Crêpes or hamburgers for lunch?")
        .text(
            "Do you like ketchup?\n\
             How about pickles?\n\
             .\n\
             The dot above is part of the message.\n",
        )
        .attach("Hambúrguer.png", PICTURE)
        .seed(seed.word("boundary"))
        .build()?;
    Ok(message)
}
