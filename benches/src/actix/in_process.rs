//! Measures the actix-web middleware inside this process, without a server or a socket.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform as _, fn_service};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use auth0_api_actix::Auth;
use auth0_api_core::DpopPolicy;
use futures_util::FutureExt as _;

use crate::Candidate;
use crate::floor::rsa_key;
use crate::scenarios::{Signed, World, realistic, remembering_client, warm_client};

/// Candidates for a Bearer token: the floor (the signature check alone), and a service with and without the
/// middleware.
///
/// # Panics
///
/// If the set-up fails.
pub fn bearer() -> Vec<Candidate> {
    let World { runtime, tenant, signing_key } = World::new();
    let token = realistic(&tenant, &signing_key).sign();
    let client = warm_client(&runtime, &tenant, DpopPolicy::accept());
    let floor = Signed::by(&rsa_key(&signing_key.public_jwk()).into(), &token);
    let request = move || {
        let request = TestRequest::get().uri("/orders?page=2").insert_header(("host", "api.example.com"));
        request.insert_header(("authorization", format!("Bearer {token}"))).to_srv_request()
    };
    let bare = fn_service(answer);
    let remembering = remembering_client(&runtime, &tenant, DpopPolicy::accept());
    let (bare_request, remembered_request) = (request.clone(), request.clone());
    let covered = Auth::new(client).new_transform(fn_service(answer)).now_or_never().unwrap().unwrap();
    let remembered = Auth::new(remembering).new_transform(fn_service(answer)).now_or_never().unwrap().unwrap();
    vec![
        Candidate::new("floor: RS256 with a parsed key", move || floor.check()),
        Candidate::fed("service without the middleware", bare_request, move |request| call(&bare, request)),
        Candidate::fed("service behind the middleware", request, move |request| call(&covered, request)),
        Candidate::fed("service behind the middleware, remembered", remembered_request, move |request| {
            call(&remembered, request);
        }),
    ]
}

async fn answer(request: ServiceRequest) -> Result<ServiceResponse, Error> {
    Ok(request.into_response(HttpResponse::Ok().finish()))
}

fn call<S, B>(service: &S, request: ServiceRequest)
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let response = service.call(request).now_or_never().unwrap();
    assert_eq!(response.unwrap().status(), 200);
}
