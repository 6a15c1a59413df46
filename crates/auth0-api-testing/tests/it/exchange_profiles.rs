//! Custom token exchange: the request that an Action receives, and the response to each of its decisions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_testing::{ExchangeRejection, ExchangeRequest, Exchanged, User};
use serde_json::json;

use crate::caller::{get, part, send, verifies};
use crate::world::{ACCESS_TOKEN, CALENDAR, EXCHANGE, Form, PROFILE, World};

fn form() -> Form {
    Form::new(&[
        ("grant_type", EXCHANGE),
        ("client_id", "local-client"),
        ("client_secret", "local-secret"),
        ("subject_token", "session-of-ada"),
        ("subject_token_type", PROFILE),
        ("audience", CALENDAR),
        ("scope", "read:events delete:events"),
    ])
}

#[tokio::test]
async fn the_token_is_for_the_user_that_the_action_returns() {
    let world = World::new().await;
    let answer = world.ask(&form()).await;
    assert_eq!(answer.status, 200);
    let mut body = answer.json();
    let token = body["access_token"].take();
    assert_eq!(
        body,
        json!({
            "access_token": null,
            "token_type": "Bearer",
            "expires_in": 86_400,
            "scope": "read:events",
            "issued_token_type": ACCESS_TOKEN,
        })
    );
    assert_eq!(
        part(token.as_str().unwrap(), 1),
        json!({
            "iss": world.tenant.issuer(),
            "sub": "auth0|ada",
            "aud": CALENDAR,
            "azp": "local-client",
            "iat": 1_700_000_000,
            "exp": 1_700_086_400,
            "scope": "read:events",
        })
    );
    let jwks = get(&format!("{}/.well-known/jwks.json", world.tenant.domain())).await.json();
    assert!(verifies(token.as_str().unwrap(), &jwks));
}

#[tokio::test]
async fn openid_and_offline_access_add_id_and_refresh_tokens() {
    let world = World::new().await;
    let web = form().with("client_id", "web").with("client_secret", "s3cret");
    let answer = world.ask(&web.with("scope", "openid email offline_access read:events")).await.json();
    let id_token = part(answer["id_token"].as_str().unwrap(), 1);
    assert_eq!(
        id_token,
        json!({
            "iss": world.tenant.issuer(),
            "sub": "auth0|ada",
            "aud": "web",
            "iat": 1_700_000_000,
            "exp": 1_700_036_000,
            "auth_time": 1_700_000_000,
            "email": "ada@example.com",
            "email_verified": true,
        })
    );
    let access = part(answer["access_token"].as_str().unwrap(), 1);
    assert_eq!(access["aud"], json!([CALENDAR, format!("{}/userinfo", world.tenant.domain())]));
    assert!(answer["refresh_token"].is_string());
    let without = world.ask(&form().with("scope", "openid offline_access")).await.json();
    assert!(without.get("refresh_token").is_none(), "a machine is not registered for refresh tokens");
}

#[tokio::test]
async fn the_action_receives_every_field() {
    let seen = Arc::new(Mutex::new(String::new()));
    let writes = Arc::clone(&seen);
    let world = World::with(|builder| {
        builder.exchange_profile("urn:acme:everything", move |request: &ExchangeRequest| {
            let extras: Vec<_> = request.extras().map(|(name, values)| format!("{name}={values:?}")).collect();
            *writes.lock().unwrap() = [
                request.subject_token(),
                request.subject_token_type(),
                request.actor_token().unwrap(),
                request.actor_token_type().unwrap(),
                request.audience(),
                &request.scopes().collect::<Vec<_>>().join("+"),
                request.organization().unwrap(),
                request.client_id(),
                request.extra("device").unwrap(),
                &extras.join(","),
                &format!("{request:?}"),
            ]
            .join("|");
            Ok(Exchanged::user(User::new("auth0|ada").access_token_claim("https://acme.example/tier", "gold"))
                .actor("agent|7"))
        })
    })
    .await;
    let asked = form()
        .with("subject_token_type", "urn:acme:everything")
        .with("actor_token", "token-of-agent")
        .with("actor_token_type", "urn:acme:agent")
        .with("organization", "ACME")
        .with("device", "kiosk");
    let body = format!("{}&tag=a&tag=b", asked.body());
    let url = format!("{}/oauth/token", world.tenant.domain());
    let answer = send("POST", &url, &[("content-type", "application/x-www-form-urlencoded")], &body).await.unwrap();
    let claims = part(answer.json()["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["act"], json!({ "sub": "agent|7" }));
    assert_eq!((&claims["org_id"], &claims["org_name"]), (&json!("org_acme"), &json!("acme")));
    assert_eq!(claims["https://acme.example/tier"], "gold");
    let seen = seen.lock().unwrap().clone();
    let (facts, shown) = seen.rsplit_once("|ExchangeRequest").unwrap();
    assert_eq!(
        facts,
        "session-of-ada|urn:acme:everything|token-of-agent|urn:acme:agent|https://calendar.example.com|\
         read:events+delete:events|org_acme|local-client|kiosk|device=[\"kiosk\"],tag=[\"a\", \"b\"]"
    );
    assert!(!shown.contains("session-of-ada") && !shown.contains("token-of-agent"), "{shown}");
}

#[tokio::test]
async fn json_lists_reach_the_action() {
    let world = World::with(|builder| {
        builder.exchange_profile("urn:acme:lists", |request: &ExchangeRequest| {
            assert_eq!(request.extras().next().unwrap().1, ["a", "b"]);
            Ok::<_, ExchangeRejection>(User::new("auth0|ada"))
        })
    })
    .await;
    let body = json!({
        "grant_type": EXCHANGE, "client_id": "local-client", "client_secret": "local-secret", "subject_token": "x",
        "subject_token_type": "urn:acme:lists", "audience": CALENDAR, "tag": ["a", "b"],
    });
    let url = format!("{}/oauth/token", world.tenant.domain());
    let answer = send("POST", &url, &[("content-type", "application/json")], &body.to_string()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_request_with_one_fault_is_rejected() {
    let world = World::new().await;
    for (form, status, error, description) in [
        (form().without("subject_token"), 400, "invalid_request", "Missing required parameter: subject_token"),
        (
            form().without("subject_token_type"),
            400,
            "invalid_request",
            "Missing required parameter: subject_token_type",
        ),
        (
            form().with("subject_token_type", "urn:acme:unknown"),
            400,
            "invalid_request",
            "No profile for the subject_token_type urn:acme:unknown",
        ),
        (form().with("audience", "urn:other"), 403, "access_denied", "Service not found: urn:other"),
        (form().with("organization", "unknown"), 400, "invalid_request", "Organization not found: unknown"),
        (
            form().with("organization", "org_other"),
            403,
            "access_denied",
            "user auth0|ada is not part of the org_other organization",
        ),
        (form().with("actor_token", "token"), 400, "invalid_request", "actor_token and actor_token_type go together"),
        (form().with("subject_token", "session-of-locked"), 400, "account_locked", "the account is locked"),
        (form().with("subject_token", "nonsense"), 400, "invalid_request", "no such session"),
    ] {
        world.rejects(&form, status, error, description).await;
    }
}

#[tokio::test]
async fn ten_rejected_subject_tokens_lock_out_the_address() {
    let world = World::new().await;
    let bad = form().with("subject_token", "nonsense");
    for _ in 0..10 {
        assert_eq!(world.ask(&bad).await.status, 400);
        world.clock.advance(Duration::from_secs(10));
    }
    let locked_out = world.ask(&form()).await;
    assert_eq!((locked_out.status, locked_out.header("retry-after")), (429, Some("260")));
    assert_eq!(locked_out.json()["error"], "too_many_attempts");
    world.clock.advance(Duration::from_secs(260));
    assert_eq!(world.ask(&form()).await.status, 200);
}

#[tokio::test]
async fn an_action_can_require_mfa() {
    let world = World::with(|builder| {
        let action = |_: &ExchangeRequest| Err::<User, _>(ExchangeRejection::require_mfa());
        builder.exchange_profile("urn:acme:careful", action)
    })
    .await;
    let answer = world.ask(&form().with("subject_token_type", "urn:acme:careful")).await;
    let mut body = answer.json();
    assert!(body["mfa_token"].take().is_string());
    assert_eq!(
        (answer.status, body),
        (
            403,
            json!({
                "error": "mfa_required",
                "error_description": "Multifactor authentication required",
                "mfa_token": null,
                "mfa_requirements": { "challenge": [{ "type": "otp" }] },
            })
        )
    );
}

#[tokio::test]
async fn denials_do_not_count_as_rejected_subject_tokens() {
    let world = World::new().await;
    for _ in 0..11 {
        assert_eq!(
            world.ask(&form().with("subject_token", "session-of-locked")).await.json()["error"],
            "account_locked"
        );
    }
}
