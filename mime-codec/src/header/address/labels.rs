//! International domains as A-labels and as U-labels (RFC 5890 section 2.3.2.1, RFC 5891, UTS 46).

use alloc::borrow::Cow;

use super::spec::is_domain;
use super::{AddrSpec, Address, AddressList, Group, Mailbox};
use crate::{EncodeError, FieldBody, ReturnPath};

impl AddrSpec<'_> {
    /// The address with the domain in A-labels, which every server takes; one that is US-ASCII stays
    /// as it is.
    ///
    /// ```
    /// use mime_codec::AddrSpec;
    ///
    /// let addr = AddrSpec::new("info", "Bücher.example")?;
    /// assert_eq!(addr.to_ascii()?.to_string(), "info@xn--bcher-kva.example");
    /// assert_eq!(addr.to_ascii()?.to_unicode().to_string(), "info@bücher.example");
    /// # Ok::<(), mime_codec::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncodeError::NonAscii`] if the local part is international, for which there is no other form;
    /// [`EncodeError::Syntax`] if the domain is no domain name.
    pub fn to_ascii(&self) -> Result<Self, EncodeError> {
        if !self.local().is_ascii() {
            return Err(EncodeError::NonAscii);
        }
        match self.domain().filter(|domain| !domain.is_ascii()) {
            None => Ok(self.clone()),
            Some(domain) => {
                let domain =
                    idna::domain_to_ascii_strict(domain).map_err(|_| EncodeError::Syntax)?;
                if !is_domain(&domain) {
                    return Err(EncodeError::Syntax);
                }
                Ok(Self {
                    local: self.local.clone(),
                    domain: Some(Cow::Owned(domain)),
                })
            }
        }
    }

    /// The address with the domain in U-labels, for people to read; a domain whose A-labels are not
    /// sound stays as it is.
    ///
    /// Letters of different scripts can look the same: what is shown so does not prove who is meant.
    #[must_use]
    pub fn to_unicode(&self) -> Self {
        let Some(domain) = self.domain().filter(|domain| !domain.starts_with('[')) else {
            return self.clone();
        };
        let labels = || domain.split('.');
        let is_a_label = |label: &str| {
            let prefix = label.get(..4);
            prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
        };
        if !labels().any(is_a_label) {
            return self.clone();
        }
        match idna::domain_to_unicode(domain) {
            (shown, Ok(())) if is_domain(&shown) => Self {
                local: self.local.clone(),
                domain: Some(Cow::Owned(shown)),
            },
            _ => self.clone(),
        }
    }
}

impl Mailbox<'_> {
    /// The mailbox with its address as [`AddrSpec::to_ascii`] gives it.
    ///
    /// # Errors
    ///
    /// Those of [`AddrSpec::to_ascii`].
    pub fn to_ascii(&self) -> Result<Self, EncodeError> {
        Ok(Self {
            addr: self.addr.to_ascii()?,
            ..self.clone()
        })
    }
}

impl AddressList<'_> {
    /// The list with all addresses as [`AddrSpec::to_ascii`] gives them.
    ///
    /// # Errors
    ///
    /// Those of [`AddrSpec::to_ascii`].
    pub fn to_ascii(&self) -> Result<Self, EncodeError> {
        let addresses = self.addresses.iter().map(|address| {
            Ok::<_, EncodeError>(match address {
                Address::Mailbox(mailbox) => Address::Mailbox(mailbox.to_ascii()?),
                Address::Group(group) => {
                    let mailboxes = group.mailboxes.iter().map(Mailbox::to_ascii);
                    Address::Group(Group {
                        mailboxes: mailboxes.collect::<Result<_, _>>()?,
                        ..group.clone()
                    })
                }
                Address::Invalid(text) => Address::Invalid(text.clone()),
            })
        });
        Ok(Self {
            addresses: addresses.collect::<Result<_, _>>()?,
        })
    }
}

impl FieldBody<'_> {
    /// The value with all its addresses as [`AddrSpec::to_ascii`] gives them.
    pub(crate) fn to_ascii(&self) -> Result<Self, EncodeError> {
        Ok(match self {
            Self::Addresses(list) => Self::Addresses(list.to_ascii()?),
            Self::Mailbox(mailbox) => Self::Mailbox(mailbox.to_ascii()?),
            Self::ReturnPath(path) => {
                let addr = path.addr().map(AddrSpec::to_ascii).transpose()?;
                Self::ReturnPath(ReturnPath::new(addr))
            }
            _ => self.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
