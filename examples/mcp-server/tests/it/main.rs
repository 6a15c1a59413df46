//! Tests the program as a child process. A real MCP client calls it, and discovers everything from the URL.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops where it fails")]

mod browser;
mod client;
mod elicitation;
mod process;
mod rejections;
mod sessions;
mod settings;
