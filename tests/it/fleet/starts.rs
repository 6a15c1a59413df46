//! Replicas start: one after the other, or all in the same moment.

use std::time::Duration;

use super::world::{Fleet, MINUTE, SECOND, replicas};

#[tokio::test(start_paused = true)]
async fn a_rolling_restart_in_ten_minutes_is_not_noticed() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    tokio::time::sleep(MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("rolling restart: {load}; callers: {seen}");
    assert_eq!(seen.errors(), 0, "{seen}");
    assert!(load.peak_percent() <= 200, "{load}");
}

/// As after a power cut. The tenant's limit allows the keys of ten replicas in a second, so the last replica cannot have
/// its keys before 50 s.
#[tokio::test(start_paused = true)]
async fn all_replicas_at_once_have_keys_within_three_minutes() {
    let mut fleet = Fleet::new();
    fleet.start_all(Duration::ZERO, 5 * SECOND).await;
    tokio::time::sleep(20 * MINUTE).await;
    let (load, seen) = (fleet.load_since(Duration::ZERO), fleet.seen("user"));
    let ready = seen.trusted_after(Duration::ZERO);
    println!("all at once: {load}; callers: {seen}; the last replica is ready after {ready:?}");
    assert!(ready < 3 * MINUTE, "{ready:?}");
    assert_eq!(seen.errors(), seen.count("503 keys_unavailable"), "{seen}");
    assert!(load.total < 40 * replicas() && load.peak_percent() <= 2700, "{load}");
}

/// As 2000 replicas at a tenant that takes 20 requests a second. The limit allows the two documents of each replica in
/// 200 s, so hardly any answer may be wasted.
#[tokio::test(start_paused = true)]
async fn a_fleet_too_large_for_the_limit_has_keys_as_soon_as_the_limit_allows() {
    let mut fleet = Fleet::with_limit((replicas() / 100).max(1));
    fleet.start_all(Duration::ZERO, 5 * SECOND).await;
    tokio::time::sleep(20 * MINUTE).await;
    let ready = fleet.seen("user").trusted_after(Duration::ZERO);
    println!("too many at once: {}; the last replica is ready after {ready:?}", fleet.load_since(Duration::ZERO));
    assert!(ready < 5 * MINUTE, "{ready:?}");
}
