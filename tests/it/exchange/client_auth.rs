//! The methods of client authentication, and configurations that are build errors.

use auth0_api_core::http::HttpRequest;
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{ApiClient, ClientAuth, ConfigProblem, ExchangeError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::scene::{P256, Scene, header};

fn problems(api: auth0_api_core::ApiClientBuilder) -> Vec<&'static str> {
    api.build().unwrap_err().problems().iter().map(ConfigProblem::option).collect()
}

fn builder() -> auth0_api_core::ApiClientBuilder {
    ApiClient::builder("tenant.example.com", "https://api.example.com")
}

#[tokio::test]
async fn secret_post_sends_the_secret_in_the_form() {
    let scene = Scene::new();
    scene.profile().await.unwrap();
    let form = scene.last_form();
    assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("api-client", "api-secret"));
    assert_eq!(header(&scene.last_request(), "authorization"), None);
}

#[tokio::test]
async fn secret_basic_sends_the_secret_as_basic_credentials() {
    let scene = Scene::with(|builder| builder.client_auth(ClientAuth::secret_basic("api:client", "s&crét")));
    scene.profile().await.unwrap();
    let form = scene.last_form();
    assert!(!form.contains_key("client_id") && !form.contains_key("client_secret"));
    let request = scene.last_request();
    let credentials = header(&request, "authorization").unwrap().strip_prefix("Basic ").unwrap();
    assert_eq!(STANDARD.decode(credentials).unwrap(), b"api%3Aclient:s%26cr%C3%A9t");
}

#[tokio::test]
async fn each_request_has_a_new_client_assertion() {
    let key = PrivateKey::from_jwk(P256).unwrap();
    let scene = Scene::with(|builder| builder.client_auth(ClientAuth::private_key_jwt("api-client", key)));
    scene.profile().await.unwrap();
    let first = scene.last_form();
    scene.profile().await.unwrap();
    assert_ne!(first["client_assertion"], scene.last_form()["client_assertion"]);
    assert_eq!(first["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(!first.contains_key("client_secret"));
}

#[tokio::test]
async fn tls_authentication_sends_only_the_client_id() {
    let scene = Scene::with(|builder| builder.client_auth(ClientAuth::tls("api-client")));
    scene.profile().await.unwrap();
    let form = scene.last_form();
    let sent: Vec<_> = form.keys().filter(|name| name.starts_with("client")).collect();
    assert_eq!(sent, ["client_id"]);
}

#[tokio::test]
async fn without_client_credentials_no_request_is_made() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let without = builder().http_client(scene.tenant.http().clone()).build().unwrap();
    let asked = auth0_api_core::OnBehalfOf::audience("https://calendar.example.com");
    let error = without.get_token_on_behalf_of(&ada, asked).await.unwrap_err();
    assert!(matches!(error, ExchangeError::ClientAuthMissing));
    assert_eq!(scene.sent(), 0);
}

#[test]
fn an_unusable_exchange_configuration_is_a_build_error() {
    assert_eq!(problems(builder().client_auth(ClientAuth::tls("id"))), ["client_auth"]);
    assert_eq!(problems(builder().client_auth(ClientAuth::secret_basic("id", " "))), ["client_auth"]);
    assert_eq!(problems(builder().client_auth(ClientAuth::secret_post(" ", "secret"))), ["client_auth"]);
}

#[tokio::test]
async fn the_auth0_client_header_is_sent_unless_telemetry_is_off() {
    let telemetry =
        |request: &HttpRequest| header(request, "auth0-client").map(|value| STANDARD.decode(value).unwrap());
    let scene = Scene::new();
    scene.profile().await.unwrap();
    let said: serde_json::Value = serde_json::from_slice(&telemetry(&scene.last_request()).unwrap()).unwrap();
    assert_eq!(said, serde_json::json!({ "name": "auth0-api-core", "version": env!("CARGO_PKG_VERSION") }));
    assert!(scene.discovery.requests().iter().all(|request| telemetry(request).is_some()));

    let scene = Scene::with(auth0_api_core::ApiClientBuilder::without_telemetry);
    scene.profile().await.unwrap();
    assert_eq!(telemetry(&scene.last_request()), None);
    assert!(scene.discovery.requests().iter().all(|request| telemetry(request).is_none()));
}
