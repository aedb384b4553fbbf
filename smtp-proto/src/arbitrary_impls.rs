//! `arbitrary` for everything that can be sent, always through the constructors, so that a fuzzer
//! only makes values that a program can make.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use crate::route::{Attempt, Mx, MxHost, Next, NextHop, Plan, RouteConfig, RouteError};
use crate::sasl::{SaslError, Transport};
use crate::trace::{Date, Hello, TlsName, TraceId, WithProtocol};
use crate::{
    AddressLiteral, Argument, Attributes, Auth, Base64, Bdat, BodyType, Burl, By, ByMode, Command,
    DateTime, Domain, EnvelopeId, ForwardPath, HeloName, Hold, Host, Mail, MailAuth,
    MailParameters, Mailbox, Mechanism, Mtrk, Node, Notify, OriginalRecipient, Parameter, Path,
    Priority, Query, Rcpt, RcptParameters, Reply, ReplyCode, Ret, ReversePath, Rrvs, RrvsAction,
    Solicit, SourceRoute, TransactionId, Unknown, Url, XText,
};

/// One to `max` characters of `alphabet`.
fn word(u: &mut Unstructured<'_>, alphabet: &str, max: usize) -> Result<String> {
    let chars: Vec<char> = alphabet.chars().collect();
    let len = u.int_in_range(1..=max)?;
    (0..len).map(|_| u.choose(&chars).copied()).collect()
}

const LETTERS: &str = "abcXYZ019";
const VISIBLE: &str = "ab9!#$%&'*/?^_`{|}~.,:;@()[]<>-";

/// Text that a constructor accepts, or another try for the fuzzer.
fn checked<T>(value: core::result::Result<T, crate::ParseError>) -> Result<T> {
    value.map_err(|_| Error::IncorrectFormat)
}

/// Implements `Arbitrary` for types without a lifetime of their own in the value.
macro_rules! arbitrary {
    ($($name:ident => |$u:ident| $body:expr;)*) => {$(
        impl<'a> Arbitrary<'a> for $name<'a> {
            fn arbitrary($u: &mut Unstructured<'a>) -> Result<Self> {
                $body
            }
        }
    )*};
}

arbitrary! {
    Domain => |u| {
        let mut text = word(u, LETTERS, 12)?;
        for _ in 0..u.int_in_range(0..=3)? {
            text.push('.');
            text.push_str(&word(u, "ab-9\u{fc}", 8)?);
        }
        checked(Self::new(text))
    };
    Host => |u| Ok(match u.int_in_range(0..=3)? {
        0 => Self::Literal(AddressLiteral::from(IpAddr::arbitrary(u)?)),
        _ => Self::Domain(Domain::arbitrary(u)?),
    });
    Mailbox => |u| {
        let host = Host::arbitrary(u)?;
        checked(Self::from_parts(<&str>::arbitrary(u)?, &host))
    };
    SourceRoute => |u| {
        let mut text = String::new();
        for hop in 0..u.int_in_range(1..=3)? {
            text.push_str(if hop > 0 { ",@" } else { "@" });
            text.push_str(Domain::arbitrary(u)?.as_str());
        }
        checked(Self::new(text))
    };
    Path => |u| Ok(Self {
        route: if u.ratio(1, 8)? { Some(SourceRoute::arbitrary(u)?) } else { None },
        mailbox: Mailbox::arbitrary(u)?,
    });
    ReversePath => |u| Ok(if u.ratio(1, 8)? { Self::Null } else { Self::Path(Path::arbitrary(u)?) });
    ForwardPath => |u| Ok(if u.ratio(1, 8)? { Self::Postmaster } else { Self::Path(Path::arbitrary(u)?) });
    HeloName => |u| checked(Self::new(word(u, VISIBLE, 40)?));
    Argument => |u| checked(Self::new(<&str>::arbitrary(u)?.trim()));
    Mechanism => |u| checked(Self::new(word(u, "ABZ019-_", 20)?));
    Node => |u| checked(Self::new(match u.int_in_range(0..=2)? {
        0 => Domain::arbitrary(u)?.as_str().into(),
        1 => ["@", Domain::arbitrary(u)?.as_str()].concat(),
        _ => ["#", &word(u, VISIBLE, 9)?].concat(),
    }));
    Url => |u| checked(Self::new(["imap://", &word(u, VISIBLE, 40)?].concat()));
    Base64 => |u| Ok(Self::encode_from(<&[u8]>::arbitrary(u)?));
    XText => |u| Ok(Self::encode_from(<&str>::arbitrary(u)?));
    EnvelopeId => |u| checked(Self::new(XText::arbitrary(u)?.as_str().to_owned()));
    OriginalRecipient => |u| checked(Self::from_address(<&str>::arbitrary(u)?));
    Solicit => |u| checked(Self::new(["a", &word(u, "ab:.-_9", 20)?].concat()));
    Mtrk => |u| checked(Self::new(Base64::arbitrary(u)?.as_str().to_owned()));
    TransactionId => |u| checked(Self::new(["<", &word(u, "ab9@.-", 20)?, ">"].concat()));
    DateTime => |u| {
        let mut part = |max: u32| u.int_in_range(1..=max);
        let (month, day, hour, minute) = (part(12)?, part(31)?, part(23)?, part(59)?);
        checked(Self::new(alloc::format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z")))
    };
    Parameter => |u| {
        let value = Option::<()>::arbitrary(u)?.map(|()| word(u, VISIBLE, 9)).transpose()?;
        checked(Self::new(["X-", &word(u, LETTERS, 9)?].concat(), value.map(Cow::Owned)))
    };
    Hold => |u| Ok(if bool::arbitrary(u)? {
        Self::For(u.int_in_range(1..=999_999_999)?)
    } else {
        Self::Until(DateTime::arbitrary(u)?)
    });
    MailAuth => |u| Ok(if bool::arbitrary(u)? {
        Self::Unknown
    } else {
        Self::Submitter(XText::encode_from(Mailbox::arbitrary(u)?.as_str()))
    });
    Rrvs => |u| Ok(Self {
        since: DateTime::arbitrary(u)?,
        action: *u.choose(&[None, Some(RrvsAction::Reject), Some(RrvsAction::Continue)])?,
    });
    MailParameters => |u| {
        Ok(Self {
            size: Arbitrary::arbitrary(u)?,
            body: *u.choose(&[
            None,
            Some(BodyType::SevenBit),
            Some(BodyType::EightBitMime),
            Some(BodyType::BinaryMime),
        ])?,
            smtputf8: Arbitrary::arbitrary(u)?,
            ret: *u.choose(&[None, Some(Ret::Full), Some(Ret::Hdrs)])?,
            envid: Arbitrary::arbitrary(u)?,
            auth: Arbitrary::arbitrary(u)?,
            by: Arbitrary::arbitrary(u)?,
            hold: Arbitrary::arbitrary(u)?,
            mt_priority: Arbitrary::arbitrary(u)?,
            requiretls: Arbitrary::arbitrary(u)?,
            mtrk: Arbitrary::arbitrary(u)?,
            solicit: Arbitrary::arbitrary(u)?,
            transid: Arbitrary::arbitrary(u)?,
            conperm: Arbitrary::arbitrary(u)?,
            others: others(u)?,
        })
    };
    RcptParameters => |u| {
        Ok(Self {
            notify: Arbitrary::arbitrary(u)?,
            orcpt: Arbitrary::arbitrary(u)?,
            rrvs: Arbitrary::arbitrary(u)?,
            conneg: Arbitrary::arbitrary(u)?,
            others: others(u)?,
        })
    };
    Mail => |u| {
        let mut mail = Self {
            reverse_path: ReversePath::arbitrary(u)?,
            parameters: MailParameters::arbitrary(u)?,
        };
        mail.parameters.smtputf8 |= !mail.reverse_path.is_ascii();
        Ok(mail)
    };
    Rcpt => |u| Ok(Self {
        forward_path: ForwardPath::arbitrary(u)?,
        parameters: RcptParameters::arbitrary(u)?,
    });
    Query => |u| {
        let argument = Argument::arbitrary(u)?;
        Ok(Self { argument, smtputf8: true })
    };
    Auth => |u| Ok(Self {
        mechanism: Mechanism::arbitrary(u)?,
        initial_response: Arbitrary::arbitrary(u)?,
    });
    Burl => |u| Ok(Self { url: Url::arbitrary(u)?, last: Arbitrary::arbitrary(u)? });
    Attributes => |u| {
        let name = *u.choose(&["NAME=", "ADDR=", "HELO=", "LOGIN="])?;
        let value = XText::encode_from(<&str>::arbitrary(u)?);
        checked(Self::new([name, value.as_str(), " PORT=[UNAVAILABLE]"].concat()))
    };
    Unknown => |u| checked(Self::new(
        &["X", &word(u, LETTERS, 9)?].concat(),
        Option::<Argument<'_>>::arbitrary(u)?.as_ref().map_or("", Argument::as_str),
    ));
    Command => |u| Ok(match u.int_in_range(0..=23)? {
        0 => Self::Ehlo(Arbitrary::arbitrary(u)?),
        1 => Self::Helo(Arbitrary::arbitrary(u)?),
        2 => Self::Lhlo(Arbitrary::arbitrary(u)?),
        3 => Self::Mail(Arbitrary::arbitrary(u)?),
        4 => Self::Rcpt(Arbitrary::arbitrary(u)?),
        5 => Self::Data,
        6 => Self::Bdat(Arbitrary::arbitrary(u)?),
        7 => Self::Rset,
        8 => Self::Vrfy(Arbitrary::arbitrary(u)?),
        9 => Self::Expn(Arbitrary::arbitrary(u)?),
        10 => Self::Help(Arbitrary::arbitrary(u)?),
        11 => Self::Noop(Arbitrary::arbitrary(u)?),
        12 => Self::Quit,
        13 => Self::Auth(Arbitrary::arbitrary(u)?),
        14 => Self::StartTls,
        15 => Self::Etrn(Arbitrary::arbitrary(u)?),
        16 => Self::Atrn(Arbitrary::arbitrary(u)?),
        17 => Self::Burl(Arbitrary::arbitrary(u)?),
        18 => Self::Xclient(Arbitrary::arbitrary(u)?),
        19 => Self::Xforward(Arbitrary::arbitrary(u)?),
        20 => Self::Turn,
        21 => Self::Send(Arbitrary::arbitrary(u)?),
        22 => Self::Soml(Arbitrary::arbitrary(u)?),
        _ => Self::Unknown(Arbitrary::arbitrary(u)?),
    });
    Reply => |u| checked(Self::new(u.int_in_range(200..=599)?, <&str>::arbitrary(u)?));
    TraceId => |u| checked(Self::new(word(u, "aZ9!#$%&'*/?^_`{|}~-", 40)?));
    TlsName => |u| checked(Self::new(["TLS", &word(u, "aZ9_-", 20)?].concat()));
    Mx => |u| Ok(Self::new(u16::arbitrary(u)?, <&str>::arbitrary(u)?));
}

/// Parameters whose keywords differ.
fn others<'a>(u: &mut Unstructured<'a>) -> Result<Vec<Parameter<'a>>> {
    let mut others: Vec<Parameter<'a>> = Vec::new();
    for _ in 0..u.int_in_range(0..=2)? {
        let other = Parameter::arbitrary(u)?;
        let known = |known: &Parameter<'_>| known.keyword().eq_ignore_ascii_case(other.keyword());
        if !others.iter().any(known) {
            others.push(other);
        }
    }
    Ok(others)
}

/// Implements `Arbitrary` for types without a lifetime.
macro_rules! arbitrary_owned {
    ($($name:ident => |$u:ident| $body:expr;)*) => {$(
        impl Arbitrary<'_> for $name {
            fn arbitrary($u: &mut Unstructured<'_>) -> Result<Self> {
                $body
            }
        }
    )*};
}

arbitrary_owned! {
    Bdat => |u| Ok(Self { size: Arbitrary::arbitrary(u)?, last: Arbitrary::arbitrary(u)? });
    By => |u| {
        let mode = *u.choose(&[ByMode::Notify, ByMode::Return])?;
        let min = if mode == ByMode::Return { 1 } else { -999_999_999 };
        checked(Self::new(u.int_in_range(min..=999_999_999)?, mode, Arbitrary::arbitrary(u)?))
    };
    Priority => |u| checked(Self::try_from(u.int_in_range(-9..=9)?));
    Notify => |u| Ok(Self {
        success: Arbitrary::arbitrary(u)?,
        failure: Arbitrary::arbitrary(u)?,
        delay: Arbitrary::arbitrary(u)?,
    });
    ReplyCode => |u| checked(Self::new(u.int_in_range(200..=599)?));
    Transport => |u| Ok(*u.choose(&[Self::Tls, Self::Clear, Self::ClearAllowed])?);
    SaslError => |u| Ok(*u.choose(&[
        Self::Malformed,
        Self::InvalidUtf8,
        Self::OutOfTurn,
        Self::ForbiddenCharacter,
        Self::Empty,
        Self::TooLong,
    ])?);
    Hello => |u| Ok(*u.choose(&[Self::Helo, Self::Ehlo, Self::Lhlo])?);
    WithProtocol => |u| {
        let mut with = Self::new(Hello::arbitrary(u)?);
        (with.tls, with.auth, with.utf8) = Arbitrary::arbitrary(u)?;
        Ok(with)
    };
    Date => |u| {
        let unix = u.int_in_range(-2_208_988_800..=253_402_300_799)?;
        Self::new(unix, u.int_in_range(-1_439..=1_439)?).ok_or(Error::IncorrectFormat)
    };
    NextHop => |u| Ok(Self { host: Host::arbitrary(u)?.into_owned(), port: u16::arbitrary(u)? });
    RouteConfig => |u| {
        let domains = |u: &mut Unstructured<'_>| -> Result<Vec<Domain<'static>>> {
            (0..u.int_in_range(0..=2)?).map(|_| owned_domain(u)).collect()
        };
        Ok(Self {
            local_domains: domains(u)?,
            host_names: domains(u)?,
            addresses: Arbitrary::arbitrary(u)?,
            routes: (0..u.int_in_range(0..=2)?)
                .map(|_| Ok((owned_domain(u)?, NextHop::arbitrary(u)?)))
                .collect::<Result<_>>()?,
            smart_host: Arbitrary::arbitrary(u)?,
            max_hosts: u.int_in_range(0..=20)?,
        })
    };
    Plan => |u| Ok(match u.int_in_range(0..=3)? {
        0 => Self::Local,
        1 => Self::NextHop(Arbitrary::arbitrary(u)?),
        2 => Self::Literal(Arbitrary::arbitrary(u)?),
        _ => Self::NeedMx(owned_domain(u)?.canonical()),
    });
    RouteError => |u| Ok(match u.int_in_range(0..=10)? {
        0 => Self::UnknownLiteral,
        1 => Self::NotADomain,
        2 => Self::NoSuchDomain,
        3 => Self::NullMx,
        4 => Self::Loop,
        5 => Self::NoUsableHost,
        6 => Self::DnsFailure,
        7 => Self::Unreachable,
        8 => Self::HostTakesNoMail,
        9 => Self::Deferred(Arbitrary::arbitrary(u)?),
        _ => Self::Refused(Arbitrary::arbitrary(u)?),
    });
    MxHost => |u| {
        let preference = u16::arbitrary(u)?;
        Self::new(preference, owned_domain(u)?.as_str()).ok_or(Error::IncorrectFormat)
    };
    Attempt => |u| Ok(match u.int_in_range(0..=5)? {
        0 => Self::NoAddress,
        1 => Self::AddressLookupFailed,
        2 => Self::Address(Arbitrary::arbitrary(u)?),
        3 => Self::Unreachable,
        4 => Self::Greeting(Arbitrary::arbitrary(u)?),
        _ => Self::Reply(Arbitrary::arbitrary(u)?),
    });
    Next => |u| Ok(match u.int_in_range(0..=3)? {
        0 => Self::Try,
        1 => Self::Delivered,
        2 => Self::Later(Arbitrary::arbitrary(u)?),
        _ => Self::Failed(Arbitrary::arbitrary(u)?),
    });
}

fn owned_domain(u: &mut Unstructured<'_>) -> Result<Domain<'static>> {
    Domain::arbitrary(u).map(Domain::into_owned)
}
