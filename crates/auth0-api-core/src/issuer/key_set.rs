//! The keys of one JWKS document. An unusable key in the document is skipped. Every other key has passed all checks.

use serde::Deserialize;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::KeySetError;
use crate::jose::{Algorithm, AlgorithmSet, Jwk, JwkError, VerificationKey};

/// An immutable set of parsed keys, with one entry per key and algorithm.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Entry>,
    /// The keys that verify none of the allowed algorithms.
    others: Vec<Other>,
    skipped: usize,
}

/// A key that is well-formed, and that no allowed algorithm can use: its `kid` and its `alg`.
#[derive(Debug)]
struct Other {
    key_id: Option<Box<str>>,
    algorithm: Option<Box<str>>,
}

#[derive(Debug)]
struct Entry {
    key_id: Option<Box<str>>,
    key: VerificationKey,
}

/// The keys that may have signed a token: usually one.
pub(crate) type Candidates<'k> = SmallVec<[&'k VerificationKey; MAX_CANDIDATES]>;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl KeySet {
    /// Parses a key set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)) for the algorithms that are
    /// allowed.
    ///
    /// An unusable key is skipped and counted. A set without any usable key is an error, so that it does not replace a
    /// usable set. A set in which every key is for other algorithms is not an error: the tenant or this API is
    /// configured so, and another fetch would not help.
    pub(crate) fn parse(body: &[u8], algorithms: &AlgorithmSet, max_keys: usize) -> Result<Self, KeySetError> {
        // RFC 8259 §8.1: JSON is UTF-8. `from_slice` checks only the strings that are read, so the whole text is
        // checked.
        let text = str::from_utf8(body).map_err(|_| KeySetError::Malformed)?;
        // `serde` would also read the members from an array.
        if text.trim_ascii_start().starts_with('[') {
            return Err(KeySetError::Malformed);
        }
        let Document { keys } = serde_json::from_str(text).map_err(|_| KeySetError::Malformed)?;
        if keys.len() > max_keys {
            return Err(KeySetError::TooManyKeys { max: max_keys });
        }
        let mut set = Self { keys: Vec::new(), others: Vec::new(), skipped: 0 };
        let published = keys.len();
        for key in keys {
            if Jwk::parse(key.get()).and_then(|jwk| set.add(&jwk, algorithms)).is_err() {
                set.skipped += 1;
            }
        }
        let is_empty = set.keys.is_empty() && set.others.is_empty();
        if is_empty { Err(KeySetError::NoUsableKey { skipped: published }) } else { Ok(set) }
    }

    /// The number of entries: one per key and algorithm.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The `kid`s of the keys.
    pub(super) fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|entry| entry.key_id.as_deref())
    }

    /// Whether a key has this `kid`, for any algorithm.
    pub(super) fn has(&self, key_id: &str) -> bool {
        let others = self.others.iter().filter_map(|other| other.key_id.as_deref());
        self.key_ids().chain(others).any(|candidate| candidate == key_id)
    }

    /// The number of keys in the document that were skipped as unusable.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// Returns the algorithms that the tenant published keys for, if no key is for an allowed algorithm.
    pub(crate) fn only_other_algorithms(&self) -> Option<Box<str>> {
        let mut algorithms: Vec<_> = self.others.iter().filter_map(|other| other.algorithm.as_deref()).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        self.keys.is_empty().then(|| algorithms.join(" ").into())
    }

    /// Returns the keys for an algorithm. With a `kid`, these are at most four keys with that `kid`. Without a `kid`,
    /// this is the only key for the algorithm, and several keys are an error.
    pub(crate) fn find(&self, algorithm: Algorithm, key_id: Option<&str>) -> Result<Candidates<'_>, NoKey> {
        let fitting = self.keys.iter().filter(|entry| entry.key.algorithm() == algorithm);
        let named = fitting.filter(|entry| key_id.is_none() || entry.key_id.as_deref() == key_id);
        let candidates: Candidates<'_> = named.map(|entry| &entry.key).take(MAX_CANDIDATES).collect();
        match (candidates.len(), key_id) {
            (0, _) => Err(self.missing(key_id)),
            // RFC 7515 §4.1.4: `kid` names the key that signed. Without a `kid`, this crate does not try one key after
            // another.
            (2.., None) => Err(NoKey::Ambiguous),
            _ => Ok(candidates),
        }
    }

    /// Says why no key fits. If a key has the `kid`, it is for another algorithm, and no newer set is needed to know it.
    fn missing(&self, key_id: Option<&str>) -> NoKey {
        let own = self.keys.iter().map(|entry| (&entry.key_id, Some(entry.key.algorithm().name())));
        let others = self.others.iter().map(|other| (&other.key_id, other.algorithm.as_deref()));
        let mut named = own.chain(others).filter(|(candidate, _)| candidate.as_deref() == key_id && key_id.is_some());
        match named.next() {
            Some((_, algorithm)) => NoKey::OtherAlgorithm(algorithm.map(Into::into)),
            None => NoKey::Unknown,
        }
    }

    /// Adds an entry for each allowed algorithm that the key can verify.
    fn add(&mut self, jwk: &Jwk, algorithms: &AlgorithmSet) -> Result<(), JwkError> {
        let before = self.keys.len();
        for algorithm in algorithms.iter() {
            match jwk.verification_key(algorithm) {
                Ok(key) => self.keys.push(Entry { key_id: jwk.key_id().map(Into::into), key }),
                // The point is not on its curve. `Jwk::parse` does not check this, but `verification_key` does.
                Err(JwkError::Value) => return Err(JwkError::Value),
                Err(_) => {}
            }
        }
        if self.keys.len() == before {
            self.others.push(Other {
                key_id: jwk.key_id().map(Into::into),
                algorithm: jwk.algorithm().map(|name| name.chars().take(LONGEST_ALGORITHM).collect()),
            });
        }
        Ok(())
    }
}

/// Why a key set has no key for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    Ambiguous,
    /// The key with this `kid` is for another algorithm: its `alg`, if it has one.
    OtherAlgorithm(Option<Box<str>>),
    Unknown,
}

/// An issuer may publish several keys with the same `kid` by accident. Each candidate costs a signature check, so their
/// number is limited.
const MAX_CANDIDATES: usize = 4;
/// In characters. The longest registered name of a signature algorithm has fewer.
const LONGEST_ALGORITHM: usize = 32;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    /// RFC 9449 §4.1.
    const GOOD: &str = r#"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#;
    /// The same key with a point that is not on the curve.
    const OFF_CURVE: &str = r#"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDE"}"#;

    fn parse(keys: &[&str], algorithm: Algorithm) -> Result<KeySet, KeySetError> {
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        KeySet::parse(body.as_bytes(), &AlgorithmSet::new([algorithm]).unwrap(), 100)
    }

    #[test]
    fn a_set_without_a_usable_key_is_rejected() {
        for (keys, algorithm, skipped) in [
            (&[][..], Algorithm::ES256, 0),
            (&[OFF_CURVE][..], Algorithm::ES256, 1),
            (&["{}", "5", OFF_CURVE][..], Algorithm::ES256, 3),
        ] {
            assert_eq!(parse(keys, algorithm).unwrap_err(), KeySetError::NoUsableKey { skipped }, "{keys:?}");
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_not_unknown() {
        let named = |kid: &str| GOOD.replacen('{', &format!(r#"{{"kid":"{kid}","alg":"ES256","#), 1);
        let set = parse(&[&named("a"), GOOD], Algorithm::RS256).unwrap();
        assert_eq!((set.len(), set.skipped(), set.only_other_algorithms().as_deref()), (0, 0, Some("ES256")));
        let other = |alg: Option<&str>| NoKey::OtherAlgorithm(alg.map(Into::into));
        assert_eq!(set.find(Algorithm::RS256, Some("a")).unwrap_err(), other(Some("ES256")));
        assert_eq!(set.find(Algorithm::RS256, Some("b")).unwrap_err(), NoKey::Unknown);
        assert_eq!(set.find(Algorithm::RS256, None).unwrap_err(), NoKey::Unknown);

        let set = parse(&[&named("a")], Algorithm::ES256).unwrap();
        assert_eq!(set.find(Algorithm::PS256, Some("a")).unwrap_err(), other(Some("ES256")));
        assert_eq!(set.only_other_algorithms(), None);
    }

    #[test]
    fn a_set_with_octets_that_are_not_utf8_is_rejected() {
        let algorithms = AlgorithmSet::new([Algorithm::ES256]).unwrap();
        let good = format!(r#"{{"keys":[{GOOD}],"x":"?"}}"#);
        assert!(KeySet::parse(good.as_bytes(), &algorithms, 100).is_ok());
        let bad: Vec<u8> = good.bytes().map(|octet| if octet == b'?' { 0xc0 } else { octet }).collect();
        assert_eq!(KeySet::parse(&bad, &algorithms, 100).unwrap_err(), KeySetError::Malformed);
    }

    #[test]
    fn a_set_is_an_object() {
        let algorithms = AlgorithmSet::new([Algorithm::ES256]).unwrap();
        let array = format!(" [[{GOOD}]]");
        assert_eq!(KeySet::parse(array.as_bytes(), &algorithms, 100).unwrap_err(), KeySetError::Malformed);
    }

    #[test]
    fn bad_keys_are_counted_and_skipped() {
        // The last one has half a surrogate pair in the name of a member.
        let set = parse(&["{}", OFF_CURVE, GOOD, "null", r#"{"kty":"RSA","\ud800":1}"#], Algorithm::ES256).unwrap();
        assert_eq!(set.skipped(), 4);
        assert!(set.find(Algorithm::ES256, None).is_ok());
    }
}
