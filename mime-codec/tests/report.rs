//! Reports: examples of the RFCs, what mailers get wrong, round trips.

use mime_codec::report::{
    Action, DeliveryStatus, Disposition, DispositionKind, DispositionNotification, Extension,
    Feedback, FeedbackType, Recipient, Status, TypedText,
};
use mime_codec::{EncodeError, Limits};
use proptest::prelude::*;

#[test]
fn delivery_status_examples() {
    // RFC 3464 appendix E.1 to E.3, abridged.
    let report = DeliveryStatus::parse(
        b"Reporting-MTA: dns; cs.utk.edu\r\n\r\n\
        Original-Recipient: rfc822;louisl@larry.slip.umd.edu\r\n\
        Final-Recipient: rfc822;louisl@larry.slip.umd.edu\r\nAction: failed\r\n\
        Status: 4.0.0\r\nDiagnostic-Code: smtp; 426 connection timed out\r\n\
        Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n\r\n\
        Final-Recipient: rfc822; b@c\r\nAction: Delivered (really)\r\nStatus: 2.0.0\r\n X-More\r\nX-Own: 1\r\n",
    );
    assert_eq!(
        report.reporting_mta,
        Some(TypedText::new("dns", "cs.utk.edu"))
    );
    assert_eq!(report.recipients.len(), 2);
    let first = &report.recipients[0];
    assert_eq!(first.action, Some(Action::Failed));
    assert!(first.status.unwrap().is_transient());
    assert_eq!(
        first.diagnostic_code.as_ref().unwrap().text,
        "426 connection timed out"
    );
    assert!(first.final_recipient.as_ref().unwrap().is_kind("RFC822"));
    let second = &report.recipients[1];
    assert_eq!(second.action, Some(Action::Delivered));
    assert_eq!(second.status.unwrap().to_string(), "2.0.0");
    assert_eq!(second.extensions[0].name, "X-Own");
}

#[test]
fn delivery_status_of_careless_mailers() {
    // No empty lines, no message block, empty lines at the start, code with text after it.
    let run_on = DeliveryStatus::parse(
        b"Reporting-MTA: dns; m\nFinal-Recipient: rfc822; a\nAction: failed\nStatus: 5.1.1 no such user\n\
        Final-Recipient: rfc822; b\nAction: delayed\nStatus: 4.4.7\n",
    );
    assert_eq!(run_on.recipients.len(), 2);
    assert_eq!(run_on.recipients[0].status.unwrap().detail, 1);
    assert!(run_on.reporting_mta.is_some());
    let bare = DeliveryStatus::parse(b"\r\n\r\nFinal-Recipient: a@b\r\nStatus: 5.0.0\r\n\r\n\r\n");
    assert_eq!(bare.recipients.len(), 1);
    assert_eq!(
        bare.recipients[0].final_recipient,
        Some(TypedText::new("", "a@b"))
    );
    let twice =
        DeliveryStatus::parse(b"Reporting-MTA: dns; a\r\nReporting-MTA: dns; b\r\nnonsense\r\n");
    assert_eq!(twice.extensions[0].value, "dns; b");
    let odd =
        DeliveryStatus::parse(b"Final-Recipient: rfc822; a\r\nStatus: 9.1\r\nAction: exploded\r\n");
    assert_eq!(odd.recipients[0].status, None);
    assert_eq!(odd.recipients[0].extensions[0].value, "9.1");
    assert_eq!(
        odd.recipients[0].action,
        Some(Action::Other("exploded".into()))
    );
    for status in ["5.1", "5.1.1.1", "5.1.1000", "3.1.1", "5..1", "", "a.b.c"] {
        assert_eq!(
            status.parse::<Status>(),
            Err(EncodeError::Syntax),
            "{status}"
        );
    }
}

#[test]
fn disposition_examples() {
    // RFC 8098 section 8.
    let report = DispositionNotification::parse(
        b"Reporting-UA: joes-pc.cs.example.com; Foomail 97.1\r\n\
        Original-Recipient: rfc822;Joe_Recipient@example.com\r\n\
        Final-Recipient: rfc822;Joe_Recipient@example.com\r\n\
        Original-Message-ID: <199509192301.23456@example.org>\r\n\
        Disposition: manual-action/MDN-sent-manually; displayed\r\n",
    );
    assert_eq!(
        report.original_message_id.as_deref(),
        Some("<199509192301.23456@example.org>")
    );
    let disposition = report.disposition.unwrap();
    assert!(disposition.manual_action && disposition.sent_manually);
    assert_eq!(disposition.kind, DispositionKind::Displayed);
    let parse = |value: &str| {
        let part = format!("Disposition: {value}\r\n");
        DispositionNotification::parse(part.as_bytes())
            .into_owned()
            .disposition
            .unwrap()
    };
    let failed = parse("automatic-action / MDN-sent-automatically ; Processed / error , x");
    assert_eq!(failed.kind, DispositionKind::Processed);
    assert_eq!(failed.modifiers, ["error", "x"]);
    assert!(!failed.manual_action && !failed.sent_manually);
    let bare = parse("displayed");
    assert_eq!(bare.kind, DispositionKind::Displayed);
    assert!(parse("MDN-sent-manually/manual-action; deleted").manual_action);
}

#[test]
fn feedback_examples() {
    // RFC 5965 appendix B.2, abridged.
    let report = Feedback::parse(
        b"Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n\
        Original-Mail-From: <somespammer@example.net>\r\nOriginal-Rcpt-To: <user@example.com>\r\n\
        Received-Date: Thu, 8 Mar 2005 14:00:00 EDT\r\nSource-IP: 192.0.2.2 (mx)\r\n\
        Authentication-Results: mail.example.com;\r\n               spf=fail smtp.mail=somespammer@example.com\r\n\
        Reported-Domain: example.net\r\nReported-Uri: http://example.net/earn_money.html\r\n\
        Reported-Uri: mailto:user@example.com\r\nIncidents: many\r\n",
    );
    assert_eq!(report.feedback_type, Some(FeedbackType::Abuse));
    assert_eq!(report.version, Some(1));
    assert_eq!(report.source_ip.unwrap().to_string(), "192.0.2.2");
    assert_eq!(report.reported_uri.len(), 2);
    assert!(report.authentication_results[0].contains("spf=fail"));
    assert!(report.arrival_date.is_some());
    assert_eq!(
        report.extensions,
        [Extension {
            name: "Incidents".into(),
            value: "many".into()
        }]
    );
    let v6 = Feedback::parse(b"Source-IP: [IPv6:2001:db8::1]\r\n");
    assert!(v6.source_ip.unwrap().is_ipv6());
}

#[test]
fn nothing_malformed_is_written() {
    let mut out = b"kept".to_vec();
    let mut report = DeliveryStatus::default();
    assert_eq!(
        report.encode(&mut out),
        Err(EncodeError::Missing("Reporting-MTA"))
    );
    report.reporting_mta = Some(TypedText::new("dns", "a\r\nInjected: x"));
    assert_eq!(report.encode(&mut out), Err(EncodeError::Syntax));
    report.reporting_mta = Some(TypedText::new("dns", "a"));
    assert_eq!(
        report.encode(&mut out),
        Err(EncodeError::Missing("Final-Recipient"))
    );
    report.recipients.push(Recipient {
        final_recipient: Some(TypedText::new("rfc822", "a@b")),
        action: Some(Action::Failed),
        status: "5.1.1".parse().ok(),
        extensions: vec![Extension {
            name: "a:b".into(),
            value: "x".into(),
        }],
        ..Recipient::default()
    });
    assert_eq!(report.encode(&mut out), Err(EncodeError::Name));
    report.recipients[0].extensions[0] = Extension {
        name: "X".into(),
        value: "x".repeat(998).into(),
    };
    assert_eq!(report.encode(&mut out), Err(EncodeError::LineTooLong));
    assert_eq!(out, b"kept");
    report.recipients[0].extensions.clear();
    report.encode(&mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "keptReporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    );
}

fn text() -> impl Strategy<Value = std::borrow::Cow<'static, str>> {
    "[!-'*-:<-~é]{1,20}( {1,2}[!-'*-:<-~]{1,30}){0,6}".prop_map(Into::into)
}

fn typed() -> impl Strategy<Value = TypedText<'static>> {
    ("[a-z0-9]{1,9}", text()).prop_map(|(kind, text)| TypedText::new(kind, text))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        id in proptest::option::of(text()),
        mta in typed(),
        recipients in proptest::collection::vec((typed(), typed(), 0u16..1000, text()), 1..4),
        texts in proptest::collection::vec(text(), 0..3),
        manual: bool,
    ) {
        let report = DeliveryStatus {
            original_envelope_id: id.clone(),
            reporting_mta: Some(mta.clone()),
            recipients: recipients.into_iter().map(|(to, code, detail, text)| Recipient {
                final_recipient: Some(to),
                action: Some(Action::Delayed),
                status: Some(Status { class: 4, subject: 2, detail }),
                diagnostic_code: Some(code),
                extensions: vec![Extension { name: "X-Y".into(), value: text }],
                ..Recipient::default()
            }).collect(),
            ..DeliveryStatus::default()
        };
        let mut out = Vec::new();
        report.encode(&mut out).unwrap();
        prop_assert_eq!(DeliveryStatus::parse(&out), report);

        let notification = DispositionNotification {
            reporting_ua: id.clone(),
            final_recipient: Some(mta.clone()),
            disposition: Some(Disposition {
                manual_action: manual,
                sent_manually: !manual,
                kind: DispositionKind::Dispatched,
                modifiers: vec!["error".into()],
            }),
            errors: texts.clone(),
            ..DispositionNotification::default()
        };
        out.clear();
        notification.encode(&mut out).unwrap();
        prop_assert_eq!(DispositionNotification::parse(&out), notification);

        let feedback = Feedback {
            feedback_type: Some(FeedbackType::NotSpam),
            user_agent: Some("x/1".into()),
            version: Some(1),
            source_ip: "2001:db8::1".parse().ok(),
            incidents: Some(7),
            original_mail_from: id,
            reporting_mta: Some(mta),
            reported_domain: texts,
            ..Feedback::default()
        };
        out.clear();
        feedback.encode(&mut out).unwrap();
        prop_assert_eq!(Feedback::parse(&out).into_owned(), feedback);
    }

    #[test]
    fn nothing_panics(part in "([a:; ()/]|\r?\n|Status: 5|Final-Recipient: |Disposition: |é){0,40}") {
        let _ = DeliveryStatus::parse(part.as_bytes()).into_owned();
        let _ = DispositionNotification::parse(part.as_bytes());
        let _ = Feedback::parse(part.as_bytes());
    }
}

#[test]
fn recipients_without_empty_lines_between_them() {
    let report = DeliveryStatus::parse(
        b"Final-Recipient: rfc822; a\nOriginal-Recipient: rfc822; b\nStatus: 5.1.1\n\
        Final-Recipient: rfc822; c\nOriginal-Recipient: rfc822; d\n",
    );
    assert_eq!(report.recipients.len(), 2);
    assert_eq!(
        report.recipients[0].original_recipient,
        Some(TypedText::new("rfc822", "b"))
    );
}

#[test]
fn long_values_are_folded_as_in_any_header_section() {
    let report = Feedback {
        feedback_type: Some(FeedbackType::Abuse),
        user_agent: Some("word  \u{e9}\t ".repeat(30).trim().to_owned().into()),
        version: Some(1),
        ..Feedback::default()
    };
    let mut out = Vec::new();
    report.encode(&mut out).unwrap();
    let text = core::str::from_utf8(&out).unwrap();
    assert!(text.lines().all(|line| line.len() <= 78), "{text}");
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    assert_eq!(Feedback::parse(&out).into_owned(), report);
}

#[test]
fn what_is_beyond_a_limit_is_left_out() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::DEFAULT;
        change(&mut limits);
        limits
    };
    let fields = limits(|limits| limits.header_fields = 3);
    let octets = limits(|limits| limits.field_bytes = 8);
    for (count, kept) in [(2, 2), (3, 3), (4, 3)] {
        let part = "X: y\n".repeat(count);
        let part = part.as_bytes();
        let dsn = DeliveryStatus::parse_with(part, &fields);
        let mdn = DispositionNotification::parse_with(part, &fields);
        let arf = Feedback::parse_with(part, &fields);
        assert_eq!(dsn.extensions.len(), kept);
        assert_eq!(mdn.extensions.len(), kept);
        assert_eq!(arf.extensions.len(), kept);
    }
    for part in ["Error:12", "Error:123", "Error:1\n 2", "Error:1\n 23\n 4"] {
        let report = DispositionNotification::parse_with(part.as_bytes(), &octets);
        let value: String = part[6..].replace('\n', "").chars().take(2).collect();
        assert_eq!(report.errors, [value.trim_end()], "{part:?}");
    }
    for (count, kept) in [(1, 1), (2, 2), (3, 2)] {
        let addresses = limits(|limits| limits.addresses = 2);
        for end in ["\n", "\n\n"] {
            let part = format!("Final-Recipient: rfc822; a{end}").repeat(count);
            let report = DeliveryStatus::parse_with(part.as_bytes(), &addresses);
            assert_eq!(report.recipients.len(), kept);
        }
        let parameters = limits(|limits| limits.parameters = 2);
        let part = format!("Disposition: displayed/{}", "a,".repeat(count));
        let report = DispositionNotification::parse_with(part.as_bytes(), &parameters);
        assert_eq!(report.disposition.unwrap().modifiers.len(), kept);
    }
}

#[test]
fn a_report_of_many_small_fields_is_bounded() {
    let limits = Limits::DEFAULT;
    let part = ["Status: x\n\n", &"a:\n\n".repeat(1 << 17)].concat();
    let report = DeliveryStatus::parse(part.as_bytes());
    assert_eq!(report.recipients.len(), limits.header_fields);
    let part = "a:\n".repeat(1 << 17);
    let report = Feedback::parse(part.as_bytes());
    assert_eq!(report.extensions.len(), limits.header_fields);
}
