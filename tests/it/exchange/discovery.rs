//! Discovery of the token endpoint.

use auth0_api_core::{ClientAuth, ExchangeError};
use serde_json::{Value, json};

use super::scene::{Scene, text};
use super::scripted::{ISSUER, TOKEN_ENDPOINT};

fn document(token_endpoint: &str) -> Value {
    json!({ "issuer": ISSUER, "jwks_uri": "https://tenant.example.com/keys", "token_endpoint": token_endpoint })
}

async fn is_used(scene: &Scene, document: Value) -> bool {
    scene.http.discovery(document);
    let outcome = scene.profile().await;
    assert!(matches!(outcome, Ok(_) | Err(ExchangeError::Unavailable(_))), "{outcome:?}");
    outcome.is_ok()
}

#[tokio::test]
async fn the_token_endpoint_is_https_and_on_the_issuers_host() {
    for good in [TOKEN_ENDPOINT, "https://tenant.example.com/elsewhere", "https://TENANT.example.com:443/token"] {
        assert!(is_used(&Scene::new().await, document(good)).await, "{good}");
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
        let scene = Scene::new().await;
        assert!(!is_used(&scene, document(bad)).await, "{bad}");
        assert_eq!(scene.sent(), 0);
    }
    assert!(!is_used(&Scene::new().await, json!({ "issuer": ISSUER })).await);
}

#[tokio::test]
async fn tls_authentication_uses_the_mtls_endpoint_alias() {
    let tls = || Scene::with(|builder| builder.client_auth(ClientAuth::tls("api-client")));
    let aliased = |alias: &str| {
        let mut document = document(TOKEN_ENDPOINT);
        document["mtls_endpoint_aliases"] = json!({ "token_endpoint": alias });
        document
    };
    let scene = tls().await;
    assert!(is_used(&scene, aliased("https://mtls.tenant.example.com/oauth/token")).await);
    assert_eq!(scene.last_request().url, "https://mtls.tenant.example.com/oauth/token");
    assert!(!is_used(&tls().await, aliased("https://evil.example.com/oauth/token")).await);
    assert!(!is_used(&tls().await, aliased("https://eviltenant.example.com/oauth/token")).await);

    // Clients that do not authenticate by certificate use the ordinary endpoint.
    let scene = Scene::new().await;
    assert!(is_used(&scene, aliased("https://mtls.tenant.example.com/oauth/token")).await);
    assert_eq!(scene.last_request().url, TOKEN_ENDPOINT);
}

#[tokio::test]
async fn discovery_is_fetched_once_in_ten_minutes() {
    let scene = Scene::new().await;
    for _ in 0..3 {
        scene.profile().await.unwrap();
    }
    scene.pass(599);
    scene.profile().await.unwrap();
    assert_eq!(scene.http.discovery_asked().len(), 1);
    scene.pass(1);
    scene.profile().await.unwrap();
    assert_eq!(scene.http.discovery_asked().len(), 2);
}

#[tokio::test]
async fn exchanges_continue_for_a_day_without_discovery() {
    let scene = Scene::new().await;
    scene.profile().await.unwrap();
    scene.http.discovery(None);
    scene.pass(3_600);
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
    assert_eq!(scene.http.discovery_asked().len(), 2, "no second request within the back-off of 1 s");

    scene.pass(86_400);
    assert_eq!(text(&scene.profile().await), Err("the token endpoint is unavailable".to_owned()));
}

#[tokio::test]
async fn a_failed_first_discovery_is_retried_after_1_s() {
    let scene = Scene::new().await;
    let usual = document(TOKEN_ENDPOINT);
    scene.http.discovery(None);
    for _ in 0..3 {
        assert!(matches!(scene.profile().await, Err(ExchangeError::Unavailable(_))));
    }
    assert_eq!(scene.http.discovery_asked().len(), 1);
    scene.http.discovery(usual);
    scene.pass(1);
    assert_eq!(text(&scene.profile().await), Ok("new-token"));
}
