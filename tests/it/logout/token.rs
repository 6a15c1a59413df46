//! Each check of a logout token. Each rejected token differs from an accepted one in one thing.

use std::time::Duration;

use auth0_api_core::logout::MemoryRevocationStore;
use auth0_api_core::{Algorithm, ApiClient, LogoutPolicy};
use auth0_api_testing::{SigningKey, TestWorld, TokenBuilder, status_and_label};
use serde_json::{Value, json};

use super::{PHONE, SHOP, receive, world};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Presents a logout token that is valid except for one change.
async fn with(world: &TestWorld, change: impl FnOnce(TokenBuilder) -> TokenBuilder) -> String {
    receive(&world.api, &change(world.tenant.mint_logout(SHOP)).sign()).await
}

#[tokio::test]
async fn a_logout_token_is_read() {
    let world = world().await;
    let token = world.tenant.mint_logout(PHONE).subject("auth0|ada").claim("sid", "session-1").sign();
    let logout = world.api.receive_logout(&token).await.unwrap();
    assert_eq!((logout.issuer(), logout.subject()), (world.tenant.issuer(), "auth0|ada"));
    assert_eq!((logout.session_id(), logout.client_id()), (Some("session-1"), PHONE));
    assert_eq!(logout.issued_at(), world.now());
    let shown = format!("{logout:?}");
    assert!(!shown.contains("ada") && !shown.contains("session-1"), "{shown}");
}

#[tokio::test]
async fn the_signature_is_checked_as_that_of_an_access_token() {
    let world = world().await;
    let key = SigningKey::generate(Algorithm::RS256);
    let table = [
        (with(&world, |token| token.key(&key)).await, "400 logout_key_unknown"),
        (with(&world, |token| token.key(&key).header("kid", world.tenant.current_kid())).await, "400 logout_signature"),
        (with(&world, |token| token.algorithm(Algorithm::ES256)).await, "400 logout_alg_not_allowed"),
        (with(&world, |token| token.header("alg", "none").raw_signature("")).await, "400 logout_alg_not_allowed"),
        (with(&world, |token| token.header("alg", "HS256")).await, "400 logout_alg_not_allowed"),
        (with(&world, |token| token.header("crit", json!(["x"]))).await, "400 logout_malformed"),
        (with(&world, |token| token.raw_claims(r#"{"sub":"a","sub":"b"}"#)).await, "400 logout_malformed"),
        (receive(&world.api, "opaque").await, "400 logout_malformed"),
        (receive(&world.api, &"a".repeat(16 * 1024)).await, "400 logout_malformed"),
        (receive(&world.api, &"a".repeat(16 * 1024 + 1)).await, "400 logout_too_long"),
    ];
    for (index, (outcome, expected)) in table.iter().enumerate() {
        assert_eq!(outcome, expected, "row {index}");
    }
    let api = super::takes_logouts(world.builder()).algorithms([Algorithm::ES256]).build().unwrap();
    let token = world.tenant.mint_logout(SHOP).algorithm(Algorithm::ES256).sign();
    assert_eq!(receive(&api, &token).await, "200 accepted");
}

#[tokio::test]
async fn a_logout_of_another_issuer_is_rejected_without_a_fetch() {
    let world = world().await;
    let slash_is_missing = world.tenant.domain().to_owned();
    for issuer in ["https://other.example.com/", &slash_is_missing] {
        assert_eq!(with(&world, |token| token.issuer(issuer)).await, "400 logout_issuer_not_trusted");
    }
    assert_eq!(with(&world, |token| token.without_claim("iss")).await, "400 logout_issuer_not_trusted");
    assert_eq!(world.tenant.requests().jwks, 0);
}

#[tokio::test]
async fn the_type_is_that_of_a_logout_token_or_no_special_one() {
    let world = world().await;
    for typ in ["logout+jwt", "application/logout+jwt", "LOGOUT+JWT", "JWT"] {
        assert_eq!(with(&world, |token| token.header("typ", typ)).await, "200 accepted", "{typ}");
    }
    assert_eq!(with(&world, |token| token.without_header("typ")).await, "200 accepted");
    for typ in [json!("at+jwt"), json!("dpop+jwt"), json!("secevent+jwt"), json!(""), json!(null), json!(5)] {
        assert_eq!(with(&world, |token| token.header("typ", typ.clone())).await, "400 logout_type", "{typ}");
    }
}

#[tokio::test]
async fn the_audience_is_a_configured_client() {
    let world = world().await;
    for audience in [json!(SHOP), json!(PHONE), json!([SHOP]), json!([PHONE, SHOP])] {
        assert_eq!(with(&world, |token| token.claim("aud", audience)).await, "200 accepted");
    }
    for (audience, outcome) in [
        (json!("other"), "400 logout_audience"),
        (json!("Shop"), "400 logout_audience"),
        (json!([]), "400 logout_audience"),
        (json!(["other", SHOP]), "400 logout_audience"),
        (json!([SHOP, "other"]), "400 logout_audience"),
        (json!([SHOP, 5]), "400 logout_claim_malformed"),
        (json!(null), "400 logout_claim_malformed"),
    ] {
        assert_eq!(with(&world, |token| token.claim("aud", audience)).await, outcome);
    }
    assert_eq!(with(&world, |token| token.without_claim("aud")).await, "400 logout_claim_missing");
    let error = world.api.receive_logout(&world.tenant.mint_logout("other").sign()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("the application \"other\""), "{error:?}");
}

#[tokio::test]
async fn a_logout_is_at_most_two_minutes_old_within_the_difference_of_clocks() {
    let world = world().await;
    let (back, ahead) = (Duration::from_secs, Duration::from_secs);
    for (issued_at, outcome) in [
        (world.now() - back(150), "200 accepted"),
        (world.now() - back(151), "400 logout_too_old"),
        (world.now() + ahead(30), "200 accepted"),
        (world.now() + ahead(31), "400 logout_issued_in_future"),
    ] {
        assert_eq!(with(&world, |token| token.issued_at(issued_at).without_claim("exp")).await, outcome);
    }
    for (value, outcome) in [
        (json!(null), "400 logout_claim_malformed"),
        (json!("1700000000"), "400 logout_claim_malformed"),
        (json!(-1), "400 logout_claim_malformed"),
    ] {
        assert_eq!(with(&world, |token| token.claim("iat", value)).await, outcome);
    }
    assert_eq!(with(&world, |token| token.without_claim("iat")).await, "400 logout_claim_missing");

    let patient = super::takes_logouts(world.builder()).leeway(Duration::from_secs(60)).build().unwrap();
    let token = world.tenant.mint_logout(SHOP).issued_at(world.now() - back(180)).without_claim("exp").sign();
    assert_eq!(receive(&patient, &token).await, "200 accepted");
}

#[tokio::test]
async fn an_expiry_is_checked_if_there_is_one() {
    let world = world().await;
    let ago = |seconds| world.now() - Duration::from_secs(seconds);
    for (expires_at, outcome) in [(ago(29), "200 accepted"), (ago(30), "400 logout_expired")] {
        assert_eq!(with(&world, |token| token.expires_at(expires_at)).await, outcome);
    }
    assert_eq!(with(&world, |token| token.without_claim("exp")).await, "200 accepted");
    assert_eq!(with(&world, |token| token.claim("exp", "soon")).await, "400 logout_claim_malformed");
}

#[tokio::test]
async fn the_event_is_a_logout_and_an_object() {
    let world = world().await;
    let event = |value: Value| json!({ EVENT: value, "https://example.com/other": 5 });
    for events in [event(json!({})), event(json!({ "a": 1 }))] {
        assert_eq!(with(&world, |token| token.claim("events", events)).await, "200 accepted");
    }
    for events in [
        event(json!(null)),
        event(json!([])),
        event(json!("")),
        event(json!(true)),
        json!({ "http://schemas.openid.net/event/backchannel-logout/": {} }),
        json!({}),
        json!([EVENT]),
        json!(EVENT),
        json!(null),
    ] {
        let outcome = with(&world, |token| token.claim("events", events.clone())).await;
        assert_eq!(outcome, "400 logout_event", "{events}");
    }
    assert_eq!(with(&world, |token| token.without_claim("events")).await, "400 logout_event");
}

#[tokio::test]
async fn a_nonce_is_rejected_whatever_its_value() {
    let world = world().await;
    for nonce in [json!("n"), json!(""), json!(null)] {
        assert_eq!(with(&world, |token| token.claim("nonce", nonce)).await, "400 logout_nonce");
    }
}

#[tokio::test]
async fn a_logout_names_a_user_and_not_only_a_session() {
    let world = world().await;
    let only_session = |token: TokenBuilder| token.without_claim("sub").claim("sid", "session-1");
    assert_eq!(with(&world, only_session).await, "400 logout_subject_missing");
    assert_eq!(with(&world, |token| token.without_claim("sub")).await, "400 logout_claim_missing");
    for (claim, value) in [("sub", json!("")), ("sub", json!(5)), ("sub", json!(null)), ("sid", json!(5))] {
        assert_eq!(with(&world, |token| token.claim(claim, value)).await, "400 logout_claim_malformed", "{claim}");
    }
}

#[tokio::test]
async fn a_logout_token_is_used_once() {
    let world = world().await;
    let token = world.tenant.mint_logout(SHOP).claim("jti", "once").sign();
    assert_eq!(receive(&world.api, &token).await, "200 accepted");
    assert_eq!(receive(&world.api, &token).await, "400 logout_replayed");
    let again = world.tenant.mint_logout(PHONE).subject("auth0|bob").claim("jti", "once").sign();
    assert_eq!(receive(&world.api, &again).await, "400 logout_replayed", "the jti of the same issuer");
    world.pass(149);
    assert_eq!(receive(&world.api, &token).await, "400 logout_replayed", "as long as it would be accepted");
    world.pass(2);
    assert_eq!(receive(&world.api, &token).await, "400 logout_too_old");
}

#[tokio::test]
async fn a_logout_token_has_an_identifier() {
    let world = world().await;
    assert_eq!(with(&world, |token| token.without_claim("jti")).await, "400 logout_claim_missing");
    assert_eq!(with(&world, |token| token.claim("jti", "j".repeat(256))).await, "200 accepted");
    for jti in [json!(""), json!(5), json!(null), json!("j".repeat(257))] {
        assert_eq!(with(&world, |token| token.claim("jti", jti)).await, "400 logout_claim_malformed");
    }
}

#[tokio::test]
async fn other_tokens_are_no_logout_tokens_and_a_logout_token_is_no_access_token() {
    let world = world().await;
    // An access token whose audience is, against all rules, a client.
    let access_token = world.tenant.mint().audience(SHOP).claim("jti", "t-1");
    let id_token = access_token.clone().claim("nonce", "n").claim("sid", "session-1");
    for (token, outcome) in [
        (world.tenant.mint().sign(), "400 logout_audience"),
        (access_token.sign(), "400 logout_event"),
        (access_token.header("typ", "at+jwt").sign(), "400 logout_type"),
        (id_token.sign(), "400 logout_event"),
    ] {
        assert_eq!(receive(&world.api, &token).await, outcome);
    }
    // A logout token whose audience is the API.
    let logout = world.tenant.mint_logout(world.tenant.audience());
    let outcome = world.api.verify_access_token(&logout.sign()).await;
    assert_eq!(status_and_label(&outcome), "401 token_type");
    let outcome = world.api.verify_access_token(&world.tenant.mint_logout(SHOP).header("typ", "JWT").sign()).await;
    assert_eq!(status_and_label(&outcome), "401 token_audience");
}

#[tokio::test]
async fn without_clients_no_logout_is_taken() {
    let world = TestWorld::start().await;
    let token = world.tenant.mint_logout(SHOP).sign();
    let nobody = world.builder().logout(LogoutPolicy::new([""; 0], MemoryRevocationStore::new())).build().unwrap();
    for api in [&world.api, &nobody] {
        assert_eq!(receive(api, &token).await, "500 logout_not_configured");
    }
    assert_eq!(world.tenant.requests().jwks, 0);
}

#[test]
fn unusable_settings_are_reported() {
    let build = |policy| ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").logout(policy).build();
    let policy = || LogoutPolicy::new([SHOP], MemoryRevocationStore::new());
    let day = Duration::from_secs(86_400);
    for (policy, problem) in [
        (LogoutPolicy::new([""], MemoryRevocationStore::new()), "a client id is blank"),
        (LogoutPolicy::new(["shop "], MemoryRevocationStore::new()), "a client id is blank"),
        (LogoutPolicy::new([SHOP], MemoryRevocationStore::with_capacity(0)), "needs at least one subject"),
        (policy().longest_token_lifetime(Duration::from_secs(59)), "takes 1 minute to 366 days"),
        (policy().longest_token_lifetime(367 * day), "takes 1 minute to 366 days"),
        (policy().replay_store(auth0_api_core::dpop::MemoryReplayStore::with_capacity(0)), "at least one proof"),
    ] {
        let error = build(policy).unwrap_err();
        assert_eq!(error.problems()[0].option(), "logout");
        assert!(error.to_string().contains(problem), "{error}");
    }
    assert!(build(policy().longest_token_lifetime(Duration::from_secs(60))).is_ok());
    assert!(build(policy().longest_token_lifetime(366 * day)).is_ok());
}
