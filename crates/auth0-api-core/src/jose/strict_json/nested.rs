//! What lies inside of members, and what is wrong with JSON.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

use super::{JsonError, Text, USUAL_MEMBERS};

/// Checks a member's value all the way down.
pub(super) fn check_nested(value: &str) -> Result<(), serde_json::Error> {
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
            names.push(name);
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
pub(super) struct Names<'de>(SmallVec<[Cow<'de, str>; USUAL_MEMBERS]>);

impl<'de> Names<'de> {
    pub(super) fn push(&mut self, name: Cow<'de, str>) {
        self.0.push(name);
    }

    /// Refuses a name that stands twice, and the one that `serde_json` gives a meaning of its own.
    pub(super) fn finish<E: serde::de::Error>(mut self) -> Result<(), E> {
        if self.0.iter().any(|name| name == RESERVED_NAME) {
            return Err(E::custom(RESERVED_MEMBER));
        }
        if self.stand_twice() { Err(E::custom(DUPLICATE_MEMBER)) } else { Ok(()) }
    }

    fn stand_twice(&mut self) -> bool {
        let names = &mut self.0;
        if names.len() <= USUAL_MEMBERS {
            // A few names are compared faster than sorted: most differ in length.
            return names
                .iter()
                .enumerate()
                .any(|(index, name)| names.iter().skip(index + 1).any(|other| same(other, name)));
        }
        // Sorting keeps a text of thousands of members from costing their square.
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [first, second] if first == second))
    }
}

impl JsonError {
    pub(super) fn of(error: &serde_json::Error) -> Self {
        // Own wordings, compared whole: serde's texts quote the input.
        let text = error.to_string();
        if text.starts_with(DUPLICATE_MEMBER) {
            Self::DuplicateMember
        } else if text.starts_with(RESERVED_MEMBER) {
            Self::ReservedMember
        } else if text.starts_with(TOO_DEEP) || text.starts_with("recursion limit") {
            Self::TooDeep
        } else {
            Self::NotAnObject
        }
    }
}

/// Equality, the last octet first: claims have names of three letters, and `a` and `i` begin half of them.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.as_bytes().last() == other.as_bytes().last() && one == other
}

const DUPLICATE_MEMBER: &str = "duplicate member";
const RESERVED_MEMBER: &str = "reserved member";
const TOO_DEEP: &str = "too deep";

/// With its feature `raw_value`, `serde_json` reads an object that begins with this member as the text within: the claims that
/// somebody reads would not be those that were signed.
const RESERVED_NAME: &str = "$serde_json::private::RawValue";

/// Auth0's tokens nest five levels at most (`act`); the bound is ours.
const MAX_DEPTH: usize = 32;
