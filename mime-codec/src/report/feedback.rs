//! Abuse feedback: message/feedback-report (RFC 5965 section 3) with the fields for
//! authentication failures (RFC 6591 section 3.2).

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::{EncodeError, Limits};

use super::fields::{
    Extension, Field, Fields, TypedText, keywords, own, own_all, own_extensions, transaction,
};

/// The content of a message/feedback-report part.
///
/// ```
/// use mime_codec::report::{Feedback, FeedbackType};
/// let report = Feedback::parse(b"Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\nSource-IP: 192.0.2.1\r\n");
/// assert_eq!(report.feedback_type, Some(FeedbackType::Abuse));
/// assert!(report.source_ip.unwrap().is_ipv4());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Feedback<'a> {
    /// Feedback-Type; required.
    pub feedback_type: Option<FeedbackType<'a>>,
    /// User-Agent; required.
    pub user_agent: Option<Cow<'a, str>>,
    /// Version; required, 1 so far.
    pub version: Option<u32>,
    /// Arrival-Date, also under its older name Received-Date; a date-time of RFC 5322.
    pub arrival_date: Option<Cow<'a, str>>,
    /// Incidents: how many times the same was seen.
    pub incidents: Option<u64>,
    /// Original-Envelope-Id.
    pub original_envelope_id: Option<Cow<'a, str>>,
    /// Original-Mail-From, angle brackets included if there were any.
    pub original_mail_from: Option<Cow<'a, str>>,
    /// Original-Rcpt-To fields.
    pub original_rcpt_to: Vec<Cow<'a, str>>,
    /// Reporting-MTA.
    pub reporting_mta: Option<TypedText<'a>>,
    /// Source-IP.
    pub source_ip: Option<IpAddr>,
    /// Source-Port (RFC 6692).
    pub source_port: Option<u16>,
    /// Authentication-Results fields (RFC 8601).
    pub authentication_results: Vec<Cow<'a, str>>,
    /// Reported-Domain fields.
    pub reported_domain: Vec<Cow<'a, str>>,
    /// Reported-URI fields.
    pub reported_uri: Vec<Cow<'a, str>>,
    /// Auth-Failure (RFC 6591 section 3.1): `adsp`, `bodyhash`, `dmarc`, `revoked`, `signature`,
    /// `spf`.
    pub auth_failure: Option<Cow<'a, str>>,
    /// Delivery-Result (RFC 6591 section 3.2.2): `delivered`, `spam`, `policy`, `reject`, `other`.
    pub delivery_result: Option<Cow<'a, str>>,
    /// DKIM-Domain.
    pub dkim_domain: Option<Cow<'a, str>>,
    /// DKIM-Identity.
    pub dkim_identity: Option<Cow<'a, str>>,
    /// DKIM-Selector.
    pub dkim_selector: Option<Cow<'a, str>>,
    /// Identity-Alignment (RFC 7489 section 7.3.1).
    pub identity_alignment: Option<Cow<'a, str>>,
    /// Other fields, among them those of RFC 6591 that quote data.
    pub extensions: Vec<Extension<'a>>,
}

keywords! {
    /// The kinds of feedback (RFC 5965 section 7.3 and the registry it founded).
    FeedbackType {
        /// Unsolicited or abusive mail.
        Abuse = "abuse",
        /// Fraud or phishing.
        Fraud = "fraud",
        /// A virus or the like.
        Virus = "virus",
        /// Anything that fits no other type.
        OtherFeedback = "other",
        /// Not spam after all (RFC 6430).
        NotSpam = "not-spam",
        /// An authentication failed (RFC 6591).
        AuthFailure = "auth-failure",
    }
}

impl<'a> Feedback<'a> {
    /// Reads the part.
    ///
    /// A second field of a name that may stand once, and a value that cannot be read, are kept as
    /// extensions.
    pub fn parse(part: &'a [u8]) -> Self {
        Self::parse_with(part, &Limits::DEFAULT)
    }

    /// Reads the part within other limits: fields beyond [`Limits::header_fields`] and octets of one
    /// beyond [`Limits::field_bytes`] are left out.
    pub fn parse_with(part: &'a [u8], limits: &Limits) -> Self {
        let mut report = Self::default();
        for field in Fields::new(part, limits) {
            report.take(field);
        }
        report
    }

    fn take(&mut self, field: Field<'a>) {
        let date = if field.is("Received-Date") {
            "Received-Date"
        } else {
            "Arrival-Date"
        };
        let texts = [
            ("User-Agent", &mut self.user_agent),
            (date, &mut self.arrival_date),
            ("Original-Envelope-Id", &mut self.original_envelope_id),
            ("Original-Mail-From", &mut self.original_mail_from),
            ("Auth-Failure", &mut self.auth_failure),
            ("Delivery-Result", &mut self.delivery_result),
            ("DKIM-Domain", &mut self.dkim_domain),
            ("DKIM-Identity", &mut self.dkim_identity),
            ("DKIM-Selector", &mut self.dkim_selector),
            ("Identity-Alignment", &mut self.identity_alignment),
        ];
        if let Some((_, slot)) = texts.into_iter().find(|(name, _)| field.is(name))
            && slot.is_none()
        {
            *slot = Some(field.value);
            return;
        }
        let lists = [
            ("Original-Rcpt-To", &mut self.original_rcpt_to),
            ("Authentication-Results", &mut self.authentication_results),
            ("Reported-Domain", &mut self.reported_domain),
            ("Reported-URI", &mut self.reported_uri),
        ];
        if let Some((_, list)) = lists.into_iter().find(|(name, _)| field.is(name)) {
            list.push(field.value);
            return;
        }
        let bare = field.bare();
        let taken = if field.is("Feedback-Type") && self.feedback_type.is_none() {
            self.feedback_type = Some(FeedbackType::parse(bare));
            true
        } else if field.is("Reporting-MTA") && self.reporting_mta.is_none() {
            self.reporting_mta = Some(TypedText::parse(bare));
            true
        } else if field.is("Version") && self.version.is_none() {
            self.version = bare.parse().ok();
            self.version.is_some()
        } else if field.is("Incidents") && self.incidents.is_none() {
            self.incidents = bare.parse().ok();
            self.incidents.is_some()
        } else if field.is("Source-Port") && self.source_port.is_none() {
            self.source_port = bare.parse().ok();
            self.source_port.is_some()
        } else if field.is("Source-IP") && self.source_ip.is_none() {
            self.source_ip = address(&bare);
            self.source_ip.is_some()
        } else {
            false
        };
        if !taken {
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
            writer.required("Feedback-Type", self.feedback_type.as_ref())?;
            writer.required("User-Agent", self.user_agent.as_ref())?;
            writer.required("Version", self.version.as_ref())?;
            writer.optional("Arrival-Date", self.arrival_date.as_ref())?;
            writer.optional("Incidents", self.incidents.as_ref())?;
            writer.optional("Original-Envelope-Id", self.original_envelope_id.as_ref())?;
            writer.optional("Original-Mail-From", self.original_mail_from.as_ref())?;
            writer.all("Original-Rcpt-To", &self.original_rcpt_to)?;
            writer.optional("Reporting-MTA", self.reporting_mta.as_ref())?;
            writer.optional("Source-IP", self.source_ip.as_ref())?;
            writer.optional("Source-Port", self.source_port.as_ref())?;
            writer.all("Authentication-Results", &self.authentication_results)?;
            writer.all("Reported-Domain", &self.reported_domain)?;
            writer.all("Reported-URI", &self.reported_uri)?;
            writer.optional("Auth-Failure", self.auth_failure.as_ref())?;
            writer.optional("Delivery-Result", self.delivery_result.as_ref())?;
            writer.optional("DKIM-Domain", self.dkim_domain.as_ref())?;
            writer.optional("DKIM-Identity", self.dkim_identity.as_ref())?;
            writer.optional("DKIM-Selector", self.dkim_selector.as_ref())?;
            writer.optional("Identity-Alignment", self.identity_alignment.as_ref())?;
            writer.extensions(&self.extensions)
        })
    }

    /// The same without a borrow.
    pub fn into_owned(self) -> Feedback<'static> {
        Feedback {
            feedback_type: self.feedback_type.map(FeedbackType::into_owned),
            user_agent: self.user_agent.map(own),
            version: self.version,
            arrival_date: self.arrival_date.map(own),
            incidents: self.incidents,
            original_envelope_id: self.original_envelope_id.map(own),
            original_mail_from: self.original_mail_from.map(own),
            original_rcpt_to: own_all(self.original_rcpt_to),
            reporting_mta: self.reporting_mta.map(TypedText::into_owned),
            source_ip: self.source_ip,
            source_port: self.source_port,
            authentication_results: own_all(self.authentication_results),
            reported_domain: own_all(self.reported_domain),
            reported_uri: own_all(self.reported_uri),
            auth_failure: self.auth_failure.map(own),
            delivery_result: self.delivery_result.map(own),
            dkim_domain: self.dkim_domain.map(own),
            dkim_identity: self.dkim_identity.map(own),
            dkim_selector: self.dkim_selector.map(own),
            identity_alignment: self.identity_alignment.map(own),
            extensions: own_extensions(self.extensions),
        }
    }
}

/// An address, also in the brackets of an SMTP address literal.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches(['[', ']']);
    text.strip_prefix("IPv6:").unwrap_or(text).parse().ok()
}
