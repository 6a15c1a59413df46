//! Good tokens that are not enough for a route: 403 with every scope the route needs, on the scheme that was used.

use super::{Modes, assert_refused};

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;
const LACKING: &str = "the access token lacks a scope that is needed here";

#[tokio::test]
async fn a_bearer_token_without_the_scopes_is_told_all_of_them() {
    let modes = Modes::new().await;
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts""#;
    for scope in ["", "read:messages", "read:drafts", "READ:MESSAGES read:drafts", "read:messages,read:drafts"] {
        let token = modes.world.tenant.mint().scope(scope).sign();
        let headers = [("Authorization", &*format!("Bearer {token}"))];
        let refused = (403, "insufficient_scope", LACKING);
        assert_refused(&modes.accept.get("/api/private-scoped", &headers).await, &[error, DPOP], refused);
        assert_refused(&modes.ignore.get("/api/private-scoped", &headers).await, &[error], refused);
    }
    let token = modes.world.tenant.mint().scope("read:drafts other read:messages").sign();
    let headers = [("Authorization", &*format!("Bearer {token}"))];
    assert_eq!(modes.accept.get("/api/private-scoped", &headers).await.status, 200);
}

#[tokio::test]
async fn a_bound_token_without_the_scopes_is_told_on_its_scheme() {
    let modes = Modes::new().await;
    let error = r#"DPoP error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts", algs="ES256""#;
    let key = modes.world.tenant.proof_key();
    let token = modes.world.tenant.mint().bound_to(&key).scope("read:messages").sign();
    for (api, challenges) in [(&modes.accept, &[BEARER, error][..]), (&modes.require, &[error])] {
        let proof = key.proof("GET", &api.url("/api/private-scoped")).access_token(&token).sign();
        let headers = [("Authorization", &*format!("DPoP {token}")), ("DPoP", &proof)];
        let refused = (403, "insufficient_scope", LACKING);
        assert_refused(&api.get("/api/private-scoped", &headers).await, challenges, refused);
    }
}

#[tokio::test]
async fn nobody_is_told_scopes_before_being_authenticated() {
    let modes = Modes::new().await;
    let refused = (401, "missing_credentials", "no access token was presented");
    assert_refused(&modes.accept.get("/api/private-scoped", &[]).await, &[BEARER, DPOP], refused);
}
