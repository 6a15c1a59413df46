//! Tokens that were verified before, so that the next request with one costs a look instead of a signature check.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use foldhash::quality::RandomState;
use moka::Expiry;
use moka::sync::Cache;

use crate::issuer::KeySetVersion;
use crate::meter;
use crate::token::ValidClaims;

/// Whether, and how many, verified tokens a client remembers: see
/// [`ApiClientBuilder::token_cache`](crate::ApiClientBuilder::token_cache).
///
/// What it promises:
///
/// 1. A token is found by its whole text and nothing else: there is no digest that could collide.
/// 2. Only tokens that passed every check of signature and claims are remembered, never a rejection.
/// 3. With each request, `exp`, `nbf` and the maximum age are checked again, the resolver of issuers is asked again, and so is
///    the [`RevocationList`](crate::RevocationList). A `DPoP` proof is always demanded, checked, and used up.
/// 4. When the issuer's key set has changed, or is due to be looked at, the token is verified as if it were new. A key that the
///    issuer withdraws takes its tokens with it as soon as it does without this cache.
/// 5. Clones of a client share it, and no two clients: nobody's token is good under another configuration.
///
/// It holds what [`AccessToken`](crate::AccessToken) calls a password, in memory only, until the token expires or makes room.
///
/// # Size
///
/// A remembered token takes about three times its own size: its text, its claims, and where each lies. Tokens longer than 4 KiB are
/// not remembered.
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
    /// Remembers up to so many tokens, at least one. Take the number of callers that are active within a token's life.
    pub fn entries(entries: u32) -> Self {
        Self { entries: entries.max(1) }
    }
}

/// The tokens that one client remembers, if any.
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

    /// The claims of this very token, if its issuer's keys are still those that it was verified with.
    ///
    /// The text is compared with what has the same seeded hash: nobody comes close to a token that he does not hold.
    pub(crate) fn recall(&self, token: &str, now: SystemTime) -> Option<ValidClaims> {
        let remembered = self.0.as_ref()?.get(token).filter(|remembered| remembered.keys.is_current(now));
        meter::token_recalled(remembered.is_some());
        remembered.map(|remembered| remembered.claims)
    }

    /// Remembers a token that was verified with these keys, for as long as it is valid.
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

/// Frees the memory of tokens that have expired; whether one has, is checked when it is presented.
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

/// Auth0's tokens have 1 to 4 KiB. Longer ones would let a few callers take the memory of many.
const LONGEST_TOKEN: usize = 4 * 1024;
