//! Authorization details (RFC 9396): in verified tokens, and as requirements of routes.

use auth0_api_core::Requirement;
use auth0_api_core::token::{AuthorizationDetailsError, ClaimsError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Setup, forbidden};

#[derive(Debug, PartialEq, Deserialize)]
struct Payment {
    amount: u64,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Detail {
    Payment(Payment),
    #[serde(other)]
    Other,
}

#[tokio::test]
async fn the_details_of_a_token_are_read_as_the_types_of_the_application() {
    let setup = Setup::new().await;
    let details = [json!({ "type": "payment", "amount": 5 }), json!({ "type": "account", "iban": "DE02" })];
    for token in [setup.mint(), setup.mint().rfc9068()] {
        let token = setup.token(token.authorization_details(details.clone())).await;
        assert_eq!(token.authorization_details(), Ok(vec![Detail::Payment(Payment { amount: 5 }), Detail::Other]));
        assert_eq!(token.authorization_details_of("payment"), Ok(vec![Payment { amount: 5 }]));
        assert_eq!(token.authorization_details_of::<Value>("PAYMENT"), Ok(vec![]));
        let unsuitable = ClaimsError::AuthorizationDetails(AuthorizationDetailsError::Unsuitable { index: 1 });
        assert_eq!(token.authorization_details_of::<Payment>("account"), Err(unsuitable));
    }
    let plain = setup.token(setup.mint()).await;
    assert_eq!(plain.authorization_details::<Detail>(), Ok(vec![]));
}

#[tokio::test]
async fn a_route_can_require_an_authorization_detail() {
    let setup = Setup::new().await;
    let small = Requirement::authorization_detail("payment", |payment: &Payment| payment.amount <= 100);
    let (missing, malformed) = ("requirement_authorization_detail", "requirement_authorization_details_malformed");
    let payment = |amount: Value| json!({ "type": "payment", "amount": amount });
    for (details, label) in [
        (json!([payment(json!(100))]), "met"),
        (json!([payment(json!(101)), { "type": "account" }, payment(json!(5))]), "met"),
        (json!([payment(json!(101))]), missing),
        (json!([{ "type": "account", "amount": 5 }]), missing),
        (json!([{ "type": "Payment", "amount": 5 }]), missing),
        (json!([]), missing),
        // A detail of the type that cannot be read rejects, also behind one that is sufficient.
        (json!([payment(json!("5"))]), malformed),
        (json!([payment(json!(5)), { "type": "payment" }]), malformed),
        (json!([payment(json!(5)), { "amount": 5 }]), malformed),
        (json!([payment(json!(5)), "payment"]), malformed),
        (payment(json!(5)), malformed),
        (json!(null), malformed),
    ] {
        let token = setup.mint().claim("authorization_details", details.clone());
        assert_eq!(setup.label(&small, token.clone()).await, label, "{details}");
        assert_eq!(setup.label(&small, token.rfc9068()).await, label, "{details}");
    }
    assert_eq!(setup.label(&small, setup.mint()).await, missing);
    let any = Requirement::authorization_detail(" ", |_: &Value| true);
    assert_eq!(setup.label(&any, setup.mint()).await, "requirement_empty");

    let token = setup.token(setup.mint()).await;
    let expected = forbidden(missing, "the access token lacks an authorization detail that is needed here");
    assert_eq!(setup.rejection(&small, &token), expected);
    let token = setup.token(setup.mint().claim("authorization_details", 5)).await;
    let expected = forbidden(malformed, "the authorization details of the access token are malformed");
    assert_eq!(setup.rejection(&small, &token), expected);
}

#[tokio::test]
async fn a_lone_surrogate_makes_the_details_malformed() {
    let setup = Setup::new().await;
    let claims = setup.token(setup.mint()).await.claims().clone();
    let claims = Value::Object(claims).to_string();
    let claims = claims.trim_end_matches('}');
    let claims = format!(r#"{claims},"authorization_details":[{{"type":"payment","amount":5,"for":"\ud83d"}}]}}"#);
    let token = setup.token(setup.mint().raw_claims(claims)).await;
    let malformed = ClaimsError::AuthorizationDetails(AuthorizationDetailsError::Malformed);
    assert_eq!(token.authorization_details::<Detail>(), Err(malformed.clone()));
    assert_eq!(auth0_api_core::Error::from(malformed).label(), "claims_unsuitable");
}
