//! Accepted Bearer tokens, and what an API reads from them.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::token::{ActorError, ClaimsError};
use auth0_api_core::{Actor, Binding, Error, Organization, VerifiedToken};
use auth0_api_testing::{TestWorld, TokenBuilder};
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;
use crate::world::get;

const URL: &str = "https://api.example.com/api/private";

#[tokio::test]
async fn a_valid_token_reaches_the_handler() {
    let world = TestWorld::start().await;
    let api = Api::start(&world.api.clone()).await;
    let token = world.tenant.mint().subject("auth0|ada").sign();

    let private = api.get("/api/private", &[("Authorization", &format!("Bearer {token}"))]).await;
    assert_eq!((private.status, private.body.as_str()), (200, "auth0|ada"));

    let public = api.get("/api/public", &[]).await;
    assert_eq!((public.status, public.body.as_str()), (200, "public"));
}

#[tokio::test]
async fn the_scheme_ignores_case_and_may_be_followed_by_spaces() {
    let world = TestWorld::start().await;
    let api = Api::start(&world.api.clone()).await;
    let token = world.tenant.mint().sign();
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let answer = api.get("/api/private", &[("Authorization", &format!("{scheme} {token}"))]).await;
        assert_eq!(answer.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn an_optional_route_accepts_absent_credentials_and_rejects_an_invalid_token() {
    let world = TestWorld::start().await;
    let api = Api::start(&world.api.clone()).await;
    let good = format!("Bearer {}", world.tenant.mint().subject("auth0|ada").sign());
    let bad = format!("Bearer {}", world.tenant.mint().audience("https://other.example.com").sign());
    let rejected = r#"{"error":"invalid_token","error_description":"the access token is not for this API"}"#;
    assert_eq!(api.get("/api/optional", &[]).await.body, "anonymous");
    for (authorization, status, body) in
        [("Basic dXNlcjpwYXNz", 200, "anonymous"), (good.as_str(), 200, "auth0|ada"), (bad.as_str(), 401, rejected)]
    {
        let answer = api.get("/api/optional", &[("Authorization", authorization)]).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
    }
}

#[tokio::test]
async fn every_accessor_reads_what_the_issuer_wrote() {
    let world = TestWorld::start().await;
    let token = verified(&world, &rich(&world)).await;

    assert_eq!(token.issuer(), world.tenant.issuer());
    assert_eq!(token.subject(), Some(r#"auth0|"ada"\lovelace é"#));
    assert_eq!(token.audiences().collect::<Vec<_>>(), ["https://api.example.com", "https://other.example.com"]);
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["read:messages", "write:messages"]);
    assert!(token.has_scope("write:messages") && !token.has_scope("write") && !token.has_scope(""));
    assert_eq!(token.permissions().collect::<Vec<_>>(), ["orders:read", "orders:refund"]);
    assert_eq!(token.client_id(), Some("the-azp"));
    let Some(Organization { id, name, .. }) = token.organization() else { unreachable!("the token has an org_id") };
    assert_eq!((id, name), ("org_1", Some("Acme")));
    assert_eq!(token.expires_at(), UNIX_EPOCH + Duration::from_secs(1_700_003_600));
    assert_eq!(token.current_actor().unwrap().unwrap().subject(), "agent-3");
    let chain = token.delegation_chain().unwrap();
    assert_eq!(chain.iter().map(Actor::subject).collect::<Vec<_>>(), ["agent-3", "agent-2", "agent-1"]);
    assert_eq!(token.binding(), Binding::Bearer);
    assert_eq!(token.next_nonce(), None);
    assert_eq!(token.claims().get("https://example.com/tier"), Some(&json!("gold")));
    assert_eq!(token.claims().len(), 14);
}

#[tokio::test]
async fn accessors_of_absent_claims_return_none() {
    let world = TestWorld::start().await;
    let token = verified(&world, &world.tenant.mint().without_claim("azp").without_claim("sub")).await;
    assert_eq!((token.subject(), token.client_id(), token.organization()), (None, None, None));
    assert_eq!((token.scopes().count(), token.permissions().count()), (0, 0));
    assert_eq!(token.audiences().collect::<Vec<_>>(), ["https://api.example.com"]);
    assert_eq!((token.current_actor(), token.delegation_chain()), (Ok(None), Ok(vec![])));
}

#[tokio::test]
async fn client_id_is_used_when_azp_is_absent() {
    let world = TestWorld::start().await;
    let token = verified(&world, &world.tenant.mint().without_claim("azp").claim("client_id", "rfc9068")).await;
    assert_eq!(token.client_id(), Some("rfc9068"));
}

#[tokio::test]
async fn reading_a_malformed_actor_is_an_error() {
    let world = TestWorld::start().await;
    for act in [json!(null), json!("agent"), json!({}), json!({ "sub": 5 }), json!({ "sub": " " })] {
        let token = verified(&world, &world.tenant.mint().claim("act", act.clone())).await;
        assert_eq!(token.current_actor(), Err(ActorError::Malformed), "{act}");
        assert_eq!(token.delegation_chain(), Err(ActorError::Malformed), "{act}");
    }
}

#[tokio::test]
async fn an_actor_chain_has_at_most_16_levels() {
    let world = TestWorld::start().await;
    let nested = |levels| (1..levels).fold(json!({ "sub": "a" }), |act, _| json!({ "sub": "a", "act": act }));
    let deep = verified(&world, &world.tenant.mint().claim("act", nested(16))).await;
    assert_eq!(deep.delegation_chain().map(|chain| chain.len()), Ok(16));
    let deeper = verified(&world, &world.tenant.mint().claim("act", nested(17))).await;
    assert_eq!(deeper.delegation_chain(), Err(ActorError::TooDeep));
    assert_eq!(deeper.current_actor().unwrap().unwrap().subject(), "a");
}

#[tokio::test]
async fn claims_deserialize_into_a_type_of_the_application_or_return_an_error() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Mine<'t> {
        #[serde(rename = "https://example.com/tier")]
        tier: &'t str,
        permissions: Vec<String>,
        iat: u64,
    }

    #[derive(Debug, Deserialize)]
    struct Wrong {
        #[serde(rename = "https://example.com/tier")]
        _tier: u8,
    }

    #[derive(Debug, Deserialize)]
    struct Demanding {
        #[serde(rename = "https://example.com/level")]
        _level: u8,
    }

    let world = TestWorld::start().await;
    let token = verified(&world, &rich(&world)).await;
    let permissions = vec!["orders:read".to_owned(), "orders:refund".to_owned()];
    let mine: Mine<'_> = token.claims_as().unwrap();
    assert_eq!(mine, Mine { tier: "gold", permissions, iat: 1_700_000_000 });

    let error = token.claims_as::<Wrong>().unwrap_err();
    assert!(matches!(error, ClaimsError::Unsuitable { line: 1, .. }), "{error:?}");
    assert!(!error.to_string().contains("gold"), "{error}");
    let error = token.claims_as::<Demanding>().unwrap_err();
    assert_eq!(error, ClaimsError::Missing { name: "https://example.com/level".into() });
    let error = Error::from(error);
    assert_eq!((error.status(), error.label()), (403, "claims_missing"));
}

#[tokio::test]
async fn the_raw_token_appears_in_no_debug_output_or_error() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let raw = rich(&world).sign();
    let authorization = format!("Bearer {raw}");
    let token = get(&api, URL, &[("authorization", &authorization)]).await.unwrap();
    assert_eq!(token.access_token().expose(), raw);

    let signature = raw.rsplit('.').next().unwrap();
    let other = TestWorld::start().await.api;
    let rejected = get(&other, URL, &[("authorization", &authorization)]).await.unwrap_err();
    let headers = [("authorization", authorization.as_str())];
    let request = auth0_api_core::TokenRequest::new("GET", URL, &headers);
    for shown in [
        format!("{token:?}"),
        format!("{:?}", token.access_token()),
        format!("{:?}", auth0_api_axum::Token(token.clone())),
        format!("{rejected:?} {rejected} {:?} {:?}", rejected.reason(), rejected.hint()),
        format!("{:?}", other.reject(&rejected)),
        format!("{request:?}"),
        format!("{api:?}"),
    ] {
        for secret in [signature, &raw, "lovelace", "gold", "org_1"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert_eq!(format!("{:?}", token.access_token()), "[redacted]");
}

/// Returns a token with every kind of claim. The subject needs escapes in JSON.
fn rich(world: &TestWorld) -> TokenBuilder {
    world
        .tenant
        .mint()
        .subject(r#"auth0|"ada"\lovelace é"#)
        .audiences(["https://api.example.com", "https://other.example.com"])
        .scope("read:messages  write:messages")
        .permissions(["orders:read", "orders:refund"])
        .claim("azp", "the-azp")
        .claim("client_id", "the-client-id")
        .claim("org_id", "org_1")
        .claim("org_name", "Acme")
        .claim("jti", "token-1")
        .claim("https://example.com/tier", "gold")
        .claim("act", json!({ "sub": "agent-3", "act": { "sub": "agent-2", "act": { "sub": "agent-1" } } }))
}

async fn verified(world: &TestWorld, token: &TokenBuilder) -> VerifiedToken {
    world.api.clone().verify_access_token(&token.sign()).await.unwrap()
}
