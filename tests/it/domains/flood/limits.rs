//! The fetches that floods cause, and the requests that wait for them.

use std::time::Duration;

use auth0_api_core::KeyPolicy;

use super::network::SLOWEST_FETCH;
use super::simulation::{From, Simulation, Source};
use super::{LONGEST_WAIT, SLOWEST_RESOLVER, assert_permitted, made_up, unsigned, users};
use crate::world::seconds;

#[tokio::test(start_paused = true)]
async fn a_flood_that_names_600_issuers_of_a_slow_resolver_causes_only_the_permitted_fetches() {
    for per_second in [500, 2_000] {
        let (mut simulation, _) = Simulation::new(&Source::Resolver(600), KeyPolicy::new());
        let answers = simulation.run(seconds(12), &[unsigned(per_second, 0..600)]).await;
        assert_permitted(&simulation, 0);
        answers.of(From::Stranger).assert_only(["401 token_signature", "503 key_not_looked_for"]);
        answers.of(From::Stranger).assert_waited_at_most(SLOWEST_RESOLVER + LONGEST_WAIT + SLOWEST_FETCH);
        answers.outcomes("503 key_not_looked_for").assert_retry_after(1..=2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_flood_that_names_issuers_that_are_down_causes_only_the_permitted_fetches() {
    for (source, listed) in [(Source::Resolver(600), 0), (Source::List(405), 405)] {
        let (mut simulation, _) = Simulation::new(&source, KeyPolicy::new());
        simulation.network.set_down(0..600);
        let answers = simulation.run(seconds(12), &[unsigned(500, 0..405)]).await;
        assert_permitted(&simulation, listed);
        // The label `keys_unavailable` needs a fetch that failed.
        if listed == 0 {
            answers.of(From::Stranger).assert_only(["503 keys_unavailable", "503 key_not_looked_for"]);
        } else {
            answers.of(From::Stranger).assert_only(["503 keys_unavailable"]);
        }
        let blamed = answers.outcomes("503 keys_unavailable").tenants();
        assert!(blamed.iter().all(|tenant| simulation.network.fetches_of_each_tenant().contains_key(tenant)));
    }
}

#[tokio::test(start_paused = true)]
async fn made_up_keys_of_newcomers_cause_only_the_permitted_fetches() {
    let (mut simulation, _) = Simulation::new(&Source::Resolver(600), KeyPolicy::new());
    let answers = simulation.run(seconds(12), &[made_up(500, 0..600)]).await;
    assert_permitted(&simulation, 0);
    answers.of(From::Stranger).assert_only(["401 key_unknown", "503 key_not_looked_for"]);
}

#[tokio::test(start_paused = true)]
async fn a_limited_number_of_requests_waits_for_a_fetch_to_begin() {
    let (mut simulation, key) = Simulation::new(&Source::List(1), KeyPolicy::new());
    simulation.run(seconds(1), &[made_up(500, 0..1), users(5, &key, 0..1)]).await;
    simulation.run(Duration::from_millis(8_500), &[]).await;
    // The next permit comes at the tenth second. Two thousand requests within a millisecond, less than a second before the next permit.
    let answers = simulation.run(Duration::from_millis(1), &[made_up(2_000_000, 0..1)]).await;
    assert_eq!(answers.outcomes("401 key_unknown").count(), 1024);
    let rejected = answers.outcomes("503 key_not_looked_for");
    assert_eq!(rejected.count(), 2_000 - 1024);
    rejected.assert_waited_at_most(Duration::ZERO);
    rejected.assert_retry_after(1..=1);
}

#[tokio::test(start_paused = true)]
async fn the_first_fetches_of_a_list_need_no_permit_up_to_a_thousand_issuers() {
    let (mut simulation, _) = Simulation::new(&Source::List(1_300), KeyPolicy::new());
    let loads = [unsigned(20_000, 0..1_000), unsigned(5_000, 1_000..1_300)];
    let answers = simulation.run(Duration::from_millis(500), &loads).await;
    answers.of_tenants(0..1_000).assert_only(["401 token_signature"]);
    answers.of_tenants(1_000..1_300).assert_only(["401 token_signature", "503 key_not_looked_for"]);
    assert_permitted(&simulation, 1_000);
}

#[tokio::test(start_paused = true)]
async fn warm_up_fetches_the_keys_of_a_long_list_a_hundred_at_a_time() {
    let (mut simulation, key) = Simulation::new(&Source::List(405), KeyPolicy::new());
    let api = simulation.api.clone();
    assert!(!api.is_ready());
    let warm_up = tokio::spawn(async move { api.warm_up().await.is_ok() });
    simulation.run(seconds(1), &[]).await;
    assert!(warm_up.await.unwrap() && simulation.api.is_ready());
    assert_eq!((simulation.network.most_at_once(), simulation.network.fetches().len()), (100, 405));
    simulation.run(seconds(1), &[users(500, &key, 0..405)]).await.assert_waited_at_most(Duration::ZERO);
    assert_eq!(simulation.network.fetches().len(), 405);
}
