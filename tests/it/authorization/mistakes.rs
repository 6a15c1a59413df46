//! Requirements that ask for nothing: no token meets them.

use auth0_api_core::{Requirement, StepUp};

use super::Desk;
use crate::world::{Rejected, seconds};

#[tokio::test]
async fn a_requirement_without_content_rejects_every_token_as_a_mistake_of_the_api() {
    let desk = Desk::new().await;
    let none: [&str; 0] = [];
    let token = desk.mint().scope("a").permissions(["a"]).claim("org_id", "").claim("azp", "").claim("acr", "");
    let token = desk.token(token).await;
    for requirement in [
        Requirement::scope(""),
        Requirement::scope(" "),
        Requirement::scopes(none),
        Requirement::scopes(["a", ""]),
        Requirement::any_scope(none),
        Requirement::permission(""),
        Requirement::permissions(none),
        Requirement::permissions([" ", "a"]),
        Requirement::any_permission(none),
        Requirement::organization(" "),
        Requirement::any_organization(none),
        Requirement::client(""),
        Requirement::any_client(none),
        Requirement::actor(" "),
        Requirement::any_actor(none),
        Requirement::acr(""),
        Requirement::any_acr(none),
        Requirement::step_up(StepUp::new()),
        Requirement::step_up(StepUp::new().any_acr(none).max_age(seconds(60))),
        Requirement::any_of([]),
    ] {
        let expected = Rejected { status: 500, label: "requirement_empty", challenges: Vec::new() };
        assert_eq!(desk.rejection(&requirement, &token), expected, "{requirement:?}");
        let hint = requirement.check(&token).unwrap_err().hint();
        assert_eq!(hint, Some("a list of a requirement is empty or blank: it has to ask for something"));
        // Whatever else is lacking.
        for other in [Requirement::claim("iss"), Requirement::machine(), Requirement::acr("x"), Requirement::scope("b")]
        {
            assert_eq!(desk.rejection(&requirement.clone().and(other.clone()), &token), expected, "{requirement:?}");
            assert_eq!(desk.rejection(&other.and(requirement.clone()), &token), expected, "{requirement:?}");
        }
    }
}

#[tokio::test]
async fn a_blank_beside_others_asks_for_nothing_and_allows_nothing() {
    let desk = Desk::new().await;
    let token = || desk.mint().claim("azp", "").claim("org_id", "org_9").claim("org_name", "");
    for (requirement, label) in [
        (Requirement::any_client(["", "one"]), "requirement_client"),
        (Requirement::any_organization(["", "org_1"]), "requirement_organization"),
        (Requirement::any_permission(["", "a"]), "requirement_permission"),
        (Requirement::any_of([Requirement::scope(""), Requirement::scope("a")]), "requirement_scope"),
    ] {
        assert_eq!(desk.label(&requirement, token()).await, label, "{requirement:?}");
    }
}
