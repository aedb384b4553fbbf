//! `arbitrary` for reports: what is made can be written and is read back as it was (RFC 3464, RFC 8098,
//! RFC 5965).
//!
//! The types have public fields and no constructors, so it is for these functions to make only what
//! encoding accepts and reading leaves as it is.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use arbitrary::{Arbitrary, Result, Unstructured as Source};

use super::{LETTERS, TOKEN, dotted, some, word};
use crate::report::{
    Action, DeliveryStatus, Disposition, DispositionKind, DispositionNotification, Extension,
    Feedback, FeedbackType, Recipient, Status, TypedText,
};

/// Characters of a text; one without spaces fits into a line.
const TEXT: usize = 240;

/// The value of a field: not empty, no white space around it, no control character.
fn text(u: &mut Source<'_>) -> Result<Cow<'static, str>> {
    let any = <&str>::arbitrary(u)?;
    let sound = any.chars().filter(|c| !c.is_control());
    let text: String = sound.take(TEXT).collect();
    Ok(Cow::Owned(match text.trim() {
        "" => word(u, LETTERS, 12)?,
        text => text.into(),
    }))
}

fn texts(u: &mut Source<'_>) -> Result<Vec<Cow<'static, str>>> {
    (0..u.int_in_range(0..=2)?).map(|_| text(u)).collect()
}

/// A value that may be missing.
fn maybe<'a, T>(
    u: &mut Source<'a>,
    value: impl FnOnce(&mut Source<'a>) -> Result<T>,
) -> Result<Option<T>> {
    bool::arbitrary(u)?.then(|| value(u)).transpose()
}

/// One of `known`, or another word.
fn keyword(u: &mut Source<'_>, known: &[&'static str]) -> Result<Cow<'static, str>> {
    if u.ratio(1, 4)? {
        return Ok(Cow::Owned(word(u, TOKEN, 12)?));
    }
    Ok(Cow::Borrowed(*u.choose(known)?))
}

arbitrary! {
    Action => |u| keyword(u, Self::KEYWORDS).map(Self::parse);
    DispositionKind => |u| keyword(u, Self::KEYWORDS).map(Self::parse);
    FeedbackType => |u| keyword(u, Self::KEYWORDS).map(Self::parse);
    TypedText => |u| Ok(Self::new(word(u, TOKEN, 8)?, text(u)?));
    Extension => |u| Ok(Self {
        // None of the names that the types know.
        name: Cow::Owned(["X-", &word(u, TOKEN, 12)?].concat()),
        value: text(u)?,
    });
    Recipient => |u| Ok(Self {
        original_recipient: Arbitrary::arbitrary(u)?,
        final_recipient: Some(Arbitrary::arbitrary(u)?),
        action: Some(Arbitrary::arbitrary(u)?),
        status: Some(Arbitrary::arbitrary(u)?),
        remote_mta: Arbitrary::arbitrary(u)?,
        diagnostic_code: Arbitrary::arbitrary(u)?,
        last_attempt_date: maybe(u, text)?,
        final_log_id: maybe(u, text)?,
        will_retry_until: maybe(u, text)?,
        extensions: some(u, 2)?,
    });
    DeliveryStatus => |u| Ok(Self {
        original_envelope_id: maybe(u, text)?,
        reporting_mta: Some(Arbitrary::arbitrary(u)?),
        dsn_gateway: Arbitrary::arbitrary(u)?,
        received_from_mta: Arbitrary::arbitrary(u)?,
        arrival_date: maybe(u, text)?,
        extensions: some(u, 2)?,
        recipients: {
            let mut recipients = some(u, 3)?;
            recipients.push(Recipient::arbitrary(u)?);
            recipients
        },
    });
    Disposition => |u| Ok(Self {
        manual_action: Arbitrary::arbitrary(u)?,
        sent_manually: Arbitrary::arbitrary(u)?,
        kind: Arbitrary::arbitrary(u)?,
        modifiers: (0..u.int_in_range(0..=3)?)
            .map(|_| keyword(u, &["error", "warning"]))
            .collect::<Result<_>>()?,
    });
    DispositionNotification => |u| Ok(Self {
        reporting_ua: maybe(u, text)?,
        mdn_gateway: Arbitrary::arbitrary(u)?,
        original_recipient: Arbitrary::arbitrary(u)?,
        final_recipient: Some(Arbitrary::arbitrary(u)?),
        original_message_id: maybe(u, text)?,
        disposition: Some(Arbitrary::arbitrary(u)?),
        errors: texts(u)?,
        extensions: some(u, 2)?,
    });
    Feedback => |u| Ok(Self {
        feedback_type: Some(Arbitrary::arbitrary(u)?),
        user_agent: Some(text(u)?),
        version: Some(Arbitrary::arbitrary(u)?),
        arrival_date: maybe(u, text)?,
        incidents: Arbitrary::arbitrary(u)?,
        original_envelope_id: maybe(u, text)?,
        original_mail_from: maybe(u, text)?,
        original_rcpt_to: texts(u)?,
        // A comment at its end would not be read.
        reporting_mta: maybe(u, |u| Ok(TypedText::new("dns", dotted(u, LETTERS)?)))?,
        source_ip: Arbitrary::arbitrary(u)?,
        source_port: Arbitrary::arbitrary(u)?,
        authentication_results: texts(u)?,
        reported_domain: texts(u)?,
        reported_uri: texts(u)?,
        auth_failure: maybe(u, text)?,
        delivery_result: maybe(u, text)?,
        dkim_domain: maybe(u, text)?,
        dkim_identity: maybe(u, text)?,
        dkim_selector: maybe(u, text)?,
        identity_alignment: maybe(u, text)?,
        extensions: some(u, 2)?,
    });
}

impl Arbitrary<'_> for Status {
    fn arbitrary(u: &mut Source<'_>) -> Result<Self> {
        Ok(Self {
            class: *u.choose(&[2, 4, 5])?,
            subject: u.int_in_range(0..=999)?,
            detail: u.int_in_range(0..=999)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    /// Whatever any octets make is written and read back as it was.
    macro_rules! round_trips {
        ($($test:ident: $report:ident;)*) => {
            proptest! {$(
                #[test]
                fn $test(
                    // Mostly US-ASCII, so that texts are long.
                    octets in vec(prop_oneof![30 => b' '..=b'~', 1 => any::<u8>()], 0..4000),
                ) {
                    let report = $report::arbitrary(&mut Source::new(&octets)).expect("a report");
                    let mut out = Vec::new();
                    report.encode(&mut out).expect("can be written");
                    prop_assert_eq!($report::parse(&out), report);
                }
            )*}
        };
    }

    round_trips! {
        delivery_status: DeliveryStatus;
        disposition_notification: DispositionNotification;
        feedback: Feedback;
    }
}
