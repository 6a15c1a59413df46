//! A cache of verified tokens. A later request with the same token needs only a look-up, and no signature check.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use moka::Expiry;
use moka::sync::Cache;

use self::text_hash::TextHashState;
pub(crate) use self::text_hash::TokenTexts;
use crate::issuer::{IssuerKeys, KeySetVersion};
use crate::token::ValidClaims;

mod text_hash;

/// The cache of verified tokens, for [`ApiClientBuilder::token_cache`](crate::ApiClientBuilder::token_cache).
///
/// See [when to cache tokens](crate::guide::scaling#when-to-cache-tokens).
///
/// # Guarantees
///
/// 1. The key of an entry is the whole text of the token, and not a digest. So the cache never confuses two tokens.
/// 2. The cache stores only tokens that passed all checks of the signature and the claims. It does not store rejected
///    tokens.
/// 3. On each request, the client checks `exp`, `nbf` and the maximum age again, and calls the
///    [`DomainResolver`](crate::issuer::DomainResolver) and the [`RevocationList`](crate::revocation::RevocationList) again. Each `DPoP`
///    request still needs a new proof, and the client checks it.
/// 4. A cached token counts only while the client would verify a new token with the same key set. If the key set has
///    changed, the client verifies the token again as if it were new. So if the issuer removes a key, a cached token that
///    was signed with this key is rejected at the same time as a token that is not cached. While the issuer is unavailable,
///    cached tokens are accepted for as long as the last good keys are used.
/// 5. Clones of a client share a cache. Clients that were built separately never share a cache. So the cache of one
///    configuration cannot make a token valid under another configuration.
///
/// The cache stores whole tokens. Treat them like passwords ([`AccessToken`](crate::AccessToken)). The cache keeps
/// tokens only in memory, until they expire or are evicted.
///
/// # Size
///
/// A cached token takes at most three times its own size, or 2 KiB if that is more: for its text, its claims, and an
/// index of the claims. What handlers read from it is not cached. Tokens longer than 4 KiB are not cached, and neither
/// are tokens with so many small claims that they would take more.
///
/// # Examples
///
/// ```
/// use auth0_api_core::{ApiClient, TokenCache};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .token_cache(TokenCache::entries(20_000))
///     .build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct TokenCache(Option<usize>);

impl TokenCache {
    /// Remembers at most this many tokens; at least 1.
    ///
    /// Use the number of callers that are active within the lifetime of a token.
    pub const fn entries(entries: usize) -> Self {
        Self(Some(entries))
    }

    /// Switches the cache off. This is the default.
    pub const fn off() -> Self {
        Self(None)
    }

    /// Returns `None` for a cache of 0 entries.
    pub(crate) fn checked(self) -> Option<Self> {
        (self.0 != Some(0)).then_some(self)
    }
}

/// The cached tokens of one client. Always empty if no cache is configured.
pub(crate) struct RememberedTokens(Option<Cache<Arc<str>, Arc<Remembered>, TextHashState>>);

/// A token that was verified before.
pub(crate) struct Remembered {
    pub(crate) claims: ValidClaims,
    /// The keys that it was verified with.
    pub(crate) keys: KeySetVersion,
    life: Duration,
}

impl RememberedTokens {
    /// `texts` are the tokens that the API accepts.
    pub(crate) fn new(size: TokenCache, texts: TokenTexts) -> Self {
        Self(size.0.map(|entries| {
            let entries = u64::try_from(entries).unwrap_or(u64::MAX);
            let cache = Cache::builder().max_capacity(entries).expire_after(UntilExpiry);
            cache.build_with_hasher(TextHashState::new(texts))
        }))
    }

    /// Whether a cache is configured.
    pub(crate) fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Returns a cached token. Its issuer's keys may have changed since it was verified.
    ///
    /// The cache compares the full text, so an equal hash alone is never enough.
    pub(crate) fn recall(&self, token: &str) -> Option<Arc<Remembered>> {
        self.0.as_ref()?.get(token)
    }

    /// Stores a token that was verified with these keys, until the token expires.
    pub(crate) fn remember(&self, claims: &ValidClaims, keys: &IssuerKeys<'_>, now: SystemTime) {
        let Some(tokens) = &self.0 else { return };
        let text = claims.access_token().shared();
        if text.len() <= LONGEST_TOKEN && claims.size() <= (3 * text.len()).max(SMALL) {
            let life = claims.expires_at().duration_since(now).unwrap_or_default();
            tokens.insert(text, Arc::new(Remembered { claims: claims.without_map(), keys: keys.version(), life }));
        }
    }

    /// Removes all tokens.
    pub(crate) fn forget_all(&self) {
        if let Some(tokens) = &self.0 {
            tokens.invalidate_all();
            tokens.run_pending_tasks();
        }
    }

    /// Removes a token that is no longer valid.
    pub(crate) fn forget(&self, token: &str) {
        self.0.iter().for_each(|tokens| tokens.invalidate(token));
    }
}

impl fmt::Debug for RememberedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.0.as_ref().map(Cache::entry_count);
        f.debug_struct("RememberedTokens").field("held", &held).finish_non_exhaustive()
    }
}

/// Removes expired tokens to free memory. It does not replace the check of `exp`, which the client makes on each
/// request.
struct UntilExpiry;

impl Expiry<Arc<str>, Arc<Remembered>> for UntilExpiry {
    fn expire_after_create(&self, _: &Arc<str>, remembered: &Arc<Remembered>, _: Instant) -> Option<Duration> {
        Some(remembered.life)
    }

    fn expire_after_update(
        &self,
        _: &Arc<str>,
        remembered: &Arc<Remembered>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(remembered.life)
    }
}

/// Auth0's tokens have 1 to 4 KiB. With longer tokens, a few callers could use the memory that is meant for many.
const LONGEST_TOKEN: usize = 4 * 1024;
/// Short tokens take more than three times their size, because a part of the memory is the same for all tokens.
const SMALL: usize = 2 * 1024;
