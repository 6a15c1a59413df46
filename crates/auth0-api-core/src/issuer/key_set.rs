//! The keys of an issuer at one moment: tolerant of a messy document, strict about each key.

use serde::Deserialize;
use serde_json::value::RawValue;
use smallvec::SmallVec;

use super::KeySetError;
use crate::jose::{Algorithm, AlgorithmSet, Jwk, JwkError, VerificationKey};

/// An immutable set of parsed keys, one entry for each algorithm that a key may check.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Entry>,
    skipped: usize,
}

#[derive(Debug)]
struct Entry {
    key_id: Option<Box<str>>,
    key: VerificationKey,
}

/// The keys that may have signed a token; seldom more than one.
pub(crate) type Candidates<'k> = SmallVec<[&'k VerificationKey; MAX_CANDIDATES]>;

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl KeySet {
    /// Reads a key set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)) for the algorithms that are allowed.
    ///
    /// A key that is no good is skipped and counted. A set without any key that serves is an error: it must not replace a good set.
    pub(crate) fn parse(body: &[u8], algorithms: &AlgorithmSet, max_keys: usize) -> Result<Self, KeySetError> {
        let Document { keys } = serde_json::from_slice(body).map_err(|_| KeySetError::Malformed)?;
        if keys.len() > max_keys {
            return Err(KeySetError::TooManyKeys { max: max_keys });
        }
        let mut set = Self { keys: Vec::new(), skipped: 0 };
        let published = keys.len();
        for key in keys {
            if Jwk::parse(key.get()).and_then(|jwk| set.add(&jwk, algorithms)).is_err() {
                set.skipped += 1;
            }
        }
        if set.keys.is_empty() { Err(KeySetError::NoUsableKey { skipped: published }) } else { Ok(set) }
    }

    /// How many ways there are to check a signature: one for each algorithm that a key serves.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many entries of the document were no good.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// The keys for an algorithm: all of a `kid`, at most four, or without one the only one that fits.
    pub(crate) fn find(&self, algorithm: Algorithm, key_id: Option<&str>) -> Result<Candidates<'_>, NoKey> {
        let fitting = self.keys.iter().filter(|entry| entry.key.algorithm() == algorithm);
        let named = fitting.filter(|entry| key_id.is_none() || entry.key_id.as_deref() == key_id);
        let candidates: Candidates<'_> = named.map(|entry| &entry.key).take(MAX_CANDIDATES).collect();
        match (candidates.len(), key_id) {
            (0, _) => Err(NoKey::Unknown),
            // RFC 7515 §4.1.4: without a name, trying one key after the other would be guessing.
            (2.., None) => Err(NoKey::Ambiguous),
            _ => Ok(candidates),
        }
    }

    /// Adds what a key is good for; a good key for algorithms that are not allowed adds nothing.
    fn add(&mut self, jwk: &Jwk, algorithms: &AlgorithmSet) -> Result<(), JwkError> {
        for algorithm in algorithms.iter() {
            match jwk.verification_key(algorithm) {
                Ok(key) => self.keys.push(Entry { key_id: jwk.key_id().map(Into::into), key }),
                // Off its curve: the one verdict that only parsing for an algorithm brings.
                Err(JwkError::Value) => return Err(JwkError::Value),
                Err(_) => {}
            }
        }
        Ok(())
    }
}

/// Why a key set has no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    Ambiguous,
    Unknown,
}

/// Two keys of one `kid` happen by accident; each costs a signature check.
const MAX_CANDIDATES: usize = 4;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    /// RFC 9449 §4.1.
    const GOOD: &str = r#"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#;
    /// The same, off its curve.
    const OFF_CURVE: &str = r#"{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDE"}"#;

    fn parse(keys: &[&str], algorithm: Algorithm) -> Result<KeySet, KeySetError> {
        let body = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        KeySet::parse(body.as_bytes(), &AlgorithmSet::new([algorithm]).unwrap(), 100)
    }

    #[test]
    fn a_set_without_a_key_that_serves_is_none() {
        for (keys, algorithm, skipped) in [
            (&[][..], Algorithm::ES256, 0),
            (&[OFF_CURVE][..], Algorithm::ES256, 1),
            (&["{}", "5", OFF_CURVE][..], Algorithm::ES256, 3),
            // Good, but for no algorithm that is allowed.
            (&[GOOD][..], Algorithm::RS256, 1),
        ] {
            assert_eq!(parse(keys, algorithm).unwrap_err(), KeySetError::NoUsableKey { skipped }, "{keys:?}");
        }
    }

    #[test]
    fn bad_keys_are_counted_and_spoil_nothing() {
        let set = parse(&["{}", OFF_CURVE, GOOD, "null"], Algorithm::ES256).unwrap();
        assert_eq!(set.skipped(), 3);
        assert!(set.find(Algorithm::ES256, None).is_ok());
    }
}
