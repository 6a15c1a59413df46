//! Session transfer: a custom token exchange for a token that signs the user in at `/authorize`, once.

use std::time::Duration;

use auth0_api_testing::{Application, Credential, ExchangeRejection, Exchanged, User};
use serde_json::json;

use crate::visitor::{Visitor, authorization, parameter};
use crate::world::{EXCHANGE, Form, SECRET, World};

const PROFILE: &str = "urn:acme:support-session";
const TYPE: &str = "urn:auth0:params:oauth:token-type:session_transfer_token";

async fn world() -> World {
    let application = |id: &str| Application::machine(id, Credential::secret_post(SECRET));
    World::with(|builder| {
        builder
            .application(application("support").session_transfer())
            .application(application("not-allowed"))
            .exchange_profile(PROFILE, |request| match request.actor_token() {
                Some("of-agent") => Ok(Exchanged::user(User::new("auth0|bob")).actor("agent|7")),
                Some("of-nobody") => Ok(Exchanged::user(User::new("auth0|bob"))),
                _ => Err(ExchangeRejection::deny("no_such_agent", "There is no such agent")),
            })
    })
    .await
}

fn form(world: &World) -> Form {
    let audience = format!("urn:{}:session_transfer", world.tenant.domain().trim_start_matches("http://"));
    Form::new(&[
        ("grant_type", EXCHANGE),
        ("client_id", "support"),
        ("client_secret", SECRET),
        ("subject_token", "ticket-4711"),
        ("subject_token_type", PROFILE),
        ("actor_token", "of-agent"),
        ("actor_token_type", "urn:acme:support-agent"),
        ("audience", &audience),
    ])
}

async fn transfer_token(world: &World) -> String {
    world.ask(&form(world)).await.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_answer_is_not_that_of_an_access_token() {
    let world = world().await;
    let answer = world.ask(&form(&world)).await;
    let mut body = answer.json();
    let token = body["access_token"].take();
    assert!(token.as_str().unwrap().len() > 20 && !token.as_str().unwrap().contains('.'));
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert_eq!(body, json!({ "access_token": null, "issued_token_type": TYPE, "expires_in": 60 }));
}

#[tokio::test]
async fn a_request_that_session_transfer_does_not_allow_is_rejected() {
    let world = world().await;
    let disabled = form(&world).with("client_id", "not-allowed");
    let description = "Session transfer is not enabled for the client";
    world.rejects(&disabled, 403, "session_transfer_disabled", description).await;
    let without = form(&world).without("actor_token");
    world.rejects(&without, 400, "invalid_request", "Missing required parameter: actor_token").await;
    let unset = form(&world).with("actor_token", "of-nobody");
    world.rejects(&unset, 400, "setactor_required", "The Action must set an actor").await;
    let denied = form(&world).with("actor_token", "of-a-stranger");
    world.rejects(&denied, 400, "no_such_agent", "There is no such agent").await;
    let other = form(&world).with("audience", "urn:other.example:session_transfer");
    world.rejects(&other, 403, "access_denied", "Service not found: urn:other.example:session_transfer").await;
}

#[tokio::test]
async fn the_token_signs_its_user_in_once() {
    let world = world().await;
    let browser = Visitor::new(&world);
    browser.id_token(&authorization().with("login_hint", "auth0|ada")).await;
    let token = transfer_token(&world).await;
    let with_token = authorization().with("session_transfer_token", &token);
    assert_eq!(browser.id_token(&with_token).await["sub"], "auth0|bob");
    assert_eq!(browser.id_token(&authorization().with("prompt", "none")).await["sub"], "auth0|bob");

    for used in [&with_token, &authorization().with("session_transfer_token", "guess")] {
        let answer = Visitor::new(&world).authorize(used).await;
        let location = answer.header("location").unwrap();
        assert_eq!((parameter(location, "error").as_str(), answer.header("set-cookie")), ("access_denied", None));
    }
}

#[tokio::test]
async fn the_token_expires_after_a_minute() {
    let world = world().await;
    for (seconds, error) in [(59, ""), (60, "access_denied")] {
        let token = transfer_token(&world).await;
        world.clock.advance(Duration::from_secs(seconds));
        let answer = Visitor::new(&world).authorize(&authorization().with("session_transfer_token", &token)).await;
        assert_eq!(parameter(answer.header("location").unwrap(), "error"), error, "{seconds}");
    }
}

#[tokio::test]
async fn a_quota_is_reported_and_ends_with_429() {
    let application = Application::machine("limited", Credential::secret_post(SECRET)).hourly_quota(1);
    let world = World::with(|builder| builder.application(application)).await;
    let ask = Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", "limited"),
        ("client_secret", SECRET),
        ("audience", crate::world::CALENDAR),
    ]);
    let rejected = world.ask(&ask.with("audience", "https://nobody.example.com")).await;
    assert_eq!(rejected.header("auth0-client-quota-limit"), Some("b=per_hour;q=1;r=1;t=3600"));
    let granted = world.ask(&ask).await;
    assert_eq!((granted.status, granted.header("auth0-client-quota-limit")), (200, Some("b=per_hour;q=1;r=0;t=3600")));
    world.clock.advance(Duration::from_secs(600));
    let over = world.ask(&ask).await;
    assert_eq!((over.status, over.header("retry-after")), (429, Some("3000")));
    assert_eq!(over.json()["error"], "too_many_requests");
    assert_eq!(over.header("auth0-client-quota-limit"), Some("b=per_hour;q=1;r=0;t=3000"));
    world.clock.advance(Duration::from_secs(3000));
    assert_eq!(world.ask(&ask).await.status, 200);
    let without = world.ask(&ask.with("client_id", "calendar-client")).await;
    assert_eq!((without.status, without.header("auth0-client-quota-limit")), (200, None));
}
