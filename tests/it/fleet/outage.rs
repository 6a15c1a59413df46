//! The tenant is down for a day.

use super::world::{DAY, Fleet, HOUR, MINUTE};

#[tokio::test(start_paused = true)]
async fn an_outage_of_less_than_a_day_is_not_noticed() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 2 * MINUTE).await;
    fleet.tenant.set_up(false);
    let from = fleet.forget();
    // The keys of a replica are up to ten minutes old when the outage begins.
    tokio::time::sleep(DAY.saturating_sub(11 * MINUTE)).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("outage, 23 h 49 min: {load}; callers: {seen}");
    assert_eq!(seen.errors(), 0, "{seen}");
    assert!(load.mean_percent() < 60 && load.peak_percent() <= 300, "{load}");

    let from = fleet.forget();
    tokio::time::sleep(HOUR).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("outage, the hour after it: {load}; callers: {seen}");
    assert_eq!(seen.errors(), seen.count("503 keys_unavailable"), "{seen}");
    assert!(seen.errors() > 0, "keys are used for a day at most");

    fleet.tenant.set_up(true);
    let from = fleet.forget();
    tokio::time::sleep(30 * MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    let served = seen.trusted_after(from);
    println!("after the outage: {load}; callers: {seen}; all replicas serve after {served:?}");
    assert!(served < 6 * MINUTE, "{served:?}");
}
