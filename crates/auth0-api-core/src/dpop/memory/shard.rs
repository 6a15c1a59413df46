//! A part of the in-memory replay store: what one lock guards.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::time::{Duration, SystemTime};

use crate::clock::since_epoch;
use crate::dpop::replay::{Insertion, ProofId, ReplayStoreError};
use crate::jose::Thumbprint;

/// The proofs of some of the keys, seen three ways.
///
/// The tables hash with a random seed, so that nobody can choose proofs which fall into one bucket.
#[derive(Debug, Default)]
pub(super) struct Shard {
    /// Is this proof known, and until when?
    seen: HashMap<Tag, Moment>,
    /// Which proof of this key expires first, and how many are there?
    keys: HashMap<Thumbprint, BinaryHeap<Reverse<(Moment, Tag)>>>,
    /// Which key has the proof that expires first? Each key stands here once, with its first expiry.
    queue: BTreeSet<(Moment, [u8; 32])>,
    /// The latest expiry of all proofs that were forgotten.
    forgotten_until: Moment,
}

/// What a proof is held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many live proofs the key may have.
    pub(super) per_key: usize,
    /// Whether the store as a whole has room for one more.
    pub(super) room: bool,
}

impl Shard {
    /// Records the proof if it is new, its key is within its quota, and there is room.
    pub(super) fn record(
        &mut self,
        proof: &ProofId,
        now: Moment,
        expires: Moment,
        limits: Limits,
    ) -> Result<Insertion, ReplayStoreError> {
        let tag = tag_of(proof);
        if self.seen.get(&tag).is_some_and(|expiry| !expiry.is_past(now)) {
            return Ok(Insertion::Replayed);
        }
        // While time goes forward, what was forgotten expired before now, and what arrives expires after now. So a
        // proof that expires no later than a forgotten one can only come when the clock was set back, and it may be the
        // forgotten one.
        if expires <= self.forgotten_until {
            return Err(ReplayStoreError::Unavailable(Box::new(ClockSetBack)));
        }
        self.within_quota(proof.thumbprint(), now, limits.per_key)?;
        if !limits.room {
            return Err(ReplayStoreError::Full);
        }
        self.insert(proof.thumbprint(), tag, expires);
        Ok(Insertion::Fresh)
    }

    /// Forgets a few expired proofs before one of `key` is recorded; returns how many.
    ///
    /// One of the key's own, so that a quota is never exhausted by expired proofs, and up to two of those which expired
    /// first. A proof comes in and up to three go: the backlog shrinks, and no request ever waits for a long sweep.
    pub(super) fn forget_a_few(&mut self, key: &Thumbprint, now: Moment) -> usize {
        let own = self.forget_first_of(key, now);
        usize::from(own) + usize::from(self.forget_first(now)) + usize::from(self.forget_first(now))
    }

    /// Forgets the proof that expires first, if it has expired; says whether it did.
    pub(super) fn forget_first(&mut self, now: Moment) -> bool {
        let first = self.queue.first().filter(|(expiry, _)| expiry.is_past(now));
        let first = first.map(|(_, key)| Thumbprint::from_bytes(*key));
        first.is_some_and(|key| self.forget_first_of(&key, now))
    }

    fn forget_first_of(&mut self, key: &Thumbprint, now: Moment) -> bool {
        let Some(proofs) = self.keys.get_mut(key) else { return false };
        let Some(first) = proofs.peek_mut().filter(|first| first.0.0.is_past(now)) else { return false };
        let Reverse((expiry, tag)) = PeekMut::pop(first);

        self.queue.remove(&(expiry, *key.as_bytes()));
        if let Some(Reverse((next, _))) = proofs.peek() {
            self.queue.insert((*next, *key.as_bytes()));
        } else {
            self.keys.remove(key);
        }
        // A proof that was recorded again after its expiry stays, for its new time.
        if self.seen.get(&tag) == Some(&expiry) {
            self.seen.remove(&tag);
        }
        self.forgotten_until = self.forgotten_until.max(expiry);
        true
    }

    fn within_quota(&self, key: &Thumbprint, now: Moment, quota: usize) -> Result<(), ReplayStoreError> {
        let Some(proofs) = self.keys.get(key).filter(|proofs| proofs.len() >= quota) else { return Ok(()) };
        let retry_after = proofs.peek().map(|Reverse((first, _))| first.since(now)).unwrap_or_default();
        Err(ReplayStoreError::KeyQuota { retry_after })
    }

    fn insert(&mut self, key: &Thumbprint, tag: Tag, expires: Moment) {
        // The table that detects replays first: should memory run out on the way, the proof is rejected rather than
        // forgotten.
        self.seen.insert(tag, expires);
        // Many keys sign one proof at a time: they get space for one, where a heap would start with four.
        let proofs = self.keys.entry(*key).or_insert_with(|| BinaryHeap::with_capacity(1));
        let first = proofs.peek().map(|Reverse((first, _))| *first);
        proofs.push(Reverse((expires, tag)));
        if first.is_none_or(|first| expires < first) {
            first.map(|first| self.queue.remove(&(first, *key.as_bytes())));
            self.queue.insert((expires, *key.as_bytes()));
        }
    }
}

/// A time as nanoseconds since the epoch: exact, in half the space of a `SystemTime`, until the year 2554.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Self(u64::try_from(since_epoch(time).as_nanos()).unwrap_or(u64::MAX))
    }
}

impl Moment {
    fn is_past(self, now: Self) -> bool {
        self < now
    }

    fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// The first 128 bits of a proof's digest, which name it here at half the memory.
///
/// Among a million proofs two agree by chance with a probability of 2⁻⁸⁹. One who searches for two of his own that
/// agree gets a proof of his rejected; and the digest covers the key, so nobody reaches another key's proofs that way.
type Tag = [u8; 16];

fn tag_of(proof: &ProofId) -> Tag {
    let mut tag = Tag::default();
    tag.iter_mut().zip(proof.as_bytes()).for_each(|(to, from)| *to = *from);
    tag
}

/// Why a proof cannot be judged after the clock was set back.
#[derive(Debug, thiserror::Error)]
#[error("the clock was set back, and proofs of that time are forgotten already")]
struct ClockSetBack;
