//! How often a token can be exchanged on behalf of its user.

use auth0_api_core::exchange::{InputError, ServerErrorKind};
use auth0_api_core::{ApiClient, ClientAuth, Error, ExchangeError, OnBehalfOf, VerifiedToken};
use auth0_api_testing::{Api, HttpAnswer, LocalTenant, ManualClock};
use serde_json::{Value, json};

use super::scene::{CALENDAR, Scene, server_error};
use super::scripted::tokens;

fn chain(levels: u32) -> Value {
    (1..levels).fold(json!({ "sub": "first" }), |act, _| json!({ "sub": "next", "act": act }))
}

async fn caller(scene: &Scene, act: Value) -> VerifiedToken {
    scene.api.verify_access_token(&scene.tenant.mint().claim("act", act).sign()).await.unwrap()
}

fn exceeds() -> HttpAnswer {
    let description = "Delegation chain depth exceeds the maximum allowed depth of 5";
    HttpAnswer::json(400, &json!({ "error": "invalid_request", "error_description": description }))
}

/// Asserts that a handler that returns this error answers with the row for tokens that were delegated too often.
fn assert_is_403(scene: &Scene, error: ExchangeError) {
    let error = Error::from(error);
    assert_eq!(error.label(), "exchange_delegation_depth");
    assert!(error.hint().unwrap().contains("five actors"));
    let rejection = scene.api.reject(&error);
    assert_eq!((rejection.status(), rejection.challenges().len()), (403, 0));
    let description = "the access token was delegated too often to be exchanged again";
    let body = json!({ "error": "delegation_too_deep", "error_description": description });
    assert_eq!(serde_json::from_str::<Value>(&rejection.body()).unwrap(), body);
}

#[tokio::test]
async fn five_actors_are_rejected_before_any_request() {
    let scene = Scene::new();
    // An actor without a name counts as well: what counts is how deep the claim nests.
    let unnamed = json!({ "act": chain(4) });
    for (act, depth) in [(chain(5), 5), (chain(6), 6), (chain(20), 16), (unnamed, 5)] {
        let caller = caller(&scene, act).await;
        let error = scene.on_behalf_of(&caller).await.unwrap_err();
        let too_deep = InputError::DelegationTooDeep { depth };
        assert!(matches!(&error, ExchangeError::Input(input) if *input == too_deep), "{error:?}");
        assert_is_403(&scene, error);
    }
    // The verification of the tokens has fetched the discovery document once.
    assert_eq!((scene.sent(), scene.discovery.count()), (0, 1));
}

#[tokio::test]
async fn with_four_actors_the_tenant_decides() {
    let scene = Scene::new();
    let caller = caller(&scene, chain(4)).await;
    scene.tokens.answer([exceeds(), tokens("granted")]);
    let error = server_error(scene.on_behalf_of(&caller).await).unwrap();
    assert_eq!((error.kind(), error.status()), (ServerErrorKind::DelegationTooDeep, 400));
    assert_is_403(&scene, error.into());
    // Errors are not cached: the tenant may have changed its limit.
    assert_eq!(scene.on_behalf_of(&caller).await.unwrap().access_token().expose(), "granted");
}

#[tokio::test]
async fn another_invalid_request_is_still_a_mistake_of_this_api() {
    let scene = Scene::new();
    let caller = caller(&scene, chain(4)).await;
    let other = json!({ "error": "invalid_request", "error_description": "Missing required parameter: audience" });
    scene.tokens.answer([HttpAnswer::json(400, &other)]);
    assert_eq!(server_error(scene.on_behalf_of(&caller).await).unwrap().kind(), ServerErrorKind::Request);
}

#[tokio::test]
async fn the_local_tenant_lets_four_apis_pass_a_user_on() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).api(Api::new(CALENDAR)).start().await.unwrap();
    let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let api = builder.clock(clock).client_auth(auth).build().unwrap();
    let ask = async |levels: u32| {
        let token = tenant.mint().claim("act", chain(levels)).sign();
        let caller = api.verify_access_token(&token).await.unwrap();
        api.get_token_on_behalf_of(&caller, OnBehalfOf::audience(CALENDAR)).await
    };
    assert_eq!(ask(3).await.unwrap().delegation_chain().unwrap().len(), 4);
    let rejected = server_error(ask(4).await).unwrap();
    assert_eq!(rejected.kind(), ServerErrorKind::DelegationTooDeep);
    assert_eq!(Error::from(ExchangeError::from(rejected)).label(), "exchange_delegation_depth");
}
