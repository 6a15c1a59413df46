//! Figures for operators: the names and labels of the feature `metrics`, which are a contract (see
//! [the guide](crate::guide::operating)). Without the feature, nothing happens here.

use std::time::SystemTime;

/// What came of a request: `accepted`, or the label of the error.
pub(crate) fn verified(outcome: &'static str) {
    count("auth0_api_verifications_total", "outcome", outcome);
}

/// Keys came, `changed` or `unchanged`.
pub(crate) fn keys_fetched(issuer: &str, result: &'static str, now: SystemTime) {
    of_issuer("auth0_api_key_fetches_total", issuer, Some(result));
    set("auth0_api_keys_fetched_timestamp_seconds", Some(issuer), crate::clock::since_epoch(now).as_secs_f64());
}

/// Keys did not come.
pub(crate) fn fetch_failed(issuer: &str) {
    of_issuer("auth0_api_key_fetches_total", issuer, Some("failed"));
}

/// A request was served by keys past their freshness.
pub(crate) fn stale_served(issuer: &str) {
    of_issuer("auth0_api_stale_key_serves_total", issuer, None);
}

/// An unknown key id was not looked for.
pub(crate) fn unknown_key_throttled(issuer: &str) {
    of_issuer("auth0_api_unknown_key_throttles_total", issuer, None);
}

/// How many issuers' keys are in memory.
#[expect(clippy::cast_precision_loss, reason = "there are at most 100 000")]
pub(crate) fn issuers_held(issuers: u64) {
    set("auth0_api_issuers", None, issuers as f64);
}

#[cfg(feature = "metrics")]
fn count(name: &'static str, label: &'static str, value: &'static str) {
    metrics::counter!(name, label => value).increment(1);
}

#[cfg(feature = "metrics")]
fn of_issuer(name: &'static str, issuer: &str, result: Option<&'static str>) {
    let issuer = issuer.to_owned();
    match result {
        Some(result) => metrics::counter!(name, "issuer" => issuer, "result" => result).increment(1),
        None => metrics::counter!(name, "issuer" => issuer).increment(1),
    }
}

#[cfg(feature = "metrics")]
fn set(name: &'static str, issuer: Option<&str>, value: f64) {
    match issuer {
        Some(issuer) => metrics::gauge!(name, "issuer" => issuer.to_owned()).set(value),
        None => metrics::gauge!(name).set(value),
    }
}

#[cfg(not(feature = "metrics"))]
fn count(_: &'static str, _: &'static str, _: &'static str) {}

#[cfg(not(feature = "metrics"))]
fn of_issuer(_: &'static str, _: &str, _: Option<&'static str>) {}

#[cfg(not(feature = "metrics"))]
fn set(_: &'static str, _: Option<&str>, _: f64) {}
