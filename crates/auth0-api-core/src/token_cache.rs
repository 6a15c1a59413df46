//! A cache of verified tokens, so that later requests with the same token cost a look-up instead of a signature check.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use foldhash::quality::RandomState;
use moka::Expiry;
use moka::sync::Cache;

use crate::issuer::KeySetVersion;
use crate::meter;
use crate::token::ValidClaims;

/// The cache of verified tokens, for [`ApiClientBuilder::token_cache`](crate::ApiClientBuilder::token_cache).
///
/// # Guarantees
///
/// 1. A token is found by its whole text only. No digest is used as its key, so no two tokens can collide.
/// 2. Only tokens that passed every check of signature and claims are remembered. Rejections are not.
/// 3. Each request checks `exp`, `nbf` and the maximum age again, and asks the resolver of issuers and the
///    [`RevocationList`](crate::RevocationList) again. Each `DPoP` request still needs a proof, which is checked and
///    used up.
/// 4. When the issuer's key set has changed, or a refresh of it is due, the token is verified as if it were new. When
///    the issuer withdraws a key, cached tokens signed with it are rejected as early as uncached ones.
/// 5. Clones of a client share a cache. Different clients never do, so a token that one configuration accepts is not
///    accepted under another.
///
/// The cache holds whole tokens, which are as sensitive as passwords ([`AccessToken`](crate::AccessToken)). It keeps
/// them in memory only, until they expire or are evicted.
///
/// # Size
///
/// A remembered token takes about three times its own size: for its text, its claims, and an index of the claims.
/// Tokens longer than 4 KiB are not remembered.
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
#[derive(Clone, Copy, Debug)]
pub struct TokenCache {
    entries: u32,
}

impl TokenCache {
    /// Remembers up to this many tokens; 0 counts as 1.
    ///
    /// Use the number of callers that are active within the lifetime of a token.
    pub fn entries(entries: u32) -> Self {
        Self { entries: entries.max(1) }
    }
}

/// The tokens that one client remembers. Empty, and never filled, if the client has no cache.
pub(crate) struct RememberedTokens(Option<Cache<Arc<str>, Remembered, RandomState>>);

#[derive(Clone)]
struct Remembered {
    claims: ValidClaims,
    keys: KeySetVersion,
    life: Duration,
}

impl RememberedTokens {
    pub(crate) fn new(settings: Option<TokenCache>) -> Self {
        Self(settings.map(|TokenCache { entries }| {
            let cache = Cache::builder().max_capacity(entries.into()).expire_after(UntilExpiry);
            cache.build_with_hasher(RandomState::default())
        }))
    }

    /// Returns the claims of this token, if its issuer's keys are still the keys that it was verified with.
    ///
    /// The cache compares the full text. An equal hash alone is never enough, and the hash is seeded, so a client that
    /// does not hold a token cannot find it.
    pub(crate) fn recall(&self, token: &str, now: SystemTime) -> Option<ValidClaims> {
        let remembered = self.0.as_ref()?.get(token).filter(|remembered| remembered.keys.is_current(now));
        meter::token_recalled(remembered.is_some());
        remembered.map(|remembered| remembered.claims)
    }

    /// Remembers a token that was verified with these keys, until it expires.
    pub(crate) fn remember(&self, claims: &ValidClaims, keys: KeySetVersion, now: SystemTime) {
        let Some(tokens) = &self.0 else { return };
        let text = claims.access_token().shared();
        if text.len() <= LONGEST_TOKEN {
            let life = claims.expires_at().duration_since(now).unwrap_or_default();
            tokens.insert(text, Remembered { claims: claims.clone(), keys, life });
        }
    }

    /// Forgets a token that is no longer valid.
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

/// Frees the memory of expired tokens. Whether a token has expired is checked again each time it is presented.
struct UntilExpiry;

impl Expiry<Arc<str>, Remembered> for UntilExpiry {
    fn expire_after_create(&self, _: &Arc<str>, remembered: &Remembered, _: Instant) -> Option<Duration> {
        Some(remembered.life)
    }

    fn expire_after_update(
        &self,
        _: &Arc<str>,
        remembered: &Remembered,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(remembered.life)
    }
}

/// Auth0's tokens have 1 to 4 KiB. Longer tokens would let a few callers use the memory of many.
const LONGEST_TOKEN: usize = 4 * 1024;
