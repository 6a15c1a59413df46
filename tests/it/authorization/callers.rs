//! Requirements on the caller: clients, machines, users, organizations, actors, key holders.

use auth0_api_core::Requirement;
use auth0_api_testing::TokenBuilder;
use serde_json::{Value, json};

use super::{Setup, forbidden};
use crate::world::get;

#[tokio::test]
async fn the_client_is_read_from_azp_then_client_id() {
    let setup = Setup::new().await;
    let requirement = Requirement::any_client(["one", "two"]);
    for (azp, client_id, label) in [
        (json!("one"), json!("other"), "met"),
        (json!("two"), json!("other"), "met"),
        (Value::Null, json!("two"), "met"),
        (json!("other"), json!("one"), "requirement_client"),
        (json!("ONE"), json!("other"), "requirement_client"),
        (json!(["one"]), json!("other"), "requirement_client"),
        // A malformed `azp` is not replaced by `client_id`.
        (json!(5), json!("one"), "requirement_client"),
        (json!([]), json!("two"), "requirement_client"),
    ] {
        let token = with(setup.mint().without_claim("azp"), &[("azp", azp.clone()), ("client_id", client_id.clone())]);
        assert_eq!(setup.label(&requirement, token).await, label, "{azp} {client_id}");
    }
    assert_eq!(setup.label(&Requirement::client("one"), setup.mint().without_claim("azp")).await, "requirement_client");
}

#[tokio::test]
async fn a_machine_token_has_its_own_client_as_subject() {
    let setup = Setup::new().await;
    let (machine, user) = (Requirement::machine(), Requirement::user());
    for (sub, azp, gty, is_machine, is_user) in [
        // Claims as Auth0 writes them.
        (json!("m2m@clients"), "m2m", json!("client-credentials"), true, false),
        (json!("auth0|1"), "spa", Value::Null, false, true),
        (json!("auth0|1"), "spa", json!("password"), false, true),
        (json!("auth0|1"), "spa", json!(["refresh_token", "password"]), false, true),
        // RFC 9068 profile: no `gty`.
        (json!("m2m@clients"), "m2m", Value::Null, true, false),
        (json!("m2m"), "m2m", Value::Null, true, false),
        // A user id that looks like the subject of a machine.
        (json!("auth0|m2m@clients"), "m2m", Value::Null, false, false),
        (json!("other@clients"), "m2m", Value::Null, false, false),
        // Contradictory claims: neither a machine nor a user.
        (json!("m2m@clients"), "m2m", json!("password"), false, false),
        (json!("auth0|1"), "spa", json!("client-credentials"), false, false),
        (json!("auth0|1"), "spa", json!(["client-credentials"]), false, false),
        (json!("m2m@clients"), "m2m", json!(5), false, false),
        // A malformed `gty` is not an absent one.
        (json!("auth0|1"), "spa", json!(5), false, false),
        (json!("auth0|1"), "spa", json!(["client-credentials", 5]), false, false),
        (json!("auth0|1"), "spa", json!(["password", 5]), false, false),
        (json!(""), "spa", Value::Null, false, false),
        (json!(5), "spa", Value::Null, false, false),
        (Value::Null, "spa", Value::Null, false, false),
    ] {
        let claims = [("sub", sub.clone()), ("azp", json!(azp)), ("gty", gty.clone())];
        let token = setup.token(with(setup.mint().without_claim("sub"), &claims)).await;
        let case = format!("{sub} {azp} {gty}");
        assert_eq!((token.is_machine(), token.is_user()), (is_machine, is_user), "{case}");
        assert_eq!((machine.check(&token).is_ok(), user.check(&token).is_ok()), (is_machine, is_user), "{case}");
    }
    // A malformed `azp` is neither this client nor another one.
    for claims in [[("sub", json!("m2m")), ("azp", json!(["m2m"]))], [("sub", json!("auth0|1")), ("azp", json!(5))]] {
        let token = setup.token(with(setup.mint(), &claims).claim("client_id", "m2m")).await;
        assert_eq!((token.client_id(), token.is_machine(), token.is_user()), (None, false, false), "{claims:?}");
    }
    let token = setup.token(setup.mint()).await;
    let expected = forbidden("requirement_machine", "the access token is not that of a machine");
    assert_eq!(setup.rejection(&machine, &token), expected);
    let token = setup.token(setup.mint().subject("local-client@clients").claim("azp", "local-client")).await;
    let expected = forbidden("requirement_user", "the access token is not that of a user");
    assert_eq!(setup.rejection(&user, &token), expected);
}

#[tokio::test]
async fn an_organization_matches_by_id_or_by_name() {
    let setup = Setup::new().await;
    let (id, name, any) = (
        Requirement::organization("org_1"),
        Requirement::organization(" Acme "),
        Requirement::any_organization(["org_2", "org_1", "umbrella"]),
    );
    let missing = "requirement_organization";
    for (org_id, org_name, labels) in [
        (json!("org_1"), json!("acme"), ["met", "met", "met"]),
        (json!("org_1"), Value::Null, ["met", missing, "met"]),
        (json!("org_2"), json!("ACME"), [missing, "met", "met"]),
        (json!("org_3"), json!("umbrella"), [missing, missing, "met"]),
        (json!("org_3"), json!("org_1"), [missing, missing, missing]),
        (json!("ORG_1"), json!("other"), [missing, missing, missing]),
        // Auth0 never writes `org_name` without `org_id`.
        (Value::Null, json!("acme"), [missing, missing, missing]),
        (json!(["org_1"]), json!("acme"), [missing, missing, missing]),
        (json!("org_3"), json!(["acme"]), [missing, missing, missing]),
    ] {
        for (requirement, label) in [&id, &name, &any].into_iter().zip(labels) {
            let token = with(setup.mint(), &[("org_id", org_id.clone()), ("org_name", org_name.clone())]);
            assert_eq!(setup.label(requirement, token).await, label, "{requirement:?} {org_id} {org_name}");
        }
    }
}

#[tokio::test]
async fn the_current_actor_and_the_length_of_the_chain_are_checked() {
    let setup = Setup::new().await;
    let (actor, twice, directly) =
        (Requirement::any_actor(["mcp", "batch"]), Requirement::max_delegation(2), Requirement::no_delegation());
    let (other, often, malformed) = ("requirement_actor", "requirement_delegation", "requirement_actor_malformed");
    for (act, labels) in [
        (None, [other, "met", "met"]),
        (Some(json!({"sub": "mcp"})), ["met", "met", often]),
        (Some(json!({"sub": "mcp", "act": {"sub": "spa"}})), ["met", "met", often]),
        (Some(json!({"sub": "spa", "act": {"sub": "mcp"}})), [other, "met", often]),
        (Some(json!({"sub": "batch", "act": {"sub": "a", "act": {"sub": "b"}}})), ["met", often, often]),
        (Some(Value::Null), [malformed; 3]),
        (Some(json!("mcp")), [malformed; 3]),
        (Some(json!([{"sub": "mcp"}])), [malformed; 3]),
        (Some(json!({"sub": " "})), [malformed; 3]),
        (Some(json!({"sub": "mcp", "act": null})), [malformed; 3]),
        (Some(json!({"sub": "mcp", "act": {"iss": "x"}})), [malformed; 3]),
    ] {
        for (requirement, label) in [&actor, &twice, &directly].into_iter().zip(labels) {
            let token = act.iter().fold(setup.mint(), |token, act| token.claim("act", act.clone()));
            assert_eq!(setup.label(requirement, token).await, label, "{requirement:?} {act:?}");
        }
    }
}

#[tokio::test]
async fn a_sender_constrained_route_rejects_an_unbound_token() {
    let setup = Setup::new().await;
    let requirement = Requirement::sender_constrained();
    let token = setup.token(setup.mint()).await;
    let expected = forbidden("requirement_bound", "the access token has to be bound to a key");
    assert_eq!(setup.rejection(&requirement, &token), expected);

    let (holder, url) = (setup.world.tenant.token_holder(), "https://api.example.com/transfers");
    let headers = [("authorization", holder.authorization()), ("dpop", holder.proof("GET", url).sign())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let bound = get(&setup.api, url, &headers).await.unwrap();
    assert!(requirement.check(&bound).is_ok());
}

/// Adds these claims to a token, except those that are null.
fn with(token: TokenBuilder, claims: &[(&str, Value)]) -> TokenBuilder {
    let claims = claims.iter().filter(|(_, value)| !value.is_null());
    claims.fold(token, |token, (name, value)| token.claim(*name, value.clone()))
}
