//! The responses to the tenant's requests.

use auth0_api_core::adapter::{LogoutEndpoint, LogoutResponse};
use auth0_api_testing::{Endpoint, Misbehaviour, TestWorld};

use super::{SHOP, world};

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

async fn post(world: &TestWorld, headers: &[(&str, &str)], body: &str) -> LogoutResponse {
    let headers = headers.to_vec();
    LogoutEndpoint::of(&world.api).unwrap().respond("POST", &headers, async { Some(body) }).await
}

fn headers(response: &LogoutResponse) -> Vec<(&str, &str)> {
    response.headers().collect()
}

#[tokio::test]
async fn a_logout_is_answered_with_200_that_is_not_cached() {
    let world = world().await;
    let body = |token: &str| format!("logout_token={token}");
    let token = world.tenant.mint_logout(SHOP).sign();
    let response = post(&world, &FORM, &body(&token)).await;
    assert_eq!((response.status(), response.body()), (200, ""));
    assert_eq!(headers(&response), [("cache-control", "no-store")]);

    let response = post(&world, &FORM, &body(&token)).await;
    assert_eq!(response.status(), 400);
    assert_eq!(headers(&response), [("cache-control", "no-store"), ("content-type", "application/json")]);
    let expected = r#"{"error":"invalid_request","error_description":"the logout token has been used before"}"#;
    assert_eq!(response.body(), expected);
}

#[tokio::test]
async fn a_request_is_a_form_with_one_logout_token() {
    let world = world().await;
    let token = || world.tenant.mint_logout(SHOP).sign();
    let json = [("content-type", "application/json")];
    let with_charset = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    let longest = 32 * 1024 - token().len() - "logout_token=&padding=".len();
    let padded = |padding: usize| format!("logout_token={}&padding={}", token(), "p".repeat(padding));
    let none: [(&str, &str); 0] = [];
    for (headers, body, status) in [
        (&with_charset[..], format!("a=b&logout_token={}", token()), 200),
        (&FORM, format!("logout_token={}&a=%20", token()), 200),
        (&FORM, padded(longest), 200),
        (&FORM, padded(longest + 1), 400),
        (&FORM, format!("logout_token={}&logout_token={}", token(), token()), 400),
        (&FORM, format!("logout_token=&logout_token={}", token()), 400),
        (&FORM, format!("access_token={}", token()), 400),
        (&FORM, String::new(), 400),
        (&json, format!("logout_token={}", token()), 400),
        (&none, format!("logout_token={}", token()), 400),
        (&[FORM[0], FORM[0]], format!("logout_token={}", token()), 400),
    ] {
        let response = post(&world, headers, &body).await;
        assert_eq!(response.status(), status, "{headers:?} {}", response.body());
    }
}

#[tokio::test]
async fn other_methods_are_rejected_without_reading_the_body() {
    let world = world().await;
    let endpoint = LogoutEndpoint::of(&world.api).unwrap();
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "post"] {
        let response = endpoint.respond::<&[u8]>(method, &FORM, std::future::pending()).await;
        assert_eq!(
            (response.status(), headers(&response)),
            (405, vec![("cache-control", "no-store"), ("allow", "POST")])
        );
    }
    let response = endpoint.respond::<&[u8]>("POST", &[("content-type", "text/plain")], std::future::pending()).await;
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_body_that_never_ends_or_is_too_long_is_rejected() {
    let world = world().await;
    let endpoint = LogoutEndpoint::of(&world.api).unwrap();
    assert_eq!(endpoint.respond::<&[u8]>("POST", &FORM, async { None }).await.status(), 400);
    tokio::time::pause();
    assert_eq!(endpoint.respond::<&[u8]>("POST", &FORM, std::future::pending()).await.status(), 400);
}

#[tokio::test]
async fn while_the_keys_are_unavailable_the_tenant_is_told_when_to_try_again() {
    let world = world().await;
    world
        .tenant
        .misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: std::time::Duration::from_secs(7) });
    let body = format!("logout_token={}", world.tenant.mint_logout(SHOP).sign());
    let response = post(&world, &FORM, &body).await;
    assert_eq!(response.status(), 503);
    assert!(headers(&response).contains(&("retry-after", "7")), "{response:?}");
    assert!(response.body().starts_with(r#"{"error":"temporarily_unavailable""#), "{}", response.body());
}

#[tokio::test]
async fn tokens_with_unknown_keys_cause_as_few_fetches_as_access_tokens() {
    let world = world().await;
    for number in 0..20 {
        let token = world.tenant.mint_logout(SHOP).header("kid", format!("unknown-{number}")).sign();
        post(&world, &FORM, &format!("logout_token={token}")).await;
    }
    // The first fetch, and the burst of three for unknown keys.
    assert_eq!(world.tenant.requests().jwks, 4);
}

#[tokio::test]
async fn a_client_that_takes_no_logouts_has_no_endpoint() {
    assert!(LogoutEndpoint::of(&TestWorld::start().await.api).is_none());
}
