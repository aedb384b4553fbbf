//! The optional features: values survive serde, and arbitrary makes only values that parse back.

#[cfg(feature = "serde")]
mod serde {
    use smtp_proto::{
        Attributes, BodyType, By, ByMode, Capabilities, DateTime, Domain, EnhancedCode, EnvelopeId,
        Extension, ForwardPath, HeloName, Hold, Host, Mailbox, Mechanism, Mtrk, Notify,
        OriginalRecipient, Priority, Reply, ReplyCode, Ret, ReversePath, Rrvs, XText,
    };

    #[track_caller]
    fn round_trip<T>(value: &T, json: &str)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        assert_eq!(serde_json::to_string(value).unwrap(), json);
        assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
    }

    #[test]
    fn values_round_trip() {
        round_trip(&Mailbox::new(r#""a b"@x"#).unwrap(), r#""\"a b\"@x""#);
        round_trip(&Domain::new("b.example").unwrap(), r#""b.example""#);
        round_trip(&HeloName::new("[192.0.2.1]").unwrap(), r#""[192.0.2.1]""#);
        round_trip(&Mechanism::new("PLAIN").unwrap(), r#""PLAIN""#);
        round_trip(&XText::new("a+3D").unwrap(), r#""a+3D""#);
        round_trip(&EnvelopeId::new("QQ").unwrap(), r#""QQ""#);
        round_trip(&Mtrk::new("AAAA:5").unwrap(), r#""AAAA:5""#);
        round_trip(&Attributes::new("NAME=a").unwrap(), r#""NAME=a""#);
        round_trip(
            &OriginalRecipient::new("rfc822;a@b").unwrap(),
            r#""rfc822;a@b""#,
        );
        round_trip(
            &DateTime::new("2026-11-20T19:02:27Z").unwrap(),
            r#""2026-11-20T19:02:27Z""#,
        );
        round_trip(&ReversePath::Null, r#""Null""#);
        round_trip(&ForwardPath::Postmaster, r#""Postmaster""#);
        round_trip(
            &ReversePath::parse("<@a:b@c>").unwrap().into_owned(),
            r#"{"Path":{"route":"@a","mailbox":"b@c"}}"#,
        );
        round_trip(&ReplyCode::new(250).unwrap(), "250");
        round_trip(&Priority::try_from(-3).unwrap(), "-3");
        round_trip(
            &"5.1.1".parse::<EnhancedCode>().unwrap(),
            r#"{"class":"Permanent","subject":1,"detail":1}"#,
        );
        round_trip(
            &By::new(120, ByMode::Return, true).unwrap(),
            r#"{"seconds":120,"mode":"Return","trace":true}"#,
        );
        round_trip(
            &Notify::NEVER,
            r#"{"success":false,"failure":false,"delay":false}"#,
        );
        round_trip(&Hold::For(5), r#"{"For":5}"#);
        round_trip(&BodyType::BinaryMime, r#""BinaryMime""#);
        round_trip(&Ret::Hdrs, r#""Hdrs""#);
        round_trip(&Extension::Size, r#""Size""#);
        round_trip(
            &Rrvs {
                since: DateTime::new("2026-11-20T19:02:27Z").unwrap(),
                action: None,
            },
            r#"{"since":"2026-11-20T19:02:27Z","action":null}"#,
        );
        round_trip(
            &Reply::new(550, "5.1.1 no\nsuch user").unwrap(),
            r#""550-5.1.1 no\n550 such user""#,
        );
    }

    #[test]
    fn values_of_sasl_route_and_trace_round_trip() {
        use smtp_proto::route::{Attempt, Next, NextHop, Plan, RouteConfig, RouteError};
        use smtp_proto::sasl::{SaslError, Transport};
        use smtp_proto::trace::{Date, Hello, TlsName, TraceId, WithProtocol};

        round_trip(&Transport::ClearAllowed, r#""ClearAllowed""#);
        round_trip(&SaslError::OutOfTurn, r#""OutOfTurn""#);
        round_trip(&TraceId::new("4bQx").unwrap(), r#""4bQx""#);
        round_trip(&TlsName::new("x25519").unwrap(), r#""x25519""#);
        let mut with = WithProtocol::new(Hello::Lhlo);
        with.tls = true;
        round_trip(
            &with,
            r#"{"hello":"Lhlo","tls":true,"auth":false,"utf8":false}"#,
        );
        round_trip(
            &Date::new(-1, -480).unwrap(),
            r#"{"unix":-1,"offset":-480}"#,
        );
        let hop = NextHop {
            host: Host::parse("[192.0.2.1]").unwrap(),
            port: 25,
        };
        round_trip(&hop, r#"{"host":"[192.0.2.1]","port":25}"#);
        round_trip(&Plan::Local, r#""Local""#);
        round_trip(
            &Plan::NeedMx(Domain::new("b.example").unwrap()),
            r#"{"NeedMx":"b.example"}"#,
        );
        round_trip(
            &Next::Later(RouteError::Deferred(ReplyCode::new(451).unwrap())),
            r#"{"Later":{"Deferred":451}}"#,
        );
        round_trip(
            &Attempt::Address("2001:db8::1".parse().unwrap()),
            r#"{"Address":"2001:db8::1"}"#,
        );
        let mut config = RouteConfig::default();
        config.local_domains.push(Domain::new("a.example").unwrap());
        config.smart_host = Some(hop);
        round_trip(
            &config,
            r#"{"local_domains":["a.example"],"host_names":[],"addresses":[],"routes":[],"smart_host":{"host":"[192.0.2.1]","port":25},"max_hosts":10}"#,
        );
        let short = r#"{"local_domains":["a.example"]}"#;
        let short: RouteConfig = serde_json::from_str(short).unwrap();
        assert_eq!(
            (short.local_domains, short.max_hosts),
            (config.local_domains, 10)
        );
    }

    #[test]
    fn hosts_and_records_round_trip() {
        use smtp_proto::route::{Mx, MxAnswer, MxHost, RouteConfig, hosts};

        let record = Mx::new(10, "MX.b.example.");
        let json = r#"{"preference":10,"exchange":"MX.b.example."}"#;
        assert_eq!(serde_json::to_string(&record).unwrap(), json);
        assert_eq!(serde_json::from_str::<Mx<'_>>(json).unwrap(), record);
        let records = [record];
        let answer = MxAnswer::Records(&records);
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            serde_json::json!({ "Records": [record] })
        );
        let domain = Domain::new("b.example").unwrap();
        let found = hosts(&domain, answer, &RouteConfig::default(), |_| {}).unwrap();
        round_trip::<MxHost>(
            found.current().unwrap(),
            r#"{"preference":10,"name":"mx.b.example"}"#,
        );
    }

    #[test]
    fn a_trace_field_can_be_shown() {
        use smtp_proto::trace::{Date, Hello, Received, WithProtocol};

        let (from, by) = (
            HeloName::new("a.example").unwrap(),
            Domain::new("b.example").unwrap(),
        );
        let with = WithProtocol::new(Hello::Ehlo);
        let received = Received::new(&from, &by, with, Date::new(0, 0).unwrap());
        let json = serde_json::to_value(received).unwrap();
        assert_eq!(json["from"], "a.example");
        assert_eq!(json["date"]["unix"], 0);
    }

    #[test]
    fn malformed_values_are_refused() {
        use smtp_proto::route::{MxHost, RouteConfig};
        use smtp_proto::trace::{Date, TlsName, TraceId};

        assert!(serde_json::from_str::<Date>(r#"{"unix":0,"offset":1440}"#).is_err());
        assert!(serde_json::from_str::<TraceId<'_>>(r#""a b""#).is_err());
        assert!(serde_json::from_str::<TlsName<'_>>(r#""a\r\nb""#).is_err());
        let host = r#"{"preference":1,"name":"192.0.2.1"}"#;
        assert!(serde_json::from_str::<MxHost>(host).is_err());
        assert!(serde_json::from_str::<RouteConfig>(r#"{"host_names":["-"]}"#).is_err());
        assert!(serde_json::from_str::<Host<'_>>(r#""[192.0.2.1""#).is_err());
        assert!(serde_json::from_str::<Mailbox<'_>>(r#""a@b\r\nQUIT""#).is_err());
        assert!(serde_json::from_str::<Domain<'_>>(r#""-a""#).is_err());
        assert!(serde_json::from_str::<ReplyCode>("999").is_err());
        assert!(serde_json::from_str::<Priority>("10").is_err());
        assert!(serde_json::from_str::<Reply<'_>>(r#""250 a\r\n550 b""#).is_err());
        assert!(serde_json::from_str::<Reply<'_>>(r#""250-a""#).is_err());
        let by = r#"{"seconds":0,"mode":"Return","trace":true}"#;
        assert!(serde_json::from_str::<By>(by).is_err());
    }

    #[test]
    fn capabilities_can_be_shown() {
        let reply = Reply::new(250, "mx.example\nSIZE 5\nAUTH PLAIN").unwrap();
        let json = serde_json::to_value(Capabilities::from_reply(&reply)).unwrap();
        assert_eq!(json["extensions"], serde_json::json!(["SIZE", "AUTH"]));
        assert_eq!(json["size"], 5);
    }
}

#[cfg(feature = "arbitrary")]
mod arbitrary {
    use ::arbitrary::{Arbitrary, Unstructured};
    use proptest::prelude::*;
    use smtp_proto::route::{Attempt, Mx, MxHost, Next, Plan, RouteConfig, RouteError};
    use smtp_proto::sasl::{SaslError, Transport};
    use smtp_proto::trace::{Date, TlsName, TraceId, WithProtocol};
    use smtp_proto::{Command, ParseErrorKind, Reply};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn commands_parse_back(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
            let Ok(command) = Command::arbitrary(&mut Unstructured::new(&octets)) else {
                return Ok(());
            };
            let mut wire = Vec::new();
            command.encode(&mut wire);
            match Command::parse(&wire) {
                Ok(parsed) => prop_assert_eq!(parsed, command),
                // Constructors know grammars; only the whole line can be too long.
                Err(error) => prop_assert!(matches!(error.kind(), ParseErrorKind::LimitExceeded(_)), "{}", error),
            }
        }

        #[test]
        fn replies_parse_back(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(reply) = Reply::arbitrary(&mut Unstructured::new(&octets)) {
                prop_assert_eq!(&Reply::parse(reply.as_bytes()).unwrap(), &reply);
            }
        }
    }

    /// 5,000 inputs of text, so that values which hold text are not empty.
    fn inputs() -> impl Iterator<Item = Vec<u8>> {
        let mut state = 1_u32;
        (0..5_000).map(move |_| {
            let octets = (0..120).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                b' ' + (state >> 24) as u8 % 95
            });
            octets.collect()
        })
    }

    /// How many different values, as text, are made of the inputs.
    fn made(make: impl Fn(&[u8]) -> Option<String>) -> usize {
        let texts = inputs().filter_map(|octets| make(&octets));
        texts.collect::<std::collections::HashSet<_>>().len()
    }

    fn shown<T: for<'a> Arbitrary<'a> + std::fmt::Debug>(octets: &[u8]) -> Option<String> {
        let value = T::arbitrary(&mut Unstructured::new(octets)).ok()?;
        Some(format!("{value:?}"))
    }

    #[test]
    fn values_of_sasl_route_and_trace_are_made() {
        assert_eq!(made(shown::<Transport>), 3);
        assert_eq!(made(shown::<SaslError>), 6);
        assert_eq!(made(shown::<WithProtocol>), 24);
        for kind in [
            shown::<RouteConfig>,
            shown::<Plan>,
            shown::<MxHost>,
            shown::<RouteError>,
            shown::<Attempt>,
            shown::<Next>,
            shown::<Date>,
        ] {
            assert!(made(kind) > 100);
        }
        // What the constructors do not take is not made.
        let dates = made(|octets| {
            let date = Date::arbitrary(&mut Unstructured::new(octets)).ok()?;
            assert_eq!(Date::new(date.unix(), date.offset()), Some(date));
            Some(date.to_string())
        });
        let names = made(|octets| {
            let mut u = Unstructured::new(octets);
            let (id, name) = (
                TraceId::arbitrary(&mut u).ok()?,
                TlsName::arbitrary(&mut u).ok()?,
            );
            assert!(TraceId::new(id.as_str()).is_ok() && TlsName::new(name.as_str()).is_ok());
            Some(format!("{id} {name}"))
        });
        assert!(dates > 1_000 && names > 1_000, "{dates} {names}");
        let octets = inputs().next().unwrap();
        assert!(Mx::arbitrary(&mut Unstructured::new(&octets)).is_ok());
    }

    #[test]
    fn every_kind_of_command_is_made() {
        let mut kinds = std::collections::HashSet::new();
        for octets in inputs() {
            if let Ok(command) = Command::arbitrary(&mut Unstructured::new(&octets)) {
                kinds.insert(std::mem::discriminant(&command.into_owned()));
            }
        }
        assert_eq!(kinds.len(), 24);
    }
}
