//! Remembers keys that an issuer has removed, so that the tokens that they signed cause few fetches.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::key_set::KeySet;
use super::policy::{REMOVED_KEY_LONGEST_MEMORY, REMOVED_KEYS_REMEMBERED, UNKNOWN_KEY_MEMORY};
use crate::clock::elapsed;

/// The removed keys of an issuer, oldest first. Only the issuer can add to them.
///
/// When an issuer removes a key, the tokens of this key continue to arrive until they expire: at every replica, for
/// hours. An unknown key is looked for again after 30 s. If a removed key were looked for as often, a fleet of 500
/// replicas would send the tenant 33 requests a second, more than small tenants allow. A key is looked for again at all
/// because the tenant may have published an old document by mistake.
#[derive(Debug, Default)]
pub(super) struct RemovedKeys(Vec<Absence>);

#[derive(Debug)]
struct Absence {
    key_id: Arc<str>,
    /// When a key set without this key was last fetched for it.
    absent_at: SystemTime,
    /// How long no further fetch looks for it.
    memory: Duration,
}

impl RemovedKeys {
    /// Compares a new key set with the last one.
    pub(super) fn update(&mut self, last: &KeySet, new: &KeySet, now: SystemTime) {
        self.0.retain(|removed| !new.has(&removed.key_id));
        let missing = last.key_ids().filter(|key_id| !new.has(key_id));
        for key_id in missing {
            if self.0.iter().all(|removed| *removed.key_id != *key_id) {
                self.0.push(Absence { key_id: key_id.into(), absent_at: now, memory: UNKNOWN_KEY_MEMORY });
            }
        }
        let excess = self.0.len().saturating_sub(REMOVED_KEYS_REMEMBERED);
        self.0.drain(..excess);
    }

    /// Whether this key was removed, and a fetch that looked for it ended a short time ago.
    pub(super) fn remembers(&self, key_id: &str, now: SystemTime) -> bool {
        let removed = self.0.iter().find(|removed| *removed.key_id == *key_id);
        // If the clock was set back, the time is over. The token bucket still limits the fetches.
        removed.is_some_and(|removed| elapsed(removed.absent_at, now).is_some_and(|age| age < removed.memory))
    }

    /// Records that a fetch looked for this key in vain. The time until the next such fetch doubles. Only the first of
    /// the requests that waited for the same fetch changes it.
    pub(super) fn remember(&mut self, key_id: &str, now: SystemTime) {
        if self.remembers(key_id, now) {
            return;
        }
        if let Some(removed) = self.0.iter_mut().find(|removed| *removed.key_id == *key_id) {
            removed.absent_at = now;
            removed.memory = removed.memory.saturating_mul(2).min(REMOVED_KEY_LONGEST_MEMORY);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use serde_json::json;

    use super::*;
    use crate::jose::{Algorithm, AlgorithmSet};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    /// Returns a key set with these `kid`s, and with one more that is in every set. RFC 9449 §4.1 has the key.
    fn set(key_ids: &[&str]) -> KeySet {
        let (x, y) = ("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
        let key = |key_id| json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": key_id });
        let keys: Vec<_> = key_ids.iter().chain(&["constant"]).map(key).collect();
        let algorithms = AlgorithmSet::new([Algorithm::ES256]).unwrap();
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), &algorithms, 1000).unwrap()
    }

    fn removed(key_id: &str) -> RemovedKeys {
        let mut keys = RemovedKeys::default();
        keys.update(&set(&[key_id]), &set(&[]), at(0));
        keys
    }

    #[test]
    fn a_removed_key_is_remembered_for_30_seconds_and_then_twice_as_long_each_time() {
        let mut keys = removed("a");
        let mut now = 0;
        for memory in [30, 60, 120, 120, 120] {
            let remembered = [0, memory - 1, memory].map(|after| keys.remembers("a", at(now + after)));
            assert_eq!(remembered, [true, true, false], "{memory}");
            now += memory;
            keys.remember("a", at(now));
        }
    }

    #[test]
    fn keys_that_the_issuer_never_had_are_not_remembered() {
        let mut keys = removed("a");
        keys.remember("b", at(0));
        assert!(!keys.remembers("b", at(0)));
        keys.update(&set(&["c"]), &set(&["c", "d"]), at(0));
        assert!(!keys.remembers("c", at(0)) && !keys.remembers("d", at(0)) && keys.remembers("a", at(0)));
    }

    #[test]
    fn a_key_that_comes_back_is_forgotten() {
        let mut keys = removed("a");
        keys.update(&set(&[]), &set(&["a"]), at(10));
        assert!(!keys.remembers("a", at(10)));
        keys.update(&set(&["a"]), &set(&[]), at(20));
        assert_eq!([20, 49, 50].map(|second| keys.remembers("a", at(second))), [true, true, false]);
    }

    #[test]
    fn another_change_of_the_keys_does_not_begin_the_time_again() {
        let mut keys = removed("a");
        keys.update(&set(&["b"]), &set(&["c"]), at(20));
        assert_eq!(
            [("a", 29), ("a", 30), ("b", 49), ("b", 50)].map(|(id, s)| keys.remembers(id, at(s))),
            [true, false, true, false]
        );
    }

    #[test]
    fn memory_is_limited_to_the_newest() {
        let mut keys = RemovedKeys::default();
        for number in 0..100 {
            keys.update(&set(&[&number.to_string()]), &set(&[]), at(0));
        }
        assert_eq!(keys.0.len(), REMOVED_KEYS_REMEMBERED);
        assert!(keys.remembers("99", at(0)) && !keys.remembers("0", at(0)));
    }

    #[test]
    fn a_clock_set_back_ends_the_time() {
        let mut keys = RemovedKeys::default();
        keys.update(&set(&["a"]), &set(&[]), at(1000));
        assert!(!keys.remembers("a", at(0)));
    }
}
