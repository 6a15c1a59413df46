//! Strict JSON for the crates of this workspace that decide by a message. Not for applications.

use std::borrow::Cow;

use crate::jose::JsonError;
use crate::jose::strict_json::{self, Object, WrongType};

/// One JSON object with exactly one meaning: no duplicate members at any depth, and none with a name that `serde_json`
/// reserves. The text is borrowed.
#[derive(Debug)]
pub struct StrictObject<'j>(Object<&'j str>);

/// A member does not have the type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongMemberType;

impl<'j> StrictObject<'j> {
    /// Reads a text that must be one object and nothing else, whose containers nest at most 128 levels deep.
    ///
    /// # Errors
    ///
    /// [`JsonError`], which also says what is wrong with the text.
    pub fn read(json: &'j str) -> Result<Self, JsonError> {
        Object::read_to_depth(json, DEEPEST).map(Self)
    }

    /// Checks a text that must be one array, and returns the texts of its elements. `None` if there are more than `most`.
    ///
    /// # Errors
    ///
    /// [`JsonError`], as for [`read`](Self::read).
    pub fn elements(json: &'j str, most: usize) -> Result<Option<Vec<&'j str>>, JsonError> {
        strict_json::elements(json, DEEPEST, most)
    }

    /// The names of the members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.names()
    }

    /// Returns the text of a member's value.
    pub fn raw(&self, name: &str) -> Option<&'j str> {
        self.0.borrowed(name)
    }

    /// Returns a member that must be a string.
    ///
    /// # Errors
    ///
    /// [`WrongMemberType`] if the value is not a string, or contains half of a surrogate pair.
    pub fn string(&self, name: &str) -> Result<Option<Cow<'_, str>>, WrongMemberType> {
        self.0.string(name).map_err(|WrongType| WrongMemberType)
    }
}

/// As `serde_json`, which most servers in Rust read messages with.
const DEEPEST: usize = 127;
