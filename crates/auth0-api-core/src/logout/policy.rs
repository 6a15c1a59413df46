//! The settings for logouts.

use std::sync::Arc;
use std::time::Duration;

use super::receiver::LogoutReceiver;
use super::store::RevocationStore;
use super::subjects::{DEFAULT_LONGEST_TOKEN_LIFETIME, RevokedSubjects};
use super::token::LogoutTokenPolicy;
use crate::dpop::{MemoryReplayStore, ReplayStore};

/// Which logouts count, and where they are kept. Pass it to
/// [`ApiClientBuilder::logout`](crate::ApiClientBuilder::logout).
///
/// The client then also asks the store on each request with a valid access token, which it rejects with 401 if the user
/// has logged out since the token was issued.
///
/// | setting | default | source |
/// |---|---|---|
/// | client ids | none: the API takes no logouts | depends on your applications |
/// | [`longest_token_lifetime`](Self::longest_token_lifetime) | 30 days | Auth0's limit for the tokens of an API |
/// | [`replay_store`](Self::replay_store) | 100 000 logout tokens, in memory | 550 logouts a second |
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::LogoutPolicy;
/// use auth0_api_core::logout::MemoryRevocationStore;
///
/// let policy = LogoutPolicy::new(["client-id-of-the-web-site"], MemoryRevocationStore::new())
///     .longest_token_lifetime(Duration::from_secs(86_400));
/// # _ = policy;
/// ```
#[doc(alias = "backchannel")]
#[derive(Clone, Debug)]
#[must_use]
pub struct LogoutPolicy {
    client_ids: Vec<Box<str>>,
    store: Arc<dyn RevocationStore>,
    replay_store: Arc<dyn ReplayStore>,
    longest_token_lifetime: Duration,
}

impl LogoutPolicy {
    /// Accepts the logouts that the tenant sends for the applications with these client ids, and keeps them in `store`.
    ///
    /// The client ids are those of the applications whose *Back-Channel Logout URI* is the URL of this API's route: the
    /// `aud` of the logout tokens. With an empty list, the API takes no logouts, and still rejects the tokens of the
    /// subjects in the store.
    pub fn new<C: Into<Box<str>>>(client_ids: impl IntoIterator<Item = C>, store: impl RevocationStore) -> Self {
        Self {
            client_ids: client_ids.into_iter().map(Into::into).collect(),
            store: Arc::new(store),
            replay_store: Arc::new(
                MemoryReplayStore::with_capacity(DEFAULT_REPLAY_CAPACITY).per_key_quota(DEFAULT_REPLAY_CAPACITY),
            ),
            longest_token_lifetime: DEFAULT_LONGEST_TOKEN_LIFETIME,
        }
    }

    /// Sets the longest lifetime of an access token of this API: the greatest `exp` minus `iat`. Default: 30 days, the
    /// greatest value that [Auth0 allows](https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime).
    /// From 1 minute to 366 days.
    ///
    /// The store forgets a logout after this time. An access token that lives longer is rejected with 503: it could
    /// outlive the logout that revokes it. Choose the *Maximum Access Token Lifetime* of the API in the tenant, or more.
    pub fn longest_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.longest_token_lifetime = lifetime;
        self
    }

    /// Records used logout tokens in this store. Default: a [`MemoryReplayStore`] for 100 000 logout tokens.
    ///
    /// The store may be in memory also if the API has several replicas: a logout token that is used once more at another
    /// replica revokes nothing that it has not revoked before. The store may also be the one for `DPoP` proofs. In a
    /// [`MemoryReplayStore`], all logout tokens of one issuer count as the proofs of one key: raise its
    /// [`per_key_quota`](MemoryReplayStore::per_key_quota).
    pub fn replay_store(mut self, store: impl ReplayStore) -> Self {
        self.replay_store = Arc::new(store);
        self
    }

    /// Returns the receiver of logouts, and the list of their subjects. `leeway` is how long tokens are accepted after
    /// their `exp`.
    pub(crate) fn check(self, leeway: Duration) -> Result<(LogoutReceiver, RevokedSubjects), &'static str> {
        if self.client_ids.iter().any(|id| id.is_empty() || id.trim() != &**id) {
            return Err("a client id is blank, or has white space around it");
        }
        if !(SHORTEST_TOKEN_LIFETIME..=LONGEST_TOKEN_LIFETIME).contains(&self.longest_token_lifetime) {
            return Err("longest_token_lifetime() takes 1 minute to 366 days");
        }
        if let Some(problem) = self.store.problem().or_else(|| self.replay_store.problem()) {
            return Err(problem);
        }
        let subjects = RevokedSubjects::of(Arc::clone(&self.store), self.longest_token_lifetime);
        let receiver = LogoutReceiver {
            tokens: LogoutTokenPolicy { client_ids: self.client_ids, leeway },
            store: self.store,
            replay_store: self.replay_store,
            // A token of the second of the logout lives until the end of that second, plus the rest.
            kept_for: self.longest_token_lifetime + leeway + Duration::from_secs(1),
        };
        Ok((receiver, subjects))
    }
}

/// No tenant issues tokens for a shorter time, and clocks may differ by seconds.
const SHORTEST_TOKEN_LIFETIME: Duration = Duration::from_secs(60);
/// The upper bound of `max_token_age`.
const LONGEST_TOKEN_LIFETIME: Duration = Duration::from_secs(366 * 86_400);
/// A logout token is live for three minutes at most. 100 000 in three minutes are 550 logouts a second, in 11 MB.
const DEFAULT_REPLAY_CAPACITY: usize = 100_000;
