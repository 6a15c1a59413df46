//! Log events and metrics about an issuer's keys.

use std::time::{Duration, SystemTime};

use super::key_set::KeySet;
use super::{Domain, FetchLimit, IssuerError, KeyNotLookedFor, KeysUnavailable};
use crate::meter;
use crate::with_sources::WithSources;

/// Reports a successful fetch. `keys` is `None` if the key set has not changed.
pub(super) fn fetched(domain: &Domain, keys: Option<&KeySet>, now: SystemTime) {
    let issuer = domain.issuer();
    if let Some(keys) = keys {
        let (count, skipped) = (keys.len(), keys.skipped());
        if skipped > 0 {
            tracing::warn!(name: "keys_skipped", target: "auth0_api", event = "keys_skipped", issuer, skipped);
        }
        if let Some(published) = keys.only_other_algorithms() {
            let hint = "no key is for an algorithm that this API accepts: allow the published algorithm with \
                        algorithms(), or switch off Include Signing Algorithms in JSON Web Key Set in the tenant";
            tracing::warn!(
                name: "keys_of_other_algorithms", target: "auth0_api", event = "keys_of_other_algorithms",
                issuer, published = &*published, hint
            );
        }
        tracing::debug!(
            name: "keys_fetched", target: "auth0_api", event = "keys_fetched",
            issuer, keys = count, skipped
        );
    } else {
        tracing::debug!(name: "keys_unchanged", target: "auth0_api", event = "keys_unchanged", issuer);
    }
    meter::keys_fetched(issuer, if keys.is_some() { "changed" } else { "unchanged" }, now);
}

/// Reports a failed fetch.
pub(super) fn fetch_failed(error: &KeysUnavailable) {
    let KeysUnavailable { issuer, cause, retry_after } = error;
    tracing::warn!(
        name: "keys_fetch_failed", target: "auth0_api", event = "keys_fetch_failed",
        issuer = &**issuer, reason = %WithSources(&**cause), ?retry_after
    );
    meter::fetch_failed(issuer);
}

/// Reports that a request uses stale keys.
pub(super) fn stale_served(domain: &Domain, age: Duration) {
    tracing::debug!(name: "keys_stale", target: "auth0_api", event = "keys_stale", issuer = domain.issuer(), ?age);
    meter::stale_served(domain.issuer());
}

/// Reports a rejected request, if no key was looked for because a limit on fetches is reached.
pub(super) fn not_looked_for(error: &IssuerError) {
    let IssuerError::KeyNotLookedFor(KeyNotLookedFor { issuer, limit, .. }) = error else { return };
    let issuer = &**issuer;
    match limit {
        FetchLimit::Newcomers => {
            tracing::debug!(name: "issuer_throttled", target: "auth0_api", event = "issuer_throttled", issuer);
            meter::newcomer_throttled(issuer);
        }
        FetchLimit::UnknownKeys => {
            tracing::debug!(
                name: "unknown_key_throttled", target: "auth0_api", event = "unknown_key_throttled",
                issuer
            );
            meter::unknown_key_throttled(issuer);
        }
    }
}
