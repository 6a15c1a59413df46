//! Discovery, the key set and its caching, CORS, and the request counts.

use auth0_api_core::Algorithm;
use auth0_api_testing::{LocalTenant, RequestCounts, SigningKey};
use serde_json::json;

use crate::caller::{get, send};

#[tokio::test]
async fn discovery_lists_the_endpoints_and_features_of_the_tenant() {
    let tenant = LocalTenant::start().await.unwrap();
    let domain = tenant.domain();
    let answer = get(&format!("{domain}/.well-known/openid-configuration")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let document = answer.json();
    assert_eq!(
        document,
        json!({
            "issuer": format!("{domain}/"),
            "jwks_uri": format!("{domain}/.well-known/jwks.json"),
            "authorization_endpoint": format!("{domain}/authorize"),
            "token_endpoint": format!("{domain}/oauth/token"),
            "backchannel_authentication_endpoint": format!("{domain}/bc-authorize"),
            "backchannel_token_delivery_modes_supported": ["poll"],
            "revocation_endpoint": format!("{domain}/oauth/revoke"),
            "end_session_endpoint": format!("{domain}/oidc/logout"),
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "userinfo_endpoint": format!("{domain}/userinfo"),
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic", "client_secret_post", "none", "private_key_jwt",
            ],
            "revocation_endpoint_auth_methods_supported": [
                "client_secret_basic", "client_secret_post", "none", "private_key_jwt",
            ],
            "token_endpoint_auth_signing_alg_values_supported": [
                "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
            ],
            "grant_types_supported": [
                "authorization_code",
                "urn:openid:params:grant-type:ciba",
                "client_credentials",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
            ],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "web_message"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": [
                "aud", "auth_time", "email", "email_verified", "exp", "iat", "iss", "name", "nickname", "org_id",
                "picture", "sid", "sub", "updated_at",
            ],
            "scopes_supported": [
                "openid", "profile", "email", "address", "phone", "offline_access", "online_access",
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": true,
            "dpop_signing_alg_values_supported": ["ES256"],
        })
    );
    let elsewhere = get(&format!("{domain}/.well-known/oauth-authorization-server")).await;
    assert_eq!(elsewhere.json(), document);
    assert_eq!(tenant.issuer(), format!("{domain}/"));
}

#[tokio::test]
async fn key_set_is_published_with_auth0s_cache_control() {
    let tenant = LocalTenant::start().await.unwrap();
    let answer = get(&format!("{}/.well-known/jwks.json", tenant.domain())).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let caching = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400";
    assert_eq!(answer.header("cache-control"), Some(caching));
    let keys = answer.json()["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    assert_eq!(
        (&keys[0]["kty"], &keys[0]["alg"], &keys[0]["use"], &keys[0]["e"]),
        (&json!("RSA"), &json!("RS256"), &json!("sig"), &json!("AQAB"))
    );
    assert_eq!(keys[0]["kid"], tenant.current_kid());
}

#[tokio::test]
async fn an_unchanged_key_set_is_not_sent_again() {
    let tenant = LocalTenant::start().await.unwrap();
    let url = format!("{}/.well-known/jwks.json", tenant.domain());
    let etag = get(&url).await.header("etag").unwrap().to_owned();
    for seen in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let again = send("GET", &url, &[("if-none-match", &seen)], "").await.unwrap();
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{seen}");
        assert_eq!(again.header("etag"), Some(etag.as_str()));
    }
    tenant.publish(&SigningKey::generate(Algorithm::ES256));
    let changed = send("GET", &url, &[("if-none-match", &etag)], "").await.unwrap();
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
}

#[tokio::test]
async fn documents_can_be_replaced_and_restored() {
    let tenant = LocalTenant::start().await.unwrap();
    let discovery = format!("{}/.well-known/openid-configuration", tenant.domain());
    let jwks = format!("{}/.well-known/jwks.json", tenant.domain());
    tenant.set_discovery(json!({ "issuer": "https://other.example/" }));
    tenant.set_jwks(json!({ "keys": [5] }));
    assert_eq!(get(&discovery).await.body, r#"{"issuer":"https://other.example/"}"#);
    assert_eq!(get(&jwks).await.body, r#"{"keys":[5]}"#);
    tenant.set_discovery(None);
    tenant.set_jwks(None);
    assert_eq!(get(&discovery).await.json()["issuer"], tenant.issuer());
    assert_eq!(get(&jwks).await.json()["keys"][0]["kid"], tenant.current_kid());
}

#[tokio::test]
async fn requests_are_counted_per_endpoint() {
    let tenant = LocalTenant::start().await.unwrap();
    let domain = tenant.domain();
    get(&format!("{domain}/.well-known/openid-configuration")).await;
    get(&format!("{domain}/.well-known/jwks.json")).await;
    get(&format!("{domain}/.well-known/jwks.json")).await;
    get(&format!("{domain}/oauth/token")).await;
    send("OPTIONS", &format!("{domain}/oauth/token"), &[], "").await.unwrap();
    assert_eq!(tenant.requests(), RequestCounts { discovery: 1, jwks: 2, ..RequestCounts::default() });
    send("POST", &format!("{domain}/oauth/token"), &[], "").await.unwrap();
    assert_eq!(tenant.requests(), RequestCounts { discovery: 1, jwks: 2, token: 1, ..RequestCounts::default() });
    tenant.reset_requests();
    assert_eq!(tenant.requests(), RequestCounts::default());
}

#[tokio::test]
async fn pages_of_any_origin_may_call_the_tenant() {
    let tenant = LocalTenant::start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    let preflight = send("OPTIONS", &url, &[("origin", "http://localhost:5173")], "").await.unwrap();
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE, OPTIONS"));
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        Some("Authorization, Content-Type, DPoP, Auth0-Client, MCP-Protocol-Version")
    );
    let rejected = send("POST", &url, &[("origin", "http://localhost:5173")], "").await.unwrap();
    assert_eq!(rejected.status, 400);
    assert_eq!(rejected.header("access-control-allow-origin"), Some("*"));
    assert_eq!(rejected.header("access-control-expose-headers"), Some("DPoP-Nonce, Retry-After, WWW-Authenticate"));
}

#[tokio::test]
async fn other_paths_and_methods_are_not_served() {
    let tenant = LocalTenant::start().await.unwrap();
    assert_eq!(get(&format!("{}/oidc/register", tenant.domain())).await.status, 404);
    assert_eq!(get(&format!("{}/oauth/token", tenant.domain())).await.status, 405);
}

#[tokio::test]
async fn builder_options_are_applied() {
    let builder = LocalTenant::builder().audience("urn:orders").client("id", "secret");
    let tenant = builder.start().await.unwrap();
    let facts = (tenant.audience(), tenant.client_id(), tenant.client_secret());
    assert_eq!(facts, ("urn:orders", "id", "secret"));
    let port = tenant.domain().rsplit_once(':').unwrap().1.parse().unwrap();
    assert!(LocalTenant::builder().port(port).start().await.is_err(), "the port is in use");
}

#[tokio::test]
async fn dropping_the_tenant_closes_its_connections() {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let tenant = LocalTenant::start().await.unwrap();
    let url = format!("{}/.well-known/jwks.json", tenant.domain());
    // The client keeps the connection open.
    client.get(&url).send().await.unwrap().bytes().await.unwrap();
    drop(tenant);
    assert!(client.get(&url).send().await.is_err());
}
