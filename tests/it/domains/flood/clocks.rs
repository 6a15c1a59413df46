//! Clocks that go back during a flood.

use std::time::SystemTime;

use auth0_api_core::{Clock, KeyPolicy};
use auth0_api_testing::ManualClock;

use super::network::SLOWEST_FETCH;
use super::random::Random;
use super::simulation::{From, Simulation, Source};
use super::{LONGEST_WAIT, SLOWEST_RESOLVER, assert_permitted, made_up, unsigned, users};
use crate::world::seconds;

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_during_a_flood_earns_nothing_and_blocks_nobody() {
    let (mut simulation, key) = Simulation::new(&Source::Resolver(600), KeyPolicy::new());
    let loads = [unsigned(200, 0..600), users(40, &key, 560..600)];
    simulation.run(seconds(5), &loads).await;
    simulation.clock.set(simulation.clock.now() - seconds(3 * 3600));
    let answers = simulation.run(seconds(60), &loads).await;
    // Each of the forty users' tenants returns its permit, and its keys are fetched again without one.
    assert_permitted(&simulation, 80);
    let users = answers.of(From::User);
    users.assert_only(["200 accepted", "503 key_not_looked_for"]);
    users.assert_waited_at_most(SLOWEST_RESOLVER + LONGEST_WAIT + SLOWEST_FETCH);
    users.assert_accepted_from(seconds(5 + 60 - 5));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_back_and_forth_by_half_a_minute_earns_nothing() {
    let (mut simulation, _) = Simulation::with_clock(&Source::Resolver(600), KeyPolicy::new(), JumpingClock::new);
    simulation.run(seconds(12), &[unsigned(400, 0..600), made_up(100, 0..600)]).await;
    // The first reading of the clock may be half a minute old, so the bucket may earn that half minute once.
    assert_permitted(&simulation, 300);
}

/// A clock that is up to half a minute behind another clock, another time each time it is read.
#[derive(Debug)]
struct JumpingClock(ManualClock, Random);

impl JumpingClock {
    fn new(clock: ManualClock) -> Self {
        Self(clock, Random::new(11))
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> SystemTime {
        self.0.now() - self.1.milliseconds(30_000)
    }
}
