//! Six hundred tenants behind one socket.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::http::{HttpClient, HttpFuture, HttpRequest, ReqwestClient};
use auth0_api_testing::{LocalTenant, SigningKey};
use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::json;

use crate::servers::serve;

/// The number of tenants.
pub(super) const TENANTS: usize = 600;

pub(super) fn domain(tenant: usize) -> String {
    format!("tenant-{tenant}.example")
}

fn issuer(tenant: usize) -> String {
    format!("https://{}/", domain(tenant))
}

/// Tenants that share one signing key and one server on a loopback port.
pub(super) struct Tenants {
    origin: String,
    key: SigningKey,
    minter: LocalTenant,
}

impl Tenants {
    /// Starts the server on the current runtime.
    pub(super) async fn start(minter: LocalTenant, key: SigningKey) -> Self {
        let keys = json!({ "keys": [key.public_jwk()] }).to_string();
        let json = |body: String| ([(CONTENT_TYPE, "application/json")], body);
        let discovery = move |Path(tenant): Path<usize>| {
            let issuer = issuer(tenant);
            let document = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") });
            async move { json(document.to_string()) }
        };
        let router = Router::new()
            .route("/{tenant}/.well-known/openid-configuration", get(discovery))
            .route("/{tenant}/keys", get(move |Path(_): Path<usize>| async move { json(keys) }));
        Self { origin: format!("http://{}", serve(router).await), key, minter }
    }

    pub(super) fn audience(&self) -> &str {
        self.minter.audience()
    }

    /// Returns a valid token.
    pub(super) fn token(&self, tenant: usize) -> String {
        self.minter.mint().issuer(&issuer(tenant)).key(&self.key).sign()
    }
}

/// Sends requests for `https://tenant-N.example/` to the server of the tenants, and counts them.
#[derive(Clone)]
pub(super) struct Network {
    client: ReqwestClient,
    origin: Arc<str>,
    sent: Arc<AtomicUsize>,
}

impl Network {
    pub(super) fn to(tenants: &Tenants) -> Self {
        Self { client: super::must(ReqwestClient::new()), origin: tenants.origin.as_str().into(), sent: Arc::default() }
    }

    /// Returns the number of requests that were sent.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }
}

impl HttpClient for Network {
    fn send(&self, mut request: HttpRequest) -> HttpFuture<'_> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let path = request.url.strip_prefix("https://tenant-").and_then(|rest| rest.split_once(".example"));
        if let Some((tenant, path)) = path {
            request.url = format!("{}/{tenant}{path}", self.origin);
        }
        self.client.send(request)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("origin", &self.origin).finish_non_exhaustive()
    }
}
