//! Each misbehaviour, as a client sees it.

use std::time::Duration;

use auth0_api_testing::{Application, Endpoint, GrantType, LocalTenant, Misbehaviour};
use serde_json::json;

use crate::caller::{Answer, get, send};
use crate::world::{Form, SECRET};

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
async fn huge_sends_ten_mebibytes_without_content_length() {
    let (_tenant, url) = start(Misbehaviour::Huge).await;
    let answer = get(&url).await;
    assert_eq!((answer.status, answer.header("content-length")), (200, None));
    assert!(answer.body.starts_with(r#"{"keys":["#));
    assert_eq!(answer.body.len(), 10 * 1024 * 1024 + 9);
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

/// Sends a request to an endpoint that changes something.
async fn change(tenant: &LocalTenant, endpoint: Endpoint) -> Result<Answer, reqwest::Error> {
    let (domain, subject) = (tenant.domain(), "auth0|ada");
    let json = json!({ "connection": "slack", "redirect_uri": "http://localhost/" }).to_string();
    let hint = json!({ "format": "iss_sub", "iss": tenant.issuer(), "sub": subject }).to_string();
    let form = Form::new(&[
        ("client_id", "till"),
        ("client_secret", SECRET),
        ("scope", "openid"),
        ("binding_message", "4711"),
        ("login_hint", &hint),
    ]);
    let token = tenant.mint().subject(subject).audience(&tenant.my_account_audience());
    let bearer = format!("Bearer {}", token.scope("create:me:connected_accounts").sign());
    if endpoint == Endpoint::Ciba {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        send("POST", &format!("{domain}/bc-authorize"), &headers, &form.body()).await
    } else {
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        send("POST", &format!("{domain}/me/v1/connected-accounts/connect"), &headers, &json).await
    }
}

#[tokio::test]
async fn ciba_and_the_my_account_api_misbehave_too() {
    let till = Application::machine("till", SECRET).grants([GrantType::Ciba]);
    let tenant = LocalTenant::builder().application(till).connection("slack").start().await.unwrap();
    let retry_after = Duration::from_secs(7);
    for (endpoint, status) in [(Endpoint::Ciba, 200), (Endpoint::MyAccount, 201)] {
        let good = change(&tenant, endpoint).await.unwrap();
        assert_eq!(good.status, status, "{endpoint:?} {}", good.body);

        tenant.misbehave(endpoint, Misbehaviour::Down);
        assert!(change(&tenant, endpoint).await.err().unwrap().is_request(), "{endpoint:?}");

        tenant.misbehave(endpoint, Misbehaviour::RateLimited { retry_after });
        let limited = change(&tenant, endpoint).await.unwrap();
        assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")), "{endpoint:?}");
        let form = if endpoint == Endpoint::Ciba { "error" } else { "status" };
        assert!(limited.json().get(form).is_some(), "{endpoint:?} {}", limited.body);

        tenant.misbehave(endpoint, Misbehaviour::Slow(Duration::from_millis(20)));
        assert_eq!(change(&tenant, endpoint).await.unwrap().status, status, "{endpoint:?}");

        tenant.misbehave(endpoint, Misbehaviour::Huge);
        assert!(change(&tenant, endpoint).await.unwrap().body.len() > 10 * 1024 * 1024, "{endpoint:?}");

        tenant.misbehave(endpoint, Misbehaviour::LoseAnswers);
        assert!(change(&tenant, endpoint).await.err().unwrap().is_request(), "{endpoint:?}");
        tenant.behave_at(endpoint);
        assert_eq!(change(&tenant, endpoint).await.unwrap().status, status, "{endpoint:?}");
    }
    // The first request, the slow one, the one whose answer got lost, and the last.
    assert_eq!(tenant.ciba().open().len(), 4);
    assert_eq!((tenant.requests().ciba, tenant.requests().my_account), (7, 7));
}

async fn start(misbehaviour: Misbehaviour) -> (LocalTenant, String) {
    let tenant = LocalTenant::start().await.unwrap();
    tenant.misbehave(Endpoint::Jwks, misbehaviour);
    let url = format!("{}/.well-known/jwks.json", tenant.domain());
    (tenant, url)
}
