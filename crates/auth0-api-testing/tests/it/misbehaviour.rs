//! Each misbehaviour, as a client sees it.

use std::time::Duration;

use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour};

use crate::caller::{get, send};

#[tokio::test]
async fn down_closes_the_connection_without_an_answer() {
    let (tenant, url) = start(Misbehaviour::Down).await;
    let error = send("GET", &url, &[], "").await.err().unwrap();
    assert!(error.is_request() && !error.is_timeout() && !error.is_connect(), "{error:?}");
    assert_eq!(tenant.requests().jwks, 1);
}

#[tokio::test]
async fn garbage_is_not_json() {
    let (_tenant, url) = start(Misbehaviour::Garbage).await;
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
}

#[tokio::test]
async fn huge_sends_two_mebibytes_without_content_length() {
    let (_tenant, url) = start(Misbehaviour::Huge).await;
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.header("content-length")), (200, None));
    assert!(answer.body.starts_with(r#"{"keys":["#));
    assert_eq!(answer.body.len(), 2 * 1024 * 1024 + 9);
}

#[tokio::test]
async fn rate_limited_sends_retry_after() {
    let (_tenant, url) = start(Misbehaviour::RateLimited { retry_after: Duration::from_secs(7) }).await;
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    assert_eq!(answer.json()["error"], "too_many_requests");
}

#[tokio::test]
async fn redirect_sends_the_given_location() {
    let (_tenant, url) = start(Misbehaviour::Redirect("https://evil.example/keys".into())).await;
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.header("location")), (302, Some("https://evil.example/keys")));
}

#[tokio::test]
async fn slow_answers_correctly_after_its_delay() {
    let (tenant, url) = start(Misbehaviour::Slow(Duration::from_millis(20))).await;
    assert_eq!(get(&url).await.json()["keys"][0]["kid"], tenant.current_kid());
    tenant.misbehave(Endpoint::Jwks, Misbehaviour::Slow(Duration::from_secs(3600)));
    let impatient = tokio::time::timeout(Duration::from_millis(50), send("GET", &url, &[], "")).await;
    assert!(impatient.is_err());
}

#[tokio::test]
async fn status_answers_with_the_configured_status() {
    for status in [500, 503, 404, 403] {
        let (_tenant, url) = start(Misbehaviour::Status(status)).await;
        let answer = get(&url).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some("server_error")));
    }
}

#[tokio::test]
async fn endpoints_misbehave_and_recover_one_by_one() {
    let tenant = LocalTenant::start().await.unwrap();
    let status = async |path| match path {
        "/oauth/token" => send("POST", &format!("{}{path}", tenant.domain()), &[], "").await.unwrap().status,
        _ => get(&format!("{}{path}", tenant.domain())).await.status,
    };
    let all = async || {
        let documents = ("/.well-known/openid-configuration", "/.well-known/jwks.json");
        (status(documents.0).await, status(documents.1).await, status("/oauth/token").await)
    };
    tenant.misbehave(Endpoint::Discovery, Misbehaviour::Status(500));
    assert_eq!(all().await, (500, 200, 400));
    tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(501));
    tenant.misbehave(Endpoint::Token, Misbehaviour::Status(502));
    assert_eq!(all().await, (500, 501, 502));
    tenant.behave_at(Endpoint::Jwks);
    assert_eq!(all().await, (500, 200, 502));
    tenant.behave();
    assert_eq!(all().await, (200, 200, 400));
    assert_eq!(tenant.requests().discovery, 4);
}

async fn start(misbehaviour: Misbehaviour) -> (LocalTenant, String) {
    let tenant = LocalTenant::start().await.unwrap();
    tenant.misbehave(Endpoint::Jwks, misbehaviour);
    let url = format!("{}/.well-known/jwks.json", tenant.domain());
    (tenant, url)
}
