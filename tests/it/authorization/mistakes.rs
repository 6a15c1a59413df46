//! Requirements with an empty list or a blank value: no token meets them.

use auth0_api_core::{Requirement, StepUp};

use super::Setup;
use crate::world::{Rejected, seconds};

#[tokio::test]
async fn an_empty_requirement_rejects_every_token_with_500() {
    let setup = Setup::new().await;
    let none: [&str; 0] = [];
    let token = setup.mint().scope("a").permissions(["a"]).claim("org_id", "").claim("azp", "").claim("acr", "");
    let token = setup.token(token).await;
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
        assert_eq!(setup.rejection(&requirement, &token), expected, "{requirement:?}");
        let hint = requirement.check(&token).unwrap_err().hint();
        let expected_hint = "a Requirement contains an empty list or a blank value, and no token meets it: correct the \
                             Requirement in the API's code";
        assert_eq!(hint.as_deref(), Some(expected_hint));
        // The mistake is reported first, also if the token does not meet other requirements.
        for other in [Requirement::claim("iss"), Requirement::machine(), Requirement::acr("x"), Requirement::scope("b")]
        {
            assert_eq!(setup.rejection(&requirement.clone().and(other.clone()), &token), expected, "{requirement:?}");
            assert_eq!(setup.rejection(&other.and(requirement.clone()), &token), expected, "{requirement:?}");
        }
    }
}

#[tokio::test]
async fn a_blank_alternative_matches_no_token() {
    let setup = Setup::new().await;
    let token = || setup.mint().claim("azp", "").claim("org_id", "org_9").claim("org_name", "");
    for (requirement, label) in [
        (Requirement::any_client(["", "one"]), "requirement_client"),
        (Requirement::any_organization(["", "org_1"]), "requirement_organization"),
        (Requirement::any_permission(["", "a"]), "requirement_permission"),
        (Requirement::any_of([Requirement::scope(""), Requirement::scope("a")]), "requirement_scope"),
    ] {
        assert_eq!(setup.label(&requirement, token()).await, label, "{requirement:?}");
    }
}
