//! Token Vault: linked, unlinked and expired accounts, and the third party that accepts its tokens.

use std::time::Duration;

use auth0_api_testing::{Application, LinkedAccount, RefreshTokenPolicy};
use serde_json::{Value, json};

use crate::caller::{Answer, send};
use crate::world::{ACCESS_TOKEN, Form, REFRESH_TOKEN, SECRET, VAULT, VAULT_TOKEN, World};

fn form(world: &World) -> Form {
    Form::new(&[
        ("grant_type", VAULT),
        ("client_id", "local-api-client"),
        ("client_secret", "local-api-secret"),
        ("subject_token", &world.tenant.mint().sign()),
        ("subject_token_type", ACCESS_TOKEN),
        ("requested_token_type", VAULT_TOKEN),
        ("connection", "google-oauth2"),
    ])
}

#[tokio::test]
async fn a_linked_account_gives_a_token_that_the_third_party_accepts() {
    let world = World::new().await;
    let mut body = world.ask(&form(&world)).await.json();
    let token = body["access_token"].take();
    assert_eq!(
        body,
        json!({
            "access_token": null,
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "calendar mail",
            "issued_token_type": VAULT_TOKEN,
        })
    );
    let token = token.as_str().unwrap();
    let answer = call(&world, "google-oauth2", token).await;
    assert_eq!(
        (answer.status, answer.json()),
        (
            200,
            json!({
                "connection": "google-oauth2",
                "account": "work@example.com",
                "user_id": "auth0|local-user",
                "scope": "calendar mail",
            })
        )
    );
    assert_eq!(call(&world, "slack", token).await.status, 401);
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(call(&world, "google-oauth2", token).await.status, 401);
}

#[tokio::test]
async fn the_third_party_rejects_an_access_token_of_the_tenant() {
    let world = World::new().await;
    let answer = call(&world, "google-oauth2", &world.tenant.mint().sign()).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer error=\"invalid_token\"")));
}

#[tokio::test]
async fn login_hint_selects_the_account() {
    let world = World::new().await;
    let answer = world.ask(&form(&world).with("login_hint", "home@example.com")).await.json();
    let shown = call(&world, "google-oauth2", answer["access_token"].as_str().unwrap()).await.json();
    assert_eq!((&shown["account"], &shown["scope"]), (&json!("home@example.com"), &Value::Null));
    not_linked(&world, &form(&world).with("login_hint", "unknown@example.com")).await;
}

#[tokio::test]
async fn an_account_can_be_linked_and_unlinked_while_the_tenant_runs() {
    let world = World::new().await;
    let slack = form(&world).with("connection", "slack");
    not_linked(&world, &slack).await;
    world.tenant.link("auth0|local-user", LinkedAccount::new("slack"));
    assert_eq!(world.ask(&slack).await.status, 200);
    world.tenant.unlink("auth0|local-user", "slack");
    not_linked(&world, &slack).await;
    let of_another = form(&world).with("subject_token", &world.tenant.mint().subject("auth0|bob").sign());
    not_linked(&world, &of_another).await;
}

#[tokio::test]
async fn an_expired_account_has_its_own_error() {
    let world = World::new().await;
    let reason = "The third party no longer takes the refresh token of the connection.";
    let expired = form(&world).with("connection", "github");
    world.rejects(&expired, 401, "federated_connection_refresh_token_flow_failed", reason).await;
}

#[tokio::test]
async fn a_scope_beyond_the_users_consent_is_rejected() {
    let world = World::new().await;
    assert_eq!(world.ask(&form(&world).with("scope", "mail")).await.json()["scope"], "mail");
    let reason = "The linked account has not granted the scope drive";
    world.rejects(&form(&world).with("scope", "mail drive"), 400, "invalid_scope", reason).await;
}

#[tokio::test]
async fn a_refresh_token_of_the_client_is_accepted_as_subject_token() {
    let world = World::new().await;
    let refresh_token = world.tenant.refresh_token("web", "auth0|local-user");
    let good = form(&world)
        .with("client_id", "web")
        .with("client_secret", SECRET)
        .with("subject_token", &refresh_token)
        .with("subject_token_type", REFRESH_TOKEN);
    assert_eq!(world.ask(&good).await.status, 200);
    let of_another = good.with("client_id", "local-api-client").with("client_secret", "local-api-secret");
    let reason = "Unknown or invalid refresh token.";
    world.rejects(&of_another, 403, "invalid_grant", reason).await;
    world.rejects(&good.with("subject_token", "unknown"), 403, "invalid_grant", reason).await;
    // The exchange has not used the token up, but it expires.
    assert_eq!(world.ask(&good).await.status, 200);
    world.clock.advance(Duration::from_secs(31 * 86_400));
    world.rejects(&good, 403, "invalid_grant", reason).await;
}

#[tokio::test]
async fn a_refresh_token_that_rotates_is_not_exchanged() {
    let rotating = Application::regular_web("rotating", SECRET).refresh_tokens(RefreshTokenPolicy::rotating());
    let world = World::with(|builder| builder.application(rotating)).await;
    let form = form(&world)
        .with("client_id", "rotating")
        .with("client_secret", SECRET)
        .with("subject_token", &world.tenant.refresh_token("rotating", "auth0|local-user"))
        .with("subject_token_type", REFRESH_TOKEN);
    let reason = "The refresh tokens of the client rotate: Token Vault does not exchange them";
    world.rejects(&form, 403, "unauthorized_client", reason).await;
}

#[tokio::test]
async fn a_request_with_one_fault_is_rejected() {
    let world = World::new().await;
    let good = form(&world);
    for (form, status, error, description) in [
        (good.without("connection"), 400, "invalid_request", "Missing required parameter: connection"),
        (good.with("connection", "unknown"), 400, "invalid_request", "Connection not found: unknown"),
        (
            good.without("requested_token_type"),
            400,
            "invalid_request",
            "Missing required parameter: requested_token_type",
        ),
        (
            good.with("requested_token_type", ACCESS_TOKEN),
            400,
            "invalid_request",
            "requested_token_type must be http://auth0.com/oauth/token-type/federated-connection-access-token",
        ),
        (
            good.with("subject_token_type", "urn:other"),
            400,
            "invalid_request",
            "subject_token_type is not supported here: urn:other",
        ),
        (
            good.with("subject_token", "nonsense"),
            400,
            "invalid_request",
            "The subject_token is rejected: it is not a JWT",
        ),
        (
            good.with("client_id", "web").with("client_secret", SECRET),
            403,
            "unauthorized_client",
            "The client is not linked to an API: only a Custom API client may exchange access tokens",
        ),
    ] {
        world.rejects(&form, status, error, description).await;
    }
}

async fn not_linked(world: &World, form: &Form) {
    let error = "federated_connection_refresh_token_not_found";
    world.rejects(form, 401, error, "Federated connection Refresh Token not found.").await;
}

async fn call(world: &World, connection: &str, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let url = world.tenant.third_party_url(connection);
    send("GET", &url, &[("authorization", &authorization)], "").await.unwrap()
}
