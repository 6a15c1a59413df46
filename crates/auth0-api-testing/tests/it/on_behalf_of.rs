//! On-behalf-of: which clients may exchange which tokens, and the chain of actors.

use std::time::Duration;

use auth0_api_core::Algorithm;
use auth0_api_testing::{SigningKey, TokenBuilder};
use serde_json::{Value, json};

use crate::caller::part;
use crate::world::{ACCESS_TOKEN, CALENDAR, EXCHANGE, Form, SECRET, World};

fn form(subject: &TokenBuilder) -> Form {
    Form::new(&[
        ("grant_type", EXCHANGE),
        ("client_id", "local-api-client"),
        ("client_secret", "local-api-secret"),
        ("subject_token", &subject.sign()),
        ("subject_token_type", ACCESS_TOKEN),
        ("requested_token_type", ACCESS_TOKEN),
        ("audience", CALENDAR),
        ("scope", "read:events"),
    ])
}

fn subject(world: &World) -> TokenBuilder {
    world.tenant.mint().subject("auth0|ada")
}

#[tokio::test]
async fn the_token_is_for_the_same_user_with_the_api_as_actor() {
    let world = World::new().await;
    let answer = world.ask(&form(&subject(&world))).await;
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
            "azp": "local-api-client",
            "iat": 1_700_000_000,
            "exp": 1_700_086_400,
            "scope": "read:events",
            "act": { "sub": "local-api-client" },
        })
    );
}

#[tokio::test]
async fn the_next_api_can_exchange_the_token_again() {
    let world = World::new().await;
    let first = world.ask(&form(&subject(&world))).await.json();
    let second = form(&subject(&world))
        .with("subject_token", first["access_token"].as_str().unwrap())
        .with("client_id", "calendar-client")
        .with("client_secret", SECRET)
        .with("audience", "https://api.example.com");
    let claims = world.claims(&second).await;
    assert_eq!(claims["act"], json!({ "sub": "calendar-client", "act": { "sub": "local-api-client" } }));
    assert_eq!(claims["sub"], "auth0|ada");
}

#[tokio::test]
async fn a_subject_with_four_actors_gets_no_further_one() {
    let world = World::new().await;
    let chain =
        |levels: u32| (1..levels).fold(json!({ "sub": "first" }), |act, _| json!({ "sub": "next", "act": act }));
    let claims = world.claims(&form(&subject(&world).claim("act", chain(3)))).await;
    assert_eq!(claims["act"]["act"], chain(3));
    for levels in [4, 5] {
        let full = form(&subject(&world).claim("act", chain(levels)));
        world.rejects(&full, 400, "invalid_request", "Delegation chain depth exceeds the maximum").await;
    }
}

#[tokio::test]
async fn the_organization_is_kept_and_openid_is_not_granted() {
    let world = World::new().await;
    let member = subject(&world).claim("org_id", "org_acme").claim("org_name", "acme");
    let answer = world.ask(&form(&member).with("scope", "openid offline_access write:events nonsense")).await.json();
    assert_eq!(answer["scope"], "write:events");
    assert!(answer.get("id_token").is_none() && answer.get("refresh_token").is_none());
    let claims = part(answer["access_token"].as_str().unwrap(), 1);
    assert_eq!((&claims["org_id"], &claims["org_name"]), (&json!("org_acme"), &json!("acme")));
}

#[tokio::test]
async fn a_proof_binds_the_token_and_the_subjects_binding_is_ignored() {
    let world = World::new().await;
    let (key, other) = (world.tenant.dpop_client(), world.tenant.dpop_client());
    let proof = key.proof("POST", &format!("{}/oauth/token", world.tenant.domain())).sign();
    let answer = world.ask_with(&[("dpop", &proof)], &form(&subject(&world).bound_to(&other))).await.json();
    assert_eq!(answer["token_type"], "DPoP");
    let claims = part(answer["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["cnf"], json!({ "jkt": key.thumbprint().to_string() }));
    let unbound: Value = world.claims(&form(&subject(&world).bound_to(&other))).await;
    assert_eq!(unbound.get("cnf"), None);
}

#[tokio::test]
async fn a_subject_with_one_fault_is_rejected() {
    let world = World::new().await;
    let good = || subject(&world);
    let now = world.tenant.clock().now();
    let other_key = SigningKey::generate(Algorithm::RS256);
    for (subject, reason) in [
        (good().raw_claims("[]"), "it is not a JWT"),
        (good().key(&other_key), "no key of this tenant has its kid"),
        (good().key(&other_key.clone().with_kid(world.tenant.current_kid())), "its signature does not verify"),
        (good().header("alg", "none").raw_signature(""), "its signature does not verify"),
        (good().header("alg", "PS256"), "its signature does not verify"),
        (good().issuer("https://other.example.com/"), "another issuer is named"),
        (good().expires_at(now), "it has expired or is not valid yet"),
        (good().not_before(now + Duration::from_secs(1)), "it has expired or is not valid yet"),
        (good().audience(CALENDAR), "it is for another audience"),
        (good().audiences(["urn:a", "urn:b"]), "it is for another audience"),
    ] {
        let reason = format!("The subject_token is rejected: {reason}");
        world.rejects(&form(&subject), 400, "invalid_request", &reason).await;
    }
    assert_eq!(world.ask(&form(&good().audiences(["urn:a", "https://api.example.com"]))).await.status, 200);
}

#[tokio::test]
async fn only_the_api_that_the_token_is_for_may_exchange_it() {
    let world = World::new().await;
    let good = form(&subject(&world));
    let machine = good.with("client_id", "local-client").with("client_secret", "local-secret");
    let reason = "The client is not linked to an API: only a Custom API client may exchange access tokens";
    world.rejects(&machine, 403, "unauthorized_client", reason).await;
    let other_api = good.with("client_id", "calendar-client").with("client_secret", SECRET);
    let reason = "The subject_token is rejected: it is for another audience";
    world.rejects(&other_api, 400, "invalid_request", reason).await;
}

#[tokio::test]
async fn a_request_with_one_fault_is_rejected() {
    let world = World::new().await;
    let good = form(&subject(&world));
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    let wanted = format!("requested_token_type must be {ACCESS_TOKEN}");
    world.rejects(&good.with("requested_token_type", id_token), 400, "invalid_request", &wanted).await;
    world.rejects(&good.with("audience", "urn:other"), 403, "access_denied", "Service not found: urn:other").await;
    let twice = good.body() + "&audience=urn%3Aother";
    let answer = crate::caller::post_form(&format!("{}/oauth/token", world.tenant.domain()), &[], &twice).await;
    assert_eq!(answer.json()["error_description"], "Repeated parameter: audience");
}
