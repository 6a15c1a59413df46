//! The errors of the tenant, each with its label, its text and its hint.

use auth0_api_management::{ManagementError, ProfileChange, WantedProfile};

use crate::intercepting::{Intercepting, answer, is_call};
use crate::world::{ACTION, OTHER_ACTION, TYPE, World, told, wanted};

#[tokio::test]
async fn an_action_that_the_tenant_does_not_have_is_a_bad_request() {
    let world = World::new().await;
    let error = world.profiles.create(&WantedProfile::new("Legacy", TYPE, "no-action")).await.unwrap_err();
    assert!(matches!(error, ManagementError::BadRequest(_)), "{error:?}");
    assert!(error.tenant_error().unwrap().message().unwrap().contains("action_id"), "{error:?}");
    assert!(error.hint().unwrap().contains("action_id") && !error.may_have_taken_effect());
}

#[tokio::test]
async fn a_type_that_is_taken_is_a_conflict() {
    let world = World::new().await;
    world.profiles.create(&wanted()).await.unwrap();
    let text = "the Management API answered 409 token_exchange_profile_conflict".to_owned();
    assert_eq!(told(world.profiles.create(&wanted()).await), ("management_conflict", text.clone()));
    let other = world.profiles.create(&WantedProfile::new("Tickets", "urn:acme:ticket", ACTION)).await.unwrap();
    let taken = ProfileChange::new().subject_token_type(TYPE);
    assert_eq!(told(world.profiles.update(other.id(), &taken).await), ("management_conflict", text));
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_not_found() {
    let world = World::new().await;
    let text = "the Management API answered 404 inexistent_token_exchange_profile".to_owned();
    assert_eq!(told(world.profiles.get("tep_none").await), ("management_not_found", text.clone()));
    let change = ProfileChange::new().name("Old sessions");
    assert_eq!(told(world.profiles.update("tep_none", &change).await), ("management_not_found", text));
}

/// Returns a world whose client has a management token with these scopes only.
async fn world_with_scopes(scopes: &'static str) -> World {
    // The local tenant gives all scopes to every client, so the token is put in the way of its answer.
    let token = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let issued = std::sync::Arc::clone(&token);
    let http = Intercepting::new(move |request| {
        let token = issued.lock().unwrap().clone();
        let body =
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600,"scope":"{scopes}"}}"#);
        if request.url.ends_with("/oauth/token") { answer(200, &[], &body) } else { None }
    });
    let world = World::sending_with(http).await;
    let audience = world.tenant.management_audience();
    *token.lock().unwrap() = world.tenant.mint().audience(&audience).scope(scopes).sign();
    world
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let world = world_with_scopes("read:token_exchange_profiles").await;
    assert!(world.profiles.find(TYPE).await.is_ok());
    for (outcome, scope) in [
        (world.profiles.ensure(&wanted()).await.map(drop), "create:token_exchange_profiles"),
        (world.profiles.delete("tep_1").await, "delete:token_exchange_profiles"),
        (world.profiles.update("tep_1", &ProfileChange::new().name("abc")).await, "update:token_exchange_profiles"),
    ] {
        let error = outcome.unwrap_err();
        let text = format!("the Management API answered 403 insufficient_scope: the scope {scope} is missing");
        assert_eq!((error.label(), error.to_string()), ("management_scope_missing", text));
        assert!(matches!(error, ManagementError::Forbidden { missing_scope: Some(missing), .. } if missing == scope));
    }
    let world = world_with_scopes("create:token_exchange_profiles").await;
    let (label, text) = told(world.profiles.ensure(&wanted()).await);
    assert!(label == "management_scope_missing" && text.contains("read:token_exchange_profiles"), "{text}");
}

#[tokio::test]
async fn a_profile_whose_replacement_cannot_be_created_is_not_deleted() {
    let scopes = "read:token_exchange_profiles update:token_exchange_profiles delete:token_exchange_profiles";
    let world = world_with_scopes(scopes).await;
    let old = world.builder().build().unwrap().token_exchange_profiles().create(&wanted()).await.unwrap();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = world.profiles.ensure_or_replace(&other).await.unwrap_err();
    let text = "the scope create:token_exchange_profiles is missing, so the profile was not deleted";
    assert_eq!((error.label(), error.to_string()), ("management_scope_missing", text.to_owned()));
    assert!(error.hint().unwrap().contains("missing scope") && !error.may_have_taken_effect());
    assert_eq!(world.http.calls(), ["GET token-exchange-profiles?take=100"]);
    assert_eq!(world.all().await, [old]);
    // The operator may give the scope now, so the next call gets a new token.
    let tokens = || world.http.requests().iter().filter(|request| request.url.ends_with("/oauth/token")).count();
    assert_eq!(tokens(), 1);
    assert!(world.profiles.ensure_or_replace(&other).await.is_err());
    assert_eq!(tokens(), 2);
}

#[tokio::test]
async fn a_scope_that_is_given_after_a_rejection_works_without_a_restart() {
    let world = world_with_scopes("create:token_exchange_profiles").await;
    assert!(world.profiles.find(TYPE).await.is_err());
    let tokens =
        |world: &World| world.http.requests().iter().filter(|request| request.url.ends_with("/oauth/token")).count();
    assert_eq!(tokens(&world), 1);
    world.clock.pass(10);
    assert!(world.profiles.find(TYPE).await.is_err());
    assert_eq!(tokens(&world), 2);
}

#[tokio::test]
async fn another_reason_for_403_names_no_scope() {
    let body =
        r#"{"statusCode":403,"error":"Forbidden","message":"not in your plan","errorCode":"feature_not_enabled"}"#;
    let http = Intercepting::new(move |request| if is_call(request, "GET") { answer(403, &[], body) } else { None });
    let world = World::sending_with(http).await;
    let error = world.profiles.find(TYPE).await.unwrap_err();
    assert!(matches!(error, ManagementError::Forbidden { missing_scope: None, .. }), "{error:?}");
    assert_eq!(error.label(), "management_forbidden");
    assert_eq!(error.tenant_error().unwrap().message(), Some("not in your plan"));
}

#[tokio::test]
async fn every_error_has_a_label_and_only_an_outage_has_no_hint() {
    let cases = [
        (400, "management_bad_request"),
        (401, "management_unauthorized"),
        (403, "management_forbidden"),
        (404, "management_not_found"),
        (405, "management_answer"),
        (409, "management_conflict"),
        (418, "management_answer"),
        (301, "management_answer"),
        (304, "management_answer"),
        (429, "management_rate_limited"),
        (500, "management_unavailable"),
        (599, "management_unavailable"),
    ];
    for (status, label) in cases {
        let http =
            Intercepting::new(move |request| if is_call(request, "GET") { answer(status, &[], "") } else { None });
        let world = World::sending_with(http).await;
        let error = world.profiles.find(TYPE).await.unwrap_err();
        assert_eq!(error.label(), label, "{status}");
        assert_eq!(error.hint().is_none(), label == "management_unavailable", "{status}");
    }
}
