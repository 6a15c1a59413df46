//! Tests of the crates together: the conformance vectors, and flows that involve several crates.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod api;
mod at_once;
mod authorization;
mod bearer;
mod challenges;
mod checks;
mod differences;
mod domains;
mod dpop;
mod encryption;
mod exchange;
mod fetcher;
mod fleet;
mod guide;
mod handlers;
mod keys;
mod log;
mod logout;
mod long_connections;
mod mtls;
mod operations;
mod proxies;
mod reload;
mod remembered;
mod revocation;
mod subject_in_span;
mod unread_bodies;
mod vectors;
mod world;
