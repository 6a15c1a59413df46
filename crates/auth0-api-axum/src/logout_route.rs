//! The route for the back-channel logouts of the tenant
//! ([OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use auth0_api_core::ApiClient;
use auth0_api_core::adapter::LogoutEndpoint;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;

/// Returns the route that receives the tenant's back-channel logouts at this path. Merge it *outside* the layer that
/// verifies requests: the tenant has no access token, and its logout token is verified by the route.
///
/// Enter the URL of the route as *Back-Channel Logout URI* of the applications whose logouts count. If `api` takes no
/// logouts ([`ApiClientBuilder::logout`](auth0_api_core::ApiClientBuilder::logout)), the router has no route, and this
/// function logs a warning. [The guide](auth0_api_core::guide::logout) has more.
///
/// # Panics
///
/// If the path does not start with a slash, as axum demands.
///
/// ```
/// use auth0_api_axum::logout::MemoryRevocationStore;
/// use auth0_api_axum::{ApiClient, AuthLayer, LogoutPolicy, Token, logout_route};
/// use axum::{Router, routing::get};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .logout(LogoutPolicy::new(["client-id-of-the-web-site"], MemoryRevocationStore::new()))
///     .build()?;
/// let app: Router = Router::new()
///     .route("/messages", get(|_: Token| async { "[]" }))
///     .layer(AuthLayer::new(api.clone()))
///     .merge(logout_route(&api, "/backchannel-logout"));
/// # _ = app;
/// # Ok::<(), auth0_api_axum::BuildError>(())
/// ```
pub fn logout_route<S: Clone + Send + Sync + 'static>(api: &ApiClient, path: &str) -> Router<S> {
    let Some(endpoint) = LogoutEndpoint::of(api) else { return Router::new() };
    let answer = async move |request: Request| answer(&endpoint, request).await;
    Router::new().route(path, axum::routing::any(answer))
}

async fn answer(endpoint: &LogoutEndpoint, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = async { to_bytes(body, LogoutEndpoint::MAX_BODY).await.ok() };
    let response = endpoint.respond(parts.method.as_str(), &parts.headers, body).await;
    Response::<String>::from(&response).map(Body::from)
}
