//! Reloads that fail: nothing changes.

use std::sync::Arc;

use auth0_api_core::{Algorithm, ApiClient, ClientAuth, ConfigProblem, ProtectedResource, ReloadError, TrustedDomains};
use auth0_api_testing::{HttpAnswer, LocalTenant, ManualClock, OfflineTenant};

use super::{outcome_of, reload};
use crate::world::seconds;

fn options(outcome: Result<(), ReloadError>) -> Vec<&'static str> {
    match outcome.unwrap_err() {
        ReloadError::Settings(error) => error.problems().iter().map(ConfigProblem::option).collect(),
        other => vec![other.label()],
    }
}

#[tokio::test]
async fn every_problem_of_new_settings_is_reported_and_nothing_changes() {
    let tenant = OfflineTenant::new();
    let resource = ProtectedResource::new(OfflineTenant::AUDIENCE);
    let api = tenant.builder().resource_metadata(resource).build().unwrap();
    let none: [&str; 0] = [];
    let outcome = api.reload(|settings| {
        let settings = settings.audiences(none).algorithms([]).client_auth(ClientAuth::secret_post("", ""));
        settings.decryption_keys([]).max_token_age(seconds(0)).exchange_domain("not a domain")
    });
    let expected = [
        "algorithms",
        "exchange_domain",
        "audience",
        "client_auth",
        "decryption_keys",
        "max_token_age",
        "resource_metadata",
    ];
    assert_eq!(options(outcome.await), expected);
    let outcome = api.reload(|settings| settings.domains(TrustedDomains::list(Vec::<String>::new())));
    assert_eq!(options(outcome.await), ["domains"]);
    // The audience in the metadata must be one of the audiences.
    let outcome = api.reload(|settings| settings.audiences(["https://other.example.com"]));
    assert_eq!(options(outcome.await), ["resource_metadata"]);
    assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    // A problem of an earlier attempt does not stay in the settings.
    reload(&api, |settings| settings.required_claims(["iss"])).await;
    assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
}

#[tokio::test]
async fn without_keys_for_a_new_algorithm_nothing_changes() {
    let tenant = OfflineTenant::new();
    let api = tenant.api();
    let token = tenant.mint().sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    tenant.http().route(OfflineTenant::JWKS_URL).answer([HttpAnswer::unreachable()]);
    let outcome = api.reload(|settings| settings.algorithms([Algorithm::RS256, Algorithm::PS256])).await;
    assert!(matches!(&outcome, Err(ReloadError::Keys(_))), "{outcome:?}");
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    // What needs no keys is replaced although the tenant is unavailable.
    reload(&api, |settings| settings.required_claims(["missing"])).await;
    assert_eq!(outcome_of(&api, &token).await, "401 token_claim_missing");
}

#[tokio::test]
async fn without_keys_of_a_new_domain_nothing_changes() {
    let tenant = LocalTenant::builder().clock(ManualClock::new()).start().await.unwrap();
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let api = builder.clock(ManualClock::new()).build().unwrap();
    let domains = TrustedDomains::list([tenant.domain(), "http://127.0.0.1:1"]);
    let outcome = api.reload(|settings| settings.domains(domains)).await;
    assert!(matches!(&outcome, Err(ReloadError::Keys(_))), "{outcome:?}");
    assert_eq!(api.issuers(), [tenant.issuer()]);
}

#[tokio::test]
async fn a_reload_that_is_dropped_changes_nothing_and_lets_the_next_one_run() {
    let tenant = OfflineTenant::new();
    let api = tenant.api();
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    jwks.answer([HttpAnswer::json(200, &serde_json::json!({ "keys": [] }))]);
    jwks.close();
    let waiting = Arc::new(api.clone());
    let task = tokio::spawn({
        let waiting = Arc::clone(&waiting);
        async move { waiting.reload(|settings| settings.algorithms([Algorithm::ES256])).await }
    });
    jwks.arrival().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    jwks.open();
    reload(&api, |settings| settings.audiences(["https://other.example.com"])).await;
    let token = tenant.mint().audience("https://other.example.com").algorithm(Algorithm::ES256).sign();
    assert_eq!(outcome_of(&api, &token).await, "401 token_alg_not_allowed");
}
