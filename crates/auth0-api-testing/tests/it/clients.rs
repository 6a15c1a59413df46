//! Clients at the token endpoint: authentication with each method, and the grants that a client is registered for.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::Algorithm;
use auth0_api_testing::{
    Api, Application, Credential, GrantType, LocalTenant, RecordedRequest, SigningKey, TokenBuilder,
};
use serde_json::json;

use crate::world::{Form, SECRET, World};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn form(client_id: &str) -> Form {
    Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("audience", "https://api.example.com"),
    ])
}

#[tokio::test]
async fn only_the_registered_method_authenticates_a_client() {
    let world = World::with(|builder| {
        builder
            .application(Application::machine("post", Credential::secret_post(SECRET)))
            .application(Application::machine("basic", Credential::secret_basic(SECRET)))
    })
    .await;
    // post:s3cret and basic:s3cret.
    let (post, basic) = ("Basic cG9zdDpzM2NyZXQ=", "Basic YmFzaWM6czNjcmV0");
    let in_form = |id: &str| form(id).with("client_secret", SECRET);
    assert_eq!(world.ask(&in_form("post")).await.status, 200);
    assert_eq!(world.ask_with(&[("authorization", basic)], &form("basic")).await.status, 200);
    let wrong_method = "The client is registered for client_secret_basic, not for client_secret_post";
    world.rejects(&in_form("basic"), 401, "access_denied", wrong_method).await;
    let rejected = world.ask_with(&[("authorization", post)], &form("post")).await;
    assert_eq!((rejected.status, rejected.json()["error"].as_str()), (401, Some("access_denied")));
    let nothing = "The client is registered for client_secret_post, not for none";
    world.rejects(&form("post"), 401, "access_denied", nothing).await;
    world.rejects(&in_form("post").with("client_secret", "wrong"), 401, "access_denied", "Unauthorized").await;
    world.rejects(&form("unknown").with("client_secret", SECRET), 401, "access_denied", "Unauthorized").await;
}

#[tokio::test]
async fn other_endpoints_answer_invalid_client_for_a_wrong_secret() {
    let world = World::new().await;
    for path in ["/oauth/revoke", "/bc-authorize"] {
        let form = form("web").with("client_secret", "wrong").with("token", "t");
        let answer = crate::caller::post_form(&format!("{}{path}", world.tenant.domain()), &[], &form.body()).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some("invalid_client")), "{path}");
    }
}

#[tokio::test]
async fn a_client_may_use_only_its_registered_grants() {
    let world = World::with(|builder| {
        builder.application(Application::machine("narrow", SECRET).grants([GrantType::TokenExchange]))
    })
    .await;
    let rejected = "Grant type 'client_credentials' not allowed for the client.";
    world.rejects(&form("narrow").with("client_secret", SECRET), 403, "unauthorized_client", rejected).await;
    world.rejects(&form("page"), 403, "unauthorized_client", rejected).await;
}

#[tokio::test]
async fn an_assertion_of_every_algorithm_is_accepted_once() {
    for algorithm in Algorithm::ALL {
        let (world, key) = with_key(algorithm).await;
        let assertion = good(&world, &key).sign();
        assert_eq!(world.ask(&asserted(&assertion)).await.status, 200, "{algorithm}");
        assert_eq!(world.ask(&asserted(&assertion).without("client_id")).await.status, 401);
        world.rejects(&asserted(&assertion), 401, "invalid_client", &rejected("its jti has been used before")).await;
    }
}

#[tokio::test]
async fn a_jti_may_be_reused_after_its_assertion_has_expired() {
    let (world, key) = with_key(Algorithm::ES256).await;
    assert_eq!(world.ask(&asserted(&good(&world, &key).claim("jti", "one").sign())).await.status, 200);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(world.ask(&asserted(&good(&world, &key).claim("jti", "one").sign())).await.status, 200);
}

#[tokio::test]
async fn an_assertion_for_the_token_endpoint_is_accepted_without_a_client_id() {
    let (world, key) = with_key(Algorithm::ES256).await;
    let endpoint = format!("{}/oauth/token", world.tenant.domain());
    let assertion = good(&world, &key).audience(&endpoint).sign();
    assert_eq!(world.ask(&asserted(&assertion).without("client_id")).await.status, 200);
}

#[tokio::test]
async fn an_assertion_with_one_fault_is_rejected() {
    let (world, key) = with_key(Algorithm::ES256).await;
    let now = world.tenant.clock().now();
    let good = || good(&world, &key);
    let other_key = SigningKey::generate(Algorithm::ES256);
    for (assertion, reason) in [
        (good().key(&other_key), "its signature does not verify"),
        (good().header("alg", "none").raw_signature(""), "its signature does not verify"),
        (good().header("alg", "ES384"), "its signature does not verify"),
        (good().issuer("other"), "iss is not the client"),
        (good().subject("other"), "sub is another client"),
        (good().audience("https://other.example.com/"), "aud is not this tenant"),
        (good().without_claim("aud"), "aud is not this tenant"),
        (good().expires_at(now), "it has expired or is not valid yet"),
        (good().without_claim("exp"), "it has expired or is not valid yet"),
        (good().not_before(now + Duration::from_secs(1)), "it has expired or is not valid yet"),
        (good().expires_at(now + Duration::from_secs(301)), "exp is more than five minutes ahead"),
        (good().without_claim("jti"), "jti is missing"),
        (good().raw_claims("[]"), "it is not a JWT"),
    ] {
        world.rejects(&asserted(&assertion.sign()), 401, "invalid_client", &rejected(reason)).await;
    }
    let unknown = asserted(&good().subject("unknown").sign()).without("client_id");
    world.rejects(&unknown, 401, "invalid_client", &rejected("sub is no client")).await;
    let with_secret = asserted(&good().subject("web").sign()).without("client_id");
    world.rejects(&with_secret, 401, "invalid_client", &rejected("the client is not registered for it")).await;
    let other_type = asserted(&good().sign()).with("client_assertion_type", "urn:other");
    let wanted = format!("client_assertion_type must be {ASSERTION}");
    world.rejects(&other_type, 400, "invalid_request", &wanted).await;
    let twice = asserted(&good().sign()).with("client_secret", SECRET);
    world.rejects(&twice, 400, "invalid_request", "The client authenticates twice").await;
}

#[tokio::test]
async fn the_api_under_test_is_registered_as_a_client() {
    let tenant = LocalTenant::builder().api_client("mine", "my-secret").start().await.unwrap();
    assert_eq!((tenant.api_client_id(), tenant.api_client_secret()), ("mine", "my-secret"));
    let world = World::new().await;
    assert_eq!(world.tenant.api_client_id(), "local-api-client");
    let own = form("local-api-client").with("client_secret", "local-api-secret");
    assert_eq!(world.claims(&own).await["sub"], "local-api-client@clients");
}

#[test]
fn debug_shows_no_secret() {
    let builder = LocalTenant::builder().client("me", "hush").api_client("mine", "hush");
    let builder = builder.application(Application::machine("basic", Credential::secret_basic("hush")));
    let shown = format!("{builder:?}");
    assert!(shown.contains("client_secret_basic") && !shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn an_invalid_registration_makes_the_start_fail() {
    let profile = |name: &str| {
        let action = |_: &auth0_api_testing::ExchangeRequest| Ok(auth0_api_testing::User::new("auth0|ada"));
        LocalTenant::builder().exchange_profile(name, action)
    };
    for (builder, problem) in [
        (
            LocalTenant::builder()
                .application(Application::single_page("page"))
                .application(Application::machine("page", SECRET)),
            "the application page is registered twice",
        ),
        (
            profile("urn:ietf:params:oauth:token-type:jwt"),
            "the subject_token_type urn:ietf:params:oauth:token-type:jwt is in a reserved namespace",
        ),
        (profile("urn:a:b"), "the subject_token_type urn:a:b must have 8 to 100 characters"),
        (
            LocalTenant::builder().api(Api::new("urn:a").token_lifetime(Duration::MAX)),
            "the token_lifetime of the API urn:a must be from 1 s to 30 days",
        ),
    ] {
        let error = builder.start().await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (std::io::ErrorKind::InvalidInput, problem));
    }
}

#[tokio::test]
async fn requests_are_recorded_with_their_auth0_client_header() {
    let world = World::new().await;
    // {"name":"a library","version":"1"}
    let telemetry = ("auth0-client", "eyJuYW1lIjoiYSBsaWJyYXJ5IiwidmVyc2lvbiI6IjEifQ==");
    let asked = form("local-client").with("client_secret", "local-secret").with("colour", "red");
    world.ask_with(&[telemetry], &asked).await;
    world.ask(&asked.with("client_secret", "wrong")).await;
    let requests = world.tenant.token_requests();
    assert_eq!(requests.iter().map(RecordedRequest::status).collect::<Vec<_>>(), [200, 401]);
    let first = &requests[0];
    assert_eq!(first.auth0_client(), Some(json!({ "name": "a library", "version": "1" })));
    assert_eq!((first.field("colour"), first.field("client_secret")), (Some("red"), Some("local-secret")));
    assert_eq!(first.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(first.fields().count(), 5);
    let shown = format!("{requests:?}");
    assert!(shown.contains("red") && !shown.contains("local-secret") && !shown.contains("eyJ"), "{shown}");
    assert_eq!(requests[1].auth0_client(), None);
    world.tenant.reset_requests();
    assert!(world.tenant.token_requests().is_empty());
}

async fn with_key(algorithm: Algorithm) -> (World, SigningKey) {
    let key = SigningKey::generate(algorithm);
    let credential = Credential::private_key_jwt(&key);
    let world = World::with(|builder| builder.application(Application::machine("signer", credential))).await;
    (world, key)
}

fn good(world: &World, key: &SigningKey) -> TokenBuilder {
    let now = world.tenant.clock().now();
    let unique = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    world
        .tenant
        .mint()
        .key(key)
        .issuer("signer")
        .subject("signer")
        .audience(world.tenant.issuer())
        .expires_at(now + Duration::from_secs(60))
        .claim("jti", format!("{unique}"))
}

fn asserted(assertion: &str) -> Form {
    form("signer").with("client_assertion", assertion).with("client_assertion_type", ASSERTION)
}

fn rejected(reason: &str) -> String {
    format!("The client assertion is rejected: {reason}")
}
