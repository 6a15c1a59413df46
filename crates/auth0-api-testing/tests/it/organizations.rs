//! Organizations at `/authorize`: by id and by name, and invitations.

use crate::visitor::{Visitor, authorization, parameter};
use crate::world::{Form, World};

async fn error(browser: &Visitor<'_>, form: &Form) -> String {
    parameter(browser.authorize(form).await.header("location").unwrap(), "error")
}

#[tokio::test]
async fn an_organization_is_named_by_id_or_name_and_its_name_is_in_lower_case() {
    let world = World::with(|builder| builder.organization("org_loud", "LOUD")).await;
    let browser = Visitor::new(&world);
    let invited = authorization().with("invitation", "ticket");
    for wanted in ["org_loud", "LOUD", "Loud", "loud"] {
        let id_token = browser.id_token(&invited.with("organization", wanted)).await;
        assert_eq!((id_token["org_id"].as_str(), id_token["org_name"].as_str()), (Some("org_loud"), Some("loud")));
    }
    assert_eq!(error(&browser, &authorization().with("organization", "ORG_LOUD")).await, "invalid_request");
}

#[tokio::test]
async fn a_silent_request_names_its_organization_again() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    browser.id_token(&authorization().with("organization", "org_acme")).await;
    let silent = authorization().with("prompt", "none");
    assert_eq!(browser.id_token(&silent.with("organization", "acme")).await["org_id"], "org_acme");
    assert_eq!(browser.id_token(&silent).await.get("org_id"), None);
    assert_eq!(error(&browser, &silent.with("organization", "other")).await, "access_denied");
}

#[tokio::test]
async fn an_invitation_makes_the_user_a_member() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    let other = authorization().with("organization", "other");
    assert_eq!(error(&browser, &other).await, "access_denied");
    assert_eq!(error(&browser, &authorization().with("invitation", "ticket")).await, "invalid_request");
    let id_token = browser.id_token(&other.with("invitation", "any ticket")).await;
    assert_eq!((id_token["sub"].as_str(), id_token["org_name"].as_str()), (Some("auth0|ada"), Some("other")));
    assert_eq!(browser.id_token(&other).await["org_id"], "org_other", "the membership lasts");
    assert_eq!(error(&browser, &other.with("login_hint", "auth0|bob")).await, "access_denied");
}

#[tokio::test]
async fn a_registered_invitation_is_for_one_organization_and_one_use() {
    let world = World::with(|builder| builder.invitation("ticket", "org_other")).await;
    let browser = Visitor::new(&world);
    let invited = authorization().with("organization", "other").with("invitation", "ticket");
    assert_eq!(error(&browser, &invited.with("invitation", "another")).await, "access_denied");
    assert_eq!(error(&browser, &invited.with("organization", "acme")).await, "access_denied");
    browser.id_token(&invited).await;
    assert_eq!(error(&browser, &invited.with("login_hint", "auth0|bob")).await, "access_denied");
}
