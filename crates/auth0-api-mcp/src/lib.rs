//! Protects MCP servers with Auth0 access tokens: a tower layer that demands a scope for each tool, resource and prompt.
//!
//! ```
//! use auth0_api_axum::metadata_routes;
//! use auth0_api_mcp::{ApiClient, McpLayer, McpRequirements, ProtectedResource, Requirement};
//! use axum::{Router, routing::MethodRouter};
//!
//! # fn app(tools: MethodRouter) -> Result<Router, Box<dyn std::error::Error>> {
//! let resource = "https://mcp.example.com/mcp"; // the identifier of the API in the tenant
//! let metadata = ProtectedResource::new(resource)
//!     .scopes(["use:tools"])
//!     .challenge_scopes(["use:tools"]);
//! let api = ApiClient::builder("tenant.eu.auth0.com", resource)
//!     .resource_metadata(metadata)
//!     .build()?;
//! let requirements = McpRequirements::new(Requirement::scope("use:tools")) // all requests
//!     .tool("create_event", Requirement::scope("write:events")); // and this tool
//! let layer = McpLayer::builder(api.clone(), requirements).build()?;
//! Ok(Router::new().route("/mcp", tools).layer(layer).merge(metadata_routes(&api)))
//! # }
//! ```
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | require a scope for a tool | [`McpRequirements`] | [MCP](auth0_api_core::guide::mcp) |
//! | require DPoP, which is accepted by default | `DpopPolicy::require` | [DPoP](auth0_api_core::guide::dpop) |
//! | run behind a proxy | `public_url`, `trusted_proxies` | [proxies](auth0_api_core::guide::proxies) |
//! | call another API for the user | [`McpCaller`], `auth0-api-fetcher` | [exchange](auth0_api_core::guide::exchange) |
//! | let a person connect an account | [`connect`] | [MCP](auth0_api_core::guide::mcp#connect-your-account) |
//! | test without an account | `LocalTenant` of `auth0-api-testing` | its first page |
//! | see all defaults | [`McpLayerBuilder`] | [defaults](auth0_api_core::guide::defaults) |
//!
//! # What is in it
//!
//! 1. [`McpLayer`] verifies the token of each request, as the [`AuthLayer`](auth0_api_axum::AuthLayer) that it contains. Then
//!    it reads the message from the body, strictly and within bounds, and passes the same octets on.
//! 2. [`McpRequirements`] says what the token must have for each tool, resource and prompt. The rejection is 403 with *all*
//!    scopes of the request in one challenge.
//! 3. [`McpCall`], in the extensions of the request, tells the server behind the layer what was called, in which
//!    [`Revision`], and which capabilities the client has declared.
//! 4. [`MessageError`] says why the layer rejects a message: 400 or another status, with an error of JSON-RPC.
//! 5. [`McpCaller`] is who calls a tool: the verified token of this call, for decisions and for calls to other APIs.
//! 6. [`connect`] sends a person to a page of this server, to connect an account that a tool needs (URL elicitation).
//! 7. [`session`] binds the sessions of earlier revisions to the principals that opened them.
//! 8. [`CORS_REQUEST_HEADERS`] and [`CORS_EXPOSED_HEADERS`] are for clients in browsers.
//!
//! The README has what the layer judges in which order, and a whole server with `rmcp`. The
//! [guide](auth0_api_core::guide::mcp) lists the requirements of the specification, with their tests.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `axum` | off | `connect_routes`, the pages of [`connect`] as routes; `end_streams_with_token`, for streams that end with the token of their caller |
//! | `rmcp` | off | [`McpCaller`] as an argument of tools and prompts of `rmcp`, and elicitations in its types |
//!
//! # Events
//!
//! The [guide](auth0_api_core::guide::operating) lists the `tracing` events. None contains a token, a ticket or a person.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod call;
mod caller;
mod check;
pub mod connect;
mod cors;
mod event_limit;
mod future;
/// For the fuzz targets of this workspace. Not for applications.
#[doc(hidden)]
pub mod fuzzing;
mod headers;
mod layer;
mod layer_error;
mod message;
mod receiving;
mod requirements;
mod revision;
#[cfg(feature = "rmcp")]
mod rmcp_server;
pub mod session;
mod shared;
mod shared_key;
#[cfg(feature = "axum")]
mod streams;
mod template;
mod text_body;
mod unnamed;

#[doc(no_inline)]
pub use auth0_api_core::{ApiClient, ProtectedResource, Requirement, ScopeHierarchy, VerifiedToken};
pub use body::McpBody;
pub use builder::McpLayerBuilder;
pub use call::{McpCall, Target};
pub use caller::McpCaller;
pub use cors::{CORS_EXPOSED_HEADERS, CORS_REQUEST_HEADERS};
pub use future::McpFuture;
pub use layer::{McpCheckService, McpLayer};
pub use layer_error::McpLayerError;
pub use message::MessageError;
pub use requirements::McpRequirements;
pub use revision::Revision;
pub use shared_key::{SharedKey, SharedKeyError};
#[cfg(feature = "axum")]
pub use streams::end_streams_with_token;
pub use text_body::{ResponseText, TextBody};

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
