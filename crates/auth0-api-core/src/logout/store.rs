//! Where the revocations of subjects are kept.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use crate::digest::sha256_of_parts;

/// The future of a [`RevocationStore`].
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Remembers until when the access tokens of a subject are revoked: all tokens that were issued up to a time.
///
/// A logout writes to the store, and each request with a valid access token reads from it. All replicas of an API need
/// the same store. To test a new store, run `auth0_api_testing::contract::revocation_store`.
///
/// An application may also write to the store itself, for example to block a user at once:
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth0_api_core::logout::{MemoryRevocationStore, RevocationStore, SubjectId};
///
/// # async fn block(now: SystemTime) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # let store = MemoryRevocationStore::new();
/// let ada = SubjectId::new("https://tenant.eu.auth0.com/", "auth0|ada");
/// // The longest lifetime of a token, the leeway of the API, and a second for rounding.
/// let longest_use = Duration::from_secs(86_400 + 60 + 1);
/// store.revoke(&ada, now, now, now + longest_use).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot remember the subjects that have logged out",
    label = "pass a revocation store here: a type that implements `RevocationStore`",
    note = "for one process, pass `MemoryRevocationStore::new()`",
    note = "for several replicas, pass `RedisRevocationStore::new(url)?` of the crate `auth0-api-redis`"
)]
pub trait RevocationStore: Debug + Send + Sync + 'static {
    /// Revokes all tokens of `subject` that were issued up to and including `issued_up_to`, in one atomic step.
    ///
    /// A later time stays in force: a call with an earlier `issued_up_to` never lowers it. The store may round
    /// `issued_up_to` up to whole seconds. It may forget the revocation only when `now` is later than `expires_at`. A
    /// store that cannot guarantee this returns an error, or revokes more tokens than it was asked to revoke.
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()>;

    /// Returns the time up to which tokens of `subject` are revoked; `None` if none are.
    ///
    /// If the store returns an error, or does not answer within 2 s, the request is rejected with 503.
    fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>>;

    /// Returns what is wrong with the store's settings, such as a capacity of 0. `None`, the default, means that the
    /// store can be used. [`ApiClientBuilder::build`](crate::ApiClientBuilder::build) reports the problem.
    fn problem(&self) -> Option<&'static str> {
        None
    }
}

impl<S: RevocationStore + ?Sized> RevocationStore for Arc<S> {
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()> {
        (**self).revoke(subject, issued_up_to, now, expires_at)
    }

    fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
        (**self).revoked_up_to(subject)
    }

    fn problem(&self) -> Option<&'static str> {
        (**self).problem()
    }
}

/// Identifies a user of an issuer: the SHA-256 of the length-prefixed `iss` and `sub`.
///
/// A `sub` is unique only within its issuer. The digest has a fixed length, and it does not show the user's id to readers
/// of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectId([u8; 32]);

impl SubjectId {
    /// Identifies the user with this `sub` at the issuer with this `iss`.
    pub fn new(issuer: &str, subject: &str) -> Self {
        Self(sha256_of_parts([issuer, subject].into_iter()))
    }

    /// The 32 bytes that identify the user, for use as a key in a store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
