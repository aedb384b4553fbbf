//! Properties: what is encoded parses back, more input never changes a value, bodies pass any
//! chunking unchanged and end exactly once.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use smtp_proto::{
    AddressLiteral, Argument, Attributes, Auth, Base64, Bdat, BodyType, Burl, By, ByMode,
    Capabilities, Command, DataEncoder, DateTime, Domain, EnhancedCode, EnvelopeId, Extension,
    ForwardPath, HeloName, Hold, Host, LineEnds, Mail, MailAuth, MailParameters, Mailbox,
    Mechanism, Mtrk, Node, Notify, OriginalRecipient, Parameter, Path, Priority, Query, Rcpt,
    RcptParameters, Reply, ReplyCode, Ret, ReversePath, Rrvs, RrvsAction, Solicit, SourceRoute,
    TransactionId, Unknown, Url, XText,
};

mod common;
use common::{decode_chunks, naive, naive_encode};

fn domain() -> impl Strategy<Value = Domain<'static>> {
    "([a-zA-Z0-9]([a-z0-9-]{0,6}[a-z0-9])?|[üñ例]{1,3})(\\.([a-z0-9]|a-b|ü)){0,3}"
        .prop_map(|text| Domain::new(text).unwrap())
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|ip| format!("[{ip}]")),
        any::<std::net::Ipv6Addr>().prop_map(|ip| format!("[IPv6:{ip}]")),
        "\\[[a-z]([a-z-]{0,3}[a-z])?:[!-Z^-~]{1,9}\\]".prop_filter("not this one", |text| {
            !text.to_ascii_lowercase().starts_with("[ipv6:")
        }),
    ]
}

/// Spelled as a program would, and in all the ways that the grammar allows.
fn mailbox() -> impl Strategy<Value = Mailbox<'static>> {
    let host = prop_oneof![
        3 => domain().prop_map(|domain| domain.to_string()),
        1 => literal(),
    ];
    let local_part = prop_oneof![
        "[a-z0-9!#$%&'*+/=?^_`{|}~üñ-]{1,9}(\\.[a-z]{1,4}){0,2}",
        "\"([ !#-\\[\\]-~ü]|\\\\[ -~]){0,12}\"",
    ];
    prop_oneof![
        (local_part, host.clone()).prop_map(|(local, host)| format!("{local}@{host}")),
        ("\\PC{0,9}", host).prop_map(|(local, host)| {
            let host = Host::parse(&host).unwrap();
            Mailbox::from_parts(&local, &host).unwrap().to_string()
        }),
    ]
    .prop_map(|text| Mailbox::new(text).unwrap())
}

fn path() -> impl Strategy<Value = Path<'static>> {
    let route = vec(domain(), 1..3).prop_map(|hops| {
        let hops: Vec<_> = hops.iter().map(|hop| format!("@{hop}")).collect();
        SourceRoute::new(hops.join(",")).unwrap()
    });
    (prop::option::weighted(0.2, route), mailbox())
        .prop_map(|(route, mailbox)| Path { route, mailbox })
}

fn reverse_path() -> impl Strategy<Value = ReversePath<'static>> {
    prop_oneof![
        1 => Just(ReversePath::Null),
        4 => path().prop_map(ReversePath::Path),
    ]
}

fn forward_path() -> impl Strategy<Value = ForwardPath<'static>> {
    prop_oneof![
        1 => Just(ForwardPath::Postmaster),
        4 => path().prop_map(ForwardPath::Path),
    ]
}

fn date_time() -> impl Strategy<Value = DateTime<'static>> {
    "[0-9]{4}-(0[1-9]|1[0-2])-([0-2][1-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
        .prop_map(|text| DateTime::new(text).unwrap())
}

fn others() -> impl Strategy<Value = Vec<Parameter<'static>>> {
    let other = ("[A-Za-z0-9-]{0,20}", of("[!-~ü]{1,9}"));
    vec(other, 0..3).prop_map(|others| {
        let others = others.into_iter().enumerate();
        others
            .map(|(i, (name, value))| {
                Parameter::new(format!("X{i}{name}"), value.map(Into::into)).unwrap()
            })
            .collect()
    })
}

fn by() -> impl Strategy<Value = By> {
    let mode = prop_oneof![Just(ByMode::Notify), Just(ByMode::Return)];
    (-999_999_999..=999_999_999_i32, mode, any::<bool>()).prop_map(|(seconds, mode, trace)| {
        let seconds = if mode == ByMode::Return {
            seconds.abs().max(1)
        } else {
            seconds
        };
        By::new(seconds, mode, trace).unwrap()
    })
}

fn mail_parameters() -> impl Strategy<Value = MailParameters<'static>> {
    let body = prop_oneof![
        Just(BodyType::SevenBit),
        Just(BodyType::EightBitMime),
        Just(BodyType::BinaryMime),
    ];
    let auth = prop_oneof![
        Just(MailAuth::Unknown),
        "\\PC{1,9}".prop_map(|text| MailAuth::Submitter(XText::encode_from(&text))),
    ];
    let hold = prop_oneof![
        (1..=999_999_999_u32).prop_map(Hold::For),
        date_time().prop_map(Hold::Until),
    ];
    let first = (
        of(any::<u64>()),
        of(body),
        any::<bool>(),
        of(prop_oneof![Just(Ret::Full), Just(Ret::Hdrs)]),
        of("[ -~\t]{1,20}"),
        of(auth),
        of(by()),
        of(hold),
    );
    let second = (
        of(-9..=9_i8),
        any::<bool>(),
        of("([A-Za-z0-9+/]{4}){1,3}([A-Za-z0-9+/]{2}==)?(:[0-9]{1,9})?"),
        of("[a-z][a-z0-9._:-]{0,9}(,[A-Z][a-z]{0,3}){0,2}"),
        of("<[!-;=?-~]{1,20}>"),
        any::<bool>(),
        others(),
    );
    (first, second).prop_map(|(first, second)| {
        let mut parameters = MailParameters::default();
        (
            parameters.size,
            parameters.body,
            parameters.smtputf8,
            parameters.ret,
        ) = (first.0, first.1, first.2, first.3);
        parameters.envid = first
            .4
            .map(|text| EnvelopeId::new(XText::encode_from(&text).to_string()).unwrap());
        (parameters.auth, parameters.by, parameters.hold) = (first.5, first.6, first.7);
        parameters.mt_priority = second.0.map(|value| Priority::try_from(value).unwrap());
        parameters.requiretls = second.1;
        parameters.mtrk = second.2.map(|text| Mtrk::new(text).unwrap());
        parameters.solicit = second.3.map(|text| Solicit::new(text).unwrap());
        parameters.transid = second.4.map(|text| TransactionId::new(text).unwrap());
        (parameters.conperm, parameters.others) = (second.5, second.6);
        parameters
    })
}

fn mail() -> impl Strategy<Value = Command<'static>> {
    (reverse_path(), mail_parameters()).prop_map(|(reverse_path, mut parameters)| {
        let others = parameters.others.iter().filter_map(Parameter::value);
        let ascii = reverse_path.is_ascii() && others.clone().all(str::is_ascii);
        parameters.smtputf8 |= !ascii;
        Command::Mail(Mail {
            reverse_path,
            parameters,
        })
    })
}

fn rcpt() -> impl Strategy<Value = Command<'static>> {
    let notify = any::<[bool; 3]>().prop_map(|[success, failure, delay]| Notify {
        success,
        failure,
        delay,
    });
    let orcpt = prop_oneof![
        "[ -~]{1,20}".prop_map(|text| OriginalRecipient::from_address(&text).unwrap()),
        "[ -~üñ例]{1,20}ü".prop_map(|text| OriginalRecipient::from_address(&text).unwrap()),
        "[a-z0-9-]{1,9};[!-*,-<>-~]{1,9}".prop_filter_map("utf-8 has its own form", |text| {
            OriginalRecipient::new(text).ok()
        }),
    ];
    let action = prop_oneof![Just(RrvsAction::Reject), Just(RrvsAction::Continue)];
    let rrvs = (date_time(), of(action)).prop_map(|(since, action)| Rrvs { since, action });
    let all = (
        forward_path(),
        of(notify),
        of(orcpt),
        of(rrvs),
        any::<bool>(),
        others(),
    );
    all.prop_map(|(forward_path, notify, orcpt, rrvs, conneg, others)| {
        let mut parameters = RcptParameters::default();
        (parameters.notify, parameters.orcpt, parameters.rrvs) = (notify, orcpt, rrvs);
        (parameters.conneg, parameters.others) = (conneg, others);
        Command::Rcpt(Rcpt {
            forward_path,
            parameters,
        })
    })
}

fn argument() -> impl Strategy<Value = Argument<'static>> {
    "[!-~ü]([ -~\tü]{0,20}[!-~ü])?".prop_map(|text| Argument::new(text).unwrap())
}

fn query() -> impl Strategy<Value = Query<'static>> {
    (argument(), any::<bool>()).prop_map(|(argument, smtputf8)| {
        let smtputf8 = smtputf8 || !argument.as_str().is_ascii();
        Query { argument, smtputf8 }
    })
}

fn attributes() -> impl Strategy<Value = Attributes<'static>> {
    let pair = (
        prop::sample::select(vec![
            "NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT", "IDENT",
            "SOURCE",
        ]),
        prop_oneof![
            Just("[UNAVAILABLE]".to_owned()),
            "[ -~ü]{0,9}".prop_map(|text| XText::encode_from(&text).to_string())
        ],
    );
    vec(pair, 1..4).prop_map(|pairs| {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Attributes::new(pairs.join(" ")).unwrap()
    })
}

fn command() -> impl Strategy<Value = Command<'static>> {
    let name = prop_oneof![
        "[!-~ü]{1,20}",
        domain().prop_map(|d| d.to_string()),
        literal()
    ]
    .prop_map(|text| HeloName::new(text).unwrap());
    let auth = ("[A-Z0-9_-]{1,20}", of(vec(any::<u8>(), 0..40))).prop_map(|(name, response)| {
        Command::Auth(Auth {
            mechanism: Mechanism::new(name).unwrap(),
            initial_response: response.map(|octets| Base64::encode_from(&octets)),
        })
    });
    let burl = ("[a-z][a-z0-9+.-]{0,5}:[!-~]{0,30}", any::<bool>()).prop_map(|(url, last)| {
        Command::Burl(Burl {
            url: Url::new(url).unwrap(),
            last,
        })
    });
    let node = prop_oneof![
        domain().prop_map(|domain| domain.to_string()),
        domain().prop_map(|domain| format!("@{domain}")),
        "#[!-~]{1,9}",
    ]
    .prop_map(|text| Command::Etrn(Node::new(text).unwrap()));
    let unknown = (
        "[A-Za-z0-9][A-Za-z0-9-]{0,12}",
        prop_oneof![Just(String::new()), argument().prop_map(|a| a.to_string())],
    )
        .prop_filter_map("known verb", |(verb, arguments)| {
            Unknown::new(&verb, &arguments).ok()
        });
    prop_oneof![
        6 => mail(),
        6 => rcpt(),
        1 => name.clone().prop_map(Command::Ehlo),
        1 => name.clone().prop_map(Command::Helo),
        1 => name.prop_map(Command::Lhlo),
        1 => prop::sample::select(vec![Command::Data, Command::Rset, Command::Quit, Command::StartTls, Command::Turn]),
        1 => (any::<u64>(), any::<bool>()).prop_map(|(size, last)| Command::Bdat(Bdat { size, last })),
        1 => query().prop_filter("the word is read as the parameter", |query| {
            query.smtputf8 || !query.argument.as_str().to_ascii_uppercase().ends_with(" SMTPUTF8")
        }).prop_map(Command::Vrfy),
        1 => query().prop_filter("the word is read as the parameter", |query| {
            query.smtputf8 || !query.argument.as_str().to_ascii_uppercase().ends_with(" SMTPUTF8")
        }).prop_map(Command::Expn),
        1 => of(argument()).prop_map(Command::Help),
        1 => of(argument()).prop_map(Command::Noop),
        1 => of(argument()).prop_map(Command::Atrn),
        2 => auth,
        1 => node,
        1 => burl,
        1 => attributes().prop_map(Command::Xclient),
        1 => attributes().prop_map(Command::Xforward),
        1 => reverse_path().prop_map(Command::Send),
        1 => reverse_path().prop_map(Command::Soml),
        1 => reverse_path().prop_map(Command::Saml),
        1 => unknown.prop_map(Command::Unknown),
    ]
}

fn reply() -> impl Strategy<Value = Reply<'static>> {
    let text = "([245]\\.[0-9]{1,3}\\.[0-9]{1,3}( |\n)?)?[ -~\tü\n]{0,60}";
    (200..600_u16, text).prop_map(|(code, text)| Reply::new(code, &text).unwrap())
}

fn capabilities() -> impl Strategy<Value = Capabilities<'static>> {
    let words = "([!-~]{1,6}( [!-~]{1,6}){0,2})?";
    let texts = (
        "([!-~]([ -~]{0,20}[!-~])?)?",
        words,
        words,
        words,
        words,
        of("[!-~]{1,9}"),
        of("[!-~]{1,9}"),
        vec("X-[A-Z]{1,9}( [!-~]{1,9}){0,2}", 0..3),
    );
    let numbers = (
        of(1..u64::MAX),
        of(0..999_999_999_u32),
        (0..999_999_999_u32, date_time()),
        of(1..u32::MAX),
        of(1..u32::MAX),
        of(1..u32::MAX),
    );
    let set = vec(prop::sample::select(Extension::ALL.to_vec()), 0..40);
    (texts, numbers, set).prop_map(|(texts, numbers, set)| {
        // Only what an extension in the set carries can travel.
        let reply = {
            let mut all = Capabilities::default();
            all.greeting = texts.0.into();
            all.extensions = set.into_iter().collect();
            all.auth = texts.1.into();
            (all.burl, all.xclient, all.xforward) =
                (texts.2.into(), texts.3.into(), texts.4.into());
            all.mt_priority = texts.5.map(Into::into);
            all.no_soliciting = texts.6.map(Into::into);
            all.others = texts.7.into_iter().map(Into::into).collect();
            (all.size, all.deliver_by) = (numbers.0, numbers.1);
            all.future_release = format!(
                "250-x\r\n250 FUTURERELEASE {} {}\r\n",
                numbers.2.0, numbers.2.1
            )
            .parse_future();
            (
                all.limits.mail_max,
                all.limits.rcpt_max,
                all.limits.rcpt_domain_max,
            ) = (numbers.3, numbers.4, numbers.5);
            let mut wire = Vec::new();
            all.encode(&mut wire).unwrap();
            Reply::parse(&wire).unwrap().into_owned()
        };
        Capabilities::from_reply(&reply).into_owned()
    })
}

trait ParseFuture {
    fn parse_future(self) -> Option<smtp_proto::FutureRelease<'static>>;
}

impl ParseFuture for String {
    fn parse_future(self) -> Option<smtp_proto::FutureRelease<'static>> {
        let reply = Reply::parse(self.as_bytes()).unwrap().into_owned();
        let capabilities = Capabilities::from_reply(&reply).into_owned();
        assert!(capabilities.future_release.is_some());
        capabilities.future_release
    }
}

/// Octets that look like a message with odd line ends and dots.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => Just(b"\r\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        2 => Just(b".".to_vec()),
        1 => Just(b"\r\n.\r\n".to_vec()),
        2 => vec(any::<u8>(), 1..5),
    ];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// The same, with whole lines only.
fn clean_body() -> impl Strategy<Value = Vec<u8>> {
    let line = "[.]{0,3}[^\r\n]{0,9}".prop_map(|mut line| {
        line.push_str("\r\n");
        line.into_bytes()
    });
    vec(line, 0..20).prop_map(|lines| lines.concat())
}

/// Cuts `octets` where the bits of `cuts` say so.
fn cut<'a>(octets: &'a [u8], cuts: &[u8]) -> Vec<&'a [u8]> {
    let mut chunks = Vec::new();
    let mut rest = octets;
    for &len in cuts {
        let (head, tail) = rest.split_at(usize::from(len).min(rest.len()));
        chunks.push(head);
        rest = tail;
    }
    chunks.push(rest);
    chunks
}

fn cuts() -> impl Strategy<Value = Vec<u8>> {
    vec(0..12_u8, 0..20)
}

const MODES: [LineEnds; 3] = [LineEnds::Strict, LineEnds::Normalise, LineEnds::Lenient];

fn encode(mode: LineEnds, chunks: &[&[u8]]) -> Option<Vec<u8>> {
    let mut encoder = DataEncoder::new(mode);
    let mut out = Vec::new();
    for chunk in chunks {
        encoder.write(chunk, &mut out).ok()?;
    }
    encoder.finish(&mut out);
    Some(out)
}

/// Once a prefix gives a value or an error, every longer one gives the same.
fn prefix_law<T: PartialEq + std::fmt::Debug, E: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    parse: impl Fn(&[u8]) -> Result<Option<T>, E>,
) {
    let mut settled = None;
    for len in 0..=bytes.len() {
        let found = parse(&bytes[..len]);
        match &settled {
            Some(settled) => assert_eq!(settled, &found, "at {len}"),
            None if found != Ok(None) => settled = Some(found),
            None => {}
        }
    }
}

fn command_of(bytes: &[u8]) -> Result<Option<(Command<'static>, usize)>, smtp_proto::ParseError> {
    let found = Command::parse_prefix(bytes)?;
    Ok(found.map(|(command, used)| (command.into_owned(), used)))
}

fn reply_of(bytes: &[u8]) -> Result<Option<(Reply<'static>, usize)>, smtp_proto::ParseError> {
    let found = Reply::parse_prefix(bytes)?;
    Ok(found.map(|(reply, used)| (reply.into_owned(), used)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn commands_round_trip(command in command()) {
        let mut wire = Vec::new();
        command.encode(&mut wire);
        prop_assert_eq!(wire.iter().position(|&byte| byte == b'\n'), Some(wire.len() - 1));
        prop_assert!(wire.ends_with(b"\r\n"));
        let parsed = Command::parse(&wire);
        prop_assert_eq!(parsed.as_ref(), Ok(&command), "{}", String::from_utf8_lossy(&wire));
        prop_assert_eq!(parsed.unwrap().into_owned(), command);
    }

    #[test]
    fn replies_round_trip(reply in reply()) {
        let mut wire = Vec::new();
        reply.encode(&mut wire);
        prop_assert_eq!(&Reply::parse(&wire).unwrap(), &reply);
        prop_assert_eq!(&reply.to_string().parse::<Reply<'_>>().unwrap(), &reply);
    }

    #[test]
    fn capabilities_round_trip(capabilities in capabilities()) {
        let mut wire = Vec::new();
        capabilities.encode(&mut wire).unwrap();
        let reply = Reply::parse(&wire).unwrap();
        prop_assert_eq!(Capabilities::from_reply(&reply), capabilities);
    }

    #[test]
    fn texts_round_trip(
        mailbox in mailbox(),
        reverse in reverse_path(),
        forward in forward_path(),
        (by, moment) in (by(), date_time()),
        (class, subject, detail) in (prop::sample::select(vec![2, 4, 5]), 0..1_000_u16, 0..1_000_u16),
    ) {
        prop_assert_eq!(&mailbox.to_string().parse::<Mailbox<'_>>().unwrap(), &mailbox);
        prop_assert_eq!(reverse.to_string().parse::<ReversePath<'_>>().unwrap(), reverse);
        prop_assert_eq!(forward.to_string().parse::<ForwardPath<'_>>().unwrap(), forward);
        prop_assert_eq!(by.to_string().parse::<By>().unwrap(), by);
        prop_assert_eq!(moment.to_string().parse::<DateTime<'_>>().unwrap(), moment);
        let code = format!("{class}.{subject}.{detail}");
        prop_assert_eq!(code.parse::<EnhancedCode>().unwrap().to_string(), code);
        let canonical = mailbox.canonical();
        prop_assert_eq!(canonical.canonical(), canonical.clone());
        prop_assert_eq!(canonical.local_part().unquoted(), mailbox.local_part().unquoted());
        let built = Mailbox::from_parts(&mailbox.local_part().unquoted(), &mailbox.host().canonical());
        prop_assert_eq!(built.unwrap(), canonical);
    }

    #[test]
    fn xtext_round_trips(text in "\\PC{0,40}|[\\x00-\\x7f]{0,20}", address in "\\PC{1,30}") {
        let encoded = XText::encode_from(&text);
        prop_assert_eq!(&*encoded.decode(), text.as_bytes());
        prop_assert!(XText::new(encoded.to_string()).is_ok());
        if let Ok(orcpt) = OriginalRecipient::from_address(&address) {
            prop_assert_eq!(orcpt.address(), address);
            prop_assert!(orcpt.as_str().is_ascii());
        }
    }

    #[test]
    fn base64_round_trips(octets in vec(any::<u8>(), 0..60)) {
        let text = Base64::encode_from(&octets);
        prop_assert_eq!(text.decode(), octets);
        prop_assert_eq!(Base64::new(text.as_str().to_owned()).unwrap(), text);
    }

    #[test]
    fn base64_that_is_taken_can_be_decoded(text in "[A-Za-z0-9+/=]{0,12}") {
        if let Ok(base64) = Base64::new(&*text) {
            let padding = text.bytes().filter(|&byte| byte == b'=').count();
            prop_assert_eq!(base64.decode().len(), text.len() / 4 * 3 - padding);
        }
    }

    #[test]
    fn literals_round_trip(ip in any::<std::net::IpAddr>()) {
        let literal = AddressLiteral::from(ip);
        let text = literal.to_string();
        prop_assert_eq!(AddressLiteral::parse(&text).unwrap().ip(), Some(ip));
    }

    #[test]
    fn command_prefixes(command in command(), next in vec(any::<u8>(), 0..8)) {
        let mut wire = Vec::new();
        command.encode(&mut wire);
        wire.extend_from_slice(&next);
        prefix_law(&wire, command_of);
    }

    #[test]
    fn damaged_command_prefixes(command in command(), at in any::<prop::sample::Index>(), octet in any::<u8>()) {
        let mut wire = Vec::new();
        command.encode(&mut wire);
        let at = at.index(wire.len());
        wire[at] = octet;
        wire.extend_from_slice(b"QUIT\r\n");
        prefix_law(&wire, command_of);
    }

    #[test]
    fn what_parses_encodes_to_the_same(command in command(), at in any::<prop::sample::Index>(), octet in any::<u8>()) {
        // A damaged line is an error, or a value that survives being sent.
        let mut wire = Vec::new();
        command.encode(&mut wire);
        let at = at.index(wire.len());
        wire[at] = octet;
        if let Ok(command) = Command::parse(&wire) {
            let mut again = Vec::new();
            command.encode(&mut again);
            prop_assert_eq!(Command::parse(&again).unwrap(), command);
        }
    }

    #[test]
    fn reply_prefixes(reply in reply(), at in any::<prop::sample::Index>(), octet in any::<u8>()) {
        let mut wire = reply.as_bytes().to_vec();
        wire.extend_from_slice(b"250 next\r\n");
        prefix_law(&wire, reply_of);
        let at = at.index(wire.len());
        wire[at] = octet;
        prefix_law(&wire, reply_of);
    }

    #[test]
    fn noise(octets in vec(prop_oneof![any::<u8>(), prop::sample::select(b"\r\n 25-0<>@:AQUITMAILFROM".to_vec())], 0..80)) {
        prefix_law(&octets, command_of);
        prefix_law(&octets, reply_of);
    }

    #[test]
    fn clean_bodies_pass_unchanged(body in clean_body(), out in cuts(), back in cuts()) {
        for sender in MODES {
            let wire = encode(sender, &cut(&body, &out)).unwrap();
            for receiver in MODES {
                let found = decode_chunks(receiver, &cut(&wire, &back));
                prop_assert!(found.ended && !found.bare && found.rest.is_empty());
                prop_assert_eq!(&found.message, &body);
            }
        }
    }

    #[test]
    fn any_body_is_encoded_as_the_plain_encoder_does(body in body(), chunks in cuts()) {
        for mode in MODES {
            let wire = encode(mode, &cut(&body, &chunks));
            prop_assert_eq!(&wire, &naive_encode(mode, &body));
            let Some(wire) = wire else { continue };
            // One end of data, and it is the last thing.
            let found = naive(mode, &wire);
            prop_assert!(found.ended && found.rest.is_empty());
            let same = decode_chunks(mode, &[&wire]);
            prop_assert_eq!(&same, &found);
            if mode == LineEnds::Lenient {
                prop_assert!(same.message.starts_with(&body));
            }
        }
    }

    #[test]
    fn any_wire_is_decoded_as_the_plain_decoder_does(wire in body(), chunks in cuts()) {
        for mode in MODES {
            let expected = naive(mode, &wire);
            let whole = decode_chunks(mode, &[&wire]);
            let found = decode_chunks(mode, &cut(&wire, &chunks));
            prop_assert_eq!(&found, &whole);
            prop_assert_eq!((found.ended, found.bare, found.ambiguous), (expected.ended, expected.bare, expected.ambiguous));
            prop_assert_eq!(&found.rest, &expected.rest);
            if found.ended && !found.bare {
                prop_assert_eq!(&found.message, &expected.message);
            }
        }
    }

    #[test]
    fn reply_codes(code in any::<u16>()) {
        prop_assert_eq!(ReplyCode::new(code).is_ok(), (200..600).contains(&code));
    }
}
