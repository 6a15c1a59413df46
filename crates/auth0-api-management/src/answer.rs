//! Reads the members of an answer.

use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::timestamp;

/// Why an answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The body is no JSON object.
    #[error("the answer of the Management API is no JSON object")]
    Body,
    /// A member is missing, or its type or value is invalid.
    #[error("{member} in the answer of the Management API is missing or malformed")]
    Member {
        /// The member's name.
        member: &'static str,
    },
    /// The pages of a list have no end: a page names one as its next that was named before, or there are more than 1000.
    #[error("the pages of the list have no end")]
    Pages,
    /// The status is none that the Management API uses, such as that of a redirect.
    #[error("the Management API answered {status}, which it does not use")]
    Status {
        /// The status.
        status: u16,
    },
    /// The body is longer than 1 MiB.
    #[error("the answer of the Management API is too large")]
    TooLarge,
}

/// The members of an answer that were not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// # Errors
    ///
    /// [`AnswerError::Body`] unless the body is a JSON object.
    pub(crate) fn read(body: &[u8]) -> Result<Self, AnswerError> {
        serde_json::from_slice(body).map(Self).map_err(|_| AnswerError::Body)
    }

    /// Takes a text that is not empty.
    pub(crate) fn take_text(&mut self, member: &'static str) -> Result<Box<str>, AnswerError> {
        match self.0.remove(member) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.into()),
            _ => Err(AnswerError::Member { member }),
        }
    }

    /// Takes a text; `None` if it is absent, `null` or empty.
    pub(crate) fn take_optional_text(&mut self, member: &'static str) -> Result<Option<Box<str>>, AnswerError> {
        match self.0.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.into())),
            Some(_) => Err(AnswerError::Member { member }),
        }
    }

    /// Takes a flag; `None` if it is absent or `null`.
    pub(crate) fn take_optional_flag(&mut self, member: &'static str) -> Result<Option<bool>, AnswerError> {
        match self.0.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(AnswerError::Member { member }),
        }
    }

    /// Takes a number that is whole and not negative; `None` if it is absent or `null`.
    pub(crate) fn take_optional_number(&mut self, member: &'static str) -> Result<Option<u64>, AnswerError> {
        match self.0.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(AnswerError::Member { member }),
        }
    }

    /// Takes an object; `None` if it is absent or `null`.
    pub(crate) fn take_optional_object(&mut self, member: &'static str) -> Result<Option<Self>, AnswerError> {
        match self.0.remove(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Self(members))),
            Some(_) => Err(AnswerError::Member { member }),
        }
    }

    /// Takes a list of objects; an empty one if it is absent or `null`.
    pub(crate) fn take_optional_objects(&mut self, member: &'static str) -> Result<Vec<Self>, AnswerError> {
        match self.0.get(member) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(_) => self.take_objects(member),
        }
    }

    /// Drops a member.
    pub(crate) fn remove(&mut self, member: &str) {
        drop(self.0.remove(member));
    }

    pub(crate) fn take_time(&mut self, member: &'static str) -> Result<SystemTime, AnswerError> {
        timestamp::parse(&self.take_text(member)?).ok_or(AnswerError::Member { member })
    }

    /// Takes a list of objects.
    pub(crate) fn take_objects(&mut self, member: &'static str) -> Result<Vec<Self>, AnswerError> {
        let Some(Value::Array(values)) = self.0.remove(member) else { return Err(AnswerError::Member { member }) };
        let objects = values.into_iter().map(|value| match value {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(AnswerError::Member { member }),
        });
        objects.collect()
    }

    /// Returns the members that are left.
    pub(crate) fn into_rest(self) -> Map<String, Value> {
        self.0
    }
}
