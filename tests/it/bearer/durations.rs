//! Each time that a client is configured with has bounds, which `build` checks.

use std::time::Duration;

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::long_connection::LongConnectionPolicy;
use auth0_api_core::{ApiClient, ApiClientBuilder, ConfigProblem, DpopPolicy, KeyPolicy};

/// The smallest difference between two times.
const TICK: Duration = Duration::from_nanos(1);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

type Set = fn(ApiClientBuilder, Duration) -> ApiClientBuilder;

/// Each setting: its option in a `ConfigProblem`, its least value, its greatest value, and how to set it.
const TABLE: [(&str, Duration, Duration, Set); 12] = [
    ("leeway", Duration::ZERO, Duration::from_secs(600), ApiClientBuilder::leeway),
    ("long_connections", SECOND, HOUR, |client, time| {
        client.long_connections(LongConnectionPolicy::new().revocation_interval(time))
    }),
    ("long_connections", Duration::ZERO, HOUR, |client, time| {
        client.long_connections(LongConnectionPolicy::new().outage_limit(time))
    }),
    ("max_token_age", SECOND, Duration::from_secs(31_622_400), ApiClientBuilder::max_token_age),
    ("dpop", Duration::ZERO, DAY, |client, time| client.dpop(DpopPolicy::accept().max_age(time))),
    ("dpop", Duration::ZERO, DAY, |client, time| client.dpop(DpopPolicy::require().leeway(time))),
    ("dpop", SECOND, DAY, |client, time| {
        client.dpop(DpopPolicy::accept().nonce(RotatingNonce::new([[7; 32]]).unwrap().step(time)))
    }),
    ("key_policy", SECOND, DAY, |client, time| {
        client.key_policy(KeyPolicy::new().fresh_for(time).stale_for(Duration::from_secs(604_800)))
    }),
    // The default of fresh_for is 10 minutes.
    ("key_policy", Duration::from_secs(600), Duration::from_secs(604_800), |client, time| {
        client.key_policy(KeyPolicy::new().stale_for(time))
    }),
    ("key_policy", SECOND, HOUR, |client, time| client.key_policy(KeyPolicy::new().unknown_key_fetches(3, time))),
    ("key_policy", Duration::from_millis(1), HOUR, |client, time| {
        client.key_policy(KeyPolicy::new().newcomers(3, time))
    }),
    ("key_policy", Duration::from_millis(100), MINUTE, |client, time| {
        client.key_policy(KeyPolicy::new().fetch_timeout(time))
    }),
];

#[test]
fn each_time_is_accepted_within_its_bounds_only() {
    for (row, (option, least, greatest, set)) in TABLE.into_iter().enumerate() {
        let build = |time| set(ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com"), time).build();
        for inside in [least, least + TICK, greatest.checked_sub(TICK).unwrap(), greatest] {
            assert!(build(inside).is_ok(), "{option}, row {row}: {inside:?}");
        }
        let below = [least.checked_sub(TICK), (!least.is_zero()).then_some(Duration::ZERO)];
        for outside in below.into_iter().flatten().chain([greatest + TICK, Duration::MAX]) {
            let error = build(outside).unwrap_err();
            let options: Vec<_> = error.problems().iter().map(ConfigProblem::option).collect();
            assert_eq!(options, [option], "row {row}: {outside:?}");
        }
    }
}
