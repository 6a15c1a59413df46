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

/// The scope that every request needs.
pub(crate) const SCOPE: &str = "use:tools";

/// Returns the metadata of this server. Clients read from the metadata which tenant issues tokens, for which resource
/// and with which scope they must request a token.
pub(crate) fn metadata(resource: &str) -> ProtectedResource {
    ProtectedResource::new(resource).name("Calendar tools").scopes([SCOPE]).challenge_scopes([SCOPE])
}

/// Builds the server. A request first passes the CORS layer. A request for the metadata needs no token. The MCP
/// endpoint checks the token, then the scope, and then the session.
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
    // Protects against DNS rebinding: the `Host` of a request must be the resource's host or this machine.
    let host = reqwest::Url::parse(resource)?.host_str().unwrap_or_default().to_owned();
    let hosts = ["localhost".to_owned(), "127.0.0.1".to_owned(), host];
    let config = StreamableHttpServerConfig::default().with_allowed_hosts(hosts);
    let tools = Tools::new(api, calendar)?;
    Ok(StreamableHttpService::new(move || Ok(tools.clone()), LocalSessionManager::default().into(), config))
}

/// The headers that clients in browsers may send, and the response headers that these clients must be able to read.
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
