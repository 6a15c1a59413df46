//! The decryption keys of an API, and the choice among them.

use std::collections::HashSet;
use std::sync::Arc;

use smallvec::SmallVec;

use super::{DecryptionKey, Jwe, JweError};
use crate::jose::header::MAX_KEY_ID_BYTES;

/// The decryption keys of an API: at least one. Each `kid` names one of them only.
#[derive(Clone, Debug)]
pub(crate) struct HeldKeys(Arc<[DecryptionKey]>);

/// Why keys cannot be used together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeldKeysProblem {
    #[error("at least one is needed")]
    Empty,
    #[error("a kid has 1 to {MAX_KEY_ID_BYTES} bytes")]
    KeyId,
    #[error("two keys have the same kid")]
    KeyIdRepeated,
}

/// The keys to try, in the order of the configuration.
pub(crate) type Candidates = SmallVec<[DecryptionKey; MOST_ATTEMPTS]>;

impl HeldKeys {
    pub(crate) fn new(keys: Vec<DecryptionKey>) -> Result<Self, HeldKeysProblem> {
        let (ids, mut seen) = (keys.iter().filter_map(DecryptionKey::key_id), HashSet::new());
        if ids.clone().any(|id| id.is_empty() || id.len() > MAX_KEY_ID_BYTES) {
            Err(HeldKeysProblem::KeyId)
        } else if !ids.clone().all(|id| seen.insert(id)) {
            Err(HeldKeysProblem::KeyIdRepeated)
        } else if keys.is_empty() {
            Err(HeldKeysProblem::Empty)
        } else {
            Ok(Self(keys.into()))
        }
    }

    /// Chooses the keys that may decrypt a token.
    ///
    /// A `kid` names exactly one key. Without a `kid`, every key is possible, and the first [`MOST_ATTEMPTS`] are used.
    /// RFC 8017 §7.1.2 (1): the encrypted key is as long as the modulus. So a key of another size is no candidate.
    pub(crate) fn find(&self, jwe: &Jwe) -> Result<Candidates, JweError> {
        let (header, length) = (&jwe.header, jwe.sealed.encrypted_key.len());
        let is_named = |key: &&DecryptionKey| header.key_id.is_none() || key.key_id() == header.key_id.as_deref();
        let mut named = self.0.iter().filter(is_named).peekable();
        if named.peek().is_none() {
            return Err(JweError::KeyUnknown);
        }
        let fitting = named.filter(|key| key.fits(header.algorithm, length));
        let candidates: Candidates = fitting.take(MOST_ATTEMPTS).cloned().collect();
        if candidates.is_empty() { Err(JweError::Decryption) } else { Ok(candidates) }
    }
}

/// During a rotation, an API has two keys. More attempts would only let a token cost more.
pub(super) const MOST_ATTEMPTS: usize = 2;
