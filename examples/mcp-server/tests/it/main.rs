//! Tests the program as a child process. A real MCP client calls it, and discovers everything from the URL.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod client;
mod process;
mod rejections;
mod sessions;
