//! A span for each request, with the label of a rejection and the subject of the token.

use std::io;
use std::sync::{Arc, Mutex};

use auth0_api_axum::{AuthLayer, Rejection, Token};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span, info_span};
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::format::FmtSpan;

use super::{bearer, status};
use crate::log::Log;

/// Outside the layer: the span of the request.
async fn in_a_span(request: Request, next: Next) -> Response {
    let span = info_span!(
        "request",
        "http.request.method" = %request.method(),
        "url.path" = request.uri().path(),
        "http.response.status_code" = Empty,
        "error.type" = Empty,
        "enduser.id" = Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        span.record("error.type", rejection.label());
    }
    response
}

/// Inside the layer: personal data. Leave it out unless you need it.
async fn with_subject(Token(token): Token, request: Request, next: Next) -> Response {
    Span::current().record("enduser.id", token.subject());
    next.run(request).await
}

fn traced(routes: Router, auth: AuthLayer) -> Router {
    routes.layer(from_fn(with_subject)).layer(auth).layer(from_fn(in_a_span))
}

/// What the subscriber has written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sends a request, and returns what the subscriber writes about it.
async fn log_of(app: &Router, request: http::request::Builder) -> String {
    // Sets a subscriber for the whole process: see there.
    drop(Log::subscribe());
    let written = Written::default();
    let writer = written.clone();
    let subscriber = fmt().with_max_level(Level::DEBUG).with_ansi(false).without_time();
    let subscriber = subscriber.with_span_events(FmtSpan::CLOSE).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    tracing::callsite::rebuild_interest_cache();
    status(app, request).await;
    drop(guard);
    let written = written.0.lock().unwrap().clone();
    String::from_utf8(written).unwrap()
}

#[tokio::test]
async fn the_span_of_a_request_has_its_events_and_the_caller_or_the_label() {
    let world = TestWorld::start().await;
    world.api.warm_up().await.unwrap();
    let routes = Router::new().route("/me", get(|_: Token| async { "me" }));
    let app = traced(routes, AuthLayer::new(world.api.clone()));
    let request = r#"request{http.request.method=GET url.path="/me""#;

    let accepted = log_of(&app, bearer(&world, "/me")).await;
    let line = |text: &str| accepted.lines().any(|line| line.contains(request) && line.contains(text));
    assert!(line(r#"event="request_accepted""#), "{accepted}");
    assert!(line(r#" enduser.id="auth0|local-user" http.response.status_code=200}"#), "{accepted}");
    assert!(!accepted.contains("error.type") && !accepted.contains("eyJ"), "{accepted}");

    let token = world.tenant.mint().audience("https://other.example.com").sign();
    let invalid = http::Request::get("/me").header("authorization", format!("Bearer {token}"));
    let rejected = log_of(&app, invalid).await;
    let line = |text: &str| rejected.lines().any(|line| line.contains(request) && line.contains(text));
    assert!(line(r#"event="request_rejected""#), "{rejected}");
    assert!(line(r#" http.response.status_code=401 error.type="token_audience"}"#), "{rejected}");
    assert!(!rejected.contains("enduser.id") && !rejected.contains("eyJ"), "{rejected}");
}

#[test]
fn the_guide_shows_this_code() {
    let page = include_str!("../../../crates/auth0-api-core/src/guide/tracing.md");
    super::assert_shown(page, 1, &[include_str!("tracing_spans.rs")]);
}
