//! The log events of exchanges.

use auth0_api_testing::HttpAnswer;

use super::scene::Scene;
use super::scripted::tokens;
use crate::log::Log;

#[tokio::test]
async fn cache_hits_misses_and_failures_are_logged_without_tokens() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let (log, subscribed) = Log::subscribe();

    let rejected = serde_json::json!({ "error": "invalid_grant", "error_description": "hush" });
    scene.tokens.answer([HttpAnswer::json(400, &rejected), tokens("hush-token")]);
    assert!(scene.on_behalf_of(&ada).await.is_err());
    for _ in 0..2 {
        scene.on_behalf_of(&ada).await.unwrap();
    }
    drop(subscribed);

    let (events, texts) = log.read();
    let expected = [
        "exchange_cache_miss",
        "token_exchange_failed",
        "exchange_cache_miss",
        "token_exchanged",
        "exchange_cache_hit",
    ];
    assert_eq!(events, expected);
    assert!(texts.contains("the token endpoint answered 400 invalid_grant"), "{texts}");
    assert!(texts.contains("urn:ietf:params:oauth:grant-type:token-exchange"), "{texts}");
    for secret in ["hush", "api-secret", ada.access_token().expose()] {
        assert!(!texts.contains(secret), "{texts}");
    }
}
