//! The protected endpoint.

use std::error::Error;

use auth0_api_axum::{AuthLayer, metadata_routes};
use auth0_api_core::{ApiClient, ProtectedResource, Requirement};
use axum::Router;
use axum::middleware::from_fn_with_state;
use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tower_http::cors::{Any, CorsLayer};

use crate::calendar::Calendar;
use crate::session::{self, SessionKey};
use crate::tools::Tools;

/// What a client needs for anything here.
pub(crate) const SCOPE: &str = "use:tools";

/// What this server says about itself: clients learn from it where to get a token, for which resource, with which scope.
pub(crate) fn metadata(resource: &str) -> ProtectedResource {
    ProtectedResource::new(resource).name("Calendar tools").scopes([SCOPE]).challenge_scopes([SCOPE])
}

/// From the outside in: CORS, the metadata and beside it the endpoint; who calls, whether they may, whose session it is.
pub(crate) fn app(api: &ApiClient, calendar: Calendar, resource: &str) -> Result<Router, Box<dyn Error>> {
    let auth = AuthLayer::new(api.clone());
    let endpoint = Router::new()
        .route_service("/mcp", mcp(api.clone(), calendar, resource)?)
        .route_layer(from_fn_with_state(SessionKey::generate()?, session::guard))
        .route_layer(auth.require(Requirement::scope(SCOPE)))
        .layer(auth);
    Ok(endpoint.merge(metadata_routes(api)).layer(cors()))
}

fn mcp(
    api: ApiClient,
    calendar: Calendar,
    resource: &str,
) -> Result<StreamableHttpService<Tools, LocalSessionManager>, Box<dyn Error>> {
    // Against DNS rebinding: requests name the host of the resource, or this machine.
    let host = reqwest::Url::parse(resource)?.host_str().unwrap_or_default().to_owned();
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned(), host];
    let config = StreamableHttpServerConfig::default().with_allowed_hosts(hosts);
    let tools = Tools::new(api, calendar)?;
    Ok(StreamableHttpService::new(move || Ok(tools.clone()), LocalSessionManager::default().into(), config))
}

/// For clients in browsers: what they may send, and what they have to read.
fn cors() -> CorsLayer {
    let mcp = ["mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id", "dpop"];
    let sent = mcp.into_iter().map(HeaderName::from_static).chain([AUTHORIZATION, CONTENT_TYPE]);
    let read = ["mcp-session-id", "dpop-nonce"].into_iter().map(HeaderName::from_static).chain([WWW_AUTHENTICATE]);
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(sent.collect::<Vec<_>>())
        .expose_headers(read.collect::<Vec<_>>())
}
