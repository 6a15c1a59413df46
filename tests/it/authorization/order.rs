//! Which of several lacks is told.

use auth0_api_core::Requirement;

use super::Desk;
use crate::world::seconds;

#[tokio::test]
async fn what_asking_cannot_mend_comes_first_then_the_login_then_scopes() {
    let desk = Desk::new().await;
    let (scope, step_up) = (Requirement::scope("read:a"), Requirement::acr("urn:mfa"));
    let organization = Requirement::organization("org_1");
    let everything = |parts: [&Requirement; 3]| parts.into_iter().cloned().reduce(Requirement::and).unwrap();
    for requirement in [
        everything([&scope, &step_up, &organization]),
        everything([&organization, &step_up, &scope]),
        everything([&step_up, &scope, &organization]),
    ] {
        let label = async |token| desk.label(&requirement, token).await;
        assert_eq!(label(desk.mint()).await, "requirement_organization");
        assert_eq!(label(desk.mint().claim("org_id", "org_1")).await, "requirement_step_up");
        let logged_in = desk.mint().claim("org_id", "org_1").claim("acr", "urn:mfa");
        assert_eq!(label(logged_in.clone()).await, "requirement_scope");
        assert_eq!(label(logged_in.scope("read:a")).await, "met");
    }
}

#[tokio::test]
async fn of_several_that_asking_cannot_mend_the_one_that_was_written_first_is_told() {
    let desk = Desk::new().await;
    let parts = [
        (Requirement::machine(), "requirement_machine"),
        (Requirement::client("other"), "requirement_client"),
        (Requirement::organization("org_1"), "requirement_organization"),
        (Requirement::actor("mcp"), "requirement_actor"),
        (Requirement::permission("admin"), "requirement_permission"),
        (Requirement::claim("tier"), "requirement_claim"),
        (Requirement::claim_equals("tier", 1), "requirement_claim_value"),
        (Requirement::predicate("no", |_| false), "requirement_predicate"),
        (Requirement::sender_constrained(), "requirement_bound"),
    ];
    for (one, label) in &parts {
        for (other, other_label) in &parts {
            assert_eq!(desk.label(&one.clone().and(other.clone()), desk.mint()).await, *label);
            assert_eq!(desk.label(&other.clone().and(one.clone()), desk.mint()).await, *other_label);
        }
    }
}

#[tokio::test]
async fn the_order_of_writing_makes_no_difference_to_what_is_met() {
    let desk = Desk::new().await;
    let token = || desk.mint().scope("a").claim("tier", 1).claim("acr", "urn:mfa");
    let parts = [
        Requirement::scope("a"),
        Requirement::claim("tier"),
        Requirement::acr("urn:mfa"),
        Requirement::user(),
        Requirement::no_delegation(),
    ];
    let forth = parts.iter().cloned().reduce(Requirement::and).unwrap();
    let back = parts.iter().rev().cloned().reduce(Requirement::and).unwrap();
    for requirement in [forth, back] {
        assert_eq!(desk.label(&requirement, token()).await, "met");
        let strict = requirement.clone().and(Requirement::authenticated_within(seconds(60)));
        assert_eq!(desk.label(&strict, token()).await, "requirement_step_up");
    }
}
