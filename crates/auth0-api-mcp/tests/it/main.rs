//! The pages and sessions of an MCP server, against a local tenant.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a failing test may panic")]

mod browser;
mod caller;
mod connect;
mod connect_rejections;
#[cfg(feature = "rmcp")]
mod rmcp_types;
mod sessions;
mod sign_in;
mod world;
