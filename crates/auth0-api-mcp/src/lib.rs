//! Protects MCP servers with Auth0 access tokens: a tower layer that demands a scope for each tool, resource and prompt.

mod call;
mod revision;

pub use call::{McpCall, Target};
pub use revision::Revision;
