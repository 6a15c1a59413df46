//! The headers of MCP for a CORS layer.

use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};

use crate::headers::{METHOD, NAME, PROTOCOL_VERSION};

/// The request headers that a client in a browser sends, of every revision: for `Access-Control-Allow-Headers`.
///
/// Put the CORS layer *outside* of the [`McpLayer`](crate::McpLayer): a preflight request has no token. With tower-http:
///
/// ```
/// use auth0_api_mcp::{CORS_EXPOSED_HEADERS, CORS_REQUEST_HEADERS};
/// use tower_http::cors::{Any, CorsLayer};
///
/// let cors = CorsLayer::new()
///     .allow_origin(Any)
///     .allow_methods(Any)
///     .allow_headers(CORS_REQUEST_HEADERS)
///     .expose_headers(CORS_EXPOSED_HEADERS);
/// # _ = cors;
/// ```
///
/// A tool can ask clients to repeat parameters in headers named `Mcp-Param-…`, of the server's choice
/// ([`x-mcp-header`](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header)). CORS has no
/// wildcard for a part of a name, so add the name of each. The wildcard `*` for all headers does not include
/// `Authorization`, and means a header of that name for requests with credentials
/// ([Fetch](https://fetch.spec.whatwg.org/#http-access-control-allow-headers)): it does not help here. If a server has many
/// such tools, let the CORS layer mirror the requested headers (`AllowHeaders::mirror_request`).
pub const CORS_REQUEST_HEADERS: [HeaderName; 8] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    HeaderName::from_static("dpop"),
    HeaderName::from_static("last-event-id"),
    METHOD,
    NAME,
    PROTOCOL_VERSION,
    HeaderName::from_static("mcp-session-id"),
];

/// The response headers that a client in a browser must be able to read, of every revision: for
/// `Access-Control-Expose-Headers`.
pub const CORS_EXPOSED_HEADERS: [HeaderName; 3] =
    [HeaderName::from_static("dpop-nonce"), HeaderName::from_static("mcp-session-id"), WWW_AUTHENTICATE];
