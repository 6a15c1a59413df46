//! The end by revocation, and by a list that is unavailable.

use auth0_api_core::ApiClient;
use auth0_api_core::long_connection::{Ended, LongConnectionPolicy, UntilEnded};
use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_testing::{TestWorld, status_and_label};

use super::{Mode, Switch, settled, token, with_switch, within};
use crate::world::seconds;

/// Opens a connection whose client has these settings.
async fn open(policy: LongConnectionPolicy) -> (TestWorld, Switch, UntilEnded) {
    let switch = Switch::default();
    let list = switch.clone();
    let world = TestWorld::start_with(|builder| builder.revocation_list(list).long_connections(policy)).await;
    let until_ended = world.api.until_ended(&token(&world).await);
    assert_eq!(switch.asked(), 1, "by the verification");
    (world, switch, until_ended)
}

/// Lets the first interval pass. From then on, a question is due every ten seconds.
async fn first_question(world: &TestWorld, switch: &Switch, until_ended: &mut UntilEnded) {
    world.pass(10);
    assert_eq!(settled(until_ended).await, None);
    assert_eq!(switch.asked(), 1);
}

#[tokio::test]
async fn the_list_is_asked_once_per_interval() {
    for interval in [10, 25] {
        let policy = LongConnectionPolicy::new().revocation_interval(seconds(interval));
        let (world, switch, mut until_ended) = open(policy).await;
        world.pass(interval);
        for _ in 0..3 {
            assert_eq!(settled(&mut until_ended).await, None);
            assert_eq!(switch.asked(), 1);
            world.pass(interval - 1);
            assert_eq!(settled(&mut until_ended).await, None);
            assert_eq!(switch.asked(), 0);
            world.pass(1);
        }
    }
}

#[tokio::test]
async fn a_revoked_token_ends_within_an_interval() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    first_question(&world, &switch, &mut until_ended).await;
    switch.set(Mode::Revoked);
    world.pass(9);
    assert_eq!(settled(&mut until_ended).await, None);
    world.pass(1);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::Revoked));
}

#[tokio::test]
async fn a_token_that_was_verified_long_ago_is_asked_about_at_once() {
    let (world, switch) = with_switch().await;
    let token = token(&world).await;
    world.pass(20);
    switch.set(Mode::Revoked);
    assert_eq!(settled(&mut world.api.until_ended(&token)).await, Some(Ended::Revoked));
}

#[tokio::test]
async fn connections_that_were_opened_together_do_not_ask_together() {
    let (world, switch) = with_switch().await;
    let token = token(&world).await;
    let mut open: Vec<_> = (0..200).map(|_| world.api.until_ended(&token)).collect();
    switch.asked();
    let mut asked = Vec::new();
    for _ in 0..10 {
        world.pass(1);
        for until_ended in &mut open {
            assert_eq!(settled(until_ended).await, None);
        }
        asked.push(switch.asked());
    }
    // Each has asked once. The probability that more than half of them ask in one second is below 10⁻⁵⁰.
    assert_eq!(asked.iter().sum::<usize>(), 200, "{asked:?}");
    assert!(asked.iter().all(|asked| *asked <= 100), "{asked:?}");
}

#[tokio::test]
async fn an_unavailable_list_ends_a_connection_after_the_limit_and_an_answer_ends_the_count() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    first_question(&world, &switch, &mut until_ended).await;
    for _ in 0..2 {
        switch.set(Mode::Failing);
        for _ in 0..5 {
            world.pass(10);
            assert_eq!(settled(&mut until_ended).await, None);
        }
        switch.set(Mode::Valid);
        world.pass(10);
        assert_eq!(settled(&mut until_ended).await, None);
        assert_eq!(switch.asked(), 6);
    }
    switch.set(Mode::Failing);
    world.pass(10);
    assert_eq!(settled(&mut until_ended).await, None);
    for _ in 0..59 {
        world.pass(1);
        assert_eq!(settled(&mut until_ended).await, None);
    }
    world.pass(1);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::RevocationUnavailable));
}

#[tokio::test]
async fn while_the_list_is_unavailable_it_is_asked_every_ten_seconds_at_least() {
    let policy = LongConnectionPolicy::new().revocation_interval(seconds(600));
    let (world, switch, mut until_ended) = open(policy).await;
    switch.set(Mode::Failing);
    world.pass(600);
    assert_eq!(settled(&mut until_ended).await, None);
    switch.set(Mode::Valid);
    world.pass(10);
    assert_eq!(settled(&mut until_ended).await, None);
    assert_eq!(switch.asked(), 2);
    world.pass(599);
    assert_eq!(settled(&mut until_ended).await, None);
    assert_eq!(switch.asked(), 0);
}

#[tokio::test]
async fn each_end_has_the_label_of_the_rejection_for_the_same_reason() {
    for (mode, passed, status) in
        [(Mode::Failing, 10, 503), (Mode::Revoked, 10, 401), (Mode::Valid, 600, 401), (Mode::Valid, 1800, 401)]
    {
        let switch = Switch::default();
        let (list, policy) = (switch.clone(), LongConnectionPolicy::new().outage_limit(seconds(0)));
        // The maximum age is after the expiry of the last of the four.
        let max_age = if passed == 600 { 599 } else { 7200 };
        let world = TestWorld::start_with(|builder| {
            builder.revocation_list(list).long_connections(policy).max_token_age(seconds(max_age))
        })
        .await;
        let text = world.tenant.mint().expires_in(seconds(1800)).sign();
        let mut until_ended = world.api.until_ended(&world.api.verify_access_token(&text).await.unwrap());
        switch.set(mode);
        world.pass(passed);
        let ended = settled(&mut until_ended).await.unwrap();
        let rejected = world.api.verify_access_token(&text).await;
        assert_eq!(format!("{status} {}", ended.label()), status_and_label(&rejected));
    }
}

#[tokio::test]
async fn with_a_limit_of_zero_the_first_failure_ends_the_connection() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new().outage_limit(seconds(0))).await;
    switch.set(Mode::Failing);
    world.pass(10);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::RevocationUnavailable));
}

#[tokio::test]
async fn the_expiry_does_not_wait_for_a_list_that_does_not_answer() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    switch.set(Mode::Silent);
    world.pass(3599);
    assert_eq!(settled(&mut until_ended).await, None);
    assert_eq!(switch.asked(), 1);
    world.pass(1);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::Expired));
}

#[tokio::test]
async fn a_question_without_an_answer_is_given_up_after_two_seconds() {
    let (world, switch, until_ended) = open(LongConnectionPolicy::new().outage_limit(seconds(0))).await;
    switch.set(Mode::Silent);
    world.pass(10);
    // tokio skips the two seconds. Without the limit, nothing would end.
    tokio::time::pause();
    assert_eq!(within(until_ended).await, Ended::RevocationUnavailable);
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_a_question_due() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    first_question(&world, &switch, &mut until_ended).await;
    world.clock.set(world.now() - seconds(1800));
    assert_eq!(settled(&mut until_ended).await, None);
    assert_eq!(switch.asked(), 1);
    // From then on, questions follow the new time.
    switch.set(Mode::Revoked);
    world.pass(10);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::Revoked));
}

#[tokio::test]
async fn during_an_outage_a_clock_that_is_set_back_far_ends_the_connection() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    switch.set(Mode::Failing);
    world.pass(10);
    assert_eq!(settled(&mut until_ended).await, None);
    world.clock.set(world.now() - seconds(61));
    assert_eq!(settled(&mut until_ended).await, Some(Ended::RevocationUnavailable));
}

#[tokio::test]
async fn a_dropped_connection_asks_no_more() {
    let (world, switch, mut until_ended) = open(LongConnectionPolicy::new()).await;
    first_question(&world, &switch, &mut until_ended).await;
    drop(until_ended);
    let mut other = world.api.until_ended(&token(&world).await);
    switch.asked();
    world.pass(10);
    assert_eq!(settled(&mut other).await, None);
    assert_eq!(switch.asked(), 1);
}

#[tokio::test]
async fn a_claim_that_the_list_reads_and_that_is_malformed_ends_the_token() {
    let world = TestWorld::start().await;
    let text = world.tenant.mint().claim("sid", 5).sign();
    let token = world.api.verify_access_token(&text).await.unwrap();
    let by_session = |token: &TokenIdentity| {
        _ = token.session_id();
        async { Ok(TokenStatus::Valid) }
    };
    let api: ApiClient = world.builder().revocation_list(by_session).build().unwrap();
    world.pass(10);
    assert_eq!(settled(&mut api.until_ended(&token)).await, Some(Ended::Revoked));
}
