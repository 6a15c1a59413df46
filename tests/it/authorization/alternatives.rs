//! Requirements with alternatives: a token must meet one of the alternatives.

use auth0_api_core::Requirement;

use super::{BEARER, DPOP, Setup};
use crate::world::Rejected;

#[tokio::test]
async fn one_met_alternative_is_enough() {
    let setup = Setup::new().await;
    let requirement =
        Requirement::any_of([Requirement::machine().and_scope("read:all"), Requirement::user().and_scope("read:own")]);
    let machine = || setup.mint().subject("m2m@clients").claim("azp", "m2m");
    for (token, label) in [
        (machine().scope("read:all"), "met"),
        (setup.mint().scope("read:own"), "met"),
        // The kind of caller of one alternative with the scope of the other alternative meets neither alternative.
        (machine().scope("read:own"), "requirement_scope"),
        (setup.mint().scope("read:all"), "requirement_scope"),
    ] {
        assert_eq!(setup.label(&requirement, token).await, label);
    }
    assert_eq!(
        Requirement::machine().or(Requirement::user()),
        Requirement::any_of([Requirement::machine(), Requirement::user()])
    );
}

#[tokio::test]
async fn the_alternative_that_is_easiest_to_meet_is_reported() {
    let setup = Setup::new().await;
    let (scope, step_up) = (Requirement::scope("read:a"), Requirement::acr("urn:mfa"));
    let (machine, tier) = (Requirement::machine(), Requirement::claim("tier"));
    for (alternatives, label) in [
        ([&machine, &step_up, &scope], "requirement_scope"),
        ([&step_up, &machine, &tier], "requirement_step_up"),
        ([&tier, &machine, &machine], "requirement_claim"),
        ([&machine, &tier, &machine], "requirement_machine"),
    ] {
        let requirement = Requirement::any_of(alternatives.into_iter().cloned());
        assert_eq!(setup.label(&requirement, setup.mint()).await, label);
    }
}

#[tokio::test]
async fn the_challenge_names_only_the_scopes_of_the_reported_alternative() {
    let setup = Setup::new().await;
    let requirement = Requirement::scope("read:a").and(Requirement::any_of([
        Requirement::machine().and_scope("read:all"),
        Requirement::scope("read:own"),
        Requirement::scope("admin"),
    ]));
    for (granted, named) in [
        ("", "read:a read:own"),
        ("read:own", "read:a read:own"),
        ("admin", "read:a admin"),
        ("read:a", "read:a read:own"),
    ] {
        let token = setup.token(setup.mint().scope(granted)).await;
        let error =
            r#"error="insufficient_scope", error_description="the access token lacks a scope that is needed here""#;
        let challenges = vec![format!(r#"{BEARER}, {error}, scope="{named}""#), DPOP.to_owned()];
        let expected = Rejected { status: 403, label: "requirement_scope", challenges };
        assert_eq!(setup.rejection(&requirement, &token), expected, "{granted}");
    }
    assert_eq!(setup.label(&requirement, setup.mint().scope("read:a admin")).await, "met");
}

#[tokio::test]
async fn alternatives_can_be_nested() {
    let setup = Setup::new().await;
    let requirement =
        Requirement::scope("a").or(Requirement::scope("b").and(Requirement::scope("c").or(Requirement::scope("d"))));
    for (granted, label) in
        [("a", "met"), ("b c", "met"), ("b d", "met"), ("b", "requirement_scope"), ("c d", "requirement_scope")]
    {
        assert_eq!(setup.label(&requirement, setup.mint().scope(granted)).await, label, "{granted}");
    }
}
