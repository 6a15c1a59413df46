//! Attackers send tokens with unknown key ids to a tenth of the replicas.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;

use super::keys::sign_with_sudden_key;
use super::world::{Fleet, MINUTE, SECOND, replicas};

/// Tokens that an attacker sends to one replica in a second.
const RATE: u32 = 5;

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_keys_is_not_noticed() {
    let mut fleet = Fleet::new();
    fleet.start_all(10 * MINUTE, 5 * SECOND).await;
    let from = fleet.forget();
    let mut attackers = JoinSet::new();
    let valid = fleet.token(&fleet.keys[0]);
    for number in 0..replicas() / 10 {
        let (api, valid) = (fleet.api(number), valid.clone());
        attackers.spawn(async move {
            for round in 0.. {
                let token = with_kid(&valid, &format!("unknown-{number}-{round}"));
                assert!(api.verify_access_token(&token).await.is_err());
                tokio::time::sleep(SECOND / RATE).await;
            }
        });
    }
    tokio::time::sleep(5 * MINUTE).await;
    let (load, seen) = (fleet.load_since(from), fleet.seen("user"));
    println!("flood: {load}; callers: {seen}");
    assert_eq!(seen.errors(), 0, "{seen}");
    // Ten requests a second of the flooded tenth of 500 replicas, and those of a usual day.
    assert!(load.mean_percent() < 65 && load.peak_percent() <= 500, "{load}");

    let (_, trusted) = sign_with_sudden_key(&mut fleet, "sudden key in a flood").await;
    assert!(trusted < 5 * MINUTE, "{trusted:?}");
}

/// Returns the token with another key id in its header.
fn with_kid(token: &str, kid: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","typ":"JWT","kid":"{kid}"}}"#));
    format!("{header}.{rest}")
}
