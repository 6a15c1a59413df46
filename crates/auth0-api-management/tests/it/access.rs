//! The management token: one for all calls, renewed in time, and dropped when the tenant rejects it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth0_api_core::ClientAuth;
use auth0_api_management::ManagementError;
use auth0_api_testing::{Endpoint, Misbehaviour};

use crate::intercepting::{Intercepting, answer, is_call};
use crate::world::{TYPE, World};

const REJECTED: &str =
    r#"{"statusCode":401,"error":"Unauthorized","message":"Invalid token","errorCode":"invalid_token"}"#;

#[tokio::test]
async fn calls_share_one_token_until_it_expires() {
    let world = World::new().await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let profiles = world.profiles.clone();
            tokio::spawn(async move { profiles.find(TYPE).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(world.tenant.requests().token, 1);
    let request = world.tenant.token_requests().pop().unwrap();
    assert_eq!(request.field("grant_type"), Some("client_credentials"));
    assert_eq!(request.field("audience"), Some(&*world.tenant.management_audience()));
    assert_eq!(request.field("scope"), None);

    // A day is the longest lifetime of Auth0's management tokens; the local tenant's are shorter.
    world.clock.pass(86_400);
    world.profiles.find(TYPE).await.unwrap();
    assert_eq!(world.tenant.requests().token, 2);
}

#[tokio::test]
async fn a_token_is_not_used_in_the_last_seconds_of_its_life() {
    let world = World::new().await;
    let expires_in = 3_600;
    let http = Intercepting::new(move |request| {
        let body = format!(r#"{{"access_token":"short","token_type":"Bearer","expires_in":{expires_in}}}"#);
        if request.url.ends_with("/oauth/token") {
            answer(200, &[], &body)
        } else if is_call(request, "GET") {
            answer(200, &[], r#"{"token_exchange_profiles":[]}"#)
        } else {
            None
        }
    });
    let profiles = world.builder().http_client(http.clone()).build().unwrap().token_exchange_profiles();
    let tokens = || http.requests().iter().filter(|request| request.url.ends_with("/oauth/token")).count();
    profiles.find(TYPE).await.unwrap();
    world.clock.pass(expires_in - 31);
    profiles.find(TYPE).await.unwrap();
    // At this time, the token is renewed in the background, so a second one may have been requested.
    let before = tokens();
    world.clock.pass(expires_in);
    profiles.find(TYPE).await.unwrap();
    assert!(before <= 2 && tokens() == before + 1, "{before} {}", tokens());
}

#[tokio::test]
async fn a_token_that_the_tenant_rejects_is_replaced_once() {
    let world = World::new().await;
    world.profiles.find(TYPE).await.unwrap();
    let kid = world.tenant.current_kid();
    world.tenant.rotate_keys();
    world.tenant.remove_key(&kid);
    world.profiles.find(TYPE).await.unwrap();
    assert_eq!((world.tenant.requests().token, world.http.calls().len()), (2, 3));
}

#[tokio::test]
async fn a_tenant_that_rejects_every_token_costs_one_token_in_ten_seconds() {
    let http = Intercepting::new(|request| if is_call(request, "GET") { answer(401, &[], REJECTED) } else { None });
    let world = World::sending_with(http).await;
    let rejected = async || {
        let error = world.profiles.find(TYPE).await.unwrap_err();
        assert!(matches!(&error, ManagementError::Unauthorized(error) if error.code() == Some("invalid_token")));
        (error.label(), world.tenant.requests().token)
    };
    assert_eq!(rejected().await, ("management_unauthorized", 2));
    for _ in 0..5 {
        assert_eq!(rejected().await.1, 2);
    }
    world.clock.pass(10);
    assert_eq!(rejected().await.1, 3);
}

#[tokio::test]
async fn calls_that_were_rejected_with_the_same_token_all_try_again() {
    let rejects = Arc::new(AtomicBool::new(false));
    let rejecting = Arc::clone(&rejects);
    let first = std::sync::Mutex::new(None);
    let http = Intercepting::new(move |request| {
        let token = request.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.clone())?;
        let mut first = first.lock().unwrap();
        let is_first = *first.get_or_insert_with(|| token.clone()) == token;
        if is_first && rejecting.load(Ordering::SeqCst) { answer(401, &[], REJECTED) } else { None }
    });
    let world = World::sending_with(http).await;
    world.profiles.find(TYPE).await.unwrap();
    rejects.store(true, Ordering::SeqCst);
    // Otherwise the tenant could issue the same token once more.
    world.clock.pass(1);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let profiles = world.profiles.clone();
            tokio::spawn(async move { profiles.find(TYPE).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(world.tenant.requests().token, 2);
}

#[tokio::test]
async fn a_client_says_whose_management_api_it_calls() {
    let world = World::new().await;
    let client = world.builder().build().unwrap();
    assert_eq!(client.issuer(), world.tenant.issuer());
}

#[tokio::test]
async fn a_wrong_secret_is_an_error_of_the_client() {
    let world = World::new().await;
    let client = world.builder_as(ClientAuth::secret_post(world.tenant.client_id(), "wrong")).build().unwrap();
    let error = client.token_exchange_profiles().find(TYPE).await.unwrap_err();
    assert!(matches!(error, ManagementError::Token(_)), "{error:?}");
    assert_eq!(error.label(), "exchange_client_rejected");
    assert!(error.hint().is_some() && error.tenant_error().is_none());
    assert_eq!(world.tenant.requests().management, 0);
}

#[tokio::test]
async fn a_client_that_is_not_authorized_learns_what_to_switch_on() {
    let denied = r#"{"error":"access_denied","error_description":"Client is not authorized to access the API"}"#;
    let http = Intercepting::new(
        move |request| {
            if request.url.ends_with("/oauth/token") { answer(403, &[], denied) } else { None }
        },
    );
    let world = World::sending_with(http).await;
    let error = world.profiles.find(TYPE).await.unwrap_err();
    assert!(error.hint().unwrap().contains("Auth0 Management API"), "{error:?}");
    assert_eq!(error.to_string(), "there is no token for the Management API");
}

#[tokio::test]
async fn an_outage_of_the_token_endpoint_says_when_to_come_back() {
    let world = World::new().await;
    let limited = Misbehaviour::RateLimited { retry_after: std::time::Duration::from_secs(30) };
    world.tenant.misbehave(Endpoint::Token, limited);
    let error = world.profiles.find(TYPE).await.unwrap_err();
    assert_eq!((error.label(), error.retry_after().unwrap().as_secs()), ("exchange_rate_limited", 30));
    assert_eq!(world.tenant.requests().management, 0);
    let waits = world.clock.waits();
    // Chance decides whether the second wait still fits into a minute.
    assert!((1..=2).contains(&waits.len()) && waits.iter().all(|wait| wait.as_secs() >= 30), "{waits:?}");
}

#[tokio::test]
async fn a_call_waits_for_the_token_endpoint_too() {
    for fault in [
        Misbehaviour::RateLimited { retry_after: std::time::Duration::from_secs(30) },
        Misbehaviour::Status(503),
        Misbehaviour::Down,
    ] {
        let world = World::new().await;
        let tenant = Arc::new(world.tenant);
        tenant.misbehave(Endpoint::Token, fault.clone());
        let recovering = Arc::clone(&tenant);
        world.clock.on_wait(move || recovering.behave());
        assert_eq!(world.profiles.find(TYPE).await.unwrap(), None, "{fault:?}");
        assert_eq!(world.clock.waits().len(), 1, "{fault:?}");
    }
}
