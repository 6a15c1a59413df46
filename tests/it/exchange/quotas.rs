//! The quotas that the tenant reports with its token responses.

use std::time::Duration;

use auth0_api_core::exchange::{Quota, QuotaLimits, ServerErrorKind};
use auth0_api_core::{ApiClient, ClientAuth, Error, ExchangeError, OnBehalfOf};
use auth0_api_testing::{Api, Application, Credential, HttpAnswer, LocalTenant, ManualClock};
use serde_json::json;

use super::scene::{CALENDAR, Scene, server_error};
use super::scripted::{error, tokens};

const CLIENT: &str = "Auth0-Client-Quota-Limit";
const ORGANIZATION: &str = "auth0-organization-quota-limit";

fn numbers(quota: Option<Quota>) -> Option<(u64, u64, u64)> {
    quota.map(|quota| (quota.limit(), quota.remaining(), quota.resets_in().as_secs()))
}

fn per_hour(limits: Option<QuotaLimits>) -> Option<(u64, u64, u64)> {
    numbers(limits.and_then(|limits| limits.per_hour()))
}

#[tokio::test]
async fn the_quotas_of_client_and_organization_are_read() {
    let scene = Scene::new();
    let answer = tokens("t").header(CLIENT, "b=per_hour;q=10;r=7;t=3540,b=per_day;q=100;r=97;t=80000");
    scene.tokens.answer([answer.header(ORGANIZATION, "b=per_hour;q=5;r=0;t=12")]);
    let quotas = scene.profile().await.unwrap().quotas();
    assert_eq!(per_hour(quotas.client()), Some((10, 7, 3540)));
    assert_eq!(numbers(quotas.client().unwrap().per_day()), Some((100, 97, 80_000)));
    assert_eq!(per_hour(quotas.organization()), Some((5, 0, 12)));
    assert_eq!(quotas.organization().unwrap().per_day(), None);
}

#[tokio::test]
async fn a_missing_or_malformed_quota_fails_no_exchange() {
    let long = "b=per_hour;q=10;r=7;t=3540,".repeat(1000);
    for value in ["", "b=per_hour", "b=per_hour;q=ten;r=7;t=1", "b=per_hour;q=10;r=7;t=99999999999999999999", &long] {
        let scene = Scene::new();
        let answer = tokens("t").header(CLIENT, value).header(ORGANIZATION, "b=per_hour;q=5;r=4;t=12");
        scene.tokens.answer([answer]);
        let quotas = scene.profile().await.unwrap().quotas();
        assert_eq!((quotas.client(), per_hour(quotas.organization())), (None, Some((5, 4, 12))));
    }
    let quotas = Scene::new().profile().await.unwrap().quotas();
    assert_eq!((quotas.client(), quotas.organization()), (None, None));
}

#[tokio::test]
async fn the_error_of_a_used_up_quota_has_the_quota_and_retry_after() {
    let scene = Scene::new();
    let answer = error(429, "too_many_requests").header("retry-after", "3540");
    scene.tokens.answer([answer.header(CLIENT, "b=per_hour;q=10;r=0;t=3540")]);
    let error = server_error(scene.profile().await).unwrap();
    assert_eq!(error.kind(), ServerErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3540)));
    assert_eq!(per_hour(error.quotas().client()), Some((10, 0, 3540)));
    assert_eq!(scene.sent(), 1, "the pause is too long for a retry");

    let error = Error::from(ExchangeError::from(error));
    let rejection = scene.api.reject(&error);
    assert_eq!((rejection.status(), rejection.label()), (503, "exchange_rate_limited"));
    assert!(rejection.headers().any(|(name, value)| name == "retry-after" && value == "3540"));

    // Another error reports it too.
    let answer = HttpAnswer::json(403, &json!({ "error": "access_denied" }));
    scene.tokens.answer([answer.header(CLIENT, "b=per_hour;q=10;r=9;t=3540")]);
    let error = server_error(scene.profile().await).unwrap();
    assert_eq!(per_hour(error.quotas().client()), Some((10, 9, 3540)));
}

#[tokio::test]
async fn a_cached_answer_reports_the_quota_of_its_response() {
    let scene = Scene::new();
    scene.tokens.answer([tokens("t").header(CLIENT, "b=per_hour;q=10;r=7;t=3540")]);
    let ada = scene.caller("auth0|ada").await;
    for _ in 0..2 {
        let quotas = scene.on_behalf_of(&ada).await.unwrap().quotas();
        assert_eq!(per_hour(quotas.client()), Some((10, 7, 3540)));
    }
    assert_eq!(scene.sent(), 1);
}

#[tokio::test]
async fn the_local_tenant_limits_a_client_with_a_quota() {
    let clock = ManualClock::new();
    let audience = "https://api.example.com";
    let application = Application::custom_api("limited", Credential::secret_post("secret"), audience).hourly_quota(2);
    let tenant = LocalTenant::builder().clock(clock.clone()).api(Api::new(CALENDAR)).application(application);
    let tenant = tenant.start().await.unwrap();
    let builder = ApiClient::builder(tenant.domain(), audience).insecure_http_loopback().clock(clock.clone());
    let api = builder.client_auth(ClientAuth::secret_post("limited", "secret")).build().unwrap();
    let ask = async |user: &str| {
        let caller = api.verify_access_token(&tenant.mint().subject(user).sign()).await.unwrap();
        api.get_token_on_behalf_of(&caller, OnBehalfOf::audience(CALENDAR)).await
    };
    assert_eq!(per_hour(ask("auth0|1").await.unwrap().quotas().client()), Some((2, 1, 3600)));
    clock.advance(Duration::from_secs(60));
    assert_eq!(per_hour(ask("auth0|2").await.unwrap().quotas().client()), Some((2, 0, 3540)));
    let error = server_error(ask("auth0|3").await).unwrap();
    assert_eq!((error.status(), error.code()), (429, "too_many_requests"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3540)));
    assert_eq!(per_hour(error.quotas().client()), Some((2, 0, 3540)));
    clock.advance(Duration::from_secs(3540));
    assert_eq!(per_hour(ask("auth0|3").await.unwrap().quotas().client()), Some((2, 1, 3600)));
}
