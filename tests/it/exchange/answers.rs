//! How the API rejects its own caller after a failed exchange.

use auth0_api_core::{Connection, Error, ExchangeError, ExchangeProfile, OnBehalfOf, SubjectToken};
use auth0_api_testing::HttpAnswer;
use serde_json::{Value, json};

use super::scene::{CALENDAR, Scene, server_error};
use super::scripted::{error, later};

/// The status, the label, `error` of the body, and `Retry-After`.
type Row = (u16, &'static str, String, Option<String>);

fn row(scene: &Scene, error: ExchangeError) -> Row {
    let error = Error::from(error);
    let rejection = scene.api.reject(&error);
    let body: Value = serde_json::from_str(&rejection.body()).unwrap();
    let retry_after = rejection.headers().find(|(name, _)| *name == "retry-after").map(|(_, value)| value.into_owned());
    let challenged = rejection.status() == 401;
    assert_eq!(rejection.challenges().is_empty(), !challenged, "{error:?}");
    assert!(!body.to_string().contains("hush"), "the body contains no text of the tenant");
    (rejection.status(), rejection.label(), body["error"].as_str().unwrap().to_owned(), retry_after)
}

fn expected(status: u16, label: &'static str, code: &str, retry_after: Option<&str>) -> Row {
    (status, label, code.to_owned(), retry_after.map(ToOwned::to_owned))
}

async fn answer(reply: HttpAnswer) -> Row {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([reply]);
    row(&scene, scene.on_behalf_of(&ada).await.unwrap_err())
}

async fn vault_answer(reply: HttpAnswer) -> Row {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([reply]);
    let connection = Connection::name("google-oauth2").scope("calendar");
    row(&scene, scene.api.get_access_token_for_connection(&ada, connection).await.unwrap_err())
}

#[tokio::test]
async fn a_rejected_subject_token_is_401_invalid_token() {
    let rejected = expected(401, "exchange_subject_rejected", "invalid_token", None);
    assert_eq!(answer(error(403, "invalid_grant")).await, rejected);
    let scene = Scene::new();
    scene.tokens.answer([error(400, "invalid_request")]);
    assert_eq!(row(&scene, scene.profile().await.unwrap_err()), rejected);
}

#[tokio::test]
async fn a_malformed_subject_token_is_401_invalid_token() {
    let scene = Scene::new();
    let profile = ExchangeProfile::new("urn:acme:legacy-session", CALENDAR);
    let error = scene.api.get_token_by_exchange_profile(SubjectToken::unverified(" "), profile).await.unwrap_err();
    assert_eq!(row(&scene, error), expected(401, "exchange_subject_malformed", "invalid_token", None));
}

#[tokio::test]
async fn errors_that_the_user_can_resolve_are_403_with_their_own_codes() {
    let vault = |code| vault_answer(error(401, code));
    assert_eq!(
        vault("federated_connection_refresh_token_not_found").await,
        expected(403, "exchange_account_not_linked", "account_not_linked", None)
    );
    assert_eq!(
        vault("federated_connection_refresh_token_flow_failed").await,
        expected(403, "exchange_account_unusable", "account_unusable", None)
    );
    assert_eq!(vault("invalid_scope").await, expected(403, "exchange_scopes_missing", "account_scopes_missing", None));
    for (code, label, body) in [
        ("access_denied", "exchange_denied", "access_denied"),
        ("mfa_required", "exchange_mfa_required", "mfa_required"),
        ("consent_required", "exchange_interaction_required", "interaction_required"),
    ] {
        assert_eq!(answer(error(403, code)).await, expected(403, label, body, None));
    }
}

#[tokio::test]
async fn the_requirements_of_another_factor_are_those_of_the_tenant() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let requirements = json!({ "challenge": [{ "type": "otp" }] });
    let body = json!({ "error": "mfa_required", "mfa_token": "factor", "mfa_requirements": requirements });
    scene.tokens.answer([HttpAnswer::json(403, &body)]);
    let error = server_error(scene.on_behalf_of(&ada).await).unwrap();
    assert_eq!(error.mfa_token().unwrap().expose(), "factor");
    assert_eq!(error.mfa_requirements(), Some(&requirements));
}

#[tokio::test]
async fn missing_scopes_of_a_token_set_are_403_account_scopes_missing() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let tokens = scene.on_behalf_of(&ada).await.unwrap();
    let error = tokens.require_scopes(&["calendar"]).unwrap_err();
    assert_eq!(row(&scene, error), expected(403, "exchange_scopes_missing", "account_scopes_missing", None));
}

#[tokio::test]
async fn outages_and_rate_limits_are_503_with_retry_after() {
    let unavailable = "temporarily_unavailable";
    for (reply, label, retry_after) in [
        (later(503, 30), "exchange_unavailable", "30"),
        (HttpAnswer::broken(), "exchange_unavailable", "1"),
        (error(500, "server_error"), "exchange_server_trouble", "1"),
        (error(429, "too_many_requests"), "exchange_rate_limited", "1"),
        (error(429, "too_many_attempts"), "exchange_too_many_attempts", "1"),
        (HttpAnswer::json(200, &json!({ "hush": "?" })), "exchange_response", "1"),
    ] {
        assert_eq!(answer(reply).await, expected(503, label, unavailable, Some(retry_after)));
    }
}

#[tokio::test]
async fn configuration_and_input_errors_are_server_errors() {
    for (code, label) in [
        ("invalid_client", "exchange_client_rejected"),
        ("unauthorized_client", "exchange_client_rejected"),
        ("invalid_target", "exchange_rejected"),
        ("invalid_request", "exchange_rejected"),
        ("something_new", "exchange_rejected"),
    ] {
        assert_eq!(answer(error(400, code)).await, expected(500, label, "server_error", None));
    }
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let error = scene.api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(" ")).await.unwrap_err();
    assert_eq!(row(&scene, error), expected(500, "exchange_input", "server_error", None));
    let missing = row(&scene, ExchangeError::ClientAuthMissing);
    assert_eq!(missing, expected(500, "exchange_client_auth_missing", "server_error", None));
}

#[tokio::test]
async fn errors_that_an_operator_or_user_can_resolve_have_a_hint() {
    for code in [
        "federated_connection_refresh_token_not_found",
        "federated_connection_refresh_token_flow_failed",
        "access_denied",
        "consent_required",
        "insufficient_scope",
        "invalid_client",
        "invalid_grant",
        "invalid_target",
        "mfa_required",
        "too_many_attempts",
    ] {
        let scene = Scene::new();
        let ada = scene.caller("auth0|ada").await;
        scene.tokens.answer([error(400, code)]);
        let error = scene.on_behalf_of(&ada).await.unwrap_err();
        assert!(error.hint().is_some(), "{code}");
        assert_eq!(Error::from(error.clone()).hint().as_deref(), error.hint());
    }
}
