//! Refresh tokens: rotation, policies for several APIs, and tokens that end with the session.

use std::time::Duration;

use auth0_api_testing::{Api, Application, RefreshTokenPolicy};
use serde_json::Value;

use crate::caller::part;
use crate::visitor::{Visitor, authorization, parameter, redemption, refresh, text};
use crate::world::{CALENDAR, Form, SECRET, World};

const UNKNOWN: &str = "Unknown or invalid refresh token.";
const API: &str = "https://api.example.com";

async fn with_policy(policy: RefreshTokenPolicy) -> World {
    World::with(|builder| builder.application(Application::single_page("own").refresh_tokens(policy))).await
}

/// Signs in to the client `own`, and returns its refresh token.
async fn own_token(world: &World) -> String {
    let form = authorization().with("client_id", "own");
    let answer = Visitor::new(world).authorize(&form).await;
    let code = parameter(answer.header("location").unwrap(), "code");
    text(&world.ask(&redemption(&code).with("client_id", "own")).await.json(), "refresh_token").to_owned()
}

fn own(refresh_token: &str) -> Form {
    refresh(refresh_token).with("client_id", "own")
}

async fn next(world: &World, form: &Form) -> String {
    let answer = world.ask(form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    text(&answer.json(), "refresh_token").to_owned()
}

#[tokio::test]
async fn a_public_client_gets_a_new_refresh_token_each_time() {
    let world = World::new().await;
    let first = Visitor::new(&world).tokens(&authorization()).await;
    let login = part(text(&first, "id_token"), 1);
    world.clock.advance(Duration::from_secs(60));
    let mut token = text(&first, "refresh_token").to_owned();
    for _ in 0..3 {
        let again = world.ask(&refresh(&token)).await.json();
        assert_eq!((&again["scope"], &again["token_type"]), (&first["scope"], &first["token_type"]));
        assert_eq!(part(text(&again, "access_token"), 1)["sub"], "auth0|ada");
        let id_token = part(text(&again, "id_token"), 1);
        assert_eq!((&id_token["auth_time"], &id_token["sid"]), (&login["auth_time"], &login["sid"]));
        assert_eq!(id_token.get("nonce"), None);
        assert_ne!(again["refresh_token"], token.as_str());
        text(&again, "refresh_token").clone_into(&mut token);
    }
}

#[tokio::test]
async fn an_api_without_offline_access_gives_no_refresh_token() {
    const ONLINE_ONLY: &str = "https://online.example.com";
    let api = || Api::new(ONLINE_ONLY).scopes(["read:events"]).without_offline_access();
    let world = World::with(|builder| builder.api(api())).await;
    for (audience, scope, has_refresh_token) in [
        (ONLINE_ONLY, "openid profile email read:events", false),
        (CALENDAR, "openid profile email offline_access read:events", true),
    ] {
        let tokens = Visitor::new(&world).tokens(&authorization().with("audience", audience)).await;
        let claims = part(text(&tokens, "access_token"), 1);
        assert_eq!((&tokens["scope"], &claims["scope"]), (&scope.into(), &scope.into()));
        assert_eq!(tokens.get("refresh_token").is_some(), has_refresh_token, "{tokens}");
    }
    // The setting is about offline access only.
    let form = authorization().with("audience", ONLINE_ONLY).with("scope", "openid offline_access online_access");
    let code = parameter(Visitor::new(&world).authorize(&form).await.header("location").unwrap(), "code");
    let endpoint = format!("{}/oauth/token", world.tenant.domain());
    let proof = world.tenant.dpop_client().proof("POST", &endpoint).sign();
    let online = world.ask_with(&[("dpop", &proof)], &redemption(&code)).await.json();
    assert_eq!((&online["scope"], online.get("refresh_token").is_some()), (&"openid".into(), true), "{online}");
    // A policy of the client covers the API as before.
    let other = Visitor::new(&world).tokens(&authorization()).await;
    let form = refresh(text(&other, "refresh_token")).with("audience", ONLINE_ONLY);
    assert_eq!(world.claims(&form).await["azp"], "page");
}

#[tokio::test]
async fn a_refresh_token_that_is_used_twice_ends_its_family() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    let first = text(&browser.tokens(&authorization()).await, "refresh_token").to_owned();
    let other_login = text(&browser.tokens(&authorization()).await, "refresh_token").to_owned();
    let second = next(&world, &refresh(&first)).await;
    let third = next(&world, &refresh(&second)).await;
    world.rejects(&refresh(&first), 403, "invalid_grant", UNKNOWN).await;
    world.rejects(&refresh(&third), 403, "invalid_grant", UNKNOWN).await;
    next(&world, &refresh(&other_login)).await;
}

#[tokio::test]
async fn a_request_that_is_rejected_for_another_reason_does_not_spend_the_token() {
    let world = World::new().await;
    let token = text(&Visitor::new(&world).tokens(&authorization()).await, "refresh_token").to_owned();
    let form = refresh(&token);
    world.rejects(&form.with("audience", "urn:other"), 403, "access_denied", "Service not found: urn:other").await;
    let of_another = form.with("client_id", "web").with("client_secret", SECRET);
    world.rejects(&of_another, 403, "invalid_grant", UNKNOWN).await;
    world.rejects(&refresh("nonsense"), 403, "invalid_grant", UNKNOWN).await;
    world.tenant.require_dpop_nonce(true);
    let url = format!("{}/oauth/token", world.tenant.domain());
    let proof = world.tenant.dpop_client().proof("POST", &url).sign();
    assert_eq!(world.ask_with(&[("dpop", &proof)], &form).await.json()["error"], "use_dpop_nonce");
    next(&world, &form).await;
}

#[tokio::test]
async fn within_the_leeway_an_old_token_is_accepted() {
    let world = with_policy(RefreshTokenPolicy::rotating().leeway(Duration::from_secs(10))).await;
    let first = own_token(&world).await;
    let second = next(&world, &own(&first)).await;
    world.clock.advance(Duration::from_secs(9));
    let parallel = next(&world, &own(&first)).await;
    next(&world, &own(&second)).await;
    let newest = next(&world, &own(&parallel)).await;
    world.clock.advance(Duration::from_secs(1));
    world.rejects(&own(&first), 403, "invalid_grant", UNKNOWN).await;
    world.rejects(&own(&newest), 403, "invalid_grant", UNKNOWN).await;
}

#[tokio::test]
async fn a_refresh_token_expires_with_its_lifetime_and_without_use() {
    let day = Duration::from_secs(86_400);
    let world = World::new().await;
    let browser = Visitor::new(&world);
    let mut token = text(&browser.tokens(&authorization()).await, "refresh_token").to_owned();
    for _ in 0..2 {
        world.clock.advance(14 * day);
        token = next(&world, &refresh(&token)).await;
    }
    world.clock.advance(2 * day);
    world.rejects(&refresh(&token), 403, "invalid_grant", UNKNOWN).await;
    let idle = text(&browser.tokens(&authorization()).await, "refresh_token").to_owned();
    world.clock.advance(15 * day);
    world.rejects(&refresh(&idle), 403, "invalid_grant", UNKNOWN).await;
    let world = with_policy(RefreshTokenPolicy::rotating().lifetime(2 * day).idle_lifetime(day)).await;
    let token = own_token(&world).await;
    world.clock.advance(day);
    world.rejects(&own(&token), 403, "invalid_grant", UNKNOWN).await;
}

#[tokio::test]
async fn a_client_with_a_credential_keeps_its_refresh_token() {
    let world = World::new().await;
    let answer = Visitor::new(&world).authorize(&authorization().with("client_id", "web")).await;
    let code = parameter(answer.header("location").unwrap(), "code");
    let as_web = |form: Form| form.with("client_id", "web").with("client_secret", SECRET);
    let first = world.ask(&as_web(redemption(&code))).await.json();
    for _ in 0..2 {
        let again = world.ask(&as_web(refresh(text(&first, "refresh_token")))).await;
        assert!(again.status == 200 && again.json().get("refresh_token").is_none(), "{}", again.body);
    }
}

#[tokio::test]
async fn by_default_a_refresh_token_is_for_every_api_and_all_its_scopes() {
    let world = World::new().await;
    let form = authorization().with("scope", "openid offline_access");
    let mut token = text(&Visitor::new(&world).tokens(&form).await, "refresh_token").to_owned();
    let all = "openid profile email offline_access";
    for (audience, requested, granted) in [
        (CALENDAR, "openid read:events offline_access nonsense", "openid read:events offline_access"),
        (API, &*format!("{all} read:orders"), &*format!("{all} read:orders")),
        (CALENDAR, "", "openid offline_access"),
        (
            &*world.tenant.my_account_audience(),
            "openid create:me:connected_accounts",
            "openid create:me:connected_accounts",
        ),
    ] {
        let answer = world.ask(&refresh(&token).with("audience", audience).with("scope", requested)).await;
        let json = answer.json();
        assert_eq!(json["scope"], granted, "{}", answer.body);
        assert_eq!(part(text(&json, "access_token"), 1)["scope"], granted);
        assert!(aud(&json).contains(&audience.to_owned()), "{audience}");
        text(&json, "refresh_token").clone_into(&mut token);
    }
    let without_scope = world.ask(&refresh(&token).with("audience", &world.tenant.my_account_audience())).await.json();
    assert!(text(&without_scope, "scope").contains("create:me:connected_accounts"), "{without_scope}");
}

#[tokio::test]
async fn a_policy_limits_the_apis_and_scopes_of_a_refresh_token() {
    let policy = RefreshTokenPolicy::rotating().audience(API, ["read:orders"]);
    let world = with_policy(policy).await;
    let token = own_token(&world).await;
    let ask = |token: &str| own(token).with("audience", API).with("scope", "openid read:orders write:orders");
    let answer = world.ask(&ask(&token)).await.json();
    assert_eq!(answer["scope"], "openid read:orders");
    let token = text(&answer, "refresh_token");
    let own_api = world.ask(&own(token).with("scope", "read:events write:events")).await.json();
    assert_eq!(own_api["scope"], "read:events", "the policy does not name the API, so only the consent counts");
    let me = world.tenant.my_account_audience();
    let description = format!("The refresh token policies of the client do not include {me}");
    let form = own(text(&own_api, "refresh_token")).with("audience", &me);
    world.rejects(&form, 403, "access_denied", &description).await;

    let world = with_policy(RefreshTokenPolicy::rotating().one_audience()).await;
    let form = own(&own_token(&world).await).with("audience", API);
    let description = format!("The refresh token policies of the client do not include {API}");
    world.rejects(&form, 403, "access_denied", &description).await;
}

#[tokio::test]
async fn an_online_refresh_token_is_bound_does_not_rotate_and_ends_with_the_session() {
    let world = World::new().await;
    let (key, url) = (world.tenant.dpop_client(), format!("{}/oauth/token", world.tenant.domain()));
    let browser = Visitor::new(&world);
    let form = authorization().with("scope", "openid online_access read:events");
    let unbound = browser.tokens(&form).await;
    assert_eq!(unbound.get("refresh_token"), None);
    let answer = browser.authorize(&form).await;
    let code = parameter(answer.header("location").unwrap(), "code");
    let ask = async |form: &Form| world.ask_with(&[("dpop", &key.proof("POST", &url).sign())], form).await;
    let first = ask(&redemption(&code)).await.json();
    assert_eq!(first["scope"], "openid read:events", "the answer never names online_access");
    assert_eq!(part(text(&first, "access_token"), 1)["scope"], "openid read:events");
    let form = refresh(text(&first, "refresh_token"));
    for _ in 0..2 {
        let again = ask(&form).await.json();
        assert!(again["access_token"].is_string() && again.get("refresh_token").is_none(), "{again}");
    }
    assert_eq!(world.ask(&form).await.json()["error"], "invalid_grant", "it is bound to the key");
    browser.tokens(&authorization().with("prompt", "login")).await;
    assert_eq!(ask(&form).await.json()["error_description"], UNKNOWN, "the session has ended");
}

fn aud(answer: &Value) -> Vec<String> {
    let claims = part(text(answer, "access_token"), 1);
    match &claims["aud"] {
        Value::Array(list) => list.iter().map(|aud| aud.as_str().unwrap().to_owned()).collect(),
        aud => vec![aud.as_str().unwrap().to_owned()],
    }
}
