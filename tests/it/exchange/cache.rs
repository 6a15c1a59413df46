//! Which token responses are cached, and for how long.

use auth0_api_core::exchange::{ExchangeCache, ProofKey, VaultSubject};
use auth0_api_core::{Connection, OnBehalfOf};
use auth0_api_testing::HttpAnswer;
use serde_json::json;

use super::scene::{CALENDAR, Scene, text};
use super::scripted::{error, tokens, tokens_for};

#[tokio::test]
async fn repeated_calls_use_the_cached_answer() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    for _ in 0..3 {
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("new-token"));
    }
    assert_eq!(scene.sent(), 1);
}

#[tokio::test]
async fn different_calls_do_not_share_an_answer() {
    let scene = Scene::new();
    let (ada, bob) = (scene.caller("auth0|ada").await, scene.caller("auth0|bob").await);
    let key = ProofKey::generate().unwrap();
    let other_key = ProofKey::generate().unwrap();
    let bound = json!({ "access_token": "t", "token_type": "DPoP", "expires_in": 3600 });
    let asked = || OnBehalfOf::audience(CALENDAR);
    let google = || Connection::name("google-oauth2");

    let questions = [
        scene.api.get_token_on_behalf_of(&ada, asked()).await,
        scene.api.get_token_on_behalf_of(&bob, asked()).await,
        scene.api.get_token_on_behalf_of(&ada, OnBehalfOf::audience("https://mail.example.com")).await,
        scene.api.get_token_on_behalf_of(&ada, asked().scope("read:events")).await,
        scene.api.get_access_token_for_connection(&ada, google()).await,
        scene.api.get_access_token_for_connection(&bob, google()).await,
        scene.api.get_access_token_for_connection(&ada, google().login_hint("ada@work.example")).await,
        scene.api.get_access_token_for_connection(&ada, google().scope("calendar")).await,
        scene.api.get_access_token_for_connection(&ada, Connection::name("slack")).await,
        scene.api.get_access_token_for_connection(VaultSubject::refresh_token("r-1"), google()).await,
        scene.api.get_access_token_for_connection(VaultSubject::refresh_token("r-2"), google()).await,
    ];
    assert!(questions.iter().all(Result::is_ok));
    assert_eq!(scene.sent(), questions.len());

    scene.tokens.answer([HttpAnswer::json(200, &bound)]);
    for key in [&key, &other_key, &key] {
        scene.api.get_token_on_behalf_of(&ada, asked().dpop(key)).await.unwrap();
    }
    assert_eq!(scene.sent(), questions.len() + 2);
}

#[tokio::test]
async fn a_cached_answer_is_used_until_30_s_before_its_token_expires() {
    let scene = Scene::new();
    let ada = scene.caller_for("auth0|ada", 86_400).await;
    scene.tokens.answer([tokens_for("first", 100), tokens_for("second", 100)]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    // A call at 56 s (80 % of 70 s) or later would start a renewal.
    scene.pass(55);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    run_background_tasks().await;
    assert_eq!(scene.sent(), 1);
    scene.pass(15);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("second"));
    assert_eq!(scene.sent(), 2);
}

#[tokio::test]
async fn a_cached_answer_is_used_until_30_s_before_its_subject_token_expires() {
    let scene = Scene::new();
    let ada = scene.caller_for("auth0|ada", 100).await;
    scene.tokens.answer([tokens("first"), tokens("second")]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene.pass(69);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene.pass(1);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("second"));
    // The client does not cache an answer that it cannot use again.
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("second"));
    assert_eq!(scene.sent(), 3);
}

#[tokio::test]
async fn a_cached_answer_near_its_end_is_used_and_renewed_in_the_background() {
    let scene = Scene::new();
    let ada = scene.caller_for("auth0|ada", 86_400).await;
    scene.tokens.answer([tokens_for("first", 100), tokens_for("second", 100)]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene.tokens.arrival().await;

    scene.tokens.close();
    scene.pass(56);
    for _ in 0..10 {
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"), "no call waits");
    }
    scene.tokens.arrival().await;
    assert_eq!(scene.sent(), 2, "one renewal for all calls");

    scene.tokens.open();
    until_it_is(&scene, &ada, "second").await;
    assert_eq!(scene.sent(), 2);
}

#[tokio::test]
async fn a_failed_renewal_is_retried_after_30_s() {
    let scene = Scene::new();
    let ada = scene.caller_for("auth0|ada", 86_400).await;
    scene.tokens.answer([tokens_for("first", 1030), error(500, "server_error")]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene.tokens.arrival().await;
    scene.pass(800);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene.tokens.arrival().await;
    run_background_tasks().await;
    for passed in [0, 0, 29] {
        scene.pass(passed);
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
        run_background_tasks().await;
    }
    assert_eq!(scene.sent(), 2);

    scene.pass(1);
    scene.tokens.answer([tokens_for("second", 1030)]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    until_it_is(&scene, &ada, "second").await;
    assert_eq!(scene.sent(), 3);
}

#[tokio::test]
async fn an_answer_that_ends_with_its_subject_token_is_not_renewed() {
    for (of_subject, sent) in [(1029, 1), (1030, 1), (1031, 2)] {
        let scene = Scene::new();
        let ada = scene.caller_for("auth0|ada", of_subject).await;
        scene.tokens.answer([tokens_for("first", 1030), tokens_for("second", 1030)]);
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
        scene.pass(801);
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
        run_background_tasks().await;
        assert_eq!(scene.sent(), sent, "{of_subject}");
    }
}

#[tokio::test]
async fn a_rejected_renewal_removes_the_cached_answer() {
    for code in ["invalid_grant", "access_denied"] {
        let scene = Scene::new();
        let ada = scene.caller_for("auth0|ada", 86_400).await;
        scene.tokens.answer([tokens_for("first", 1030), error(403, code)]);
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
        scene.tokens.arrival().await;
        scene.pass(800);
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
        scene.tokens.arrival().await;
        run_background_tasks().await;
        assert!(scene.on_behalf_of(&ada).await.is_err(), "{code}");
    }
}

#[tokio::test]
async fn an_answer_without_expires_in_is_not_cached() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "access_token": "t", "token_type": "Bearer" }))]);
    for _ in 0..2 {
        assert_eq!(scene.on_behalf_of(&ada).await.unwrap().expires_at(), None);
    }
    assert_eq!(scene.sent(), 2);
}

#[tokio::test]
async fn errors_are_not_cached() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([error(403, "access_denied"), tokens("now")]);
    assert!(scene.on_behalf_of(&ada).await.is_err());
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("now"));
}

#[tokio::test]
async fn invalidate_removes_a_cached_answer() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([tokens("revoked"), tokens("good")]);
    let revoked = scene.on_behalf_of(&ada).await.unwrap();
    scene.api.invalidate(&revoked);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("good"));

    // Invalidating the old answer again does not remove the new answer.
    scene.api.invalidate(&revoked);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("good"));
    assert_eq!(scene.sent(), 2);
}

#[tokio::test]
async fn exchange_profiles_are_not_cached() {
    let scene = Scene::new();
    for _ in 0..3 {
        assert_eq!(text(&scene.profile().await), Ok("new-token"));
    }
    assert_eq!(scene.sent(), 3);
}

#[tokio::test]
async fn without_a_cache_every_call_is_a_request() {
    let scene = Scene::with(|builder| builder.exchange_cache(ExchangeCache::off()));
    let ada = scene.caller("auth0|ada").await;
    for _ in 0..3 {
        assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("new-token"));
    }
    assert_eq!(scene.sent(), 3);
}

#[tokio::test]
async fn a_full_cache_evicts_the_least_recently_used_answer() {
    let scene = Scene::with(|builder| builder.exchange_cache(ExchangeCache::entries(2)));
    let ada = scene.caller("auth0|ada").await;
    for api in 0..100 {
        let asked = OnBehalfOf::audience(format!("https://{api}.example.com"));
        scene.api.get_token_on_behalf_of(&ada, asked).await.unwrap();
    }
    let newest = OnBehalfOf::audience("https://99.example.com");
    scene.api.get_token_on_behalf_of(&ada, newest).await.unwrap();
    assert_eq!(scene.sent(), 100, "the newest answer is cached");
    let oldest = OnBehalfOf::audience("https://0.example.com");
    scene.api.get_token_on_behalf_of(&ada, oldest).await.unwrap();
    assert_eq!(scene.sent(), 101, "the oldest answer was evicted");
}

#[tokio::test]
async fn setting_the_clock_back_does_not_extend_a_cached_answer() {
    let scene = Scene::new();
    let ada = scene.caller_for("auth0|ada", 86_400).await;
    scene.tokens.answer([tokens("first"), tokens("second")]);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("first"));
    scene
        .tenant
        .clock()
        .set(auth0_api_core::Clock::now(scene.tenant.clock()) - std::time::Duration::from_secs(3 * 3600));
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("second"));
}

async fn until_it_is(scene: &Scene, ada: &auth0_api_core::VerifiedToken, expected: &str) {
    for _ in 0..1_000 {
        if text(&scene.on_behalf_of(ada).await) == Ok(expected) {
            return;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(text(&scene.on_behalf_of(ada).await), Ok(expected));
}

/// Runs background tasks until each task has finished or waits.
async fn run_background_tasks() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}
