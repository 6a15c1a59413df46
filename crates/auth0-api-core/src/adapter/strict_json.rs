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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_its_members_and_each_once() {
        let object = StrictObject::read(r#"{"method":"a\u0062","id":[1, 2],"half":"\ud83d"}"#)
            .unwrap_or_else(|_| unreachable!());
        assert_eq!(object.names().collect::<Vec<_>>(), ["method", "id", "half"]);
        assert_eq!((object.raw("id"), object.raw("other")), (Some("[1, 2]"), None));
        assert_eq!(object.string("method"), Ok(Some("ab".into())));
        assert_eq!(object.string("other"), Ok(None));
        assert_eq!((object.string("id"), object.string("half")), (Err(WrongMemberType), Err(WrongMemberType)));
        assert_eq!(StrictObject::read(r#"{"a":1,"a":2}"#).map(drop), Err(JsonError::DuplicateMember));
    }

    #[test]
    fn an_array_has_its_elements_up_to_a_limit() {
        let elements = |most| StrictObject::elements(r#"[{"a":1}, "b" ,[ ]]"#, most);
        assert_eq!(elements(3), Ok(Some(vec![r#"{"a":1}"#, r#""b""#, "[ ]"])));
        assert_eq!(elements(2), Ok(None));
        assert_eq!(StrictObject::elements("[]", 0), Ok(Some(Vec::new())));
        assert_eq!(StrictObject::elements(r#"[{"a":1,"a":2}]"#, 3), Err(JsonError::DuplicateMember));
    }
}
