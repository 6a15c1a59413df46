//! The order in which unmet requirements are reported.

use auth0_api_core::Requirement;

use super::Setup;
use crate::world::seconds;

#[tokio::test]
async fn permanent_problems_are_reported_first_then_the_login_then_the_scopes() {
    let setup = Setup::new().await;
    let (scope, step_up) = (Requirement::scope("read:a"), Requirement::acr("urn:mfa"));
    let organization = Requirement::organization("org_1");
    let everything = |parts: [&Requirement; 3]| parts.into_iter().cloned().reduce(Requirement::and).unwrap();
    for requirement in [
        everything([&scope, &step_up, &organization]),
        everything([&organization, &step_up, &scope]),
        everything([&step_up, &scope, &organization]),
    ] {
        let label = async |token| setup.label(&requirement, token).await;
        assert_eq!(label(setup.mint()).await, "requirement_organization");
        assert_eq!(label(setup.mint().claim("org_id", "org_1")).await, "requirement_step_up");
        let logged_in = setup.mint().claim("org_id", "org_1").claim("acr", "urn:mfa");
        assert_eq!(label(logged_in.clone()).await, "requirement_scope");
        assert_eq!(label(logged_in.scope("read:a")).await, "met");
    }
}

#[tokio::test]
async fn the_first_of_several_permanent_problems_is_reported() {
    let setup = Setup::new().await;
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
            assert_eq!(setup.label(&one.clone().and(other.clone()), setup.mint()).await, *label);
            assert_eq!(setup.label(&other.clone().and(one.clone()), setup.mint()).await, *other_label);
        }
    }
}

#[tokio::test]
async fn the_order_of_requirements_does_not_change_whether_they_are_met() {
    let setup = Setup::new().await;
    let token = || setup.mint().scope("a").claim("tier", 1).claim("acr", "urn:mfa");
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
        assert_eq!(setup.label(&requirement, token()).await, "met");
        let strict = requirement.clone().and(Requirement::authenticated_within(seconds(60)));
        assert_eq!(setup.label(&strict, token()).await, "requirement_step_up");
    }
}
