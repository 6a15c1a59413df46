//! Protects MCP servers with Auth0 access tokens: a tower layer that demands a scope for each tool, resource and prompt.

mod call;
mod caller;
pub mod connect;
mod revision;
#[cfg(feature = "rmcp")]
mod rmcp_server;
pub mod session;
mod shared_key;

pub use call::{McpCall, Target};
pub use caller::McpCaller;
pub use revision::Revision;
pub use shared_key::{SharedKey, SharedKeyError};
