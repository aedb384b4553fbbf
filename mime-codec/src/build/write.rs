//! Writing what was planned (RFC 5322 section 3.6, RFC 2046 section 5.1.1).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::enclosed::Label;
use super::error::HEADER;
use super::part::{Body, PartBuilder};
use super::plan::{Item, Plan, Source};
use super::{BuildError, Builder};
use crate::header::fold::FieldWriter;
use crate::transfer::{Content, Encoder, Transport};
use crate::{
    AddressList, ContentDisposition, ContentType, EncodeError, FieldBody, FieldValue, Parameter,
    TransferEncoding,
};

/// Writes one field of a name that this crate knows.
fn field(
    out: &mut Vec<u8>,
    name: &'static str,
    utf8: bool,
    write: impl FnOnce(&mut FieldWriter<'_>) -> Result<(), EncodeError>,
) -> Result<(), BuildError> {
    FieldWriter::known_field(out, name, utf8, write)
        .map_err(|error| BuildError::Field { field: name, error })
}

/// Writes the fields of the message itself.
pub(super) fn message_fields(builder: &Builder<'_>, out: &mut Vec<u8>) -> Result<(), BuildError> {
    let utf8 = builder.utf8;
    if let Some(date) = &builder.date {
        field(out, "Date", utf8, |field| date.write(field))?;
    }
    let list = |out: &mut Vec<u8>, name: &'static str, list: &AddressList<'_>| {
        if list.is_empty() {
            return Ok(());
        }
        #[cfg(feature = "idna")]
        if builder.ascii_domains && !utf8 {
            return field(out, name, utf8, |field| list.to_ascii()?.write(field));
        }
        field(out, name, utf8, |field| list.write(field))
    };
    list(out, "From", &builder.from)?;
    if let Some(sender) = &builder.sender {
        list(out, "Sender", &sender.clone().into())?;
    }
    list(out, "Reply-To", &builder.reply_to)?;
    list(out, "To", &builder.to)?;
    list(out, "Cc", &builder.cc)?;
    if builder.keep_bcc {
        list(out, "Bcc", &builder.bcc)?;
    }
    if let Some(id) = &builder.message_id {
        field(out, "Message-ID", utf8, |field| id.write(field))?;
    }
    let ids = [
        ("In-Reply-To", &builder.in_reply_to),
        ("References", &builder.references),
    ];
    for (name, ids) in ids {
        if !ids.ids().is_empty() {
            field(out, name, utf8, |field| ids.write(field))?;
        }
    }
    if let Some(subject) = &builder.subject {
        field(out, "Subject", utf8, |field| subject.write(field))?;
    }
    let mut added = builder.fields.iter();
    added.try_for_each(|field| added_field(builder, field, utf8, out).map_err(unnamed))
}

/// Whether an added field cannot be written in US-ASCII.
pub(super) fn needs_utf8(builder: &Builder<'_>) -> bool {
    let mut scratch = Vec::new();
    builder.fields.iter().any(|added| {
        scratch.clear();
        let written = added_field(builder, added, false, &mut scratch);
        written == Err(EncodeError::NonAscii)
    })
}

/// What is wrong with a field that has no setting of its own.
fn unnamed(error: EncodeError) -> BuildError {
    let field = HEADER;
    BuildError::Field { field, error }
}

#[cfg_attr(not(feature = "idna"), expect(unused_variables))]
fn added_field(
    builder: &Builder<'_>,
    (name, value): &(Cow<'_, str>, FieldBody<'_>),
    utf8: bool,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    FieldWriter::field(out, name, utf8, |field| {
        #[cfg(feature = "idna")]
        if builder.ascii_domains && !utf8 {
            return value.to_ascii()?.write(field);
        }
        value.write(field)
    })
}

/// Appends a part on its own, with MIME-Version if it is to be a message.
pub(crate) fn encode_part(
    part: &PartBuilder<'_>,
    transport: Transport,
    seed: u64,
    utf8: bool,
    is_message: bool,
    out: &mut Vec<u8>,
) -> Result<(), BuildError> {
    let plan = Plan::of_part(part, transport, seed)?;
    plan.reserve(0, out);
    entities(&plan, utf8, is_message, out)
}

/// Writes all entities, the first one without a delimiter in front.
pub(super) fn entities(
    plan: &Plan<'_>,
    utf8: bool,
    is_message: bool,
    out: &mut Vec<u8>,
) -> Result<(), BuildError> {
    // Open multiparts: the first item behind each, and its number.
    let mut open: Vec<(usize, usize)> = Vec::new();
    // Whether the line end in front of the next delimiter is there.
    let mut line_start = true;
    for (index, item) in plan.items.iter().enumerate() {
        while let Some(&(_, number)) = open.last().filter(|&&(end, _)| end <= index) {
            delimiter(plan, number, true, &mut line_start, out);
            open.pop();
        }
        if let Some(&(_, number)) = open.last() {
            delimiter(plan, number, false, &mut line_start, out);
        }
        if !item.is_entity() {
            if index == 0 && is_message {
                out.extend_from_slice(b"MIME-Version: 1.0\r\n");
            }
            part_fields(plan, item, index, utf8, out)?;
            out.extend_from_slice(b"\r\n");
        }
        line_start = true;
        if item.is_multipart() {
            open.push((item.end, index));
        } else {
            line_start = body(item, out);
        }
    }
    while let Some((_, number)) = open.pop() {
        delimiter(plan, number, true, &mut line_start, out);
    }
    let last = plan.items.last();
    if is_message && !line_start && !out.ends_with(b"\r\n") {
        // Quoted-printable can say that the line end is no content.
        if last.is_some_and(|item| item.encoding == TransferEncoding::QuotedPrintable) {
            out.push(b'=');
        }
        if last.is_none_or(|item| item.encoding != TransferEncoding::Binary) {
            out.extend_from_slice(b"\r\n");
        }
    }
    Ok(())
}

/// Writes the content of a leaf; tells whether a delimiter may follow at once.
fn body(item: &Item<'_>, out: &mut Vec<u8>) -> bool {
    let content = &item.content;
    if item.encoding.is_identity() && item.kind == Content::Binary {
        out.extend_from_slice(content);
        return false;
    }
    // Only encodings that have an encoder are ever planned.
    if let Some(mut encoder) = Encoder::new(&item.encoding, item.kind) {
        encoder.encode(content, out);
        encoder.finish(out);
    }
    // The line end behind base64 is no content.
    item.encoding == TransferEncoding::Base64 && out.ends_with(b"\r\n")
}

/// The boundary of the multipart that is this item of the plan.
fn boundary(plan: &Plan<'_>, number: usize) -> String {
    let mut octets = Vec::with_capacity(24);
    push_boundary(plan, number, &mut octets);
    String::from_utf8(octets).unwrap_or_default()
}

fn push_boundary(plan: &Plan<'_>, number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"=_");
    let start = out.len();
    let mut rest = number;
    loop {
        out.push(DIGITS[rest % 10]);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
    out.push(b'_');
    out.extend_from_slice(&plan.token);
}

const DIGITS: [u8; 10] = *b"0123456789";

fn delimiter(
    plan: &Plan<'_>,
    number: usize,
    close: bool,
    line_start: &mut bool,
    out: &mut Vec<u8>,
) {
    if !*line_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--");
    push_boundary(plan, number, out);
    out.extend_from_slice(if close { b"--\r\n" } else { b"\r\n" });
    *line_start = true;
}

/// Writes the fields of one entity that MIME knows.
fn part_fields(
    plan: &Plan<'_>,
    item: &Item<'_>,
    index: usize,
    utf8: bool,
    out: &mut Vec<u8>,
) -> Result<(), BuildError> {
    match item.source {
        Source::Made(subtype) => {
            // Multiparts made here are related only around HTML, the root (RFC 2387 section 3.1).
            let related = subtype == "related";
            field(out, "Content-Type", utf8, |field| {
                field.space();
                field.write_all(&["multipart/", subtype, ";"])?;
                field.space();
                field.append(|out| {
                    out.extend_from_slice(b"boundary=\"");
                    push_boundary(plan, index, out);
                    out.extend_from_slice(if related { b"\";" } else { b"\"" });
                })?;
                if related {
                    field.space();
                    field.write("type=\"text/html\"")?;
                }
                Ok(())
            })?;
        }
        Source::Text(body) => content_type(plan, body, None, index, item, utf8, out)?,
        Source::Part(part) => {
            let given = part.content_type.as_ref();
            content_type(plan, &part.body, given, index, item, utf8, out)?;
        }
    }
    match &item.encoding {
        TransferEncoding::SevenBit => {}
        encoding => {
            out.extend_from_slice(b"Content-Transfer-Encoding: ");
            out.extend_from_slice(encoding.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
    let Source::Part(part) = item.source else {
        return Ok(());
    };
    if let Some(id) = &part.content_id {
        field(out, "Content-ID", utf8, |field| id.write(field))?;
    }
    let disposition = disposition(part, item).map_err(|error| BuildError::Field {
        field: "Content-Disposition",
        error,
    })?;
    if let Some(disposition) = disposition {
        field(out, "Content-Disposition", utf8, |field| {
            FieldValue::write(&*disposition, field)
        })?;
    }
    part.fields.iter().try_for_each(|(name, value)| {
        FieldWriter::field(out, name, utf8, |field| value.write(field)).map_err(unnamed)
    })
}

/// The disposition of a part; a message that is a file has one with a name that says so.
fn disposition<'p>(
    part: &'p PartBuilder<'_>,
    item: &Item<'_>,
) -> Result<Option<Cow<'p, ContentDisposition<'p>>>, EncodeError> {
    let given = part.disposition.as_ref();
    let named = given.is_some_and(|given| given.parameters().find("filename").is_some());
    if item.label != Label::File || named {
        return Ok(given.map(Cow::Borrowed));
    }
    let disposition = given
        .cloned()
        .unwrap_or_else(ContentDisposition::attachment);
    let named = disposition.with_parameter("filename", "message.eml")?;
    Ok(Some(Cow::Owned(named)))
}

fn content_type(
    plan: &Plan<'_>,
    body: &Body<'_>,
    given: Option<&ContentType<'_>>,
    index: usize,
    item: &Item<'_>,
    utf8: bool,
    out: &mut Vec<u8>,
) -> Result<(), BuildError> {
    // A message that may not be sent as this is labelled otherwise, whatever was asked for.
    let given = given.filter(|given| item.label == Label::Rfc822 || !given.is("message", "rfc822"));
    let fixed: &[u8] = match (body, given) {
        (Body::Text(_, "plain"), None) => b"Content-Type: text/plain; charset=utf-8\r\n",
        (Body::Text(_, _), None) => b"Content-Type: text/html; charset=utf-8\r\n",
        (Body::Flowed(_, false), None) => {
            b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
        }
        (Body::Flowed(_, true), None) => {
            b"Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n"
        }
        (Body::Message(_), None) => match item.label {
            Label::Rfc822 => b"Content-Type: message/rfc822\r\n",
            Label::Global => b"Content-Type: message/global\r\n",
            Label::File => b"Content-Type: application/octet-stream\r\n",
        },
        (_, None) => b"Content-Type: application/octet-stream\r\n",
        (_, Some(_)) => b"",
    };
    out.extend_from_slice(fixed);
    let Some(given) = given else {
        return Ok(());
    };
    let mut value = Cow::Borrowed(given);
    let parameter = |name, value: String| {
        Parameter::new(name, value).map_err(|error| BuildError::Field {
            field: "Content-Type",
            error,
        })
    };
    match body {
        Body::Multipart(_) => {
            let boundary = parameter("boundary", boundary(plan, index))?;
            value.to_mut().parameters_mut().set(boundary);
        }
        Body::Flowed(_, delsp) => {
            let parameters = value.to_mut().parameters_mut();
            parameters.set(parameter("charset", "utf-8".into())?);
            parameters.set(parameter("format", "flowed".into())?);
            if *delsp {
                parameters.set(parameter("delsp", "yes".into())?);
            }
        }
        Body::Text(..) => {
            let parameters = value.to_mut().parameters_mut();
            parameters.set(parameter("charset", "utf-8".into())?);
        }
        _ => {}
    }
    field(out, "Content-Type", utf8, |field| {
        FieldValue::write(&*value, field)
    })
}
