//! Tests the program as it is deployed: a process that is configured from the environment and called over real sockets.
//! The tests are those of `axum-api`.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "../../../axum-api/tests/it/browsers.rs"]
mod browsers;
#[path = "../../../axum-api/tests/it/deployment.rs"]
mod deployment;
#[path = "../../../axum-api/tests/it/events.rs"]
mod events;
#[path = "../../../axum-api/tests/it/foreign.rs"]
mod foreign;
#[path = "../../../axum-api/tests/it/process.rs"]
mod process;
#[path = "../../../axum-api/tests/it/replicas.rs"]
mod replicas;
#[path = "../../../axum-api/tests/it/settings.rs"]
mod settings;
#[path = "../../../axum-api/tests/it/tls.rs"]
mod tls;

/// The program that the tests start.
const PROGRAM: &str = env!("CARGO_BIN_EXE_actix-api");
