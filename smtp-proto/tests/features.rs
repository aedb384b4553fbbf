//! The optional features: values survive serde, and arbitrary makes only values that parse back.

#[cfg(feature = "serde")]
mod serde {
    use smtp_proto::{
        Attributes, BodyType, By, ByMode, Capabilities, DateTime, Domain, EnhancedCode, EnvelopeId,
        Extension, ForwardPath, HeloName, Hold, Mailbox, Mechanism, Mtrk, Notify,
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
    fn malformed_values_are_refused() {
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

    #[test]
    fn every_kind_of_command_is_made() {
        let mut kinds = std::collections::HashSet::new();
        let mut state = 1_u32;
        for _ in 0..5_000 {
            let octets: Vec<u8> = (0..120)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    // Text, so that values which hold text are not empty.
                    b' ' + (state >> 24) as u8 % 95
                })
                .collect();
            if let Ok(command) = Command::arbitrary(&mut Unstructured::new(&octets)) {
                kinds.insert(std::mem::discriminant(&command.into_owned()));
            }
        }
        assert_eq!(kinds.len(), 24);
    }
}
