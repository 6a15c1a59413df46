//! The members of objects, and how they are told apart.

use smallvec::SmallVec;

use super::Span;
use crate::jose::JsonError;

/// Where members lie in a text, in the order in which they ended.
#[derive(Clone, Default)]
pub(super) struct MemberTable {
    list: SmallVec<[Member; FEW_MEMBERS]>,
    /// Names that were written with escapes, rare as they are.
    escaped_names: Vec<Box<str>>,
}

/// A member's name and value. A plain string has no escapes: it is its own value.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) key: Key,
    pub(super) name: Name,
    pub(super) value: Span,
    pub(super) value_is_plain_string: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Name {
    AsWritten(Span),
    Escaped(u32),
}

/// Length, first and last octet of a name: tells most names apart without looking at them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u32);

/// How much there was at some time.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    members: usize,
    escaped_names: usize,
}

impl MemberTable {
    pub(super) fn find(&self, name: &str, json: &str) -> Option<&Member> {
        let key = Key::of(name);
        self.list.iter().find(|member| member.key == key && self.name(member, json) == name)
    }

    pub(super) fn name<'a>(&'a self, member: &Member, json: &'a str) -> &'a str {
        match member.name {
            Name::AsWritten(span) => span.of(json),
            Name::Escaped(index) => self.escaped_names.get(index as usize).map(AsRef::as_ref).unwrap_or_default(),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.list.iter()
    }

    pub(super) fn push(&mut self, member: Member) {
        if self.list.len() == FEW_MEMBERS {
            // A token's claims: when they leave the stack, they get room for all.
            self.list.reserve(USUAL_MEMBERS - FEW_MEMBERS);
        }
        self.list.push(member);
    }

    pub(super) fn keep_escaped(&mut self, name: &str) -> Name {
        self.escaped_names.push(name.into());
        Name::Escaped(u32::try_from(self.escaped_names.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { members: self.list.len(), escaped_names: self.escaped_names.len() }
    }

    pub(super) fn forget_since(&mut self, mark: Mark) {
        self.list.truncate(mark.members);
        self.escaped_names.truncate(mark.escaped_names);
    }

    /// Rejects a name that stands twice, and the one that `serde_json` gives a meaning of its own.
    pub(super) fn check_since(&self, mark: Mark, json: &str) -> Result<(), JsonError> {
        let members = self.list.get(mark.members..).unwrap_or_default();
        let reserved = Key::of(RESERVED_NAME);
        if members.iter().any(|member| member.key == reserved && self.name(member, json) == RESERVED_NAME) {
            Err(JsonError::ReservedMember)
        } else if self.has_duplicate(members, json) {
            Err(JsonError::DuplicateMember)
        } else {
            Ok(())
        }
    }

    fn has_duplicate(&self, members: &[Member], json: &str) -> bool {
        let name = |member| self.name(member, json);
        if members.len() <= USUAL_MEMBERS {
            // A few names are compared faster than sorted.
            return members.iter().enumerate().any(|(index, one)| {
                members.iter().take(index).any(|other| other.key == one.key && name(other) == name(one))
            });
        }
        // Sorting keeps a text of thousands of members from costing their square.
        let mut names: Vec<&str> = members.iter().map(name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| matches!(pair, [first, second] if first == second))
    }
}

impl Key {
    pub(super) fn of(name: &str) -> Self {
        let octets = name.as_bytes();
        let octet = |octet: Option<&u8>| octet.copied().unwrap_or_default();
        let length = u8::try_from(octets.len()).unwrap_or(u8::MAX);
        Self(u32::from_le_bytes([length, octet(octets.first()), octet(octets.last()), 0]))
    }
}

/// With its feature `raw_value`, `serde_json` reads an object that begins with this member as the text within: the claims that
/// somebody reads would not be those that were signed.
const RESERVED_NAME: &str = "$serde_json::private::RawValue";
/// Headers, keys and proofs have up to five or six.
const FEW_MEMBERS: usize = 6;
/// Auth0's tokens have about a dozen claims.
const USUAL_MEMBERS: usize = 16;
