//! Errors that a handler meets after a gate has admitted the request: their rejections, and their log events.

use std::time::UNIX_EPOCH;

use auth0_api_core::adapter::{Admission, Gate, Place, ReturnedError};
use auth0_api_core::exchange::{InputError, ProofKey, TokenTextError};
use auth0_api_core::{
    ClientAuth, Error, ExchangeError, OnBehalfOf, ReceivedTarget, Rejection, Requirement, TokenRequest,
};
use auth0_api_testing::{Endpoint, Misbehaviour, TestWorld};

use crate::log::Log;

const URL: &str = "https://api.example.com/orders";

#[tokio::test]
async fn an_error_about_a_second_token_goes_on_the_challenge_of_the_admitted_scheme() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    for second in ["opaque", "", "a b", &world.tenant.mint().audience("https://other.example.com").sign()] {
        let error = world.api.verify_access_token(second).await.unwrap_err();
        let rejection = admission.reject(&error);
        assert_eq!(schemes_with_error(&rejection), ["DPoP"], "{second}: {:?}", rejection.challenges());
    }
}

#[tokio::test]
async fn an_exchange_that_fails_at_the_tenant_is_logged_once() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    let own = ClientAuth::secret_post(world.tenant.api_client_id(), world.tenant.api_client_secret());
    let exchanging = world.builder().client_auth(own).build().unwrap();
    world.tenant.misbehave(Endpoint::Token, Misbehaviour::Status(500));
    let (log, subscribed) = Log::subscribe();
    let asked = OnBehalfOf::audience("https://calendar.example.com");
    let error = exchanging.get_token_on_behalf_of(admission.demand().unwrap(), asked).await.unwrap_err();
    admission.reject(&error.into());
    drop(subscribed);
    let (events, texts) = log.read();
    assert_eq!(events, ["exchange_cache_miss", "token_exchange_failed"], "{texts}");
}

#[tokio::test]
async fn an_exchange_error_before_or_after_the_request_is_logged_when_the_handler_returns_it() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    let blank = InputError::Token { parameter: "subject_token", problem: TokenTextError::Blank };
    for (error, label) in [
        (ExchangeError::from(blank), "exchange_subject_malformed"),
        (ExchangeError::ClientAuthMissing, "exchange_client_auth_missing"),
        (ExchangeError::ScopesMissing { missing: "read".into() }, "exchange_scopes_missing"),
    ] {
        let (log, subscribed) = Log::subscribe();
        admission.reject(&error.into());
        drop(subscribed);
        let (events, texts) = log.read();
        assert_eq!(events, ["request_rejected"], "{texts}");
        assert!(texts.contains(label), "{texts}");
    }
}

#[tokio::test]
async fn a_proof_for_a_malformed_url_of_the_application_is_500_and_logged() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    let signed = ProofKey::generate().unwrap().proof("GET", "orders").sign(UNIX_EPOCH);
    let (log, subscribed) = Log::subscribe();
    let rejection = admission.reject(&Error::from(signed.unwrap_err()));
    drop(subscribed);
    assert_eq!((rejection.status(), rejection.label(), rejection.challenges().len()), (500, "proof_signing", 0));
    let (events, texts) = log.read();
    assert_eq!(events, ["request_rejected"], "{texts}");
    assert!(texts.contains("absolute http or https URL"), "{texts}");
}

#[tokio::test]
async fn an_error_that_no_middleware_finds_is_logged() {
    for response in [
        || drop(axum::response::IntoResponse::into_response(uncovered::<auth0_api_axum::HandlerError>())),
        || drop(actix_web::ResponseError::error_response(&uncovered::<auth0_api_actix::HandlerError>())),
    ] {
        let (log, subscribed) = Log::subscribe();
        response();
        drop(subscribed);
        let (events, texts) = log.read();
        assert_eq!(events, ["layer_missing"], "{texts}");
        assert!(texts.contains("exchange_client_auth_missing") && texts.contains("no client credentials"), "{texts}");
    }
    let (log, subscribed) = Log::subscribe();
    drop(uncovered::<auth0_api_axum::HandlerError>());
    drop(subscribed);
    assert_eq!(log.read().0, [""; 0]);
}

fn uncovered<E: From<ExchangeError>>() -> E {
    ExchangeError::ClientAuthMissing.into()
}

#[tokio::test]
async fn an_error_that_a_middleware_finds_is_no_missing_layer() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    let (log, subscribed) = Log::subscribe();
    for (status, label) in [(500, Some("exchange_client_auth_missing")), (200, None)] {
        let returned = ReturnedError::from(ExchangeError::ClientAuthMissing);
        assert_eq!((returned.answer().status(), returned.error().status()), (500, 500));
        let rejection = admission.reject_returned(&returned, status);
        assert_eq!(rejection.map(|rejection| rejection.label()), label);
    }
    drop(subscribed);
    let (events, texts) = log.read();
    assert_eq!(events, ["request_rejected"], "{texts}");
}

/// Admits a request with a bound token and a proof.
async fn admit_with_proof(world: &TestWorld) -> Admission {
    let holder = world.tenant.token_holder();
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
    let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
    Gate::new(world.api.clone()).admit(&TokenRequest::new("GET", URL, &headers), None).await.unwrap()
}

#[tokio::test]
async fn a_second_gate_reuses_the_verified_token_only_if_the_request_still_presents_it() {
    let world = TestWorld::start().await;
    let gate = Gate::new(world.api.clone());
    let holder = world.tenant.token_holder();
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
    let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
    let request = TokenRequest::new("GET", URL, &headers);
    let outer = gate.admit(&request, None).await.unwrap();
    // The proof is not used a second time.
    let inner = gate.admit(&request, Some(&outer)).await.unwrap();
    assert_eq!(inner.token().unwrap().claims(), outer.token().unwrap().claims());

    let other = world.tenant.mint().subject("auth0|eve").sign();
    let authorization = format!("Bearer {other}");
    for (headers, label) in [
        (vec![("authorization", authorization.as_str())], None),
        (vec![("authorization", "Bearer opaque")], Some("token_opaque")),
        (vec![], Some("credentials_missing")),
    ] {
        let outcome = gate.admit(&TokenRequest::new("GET", URL, &headers), Some(&outer)).await;
        let subject = outcome.as_ref().map(|inner| inner.token().unwrap().subject().unwrap());
        assert_eq!(subject.map_err(Rejection::label), label.map_or(Ok("auth0|eve"), Err));
    }
}

#[tokio::test]
async fn a_returned_error_has_the_text_of_the_error() {
    let world = TestWorld::start().await;
    let error = world.api.verify_access_token("opaque").await.unwrap_err();
    let text = error.to_string();
    assert_eq!(ReturnedError::from(error).to_string(), text);
}

#[tokio::test]
async fn a_rejection_replaces_its_own_headers_and_those_of_the_body() {
    let world = TestWorld::start().await;
    let rejection = world.api.reject(&Error::missing_credentials());
    for (name, stays) in [
        ("access-control-allow-origin", true),
        ("x-request-id", true),
        ("vary", true),
        ("www-authenticate", false),
        ("cache-control", false),
        ("etag", false),
    ] {
        assert_eq!(rejection.keeps_replaced_header(name), stays, "{name}");
    }
}

#[tokio::test]
async fn an_admission_has_the_address_of_the_end_user_if_the_client_forwards_it() {
    let world = TestWorld::start().await;
    let forwarding = world.builder().forward_end_user_address().build().unwrap();
    let authorization = format!("Bearer {}", world.tenant.mint().sign());
    let headers = [("authorization", authorization.as_str())];
    let peer = Some("192.0.2.1".parse().unwrap());
    let target = ReceivedTarget { scheme: "https", authority: None, target: "/orders", peer };
    for (api, address) in [(forwarding, peer), (world.api.clone(), None)] {
        let admission = Gate::new(api).admit(&TokenRequest::received("GET", target, &headers), None).await.unwrap();
        assert_eq!(admission.end_user_address(), address);
    }
}

/// The schemes of the challenges that contain an error.
fn schemes_with_error(rejection: &Rejection) -> Vec<String> {
    let with_error = rejection.challenges().iter().filter(|challenge| challenge.to_string().contains("error="));
    with_error.map(|challenge| challenge.scheme().to_string()).collect()
}

#[tokio::test]
async fn a_rejection_is_logged_with_the_method_and_the_path_of_its_request() {
    let world = TestWorld::start().await;
    let (log, subscribed) = Log::subscribe();
    let headers = [("authorization", "Bearer opaque")];
    let request = TokenRequest::new("PUT", "https://api.example.com/orders/17?access_token=secret", &headers);
    Gate::new(world.api.clone()).admit(&request, None).await.unwrap_err();
    // The requirement and the handler do not see the request again.
    let admission = admit_with_proof(&world).await;
    admission.demand_that_meets(&Requirement::scope("write:orders")).unwrap_err();
    admission.claims::<std::collections::HashMap<String, u8>>().unwrap_err();
    drop(subscribed);
    let (_, texts) = log.read();
    assert!(
        texts.contains(r#"("http.request.method", "PUT"), ("url.path", "/orders/17")"#) && !texts.contains("secret"),
        "{texts}"
    );
    assert_eq!(texts.matches(r#"("http.request.method", "GET"), ("url.path", "/orders")"#).count(), 2, "{texts}");
}

#[tokio::test]
async fn a_requirement_without_its_own_layer_says_which_route_and_what_is_wrong() {
    let world = TestWorld::start().await;
    let admission = admit_with_proof(&world).await;
    let other = Gate::new(world.builder().build().unwrap()).require(Requirement::user());
    let (log, subscribed) = Log::subscribe();
    let place = Place::new("GET", "/orders?page=2");
    assert_eq!(other.check(Some(&admission), place).unwrap_err().status(), 500);
    assert_eq!(other.check(None, place).unwrap_err().status(), 500);
    drop(subscribed);
    let (events, texts) = log.read();
    assert_eq!(events, ["layer_missing", "layer_missing"], "{texts}");
    for part in ["belongs to another ApiClient", "no middleware verified the request before", "adds last runs first"] {
        assert_eq!(texts.matches(part).count(), 1, "{part}: {texts}");
    }
    assert_eq!(texts.matches(r#"("url.path", "/orders")"#).count(), 2, "{texts}");
}

#[tokio::test]
async fn layer_missing_is_logged_ten_times_in_a_second_at_most() {
    let world = TestWorld::start().await;
    let gate = Gate::new(world.api.clone()).require(Requirement::user());
    let (log, subscribed) = Log::subscribe();
    for _ in 0..1000 {
        gate.check(None, Place::new("GET", "/")).unwrap_err();
    }
    drop(subscribed);
    // The clock of the process may begin another second in between.
    let logged = log.read().0.len();
    assert!(logged <= 30, "{logged}");
}
