//! Protects MCP servers with Auth0 access tokens: a tower layer that demands a scope for each tool, resource and prompt.

mod body;
mod builder;
mod call;
mod caller;
mod check;
pub mod connect;
mod cors;
mod future;
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
mod template;
mod text_body;

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
pub use text_body::{ResponseText, TextBody};
