//! The layers as tower services, and the extractors; what they verify is tested in the workspace's `tests`.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod bodies;
mod contract;
mod extractors;
mod grpc;
mod metadata;
mod rejections;
mod request;
mod scoped;
mod service;
mod twice;
mod world;
