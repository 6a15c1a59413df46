//! What users notice of floods.

use std::time::Duration;

use auth0_api_core::KeyPolicy;
use auth0_api_testing::SigningKey;

use super::network::SLOWEST_FETCH;
use super::simulation::{From, Simulation, Source};
use super::{LONGEST_WAIT, SLOWEST_RESOLVER, UNKNOWN_KEY_INTERVAL, assert_permitted, made_up, unsigned, users};
use crate::world::seconds;

#[tokio::test(start_paused = true)]
async fn users_of_405_listed_domains_are_accepted_while_a_flood_names_400_of_them() {
    for per_second in [500, 2_000] {
        let (mut simulation, key) = Simulation::new(&Source::List(405), KeyPolicy::new());
        let answers = simulation.run(seconds(12), &[unsigned(per_second, 0..400), users(25, &key, 0..405)]).await;
        answers.of(From::User).assert_only(["200 accepted"]);
        answers.of(From::User).assert_waited_at_most(SLOWEST_FETCH);
        answers.of(From::Stranger).assert_only(["401 token_signature"]);
        assert!(simulation.network.fetches_of_each_tenant().values().all(|fetches| *fetches == 1));
    }
}

#[tokio::test(start_paused = true)]
async fn users_of_a_resolver_come_in_during_a_flood_and_stay() {
    let (mut simulation, key) = Simulation::new(&Source::Resolver(600), KeyPolicy::new());
    let answers = simulation.run(seconds(60), &[unsigned(500, 0..600), users(40, &key, 560..600)]).await;
    // Each of the forty users' tenants returns its permit.
    assert_permitted(&simulation, 40);
    let users = answers.of(From::User);
    users.assert_only(["200 accepted", "503 key_not_looked_for"]);
    users.assert_waited_at_most(SLOWEST_RESOLVER + LONGEST_WAIT + SLOWEST_FETCH);
    users.assert_rejected_only_before_accepted();
    // A hundred issuers are fetched at once, and ten a second.
    users.assert_accepted_from(seconds((600 - 100) / 10) + LONGEST_WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_never_401_during_a_flood_of_made_up_keys() {
    let (mut simulation, key) = Simulation::new(&Source::List(1), KeyPolicy::new());
    simulation.run(seconds(2), &[made_up(500, 0..1), users(5, &key, 0..1)]).await;
    let rotated_at = simulation.elapsed();
    let new = simulation.rotate();
    let answers = simulation.run(seconds(12), &[made_up(500, 0..1), users(5, &new, 0..1)]).await;
    let users = answers.of(From::User);
    users.assert_only(["200 accepted", "503 key_not_looked_for"]);
    users.assert_accepted_from(rotated_at + UNKNOWN_KEY_INTERVAL);
    users.assert_waited_at_most(LONGEST_WAIT + SLOWEST_FETCH);
    answers.outcomes("503 key_not_looked_for").assert_retry_after(1..=10);
    answers.of(From::Stranger).assert_only(["401 key_unknown", "503 key_not_looked_for"]);
    answers.of(From::Stranger).assert_waited_at_most(LONGEST_WAIT + SLOWEST_FETCH);
    assert_eq!(simulation.network.fetches().len(), 5, "one at the start, three of the burst, one after ten seconds");
}

#[tokio::test(start_paused = true)]
async fn floods_rotations_and_an_outage_together_never_blame_a_good_token() {
    let (mut simulation, key) = Simulation::new(&Source::Resolver(600), KeyPolicy::new());
    // Twenty users' tenants have an outage, and ten have none.
    let with_users = |key: &SigningKey| {
        [unsigned(200, 0..600), made_up(50, 0..600), users(20, key, 0..20), users(10, key, 590..600)]
    };
    let mut answers = simulation.run(seconds(62), &with_users(&key)).await;
    let outage_from = simulation.elapsed();
    simulation.network.set_down(0..120);
    answers.extend(simulation.run(seconds(20), &with_users(&key)).await);
    let rotated_at = simulation.elapsed();
    let new = simulation.rotate();
    answers.extend(simulation.run(seconds(20), &with_users(&new)).await);
    let recovered_at = simulation.elapsed();
    simulation.network.set_down([]);
    answers.extend(simulation.run(seconds(80), &with_users(&new)).await);

    let users = answers.of(From::User);
    users.assert_only(["200 accepted", "503 key_not_looked_for", "503 keys_unavailable"]);
    users.assert_waited_at_most(SLOWEST_RESOLVER + LONGEST_WAIT + SLOWEST_FETCH);
    // The outage alone affects no user, because their keys are known.
    users.between(outage_from, rotated_at).assert_only(["200 accepted"]);
    // Without an outage, a new key is found with the next permit.
    users.of_tenants(590..600).assert_accepted_from(rotated_at + UNKNOWN_KEY_INTERVAL + LONGEST_WAIT);
    // With an outage, it is found after the back-off and the next permit.
    users.assert_accepted_from(recovered_at + LONGEST_BACK_OFF + UNKNOWN_KEY_INTERVAL + LONGEST_WAIT);
    assert!(answers.outcomes("503 keys_unavailable").tenants().into_iter().all(|tenant| tenant < 120));

    let fetches = simulation.network.fetches_of_each_tenant();
    let is_users = |tenant: &usize| *tenant < 20 || *tenant >= 590;
    let seconds = usize::try_from(simulation.elapsed().as_secs()).unwrap();
    // Newcomers share ten fetches a second. Thirty tenants have verified tokens, and each has a fetch in ten seconds.
    let newcomers: usize = fetches.iter().filter(|(tenant, _)| !is_users(tenant)).map(|(_, fetches)| fetches).sum();
    assert!(newcomers <= 100 + 30 + 10 * seconds, "{newcomers} fetches in {seconds} s");
    for (tenant, fetches) in fetches.iter().filter(|(tenant, _)| is_users(tenant)) {
        assert!(*fetches <= 4 + seconds / 10, "{fetches} fetches of tenant {tenant} in {seconds} s");
    }
}

const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
