//! Attackers send tokens with unknown key ids, to a tenth of the replicas or to all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;

use super::keys::sign_with_sudden_key;
use super::world::{Fleet, MINUTE, SECOND, replicas};

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_keys_is_not_noticed() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    let mut attackers: Vec<_> = (0..replicas() / 10).map(|number| attack(&fleet, number)).collect();
    tokio::time::sleep(5 * MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("flood: {load}; callers: {seen}");
    assert_at_work(&mut attackers);
    assert_eq!(seen.errors(), 0, "{seen}");
    // Ten requests a second of the flooded tenth of 500 replicas, and those of a usual day.
    assert!(load.mean_percent() < 65 && load.peak_percent() <= 500, "{load}");

    let (load, _, trusted) = sign_with_sudden_key(&mut fleet, "sudden key in a flood").await;
    assert_at_work(&mut attackers);
    assert!(trusted < 5 * MINUTE, "{trusted:?}");
    assert!(load.mean_percent() < 100 && load.peak_percent() <= 1000, "{load}");
}

/// The permits of 500 replicas allow a hundred requests a second, five times the tenant's limit.
#[tokio::test(start_paused = true)]
async fn a_flood_at_all_replicas_is_noticed_where_keys_are_missing() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    let mut attackers: Vec<_> = (0..replicas()).map(|number| attack(&fleet, number)).collect();
    tokio::time::sleep(5 * MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("flood at all replicas: {load}; callers: {seen}");
    assert_at_work(&mut attackers);
    assert_eq!(seen.errors(), 0, "{seen}");
    assert!(load.mean_percent() < 500 && load.peak_percent() <= 5000, "{load}");

    let from = fleet.forget();
    for (number, attacker) in (0..).zip(&mut attackers) {
        fleet.start(number, 5 * SECOND);
        *attacker = attack(&fleet, number);
        tokio::time::sleep(10 * MINUTE / u32::try_from(replicas()).unwrap()).await;
    }
    tokio::time::sleep(5 * MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("rolling restart in a flood at all replicas: {load}; callers: {seen}");
    assert!(seen.errors() > 0, "{seen}");
    assert_eq!(seen.errors(), seen.count("503 keys_unavailable"), "{seen}");
    let from = fleet.forget();
    tokio::time::sleep(MINUTE).await;
    assert_eq!(fleet.seen("user").errors(), 0, "{}", fleet.seen("user"));
    assert!(fleet.load_since(from).mean_percent() < 500);

    let (load, new, trusted) = sign_with_sudden_key(&mut fleet, "sudden key in a flood at all replicas").await;
    assert_at_work(&mut attackers);
    assert!(trusted < 10 * MINUTE, "{trusted:?}");
    assert_eq!(new.count("401 key_unknown"), 0, "{new}");
    assert!(load.mean_percent() < 500 && load.peak_percent() <= 5000, "{load}");
}

/// Checks that no attacker has stopped: an attacker whose assertion failed sends nothing any more.
fn assert_at_work(attackers: &mut [JoinSet<()>]) {
    for attacker in attackers {
        assert!(attacker.try_join_next().is_none(), "an attacker has stopped");
    }
}

/// Sends tokens with unknown key ids to a replica, until the result is dropped.
fn attack(fleet: &Fleet, number: u64) -> JoinSet<()> {
    let (api, valid) = (fleet.api(number), fleet.token(&fleet.keys[0]));
    let mut attacker = JoinSet::new();
    attacker.spawn(async move {
        for round in 0.. {
            let token = with_kid(&valid, &format!("unknown-{number}-{round}"));
            assert!(api.verify_access_token(&token).await.is_err());
            // A replica looks for one unknown key in ten seconds.
            tokio::time::sleep(SECOND).await;
        }
    });
    attacker
}

/// Returns the token with another key id in its header.
fn with_kid(token: &str, kid: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","typ":"JWT","kid":"{kid}"}}"#));
    format!("{header}.{rest}")
}
