//! Requirements of which one has to be met.

use auth0_api_core::Requirement;

use super::{BEARER, DPOP, Desk};
use crate::world::Rejected;

#[tokio::test]
async fn one_of_them_is_enough() {
    let desk = Desk::new().await;
    let requirement =
        Requirement::any_of([Requirement::machine().and_scope("read:all"), Requirement::user().and_scope("read:own")]);
    let machine = || desk.mint().subject("m2m@clients").claim("azp", "m2m");
    for (token, label) in [
        (machine().scope("read:all"), "met"),
        (desk.mint().scope("read:own"), "met"),
        // Not the one's kind with the other's scope.
        (machine().scope("read:own"), "requirement_scope"),
        (desk.mint().scope("read:all"), "requirement_scope"),
    ] {
        assert_eq!(desk.label(&requirement, token).await, label);
    }
    assert_eq!(
        Requirement::machine().or(Requirement::user()),
        Requirement::any_of([Requirement::machine(), Requirement::user()])
    );
}

#[tokio::test]
async fn the_nearest_one_is_told() {
    let desk = Desk::new().await;
    let (scope, step_up) = (Requirement::scope("read:a"), Requirement::acr("urn:mfa"));
    let (machine, tier) = (Requirement::machine(), Requirement::claim("tier"));
    for (alternatives, label) in [
        ([&machine, &step_up, &scope], "requirement_scope"),
        ([&step_up, &machine, &tier], "requirement_step_up"),
        ([&tier, &machine, &machine], "requirement_claim"),
        ([&machine, &tier, &machine], "requirement_machine"),
    ] {
        let requirement = Requirement::any_of(alternatives.into_iter().cloned());
        assert_eq!(desk.label(&requirement, desk.mint()).await, label);
    }
}

#[tokio::test]
async fn only_the_scopes_of_the_alternative_that_is_told_are_told() {
    let desk = Desk::new().await;
    let requirement = Requirement::scope("read:a").and(Requirement::any_of([
        Requirement::machine().and_scope("read:all"),
        Requirement::scope("read:own"),
        Requirement::scope("admin"),
    ]));
    for (granted, told) in [
        ("", "read:a read:own"),
        ("read:own", "read:a read:own"),
        ("admin", "read:a admin"),
        ("read:a", "read:a read:own"),
    ] {
        let token = desk.token(desk.mint().scope(granted)).await;
        let error =
            r#"error="insufficient_scope", error_description="the access token lacks a scope that is needed here""#;
        let challenges = vec![format!(r#"{BEARER}, {error}, scope="{told}""#), DPOP.to_owned()];
        let expected = Rejected { status: 403, label: "requirement_scope", challenges };
        assert_eq!(desk.rejection(&requirement, &token), expected, "{granted}");
    }
    assert_eq!(desk.label(&requirement, desk.mint().scope("read:a admin")).await, "met");
}

#[tokio::test]
async fn alternatives_stand_in_alternatives() {
    let desk = Desk::new().await;
    let requirement =
        Requirement::scope("a").or(Requirement::scope("b").and(Requirement::scope("c").or(Requirement::scope("d"))));
    for (granted, label) in
        [("a", "met"), ("b c", "met"), ("b d", "met"), ("b", "requirement_scope"), ("c d", "requirement_scope")]
    {
        assert_eq!(desk.label(&requirement, desk.mint().scope(granted)).await, label, "{granted}");
    }
}
