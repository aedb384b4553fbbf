//! Message disposition notifications: message/disposition-notification (RFC 8098 section 3).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::{EncodeError, Limits};

use super::fields::{
    Extension, Field, Fields, TypedText, keywords, own, own_all, own_extensions, slice, transaction,
};

/// The content of a message/disposition-notification part.
///
/// ```
/// use mime_codec::report::{DispositionKind, DispositionNotification};
/// let part = b"Final-Recipient: rfc822;a@example.org\r\n\
///     Disposition: manual-action/MDN-sent-manually; displayed\r\n";
/// let report = DispositionNotification::parse(part);
/// assert_eq!(report.disposition.unwrap().kind, DispositionKind::Displayed);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct DispositionNotification<'a> {
    /// Reporting-UA (section 3.2.1): name and product, divided by a semicolon.
    pub reporting_ua: Option<Cow<'a, str>>,
    /// MDN-Gateway (section 3.2.2).
    pub mdn_gateway: Option<TypedText<'a>>,
    /// Original-Recipient (section 3.2.3).
    pub original_recipient: Option<TypedText<'a>>,
    /// Final-Recipient (section 3.2.4); required.
    pub final_recipient: Option<TypedText<'a>>,
    /// Original-Message-ID (section 3.2.5), with its angle brackets.
    pub original_message_id: Option<Cow<'a, str>>,
    /// Disposition (section 3.2.6); required.
    pub disposition: Option<Disposition<'a>>,
    /// Error fields (section 3.2.7).
    pub errors: Vec<Cow<'a, str>>,
    /// Other fields.
    pub extensions: Vec<Extension<'a>>,
}

/// What the recipient's mail program did (RFC 8098 section 3.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Disposition<'a> {
    /// Whether the user ordered the action; otherwise it was automatic.
    pub manual_action: bool,
    /// Whether the user agreed to send this notification; otherwise it was sent automatically.
    pub sent_manually: bool,
    /// What was done.
    pub kind: DispositionKind<'a>,
    /// Modifiers, such as `error`.
    pub modifiers: Vec<Cow<'a, str>>,
}

keywords! {
    /// The kinds of disposition (RFC 8098 section 3.2.6.2 and, for those no longer sent, RFC 3798).
    DispositionKind {
        /// The message was shown; nobody says that it was read.
        Displayed = "displayed",
        /// It was deleted.
        Deleted = "deleted",
        /// It was sent on.
        Dispatched = "dispatched",
        /// It was processed without being shown.
        Processed = "processed",
        /// The user does not want the sender to know.
        Denied = "denied",
        /// The notification could not be made.
        Failed = "failed",
    }
}

impl<'a> Disposition<'a> {
    /// Reads `manual-action/MDN-sent-manually; displayed/error`; also with the halves of the mode
    /// the wrong way round, or without a mode.
    fn parse(value: &Cow<'a, str>, limits: &Limits) -> Self {
        let (mode, kind) = value.split_once(';').unwrap_or(("", value));
        let has = |token: &str| {
            mode.split('/')
                .any(|part| part.trim().eq_ignore_ascii_case(token))
        };
        let modifiers = kind.split_once('/').map_or("", |(_, modifiers)| modifiers);
        Self {
            manual_action: has("manual-action"),
            sent_manually: has("MDN-sent-manually"),
            kind: DispositionKind::parse(slice(value, |value| {
                let kind = value.split_once(';').map_or(value, |(_, kind)| kind);
                kind.split('/').next().unwrap_or("")
            })),
            modifiers: modifiers
                .split(',')
                .map(str::trim)
                .filter(|modifier| !modifier.is_empty())
                .take(limits.parameters)
                .map(|modifier| Cow::Owned(modifier.into()))
                .collect(),
        }
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> Disposition<'static> {
        Disposition {
            manual_action: self.manual_action,
            sent_manually: self.sent_manually,
            kind: self.kind.into_owned(),
            modifiers: own_all(self.modifiers),
        }
    }
}

impl fmt::Display for Disposition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = if self.manual_action {
            "manual-action"
        } else {
            "automatic-action"
        };
        let sending = if self.sent_manually {
            "MDN-sent-manually"
        } else {
            "MDN-sent-automatically"
        };
        write!(f, "{action}/{sending}; {}", self.kind.as_str())?;
        for (index, modifier) in self.modifiers.iter().enumerate() {
            f.write_str(if index == 0 { "/" } else { "," })?;
            f.write_str(modifier)?;
        }
        Ok(())
    }
}

impl<'a> DispositionNotification<'a> {
    /// Reads the part; also message/global-disposition-notification (RFC 6533).
    ///
    /// A second field of a name that may stand once is kept as an extension.
    pub fn parse(part: &'a [u8]) -> Self {
        Self::parse_with(part, &Limits::DEFAULT)
    }

    /// Reads the part within other limits: fields beyond [`Limits::header_fields`], octets of one
    /// beyond [`Limits::field_bytes`] and modifiers beyond [`Limits::parameters`] are left out.
    pub fn parse_with(part: &'a [u8], limits: &Limits) -> Self {
        let mut report = Self::default();
        for field in Fields::new(part, limits) {
            report.take(field, limits);
        }
        report
    }

    fn take(&mut self, field: Field<'a>, limits: &Limits) {
        let typed = [
            ("MDN-Gateway", &mut self.mdn_gateway),
            ("Original-Recipient", &mut self.original_recipient),
            ("Final-Recipient", &mut self.final_recipient),
        ];
        if let Some((_, slot)) = typed.into_iter().find(|(name, _)| field.is(name))
            && slot.is_none()
        {
            *slot = Some(TypedText::parse(field.value));
        } else if field.is("Reporting-UA") && self.reporting_ua.is_none() {
            self.reporting_ua = Some(field.value);
        } else if field.is("Original-Message-ID") && self.original_message_id.is_none() {
            self.original_message_id = Some(field.value);
        } else if field.is("Disposition") && self.disposition.is_none() {
            self.disposition = Some(Disposition::parse(&field.bare(), limits));
        } else if field.is("Error") {
            self.errors.push(field.value);
        } else {
            self.extensions.push(field.into_extension());
        }
    }

    /// Appends the part to `out`, which stays as it was on an error.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Missing`] without a required field, [`EncodeError::Syntax`] if a value is
    /// empty or holds a control character, [`EncodeError::Name`] if an extension has no field name,
    /// [`EncodeError::LineTooLong`] if a word has more octets than a line.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        transaction(out, |writer| {
            writer.optional("Reporting-UA", self.reporting_ua.as_ref())?;
            writer.optional("MDN-Gateway", self.mdn_gateway.as_ref())?;
            writer.optional("Original-Recipient", self.original_recipient.as_ref())?;
            writer.required("Final-Recipient", self.final_recipient.as_ref())?;
            writer.optional("Original-Message-ID", self.original_message_id.as_ref())?;
            writer.required("Disposition", self.disposition.as_ref())?;
            writer.all("Error", &self.errors)?;
            writer.extensions(&self.extensions)
        })
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> DispositionNotification<'static> {
        DispositionNotification {
            reporting_ua: self.reporting_ua.map(own),
            mdn_gateway: self.mdn_gateway.map(TypedText::into_owned),
            original_recipient: self.original_recipient.map(TypedText::into_owned),
            final_recipient: self.final_recipient.map(TypedText::into_owned),
            original_message_id: self.original_message_id.map(own),
            disposition: self.disposition.map(Disposition::into_owned),
            errors: own_all(self.errors),
            extensions: own_extensions(self.extensions),
        }
    }
}
