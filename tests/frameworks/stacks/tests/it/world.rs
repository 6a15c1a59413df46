//! A tenant, an API, and requests to it.

use std::convert::Infallible;
use std::time::Duration;

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use http::Request;
use tower::{Service, ServiceExt as _};

pub(crate) struct World(TestWorld);

impl World {
    pub(crate) async fn start() -> Self {
        Self(TestWorld::start().await)
    }

    pub(crate) fn layer(&self) -> AuthLayer {
        AuthLayer::new(self.0.api.clone())
    }

    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.0.tenant.mint().sign())
    }

    pub(crate) fn authorized(&self, path: &str) -> Request<Body> {
        Request::get(path).header("authorization", self.authorization()).body(Body::empty()).unwrap()
    }

    /// Sends a request without a token and one with a token: only the second one may be served.
    pub(crate) async fn check<S>(&self, stack: &str, service: S)
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone,
    {
        let anonymous = Request::get("/private").body(Body::empty()).unwrap();
        let rejected = within(service.clone().oneshot(anonymous)).await.unwrap();
        assert_eq!(rejected.status(), 401, "{stack}");
        assert_eq!(rejected.headers().get_all("www-authenticate").iter().count(), 2, "{stack}");
        let served = within(service.oneshot(self.authorized("/private"))).await.unwrap();
        assert_eq!(served.status(), 200, "{stack}");
        let body = within(axum::body::to_bytes(served.into_body(), 1000)).await.unwrap();
        assert_eq!(body, "auth0|local-user", "{stack}");
    }
}

pub(crate) fn routes() -> Router {
    Router::new().route("/private", get(subject))
}

async fn subject(Token(token): Token) -> String {
    token.subject().unwrap_or_default().to_owned()
}

/// No stack may hang.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future).await.expect("a stack hangs")
}
