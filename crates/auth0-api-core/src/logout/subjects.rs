//! Asks a store whether the subject of a token has logged out.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::store::{RevocationStore, SubjectId};
use crate::clock::since_epoch;
use crate::readable::Readable;
use crate::revocation::{RevocationFuture, RevocationList, TokenIdentity, TokenStatus};

/// The [`RevocationList`] that reads a [`RevocationStore`]: it rejects the tokens of a subject that were issued up to the
/// time of the subject's last logout.
///
/// A client with a [`LogoutPolicy`](crate::LogoutPolicy) has this list already. Use it for a further API that shares the
/// store but receives no logouts itself.
///
/// ```
/// use auth0_api_core::ApiClient;
/// use auth0_api_core::logout::{MemoryRevocationStore, RevokedSubjects};
///
/// let store = MemoryRevocationStore::new();
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://orders.example.com")
///     .revocation_list(RevokedSubjects::new(store))
///     .build()?;
/// # _ = api;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct RevokedSubjects {
    store: Arc<dyn RevocationStore>,
    longest_token_lifetime: Duration,
}

impl RevokedSubjects {
    /// Creates a list that reads this store.
    pub fn new(store: impl RevocationStore) -> Self {
        Self { store: Arc::new(store), longest_token_lifetime: DEFAULT_LONGEST_TOKEN_LIFETIME }
    }

    /// Sets the longest lifetime of an access token. It must be the
    /// [setting](crate::LogoutPolicy::longest_token_lifetime) of the API that receives the logouts. Default: 30 days.
    pub fn longest_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.longest_token_lifetime = lifetime;
        self
    }

    pub(crate) fn of(store: Arc<dyn RevocationStore>, longest_token_lifetime: Duration) -> Self {
        Self { store, longest_token_lifetime }
    }
}

impl RevocationList for RevokedSubjects {
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        Box::pin(async move {
            // A token without a subject is the token of no user. If a claim is malformed, the client rejects the token.
            let (Some(subject), Some(issued_at)) = (token.subject(), token.issued_at()) else {
                return Ok(TokenStatus::Valid);
            };
            // The store forgets a logout when the longest lifetime has passed, and a token that lives longer would then
            // be accepted again.
            let lifetime = token.expires_at().duration_since(issued_at).unwrap_or_default();
            if lifetime > self.longest_token_lifetime {
                return Err(LivesTooLong { lifetime, longest: self.longest_token_lifetime }.into());
            }
            let revoked_up_to = self.store.revoked_up_to(&SubjectId::new(token.issuer(), subject)).await?;
            // `iat` usually has whole seconds. A token of the same second may have been issued before the logout.
            let is_revoked = revoked_up_to.is_some_and(|time| whole_second(issued_at) <= time);
            Ok(if is_revoked { TokenStatus::Revoked } else { TokenStatus::Valid })
        })
    }
}

impl fmt::Debug for RevokedSubjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevokedSubjects").field("store", &self.store).finish_non_exhaustive()
    }
}

/// An access token lives longer than the operator has said.
#[derive(Debug)]
struct LivesTooLong {
    lifetime: Duration,
    longest: Duration,
}

impl fmt::Display for LivesTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lifetime, longest) = (Readable(self.lifetime), Readable(self.longest));
        write!(f, "the access token lives for {lifetime}, and the setting longest_token_lifetime is {longest}")
    }
}

impl Error for LivesTooLong {}

pub(super) fn whole_second(time: SystemTime) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(since_epoch(time).as_secs())
}

/// The longest lifetime that Auth0 allows for the access tokens of an API: 2 592 000 s.
pub(super) const DEFAULT_LONGEST_TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 86_400);
