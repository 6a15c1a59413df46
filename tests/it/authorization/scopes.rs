//! Scopes and permissions.

use auth0_api_core::Requirement;

use super::{BEARER, DPOP, Desk, forbidden};
use crate::world::Rejected;

#[tokio::test]
async fn scopes_are_granted_word_by_word() {
    let desk = Desk::new().await;
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
        assert_eq!(desk.label(&all, desk.mint().scope(granted)).await, all_met, "{granted}");
        assert_eq!(desk.label(&any, desk.mint().scope(granted)).await, any_met, "{granted}");
    }
    let listed = desk.mint().claim("scope", ["read:a", "read:b"]);
    assert_eq!(desk.label(&all, listed).await, "requirement_scope");
}

#[tokio::test]
async fn the_scopes_of_the_whole_requirement_are_told_those_that_were_granted_included() {
    let desk = Desk::new().await;
    let requirement = Requirement::scope("read:a")
        .and(Requirement::any_scope(["read:b", "read:c"]))
        .and_scope("read:a read:d")
        .and_claim("azp");
    for (granted, told) in [
        ("", "read:a read:b read:d"),
        ("read:a read:d", "read:a read:b read:d"),
        ("read:c", "read:a read:c read:d"),
        ("read:b read:d", "read:a read:b read:d"),
    ] {
        let token = desk.token(desk.mint().scope(granted)).await;
        let error =
            r#"error="insufficient_scope", error_description="the access token lacks a scope that is needed here""#;
        let challenges = vec![format!(r#"{BEARER}, {error}, scope="{told}""#), DPOP.to_owned()];
        let expected = Rejected { status: 403, label: "requirement_scope", challenges };
        assert_eq!(desk.rejection(&requirement, &token), expected, "{granted}");
    }
}

#[tokio::test]
async fn permissions_are_granted_entry_by_entry() {
    let desk = Desk::new().await;
    let all = Requirement::permissions(["read:a", "read:b"]);
    let any = Requirement::any_permission(["read:a", "read:b"]);
    for (granted, all_met, any_met) in [
        (vec!["read:b", "read:a", "x"], "met", "met"),
        (vec!["read:b"], "requirement_permission", "met"),
        (vec!["read:a read:b"], "requirement_permission", "requirement_permission"),
        (vec![], "requirement_permission", "requirement_permission"),
    ] {
        assert_eq!(desk.label(&all, desk.mint().permissions(granted.clone())).await, all_met, "{granted:?}");
        assert_eq!(desk.label(&any, desk.mint().permissions(granted.clone())).await, any_met, "{granted:?}");
    }
    for malformed in [serde_json::json!("read:a read:b"), serde_json::json!([["read:a"]]), serde_json::json!(null)] {
        assert_eq!(desk.label(&all, desk.mint().claim("permissions", malformed)).await, "requirement_permission");
    }
}

#[tokio::test]
async fn scopes_are_no_permissions_and_permissions_no_scopes() {
    let desk = Desk::new().await;
    let token = desk.mint().scope("read:a");
    assert_eq!(desk.label(&Requirement::permission("read:a"), token).await, "requirement_permission");
    let token = desk.mint().permissions(["read:a"]);
    assert_eq!(desk.label(&Requirement::scope("read:a"), token).await, "requirement_scope");
}

#[tokio::test]
async fn who_lacks_a_permission_is_not_sent_for_scopes() {
    let desk = Desk::new().await;
    let token = desk.token(desk.mint()).await;
    let requirement = Requirement::scope("read:a").and(Requirement::permission("read:a"));
    let expected = forbidden("requirement_permission", "the access token lacks a permission that is needed here");
    assert_eq!(desk.rejection(&requirement, &token), expected);
    let error = requirement.check(&token).unwrap_err();
    assert_eq!(
        error.hint(),
        Some("permissions are in tokens once RBAC and its setting to add them are switched on for the API")
    );
}
