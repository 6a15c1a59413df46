//! Replay protection: a proof is accepted once ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::digest::sha256_of_parts;
use crate::jose::Thumbprint;

/// The future that [`ReplayStore::insert`] returns.
pub type ReplayFuture<'a> = Pin<Box<dyn Future<Output = Result<Insertion, ReplayStoreError>> + Send + 'a>>;

/// Remembers which proofs have been used.
///
/// See [replay](crate::guide::replay).
///
/// The trait has one operation on proofs. With two operations, a look-up and then a write, two simultaneous requests with the
/// same proof could both be accepted. To test a new store, run `auth0_api_testing::contract::replay_store`.
#[doc(alias = "jti")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot remember used proofs",
    label = "pass a replay store here: a type that implements `ReplayStore`",
    note = "for one process, pass `MemoryReplayStore::new()`",
    note = "for several replicas, pass `RedisReplayStore::new(url)?` of the crate `auth0-api-redis`"
)]
pub trait ReplayStore: Debug + Send + Sync + 'static {
    /// Records `proof` until `expires_at`, in one atomic step, and returns whether it was already recorded.
    ///
    /// The client reads `now` after the request has waited for keys and for the revocation list, and rejects a proof that is
    /// too old then without a call.
    ///
    /// The store may forget a proof only when `now` is later than the `expires_at` of the proof. A store that cannot
    /// guarantee this returns an error instead. The request is then rejected: with 429 for
    /// [`KeyQuota`](ReplayStoreError::KeyQuota), else with 503.
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a>;

    /// Returns what is wrong with the store's settings, such as a capacity of 0. `None`, the default, means that the
    /// store can be used. [`ApiClientBuilder::build`](crate::ApiClientBuilder::build) reports the problem.
    fn problem(&self) -> Option<&'static str> {
        None
    }
}

impl<S: ReplayStore + ?Sized> ReplayStore for Arc<S> {
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        (**self).insert(proof, now, expires_at)
    }

    fn problem(&self) -> Option<&'static str> {
        (**self).problem()
    }
}

/// Whether a proof was new to a [`ReplayStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// The proof had not been recorded, and is recorded now.
    Fresh,
    /// The proof had been recorded before and has not expired.
    Replayed,
}

/// Why a [`ReplayStore`] did not record a proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayStoreError {
    /// The store has reached its capacity of live proofs.
    #[error("the replay store is full")]
    Full,
    /// The key that made the proof has reached its quota of live proofs.
    #[error("the key has too many live proofs")]
    KeyQuota {
        /// The time from now until the first of these proofs expires.
        retry_after: Duration,
    },
    /// The store cannot be reached, did not answer in time, or cannot determine whether the proof is new.
    #[error("the replay store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Identifies one proof: the SHA-256 of the length-prefixed key thumbprint and `jti`.
///
/// The thumbprint is included because two clients may use the same `jti`. So a client cannot cause the rejection of
/// another client's proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProofId {
    digest: [u8; 32],
    thumbprint: Thumbprint,
}

impl ProofId {
    /// Identifies the proof with this `jti` that was signed with the key of this thumbprint.
    pub fn new(thumbprint: Thumbprint, jti: &str) -> Self {
        let parts = [&thumbprint.as_bytes()[..], jti.as_bytes()];
        Self { digest: sha256_of_parts(parts.into_iter()), thumbprint }
    }

    /// The 32 bytes that identify the proof, for use as a key in a store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The thumbprint of the key that signed the proof, for quotas by key.
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }
}
