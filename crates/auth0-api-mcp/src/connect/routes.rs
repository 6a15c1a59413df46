//! The pages as routes of axum.

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::{HeaderMap, Method, Uri};

use super::ConnectAccounts;

/// Returns routes that serve the pages. Merge them outside of the layer that verifies requests, and do not nest them: they
/// have the paths of the base URL.
pub fn connect_routes<S: Clone + Send + Sync + 'static>(accounts: &ConnectAccounts) -> Router<S> {
    accounts.paths().iter().fold(Router::new(), |router, path| {
        let accounts = accounts.clone();
        let answer = async move |method: Method, uri: Uri, headers: HeaderMap| {
            accounts.answer(&method, &uri, &headers).await.unwrap_or_default().map(Body::from)
        };
        router.route(path, any(answer))
    })
}
