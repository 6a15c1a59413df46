//! Discovery of the token endpoint.

use auth0_api_core::{ClientAuth, ExchangeError};
use auth0_api_testing::{HttpAnswer, OfflineTenant};
use serde_json::{Value, json};

use super::scene::{Scene, text};

fn document(token_endpoint: &str) -> Value {
    json!({ "issuer": OfflineTenant::ISSUER, "jwks_uri": "https://tenant.example.com/keys", "token_endpoint": token_endpoint })
}

async fn is_used(scene: &Scene, document: Value) -> bool {
    scene.discovery.answer([HttpAnswer::json(200, &document)]);
    let outcome = scene.profile().await;
    assert!(matches!(outcome, Ok(_) | Err(ExchangeError::Unavailable(_))), "{outcome:?}");
    outcome.is_ok()
}

#[tokio::test]
async fn the_token_endpoint_is_https_and_on_the_issuers_host() {
    for good in
        [OfflineTenant::TOKEN_URL, "https://tenant.example.com/elsewhere", "https://TENANT.example.com:443/token"]
    {
        assert!(is_used(&Scene::new(), document(good)).await, "{good}");
    }
    for bad in [
        "http://tenant.example.com/oauth/token",
        "https://evil.example.com/oauth/token",
        "https://tenant.example.com:8443/oauth/token",
        "https://tenant.example.com.evil.test/oauth/token",
        "https://mtls.tenant.example.com/oauth/token",
        "https://tenant.example.com@evil.test/oauth/token",
        "/oauth/token",
        "",
    ] {
        let scene = Scene::new();
        assert!(!is_used(&scene, document(bad)).await, "{bad}");
        assert_eq!(scene.sent(), 0);
    }
    assert!(!is_used(&Scene::new(), json!({ "issuer": OfflineTenant::ISSUER })).await);
}

#[tokio::test]
async fn tls_authentication_uses_the_mtls_endpoint_alias() {
    let tls = || Scene::with(|builder| builder.client_auth(ClientAuth::tls("api-client")));
    let aliased = |alias: &str| {
        let mut document = document(OfflineTenant::TOKEN_URL);
        document["mtls_endpoint_aliases"] = json!({ "token_endpoint": alias });
        document
    };
    let scene = tls();
    assert!(is_used(&scene, aliased("https://mtls.tenant.example.com/oauth/token")).await);
    assert_eq!(scene.last_request().url, "https://mtls.tenant.example.com/oauth/token");
    assert!(!is_used(&tls(), aliased("https://evil.example.com/oauth/token")).await);
    assert!(!is_used(&tls(), aliased("https://eviltenant.example.com/oauth/token")).await);

    // Clients that do not authenticate by certificate use the ordinary endpoint.
    let scene = Scene::new();
    assert!(is_used(&scene, aliased("https://mtls.tenant.example.com/oauth/token")).await);
    assert_eq!(scene.last_request().url, OfflineTenant::TOKEN_URL);
}

#[tokio::test]
async fn discovery_is_fetched_once_in_ten_minutes() {
    let scene = Scene::new();
    for _ in 0..3 {
        scene.profile().await.unwrap();
    }
    scene.pass(599);
    scene.profile().await.unwrap();
    assert_eq!(scene.discovery.count(), 1);
    scene.pass(1);
    scene.profile().await.unwrap();
    assert_eq!(scene.discovery.count(), 2);
}

#[tokio::test]
async fn exchanges_continue_for_a_day_without_discovery() {
    let scene = Scene::new();
    scene.profile().await.unwrap();
    scene.discovery.answer([HttpAnswer::unreachable()]);
    scene.pass(3_600);
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
    assert_eq!(scene.discovery.count(), 2, "no second request within the back-off of 1 s");

    scene.pass(86_400);
    assert_eq!(text(&scene.profile().await), Err("the token endpoint is unavailable".to_owned()));
}

#[tokio::test]
async fn a_failed_first_discovery_is_retried_after_1_s() {
    let scene = Scene::new();
    let usual = document(OfflineTenant::TOKEN_URL);
    scene.discovery.answer([HttpAnswer::unreachable()]);
    for _ in 0..3 {
        assert!(matches!(scene.profile().await, Err(ExchangeError::Unavailable(_))));
    }
    assert_eq!(scene.discovery.count(), 1);
    scene.discovery.answer([HttpAnswer::json(200, &usual)]);
    scene.pass(1);
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
}
