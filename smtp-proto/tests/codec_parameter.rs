//! Parameters of MAIL and RCPT: what the codec accepts, refuses and keeps (RFC 5321 section 4.1.2).

mod lines;

use lines::{accepted, parse, refused};
use smtp_proto::{Command, ParseErrorKind as Kind};

#[test]
fn duplicate_parameters() {
    for line in [
        "MAIL FROM:<> SIZE=1 SIZE=2",
        "MAIL FROM:<> SIZE=1 size=1",
        "MAIL FROM:<> BODY=7BIT BODY=7BIT",
        "MAIL FROM:<> SMTPUTF8 SMTPUTF8",
        "MAIL FROM:<> RET=FULL RET=HDRS",
        "MAIL FROM:<> ENVID=a ENVID=b",
        "MAIL FROM:<> AUTH=<> AUTH=<>",
        "MAIL FROM:<> BY=1;N BY=1;N",
        "MAIL FROM:<> HOLDFOR=1 HOLDUNTIL=2026-11-20T19:02:27Z",
        "MAIL FROM:<> MT-PRIORITY=1 MT-PRIORITY=1",
        "MAIL FROM:<> REQUIRETLS REQUIRETLS",
        "MAIL FROM:<> MTRK=AAAA MTRK=AAAA",
        "MAIL FROM:<> SOLICIT=a SOLICIT=a",
        "MAIL FROM:<> TRANSID=<a> TRANSID=<a>",
        "MAIL FROM:<> CONPERM CONPERM",
        "MAIL FROM:<> XNEW=1 xnew=2",
        "RCPT TO:<a@b.c> NOTIFY=NEVER NOTIFY=NEVER",
        "RCPT TO:<a@b.c> ORCPT=rfc822;a ORCPT=rfc822;a",
        "RCPT TO:<a@b.c> RRVS=2026-11-20T19:02:27Z RRVS=2026-11-20T19:02:27Z",
        "RCPT TO:<a@b.c> CONNEG CONNEG",
    ] {
        refused(line, Kind::DuplicateParameter);
    }
}

#[test]
fn contradictory_and_malformed_notify() {
    for value in ["NEVER,SUCCESS", "SUCCESS,NEVER", "never,delay"] {
        refused(
            &format!("RCPT TO:<a@b.c> NOTIFY={value}"),
            Kind::ContradictoryParameters,
        );
    }
    for value in [
        "SUCCESS,SUCCESS",
        "NEVER,NEVER",
        "SUCCESS,",
        ",SUCCESS",
        ",",
        "ALWAYS",
        "SUCCES",
        "SUCCESS;DELAY",
        "SUCCESS,FAILURE,DELAY,X",
    ] {
        refused(
            &format!("RCPT TO:<a@b.c> NOTIFY={value}"),
            Kind::InvalidParameterValue,
        );
    }
}

#[test]
fn malformed_parameter_values() {
    for parameter in [
        "SIZE",
        "SIZE=",
        "SIZE=-1",
        "SIZE=+1",
        "SIZE=1k",
        "SIZE=0x1",
        "SIZE=18446744073709551616",
        "SIZE=99999999999999999999999",
        "SIZE=123456789012345678901",
        "BODY",
        "BODY=",
        "BODY=9BIT",
        "BODY=8BITMIMEX",
        "BODY=8BIT\u{3}IME",
        "SMTPUTF8=1",
        "RET",
        "RET=ALL",
        "RET=FULLL",
        "ENVID=",
        "ENVID=a+zz",
        "ENVID=a+3d",
        "ENVID=+",
        "ENVID=a=b",
        "ENVID=+0D+0A",
        "ENVID=+00",
        "ENVID=+FF",
        "AUTH",
        "AUTH=",
        "AUTH=a+zz",
        "BY=0;R",
        "BY=-1;R",
        "BY=1",
        "BY=1;",
        "BY=1;X",
        "BY=1;NR",
        "BY=1;TN",
        "BY=1000000000;N",
        "BY=;N",
        "BY=--1;N",
        "HOLDFOR=0",
        "HOLDFOR=",
        "HOLDFOR=1000000000",
        "HOLDFOR=-5",
        "HOLDFOR=01",
        "HOLDUNTIL=tomorrow",
        "HOLDUNTIL=2026-11-20",
        "HOLDUNTIL=2026-11-20T19:02:27",
        "HOLDUNTIL=2026-00-20T19:02:27Z",
        "HOLDUNTIL=2026-13-20T19:02:27Z",
        "HOLDUNTIL=2026-11-00T19:02:27Z",
        "HOLDUNTIL=2026-11-32T19:02:27Z",
        "HOLDUNTIL=2026-11-20T24:02:27Z",
        "HOLDUNTIL=2026-11-20T19:60:27Z",
        "HOLDUNTIL=2026-11-20T19:02:61Z",
        "HOLDUNTIL=2026-11-20T19:02:27.Z",
        "HOLDUNTIL=2026-11-20T19:02:27+01",
        "HOLDUNTIL=2026-11-20T19:02:27+24:00",
        "HOLDUNTIL=2026-11-20T19:02:27ZZ",
        "MT-PRIORITY=10",
        "MT-PRIORITY=-10",
        "MT-PRIORITY=-0",
        "MT-PRIORITY=+1",
        "MT-PRIORITY=",
        "MT-PRIORITY=--1",
        "REQUIRETLS=YES",
        "MTRK=",
        "MTRK=:5",
        "MTRK=AAAA:",
        "MTRK=AAA",
        "MTRK=AAAA:1234567890",
        "MTRK=A-AA",
        "MTRK=====",
        "SOLICIT=",
        "SOLICIT=1a",
        "SOLICIT=a,",
        "SOLICIT=a,,b",
        "SOLICIT=a;b",
        "TRANSID=a",
        "TRANSID=<>",
        "TRANSID=<a",
        "TRANSID=<a<b>",
        "CONPERM=1",
        "X=",
        "X==\u{7f}",
    ] {
        let line = format!("MAIL FROM:<a@b.example> {parameter}");
        refused(&line, Kind::InvalidParameterValue);
    }
    for parameter in [
        "ORCPT",
        "ORCPT=rfc822",
        "ORCPT=rfc822;",
        "ORCPT=;a",
        "ORCPT=rfc822;a+zz",
        "ORCPT=rfc822;a+3",
        "ORCPT=rfc822;+0d",
        "ORCPT=rfc822;+0D+0A",
        "ORCPT=rfc822;a=b",
        "ORCPT=rfc 822;a",
        "ORCPT=rfc822;\u{fc}",
        "ORCPT=utf-8;\\x{d}",
        "ORCPT=utf-8;\\x{0D}",
        "ORCPT=utf-8;\\x{D800}",
        "ORCPT=utf-8;\\x{110000}",
        "ORCPT=utf-8;\\x{FC",
        "ORCPT=utf-8;\\x{00FC}",
        "ORCPT=utf-8;\\x{41}",
        "ORCPT=utf-8;+41",
        "ORCPT=utf-8;\\y",
        "RRVS",
        "RRVS=now",
        "RRVS=2026-11-20T19:02:27Z;X",
        "RRVS=2026-11-20T19:02:27Z;",
        "RRVS=2026-11-20T19:02:27Z;CR",
        "CONNEG=1",
    ] {
        let line = format!("RCPT TO:<a@b.example> {parameter}");
        let Err(kind) = parse(&line) else {
            panic!("{line} accepted")
        };
        assert!(
            matches!(kind, Kind::InvalidParameterValue | Kind::InvalidParameter),
            "{line} {kind}"
        );
    }
    for parameter in ["=1", "-X=1", "X_Y=1", "<>", "\u{fc}=1", "X/1", "SIZE:1"] {
        refused(
            &format!("MAIL FROM:<a@b.example> {parameter}"),
            Kind::InvalidParameter,
        );
    }
}

#[test]
fn well_formed_parameter_values() {
    for parameter in [
        "SIZE=1 AUTH=<>",
        "AUTH=<> SIZE=1",
        "AUTH=a+2B@b.example",
        "ENVID=+2B+3D+20+7E",
        "RET=full",
        "BODY=7bit",
        "BODY=BinaryMime",
        "BY=+5;N",
        "HOLDFOR=999999999",
        "HOLDUNTIL=2026-12-31t23:59:60.123-23:59",
        "MT-PRIORITY=0",
        "MTRK=AA==:0",
        "MTRK=AAAA",
        "SOLICIT=a.b-c_d:e,F",
        "TRANSID=<12345@host>",
        "X",
        "X=y",
        "X-9=a=b",
        "XVERYLONGKEYWORDBEYONDSIXTEEN=1",
        "SMTPUTF8 X=\u{fc}",
        "NOTIFY=NEVER",
        "XSMTPUTF8 SMTPUTF8",
    ] {
        accepted(&format!("MAIL FROM:<a@b.example> {parameter}"));
    }
    for parameter in [
        "ORCPT=rfc822;a+2B+20b",
        "ORCPT=x400;/C=US/".trim_end_matches("=US/"),
        "ORCPT=utf-8;\\x{FC}\\x{1F600}",
        "ORCPT=utf-8;\u{fc}",
        "NOTIFY=DELAY",
        "CONNEG",
        "SIZE=1",
        "RRVS=2026-11-20T19:02:27Z;c",
    ] {
        accepted(&format!("RCPT TO:<a@b.example> {parameter}"));
    }
    // A keyword that shares its last or first 16 octets with a known one is another one.
    let Command::Mail(mail) = accepted("MAIL FROM:<> 0000000000000000SIZE=1 SIZE=2") else {
        panic!("no MAIL")
    };
    assert_eq!(mail.parameters.size, Some(2));
    assert_eq!(mail.parameters.others.len(), 1);
}

#[test]
fn eight_bit_needs_smtputf8() {
    for line in [
        "MAIL FROM:<\u{fc}@b.example>",
        "MAIL FROM:<a@\u{fc}.example>",
        "MAIL FROM:<@\u{fc}.example:a@b.example>",
        "MAIL FROM:<> X=\u{fc}",
        "VRFY \u{fc}",
        "EXPN \u{fc}",
    ] {
        refused(line, Kind::Utf8WithoutSmtputf8);
    }
    for line in [
        "MAIL FROM:<\u{fc}@b.example> SMTPUTF8",
        "MAIL FROM:<a@\u{fc}.example> SMTPUTF8",
        "VRFY \u{fc} SMTPUTF8",
    ] {
        accepted(line);
    }
    // RCPT belongs to a transaction whose MAIL had SMTPUTF8 or not.
    let Command::Rcpt(rcpt) = accepted("RCPT TO:<\u{fc}@b.example>") else {
        panic!("no RCPT")
    };
    assert!(!rcpt.forward_path.is_ascii());
    // Latin-1 is never right.
    let error = Command::parse(b"MAIL FROM:<\xfc@b.example> SMTPUTF8\r\n").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::InvalidUtf8, 11));
}
