//! The members of JSON objects, and the search for duplicate names.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::text::{self, Span};
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
    list: SmallVec<[Member; INLINE_MEMBERS]>,
    /// The values of names that are written with escapes, one after the other. Such names are rare.
    escaped_names: String,
}

/// The name and the value of a member. A plain string is a string without escapes: its text is its value.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) key: Key,
    pub(super) name: Span,
    pub(super) value: Span,
    /// Whether the name is written with escapes: its place is then the place of its value in `escaped_names`, and not a
    /// place in the text.
    pub(super) name_is_escaped: bool,
    pub(super) value_is_plain_string: bool,
    pub(super) has_lone_surrogate: bool,
}

/// A part of the hash of a name. If two names have different keys, the names are different. So most comparisons of
/// names need only one comparison of numbers. The seed is random, so an attacker cannot choose many names with the same
/// key.
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
        let key = Key::of(name.as_bytes());
        self.list.iter().find(|member| member.key == key && self.name(member, json) == name)
    }

    pub(super) fn name<'a>(&'a self, member: &Member, json: &'a str) -> &'a str {
        member.name.of(if member.name_is_escaped { &self.escaped_names } else { json })
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Member> {
        self.list.iter()
    }

    pub(super) fn push(&mut self, member: Member) {
        if self.list.len() == INLINE_MEMBERS {
            // The inline capacity is full, so these members are probably the claims of a token. Reserve enough memory
            // for all claims at once.
            self.list.reserve(USUAL_MEMBERS - INLINE_MEMBERS);
        }
        self.list.push(member);
    }

    /// Decodes and keeps a name that is written with escapes: the text between its quotes. Rejects a reserved name.
    pub(super) fn keep_escaped(&mut self, text: &str) -> Result<(Key, Span), JsonError> {
        let start = self.escaped_names.len();
        text::push_decoded(text, &mut self.escaped_names);
        let name = Span::new(start, self.escaped_names.len());
        let key = Key::of_member(name.of(&self.escaped_names).as_bytes())?;
        Ok((key, name))
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

    /// Rejects duplicate names.
    pub(super) fn check_since(&self, mark: Mark, json: &str) -> Result<(), JsonError> {
        let members = self.list.get(mark.members..).unwrap_or_default();
        if self.has_duplicate(members, json) { Err(JsonError::DuplicateMember) } else { Ok(()) }
    }

    /// Whether two of the members have the same name. Names with escapes are compared by value: `\u0061` is the same as
    /// `a`.
    ///
    /// The comparison of each member with all members before it is the fastest search among few members. Among more, a
    /// search with less work, which can only find that all keys differ, precedes it. The number of comparisons would grow
    /// with the square of the number of members, and an attacker could send many members. So among more than
    /// [`USUAL_MEMBERS`], a set replaces the comparisons.
    fn has_duplicate(&self, members: &[Member], json: &str) -> bool {
        match members.len() {
            ..FEW_MEMBERS => self.has_equal_pair(members, json),
            FEW_MEMBERS..=USUAL_MEMBERS => may_share_a_key(members) && self.has_equal_pair(members, json),
            _ => may_share_a_key(members) && self.has_duplicate_in_set(members, json),
        }
    }

    fn has_equal_pair(&self, members: &[Member], json: &str) -> bool {
        members.iter().enumerate().any(|(index, one)| {
            let before = members.get(..index).unwrap_or_default();
            before.iter().any(|other| other.key == one.key && self.name(other, json) == self.name(one, json))
        })
    }

    #[cold]
    fn has_duplicate_in_set(&self, members: &[Member], json: &str) -> bool {
        let mut names = HashSet::with_capacity_and_hasher(members.len(), RandomState::default());
        !members.iter().all(|member| names.insert(self.name(member, json)))
    }
}

/// Whether two members may have the same key: false only if all keys differ.
///
/// Each half of a key sets a bit in a table of its own. If two keys are equal, the second finds both of its bits set. A
/// key that is different seldom finds both. More members need larger tables, and clearing a table takes time.
fn may_share_a_key(members: &[Member]) -> bool {
    match members.len() {
        ..=16 => find_both_bits::<4>(members),
        17..=128 => find_both_bits::<64>(members),
        129..=2048 => find_both_bits::<1024>(members),
        _ => share_a_key(members),
    }
}

/// Whether a key finds both of its bits set, in tables of this many words.
fn find_both_bits<const WORDS: usize>(members: &[Member]) -> bool {
    let (mut low_bits, mut high_bits) = ([0; WORDS], [0; WORDS]);
    members.iter().fold(false, |found, member| {
        let [a, b, c, d] = member.key.0.to_le_bytes();
        let low = set(&mut low_bits, u16::from_le_bytes([a, b]));
        let high = set(&mut high_bits, u16::from_le_bytes([c, d]));
        found || low && high
    })
}

/// Sets a bit, and returns whether it was set before.
fn set<const WORDS: usize>(bits: &mut [u64; WORDS], at: u16) -> bool {
    let Some(word) = bits.get_mut(usize::from(at / 64) % WORDS) else { return true };
    let bit = 1 << (at % 64);
    let before = *word;
    *word |= bit;
    before & bit != 0
}

fn share_a_key(members: &[Member]) -> bool {
    let mut keys = HashSet::with_capacity_and_hasher(members.len(), RandomState::default());
    !members.iter().all(|member| keys.insert(member.key.0))
}

impl Key {
    /// Returns the key of a member's name, unless the name has a special meaning for `serde_json`.
    pub(super) fn of_member(name: &[u8]) -> Result<Self, JsonError> {
        if RESERVED_NAMES.contains(&name) { Err(JsonError::ReservedMember) } else { Ok(Self::of(name)) }
    }

    fn of(name: &[u8]) -> Self {
        let mut hasher = SEED.build_hasher();
        hasher.write(name);
        let [a, b, c, d, ..] = hasher.finish().to_le_bytes();
        Self(u32::from_le_bytes([a, b, c, d]))
    }
}

/// The seed of all keys.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::default);
/// The features `raw_value` and `arbitrary_precision` of `serde_json` give these members a special meaning. If an object
/// begins with one of them, `serde_json` reads the text in the member's value and ignores the object itself, or fails
/// to read the whole document. Any crate of a build can enable the features. The application would then read claims
/// that are different from the signed claims.
const RESERVED_NAMES: [&[u8]; 2] = [b"$serde_json::private::Number", b"$serde_json::private::RawValue"];
/// A confirmation has one member. More inline members would be copied with each object that moves, also if the members are
/// in the heap.
const INLINE_MEMBERS: usize = 2;
/// Headers, keys and proofs have at most five or six members. Ten comparisons find a duplicate among five.
const FEW_MEMBERS: usize = 6;
/// Auth0's tokens have about a dozen claims.
const USUAL_MEMBERS: usize = 16;
