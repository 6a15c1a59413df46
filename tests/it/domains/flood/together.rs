//! Everything at once: floods of three kinds, a host that nobody is trusted for, users, a resolver that makes requests
//! overtake each other, keys that get old, an outage of each kind, and a rotation during an outage.

use std::ops::Range;
use std::time::Duration;

use auth0_api_core::KeyPolicy;
use auth0_api_testing::SigningKey;

use super::answers::Answers;
use super::network::SLOWEST_FETCH;
use super::simulation::{From, Load, Simulation, Source};
use super::{LONGEST_WAIT, SLOWEST_RESOLVER, UNKNOWN_KEY_INTERVAL, assert_within_permits, made_up, unsigned, users};
use crate::world::seconds;

#[tokio::test(start_paused = true)]
async fn users_keep_200_and_fetches_stay_bounded_whatever_happens_at_once() {
    let policy = KeyPolicy::new().fresh_for(FRESH_FOR);
    let (mut simulation, key) = Simulation::new(&Source::Resolver(700), policy);
    let mut answers = simulation.run(seconds(62), &loads(&key)).await;
    let silent_from = simulation.elapsed();
    simulation.network.set_silent(AFFECTED);
    answers.extend(simulation.run(seconds(50), &loads(&key)).await);
    simulation.network.set_down(AFFECTED);
    answers.extend(simulation.run(seconds(10), &loads(&key)).await);
    let rotated_at = simulation.elapsed();
    let new = simulation.rotate();
    answers.extend(simulation.run(seconds(15), &loads(&new)).await);
    let recovered_at = simulation.elapsed();
    simulation.network.set_down([]);
    answers.extend(simulation.run(seconds(75), &loads(&new)).await);

    let users = answers.of(From::User);
    assert_every_user_is_served_or_told_when(&users);
    // The outage lasts longer than keys are fresh, and no user notices. First connections hang, then they fail.
    users.between(silent_from, rotated_at).assert_only(["200 accepted"]);
    // A rotation without an outage: the new key is found at once, or with the next permit.
    let picked_out = users.of_tenants(PICKED_OUT);
    picked_out.between(rotated_at, recovered_at).assert_only(["200 accepted", "503 key_not_looked_for"]);
    picked_out.assert_accepted_from(rotated_at + UNKNOWN_KEY_INTERVAL + LONGEST_WAIT);
    users.of_tenants(HEALTHY).between(rotated_at, recovered_at).assert_only(["200 accepted"]);
    // A rotation during an outage: the new key is found after the back-off and the next permit.
    users.assert_accepted_from(recovered_at + LONGEST_BACK_OFF + UNKNOWN_KEY_INTERVAL + LONGEST_WAIT);
    assert_users_wait_a_second_at_most(&users, rotated_at);
    assert_unknown_hosts_cause_nothing(&simulation, &answers);
    assert_requests_are_bounded(&simulation);
}

/// Tenants that have users. Those of the first range have the outages.
const AFFECTED_USERS: Range<usize> = 0..20;
const HEALTHY: Range<usize> = 590..599;
/// A tenant with users whose permits for unknown keys are always used up.
const PICKED_OUT: Range<usize> = 599..600;
/// The tenants with an outage.
const AFFECTED: Range<usize> = 0..120;
/// Tenants that the resolver trusts too, and that are named only at a host for which it trusts nobody.
const ELSEWHERE: Range<usize> = 600..700;

fn loads(key: &SigningKey) -> [Load; 8] {
    [
        unsigned(150, 0..600),
        made_up(30, 0..600),
        made_up(10, PICKED_OUT),
        unsigned(40, ELSEWHERE).at_unknown_host(),
        users(10, key, ELSEWHERE).at_unknown_host(),
        users(20, key, AFFECTED_USERS),
        users(10, key, HEALTHY),
        users(5, key, PICKED_OUT),
    ]
}

/// Every user gets 200, or 503 with a `Retry-After`, and never 401.
#[track_caller]
fn assert_every_user_is_served_or_told_when(users: &Answers) {
    users.assert_only(["200 accepted", "503 key_not_looked_for", "503 keys_unavailable"]);
    // A permit for an unknown key comes every ten seconds.
    users.outcomes("503 key_not_looked_for").assert_retry_after(1..=10);
    users.outcomes("503 keys_unavailable").assert_retry_after(1..=LONGEST_BACK_OFF.as_secs());
    let unavailable = users.outcomes("503 keys_unavailable").tenants();
    assert!(unavailable.iter().all(|tenant| AFFECTED.contains(tenant)), "{unavailable:?}");
}

/// What the client itself makes users wait for, a permit or the end of a slow refresh, takes a second at most. The
/// resolver, which every request asks, and one fetch of a healthy tenant come on top.
#[track_caller]
fn assert_users_wait_a_second_at_most(users: &Answers, rotated_at: Duration) {
    users.assert_waited_at_most(SLOWEST_RESOLVER + LONGEST_WAIT + SLOWEST_FETCH);
    // Users whose keys are known wait for nothing, even while their keys are refreshed.
    let settled = users.of_tenants(HEALTHY).between(seconds(62), rotated_at);
    settled.assert_waited_at_most(SLOWEST_RESOLVER);
}

#[track_caller]
fn assert_unknown_hosts_cause_nothing(simulation: &Simulation, answers: &Answers) {
    let rejected = answers.of(From::UnknownHost);
    rejected.assert_only(["401 issuer_not_trusted"]);
    rejected.assert_waited_at_most(SLOWEST_RESOLVER);
    assert!(rejected.count() > 10_000, "{}", rejected.count());
    assert!(simulation.fetched_from(|tenant| ELSEWHERE.contains(&tenant)).is_empty());
}

#[track_caller]
fn assert_requests_are_bounded(simulation: &Simulation) {
    let is_users =
        |tenant: usize| AFFECTED_USERS.contains(&tenant) || HEALTHY.contains(&tenant) || PICKED_OUT.contains(&tenant);
    // Newcomers share a hundred fetches and ten a second. The tenants of users return their permits.
    let returned = AFFECTED_USERS.len() + HEALTHY.len() + PICKED_OUT.len();
    assert_within_permits(&simulation.fetched_from(|tenant| !is_users(tenant)), returned);
    // Each tenant of users has its first fetch, three for unknown keys and one every ten seconds, one each time that
    // its keys get old, and the retries of a back-off that begins with a second and doubles.
    let elapsed = simulation.elapsed().as_secs();
    let most = 1 + 3 + elapsed / 10 + elapsed / REFRESH_AFTER + RETRIES;
    for (tenant, fetches) in simulation.network.fetches_of_each_tenant() {
        let fetches = u64::try_from(fetches).unwrap();
        assert!(!is_users(tenant) || fetches <= most, "{fetches} fetches of tenant {tenant}, more than {most}");
    }
    let (requests, fetches) = (simulation.network.requests(), simulation.network.fetches().len());
    assert!(requests <= 2 * fetches, "{requests} requests for {fetches} fetches");
}

/// Short enough that keys get old several times, also while their tenant has an outage.
const FRESH_FOR: Duration = Duration::from_secs(40);
/// Four fifths of that, in seconds.
const REFRESH_AFTER: u64 = 32;
/// The retries of a back-off that doubles from a second to a minute, during two outages of 75 s together.
const RETRIES: u64 = 8;
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
