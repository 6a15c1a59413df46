//! What the caller of this API sees if the other API denies a request.

use auth0_api_axum::{AuthLayer, HandlerError, Token};
use auth0_api_core::{Requirement, StepUp};
use auth0_api_fetcher::{FetchError, Fetcher};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{CALENDAR, Server, World};

/// An API that calls `/` of another API, and the answer that its caller gets.
async fn answer(world: &World, other: &Server) -> (StatusCode, http::HeaderMap, Value) {
    async fn handler(State(calendar): State<Fetcher>, Token(token): Token) -> Result<String, HandlerError> {
        let response = calendar.for_caller(&token).get("/").send().await?;
        Ok(response.error_for_status()?.text().await?)
    }
    let app = Router::new().route("/", get(handler)).with_state(world.fetcher(other).build().unwrap());
    let server = Server::start(app.layer(AuthLayer::new(world.api.clone()))).await;
    let token = world.tenant.mint().subject("auth0|ada").sign();
    let client = Fetcher::with_source(&server.url, move |_: auth0_api_fetcher::FetchCaller| {
        let token = token.clone();
        async move { auth0_api_fetcher::FetchToken::bearer(token) }
    });
    let client = client.insecure_http().build().unwrap();
    let response = client.for_application().get("/").any_status().send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    (status, headers, response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_missing_scope_of_the_other_api_is_this_apis_own_403_without_a_challenge() {
    let world = World::start().await;
    let step_up = Requirement::step_up(StepUp::new().any_acr(["urn:example:mfa"]));
    for requirement in [Requirement::scope("write:events"), step_up] {
        let layer = AuthLayer::new(world.calendar().build().unwrap());
        let app = Router::new().route("/", get(async || "")).route_layer(layer.require(requirement));
        let other = Server::start(app.layer(layer)).await;
        let (status, headers, body) = answer(&world, &other).await;
        assert_eq!(status, 403);
        let description = "another API that is needed here demands more";
        assert_eq!(body, json!({ "error": "downstream_insufficient_scope", "error_description": description }));
        assert!(!headers.contains_key("www-authenticate"), "{headers:?}");
        assert!(headers.values().all(|value| !value.to_str().unwrap().contains("write:events")), "{headers:?}");
    }
}

#[tokio::test]
async fn the_error_names_audience_and_scope() {
    let world = World::start().await;
    for (status, challenge, expected) in [
        (403, "Bearer error=\"insufficient_scope\", scope=\"write:events\"", (Some("write:events"), false)),
        (403, "", (None, false)),
        (401, "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa\"", (None, true)),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let other = Server::answering(move |_, _| (status, [("www-authenticate", challenge)])).await;
        let fetcher = world.fetcher(&other).build().unwrap();
        let ada = world.caller("auth0|ada").await;
        match fetcher.for_caller(&ada).get("/").send().await {
            Err(FetchError::Denied { audience, scope, step_up }) => {
                assert_eq!((audience.as_deref(), (scope.as_deref(), step_up)), (Some(CALENDAR), expected));
            }
            outcome => panic!("{outcome:?}"),
        }
        let response = fetcher.for_caller(&ada).get("/").any_status().send().await.unwrap();
        assert_eq!((response.status(), other.requests()), (status, 2));
    }
}

#[tokio::test]
async fn other_failures_of_the_other_api_are_not_the_callers_fault() {
    let world = World::start().await;
    for (other, expected, retry_after) in
        [(401, 500, None), (404, 500, None), (302, 500, None), (429, 503, Some("17")), (500, 503, Some("17"))]
    {
        let status = StatusCode::from_u16(other).unwrap();
        let server = Server::answering(move |_, _| (status, [("retry-after", "17")], "secret of the other API")).await;
        let (status, headers, body) = answer(&world, &server).await;
        assert_eq!(status, expected, "{other}: {body}");
        assert_eq!(headers.get("retry-after").map(|value| value.to_str().unwrap()), retry_after, "{other}");
        assert!(!headers.contains_key("www-authenticate") && !body.to_string().contains("secret"), "{other}: {body}");
    }
}
