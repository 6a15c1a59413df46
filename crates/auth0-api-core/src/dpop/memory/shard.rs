//! One shard of the in-memory replay store. Each shard has its own lock.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::time::{Duration, SystemTime};

use crate::clock::since_epoch;
use crate::dpop::replay::{Insertion, ProofId, ReplayStoreError};
use crate::jose::Thumbprint;

/// The proofs of all keys in this shard, in three tables.
///
/// | table | question that it answers |
/// |---|---|
/// | `seen` | Is this proof known, and until when is it live? |
/// | `by_key` | Which proof of this key expires first, and how many does the key have? |
/// | `by_first_expiry` | Which key has the proof that expires first in this shard? |
///
/// So no step searches a table from end to end. The hash tables have a random seed, so an attacker cannot choose proofs
/// that fall into one bucket.
#[derive(Debug, Default)]
pub(super) struct Shard {
    /// Each proof with its expiry.
    seen: HashMap<Tag, Moment>,
    /// The proofs of each key, in a heap: the proof that expires first is on top.
    by_key: HashMap<Thumbprint, BinaryHeap<Reverse<(Moment, Tag)>>>,
    /// Each key once, ordered by the expiry of the proof on top of its heap.
    by_first_expiry: BTreeSet<(Moment, [u8; 32])>,
    /// The latest expiry of all proofs that were forgotten.
    latest_forgotten: Moment,
}

/// The limits for recording a proof.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many live proofs the key may have.
    pub(super) per_key: usize,
    /// Whether the request has a slot within the capacity of the store.
    pub(super) has_slot: bool,
}

impl Shard {
    /// Records the proof if it is new, its key is below its quota, and the request has a slot.
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
        // A proof that is not in `seen` is new, or it was forgotten. A forgotten proof has expired, and a proof that
        // arrives expires after now. So `expires` is later than `latest_forgotten`, unless the clock was set back.
        // After the clock was set back, the store may have forgotten this proof.
        if expires <= self.latest_forgotten {
            return Err(ReplayStoreError::Unavailable(Box::new(ClockSetBack)));
        }
        self.within_quota(proof.thumbprint(), now, limits.per_key)?;
        if !limits.has_slot {
            return Err(ReplayStoreError::Full);
        }
        self.insert(proof.thumbprint(), tag, expires);
        Ok(Insertion::Fresh)
    }

    /// Forgets up to three expired proofs before a proof of `key` is recorded. Returns how many it forgot.
    ///
    /// One of these proofs is a proof of `key`, so that expired proofs never exhaust a quota. The other two are the
    /// proofs that expired first in this shard. Each request adds one proof at most and removes up to three. So the
    /// number of expired proofs decreases, and no request waits until all expired proofs are removed.
    pub(super) fn forget_some_expired(&mut self, key: &Thumbprint, now: Moment) -> usize {
        let own = self.forget_first_expired_of(key, now);
        usize::from(own) + usize::from(self.forget_first_expired(now)) + usize::from(self.forget_first_expired(now))
    }

    /// Forgets the proof that expires first in this shard, if that proof has expired. Returns true if a proof was
    /// forgotten.
    pub(super) fn forget_first_expired(&mut self, now: Moment) -> bool {
        let first = self.by_first_expiry.first().filter(|(expiry, _)| expiry.is_past(now));
        let first = first.map(|(_, key)| Thumbprint::from_bytes(*key));
        first.is_some_and(|key| self.forget_first_expired_of(&key, now))
    }

    /// Forgets the proof of `key` that expires first, if that proof has expired. Returns true if a proof was forgotten.
    fn forget_first_expired_of(&mut self, key: &Thumbprint, now: Moment) -> bool {
        let Some(proofs) = self.by_key.get_mut(key) else { return false };
        let Some(first) = proofs.peek_mut().filter(|first| first.0.0.is_past(now)) else { return false };
        let Reverse((expiry, tag)) = PeekMut::pop(first);

        // Replaces the key's entry in `by_first_expiry` by an entry with the expiry of the key's next proof. A key
        // without proofs is removed.
        self.by_first_expiry.remove(&(expiry, *key.as_bytes()));
        if let Some(Reverse((next, _))) = proofs.peek() {
            self.by_first_expiry.insert((*next, *key.as_bytes()));
        } else {
            self.by_key.remove(key);
        }
        // A proof that was recorded again after its expiry is in the heap twice, and `seen` has its new expiry. In this
        // case, only the old entry of the heap is removed.
        if self.seen.get(&tag) == Some(&expiry) {
            self.seen.remove(&tag);
        }
        self.latest_forgotten = self.latest_forgotten.max(expiry);
        true
    }

    /// The number of recorded proofs.
    #[cfg(all(test, shuttle))]
    pub(super) fn len(&self) -> usize {
        self.by_key.values().map(BinaryHeap::len).sum()
    }

    /// Checks that the key is below its quota.
    fn within_quota(&self, key: &Thumbprint, now: Moment, quota: usize) -> Result<(), ReplayStoreError> {
        let Some(proofs) = self.by_key.get(key).filter(|proofs| proofs.len() >= quota) else { return Ok(()) };
        let retry_after = proofs.peek().map(|Reverse((first, _))| first.since(now)).unwrap_or_default();
        Err(ReplayStoreError::KeyQuota { retry_after })
    }

    fn insert(&mut self, key: &Thumbprint, tag: Tag, expires: Moment) {
        // `seen` detects replays, so this function writes to `seen` first. If the function is interrupted, by a panic
        // or because memory is exhausted, the proof counts as used and is not accepted a second time.
        self.seen.insert(tag, expires);
        // Many keys have only one live proof at a time, so a new heap gets space for one proof. By default, it would
        // get space for four.
        let proofs = self.by_key.entry(*key).or_insert_with(|| BinaryHeap::with_capacity(1));
        let first = proofs.peek().map(|Reverse((first, _))| *first);
        proofs.push(Reverse((expires, tag)));
        // If the new proof is the key's first proof to expire, replaces the key's entry in `by_first_expiry` by an
        // entry with the expiry of the new proof.
        if first.is_none_or(|first| expires < first) {
            first.map(|first| self.by_first_expiry.remove(&(first, *key.as_bytes())));
            self.by_first_expiry.insert((expires, *key.as_bytes()));
        }
    }
}

/// A time in nanoseconds since the epoch. It is exact until the year 2554 and takes half the space of a `SystemTime`.
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

/// The first 128 bits of a proof's digest. They identify the proof in half the memory of the whole digest.
///
/// Two of a million proofs have the same tag by chance with a probability of 2⁻⁸⁹. If a client makes two of its own
/// proofs with the same tag, one of these proofs is rejected. The digest covers the key, so a client cannot block the
/// proofs of another key in this way.
type Tag = [u8; 16];

fn tag_of(proof: &ProofId) -> Tag {
    let mut tag = Tag::default();
    tag.iter_mut().zip(proof.as_bytes()).for_each(|(to, from)| *to = *from);
    tag
}

/// The clock was set back, so the store cannot determine whether the proof is new.
#[derive(Debug, thiserror::Error)]
#[error("the clock was set back to a time whose proofs are forgotten")]
struct ClockSetBack;
