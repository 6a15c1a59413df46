//! `[applications.refresh_tokens]`: how an application may use its refresh tokens, and for which APIs (MRRT).

use std::ops::RangeInclusive;
use std::time::Duration;

use super::section::Section;
use crate::RefreshTokenPolicy;

pub(super) fn read(mut section: Section<'_>) -> RefreshTokenPolicy {
    let mut policy =
        if section.flag("reusable") { RefreshTokenPolicy::reusable() } else { RefreshTokenPolicy::rotating() };
    let mut seconds = |key, what| section.number(key, what, &SECONDS).map(Duration::from_secs);
    let leeway = seconds("leeway", "a number of seconds");
    let (lifetime, idle) =
        (seconds("lifetime", "a number of seconds"), seconds("idle_lifetime", "a number of seconds"));
    if let Some(leeway) = leeway {
        policy = policy.leeway(leeway);
    }
    if let Some(lifetime) = lifetime {
        policy = policy.lifetime(lifetime);
    }
    if let Some(lifetime) = idle {
        policy = policy.idle_lifetime(lifetime);
    }
    if section.flag("one_audience") {
        policy = policy.one_audience();
    }
    for mut api in section.tables("audiences") {
        let (identifier, scopes) = (api.required("identifier"), api.texts("scopes").unwrap_or_default());
        if let Some(identifier) = identifier {
            policy = policy.audience(identifier, scopes);
        }
        api.finish();
    }
    section.finish();
    policy
}

/// A year at most: no session of a local tenant lives longer.
const SECONDS: RangeInclusive<u64> = 0..=31_536_000;
