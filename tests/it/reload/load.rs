//! Reloads under load: no request sees a mixture of two settings, and no good request is rejected.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use auth0_api_axum::AuthLayer;
use auth0_api_core::TokenCache;
use auth0_api_testing::OfflineTenant;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{outcome_of, reload};
use crate::api::{Api, routes};
use crate::world::seconds;

const RELOADS: usize = 100;
const CALLERS: usize = 8;

/// The two settings that take turns: an audience, and a claim that every token must have.
const SETTINGS: [(&str, &str); 2] = [("https://one.example.com", "one"), ("https://two.example.com", "two")];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_sees_a_mixture() {
    for cache in [TokenCache::off(), TokenCache::entries(100)] {
        let tenant = OfflineTenant::new();
        let api = tenant.builder().token_cache(cache).build().unwrap();
        // Valid with either settings.
        let good =
            tenant.mint().audiences(SETTINGS.map(|(audience, _)| audience)).claim("one", 1).claim("two", 2).sign();
        // Valid only if the audience of one settings and the claim of the other were demanded together.
        let mixed = SETTINGS[0].0;
        let mixed = tenant.mint().audience(mixed).claim(SETTINGS[1].1, true).sign();
        let replace = async |turn: usize| {
            let (audience, claim) = SETTINGS[turn % 2];
            reload(&api, |settings| settings.audiences([audience]).required_claims([claim])).await;
        };
        replace(0).await;
        let (stop, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (api, stop, seen) = (api.clone(), Arc::clone(&stop), Arc::clone(&seen));
            let (good, mixed) = (good.clone(), mixed.clone());
            callers.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(outcome_of(&api, &good).await, "200 accepted");
                    let outcome = outcome_of(&api, &mixed).await;
                    assert!(["401 token_claim_missing", "401 token_audience"].contains(&outcome.as_str()), "{outcome}");
                    seen.fetch_add(1, Ordering::Relaxed);
                    // The tasks of a reload need a thread, too.
                    tokio::task::yield_now().await;
                }
            });
        }
        for turn in 1..=RELOADS {
            timeout(seconds(60), replace(turn)).await.unwrap();
            let before = seen.load(Ordering::Relaxed);
            // At least one caller verifies between two reloads.
            timeout(seconds(60), async {
                while seen.load(Ordering::Relaxed) == before {
                    tokio::task::yield_now().await;
                }
            })
            .await
            .unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        while let Some(caller) = callers.join_next().await {
            caller.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_layer_that_was_built_before_serves_the_new_settings_under_load() {
    let tenant = OfflineTenant::new();
    let api = tenant.builder().audiences([SETTINGS[0].0]).build().unwrap();
    let site = Api::serve(routes(&AuthLayer::new(api.clone()))).await;
    let bearer = |audiences: &[&str]| {
        let scopes = "read:messages read:drafts";
        format!("Bearer {}", tenant.mint().audiences(audiences.iter().copied()).scope(scopes).sign())
    };
    let (both, only) =
        (bearer(&SETTINGS.map(|(audience, _)| audience)), SETTINGS.map(|(audience, _)| bearer(&[audience])));
    let status = async |token: &str| site.get("/api/private-scoped", &[("Authorization", token)]).await.status;

    let (stop, mut callers) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for _ in 0..CALLERS {
        let (stop, both) = (Arc::clone(&stop), both.clone());
        callers.spawn(async move {
            let mut sent = 0;
            while !stop.load(Ordering::Relaxed) {
                let answer = site.get("/api/private-scoped", &[("Authorization", both.as_str())]).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                sent += 1;
            }
            sent
        });
    }
    for turn in 1..=20 {
        let (audience, _) = SETTINGS[turn % 2];
        timeout(seconds(60), api.reload(|settings| settings.audiences([audience]))).await.unwrap().unwrap();
        assert_eq!(status(&only[turn % 2]).await, 200);
        assert_eq!(status(&only[(turn + 1) % 2]).await, 401);
    }
    stop.store(true, Ordering::Relaxed);
    let mut sent = 0;
    while let Some(caller) = callers.join_next().await {
        sent += caller.unwrap();
    }
    assert!(sent > 20, "{sent} requests under load");
}
