//! Protects MCP servers with Auth0 access tokens: a tower layer that demands a scope for each tool, resource and prompt.
//!
//! ```
//! use auth0_api_axum::metadata_routes;
//! use auth0_api_mcp::{ApiClient, McpLayer, McpRequirements, ProtectedResource, Requirement};
//! use axum::{Router, routing::MethodRouter};
//!
//! # fn app(tools: MethodRouter) -> Result<Router, Box<dyn std::error::Error>> {
//! let resource = "https://mcp.example.com/mcp"; // the identifier of the API in the tenant
//! let metadata = ProtectedResource::new(resource).scopes(["use:tools"]).challenge_scopes(["use:tools"]);
//! let api = ApiClient::builder("tenant.eu.auth0.com", resource).resource_metadata(metadata).build()?;
//! let requirements = McpRequirements::new(Requirement::scope("use:tools")) // for every request
//!     .tool("create_event", Requirement::scope("write:events")); // and this one for the tool
//! let layer = McpLayer::builder(api.clone(), requirements).build()?;
//! Ok(Router::new().route("/mcp", tools).layer(layer).merge(metadata_routes(&api)))
//! # }
//! ```
//!
//! 1. [`McpLayer`] verifies the token of each request, as the [`AuthLayer`](auth0_api_axum::AuthLayer) that it contains. Then
//!    it reads the message from the body, strictly and within bounds, and passes the same octets on.
//! 2. [`McpRequirements`] says what the token must have for each tool, resource and prompt. The rejection is 403 with *all*
//!    scopes of the request in one challenge.
//! 3. [`McpCall`], in the extensions of the request, tells the server behind the layer what was called, in which
//!    [`Revision`], and which capabilities the client has declared.
//! 4. [`MessageError`] is a message that the layer does not judge: 400 or another status, with an error of JSON-RPC.
//! 5. [`CORS_REQUEST_HEADERS`] and [`CORS_EXPOSED_HEADERS`] are for clients in browsers.
//!
//! The README has what the layer judges in which order, and a whole server with `rmcp`.

mod body;
mod builder;
mod call;
mod check;
mod cors;
mod future;
/// For the fuzz target of this workspace. Not for applications.
#[doc(hidden)]
pub mod fuzzing;
mod headers;
mod layer;
mod layer_error;
mod message;
mod receiving;
mod requirements;
mod revision;
mod shared;
mod template;
mod text_body;
mod unnamed;

#[doc(no_inline)]
pub use auth0_api_core::{ApiClient, ProtectedResource, Requirement, ScopeHierarchy, VerifiedToken};
pub use body::McpBody;
pub use builder::McpLayerBuilder;
pub use call::{McpCall, Target};
pub use cors::{CORS_EXPOSED_HEADERS, CORS_REQUEST_HEADERS};
pub use future::McpFuture;
pub use layer::{McpCheckService, McpLayer};
pub use layer_error::McpLayerError;
pub use message::MessageError;
pub use requirements::McpRequirements;
pub use revision::Revision;
pub use text_body::{ResponseText, TextBody};

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
