//! Requirements on any claim.

use auth0_api_core::Requirement;
use serde_json::json;

use super::{Setup, forbidden};

#[tokio::test]
async fn a_required_claim_must_be_present_with_any_value() {
    let setup = Setup::new().await;
    let requirement = Requirement::claim("https://example.com/tier");
    for (token, label) in [
        (setup.mint().claim("https://example.com/tier", "gold"), "met"),
        (setup.mint().claim("https://example.com/tier", json!(null)), "met"),
        (setup.mint().claim("tier", "gold"), "requirement_claim"),
    ] {
        assert_eq!(setup.label(&requirement, token).await, label);
    }
}

#[tokio::test]
async fn a_claim_equals_a_json_value_of_the_same_type() {
    let setup = Setup::new().await;
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
        assert_eq!(setup.label(&requirement, setup.mint().claim("x", claim)).await, label, "{case}");
    }
    assert_eq!(setup.label(&Requirement::claim_equals("x", json!(null)), setup.mint()).await, value);
}

#[tokio::test]
async fn a_claim_includes_an_array_element_or_a_word() {
    let setup = Setup::new().await;
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
    ] {
        let case = format!("{requirement:?} {claim}");
        assert_eq!(setup.label(&requirement, setup.mint().claim("amr", claim)).await, label, "{case}");
    }
    assert_eq!(setup.label(&Requirement::claim_includes("amr", "mfa"), setup.mint()).await, value);
}

#[tokio::test]
async fn a_claim_includes_all_values_of_an_array_or_any_of_several() {
    let setup = Setup::new().await;
    let value = "requirement_claim_value";
    let all = || Requirement::claim_includes("roles", ["admin", "editor"]);
    let any = || Requirement::claim_includes_any("roles", ["admin", "editor"]);
    for (requirement, claim, label) in [
        (all(), json!(["editor", "reader", "admin"]), "met"),
        (all(), json!("editor admin"), "met"),
        (all(), json!(["admin"]), value),
        (all(), json!([["admin", "editor"]]), value),
        (any(), json!(["reader", "editor"]), "met"),
        (any(), json!("admin"), "met"),
        (any(), json!(["reader"]), value),
        (any(), json!({"admin": true}), value),
        (Requirement::claim_includes("roles", json!([1, 2])), json!([2, 1]), "met"),
    ] {
        let case = format!("{requirement:?} {claim}");
        assert_eq!(setup.label(&requirement, setup.mint().claim("roles", claim)).await, label, "{case}");
    }
}

#[tokio::test]
async fn no_claim_includes_a_blank_value() {
    let setup = Setup::new().await;
    for requirement in [
        Requirement::claim_includes("x", ""),
        Requirement::claim_includes("x", " "),
        Requirement::claim_includes("x", ["a", ""]),
        Requirement::claim_includes("x", json!([])),
        Requirement::claim_includes_any("x", ["", "\t"]),
        Requirement::claim_includes_any("x", [""; 0]),
    ] {
        for claim in [json!(""), json!("a  b"), json!(["a", "", " "]), json!([[], ""])] {
            let case = format!("{requirement:?} {claim}");
            let label = setup.label(&requirement, setup.mint().claim("x", claim)).await;
            assert_eq!(label, "requirement_empty", "{case}");
        }
    }
    let any = Requirement::claim_includes_any("x", ["", "a"]);
    assert_eq!(setup.label(&any, setup.mint().claim("x", "a  b")).await, "met");
    assert_eq!(setup.label(&any, setup.mint().claim("x", " b")).await, "requirement_claim_value");
}

#[tokio::test]
async fn the_name_of_a_predicate_is_not_sent_to_the_client() {
    let setup = Setup::new().await;
    let requirement = Requirement::predicate("is ada", |token| token.subject() == Some("auth0|ada"));
    assert_eq!(setup.label(&requirement, setup.mint().subject("auth0|ada")).await, "met");

    let token = setup.token(setup.mint()).await;
    let expected = forbidden("requirement_predicate", "the access token does not meet what is needed here");
    assert_eq!(setup.rejection(&requirement, &token), expected);
    assert_eq!(requirement.check(&token).unwrap_err().to_string(), r#"the token does not meet "is ada""#);
}

#[test]
fn requirements_implement_eq_and_debug() {
    let predicate = Requirement::predicate("is ada", |_| true);
    assert_eq!(predicate.clone(), predicate);
    assert_ne!(predicate, Requirement::predicate("is ada", |_| true));
    assert_eq!(Requirement::scope("a").and_claim("b"), Requirement::scope("a").and(Requirement::claim("b")));
    assert_ne!(Requirement::scope("a").and_claim("b"), Requirement::scope("a").or(Requirement::claim("b")));
    assert_ne!(Requirement::claim_equals("a", 1), Requirement::claim_includes("a", 1));
    let each = [
        || Requirement::claim("a"),
        || Requirement::claim_equals("a", 1),
        || Requirement::claim_equals("a", 2),
        || Requirement::claim_includes("a", 1),
        || Requirement::claim_includes("a", 2),
        || Requirement::claim_includes_any("a", [1, 2]),
        || Requirement::claim_includes_any("a", [1, 3]),
        || Requirement::claim_equals("b", 1),
    ];
    for (index, one) in each.iter().enumerate() {
        for (other, another) in each.iter().enumerate() {
            assert_eq!(one() == another(), index == other, "{:?} and {:?}", one(), another());
        }
    }
    let detail = |kind: &str| Requirement::authorization_detail(kind, |_: &serde_json::Value| true);
    let payment = detail("payment");
    assert_eq!(payment.clone(), payment);
    assert_ne!(payment, detail("payment"), "another function");
    assert_ne!(payment, detail("account"));
    let shown = format!("{:?}", Requirement::claim_equals("a", 1).and(predicate));
    assert!(shown.contains("Equals(1)") && shown.contains("is ada"), "{shown}");
}
