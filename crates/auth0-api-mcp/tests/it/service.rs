//! The layer follows the rules of tower for readiness, errors and futures.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use auth0_api_mcp::{McpBody, McpLayer};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer as _, Service, ServiceExt, service_fn};

use crate::world::{Server, requirements, tool_call};

/// Counts the instances that were polled ready and then called.
#[derive(Debug)]
struct Counting {
    calls: Arc<AtomicUsize>,
    is_ready: bool,
}

impl Clone for Counting {
    fn clone(&self) -> Self {
        Self { calls: Arc::clone(&self.calls), is_ready: false }
    }
}

impl<B> Service<Request<B>> for Counting {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        assert!(self.is_ready, "an instance was called that was not polled");
        self.calls.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Response::default()))
    }
}

#[tokio::test]
async fn the_instance_that_was_polled_ready_is_called_for_accepted_requests_only() {
    let server = Server::start().await;
    let layer = McpLayer::builder(server.world.api.clone(), requirements()).build().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let mut service = layer.layer(Counting { calls: Arc::clone(&calls), is_ready: false });
    let message = || Full::<Bytes>::from(tool_call("calendar.create").to_string());
    let get = || server.request("GET", "use:tools");
    for (request, body, status, called) in [
        (server.post("use:tools write:events"), message(), 200, 1),
        (server.post("use:tools"), message(), 403, 1),
        (server.post("use:tools"), Full::default(), 400, 1),
        (Request::post("/mcp"), message(), 401, 1),
        (get(), Full::default(), 200, 2),
        (get(), message(), 400, 2),
        (server.post("use:tools write:events"), message(), 200, 3),
    ] {
        let response = ServiceExt::<Request<Full<Bytes>>>::ready(&mut service)
            .await
            .unwrap()
            .call(request.body(body).unwrap())
            .await
            .unwrap();
        assert_eq!((response.status().as_u16(), calls.load(Ordering::SeqCst)), (status, called));
    }
}

#[tokio::test]
async fn an_error_of_the_service_is_passed_on() {
    let server = Server::start().await;
    let layer = McpLayer::builder(server.world.api.clone(), requirements()).build().unwrap();
    let failing = service_fn(|_: Request<McpBody<Full<Bytes>>>| ready(Err::<Response<Full<Bytes>>, _>("broken")));
    let request = server.post("use:tools").body(Full::from(tool_call("whoami").to_string())).unwrap();
    assert_eq!(layer.layer(failing).oneshot(request).await.err(), Some("broken"));
}
