//! What an address list can be made of, besides its parts (RFC 5322 section 3.4).

use alloc::string::String;
use alloc::vec::Vec;

use super::{Address, AddressList, Group, Mailbox, fast};
use crate::header::fold;
use crate::{AddrSpec, EncodeError, Options};

impl<'a> From<AddrSpec<'a>> for Mailbox<'a> {
    fn from(addr: AddrSpec<'a>) -> Self {
        Self::new(addr)
    }
}

impl<'a> TryFrom<&'a str> for Mailbox<'a> {
    type Error = EncodeError;

    /// Reads exactly one mailbox: `Mary Smith <mary@example.net>`.
    fn try_from(text: &'a str) -> Result<Self, EncodeError> {
        let mut list = AddressList::try_from(text)?.addresses;
        match (list.pop(), list.is_empty()) {
            (Some(Address::Mailbox(mailbox)), true) => Ok(mailbox),
            _ => Err(EncodeError::Syntax),
        }
    }
}

impl<'a> TryFrom<(&'a str, &'a str)> for Mailbox<'a> {
    type Error = EncodeError;

    /// A display name and an address.
    fn try_from((name, addr): (&'a str, &'a str)) -> Result<Self, EncodeError> {
        let addr = if let Some(addr) = fast::whole_addr_spec(addr) {
            addr
        } else {
            fold::check_value(addr)?;
            AddrSpec::parse(addr.as_bytes()).map_err(|_| EncodeError::Syntax)?
        };
        Self::new(addr).with_name(name)
    }
}

impl<'a> TryFrom<&'a str> for AddressList<'a> {
    type Error = EncodeError;

    /// Reads a list that has at least one address and in which nothing is wrong.
    ///
    /// ```
    /// use mime_codec::AddressList;
    /// assert_eq!(AddressList::try_from("Mary <mary@x.example>, jdoe@y.example")?.addresses().len(), 2);
    /// assert!(AddressList::try_from("mary@x.example\r\nBcc: eve@y.example").is_err());
    /// # Ok::<(), mime_codec::EncodeError>(())
    /// ```
    fn try_from(text: &'a str) -> Result<Self, EncodeError> {
        fold::check_value(text)?;
        let mut defects = Vec::new();
        let list = Self::parse_with(text.as_bytes(), &Options::DEFAULT, &mut defects);
        if list.is_empty() || !defects.is_empty() {
            return Err(EncodeError::Syntax);
        }
        Ok(list)
    }
}

impl TryFrom<String> for AddressList<'_> {
    type Error = EncodeError;

    /// As for `&str`.
    fn try_from(text: String) -> Result<Self, EncodeError> {
        AddressList::try_from(text.as_str()).map(AddressList::into_owned)
    }
}

impl<'a> TryFrom<&'a String> for AddressList<'a> {
    type Error = EncodeError;

    /// As for `&str`.
    fn try_from(text: &'a String) -> Result<Self, EncodeError> {
        Self::try_from(text.as_str())
    }
}

impl<'a> TryFrom<(&'a str, &'a str)> for AddressList<'a> {
    type Error = EncodeError;

    /// A display name and an address.
    fn try_from(named: (&'a str, &'a str)) -> Result<Self, EncodeError> {
        Mailbox::try_from(named).map(Self::from)
    }
}

impl<'a> From<AddrSpec<'a>> for AddressList<'a> {
    fn from(addr: AddrSpec<'a>) -> Self {
        Mailbox::new(addr).into()
    }
}

impl<'a> From<Mailbox<'a>> for AddressList<'a> {
    fn from(mailbox: Mailbox<'a>) -> Self {
        Self::new(alloc::vec![Address::Mailbox(mailbox)])
    }
}

impl<'a> From<Group<'a>> for AddressList<'a> {
    fn from(group: Group<'a>) -> Self {
        Self::new(alloc::vec![Address::Group(group)])
    }
}

impl<'a> From<Vec<Mailbox<'a>>> for AddressList<'a> {
    fn from(mailboxes: Vec<Mailbox<'a>>) -> Self {
        mailboxes.into_iter().collect()
    }
}

impl<'a, const N: usize> From<[Mailbox<'a>; N]> for AddressList<'a> {
    fn from(mailboxes: [Mailbox<'a>; N]) -> Self {
        mailboxes.into_iter().collect()
    }
}
