//! The middleware and the extractors; what they verify is tested in the workspace's `tests`.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod certificates;
mod contract;
mod errors;
mod extractors;
mod metadata;
mod rejections;
mod request;
mod world;
