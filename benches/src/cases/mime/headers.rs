//! The header section alone, and what a list of messages shows: subject, author, date and
//! identifier.

use mail_parser::MessageParser;
use mailparse::{MailHeaderMap as _, addrparse_header, dateparse, msgidparse, parse_headers};
use mime_codec::{DateTime, Headers, Mailboxes, MessageId, Unstructured};

use super::messages::{self, Sample};
use crate::{Case, Contender};

/// Letters of the subject, of the name and the address of the author, of the identifier, and
/// the time.
type Found = Option<(usize, usize, usize, i64)>;

pub(super) fn cases() -> Vec<Case> {
    vec![case(&messages::small()), case(&messages::newsletter())]
}

fn case(sample: &Sample) -> Case {
    let header = sample.header();
    let expected = mailparse(header);
    assert!(expected.is_some());
    let check = move |found: &Found| assert_eq!(*found, expected);
    Case::new(
        format!("headers, {}", sample.name),
        header.len(),
        Contender::new("ours", header, ours, check),
    )
    .peer(Contender::new("mail-parser", header, mail_parser, check))
    .peer(Contender::new("mailparse", header, mailparse, check))
}

fn ours(header: &[u8]) -> Found {
    let headers = Headers::parse(header);
    let [subject, from, date, id] = headers.get_many(["Subject", "From", "Date", "Message-ID"]);
    let subject = Unstructured::parse(subject?.value_raw());
    let from = Mailboxes::new(from?.value_raw()).next()?;
    let address = from.addr();
    let author =
        from.name().map_or(0, str::len) + address.local().len() + 1 + address.domain()?.len();
    let date = DateTime::parse(date?.value_raw()).ok()?;
    let id = MessageId::parse(id?.value_raw())?;
    Some((
        subject.as_str().len(),
        author,
        id.as_str().len(),
        date.to_unix(),
    ))
}

fn mail_parser(header: &[u8]) -> Found {
    let message = MessageParser::new().parse_headers(header)?;
    let from = message.from()?.first()?;
    Some((
        message.subject()?.len(),
        from.name().map_or(0, str::len) + from.address()?.len(),
        message.message_id()?.len(),
        message.date()?.to_timestamp(),
    ))
}

fn mailparse(header: &[u8]) -> Found {
    let (headers, _) = parse_headers(header).ok()?;
    let from = addrparse_header(headers.get_first_header("From")?).ok()?;
    let from = from.extract_single_info()?;
    let id = msgidparse(&headers.get_first_value("Message-ID")?).ok()?;
    Some((
        headers.get_first_value("Subject")?.len(),
        from.display_name.map_or(0, |name| name.len()) + from.addr.len(),
        id.first()?.len(),
        dateparse(&headers.get_first_value("Date")?).ok()?,
    ))
}
