//! Concurrent calls for the same token share one request.

use std::sync::Arc;

use auth0_api_core::{ApiClient, OnBehalfOf};
use futures_util::future::join_all;

use super::scene::{CALENDAR, Scene, text};
use super::scripted::{error, tokens};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_callers_cause_one_request() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.close();
    let callers = (0..1_000).map(|_| {
        let (api, ada) = (scene.api.clone(), ada.clone());
        tokio::spawn(async move { api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(CALENDAR)).await })
    });
    let callers: Vec<_> = callers.collect();
    scene.tokens.arrival().await;
    scene.tokens.open();
    let outcomes = join_all(callers).await;
    assert!(outcomes.iter().all(|outcome| text(outcome.as_ref().unwrap()) == Ok("new-token")));
    assert_eq!(scene.sent(), 1);
    assert_eq!(scene.discovery.count(), 2, "one request for the verifier, and one for the exchanges");
}

#[tokio::test]
async fn waiting_callers_share_an_error_and_the_next_call_sends_a_request() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.answer([error(403, "access_denied"), tokens("later")]);
    scene.tokens.close();
    let waiting = join_all((0..10).map(|_| scene.on_behalf_of(&ada)));
    let open = async {
        scene.tokens.arrival().await;
        scene.tokens.open();
    };
    let (outcomes, ()) = tokio::join!(waiting, open);
    for outcome in &outcomes {
        assert_eq!(text(outcome), Err("the token endpoint answered 403 access_denied".to_owned()));
    }
    assert_eq!(scene.sent(), 1);
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("later"));
}

#[tokio::test]
async fn a_cancelled_caller_does_not_cancel_the_exchange() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    scene.tokens.close();
    let (api, caller) = (scene.api.clone(), ada.clone());
    let gone = tokio::spawn(async move { ask(&api, &caller).await });
    scene.tokens.arrival().await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());

    scene.tokens.open();
    assert_eq!(text(&scene.on_behalf_of(&ada).await), Ok("new-token"));
    assert_eq!(scene.sent(), 1, "the request continued after its caller was cancelled");
}

#[tokio::test]
async fn different_exchanges_do_not_wait_for_each_other() {
    let scene = Arc::new(Scene::new());
    let (ada, bob) = (scene.caller("auth0|ada").await, scene.caller("auth0|bob").await);
    scene.tokens.close();
    let asking = tokio::spawn({
        let scene = Arc::clone(&scene);
        async move { tokio::join!(scene.on_behalf_of(&ada), scene.on_behalf_of(&bob)) }
    });
    while scene.sent() < 2 {
        tokio::task::yield_now().await;
    }
    scene.tokens.open();
    let (one, other) = asking.await.unwrap();
    assert!(one.is_ok() && other.is_ok());
}

async fn ask(api: &ApiClient, caller: &auth0_api_core::VerifiedToken) -> bool {
    api.get_token_on_behalf_of(caller, OnBehalfOf::audience(CALENDAR)).await.is_ok()
}
