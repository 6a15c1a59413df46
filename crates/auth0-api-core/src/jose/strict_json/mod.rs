//! JSON as a security protocol needs it: one meaning per text.
//!
//! Other parsers keep the first or the last of two members with one name, so two programs can read two tokens out of one text.
//! Here a duplicate member is an error at every depth ([RFC 8725 §2.4](https://www.rfc-editor.org/rfc/rfc8725#section-2.4),
//! [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)). The text is read once, by [`reader`]; an [`Object`]
//! remembers where its members lie and gives them typed when asked.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

use self::members::{Member, MemberTable};
use super::JsonError;

mod members;
mod reader;

/// One JSON object, checked as a whole, whose members are read on demand. It owns its text or borrows it.
#[derive(Clone)]
pub(crate) struct Object<T = String> {
    json: T,
    members: MemberTable,
}

/// A piece of a text, half the size of a range: objects are moved from step to step.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

/// A member exists but is not of the type that its specification gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType;

impl Object {
    /// Reads octets that must be one JSON object and nothing else.
    pub(crate) fn parse(json: Vec<u8>) -> Result<Self, JsonError> {
        Self::read(String::from_utf8(json).map_err(|_| JsonError::NotUtf8)?)
    }
}

impl<T: AsRef<str>> Object<T> {
    /// Reads a text that must be one JSON object and nothing else.
    pub(crate) fn read(json: T) -> Result<Self, JsonError> {
        let members = reader::members(json.as_ref())?;
        Ok(Self { json, members })
    }

    /// The whole text.
    pub(crate) fn as_str(&self) -> &str {
        self.json.as_ref()
    }

    /// The text of a member's value.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.find(name).map(|member| member.value.of(self.as_str()))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A member as a `V`; `None` if it is absent.
    pub(crate) fn get<'a, V: Deserialize<'a>>(&'a self, name: &str) -> Result<Option<V>, WrongType> {
        self.raw(name).map(serde_json::from_str).transpose().map_err(|_| WrongType)
    }

    /// A member that must be a string; borrowed unless it contains escapes.
    pub(crate) fn string(&self, name: &str) -> Result<Option<Cow<'_, str>>, WrongType> {
        let Some(member) = self.find(name) else { return Ok(None) };
        let raw = member.value.of(self.as_str());
        if member.value_is_plain_string {
            return Ok(Some(Cow::Borrowed(unquoted(raw))));
        }
        serde_json::from_str(raw).map(|Text(text)| Some(text)).map_err(|_| WrongType)
    }

    /// Whether there is a member with any of these names.
    pub(crate) fn contains_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.contains(name))
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.find(name, self.as_str())
    }
}

impl<T: AsRef<str>> fmt::Debug for Object<T> {
    /// Names only: a token's claims are nobody's business but the API's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.members.iter().map(|member| self.members.name(member, self.as_str()));
        f.debug_set().entries(names).finish()
    }
}

/// A string, borrowed where the text allows it.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Span {
    /// From one place of a text to another; texts of 4 GiB never come here.
    fn new(start: usize, end: usize) -> Self {
        let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(end) }
    }

    fn of(self, json: &str) -> &str {
        json.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

fn unquoted(string: &str) -> &str {
    string.get(1..string.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
