//! Replay protection: a proof is accepted once ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::SHA256;
use smallvec::SmallVec;

use crate::jose::Thumbprint;

/// The answer of a [`ReplayStore`], when it comes.
pub type ReplayFuture<'a> = Pin<Box<dyn Future<Output = Result<Insertion, ReplayStoreError>> + Send + 'a>>;

/// Remembers which proofs have been used.
///
/// One operation, because anything made of two (look, then write) lets two requests with the same proof through. A new
/// store proves itself with `auth0_api_testing::contract::replay_store`.
pub trait ReplayStore: Debug + Send + Sync + 'static {
    /// Records `proof` until `expires_at`, in one atomic step, and says whether it was there already.
    ///
    /// An entry may be forgotten once `now` is past its `expires_at`, and not before. A store that cannot keep that promise
    /// answers with an error instead: the request is then rejected as the server's fault.
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a>;
}

impl<S: ReplayStore + ?Sized> ReplayStore for Arc<S> {
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        (**self).insert(proof, now, expires_at)
    }
}

/// Whether a proof was new to a [`ReplayStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// The proof was not known and is recorded now.
    Fresh,
    /// The proof had been recorded before and has not expired.
    Replayed,
}

/// Why a [`ReplayStore`] could not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayStoreError {
    /// The store holds as many live proofs as it may.
    #[error("the replay store is full")]
    Full,
    /// One key has as many live proofs as one key may have.
    #[error("the key has too many live proofs")]
    KeyQuota {
        /// When the first of them expires, from now.
        retry_after: Duration,
    },
    /// The store cannot be reached, or did not answer in time.
    #[error("the replay store cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Names one proof: SHA-256 over the length-prefixed key thumbprint and `jti`.
///
/// The thumbprint is part of it, so that no client can burn another one's `jti`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProofId {
    digest: [u8; 32],
    thumbprint: Thumbprint,
}

impl ProofId {
    /// Names the proof with this `jti`, made by the key with this thumbprint.
    pub fn new(thumbprint: Thumbprint, jti: &str) -> Self {
        let mut parts = SmallVec::<[u8; USUAL_PARTS]>::new();
        for part in [thumbprint.as_bytes(), jti.as_bytes()] {
            parts.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            parts.extend_from_slice(part);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(aws_lc_rs::digest::digest(&SHA256, &parts).as_ref());
        Self { digest, thumbprint }
    }

    /// The 32 bytes that name the proof, for use as a key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The thumbprint of the key that made the proof, for quotas by key.
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }
}

/// Two lengths, a thumbprint, and a `jti` of up to 80 bytes.
const USUAL_PARTS: usize = 128;
