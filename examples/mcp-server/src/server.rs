//! The protected endpoint, and what is open.

use std::error::Error;

use auth0_api_axum::metadata_routes;
use auth0_api_core::{ApiClient, ProtectedResource, Requirement};
use auth0_api_mcp::connect::connect_routes;
use auth0_api_mcp::session::Sessions;
use auth0_api_mcp::{
    CORS_EXPOSED_HEADERS, CORS_REQUEST_HEADERS, McpLayer, McpRequirements, ScopeHierarchy, SharedKey,
    end_streams_with_token,
};
use axum::Router;
use axum::middleware::from_fn;
use http::Uri;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tower_http::cors::{Any, CorsLayer};

use crate::apis::Apis;
use crate::tools::Tools;

/// The scope that every request needs, and the scopes that tools need in addition.
const SCOPE: &str = "use:tools";
const CREATE: &str = "write:events";
const CLEAR: &str = "delete:events";
const CONTACTS: &str = "read:contacts";

/// Returns the metadata of this server. Clients read from the metadata which tenant issues tokens, for which resource
/// and with which scope they must request a token. They learn the further scopes from the challenge of a tool.
pub(crate) fn metadata(resource: &str) -> ProtectedResource {
    ProtectedResource::new(resource)
        .name("Calendar tools")
        .scopes([SCOPE, CREATE, CLEAR, CONTACTS])
        .challenge_scopes([SCOPE])
}

/// A tool that is not named here is denied.
fn requirements() -> McpRequirements {
    McpRequirements::new(Requirement::scope(SCOPE))
        .tool("whoami", Requirement::scope(SCOPE))
        .tool("calendar.create", Requirement::scope(CREATE))
        .tool("calendar.clear", Requirement::scope(CLEAR))
        .tool("contacts.list", Requirement::scope(CONTACTS))
        .hierarchy(ScopeHierarchy::new().implies(CLEAR, [CREATE]))
}

/// Builds the server. A request first passes the CORS layer. The metadata and the pages need no token. The MCP endpoint
/// checks the token, then what the called tool requires, and then the session.
pub(crate) fn app(api: &ApiClient, apis: Apis, resource: &str, key: &SharedKey) -> Result<Router, Box<dyn Error>> {
    let pages = connect_routes(&apis.accounts);
    let endpoint = Router::new()
        .route_service("/mcp", mcp(apis, resource))
        .layer(Sessions::new(key))
        .layer(from_fn(end_streams_with_token))
        .layer(McpLayer::builder(api.clone(), requirements()).build()?);
    Ok(endpoint.merge(metadata_routes(api)).layer(cors()).merge(pages))
}

fn mcp(apis: Apis, resource: &str) -> StreamableHttpService<Tools, LocalSessionManager> {
    // Protects against DNS rebinding: the `Host` of a request must be that of the resource.
    let host = resource.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
    let config = StreamableHttpServerConfig::default().with_allowed_hosts([host]);
    let tools = Tools::new(apis);
    StreamableHttpService::new(move || Ok(tools.clone()), LocalSessionManager::default().into(), config)
}

/// Any page may call with a token: there are no cookies at this endpoint.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(CORS_REQUEST_HEADERS)
        .expose_headers(CORS_EXPOSED_HEADERS)
}
