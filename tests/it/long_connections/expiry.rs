//! The end by the times of the token, and by clocks that do not tick evenly.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::Clock;
use auth0_api_core::long_connection::Ended;
use auth0_api_testing::{TestWorld, status_and_label};
use tokio::runtime::Handle;

use super::{HOUR, settled, token};
use crate::world::seconds;

#[tokio::test]
async fn a_token_ends_in_the_moment_from_which_it_is_rejected() {
    for leeway in [0, 30] {
        let world = TestWorld::start_with(|builder| builder.leeway(seconds(leeway))).await;
        let text = world.tenant.mint().expires_in(HOUR).sign();
        let token = world.api.verify_access_token(&text).await.unwrap();
        let mut until_ended = world.api.until_ended(&token);
        world.pass(3599 + leeway);
        assert_eq!(settled(&mut until_ended).await, None);
        assert_eq!(status_and_label(&world.api.verify_access_token(&text).await), "200 accepted");
        world.pass(1);
        assert_eq!(settled(&mut until_ended).await, Some(Ended::Expired));
        assert_eq!(status_and_label(&world.api.verify_access_token(&text).await), "401 token_expired");
    }
}

#[tokio::test]
async fn a_token_ends_at_its_maximum_age_if_that_comes_first() {
    for (max_age, after, expected) in [(600, 600, Ended::TooOld), (7200, 3600, Ended::Expired)] {
        let world = TestWorld::start_with(|builder| builder.max_token_age(seconds(max_age))).await;
        let mut until_ended = world.api.until_ended(&token(&world).await);
        world.pass(after - 1);
        assert_eq!(settled(&mut until_ended).await, None);
        world.pass(1);
        assert_eq!(settled(&mut until_ended).await, Some(expected), "{max_age}");
    }
}

#[tokio::test]
async fn an_end_is_returned_again_when_it_is_polled_again() {
    let world = TestWorld::start().await;
    let token = token(&world).await;
    world.pass(3600);
    // It has expired before anybody looks.
    let mut until_ended = world.api.until_ended(&token);
    assert_eq!(format!("{until_ended:?}"), "UntilEnded(open)");
    assert_eq!(settled(&mut until_ended).await, Some(Ended::Expired));
    assert_eq!(format!("{until_ended:?}"), "UntilEnded(Expired)");
    // A clock that is set back does not open it again.
    world.clock.set(UNIX_EPOCH);
    assert_eq!(until_ended.await, Ended::Expired);
}

#[tokio::test]
async fn work_runs_until_the_token_ends_and_is_then_dropped() {
    let world = TestWorld::start().await;
    let mut until_ended = world.api.until_ended(&token(&world).await);
    assert_eq!(until_ended.limit(async { "done" }).await, Ok("done"));
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let work = async move {
        world.pass(3600);
        std::future::pending::<()>().await;
        drop(holds);
    };
    assert_eq!(super::within(until_ended.limit(work)).await, Err(Ended::Expired));
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(until_ended.limit(async { "too late" }).await, Err(Ended::Expired));
}

#[tokio::test]
async fn a_thousand_connections_start_no_task_and_end_together() {
    let (world, _) = super::with_switch().await;
    let token = token(&world).await;
    let tasks = || Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let mut open: Vec<_> = (0..1000).map(|_| world.api.until_ended(&token)).collect();
    for until_ended in &mut open {
        assert_eq!(settled(until_ended).await, None);
    }
    assert_eq!(tasks(), before);
    world.pass(3600);
    for until_ended in &mut open {
        assert_eq!(settled(until_ended).await, Some(Ended::Expired));
    }
}

/// The system clock as a program sees it whose machine is suspended: it jumps, and tokio's timers notice nothing. It does
/// not override how long a sleeper sleeps.
#[derive(Clone, Debug)]
struct SuspendedClock(Arc<AtomicU64>);

impl Clock for SuspendedClock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + seconds(self.0.load(Ordering::SeqCst))
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures tokio's paused clock, which skips every wait")]
async fn after_a_suspend_a_connection_ends_within_ten_seconds() {
    let world = TestWorld::start().await;
    let start = world.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let clock = SuspendedClock(Arc::new(AtomicU64::new(start)));
    let api = world.builder().clock(clock.clone()).build().unwrap();
    let token = api.verify_access_token(&world.tenant.mint().expires_in(HOUR).sign()).await.unwrap();
    tokio::time::pause();
    let mut until_ended = api.until_ended(&token);
    // The connection is open and sleeps.
    assert!(tokio::time::timeout(seconds(25), &mut until_ended).await.is_err());
    clock.0.fetch_add(86_400, Ordering::SeqCst);
    let resumed = tokio::time::Instant::now();
    assert_eq!(until_ended.await, Ended::Expired);
    assert!(resumed.elapsed() <= Duration::from_secs(10), "{:?}", resumed.elapsed());
}

/// A clock whose sleepers wake at once, as the contract of `sleep_until` allows.
#[derive(Debug)]
struct Restless(Arc<AtomicU64>);

impl Clock for Restless {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + seconds(self.0.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, _: SystemTime) -> auth0_api_core::Sleep {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn a_clock_that_wakes_its_sleepers_early_ends_nothing_and_blocks_nobody() {
    let world = TestWorld::start().await;
    let start = world.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let time = Arc::new(AtomicU64::new(start));
    let api = world.builder().clock(Restless(Arc::clone(&time))).build().unwrap();
    let token = api.verify_access_token(&world.tenant.mint().expires_in(HOUR).sign()).await.unwrap();
    let mut until_ended = api.until_ended(&token);
    // On this thread, nothing else would run if a poll did not return.
    assert_eq!(settled(&mut until_ended).await, None);
    time.fetch_add(3600, Ordering::SeqCst);
    assert_eq!(settled(&mut until_ended).await, Some(Ended::Expired));
}
