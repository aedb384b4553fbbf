//! Every command and reply in the examples of the RFCs, and the values that their grammars name.

use smtp_proto::{
    BodyType, ByMode, Capabilities, Class, Command, DateTime, EnhancedCode, Extension, ForwardPath,
    Hold, MailAuth, MailParameters, Notify, OriginalRecipient, ParseErrorKind, RcptParameters,
    Reply, Ret, ReversePath, RrvsAction, Severity,
};

const DIALOGUES: &str = include_str!("data/rfc-dialogues.txt");

/// The lines of one side, `S: ` or `C: `, with what separates runs of them.
fn runs(side: &str) -> Vec<(&'static str, String)> {
    let mut runs: Vec<(&str, String)> = Vec::new();
    let mut title = "";
    let mut open = false;
    for line in DIALOGUES.lines() {
        if let Some(text) = line.strip_prefix("# ") {
            title = text;
            open = false;
        } else if let Some(text) = line.strip_prefix(side) {
            if !open {
                runs.push((title, String::new()));
            }
            open = true;
            let (_, run) = runs.last_mut().unwrap();
            run.push_str(text);
            run.push_str("\r\n");
        } else {
            open = false;
        }
    }
    runs
}

fn command(line: &str) -> Command<'static> {
    let wire = format!("{line}\r\n");
    let parsed = Command::parse(wire.as_bytes());
    parsed
        .unwrap_or_else(|e| panic!("{line}: {e}"))
        .into_owned()
}

fn mail(line: &str) -> MailParameters<'static> {
    let Command::Mail(mail) = command(line) else {
        panic!("{line} is no MAIL")
    };
    mail.parameters
}

fn rcpt(line: &str) -> RcptParameters<'static> {
    let Command::Rcpt(rcpt) = command(line) else {
        panic!("{line} is no RCPT")
    };
    rcpt.parameters
}

fn words(line: &[u8]) -> Vec<&str> {
    let line = str::from_utf8(line).unwrap();
    let mut words: Vec<_> = line.strip_suffix("\r\n").unwrap().split(' ').collect();
    words[1..].sort_unstable();
    words
}

#[test]
fn commands_of_the_examples_round_trip() {
    let mut count = 0;
    for (title, run) in runs("C: ") {
        let mut rest = run.as_bytes();
        while !rest.is_empty() {
            let (command, used) = Command::parse_prefix(rest)
                .unwrap_or_else(|error| panic!("{title}: {error}"))
                .unwrap_or_else(|| panic!("{title}: incomplete"));
            assert!(!matches!(command, Command::Unknown(_)), "{title}");
            let mut line = Vec::new();
            command.encode(&mut line);
            // Parameters have no order (RFC 5321 section 4.1.1.11), so the encoder has its own.
            assert_eq!(words(&line), words(&rest[..used]), "{title}");
            assert_eq!(Command::parse(&line).as_ref(), Ok(&command), "{title}");
            rest = &rest[used..];
            count += 1;
        }
    }
    // Each line is one command.
    let lines = DIALOGUES.lines().filter(|line| line.starts_with("C: "));
    assert_eq!(count, lines.count());
}

#[test]
fn replies_of_the_examples_round_trip() {
    let mut count = 0;
    for (title, run) in runs("S: ") {
        let mut rest = run.as_bytes();
        while !rest.is_empty() {
            let (reply, used) = Reply::parse_prefix(rest)
                .unwrap_or_else(|error| panic!("{title}: {error}"))
                .unwrap_or_else(|| panic!("{title}: incomplete"));
            assert_eq!(reply.as_bytes(), &rest[..used], "{title}");
            assert_eq!(
                reply.to_string().parse::<Reply<'_>>().unwrap(),
                reply,
                "{title}"
            );
            rest = &rest[used..];
            count += 1;
        }
    }
    // Each line without a hyphen behind the code ends a reply.
    let lines = DIALOGUES
        .lines()
        .filter_map(|line| line.strip_prefix("S: "));
    assert_eq!(
        count,
        lines.filter(|line| line.as_bytes()[3] == b' ').count()
    );
}

#[test]
fn rfc_5321_appendix_d1_ehlo_reply() {
    let reply = Reply::parse(
        b"250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-SIZE\r\n250-DSN\r\n250 HELP\r\n",
    )
    .unwrap();
    let capabilities = Capabilities::from_reply(&reply);
    assert_eq!(capabilities.greeting, "foo.com greets bar.com");
    let offered: Vec<_> = capabilities.extensions.iter().collect();
    assert_eq!(
        offered,
        [
            Extension::Size,
            Extension::EightBitMime,
            Extension::Dsn,
            Extension::Help
        ]
    );
    assert_eq!(capabilities.size, None);
    assert!(capabilities.others.is_empty());
}

#[test]
fn rfc_5321_section_4_1_2_quoted_local_parts() {
    // The two spellings that section 4.1.2 calls equivalent.
    for text in [
        r#"<"Joe\,Smith"@example.com>"#,
        r#"<"Joe,Smith"@example.com>"#,
    ] {
        let path = ForwardPath::parse(text).unwrap();
        let mailbox = path.mailbox().unwrap();
        assert_eq!(mailbox.local_part().unquoted(), "Joe,Smith");
        assert_eq!(mailbox.canonical().as_str(), r#""Joe,Smith"@example.com"#);
    }
}

#[test]
fn rfc_5321_appendix_c_source_route() {
    let path = ReversePath::parse("<@hosta.example,@jkl.org:userc@d.bar.org>").unwrap();
    let ReversePath::Path(path) = path else {
        panic!("null path")
    };
    let hops: Vec<_> = path
        .route
        .iter()
        .flat_map(|route| {
            route
                .domains()
                .map(|domain| domain.to_string())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(hops, ["hosta.example", "jkl.org"]);
    assert_eq!(path.mailbox.as_str(), "userc@d.bar.org");
}

#[test]
fn rfc_5321_section_4_2_1_multi_line_reply() {
    let reply =
        Reply::parse(b"250-First line\r\n250-Second line\r\n250-234 Text beginning with numbers\r\n250 The last line\r\n")
            .unwrap();
    assert_eq!(reply.code().severity(), Severity::PositiveCompletion);
    assert_eq!(reply.lines().count(), 4);
    assert_eq!(
        reply.lines().nth(2),
        Some(&b"234 Text beginning with numbers"[..])
    );
    assert_eq!(reply.enhanced_code(), None);
}

#[test]
fn rfc_1870_size() {
    assert_eq!(
        mail("MAIL FROM:<ned@thor.innosoft.com> SIZE=500000").size,
        Some(500_000)
    );
    assert_eq!(mail("MAIL FROM:<> SIZE=0").size, Some(0));
    assert_eq!(
        mail("MAIL FROM:<> SIZE=18446744073709551615").size,
        Some(u64::MAX)
    );
}

#[test]
fn rfc_2034_enhanced_codes() {
    let reply = Reply::parse(b"551-5.7.1 Forwarding to remote hosts disabled\r\n551 5.7.1 Select another host to act as your forwarder\r\n").unwrap();
    assert_eq!(
        reply.enhanced_code(),
        Some(EnhancedCode::new(Class::Permanent, 7, 1))
    );
    assert_eq!(
        reply.text(),
        "Forwarding to remote hosts disabled\nSelect another host to act as your forwarder"
    );
}

#[test]
fn rfc_3030_bdat() {
    for (line, size, last) in [
        ("BDAT 86 LAST", 86, true),
        ("BDAT 100000", 100_000, false),
        ("BDAT 0 LAST", 0, true),
        ("bdat 324 last", 324, true),
    ] {
        assert_eq!(
            command(line),
            Command::Bdat(smtp_proto::Bdat { size, last })
        );
    }
    assert_eq!(
        mail("MAIL FROM:<ned@ymir.claremont.edu> BODY=BINARYMIME").body,
        Some(BodyType::BinaryMime)
    );
}

#[test]
fn rfc_3461_dsn_parameters() {
    let parameters = mail("MAIL FROM:<Alice@Example.ORG> RET=HDRS ENVID=QQ314159");
    assert_eq!(parameters.ret, Some(Ret::Hdrs));
    assert_eq!(&*parameters.envid.unwrap().decode(), b"QQ314159");
    let parameters =
        rcpt("RCPT TO:<Dana@Ivory.EDU> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana@Ivory.EDU");
    let notify = parameters.notify.unwrap();
    assert!(notify.success && notify.failure && !notify.delay);
    let orcpt = parameters.orcpt.unwrap();
    assert_eq!(
        (orcpt.address_type(), &*orcpt.address()),
        ("rfc822", "Dana@Ivory.EDU")
    );
    assert_eq!(
        rcpt("RCPT TO:<a@b.example> NOTIFY=never").notify,
        Some(Notify::NEVER)
    );
}

#[test]
fn rfc_3865_solicit() {
    let solicit = mail("MAIL FROM:<save@example.com> SOLICIT=org.example:ADV:ADLT").solicit;
    assert_eq!(
        solicit.unwrap().keywords().collect::<Vec<_>>(),
        ["org.example:ADV:ADLT"]
    );
    let list = mail("MAIL FROM:<> SOLICIT=net.example:ADV,org.example:ADV:ADLT").solicit;
    assert_eq!(list.unwrap().keywords().count(), 2);
}

#[test]
fn rfc_3885_mtrk() {
    let mtrk = mail("MAIL FROM:<a@b.example> MTRK=YWJjZGVmZ2g=:86400")
        .mtrk
        .unwrap();
    assert_eq!(
        (mtrk.certifier(), mtrk.timeout()),
        ("YWJjZGVmZ2g=", Some(86_400))
    );
}

#[test]
fn rfc_4468_burl() {
    let Command::Burl(burl) = command(
        "BURL imap://harry@gryffindor.example.com/outbox;uidvalidity=1078863300/;uid=25;\
         urlauth=submit+harry:internal:91354a473744909de610943775f92038 LAST",
    ) else {
        panic!("no BURL")
    };
    assert!(burl.last);
    assert!(
        burl.url
            .as_str()
            .ends_with(":91354a473744909de610943775f92038")
    );
}

#[test]
fn rfc_4865_hold() {
    assert_eq!(mail("MAIL FROM:<> HOLDFOR=120").hold, Some(Hold::For(120)));
    let until = DateTime::new("2027-01-31T08:00:00Z").unwrap();
    assert_eq!(
        mail("MAIL FROM:<> HOLDUNTIL=2027-01-31T08:00:00Z").hold,
        Some(Hold::Until(until))
    );
    let reply =
        Reply::parse(b"250-mx.example\r\n250 FUTURERELEASE 86400 2027-01-31T08:00:00+01:00\r\n")
            .unwrap();
    let max = Capabilities::from_reply(&reply).future_release.unwrap();
    assert_eq!(max.max_interval, 86_400);
    assert_eq!(max.max_date_time.as_str(), "2027-01-31T08:00:00+01:00");
}

#[test]
fn rfc_4954_auth() {
    let Command::Auth(auth) = command("AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=") else {
        panic!("no AUTH")
    };
    assert!(auth.mechanism.is("plain"));
    assert_eq!(
        auth.initial_response.unwrap().decode(),
        b"test\0test\x001234"
    );
    let Command::Auth(auth) = command("AUTH EXTERNAL =") else {
        panic!("no AUTH")
    };
    assert_eq!(auth.initial_response.unwrap().decode(), b"");
    let Some(MailAuth::Submitter(text)) =
        mail("MAIL FROM:<e=mc2@example.com> AUTH=e+3Dmc2@example.com").auth
    else {
        panic!("no submitter")
    };
    assert_eq!(&*text.decode(), b"e=mc2@example.com");
    let unknown = mail("MAIL FROM:<john+@example.org> AUTH=<>").auth;
    assert_eq!(unknown, Some(MailAuth::Unknown));
}

#[test]
fn rfc_6531_utf8_addresses() {
    assert!(mail("MAIL FROM:<jürgen@grüße.example> SMTPUTF8").smtputf8);
    let error = Command::parse("MAIL FROM:<jürgen@example.org>\r\n".as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::Utf8WithoutSmtputf8);
    assert_eq!(error.reply_hint().0.get(), 553);
    let Command::Vrfy(query) = command("VRFY jürgen SMTPUTF8") else {
        panic!("no VRFY")
    };
    assert!(query.smtputf8);
    assert_eq!(query.argument.as_str(), "jürgen");
    assert!(Command::parse("EXPN jürgen\r\n".as_bytes()).is_err());
}

#[test]
fn rfc_6533_original_recipients() {
    // Section 3: unitext, and the two spellings of the same in ASCII.
    for (value, ascii) in [
        ("utf-8;jürgen@example.org", false),
        ("utf-8;j\\x{FC}rgen@example.org", true),
        ("UTF-8;j\\x{FC}rgen@example.org", true),
    ] {
        let orcpt = OriginalRecipient::new(value).unwrap();
        assert_eq!(orcpt.address(), "jürgen@example.org", "{value}");
        assert_eq!(orcpt.needs_smtputf8(), !ascii, "{value}");
    }
    let orcpt = OriginalRecipient::from_address("a+b=c\\d@例え.example").unwrap();
    assert!(!orcpt.needs_smtputf8());
    assert_eq!(orcpt.address(), "a+b=c\\d@例え.example");
}

#[test]
fn rfc_6710_priority() {
    let line = "MAIL FROM:<eljefe@example.com> BY=125;R ENVID=QQ314159 MT-PRIORITY=3";
    assert_eq!(mail(line).mt_priority.unwrap().get(), 3);
    assert_eq!(
        mail("MAIL FROM:<> MT-PRIORITY=-9")
            .mt_priority
            .unwrap()
            .get(),
        -9
    );
    // The RFC's own example of a reply whose enhanced code is none.
    let reply =
        Reply::parse(b"250 X.3.6 3 is the new priority assigned to the message\r\n").unwrap();
    assert_eq!(reply.enhanced_code(), None);
}

#[test]
fn rfc_7293_rrvs() {
    let rrvs = rcpt("RCPT TO:<receiver@example.com> RRVS=2014-04-03T23:01:00Z")
        .rrvs
        .unwrap();
    assert_eq!(
        (rrvs.since.as_str(), rrvs.action),
        ("2014-04-03T23:01:00Z", None)
    );
    let rrvs = rcpt("RCPT TO:<a@b.example> RRVS=2014-04-03T23:01:00Z;R")
        .rrvs
        .unwrap();
    assert_eq!(rrvs.action, Some(RrvsAction::Reject));
}

#[test]
fn rfc_8689_requiretls() {
    assert!(mail("MAIL FROM:<roger@example.org> REQUIRETLS").requiretls);
    // Appendix A.1 shows a reply without a code, which no client can accept.
    assert!(Reply::parse(b"TLS go ahead\r\n").is_err());
}

#[test]
fn rfc_2852_by() {
    for (value, seconds, mode, trace) in [
        ("120;R", 120, ByMode::Return, false),
        ("98;RT", 98, ByMode::Return, true),
        ("-100;N", -100, ByMode::Notify, false),
        ("+999999999;nt", 999_999_999, ByMode::Notify, true),
        ("0;N", 0, ByMode::Notify, false),
    ] {
        let by = mail(&format!("MAIL FROM:<eljefe@bigbiz.com> BY={value}"))
            .by
            .unwrap();
        assert_eq!(
            (by.seconds(), by.mode(), by.trace()),
            (seconds, mode, trace),
            "{value}"
        );
    }
    let reply = Reply::parse(b"250-mail.other.com\r\n250 DELIVERBY 240\r\n").unwrap();
    assert_eq!(Capabilities::from_reply(&reply).deliver_by, Some(240));
}

#[test]
fn rfc_1985_nodes() {
    for line in ["ETRN uu.net", "ETRN @foo.com", "ETRN #uucp"] {
        assert!(matches!(command(line), Command::Etrn(_)), "{line}");
    }
    let error = Command::parse(b"ETRN\r\n").unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::MissingArgument);
}

#[test]
fn rfc_9422_limits() {
    let reply =
        Reply::parse(b"250-mx.example\r\n250 LIMITS RCPTMAX=20 MAILMAX=5 X-NEW=1\r\n").unwrap();
    let limits = Capabilities::from_reply(&reply).limits;
    assert_eq!(
        (limits.rcpt_max, limits.mail_max, limits.rcpt_domain_max),
        (Some(20), Some(5), None)
    );
}
