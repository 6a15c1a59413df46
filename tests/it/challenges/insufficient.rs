//! Valid tokens that do not meet a route's requirement: the challenge of the used scheme contains what the route needs.

use auth0_api_axum::AuthLayer;
use auth0_api_core::Requirement;
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::routing::get;

use super::{MISSING, Modes, assert_rejected, assert_rejected_naming};
use crate::api::Api;
use crate::world::seconds;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;
const LACKING: &str = "the access token lacks a scope that is needed here";
const SCOPES: &str = r#","scope":"read:messages read:drafts""#;

#[tokio::test]
async fn a_bearer_token_without_the_required_scopes_gets_all_scopes_in_the_challenge() {
    let modes = Modes::new().await;
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts""#;
    for scope in ["", "read:messages", "read:drafts", "READ:MESSAGES read:drafts", "read:messages,read:drafts"] {
        let token = modes.world.tenant.mint().scope(scope).sign();
        let headers = [("Authorization", &*format!("Bearer {token}"))];
        let rejected = (403, "insufficient_scope", LACKING);
        let answer = modes.accept.get("/api/private-scoped", &headers).await;
        assert_rejected_naming(&answer, &[error, DPOP], rejected, SCOPES);
        let answer = modes.ignore.get("/api/private-scoped", &headers).await;
        assert_rejected_naming(&answer, &[error], rejected, SCOPES);
    }
    let token = modes.world.tenant.mint().scope("read:drafts other read:messages").sign();
    let headers = [("Authorization", &*format!("Bearer {token}"))];
    assert_eq!(modes.accept.get("/api/private-scoped", &headers).await.status, 200);
}

#[tokio::test]
async fn a_bound_token_without_the_required_scopes_gets_all_scopes_in_the_dpop_challenge() {
    let modes = Modes::new().await;
    let error = r#"DPoP error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts", algs="ES256""#;
    let key = modes.world.tenant.dpop_client();
    let token = modes.world.tenant.mint().bound_to(&key).scope("read:messages").sign();
    for (api, challenges) in [(&modes.accept, &[BEARER, error][..]), (&modes.require, &[error])] {
        let proof = key.proof("GET", &api.url("/api/private-scoped")).access_token(&token).sign();
        let headers = [("Authorization", &*format!("DPoP {token}")), ("DPoP", &proof)];
        let rejected = (403, "insufficient_scope", LACKING);
        assert_rejected_naming(&api.get("/api/private-scoped", &headers).await, challenges, rejected, SCOPES);
    }
}

#[tokio::test]
async fn without_credentials_the_challenges_name_no_scopes() {
    let modes = Modes::new().await;
    assert_rejected(&modes.accept.get("/api/private-scoped", &[]).await, &[BEARER, DPOP], MISSING);
}

#[tokio::test]
async fn an_insufficient_login_gets_all_step_up_parameters_in_the_challenge() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(world.api.clone());
    let transfer = Requirement::scope("transfer:money")
        .and(Requirement::any_acr(["urn:example:hardware", "urn:example:mfa"]))
        .and(Requirement::authenticated_within(seconds(300)));
    let app = Router::new().route("/transfers", get(|| async { "served" }).route_layer(auth.require(transfer)));
    let api = Api::serve(app.layer(auth)).await;

    let description = "a stronger or more recent login is needed here";
    let login = r#"Bearer realm="api", error="insufficient_user_authentication", error_description="a stronger or more recent login is needed here", acr_values="urn:example:hardware urn:example:mfa", max_age="300", scope="transfer:money""#;
    let rejected = (401, "insufficient_user_authentication", description);
    let named = r#","acr_values":"urn:example:hardware urn:example:mfa","max_age":300,"scope":"transfer:money""#;
    // With the scope or without it: a client that requests what the challenge names gets a sufficient token.
    for token in [world.tenant.mint().scope("transfer:money").sign(), world.tenant.mint().sign()] {
        let answer = api.get("/transfers", &[("Authorization", &format!("Bearer {token}"))]).await;
        assert_rejected_naming(&answer, &[login, DPOP], rejected, named);
    }
}

#[tokio::test]
async fn an_empty_requirement_is_a_server_error() {
    let world = TestWorld::start().await;
    let auth = AuthLayer::new(world.api.clone());
    let nothing = auth.require(Requirement::any_of([]));
    let app = Router::new().route("/", get(|| async { "served" }).route_layer(nothing)).layer(auth);
    let token = world.tenant.mint().scope("a").sign();
    let answer = Api::serve(app).await.get("/", &[("Authorization", &format!("Bearer {token}"))]).await;
    assert_rejected(&answer, &[], (500, "server_error", "the server is misconfigured"));
}
