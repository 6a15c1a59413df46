//! Remembers key ids that an issuer does not have, so that they cause no further fetch for a while.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::time::SystemTime;

use super::policy::{UNKNOWN_KEY_MEMORY, UNKNOWN_KEYS_REMEMBERED};
use crate::clock::elapsed;

/// A limited memory of unknown key ids, oldest first. It holds their hashes, so that long key ids take no more memory. The
/// hash has a random key, so nobody can choose a key id with the hash of another.
///
/// Without this memory, an attacker who repeats one invalid `kid` would take the permits that a real key rotation
/// needs. When the memory is full, further key ids are not remembered. The token bucket still limits the fetches.
#[derive(Debug, Default)]
pub(super) struct UnknownKeys {
    hasher: RandomState,
    known: HashSet<u64>,
    oldest_first: VecDeque<(SystemTime, u64)>,
}

impl UnknownKeys {
    /// Whether this key id was found to be unknown a short time ago.
    pub(super) fn remembers(&mut self, key_id: &str, now: SystemTime) -> bool {
        self.forget_old(now);
        self.known.contains(&self.hasher.hash_one(key_id))
    }

    /// Remembers a key id as unknown. A key set that was fetched after the request with this key id began does not
    /// contain it.
    pub(super) fn remember(&mut self, key_id: &str, now: SystemTime) {
        self.forget_old(now);
        let hash = self.hasher.hash_one(key_id);
        if self.known.len() < UNKNOWN_KEYS_REMEMBERED && self.known.insert(hash) {
            self.oldest_first.push_back((now, hash));
        }
    }

    /// Forgets what is too old, and frees the memory if nothing is left.
    pub(super) fn forget_old(&mut self, now: SystemTime) {
        // If the clock was set back, the entry counts as old. The token bucket still limits the fetches.
        let is_old = |since: SystemTime| elapsed(since, now).is_none_or(|age| age >= UNKNOWN_KEY_MEMORY);
        while self.oldest_first.front().is_some_and(|(since, _)| is_old(*since)) {
            if let Some((_, hash)) = self.oldest_first.pop_front() {
                self.known.remove(&hash);
            }
        }
        if self.oldest_first.is_empty() {
            self.oldest_first.shrink_to_fit();
            self.known.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn a_key_id_is_remembered_for_30_seconds() {
        let mut unknown = UnknownKeys::default();
        unknown.remember("bogus", at(0));
        unknown.remember("bogus", at(20));
        assert_eq!([0, 29, 30, 29].map(|second| unknown.remembers("bogus", at(second))), [true, true, false, false]);
        assert!(!unknown.remembers("other", at(0)));
    }

    #[test]
    fn memory_is_limited_to_its_capacity() {
        let mut unknown = UnknownKeys::default();
        for number in 0..10_000 {
            unknown.remember(&number.to_string(), at(0));
        }
        assert_eq!((unknown.known.len(), unknown.oldest_first.len()), (1024, 1024));
        assert!(unknown.remembers("1023", at(0)) && !unknown.remembers("1024", at(0)));
        unknown.remember("later", at(30));
        assert_eq!((unknown.known.len(), unknown.oldest_first.len()), (1, 1));
        unknown.forget_old(at(60));
        assert_eq!((unknown.known.capacity(), unknown.oldest_first.capacity()), (0, 0));
    }

    #[test]
    fn an_older_time_makes_the_memory_forget_nothing() {
        let mut unknown = UnknownKeys::default();
        unknown.remember("first", at(100));
        unknown.remember("second", at(60));
        for now in [99, 40, 101, 89] {
            assert!(unknown.remembers("first", at(now)) && unknown.remembers("second", at(now)), "{now}");
        }
        assert!(!unknown.remembers("first", at(130)));
    }

    #[test]
    fn a_clock_set_back_clears_the_memory() {
        let mut unknown = UnknownKeys::default();
        unknown.remember("bogus", at(1000));
        assert!(!unknown.remembers("bogus", at(0)));
    }
}
