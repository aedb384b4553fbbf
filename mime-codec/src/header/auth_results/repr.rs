//! What results are deserialized from: the same fields, checked as those that a program sets.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{AuthProperty, AuthResult, AuthResults};
use crate::EncodeError;

#[derive(serde::Deserialize)]
pub(super) struct PropertyParts<'a> {
    ptype: Cow<'a, str>,
    property: Cow<'a, str>,
    value: Cow<'a, str>,
}

#[derive(serde::Deserialize)]
pub(super) struct Outcome<'a> {
    method: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    result: Cow<'a, str>,
    reason: Option<Cow<'a, str>>,
    properties: Vec<AuthProperty<'a>>,
}

#[derive(serde::Deserialize)]
pub(super) struct Outcomes<'a> {
    authserv_id: Cow<'a, str>,
    version: Option<Cow<'a, str>>,
    results: Vec<AuthResult<'a>>,
}

fn version(version: Option<Cow<'_, str>>) -> Result<Option<Cow<'_, str>>, EncodeError> {
    let is_number =
        |text: &Cow<'_, str>| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    if version.as_ref().is_none_or(is_number) {
        Ok(version)
    } else {
        Err(EncodeError::Syntax)
    }
}

impl<'a> TryFrom<PropertyParts<'a>> for AuthProperty<'a> {
    type Error = EncodeError;

    fn try_from(from: PropertyParts<'a>) -> Result<Self, EncodeError> {
        Self::new(from.ptype, from.property, from.value)
    }
}

impl<'a> TryFrom<Outcome<'a>> for AuthResult<'a> {
    type Error = EncodeError;

    fn try_from(from: Outcome<'a>) -> Result<Self, EncodeError> {
        let mut result = Self::new(from.method, from.result)?;
        if let Some(reason) = from.reason {
            result = result.with_reason(reason)?;
        }
        Ok(Self {
            version: version(from.version)?,
            properties: from.properties,
            ..result
        })
    }
}

impl<'a> TryFrom<Outcomes<'a>> for AuthResults<'a> {
    type Error = EncodeError;

    fn try_from(from: Outcomes<'a>) -> Result<Self, EncodeError> {
        Ok(Self {
            version: version(from.version)?,
            ..Self::new(from.authserv_id, from.results)?
        })
    }
}
