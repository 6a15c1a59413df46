//! The metrics of the feature `metrics`. Their names and labels are stable, because dashboards depend on them: see
//! [the guide](crate::guide::operating). Without the feature, these functions do nothing.

use std::time::SystemTime;

/// Counts a verification. `outcome` is `accepted`, or the label of the error.
pub(crate) fn verified(outcome: &'static str) {
    count("auth0_api_verifications_total", "outcome", outcome);
}

/// Counts a call of an exchange method. `outcome` is `exchanged`, or the label of the error.
pub(crate) fn exchanged(outcome: &'static str) {
    count("auth0_api_exchanges_total", "outcome", outcome);
}

/// Counts a user's approval, or why there is none. `outcome` is `approved`, or the label of the error.
pub(crate) fn approval_ended(outcome: &'static str) {
    count("auth0_api_approvals_total", "outcome", outcome);
}

/// Counts a request about connected accounts. `outcome` is `answered`, or the label of the error.
pub(crate) fn accounts_requested(outcome: &'static str) {
    count("auth0_api_connected_account_requests_total", "outcome", outcome);
}

/// Counts a replacement of settings. `outcome` is `reloaded`, or the label of the error.
pub(crate) fn settings_reloaded(outcome: &'static str) {
    count("auth0_api_reloads_total", "outcome", outcome);
}

/// Counts a logout that the tenant sent. `outcome` is `accepted`, or the label of the error.
pub(crate) fn logout_received(outcome: &'static str) {
    count("auth0_api_logouts_total", "outcome", outcome);
}

/// Counts a long connection whose token has ended. `reason` is the label of [`Ended`](crate::long_connection::Ended).
pub(crate) fn connection_ended(reason: &'static str) {
    count("auth0_api_connections_ended_total", "reason", reason);
}

/// Counts a look-up in the token cache.
pub(crate) fn token_recalled(found: bool) {
    count("auth0_api_token_recalls_total", "result", if found { "hit" } else { "miss" });
}

/// Counts a fetch that returned keys, and records its time. `result` is `changed` or `unchanged`.
pub(crate) fn keys_fetched(issuer: &str, result: &'static str, now: SystemTime) {
    of_issuer("auth0_api_key_fetches_total", issuer, Some(result));
    set("auth0_api_keys_fetched_timestamp_seconds", Some(issuer), crate::clock::since_epoch(now).as_secs_f64());
}

/// Counts a fetch of keys that failed.
pub(crate) fn fetch_failed(issuer: &str) {
    of_issuer("auth0_api_key_fetches_total", issuer, Some("failed"));
}

/// Counts a request that was verified with stale keys.
pub(crate) fn stale_served(issuer: &str) {
    of_issuer("auth0_api_stale_key_serves_total", issuer, None);
}

/// Counts an unknown key id for which no fetch was made, because unknown key ids have already caused too many fetches.
pub(crate) fn unknown_key_throttled(issuer: &str) {
    of_issuer("auth0_api_unknown_key_throttles_total", issuer, None);
}

/// Counts a request for an issuer that has no verified token so far. The keys of this issuer were not fetched, because
/// there are too many such issuers.
pub(crate) fn newcomer_throttled(issuer: &str) {
    of_issuer("auth0_api_issuer_throttles_total", issuer, None);
}

/// Sets the number of issuers that are kept in memory.
#[expect(clippy::cast_precision_loss, reason = "there are at most 200 000, newcomers included")]
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

#[cfg(all(test, feature = "metrics"))]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, UNIX_EPOCH};

    use metrics::{
        Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    };

    use super::*;

    /// Keeps the last value of each gauge and the sum of each counter, by name and labels.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Kept(Arc<Mutex<BTreeMap<String, f64>>>);

    struct Cell(Kept, String);

    impl Kept {
        /// Returns one line for each metric: its name with its labels, and its value. The lines are sorted.
        pub(crate) fn lines(&self) -> Vec<String> {
            let kept = self.0.lock().map(|kept| kept.clone()).unwrap_or_default();
            kept.iter().map(|(name, value)| format!("{name} {value}")).collect()
        }

        fn cell(&self, key: &Key) -> Arc<Cell> {
            let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            Arc::new(Cell(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
        }
    }

    impl Cell {
        fn change(&self, change: impl Fn(f64) -> f64) {
            if let Ok(mut cells) = self.0.0.lock() {
                let cell = cells.entry(self.1.clone()).or_default();
                *cell = change(*cell);
            }
        }
    }

    impl CounterFn for Cell {
        fn increment(&self, value: u64) {
            self.change(|cell| cell + f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
        }

        fn absolute(&self, _: u64) {}
    }

    impl GaugeFn for Cell {
        fn increment(&self, _: f64) {}

        fn decrement(&self, _: f64) {}

        fn set(&self, value: f64) {
            self.change(|_| value);
        }
    }

    impl Recorder for Kept {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.cell(key))
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::from_arc(self.cell(key))
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn names_and_labels_match_the_guide() {
        let (kept, issuer) = (Kept::default(), "https://tenant.example/");
        metrics::with_local_recorder(&kept, || {
            verified("accepted");
            verified("accepted");
            verified("token_expired");
            exchanged("exchanged");
            exchanged("exchange_denied");
            exchanged("exchanged");
            approval_ended("approved");
            approval_ended("ciba_denied");
            accounts_requested("answered");
            logout_received("accepted");
            logout_received("logout_replayed");
            keys_fetched(issuer, "changed", UNIX_EPOCH + Duration::from_millis(1500));
            keys_fetched(issuer, "unchanged", UNIX_EPOCH + Duration::from_secs(2));
            fetch_failed(issuer);
            stale_served(issuer);
            unknown_key_throttled(issuer);
            newcomer_throttled(issuer);
            issuers_held(3);
            connection_ended("token_expired");
            settings_reloaded("reloaded");
        });
        let kept = kept.lines();
        assert_eq!(
            kept,
            [
                "auth0_api_approvals_total{outcome=approved} 1",
                "auth0_api_approvals_total{outcome=ciba_denied} 1",
                "auth0_api_connected_account_requests_total{outcome=answered} 1",
                "auth0_api_connections_ended_total{reason=token_expired} 1",
                "auth0_api_exchanges_total{outcome=exchange_denied} 1",
                "auth0_api_exchanges_total{outcome=exchanged} 2",
                "auth0_api_issuer_throttles_total{issuer=https://tenant.example/} 1",
                "auth0_api_issuers{} 3",
                "auth0_api_key_fetches_total{issuer=https://tenant.example/,result=changed} 1",
                "auth0_api_key_fetches_total{issuer=https://tenant.example/,result=failed} 1",
                "auth0_api_key_fetches_total{issuer=https://tenant.example/,result=unchanged} 1",
                "auth0_api_keys_fetched_timestamp_seconds{issuer=https://tenant.example/} 2",
                "auth0_api_logouts_total{outcome=accepted} 1",
                "auth0_api_logouts_total{outcome=logout_replayed} 1",
                "auth0_api_reloads_total{outcome=reloaded} 1",
                "auth0_api_stale_key_serves_total{issuer=https://tenant.example/} 1",
                "auth0_api_unknown_key_throttles_total{issuer=https://tenant.example/} 1",
                "auth0_api_verifications_total{outcome=accepted} 2",
                "auth0_api_verifications_total{outcome=token_expired} 1",
            ]
        );
        let guide = include_str!("guide/operating.md");
        for name in kept.iter().filter_map(|line| line.split('{').next()) {
            assert!(guide.contains(&format!("`{name}`")), "{name}");
        }
    }
}
