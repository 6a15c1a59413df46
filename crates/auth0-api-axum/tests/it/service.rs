//! The layers follow the rules of tower for readiness, futures and errors.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use auth0_api_axum::AuthLayer;
use auth0_api_core::Requirement;
use auth0_api_testing::TestWorld;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use http_body_util::combinators::UnsyncBoxBody;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use crate::world::{Requests as _, URL};

#[tokio::test]
async fn the_layer_calls_the_service_instance_that_was_polled_ready() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let polls = Arc::new(AtomicUsize::new(0));
    let counting = Counting { polls: Arc::clone(&polls), ready: false };
    let mut service = layer.layer(layer.require(Requirement::claim("iss")).layer(counting));
    for call in 1..=3 {
        let request = world.bearer("").body(String::new()).unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(polls.load(Ordering::SeqCst), call);
    }
}

#[tokio::test]
async fn a_rejected_request_never_reaches_the_service() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let inner = service_fn(move |_: Request<String>| {
        counted.fetch_add(1, Ordering::SeqCst);
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let service = layer.layer(layer.require(Requirement::scope("admin")).layer(inner));
    for (request, status) in
        [(Request::get(URL), 401), (world.bad_bearer(), 401), (world.bearer("user"), 403), (world.bearer("admin"), 200)]
    {
        let response = service.clone().oneshot(request.body(String::new()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_error_of_the_service_is_passed_on_unchanged() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let failing = service_fn(|_: Request<String>| ready(Err::<Response<Full<Bytes>>, _>("broken")));
    let service = layer.layer(layer.require(Requirement::claim("iss")).layer(failing));
    let outcome = service.oneshot(world.bearer("").body(String::new()).unwrap()).await;
    assert_eq!(outcome.unwrap_err(), "broken");
}

#[tokio::test]
async fn a_service_that_is_not_ready_makes_the_layer_not_ready() {
    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    let mut service = layer.layer(layer.require(Requirement::claim("iss")).layer(NeverReady));
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(Service::<Request<String>>::poll_ready(&mut service, &mut context).is_pending());
}

#[tokio::test]
async fn futures_are_send_even_if_the_body_is_not_sync() {
    fn assert_send<F: Send>(future: F) -> F {
        future
    }

    let world = TestWorld::start().await;
    let layer = AuthLayer::new(world.api.clone());
    // The body here is `Send` but not `Sync`, as the bodies of servers are.
    let inner = service_fn(|_: Request<UnsyncBoxBody<Bytes, Infallible>>| {
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let mut service = layer.layer(layer.require(Requirement::claim("iss")).layer(inner));
    let request = world.bearer("").body(UnsyncBoxBody::default()).unwrap();
    let response = tokio::spawn(assert_send(service.call(request))).await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_future_that_is_dropped_before_the_first_poll_verifies_nothing() {
    let world = TestWorld::start().await;
    let inner = service_fn(|_: Request<String>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))));
    let mut service = AuthLayer::new(world.api.clone()).layer(inner);
    drop(service.call(world.bearer("").body(String::new()).unwrap()));
    assert_eq!(world.tenant.requests().discovery, 0);
}

/// A service that panics if it is called before it was polled ready. A clone is not ready at first, even if the
/// original is ready. tower allows this.
#[derive(Debug)]
struct Counting {
    polls: Arc<AtomicUsize>,
    ready: bool,
}

impl Clone for Counting {
    fn clone(&self) -> Self {
        Self { polls: Arc::clone(&self.polls), ready: false }
    }
}

impl Service<Request<String>> for Counting {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<String>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "the service was called before it was ready");
        ready(Ok(Response::default()))
    }
}

#[derive(Clone, Copy, Debug)]
struct NeverReady;

impl Service<Request<String>> for NeverReady {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<String>) -> Self::Future {
        ready(Ok(Response::default()))
    }
}
