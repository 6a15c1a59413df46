//! Strict JSON: a text has exactly one meaning.
//!
//! If an object has two members with the same name, some parsers keep the first member and others keep the last. So two
//! programs can read different claims from one token. This parser rejects a duplicate member at every depth
//! ([RFC 7519 §4](https://www.rfc-editor.org/rfc/rfc7519#section-4),
//! [RFC 7515 §4](https://www.rfc-editor.org/rfc/rfc7515#section-4)). The [`reader`] reads the text once. An [`Object`]
//! stores the positions of its members in the text. It converts a member to a type when a caller requests the member.
//!
//! A lone surrogate is half of a pair of escapes, such as `\ud83d` alone. JavaScript writes it if a program cuts a text
//! inside an emoji ([RFC 8259 §8.2](https://www.rfc-editor.org/rfc/rfc8259#section-8.2)). It is not Unicode text, and two
//! parsers can read it differently:
//!
//! 1. In the name of a member, it is an error.
//! 2. In a value, it is tolerated, because a long claim that nobody uses must not make the token useless. A caller that
//!    requests such a member gets an error.
//! 3. Wherever the text is read as a whole, it becomes U+FFFD.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use self::members::{Member, MemberTable};
use self::reader::Contents;
use super::JsonError;

mod members;
mod reader;
mod text;
mod value;

pub(crate) use text::Text;

/// One JSON object. The whole text has been checked, and members are converted on demand. The object owns its text or
/// borrows it.
#[derive(Clone)]
pub(crate) struct Object<T = String> {
    json: T,
    members: MemberTable,
}

/// A member exists but does not have the requested type, or contains a lone surrogate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType;

impl Object {
    /// Parses octets that must be one JSON object and nothing else.
    pub(crate) fn parse(json: Vec<u8>) -> Result<Self, JsonError> {
        let json = String::from_utf8(json).map_err(|_| JsonError::NotUtf8)?;
        let Contents { members, lone_surrogates } = reader::read(&json)?;
        Ok(Self { json: text::with_replacements(json, &lone_surrogates), members })
    }

    /// The memory that the object has allocated, in bytes.
    pub(crate) fn allocated(&self) -> usize {
        self.json.capacity() + self.members.allocated()
    }
}

impl<T: AsRef<str>> Object<T> {
    /// Parses a text that must be one JSON object and nothing else.
    pub(crate) fn read(json: T) -> Result<Self, JsonError> {
        let Contents { members, .. } = reader::read(json.as_ref())?;
        Ok(Self { json, members })
    }

    /// The whole text. If the object owns it, lone surrogates are already replaced.
    pub(crate) fn as_str(&self) -> &str {
        self.json.as_ref()
    }

    /// All members and their values. Lone surrogates are replaced by U+FFFD.
    pub(crate) fn to_map(&self) -> Map<String, Value> {
        let member = |member: &Member| {
            let name = self.members.name(member, self.as_str()).to_owned();
            (name, value::read(member.value.of(self.as_str())))
        };
        self.members.iter().map(member).collect()
    }

    /// Returns the value of a member. Lone surrogates are replaced by U+FFFD.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        self.raw(name).map(value::read)
    }

    /// Returns the JSON text of a member's value.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.find(name).map(|member| member.value.of(self.as_str()))
    }

    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.members.iter().map(|member| self.members.name(member, self.as_str()))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Returns a member as a `V`, or `None` if the member is absent.
    pub(crate) fn get<'a, V: Deserialize<'a>>(&'a self, name: &str) -> Result<Option<V>, WrongType> {
        let Some(member) = self.find(name) else { return Ok(None) };
        if member.has_lone_surrogate {
            return Err(WrongType);
        }
        serde_json::from_str(member.value.of(self.as_str())).map(Some).map_err(|_| WrongType)
    }

    /// Returns a member that must be a string. The string is borrowed from the JSON text unless it contains escapes.
    pub(crate) fn string(&self, name: &str) -> Result<Option<Cow<'_, str>>, WrongType> {
        let Some(member) = self.find(name) else { return Ok(None) };
        let raw = member.value.of(self.as_str());
        if member.value_is_plain_string {
            return Ok(Some(Cow::Borrowed(unquoted(raw))));
        }
        if member.has_lone_surrogate {
            return Err(WrongType);
        }
        serde_json::from_str(raw).map(|Text(text)| Some(text)).map_err(|_| WrongType)
    }

    /// Returns a member that must be a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, WrongType> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        // Almost all numbers in tokens are times, which have 32 bits until the year 2106. `serde_json` is slower.
        if let Ok(whole) = raw.parse::<u32>() {
            return Ok(Some(whole.into()));
        }
        serde_json::from_str(raw).map(Some).map_err(|_| WrongType)
    }

    /// Whether there is a member with this name whose value contains a lone surrogate.
    pub(crate) fn has_lone_surrogate(&self, name: &str) -> bool {
        self.find(name).is_some_and(|member| member.has_lone_surrogate)
    }

    /// Whether there is a member with any of these names.
    pub(crate) fn contains_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.contains(name))
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members.find(name, self.as_str())
    }
}

impl<'j> Object<&'j str> {
    /// Parses a text like [`read`](Self::read), with another limit for the depth.
    pub(crate) fn read_to_depth(json: &'j str, deepest: usize) -> Result<Self, JsonError> {
        let Contents { members, .. } = reader::read_to_depth(json, deepest)?;
        Ok(Self { json, members })
    }

    /// Returns the JSON text of a member's value, like [`raw`](Self::raw), for as long as the whole text.
    pub(crate) fn borrowed(&self, name: &str) -> Option<&'j str> {
        self.find(name).map(|member| member.value.of(self.json))
    }
}

/// Checks a text that must be one array and nothing else, and returns the texts of its elements. `None` if there are more
/// than `most` elements.
pub(crate) fn elements(json: &str, deepest: usize, most: usize) -> Result<Option<Vec<&str>>, JsonError> {
    let elements = reader::read_elements(json, deepest, most)?;
    Ok(elements.map(|elements| elements.into_iter().map(|element| element.of(json)).collect()))
}

impl<T: AsRef<str>> fmt::Debug for Object<T> {
    /// Shows names only, because the values may be the claims of a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// Removes the quotes of a plain string.
fn unquoted(string: &str) -> &str {
    string.get(1..string.len().saturating_sub(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
