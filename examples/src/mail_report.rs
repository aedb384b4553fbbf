//! What a delivery report, a read receipt or an abuse report says, in a line or two.

use std::fmt::Write as _;
use std::io::{self, Write};

use mime_codec::report::{DeliveryStatus, DispositionNotification, Feedback};
use mime_codec::{Message, Part};

use crate::mail_text::line;

/// Writes a paragraph for every report in the message.
///
/// # Errors
///
/// Those of `out`.
pub fn write(message: &Message<'_>, out: &mut impl Write) -> io::Result<()> {
    for part in message.parts() {
        let (title, lines) = report(part);
        if !lines.is_empty() {
            writeln!(out, "\n{title}:")?;
        }
        for text in lines {
            writeln!(out, "  {}", line(&text))?;
        }
    }
    Ok(())
}

fn report(part: Part<'_>) -> (&'static str, Vec<String>) {
    let kind = part.media_type();
    let content = part.content();
    if kind.is("message", "delivery-status") || kind.is("message", "global-delivery-status") {
        (
            "Delivery report",
            delivery(&DeliveryStatus::parse(&content)),
        )
    } else if kind.is("message", "disposition-notification") {
        (
            "Receipt",
            receipt(&DispositionNotification::parse(&content)),
        )
    } else if kind.is("message", "feedback-report") {
        ("Complaint", complaint(&Feedback::parse(&content)))
    } else {
        ("", Vec::new())
    }
}

fn delivery(report: &DeliveryStatus<'_>) -> Vec<String> {
    let recipients = report.recipients.iter();
    recipients
        .map(|recipient| {
            let mut text = recipient
                .action
                .as_ref()
                .map_or("?", |action| action.as_str())
                .to_owned();
            let address = recipient
                .final_recipient
                .as_ref()
                .or(recipient.original_recipient.as_ref());
            if let Some(address) = address {
                let _ = write!(text, ": {}", address.text);
            }
            if let Some(status) = recipient.status {
                let _ = write!(text, ", {status}");
            }
            if let Some(why) = &recipient.diagnostic_code {
                let _ = write!(text, ", {}", why.text);
            }
            text
        })
        .collect()
}

fn receipt(report: &DispositionNotification<'_>) -> Vec<String> {
    let Some(disposition) = &report.disposition else {
        return Vec::new();
    };
    let mut text = disposition.kind.to_string();
    if let Some(recipient) = &report.final_recipient {
        let _ = write!(text, " by {}", recipient.text);
    }
    if let Some(id) = &report.original_message_id {
        let _ = write!(text, ": {id}");
    }
    vec![text]
}

fn complaint(report: &Feedback<'_>) -> Vec<String> {
    let Some(kind) = &report.feedback_type else {
        return Vec::new();
    };
    let mut text = kind.to_string();
    if let Some(from) = &report.original_mail_from {
        let _ = write!(text, ", sent by {from}");
    }
    if let Some(ip) = report.source_ip {
        let _ = write!(text, " from {ip}");
    }
    vec![text]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: &str, body: &str) -> String {
        let text = format!("Content-Type: message/{kind}\n\n{body}");
        let mut out = Vec::new();
        write(&Message::parse(&text), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reports() {
        assert_eq!(
            shown(
                "delivery-status",
                "Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@y.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\x1b\n such user\n\nAction: delayed\n"
            ),
            "\nDelivery report:\n  failed: a@y.example, 5.1.1, 550 no\u{fffd} such user\n  delayed\n"
        );
        assert_eq!(
            shown(
                "disposition-notification",
                "Final-Recipient: rfc822; a@y.example\nOriginal-Message-ID: <1@y>\nDisposition: manual-action/MDN-sent-manually; displayed\n"
            ),
            "\nReceipt:\n  displayed by a@y.example: <1@y>\n"
        );
        assert_eq!(
            shown(
                "feedback-report",
                "Feedback-Type: abuse\nSource-IP: 192.0.2.1\n"
            ),
            "\nComplaint:\n  abuse from 192.0.2.1\n"
        );
        assert_eq!(shown("x", "Action: failed\n"), "");
    }
}
