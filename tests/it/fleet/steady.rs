//! A fleet on a usual day.

use super::world::{Fleet, HOUR, MINUTE};

/// Six hours; a week with `FLEET_HOURS=168`.
fn hours() -> u32 {
    std::env::var("FLEET_HOURS").map_or(6, |hours| hours.parse().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_usual_day_takes_a_tenth_of_the_limit() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 2 * MINUTE).await;
    let from = fleet.forget();
    tokio::time::sleep(HOUR * hours()).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("{} hours: {load}; callers: {seen}", hours());
    assert_eq!(seen.errors(), 0, "{seen}");
    assert!(load.mean_percent() <= 10, "{load}");
    assert!(load.peak_percent() <= 200, "{load}");
}
