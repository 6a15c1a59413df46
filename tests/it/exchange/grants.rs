//! Custom grants.

use std::time::{Duration, SystemTime};

use auth0_api_core::exchange::{Grant, GrantRequest, InputError};
use auth0_api_core::{Clock as _, DpopPolicy, Error, ExchangeError};
use auth0_api_testing::HttpAnswer;
use serde_json::json;

use super::scene::{Scene, text};
use super::scripted::tokens;

/// A grant that requests a token for the API itself.
struct ClientCredentials {
    audience: &'static str,
    until: Option<SystemTime>,
}

impl Grant for ClientCredentials {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        if self.audience.is_empty() {
            return Err(InputError::Blank { parameter: "audience" });
        }
        let request = GrantRequest::new("client_credentials").field("audience", self.audience);
        Ok(request.cacheable().subject_expires_at(self.until))
    }
}

/// A grant that sets the given form field.
struct SettingField(&'static str);

impl Grant for SettingField {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new("urn:acme:grant").field(self.0, "x"))
    }
}

/// A grant with a credential that the API has kept, or that the caller has presented.
struct Credential {
    presented_by_caller: bool,
}

impl Grant for Credential {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        let request = GrantRequest::new("urn:acme:grant").field("code", "x");
        Ok(if self.presented_by_caller { request.subject_of_caller() } else { request })
    }
}

const ORDERS: &str = "https://orders.example.com";

#[tokio::test]
async fn a_custom_grant_is_authenticated_retried_and_cached() {
    let scene = Scene::new();
    scene.tokens.answer([HttpAnswer::unreachable(), tokens("own")]);
    let own = ClientCredentials { audience: ORDERS, until: None };
    for _ in 0..3 {
        assert_eq!(text(&scene.api.exchange(&own).await), Ok("own"));
    }
    let form: Vec<_> = scene.last_form().into_iter().collect();
    let expected = [
        ("audience", ORDERS),
        ("client_id", "api-client"),
        ("client_secret", "api-secret"),
        ("grant_type", "client_credentials"),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(scene.sent(), 2, "one failed connection, one request for all three calls");
}

#[tokio::test]
async fn a_custom_grant_can_be_a_trait_object() {
    let scene = Scene::new();
    let own: Box<dyn Grant> = Box::new(ClientCredentials { audience: ORDERS, until: None });
    assert_eq!(text(&scene.api.exchange(&*own).await), Ok("new-token"));
}

#[tokio::test]
async fn an_invalid_custom_grant_causes_no_request() {
    let scene = Scene::new();
    let error = scene.api.exchange(&ClientCredentials { audience: "", until: None }).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Input(InputError::Blank { parameter: "audience" })));
    for name in ["client_id", "CLIENT_SECRET", "client_assertion", "client_assertion_type", "grant_type"] {
        let error = scene.api.exchange(&SettingField(name)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("reserved parameters cannot be set: {name}"));
    }
    assert_eq!(scene.sent() + scene.discovery.count(), 0);
}

#[tokio::test]
async fn a_rejected_credential_is_the_fault_of_a_caller_only_if_the_caller_has_presented_it() {
    for (presented_by_caller, expected) in
        [(false, (500, "exchange_rejected")), (true, (401, "exchange_subject_rejected"))]
    {
        let scene = Scene::new();
        scene.tokens.answer([HttpAnswer::json(403, &json!({ "error": "invalid_grant" }))]);
        let error = Error::from(scene.api.exchange(&Credential { presented_by_caller }).await.unwrap_err());
        assert_eq!((error.status(), error.label()), expected);
    }
}

/// The scheme of the request is not known to `ApiClient::reject`.
#[tokio::test]
async fn the_error_of_an_exchange_is_in_a_challenge_that_the_api_offers() {
    for (policy, expected) in [
        (DpopPolicy::require(), "DPoP error="),
        (DpopPolicy::accept(), "Bearer realm"),
        (DpopPolicy::ignore(), "Bearer realm"),
    ] {
        let scene = Scene::with(|builder| builder.dpop(policy));
        scene.tokens.answer([HttpAnswer::json(403, &json!({ "error": "invalid_grant" }))]);
        let error = Error::from(scene.api.exchange(&Credential { presented_by_caller: true }).await.unwrap_err());
        let rejection = scene.api.reject(&error);
        let challenges: Vec<_> = rejection.challenges().iter().map(ToString::to_string).collect();
        let with_error: Vec<_> = challenges.iter().filter(|challenge| challenge.contains("invalid_token")).collect();
        assert!(matches!(with_error[..], [one] if one.starts_with(expected)), "{challenges:?}");
    }
}

#[tokio::test]
async fn cached_answers_of_a_custom_grant_expire_with_its_subject() {
    let scene = Scene::new();
    let until = Some(scene.tenant.clock().now() + Duration::from_secs(100));
    let own = ClientCredentials { audience: ORDERS, until };
    for (passed, sent) in [(0, 1), (69, 1), (1, 2)] {
        scene.pass(passed);
        scene.api.exchange(&own).await.unwrap();
        assert_eq!(scene.sent(), sent);
    }
}

#[tokio::test]
async fn id_and_refresh_tokens_are_kept_only_for_custom_grants() {
    let scene = Scene::new();
    let body = json!({ "access_token": "a", "token_type": "Bearer", "refresh_token": "r", "id_token": "no.id.token" });
    scene.tokens.answer([HttpAnswer::json(200, &body)]);
    let ada = scene.caller("auth0|ada").await;
    // An on-behalf-of exchange drops ID and refresh tokens without reading them. A custom grant keeps both, so the
    // client checks them.
    let tokens = scene.on_behalf_of(&ada).await.unwrap();
    assert!(tokens.refresh_token().is_none() && tokens.id_token().is_none());
    let error = scene.api.exchange(&SettingField("anything")).await.unwrap_err();
    assert_eq!(error.to_string(), "the ID token in the token response is not valid");
}
