//! The middleware and the extractors. The workspace's `tests` cover the verification itself.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod certificates;
mod contract;
mod end_user;
mod errors;
mod extractors;
mod logout;
mod metadata;
mod rejections;
mod request;
mod unread;
mod world;
