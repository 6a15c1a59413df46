//! Server errors: the response has no challenge, because another token would not help.

use std::time::SystemTime;

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::dpop::{MemoryReplayStore, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use auth0_api_core::{DpopPolicy, Requirement};
use auth0_api_testing::{Endpoint, Misbehaviour, TestWorld};
use axum::Router;
use axum::routing::get;

use crate::api::Api;
use crate::world::seconds;

const UNAVAILABLE: &str =
    r#"{"error":"temporarily_unavailable","error_description":"access tokens cannot be checked at the moment"}"#;
const STORE_UNAVAILABLE: &str =
    r#"{"error":"temporarily_unavailable","error_description":"proofs cannot be checked at the moment"}"#;
const MISCONFIGURED: &str = r#"{"error":"server_error","error_description":"the server is misconfigured"}"#;

#[tokio::test]
async fn an_unavailable_tenant_is_503_without_a_challenge() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Down);
    let api = Api::start(&world.api.clone()).await;
    let token = world.tenant.mint().sign();
    let answer = api.get("/api/private", &[("Authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(answer.lines(), ["503", "content-type: application/json", "retry-after: 1", "", UNAVAILABLE]);
}

#[tokio::test]
async fn the_retry_after_of_the_tenant_is_sent_to_the_client() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: seconds(17) });
    let api = Api::start(&world.api.clone()).await;
    let token = world.tenant.mint().sign();
    let answer = api.get("/api/private", &[("Authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(answer.lines(), ["503", "content-type: application/json", "retry-after: 17", "", UNAVAILABLE]);
}

#[tokio::test]
async fn an_optional_route_rejects_a_token_that_cannot_be_checked() {
    let world = TestWorld::start().await;
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let api = Api::start(&world.api.clone()).await;
    let token = world.tenant.mint().sign();
    assert_eq!(api.get("/api/optional", &[("Authorization", &format!("Bearer {token}"))]).await.status, 503);
    assert_eq!(api.get("/api/optional", &[]).await.status, 200);
}

#[tokio::test]
async fn a_failing_replay_store_rejects_the_request_with_503() {
    let world = TestWorld::start().await;
    for store in [FailingStore::Unavailable, FailingStore::Full] {
        let api = Api::start(&world.builder().dpop(DpopPolicy::accept().replay_store(store)).build().unwrap()).await;
        let holder = world.tenant.token_holder();
        let headers = [
            ("Authorization", &*holder.authorization()),
            ("DPoP", &holder.proof("GET", &api.url("/api/private")).sign()),
        ];
        let answer = api.get("/api/private", &headers).await;
        assert_eq!(answer.lines(), ["503", "content-type: application/json", "retry-after: 5", "", STORE_UNAVAILABLE]);
    }
}

#[tokio::test]
async fn a_full_memory_replay_store_rejects_the_request_with_503() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::accept().replay_store(MemoryReplayStore::with_capacity(1));
    let api = Api::start(&world.builder().dpop(policy).build().unwrap()).await;
    let (first, second) = (world.tenant.token_holder(), world.tenant.token_holder());
    let headers =
        [("Authorization", &*first.authorization()), ("DPoP", &first.proof("GET", &api.url("/api/private")).sign())];
    assert_eq!(api.get("/api/private", &headers).await.status, 200);
    let headers =
        [("Authorization", &*second.authorization()), ("DPoP", &second.proof("GET", &api.url("/api/private")).sign())];
    let answer = api.get("/api/private", &headers).await;
    assert_eq!(answer.lines(), ["503", "content-type: application/json", "retry-after: 5", "", STORE_UNAVAILABLE]);
}

#[tokio::test]
async fn an_extractor_or_requirement_without_a_layer_is_a_server_error() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(world.api.clone());
    let app = Router::new()
        .route("/extractor", get(|Token(token): Token| async move { format!("{token:?}") }))
        .route("/optional", get(|token: Option<Token>| async move { format!("{token:?}") }))
        .route("/required", get(|| async { "served" }).route_layer(auth.require(Requirement::scope("a"))));
    let api = Api::serve(app).await;
    let authorization = format!("Bearer {}", world.tenant.mint().scope("a").sign());
    for path in ["/extractor", "/optional", "/required"] {
        for headers in [&[][..], &[("Authorization", authorization.as_str())]] {
            let answer = api.get(path, headers).await;
            assert_eq!(answer.lines(), ["500", "content-type: application/json", "", MISCONFIGURED], "{path}");
        }
    }
}

/// A replay store that always fails.
#[derive(Clone, Copy, Debug)]
enum FailingStore {
    Full,
    Unavailable,
}

impl ReplayStore for FailingStore {
    fn insert<'a>(&'a self, _: &'a ProofId, _: SystemTime, _: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async move {
            Err(match self {
                Self::Full => ReplayStoreError::Full,
                Self::Unavailable => ReplayStoreError::Unavailable("secret-redis-host:6379".into()),
            })
        })
    }
}
