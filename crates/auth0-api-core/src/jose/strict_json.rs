//! JSON as a security protocol needs it: one meaning per text.
//!
//! Other parsers keep the first or the last of two members with one name, so two programs can read two tokens out of one text.
//! Here a duplicate member is an error at every depth ([RFC 8725 §2.4](https://www.rfc-editor.org/rfc/rfc8725#section-2.4),
//! [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)). The text is read once: an [`Object`] remembers where its
//! members lie and gives them typed when asked.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use self::nested::{Names, check_nested, same};
use super::JsonError;

mod nested;

/// One JSON object, checked as a whole, whose members are read on demand.
#[derive(Clone)]
pub(crate) struct Object {
    json: String,
    members: Vec<Member>,
    /// Names that were written with escapes, rare as they are.
    escaped_names: Vec<Box<str>>,
}

/// Where a member's name and value lie in the text. A plain string has no escapes: it is its own value.
#[derive(Clone, Copy)]
struct Member {
    name: Name,
    value: Span,
    value_is_plain_string: bool,
}

#[derive(Clone, Copy)]
enum Name {
    AsWritten(Span),
    Escaped(usize),
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
    /// Reads a text that must be one JSON object and nothing else.
    pub(crate) fn parse(json: Vec<u8>) -> Result<Self, JsonError> {
        let json = String::from_utf8(json).map_err(|_| JsonError::NotUtf8)?;
        let mut reader = serde_json::Deserializer::from_str(&json);
        let (members, escaped_names) =
            reader.deserialize_map(TopLevel { json: &json }).map_err(|error| JsonError::of(&error))?;
        reader.end().map_err(|error| JsonError::of(&error))?;
        Ok(Self { json, members, escaped_names })
    }

    /// The whole text.
    pub(crate) fn as_str(&self) -> &str {
        &self.json
    }

    /// The text of a member's value.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.find(name).map(|member| member.value.of(&self.json))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A member as a `T`; `None` if it is absent.
    pub(crate) fn get<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Result<Option<T>, WrongType> {
        self.raw(name).map(serde_json::from_str).transpose().map_err(|_| WrongType)
    }

    /// A member that must be a string; borrowed unless it contains escapes.
    pub(crate) fn string(&self, name: &str) -> Result<Option<Cow<'_, str>>, WrongType> {
        let Some(member) = self.find(name) else { return Ok(None) };
        let raw = member.value.of(&self.json);
        if member.value_is_plain_string {
            return Ok(Some(Cow::Borrowed(unquoted(raw))));
        }
        serde_json::from_str(raw).map(|Text(text)| Some(text)).map_err(|_| WrongType)
    }

    /// Whether there is a member with any of these names.
    pub(crate) fn contains_any(&self, names: &[&str]) -> bool {
        self.members.iter().any(|member| names.contains(&self.name(member)))
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| match member.name {
            // Most names differ in length: no need to look at them.
            Name::AsWritten(span) if span.len() != name.len() => false,
            _ => same(self.name(member), name),
        })
    }

    fn name(&self, member: &Member) -> &str {
        match member.name {
            Name::AsWritten(span) => span.of(&self.json),
            Name::Escaped(index) => self.escaped_names.get(index).map(AsRef::as_ref).unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Object {
    /// Names only: a token's claims are nobody's business but the API's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members.iter().map(|member| self.name(member))).finish()
    }
}

/// A string, borrowed where the text allows it.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Span {
    /// Where `part` lies in the text it was borrowed from; texts of 4 GiB never come here.
    fn within(json: &str, part: &str) -> Self {
        let start = part.as_ptr().addr() - json.as_ptr().addr();
        let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(start + part.len()) }
    }

    fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    fn of(self, json: &str) -> &str {
        json.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

fn unquoted(string: &str) -> &str {
    string.get(1..string.len().saturating_sub(1)).unwrap_or_default()
}

struct TopLevel<'de> {
    json: &'de str,
}

impl<'de> Visitor<'de> for TopLevel<'de> {
    type Value = (Vec<Member>, Vec<Box<str>>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut members, mut escaped_names) = (Vec::with_capacity(USUAL_MEMBERS), Vec::new());
        let mut names = Names::default();
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            let value = map.next_value::<&'de RawValue>()?.get();
            let value_is_plain_string = is_plain_string(value);
            if !value_is_plain_string && !is_short_integer(value) {
                // It may hide what its bare grammar does not show: members, escapes, a number out of range.
                check_nested(value).map_err(A::Error::custom)?;
            }
            let place = match &name {
                Cow::Borrowed(name) => Name::AsWritten(Span::within(self.json, name)),
                Cow::Owned(name) => {
                    escaped_names.push(name.as_str().into());
                    Name::Escaped(escaped_names.len() - 1)
                }
            };
            members.push(Member { name: place, value: Span::within(self.json, value), value_is_plain_string });
            names.push(name);
        }
        names.finish()?;
        Ok((members, escaped_names))
    }
}

fn is_plain_string(value: &str) -> bool {
    value.starts_with('"') && !value.contains('\\')
}

/// Too short to be out of any range; its grammar has been checked.
fn is_short_integer(value: &str) -> bool {
    value.len() <= 15 && value.bytes().all(|octet| octet.is_ascii_digit())
}

/// Auth0's tokens have about a dozen claims.
const USUAL_MEMBERS: usize = 16;

#[cfg(test)]
mod tests;
