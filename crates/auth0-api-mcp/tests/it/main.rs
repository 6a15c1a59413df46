//! The layer in front of a server that repeats what it receives, and in front of rmcp.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops where it fails")]

mod batches;
mod bodies;
mod building;
mod differential;
mod headers;
mod log;
mod messages;
mod metadata;
mod requirements;
mod servers;
mod service;
mod unnamed;
mod world;
