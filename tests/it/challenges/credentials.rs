//! Credentials that are missing, malformed, sent twice, or of a scheme that is not offered.

use super::{MISSING, MISSING_DPOP, Modes, assert_rejected};
use crate::log::Log;
use crate::world::seconds;

const BEARER: &str = r#"Bearer realm="api""#;
const DPOP: &str = r#"DPoP algs="ES256""#;

#[tokio::test]
async fn without_credentials_the_challenges_have_no_error() {
    let modes = Modes::new().await;
    let nothing: [&[(&str, &str)]; 5] = [
        &[],
        &[("Authorization", "")],
        &[("Authorization", "Basic dXNlcjpwYXNz")],
        &[("Authorization", "Negotiate")],
        &[("Authorization", "BearerToken abc")],
    ];
    let description = "no access token was presented: send `Authorization: Bearer <token>`";
    let missing_bearer = (401, "missing_credentials", description);
    for headers in nothing {
        assert_rejected(&modes.accept.get("/api/private", headers).await, &[BEARER, DPOP], MISSING);
        assert_rejected(&modes.require.get("/api/private", headers).await, &[DPOP], MISSING_DPOP);
        assert_rejected(&modes.ignore.get("/api/private", headers).await, &[BEARER], missing_bearer);
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_not_read_and_the_operator_gets_a_hint() {
    let modes = Modes::new().await;
    let (log, subscribed) = Log::subscribe();
    let token = modes.world.tenant.mint().sign();
    let answer = modes.accept.get(&format!("/api/private?access_token={token}"), &[]).await;
    assert_rejected(&answer, &[BEARER, DPOP], MISSING);
    assert_eq!(modes.accept.get(&format!("/api/optional?access_token={token}"), &[]).await.status, 200);
    assert_eq!(modes.accept.get("/api/private?page=2", &[]).await.status, 401);
    drop(subscribed);
    let (events, text) = log.read();
    let expected = ["token_in_query", "credentials_absent"];
    assert_eq!(events, [&expected[..], &expected, &expected[1..]].concat());
    assert!(
        text.contains(r#"("level", "INFO"), ("event", "token_in_query"), ("http.request.method", "GET"), ("url.path", "/api/private")"#)
    );
    assert!(text.contains("let the client send the header Authorization") && !text.contains(&token), "{text}");
}

#[tokio::test]
async fn tokens_in_the_query_are_logged_ten_times_in_a_second() {
    let modes = Modes::new().await;
    let (log, subscribed) = Log::subscribe();
    let call = async || modes.accept.get("/api/private?access_token=a", &[]).await.status;
    for _ in 0..12 {
        assert_eq!(call().await, 401);
    }
    modes.world.clock.advance(seconds(1));
    assert_eq!(call().await, 401);
    drop(subscribed);
    assert_eq!(log.read().0.iter().filter(|event| *event == "token_in_query").count(), 11);
}

#[tokio::test]
async fn a_scheme_that_is_not_offered_is_rejected_before_its_token_is_checked() {
    let modes = Modes::new().await;
    let holder = modes.world.tenant.token_holder();
    let good = modes.world.tenant.mint().sign();
    let rejected = (401, "missing_credentials", "this API takes DPoP only");
    for token in [good.as_str(), "not-a-jwt", "a.b.c"] {
        let answer = modes.require.get("/api/private", &[("Authorization", &format!("Bearer {token}"))]).await;
        assert_rejected(&answer, &[DPOP], rejected);
    }
    let rejected = (401, "missing_credentials", "this API takes Bearer only");
    let proof = holder.proof("GET", &modes.ignore.url("/api/private")).sign();
    for token in [holder.token.as_str(), "not-a-jwt"] {
        let headers = [("Authorization", &*format!("DPoP {token}")), ("DPoP", &proof)];
        assert_rejected(&modes.ignore.get("/api/private", &headers).await, &[BEARER], rejected);
    }
    assert_eq!(modes.world.tenant.requests().discovery, 0);
}

#[tokio::test]
async fn malformed_credentials_get_invalid_request_in_the_challenge_of_their_scheme() {
    let modes = Modes::new().await;
    let bearer_error =
        r#"Bearer realm="api", error="invalid_request", error_description="the access token is malformed""#;
    let dpop_error = r#"DPoP error="invalid_request", error_description="the access token is malformed", algs="ES256""#;
    let rejected = (400, "invalid_request", "the access token is malformed");
    for value in ["Bearer", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer \ta", "Bearer\ta", "bearer \u{e9}"] {
        let headers = [("Authorization", value)];
        assert_rejected(&modes.accept.get("/api/private", &headers).await, &[bearer_error, DPOP], rejected);
        assert_rejected(&modes.require.get("/api/private", &headers).await, &[DPOP], rejected);
        assert_rejected(&modes.ignore.get("/api/private", &headers).await, &[bearer_error], rejected);
    }
    for value in ["DPoP", "dpop a b", "DPoP a, DPoP b"] {
        let headers = [("Authorization", value)];
        assert_rejected(&modes.accept.get("/api/private", &headers).await, &[BEARER, dpop_error], rejected);
        assert_rejected(&modes.require.get("/api/private", &headers).await, &[dpop_error], rejected);
        assert_rejected(&modes.ignore.get("/api/private", &headers).await, &[BEARER], rejected);
    }
}

#[tokio::test]
async fn a_token_that_is_too_long_is_an_invalid_request() {
    let modes = Modes::new().await;
    let value = format!("DPoP {}", "a".repeat(16 * 1024 + 1));
    let dpop_error = r#"DPoP error="invalid_request", error_description="the access token is too long", algs="ES256""#;
    let rejected = (400, "invalid_request", "the access token is too long");
    assert_rejected(
        &modes.accept.get("/api/private", &[("Authorization", &value)]).await,
        &[BEARER, dpop_error],
        rejected,
    );
}

#[tokio::test]
async fn repeated_credentials_get_invalid_request_in_the_challenges_of_the_used_schemes() {
    let modes = Modes::new().await;
    let token = modes.world.tenant.mint().sign();
    let (bearer, dpop) = (format!("Bearer {token}"), format!("DPoP {token}"));
    let bearer_error = r#"Bearer realm="api", error="invalid_request", error_description="more than one Authorization header was sent""#;
    let dpop_error = r#"DPoP error="invalid_request", error_description="more than one Authorization header was sent", algs="ES256""#;
    let rejected = (400, "invalid_request", "more than one Authorization header was sent");
    let table: [([&str; 2], [&str; 2]); 6] = [
        ([&bearer, &bearer], [bearer_error, DPOP]),
        ([&dpop, &dpop], [BEARER, dpop_error]),
        ([&bearer, &dpop], [bearer_error, dpop_error]),
        ([&dpop, &bearer], [bearer_error, dpop_error]),
        ([&bearer, "Basic dXNlcjpwYXNz"], [bearer_error, DPOP]),
        (["Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"], [bearer_error, dpop_error]),
    ];
    for ([first, second], challenges) in table {
        let headers = [("Authorization", first), ("authorization", second)];
        assert_rejected(&modes.accept.get("/api/private", &headers).await, &challenges, rejected);
    }

    let both = [("Authorization", bearer.as_str()), ("Authorization", dpop.as_str())];
    assert_rejected(&modes.require.get("/api/private", &both).await, &[dpop_error], rejected);
    assert_rejected(&modes.ignore.get("/api/private", &both).await, &[bearer_error], rejected);
}

#[tokio::test]
async fn an_optional_route_rejects_malformed_and_repeated_credentials() {
    let modes = Modes::new().await;
    let error = r#"Bearer realm="api", error="invalid_request", error_description="the access token is malformed""#;
    let answer = modes.accept.get("/api/optional", &[("Authorization", "Bearer a b")]).await;
    assert_rejected(&answer, &[error, DPOP], (400, "invalid_request", "the access token is malformed"));

    let answer =
        modes.accept.get("/api/optional", &[("Authorization", "Bearer a"), ("Authorization", "Basic b")]).await;
    assert_eq!(answer.status, 400);
    let answer = modes.require.get("/api/optional", &[("Authorization", "Bearer a")]).await;
    assert_eq!(answer.status, 401);
}
