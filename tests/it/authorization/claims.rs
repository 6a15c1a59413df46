//! Claims of any sort.

use auth0_api_core::Requirement;
use serde_json::json;

use super::{Desk, forbidden};

#[tokio::test]
async fn a_claim_is_there_or_is_not() {
    let desk = Desk::new().await;
    let requirement = Requirement::claim("https://example.com/tier");
    for (token, label) in [
        (desk.mint().claim("https://example.com/tier", "gold"), "met"),
        (desk.mint().claim("https://example.com/tier", json!(null)), "met"),
        (desk.mint().claim("tier", "gold"), "requirement_claim"),
    ] {
        assert_eq!(desk.label(&requirement, token).await, label);
    }
}

#[tokio::test]
async fn a_claim_is_equal_as_json() {
    let desk = Desk::new().await;
    let value = "requirement_claim_value";
    for (requirement, claim, label) in [
        (Requirement::claim_equals("x", "gold"), json!("gold"), "met"),
        (Requirement::claim_equals("x", "gold"), json!("Gold"), value),
        (Requirement::claim_equals("x", "gold"), json!(["gold"]), value),
        (Requirement::claim_equals("x", 3), json!(3), "met"),
        (Requirement::claim_equals("x", 3), json!("3"), value),
        (Requirement::claim_equals("x", true), json!(true), "met"),
        (Requirement::claim_equals("x", true), json!("true"), value),
        (Requirement::claim_equals("x", true), json!(1), value),
        (Requirement::claim_equals("x", json!({"a": [1]})), json!({"a": [1]}), "met"),
        (Requirement::claim_equals("x", json!({"a": [1]})), json!({"a": [1, 2]}), value),
    ] {
        let case = format!("{requirement:?} {claim}");
        assert_eq!(desk.label(&requirement, desk.mint().claim("x", claim)).await, label, "{case}");
    }
    assert_eq!(desk.label(&Requirement::claim_equals("x", json!(null)), desk.mint()).await, value);
}

#[tokio::test]
async fn a_claim_includes_a_member_or_a_word() {
    let desk = Desk::new().await;
    let value = "requirement_claim_value";
    for (requirement, claim, label) in [
        (Requirement::claim_includes("amr", "mfa"), json!(["pwd", "mfa"]), "met"),
        (Requirement::claim_includes("amr", "mfa"), json!("pwd mfa"), "met"),
        (Requirement::claim_includes("amr", "mfa"), json!("mfa"), "met"),
        (Requirement::claim_includes("amr", "mfa"), json!(["pwd mfa"]), value),
        (Requirement::claim_includes("amr", "mfa"), json!("mfas,mfa"), value),
        (Requirement::claim_includes("amr", "mfa"), json!({"mfa": true}), value),
        (Requirement::claim_includes("amr", "mfa"), json!([]), value),
        (Requirement::claim_includes("amr", 2), json!([1, 2]), "met"),
        (Requirement::claim_includes("amr", 2), json!("1 2"), value),
        (Requirement::claim_includes("amr", ""), json!(""), "met"),
    ] {
        let case = format!("{requirement:?} {claim}");
        assert_eq!(desk.label(&requirement, desk.mint().claim("amr", claim)).await, label, "{case}");
    }
    assert_eq!(desk.label(&Requirement::claim_includes("amr", ""), desk.mint()).await, value);
}

#[tokio::test]
async fn a_predicate_decides_and_its_name_stays_inside() {
    let desk = Desk::new().await;
    let requirement = Requirement::predicate("is somebody", |token| token.subject() == Some("auth0|somebody"));
    assert_eq!(desk.label(&requirement, desk.mint().subject("auth0|somebody")).await, "met");

    let token = desk.token(desk.mint()).await;
    let expected = forbidden("requirement_predicate", "the access token does not meet what is needed here");
    assert_eq!(desk.rejection(&requirement, &token), expected);
    assert_eq!(requirement.check(&token).unwrap_err().to_string(), r#"the token does not meet "is somebody""#);
}

#[test]
fn requirements_compare_and_show_themselves() {
    let predicate = Requirement::predicate("is somebody", |_| true);
    assert_eq!(predicate.clone(), predicate);
    assert_ne!(predicate, Requirement::predicate("is somebody", |_| true));
    assert_eq!(Requirement::scope("a").and_claim("b"), Requirement::scope("a").and(Requirement::claim("b")));
    assert_ne!(Requirement::scope("a").and_claim("b"), Requirement::scope("a").or(Requirement::claim("b")));
    assert_ne!(Requirement::claim_equals("a", 1), Requirement::claim_includes("a", 1));
    let shown = format!("{:?}", Requirement::claim_equals("a", 1).and(predicate));
    assert!(shown.contains("Equals(1)") && shown.contains("is somebody"), "{shown}");
}
