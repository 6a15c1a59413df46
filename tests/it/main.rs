//! Tests of the crates together: the conformance vectors, and flows that involve several crates.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod api;
mod authorization;
mod bearer;
mod challenges;
mod differences;
mod domains;
mod dpop;
mod encryption;
mod exchange;
mod fetcher;
mod guide;
mod handlers;
mod keys;
mod log;
mod logout;
mod long_connections;
mod mtls;
mod proxies;
mod reload;
mod remembered;
mod revocation;
mod unread_bodies;
mod vectors;
mod world;
