//! The layers as tower services, and the extractors. The workspace's `tests` cover the verification itself.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod bodies;
mod contract;
mod end_user;
mod extractors;
mod grpc;
mod logout;
mod metadata;
mod rejections;
mod request;
mod scoped;
mod service;
mod twice;
mod unread;
mod world;
