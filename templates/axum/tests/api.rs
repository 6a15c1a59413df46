//! The API with tokens that the tests sign: no tenant, no network.

use auth0_api_testing::{HttpAnswer, OfflineTenant, TokenBuilder};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use {{crate_name}}::app;

async fn status_of(tenant: &OfflineTenant, path: &str, token: Option<TokenBuilder>) -> StatusCode {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {}", token.sign()));
    }
    let request = request.body(Body::empty()).unwrap();
    app(tenant.api()).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_request_without_a_token_is_rejected() {
    let tenant = OfflineTenant::new();
    assert_eq!(
        status_of(&tenant, "/me", None).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn any_valid_token_opens_me() {
    let tenant = OfflineTenant::new();
    let token = tenant.mint().subject("auth0|ada");
    assert_eq!(status_of(&tenant, "/me", Some(token)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_for_another_api_is_rejected() {
    let tenant = OfflineTenant::new();
    let token = tenant.mint().audience("https://other.example.com");
    assert_eq!(
        status_of(&tenant, "/me", Some(token)).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn messages_need_the_scope() {
    let tenant = OfflineTenant::new();
    let (without, with) = (tenant.mint(), tenant.mint().scope("read:messages"));
    assert_eq!(
        status_of(&tenant, "/messages", Some(without)).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        status_of(&tenant, "/messages", Some(with)).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_proof_opens_me_once() {
    let tenant = OfflineTenant::new();
    let (api, client) = (tenant.api(), tenant.token_holder());
    // The layer compares the proof with this URL. In production, `AUTH0_PUBLIC_URL` states its scheme and host.
    let url = "http://api.example.com/me";
    let proof = client.proof("GET", url).sign();
    for expected in [StatusCode::OK, StatusCode::UNAUTHORIZED] {
        let request = Request::get(url)
            .header("authorization", client.authorization())
            .header("dpop", &proof);
        let request = request.body(Body::empty()).unwrap();
        let response = app(api.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), expected);
    }
}

#[tokio::test]
async fn readiness_needs_keys_and_no_token() {
    let tenant = OfflineTenant::new();
    assert_eq!(
        status_of(&tenant, "/health/ready", None).await,
        StatusCode::OK
    );
    let keys = tenant.http().route(OfflineTenant::JWKS_URL);
    keys.answer([HttpAnswer::unreachable()]);
    assert_eq!(
        status_of(&tenant, "/health/ready", None).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
}
