//! The members of JSON objects, and the search for duplicate names.

use std::collections::HashSet;

use foldhash::quality::RandomState;
use smallvec::SmallVec;

use super::text::Span;
use crate::jose::JsonError;

/// The positions of members in a text.
///
/// While the reader reads an inner object, the table also contains the members of the outer objects that have been read
/// so far. The table works like a stack:
///
/// 1. When an object begins, [`mark`](Self::mark) notes the current length of the table.
/// 2. The reader pushes a member when it has read the value completely. At this time, the members of objects inside
///    this value have already been removed.
/// 3. So when an object ends, the members after its mark are exactly the members of this object.
///    [`check_since`](Self::check_since) looks for duplicates among them.
/// 4. After this check, the members of an inner object are not needed any more. [`forget_since`](Self::forget_since)
///    removes them. The members of the outermost object are kept.
#[derive(Clone, Default)]
pub(super) struct MemberTable {
    list: SmallVec<[Member; FEW_MEMBERS]>,
    /// The values of names that are written with escapes, one after the other. Such names are rare.
    escaped_names: String,
}

/// The name and the value of a member. A plain string is a string without escapes: its text is its value.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) key: Key,
    pub(super) name: Name,
    pub(super) value: Span,
    pub(super) value_is_plain_string: bool,
    pub(super) has_lone_surrogate: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Name {
    /// A name without escapes: its place in the text.
    AsWritten(Span),
    /// A name with escapes: the place of its value in `escaped_names`.
    Escaped(Span),
}

/// The length, first and last octet of a name. If two names have different keys, the names are different. So most
/// comparisons of names need only one comparison of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u32);

/// The length of the table at some moment.
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
            Name::Escaped(span) => span.of(&self.escaped_names),
        }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.list.iter()
    }

    pub(super) fn push(&mut self, member: Member) {
        if self.list.len() == FEW_MEMBERS {
            // The inline capacity is full, so these members are probably the claims of a token. Reserve enough memory
            // for all claims at once.
            self.list.reserve(USUAL_MEMBERS - FEW_MEMBERS);
        }
        self.list.push(member);
    }

    pub(super) fn keep_escaped(&mut self, name: &str) -> Name {
        let start = self.escaped_names.len();
        self.escaped_names.push_str(name);
        Name::Escaped(Span::new(start, self.escaped_names.len()))
    }

    /// The memory that the table has allocated, in bytes.
    pub(super) fn allocated(&self) -> usize {
        let list = if self.list.spilled() { self.list.capacity() * size_of::<Member>() } else { 0 };
        list + self.escaped_names.capacity()
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { members: self.list.len(), escaped_names: self.escaped_names.len() }
    }

    pub(super) fn forget_since(&mut self, mark: Mark) {
        self.list.truncate(mark.members);
        self.escaped_names.truncate(mark.escaped_names);
    }

    /// Rejects duplicate names, and the names that have a special meaning for `serde_json`.
    pub(super) fn check_since(&self, mark: Mark, json: &str) -> Result<(), JsonError> {
        let members = self.list.get(mark.members..).unwrap_or_default();
        let keys = RESERVED_NAMES.map(Key::of);
        let is_reserved =
            |member: &Member| keys.contains(&member.key) && RESERVED_NAMES.contains(&self.name(member, json));
        if members.iter().any(is_reserved) {
            Err(JsonError::ReservedMember)
        } else if self.has_duplicate(members, json) {
            Err(JsonError::DuplicateMember)
        } else {
            Ok(())
        }
    }

    /// Whether two of the members have the same name. Names with escapes are compared by value: `\u0061` is the same as
    /// `a`.
    ///
    /// If there are at most [`USUAL_MEMBERS`] members, each member is compared with all members before it. Most pairs
    /// have different keys, so this is faster than hashing. If there are more members, their names are hashed, with a
    /// random seed. Otherwise the number of comparisons would grow with the square of the number of members, and an
    /// attacker could send many members.
    fn has_duplicate(&self, members: &[Member], json: &str) -> bool {
        let name = |member| self.name(member, json);
        if members.len() <= USUAL_MEMBERS {
            return members.iter().enumerate().any(|(index, one)| {
                members.iter().take(index).any(|other| other.key == one.key && name(other) == name(one))
            });
        }
        let mut names = HashSet::with_capacity_and_hasher(members.len(), RandomState::default());
        !members.iter().all(|member| names.insert(name(member)))
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

/// The features `raw_value` and `arbitrary_precision` of `serde_json` give these members a special meaning. If an object
/// begins with one of them, `serde_json` reads the text in the member's value and ignores the object itself, or fails
/// to read the whole document. Any crate of a build can enable the features. The application would then read claims
/// that are different from the signed claims.
const RESERVED_NAMES: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];
/// Headers, keys and proofs have at most five or six members.
const FEW_MEMBERS: usize = 6;
/// Auth0's tokens have about a dozen claims.
const USUAL_MEMBERS: usize = 16;
