//! Lone surrogates: half of a pair of escapes, such as `\ud83d` alone. JavaScript writes them if a program cuts a text
//! inside an emoji.

use std::collections::BTreeMap;

use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_core::token::ActorError;
use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
use auth0_api_testing::{TestWorld, status_and_label};
use serde_json::json;

/// Returns a token with these further members, which are JSON text.
fn token(world: &TestWorld, members: &str) -> String {
    let issuer = world.tenant.issuer();
    let claims =
        format!(r#"{{"iss":"{issuer}","aud":"https://api.example.com","iat":1700000000,"exp":1700003600,{members}}}"#);
    world.tenant.mint().raw_claims(claims).sign()
}

async fn verified(world: &TestWorld, members: &str) -> VerifiedToken {
    world.api.verify_access_token(&token(world, members)).await.unwrap()
}

async fn outcome_of(world: &TestWorld, api: &ApiClient, members: &str) -> String {
    status_and_label(&api.verify_access_token(&token(world, members)).await)
}

#[tokio::test]
async fn in_a_claim_that_no_check_reads_they_are_shown_as_the_replacement_character() {
    let world = TestWorld::start().await;
    let members = r#""sub":"auth0|ada","name":"Ada \ud83d","tags":["a\udc00b",{"deep":"\ud83d\ude00\ud83d"}]"#;
    let token = verified(&world, members).await;
    assert_eq!(token.subject(), Some("auth0|ada"));
    assert_eq!(token.claims().get("name"), Some(&json!("Ada \u{fffd}")));
    assert_eq!(token.claims().get("tags"), Some(&json!(["a\u{fffd}b", {"deep": "\u{1f600}\u{fffd}"}])));
    let claims: BTreeMap<String, serde_json::Value> = token.claims_as().unwrap();
    assert_eq!(claims["name"], "Ada \u{fffd}");
    assert_eq!(token.claims_as::<Named>().unwrap().name, "Ada \u{fffd}");
    let named = |token: &VerifiedToken| token.claims().get("name") == Some(&json!("Ada \u{fffd}"));
    assert!(Requirement::predicate("named", named).check(&token).is_ok());
    assert!(Requirement::claim("name").check(&token).is_ok());
}

#[tokio::test]
async fn in_a_claim_that_a_check_reads_they_are_rejected() {
    let world = TestWorld::start().await;
    let strict = world.builder().strict_rfc9068().build().unwrap();
    let list = |token: &TokenIdentity| {
        let _session = token.session_id();
        async { Ok(TokenStatus::Valid) }
    };
    let listed = world.builder().revocation_list(list).build().unwrap();
    let jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    for (api, members, expected) in [
        (&world.api, format!(r#""cnf":{{"jkt":"{jkt}\ud83d"}}"#), "401 cnf_malformed"),
        (&world.api, r#""nbf":"\ud83d""#.to_owned(), "401 token_claim_malformed"),
        (&listed, r#""sid":"s-\ud83d""#.to_owned(), "401 token_claim_malformed"),
        (&listed, r#""jti":"t-\ud83d""#.to_owned(), "200 accepted"),
        (&world.api, r#""sub":"auth0|\ud83d","client_id":"a","jti":"t""#.to_owned(), "200 accepted"),
    ] {
        assert_eq!(outcome_of(&world, api, &members).await, expected, "{members}");
    }
    let typ = |members: &str| {
        let issuer = world.tenant.issuer();
        let times = r#""iat":1700000000,"exp":1700003600"#;
        let claims = format!(r#"{{"iss":"{issuer}","aud":"https://api.example.com",{times},{members}}}"#);
        world.tenant.mint().header("typ", "at+jwt").raw_claims(claims).sign()
    };
    for (members, expected) in [
        (r#""sub":"auth0|ada","client_id":"a","jti":"t""#, "200 accepted"),
        (r#""sub":"auth0|\ud83d","client_id":"a","jti":"t""#, "401 token_claim_malformed"),
    ] {
        assert_eq!(status_and_label(&strict.verify_access_token(&typ(members)).await), expected, "{members}");
    }
    for audience in [r#""https://api.example.com\ud83d""#, r#"["https://api.example.com","\ud83d"]"#] {
        let issuer = world.tenant.issuer();
        let claims = format!(r#"{{"iss":"{issuer}","aud":{audience},"iat":1700000000,"exp":1700003600}}"#);
        let token = world.tenant.mint().raw_claims(claims).sign();
        assert_eq!(status_and_label(&world.api.verify_access_token(&token).await), "401 token_claim_malformed");
    }
}

#[tokio::test]
async fn in_a_claim_that_a_requirement_compares_they_are_not_met() {
    let world = TestWorld::start().await;
    let text = "a\u{fffd}";
    for (members, requirement) in [
        (r#""scope":"a\ud83d b""#, Requirement::scope("b")),
        (r#""permissions":["b","a\ud83d"]"#, Requirement::permission("b")),
        (r#""azp":"a\ud83d""#, Requirement::client(text)),
        (r#""org_id":"org_1","org_name":"a\ud83d""#, Requirement::organization(text)),
        (r#""acr":"a\ud83d""#, Requirement::acr(text)),
        (r#""x":"a\ud83d""#, Requirement::claim_equals("x", text)),
        (r#""x":["a\ud83d"]"#, Requirement::claim_includes("x", text)),
        (r#""x":"a\ud83d b""#, Requirement::claim_includes_any("x", ["b"])),
        (r#""sub":"m2m\ud83d","azp":"m2m\ud83d""#, Requirement::machine()),
        (r#""sub":"auth0|ada","gty":"password\ud83d""#, Requirement::user()),
        (r#""sub":"auth0|ada","azp":"\ud83d""#, Requirement::user()),
        (r#""act":{"sub":"a\ud83d"}"#, Requirement::actor(text)),
        (r#""act":{"sub":"a","x":"\ud83d"}"#, Requirement::max_delegation(5)),
    ] {
        assert!(requirement.check(&verified(&world, members).await).is_err(), "{members}");
        let readable = verified(&world, &members.replace(r"\ud83d", r"\ufffd")).await;
        assert!(requirement.check(&readable).is_ok(), "{members}");
    }
    let token = verified(&world, r#""act":{"sub":"a\ud83d"}"#).await;
    assert_eq!(token.current_actor(), Err(ActorError::Malformed));
}

#[tokio::test]
async fn in_the_name_of_a_claim_they_are_rejected() {
    let world = TestWorld::start().await;
    for members in [r#""\ud83d":1"#, r#""x":{"a\udc00":1}"#] {
        assert_eq!(outcome_of(&world, &world.api, members).await, "401 token_malformed", "{members}");
    }
}

#[derive(serde::Deserialize)]
struct Named {
    name: String,
}
