//! Addresses: mailboxes, hosts, literals, paths, xtext and original recipients.

use smtp_proto::{
    Domain, ForwardPath, Host, Limits, Mailbox, OriginalRecipient, ReversePath, XText,
};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (_, stream) = split(data);
    let Ok(text) = std::str::from_utf8(stream) else {
        return;
    };
    if let Ok(path) = ReversePath::parse(text) {
        assert_eq!(ReversePath::parse(&path.to_string()).as_ref(), Ok(&path));
        assert_eq!(path.is_ascii(), text.is_ascii());
        assert_eq!(path.clone().into_owned(), path);
        path.mailbox().into_iter().for_each(mailbox);
    }
    if let Ok(path) = ForwardPath::parse(text) {
        assert_eq!(ForwardPath::parse(&path.to_string()).as_ref(), Ok(&path));
        assert_eq!(path.is_ascii(), text.is_ascii());
        path.mailbox().into_iter().for_each(mailbox);
        if let ForwardPath::Path(path) = &path
            && let Some(route) = &path.route
        {
            assert!(
                route
                    .domains()
                    .all(|domain| Domain::new(domain.as_str()).is_ok())
            );
        }
    }
    if let Ok(found) = Mailbox::new(text) {
        assert_eq!(found.as_str(), text);
        assert_eq!(
            ForwardPath::parse(&format!("<{text}>")).ok(),
            Some(ForwardPath::from(found.clone()))
                .filter(|_| text.len() + 2 <= Limits::default().path)
        );
        mailbox(&found);
    }
    if let Ok(host) = Host::parse(text) {
        let canonical = host.canonical();
        assert_eq!(canonical.canonical(), canonical);
        assert_eq!(Host::parse(&host.to_string()).as_ref(), Ok(&host));
        assert_eq!(Host::parse(&canonical.to_string()).as_ref(), Ok(&canonical));
    }
    let xtext = XText::encode_from(text);
    assert_eq!(&*xtext.decode(), text.as_bytes());
    assert_eq!(XText::new(xtext.as_str()).as_ref(), Ok(&xtext));
    if let Ok(xtext) = XText::new(text) {
        assert!(xtext.decode().len() <= text.len());
    }
    if let Ok(recipient) = OriginalRecipient::new(text) {
        assert!(recipient.address().len() <= text.len());
        assert!(text.starts_with(recipient.address_type()));
    }
    if let Ok(recipient) = OriginalRecipient::from_address(text) {
        assert_eq!(recipient.address(), text);
        assert!(!recipient.needs_smtputf8());
    }
}

fn mailbox(mailbox: &Mailbox<'_>) {
    let (local, host) = (mailbox.local_part(), mailbox.host());
    assert!(mailbox.as_str().starts_with(local.as_str()));
    let canonical = mailbox.canonical();
    assert_eq!(canonical.canonical(), canonical);
    assert_eq!(Mailbox::new(canonical.as_str()).as_ref(), Ok(&canonical));
    assert_eq!(canonical.local_part().unquoted(), local.unquoted());
    assert_eq!(canonical.host(), host.canonical());
    let joined = Mailbox::from_parts(&local.unquoted(), &host).expect("the same parts");
    assert_eq!(joined.canonical(), canonical);
}
