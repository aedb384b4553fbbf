//! Address lists and everything else that fields hold: what was read can be written, and is
//! then read as the same.

use mime_codec::{
    AddrSpec, Address, AddressList, AuthResults, Keywords, ListId, ListUris, Mailbox, Mailboxes,
    MessageId, MessageIdList, Received, ReturnPath, TagList,
};

use crate::input::split;
use crate::mime::{options, written};

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, value) = split(data);
    let options = options(&mut decisions);
    let utf8 = !decisions.flag();
    let mut defects = Vec::new();
    let list = AddressList::parse_with(value, &options, &mut defects);
    assert!(list.addresses().len() <= options.limits.addresses);
    for mailbox in list.mailboxes() {
        check(mailbox);
    }
    for address in list.addresses() {
        if let Address::Group(group) = address {
            group.comment();
            assert_eq!(group.clone().into_owned(), *group);
        }
    }
    // Nothing is lost or changed on the way out and back, as long as no limit is in the way.
    if let Some(text) = written(utf8, |field| list.write(field)) {
        let again = AddressList::parse(&text);
        let addresses = |list: &AddressList<'_>| -> Vec<AddrSpec<'static>> {
            list.mailboxes()
                .map(|mailbox| mailbox.addr().clone().into_owned())
                .collect()
        };
        assert_eq!(
            addresses(&again),
            addresses(&list),
            "{}",
            text.escape_ascii()
        );
        let read = |list: &AddressList<'_>| -> usize {
            let addresses = list.addresses().iter();
            // What could not be read is not written.
            addresses
                .filter(|address| !matches!(address, Address::Invalid(_)))
                .count()
        };
        assert_eq!(read(&again), read(&list), "{}", text.escape_ascii());
    }
    assert_eq!(list.clone().into_owned(), list);

    // One by one they are the same as in the list.
    let whole = AddressList::parse(value);
    assert!(
        Mailboxes::new(value).eq(whole.mailboxes().cloned()),
        "{}",
        value.escape_ascii()
    );
    if let Ok(addr) = AddrSpec::parse(value) {
        assert_eq!(whole.mailboxes().next().map(Mailbox::addr), Some(&addr));
    }

    let ids = MessageIdList::parse_with(value, &options, &mut defects);
    if let Some(text) = written(true, |field| ids.write(field)) {
        assert_eq!(MessageIdList::parse(&text), ids);
    }
    MessageId::parse_with(value, &options, &mut defects);
    let keywords = Keywords::parse_with(value, &options, &mut defects);
    if let Some(text) = written(true, |field| keywords.write(field)) {
        assert_eq!(Keywords::parse(&text), keywords);
    }
    let uris = ListUris::parse_with(value, &options, &mut defects);
    if let Some(text) = written(true, |field| uris.write(field)) {
        assert_eq!(ListUris::parse(&text), uris);
    }
    if let Some(id) = ListId::parse_with(value, &options)
        && let Some(text) = written(true, |field| id.write(field))
    {
        assert_eq!(ListId::parse(&text), Some(id));
    }
    let tags = TagList::parse_with(value, &options, &mut defects);
    written(true, |field| tags.write(field));
    let results = AuthResults::parse_with(value, &options, &mut defects);
    written(true, |field| results.write(field));
    let hop = Received::parse_with(value, &options, &mut defects);
    written(true, |field| hop.write(field));
    if let Ok(path) = ReturnPath::parse(value)
        && let Some(text) = written(true, |field| path.write(field))
    {
        assert_eq!(ReturnPath::parse(&text), Ok(path));
    }
    for defect in defects {
        assert!(defect.offset <= value.len() as u64, "{defect}");
    }
}

/// An address is one address, also when it is printed.
fn check(mailbox: &Mailbox<'_>) {
    let addr = mailbox.addr();
    mailbox.name_warning();
    mailbox.route();
    mailbox.comment();
    assert_eq!(mailbox.clone().into_owned(), *mailbox);
    if addr.domain().is_some() {
        let printed = addr.to_string();
        let again = AddrSpec::parse(printed.as_bytes());
        assert_eq!(again.as_ref(), Ok(addr), "{printed:?}");
    }
    let shown = mailbox.to_string();
    let again = AddressList::parse(shown.as_bytes());
    let found: Vec<_> = again.mailboxes().map(Mailbox::addr).collect();
    assert_eq!(found, [addr], "{shown:?}");
}
