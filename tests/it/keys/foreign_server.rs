//! The exact requests for discovery and keys, as an independent HTTP server receives them.

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{LocalTenant, SigningKey, status_and_label};
use serde_json::json;
use wiremock::matchers::{header_exists, headers, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn discovery_and_keys_are_requested_once_with_the_expected_headers() {
    let server = MockServer::start().await;
    let key = SigningKey::generate(Algorithm::ES256);
    let issuer = format!("{}/", server.uri());
    let discovery = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") });
    expect_once("/.well-known/openid-configuration", "application/json", discovery).mount(&server).await;
    let keys = json!({ "keys": [key.public_jwk()] });
    expect_once("/keys", "application/jwk-set+json, application/json", keys).mount(&server).await;

    let tenant = LocalTenant::start().await.unwrap();
    let token = tenant.mint().issuer(&issuer).key(&key).sign();
    let builder = ApiClient::builder(server.uri(), tenant.audience()).algorithms(["ES256".parse().unwrap()]);
    let api = builder.insecure_http_loopback().build().unwrap();
    for _ in 0..3 {
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    }
    // On drop, the server checks that each document was requested once. This assertion finds any other requests.
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

fn expect_once(at: &str, accept: &'static str, body: serde_json::Value) -> Mock {
    let request = Mock::given(method("GET")).and(path(at)).and(header_exists("user-agent"));
    // wiremock splits header values at commas, so the parts of the list are given one by one.
    let accept = accept.split(", ").collect();
    request.and(headers("accept", accept)).respond_with(ResponseTemplate::new(200).set_body_json(body)).expect(1)
}
