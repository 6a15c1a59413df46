//! Tests the program as it is deployed: a process that is configured from the environment and called over real sockets.
//! `actix-api` runs the same tests.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod browsers;
mod deployment;
mod events;
mod foreign;
mod process;
mod replicas;
mod settings;
mod tls;

/// The program that the tests start.
const PROGRAM: &str = env!("CARGO_BIN_EXE_axum-api");
