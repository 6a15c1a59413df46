//! Keys that the operator refreshes while a reload is in progress.

use auth0_api_core::{Algorithm, ApiClient, TrustedDomains};
use auth0_api_testing::{HttpAnswer, OfflineTenant, SigningKey};
use serde_json::json;
use tokio::time::timeout;

use super::outcome_of;
use crate::world::seconds;

#[tokio::test]
async fn a_reload_does_not_bring_back_a_key_that_refresh_now_has_dropped() {
    let tenant = OfflineTenant::new();
    let (leaked, next) = (SigningKey::generate(Algorithm::RS256), SigningKey::generate(Algorithm::RS256));
    let keys = |key: &SigningKey| HttpAnswer::json(200, &json!({ "keys": [key.public_jwk()] }));
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    jwks.answer([keys(&leaked)]);
    let api = tenant.api();
    let (forged, good) = (tenant.mint().key(&leaked).sign(), tenant.mint().key(&next).sign());
    assert_eq!(outcome_of(&api, &forged).await, "200 accepted");
    jwks.arrival().await;

    // A new algorithm: the reload fetches all keys anew. The tenant still answers with the leaked one.
    jwks.close();
    let reloading = api.clone();
    let algorithms = [Algorithm::RS256, Algorithm::ES256];
    let reloading = tokio::spawn(async move { reloading.reload(|settings| settings.algorithms(algorithms)).await });
    jwks.arrival().await;

    // Now the tenant drops the key, and the operator lets the client know.
    jwks.answer([keys(&next)]);
    let refreshing = api.clone();
    let refreshing = tokio::spawn(async move { refreshing.refresh_now(OfflineTenant::ISSUER).await });
    jwks.arrival().await;
    jwks.open();
    timeout(seconds(60), refreshing).await.unwrap().unwrap().unwrap();
    timeout(seconds(60), reloading).await.unwrap().unwrap().unwrap();

    assert_eq!(outcome_of(&api, &forged).await, "401 key_unknown");
    assert_eq!(outcome_of(&api, &good).await, "200 accepted");
}

/// A cache that may answer again could have the leaked key.
#[tokio::test]
async fn no_cache_may_answer_after_refresh_now_whatever_is_reloaded() {
    let tenant = OfflineTenant::new();
    let routes = [OfflineTenant::DISCOVERY_URL, OfflineTenant::JWKS_URL].map(|url| tenant.http().route(url));
    let api = tenant.api();
    assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    api.refresh_now(OfflineTenant::ISSUER).await.unwrap();
    // With a new algorithm, all keys are fetched anew.
    api.reload(|settings| settings.algorithms([Algorithm::RS256, Algorithm::ES256])).await.unwrap();
    for route in routes {
        let requests = route.requests();
        let asked = requests.iter().map(|request| request.headers.iter().find(|(name, _)| name == "cache-control"));
        let asked: Vec<_> = asked.map(|header| header.map(|(_, value)| value.as_str())).collect();
        assert_eq!(asked, [None, Some("no-cache"), Some("no-cache")]);
    }
}

/// The settings with which the call began do not name the issuer.
#[tokio::test]
async fn refresh_now_reaches_an_issuer_that_a_reload_adds() {
    let tenant = OfflineTenant::new();
    let [key, leaked] = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256));
    let [leaked_keys, next_keys] =
        [&leaked, &key].map(|key| HttpAnswer::json(200, &json!({ "keys": [key.public_jwk()] })));
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    let slow = tenant.http().route("https://other.example/.well-known/openid-configuration");
    jwks.answer([leaked_keys]);
    let document = json!({ "issuer": "https://other.example/", "jwks_uri": "https://other.example/jwks.json" });
    slow.answer([HttpAnswer::json(200, &document)]);
    tenant.http().route("https://other.example/jwks.json").answer([next_keys.clone()]);
    slow.close();
    let builder = ApiClient::builder("first.example", OfflineTenant::AUDIENCE).algorithms([Algorithm::ES256]);
    let api = builder.http_client(tenant.http().clone()).clock(tenant.clock().clone()).build().unwrap();

    let domains = TrustedDomains::list([OfflineTenant::DOMAIN, "other.example"]);
    let reloading = api.clone();
    let reloading = tokio::spawn(async move { reloading.reload(|settings| settings.domains(domains)).await });
    jwks.arrival().await;
    slow.arrival().await;
    // The reload has the leaked key now, and waits for the other issuer.
    jwks.answer([next_keys]);
    let refreshing = api.clone();
    let refreshing = tokio::spawn(async move { refreshing.refresh_now(OfflineTenant::ISSUER).await });
    tokio::task::yield_now().await;
    assert!(!refreshing.is_finished(), "the reload may add the issuer");
    slow.open();
    timeout(seconds(60), refreshing).await.unwrap().unwrap().unwrap();
    timeout(seconds(60), reloading).await.unwrap().unwrap().unwrap();
    assert_eq!(outcome_of(&api, &tenant.mint().key(&leaked).sign()).await, "401 key_unknown");
    assert_eq!(outcome_of(&api, &tenant.mint().key(&key).sign()).await, "200 accepted");
}
