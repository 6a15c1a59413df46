//! The program as a process, and a real MCP client that finds everything out by itself.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod client;
mod process;
mod rejections;
mod sessions;
