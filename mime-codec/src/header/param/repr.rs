//! What parameters are deserialized from: the same fields, checked as those that a program sets.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::{EncodeError, Limits};

#[derive(serde::Deserialize)]
pub(super) struct Parameter<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    language: Option<Cow<'a, str>>,
}

#[derive(serde::Deserialize)]
pub(super) struct Parameters<'a> {
    list: Vec<super::Parameter<'a>>,
}

impl<'a> TryFrom<Parameter<'a>> for super::Parameter<'a> {
    type Error = EncodeError;

    fn try_from(from: Parameter<'a>) -> Result<Self, EncodeError> {
        let parameter = Self::new(from.name, from.value)?;
        match from.language {
            Some(language) => parameter.with_language(language),
            None => Ok(parameter),
        }
    }
}

impl<'a> TryFrom<Parameters<'a>> for super::Parameters<'a> {
    type Error = EncodeError;

    /// No more than reading a field gives.
    fn try_from(from: Parameters<'a>) -> Result<Self, EncodeError> {
        if from.list.len() > Limits::DEFAULT.parameters {
            return Err(EncodeError::Syntax);
        }
        let mut this = Self::new();
        from.list
            .into_iter()
            .for_each(|parameter| this.set(parameter));
        Ok(this)
    }
}
