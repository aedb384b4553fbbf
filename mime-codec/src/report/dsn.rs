//! Delivery status notifications: message/delivery-status (RFC 3464 section 2).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::{EncodeError, Limits};

use super::fields::{
    Extension, Field, Fields, TypedText, keywords, own, own_extensions, transaction,
};

/// The content of a message/delivery-status part.
///
/// ```
/// use mime_codec::report::{Action, DeliveryStatus};
/// let part = b"Reporting-MTA: dns; mx.example.org\r\n\r\n\
///     Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n";
/// let report = DeliveryStatus::parse(part);
/// assert_eq!(report.recipients[0].action, Some(Action::Failed));
/// assert!(report.recipients[0].status.unwrap().is_permanent());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct DeliveryStatus<'a> {
    /// Original-Envelope-Id (section 2.2.1).
    pub original_envelope_id: Option<Cow<'a, str>>,
    /// Reporting-MTA (section 2.2.2); required.
    pub reporting_mta: Option<TypedText<'a>>,
    /// DSN-Gateway (section 2.2.3).
    pub dsn_gateway: Option<TypedText<'a>>,
    /// Received-From-MTA (section 2.2.4).
    pub received_from_mta: Option<TypedText<'a>>,
    /// Arrival-Date (section 2.2.5), a date-time of RFC 5322.
    pub arrival_date: Option<Cow<'a, str>>,
    /// Other fields about the message.
    pub extensions: Vec<Extension<'a>>,
    /// One entry for each recipient.
    pub recipients: Vec<Recipient<'a>>,
}

/// What became of a message for one recipient (RFC 3464 section 2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Recipient<'a> {
    /// Original-Recipient (section 2.3.1).
    pub original_recipient: Option<TypedText<'a>>,
    /// Final-Recipient (section 2.3.2); required.
    pub final_recipient: Option<TypedText<'a>>,
    /// Action (section 2.3.3); required.
    pub action: Option<Action<'a>>,
    /// Status (section 2.3.4); required.
    pub status: Option<Status>,
    /// Remote-MTA (section 2.3.5).
    pub remote_mta: Option<TypedText<'a>>,
    /// Diagnostic-Code (section 2.3.6).
    pub diagnostic_code: Option<TypedText<'a>>,
    /// Last-Attempt-Date (section 2.3.7), a date-time of RFC 5322.
    pub last_attempt_date: Option<Cow<'a, str>>,
    /// Final-Log-ID (section 2.3.8).
    pub final_log_id: Option<Cow<'a, str>>,
    /// Will-Retry-Until (section 2.3.9), a date-time of RFC 5322.
    pub will_retry_until: Option<Cow<'a, str>>,
    /// Other fields about this recipient.
    pub extensions: Vec<Extension<'a>>,
}

keywords! {
    /// What a mail system did (RFC 3464 section 2.3.3).
    Action {
        /// The message could not be delivered.
        Failed = "failed",
        /// It has not been delivered yet.
        Delayed = "delayed",
        /// It was delivered.
        Delivered = "delivered",
        /// It went on to a system that does not report success.
        Relayed = "relayed",
        /// It was delivered and goes on to several others, as from an alias.
        Expanded = "expanded",
    }
}

/// An enhanced status code such as 5.1.1 (RFC 3463 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status {
    /// 2 for success, 4 for a transient and 5 for a permanent failure.
    pub class: u8,
    /// What the status is about.
    pub subject: u16,
    /// The status itself.
    pub detail: u16,
}

impl Status {
    /// Whether the class is 2.
    pub fn is_success(self) -> bool {
        self.class == 2
    }

    /// Whether the class is 4: trying again may help.
    pub fn is_transient(self) -> bool {
        self.class == 4
    }

    /// Whether the class is 5.
    pub fn is_permanent(self) -> bool {
        self.class == 5
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl FromStr for Status {
    type Err = EncodeError;

    /// Reads a code; classes other than 2, 4 and 5 and numbers over 999 are none.
    fn from_str(text: &str) -> Result<Self, EncodeError> {
        let number = |part: &str| {
            let digits =
                (1..=3).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let mut parts = text.split('.');
        let mut next = || parts.next().and_then(number).ok_or(EncodeError::Syntax);
        let (class, subject, detail) = (next()?, next()?, next()?);
        match (u8::try_from(class), parts.next()) {
            (Ok(class @ (2 | 4 | 5)), None) => Ok(Self {
                class,
                subject,
                detail,
            }),
            _ => Err(EncodeError::Syntax),
        }
    }
}

impl<'a> DeliveryStatus<'a> {
    /// Reads the part; also message/global-delivery-status (RFC 6533).
    ///
    /// A second field of a name that may stand once is kept as an extension.
    pub fn parse(part: &'a [u8]) -> Self {
        Self::parse_with(part, &Limits::DEFAULT)
    }

    /// Reads the part within other limits: fields beyond [`Limits::header_fields`], octets of one
    /// beyond [`Limits::field_bytes`] and recipients beyond [`Limits::addresses`] are left out.
    pub fn parse_with(part: &'a [u8], limits: &Limits) -> Self {
        let mut report = Self::default();
        let mut first_block = true;
        for field in Fields::new(part, limits) {
            let about_recipient = is_about_recipient(&field);
            let open = report.recipients.last();
            if field.starts_block {
                first_block = open.is_none() && !about_recipient;
            }
            // Some mailers leave out the empty lines: then a field that stands once per recipient
            // begins the next one.
            let repeated = open.is_some_and(|open| {
                (field.is("Final-Recipient") && open.final_recipient.is_some())
                    || (field.is("Original-Recipient") && open.original_recipient.is_some())
            });
            if (field.starts_block && !first_block)
                || (about_recipient && (first_block || repeated))
            {
                if report.recipients.len() >= limits.addresses {
                    break;
                }
                report.recipients.push(Recipient::default());
                first_block = false;
            }
            match report.recipients.last_mut() {
                Some(recipient) => recipient.take(field),
                None => report.take(field),
            }
        }
        report
    }

    fn take(&mut self, field: Field<'a>) {
        let text = |slot: &mut Option<_>, field: Field<'a>, extensions: &mut Vec<_>| {
            if slot.is_none() {
                *slot = Some(field.value);
            } else {
                extensions.push(field.into_extension());
            }
        };
        let extensions = &mut self.extensions;
        if field.is("Original-Envelope-Id") {
            text(&mut self.original_envelope_id, field, extensions);
        } else if field.is("Arrival-Date") {
            text(&mut self.arrival_date, field, extensions);
        } else if field.is("Reporting-MTA") {
            take_typed(&mut self.reporting_mta, field, extensions);
        } else if field.is("DSN-Gateway") {
            take_typed(&mut self.dsn_gateway, field, extensions);
        } else if field.is("Received-From-MTA") {
            take_typed(&mut self.received_from_mta, field, extensions);
        } else {
            extensions.push(field.into_extension());
        }
    }

    /// Appends the part to `out`, which stays as it was on an error.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Missing`] without a required field or without a recipient,
    /// [`EncodeError::Syntax`] if a value is
    /// empty or holds a control character, [`EncodeError::Name`] if an extension has no field name,
    /// [`EncodeError::LineTooLong`] if a word has more octets than a line.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        transaction(out, |writer| {
            writer.optional("Original-Envelope-Id", self.original_envelope_id.as_ref())?;
            writer.required("Reporting-MTA", self.reporting_mta.as_ref())?;
            writer.optional("DSN-Gateway", self.dsn_gateway.as_ref())?;
            writer.optional("Received-From-MTA", self.received_from_mta.as_ref())?;
            writer.optional("Arrival-Date", self.arrival_date.as_ref())?;
            writer.extensions(&self.extensions)?;
            if self.recipients.is_empty() {
                return Err(EncodeError::Missing("Final-Recipient"));
            }
            for recipient in &self.recipients {
                writer.end_block();
                writer.optional("Original-Recipient", recipient.original_recipient.as_ref())?;
                writer.required("Final-Recipient", recipient.final_recipient.as_ref())?;
                writer.required("Action", recipient.action.as_ref())?;
                writer.required("Status", recipient.status.as_ref())?;
                writer.optional("Remote-MTA", recipient.remote_mta.as_ref())?;
                writer.optional("Diagnostic-Code", recipient.diagnostic_code.as_ref())?;
                writer.optional("Last-Attempt-Date", recipient.last_attempt_date.as_ref())?;
                writer.optional("Final-Log-ID", recipient.final_log_id.as_ref())?;
                writer.optional("Will-Retry-Until", recipient.will_retry_until.as_ref())?;
                writer.extensions(&recipient.extensions)?;
            }
            Ok(())
        })
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> DeliveryStatus<'static> {
        DeliveryStatus {
            original_envelope_id: self.original_envelope_id.map(own),
            reporting_mta: self.reporting_mta.map(TypedText::into_owned),
            dsn_gateway: self.dsn_gateway.map(TypedText::into_owned),
            received_from_mta: self.received_from_mta.map(TypedText::into_owned),
            arrival_date: self.arrival_date.map(own),
            extensions: own_extensions(self.extensions),
            recipients: self
                .recipients
                .into_iter()
                .map(Recipient::into_owned)
                .collect(),
        }
    }
}

fn is_about_recipient(field: &Field<'_>) -> bool {
    ["Original-Recipient", "Final-Recipient", "Action", "Status"]
        .iter()
        .any(|name| field.is(name))
}

fn take_typed<'a>(
    slot: &mut Option<TypedText<'a>>,
    field: Field<'a>,
    extensions: &mut Vec<Extension<'a>>,
) {
    if slot.is_none() {
        *slot = Some(TypedText::parse(field.value));
    } else {
        extensions.push(field.into_extension());
    }
}

impl<'a> Recipient<'a> {
    fn take(&mut self, field: Field<'a>) {
        let extensions = &mut self.extensions;
        let typed = [
            ("Original-Recipient", &mut self.original_recipient),
            ("Final-Recipient", &mut self.final_recipient),
            ("Remote-MTA", &mut self.remote_mta),
            ("Diagnostic-Code", &mut self.diagnostic_code),
        ];
        if let Some((_, slot)) = typed.into_iter().find(|(name, _)| field.is(name)) {
            take_typed(slot, field, extensions);
            return;
        }
        let texts = [
            ("Last-Attempt-Date", &mut self.last_attempt_date),
            ("Final-Log-ID", &mut self.final_log_id),
            ("Will-Retry-Until", &mut self.will_retry_until),
        ];
        if let Some((_, slot)) = texts.into_iter().find(|(name, _)| field.is(name))
            && slot.is_none()
        {
            *slot = Some(field.value);
        } else if field.is("Action") && self.action.is_none() {
            self.action = Some(Action::parse(field.bare()));
        } else if field.is("Status")
            && self.status.is_none()
            && let Some(status) = read_status(&field.value)
        {
            self.status = Some(status);
        } else {
            extensions.push(field.into_extension());
        }
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> Recipient<'static> {
        Recipient {
            original_recipient: self.original_recipient.map(TypedText::into_owned),
            final_recipient: self.final_recipient.map(TypedText::into_owned),
            action: self.action.map(Action::into_owned),
            status: self.status,
            remote_mta: self.remote_mta.map(TypedText::into_owned),
            diagnostic_code: self.diagnostic_code.map(TypedText::into_owned),
            last_attempt_date: self.last_attempt_date.map(own),
            final_log_id: self.final_log_id.map(own),
            will_retry_until: self.will_retry_until.map(own),
            extensions: own_extensions(self.extensions),
        }
    }
}

/// The code at the start of a value; some mailers put text after it without parentheses.
fn read_status(value: &str) -> Option<Status> {
    let end = value
        .find(|character: char| !character.is_ascii_digit() && character != '.')
        .unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}
