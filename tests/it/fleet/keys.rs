//! The tenant changes its keys.

use std::time::Duration;

use auth0_api_core::issuer::IssuerError;
use auth0_api_testing::OfflineTenant;

use super::tenant::Load;
use super::world::{Fleet, MINUTE, SECOND, Seen, new_key, replicas};

#[tokio::test(start_paused = true)]
async fn a_rotation_to_the_published_next_key_is_not_noticed() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    let next = new_key("key-3");
    fleet.tenant.publish(&[&fleet.keys[0], &fleet.keys[1], &next]);
    fleet.send("new", &fleet.token(&fleet.keys[1]));
    tokio::time::sleep(10 * MINUTE).await;
    let (load, old, new) = (fleet.load_since(from), fleet.seen("user"), fleet.seen("new"));
    let trusted = new.trusted_after(from);
    println!("announced rotation: {load}; callers: {old}{new}; all trust the new key after {trusted:?}");
    assert_eq!((old.errors(), new.errors()), (0, 0), "{old}{new}");
    assert!(trusted < 10 * SECOND, "{trusted:?}");
    assert!(load.mean_percent() < 20 && load.peak_percent() <= 200, "{load}");
}

/// A key that signs before the replicas have seen it. Each replica needs the new keys at once, and the tenant's limit
/// allows those of ten replicas in a second.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_not_announced_is_trusted_within_three_minutes() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let (load, new, trusted) = sign_with_sudden_key(&mut fleet, "sudden key").await;
    assert!(trusted < 3 * MINUTE, "{trusted:?}");
    assert!(load.mean_percent() < 100 && load.peak_percent() <= 1000, "{load}");
    // The tenant rejected the requests for its keys. The token is not called invalid.
    assert_eq!(new.count("401 key_unknown"), 0, "{new}");
}

/// The tenant signs with a key that it publishes at the same moment. Returns its load in ten minutes, what callers with a
/// token of this key see, and when the last replica trusts it. Other callers must see nothing.
pub(super) async fn sign_with_sudden_key(fleet: &mut Fleet, label: &str) -> (Load, Seen, Duration) {
    let from = fleet.forget();
    let sudden = new_key("key-3");
    fleet.tenant.publish(&[&fleet.keys[0], &sudden]);
    fleet.send("new", &fleet.token(&sudden));
    tokio::time::sleep(10 * MINUTE).await;
    let (load, old, new) = (fleet.load_since(from), fleet.seen("user"), fleet.seen("new"));
    let trusted = new.trusted_after(from);
    println!("{label}: {load}; callers: old {old}new {new}; all trust the new key after {trusted:?}");
    assert_eq!(old.errors(), 0, "{old}");
    (load, new, trusted)
}

/// The operator of the tenant revokes a key that an attacker may have.
#[tokio::test(start_paused = true)]
async fn a_removed_key_is_distrusted_within_ten_minutes() {
    let mut fleet = Fleet::new();
    fleet.send("new", &fleet.token(&fleet.keys[1]));
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    fleet.tenant.publish(&[&fleet.keys[1]]);
    tokio::time::sleep(15 * MINUTE).await;
    let (load, old, new) = (fleet.load_since(from), fleet.seen("user"), fleet.seen("new"));
    let distrusted = old.distrusted_after(from);
    println!(
        "removed key: {load}; callers: old {old}new {new}; the last replica distrusts the old key after {distrusted:?}"
    );
    assert!(distrusted < 10 * MINUTE, "{distrusted:?}");
    assert_eq!(new.errors(), 0, "{new}");
    // The callers with the old token are told that it is invalid, and their replicas do not ask the tenant each time.
    assert!(old.count("401 key_unknown") > 100 * (old.errors() - old.count("401 key_unknown")), "{old}");
    assert!(load.mean_percent() < 50 && load.peak_percent() <= 300, "{load}");
}

/// The operator revokes a key, and calls `refresh_now` at every replica in the same moment. A replica that the tenant
/// rejects is called again when the error says so. The tenant's limit allows the keys of ten of 500 replicas in a second.
#[tokio::test(start_paused = true)]
async fn a_removed_key_is_distrusted_as_soon_as_the_limit_allows_after_refresh_now() {
    let mut fleet = Fleet::new();
    fleet.send("new", &fleet.token(&fleet.keys[1]));
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    fleet.tenant.publish(&[&fleet.keys[1]]);
    let mut refreshing = tokio::task::JoinSet::new();
    for number in 0..replicas() {
        let api = fleet.api(number);
        refreshing.spawn(async move {
            while let Err(error) = api.refresh_now(OfflineTenant::ISSUER).await {
                let IssuerError::Unavailable(error) = error else { unreachable!("{error}") };
                tokio::time::sleep(error.retry_after).await;
            }
        });
    }
    refreshing.join_all().await;
    let refreshed = fleet.clock.elapsed().saturating_sub(from);
    let accepted = fleet.seen("user").count("200 accepted");
    tokio::time::sleep(10 * MINUTE).await;
    let (load, old, new) = (fleet.load_since(from), fleet.seen("user"), fleet.seen("new"));
    let distrusted = old.distrusted_after(from);
    println!(
        "removed key, refresh_now: {load}; callers: old {old}new {new}; the last replica distrusts the old key after \
         {distrusted:?}, the last call returned after {refreshed:?}"
    );
    assert!(distrusted <= refreshed && refreshed < 3 * MINUTE, "{distrusted:?} {refreshed:?}");
    assert_eq!((old.count("200 accepted"), new.errors()), (accepted, 0), "{old} {new}");
    // Every replica asks once at first, and then those that were rejected.
    assert!(load.peak_percent() <= 2700, "{load}");
}
