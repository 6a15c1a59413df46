//! Scopes and permissions.

use auth0_api_core::Requirement;

use super::{BEARER, DPOP, Setup, forbidden};
use crate::world::Rejected;

#[tokio::test]
async fn scopes_are_compared_as_whole_words() {
    let setup = Setup::new().await;
    let (all, any) = (Requirement::scopes(["read:a", "read:b"]), Requirement::any_scope(["read:a", "read:b"]));
    assert_eq!(Requirement::scope("read:a read:b"), all);
    for (granted, all_met, any_met) in [
        ("read:a read:b", "met", "met"),
        ("read:b other read:a", "met", "met"),
        ("read:a", "requirement_scope", "met"),
        ("read:b", "requirement_scope", "met"),
        ("READ:A read:ab read:", "requirement_scope", "requirement_scope"),
        ("read:a,read:b", "requirement_scope", "requirement_scope"),
        ("", "requirement_scope", "requirement_scope"),
    ] {
        assert_eq!(setup.label(&all, setup.mint().scope(granted)).await, all_met, "{granted}");
        assert_eq!(setup.label(&any, setup.mint().scope(granted)).await, any_met, "{granted}");
    }
    let listed = setup.mint().claim("scope", ["read:a", "read:b"]);
    assert_eq!(setup.label(&all, listed).await, "requirement_scope");
}

#[tokio::test]
async fn the_challenge_names_all_required_scopes_including_granted_ones() {
    let setup = Setup::new().await;
    let requirement = Requirement::scope("read:a")
        .and(Requirement::any_scope(["read:b", "read:c"]))
        .and_scope("read:a read:d")
        .and_claim("azp");
    for (granted, named) in [
        ("", "read:a read:b read:d"),
        ("read:a read:d", "read:a read:b read:d"),
        ("read:c", "read:a read:c read:d"),
        ("read:b read:d", "read:a read:b read:d"),
    ] {
        let token = setup.token(setup.mint().scope(granted)).await;
        let error =
            r#"error="insufficient_scope", error_description="the access token lacks a scope that is needed here""#;
        let challenges = vec![format!(r#"{BEARER}, {error}, scope="{named}""#), DPOP.to_owned()];
        let expected = Rejected { status: 403, label: "requirement_scope", challenges };
        assert_eq!(setup.rejection(&requirement, &token), expected, "{granted}");
    }
}

#[test]
fn a_requirement_names_the_scopes_of_every_alternative() {
    let requirement = Requirement::scope("read:a").and(Requirement::any_of([
        Requirement::scope("read:b").and_claim("read:claim"),
        Requirement::permission("read:permission"),
    ]));
    for (scope, named) in
        [("read:a", true), ("read:b", true), ("read", false), ("read:claim", false), ("read:permission", false)]
    {
        assert_eq!(requirement.names_scope(scope), named, "{scope}");
    }
}

#[tokio::test]
async fn permissions_are_compared_as_whole_entries() {
    let setup = Setup::new().await;
    let all = Requirement::permissions(["read:a", "read:b"]);
    let any = Requirement::any_permission(["read:a", "read:b"]);
    for (granted, all_met, any_met) in [
        (vec!["read:b", "read:a", "x"], "met", "met"),
        (vec!["read:b"], "requirement_permission", "met"),
        (vec!["read:a read:b"], "requirement_permission", "requirement_permission"),
        (vec![], "requirement_permission", "requirement_permission"),
    ] {
        assert_eq!(setup.label(&all, setup.mint().permissions(granted.clone())).await, all_met, "{granted:?}");
        assert_eq!(setup.label(&any, setup.mint().permissions(granted.clone())).await, any_met, "{granted:?}");
    }
    for malformed in [serde_json::json!("read:a read:b"), serde_json::json!([["read:a"]]), serde_json::json!(null)] {
        assert_eq!(setup.label(&all, setup.mint().claim("permissions", malformed)).await, "requirement_permission");
    }
}

#[tokio::test]
async fn scopes_and_permissions_are_not_interchangeable() {
    let setup = Setup::new().await;
    let token = setup.mint().scope("read:a");
    assert_eq!(setup.label(&Requirement::permission("read:a"), token).await, "requirement_permission");
    let token = setup.mint().permissions(["read:a"]);
    assert_eq!(setup.label(&Requirement::scope("read:a"), token).await, "requirement_scope");
}

#[tokio::test]
async fn a_missing_permission_is_reported_without_scopes() {
    let setup = Setup::new().await;
    let token = setup.token(setup.mint()).await;
    let requirement = Requirement::scope("read:a").and(Requirement::permission("read:a"));
    let expected = forbidden("requirement_permission", "the access token lacks a permission that is needed here");
    assert_eq!(setup.rejection(&requirement, &token), expected);
    let error = requirement.check(&token).unwrap_err();
    assert_eq!(
        error.hint().as_deref(),
        Some(
            "if the user has the permission, the token does not contain it: switch on RBAC, and the option that adds \
             permissions to access tokens, for the API in the tenant"
        )
    );
}
