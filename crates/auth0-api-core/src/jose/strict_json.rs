//! JSON as a security protocol needs it: one meaning per text.
//!
//! Other parsers keep the first or the last of two members with one name, so two programs can read two tokens out of one text.
//! Here a duplicate member is an error at every depth ([RFC 8725 §2.4](https://www.rfc-editor.org/rfc/rfc8725#section-2.4),
//! [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)). The text is read once: an [`Object`] remembers where its
//! members lie and gives them typed when asked.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::JsonError;

/// One JSON object, checked as a whole, whose members are read on demand.
#[derive(Clone)]
pub(crate) struct Object {
    json: String,
    members: SmallVec<[Member; USUAL_MEMBERS]>,
}

#[derive(Clone)]
struct Member {
    name: Name,
    value: Range<usize>,
}

#[derive(Clone)]
enum Name {
    AsWritten(Range<usize>),
    Unescaped(Box<str>),
}

/// A member exists but is not of the type that its specification gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType;

impl Object {
    /// Reads a text that must be one JSON object and nothing else.
    pub(crate) fn parse(json: Vec<u8>) -> Result<Self, JsonError> {
        let json = String::from_utf8(json).map_err(|_| JsonError::NotUtf8)?;
        let mut reader = serde_json::Deserializer::from_str(&json);
        let members = reader.deserialize_map(TopLevel { json: &json }).map_err(|error| JsonError::of(&error))?;
        reader.end().map_err(|error| JsonError::of(&error))?;
        Ok(Self { json, members })
    }

    /// The whole text.
    pub(crate) fn as_str(&self) -> &str {
        &self.json
    }

    /// The text of a member's value.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        let member = self.members.iter().find(|member| member.name.as_str(&self.json) == name)?;
        self.json.get(member.value.clone())
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A member as a `T`; `None` if it is absent.
    pub(crate) fn get<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Result<Option<T>, WrongType> {
        self.raw(name).map(serde_json::from_str).transpose().map_err(|_| WrongType)
    }

    /// A member that must be a string; borrowed unless it contains escapes.
    pub(crate) fn string(&self, name: &str) -> Result<Option<Cow<'_, str>>, WrongType> {
        Ok(self.get::<Text<'_>>(name)?.map(|Text(text)| text))
    }
}

impl fmt::Debug for Object {
    /// Names only: a token's claims are nobody's business but the API's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members.iter().map(|member| member.name.as_str(&self.json))).finish()
    }
}

/// A string, borrowed where the text allows it.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Name {
    fn as_str<'a>(&'a self, json: &'a str) -> &'a str {
        match self {
            Self::AsWritten(range) => json.get(range.clone()).unwrap_or_default(),
            Self::Unescaped(name) => name,
        }
    }
}

/// Where `part` lies in the text it was borrowed from.
fn range_in(json: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - json.as_ptr().addr();
    start..start + part.len()
}

struct TopLevel<'de> {
    json: &'de str,
}

impl<'de> Visitor<'de> for TopLevel<'de> {
    type Value = SmallVec<[Member; USUAL_MEMBERS]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut members, mut names) = (SmallVec::new(), Names::default());
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            let value = map.next_value::<&'de RawValue>()?.get();
            if needs_a_look(value) {
                check_nested(value).map_err(A::Error::custom)?;
            }
            names.0.push(name.clone());
            members.push(Member {
                name: match name {
                    Cow::Borrowed(name) => Name::AsWritten(range_in(self.json, name)),
                    Cow::Owned(name) => Name::Unescaped(name.into()),
                },
                value: range_in(self.json, value),
            });
        }
        names.finish()?;
        Ok(members)
    }
}

/// Whether a value can hide something that its bare grammar does not show: members, escapes, a number out of range.
fn needs_a_look(value: &str) -> bool {
    !value.starts_with('"') || value.contains('\\')
}

fn check_nested(value: &str) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(value);
    Nested { depth: 2 }.deserialize(&mut reader)
}

/// Walks a value at `depth` (the outermost object has depth 1) and keeps nothing.
#[derive(Clone, Copy)]
struct Nested {
    depth: usize,
}

impl Nested {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if self.depth > MAX_DEPTH { Err(E::custom(TOO_DEEP)) } else { Ok(Self { depth }) }
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (deeper, mut names) = (self.deeper()?, Names::default());
        while let Some(Text(name)) = map.next_key::<Text<'de>>()? {
            names.0.push(name);
            map.next_value_seed(deeper)?;
        }
        names.finish()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let deeper = self.deeper()?;
        while seq.next_element_seed(deeper)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The names of one object's members, compared once all are known.
#[derive(Default)]
struct Names<'de>(SmallVec<[Cow<'de, str>; USUAL_MEMBERS]>);

impl Names<'_> {
    /// Refuses a name that stands twice; sorting keeps a text of thousands of members from costing their square.
    fn finish<E: serde::de::Error>(mut self) -> Result<(), E> {
        self.0.sort_unstable();
        let twice = self.0.windows(2).any(|pair| matches!(pair, [first, second] if first == second));
        if twice { Err(E::custom(DUPLICATE_MEMBER)) } else { Ok(()) }
    }
}

impl JsonError {
    fn of(error: &serde_json::Error) -> Self {
        // Own wordings, compared whole: serde's texts quote the input.
        let text = error.to_string();
        if text.starts_with(DUPLICATE_MEMBER) {
            Self::DuplicateMember
        } else if text.starts_with(TOO_DEEP) || text.starts_with("recursion limit") {
            Self::TooDeep
        } else {
            Self::NotAnObject
        }
    }
}

const DUPLICATE_MEMBER: &str = "duplicate member";
const TOO_DEEP: &str = "too deep";

/// Auth0's tokens have about a dozen claims; more than this move to the heap.
const USUAL_MEMBERS: usize = 16;
/// Auth0's tokens nest five levels at most (`act`); the bound is ours.
const MAX_DEPTH: usize = 32;

#[cfg(test)]
mod tests;
