//! Invalid tokens: the challenge of the used scheme contains the error, and the challenge of the other scheme does not.

use auth0_api_testing::TestWorld;

use super::{Modes, assert_rejected};
use crate::world::seconds;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

#[tokio::test]
async fn an_invalid_token_gets_an_error_in_the_challenge_of_the_used_scheme() {
    let modes = Modes::new().await;
    let token = modes.world.tenant.mint().expires_in(seconds(0)).sign();
    let bearer_error = r#"Bearer realm="api", error="invalid_token", error_description="the access token has expired""#;
    let dpop_error = r#"DPoP error="invalid_token", error_description="the access token has expired", algs="ES256""#;
    let rejected = (401, "invalid_token", "the access token has expired");

    let (bearer, dpop) = (format!("Bearer {token}"), format!("DPoP {token}"));
    let (bearer, dpop) = ([("Authorization", bearer.as_str())], [("Authorization", dpop.as_str()), ("DPoP", "x")]);
    assert_rejected(&modes.accept.get("/api/private", &bearer).await, &[bearer_error, DPOP], rejected);
    assert_rejected(&modes.ignore.get("/api/private", &bearer).await, &[bearer_error], rejected);
    assert_rejected(&modes.accept.get("/api/private", &dpop).await, &[BEARER, dpop_error], rejected);
    assert_rejected(&modes.require.get("/api/private", &dpop).await, &[dpop_error], rejected);
}

#[tokio::test]
async fn every_invalid_token_has_a_fixed_description() {
    let modes = Modes::new().await;
    let (world, other) = (&modes.world, TestWorld::start().await);
    let mint = || world.tenant.mint();
    let kid = world.tenant.current_kid();
    let table = [
        (mint().header("alg", "ES256").sign(), "the signature algorithm is not allowed"),
        (mint().header("alg", "HS256").sign(), "symmetric signature algorithms are not supported"),
        (mint().header("alg", "none").sign(), "the signature algorithm is missing or unknown"),
        (mint().header("crit", "x").sign(), "the access token demands extensions that are not supported"),
        (mint().header("kid", 5).sign(), "the access token is malformed"),
        ("a.b.c.d.e".to_owned(), "encrypted access tokens are not supported"),
        ("opaque".to_owned(), "the access token is not a JWT"),
        (other.tenant.mint().sign(), "the issuer of the access token is not trusted"),
        (mint().without_claim("iss").sign(), "the access token names no issuer"),
        (mint().header("kid", "unknown").sign(), "the signing key of the access token is unknown"),
        (
            other.tenant.mint().issuer(world.tenant.issuer()).header("kid", kid).sign(),
            "the signature of the access token is invalid",
        ),
        (mint().header("typ", "dpop+jwt").sign(), "the token is not an access token"),
        (mint().audience("a").sign(), "the access token is not for this API"),
        (mint().without_claim("aud").sign(), "a claim is missing in the access token"),
        (mint().claim("exp", "later").sign(), "a claim of the access token is malformed"),
        (mint().not_before(world.now() + seconds(1)).sign(), "the access token is not valid yet"),
        (
            mint().claim("cnf", serde_json::json!({ "x5t#S256": CERTIFICATE })).sign(),
            "the access token is bound to a client certificate",
        ),
        (mint().claim("cnf", "a").sign(), "the confirmation claim of the access token is malformed"),
        (
            mint().claim("cnf", serde_json::json!({ "kid": "a" })).sign(),
            "the access token is bound by a method that is not supported",
        ),
    ];
    for (token, description) in table {
        let answer = modes.accept.get("/api/private", &[("Authorization", &format!("Bearer {token}"))]).await;
        let error = format!(r#"Bearer realm="api", error="invalid_token", error_description="{description}""#);
        assert_rejected(&answer, &[&error, DPOP], (401, "invalid_token", description));
    }
}

#[tokio::test]
async fn a_bound_token_sent_as_bearer_is_rejected() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let error = r#"Bearer realm="api", error="invalid_token", error_description="the access token is bound to a key and needs the DPoP scheme""#;
    let rejected = (401, "invalid_token", "the access token is bound to a key and needs the DPoP scheme");
    let authorization = format!("Bearer {}", holder.token);
    let (proof, alone) =
        (holder.proof("GET", &modes.accept.url("/api/private")).sign(), [("Authorization", authorization.as_str())]);
    let proven = [("Authorization", authorization.as_str()), ("DPoP", proof.as_str())];
    assert_rejected(&modes.accept.get("/api/private", &alone).await, &[error, DPOP], rejected);
    assert_rejected(&modes.accept.get("/api/private", &proven).await, &[error, DPOP], rejected);
    assert_rejected(&modes.ignore.get("/api/private", &alone).await, &[error], rejected);
}

#[tokio::test]
async fn an_unbound_token_sent_as_dpop_is_rejected() {
    let modes = Modes::new().await;
    let token = modes.world.tenant.mint().sign();
    let proof = modes.world.tenant.dpop_client().proof("GET", &modes.accept.url("/api/private")).access_token(&token);
    let headers = [("Authorization", &*format!("DPoP {token}")), ("DPoP", &proof.sign())];
    let error =
        r#"DPoP error="invalid_token", error_description="the access token is not bound to a key", algs="ES256""#;
    let rejected = (401, "invalid_token", "the access token is not bound to a key");
    assert_rejected(&modes.accept.get("/api/private", &headers).await, &[BEARER, error], rejected);
}

/// The certificate thumbprint of RFC 8705 §3.1, figure 2.
const CERTIFICATE: &str = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0";
